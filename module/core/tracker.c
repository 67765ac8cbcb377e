// SPDX-License-Identifier: GPL-2.0-only
/* Trackers: the state of one asynchronous call at a time. */
#include <linux/jhash.h>
#include <linux/rcupdate.h>
#include <linux/rhashtable.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "core/internal.h"
#include "core/trace.h"

#define TRACKER_SHARDS	32

/* All trackers, so that those of an unloaded module are found. */
static struct tracker_shard {
	spinlock_t lock;	/* protects trackers */
	struct list_head trackers;
} ____cacheline_aligned_in_smp tracker_shards[TRACKER_SHARDS];

/*
 * Those that a consumer has and has not freed, by address: one that is freed
 * twice is missed here before its memory is looked at.
 */
static struct rhashtable trackers;

static u32 address_hash(const void *address, u32 seed)
{
	u64 number = (uintptr_t)address;

	return jhash_2words(lower_32_bits(number), upper_32_bits(number), seed);
}

static u32 tracker_key_hash(const void *key, u32 len, u32 seed)
{
	return address_hash(*(const void *const *)key, seed);
}

static u32 tracker_hash(const void *obj, u32 len, u32 seed)
{
	return address_hash(obj, seed);
}

static int tracker_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	return *(const void *const *)arg->key != obj;
}

static const struct rhashtable_params tracker_params = {
	.head_offset = offsetof(struct sspi_async_context, node),
	.key_len = sizeof(void *),
	.hashfn = tracker_key_hash,
	.obj_hashfn = tracker_hash,
	.obj_cmpfn = tracker_cmp,
	.automatic_shrinking = true,
};

int sspi_tracker_init(void)
{
	unsigned int i;

	for (i = 0; i < TRACKER_SHARDS; i++) {
		spin_lock_init(&tracker_shards[i].lock);
		INIT_LIST_HEAD(&tracker_shards[i].trackers);
	}
	return rhashtable_init(&trackers, &tracker_params);
}

/* No consumer is left. */
void sspi_tracker_exit(void)
{
	rhashtable_destroy(&trackers);
}

/*
 * An idle tracker of the core's own, whose calls are @owner's: no consumer can
 * name it, and nothing but its last reference ends it. NULL without memory.
 */
struct sspi_async_context *sspi_tracker_make(struct sspi_owner *owner)
{
	struct sspi_async_context *t;

	t = sspi_fault() ? NULL : kzalloc(sizeof(*t), GFP_NOIO);
	if (!t)
		return NULL;
	t->owner = sspi_owner_hold(owner);
	t->internal = true;
	spin_lock_init(&t->lock);
	refcount_set(&t->refs, 1);
	init_waitqueue_head(&t->wait);
	INIT_LIST_HEAD(&t->link);
	INIT_WORK(&t->notice, sspi_notify_work);
	t->status = SEC_E_INVALID_HANDLE;
	t->timeout_ms = SSPI_DEFAULT_TIMEOUT_MS;
	sspi_stat_inc(SSPI_STAT_TRACKERS_MADE);
	return t;
}

/* Makes it the consumer's, who may name it. False without memory. */
static bool tracker_list(struct sspi_async_context *t)
{
	struct tracker_shard *shard;
	int err = sspi_fault() ? -ENOMEM : 0;

	if (!err)
		err = rhashtable_insert_fast(&trackers, &t->node,
					     tracker_params);
	if (err)
		return false;
	t->internal = false;
	t->shard = raw_smp_processor_id() % TRACKER_SHARDS;
	shard = &tracker_shards[t->shard];
	spin_lock_bh(&shard->lock);
	list_add_tail(&t->link, &shard->trackers);
	spin_unlock_bh(&shard->lock);
	return true;
}

/*
 * Takes the name of a tracker away from its consumer; false if it had none. Does
 * not look at the memory before it knows whose that is.
 */
static bool tracker_unlist(struct sspi_async_context *t)
{
	struct sspi_async_context *known;
	bool listed;

	rcu_read_lock();
	known = rhashtable_lookup(&trackers, &t, tracker_params);
	listed = known && !rhashtable_remove_fast(&trackers, &known->node,
						  tracker_params);
	rcu_read_unlock();
	return listed;
}

/**
 * __sspi_create_async_context() - make an idle tracker
 * @owner: the consumer
 *
 * Context: process context, may sleep for memory.
 * Return: the tracker, or NULL if there is no memory, the consumer has too
 * many, or its module is going.
 */
struct sspi_async_context *__sspi_create_async_context(struct module *owner)
{
	struct sspi_owner *who = sspi_owner_get(owner);
	struct sspi_async_context *t = NULL;

	if (!who)
		return NULL;
	if (sspi_owner_going(who) ||
	    !sspi_owner_charge(who, SSPI_CHARGE_TRACKER))
		goto put_owner;
	t = sspi_tracker_make(who);
	if (!t)
		goto uncharge;
	if (tracker_list(t))
		goto put_owner;
	sspi_tracker_put(t);
	t = NULL;
uncharge:
	sspi_owner_uncharge(who, SSPI_CHARGE_TRACKER);
put_owner:
	sspi_owner_put(who);
	return t;
}
EXPORT_SYMBOL_GPL(__sspi_create_async_context);

/* Context: any. */
void sspi_tracker_put(struct sspi_async_context *t)
{
	struct tracker_shard *shard = &tracker_shards[t->shard];

	if (!refcount_dec_and_test(&t->refs))
		return;
	if (!t->internal) {
		spin_lock_bh(&shard->lock);
		list_del(&t->link);
		spin_unlock_bh(&shard->lock);
		sspi_owner_uncharge(t->owner, SSPI_CHARGE_TRACKER);
	}
	sspi_netns_put(t->ns);
	sspi_owner_put(t->owner);
	sspi_stat_inc(SSPI_STAT_TRACKERS_FREED);
	kfree_rcu(t, rcu);
}

/* Takes an idle tracker for a submit call. */
sec_status_t sspi_tracker_reserve(struct sspi_async_context *t)
{
	sec_status_t status = SEC_E_OUT_OF_SEQUENCE;
	unsigned long flags;

	if (!t)
		return sspi_invalid("actx");
	spin_lock_irqsave(&t->lock, flags);
	/* Pairs with sspi_tracker_purge(), which takes the lock of each. */
	if (sspi_owner_going(t->owner)) {
		status = SEC_E_SHUTDOWN_IN_PROGRESS;
	} else if (t->state == SSPI_TRACKER_IDLE && !t->released) {
		t->state = SSPI_TRACKER_RESERVED;
		status = SEC_E_OK;
	}
	spin_unlock_irqrestore(&t->lock, flags);
	if (status != SEC_E_OK)
		return status;
	if (sspi_owner_charge(t->owner, SSPI_CHARGE_CALL))
		return SEC_E_OK;

	spin_lock_irqsave(&t->lock, flags);
	t->state = SSPI_TRACKER_IDLE;
	wake_up_all(&t->wait);
	spin_unlock_irqrestore(&t->lock, flags);
	return SEC_E_INSUFFICIENT_MEMORY;
}

/* The submit call was refused. */
void sspi_tracker_unreserve(struct sspi_async_context *t)
{
	unsigned long flags;

	spin_lock_irqsave(&t->lock, flags);
	t->state = SSPI_TRACKER_IDLE;
	wake_up_all(&t->wait);
	spin_unlock_irqrestore(&t->lock, flags);
	sspi_owner_uncharge(t->owner, SSPI_CHARGE_CALL);
}

/*
 * Outputs are being written, or a callback is due or runs. Inside a callback of the
 * tracker what it waits for cannot come: only the outputs count then.
 */
bool sspi_tracker_busy(struct sspi_async_context *t)
{
	unsigned long flags;
	bool busy;

	spin_lock_irqsave(&t->lock, flags);
	busy = t->state == SSPI_TRACKER_PUBLISHING ||
	       (t->notifier != current && (t->due || t->notifier));
	spin_unlock_irqrestore(&t->lock, flags);
	return busy;
}

/**
 * sspi_cancel_async_call_sync() - take back a call, or wait for its end
 * @actx: the tracker, or NULL
 *
 * After the return nothing is written to the outputs any more, and the callback of
 * the call is not running and will not run, unless this is that callback. So hold no
 * lock here that the callback takes. The tracker may be reinitialised or freed.
 *
 * Context: process context; waits for outputs that are just being written and
 * for a callback that is due or running.
 * Return: true if cancel won and the status is SSPI_E_CANCELLED; false if the call
 * has ended otherwise, or was never submitted.
 */
bool sspi_cancel_async_call_sync(struct sspi_async_context *actx)
{
	bool won;

	if (!actx)
		return false;
	won = sspi_cancel_async_call(actx);
	wait_event(actx->wait, !sspi_tracker_busy(actx));
	return won;
}
EXPORT_SYMBOL_GPL(sspi_cancel_async_call_sync);

/* Callbacks that are due will not run: the one that runs has freed the tracker. */
static void tracker_forget_due(struct sspi_async_context *t)
{
	unsigned long flags;
	unsigned int due;

	spin_lock_irqsave(&t->lock, flags);
	due = t->due;
	t->due = 0;
	spin_unlock_irqrestore(&t->lock, flags);
	while (due--)
		sspi_tracker_put(t);
}

/* Ends what the consumer has; the caller has its reference. */
static void tracker_release(struct sspi_async_context *t)
{
	unsigned long flags;
	bool cancel, misuse;

	spin_lock_irqsave(&t->lock, flags);
	t->released = true;
	misuse = t->call && t->notify;
	cancel = misuse || (t->call && t->call->ops->outputs);
	spin_unlock_irqrestore(&t->lock, flags);
	if (misuse)
		pr_warn_once("%s freed a tracker whose callback was still to run\n",
			     t->owner->name);
	if (cancel)
		sspi_cancel_async_call(t);
	wait_event(t->wait, !sspi_tracker_busy(t));
	tracker_forget_due(t);
	sspi_tracker_put(t);
}

/**
 * sspi_free_async_context() - give a tracker back
 * @actx: the tracker, or NULL
 *
 * Of a tracker that is idle or complete, also inside its callback. A pending
 * delete or free of a tracker without callback goes on by itself. Any other
 * pending call is cancelled, so that nothing is written to the caller's memory
 * after the return; one with a callback is a bug of the caller and reported
 * once. So is one that was freed before: that has no effect.
 *
 * After the return, unless this is the callback itself, the callback is not
 * running and will not run: its data may go. So hold no lock here that the
 * callback takes.
 *
 * Context: process context; waits for outputs that are just being written and
 * for a callback that is due or running.
 */
void sspi_free_async_context(struct sspi_async_context *actx)
{
	if (!actx)
		return;
	if (tracker_unlist(actx))
		tracker_release(actx);
	else
		pr_warn_ratelimited("%pS freed a tracker twice\n",
				    __builtin_return_address(0));
}
EXPORT_SYMBOL_GPL(sspi_free_async_context);

/**
 * sspi_reinit_async_context() - make a complete tracker idle again
 * @actx: the tracker
 *
 * Keeps callback, data and timeout. Works inside the callback too.
 *
 * Context: any.
 * Return: SEC_E_OK; SEC_E_OUT_OF_SEQUENCE if the tracker is not complete;
 * SEC_E_INVALID_PARAMETER for NULL.
 */
sec_status_t sspi_reinit_async_context(struct sspi_async_context *actx)
{
	sec_status_t status = SEC_E_OUT_OF_SEQUENCE;
	unsigned long flags;

	if (!actx)
		return sspi_invalid("actx");
	spin_lock_irqsave(&actx->lock, flags);
	if (actx->state == SSPI_TRACKER_COMPLETE) {
		actx->state = SSPI_TRACKER_IDLE;
		WRITE_ONCE(actx->status, SEC_E_INVALID_HANDLE);
		status = SEC_E_OK;
	}
	spin_unlock_irqrestore(&actx->lock, flags);
	return status;
}
EXPORT_SYMBOL_GPL(sspi_reinit_async_context);

/**
 * sspi_set_async_notify_callback() - say whom to call at completion
 * @actx: an idle tracker
 * @notify: the callback, or NULL to poll
 * @data: for @notify
 *
 * Context: any.
 * Return: SEC_E_OK; SEC_E_OUT_OF_SEQUENCE if the tracker is not idle, or the
 * callback of the call before has not begun; SEC_E_INVALID_PARAMETER for NULL.
 */
sec_status_t sspi_set_async_notify_callback(struct sspi_async_context *actx,
					    sspi_async_notify_fn notify,
					    void *data)
{
	sec_status_t status = SEC_E_OUT_OF_SEQUENCE;
	unsigned long flags;

	if (!actx)
		return sspi_invalid("actx");
	spin_lock_irqsave(&actx->lock, flags);
	if (actx->state == SSPI_TRACKER_IDLE && !actx->due) {
		WRITE_ONCE(actx->notify, notify);
		actx->data = data;
		status = SEC_E_OK;
	}
	spin_unlock_irqrestore(&actx->lock, flags);
	return status;
}
EXPORT_SYMBOL_GPL(sspi_set_async_notify_callback);

/**
 * sspi_async_context_requires_notify() - whether there is a callback
 * @actx: the tracker, or NULL
 *
 * Context: any.
 * Return: true if a callback is set.
 */
bool sspi_async_context_requires_notify(const struct sspi_async_context *actx)
{
	return actx && READ_ONCE(actx->notify);
}
EXPORT_SYMBOL_GPL(sspi_async_context_requires_notify);

/**
 * sspi_get_async_call_status() - how far a call is
 * @actx: the tracker
 *
 * Takes no lock. Once the status is final, the outputs of the call are there.
 *
 * Context: any.
 * Return: SEC_I_ASYNC_CALL_PENDING until completion, then the status of the
 * call; SSPI_E_CANCELLED after cancel, SSPI_E_TIMEOUT after the deadline;
 * SEC_E_INVALID_HANDLE if nothing was submitted since the tracker was made or
 * reinitialised; SEC_E_INVALID_PARAMETER for NULL.
 */
sec_status_t sspi_get_async_call_status(const struct sspi_async_context *actx)
{
	if (!actx)
		return sspi_invalid("actx");
	/* Pairs with the release of call_complete_locked(). */
	return smp_load_acquire(&actx->status);
}
EXPORT_SYMBOL_GPL(sspi_get_async_call_status);

/**
 * sspi_set_async_timeout() - set the deadline of the calls to come
 * @actx: a tracker that is idle or complete
 * @timeout_ms: milliseconds from submit to SSPI_E_TIMEOUT; 0 for no deadline.
 *	A new tracker has SSPI_DEFAULT_TIMEOUT_MS
 *
 * A call that misses it ends as if cancelled, but with SSPI_E_TIMEOUT, and its
 * callback runs. Deletes have no deadline.
 *
 * Context: any.
 * Return: SEC_E_OK; SEC_E_OUT_OF_SEQUENCE if a call is pending;
 * SEC_E_INVALID_PARAMETER for NULL.
 */
sec_status_t sspi_set_async_timeout(struct sspi_async_context *actx,
				    unsigned int timeout_ms)
{
	sec_status_t status = SEC_E_OUT_OF_SEQUENCE;
	unsigned long flags;

	if (!actx)
		return sspi_invalid("actx");
	spin_lock_irqsave(&actx->lock, flags);
	if (actx->state == SSPI_TRACKER_IDLE ||
	    actx->state == SSPI_TRACKER_COMPLETE) {
		actx->timeout_ms = timeout_ms;
		status = SEC_E_OK;
	}
	spin_unlock_irqrestore(&actx->lock, flags);
	return status;
}
EXPORT_SYMBOL_GPL(sspi_set_async_timeout);

/**
 * sspi_set_async_net() - set the network namespace of the calls to come
 * @actx: a tracker that is idle or complete
 * @net: the namespace, which the caller holds; NULL for that of the credential,
 *	as it is for a new tracker
 *
 * For a consumer that acquires on behalf of somebody in another namespace than its
 * own: the credential belongs there then, and so does what is submitted with it
 * later, by whomever. A leg on the tracker asks there, whatever its credential
 * says. The namespace is not kept alive: when it has gone, its realms have gone.
 *
 * Context: any.
 * Return: SEC_E_OK; SEC_E_OUT_OF_SEQUENCE if a call is pending;
 * SEC_E_INVALID_PARAMETER for NULL.
 */
sec_status_t sspi_set_async_net(struct sspi_async_context *actx,
				struct net *net)
{
	struct sspi_netns *ns = net ? sspi_netns_get(net) : NULL;
	sec_status_t status = SEC_E_OUT_OF_SEQUENCE;
	unsigned long flags;

	if (!actx) {
		sspi_netns_put(ns);
		return sspi_invalid("actx");
	}
	spin_lock_irqsave(&actx->lock, flags);
	if (actx->state == SSPI_TRACKER_IDLE ||
	    actx->state == SSPI_TRACKER_COMPLETE) {
		swap(actx->ns, ns);
		status = SEC_E_OK;
	}
	spin_unlock_irqrestore(&actx->lock, flags);
	sspi_netns_put(ns);
	return status;
}
EXPORT_SYMBOL_GPL(sspi_set_async_net);

typedef bool (*tracker_fn)(struct sspi_async_context *t);

/* Calls @fn for each tracker of @owner; how often it said true. */
static unsigned int tracker_walk(struct sspi_owner *owner, tracker_fn fn)
{
	struct sspi_async_context *t, *held = NULL;
	unsigned int i, count = 0;

	for (i = 0; i < TRACKER_SHARDS; i++) {
		struct tracker_shard *shard = &tracker_shards[i];

		spin_lock_bh(&shard->lock);
		list_for_each_entry(t, &shard->trackers, link) {
			if (t->owner != owner || !refcount_inc_not_zero(&t->refs))
				continue;
			spin_unlock_bh(&shard->lock);
			if (held)
				sspi_tracker_put(held);
			held = t;
			count += fn(t);
			spin_lock_bh(&shard->lock);
		}
		spin_unlock_bh(&shard->lock);
		if (held)
			sspi_tracker_put(held);
		held = NULL;
	}
	return count;
}

static bool purge_call(struct sspi_async_context *t)
{
	unsigned long flags;
	bool pending;

	spin_lock_irqsave(&t->lock, flags);
	WRITE_ONCE(t->notify, NULL);
	pending = t->call && t->call->ops->outputs;
	spin_unlock_irqrestore(&t->lock, flags);
	return pending && sspi_cancel_async_call(t);
}

/*
 * Cancels all calls of an unloaded module, and none calls back any more. The owner
 * is going: but for a callback that has got past that, nothing is submitted.
 */
unsigned int sspi_tracker_purge(struct sspi_owner *owner)
{
	return tracker_walk(owner, purge_call);
}

static bool tracker_submits(struct sspi_async_context *t)
{
	unsigned long flags;
	bool submits;

	spin_lock_irqsave(&t->lock, flags);
	submits = t->state == SSPI_TRACKER_RESERVED;
	spin_unlock_irqrestore(&t->lock, flags);
	return submits;
}

static bool drain_call(struct sspi_async_context *t)
{
	wait_event(t->wait, !sspi_tracker_busy(t) && !tracker_submits(t));
	return true;
}

/* Waits for its callbacks that are running, and outputs that are being written. */
void sspi_tracker_drain(struct sspi_owner *owner)
{
	tracker_walk(owner, drain_call);
}

static bool release_one(struct sspi_async_context *t)
{
	if (!tracker_unlist(t))
		return false;
	tracker_release(t);
	return true;
}

/* Frees the trackers that an unloaded module has not freed. */
unsigned int sspi_tracker_release_all(struct sspi_owner *owner)
{
	return tracker_walk(owner, release_one);
}
