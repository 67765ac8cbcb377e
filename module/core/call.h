/* SPDX-License-Identifier: GPL-2.0-only */
/* Calls: one submitted operation each, and who may take it from state to state. */
#ifndef _SSPI_CORE_CALL_H
#define _SSPI_CORE_CALL_H

#include <linux/refcount.h>
#include <linux/sspi.h>
#include <linux/sspi_package.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

struct sspi_call;
struct sspi_identity;
struct sspi_netns;
struct sspi_owner;

/**
 * struct sspi_call_ops - a kind of operation
 * @name: for traces
 * @outputs: it writes to the caller's memory: freeing its tracker cancels it
 * @run: does the work; no lock held. SEC_I_ASYNC_CALL_PENDING: it has asked a
 *	question, and sspi_call_resume() was or will be called for the answer; then
 *	it is run again
 * @publish: the call was not cancelled: write the outputs; may change *@status
 * @discard: it was: throw the results away; @ran if @run was called
 * @detach: it is being cancelled right now, in any context, under the
 *	tracker's lock; @running if @run has begun; may be NULL
 * @unpark: takes the question back, likewise; true if there will be no answer;
 *	NULL if @run asks none
 * @release: drop the references and the memory; the call is gone after it
 */
struct sspi_call_ops {
	const char *name;
	bool outputs;
	sec_status_t (*run)(struct sspi_call *call);
	void (*publish)(struct sspi_call *call, sec_status_t *status);
	void (*discard)(struct sspi_call *call, bool ran);
	void (*detach)(struct sspi_call *call, bool running);
	bool (*unpark)(struct sspi_call *call);
	void (*release)(struct sspi_call *call);
};

/* Whether a call is being run by its submitter, beside the workqueue. */
enum sspi_call_here {
	SSPI_CALL_QUEUED,
	SSPI_CALL_HERE,
	SSPI_CALL_HERE_RESUMED,		/* is to be queued after that */
};

/**
 * struct sspi_call - one submitted operation
 * @work: runs it
 * @ops: what it is
 * @tracker: whom it reports to
 * @here: enum sspi_call_here
 *
 * The smallest form is part of each object, so that deleting one never needs
 * memory.
 */
struct sspi_call {
	struct work_struct work;
	const struct sspi_call_ops *ops;
	struct sspi_async_context *tracker;
	atomic_t here;
};

/* call.c */

void sspi_call_submit(struct sspi_call *call, const struct sspi_call_ops *ops,
		      struct sspi_async_context *t);
void sspi_call_attach(struct sspi_async_context *t, struct sspi_call *call);
void sspi_call_enqueue(struct sspi_call *call);
void sspi_call_resume(struct sspi_call *call);
bool sspi_call_run(struct sspi_call *call);
void sspi_call_work(struct work_struct *work);
bool sspi_call_end(struct sspi_call *call, sec_status_t status);
bool sspi_call_killed(const struct sspi_call *call);
void sspi_call_queue_at(struct delayed_work *work, unsigned long delay);
int sspi_call_init(void);
void sspi_call_flush(void);
void sspi_call_exit(void);

/* wait.c */

void sspi_call_run_here(struct sspi_call *call);
bool sspi_call_has_room(void);
sec_status_t sspi_call_settle(struct sspi_async_context *t);

/* notify.c */

void sspi_notify(struct sspi_async_context *t);
void sspi_notify_work(struct work_struct *work);
void sspi_notify_waits(void);
int sspi_notify_init(void);
void sspi_notify_flush(void);
void sspi_notify_exit(void);

/* job.c */

/**
 * struct sspi_job - a call with a deadline, of somebody
 * @call: the call
 * @refs: one of the worker, passing ones
 * @size: bytes of the whole allocation, which the job is the head of
 * @deadline: ends it without the step
 * @timed: @deadline was set
 * @who: whose it is: the credential's, which the call holds
 * @ns: where its questions go instead, see sspi_set_async_net(); or NULL
 * @env: clock and randomness at submit
 */
struct sspi_job {
	struct sspi_call call;
	refcount_t refs;
	size_t size;
	struct timer_list deadline;
	bool timed;
	struct sspi_identity *who;
	struct sspi_netns *ns;
	const struct sspi_env *env;
};

void *sspi_job_alloc(struct sspi_async_context *t, size_t head, size_t tail,
		     const struct sspi_call_ops *ops);
void sspi_job_submit(struct sspi_job *job);
void sspi_job_put(struct sspi_job *job);
void sspi_job_release(struct sspi_job *job);
struct sspi_netns *sspi_job_netns(const struct sspi_job *job);

static inline struct sspi_job *sspi_job_of(struct sspi_call *call)
{
	return container_of(call, struct sspi_job, call);
}

#endif /* _SSPI_CORE_CALL_H */
