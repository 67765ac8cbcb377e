// SPDX-License-Identifier: GPL-2.0-only
/* The life of a call: submit, run, publish or throw away, report once. */
#include <linux/cred.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>

#include "core/internal.h"
#include "core/trace.h"
#include "transport/kdc.h"

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

/* Work beside the calls, at its time; sooner or later than before. */
void sspi_call_queue(struct delayed_work *work, unsigned long delay)
{
	mod_delayed_work(call_wq, work, delay);
}

/* A parked call is being taken away: a worker has to end it. Context: any. */
void sspi_call_unpark(struct sspi_call *call)
{
	if (call->ops->unpark(call))
		sspi_call_resume(call);
}

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
static bool call_run(struct sspi_call *call)
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

static void call_work(struct work_struct *work)
{
	call_run(container_of(work, struct sspi_call, work));
}

/*
 * Who waits for a call need not wait for a worker: two switches of threads would
 * cost more than most steps. A question, and what follows it, is for workers.
 */
static void call_run_here(struct sspi_call *call)
{
	atomic_set(&call->here, SSPI_CALL_HERE);
	if (!call_run(call) && atomic_xchg(&call->here, SSPI_CALL_QUEUED) ==
			       SSPI_CALL_HERE_RESUMED)
		queue_work(call_wq, &call->work);
}

/* Whether half of the stack is left: a file system may have used up much. */
static bool stack_has_room(void)
{
	unsigned long left = (unsigned long)__builtin_frame_address(0) -
			     (unsigned long)end_of_stack(current);

	return left >= THREAD_SIZE / 2;
}

/* Queues a call of a tracker that is reserved. */
void sspi_call_submit(struct sspi_call *call, const struct sspi_call_ops *ops,
		      struct sspi_async_context *t)
{
	call->ops = ops;
	call->tracker = t;
	atomic_set(&call->here, SSPI_CALL_QUEUED);
	INIT_WORK(&call->work, call_work);
	sspi_tracker_attach(t, call);
	queue_work(call_wq, &call->work);
}

static void job_expire(struct work_struct *work)
{
	struct sspi_job *job = container_of(to_delayed_work(work),
					    struct sspi_job, deadline);
	struct sspi_async_context *t = job->call.tracker;
	sec_status_t status;

	if (sspi_tracker_expire(t, &job->call, &status))
		sspi_tracker_finish(t, status);
	sspi_job_put(job);
}

/*
 * A job with @head bytes of its own structure, zeroed, which begins with the
 * job, and @tail bytes for copies. NULL without memory.
 */
void *sspi_job_alloc(struct sspi_async_context *t, size_t head, size_t tail,
		     const struct sspi_call_ops *ops)
{
	struct sspi_job *job;
	size_t size;

	if (check_add_overflow(head, tail, &size))
		return NULL;
	job = sspi_fault() ? NULL : kvmalloc(size, GFP_NOFS);
	if (!job)
		return NULL;
	memset(job, 0, head);
	job->size = size;
	job->call.ops = ops;
	job->call.tracker = t;
	refcount_inc(&t->refs);		/* put with the last reference */
	job->env = sspi_env_current();
	refcount_set(&job->refs, 1);
	INIT_DELAYED_WORK(&job->deadline, job_expire);
	job->creds = get_current_cred();
	/* The tracker is reserved: nobody changes what it has. */
	if (t->ns)
		job->ns = sspi_netns_hold(t->ns);
	else if (current->nsproxy)
		job->ns = sspi_netns_get(current->nsproxy->net_ns);
	return job;
}

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

/* Queues a job of a tracker that is reserved; or it is over on return. */
void sspi_job_submit(struct sspi_job *job)
{
	struct sspi_async_context *t = job->call.tracker;
	unsigned int timeout_ms = t->timeout_ms;

	INIT_WORK(&job->call.work, call_work);
	sspi_tracker_attach(t, &job->call);
	if (timeout_ms) {
		refcount_inc(&job->refs);
		/* Doomed already: it is pending, with a reference of its own. */
		if (!queue_delayed_work(call_wq, &job->deadline,
					msecs_to_jiffies(timeout_ms)))
			sspi_job_put(job);
	}
	if (t->waits && stack_has_room())
		call_run_here(&job->call);
	else
		queue_work(call_wq, &job->call.work);
}

/* Ends a job with @status, without its step; the caller holds a reference. */
void sspi_job_doom(struct sspi_job *job, sec_status_t status)
{
	if (!sspi_tracker_doom(job->call.tracker, &job->call, status))
		return;
	refcount_inc(&job->refs);
	/* If it was pending it had its reference. */
	if (mod_delayed_work(call_wq, &job->deadline, 0))
		sspi_job_put(job);
}

void sspi_job_put(struct sspi_job *job)
{
	if (!refcount_dec_and_test(&job->refs))
		return;
	put_cred(job->creds);
	sspi_netns_put(job->ns);
	sspi_tracker_put(job->call.tracker);
	kvfree_sensitive(job, job->size);
}

/* The worker is done with the job: drops its reference and the deadline's. */
void sspi_job_release(struct sspi_job *job)
{
	if (cancel_delayed_work(&job->deadline))
		sspi_job_put(job);
	sspi_job_put(job);
}

/* A step runs as its submitter and never enters a file system for memory. */
void sspi_job_enter(struct sspi_job *job, struct sspi_job_scope *scope)
{
	scope->creds = override_creds(job->creds);
	scope->nofs = memalloc_nofs_save();
}

void sspi_job_leave(struct sspi_job_scope *scope)
{
	memalloc_nofs_restore(scope->nofs);
	revert_creds(scope->creds);
}

/* Waits for a call of ours, whose outputs are on somebody's stack. */
sec_status_t sspi_call_settle(struct sspi_async_context *t)
{
	sec_status_t status = sspi_wait_async_call(t, 0);

	if (status != SEC_I_ASYNC_CALL_PENDING)
		return status;
	/* A fatal signal. If cancel loses, the outputs are being written. */
	sspi_cancel_async_call(t);
	wait_event(t->wait, sspi_get_async_call_status(t) !=
			    SEC_I_ASYNC_CALL_PENDING);
	return sspi_get_async_call_status(t);
}
