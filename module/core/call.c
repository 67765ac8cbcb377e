// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of a call: submit, run, publish or throw away, report once. All of its
 * states, and who may take it from one to the next.
 *
 * A worker, cancel, the deadline and a delete compete for a call under the lock of
 * its tracker. Who takes it out of the tracker has it: a worker that won publishes;
 * the others complete the tracker at once, and leave it to a worker to throw away
 * what there is.
 */
#include <linux/sched/signal.h>

#include "core/internal.h"
#include "core/trace.h"
#include "noio.h"

static struct workqueue_struct *call_wq;

int sspi_call_init(void)
{
	call_wq = alloc_workqueue("ksspi", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	return call_wq ? 0 : -ENOMEM;
}

/* Waits for the steps that have begun or are queued, and then for callbacks. */
void sspi_call_flush(void)
{
	flush_workqueue(call_wq);
	sspi_notify_flush();
}
SSPI_EXPORT_FOR_TEST(sspi_call_flush);

void sspi_call_exit(void)
{
	destroy_workqueue(call_wq);
}

/* Has a worker run it. Context: any. */
void sspi_call_enqueue(struct sspi_call *call)
{
	queue_work(call_wq, &call->work);
}

/* Work beside the calls, at its time; sooner or later than before. */
void sspi_call_queue_at(struct delayed_work *work, unsigned long delay)
{
	mod_delayed_work(call_wq, work, delay);
}

/* The answer is in. Context: any. */
void sspi_call_resume(struct sspi_call *call)
{
	/*
	 * A work is run by one worker at a time; so is a call by its submitter,
	 * who queues it in the end, however often it was resumed meanwhile.
	 */
	if (atomic_cmpxchg(&call->here, SSPI_CALL_HERE,
			   SSPI_CALL_HERE_RESUMED) == SSPI_CALL_QUEUED)
		sspi_call_enqueue(call);
}

/* Whether the step is run for somebody who is being killed. */
bool sspi_call_killed(const struct sspi_call *call)
{
	return atomic_read(&call->here) != SSPI_CALL_QUEUED &&
	       fatal_signal_pending(current);
}

/* From here on the call completes, or is cancelled. */
void sspi_call_attach(struct sspi_async_context *t, struct sspi_call *call)
{
	unsigned long flags;

	refcount_inc(&t->refs);
	spin_lock_irqsave(&t->lock, flags);
	t->state = SSPI_TRACKER_QUEUED;
	t->call = call;
	WRITE_ONCE(t->status, SEC_I_ASYNC_CALL_PENDING);
	spin_unlock_irqrestore(&t->lock, flags);
	sspi_stat_inc(SSPI_STAT_SUBMITTED);
	trace_sspi_call_submit(t, call->ops->name, SEC_I_ASYNC_CALL_PENDING);
}

/* Queues a call of a tracker that is reserved. */
void sspi_call_submit(struct sspi_call *call, const struct sspi_call_ops *ops,
		      struct sspi_async_context *t)
{
	call->ops = ops;
	call->tracker = t;
	atomic_set(&call->here, SSPI_CALL_QUEUED);
	INIT_WORK(&call->work, sspi_call_work);
	sspi_call_attach(t, call);
	sspi_call_enqueue(call);
}

/* A worker begins with the call, or goes on with it: false if it is not there. */
static bool call_start(struct sspi_async_context *t, struct sspi_call *call)
{
	unsigned long flags;
	bool mine;

	spin_lock_irqsave(&t->lock, flags);
	mine = t->call == call;
	if (mine)
		t->state = SSPI_TRACKER_RUNNING;
	spin_unlock_irqrestore(&t->lock, flags);
	return mine;
}

/* Whether a worker may publish what it has: then nobody else can win any more. */
static bool call_claim(struct sspi_async_context *t, struct sspi_call *call)
{
	unsigned long flags;
	bool mine;

	spin_lock_irqsave(&t->lock, flags);
	mine = t->call == call;
	if (mine) {
		t->state = SSPI_TRACKER_PUBLISHING;
		t->call = NULL;
	}
	spin_unlock_irqrestore(&t->lock, flags);
	return mine;
}

/*
 * The worker leaves the call to its question. False if somebody has taken it
 * away while that was asked: then it is the worker's to end.
 */
static bool call_park(struct sspi_async_context *t, struct sspi_call *call)
{
	unsigned long flags;
	bool parked;

	spin_lock_irqsave(&t->lock, flags);
	parked = t->call == call;
	if (parked)
		t->state = SSPI_TRACKER_PARKED;
	spin_unlock_irqrestore(&t->lock, flags);
	return parked;
}

/* Takes the call away from whoever runs or would run it. */
static void call_detach_locked(struct sspi_async_context *t)
{
	struct sspi_call *call = t->call;
	bool parked = t->state == SSPI_TRACKER_PARKED;

	lockdep_assert_held(&t->lock);
	if (call->ops->detach)
		call->ops->detach(call, parked ||
					t->state == SSPI_TRACKER_RUNNING);
	t->call = NULL;
	/* A worker has to end it. If the answer was in, one is on its way. */
	if (parked && call->ops->unpark(call))
		sspi_call_resume(call);
}

/* The status is final: tell everybody. True: the callback is due. */
static bool call_complete_locked(struct sspi_async_context *t,
				 sec_status_t status, bool notify)
{
	lockdep_assert_held(&t->lock);
	notify = notify && t->notify;
	t->state = SSPI_TRACKER_COMPLETE;
	if (notify) {
		t->due++;
		refcount_inc(&t->refs);
	}
	/* Pairs with the acquire of sspi_get_async_call_status(). */
	smp_store_release(&t->status, status);
	wake_up_all(&t->wait);
	return notify;
}

/* The worker that has claimed a call reports. */
static void call_finish(struct sspi_async_context *t, sec_status_t status)
{
	unsigned long flags;
	bool notify;

	sspi_stat_inc(SSPI_STAT_COMPLETED);
	trace_sspi_call_complete(t, "", status);
	spin_lock_irqsave(&t->lock, flags);
	notify = call_complete_locked(t, status, true);
	spin_unlock_irqrestore(&t->lock, flags);
	if (notify)
		sspi_notify(t);
}

/* Takes away @call, or with NULL whichever there is, and completes the tracker. */
static bool call_take(struct sspi_async_context *t, const struct sspi_call *call,
		      sec_status_t status, bool notify)
{
	unsigned long flags;
	bool won;

	spin_lock_irqsave(&t->lock, flags);
	won = t->call && (!call || t->call == call);
	if (won) {
		call_detach_locked(t);
		notify = call_complete_locked(t, status, notify);
	}
	spin_unlock_irqrestore(&t->lock, flags);
	if (won && notify)
		sspi_notify(t);
	return won;
}

/*
 * Ends the call with @status, without its step; false if that is too late.
 * Context: any; the caller knows that the call and its tracker are there.
 */
bool sspi_call_end(struct sspi_call *call, sec_status_t status)
{
	struct sspi_async_context *t = call->tracker;
	bool won = call_take(t, call, status, true);

	if (won) {
		sspi_stat_inc(status == SSPI_E_TIMEOUT ? SSPI_STAT_TIMEOUTS :
							 SSPI_STAT_COMPLETED);
		trace_sspi_call_complete(t, "", status);
	}
	return won;
}

/**
 * sspi_cancel_async_call() - take back a call
 * @actx: the tracker, or NULL
 *
 * If cancel wins, the tracker is complete with SSPI_E_CANCELLED, the callback
 * never runs, and nothing is written to the outputs any more. A leg that had
 * not begun leaves its context usable; one that had leaves it dead, as its
 * token is lost; a first leg leaves none. A cancelled delete has deleted.
 *
 * Context: any.
 * Return: true if cancel won; false if the call is complete, is just being
 * published (wait for it), or was never submitted.
 */
bool sspi_cancel_async_call(struct sspi_async_context *actx)
{
	bool won;

	if (!actx)
		return false;
	won = call_take(actx, NULL, SSPI_E_CANCELLED, false);
	if (won)
		sspi_stat_inc(SSPI_STAT_CANCELLED);
	trace_sspi_call_cancel(actx, won ? "won" : "lost", SSPI_E_CANCELLED);
	return won;
}
EXPORT_SYMBOL_GPL(sspi_cancel_async_call);

/*
 * Whether the call waits for an answer, or has it and is queued again: it is
 * not to be touched any more. This work is run by one worker at a time, so it
 * was not ended before.
 */
static bool call_parked(struct sspi_call *call, sec_status_t status)
{
	if (sec_status_class(status) != SSPI_CLASS_PENDING || !call->ops->unpark)
		return false;
	trace_sspi_call_park(call->tracker, call->ops->name, status);
	return call_park(call->tracker, call) || !call->ops->unpark(call);
}

/* Everything a call can end with, but its own pending state. */
static sec_status_t call_status(struct sspi_call *call, sec_status_t status)
{
	if (sec_status_class(status) == SSPI_CLASS_PENDING)
		return SEC_E_INTERNAL_ERROR;
	/* Given up for a fatal signal: as if that had ended a wait. */
	if (sec_status_class(status) == SSPI_CLASS_FATAL &&
	    sspi_call_killed(call))
		sspi_cancel_async_call(call->tracker);
	return status;
}

static bool call_run(struct sspi_call *call)
{
	const struct sspi_call_ops *ops = call->ops;
	struct sspi_async_context *t = call->tracker;
	sec_status_t status = SEC_E_INTERNAL_ERROR;
	bool ran = call_start(t, call), won = false;

	if (ran) {
		trace_sspi_call_run(t, ops->name, SEC_I_ASYNC_CALL_PENDING);
		status = ops->run(call);
		if (call_parked(call, status))
			return false;
		status = call_status(call, status);
		won = call_claim(t, call);
	}
	if (won)
		ops->publish(call, &status);
	else
		ops->discard(call, ran);
	ops->release(call);
	if (won)
		call_finish(t, status);
	sspi_owner_uncharge(t->owner, SSPI_CHARGE_CALL);
	sspi_tracker_put(t);
	return true;
}

/*
 * One worker at a time, or the submitter. The call is released before it is
 * reported: its secrets are wiped, and what a callback does for long keeps none of
 * its memory. Whoever waits for the call may be the one who has to write pages back:
 * no memory is waited for in I/O. False if it is left to a question.
 */
bool sspi_call_run(struct sspi_call *call)
{
	unsigned int noio = sspi_noio_enter();
	bool over = call_run(call);

	sspi_noio_leave(noio);
	return over;
}

void sspi_call_work(struct work_struct *work)
{
	sspi_call_run(container_of(work, struct sspi_call, work));
}
