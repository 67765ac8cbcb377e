// SPDX-License-Identifier: GPL-2.0-only
/*
 * Credentials that are kept good.
 *
 * A package that has got something that ends says in its step when it wants the
 * next. The core submits the package's refresh then: a call like any other, of the
 * credential's identity, on a tracker of the core's own. Its job holds the
 * credential. When the handle is dead the call is cancelled; what waits for its time
 * holds nothing, and ends with the credential.
 */
#include <linux/slab.h>

#include "core/ask.h"
#include "core/identity.h"
#include "core/internal.h"
#include "core/refresh.h"
#include "core/trace.h"

#define MAX_SECONDS	(24 * 3600)	/* until the clock is looked at again */
#define RETRY_SECONDS	60		/* after no memory */

/* Between two, whatever a package says. */
unsigned int sspi_refresh_min_seconds = 5;
SSPI_EXPORT_FOR_TEST(sspi_refresh_min_seconds);

/**
 * struct sspi_refresh - the refresh of a credential
 * @work: waits for its time, then submits the call
 * @lock: protects @when and @ended
 * @cred: whose it is; it owns this
 * @tracker: of the call
 * @when: unix seconds of the next; 0: none
 * @ended: there will be no more
 */
struct sspi_refresh {
	struct delayed_work work;
	spinlock_t lock;		/* see above */
	struct sspi_cred *cred;
	struct sspi_async_context *tracker;
	s64 when;
	bool ended;
};

/**
 * struct refresh_job - one refresh
 * @job: the call
 * @cred: the credential; reference held
 * @state: the package's
 * @asker: its questions
 * @whose: for who listens
 * @step: the leg
 */
struct refresh_job {
	struct sspi_job job;
	struct sspi_cred *cred;
	void *state;
	struct sspi_asker asker;
	struct sspi_whose whose;
	struct sspi_step step;
};

static struct refresh_job *refresh_of(struct sspi_call *call)
{
	return container_of(sspi_job_of(call), struct refresh_job, job);
}

static bool refresh_ended(const struct sspi_cred *cred)
{
	return READ_ONCE(cred->refresh->ended);
}

/* How long until then, in jiffies; looked at again on the way. */
static unsigned long refresh_delay(s64 when)
{
	s64 left = when - sspi_env_seconds(sspi_env_current());

	return clamp_t(s64, left, 0, MAX_SECONDS) * HZ;
}

static void refresh_arm_locked(struct sspi_refresh *r, unsigned long delay)
{
	lockdep_assert_held(&r->lock);
	if (r->when && !r->ended)
		sspi_call_queue_at(&r->work, delay);
}

static void refresh_at(struct sspi_refresh *r, s64 when, s64 now)
{
	spin_lock_irq(&r->lock);
	r->when = max_t(s64, when, now + sspi_refresh_min_seconds);
	refresh_arm_locked(r, refresh_delay(r->when));
	spin_unlock_irq(&r->lock);
}

static void refresh_answered(struct sspi_question *question)
{
	struct refresh_job *job = container_of(question, struct refresh_job,
					       asker.question);

	sspi_call_resume(&job->job.call);
}

static bool refresh_unpark(struct sspi_call *call)
{
	return sspi_asker_cancel(&refresh_of(call)->asker);
}

static bool refresh_cancelled(const struct sspi_step *step)
{
	return refresh_ended(container_of(step, struct refresh_job, step)->cred);
}

static sec_status_t refresh_package(struct refresh_job *job)
{
	struct sspi_step *step = &job->step;
	struct sspi_cred *cred = job->cred;
	sec_status_t status;

	do {
		sspi_asker_resume(&job->asker, step);
		status = cred->package->ops->refresh(cred->state, &job->state,
						     step);
		sspi_asker_settle(&job->asker, step);
		if (sec_status_class(status) != SSPI_CLASS_PENDING)
			return status;
		if (job->asker.asked == SSPI_MAX_QUESTIONS)
			return SEC_E_INTERNAL_ERROR;
	} while (sspi_asker_ask(&job->asker, sspi_job_netns(&job->job), step,
				refresh_answered));
	return status;
}

static sec_status_t refresh_run(struct sspi_call *call)
{
	struct refresh_job *job = refresh_of(call);
	struct sspi_scope scope;
	sec_status_t status;

	/* Between its time and the queue. */
	if (refresh_ended(job->cred))
		return SSPI_E_CANCELLED;
	sspi_tell_tickets(&job->whose, &job->step);
	sspi_identity_enter(job->job.who, &scope);
	status = refresh_package(job);
	sspi_identity_leave(&scope);
	trace_sspi_step(job->cred->package->info.name, "refresh", 0, 0, status);
	return status;
}

static void refresh_publish(struct sspi_call *call, sec_status_t *status)
{
	struct refresh_job *job = refresh_of(call);
	struct sspi_cred *cred = job->cred;
	s64 now = sspi_env_seconds(sspi_env_current());
	s64 next = job->step.refresh;

	if (sec_status_class(*status) == SSPI_CLASS_FATAL) {
		sspi_refuse(cred->package, "refresh", job->step.reason, *status);
		sspi_tell_refusal(&job->whose, "refresh", &job->step,
				  job->asker.question.server, job->step.reason,
				  *status);
	}
	if (*status == SEC_E_INSUFFICIENT_MEMORY && !next)
		next = now + RETRY_SECONDS;
	if (next)
		refresh_at(cred->refresh, next, now);
}

/* It missed its deadline, or the credential is going. */
static void refresh_discard(struct sspi_call *call, bool ran)
{
	struct refresh_job *job = refresh_of(call);
	s64 now = sspi_env_seconds(sspi_env_current());

	refresh_at(job->cred->refresh, now + RETRY_SECONDS, now);
}

static void refresh_release(struct sspi_call *call)
{
	struct refresh_job *job = refresh_of(call);
	struct sspi_cred *cred = job->cred;

	if (job->state && cred->package->ops->refresh_end)
		cred->package->ops->refresh_end(cred->state, job->state);
	sspi_free(job->step.output.data);
	sspi_free(job->step.io.request.data);
	sspi_asker_release(&job->asker);
	sspi_job_release(&job->job);
	sspi_object_put(&cred->obj);
}

static const struct sspi_call_ops refresh_ops = {
	.name = "refresh",
	.outputs = true,
	.run = refresh_run,
	.publish = refresh_publish,
	.discard = refresh_discard,
	.unpark = refresh_unpark,
	.release = refresh_release,
};

/* The call of a tracker that is reserved; false if there is no memory. */
static bool refresh_submit(struct sspi_refresh *r)
{
	struct refresh_job *job;

	job = sspi_job_alloc(r->tracker, sizeof(*job), 0, &refresh_ops);
	if (!job)
		return false;
	/* Its last reference may be gone, and whoever frees it waits for us. */
	if (!sspi_ref_get(&r->cred->obj.refs)) {
		sspi_job_release(&job->job);
		return false;
	}
	job->cred = r->cred;
	job->job.who = r->cred->who;
	job->whose = sspi_whose(&job->job, r->cred->package);
	job->step = (struct sspi_step){
		.env = job->job.env,
		.cancelled = refresh_cancelled,
	};
	sspi_asker_init(&job->asker, r->cred, NULL);
	sspi_job_submit(&job->job);
	return true;
}

/* Whether the time has come; if so there is no next one. */
static bool refresh_due(struct sspi_refresh *r)
{
	unsigned long delay;
	bool due = false;

	spin_lock_irq(&r->lock);
	if (r->when && !r->ended) {
		delay = refresh_delay(r->when);
		/* The last one may be just ending. */
		if (!delay && sspi_get_async_call_status(r->tracker) ==
			      SEC_I_ASYNC_CALL_PENDING)
			delay = HZ / 10 + 1;
		due = !delay;
		if (due)
			r->when = 0;
		else
			refresh_arm_locked(r, delay);
	}
	spin_unlock_irq(&r->lock);
	return due;
}

static void refresh_work(struct work_struct *work)
{
	struct sspi_refresh *r = container_of(to_delayed_work(work),
					      struct sspi_refresh, work);
	s64 now = sspi_env_seconds(sspi_env_current());
	sec_status_t status;

	if (!refresh_due(r))
		return;
	/* Before its first call the tracker is idle already. */
	status = sspi_reinit_async_context(r->tracker);
	status = sspi_tracker_reserve(r->tracker);
	if (status != SEC_E_OK) {
		refresh_at(r, now + RETRY_SECONDS, now);
	} else if (!refresh_submit(r)) {
		sspi_tracker_unreserve(r->tracker);
		refresh_at(r, now + RETRY_SECONDS, now);
	}
}

/* Prepares it; true also if there is no need. */
bool sspi_refresh_make(struct sspi_cred *cred)
{
	struct sspi_refresh *r;

	if (!cred->package->ops->refresh ||
	    !(cred->use & SECPKG_CRED_OUTBOUND))
		return true;
	r = sspi_alloc(sizeof(*r));
	if (!r)
		return false;
	r->tracker = sspi_tracker_make(cred->obj.owner);
	if (!r->tracker) {
		sspi_free(r);
		return false;
	}
	INIT_DELAYED_WORK(&r->work, refresh_work);
	spin_lock_init(&r->lock);
	r->cred = cred;
	cred->refresh = r;
	return true;
}

void sspi_refresh_at(struct sspi_cred *cred, s64 when)
{
	if (cred->refresh && when)
		refresh_at(cred->refresh, when,
			   sspi_env_seconds(sspi_env_current()));
}

void sspi_refresh_stop(struct sspi_cred *cred)
{
	struct sspi_refresh *r = cred->refresh;

	if (!r)
		return;
	spin_lock_irq(&r->lock);
	WRITE_ONCE(r->ended, true);
	spin_unlock_irq(&r->lock);
	sspi_cancel_async_call(r->tracker);
}

/* No call has the credential any more. */
void sspi_refresh_free(struct sspi_cred *cred)
{
	struct sspi_refresh *r = cred->refresh;

	if (!r)
		return;
	cancel_delayed_work_sync(&r->work);
	sspi_tracker_put(r->tracker);
	cred->refresh = NULL;
	sspi_free(r);
}
