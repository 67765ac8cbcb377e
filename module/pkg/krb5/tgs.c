// SPDX-License-Identifier: GPL-2.0-only
/* Kerberos: the ticket-granting service exchange and referrals, RFC 4120 3.3. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "pkg/krb5/ask.h"

/* The realm whose KDC a TGT is for: krbtgt/REALM. */
static struct sspi_span tgt_realm(const struct krb5_tkt *tgt)
{
	return tgt->server.name.part[1];
}

/* The TGS-REQ being made. */
struct request {
	struct krb5_ask *ask;
	struct krb5_cred *cred;
	struct sspi_blob body;
	struct sspi_blob cipher;
	struct sspi_blob ap_req;
	struct sspi_blob whole;
};

static sec_status_t grown(struct sspi_blob *out, int len)
{
	if (len < 0)
		return SEC_E_INTERNAL_ERROR;
	out->data = sspi_alloc(len ? len : 1);
	out->len = len;
	return out->data ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

static sec_status_t build_body(struct request *r, struct sspi_step *step)
{
	struct krb5_ask *ask = r->ask;
	struct krb5_req_body body = {
		.options = ask->implicit || r->cred->canonicalize ?
			   KRB5_KDC_CANONICALIZE : 0,
		.realm = tgt_realm(ask->tgt),
		.sname = ask->sname,
		.till = krb5_seconds(krb5_now(r->cred, step)) +
			KRB5_TILL_SECONDS,
		.nonce = ask->nonce,
		.etypes = r->cred->enctypes,
		.etype_count = r->cred->enctype_count,
	};
	sec_status_t status;

	status = grown(&r->body, krb5_build_req_body(&body, NULL, 0));
	if (status == SEC_E_OK)
		krb5_build_req_body(&body, r->body.data, r->body.len);
	return status;
}

/* The checksum of the body binds it to the authenticator (usage 6). */
static sec_status_t seal_authenticator(struct request *r,
				       struct sspi_step *step)
{
	const struct krb5_key *session = &r->ask->tgt->key;
	s64 now = krb5_now(r->cred, step);
	struct sspi_span body = krb5_span(&r->body);
	u8 sum[KRB5_MAX_CHECKSUM];
	struct krb5_authenticator auth = {
		.client = r->ask->tgt->client,
		.cksum = { session->type->checksum,
			   { sum, session->type->checksum_len } },
		.ctime = krb5_seconds(now),
		.cusec = krb5_usec(now),
		.subkey = { r->ask->subkey.type->number,
			    krb5_key_span(&r->ask->subkey) },
	};
	struct krb5_sum_key key;
	sec_status_t status;
	u8 *plain;
	int err, len;

	err = krb5_sum_prepare(&key, session, 0, KRB5_USAGE_TGS_REQ_SUM);
	if (!err)
		err = krb5_checksum(&key, &body, 1, sum);
	krb5_sum_wipe(&key);
	if (err)
		return krb5_status(err, SEC_E_INTERNAL_ERROR);
	len = krb5_build_authenticator(&auth, NULL, 0);
	status = krb5_seal_begin(session, len, &r->cipher, &plain);
	if (status != SEC_E_OK)
		return status;
	krb5_build_authenticator(&auth, plain, len);
	return krb5_seal_end(step, session, KRB5_USAGE_TGS_REQ_AUTH,
			     &r->cipher, len);
}

static sec_status_t build_request(struct request *r)
{
	struct krb5_ap_req ap = {
		.ticket.whole = r->ask->tgt->ticket,
		.authenticator = {
			.enctype = r->ask->tgt->key.type->number,
			.cipher = krb5_span(&r->cipher),
		},
	};
	struct krb5_padata pa = { .type = KRB5_PA_TGS_REQ };
	struct krb5_kdc_req req = {
		.type = KRB5_TGS_REQ,
		.padata = &pa,
		.padata_count = 1,
		.body = krb5_span(&r->body),
	};
	sec_status_t status;

	status = grown(&r->ap_req, krb5_build_ap_req(&ap, NULL, 0));
	if (status != SEC_E_OK)
		return status;
	krb5_build_ap_req(&ap, r->ap_req.data, r->ap_req.len);
	pa.value = krb5_span(&r->ap_req);
	status = grown(&r->whole, krb5_build_kdc_req(&req, NULL, 0));
	if (status == SEC_E_OK)
		krb5_build_kdc_req(&req, r->whole.data, r->whole.len);
	return status;
}

/* The service in its own realm, else the way there. */
sec_status_t krb5_tgs_send(struct krb5_ask *ask, struct krb5_nego *nego,
			   struct krb5_cred *cred, struct sspi_step *step)
{
	struct request r = { .ask = ask, .cred = cred };
	sec_status_t status;

	ask->stage = KRB5_STAGE_TGS;
	if (krb5_realm_equal(tgt_realm(ask->tgt), nego->target.realm))
		ask->sname = nego->target.name;
	else
		krb5_name_tgs(&ask->sname, nego->target.realm);
	status = krb5_draw_key(step, ask->tgt->key.type, &ask->subkey);
	if (status == SEC_E_OK)
		status = krb5_ask_nonce(ask, step);
	if (status == SEC_E_OK)
		status = build_body(&r, step);
	if (status == SEC_E_OK)
		status = seal_authenticator(&r, step);
	if (status == SEC_E_OK)
		status = build_request(&r);
	if (status == SEC_E_OK)
		status = krb5_ask_send(ask, tgt_realm(ask->tgt), &r.whole,
				       step);
	sspi_free(r.body.data);
	sspi_free(r.cipher.data);
	sspi_free(r.ap_req.data);
	sspi_free(r.whole.data);
	return status;
}

/* A TGT for another realm, RFC 6806 8: asked for, or instead of the service. */
static sec_status_t take_referral(struct krb5_ask *ask, struct krb5_nego *nego,
				  struct krb5_cred *cred,
				  const struct krb5_kdc_rep *rep,
				  const struct krb5_enc_kdc_rep *part,
				  struct sspi_step *step)
{
	struct krb5_tkt *tgt;
	sec_status_t status;

	if (krb5_realm_equal(part->server.name.part[1], tgt_realm(ask->tgt)))
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "the KDC refers to itself");
	if (++ask->referrals > KRB5_MAX_REFERRALS)
		return krb5_refuse(step, SEC_E_MAX_REFERRALS_EXCEEDED,
				   "too many referrals");
	status = krb5_ask_keep(cred, rep, part, &part->server, &tgt);
	if (status != SEC_E_OK)
		return status;
	if (ask->implicit)
		nego->target.realm = tgt->server.name.part[1];
	krb5_tkt_put(ask->tgt);
	ask->tgt = tgt;
	return SEC_E_OK;
}

/* RFC 4120 3.3.4. */
static sec_status_t take_part(struct krb5_ask *ask, struct krb5_nego *nego,
			      struct krb5_cred *cred,
			      const struct krb5_kdc_rep *rep,
			      const struct krb5_enc_kdc_rep *part,
			      struct sspi_step *step)
{
	bool wanted_tgs = krb5_name_is_tgs(&ask->sname);
	struct krb5_principal server = nego->target;
	sec_status_t status = krb5_ask_check(ask, cred, rep, part, step);

	if (status != SEC_E_OK)
		return status;
	if (!krb5_principal_equal(&rep->client, &ask->tgt->client))
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "the ticket is another client's");
	if (!krb5_realm_equal(part->server.realm, tgt_realm(ask->tgt)))
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "the ticket is of another realm");
	if (krb5_name_is_tgs(&part->server.name) &&
	    (wanted_tgs || ask->implicit))
		return take_referral(ask, nego, cred, rep, part, step);
	if (wanted_tgs || (!cred->canonicalize &&
			   !krb5_name_equal(&part->server.name, &ask->sname)))
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "the ticket is for another service");
	/* Found again under the name that it was asked for by. */
	if (ask->implicit)
		server.realm = cred->client.realm;
	return krb5_ask_keep(cred, rep, part, &server, &nego->tkt);
}

static sec_status_t take_reply(struct krb5_ask *ask, struct krb5_nego *nego,
			       struct krb5_cred *cred,
			       const struct krb5_kdc_rep *rep,
			       struct sspi_step *step)
{
	struct krb5_enc_kdc_rep part;
	struct sspi_span plain;
	struct sspi_blob copy;
	sec_status_t status;
	int err;

	if (rep->enc.enctype != ask->subkey.type->number)
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "the TGS-REP is under a key of another type");
	err = krb5_open(&ask->subkey, KRB5_USAGE_TGS_REP_SUBKEY,
			rep->enc.cipher, &copy, &plain);
	if (err)
		return krb5_refuse(step, krb5_status(err, SEC_E_INVALID_TOKEN),
				   "the TGS-REP does not decrypt");
	if (krb5_parse_enc_kdc_rep(plain, &part))
		status = krb5_refuse(step, SEC_E_INVALID_TOKEN,
				     "malformed contents of the TGS-REP");
	else
		status = take_part(ask, nego, cred, rep, &part, step);
	sspi_free(copy.data);
	return status;
}

sec_status_t krb5_tgs_take(struct krb5_ask *ask, struct krb5_nego *nego,
			   struct krb5_cred *cred, struct sspi_step *step)
{
	struct krb5_kdc_rep rep;
	struct krb5_error error;

	if (!krb5_parse_error(step->reply, &error)) {
		if (krb5_ask_learn(ask, cred, &error, step))
			return krb5_tgs_send(ask, nego, cred, step);
		return krb5_ask_error(&error, step);
	}
	if (krb5_parse_kdc_rep(step->reply, &rep) || rep.type != KRB5_TGS_REP)
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "malformed TGS-REP");
	return take_reply(ask, nego, cred, &rep, step);
}
