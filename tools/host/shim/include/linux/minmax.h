/* SPDX-License-Identifier: GPL-2.0-only */
/* Userspace stand-in: min, max and friends. */
#ifndef _SHIM_LINUX_MINMAX_H
#define _SHIM_LINUX_MINMAX_H

#define __shim_pick(op, x, y)            \
	({                               \
		__typeof__(x) __x = (x); \
		__typeof__(y) __y = (y); \
		__x op __y ? __x : __y;  \
	})

#define min(x, y) __shim_pick(<, x, y)
#define max(x, y) __shim_pick(>, x, y)
#define min_t(type, x, y) min((type)(x), (type)(y))
#define max_t(type, x, y) max((type)(x), (type)(y))
#define clamp(val, lo, hi) min(max(val, lo), hi)
#define clamp_t(type, val, lo, hi) clamp((type)(val), (type)(lo), (type)(hi))
#define swap(a, b)                       \
	do {                             \
		__typeof__(a) __t = (a); \
		(a) = (b);               \
		(b) = __t;               \
	} while (0)

#endif /* _SHIM_LINUX_MINMAX_H */
