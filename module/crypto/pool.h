/* SPDX-License-Identifier: GPL-2.0-only */
/* A stack of idle transforms, no more of them than the CPUs have use for. */
#ifndef _SSPI_CRYPTO_POOL_H
#define _SSPI_CRYPTO_POOL_H

#include <linux/cpumask.h>
#include <linux/list.h>
#include <linux/spinlock.h>

struct sspi_pool {
	spinlock_t lock;		/* the two below */
	struct list_head idle;
	unsigned int count;
	unsigned int each;		/* how many a CPU has use for; constant */
};

#define SSPI_POOL_INIT(name, use) { \
	.lock = __SPIN_LOCK_UNLOCKED((name).lock), \
	.idle = LIST_HEAD_INIT((name).idle), \
	.each = (use), \
}

static inline unsigned int sspi_pool_room(const struct sspi_pool *pool)
{
	return pool->each * num_online_cpus();
}

/* Takes an idle object out; under the lock. */
static inline void sspi_pool_take(struct sspi_pool *pool,
				  struct list_head *link)
{
	list_del(link);
	pool->count--;
}

/* The link of an idle object, or NULL. */
static inline struct list_head *sspi_pool_pop(struct sspi_pool *pool)
{
	struct list_head *link = NULL;

	spin_lock(&pool->lock);
	if (!list_empty(&pool->idle)) {
		link = pool->idle.next;
		sspi_pool_take(pool, link);
	}
	spin_unlock(&pool->lock);
	return link;
}

/* False if the pool is full: the caller frees the object. */
static inline bool sspi_pool_push(struct sspi_pool *pool,
				  struct list_head *link)
{
	bool room;

	spin_lock(&pool->lock);
	room = pool->count < sspi_pool_room(pool);
	if (room) {
		list_add(link, &pool->idle);
		pool->count++;
	}
	spin_unlock(&pool->lock);
	return room;
}

#endif /* _SSPI_CRYPTO_POOL_H */
