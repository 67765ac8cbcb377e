// SPDX-License-Identifier: GPL-2.0-only
/* Legs of the core in userspace, and the questions that they wait for. */
#include <linux/slab.h>
#include <linux/string.h>
#include <stdio.h>

#include "host_internal.h"

static void ctx_fail(struct host_ctx *ctx)
{
	ctx->phase = HOST_FAILED;
	if (ctx->state)
		host_package(&ctx->object)->ops->fail(ctx->state);
}

/* Checks that need no object, in the order of the kernel's core. */
static sec_status_t leg_inputs(const struct host_leg *leg,
			       struct sspi_step *step)
{
	static const u8 empty[1];
	const struct sec_buffer *b;
	struct sspi_span *span;
	u32 i;

	for (i = 0; leg->input && i < leg->input->count; i++) {
		b = &leg->input->buffers[i];
		if (b->type == SECBUFFER_TOKEN) {
			if (b->len > SSPI_MAX_TOKEN)
				return host_refuse(SEC_E_INVALID_TOKEN,
						   "the token is too long");
			span = &step->input;
		} else {
			if (b->len > SSPI_MAX_BINDINGS ||
			    b->len < sizeof(struct sec_channel_bindings))
				return host_refuse(
					SEC_E_INVALID_PARAMETER,
					"channel bindings of an impossible length");
			span = &step->bindings;
		}
		span->data = b->len ? b->data : empty;
		span->len = b->len;
	}
	if (leg->acceptor && leg->ctx_handle && !step->input.data)
		return host_refuse(SEC_E_INVALID_TOKEN, "no token");
	if (host_too_long(step->target, SSPI_MAX_NAME))
		return host_refuse(SEC_E_INVALID_PARAMETER,
				   "the target is too long");
	return SEC_E_OK;
}

/* Finds the objects of a leg. */
static sec_status_t leg_objects(struct host_leg *leg, struct host_cred **cred)
{
	u32 use = leg->acceptor ? SECPKG_CRED_INBOUND : SECPKG_CRED_OUTBOUND;

	if (leg->ctx_handle) {
		leg->ctx = host_ctx(leg->ctx_handle);
		if (!leg->ctx || leg->ctx->acceptor != leg->acceptor)
			return host_refuse(SEC_E_INVALID_HANDLE,
					   "no such context of this role");
	}
	*cred = leg->cred || !leg->ctx ? host_cred(leg->cred) : leg->ctx->cred;
	if (!*cred)
		return host_refuse(SEC_E_INVALID_HANDLE, "no such credential");
	if (leg->ctx && leg->ctx->cred != *cred)
		return host_refuse(SEC_E_WRONG_CREDENTIAL_HANDLE,
				   "not the credential of the first leg");
	if (!((*cred)->use & use))
		return host_refuse(SEC_E_UNKNOWN_CREDENTIALS,
				   "the credential is for the other direction");
	return SEC_E_OK;
}

static sec_status_t leg_new(struct host_leg *leg, struct host_cred *cred)
{
	struct host_ctx *ctx;

	if (!host_handle_reserve())
		return SEC_E_INSUFFICIENT_MEMORY;
	ctx = sspi_alloc(sizeof(*ctx));
	if (!ctx)
		return SEC_E_INSUFFICIENT_MEMORY;
	ctx->object.kind = HOST_CTX;
	ctx->object.package = cred->object.package;
	ctx->acceptor = leg->acceptor;
	ctx->cred = cred;
	cred->refs++;
	leg->ctx = ctx;
	leg->new_ctx->lower = host_handle_publish(ctx);
	leg->new_ctx->upper = ctx->object.package;
	return SEC_E_OK;
}

/* Everything that can refuse a leg before it runs. */
static sec_status_t leg_begin(struct host_leg *leg, struct sspi_step *step)
{
	const struct sspi_package *package;
	struct host_cred *cred = NULL;
	sec_status_t status;
	u64 known;

	status = leg_inputs(leg, step);
	if (status == SEC_E_OK)
		status = leg_objects(leg, &cred);
	if (status != SEC_E_OK)
		return status;
	package = host_package(&cred->object);
	known = leg->acceptor ? package->asc_req : package->isc_req;
	if (leg->req & ~(known | ISC_REQ_ALLOCATE_MEMORY))
		return host_refuse(SEC_E_UNSUPPORTED_FUNCTION,
				   "flags that the package does not know");
	return leg->ctx ? host_leg_allowed(leg->ctx) : leg_new(leg, cred);
}

/* Hands the token over; what becomes of the status. */
static sec_status_t leg_output(const struct host_leg *leg,
			       struct sspi_step *step, sec_status_t status)
{
	struct sec_buffer *out = &leg->output->buffers[0];
	bool alive = sec_status_class(status) != SSPI_CLASS_FATAL;

	if (leg->allocate) {
		out->data = step->output.data;
		out->len = (u32)step->output.len;
		step->output.data = NULL;
	} else if (step->output.len > out->len) {
		out->len = 0;
		if (alive)
			return host_refuse(SEC_E_BUFFER_TOO_SMALL,
					   "no room for the token");
	} else {
		if (step->output.len)
			memcpy(out->data, step->output.data, step->output.len);
		out->len = (u32)step->output.len;
	}
	if (alive && !leg->ctx->state)
		return host_refuse(SEC_E_INTERNAL_ERROR,
				   "the package made no context");
	return status;
}

/* A copy of exactly its length, so that reading past it is seen. */
static sec_status_t leg_copy(struct sspi_span *span)
{
	u8 *copy;

	if (!span->data)
		return SEC_E_OK;
	copy = kvmalloc(span->len ? span->len : 1, GFP_KERNEL);
	if (!copy) {
		span->data = NULL;
		return SEC_E_INSUFFICIENT_MEMORY;
	}
	memcpy(copy, span->data, span->len);
	span->data = copy;
	return SEC_E_OK;
}

/* Both copies of a leg go, wiped. */
static void step_free(struct sspi_step *step)
{
	kvfree_sensitive(step->input.data, step->input.len);
	kvfree_sensitive(step->bindings.data, step->bindings.len);
	sspi_free(step->io.request.data);
	step->input.data = NULL;
	step->bindings.data = NULL;
	step->io.request.data = NULL;
}

void host_pending_free(struct host_ctx *ctx)
{
	struct host_pending *p = ctx->pending;

	if (!p)
		return;
	step_free(&p->step);
	sspi_free(p->target);
	sspi_free(p);
	ctx->pending = NULL;
}

static sec_status_t leg_run(struct host_ctx *ctx, struct sspi_step *step)
{
	const struct sspi_package_ops *ops = host_package(&ctx->object)->ops;

	if (ctx->acceptor)
		return ops->accept(&ctx->state, ctx->cred->state, step);
	return ops->initialize(&ctx->state, ctx->cred->state, step);
}

/* The step waits for an answer: all of its input is kept. */
static sec_status_t leg_wait(struct host_ctx *ctx, struct sspi_step *step,
			     bool allocate)
{
	struct host_pending *p = ctx->pending;

	if (!p) {
		p = sspi_alloc(sizeof(*p));
		if (!p)
			return SEC_E_INSUFFICIENT_MEMORY;
		p->allocate = allocate;
		if (step->target) {
			p->target = sspi_alloc(strlen(step->target) + 1);
			if (!p->target) {
				sspi_free(p);
				return SEC_E_INSUFFICIENT_MEMORY;
			}
			memcpy(p->target, step->target, strlen(step->target));
		}
		ctx->pending = p;
	}
	p->step = *step;
	p->step.target = p->target;
	p->step.output = (struct sspi_blob){};
	p->step.reply = (struct sspi_span){};
	memset(step, 0, sizeof(*step));
	ctx->phase = HOST_ASKING;
	return SEC_I_ASYNC_CALL_PENDING;
}

static void leg_phase(struct host_ctx *ctx, sec_status_t status)
{
	switch (sec_status_class(status)) {
	case SSPI_CLASS_DONE:
		ctx->phase = HOST_ESTABLISHED;
		break;
	case SSPI_CLASS_CONTINUE:
	case SSPI_CLASS_MORE_INPUT:
		ctx->phase = HOST_NEGOTIATING;
		break;
	case SSPI_CLASS_PENDING:
		break;
	default:
		ctx_fail(ctx);
	}
}

/* With what a server said about it. */
static const char *leg_reason(const struct sspi_step *step)
{
	static char text[2 * SSPI_MAX_DETAIL];

	if (!step->reason || !step->detail[0])
		return step->reason;
	snprintf(text, sizeof(text), "%s (%s)", step->reason, step->detail);
	return text;
}

/* From the package's step on: what comes out, and what becomes of the context. */
static sec_status_t leg_finish(struct host_leg *leg, struct sspi_step *step,
			       sec_status_t status)
{
	struct host_ctx *ctx = leg->ctx;

	host_refuse(status, leg_reason(step));
	status = leg_output(leg, step, status);
	sspi_free(step->output.data);
	step->output.data = NULL;
	ctx->attr = step->attr | (leg->allocate ? ISC_RET_ALLOCATED_MEMORY : 0);
	ctx->start = step->start;
	ctx->expiry = step->expiry;
	*leg->attr = ctx->attr;
	*leg->expiry = ctx->expiry;
	if (sec_status_class(status) == SSPI_CLASS_PENDING)
		status = leg_wait(ctx, step, leg->allocate);
	if (sec_status_class(status) != SSPI_CLASS_PENDING)
		host_pending_free(ctx);
	leg_phase(ctx, status);
	return status;
}

sec_status_t host_run_leg(struct host_leg *leg)
{
	struct sspi_step step = {
		.env = host_env(),
		.target = leg->target,
		.req = leg->req & ~ISC_REQ_ALLOCATE_MEMORY,
		.expiry = SSPI_EXPIRY_NEVER,
	};
	struct sspi_span bindings;
	sec_status_t status;

	if (leg->acceptor)
		step.preset_challenge = host_preset_challenge;
	status = leg_begin(leg, &step);
	if (status != SEC_E_OK)
		return status;
	bindings = step.bindings;
	step.bindings.data = NULL;
	status = leg_copy(&step.input);
	if (status == SEC_E_OK) {
		step.bindings = bindings;
		status = leg_copy(&step.bindings);
	}
	if (status == SEC_E_OK)
		status = leg_run(leg->ctx, &step);
	status = leg_finish(leg, &step, status);
	step_free(&step);
	return status;
}

const struct sspi_io *host_io(const struct sspi_ctxt_handle *handle)
{
	struct host_ctx *ctx = host_ctx(handle);

	return ctx && ctx->pending ? &ctx->pending->step.io : NULL;
}

sec_status_t host_io_reply(const struct sspi_ctxt_handle *handle,
			   struct sspi_span reply, int error,
			   struct sec_buffer_desc *output, u64 *attr,
			   s64 *expiry)
{
	struct host_leg leg = { .output = output,
				.attr = attr,
				.expiry = expiry };
	struct host_ctx *ctx = host_ctx(handle);
	struct sspi_step step;
	sec_status_t status;

	if (!ctx)
		return host_refuse(SEC_E_INVALID_HANDLE, "no such context");
	if (ctx->phase == HOST_FAILED)
		return host_refuse(SEC_E_NO_CONTEXT, "the context has failed");
	if (!ctx->pending)
		return host_refuse(SEC_E_OUT_OF_SEQUENCE,
				   "no question is open");
	leg.ctx = ctx;
	leg.acceptor = ctx->acceptor;
	step = ctx->pending->step;
	sspi_free(step.io.request.data);
	step.io = (struct sspi_io){};
	/* The inputs are this step's now. */
	memset(&ctx->pending->step, 0, sizeof(step));
	step.env = host_env();
	step.target = ctx->pending->target;
	step.resumed = true;
	step.reply_error = -error;
	/* The step is the package's: what it does not want any more it clears. */
	status = leg_copy(&reply);
	step.reply = reply;
	if (status == SEC_E_OK)
		status = leg_run(ctx, &step);
	kvfree_sensitive(reply.data, reply.len);
	step.reply = (struct sspi_span){};
	/* The token is copied into the buffer of this call. */
	status = leg_finish(&leg, &step, status);
	step_free(&step);
	return status;
}
