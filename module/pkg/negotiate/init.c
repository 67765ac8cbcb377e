// SPDX-License-Identifier: GPL-2.0-only
/* The Negotiate initiator: RFC 4178 3.2 and 5, MS-SPNG 3.1 and 3.2. */
#include <linux/kernel.h>
#include <linux/string.h>

#include "pkg/negotiate/negotiate.h"

/*
 * Statuses that say that a package cannot be used here and now: no third party
 * to ask, or one that does not know the server. A wrong password, a malformed
 * reply or a lack of memory is none of them: who can cause those must not be
 * able to have a weaker package used instead.
 */
static bool cannot_be_used(sec_status_t status)
{
	static const sec_status_t list[] = {
		SEC_E_NO_AUTHENTICATING_AUTHORITY,
		SEC_E_TARGET_UNKNOWN,
		SEC_E_TIME_SKEW,
		SEC_E_CONTEXT_EXPIRED,
		SEC_E_NO_CREDENTIALS,
		SEC_E_KDC_UNKNOWN_ETYPE,
		SEC_E_UNSUPPORTED_PREAUTH,
		SEC_E_UNSUPPORTED_FUNCTION,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(list); i++)
		if (list[i] == status)
			return true;
	return false;
}

/* Whether the OID is of a package that is there and that the list forbids. */
static bool is_forbidden(const struct nego_ctx *ctx, struct sspi_span oid)
{
	int mech = nego_find(ctx->cred, oid);

	return mech != NEGO_NO_MECH && ctx->cred->mechs[mech].excluded;
}

/*
 * No package is left. @status and step->reason are those of the last one. Who
 * asks to be nobody falls back from nothing.
 */
static sec_status_t nothing_left(const struct nego_ctx *ctx,
				 struct sspi_step *step, sec_status_t status)
{
	bool forbidden = false, proved = false;
	u32 i;

	for (i = 0; i < ctx->cred->count; i++) {
		const struct nego_mech *mech = &ctx->cred->mechs[i];

		if (nego_proves_name(mech))
			proved |= !mech->excluded;
		else
			forbidden |= mech->excluded;
	}
	if (!forbidden || !proved || !cannot_be_used(status) ||
	    ctx->talk->req & ISC_REQ_NULL_SESSION)
		return status;
	step->notice = "the package list forbids to fall back from Kerberos";
	step->notice_status = status;
	return SEC_E_DOWNGRADE_DETECTED;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* An IPv4 address in four parts, or an IPv6 one in brackets or by its colons. */
static bool is_address(const char *host, size_t len)
{
	unsigned int dots = 0, colons = 0;
	bool digits = true;
	size_t i;

	for (i = 0; i < len; i++) {
		dots += host[i] == '.';
		colons += host[i] == ':';
		digits &= is_digit(host[i]) || host[i] == '.' || host[i] == ':';
	}
	/* One colon stands before a port. */
	return (len && *host == '[') || colons > 1 || (digits && dots == 3);
}

/* The host of service/host[:port][@REALM]. */
static bool names_address(const char *target)
{
	const char *host = target ? strchr(target, '/') : NULL;
	size_t len = 0;

	if (!host)
		return false;
	host++;
	while (host[len] && host[len] != '@' && host[len] != '/')
		len++;
	return is_address(host, len);
}

static void note(struct nego_ctx *ctx, u32 mech, sec_status_t status,
		 const char *reason)
{
	ctx->tried[mech].status = status;
	ctx->tried[mech].reason = reason;
}

/*
 * Whether the package is one for what the caller wants. Who asks for a null
 * session does not want to be named to the server.
 */
static sec_status_t suits(const struct nego_ctx *ctx,
			  const struct nego_mech *mech, const char **reason)
{
	if (ctx->talk->req & ISC_REQ_NULL_SESSION &&
	    !(mech->package->isc_req & ISC_REQ_NULL_SESSION)) {
		*reason = "it has no null sessions";
		return SEC_E_UNSUPPORTED_FUNCTION;
	}
	if (!ctx->cred->by_address && nego_proves_name(mech) &&
	    names_address(ctx->talk->target)) {
		*reason = "the target is an IP address, for which no ticket is asked";
		return SEC_E_TARGET_UNKNOWN;
	}
	return SEC_E_OK;
}

/* What can be offered for this target, before anybody is asked. */
static sec_status_t choose_offer(struct nego_ctx *ctx, struct sspi_step *step)
{
	sec_status_t status, first = SEC_E_NO_CREDENTIALS;
	const char *reason, *why = "no package can be used";
	u32 i;

	for (i = ctx->cred->count; i--;) {
		const struct nego_mech *mech = &ctx->cred->mechs[i];

		status = nego_usable(mech, SECPKG_CRED_OUTBOUND, step, &reason);
		if (status == SEC_E_OK)
			status = suits(ctx, mech, &reason);
		if (status == SEC_E_OK) {
			ctx->talk->offer |= 1u << i;
			continue;
		}
		if (mech->cred)
			note(ctx, i, status, reason);
		if (!mech->excluded) {
			first = status;
			why = reason;
		}
	}
	if (ctx->talk->offer)
		return SEC_E_OK;
	step->reason = why;
	return nothing_left(ctx, step, first);
}

/* Whether the server has said that it has the package. */
static bool hinted(const struct nego_ctx *ctx, struct sspi_span mech_list,
		   int mech)
{
	struct sspi_span list = spnego_mech_list_begin(mech_list), oid;

	while (spnego_mech_list_next(&list, &oid))
		if (nego_find(ctx->cred, oid) == mech)
			return true;
	return false;
}

/*
 * The server has spoken first (MS-SPNG 3.2.5.2). Nobody has signed its hints, so
 * they take nothing out of the offer: they only save a first token that the
 * server would not read. Whoever alters them gains nothing.
 */
static sec_status_t read_hints(struct nego_ctx *ctx, struct sspi_step *step,
			       struct spnego_init *hints)
{
	struct sspi_span list, oid;
	bool forbidden = false;
	u32 i;

	if (spnego_parse_init(step->input, hints))
		return nego_refuse(step, SEC_E_INVALID_TOKEN,
				   "malformed NegTokenInit2");
	for (i = 0; i < ctx->cred->count; i++)
		if (ctx->talk->offer & 1u << i &&
		    hinted(ctx, hints->mech_list, i))
			return SEC_E_OK;
	list = spnego_mech_list_begin(hints->mech_list);
	while (spnego_mech_list_next(&list, &oid))
		forbidden |= is_forbidden(ctx, oid);
	if (forbidden)
		return nego_refuse(step, SEC_E_POLICY_NLTM_ONLY,
				   "the server has only packages that the list excludes");
	return nego_refuse(step, SEC_E_UNSUPPORTED_FUNCTION,
			   "the server has no package in common with us");
}

static int next_offered(const struct nego_ctx *ctx)
{
	u32 i;

	for (i = 0; i < ctx->cred->count; i++)
		if (ctx->talk->offer & 1u << i)
			return i;
	return NEGO_NO_MECH;
}

/*
 * The first token, of the first package that can make one. What cannot is taken
 * out of the offer, and the administrator is told.
 */
static sec_status_t try_offer(struct nego_ctx *ctx, struct sspi_step *step,
			      struct sspi_blob *token)
{
	struct nego_talk *talk = ctx->talk;
	sec_status_t status;

	for (;;) {
		status = nego_inner(ctx, step, (struct sspi_span){ }, token);
		if (sec_status_class(status) != SSPI_CLASS_FATAL)
			return status;
		sspi_free(token->data);
		*token = (struct sspi_blob){ };
		if (!cannot_be_used(status))
			return status;
		talk->offer &= ~(1u << ctx->mech);
		if (next_offered(ctx) == NEGO_NO_MECH)
			return nothing_left(ctx, step, status);
		step->notice = step->reason ? step->reason :
			       "a package could not be used, another is";
		step->notice_status = status;
		nego_select(ctx, next_offered(ctx));
	}
}

/* Every OID of every package that is offered, in order of preference. */
static sec_status_t keep_offer(struct nego_ctx *ctx)
{
	struct sspi_span oids[SPNEGO_MAX_MECHS];
	const struct sspi_span *own;
	unsigned int count = 0;
	u32 i;

	for (i = 0; i < ctx->cred->count; i++) {
		if (!(ctx->talk->offer & 1u << i))
			continue;
		own = ctx->cred->mechs[i].package->mechs;
		for (; own->len && count < SPNEGO_MAX_MECHS; own++)
			oids[count++] = *own;
	}
	return nego_keep_list(ctx->talk, oids, count);
}

static sec_status_t send_offer(struct nego_ctx *ctx, struct sspi_step *step,
			       const struct sspi_blob *token)
{
	struct spnego_init init = { };
	sec_status_t status = keep_offer(ctx);

	if (status != SEC_E_OK)
		return status;
	init.mech_list = nego_span(&ctx->talk->mech_list);
	init.token = nego_span(token);
	status = nego_send_init(step, &init);
	if (status != SEC_E_OK)
		return status;
	WRITE_ONCE(ctx->state, NEGO_STATE_OFFERED);
	return SEC_I_CONTINUE_NEEDED;
}

static sec_status_t first_leg(struct nego_ctx *ctx, struct sspi_step *step)
{
	struct spnego_init hints = { };
	struct sspi_blob token = { };
	sec_status_t status;

	if (!ctx->talk->asking) {
		status = choose_offer(ctx, step);
		if (status == SEC_E_OK && step->input.len)
			status = read_hints(ctx, step, &hints);
		if (status != SEC_E_OK)
			return status;
		nego_select(ctx, next_offered(ctx));
	}
	if (hints.mech_list.data && !hinted(ctx, hints.mech_list, ctx->mech))
		return send_offer(ctx, step, &token);
	status = try_offer(ctx, step, &token);
	if (sec_status_class(status) == SSPI_CLASS_DONE ||
	    sec_status_class(status) == SSPI_CLASS_CONTINUE)
		status = send_offer(ctx, step, &token);
	sspi_free(token.data);
	return status;
}

/* The package that the acceptor chose: one that was offered. */
static sec_status_t find_agreed(struct nego_ctx *ctx, struct sspi_step *step,
				const struct spnego_resp *resp, int *mech)
{
	*mech = ctx->mech;
	if (!resp->mech.data)
		return SEC_E_OK;
	*mech = nego_find(ctx->cred, resp->mech);
	if (*mech != NEGO_NO_MECH && ctx->talk->offer & 1u << *mech)
		return SEC_E_OK;
	if (is_forbidden(ctx, resp->mech))
		return nego_refuse(step, SEC_E_POLICY_NLTM_ONLY,
				   "the acceptor wants a package that the list excludes");
	return nego_refuse(step, SEC_E_INVALID_TOKEN,
			   "the acceptor chose a mechanism that was not offered");
}

/*
 * Whether an acceptor names another OID than the first and sends no token: it
 * has not looked at ours, which was the first's (RFC 4178 4.2.2), even if both
 * are OIDs of one package. With a token it has, under whichever name.
 */
static bool has_not_looked(const struct nego_ctx *ctx,
			   const struct spnego_resp *resp)
{
	struct sspi_span list, first;

	if (!ctx->inner || ctx->talk->done || !resp->mech.data ||
	    resp->token.data)
		return false;
	list = spnego_mech_list_begin(nego_span(&ctx->talk->mech_list));
	return spnego_mech_list_next(&list, &first) &&
	       !nego_span_equal(first, resp->mech);
}

/* The first reply says which mechanism it is, and whether a MIC is wanted. */
static sec_status_t agree(struct nego_ctx *ctx, struct sspi_step *step,
			  const struct spnego_resp *resp)
{
	sec_status_t status;
	int mech;

	status = find_agreed(ctx, step, resp, &mech);
	if (status != SEC_E_OK)
		return status;
	ctx->talk->mic_asked = resp->state == SPNEGO_REQUEST_MIC;
	if (mech != ctx->mech) {
		ctx->talk->switched = true;
		ctx->talk->done = false;
		note(ctx, ctx->mech, SEC_E_UNSUPPORTED_FUNCTION,
		     "the acceptor chose another package");
		step->notice = "the acceptor did not take the first choice";
		step->notice_status = SEC_E_UNSUPPORTED_FUNCTION;
		nego_select(ctx, mech);
	} else if (has_not_looked(ctx, resp)) {
		ctx->talk->switched = true;
		nego_select(ctx, mech);
	}
	WRITE_ONCE(ctx->state, NEGO_STATE_AGREED);
	return SEC_E_OK;
}

/* RFC 4178 4.2.2: later replies may not bring up the choice again. */
static sec_status_t check_later(struct nego_ctx *ctx, struct sspi_step *step,
				const struct spnego_resp *resp)
{
	if (resp->state == SPNEGO_REQUEST_MIC)
		return nego_refuse(step, SEC_E_INVALID_TOKEN,
				   "request-mic after the first reply");
	if (resp->mech.data && nego_find(ctx->cred, resp->mech) != ctx->mech)
		return nego_refuse(step, SEC_E_INVALID_TOKEN,
				   "the acceptor changed the mechanism");
	return SEC_E_OK;
}

/* A reject may bring the mechanism's own last word; it is no good news ever. */
static sec_status_t rejected(struct nego_ctx *ctx, struct sspi_step *step,
			     const struct spnego_resp *resp)
{
	struct sspi_blob out = { };
	sec_status_t status;

	if (resp->token.data && ctx->inner) {
		status = nego_inner(ctx, step, resp->token, &out);
		sspi_free(out.data);
		sspi_free(step->io.request.data);
		step->io = (struct sspi_io){ };
		if (sec_status_class(status) == SSPI_CLASS_FATAL &&
		    status != SEC_E_INVALID_TOKEN &&
		    status != SEC_E_OUT_OF_SEQUENCE)
			return status;
	}
	return nego_refuse(step, SEC_E_LOGON_DENIED,
			   "the acceptor rejected the negotiation");
}

/* The end: the acceptor has what it wants, and we have too, or not. */
static sec_status_t finish_leg(struct nego_ctx *ctx, struct sspi_step *step,
			       const struct sspi_blob *token)
{
	struct nego_talk *talk = ctx->talk;

	if (!talk->done || token->len)
		return nego_refuse(step, SEC_E_INVALID_TOKEN,
				   "the acceptor is done before the mechanism is");
	if (nego_mic_needed(ctx) && !talk->mic_checked) {
		if (nego_mic_possible(ctx))
			return nego_refuse(step, SEC_E_MESSAGE_ALTERED,
					   "the acceptor's mechListMIC is missing");
		if (talk->switched)
			return nego_refuse(step, SEC_E_SECURITY_QOS_FAILED,
					   "the second choice of mechanism has no integrity");
	}
	nego_ctx_establish(ctx);
	return SEC_E_OK;
}

/*
 * Our next token. With the mechanism done and nothing of it to send, what the
 * acceptor is waiting for is our mechListMIC (RFC 4178 5, case c).
 */
static sec_status_t answer(struct nego_ctx *ctx, struct sspi_step *step,
			   const struct sspi_blob *token)
{
	struct spnego_resp resp = { .state = SPNEGO_ACCEPT_INCOMPLETE };
	struct nego_talk *talk = ctx->talk;
	struct sspi_blob mic = { };
	sec_status_t status = SEC_E_OK;

	if (nego_mic_possible(ctx) && !talk->mic_sent &&
	    (nego_mic_needed(ctx) || talk->mic_checked || !token->len))
		status = nego_mic_make(ctx, step, &mic);
	else if (!token->len)
		return nego_refuse(step, SEC_E_INVALID_TOKEN,
				   "the acceptor waits for what is there already");
	resp.token = nego_span(token);
	resp.mic = nego_span(&mic);
	if (status == SEC_E_OK)
		status = nego_send_resp(step, &resp);
	sspi_free(mic.data);
	return status == SEC_E_OK ? SEC_I_CONTINUE_NEEDED : status;
}

/* The mechanism's leg for a reply, if it has one. */
static sec_status_t inner_leg(struct nego_ctx *ctx, struct sspi_step *step,
			      const struct spnego_resp *resp,
			      struct sspi_blob *token)
{
	bool first = !ctx->inner;

	if (ctx->talk->done) {
		if (resp->token.data)
			return nego_refuse(step, SEC_E_INVALID_TOKEN,
					   "a token after the mechanism's last");
		return SEC_E_OK;
	}
	if (ctx->talk->asking)
		first = false;
	else if (resp->state == SPNEGO_ACCEPT_COMPLETED &&
		 (first || !resp->token.data))
		return nego_refuse(step, SEC_E_INVALID_TOKEN,
				   "the acceptor is done before the mechanism is");
	else if (first == !!resp->token.data)
		return nego_refuse(step, SEC_E_INVALID_TOKEN, first ?
				   "a token before the mechanism's first" :
				   "a reply without a token");
	return nego_inner(ctx, step, resp->token, token);
}

/*
 * negState is optional after the first reply (RFC 4178 4.2.2): with both MICs
 * exchanged there is nothing left that the acceptor could want.
 */
static bool tacit_end(const struct nego_ctx *ctx, const struct spnego_resp *resp)
{
	const struct nego_talk *talk = ctx->talk;

	return resp->state == SPNEGO_NO_STATE && talk->done &&
	       talk->mic_sent && talk->mic_checked;
}

/*
 * Whether an empty answer is the end: both MICs are exchanged, and an acceptor
 * that follows RFC 4178 5 to the letter (MIT's) is done with ours and silent.
 * accept-completed, which nothing protects, would prove nothing more.
 */
static bool silent_end(const struct nego_ctx *ctx, const struct sspi_step *step)
{
	const struct nego_talk *talk = ctx->talk;

	return !step->input.len && !talk->asking && talk->done &&
	       talk->mic_sent && talk->mic_checked;
}

static sec_status_t reply_leg(struct nego_ctx *ctx, struct sspi_step *step)
{
	struct sspi_blob token = { };
	struct spnego_resp resp;
	sec_status_t status;

	if (silent_end(ctx, step)) {
		nego_ctx_establish(ctx);
		return SEC_E_OK;
	}
	if (spnego_parse_resp(step->input, &resp))
		return nego_refuse(step, SEC_E_INVALID_TOKEN,
				   "malformed NegTokenResp");
	/* Windows 2000 puts its token there once more. */
	if (resp.token.data && nego_span_equal(resp.mic, resp.token))
		resp.mic = (struct sspi_span){ };
	if (resp.state == SPNEGO_REJECT)
		return rejected(ctx, step, &resp);
	if (ctx->state == NEGO_STATE_OFFERED)
		status = agree(ctx, step, &resp);
	else if (!ctx->talk->asking)
		status = check_later(ctx, step, &resp);
	else
		status = SEC_E_OK;
	if (status == SEC_E_OK)
		status = inner_leg(ctx, step, &resp, &token);
	if (status == SEC_E_OK && resp.mic.data)
		status = nego_mic_check(ctx, step, resp.mic);
	else if (status == SEC_I_CONTINUE_NEEDED && resp.mic.data)
		status = nego_refuse(step, SEC_E_INVALID_TOKEN,
				     "a mechListMIC before there is a key for one");
	if (sec_status_class(status) == SSPI_CLASS_DONE ||
	    sec_status_class(status) == SSPI_CLASS_CONTINUE) {
		if (resp.state == SPNEGO_ACCEPT_COMPLETED ||
		    tacit_end(ctx, &resp))
			status = finish_leg(ctx, step, &token);
		else
			status = answer(ctx, step, &token);
	}
	sspi_free(token.data);
	return status;
}

static sec_status_t initialize_leg(struct nego_ctx *ctx,
				   struct sspi_step *step)
{
	return ctx->state == NEGO_STATE_NEW ? first_leg(ctx, step) :
					      reply_leg(ctx, step);
}

sec_status_t nego_initialize(void **priv, void *cred, struct sspi_step *step)
{
	if (!*priv)
		*priv = nego_ctx_new(cred, true);
	return nego_leg(*priv, initialize_leg, step);
}
