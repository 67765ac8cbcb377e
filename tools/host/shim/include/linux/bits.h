/* SPDX-License-Identifier: GPL-2.0-only */
/* Userspace stand-in: single bits. */
#ifndef _SHIM_LINUX_BITS_H
#define _SHIM_LINUX_BITS_H

#include <linux/types.h>

#define BIT(n) (1UL << (n))
#define BIT_ULL(n) (1ULL << (n))
#define BITS_PER_BYTE 8

#endif /* _SHIM_LINUX_BITS_H */
