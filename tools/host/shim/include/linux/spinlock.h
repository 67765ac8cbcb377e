/* SPDX-License-Identifier: GPL-2.0-only */
/* Userspace stand-in: one thread: a lock that only checks its own use. */
#ifndef _SHIM_LINUX_SPINLOCK_H
#define _SHIM_LINUX_SPINLOCK_H

#include <linux/bug.h>
#include <stdbool.h>

typedef struct {
	bool held;
} spinlock_t;

#define DEFINE_SPINLOCK(name) spinlock_t name = { false }

static inline void spin_lock_init(spinlock_t *lock)
{
	lock->held = false;
}

static inline void spin_lock(spinlock_t *lock)
{
	WARN_ON(lock->held);
	lock->held = true;
}

static inline void spin_unlock(spinlock_t *lock)
{
	WARN_ON(!lock->held);
	lock->held = false;
}

#define spin_lock_bh spin_lock
#define spin_unlock_bh spin_unlock
#define spin_lock_irqsave(lock, flags) \
	do {                           \
		(void)(flags);         \
		spin_lock(lock);       \
	} while (0)
#define spin_unlock_irqrestore(lock, flags) \
	do {                                \
		(void)(flags);              \
		spin_unlock(lock);          \
	} while (0)

#endif /* _SHIM_LINUX_SPINLOCK_H */
