/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counts that many CPUs change at once.
 *
 * Beside its total a count has spares: what the total includes and nobody has
 * yet, or has any more. Each CPU takes and gives back spares of a cache line of
 * its own, and goes to the total for a batch of them.
 */
#ifndef _SSPI_CORE_REF_H
#define _SSPI_CORE_REF_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/log2.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>

#define SSPI_SPARES_BATCH	32
#define SSPI_SPARES_COUNTS	8
/* CPUs beyond that share; a power of two. */
#define SSPI_SPARES_SLOTS	(NR_CPUS < 16 ? roundup_pow_of_two(NR_CPUS) : 16)

/**
 * struct sspi_spares - the spares of one CPU, of a few counts
 * @count: how many; below zero once the count is killed
 */
struct sspi_spares {
	atomic_t count[SSPI_SPARES_COUNTS];
} ____cacheline_aligned_in_smp;

/**
 * struct sspi_ref - references to an object
 * @spares: the first of SSPI_SPARES_SLOTS; NULL for a plain count
 * @total: users and spares
 *
 * One with spares must be killed before its last put. Memory of the object that
 * is looked at under RCU has to stay for a grace period.
 */
struct sspi_ref {
	struct sspi_spares *spares;
	refcount_t total;
};

void sspi_ref_init(struct sspi_ref *ref, struct sspi_spares *spares);
bool sspi_ref_get(struct sspi_ref *ref);
void sspi_ref_hold(struct sspi_ref *ref);
bool sspi_ref_put(struct sspi_ref *ref);
void sspi_ref_kill(struct sspi_ref *ref);

/**
 * struct sspi_quota - how many of something there are, up to a limit
 * @spares: the first of SSPI_SPARES_SLOTS
 * @index: which count of them
 * @lock: held while spares go back to @total
 * @total: what was taken, and spares
 */
struct sspi_quota {
	struct sspi_spares *spares;
	unsigned int index;
	spinlock_t lock;		/* see above */
	atomic_t total;
};

void sspi_quota_init(struct sspi_quota *quota, struct sspi_spares *spares,
		     unsigned int index);
bool sspi_quota_take(struct sspi_quota *quota, unsigned int limit);
void sspi_quota_give(struct sspi_quota *quota);

#endif /* _SSPI_CORE_REF_H */
