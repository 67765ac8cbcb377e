// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of a call: submit, run, publish or throw away, report once. All of its
 * states, and who may take it from one to the next.
 */
#include <linux/sched/signal.h>

#include "core/internal.h"
#include "core/trace.h"

static struct workqueue_struct *call_wq;

int sspi_call_init(void)
{
	call_wq = alloc_workqueue("ksspi", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	return call_wq ? 0 : -ENOMEM;
}

/* Waits for the steps and callbacks that have begun or are queued. */
void sspi_call_flush(void)
{
	flush_workqueue(call_wq);
}
SSPI_EXPORT_FOR_TEST(sspi_call_flush);

void sspi_call_exit(void)
{
	destroy_workqueue(call_wq);
}

/* Everything a call can end with, but its own pending state. */
static sec_status_t call_status(sec_status_t status)
{
	if (sec_status_class(status) == SSPI_CLASS_PENDING)
		return SEC_E_INTERNAL_ERROR;
	return status;
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
		queue_work(call_wq, &call->work);
}

/* Has a worker run it. Context: any. */
void sspi_call_enqueue(struct sspi_call *call)
{
	queue_work(call_wq, &call->work);
}

/* Work beside the calls, at its time; sooner or later than before. */
bool sspi_call_queue(struct delayed_work *work, unsigned long delay)
{
	return mod_delayed_work(call_wq, work, delay);
}

/* The same, unless it has a time already. */
bool sspi_call_delay(struct delayed_work *work, unsigned long delay)
{
	return queue_delayed_work(call_wq, work, delay);
}

/* A parked call is being taken away: a worker has to end it. Context: any. */
void sspi_call_unpark(struct sspi_call *call)
{
	if (call->ops->unpark(call))
		sspi_call_resume(call);
}

/* From here on the call completes, or is cancelled. */
void sspi_tracker_attach(struct sspi_async_context *t, struct sspi_call *call)
{
	unsigned long flags;

	refcount_inc(&t->refs);
	spin_lock_irqsave(&t->lock, flags);
	t->state = SSPI_TRACKER_QUEUED;
	t->doom = SEC_E_OK;
	t->call = call;
	WRITE_ONCE(t->status, SEC_I_ASYNC_CALL_PENDING);
	spin_unlock_irqrestore(&t->lock, flags);
	sspi_stat_inc(SSPI_STAT_SUBMITTED);
	trace_sspi_call_submit(t, call->ops->name, SEC_I_ASYNC_CALL_PENDING);
}

/* Takes the call away from whoever runs or would run it. */
static void detach_locked(struct sspi_async_context *t)
{
	struct sspi_call *call = t->call;

	lockdep_assert_held(&t->lock);
	if (call->ops->detach)
		call->ops->detach(call, t->state == SSPI_TRACKER_RUNNING ||
					t->state == SSPI_TRACKER_PARKED);
	if (t->state == SSPI_TRACKER_PARKED)
		sspi_call_unpark(call);
	t->call = NULL;
	t->state = SSPI_TRACKER_PUBLISHING;
}

static enum sspi_verdict tracker_take(struct sspi_async_context *t,
				      struct sspi_call *call,
				      enum sspi_tracker_state next,
				      sec_status_t *status)
{
	enum sspi_verdict verdict = SSPI_VERDICT_LOST;
	unsigned long flags;

	spin_lock_irqsave(&t->lock, flags);
	if (t->call != call) {
		verdict = SSPI_VERDICT_LOST;
	} else if (t->doom != SEC_E_OK) {
		*status = t->doom;
		detach_locked(t);
		verdict = SSPI_VERDICT_DOOMED;
	} else {
		t->state = next;
		if (next == SSPI_TRACKER_PUBLISHING)
			t->call = NULL;
		verdict = SSPI_VERDICT_MINE;
	}
	spin_unlock_irqrestore(&t->lock, flags);
	return verdict;
}

/* Whether a worker may begin with the call. */
enum sspi_verdict sspi_tracker_start(struct sspi_async_context *t,
				     struct sspi_call *call,
				     sec_status_t *status)
{
	return tracker_take(t, call, SSPI_TRACKER_RUNNING, status);
}

/* Whether a worker may publish what it has: then cancel cannot win any more. */
enum sspi_verdict sspi_tracker_claim(struct sspi_async_context *t,
				     struct sspi_call *call,
				     sec_status_t *status)
{
	return tracker_take(t, call, SSPI_TRACKER_PUBLISHING, status);
}

/*
 * The worker leaves the call to its question. False if somebody has taken it
 * away while that was asked: then it is the worker's to end.
 */
bool sspi_tracker_park(struct sspi_async_context *t, struct sspi_call *call)
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

/* The deadline has come: true if the caller is to finish with *@status. */
bool sspi_tracker_expire(struct sspi_async_context *t, struct sspi_call *call,
			 sec_status_t *status)
{
	unsigned long flags;
	bool won;

	spin_lock_irqsave(&t->lock, flags);
	won = t->call == call;
	if (won) {
		*status = t->doom != SEC_E_OK ? t->doom : SSPI_E_TIMEOUT;
		detach_locked(t);
	}
	spin_unlock_irqrestore(&t->lock, flags);
	return won;
}

/* Ends the call with @status, from a worker; false if that is too late. */
bool sspi_tracker_doom(struct sspi_async_context *t, struct sspi_call *call,
		       sec_status_t status)
{
	unsigned long flags;
	bool won;

	spin_lock_irqsave(&t->lock, flags);
	won = t->call == call;
	if (won)
		t->doom = status;
	spin_unlock_irqrestore(&t->lock, flags);
	return won;
}

/* The status is final: tell everybody. The caller holds a reference. */
static void tracker_complete(struct sspi_async_context *t, sec_status_t status,
			     sspi_async_notify_fn *notify, void **data)
{
	lockdep_assert_held(&t->lock);
	t->state = SSPI_TRACKER_COMPLETE;
	*notify = t->notify;
	*data = t->data;
	/* Pairs with the acquire of sspi_get_async_call_status(). */
	smp_store_release(&t->status, status);
	wake_up_all(&t->wait);
}

/* A callback that is running; on the stack of who runs it. */
struct notifier {
	struct list_head link;
	struct task_struct *task;
};

/* Context: process context, no lock held. */
void sspi_tracker_finish(struct sspi_async_context *t, sec_status_t status)
{
	struct notifier running = { .task = current };
	sspi_async_notify_fn notify;
	unsigned long flags;
	void *data;

	sspi_stat_inc(status == SSPI_E_TIMEOUT ? SSPI_STAT_TIMEOUTS :
						 SSPI_STAT_COMPLETED);
	trace_sspi_call_complete(t, "", status);
	spin_lock_irqsave(&t->lock, flags);
	tracker_complete(t, status, &notify, &data);
	if (notify)
		list_add(&running.link, &t->running);
	spin_unlock_irqrestore(&t->lock, flags);
	if (!notify)
		return;
	notify(t, data);
	spin_lock_irqsave(&t->lock, flags);
	list_del(&running.link);
	wake_up_all(&t->wait);
	spin_unlock_irqrestore(&t->lock, flags);
}

/* Outputs are being written, or a callback runs that is not the caller's own. */
bool sspi_tracker_busy(struct sspi_async_context *t)
{
	const struct notifier *running;
	unsigned long flags;
	bool busy;

	spin_lock_irqsave(&t->lock, flags);
	busy = t->state == SSPI_TRACKER_PUBLISHING;
	list_for_each_entry(running, &t->running, link)
		busy |= running->task != current;
	spin_unlock_irqrestore(&t->lock, flags);
	return busy;
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
	sspi_async_notify_fn notify;
	unsigned long flags;
	void *data;
	bool won;

	if (!actx)
		return false;
	spin_lock_irqsave(&actx->lock, flags);
	won = actx->call;
	if (won) {
		detach_locked(actx);
		tracker_complete(actx, SSPI_E_CANCELLED, &notify, &data);
	}
	spin_unlock_irqrestore(&actx->lock, flags);
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
	return sspi_tracker_park(call->tracker, call) ||
	       !call->ops->unpark(call);
}

/* Whether the step is run for somebody who is being killed. */
bool sspi_call_killed(const struct sspi_call *call)
{
	return atomic_read(&call->here) != SSPI_CALL_QUEUED &&
	       fatal_signal_pending(current);
}

/*
 * Who takes the call out of its tracker, reports: this worker, the deadline or
 * cancel. The call is released before that, its secrets wiped. False if it is
 * left to a question.
 */
bool sspi_call_run(struct sspi_call *call)
{
	const struct sspi_call_ops *ops = call->ops;
	struct sspi_async_context *t = call->tracker;
	sec_status_t status = SEC_E_INTERNAL_ERROR;
	enum sspi_verdict verdict;
	bool ran = false;

	verdict = sspi_tracker_start(t, call, &status);
	if (verdict == SSPI_VERDICT_MINE) {
		sec_status_t result;

		trace_sspi_call_run(t, ops->name, SEC_I_ASYNC_CALL_PENDING);
		result = ops->run(call);
		if (call_parked(call, result))
			return false;
		/* Given up for a fatal signal: as if that had ended a wait. */
		if (sec_status_class(result) == SSPI_CLASS_FATAL &&
		    sspi_call_killed(call))
			sspi_cancel_async_call(t);
		result = call_status(result);
		ran = true;
		verdict = sspi_tracker_claim(t, call, &status);
		if (verdict == SSPI_VERDICT_MINE) {
			ops->publish(call, &result);
			status = result;
		}
	}
	if (verdict != SSPI_VERDICT_MINE)
		ops->discard(call, ran);
	ops->release(call);
	if (verdict != SSPI_VERDICT_LOST)
		sspi_tracker_finish(t, status);
	sspi_owner_uncharge(t->owner, SSPI_CHARGE_CALL);
	sspi_tracker_put(t);
	return true;
}

void sspi_call_work(struct work_struct *work)
{
	sspi_call_run(container_of(work, struct sspi_call, work));
}

/* Queues a call of a tracker that is reserved. */
void sspi_call_submit(struct sspi_call *call, const struct sspi_call_ops *ops,
		      struct sspi_async_context *t)
{
	call->ops = ops;
	call->tracker = t;
	atomic_set(&call->here, SSPI_CALL_QUEUED);
	INIT_WORK(&call->work, sspi_call_work);
	sspi_tracker_attach(t, call);
	queue_work(call_wq, &call->work);
}
