/* SPDX-License-Identifier: GPL-2.0-only */
/* What handles name: credentials and contexts, and the packages behind them. */
#ifndef _SSPI_CORE_OBJECT_H
#define _SSPI_CORE_OBJECT_H

#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/sspi.h>
#include <linux/sspi_package.h>

#include "core/ref.h"
#include "core/tracker.h"

struct module;
struct sspi_identity;
struct sspi_object;
struct sspi_owner;
struct sspi_refresh;

/* table.c and object.c */

enum sspi_object_type {
	SSPI_OBJECT_CRED,
	SSPI_OBJECT_CONTEXT,
};

/**
 * struct sspi_object_ops - a kind of object
 * @type: enum sspi_object_type
 * @dying: its handle is dead: ends what runs with it. Process context
 * @free: the last reference is gone. May sleep
 */
struct sspi_object_ops {
	enum sspi_object_type type;
	void (*dying)(struct sspi_object *obj);
	void (*free)(struct sspi_object *obj);
};

/**
 * struct sspi_object - what a handle names
 * @refs: one of the table, one of each user; without any the object is freed
 * @ops: what it is
 * @shard: shard of the table
 * @package: number of the package
 * @slot: index in the shard
 * @gone: bit 0: the handle is dead; who sets it owns @drop and the table's
 *	reference
 * @generation: distinguishes the tenants of a slot
 * @netns: cookie of the network namespace it was made in; 0: not known yet
 * @owner: whose it is
 * @drop: deletes it, without an allocation
 * @rcu: frees it, when all that is over
 */
struct sspi_object {
	struct sspi_ref refs;
	const struct sspi_object_ops *ops;
	u8 shard;
	u16 package;
	u32 slot;
	unsigned long gone;
	u64 generation;
	u64 netns;
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

/* Non-zero ends the walk. */
typedef int (*sspi_object_fn)(struct sspi_object *obj, void *priv);

void sspi_handle_init(void);
void sspi_handle_exit(void);
sec_status_t sspi_object_insert(struct sspi_object *obj);
bool sspi_object_unlink(struct sspi_object *obj);
struct sspi_object *sspi_object_get(const struct sspi_handle *handle,
				    enum sspi_object_type type,
				    const struct module *owner);
void sspi_object_hold(struct sspi_object *obj);
void sspi_object_put(struct sspi_object *obj);
struct sspi_handle sspi_object_handle(const struct sspi_object *obj);
void sspi_object_walk(sspi_object_fn fn, void *priv);
void sspi_object_walk_from(unsigned long *pos, sspi_object_fn fn, void *priv);
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
 * @who: whose it is
 * @acquire: the call that makes it, until that is over; under acquire_lock
 * @use: SECPKG_CRED_*
 * @questions: that its legs have open
 * @refresh: what keeps it good, or NULL; set before the handle is published
 * @ready: @state is complete; read with acquire by who has no handle
 * @expiry: unix seconds
 * @spares: of the references: contexts come and go on all CPUs
 */
struct sspi_cred {
	struct sspi_object obj;
	const struct sspi_package *package;
	void *state;
	struct sspi_identity *who;
	struct sspi_job *acquire;
	u32 use;
	atomic_t questions;
	struct sspi_refresh *refresh;
	bool ready;
	s64 expiry;
	struct sspi_spares spares[SSPI_SPARES_SLOTS];
};

struct sspi_cred *sspi_cred_create(struct sspi_owner *owner, const char *name,
				   struct sspi_identity *who, u32 use,
				   sec_status_t *status);
void sspi_cred_made_by(struct sspi_cred *cred, struct sspi_job *acquire);

static inline bool sspi_cred_ready(const struct sspi_cred *cred)
{
	/* Pairs with the release of acquire_publish(). */
	return smp_load_acquire(&cred->ready);
}

/* context.c */

/**
 * enum sspi_context_state - what has happened to a context
 * @SSPI_CONTEXT_NEW: created; no leg has ended or asked. May have no package
 *	part
 * @SSPI_CONTEXT_NEGOTIATING: a leg has ended and another is to come, or the
 *	first has asked a KDC. Has a package part
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
 * @start: unix seconds, 0 for always; likewise
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
	s64 start;
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
struct sspi_context *sspi_context_get(const struct sspi_ctxt_handle *handle,
				      const struct module *owner);
void sspi_context_put(struct sspi_context *ctx);
sec_status_t sspi_context_claim(struct sspi_context *ctx,
				struct sspi_job *step);
void sspi_context_unclaim(struct sspi_context *ctx, struct sspi_job *step);
void sspi_context_asks(struct sspi_context *ctx);
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

#endif /* _SSPI_CORE_OBJECT_H */
