// SPDX-License-Identifier: GPL-2.0-only
/* Calls with a deadline, of somebody: their memory, time and identity. */
#include <linux/slab.h>

#include "core/identity.h"
#include "core/internal.h"
#include "transport/kdc.h"

/*
 * The deadline decides when it fires: it waits for no worker. In a softirq, which the
 * release of the job waits for.
 */
static void job_expire(struct timer_list *timer)
{
	struct sspi_job *job = container_of(timer, struct sspi_job, deadline);

	sspi_call_end(&job->call, SSPI_E_TIMEOUT);
}

/*
 * A job with @head bytes of its own structure, zeroed, which begins with the
 * job, and @tail bytes for copies. NULL without memory. Who binds it says whose
 * it is.
 */
void *sspi_job_alloc(struct sspi_async_context *t, size_t head, size_t tail,
		     const struct sspi_call_ops *ops)
{
	struct sspi_job *job;
	size_t size;

	if (check_add_overflow(head, tail, &size))
		return NULL;
	job = sspi_fault() ? NULL : kvmalloc(size, SSPI_GFP | __GFP_ACCOUNT);
	if (!job)
		return NULL;
	memset(job, 0, head);
	job->size = size;
	job->call.ops = ops;
	job->call.tracker = t;
	refcount_inc(&t->refs);		/* put with the last reference */
	job->env = sspi_env_current();
	refcount_set(&job->refs, 1);
	timer_setup(&job->deadline, job_expire, 0);
	/* The tracker is reserved: nobody changes what it has. */
	job->ns = t->ns ? sspi_netns_hold(t->ns) : NULL;
	return job;
}

/* Where the questions of a job go that has its identity; NULL: nowhere. */
struct sspi_netns *sspi_job_netns(const struct sspi_job *job)
{
	return job->ns ? job->ns : job->who->ns;
}

/* Queues a job of a tracker that is reserved; or it is over on return. */
void sspi_job_submit(struct sspi_job *job)
{
	struct sspi_async_context *t = job->call.tracker;
	unsigned int timeout_ms = t->timeout_ms;

	INIT_WORK(&job->call.work, sspi_call_work);
	sspi_call_attach(t, &job->call);
	/* No worker has the job yet: it is there. */
	if (timeout_ms) {
		job->timed = true;
		mod_timer(&job->deadline,
			  jiffies + msecs_to_jiffies(timeout_ms));
	}
	if (t->waits && sspi_call_has_room())
		sspi_call_run_here(&job->call);
	else
		sspi_call_enqueue(&job->call);
}

void sspi_job_put(struct sspi_job *job)
{
	if (!refcount_dec_and_test(&job->refs))
		return;
	sspi_netns_put(job->ns);
	sspi_tracker_put(job->call.tracker);
	kvfree_sensitive(job, job->size);
}

/* The worker is done with the job, or it was never submitted. */
void sspi_job_release(struct sspi_job *job)
{
	if (job->timed)
		timer_delete_sync(&job->deadline);
	sspi_job_put(job);
}
