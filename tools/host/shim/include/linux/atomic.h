/* SPDX-License-Identifier: GPL-2.0-only */
/* Userspace stand-in: what is published once, without a lock. */
#ifndef _SHIM_LINUX_ATOMIC_H
#define _SHIM_LINUX_ATOMIC_H

#define smp_load_acquire(p) __atomic_load_n(p, __ATOMIC_ACQUIRE)

/* What stood at @p; there now stands @new, if that was @old. */
#define cmpxchg(p, old, new)                                                   \
	({                                                                     \
		__typeof__(*(p)) _was = (old);                                 \
                                                                               \
		__atomic_compare_exchange_n(                                   \
			p, &_was, new, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST); \
		_was;                                                          \
	})

#endif /* _SHIM_LINUX_ATOMIC_H */
