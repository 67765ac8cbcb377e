// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table behind handles.
 *
 * A handle's lower half is a shard, a slot in it and a generation; the upper
 * half is the number of the package. Lookup takes no lock. CPUs insert into
 * shards of their own. Generations start at a random number and go up with
 * each insertion into the shard, so a stale or a forged handle misses.
 */
#include <linux/bits.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include "core/internal.h"
#include "core/trace.h"

#define SHARD_BITS	5
#define SLOT_BITS	19
#define GEN_BITS	40
#define SHARDS		BIT(SHARD_BITS)
#define MAX_SLOT	(BIT(SLOT_BITS) - 1)
#define GEN_MASK	((1ULL << GEN_BITS) - 1)

static_assert(SHARD_BITS + SLOT_BITS + GEN_BITS == 64);

struct shard {
	struct xarray objects;
	u64 generation;		/* under xa_lock of objects */
} ____cacheline_aligned_in_smp;

static struct shard shards[SHARDS];

void sspi_handle_init(void)
{
	unsigned int i;

	for (i = 0; i < SHARDS; i++) {
		xa_init_flags(&shards[i].objects, XA_FLAGS_ALLOC);
		shards[i].generation = get_random_u64();
	}
}

/* All objects have been deleted. */
void sspi_handle_exit(void)
{
	unsigned int i;

	rcu_barrier();
	for (i = 0; i < SHARDS; i++) {
		WARN_ON_ONCE(!xa_empty(&shards[i].objects));
		xa_destroy(&shards[i].objects);
	}
}

static u64 next_generation(struct shard *shard)
{
	shard->generation = (shard->generation + 1) & GEN_MASK;
	if (!shard->generation)
		shard->generation = 1;
	return shard->generation;
}

/* Gives an object with owner and package a handle; the table takes no @refs. */
sec_status_t sspi_object_insert(struct sspi_object *obj)
{
	unsigned int home = raw_smp_processor_id();
	unsigned int i;
	int err = -ENOMEM;

	if (sspi_fault())
		return SEC_E_INSUFFICIENT_MEMORY;
	/* A full shard is passed over; -ENOMEM is final. */
	for (i = 0; i < SHARDS; i++) {
		struct shard *shard = &shards[(home + i) % SHARDS];

		xa_lock(&shard->objects);
		obj->shard = (home + i) % SHARDS;
		WRITE_ONCE(obj->generation, next_generation(shard));
		err = __xa_alloc(&shard->objects, &obj->slot, obj,
				 XA_LIMIT(0, MAX_SLOT), GFP_NOIO);
		xa_unlock(&shard->objects);
		if (err != -EBUSY)
			break;
	}
	return err ? SEC_E_INSUFFICIENT_MEMORY : SEC_E_OK;
}

/*
 * Makes the handle dead. Of several callers one is told true: it now owns the
 * table's reference and @drop.
 */
bool sspi_object_unlink(struct sspi_object *obj)
{
	if (test_and_set_bit(0, &obj->gone))
		return false;
	xa_erase(&shards[obj->shard].objects, obj->slot);
	sspi_ref_kill(&obj->refs);
	return true;
}

struct sspi_handle sspi_object_handle(const struct sspi_object *obj)
{
	return (struct sspi_handle){
		.lower = (obj->generation << (SHARD_BITS + SLOT_BITS)) |
			 ((u64)obj->slot << SHARD_BITS) | obj->shard,
		.upper = obj->package,
	};
}

static bool object_matches(const struct sspi_object *obj,
			   const struct sspi_handle *handle,
			   enum sspi_object_type type,
			   const struct module *owner)
{
	u64 generation = handle->lower >> (SHARD_BITS + SLOT_BITS);

	return READ_ONCE(obj->generation) == generation &&
	       obj->ops->type == type && obj->package == handle->upper &&
	       READ_ONCE(obj->owner)->module == owner;
}

/*
 * What a handle names, with a reference, or NULL. An object is freed after a
 * grace period, and so is its owner: both may be read before the reference.
 */
struct sspi_object *sspi_object_get(const struct sspi_handle *handle,
				    enum sspi_object_type type,
				    const struct module *owner)
{
	unsigned int shard = handle->lower & (SHARDS - 1);
	unsigned long slot = (handle->lower >> SHARD_BITS) & MAX_SLOT;
	struct sspi_object *obj;

	rcu_read_lock();
	obj = xa_load(&shards[shard].objects, slot);
	if (obj && (!object_matches(obj, handle, type, owner) ||
		    !sspi_ref_get(&obj->refs)))
		obj = NULL;
	rcu_read_unlock();
	if (!obj)
		trace_sspi_handle_refused(handle->lower, handle->upper, type);
	return obj;
}

/*
 * Calls @fn, which may sleep, for each object from *@pos on with a reference
 * held. If it ends the walk, *@pos is that object's place.
 */
void sspi_object_walk_from(unsigned long *pos, sspi_object_fn fn, void *priv)
{
	unsigned long slot, first = *pos & MAX_SLOT;
	struct sspi_object *obj;
	unsigned int i;
	int end;

	for (i = *pos >> SLOT_BITS; i < SHARDS; i++, first = 0) {
		rcu_read_lock();
		xa_for_each_start(&shards[i].objects, slot, obj, first) {
			if (!sspi_ref_get(&obj->refs))
				continue;
			rcu_read_unlock();
			end = fn(obj, priv);
			sspi_object_put(obj);
			if (end) {
				*pos = (unsigned long)i << SLOT_BITS | slot;
				return;
			}
			cond_resched();
			rcu_read_lock();
		}
		rcu_read_unlock();
	}
	*pos = SHARDS << SLOT_BITS;
}

/* All of them. */
void sspi_object_walk(sspi_object_fn fn, void *priv)
{
	unsigned long pos = 0;

	sspi_object_walk_from(&pos, fn, priv);
}
