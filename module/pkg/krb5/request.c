// SPDX-License-Identifier: GPL-2.0-only
/* The AP-REQ of an initiator: RFC 4121 4.1.1, RFC 4120 5.5.1, MS-KILE 3.2.5.8. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "codec/utf16.h"
#include "pkg/krb5/krb5.h"

/* What the authenticator says of itself: types, options, target. */
#define MAX_ELEMENTS	3

/* The AP-REQ being made. */
struct request {
	struct krb5_ctx *ctx;
	struct krb5_cred *cred;
	u8 etypes[2 + 4 + 8 * SSPI_MAX_ENCTYPES];
	u8 options[4];
	struct krb5_ad ad[MAX_ELEMENTS];
	unsigned int ad_count;
	struct sspi_blob target;
	struct sspi_blob authdata;
	struct sspi_blob deleg;
	struct sspi_blob cksum;
	struct sspi_blob cipher;
	struct sspi_blob body;
};

static void add(struct request *r, s32 type, const u8 *data, size_t len)
{
	r->ad[r->ad_count++] = (struct krb5_ad){
		.type = type,
		.data = { data, len },
	};
}

/*
 * RFC 4537: the types that we would rather have than the ticket's, and it, in
 * order of preference. None if there are none better.
 */
static sec_status_t add_etypes(struct request *r)
{
	const struct krb5_cred *cred = r->cred;
	s32 enctype = r->ctx->nego->session.type->number;
	u32 count = 0;
	int len;

	while (count < cred->enctype_count && cred->enctypes[count] != enctype)
		count++;
	if (!count || count == cred->enctype_count)
		return SEC_E_OK;
	len = krb5_build_s32_list(cred->enctypes, count + 1, r->etypes,
				  sizeof(r->etypes));
	if (len < 0)
		return SEC_E_INTERNAL_ERROR;
	add(r, KRB5_AD_ETYPE_NEGOTIATION, r->etypes, len);
	return SEC_E_OK;
}

/* Little endian. Without bindings nothing is said of them: none are meant. */
static void add_options(struct request *r)
{
	const struct krb5_nego *nego = r->ctx->nego;
	u32 options = 0;

	if (nego->has_bindings)
		options |= KRB5_AP_OPTIONS_CBT;
	if (nego->req & ISC_REQ_UNVERIFIED_TARGET_NAME)
		options |= KRB5_AP_OPTIONS_UNVERIFIED_TARGET;
	if (!options)
		return;
	r->options[0] = options;
	r->options[1] = options >> 8;
	add(r, KRB5_AD_AP_OPTIONS, r->options, sizeof(r->options));
}

/* The target as the caller named it; a name that is not text is left out. */
static sec_status_t add_target(struct request *r)
{
	struct sspi_span text = krb5_text(r->ctx->nego->target_text);
	sec_status_t status = krb5_grow(&r->target, 2 * text.len);
	int len;

	if (status != SEC_E_OK)
		return status;
	len = sspi_utf8_to_utf16le(text, r->target.data, r->target.len);
	if (len > 0)
		add(r, KRB5_AD_TARGET_PRINCIPAL, r->target.data, len);
	return SEC_E_OK;
}

static sec_status_t build_list(const struct krb5_ad *ad, unsigned int count,
			       struct sspi_blob *out)
{
	int len = krb5_build_ad_list(ad, count, NULL, 0);

	if (len < 0)
		return SEC_E_INTERNAL_ERROR;
	out->data = sspi_alloc(len);
	if (!out->data)
		return SEC_E_INSUFFICIENT_MEMORY;
	out->len = len;
	krb5_build_ad_list(ad, count, out->data, len);
	return SEC_E_OK;
}

/* All of it may be ignored: AD-IF-RELEVANT. */
static sec_status_t build_authdata(struct request *r)
{
	struct krb5_ad outer = { .type = KRB5_AD_IF_RELEVANT };
	struct sspi_blob inner = { };
	sec_status_t status = add_etypes(r);

	add_options(r);
	if (status == SEC_E_OK)
		status = add_target(r);
	if (status != SEC_E_OK || !r->ad_count)
		return status;
	status = build_list(r->ad, r->ad_count, &inner);
	outer.data = krb5_span(&inner);
	if (status == SEC_E_OK)
		status = build_list(&outer, 1, &r->authdata);
	sspi_free(inner.data);
	return status;
}

/* The checksum of RFC 4121 4.1.1, with the forwarded credential in it. */
static sec_status_t build_cksum(struct request *r)
{
	struct krb5_nego *nego = r->ctx->nego;
	struct krb5_gss_cksum sum = {
		.flags = r->ctx->gss_flags,
		.delegation = krb5_span(&r->deleg),
	};
	int len;

	if (nego->has_bindings)
		memcpy(sum.bindings, nego->bindings, sizeof(sum.bindings));
	len = krb5_build_gss_cksum(&sum, NULL, 0);
	if (len < 0)
		return SEC_E_INTERNAL_ERROR;
	r->cksum.data = sspi_alloc(len);
	if (!r->cksum.data)
		return SEC_E_INSUFFICIENT_MEMORY;
	r->cksum.len = len;
	krb5_build_gss_cksum(&sum, r->cksum.data, len);
	return SEC_E_OK;
}

static sec_status_t seal_authenticator(struct request *r,
				       struct sspi_step *step)
{
	struct krb5_nego *nego = r->ctx->nego;
	struct krb5_authenticator auth = {
		.client = nego->tkt->client,
		.cksum = { KRB5_CKSUM_GSS, krb5_span(&r->cksum) },
		.ctime = nego->ctime,
		.cusec = nego->cusec,
		.subkey = { r->ctx->subkey.type->number,
			    krb5_key_span(&r->ctx->subkey) },
		.has_seq = true,
		.seq = r->ctx->seq[KRB5_SEND],
	};
	struct krb5_seal_key seal;
	sec_status_t status;
	u8 *plain;
	int len;

	if (r->authdata.data &&
	    krb5_parse_ad_list(krb5_span(&r->authdata), &auth.authdata))
		return SEC_E_INTERNAL_ERROR;
	len = krb5_build_authenticator(&auth, NULL, 0);
	status = krb5_seal_begin(&nego->session, len, &r->cipher, &plain);
	if (status != SEC_E_OK)
		return status;
	krb5_build_authenticator(&auth, plain, len);
	status = krb5_status(krb5_ready_get(nego->tkt->ready, &nego->session,
					    KRB5_USAGE_AP_REQ_AUTH, &seal),
			     SEC_E_INTERNAL_ERROR);
	if (status == SEC_E_OK)
		status = krb5_seal_with(step, &seal, &r->cipher, len);
	krb5_seal_wipe(&seal);
	return status;
}

static sec_status_t build_request(struct request *r, struct sspi_step *step)
{
	struct krb5_ap_req req = { };
	u32 flags = r->ctx->gss_flags;
	sec_status_t status;
	int len;

	if (flags & KRB5_GSS_C_MUTUAL)
		req.options = KRB5_AP_MUTUAL_REQUIRED;
	req.ticket.whole = r->ctx->nego->tkt->ticket;
	req.authenticator.enctype = r->ctx->nego->session.type->number;
	req.authenticator.cipher = krb5_span(&r->cipher);
	status = krb5_grow(&r->body, req.ticket.whole.len + r->cipher.len +
				     KRB5_AP_REQ_AROUND);
	if (status != SEC_E_OK)
		return status;
	len = krb5_build_ap_req(&req, r->body.data, r->body.len);
	if (len < 0)
		return SEC_E_INTERNAL_ERROR;
	r->body.len = len;
	return krb5_output(step, flags & KRB5_GSS_C_DCE_STYLE ?
			   KRB5_MECH_NONE : KRB5_MECH_KRB5,
			   KRB5_GSS_AP_REQ, krb5_span(&r->body));
}

/*
 * Randomness in this order and no other: subkey, number, confounder of the
 * KRB-CRED if there is one, confounder of the authenticator.
 */
static sec_status_t make(struct request *r, struct sspi_step *step)
{
	struct krb5_ctx *ctx = r->ctx;
	struct krb5_nego *nego = ctx->nego;
	s64 now = krb5_stamp(r->cred, nego->tkt, step);
	sec_status_t status;

	nego->ctime = krb5_seconds(now);
	nego->cusec = krb5_usec(now);
	nego->session = nego->tkt->key;
	status = krb5_draw_key(step, nego->session.type, &ctx->subkey);
	if (status == SEC_E_OK)
		status = krb5_draw_seq(step, &ctx->seq[KRB5_SEND]);
	if (status == SEC_E_OK && nego->forwarded)
		status = krb5_deleg_build(nego, step, &r->deleg);
	if (status == SEC_E_OK)
		status = build_authdata(r);
	if (status == SEC_E_OK)
		status = build_cksum(r);
	if (status == SEC_E_OK)
		status = seal_authenticator(r, step);
	if (status == SEC_E_OK)
		status = build_request(r, step);
	return status;
}

/* The step's output, from nego->tkt; draws the subkey and the first number. */
sec_status_t krb5_request(struct krb5_ctx *ctx, struct krb5_cred *cred,
			  struct sspi_step *step)
{
	struct request *r = sspi_alloc(sizeof(*r));
	sec_status_t status;

	if (!r)
		return SEC_E_INSUFFICIENT_MEMORY;
	r->ctx = ctx;
	r->cred = cred;
	status = make(r, step);
	sspi_free(r->target.data);
	sspi_free(r->authdata.data);
	sspi_free(r->deleg.data);
	sspi_free(r->cksum.data);
	sspi_free(r->cipher.data);
	sspi_free(r->body.data);
	sspi_free(r);
	return status;
}
