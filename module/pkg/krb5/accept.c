// SPDX-License-Identifier: GPL-2.0-only
/* The Kerberos acceptor's legs: RFC 4121 4.1; what it believes is verify.c's. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "codec/utf16.h"
#include "pkg/krb5/verify.h"

static u64 attributes(u64 req, u32 flags)
{
	u64 attr = req & (ASC_REQ_CONNECTION | ASC_REQ_DATAGRAM);

	if (flags & KRB5_GSS_C_DELEG)
		attr |= ASC_RET_DELEGATE;
	if (flags & KRB5_GSS_C_MUTUAL)
		attr |= ASC_RET_MUTUAL_AUTH;
	if (flags & KRB5_GSS_C_REPLAY)
		attr |= ASC_RET_REPLAY_DETECT;
	if (flags & KRB5_GSS_C_SEQUENCE)
		attr |= ASC_RET_SEQUENCE_DETECT;
	if (flags & KRB5_GSS_C_CONF)
		attr |= ASC_RET_CONFIDENTIALITY;
	if (flags & KRB5_GSS_C_INTEG)
		attr |= ASC_RET_INTEGRITY;
	if (flags & KRB5_GSS_C_DCE_STYLE)
		attr |= ASC_RET_USED_DCE_STYLE;
	if (flags & KRB5_GSS_C_IDENTIFY)
		attr |= ASC_RET_IDENTIFY;
	if (flags & KRB5_GSS_C_EXTENDED_ERROR)
		attr |= ASC_RET_EXTENDED_ERROR;
	return attr;
}

static void finish(struct krb5_ctx *ctx, struct sspi_step *step)
{
	step->attr = attributes(ctx->nego->req, ctx->gss_flags);
	step->start = ctx->nego->start;
	step->expiry = ctx->nego->expiry;
	krb5_ctx_establish(ctx);
}

/* KRB-ERROR, RFC 4120 5.9.1: the code and the time, never the reason. */
static void send_error(const struct krb5_verify *v, struct sspi_step *step)
{
	s64 now = step->env->now(step->env);
	struct krb5_error error = {
		.ctime = v->auth.ctime,
		.cusec = v->auth.cusec,
		.stime = krb5_seconds(now),
		.susec = krb5_usec(now),
		.code = v->code,
		.server = { v->req.ticket.realm, v->req.ticket.sname },
	};
	int len = krb5_build_error(&error, NULL, 0);
	u8 *body;

	if (len < 0)
		return;
	body = sspi_alloc(len);
	if (!body)
		return;
	krb5_build_error(&error, body, len);
	/* Without memory the peer just gets no token. */
	if (krb5_output(step, v->token.mech, KRB5_GSS_ERROR,
			(struct sspi_span){ body, len }) != SEC_E_OK)
		step->output = (struct sspi_blob){};
	sspi_free(body);
}

/* AP-REP: subkey, number, confounder are drawn in this order (RFC 4120 5.5.2). */
static sec_status_t send_reply(struct krb5_ctx *ctx, struct krb5_verify *v,
			       struct sspi_step *step)
{
	struct krb5_nego *nego = ctx->nego;
	struct krb5_enc_ap_rep part = {
		.ctime = nego->ctime,
		.cusec = nego->cusec,
		.has_seq = true,
	};
	sec_status_t status = SEC_E_OK;
	struct sspi_blob body = { };

	if (v->reply_type) {
		status = krb5_draw_key(step, v->reply_type, &ctx->key);
		ctx->acceptor_subkey = true;
		part.subkey.enctype = v->reply_type->number;
		part.subkey.key = krb5_key_span(&ctx->key);
	}
	if (status == SEC_E_OK)
		status = krb5_draw_seq(step, &ctx->seq[KRB5_SEND]);
	part.seq = ctx->seq[KRB5_SEND];
	if (status == SEC_E_OK)
		status = krb5_make_ap_rep(step, &nego->session, &part, &body);
	if (status == SEC_E_OK)
		status = krb5_output(step, ctx->gss_flags &
				     KRB5_GSS_C_DCE_STYLE ? KRB5_MECH_NONE :
				     v->token.mech, KRB5_GSS_AP_REP,
				     krb5_span(&body));
	sspi_free(body.data);
	return status;
}

/* What a verified request says becomes the context's. */
static sec_status_t answer(struct krb5_ctx *ctx, struct krb5_verify *v,
			   struct sspi_step *step)
{
	sec_status_t status;

	ctx->gss_flags = v->sum.flags & (KRB5_GSS_C_MUTUAL |
		KRB5_GSS_C_REPLAY | KRB5_GSS_C_SEQUENCE | KRB5_GSS_C_CONF |
		KRB5_GSS_C_INTEG | KRB5_GSS_C_DCE_STYLE |
		KRB5_GSS_C_IDENTIFY | KRB5_GSS_C_EXTENDED_ERROR);
	if (ctx->nego->delegated && !krb5_is_evidence(ctx->nego->delegated))
		ctx->gss_flags |= KRB5_GSS_C_DELEG;
	/* Three legs need the second one. */
	if (!(ctx->gss_flags & KRB5_GSS_C_MUTUAL))
		ctx->gss_flags &= ~KRB5_GSS_C_DCE_STYLE;
	ctx->subkey = v->subkey;
	ctx->key = v->subkey.type ? v->subkey : v->session;
	ctx->seq[KRB5_RECV] = v->auth.has_seq ? v->auth.seq : 0;
	ctx->seq[KRB5_SEND] = ctx->seq[KRB5_RECV];
	if (!(ctx->gss_flags & KRB5_GSS_C_MUTUAL)) {
		finish(ctx, step);
		return SEC_E_OK;
	}
	status = send_reply(ctx, v, step);
	if (status != SEC_E_OK)
		return status;
	step->attr = attributes(ctx->nego->req, ctx->gss_flags);
	step->start = ctx->nego->start;
	step->expiry = ctx->nego->expiry;
	if (ctx->gss_flags & KRB5_GSS_C_DCE_STYLE) {
		ctx->state = KRB5_STATE_SENT_REP;
		return SEC_I_CONTINUE_NEEDED;
	}
	finish(ctx, step);
	return SEC_E_OK;
}

/* The client's text; NULL without, or for what is no name. */
static sec_status_t target_text(const struct krb5_verify *v, char **text)
{
	int len = sspi_utf16le_to_utf8(v->target, NULL, 0);

	if (len <= 0 || len > SSPI_MAX_NAME)
		return SEC_E_OK;
	*text = sspi_alloc(len + 1);
	if (!*text)
		return SEC_E_INSUFFICIENT_MEMORY;
	sspi_utf16le_to_utf8(v->target, (u8 *)*text, len);
	return SEC_E_OK;
}

static sec_status_t set_names(struct krb5_nego *nego,
			      const struct krb5_verify *v)
{
	struct krb5_principal server = { v->req.ticket.realm,
					 v->req.ticket.sname };
	char *target = NULL;
	sec_status_t status = target_text(v, &target);

	if (status == SEC_E_OK)
		status = krb5_set_names(nego, &v->ticket.client, &server,
					target);
	sspi_free(target);
	return status;
}

static sec_status_t first_leg(struct krb5_ctx *ctx, struct krb5_cred *cred,
			      struct sspi_step *step)
{
	struct krb5_nego *nego = ctx->nego;
	struct krb5_verify *v = sspi_alloc(sizeof(*v));
	sec_status_t status;

	if (!v)
		return SEC_E_INSUFFICIENT_MEMORY;
	v->cred = cred;
	v->nego = nego;
	status = krb5_verify_request(v, step);
	if (status == SEC_E_OK) {
		nego->session = v->session;
		nego->ctime = v->auth.ctime;
		nego->cusec = v->auth.cusec;
		nego->start = v->ticket.starttime ? v->ticket.starttime :
						    v->ticket.authtime;
		nego->expiry = v->ticket.endtime;
		status = set_names(nego, v);
	}
	if (status == SEC_E_OK)
		status = answer(ctx, v, step);
	else if (v->code)
		send_error(v, step);
	krb5_verify_free(v);
	return status;
}

/* The third leg of DCE style: MS-KILE 3.4.5.1; the number alone counts. */
static sec_status_t third_leg(struct krb5_ctx *ctx, struct sspi_step *step)
{
	const struct krb5_key *session = &ctx->nego->session;
	struct krb5_enc_ap_rep part = { };
	struct krb5_gss_token token;
	struct krb5_encrypted enc;
	struct sspi_span plain;
	struct sspi_blob copy;
	int err;

	if (krb5_parse_gss_token(step->input, &token) ||
	    token.mech == KRB5_MECH_U2U || token.id != KRB5_GSS_AP_REP ||
	    krb5_parse_ap_rep(token.body, &enc))
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "the token is not an AP-REP");
	if (enc.enctype != session->type->number)
		return krb5_refuse(step, SEC_E_LOGON_DENIED,
				   "the AP-REP is under a key of another type");
	err = krb5_open(session, KRB5_USAGE_AP_REP, enc.cipher, &copy, &plain);
	if (err)
		return krb5_refuse(step, krb5_status(err, SEC_E_LOGON_DENIED),
				   "the AP-REP does not decrypt");
	err = krb5_parse_enc_ap_rep(plain, &part);
	sspi_free(copy.data);
	if (err)
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "malformed contents of the AP-REP");
	if (!part.has_seq || part.seq != ctx->seq[KRB5_SEND])
		return krb5_refuse(step, SEC_E_LOGON_DENIED,
				   "the AP-REP has not our number");
	finish(ctx, step);
	return SEC_E_OK;
}

static sec_status_t leg(struct krb5_ctx *ctx, struct krb5_cred *cred,
			struct sspi_step *step)
{
	sec_status_t status;

	ctx->nego->req |= step->req;
	status = krb5_take_bindings(ctx->nego, step);
	if (status != SEC_E_OK)
		return status;
	if (ctx->state == KRB5_STATE_NEW)
		return first_leg(ctx, cred, step);
	return third_leg(ctx, step);
}

sec_status_t krb5_accept(void **priv, void *cred, struct sspi_step *step)
{
	struct krb5_ctx *ctx = *priv;
	sec_status_t status;

	if (!ctx) {
		ctx = krb5_ctx_new(false);
		if (!ctx)
			return SEC_E_INSUFFICIENT_MEMORY;
		*priv = ctx;
	}
	switch (ctx->state) {
	case KRB5_STATE_NEW:
	case KRB5_STATE_SENT_REP:
		status = leg(ctx, cred, step);
		break;
	case KRB5_STATE_ESTABLISHED:
		return krb5_refuse(step, SEC_E_OUT_OF_SEQUENCE,
				   "the negotiation is over");
	default:
		return krb5_refuse(step, SEC_E_INVALID_HANDLE,
				   "the context has failed");
	}
	if (sec_status_class(status) == SSPI_CLASS_FATAL)
		krb5_ctx_fail(ctx);
	return status;
}
