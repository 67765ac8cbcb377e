/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Types of the core, and how they hang together.
 *
 *	owner		a consumer module: what it may have, what it has left
 *	tracker		struct sspi_async_context: one call at a time
 *	call		one submitted operation; a job is a call that can time out
 *	object		what a handle names: a credential or a context
 *	package		an entry of the registry
 *
 * References: the consumer holds its tracker; a call holds its tracker and its
 * objects; a context holds its credential; a credential holds its package's
 * module. The handle table holds each object that has not been deleted.
 *
 * Lock order, outermost first: registry_lock, owner_lock, tracker_shard.lock,
 * sspi_async_context.lock, sspi_context.lock. The lock of a shard of the handle
 * table (xa_lock) and that of the transfer table nest in none and hold none.
 * Locks of trackers and contexts are taken with interrupts off: cancel comes
 * from any context. No lock is held while a package or a callback runs.
 */
#ifndef _SSPI_CORE_INTERNAL_H
#define _SSPI_CORE_INTERNAL_H

#include <linux/list.h>
#include <linux/module.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/sspi.h>
#include <linux/sspi_package.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "core/fault.h"

struct cred;
struct net;
struct sspi_call;

/* owner.c */

enum sspi_charge {
	SSPI_CHARGE_TRACKER,
	SSPI_CHARGE_CALL,
	SSPI_CHARGE_CRED,
	SSPI_CHARGE_CONTEXT,
	SSPI_CHARGES,
};

/**
 * struct sspi_owner - a consumer: a module, or built-in code
 * @module: the module; NULL for built-in code
 * @refs: one of the table, one of each tracker and object
 * @node: in the table of owners
 * @rcu: for freeing
 * @name: of the module, for reports
 * @used: what it has, by enum sspi_charge; last, away from what lookups read
 */
struct sspi_owner {
	struct module *module;
	refcount_t refs;
	struct hlist_node node;
	struct rcu_head rcu;
	char name[MODULE_NAME_LEN];
	atomic_t used[SSPI_CHARGES];
};

struct sspi_owner *sspi_owner_get(struct module *module);
struct sspi_owner *sspi_owner_hold(struct sspi_owner *owner);
void sspi_owner_put(struct sspi_owner *owner);
bool sspi_owner_charge(struct sspi_owner *owner, enum sspi_charge what);
void sspi_owner_uncharge(struct sspi_owner *owner, enum sspi_charge what);
int sspi_owner_init(void);
void sspi_owner_exit(void);

/* tracker.c */

/**
 * enum sspi_tracker_state - what has happened to a tracker
 * @SSPI_TRACKER_IDLE: nothing: it may be given to a submit call
 * @SSPI_TRACKER_RESERVED: a submit call is checking and copying its input
 * @SSPI_TRACKER_QUEUED: the call waits for a worker; @call is set
 * @SSPI_TRACKER_RUNNING: a worker runs the step; @call is set
 * @SSPI_TRACKER_PUBLISHING: the step won over cancel: outputs are written
 * @SSPI_TRACKER_COMPLETE: the status is final
 */
enum sspi_tracker_state {
	SSPI_TRACKER_IDLE,
	SSPI_TRACKER_RESERVED,
	SSPI_TRACKER_QUEUED,
	SSPI_TRACKER_RUNNING,
	SSPI_TRACKER_PUBLISHING,
	SSPI_TRACKER_COMPLETE,
};

/**
 * struct sspi_async_context - a tracker
 * @lock: protects @state, @released, @doom, @call, @notify, @data, @timeout_ms
 *	and writes of @status
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
 * @preset: scripted environments only, see sspi_test_set_challenge()
 */
struct sspi_async_context {
	spinlock_t lock;		/* see above */
	u8 state;
	bool released;
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
bool sspi_tracker_expire(struct sspi_async_context *t, struct sspi_call *call,
			 sec_status_t *status);
bool sspi_tracker_doom(struct sspi_async_context *t, struct sspi_call *call,
		       sec_status_t status);
void sspi_tracker_finish(struct sspi_async_context *t, sec_status_t status);
void sspi_tracker_put(struct sspi_async_context *t);
unsigned int sspi_tracker_purge(struct sspi_owner *owner);
unsigned int sspi_tracker_release_all(struct sspi_owner *owner);

/* call.c */

/**
 * struct sspi_call_ops - a kind of operation
 * @name: for traces
 * @outputs: it writes to the caller's memory: freeing its tracker cancels it
 * @run: does the work; no lock held
 * @publish: the call was not cancelled: write the outputs; may change *@status
 * @discard: it was: throw the results away; @ran if @run was called
 * @detach: it is being cancelled right now, in any context, under the
 *	tracker's lock; @running if @run has begun; may be NULL
 * @release: drop the references and the memory; the call is gone after it
 */
struct sspi_call_ops {
	const char *name;
	bool outputs;
	sec_status_t (*run)(struct sspi_call *call);
	void (*publish)(struct sspi_call *call, sec_status_t *status);
	void (*discard)(struct sspi_call *call, bool ran);
	void (*detach)(struct sspi_call *call, bool running);
	void (*release)(struct sspi_call *call);
};

/**
 * struct sspi_call - one submitted operation
 * @work: runs it
 * @ops: what it is
 * @tracker: whom it reports to
 *
 * The smallest form is part of each object, so that deleting one never needs
 * memory.
 */
struct sspi_call {
	struct work_struct work;
	const struct sspi_call_ops *ops;
	struct sspi_async_context *tracker;
};

/**
 * struct sspi_job - a call with a deadline that runs as its submitter
 * @call: the call
 * @refs: one of the worker, one of a pending deadline, passing ones
 * @size: bytes of the whole allocation, which the job is the head of
 * @deadline: when it ends without the step
 * @creds: credentials of the submitter
 * @net: network namespace of the submitter, or NULL
 * @env: clock and randomness at submit
 */
struct sspi_job {
	struct sspi_call call;
	refcount_t refs;
	size_t size;
	struct delayed_work deadline;
	const struct cred *creds;
	struct net *net;
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
sec_status_t sspi_call_settle(struct sspi_async_context *t);
int sspi_call_init(void);
void sspi_call_flush(void);
void sspi_call_exit(void);

static inline struct sspi_job *sspi_job_of(struct sspi_call *call)
{
	return container_of(call, struct sspi_job, call);
}

/* handle.c */

enum sspi_object_type {
	SSPI_OBJECT_CRED,
	SSPI_OBJECT_CONTEXT,
};

/**
 * struct sspi_object - what a handle names
 * @refs: one of the table, one of each user; at zero the object is freed
 * @type: enum sspi_object_type
 * @shard: shard of the table
 * @package: number of the package
 * @slot: index in the shard
 * @gone: bit 0: the handle is dead; who sets it owns @drop and the table's
 *	reference
 * @generation: distinguishes the tenants of a slot
 * @owner: whose it is
 * @drop: deletes it, without an allocation
 * @rcu: frees it, when all that is over
 */
struct sspi_object {
	refcount_t refs;
	u8 type;
	u8 shard;
	u16 package;
	u32 slot;
	unsigned long gone;
	u64 generation;
	struct sspi_owner *owner;
	union {
		struct sspi_call drop;
		struct rcu_head rcu;
	};
};

struct sspi_handle {
	u64 lower;
	u64 upper;
};

typedef void (*sspi_object_fn)(struct sspi_object *obj, void *priv);

void sspi_handle_init(void);
void sspi_handle_exit(void);
sec_status_t sspi_object_insert(struct sspi_object *obj);
bool sspi_object_unlink(struct sspi_object *obj);
struct sspi_object *sspi_object_get(const struct sspi_handle *handle,
				    enum sspi_object_type type,
				    const struct module *owner);
void sspi_object_put(struct sspi_object *obj);
struct sspi_handle sspi_object_handle(const struct sspi_object *obj);
void sspi_object_walk(sspi_object_fn fn, void *priv);
bool sspi_object_delete(struct sspi_object *obj);
sec_status_t sspi_object_delete_async(struct sspi_async_context *t,
				      const struct sspi_handle *handle,
				      enum sspi_object_type type);
sec_status_t sspi_object_delete_now(struct module *owner,
				    const struct sspi_handle *handle,
				    enum sspi_object_type type);

/* registry.c */

struct sspi_entry {
	const struct sspi_package *package;
	u16 number;
};

bool sspi_package_get(const char *name, struct sspi_entry *entry);
void sspi_package_put(const struct sspi_package *package);

/* credential.c */

/**
 * struct sspi_cred - a credential
 * @obj: its head; package reference held
 * @package: the package that made it
 * @state: the package's part; set once, before the handle is published
 * @use: SECPKG_CRED_*
 * @expiry: unix seconds
 */
struct sspi_cred {
	struct sspi_object obj;
	const struct sspi_package *package;
	void *state;
	u32 use;
	s64 expiry;
};

void sspi_cred_free(struct sspi_cred *cred);

/* context.c */

/**
 * enum sspi_context_state - what has happened to a context
 * @SSPI_CONTEXT_NEW: created; no leg has ended. May have no package part
 * @SSPI_CONTEXT_NEGOTIATING: a leg has ended and another is to come
 * @SSPI_CONTEXT_ESTABLISHED: both sides are sure; has a package part. No leg
 *	runs any more, messages may be protected
 * @SSPI_CONTEXT_FAILED: dead. Its keys are wiped, or will be when the leg that
 *	was abandoned has ended
 */
enum sspi_context_state {
	SSPI_CONTEXT_NEW,
	SSPI_CONTEXT_NEGOTIATING,
	SSPI_CONTEXT_ESTABLISHED,
	SSPI_CONTEXT_FAILED,
};

enum sspi_role {
	SSPI_ROLE_INITIATOR,
	SSPI_ROLE_ACCEPTOR,
};

/**
 * struct sspi_context - a security context
 * @obj: its head
 * @package: the package
 * @cred: the credential of the first leg; reference held
 * @state: the package's part; written by the leg in flight only
 * @step: the leg in flight, or NULL
 * @attr: ISC_RET_* or ASC_RET_* flags; stable from ESTABLISHED on
 * @expiry: unix seconds; likewise
 * @created: seconds since boot
 * @lock: protects @step, @busy and writes of @phase
 * @phase: enum sspi_context_state; read with acquire
 * @role: enum sspi_role
 * @busy: a leg is in flight, or a token is being completed
 */
struct sspi_context {
	struct sspi_object obj;
	const struct sspi_package *package;
	struct sspi_cred *cred;
	void *state;
	struct sspi_job *step;
	u64 attr;
	s64 expiry;
	u32 created;
	spinlock_t lock;		/* see above */
	u8 phase;
	u8 role;
	bool busy;
};

extern const char *const sspi_context_phases[];
extern const char *const sspi_role_names[];

int sspi_context_init(void);
void sspi_context_exit(void);
struct sspi_context *sspi_context_create(struct sspi_owner *owner,
					 struct sspi_cred *cred,
					 enum sspi_role role,
					 sec_status_t *status);
void sspi_context_free(struct sspi_context *ctx);
struct sspi_context *sspi_context_get(const struct sspi_ctxt_handle *handle,
				      const struct module *owner);
void sspi_context_put(struct sspi_context *ctx);
sec_status_t sspi_context_claim(struct sspi_context *ctx,
				struct sspi_job *step);
void sspi_context_unclaim(struct sspi_context *ctx, struct sspi_job *step);
struct sspi_job *sspi_context_step(struct sspi_context *ctx);
void sspi_context_abandon(struct sspi_context *ctx);
void sspi_context_advance(struct sspi_context *ctx, sec_status_t status);
void sspi_context_fail(struct sspi_context *ctx);
sec_status_t sspi_context_established(const struct sspi_context *ctx);

static inline u8 sspi_context_phase(const struct sspi_context *ctx)
{
	/* Pairs with the release of set_phase_locked(). */
	return smp_load_acquire(&ctx->phase);
}

/* buffer.c */

/**
 * struct sspi_inputs - the input descriptor of a leg, taken apart
 * @token: the peer's token
 * @bindings: channel bindings
 * @flags: of a SECBUFFER_FLAGS buffer
 */
struct sspi_inputs {
	struct sspi_span token;
	struct sspi_span bindings;
	u64 flags;
};

/**
 * struct sspi_outputs - where the results of a call go; each may be NULL
 * @lower: first half of a handle
 * @upper: second half of it
 * @attr: flags
 * @attr_long: flags, for a port of a Windows driver
 * @expiry: unix seconds
 * @filetime: the same in units of 100 ns since 1601, likewise
 * @token_len: bytes of the token
 * @token_data: pointer to it
 * @token_copy: where that pointed at submit
 * @token_room: bytes there
 * @allocate: the token is handed over instead of copied
 */
struct sspi_outputs {
	u64 *lower;
	u64 *upper;
	u64 *attr;
	unsigned long *attr_long;
	s64 *expiry;
	u64 *filetime;
	u32 *token_len;
	void **token_data;
	void *token_copy;
	u32 token_room;
	bool allocate;
};

sec_status_t sspi_desc_check(const struct sec_buffer_desc *desc);
sec_status_t sspi_inputs_parse(const struct sec_buffer_desc *desc,
			       struct sspi_inputs *in);
sec_status_t sspi_outputs_parse(struct sec_buffer_desc *desc,
				struct sspi_outputs *out);
bool sspi_outputs_fit(const struct sspi_outputs *out, size_t len);
void sspi_outputs_token(struct sspi_outputs *out, struct sspi_blob *token);
void sspi_outputs_handle(const struct sspi_outputs *out,
			 const struct sspi_object *obj);
void sspi_outputs_expiry(const struct sspi_outputs *out, s64 expiry);
void sspi_outputs_attr(const struct sspi_outputs *out, u64 attr);
u64 sspi_filetime(s64 expiry);

/* copy.c */

/**
 * struct sspi_copier - lays out copies in one allocation
 * @base: where; NULL to measure only
 * @used: bytes laid out so far
 * @room: bytes at @base
 * @bad: an input broke a cap, or grew since it was measured
 */
struct sspi_copier {
	u8 *base;
	size_t used;
	size_t room;
	bool bad;
};

void sspi_copy_acquire(struct sspi_copier *c, struct sspi_acquire_args *to,
		       const struct sspi_acquire_args *from);
const char *sspi_copy_string(struct sspi_copier *c, const char *from);
struct sspi_span sspi_copy_span(struct sspi_copier *c, struct sspi_span from);

/* acquire.c, step.c: what the public calls and the Windows forms share */

sec_status_t sspi_acquire_submit(struct sspi_async_context *t,
				 const struct sspi_acquire_args *args,
				 const struct sspi_outputs *out);

/**
 * struct sspi_leg - one leg as asked for
 * @role: initialize or accept
 * @cred: credential, or NULL
 * @ctx: context, or NULL
 * @target: or NULL
 * @req: flags
 * @drep: target data representation
 * @input: descriptor, or NULL
 * @out: where the results go
 */
struct sspi_leg {
	enum sspi_role role;
	const struct sspi_cred_handle *cred;
	const struct sspi_ctxt_handle *ctx;
	const char *target;
	u64 req;
	u32 drep;
	const struct sec_buffer_desc *input;
	struct sspi_outputs out;
};

sec_status_t sspi_leg_submit(struct sspi_async_context *t,
			     const struct sspi_leg *leg);

/* transfer.c */

unsigned int sspi_transfer_purge(const struct sspi_owner *owner);
void sspi_transfer_init(void);

/* debugfs.c */

enum sspi_stat {
	SSPI_STAT_SUBMITTED,
	SSPI_STAT_COMPLETED,
	SSPI_STAT_CANCELLED,
	SSPI_STAT_TIMEOUTS,
	SSPI_STAT_REFUSED,
	SSPI_STAT_CREDS_MADE,
	SSPI_STAT_CREDS_FREED,
	SSPI_STAT_CONTEXTS_MADE,
	SSPI_STAT_CONTEXTS_FREED,
	SSPI_STAT_TRACKERS_MADE,
	SSPI_STAT_TRACKERS_FREED,
	SSPI_STATS,
};

struct sspi_stats {
	unsigned long count[SSPI_STATS];
};

DECLARE_PER_CPU(struct sspi_stats, sspi_stats);

static inline void sspi_stat_inc(enum sspi_stat which)
{
	this_cpu_inc(sspi_stats.count[which]);
}

u64 sspi_stat_read(enum sspi_stat which);
void sspi_debugfs_init(void);
void sspi_debugfs_exit(void);

/* env.c, and what tests may do and ask there and in trace.c */

const struct sspi_env *sspi_env_current(void);
s64 sspi_env_seconds(const struct sspi_env *env);

#ifdef CONFIG_SSPI_TEST_DEVICE
void sspi_test_set_env(const struct sspi_env *env);
void sspi_test_set_challenge(struct sspi_async_context *actx,
			     const void *challenge, size_t len);
sec_status_t sspi_test_debug_keys(struct module *owner,
				  const struct sspi_ctxt_handle *ctx,
				  struct sspi_debug_keys *keys);
void sspi_test_note_reason(const char *reason);
const char *sspi_test_last_reason(void);

static inline struct sspi_span
sspi_test_challenge(const struct sspi_async_context *t)
{
	return t->preset;
}
#else
static inline struct sspi_span
sspi_test_challenge(const struct sspi_async_context *t)
{
	return (struct sspi_span){};
}

static inline void sspi_test_note_reason(const char *reason)
{
}
#endif

/* trace.c */

void sspi_refuse(const struct sspi_package *package, const char *what,
		 const char *reason, sec_status_t status);

#endif /* _SSPI_CORE_INTERNAL_H */
