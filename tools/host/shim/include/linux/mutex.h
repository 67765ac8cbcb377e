/* SPDX-License-Identifier: GPL-2.0-only */
/* Userspace stand-in: one thread: a lock that only checks its own use. */
#ifndef _SHIM_LINUX_MUTEX_H
#define _SHIM_LINUX_MUTEX_H

#include <linux/kernel.h>
#include <linux/math64.h>
#include <stdbool.h>

struct mutex {
	bool held;
};

#define DEFINE_MUTEX(name) struct mutex name = { false }

static inline void mutex_init(struct mutex *lock)
{
	lock->held = false;
}

static inline void mutex_destroy(struct mutex *lock)
{
	WARN_ON(lock->held);
}

static inline void mutex_lock(struct mutex *lock)
{
	WARN_ON(lock->held);
	lock->held = true;
}

static inline void mutex_unlock(struct mutex *lock)
{
	WARN_ON(!lock->held);
	lock->held = false;
}

#define lockdep_assert_held(lock) WARN_ON(!(lock)->held)

#endif /* _SHIM_LINUX_MUTEX_H */
