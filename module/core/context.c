// SPDX-License-Identifier: GPL-2.0-only
/* Contexts: their life, their phases, and the one leg in flight. */
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "core/internal.h"
#include "core/trace.h"

const char *const sspi_context_phases[] = {
	[SSPI_CONTEXT_NEW] = "new",
	[SSPI_CONTEXT_NEGOTIATING] = "negotiating",
	[SSPI_CONTEXT_ESTABLISHED] = "established",
	[SSPI_CONTEXT_FAILED] = "failed",
};

const char *const sspi_role_names[] = {
	[SSPI_ROLE_INITIATOR] = "initiator",
	[SSPI_ROLE_ACCEPTOR] = "acceptor",
};

static struct kmem_cache *context_cache;

int sspi_context_init(void)
{
	context_cache = kmem_cache_create("sspi_context",
					  sizeof(struct sspi_context), 0, 0,
					  NULL);
	return context_cache ? 0 : -ENOMEM;
}

void sspi_context_exit(void)
{
	rcu_barrier();
	kmem_cache_destroy(context_cache);
}

static void context_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(context_cache,
			container_of(rcu, struct sspi_context, obj.rcu));
}

static void context_free(struct sspi_object *obj)
{
	struct sspi_context *ctx = container_of(obj, struct sspi_context, obj);

	if (ctx->state)
		ctx->package->ops->free_ctx(ctx->state);
	ctx->state = NULL;
	sspi_object_put(&ctx->cred->obj);
	sspi_owner_uncharge(ctx->obj.owner, SSPI_CHARGE_CONTEXT);
	sspi_owner_put(ctx->obj.owner);
	sspi_stat_inc(SSPI_STAT_CONTEXTS_FREED);
	call_rcu(&ctx->obj.rcu, context_free_rcu);
}

/* The leg in flight, with a reference, or NULL. */
struct sspi_job *sspi_context_step(struct sspi_context *ctx)
{
	struct sspi_job *step;
	unsigned long flags;

	spin_lock_irqsave(&ctx->lock, flags);
	step = ctx->step;
	/* Whoever drops the last reference has cleared @step before. */
	if (step)
		refcount_inc(&step->refs);
	spin_unlock_irqrestore(&ctx->lock, flags);
	return step;
}

/* The handle is dead: so is the leg in flight. */
static void context_dying(struct sspi_object *obj)
{
	struct sspi_context *ctx = container_of(obj, struct sspi_context, obj);
	struct sspi_job *step = sspi_context_step(ctx);

	if (!step)
		return;
	sspi_call_end(&step->call, SEC_E_UNFINISHED_CONTEXT_DELETED);
	sspi_job_put(step);
}

static const struct sspi_object_ops context_ops = {
	.type = SSPI_OBJECT_CONTEXT,
	.dying = context_dying,
	.free = context_free,
};

/*
 * A new context with a handle. The one reference is that of the handle table.
 * The caller's status says why if there is none.
 */
struct sspi_context *sspi_context_create(struct sspi_owner *owner,
					 struct sspi_cred *cred,
					 enum sspi_role role,
					 sec_status_t *status)
{
	struct sspi_context *ctx;

	*status = SEC_E_INSUFFICIENT_MEMORY;
	if (!sspi_owner_charge(owner, SSPI_CHARGE_CONTEXT))
		return NULL;
	ctx = sspi_fault() ? NULL :
			     kmem_cache_zalloc(context_cache, GFP_NOIO);
	if (!ctx)
		goto uncharge;
	spin_lock_init(&ctx->lock);
	ctx->package = cred->package;
	ctx->role = role;
	ctx->expiry = SSPI_EXPIRY_NEVER;
	ctx->created = ktime_get_seconds();
	ctx->cred = cred;
	ctx->obj.ops = &context_ops;
	ctx->obj.package = cred->obj.package;
	ctx->obj.owner = owner;
	sspi_ref_init(&ctx->obj.refs, NULL);
	*status = sspi_object_insert(&ctx->obj);
	if (*status != SEC_E_OK)
		goto free;
	sspi_owner_hold(owner);
	sspi_object_hold(&cred->obj);
	sspi_stat_inc(SSPI_STAT_CONTEXTS_MADE);
	return ctx;

free:
	kmem_cache_free(context_cache, ctx);
uncharge:
	sspi_owner_uncharge(owner, SSPI_CHARGE_CONTEXT);
	return NULL;
}

struct sspi_context *sspi_context_get(const struct sspi_ctxt_handle *handle,
				      const struct module *owner)
{
	struct sspi_handle h;
	struct sspi_object *obj;

	if (!handle)
		return NULL;
	h = (struct sspi_handle){ handle->lower, handle->upper };
	obj = sspi_object_get(&h, SSPI_OBJECT_CONTEXT, owner);
	return obj ? container_of(obj, struct sspi_context, obj) : NULL;
}

void sspi_context_put(struct sspi_context *ctx)
{
	sspi_object_put(&ctx->obj);
}

static void set_phase_locked(struct sspi_context *ctx,
			     enum sspi_context_state phase)
{
	lockdep_assert_held(&ctx->lock);
	if (ctx->phase == phase)
		return;
	trace_sspi_context_state(ctx, ctx->phase, phase);
	/* Pairs with sspi_context_phase(): what was negotiated is there. */
	smp_store_release(&ctx->phase, phase);
}

/* Takes the context for a leg, or with NULL for completing a token. */
sec_status_t sspi_context_claim(struct sspi_context *ctx,
				struct sspi_job *step)
{
	sec_status_t status = SEC_E_OK;
	unsigned long flags;

	spin_lock_irqsave(&ctx->lock, flags);
	if (test_bit(0, &ctx->obj.gone))
		status = SEC_E_INVALID_HANDLE;
	else if (ctx->phase == SSPI_CONTEXT_FAILED)
		status = SEC_E_NO_CONTEXT;
	else if (ctx->busy || ctx->phase == SSPI_CONTEXT_ESTABLISHED)
		status = SEC_E_OUT_OF_SEQUENCE;
	if (status == SEC_E_OK) {
		ctx->busy = true;
		ctx->step = step;
	}
	spin_unlock_irqrestore(&ctx->lock, flags);
	return status;
}

/* The leg is over, or never began; a second time is one too many, harmless. */
void sspi_context_unclaim(struct sspi_context *ctx, struct sspi_job *step)
{
	unsigned long flags;

	spin_lock_irqsave(&ctx->lock, flags);
	if (ctx->step == step) {
		ctx->step = NULL;
		ctx->busy = false;
	}
	spin_unlock_irqrestore(&ctx->lock, flags);
}

/* The leg in flight has a question: the package has its part by now. */
void sspi_context_asks(struct sspi_context *ctx)
{
	unsigned long flags;

	spin_lock_irqsave(&ctx->lock, flags);
	if (ctx->phase == SSPI_CONTEXT_NEW && ctx->state)
		set_phase_locked(ctx, SSPI_CONTEXT_NEGOTIATING);
	spin_unlock_irqrestore(&ctx->lock, flags);
}

/*
 * The leg in flight was given up, and its token is lost: dead at once, wiped
 * when the leg ends. Context: any.
 */
void sspi_context_abandon(struct sspi_context *ctx)
{
	unsigned long flags;

	spin_lock_irqsave(&ctx->lock, flags);
	set_phase_locked(ctx, SSPI_CONTEXT_FAILED);
	spin_unlock_irqrestore(&ctx->lock, flags);
}

/* Wipes the keys; no leg is running. */
void sspi_context_fail(struct sspi_context *ctx)
{
	sspi_context_abandon(ctx);
	if (ctx->state)
		ctx->package->ops->fail(ctx->state);
}

/* What the status of a leg makes of the context. */
void sspi_context_advance(struct sspi_context *ctx, sec_status_t status)
{
	enum sspi_context_state phase;
	unsigned long flags;

	switch (sec_status_class(status)) {
	case SSPI_CLASS_DONE:
		phase = SSPI_CONTEXT_ESTABLISHED;
		break;
	case SSPI_CLASS_CONTINUE:
	case SSPI_CLASS_MORE_INPUT:
		phase = SSPI_CONTEXT_NEGOTIATING;
		break;
	default:
		sspi_context_fail(ctx);
		return;
	}
	spin_lock_irqsave(&ctx->lock, flags);
	set_phase_locked(ctx, phase);
	spin_unlock_irqrestore(&ctx->lock, flags);
}

/* Whether messages may be protected and attributes asked for. */
sec_status_t sspi_context_established(const struct sspi_context *ctx)
{
	switch (sspi_context_phase(ctx)) {
	case SSPI_CONTEXT_ESTABLISHED:
		return SEC_E_OK;
	case SSPI_CONTEXT_FAILED:
		return SEC_E_NO_CONTEXT;
	default:
		return SEC_E_OUT_OF_SEQUENCE;
	}
}
