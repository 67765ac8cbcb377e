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

#include <linux/module.h>
#include <linux/sspi.h>
#include <linux/sspi_package.h>

#include "core/buffer.h"
#include "core/fault.h"
#include "core/object.h"
#include "core/ref.h"
#include "core/tracker.h"
#include "transport/kdc.h"

/* owner.c */

enum sspi_charge {
	SSPI_CHARGE_TRACKER,
	SSPI_CHARGE_CALL,
	SSPI_CHARGE_CRED,
	SSPI_CHARGE_CONTEXT,
	SSPI_CHARGE_QUESTION,
	SSPI_CHARGES,
};

/**
 * struct sspi_owner - a consumer: a module, or built-in code
 * @module: the module; NULL for built-in code
 * @refs: one of the table, one of each tracker and object
 * @node: in the table of owners
 * @rcu: for freeing
 * @going: its module is being unloaded: nothing is taken from it any more
 * @name: of the module, for reports
 * @used: what it has, by enum sspi_charge; away from what lookups read
 * @spares: of @refs and @used
 */
struct sspi_owner {
	struct module *module;
	struct sspi_ref refs;
	struct hlist_node node;
	struct rcu_head rcu;
	bool going;
	char name[MODULE_NAME_LEN];
	struct sspi_quota used[SSPI_CHARGES];
	struct sspi_spares spares[SSPI_SPARES_SLOTS];
};

/* Whether nothing is to be made or submitted for it any more. */
static inline bool sspi_owner_going(const struct sspi_owner *owner)
{
	return READ_ONCE(owner->going);
}

struct sspi_owner *sspi_owner_get(struct module *module);
struct sspi_owner *sspi_owner_hold(struct sspi_owner *owner);
void sspi_owner_put(struct sspi_owner *owner);
bool sspi_owner_charge(struct sspi_owner *owner, enum sspi_charge what);
void sspi_owner_uncharge(struct sspi_owner *owner, enum sspi_charge what);
int sspi_owner_init(void);
void sspi_owner_exit(void);

/* init.c */

int sspi_core_init(void);
void sspi_core_exit(void);

/* mem.c */

void sspi_mem_exit(void);

/* acquire.c, leg.c: what the public calls and the Windows forms share */

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
	SSPI_STAT_QUESTIONS,
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
const char *sspi_stat_name(enum sspi_stat which);
void sspi_debugfs_init(void);
void sspi_debugfs_exit(void);

/* env.c, and what tests may do and ask there and in trace.c */

const struct sspi_env *sspi_env_current(void);
s64 sspi_env_seconds(const struct sspi_env *env);

#ifdef CONFIG_SSPI_TEST_DEVICE
void sspi_test_set_env(const struct sspi_env *env);
void sspi_test_set_challenge(struct sspi_async_context *actx,
			     const void *challenge, size_t len);
sec_status_t sspi_test_import(struct module *owner, const char *package,
			      const struct sspi_import *import,
			      struct sspi_ctxt_handle *handle);
sec_status_t sspi_test_debug_keys(struct module *owner,
				  const struct sspi_ctxt_handle *ctx,
				  struct sspi_debug_keys *keys);
void sspi_test_note_reason(const char *reason);
void sspi_test_note_detail(const char *reason, const char *detail);
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

static inline void sspi_test_note_detail(const char *reason,
					 const char *detail)
{
}
#endif

/* trace.c */

sec_status_t sspi_invalid(const char *field);

void sspi_refuse(const struct sspi_package *package, const char *what,
		 const char *reason, sec_status_t status);
void sspi_refuse_step(const struct sspi_package *package, const char *what,
		      const struct sspi_step *step, sec_status_t status);
void sspi_notice(const struct sspi_package *package, const char *what,
		 const char *notice, sec_status_t status);

/* tell.c: events, see event.h */

/**
 * struct sspi_whose - whom something happens to
 * @netns: cookie of the network namespace; 0 for none
 * @owner: the consumer
 * @package: what does the work
 */
struct sspi_whose {
	u64 netns;
	const struct sspi_owner *owner;
	const struct sspi_package *package;
};

void sspi_tell_refusal(const struct sspi_whose *whose, const char *what,
		       const struct sspi_step *step, const char *server,
		       const char *reason, sec_status_t status);
void sspi_tell_context(const struct sspi_whose *whose,
		       struct sspi_context *ctx, sec_status_t status);
void sspi_tell_tickets(const struct sspi_whose *whose, struct sspi_step *step);

static inline struct sspi_whose
sspi_whose(const struct sspi_job *job, const struct sspi_package *package)
{
	return (struct sspi_whose){
		.netns = sspi_netns_cookie(sspi_job_netns(job)),
		.owner = job->call.tracker->owner,
		.package = package,
	};
}

#endif /* _SSPI_CORE_INTERNAL_H */
