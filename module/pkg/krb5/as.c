// SPDX-License-Identifier: GPL-2.0-only
/* Kerberos: the authentication service exchange, RFC 4120 3.1. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "codec/der.h"
#include "pkg/krb5/fast.h"

static bool may_change_names(const struct krb5_ask *ask,
			     const struct krb5_cred *cred)
{
	return cred->canonicalize ||
	       ask->client.name.type == KRB5_NT_ENTERPRISE;
}

/*
 * The permitted types in their order, but those first that there is a key of:
 * KDCs take the first that they have, and there is no second try.
 */
static void order_types(struct krb5_cred *cred, s32 *types)
{
	u32 i, count = 0;

	for (i = 0; i < cred->enctype_count; i++)
		if (krb5_may_have_key(cred, cred->enctypes[i]))
			types[count++] = cred->enctypes[i];
	for (i = 0; i < cred->enctype_count; i++)
		if (!krb5_may_have_key(cred, cred->enctypes[i]))
			types[count++] = cred->enctypes[i];
}

static sec_status_t build_body(struct krb5_ask *ask, struct krb5_cred *cred,
			       struct sspi_step *step, struct sspi_blob *out)
{
	s32 types[SSPI_MAX_ENCTYPES];
	struct krb5_req_body body = {
		.options = KRB5_KDC_FORWARDABLE | KRB5_KDC_RENEWABLE,
		.cname = ask->client.name,
		.realm = ask->client.realm,
		.nonce = ask->nonce,
		.etypes = types,
		.etype_count = cred->enctype_count,
	};
	int len;

	body.till = krb5_seconds(krb5_now(cred, step)) + KRB5_TILL_SECONDS;
	body.rtime = body.till;
	ask->till = body.till;
	if (may_change_names(ask, cred))
		body.options |= KRB5_KDC_CANONICALIZE;
	order_types(cred, types);
	krb5_name_tgs(&body.sname, ask->client.realm);
	len = krb5_build_req_body(&body, NULL, 0);
	if (len < 0)
		return SEC_E_INTERNAL_ERROR;
	out->data = sspi_alloc(len);
	if (!out->data)
		return SEC_E_INSUFFICIENT_MEMORY;
	out->len = len;
	krb5_build_req_body(&body, out->data, len);
	return SEC_E_OK;
}

/* The AS-REQ being made. */
struct request {
	struct krb5_ask *ask;
	struct sspi_blob body;
	struct sspi_blob armor;		/* AP-REQ */
	struct sspi_blob proof;
	struct sspi_blob fast;
	struct sspi_blob whole;
};

/* PA-REQ-ENC-PA-REP is empty: that it is there asks (RFC 6806 11). */
static unsigned int list_padata(const struct request *r, struct krb5_padata *pa)
{
	static const u8 empty[1];
	unsigned int count = 0;

	if (r->proof.data)
		pa[count++] = (struct krb5_padata){
			krb5_armored(r->ask) ? KRB5_PA_ENCRYPTED_CHALLENGE :
					       KRB5_PA_ENC_TIMESTAMP,
			krb5_span(&r->proof) };
	if (r->ask->cookie.data)
		pa[count++] = (struct krb5_padata){
			KRB5_PA_FX_COOKIE, krb5_span(&r->ask->cookie) };
	pa[count++] = (struct krb5_padata){
		KRB5_PA_REQ_ENC_PA_REP, { empty, 0 } };
	return count;
}

static sec_status_t build_request(struct request *r, struct sspi_step *step)
{
	struct krb5_padata pa[3], fast = { .type = KRB5_PA_FX_FAST };
	struct krb5_kdc_req req = {
		.type = KRB5_AS_REQ,
		.padata = pa,
		.padata_count = list_padata(r, pa),
		.body = krb5_span(&r->body),
	};
	struct krb5_fast_req inner = {
		.padata = pa,
		.padata_count = req.padata_count,
		.body = req.body,
	};
	sec_status_t status = SEC_E_OK;

	if (krb5_armored(r->ask)) {
		status = krb5_fast_wrap(r->ask, step, &inner,
					krb5_span(&r->armor), req.body,
					&r->fast);
		fast.value = krb5_span(&r->fast);
		req.padata = &fast;
		req.padata_count = 1;
	}
	if (status == SEC_E_OK)
		status = krb5_grow(&r->whole, krb5_build_kdc_req(&req, NULL, 0));
	if (status == SEC_E_OK)
		krb5_build_kdc_req(&req, r->whole.data, r->whole.len);
	return status;
}

static sec_status_t send_request(struct request *r, struct sspi_step *step)
{
	struct krb5_ask *ask = r->ask;

	sspi_free(ask->request.data);
	if (!krb5_blob_dup(&ask->request, krb5_span(&r->whole)))
		return SEC_E_INSUFFICIENT_MEMORY;
	return krb5_ask_send(ask, ask->client.realm, &r->whole, step);
}

/*
 * Randomness: nonce; with armour its subkey and the confounder of its
 * authenticator; the confounder of what proves the key; with armour the
 * confounder of all of that.
 */
sec_status_t krb5_as_send(struct krb5_ask *ask, struct krb5_cred *cred,
			  struct sspi_step *step)
{
	struct request r = { .ask = ask };
	sec_status_t status;

	ask->stage = KRB5_STAGE_AS;
	krb5_key_wipe(&ask->armor);
	status = krb5_ask_nonce(ask, step);
	if (status == SEC_E_OK)
		status = build_body(ask, cred, step, &r.body);
	if (status == SEC_E_OK && cred->has_armor)
		status = krb5_fast_armor_as(ask, cred, step, &r.armor);
	if (status == SEC_E_OK && ask->preauth)
		status = krb5_prove_key(ask, cred, step, &r.proof);
	if (status == SEC_E_OK)
		status = build_request(&r, step);
	if (status == SEC_E_OK)
		status = send_request(&r, step);
	sspi_free(r.body.data);
	sspi_free(r.armor.data);
	sspi_free(r.proof.data);
	sspi_free(r.fast.data);
	sspi_free(r.whole.data);
	return status;
}

/* KDC_ERR_PREAUTH_REQUIRED: its METHOD-DATA say how (RFC 4120 3.1.4). */
static sec_status_t take_methods(struct krb5_ask *ask, struct krb5_cred *cred,
				 struct sspi_span methods,
				 struct sspi_step *step)
{
	s32 way = krb5_armored(ask) ? KRB5_PA_ENCRYPTED_CHALLENGE :
				      KRB5_PA_ENC_TIMESTAMP;
	struct sspi_span value;
	sec_status_t status;

	if (ask->preauth)
		return krb5_refuse(step, SEC_E_UNSUPPORTED_PREAUTH,
				   "the KDC wants more than an encrypted timestamp");
	if (!methods.data)
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "malformed METHOD-DATA");
	if (!krb5_find_padata(methods, way, &value))
		return krb5_refuse(step, SEC_E_UNSUPPORTED_PREAUTH,
				   "the KDC takes no encrypted timestamp");
	status = krb5_long_term_key(ask, cred, methods, 0, step);
	if (status != SEC_E_OK)
		return status;
	if (krb5_find_padata(methods, KRB5_PA_FX_COOKIE, &value)) {
		sspi_free(ask->cookie.data);
		if (!krb5_blob_dup(&ask->cookie, value))
			return SEC_E_INSUFFICIENT_MEMORY;
	}
	ask->preauth = true;
	return krb5_as_send(ask, cred, step);
}

/* KDC_ERR_WRONG_REALM, RFC 6806 7: the client's name lives elsewhere. */
static sec_status_t take_realm(struct krb5_ask *ask, struct krb5_cred *cred,
			       const struct krb5_error *error,
			       struct sspi_step *step)
{
	struct sspi_blob realm;

	if (!may_change_names(ask, cred) || !error->client.realm.len)
		return krb5_ask_error(error, step);
	if (krb5_realm_equal(error->client.realm, ask->client.realm))
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "the KDC refers to itself");
	if (++ask->moves > KRB5_MAX_REFERRALS)
		return krb5_refuse(step, SEC_E_MAX_REFERRALS_EXCEEDED,
				   "too many referrals");
	if (!krb5_blob_dup(&realm, error->client.realm))
		return SEC_E_INSUFFICIENT_MEMORY;
	sspi_free(ask->client_realm.data);
	ask->client_realm = realm;
	ask->client.realm = krb5_span(&realm);
	ask->preauth = false;
	krb5_key_wipe(&ask->key);
	return krb5_as_send(ask, cred, step);
}

static sec_status_t take_error(struct krb5_ask *ask, struct krb5_cred *cred,
			       struct sspi_step *step)
{
	struct krb5_error *error = &ask->answer.error;
	struct sspi_span methods;
	sec_status_t status;

	status = krb5_fast_error(ask, error, &methods, &ask->answer.opened,
				 step);
	if (status != SEC_E_OK)
		;
	else if (error->code == KRB5_ERR_PREAUTH_REQUIRED)
		status = take_methods(ask, cred, methods, step);
	else if (error->code == KRB5_ERR_WRONG_REALM)
		status = take_realm(ask, cred, error, step);
	else if (krb5_ask_learn(ask, cred, error, step))
		status = krb5_as_send(ask, cred, step);
	else
		status = krb5_ask_error(error, step);
	return status;
}

/* Checksum, RFC 4120 5.2.9, alone. */
static int parse_checksum(struct sspi_span in, struct krb5_checksum *cksum)
{
	struct der_reader r, seq;

	der_init(&r, in);
	der_enter(&r, DER_SEQUENCE, &seq);
	cksum->type = der_field_s32(&seq, 0);
	cksum->sum = der_field(&seq, 1, DER_OCTET_STRING);
	der_leave(&r, &seq);
	return der_end(&r);
}

/* RFC 6806 11: a checksum of what we sent, in what the KDC has signed. */
static sec_status_t check_pa_rep(struct krb5_ask *ask,
				 const struct krb5_key *key,
				 const struct krb5_enc_kdc_rep *part,
				 struct sspi_step *step)
{
	struct sspi_span value, request = krb5_span(&ask->request);
	struct krb5_sum_key sum;
	struct krb5_checksum cksum;
	int err;

	if (!(part->flags & KRB5_TKT_ENC_PA_REP))
		return SEC_E_OK;
	if (!part->enc_padata.data ||
	    !krb5_find_padata(part->enc_padata, KRB5_PA_REQ_ENC_PA_REP,
			      &value) ||
	    parse_checksum(value, &cksum))
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "the KDC did not sign our request");
	err = krb5_sum_prepare(&sum, key, cksum.type,
			       KRB5_USAGE_ENC_PA_REP);
	if (!err)
		err = krb5_checksum_verify(&sum, &request, 1, cksum.sum);
	krb5_sum_wipe(&sum);
	if (err == -ENOMEM)
		return SEC_E_INSUFFICIENT_MEMORY;
	if (err)
		return krb5_refuse(step, SEC_E_DOWNGRADE_DETECTED,
				   "our request was altered on its way to the KDC");
	return SEC_E_OK;
}

/*
 * Realms are compared byte by byte (RFC 4120 6.1), but a KDC of Active Directory
 * takes its own in any case, as users write it, and answers with its real name.
 */
static bool same_realm(const struct krb5_ask *ask, const struct krb5_cred *cred,
		       struct sspi_span realm)
{
	return krb5_realm_equal(realm, ask->client.realm) ||
	       (may_change_names(ask, cred) &&
		krb5_realm_alike(realm, ask->client.realm));
}

/* RFC 4120 3.1.5. */
static sec_status_t check(struct krb5_ask *ask, struct krb5_cred *cred,
			  const struct krb5_key *key,
			  const struct krb5_answer *answer,
			  struct sspi_step *step)
{
	const struct krb5_kdc_rep *rep = &answer->rep;
	struct krb5_principal tgs = { .realm = rep->client.realm };
	sec_status_t status = krb5_ask_check(ask, cred, answer, step);

	if (status != SEC_E_OK)
		return status;
	if (!same_realm(ask, cred, rep->client.realm) ||
	    (!may_change_names(ask, cred) &&
	     !krb5_name_equal(&rep->client.name, &ask->client.name)))
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "the ticket is another client's");
	krb5_name_tgs(&tgs.name, rep->client.realm);
	if (!krb5_principal_equal(&answer->part.server, &tgs))
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "the ticket is not for the realm's TGS");
	return check_pa_rep(ask, key, &answer->part, step);
}

/* The key of the answer: the client's, strengthened if there is armour. */
static sec_status_t reply_key(struct krb5_ask *ask, struct krb5_cred *cred,
			      struct krb5_answer *answer, struct krb5_key *key,
			      struct sspi_step *step)
{
	struct krb5_fast_opened *opened = &answer->opened;
	struct krb5_kdc_rep *rep = &answer->rep;
	sec_status_t status;

	if (!krb5_armored(ask)) {
		/* Only what was asked for (CVE-2022-33679). */
		if (!krb5_permitted(cred, rep->enc.enctype))
			return krb5_refuse(step, SEC_E_KDC_UNKNOWN_ETYPE,
					   "the KDC used a type that was not asked for");
		status = krb5_long_term_key(ask, cred, rep->padata,
					    rep->enc.enctype, step);
		*key = ask->key;
		return status;
	}
	status = krb5_fast_open(ask, rep->padata, opened, step);
	if (status == SEC_E_OK)
		status = krb5_long_term_key(ask, cred, opened->rep.padata, 0,
					    step);
	if (status == SEC_E_OK && ask->preauth)
		status = krb5_check_challenge(ask, opened->rep.padata, step);
	*key = ask->key;
	if (status == SEC_E_OK)
		status = krb5_fast_finish(ask, opened, rep, key, step);
	return status;
}

static sec_status_t open_reply(struct krb5_ask *ask, struct krb5_cred *cred,
			       const struct krb5_key *key,
			       struct krb5_answer *answer,
			       struct sspi_step *step)
{
	const struct krb5_encrypted *enc = &answer->rep.enc;
	struct sspi_span plain;
	struct sspi_blob copy;
	sec_status_t status;
	int err;

	err = enc->enctype != key->type->number ? -EBADMSG :
	      krb5_open(key, KRB5_USAGE_AS_REP, enc->cipher, &copy, &plain);
	if (err)
		return krb5_refuse(step, krb5_status(err, SEC_E_LOGON_DENIED),
				   "the client's password or key is wrong");
	if (krb5_parse_enc_kdc_rep(plain, &answer->part))
		status = krb5_refuse(step, SEC_E_INVALID_TOKEN,
				     "malformed contents of the AS-REP");
	else
		status = check(ask, cred, key, answer, step);
	if (status == SEC_E_OK)
		status = krb5_ask_keep(ask, cred, answer,
				       &answer->part.server, KRB5_KIND_OWN,
				       step, &ask->tgt);
	if (status == SEC_E_OK)
		krb5_ask_settle_realm(ask);
	if (status == SEC_E_OK && cred->has_password)
		krb5_password_done(cred, &ask->key);
	ask->fresh = true;
	sspi_free(copy.data);
	return status;
}

static sec_status_t take_reply(struct krb5_ask *ask, struct krb5_cred *cred,
			       struct krb5_answer *answer,
			       struct sspi_step *step)
{
	struct krb5_key key = { };
	sec_status_t status;

	status = reply_key(ask, cred, answer, &key, step);
	if (status == SEC_E_OK)
		status = open_reply(ask, cred, &key, answer, step);
	krb5_key_wipe(&key);
	return status;
}

sec_status_t krb5_as_take(struct krb5_ask *ask, struct krb5_cred *cred,
			  struct sspi_step *step)
{
	struct krb5_answer *answer = &ask->answer;

	if (!krb5_parse_error(step->reply, &answer->error))
		return take_error(ask, cred, step);
	if (krb5_parse_kdc_rep(step->reply, &answer->rep) ||
	    answer->rep.type != KRB5_AS_REP)
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "malformed AS-REP");
	return take_reply(ask, cred, answer, step);
}
