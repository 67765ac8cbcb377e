// SPDX-License-Identifier: GPL-2.0-only
/* Trackers: the state of one asynchronous call at a time. */
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

void sspi_tracker_init(void)
{
	unsigned int i;

	for (i = 0; i < TRACKER_SHARDS; i++) {
		spin_lock_init(&tracker_shards[i].lock);
		INIT_LIST_HEAD(&tracker_shards[i].trackers);
	}
}

/**
 * __sspi_create_async_context() - make an idle tracker
 * @owner: the consumer
 *
 * Context: process context, may sleep for memory.
 * Return: the tracker, or NULL if there is no memory or the consumer has too
 * many.
 */
struct sspi_async_context *__sspi_create_async_context(struct module *owner)
{
	struct sspi_async_context *t;
	struct tracker_shard *shard;

	t = sspi_fault() ? NULL : kzalloc(sizeof(*t), GFP_NOFS);
	if (!t)
		return NULL;
	t->owner = sspi_owner_get(owner);
	if (!t->owner)
		goto free;
	if (!sspi_owner_charge(t->owner, SSPI_CHARGE_TRACKER))
		goto put_owner;

	spin_lock_init(&t->lock);
	refcount_set(&t->refs, 1);
	init_waitqueue_head(&t->wait);
	INIT_LIST_HEAD(&t->running);
	t->status = SEC_E_INVALID_HANDLE;
	t->timeout_ms = SSPI_DEFAULT_TIMEOUT_MS;
	t->shard = raw_smp_processor_id() % TRACKER_SHARDS;
	shard = &tracker_shards[t->shard];
	spin_lock(&shard->lock);
	list_add_tail(&t->link, &shard->trackers);
	spin_unlock(&shard->lock);
	sspi_stat_inc(SSPI_STAT_TRACKERS_MADE);
	return t;

put_owner:
	sspi_owner_put(t->owner);
free:
	kfree(t);
	return NULL;
}
EXPORT_SYMBOL_GPL(__sspi_create_async_context);

void sspi_tracker_put(struct sspi_async_context *t)
{
	struct tracker_shard *shard = &tracker_shards[t->shard];

	if (!refcount_dec_and_test(&t->refs))
		return;
	spin_lock(&shard->lock);
	list_del(&t->link);
	spin_unlock(&shard->lock);
	sspi_netns_put(t->ns);
	sspi_owner_uncharge(t->owner, SSPI_CHARGE_TRACKER);
	sspi_owner_put(t->owner);
	sspi_stat_inc(SSPI_STAT_TRACKERS_FREED);
	kfree(t);
}

/* Takes an idle tracker for a submit call. */
sec_status_t sspi_tracker_reserve(struct sspi_async_context *t)
{
	sec_status_t status = SEC_E_OUT_OF_SEQUENCE;
	unsigned long flags;

	if (!t)
		return SEC_E_INVALID_PARAMETER;
	spin_lock_irqsave(&t->lock, flags);
	if (t->state == SSPI_TRACKER_IDLE && !t->released) {
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
	spin_unlock_irqrestore(&t->lock, flags);
	return SEC_E_INSUFFICIENT_MEMORY;
}

/* The submit call was refused. */
void sspi_tracker_unreserve(struct sspi_async_context *t)
{
	unsigned long flags;

	spin_lock_irqsave(&t->lock, flags);
	t->state = SSPI_TRACKER_IDLE;
	spin_unlock_irqrestore(&t->lock, flags);
	sspi_owner_uncharge(t->owner, SSPI_CHARGE_CALL);
}

/**
 * sspi_free_async_context() - give a tracker back
 * @actx: the tracker, or NULL
 *
 * Of a tracker that is idle or complete, also inside its callback. A pending
 * delete or free of a tracker without callback goes on by itself. Any other
 * pending call is cancelled, so that nothing is written to the caller's memory
 * after the return; one with a callback is a bug of the caller and reported
 * once.
 *
 * After the return, unless this is the callback itself, the callback is not
 * running and will not run: its data may go. So hold no lock here that the
 * callback takes.
 *
 * Context: process context; waits for outputs that are just being written and
 * for a callback that is just running.
 */
void sspi_free_async_context(struct sspi_async_context *actx)
{
	unsigned long flags;
	bool cancel, misuse, again;

	if (!actx)
		return;
	spin_lock_irqsave(&actx->lock, flags);
	again = actx->released;
	actx->released = true;
	misuse = actx->call && actx->notify;
	cancel = misuse || (actx->call && actx->call->ops->outputs);
	spin_unlock_irqrestore(&actx->lock, flags);
	if (again) {
		pr_warn_once("%s freed a tracker twice\n", actx->owner->name);
		return;
	}

	if (misuse)
		pr_warn_once("%s freed a tracker whose callback was still to run\n",
			     actx->owner->name);
	if (cancel)
		sspi_cancel_async_call(actx);
	wait_event(actx->wait, !sspi_tracker_busy(actx));
	sspi_tracker_put(actx);
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
		return SEC_E_INVALID_PARAMETER;
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
 * Return: SEC_E_OK; SEC_E_OUT_OF_SEQUENCE if the tracker is not idle;
 * SEC_E_INVALID_PARAMETER for NULL.
 */
sec_status_t sspi_set_async_notify_callback(struct sspi_async_context *actx,
					    sspi_async_notify_fn notify,
					    void *data)
{
	sec_status_t status = SEC_E_OUT_OF_SEQUENCE;
	unsigned long flags;

	if (!actx)
		return SEC_E_INVALID_PARAMETER;
	spin_lock_irqsave(&actx->lock, flags);
	if (actx->state == SSPI_TRACKER_IDLE) {
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
		return SEC_E_INVALID_PARAMETER;
	/* Pairs with the release of tracker_complete(). */
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
		return SEC_E_INVALID_PARAMETER;
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
 * @net: the namespace, which the caller holds; NULL for that of whoever submits
 *	a call, as it is for a new tracker
 *
 * For a consumer that submits in one namespace what belongs to another: from a
 * work item, or on behalf of a task. The namespace is not kept alive: when it has
 * gone, its realms have gone.
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
		return SEC_E_INVALID_PARAMETER;
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

		spin_lock(&shard->lock);
		list_for_each_entry(t, &shard->trackers, link) {
			if (t->owner != owner || !refcount_inc_not_zero(&t->refs))
				continue;
			spin_unlock(&shard->lock);
			if (held)
				sspi_tracker_put(held);
			held = t;
			count += fn(t);
			spin_lock(&shard->lock);
		}
		spin_unlock(&shard->lock);
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

/* Cancels all calls of an unloaded module, and none calls back any more. */
unsigned int sspi_tracker_purge(struct sspi_owner *owner)
{
	return tracker_walk(owner, purge_call);
}

static bool release_one(struct sspi_async_context *t)
{
	unsigned long flags;
	bool mine;

	spin_lock_irqsave(&t->lock, flags);
	mine = !t->released;
	t->released = true;
	spin_unlock_irqrestore(&t->lock, flags);
	if (mine)
		sspi_tracker_put(t);
	return mine;
}

/* Frees the trackers that an unloaded module has not freed. */
unsigned int sspi_tracker_release_all(struct sspi_owner *owner)
{
	return tracker_walk(owner, release_one);
}
