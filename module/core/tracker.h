/* SPDX-License-Identifier: GPL-2.0-only */
/* Trackers, and the calls that report to them. */
#ifndef _SSPI_CORE_TRACKER_H
#define _SSPI_CORE_TRACKER_H

#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/sspi.h>
#include <linux/sspi_package.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

struct cred;
struct sspi_call;
struct sspi_netns;
struct sspi_owner;
struct sspi_transport;

/* tracker.c */

/**
 * enum sspi_tracker_state - what has happened to a tracker
 * @SSPI_TRACKER_IDLE: nothing: it may be given to a submit call
 * @SSPI_TRACKER_RESERVED: a submit call is checking and copying its input
 * @SSPI_TRACKER_QUEUED: the call waits for a worker; @call is set
 * @SSPI_TRACKER_RUNNING: a worker runs the step; @call is set
 * @SSPI_TRACKER_PARKED: the step waits for an answer: no worker has the call,
 *	and whoever takes it away has it queued to end; @call is set
 * @SSPI_TRACKER_PUBLISHING: the step won over cancel: outputs are written
 * @SSPI_TRACKER_COMPLETE: the status is final
 */
enum sspi_tracker_state {
	SSPI_TRACKER_IDLE,
	SSPI_TRACKER_RESERVED,
	SSPI_TRACKER_QUEUED,
	SSPI_TRACKER_RUNNING,
	SSPI_TRACKER_PARKED,
	SSPI_TRACKER_PUBLISHING,
	SSPI_TRACKER_COMPLETE,
};

/**
 * struct sspi_async_context - a tracker
 * @lock: protects @state, @released, @doom, @call, @notify, @data, @timeout_ms
 *	and writes of @status and @ns
 * @state: enum sspi_tracker_state
 * @released: the consumer has freed it; what is left is a call's
 * @refs: one of the consumer, one of each call until its callback has returned
 * @status: read without the lock; the store that makes it final releases the
 *	outputs
 * @doom: not SEC_E_OK: the context was deleted beneath the call, which is to
 *	end with this
 * @timeout_ms: deadline of the next call; 0 for none
 * @call: what can still be cancelled
 * @notify: the callback, or NULL
 * @data: for @notify
 * @running: the callbacks that are running, of this call and the one before
 * @wait: who waits for completion or for callbacks sleeps here
 * @owner: who made it
 * @link: in the shard's list
 * @shard: which one
 * @ns: network namespace of the calls to come; NULL: that of who submits them
 * @transport: whom the calls' questions go to; NULL: to the servers
 * @waits: of a synchronous call: who submits it waits for it at once
 * @preset: scripted environments only, see sspi_test_set_challenge()
 */
struct sspi_async_context {
	spinlock_t lock;		/* see above */
	u8 state;
	bool released;
	bool waits;
	refcount_t refs;
	sec_status_t status;
	sec_status_t doom;
	unsigned int timeout_ms;
	struct sspi_call *call;
	sspi_async_notify_fn notify;
	void *data;
	struct list_head running;
	wait_queue_head_t wait;
	struct sspi_owner *owner;
	struct list_head link;
	unsigned int shard;
	struct sspi_netns *ns;
	const struct sspi_transport *transport;
#ifdef CONFIG_SSPI_TEST_DEVICE
	struct sspi_span preset;
#endif
};

/* Who has the say over a call: its worker, or somebody who was faster. */
enum sspi_verdict {
	SSPI_VERDICT_MINE,
	SSPI_VERDICT_DOOMED,
	SSPI_VERDICT_LOST,
};

void sspi_tracker_init(void);
sec_status_t sspi_tracker_reserve(struct sspi_async_context *t);
void sspi_tracker_unreserve(struct sspi_async_context *t);
void sspi_tracker_attach(struct sspi_async_context *t, struct sspi_call *call);
enum sspi_verdict sspi_tracker_start(struct sspi_async_context *t,
				     struct sspi_call *call,
				     sec_status_t *status);
enum sspi_verdict sspi_tracker_claim(struct sspi_async_context *t,
				     struct sspi_call *call,
				     sec_status_t *status);
bool sspi_tracker_park(struct sspi_async_context *t, struct sspi_call *call);
bool sspi_tracker_expire(struct sspi_async_context *t, struct sspi_call *call,
			 sec_status_t *status);
bool sspi_tracker_doom(struct sspi_async_context *t, struct sspi_call *call,
		       sec_status_t status);
void sspi_tracker_finish(struct sspi_async_context *t, sec_status_t status);
bool sspi_tracker_busy(struct sspi_async_context *t);
void sspi_tracker_put(struct sspi_async_context *t);
unsigned int sspi_tracker_purge(struct sspi_owner *owner);
unsigned int sspi_tracker_release_all(struct sspi_owner *owner);

/* call.c */

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

/**
 * struct sspi_job - a call with a deadline that runs as its submitter
 * @call: the call
 * @refs: one of the worker, one of a pending deadline, passing ones
 * @size: bytes of the whole allocation, which the job is the head of
 * @deadline: when it ends without the step
 * @creds: credentials of the submitter
 * @ns: network namespace of the submitter, or NULL. Does not keep it alive
 * @env: clock and randomness at submit
 */
struct sspi_job {
	struct sspi_call call;
	refcount_t refs;
	size_t size;
	struct delayed_work deadline;
	const struct cred *creds;
	struct sspi_netns *ns;
	const struct sspi_env *env;
};

struct sspi_job_scope {
	const struct cred *creds;
	unsigned int nofs;
};

void *sspi_job_alloc(struct sspi_async_context *t, size_t head, size_t tail,
		     const struct sspi_call_ops *ops);
void sspi_job_submit(struct sspi_job *job);
void sspi_job_enter(struct sspi_job *job, struct sspi_job_scope *scope);
void sspi_job_leave(struct sspi_job_scope *scope);
void sspi_job_doom(struct sspi_job *job, sec_status_t status);
void sspi_job_put(struct sspi_job *job);
void sspi_job_release(struct sspi_job *job);
void sspi_call_submit(struct sspi_call *call, const struct sspi_call_ops *ops,
		      struct sspi_async_context *t);
void sspi_call_resume(struct sspi_call *call);
bool sspi_call_killed(const struct sspi_call *call);
void sspi_call_enqueue(struct sspi_call *call);
bool sspi_call_queue(struct delayed_work *work, unsigned long delay);
bool sspi_call_delay(struct delayed_work *work, unsigned long delay);
void sspi_call_unpark(struct sspi_call *call);
bool sspi_call_run(struct sspi_call *call);
void sspi_call_work(struct work_struct *work);
int sspi_call_init(void);
void sspi_call_flush(void);
void sspi_call_exit(void);

/* wait.c */

void sspi_call_run_here(struct sspi_call *call);
bool sspi_call_has_room(void);
sec_status_t sspi_call_settle(struct sspi_async_context *t);

static inline struct sspi_job *sspi_job_of(struct sspi_call *call)
{
	return container_of(call, struct sspi_job, call);
}

#endif /* _SSPI_CORE_TRACKER_H */
