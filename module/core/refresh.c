// SPDX-License-Identifier: GPL-2.0-only
/*
 * Credentials that are kept good.
 *
 * A package that has got something that ends says in its step when it wants the
 * next. The core runs the package's refresh then, as whoever acquired the
 * credential, one at a time; its questions are asked as those of other legs are,
 * and no worker waits. Nothing here keeps the credential: when its handle is
 * dead the refresh ends, when it is freed nothing of it runs any more.
 */
#include <linux/cred.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "core/ask.h"
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
 * @work: runs it, and waits for its time
 * @lock: protects @when, @running and @ended
 * @cred: whose it is; it owns this
 * @creds: identity of who acquired it
 * @ns: network namespace of the same, or NULL
 * @when: unix seconds of the next; 0: none
 * @running: a leg has begun and not ended; it may be waiting for an answer
 * @ended: there will be no more
 * @state: the package's
 * @asker: its questions
 * @whose: for who listens
 * @step: the leg
 */
struct sspi_refresh {
	struct delayed_work work;
	spinlock_t lock;		/* see above */
	struct sspi_cred *cred;
	const struct cred *creds;
	struct sspi_netns *ns;
	s64 when;
	bool running;
	bool ended;
	void *state;
	struct sspi_asker asker;
	struct sspi_whose whose;
	struct sspi_step step;
};

/* How long until then, in jiffies; looked at again on the way. */
static unsigned long refresh_delay(s64 when)
{
	s64 left = when - sspi_env_seconds(sspi_env_current());

	return clamp_t(s64, left, 0, MAX_SECONDS) * HZ;
}

static void refresh_arm_locked(struct sspi_refresh *r)
{
	lockdep_assert_held(&r->lock);
	if (r->when && !r->running && !r->ended)
		sspi_call_queue(&r->work, refresh_delay(r->when));
}

static void refresh_answered(struct sspi_question *question)
{
	struct sspi_refresh *r = container_of(question, struct sspi_refresh,
					      asker.question);

	sspi_call_queue(&r->work, 0);
}

static bool refresh_cancelled(const struct sspi_step *step)
{
	return READ_ONCE(container_of(step, struct sspi_refresh, step)->ended);
}

/* Whether there is something to do now: to begin a leg, or to go on with it. */
static bool refresh_begin(struct sspi_refresh *r)
{
	bool begin = false;

	spin_lock_irq(&r->lock);
	if (!r->ended && !r->running && r->when) {
		begin = !refresh_delay(r->when);
		if (!begin)
			refresh_arm_locked(r);
	}
	if (begin) {
		r->running = true;
		r->when = 0;
		r->step = (struct sspi_step){
			.env = sspi_env_current(),
			.cancelled = refresh_cancelled,
		};
		sspi_asker_init(&r->asker, r->cred, NULL);
		r->asker.asked = 0;
	}
	begin = r->running && !r->ended;
	spin_unlock_irq(&r->lock);
	return begin;
}

static sec_status_t refresh_package(struct sspi_refresh *r)
{
	sec_status_t status;

	do {
		sspi_asker_resume(&r->asker, &r->step);
		status = r->cred->package->ops->refresh(r->cred->state,
							&r->state, &r->step);
		sspi_asker_settle(&r->asker, &r->step);
		if (sec_status_class(status) != SSPI_CLASS_PENDING)
			return status;
		if (r->asker.asked == SSPI_MAX_QUESTIONS)
			return SEC_E_INTERNAL_ERROR;
	} while (sspi_asker_ask(&r->asker, r->ns, &r->step, refresh_answered));
	return status;
}

/* What the leg has left behind; no worker runs it, and no question is open. */
static void refresh_clear(struct sspi_refresh *r)
{
	if (r->state && r->cred->package->ops->refresh_end)
		r->cred->package->ops->refresh_end(r->cred->state, r->state);
	r->state = NULL;
	sspi_free(r->step.output.data);
	r->step.output = (struct sspi_blob){};
	sspi_free(r->step.io.request.data);
	r->step.io = (struct sspi_io){};
	sspi_asker_release(&r->asker);
}

/* The handle is dead. If the answer was in, this work is queued once more. */
static void refresh_abort(struct sspi_refresh *r)
{
	if (r->asker.open)
		sspi_asker_cancel(&r->asker);
	refresh_clear(r);
}

static void refresh_end(struct sspi_refresh *r, sec_status_t status)
{
	s64 now = sspi_env_seconds(sspi_env_current());

	if (sec_status_class(status) == SSPI_CLASS_FATAL) {
		sspi_refuse(r->cred->package, "refresh", r->step.reason, status);
		sspi_tell_refusal(&r->whose, "refresh", &r->step,
				  r->asker.question.server, r->step.reason,
				  status);
	}
	if (status == SEC_E_INSUFFICIENT_MEMORY && !r->step.refresh)
		r->step.refresh = now + RETRY_SECONDS;
	refresh_clear(r);
	spin_lock_irq(&r->lock);
	r->running = false;
	if (r->step.refresh)
		r->when = max_t(s64, r->step.refresh,
				now + sspi_refresh_min_seconds);
	refresh_arm_locked(r);
	spin_unlock_irq(&r->lock);
}

static void refresh_work(struct work_struct *work)
{
	struct sspi_refresh *r = container_of(to_delayed_work(work),
					      struct sspi_refresh, work);
	const struct cred *creds;
	unsigned int nofs;
	sec_status_t status;

	if (!refresh_begin(r)) {
		if (READ_ONCE(r->ended))
			refresh_abort(r);
		return;
	}
	sspi_tell_tickets(&r->whose, &r->step);
	creds = override_creds(r->creds);
	nofs = memalloc_nofs_save();
	status = refresh_package(r);
	memalloc_nofs_restore(nofs);
	revert_creds(creds);
	trace_sspi_step(r->cred->package->info.name, "refresh", 0, 0, status);
	if (sec_status_class(status) != SSPI_CLASS_PENDING)
		refresh_end(r, status);
}

bool sspi_refresh_make(struct sspi_cred *cred, const struct sspi_job *job)
{
	struct sspi_refresh *r;

	if (!cred->package->ops->refresh ||
	    !(cred->use & SECPKG_CRED_OUTBOUND))
		return true;
	r = sspi_alloc(sizeof(*r));
	if (!r)
		return false;
	INIT_DELAYED_WORK(&r->work, refresh_work);
	spin_lock_init(&r->lock);
	r->cred = cred;
	r->creds = get_cred(job->creds);
	r->ns = job->ns ? sspi_netns_hold(job->ns) : NULL;
	r->whose = sspi_whose(job, cred->package);
	cred->refresh = r;
	return true;
}

void sspi_refresh_at(struct sspi_cred *cred, s64 when)
{
	struct sspi_refresh *r = cred->refresh;
	s64 now;

	if (!r || !when)
		return;
	now = sspi_env_seconds(sspi_env_current());
	spin_lock_irq(&r->lock);
	r->when = max_t(s64, when, now + sspi_refresh_min_seconds);
	refresh_arm_locked(r);
	spin_unlock_irq(&r->lock);
}

void sspi_refresh_stop(struct sspi_cred *cred)
{
	struct sspi_refresh *r = cred->refresh;

	if (!r)
		return;
	spin_lock_irq(&r->lock);
	WRITE_ONCE(r->ended, true);
	sspi_call_queue(&r->work, 0);
	spin_unlock_irq(&r->lock);
}

/*
 * ORDER: no leg begins any more; a running one comes to its end or to a
 * question; that is taken back, or its answer has queued the work; then that.
 */
void sspi_refresh_free(struct sspi_cred *cred)
{
	struct sspi_refresh *r = cred->refresh;

	if (!r)
		return;
	sspi_refresh_stop(cred);
	cancel_delayed_work_sync(&r->work);
	refresh_abort(r);
	cancel_delayed_work_sync(&r->work);
	refresh_clear(r);
	put_cred(r->creds);
	sspi_netns_put(r->ns);
	cred->refresh = NULL;
	sspi_free(r);
}
