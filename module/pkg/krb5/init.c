// SPDX-License-Identifier: GPL-2.0-only
/* The Kerberos initiator: RFC 4121 4.1, RFC 4120 3.2. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "pkg/krb5/krb5.h"

/*
 * A SPN may carry the base64 form of a CREDENTIAL_TARGET_INFORMATION behind the
 * host name; it starts like this. Whoever registers such a name in DNS can
 * have us authenticate to ourselves (CVE-2025-33073).
 */
static const char marshalled[] = "1UWhRCA";

/* ISC_REQ_* to the flags of RFC 4121 4.1.1.1; DCE style is always mutual. */
static u32 gss_flags(u64 req)
{
	u32 flags = 0;

	if (req & (ISC_REQ_MUTUAL_AUTH | ISC_REQ_USE_DCE_STYLE))
		flags |= KRB5_GSS_C_MUTUAL;
	if (req & ISC_REQ_REPLAY_DETECT)
		flags |= KRB5_GSS_C_REPLAY | KRB5_GSS_C_INTEG;
	if (req & ISC_REQ_SEQUENCE_DETECT)
		flags |= KRB5_GSS_C_SEQUENCE | KRB5_GSS_C_INTEG;
	if (req & ISC_REQ_CONFIDENTIALITY)
		flags |= KRB5_GSS_C_CONF | KRB5_GSS_C_INTEG;
	if (req & ISC_REQ_INTEGRITY)
		flags |= KRB5_GSS_C_INTEG;
	if (req & ISC_REQ_USE_DCE_STYLE)
		flags |= KRB5_GSS_C_DCE_STYLE;
	if (req & ISC_REQ_IDENTIFY)
		flags |= KRB5_GSS_C_IDENTIFY;
	if (req & ISC_REQ_EXTENDED_ERROR)
		flags |= KRB5_GSS_C_EXTENDED_ERROR;
	if (req & ISC_REQ_NO_INTEGRITY)
		flags &= ~KRB5_GSS_C_INTEG;
	return flags;
}

static u64 attributes(u64 req, u32 flags)
{
	u64 attr = req & (ISC_REQ_CONNECTION | ISC_REQ_DATAGRAM);

	if (req & ISC_REQ_USE_SUPPLIED_CREDS)
		attr |= ISC_RET_USED_SUPPLIED_CREDS;
	if (flags & KRB5_GSS_C_DELEG)
		attr |= ISC_RET_DELEGATE;
	if (flags & KRB5_GSS_C_MUTUAL)
		attr |= ISC_RET_MUTUAL_AUTH;
	if (flags & KRB5_GSS_C_REPLAY)
		attr |= ISC_RET_REPLAY_DETECT;
	if (flags & KRB5_GSS_C_SEQUENCE)
		attr |= ISC_RET_SEQUENCE_DETECT;
	if (flags & KRB5_GSS_C_CONF)
		attr |= ISC_RET_CONFIDENTIALITY;
	if (flags & KRB5_GSS_C_INTEG)
		attr |= ISC_RET_INTEGRITY;
	if (flags & KRB5_GSS_C_DCE_STYLE)
		attr |= ISC_RET_USED_DCE_STYLE;
	if (flags & KRB5_GSS_C_IDENTIFY)
		attr |= ISC_RET_IDENTIFY;
	if (flags & KRB5_GSS_C_EXTENDED_ERROR)
		attr |= ISC_RET_EXTENDED_ERROR;
	return attr;
}

/* service/host[:port][@REALM], taken as it is. */
static sec_status_t take_target(struct krb5_nego *nego,
				const struct krb5_cred *cred,
				struct sspi_step *step)
{
	struct sspi_span text = krb5_text(step->target);
	struct sspi_blob copy, store;

	if (!text.len)
		return SEC_E_OK;
	if (strstr(step->target, marshalled))
		return krb5_refuse(step, SEC_E_INVALID_PARAMETER,
				   "the target carries marshalled credential target information");
	text.len++;
	if (!krb5_blob_dup(&copy, text))
		return SEC_E_INSUFFICIENT_MEMORY;
	text.len--;
	if (!krb5_blob_dup(&store, text)) {
		sspi_free(copy.data);
		return SEC_E_INSUFFICIENT_MEMORY;
	}
	sspi_free(nego->target_text);
	sspi_free(nego->target_store.data);
	nego->target_text = (char *)copy.data;
	nego->target_store = store;
	if (krb5_name_parse(text, store.data, store.len, &nego->target) ||
	    nego->target.name.count < 2)
		return krb5_refuse(step, SEC_E_TARGET_UNKNOWN,
				   "the target is not service/host[@REALM]");
	nego->target.name.type = KRB5_NT_SRV_INST;
	if (!nego->target.realm.data)
		nego->target.realm = cred->client.realm;
	return SEC_E_OK;
}

static sec_status_t take_inputs(struct krb5_nego *nego,
				const struct krb5_cred *cred,
				struct sspi_step *step)
{
	sec_status_t status = take_target(nego, cred, step);

	nego->req |= step->req;
	if (status == SEC_E_OK)
		status = krb5_take_bindings(nego, step);
	return status;
}

/* The server as the KDC named it, in the ticket. */
static sec_status_t set_names(struct krb5_nego *nego)
{
	struct krb5_principal server;
	struct krb5_ticket ticket;

	if (krb5_parse_ticket(nego->tkt->ticket, &ticket))
		return SEC_E_INVALID_TOKEN;
	server = (struct krb5_principal){ ticket.realm, ticket.sname };
	return krb5_set_names(nego, &nego->tkt->client, &server,
			      nego->target_text);
}

static void finish(struct krb5_ctx *ctx, struct sspi_step *step)
{
	step->attr = attributes(ctx->nego->req, ctx->gss_flags);
	step->start = ctx->nego->start;
	step->expiry = ctx->nego->expiry;
	krb5_ctx_establish(ctx);
}

static sec_status_t send_request(struct krb5_ctx *ctx, struct krb5_cred *cred,
				 struct sspi_step *step)
{
	struct krb5_nego *nego = ctx->nego;
	sec_status_t status;

	ctx->gss_flags = gss_flags(nego->req);
	if (nego->forwarded)
		ctx->gss_flags |= KRB5_GSS_C_DELEG;
	nego->start = nego->tkt->starttime;
	nego->expiry = nego->tkt->endtime;
	status = set_names(nego);
	if (status == SEC_E_OK)
		status = krb5_request(ctx, cred, step);
	if (status != SEC_E_OK)
		return status;
	step->attr = attributes(nego->req, ctx->gss_flags);
	step->start = nego->start;
	step->expiry = nego->expiry;
	ctx->key = ctx->subkey;
	if (ctx->gss_flags & KRB5_GSS_C_MUTUAL) {
		ctx->state = KRB5_STATE_SENT_REQ;
		return SEC_I_CONTINUE_NEEDED;
	}
	/* Without an AP-REP both sides count from the same number. */
	ctx->seq[KRB5_RECV] = ctx->seq[KRB5_SEND];
	finish(ctx, step);
	return SEC_E_OK;
}

/* The ticket first, however many questions that takes. */
static sec_status_t first_leg(struct krb5_ctx *ctx, struct krb5_cred *cred,
			      struct sspi_step *step)
{
	struct krb5_nego *nego = ctx->nego;
	sec_status_t status = SEC_E_OK;

	if (!step->resumed)
		status = take_inputs(nego, cred, step);
	if (status != SEC_E_OK)
		return status;
	if (step->input.len)
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "a token before the AP-REQ was sent");
	if (!nego->target.name.count)
		return krb5_refuse(step, SEC_E_TARGET_UNKNOWN,
				   "Kerberos needs a target");
	if (!nego->tkt)
		status = krb5_ask_ticket(nego, cred, step);
	if (status == SEC_E_OK)
		status = krb5_forward(nego, cred, step);
	if (status == SEC_I_ASYNC_CALL_PENDING) {
		ctx->state = KRB5_STATE_ASKING;
		step->attr = attributes(nego->req, 0);
	}
	if (status != SEC_E_OK)
		return status;
	return send_request(ctx, cred, step);
}

/*
 * A KRB-ERROR instead of an AP-REP. Nobody has signed it, but without an
 * AP-REP there is no context either.
 */
static sec_status_t take_error(struct sspi_span body, struct sspi_step *step)
{
	struct krb5_error error;
	sec_status_t status;

	if (krb5_parse_error(body, &error))
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "malformed KRB-ERROR");
	status = krb5_code_status(error.code);
	/* The server has another key than the KDC thinks. */
	if (error.code == KRB5_ERR_MODIFIED ||
	    error.code == KRB5_ERR_BAD_INTEGRITY)
		status = SEC_E_WRONG_PRINCIPAL;
	krb5_tell_error(&error, step);
	return krb5_refuse(step, status, krb5_code_text(error.code));
}

/* The subkey and the number that the acceptor chose, RFC 4121 2. */
static sec_status_t take_part(struct krb5_ctx *ctx, struct krb5_cred *cred,
			      const struct krb5_enc_ap_rep *part,
			      struct sspi_step *step)
{
	struct krb5_key key;
	int err;

	if (part->ctime != ctx->nego->ctime || part->cusec != ctx->nego->cusec)
		return krb5_refuse(step, SEC_E_MUTUAL_AUTH_FAILED,
				   "the AP-REP answers another request");
	if (part->subkey.key.data) {
		if (!krb5_permitted(cred, part->subkey.enctype))
			return krb5_refuse(step, SEC_E_KDC_UNKNOWN_ETYPE,
					   "the acceptor's subkey is of a type that is not permitted");
		err = krb5_key_set(&key, part->subkey.enctype,
				   part->subkey.key);
		if (err)
			return krb5_refuse(step, krb5_status(err,
							     SEC_E_INVALID_TOKEN),
					   "the acceptor's subkey has a wrong length");
		ctx->key = key;
		ctx->acceptor_subkey = true;
		krb5_key_wipe(&key);
	}
	ctx->seq[KRB5_RECV] = part->has_seq ? part->seq : 0;
	return SEC_E_OK;
}

static sec_status_t open_reply(struct krb5_ctx *ctx, struct krb5_cred *cred,
			       struct sspi_span body, struct sspi_step *step)
{
	const struct krb5_key *session = &ctx->nego->session;
	struct krb5_seal_key seal;
	struct krb5_enc_ap_rep part;
	struct krb5_encrypted enc;
	struct sspi_span plain;
	struct sspi_blob copy;
	sec_status_t status;
	int err;

	if (krb5_parse_ap_rep(body, &enc))
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "malformed AP-REP");
	if (enc.enctype != session->type->number)
		return krb5_refuse(step, SEC_E_MUTUAL_AUTH_FAILED,
				   "the AP-REP is under a key of another type");
	err = krb5_ready_get(ctx->nego->tkt->ready, session, KRB5_USAGE_AP_REP,
			     &seal);
	if (!err)
		err = krb5_open_with(&seal, enc.cipher, &copy, &plain);
	krb5_seal_wipe(&seal);
	if (err)
		return krb5_refuse(step, krb5_status(err,
						     SEC_E_MUTUAL_AUTH_FAILED),
				   "the AP-REP does not decrypt");
	if (krb5_parse_enc_ap_rep(plain, &part))
		status = krb5_refuse(step, SEC_E_INVALID_TOKEN,
				     "malformed contents of the AP-REP");
	else
		status = take_part(ctx, cred, &part, step);
	sspi_free(copy.data);
	return status;
}

/* MS-KILE 3.4.5.1: the initiator's time, the acceptor's number. */
static sec_status_t third_leg(struct krb5_ctx *ctx, struct krb5_cred *cred,
			      struct sspi_step *step)
{
	const struct krb5_key *session = &ctx->nego->session;
	s64 now = krb5_now(cred, step);
	struct krb5_enc_ap_rep part = {
		.ctime = krb5_seconds(now),
		.cusec = krb5_usec(now),
		.has_seq = true,
		.seq = ctx->seq[KRB5_RECV],
	};

	return krb5_make_ap_rep(step, session, &part, &step->output);
}

static sec_status_t second_leg(struct krb5_ctx *ctx, struct krb5_cred *cred,
			       struct sspi_step *step)
{
	bool dce = ctx->gss_flags & KRB5_GSS_C_DCE_STYLE;
	struct krb5_gss_token token;
	sec_status_t status;
	bool bare;

	if (!step->input.len)
		return krb5_refuse(step, SEC_E_INVALID_TOKEN, "no AP-REP");
	if (krb5_parse_gss_token(step->input, &token) ||
	    token.mech == KRB5_MECH_U2U)
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "malformed token");
	if (token.id == KRB5_GSS_ERROR)
		return take_error(token.body, step);
	bare = token.mech == KRB5_MECH_NONE;
	if (token.id != KRB5_GSS_AP_REP || bare != dce)
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "the token is not an AP-REP");
	status = open_reply(ctx, cred, token.body, step);
	if (status == SEC_E_OK && dce)
		status = third_leg(ctx, cred, step);
	if (status == SEC_E_OK)
		finish(ctx, step);
	return status;
}

/*
 * The only leg is done, and Negotiate still waits for the acceptor's word on it,
 * which may be an error.
 */
static sec_status_t late_leg(struct sspi_step *step)
{
	struct krb5_gss_token token;

	if (step->input.len && !krb5_parse_gss_token(step->input, &token) &&
	    token.id == KRB5_GSS_ERROR)
		return take_error(token.body, step);
	return krb5_refuse(step, SEC_E_OUT_OF_SEQUENCE,
			   "the negotiation is over");
}

sec_status_t krb5_initialize(void **priv, void *cred, struct sspi_step *step)
{
	struct krb5_ctx *ctx = *priv;
	sec_status_t status;

	if (!ctx) {
		ctx = krb5_ctx_new(true);
		if (!ctx)
			return SEC_E_INSUFFICIENT_MEMORY;
		*priv = ctx;
	}
	switch (ctx->state) {
	case KRB5_STATE_NEW:
	case KRB5_STATE_ASKING:
		status = first_leg(ctx, cred, step);
		if (status != SEC_I_ASYNC_CALL_PENDING)
			krb5_tell_refresh(cred, step);
		break;
	case KRB5_STATE_SENT_REQ:
		status = second_leg(ctx, cred, step);
		break;
	case KRB5_STATE_ESTABLISHED:
		return late_leg(step);
	default:
		return krb5_refuse(step, SEC_E_INVALID_HANDLE,
				   "the context has failed");
	}
	if (sec_status_class(status) == SSPI_CLASS_FATAL)
		krb5_ctx_fail(ctx);
	return status;
}
