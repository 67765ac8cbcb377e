// SPDX-License-Identifier: GPL-2.0-only
/* Calls with a deadline that run as their submitter: memory, time, identity. */
#include <linux/cred.h>
#include <linux/nsproxy.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "core/internal.h"
#include "transport/kdc.h"

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

/* Queues a job of a tracker that is reserved; or it is over on return. */
void sspi_job_submit(struct sspi_job *job)
{
	struct sspi_async_context *t = job->call.tracker;
	unsigned int timeout_ms = t->timeout_ms;

	INIT_WORK(&job->call.work, sspi_call_work);
	sspi_tracker_attach(t, &job->call);
	if (timeout_ms) {
		refcount_inc(&job->refs);
		/* Doomed already: it is pending, with a reference of its own. */
		if (!sspi_call_delay(&job->deadline,
				     msecs_to_jiffies(timeout_ms)))
			sspi_job_put(job);
	}
	if (t->waits && sspi_call_has_room())
		sspi_call_run_here(&job->call);
	else
		sspi_call_enqueue(&job->call);
}

/* Ends a job with @status, without its step; the caller holds a reference. */
void sspi_job_doom(struct sspi_job *job, sec_status_t status)
{
	if (!sspi_tracker_doom(job->call.tracker, &job->call, status))
		return;
	refcount_inc(&job->refs);
	/* If it was pending it had its reference. */
	if (sspi_call_queue(&job->deadline, 0))
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
