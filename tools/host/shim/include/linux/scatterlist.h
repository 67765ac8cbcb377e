/* SPDX-License-Identifier: GPL-2.0-only */
/* Userspace stand-in: only named here: programs have linear buffers. */
#ifndef _SHIM_LINUX_SCATTERLIST_H
#define _SHIM_LINUX_SCATTERLIST_H

struct scatterlist;

#endif /* _SHIM_LINUX_SCATTERLIST_H */
