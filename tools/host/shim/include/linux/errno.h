/* SPDX-License-Identifier: GPL-2.0-only */
/* Userspace stand-in: the numbers, and the kernel's own above 511. */
#ifndef _SHIM_LINUX_ERRNO_H
#define _SHIM_LINUX_ERRNO_H

/*
 * Not <errno.h>: glibc's includes <linux/errno.h>, which is this file.
 */
#include <asm/errno.h>

#define ENOTSUPP 524

#endif /* _SHIM_LINUX_ERRNO_H */
