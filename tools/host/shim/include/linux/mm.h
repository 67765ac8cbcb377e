/* SPDX-License-Identifier: GPL-2.0-only */
/* Userspace stand-in: kvmalloc and its kin live here in the kernel. */
#ifndef _SHIM_LINUX_MM_H
#define _SHIM_LINUX_MM_H

#include <linux/slab.h>

#endif /* _SHIM_LINUX_MM_H */
