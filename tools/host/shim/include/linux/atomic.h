/* SPDX-License-Identifier: GPL-2.0-only */
/* Userspace stand-in: counters, and what is published without a lock. */
#ifndef _SHIM_LINUX_ATOMIC_H
#define _SHIM_LINUX_ATOMIC_H

typedef struct {
	int counter;
} atomic_t;

static inline int atomic_read(const atomic_t *v)
{
	return __atomic_load_n(&v->counter, __ATOMIC_SEQ_CST);
}

static inline void atomic_inc(atomic_t *v)
{
	__atomic_add_fetch(&v->counter, 1, __ATOMIC_SEQ_CST);
}

static inline void atomic_dec(atomic_t *v)
{
	__atomic_sub_fetch(&v->counter, 1, __ATOMIC_SEQ_CST);
}

#define smp_load_acquire(p) __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define smp_store_release(p, v) __atomic_store_n(p, v, __ATOMIC_RELEASE)

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
