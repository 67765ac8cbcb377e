// SPDX-License-Identifier: GPL-2.0-only
/* The Negotiate acceptor: RFC 4178 3.2 and 5, MS-SPNG 3.1 and 3.2. */
#include <linux/string.h>

#include "pkg/negotiate/negotiate.h"

static bool usable(const struct nego_ctx *ctx, int mech, struct sspi_step *step)
{
	const char *reason;

	return nego_usable(&ctx->cred->mechs[mech], SECPKG_CRED_INBOUND, step,
			   &reason) == SEC_E_OK;
}

/* The peer is told that there is no way, and nothing else. */
static void send_reject(struct sspi_step *step, struct sspi_span token)
{
	struct spnego_resp resp = { .state = SPNEGO_REJECT, .token = token };

	/* Without memory the peer just gets no token. */
	if (nego_send_resp(step, &resp) != SEC_E_OK)
		step->output = (struct sspi_blob){ };
}

/* Nobody spoke: we say what we have (MS-SPNG 3.2.5.2). */
static sec_status_t send_hints(struct nego_ctx *ctx, struct sspi_step *step)
{
	struct sspi_span oids[SPNEGO_MAX_MECHS];
	struct spnego_init init = { .hints = true };
	const struct sspi_span *own;
	unsigned int count = 0;
	sec_status_t status;
	u32 i;

	for (i = 0; i < ctx->cred->count; i++) {
		if (!usable(ctx, i, step))
			continue;
		own = ctx->cred->mechs[i].package->mechs;
		for (; own->len && count < SPNEGO_MAX_MECHS; own++)
			oids[count++] = *own;
	}
	if (!count)
		return nego_refuse(step, SEC_E_NO_CREDENTIALS,
				   "no package can be used");
	status = nego_keep_list(ctx->talk, oids, count);
	if (status != SEC_E_OK)
		return status;
	init.mech_list = nego_span(&ctx->talk->mech_list);
	status = nego_send_init(step, &init);
	WRITE_ONCE(ctx->state, NEGO_STATE_HINTED);
	return status == SEC_E_OK ? SEC_I_CONTINUE_NEEDED : status;
}

/* The client's own list, byte for byte: a mechListMIC is over it. */
static sec_status_t keep_list(struct nego_talk *talk, struct sspi_span list)
{
	sspi_free(talk->mech_list.data);
	talk->mech_list.data = sspi_alloc(list.len);
	if (!talk->mech_list.data)
		return SEC_E_INSUFFICIENT_MEMORY;
	memcpy(talk->mech_list.data, list.data, list.len);
	talk->mech_list.len = list.len;
	return SEC_E_OK;
}

/*
 * The first of the client's mechanisms that we can do: NegoEx and what else is
 * not known is passed over.
 */
static sec_status_t choose(struct nego_ctx *ctx, struct sspi_step *step,
			   struct sspi_span mech_list)
{
	struct nego_talk *talk = ctx->talk;
	struct sspi_span list, oid;
	int first = NEGO_NO_MECH, mech = NEGO_NO_MECH, m;
	bool forbidden = false, any = false;
	sec_status_t status = keep_list(talk, mech_list);

	if (status != SEC_E_OK)
		return status;
	list = spnego_mech_list_begin(nego_span(&talk->mech_list));
	while (spnego_mech_list_next(&list, &oid)) {
		if (nego_span_equal(oid, spnego_oid))
			return nego_refuse(step, SEC_E_INVALID_TOKEN,
					   "SPNEGO inside SPNEGO");
		m = nego_find(ctx->cred, oid);
		if (!any)
			first = m;
		any = true;
		if (m == NEGO_NO_MECH)
			continue;
		forbidden |= ctx->cred->mechs[m].excluded;
		if (mech == NEGO_NO_MECH && usable(ctx, m, step)) {
			mech = m;
			talk->mech = oid;
		}
	}
	if (mech != NEGO_NO_MECH) {
		talk->switched = mech != first;
		nego_select(ctx, mech);
		return SEC_E_OK;
	}
	send_reject(step, (struct sspi_span){ });
	if (forbidden)
		return nego_refuse(step, SEC_E_POLICY_NLTM_ONLY,
				   "the client offers only packages that the list excludes");
	return nego_refuse(step, SEC_E_UNSUPPORTED_FUNCTION,
			   "the client offers no mechanism that we can do");
}

static sec_status_t reply(struct nego_ctx *ctx, struct sspi_step *step,
			  enum spnego_state state,
			  const struct sspi_blob *token,
			  const struct sspi_blob *mic)
{
	struct nego_talk *talk = ctx->talk;
	struct spnego_resp resp = {
		.state = state,
		.token = nego_span(token),
		.mic = nego_span(mic),
	};

	if (!talk->replied)
		resp.mech = talk->mech;
	talk->replied = true;
	return nego_send_resp(step, &resp);
}

/*
 * The mechanism is done: RFC 4178 5. Who needs a MIC and has none yet sends the
 * own one and waits; else that is the end, with a MIC for a MIC.
 */
static sec_status_t conclude(struct nego_ctx *ctx, struct sspi_step *step,
			     const struct sspi_blob *token, bool peer_done)
{
	bool possible = nego_mic_possible(ctx);
	bool wait = nego_mic_needed(ctx) && possible && !ctx->talk->mic_checked;
	struct sspi_blob mic = { };
	sec_status_t status = SEC_E_OK;

	if (ctx->talk->switched && !possible)
		return nego_refuse(step, SEC_E_SECURITY_QOS_FAILED,
				   "the second choice of mechanism has no integrity");
	if (wait && ctx->talk->mic_sent)
		return nego_refuse(step, SEC_E_MESSAGE_ALTERED,
				   "the initiator's mechListMIC is missing");
	if (possible && !ctx->talk->mic_sent &&
	    (wait || ctx->talk->mic_checked))
		status = nego_mic_make(ctx, step, &mic);
	/* Who has said accept-completed expects no answer (MIT). */
	if (status == SEC_E_OK && (!peer_done || token->len || mic.len))
		status = reply(ctx, step, wait ? SPNEGO_ACCEPT_INCOMPLETE :
			       SPNEGO_ACCEPT_COMPLETED, token, &mic);
	sspi_free(mic.data);
	if (status != SEC_E_OK)
		return status;
	if (wait)
		return SEC_I_CONTINUE_NEEDED;
	nego_ctx_establish(ctx);
	return SEC_E_OK;
}

/* The mechanism's leg, the MIC that came with it, and what we say to both. */
static sec_status_t inner_leg(struct nego_ctx *ctx, struct sspi_step *step,
			      struct sspi_span token, struct sspi_span mic,
			      bool peer_done)
{
	static const struct sspi_blob none;
	struct sspi_blob out = { };
	sec_status_t status = SEC_E_OK;

	if (!ctx->talk->done)
		status = nego_inner(ctx, step, token, &out);
	if (status == SEC_E_OK && mic.data)
		status = nego_mic_check(ctx, step, mic);
	else if (status == SEC_I_CONTINUE_NEEDED && mic.data)
		status = nego_refuse(step, SEC_E_INVALID_TOKEN,
				     "a mechListMIC before there is a key for one");
	if (status == SEC_E_OK)
		status = conclude(ctx, step, &out, peer_done);
	else if (status == SEC_I_CONTINUE_NEEDED)
		status = reply(ctx, step, SPNEGO_ACCEPT_INCOMPLETE, &out,
			       &none) ?: SEC_I_CONTINUE_NEEDED;
	if (sec_status_class(status) == SSPI_CLASS_FATAL)
		/* A last word of the mechanism, which a MIC would not have. */
		send_reject(step, ctx->talk->done ? (struct sspi_span){ } :
			    nego_span(&out));
	sspi_free(out.data);
	return status;
}

static sec_status_t read_init(struct nego_ctx *ctx, struct sspi_step *step)
{
	static const struct sspi_blob none;
	struct spnego_init init;
	sec_status_t status;

	if (spnego_parse_init(step->input, &init))
		return nego_refuse(step, SEC_E_INVALID_TOKEN,
				   "malformed NegTokenInit");
	if (!ctx->talk->asking) {
		status = choose(ctx, step, init.mech_list);
		if (status != SEC_E_OK)
			return status;
		WRITE_ONCE(ctx->state, NEGO_STATE_AGREED);
	}
	/* The first token is of the client's first choice. */
	if (!ctx->talk->switched && init.token.data)
		return inner_leg(ctx, step, init.token, init.mic, false);
	ctx->talk->mic_asked = ctx->talk->switched;
	status = reply(ctx, step, ctx->talk->switched ? SPNEGO_REQUEST_MIC :
		       SPNEGO_ACCEPT_INCOMPLETE, &none, &none);
	return status == SEC_E_OK ? SEC_I_CONTINUE_NEEDED : status;
}

static sec_status_t read_resp(struct nego_ctx *ctx, struct sspi_step *step)
{
	struct spnego_resp resp;

	if (spnego_parse_resp(step->input, &resp))
		return nego_refuse(step, SEC_E_INVALID_TOKEN,
				   "malformed NegTokenResp");
	if (resp.state == SPNEGO_REJECT)
		return nego_refuse(step, SEC_E_LOGON_DENIED,
				   "the initiator rejected the negotiation");
	/* RFC 4178 4.2.2: the target's word, in its first reply. */
	if (resp.state == SPNEGO_REQUEST_MIC)
		return nego_refuse(step, SEC_E_INVALID_TOKEN,
				   "request-mic from an initiator");
	if (resp.mech.data && nego_find(ctx->cred, resp.mech) != ctx->mech)
		return nego_refuse(step, SEC_E_INVALID_TOKEN,
				   "the initiator changed the mechanism");
	/* Windows 2000 puts its token there once more. */
	if (resp.token.data && nego_span_equal(resp.mic, resp.token))
		resp.mic = (struct sspi_span){ };
	if (ctx->talk->done == !!resp.token.data) {
		send_reject(step, (struct sspi_span){ });
		return nego_refuse(step, SEC_E_INVALID_TOKEN, ctx->talk->done ?
				   "a token after the mechanism's last" :
				   "a message without a token");
	}
	return inner_leg(ctx, step, resp.token, resp.mic,
			 resp.state == SPNEGO_ACCEPT_COMPLETED);
}

/* A token without SPNEGO: by its frame, or by how it begins. */
static int find_raw(const struct nego_ctx *ctx, struct sspi_span in)
{
	struct sspi_span oid, magic;
	u32 i;

	if (spnego_frame_oid(in, &oid))
		return nego_find(ctx->cred, oid);
	for (i = 0; i < ctx->cred->count; i++) {
		magic = ctx->cred->mechs[i].package->magic;
		if (magic.len && in.len >= magic.len &&
		    !memcmp(in.data, magic.data, magic.len))
			return i;
	}
	return NEGO_NO_MECH;
}

static sec_status_t raw_leg(struct nego_ctx *ctx, struct sspi_step *step)
{
	struct sspi_blob out = { };
	sec_status_t status = nego_inner(ctx, step, step->input, &out);

	step->output = out;
	if (status == SEC_E_OK)
		nego_ctx_establish(ctx);
	return status;
}

static sec_status_t first_leg(struct nego_ctx *ctx, struct sspi_step *step)
{
	struct sspi_span oid;
	int mech;

	if (!step->input.len && ctx->state == NEGO_STATE_NEW)
		return send_hints(ctx, step);
	if (spnego_frame_oid(step->input, &oid) &&
	    nego_span_equal(oid, spnego_oid))
		return read_init(ctx, step);
	mech = find_raw(ctx, step->input);
	if (mech == NEGO_NO_MECH)
		return nego_refuse(step, SEC_E_INVALID_TOKEN,
				   "a token of no mechanism that we know");
	if (ctx->cred->mechs[mech].excluded)
		return nego_refuse(step, SEC_E_POLICY_NLTM_ONLY,
				   "a token of a package that the list excludes");
	if (!usable(ctx, mech, step))
		return nego_refuse(step, SEC_E_UNSUPPORTED_FUNCTION,
				   "a token of a package that has no credential");
	nego_select(ctx, mech);
	WRITE_ONCE(ctx->state, NEGO_STATE_RAW);
	return raw_leg(ctx, step);
}

static sec_status_t accept_leg(struct nego_ctx *ctx, struct sspi_step *step)
{
	struct nego_talk *talk = ctx->talk;

	switch (ctx->state) {
	case NEGO_STATE_RAW:
		return raw_leg(ctx, step);
	case NEGO_STATE_AGREED:
		/* The question may be of the leg that agreed. */
		if (talk->asking && !talk->replied)
			return read_init(ctx, step);
		return read_resp(ctx, step);
	default:
		return first_leg(ctx, step);
	}
}

sec_status_t nego_accept(void **priv, void *cred, struct sspi_step *step)
{
	if (!*priv)
		*priv = nego_ctx_new(cred, false);
	return nego_leg(*priv, accept_leg, step);
}
