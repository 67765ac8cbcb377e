// SPDX-License-Identifier: GPL-2.0-only
/* Legs: initialize and accept, from the checks at submit to the outputs. */
#include <linux/slab.h>

#include "core/ask.h"
#include "core/identity.h"
#include "core/internal.h"
#include "core/refresh.h"
#include "core/trace.h"

/* A leg: the copies of the inputs follow in the same allocation. */
struct step_job {
	struct sspi_job job;
	struct sspi_context *ctx;
	struct sspi_cred *cred;
	bool first;
	struct sspi_asker asker;
	struct sspi_whose whose;
	struct sspi_step step;
	struct sspi_outputs out;
};

static struct step_job *step_of(struct sspi_call *call)
{
	return container_of(sspi_job_of(call), struct step_job, job);
}

static bool context_deleted(const struct sspi_context *ctx)
{
	return test_bit(0, &ctx->obj.gone);
}

/* Runs in any context, with interrupts off. */
static void step_answered(struct sspi_question *question)
{
	struct step_job *job = container_of(question, struct step_job,
					    asker.question);

	sspi_call_resume(&job->job.call);
}

static bool step_unpark(struct sspi_call *call)
{
	return sspi_asker_cancel(&step_of(call)->asker);
}

static sec_status_t step_package(struct step_job *job)
{
	struct sspi_context *ctx = job->ctx;
	const struct sspi_package_ops *ops = ctx->package->ops;
	struct sspi_step *step = &job->step;
	sec_status_t status;

	sspi_asker_resume(&job->asker, step);
	if (ctx->role == SSPI_ROLE_INITIATOR)
		status = ops->initialize(&ctx->state, job->cred->state, step);
	else
		status = ops->accept(&ctx->state, job->cred->state, step);
	sspi_asker_settle(&job->asker, step);
	return status;
}

/*
 * Runs the package's step, and again while its questions are answered at once:
 * with why there is no answer. SEC_I_ASYNC_CALL_PENDING: one is being asked.
 */
static sec_status_t step_package_all(struct step_job *job)
{
	struct sspi_step *step = &job->step;
	sec_status_t status;

	for (;;) {
		status = step_package(job);
		if (sec_status_class(status) != SSPI_CLASS_PENDING)
			return status;
		sspi_context_asks(job->ctx);
		sspi_free(step->output.data);
		step->output = (struct sspi_blob){};
		if (job->asker.asked == SSPI_MAX_QUESTIONS)
			break;
		if (!sspi_asker_ask(&job->asker, sspi_job_netns(&job->job), step,
				    step_answered))
			return status;
	}
	step->reason = "the package asks questions without end";
	return SEC_E_INTERNAL_ERROR;
}

static sec_status_t step_run(struct sspi_call *call)
{
	struct step_job *job = step_of(call);
	struct sspi_context *ctx = job->ctx;
	struct sspi_step *step = &job->step;
	struct sspi_scope scope;
	sec_status_t status;

	/* Deleted between the checks and the queue. */
	if (context_deleted(ctx))
		return SEC_E_UNFINISHED_CONTEXT_DELETED;
	sspi_tell_tickets(&job->whose, step);
	sspi_identity_enter(job->job.who, &scope);
	status = step_package_all(job);
	sspi_identity_leave(&scope);
	trace_sspi_step(ctx->package->info.name, call->ops->name,
			step->input.len, step->output.len, status);
	if (step->notice) {
		sspi_notice(ctx->package, call->ops->name, step->notice,
			    step->notice_status);
		sspi_tell_refusal(&job->whose, call->ops->name, step,
				  job->asker.question.server, step->notice,
				  step->notice_status);
	}
	if (sec_status_class(status) == SSPI_CLASS_FATAL) {
		sspi_refuse_step(ctx->package, call->ops->name, step, status);
		sspi_tell_refusal(&job->whose, call->ops->name, step,
				  job->asker.question.server, step->reason,
				  status);
	}
	return status;
}

static void step_publish(struct sspi_call *call, sec_status_t *status)
{
	struct step_job *job = step_of(call);
	struct sspi_context *ctx = job->ctx;
	struct sspi_step *step = &job->step;
	bool fits = sspi_outputs_fit(&job->out, step->output.len);

	if (sec_status_class(*status) == SSPI_CLASS_DONE && !ctx->state)
		*status = SEC_E_INTERNAL_ERROR;
	if (sec_status_class(*status) != SSPI_CLASS_FATAL && !fits)
		*status = SEC_E_BUFFER_TOO_SMALL;
	ctx->attr = step->attr;
	if (job->out.allocate)
		ctx->attr |= ISC_RET_ALLOCATED_MEMORY;
	ctx->start = step->start;
	ctx->expiry = step->expiry;
	/* What a test answers is not to be asked of servers later. */
	if (!call->tracker->transport)
		sspi_refresh_at(job->cred, step->refresh);
	sspi_context_advance(ctx, *status);
	sspi_tell_context(&job->whose, ctx, *status);

	sspi_outputs_handle(&job->out, &ctx->obj);
	sspi_outputs_token(&job->out, &step->output);
	sspi_outputs_attr(&job->out, ctx->attr);
	sspi_outputs_expiry(&job->out, ctx->expiry);
	sspi_context_unclaim(ctx, &job->job);
}

/* Nobody has received a first leg's context: it goes. */
static void step_discard(struct sspi_call *call, bool ran)
{
	struct step_job *job = step_of(call);

	if (ran || job->asker.asked)
		sspi_context_fail(job->ctx);
	sspi_context_unclaim(job->ctx, &job->job);
	if (job->first)
		sspi_object_delete(&job->ctx->obj);
}

static void step_detach(struct sspi_call *call, bool running)
{
	struct step_job *job = step_of(call);

	if (running)
		sspi_context_abandon(job->ctx);
	else
		sspi_context_unclaim(job->ctx, &job->job);
}

static void step_free(struct step_job *job)
{
	sspi_free(job->step.output.data);
	job->step.output = (struct sspi_blob){};
	sspi_free(job->step.io.request.data);
	sspi_asker_release(&job->asker);
	if (job->ctx)
		sspi_context_put(job->ctx);
	if (job->cred)
		sspi_object_put(&job->cred->obj);
}

static void step_release(struct sspi_call *call)
{
	step_free(step_of(call));
	sspi_job_release(sspi_job_of(call));
}

#define STEP_OPS(text) { \
	.name = text, \
	.outputs = true, \
	.run = step_run, \
	.publish = step_publish, \
	.discard = step_discard, \
	.detach = step_detach, \
	.unpark = step_unpark, \
	.release = step_release, \
}

static const struct sspi_call_ops step_ops[] = {
	[SSPI_ROLE_INITIATOR] = STEP_OPS("initialize"),
	[SSPI_ROLE_ACCEPTOR] = STEP_OPS("accept"),
};

/* Whoever computes for long asks whether the leg was given up meanwhile. */
static bool step_given_up(const struct sspi_step *step)
{
	struct step_job *job = container_of(step, struct step_job, step);

	return context_deleted(job->ctx) ||
	       sspi_context_phase(job->ctx) == SSPI_CONTEXT_FAILED ||
	       sspi_call_killed(&job->job.call);
}

/* Copies the inputs of a leg into a new job. */
static struct step_job *step_alloc(struct sspi_async_context *t,
				   const struct sspi_leg *leg,
				   const struct sspi_inputs *in,
				   sec_status_t *status)
{
	struct sspi_copier copier = {};
	struct sspi_span preset = sspi_test_challenge(t);
	struct step_job *job;

	sspi_copy_string(&copier, leg->target);
	sspi_copy_span(&copier, in->token);
	sspi_copy_span(&copier, in->bindings);
	sspi_copy_span(&copier, preset);
	if (copier.bad) {
		*status = sspi_invalid("target: too long");
		return NULL;
	}
	*status = SEC_E_INSUFFICIENT_MEMORY;
	job = sspi_job_alloc(t, sizeof(*job), copier.used, &step_ops[leg->role]);
	if (!job)
		return NULL;
	copier = (struct sspi_copier){
		.base = (u8 *)(job + 1),
		.room = copier.used,
	};
	job->step = (struct sspi_step){
		.env = job->job.env,
		.cancelled = step_given_up,
		.target = sspi_copy_string(&copier, leg->target),
		.req = leg->req & ~ISC_REQ_ALLOCATE_MEMORY,
		.input = sspi_copy_span(&copier, in->token),
		.bindings = sspi_copy_span(&copier, in->bindings),
		.preset_challenge = sspi_copy_span(&copier, preset),
		.expiry = SSPI_EXPIRY_NEVER,
	};
	job->out = leg->out;
	job->out.allocate = leg->req & ISC_REQ_ALLOCATE_MEMORY;
	if (!copier.bad)
		return job;
	*status = sspi_invalid("target: has changed meanwhile");
	sspi_job_put(&job->job);
	return NULL;
}

/* The credential of a leg, with a reference. */
static sec_status_t leg_cred(struct sspi_async_context *t,
			     const struct sspi_leg *leg, struct step_job *job)
{
	struct sspi_handle handle;
	struct sspi_object *obj;
	u32 use = leg->role == SSPI_ROLE_INITIATOR ? SECPKG_CRED_OUTBOUND :
						     SECPKG_CRED_INBOUND;

	if (!leg->cred) {
		if (!job->ctx)
			return SEC_E_INVALID_HANDLE;
		job->cred = job->ctx->cred;
		sspi_object_hold(&job->cred->obj);
		return SEC_E_OK;
	}
	handle = (struct sspi_handle){ leg->cred->lower, leg->cred->upper };
	obj = sspi_object_get(&handle, SSPI_OBJECT_CRED, t->owner->module);
	if (!obj)
		return SEC_E_INVALID_HANDLE;
	job->cred = container_of(obj, struct sspi_cred, obj);
	if (job->ctx && job->ctx->cred != job->cred)
		return SEC_E_WRONG_CREDENTIAL_HANDLE;
	if (!(job->cred->use & use))
		return SEC_E_UNKNOWN_CREDENTIALS;
	return SEC_E_OK;
}

static sec_status_t leg_context(struct sspi_async_context *t,
				const struct sspi_leg *leg,
				struct step_job *job)
{
	if (!leg->ctx)
		return leg->out.lower ? SEC_E_OK : sspi_invalid("new_ctx");
	job->ctx = sspi_context_get(leg->ctx, t->owner->module);
	if (!job->ctx || job->ctx->role != leg->role)
		return SEC_E_INVALID_HANDLE;
	return SEC_E_OK;
}

static const char unknown_flags[] = "flags that the package does not know";

/*
 * Flags, about which no package is asked. Whether a credential is still good is
 * the package's to say: it may have been renewed since it was acquired.
 */
static sec_status_t leg_allowed(const struct sspi_leg *leg,
				const struct step_job *job)
{
	const struct sspi_package *package = job->cred->package;
	u64 known = leg->role == SSPI_ROLE_INITIATOR ? package->isc_req :
						       package->asc_req;

	if (leg->req & ~(known | ISC_REQ_ALLOCATE_MEMORY)) {
		struct sspi_whose whose = sspi_whose(&job->job, package);

		sspi_refuse(package, step_ops[leg->role].name, unknown_flags,
			    SEC_E_UNSUPPORTED_FUNCTION);
		sspi_tell_refusal(&whose, step_ops[leg->role].name, &job->step,
				  NULL, unknown_flags, SEC_E_UNSUPPORTED_FUNCTION);
		return SEC_E_UNSUPPORTED_FUNCTION;
	}
	return SEC_E_OK;
}

/* Finds or makes the objects of a leg and takes the context for it. */
static sec_status_t leg_bind(struct sspi_async_context *t,
			     const struct sspi_leg *leg, struct step_job *job)
{
	sec_status_t status;

	status = leg_context(t, leg, job);
	if (status == SEC_E_OK)
		status = leg_cred(t, leg, job);
	if (status != SEC_E_OK)
		return status;
	/* The job holds the credential. */
	job->job.who = job->cred->who;
	status = leg_allowed(leg, job);
	if (status != SEC_E_OK)
		return status;
	if (!job->ctx) {
		job->ctx = sspi_context_create(t->owner, job->cred, leg->role,
					       &status);
		if (!job->ctx)
			return status;
		sspi_object_hold(&job->ctx->obj);
		WRITE_ONCE(job->ctx->obj.netns,
			   sspi_netns_cookie(sspi_job_netns(&job->job)));
		job->first = true;
	}
	job->whose = sspi_whose(&job->job, job->ctx->package);
	return sspi_context_claim(job->ctx, &job->job);
}

static sec_status_t leg_check(struct sspi_leg *leg, struct sspi_inputs *in)
{
	sec_status_t status;

	if (leg->drep != SECURITY_NATIVE_DREP &&
	    leg->drep != SECURITY_NETWORK_DREP)
		return sspi_invalid("target_data_rep");
	/* Any leg may have something to send, if only a last word. */
	if (!leg->out.token_len)
		return sspi_invalid("output: no TOKEN");
	status = sspi_inputs_parse(leg->input, in);
	if (status != SEC_E_OK)
		return status;
	leg->req |= in->flags;
	/* Who speaks first is the package's to say; after that it is the peer. */
	if (leg->role == SSPI_ROLE_ACCEPTOR && leg->ctx && !in->token.data)
		return SEC_E_INVALID_TOKEN;
	return SEC_E_OK;
}

static sec_status_t leg_submit(struct sspi_async_context *t,
			       struct sspi_leg *leg)
{
	struct sspi_inputs in;
	struct step_job *job;
	sec_status_t status;

	status = leg_check(leg, &in);
	if (status != SEC_E_OK)
		return status;
	job = step_alloc(t, leg, &in, &status);
	if (!job)
		return status;
	/* What came in is copied: it may have been in the same buffers. */
	sspi_outputs_clear(&job->out);
	status = leg_bind(t, leg, job);
	if (status != SEC_E_OK) {
		if (job->first)
			sspi_object_delete(&job->ctx->obj);
		step_free(job);
		sspi_job_put(&job->job);
		return status;
	}
	sspi_asker_init(&job->asker, job->cred, t->transport);
	sspi_job_submit(&job->job);
	return SEC_E_OK;
}

/* What all forms of initialize and accept come down to. */
sec_status_t sspi_leg_submit(struct sspi_async_context *t,
			     const struct sspi_leg *leg)
{
	struct sspi_leg copy = *leg;
	sec_status_t status = sspi_tracker_reserve(t);

	if (status != SEC_E_OK)
		return status;
	status = leg_submit(t, &copy);
	if (status == SEC_E_OK)
		return status;
	copy.out.allocate = copy.req & ISC_REQ_ALLOCATE_MEMORY;
	sspi_outputs_clear(&copy.out);
	sspi_tracker_unreserve(t);
	return status;
}

/**
 * sspi_initialize_security_context_async() - one leg of an initiator
 * @actx: an idle tracker
 * @args: the leg; what it points to for input is copied
 *
 * Every first leg that completes by itself gives a context to delete, also one
 * that fails: then it is dead. A token that a failing leg made (a last word to
 * the peer) is written as well. With ALLOCATE_MEMORY the output is empty from
 * submit on, until there is a token: freeing it is always right. If the
 * caller's buffer is too small for the token the leg ends with
 * SEC_E_BUFFER_TOO_SMALL and the context is dead, as the token is lost: give
 * room for max_token bytes or ALLOCATE_MEMORY.
 *
 * Context: process context, may sleep for memory.
 * Return: SEC_E_OK if queued, else nothing was and the context is as before:
 * SEC_E_INVALID_PARAMETER for NULL, reserved values, an inconsistent
 * descriptor, an input buffer that is not known or no TOKEN for output;
 * SEC_E_SHUTDOWN_IN_PROGRESS for a module that is going; SEC_E_INVALID_TOKEN for a
 * token over SSPI_MAX_TOKEN; SEC_E_INVALID_HANDLE also for a context of an
 * acceptor and for a first leg without credential;
 * SEC_E_WRONG_CREDENTIAL_HANDLE for another credential than that of the first
 * leg; SEC_E_UNKNOWN_CREDENTIALS for one that is not for outbound use;
 * SEC_E_UNSUPPORTED_FUNCTION for flags that the package does not know;
 * SEC_E_NO_CONTEXT for a dead context;
 * SEC_E_OUT_OF_SEQUENCE for a tracker that is not idle, a context with a leg in
 * flight and one that is established; SEC_E_INSUFFICIENT_MEMORY.
 */
sec_status_t
sspi_initialize_security_context_async(struct sspi_async_context *actx,
				       const struct sspi_initialize_args *args)
{
	struct sspi_leg leg = { .role = SSPI_ROLE_INITIATOR };
	sec_status_t status;

	if (!args || args->reserved1 || args->reserved2)
		return sspi_invalid("args, or a reserved one of them");
	status = sspi_outputs_parse(args->output, &leg.out);
	if (status != SEC_E_OK)
		return status;
	leg.cred = args->cred;
	leg.ctx = args->ctx;
	leg.target = args->target;
	leg.req = args->req;
	leg.drep = args->target_data_rep;
	leg.input = args->input;
	leg.out.attr = args->attr;
	leg.out.expiry = args->expiry;
	if (args->new_ctx) {
		leg.out.lower = &args->new_ctx->lower;
		leg.out.upper = &args->new_ctx->upper;
	}
	return sspi_leg_submit(actx, &leg);
}
EXPORT_SYMBOL_GPL(sspi_initialize_security_context_async);

/**
 * sspi_accept_security_context_async() - one leg of an acceptor
 * @actx: an idle tracker
 * @args: the leg; what it points to for input is copied
 *
 * As sspi_initialize_security_context_async(), for the other side.
 *
 * Context: process context, may sleep for memory.
 * Return: as sspi_initialize_security_context_async(), with inbound for
 * outbound; SEC_E_INVALID_TOKEN also for no token on a later leg than the
 * first. A first leg without one lets a package speak first that can: Negotiate,
 * and NTLM without a connection.
 */
sec_status_t
sspi_accept_security_context_async(struct sspi_async_context *actx,
				   const struct sspi_accept_args *args)
{
	struct sspi_leg leg = { .role = SSPI_ROLE_ACCEPTOR };
	sec_status_t status;

	if (!args)
		return sspi_invalid("args");
	status = sspi_outputs_parse(args->output, &leg.out);
	if (status != SEC_E_OK)
		return status;
	leg.cred = args->cred;
	leg.ctx = args->ctx;
	leg.req = args->req;
	leg.drep = args->target_data_rep;
	leg.input = args->input;
	leg.out.attr = args->attr;
	leg.out.expiry = args->expiry;
	if (args->new_ctx) {
		leg.out.lower = &args->new_ctx->lower;
		leg.out.upper = &args->new_ctx->upper;
	}
	return sspi_leg_submit(actx, &leg);
}
EXPORT_SYMBOL_GPL(sspi_accept_security_context_async);

static sec_status_t token_complete(struct sspi_context *ctx,
				   const struct sspi_inputs *in)
{
	struct sspi_step step = {
		.env = sspi_env_current(),
		.input = in->token,
	};
	sec_status_t status;

	status = sspi_context_claim(ctx, NULL);
	if (status != SEC_E_OK)
		return status;
	if (ctx->state) {
		status = ctx->package->ops->complete(ctx->state, &step);
		sspi_free(step.output.data);
		sspi_context_advance(ctx, status);
	} else {
		status = SEC_E_OUT_OF_SEQUENCE;
	}
	sspi_context_unclaim(ctx, NULL);
	return status;
}

/**
 * __sspi_complete_auth_token() - finish a token after the transport's headers
 * @owner: the consumer
 * @ctx: a context whose last leg ended with SEC_I_COMPLETE_NEEDED or
 *	SEC_I_COMPLETE_AND_CONTINUE
 * @token: one SECBUFFER_TOKEN
 *
 * Runs in the caller. A failure leaves the context dead.
 *
 * Context: process context, may sleep for memory.
 * Return: the status of the package; SEC_E_UNSUPPORTED_FUNCTION for a package
 * that never asks for it; SEC_E_INVALID_HANDLE; SEC_E_INVALID_PARAMETER;
 * SEC_E_NO_CONTEXT for a dead context; SEC_E_OUT_OF_SEQUENCE for one that is
 * established or has a leg in flight.
 */
sec_status_t __sspi_complete_auth_token(struct module *owner,
					const struct sspi_ctxt_handle *ctx,
					struct sec_buffer_desc *token)
{
	struct sspi_context *context;
	struct sspi_inputs in;
	sec_status_t status;

	if (!ctx || !token)
		return sspi_invalid("ctx or token");
	status = sspi_inputs_parse(token, &in);
	if (status != SEC_E_OK)
		return status;
	context = sspi_context_get(ctx, owner);
	if (!context)
		return SEC_E_INVALID_HANDLE;
	if (!context->package->ops->complete)
		status = SEC_E_UNSUPPORTED_FUNCTION;
	else
		status = token_complete(context, &in);
	sspi_context_put(context);
	return status;
}
EXPORT_SYMBOL_GPL(__sspi_complete_auth_token);
