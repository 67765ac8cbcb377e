// SPDX-License-Identifier: GPL-2.0-only
/* Counts that many CPUs change at once: references, and what a limit is on. */
#include <linux/bug.h>
#include <linux/minmax.h>
#include <linux/smp.h>

#include "core/ref.h"
#include "test_export.h"

#define SPARES_MOST	(2 * SSPI_SPARES_BATCH)
#define SPARES_DEAD	(-1)
#define REF_INDEX	0

static atomic_t *spare_of(struct sspi_spares *spares, unsigned int slot,
			  unsigned int index)
{
	return &spares[slot].count[index];
}

/* Of the CPU that we most likely are on; any would do. */
static atomic_t *spare_here(struct sspi_spares *spares, unsigned int index)
{
	return spare_of(spares, raw_smp_processor_id() % SSPI_SPARES_SLOTS,
			index);
}

static bool spare_take(atomic_t *spare)
{
	int old = atomic_read(spare);

	do {
		if (old <= 0)
			return false;
	} while (!atomic_try_cmpxchg(spare, &old, old - 1));
	return true;
}

/* Ordered like a put: what its giver did to the object is over. */
static bool spare_give(atomic_t *spare)
{
	int old = atomic_read(spare);

	do {
		if (old < 0 || old >= SPARES_MOST)
			return false;
	} while (!atomic_try_cmpxchg(spare, &old, old + 1));
	return true;
}

static bool spare_fill(atomic_t *spare, int count)
{
	int old = atomic_read(spare);

	do {
		if (old < 0)
			return false;
	} while (!atomic_try_cmpxchg(spare, &old, old + count));
	return true;
}

/* One reference; @spares are zeroed, or NULL. */
void sspi_ref_init(struct sspi_ref *ref, struct sspi_spares *spares)
{
	ref->spares = spares;
	refcount_set(&ref->total, 1);
}
SSPI_EXPORT_FOR_TEST(sspi_ref_init);

/* A reference, unless the last one is gone. */
bool sspi_ref_get(struct sspi_ref *ref)
{
	atomic_t *spare;

	if (!ref->spares)
		return refcount_inc_not_zero(&ref->total);
	spare = spare_here(ref->spares, REF_INDEX);
	if (spare_take(spare))
		return true;
	if (atomic_read(spare) < 0)
		return refcount_inc_not_zero(&ref->total);
	if (!refcount_add_not_zero(SSPI_SPARES_BATCH, &ref->total))
		return false;
	/* Killed in between: nobody would find them there. */
	if (!spare_fill(spare, SSPI_SPARES_BATCH - 1))
		WARN_ON_ONCE(refcount_sub_and_test(SSPI_SPARES_BATCH - 1,
						   &ref->total));
	return true;
}
SSPI_EXPORT_FOR_TEST(sspi_ref_get);

/* One more for somebody who has one. */
void sspi_ref_hold(struct sspi_ref *ref)
{
	WARN_ON_ONCE(!sspi_ref_get(ref));
}
SSPI_EXPORT_FOR_TEST(sspi_ref_hold);

/* True if it was the last one: the object is the caller's alone. */
bool sspi_ref_put(struct sspi_ref *ref)
{
	atomic_t *spare;
	int count = 1;
	int old;

	if (!ref->spares)
		return refcount_dec_and_test(&ref->total);
	spare = spare_here(ref->spares, REF_INDEX);
	if (spare_give(spare))
		return false;
	old = atomic_read(spare);
	if (old >= SSPI_SPARES_BATCH &&
	    atomic_try_cmpxchg(spare, &old, old - SSPI_SPARES_BATCH))
		count += SSPI_SPARES_BATCH;
	return refcount_sub_and_test(count, &ref->total);
}
SSPI_EXPORT_FOR_TEST(sspi_ref_put);

/*
 * Ends the spares, so that the last put is seen. Once; the caller has a
 * reference of its own.
 */
void sspi_ref_kill(struct sspi_ref *ref)
{
	unsigned int i;
	int old;

	if (!ref->spares)
		return;
	for (i = 0; i < SSPI_SPARES_SLOTS; i++) {
		old = atomic_xchg(spare_of(ref->spares, i, REF_INDEX),
				  SPARES_DEAD);
		if (old > 0)
			WARN_ON_ONCE(refcount_sub_and_test(old, &ref->total));
	}
}
SSPI_EXPORT_FOR_TEST(sspi_ref_kill);

/* None taken; @spares are zeroed, and count 0 is for references. */
void sspi_quota_init(struct sspi_quota *quota, struct sspi_spares *spares,
		     unsigned int index)
{
	quota->spares = spares;
	quota->index = index;
	spin_lock_init(&quota->lock);
	atomic_set(&quota->total, 0);
}
SSPI_EXPORT_FOR_TEST(sspi_quota_init);

static bool quota_add(struct sspi_quota *quota, int count, int limit)
{
	int old = atomic_read(&quota->total);

	do {
		if (old > limit - count)
			return false;
	} while (!atomic_try_cmpxchg(&quota->total, &old, old + count));
	return true;
}

/* Gives all spares back; how many there were. */
static int quota_drain(struct sspi_quota *quota)
{
	unsigned int i;
	int count = 0;

	lockdep_assert_held(&quota->lock);
	for (i = 0; i < SSPI_SPARES_SLOTS; i++)
		count += atomic_xchg(spare_of(quota->spares, i, quota->index),
				     0);
	atomic_sub(count, &quota->total);
	return count;
}

/* Near the limit there are no batches, and no spares that others lack. */
static bool quota_take_one(struct sspi_quota *quota, int limit)
{
	bool taken;

	spin_lock(&quota->lock);
	do {
		taken = quota_add(quota, 1, limit);
	} while (!taken && quota_drain(quota));
	spin_unlock(&quota->lock);
	return taken;
}

/* One more, unless @limit have been taken; it may differ from call to call. */
bool sspi_quota_take(struct sspi_quota *quota, unsigned int limit)
{
	atomic_t *spare = spare_here(quota->spares, quota->index);
	int most = min_t(unsigned int, limit, INT_MAX);

	/* Spares from before the limit was lowered do not count as room. */
	if (atomic_read(&quota->total) <= most && spare_take(spare))
		return true;
	if (quota_add(quota, SSPI_SPARES_BATCH, most)) {
		atomic_add(SSPI_SPARES_BATCH - 1, spare);
		return true;
	}
	return quota_take_one(quota, most);
}
SSPI_EXPORT_FOR_TEST(sspi_quota_take);

void sspi_quota_give(struct sspi_quota *quota)
{
	atomic_t *spare = spare_here(quota->spares, quota->index);
	int count = 1;

	if (spare_give(spare))
		return;
	spin_lock(&quota->lock);
	count += atomic_xchg(spare, 0);
	atomic_sub(count, &quota->total);
	spin_unlock(&quota->lock);
}
SSPI_EXPORT_FOR_TEST(sspi_quota_give);
