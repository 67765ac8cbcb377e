// SPDX-License-Identifier: GPL-2.0-only
/* What the legs of both sides are made of: inputs, the inner leg, tokens. */
#include <linux/string.h>

#include "pkg/negotiate/negotiate.h"

bool nego_span_equal(struct sspi_span a, struct sspi_span b)
{
	return a.len == b.len && (!a.len || !memcmp(a.data, b.data, a.len));
}

static void talk_free(struct nego_talk *talk)
{
	if (!talk)
		return;
	sspi_free(talk->target);
	sspi_free(talk->bindings.data);
	sspi_free(talk->mech_list.data);
	sspi_free(talk);
}

struct nego_ctx *nego_ctx_new(const struct nego_cred *cred, bool initiator)
{
	struct nego_ctx *ctx = sspi_alloc(sizeof(*ctx) + cred->count *
					  sizeof(ctx->tried[0]));

	if (!ctx)
		return NULL;
	ctx->talk = sspi_alloc(sizeof(*ctx->talk));
	if (!ctx->talk) {
		sspi_free(ctx);
		return NULL;
	}
	ctx->talk->expiry = SSPI_EXPIRY_NEVER;
	ctx->cred = cred;
	ctx->initiator = initiator;
	ctx->mech = NEGO_NO_MECH;
	return ctx;
}

/* The inner keys go; the structs stay, a query may be looking. */
void nego_ctx_fail(struct nego_ctx *ctx)
{
	if (ctx->inner)
		nego_ops(ctx)->fail(ctx->inner);
	talk_free(ctx->talk);
	ctx->talk = NULL;
	WRITE_ONCE(ctx->state, NEGO_STATE_FAILED);
}

/* The commit of a negotiation: cannot fail. */
void nego_ctx_establish(struct nego_ctx *ctx)
{
	talk_free(ctx->talk);
	ctx->talk = NULL;
	WRITE_ONCE(ctx->state, NEGO_STATE_ESTABLISHED);
}

static bool keep(struct sspi_blob *to, const void *from, size_t len)
{
	u8 *copy = sspi_alloc(len);

	if (!copy)
		return false;
	memcpy(copy, from, len);
	sspi_free(to->data);
	to->data = copy;
	to->len = len;
	return true;
}

/*
 * What may come on any leg, and what a package that is chosen later still needs
 * then.
 */
static sec_status_t take_inputs(struct nego_talk *talk,
				struct sspi_step *step)
{
	struct sspi_blob target = { };

	talk->req |= step->req;
	if (step->target && *step->target) {
		if (!keep(&target, step->target, strlen(step->target) + 1))
			return SEC_E_INSUFFICIENT_MEMORY;
		sspi_free(talk->target);
		talk->target = (char *)target.data;
	}
	if (step->bindings.len &&
	    !keep(&talk->bindings, step->bindings.data, step->bindings.len))
		return SEC_E_INSUFFICIENT_MEMORY;
	return SEC_E_OK;
}

void nego_select(struct nego_ctx *ctx, int mech)
{
	if (ctx->inner)
		nego_ops(ctx)->free_ctx(ctx->inner);
	ctx->inner = NULL;
	WRITE_ONCE(ctx->mech, mech);
}

/*
 * The flags for the package: those that it knows, and integrity, without which
 * nothing protects the negotiation. A null session has none to ask for.
 */
static u64 inner_req(const struct nego_ctx *ctx)
{
	const struct sspi_package *package = nego_mech(ctx)->package;
	u64 req = ctx->talk->req;

	if (!ctx->initiator)
		return req & package->asc_req;
	if (req & ISC_REQ_NO_INTEGRITY)
		req &= ~(u64)ISC_REQ_INTEGRITY;
	else if (!(req & ISC_REQ_NULL_SESSION) && !ctx->cred->anonymous)
		req |= ISC_REQ_INTEGRITY;
	return req & package->isc_req;
}

/* Gives the step the inputs of the package's leg instead of ours. */
static void enter_inner(const struct nego_ctx *ctx, struct sspi_step *step,
			struct sspi_span token)
{
	const struct nego_talk *talk = ctx->talk;

	step->target = talk->target;
	step->req = inner_req(ctx);
	step->input = token;
	step->bindings = nego_span(&talk->bindings);
	step->resumed = talk->asking;
	if (!talk->asking) {
		step->reply = (struct sspi_span){ };
		step->reply_error = 0;
	}
}

/*
 * One leg of the package in use, in the caller's step, which knows who waits
 * for it. Its question, if it has one, becomes ours.
 */
sec_status_t nego_inner(struct nego_ctx *ctx, struct sspi_step *step,
			struct sspi_span token, struct sspi_blob *out)
{
	const struct sspi_package_ops *ops = nego_ops(ctx);
	struct nego_talk *talk = ctx->talk;
	const char *target = step->target;
	struct sspi_span input = step->input, bindings = step->bindings;
	u64 req = step->req;
	sec_status_t status;

	enter_inner(ctx, step, token);
	if (ctx->initiator)
		status = ops->initialize(&ctx->inner, nego_mech(ctx)->cred,
					 step);
	else
		status = ops->accept(&ctx->inner, nego_mech(ctx)->cred, step);
	step->target = target;
	step->input = input;
	step->bindings = bindings;
	step->req = req;
	*out = step->output;
	step->output = (struct sspi_blob){ };

	talk->asking = sec_status_class(status) == SSPI_CLASS_PENDING;
	talk->done = sec_status_class(status) == SSPI_CLASS_DONE;
	talk->attr = step->attr;
	talk->start = step->start;
	talk->expiry = step->expiry;
	if (talk->done && !ctx->inner)
		return SEC_E_INTERNAL_ERROR;
	if (sec_status_class(status) == SSPI_CLASS_FATAL) {
		ctx->tried[ctx->mech].status = status;
		ctx->tried[ctx->mech].reason = step->reason;
	}
	return status;
}

/* One leg of either side: what both have around @leg. @ctx NULL: no memory. */
sec_status_t nego_leg(struct nego_ctx *ctx,
		      sec_status_t (*leg)(struct nego_ctx *ctx,
					  struct sspi_step *step),
		      struct sspi_step *step)
{
	sec_status_t status = SEC_E_OK;

	if (!ctx)
		return SEC_E_INSUFFICIENT_MEMORY;
	if (ctx->state == NEGO_STATE_ESTABLISHED)
		return nego_refuse(step, SEC_E_OUT_OF_SEQUENCE,
				   "the negotiation is over");
	if (ctx->state == NEGO_STATE_FAILED)
		return nego_refuse(step, SEC_E_INVALID_HANDLE,
				   "the context has failed");
	step->attr = ctx->talk->attr;
	step->start = ctx->talk->start;
	step->expiry = ctx->talk->expiry;
	/* A question is answered with the inputs of the leg that asked. */
	if (!ctx->talk->asking)
		status = take_inputs(ctx->talk, step);
	if (status == SEC_E_OK)
		status = leg(ctx, step);
	if (sec_status_class(status) == SSPI_CLASS_FATAL)
		nego_ctx_fail(ctx);
	return status;
}

static sec_status_t make_room(struct sspi_step *step, size_t len)
{
	step->output.data = sspi_alloc(len);
	if (!step->output.data)
		return SEC_E_INSUFFICIENT_MEMORY;
	step->output.len = len;
	return SEC_E_OK;
}

/* @len: what a builder has made of the room. */
static sec_status_t made(struct sspi_step *step, int len)
{
	step->output.len = len < 0 ? 0 : len;
	return len < 0 ? SEC_E_INTERNAL_ERROR : SEC_E_OK;
}

sec_status_t nego_send_init(struct sspi_step *step,
			    const struct spnego_init *init)
{
	sec_status_t status = make_room(step, init->mech_list.len +
					      init->token.len + init->mic.len +
					      SPNEGO_AROUND);

	if (status == SEC_E_OK)
		status = made(step, spnego_build_init(init, step->output.data,
						      step->output.len));
	return status;
}

sec_status_t nego_send_resp(struct sspi_step *step,
			    const struct spnego_resp *resp)
{
	sec_status_t status = make_room(step, resp->mech.len +
					      resp->token.len + resp->mic.len +
					      SPNEGO_AROUND);

	if (status == SEC_E_OK)
		status = made(step, spnego_build_resp(resp, step->output.data,
						      step->output.len));
	return status;
}

/* Makes the list that is going to be sent, and keeps its bytes. */
sec_status_t nego_keep_list(struct nego_talk *talk, const struct sspi_span *oids,
			    unsigned int count)
{
	int len = spnego_build_mech_list(oids, count, NULL, 0);

	if (len < 0)
		return SEC_E_INTERNAL_ERROR;
	sspi_free(talk->mech_list.data);
	talk->mech_list.data = sspi_alloc(len);
	if (!talk->mech_list.data)
		return SEC_E_INSUFFICIENT_MEMORY;
	talk->mech_list.len = len;
	spnego_build_mech_list(oids, count, talk->mech_list.data, len);
	return SEC_E_OK;
}
