/* SPDX-License-Identifier: GPL-2.0-only */
/* Userspace stand-in: annotations that the kernel always has. */
#ifndef _SHIM_LINUX_COMPILER_H
#define _SHIM_LINUX_COMPILER_H

#define __force
#define __user
#define __rcu
#define __iomem
#define __must_hold(x)
#define __acquires(x)
#define __releases(x)

#define __must_check __attribute__((__warn_unused_result__))
#define __maybe_unused __attribute__((__unused__))
#define __always_unused __attribute__((__unused__))
#define __packed __attribute__((__packed__))
#define __aligned(x) __attribute__((__aligned__(x)))
#define __printf(a, b) __attribute__((__format__(printf, a, b)))
#define __nonstring
#undef __counted_by
#define __counted_by(member)
#define __cold
#define __init
#define __exit
#define __initconst
#define __read_mostly
#define __ro_after_init
#define noinline __attribute__((__noinline__))
#undef __always_inline
#define __always_inline inline __attribute__((__always_inline__))
#define fallthrough __attribute__((__fallthrough__))
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define barrier() __asm__ volatile("" : : : "memory")
#define READ_ONCE(x) (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile __typeof__(x) *)&(x) = (v))

#endif /* _SHIM_LINUX_COMPILER_H */
