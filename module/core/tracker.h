/* SPDX-License-Identifier: GPL-2.0-only */
/* Trackers: the public object that reports on one call at a time. */
#ifndef _SSPI_CORE_TRACKER_H
#define _SSPI_CORE_TRACKER_H

#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>
#include <linux/sspi.h>
#include <linux/sspi_package.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "core/call.h"

struct sspi_netns;
struct sspi_owner;
struct sspi_transport;

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
 * @lock: protects @state, @released, @due, @notifier, @call, @notify, @data,
 *	@timeout_ms and writes of @status and @ns
 * @state: enum sspi_tracker_state
 * @released: the consumer has freed it; what is left is a call's
 * @waits: of a synchronous call: who submits it waits for it at once
 * @internal: the core's own: in no list, and charged to nobody
 * @refs: one of the consumer, one of each call until it is over, one of each
 *	callback until it has returned
 * @status: read without the lock; the store that makes it final releases the
 *	outputs
 * @timeout_ms: deadline of the next call; 0 for none
 * @call: what can still be cancelled
 * @notify: the callback, or NULL
 * @data: for @notify
 * @due: callbacks of completed calls that have not begun
 * @notifier: the task that runs a callback, or NULL
 * @notice: runs the callbacks that are due
 * @wait: who waits for completion or for callbacks sleeps here
 * @owner: who made it
 * @link: in the shard's list
 * @node: in the table of those that a consumer may name
 * @rcu: frees it: another one has its address only later
 * @shard: which one
 * @ns: network namespace of the calls to come; NULL: that of their credential,
 *	or for an acquire that of who submits it
 * @transport: whom the calls' questions go to; NULL: to the servers
 * @preset: scripted environments only, see sspi_test_set_challenge()
 */
struct sspi_async_context {
	spinlock_t lock;		/* see above */
	u8 state;
	bool released;
	bool waits;
	bool internal;
	refcount_t refs;
	sec_status_t status;
	unsigned int timeout_ms;
	struct sspi_call *call;
	sspi_async_notify_fn notify;
	void *data;
	unsigned int due;
	struct task_struct *notifier;
	struct work_struct notice;
	wait_queue_head_t wait;
	struct sspi_owner *owner;
	struct list_head link;
	union {
		struct rhash_head node;
		struct rcu_head rcu;
	};
	unsigned int shard;
	struct sspi_netns *ns;
	const struct sspi_transport *transport;
#ifdef CONFIG_SSPI_TEST_DEVICE
	struct sspi_span preset;
#endif
};

int sspi_tracker_init(void);
void sspi_tracker_exit(void);
struct sspi_async_context *sspi_tracker_make(struct sspi_owner *owner);
sec_status_t sspi_tracker_reserve(struct sspi_async_context *t);
void sspi_tracker_unreserve(struct sspi_async_context *t);
bool sspi_tracker_busy(struct sspi_async_context *t);
void sspi_tracker_put(struct sspi_async_context *t);
unsigned int sspi_tracker_purge(struct sspi_owner *owner);
void sspi_tracker_drain(struct sspi_owner *owner);
unsigned int sspi_tracker_release_all(struct sspi_owner *owner);

#endif /* _SSPI_CORE_TRACKER_H */
