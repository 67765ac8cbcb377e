// SPDX-License-Identifier: GPL-2.0-only
/*
 * mechListMIC, RFC 4178 5: a signature over the initiator's list as it was
 * sent, by the mechanism that was agreed on. Whoever changed the list on its
 * way, to have a weaker mechanism chosen, is found out by it.
 */
#include <linux/string.h>

#include "pkg/negotiate/negotiate.h"

/* A mechanism without integrity signs nothing. */
bool nego_mic_possible(const struct nego_ctx *ctx)
{
	u64 integrity = ctx->initiator ? ISC_RET_INTEGRITY : ASC_RET_INTEGRITY;

	return ctx->talk->done && ctx->talk->attr & integrity;
}

bool nego_mic_needed(const struct nego_ctx *ctx)
{
	const struct sspi_package_ops *ops = nego_ops(ctx);

	return ctx->talk->switched || ctx->talk->mic_asked ||
	       (ops->wants_mic && ops->wants_mic(ctx->inner));
}

static void restart(struct nego_ctx *ctx)
{
	if (nego_ops(ctx)->restart)
		nego_ops(ctx)->restart(ctx->inner);
}

static void over_list(const struct nego_ctx *ctx, struct sspi_part *part,
		      struct sspi_message *msg)
{
	*part = (struct sspi_part){
		.kind = SSPI_PART_DATA,
		.data = ctx->talk->mech_list.data,
		.len = ctx->talk->mech_list.len,
	};
	msg->parts = part;
	msg->part_count = 1;
}

sec_status_t nego_mic_make(struct nego_ctx *ctx, struct sspi_step *step,
			   struct sspi_blob *mic)
{
	struct sspi_message msg = {
		.env = step->env,
		.token = sspi_alloc(NEGO_MAX_MIC),
		.token_len = NEGO_MAX_MIC,
	};
	struct sspi_part part;
	sec_status_t status;

	if (!msg.token)
		return SEC_E_INSUFFICIENT_MEMORY;
	over_list(ctx, &part, &msg);
	status = nego_ops(ctx)->sign(ctx->inner, &msg);
	if (status != SEC_E_OK) {
		sspi_free(msg.token);
		return nego_refuse(step, status, "no mechListMIC could be made");
	}
	restart(ctx);
	ctx->talk->mic_sent = true;
	*mic = (struct sspi_blob){ msg.token, msg.token_len };
	return SEC_E_OK;
}

sec_status_t nego_mic_check(struct nego_ctx *ctx, struct sspi_step *step,
			    struct sspi_span mic)
{
	struct sspi_message msg = { .token_len = mic.len };
	struct sspi_part part;
	sec_status_t status;

	if (!nego_mic_possible(ctx))
		return nego_refuse(step, SEC_E_MESSAGE_ALTERED,
				   "a mechListMIC from a mechanism without integrity");
	if (ctx->talk->mic_checked)
		return nego_refuse(step, SEC_E_INVALID_TOKEN,
				   "a second mechListMIC");
	/* The bytes are the step's own copy. */
	msg.token = (u8 *)mic.data;
	over_list(ctx, &part, &msg);
	status = nego_ops(ctx)->verify(ctx->inner, &msg);
	if (status == SEC_E_INSUFFICIENT_MEMORY)
		return status;
	if (status != SEC_E_OK)
		return nego_refuse(step, SEC_E_MESSAGE_ALTERED,
				   "the mechListMIC does not verify: the list of mechanisms was changed");
	restart(ctx);
	ctx->talk->mic_checked = true;
	return SEC_E_OK;
}
