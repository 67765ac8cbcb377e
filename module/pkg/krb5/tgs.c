// SPDX-License-Identifier: GPL-2.0-only
/* Kerberos: the ticket-granting service exchange and referrals, RFC 4120 3.3. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "pkg/krb5/fast.h"
#include "pkg/krb5/s4u.h"

/* The TGS-REQ being made. */
struct request {
	struct krb5_ask *ask;
	struct krb5_cred *cred;
	struct sspi_blob body;
	struct sspi_blob ap_req;
	struct krb5_s4u s4u;
	struct sspi_blob fast;
	struct sspi_blob whole;
};

static u32 usual_options(const struct krb5_ask *ask,
			 const struct krb5_cred *cred)
{
	u32 options = ask->tgt->flags & KRB5_TKT_FORWARDABLE ?
		      KRB5_KDC_FORWARDABLE : 0;

	if (ask->stage == KRB5_STAGE_PROXY)
		options |= KRB5_KDC_CNAME_IN_ADDL_TKT;
	if (ask->goal.implicit || cred->canonicalize)
		options |= KRB5_KDC_CANONICALIZE;
	if (ask->goal.options & KRB5_KDC_RENEW)
		options |= KRB5_KDC_RENEWABLE;
	return options;
}

static sec_status_t build_body(struct request *r, struct sspi_step *step)
{
	struct krb5_ask *ask = r->ask;
	struct krb5_req_body body = {
		.options = ask->goal.options | usual_options(ask, r->cred),
		.realm = krb5_tgt_realm(ask->tgt),
		.sname = ask->sname,
		.nonce = ask->nonce,
		.etypes = r->cred->enctypes,
		.etype_count = r->cred->enctype_count,
	};
	sec_status_t status;

	if (ask->stage == KRB5_STAGE_PROXY) {
		body.tickets = &ask->evidence->ticket;
		body.ticket_count = 1;
	}
	body.till = krb5_seconds(krb5_now(r->cred, step)) + KRB5_TILL_SECONDS;
	ask->till = body.till;
	if (body.options & KRB5_KDC_RENEWABLE)
		body.rtime = ask->tgt->renew_till;
	status = krb5_grow(&r->body, krb5_build_req_body(&body, NULL, 0));
	if (status == SEC_E_OK)
		krb5_build_req_body(&body, r->body.data, r->body.len);
	return status;
}

/* The checksum of the body binds it to the authenticator (usage 6). */
static sec_status_t build_ap_req(struct request *r, struct sspi_step *step)
{
	const struct krb5_key *session = &r->ask->tgt->key;
	struct sspi_span body = krb5_span(&r->body);
	u8 sum[KRB5_MAX_CHECKSUM];
	struct krb5_kdc_ap ap = {
		.tkt = r->ask->tgt,
		.subkey = &r->ask->subkey,
		.usage = KRB5_USAGE_TGS_REQ_AUTH,
		.cksum = { session->type->checksum,
			   { sum, session->type->checksum_len } },
	};
	struct krb5_sum_key key;
	int err;

	err = krb5_sum_prepare(&key, session, 0, KRB5_USAGE_TGS_REQ_SUM);
	if (!err)
		err = krb5_checksum(&key, &body, 1, sum);
	krb5_sum_wipe(&key);
	if (err)
		return krb5_status(err, SEC_E_INTERNAL_ERROR);
	return krb5_kdc_ap_req(r->cred, step, &ap, &r->ap_req);
}

/* In armour what is not the AP-REQ goes inside, and the body goes twice. */
static sec_status_t build_request(struct request *r, struct sspi_step *step)
{
	struct krb5_padata pa[1 + KRB5_S4U_PADATA] = {
		{ KRB5_PA_TGS_REQ, krb5_span(&r->ap_req) },
	};
	struct krb5_fast_req inner = {
		.padata = r->s4u.pa,
		.padata_count = r->s4u.count,
		.body = krb5_span(&r->body),
	};
	struct krb5_kdc_req req = {
		.type = KRB5_TGS_REQ,
		.padata = pa,
		.padata_count = 1 + r->s4u.count,
		.body = krb5_span(&r->body),
	};
	sec_status_t status = SEC_E_OK;

	memcpy(pa + 1, r->s4u.pa, sizeof(r->s4u.pa));
	if (krb5_armored(r->ask)) {
		status = krb5_fast_wrap(r->ask, step, &inner,
					(struct sspi_span){}, pa[0].value,
					&r->fast);
		pa[1] = (struct krb5_padata){ KRB5_PA_FX_FAST,
					      krb5_span(&r->fast) };
		req.padata_count = 2;
	}
	if (status == SEC_E_OK)
		status = krb5_grow(&r->whole, krb5_build_kdc_req(&req, NULL, 0));
	if (status == SEC_E_OK)
		krb5_build_kdc_req(&req, r->whole.data, r->whole.len);
	return status;
}

/* A KDC that has said that it does FAST gets it (RFC 6806 11, RFC 6113 5.4). */
static sec_status_t put_on_armor(struct krb5_ask *ask)
{
	krb5_key_wipe(&ask->armor);
	return ask->tgt->fast ? krb5_fast_armor_tgs(ask) : SEC_E_OK;
}

static sec_status_t build(struct request *r, struct sspi_step *step)
{
	struct krb5_ask *ask = r->ask;
	sec_status_t status;

	status = krb5_draw_key(step, ask->tgt->key.type, &ask->subkey);
	if (status == SEC_E_OK)
		status = put_on_armor(ask);
	if (status == SEC_E_OK)
		status = krb5_ask_nonce(ask, step);
	if (status == SEC_E_OK)
		status = build_body(r, step);
	if (status == SEC_E_OK)
		status = build_ap_req(r, step);
	if (status == SEC_E_OK)
		status = krb5_s4u_build(ask, r->cred, &r->s4u);
	if (status == SEC_E_OK)
		status = build_request(r, step);
	return status;
}

/* The service in its own realm, else the way there. */
static sec_status_t choose(struct krb5_ask *ask, struct krb5_cred *cred,
			   struct sspi_step *step)
{
	if (ask->goal.kind == KRB5_KIND_FOR_USER)
		return krb5_s4u_next(ask, cred, step);
	ask->stage = KRB5_STAGE_TGS;
	if (krb5_realm_equal(krb5_tgt_realm(ask->tgt), ask->realm))
		ask->sname = ask->goal.server.name;
	else
		krb5_name_tgs(&ask->sname, ask->realm);
	return SEC_E_OK;
}

/*
 * Randomness: the subkey, nonce, the authenticator's confounder; with armour
 * its confounder.
 */
sec_status_t krb5_tgs_send(struct krb5_ask *ask, struct krb5_cred *cred,
			   struct sspi_step *step)
{
	struct request r = { .ask = ask, .cred = cred };
	sec_status_t status = choose(ask, cred, step);

	if (status == SEC_E_OK)
		status = build(&r, step);
	if (status == SEC_E_OK)
		status = krb5_ask_send(ask, krb5_tgt_realm(ask->tgt), &r.whole,
				       step);
	sspi_free(r.body.data);
	sspi_free(r.ap_req.data);
	krb5_s4u_free(&r.s4u);
	sspi_free(r.fast.data);
	sspi_free(r.whole.data);
	return status;
}

/* A realm where the exchange has been comes up again only in a circle. */
static bool been_there(const struct krb5_ask *ask, struct sspi_span realm)
{
	unsigned int i;

	if (krb5_realm_equal(realm, krb5_tgt_realm(ask->tgt)))
		return true;
	for (i = 0; i < ask->referrals; i++)
		if (krb5_realm_equal(realm, krb5_tgt_realm(ask->path[i])))
			return true;
	return false;
}

/* A TGT for another realm, RFC 6806 8: asked for, or instead of the service. */
static sec_status_t take_referral(struct krb5_ask *ask, struct krb5_cred *cred,
				  const struct krb5_answer *answer,
				  struct sspi_step *step)
{
	const struct krb5_principal *server = &answer->part.server;
	struct krb5_tkt *tgt;
	sec_status_t status;

	if (been_there(ask, server->name.part[1]))
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "the KDC refers to where we have been");
	if (ask->referrals == KRB5_MAX_REFERRALS)
		return krb5_refuse(step, SEC_E_MAX_REFERRALS_EXCEEDED,
				   "too many referrals");
	status = krb5_ask_keep(ask, cred, answer, server, KRB5_KIND_OWN, step,
			       &tgt);
	if (status != SEC_E_OK)
		return status;
	if (ask->goal.implicit)
		ask->realm = krb5_tgt_realm(tgt);
	ask->path[ask->referrals++] = ask->tgt;
	ask->tgt = tgt;
	return SEC_E_OK;
}

/* The ticket that was asked for by its own name. */
static bool is_goal(const struct krb5_ask *ask,
		    const struct krb5_principal *server)
{
	return krb5_realm_equal(krb5_tgt_realm(ask->tgt), ask->realm) &&
	       krb5_name_equal(&server->name, &ask->goal.server.name);
}

/* RFC 4120 3.3.4. */
static sec_status_t take_part(struct krb5_ask *ask, struct krb5_cred *cred,
			      const struct krb5_answer *answer,
			      struct sspi_step *step)
{
	const struct krb5_principal *server = &answer->part.server;
	bool wanted_tgs = krb5_name_is_tgs(&ask->sname);
	sec_status_t status = krb5_ask_check(ask, cred, answer, step);

	if (status != SEC_E_OK)
		return status;
	if (ask->stage != KRB5_STAGE_TGS)
		return krb5_s4u_take(ask, cred, answer, step);
	if (!krb5_principal_equal(&answer->rep.client, &ask->tgt->client))
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "the ticket is another client's");
	if (!krb5_realm_equal(server->realm, krb5_tgt_realm(ask->tgt)))
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "the ticket is of another realm");
	if (!is_goal(ask, server)) {
		if (krb5_name_is_tgs(&server->name) &&
		    (wanted_tgs || ask->goal.implicit))
			return take_referral(ask, cred, answer, step);
		if (wanted_tgs || !cred->canonicalize)
			return krb5_refuse(step, SEC_E_INVALID_TOKEN,
					   "the ticket is for another service");
	}
	if (ask->goal.options & KRB5_KDC_RENEW &&
	    answer->part.endtime <= ask->tgt->endtime)
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "the renewed ticket is no newer");
	if (ask->goal.options & ~answer->part.flags & KRB5_KDC_FORWARDED)
		return krb5_refuse(step, SEC_E_DELEGATION_POLICY,
				   "the KDC does not forward the ticket");
	/* Found again under the name that it was asked for by. */
	return krb5_ask_keep(ask, cred, answer, &ask->goal.server,
			     ask->goal.kind, step, &ask->tkt);
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

	if (enc->enctype != key->type->number)
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "the TGS-REP is under a key of another type");
	err = krb5_open(key, KRB5_USAGE_TGS_REP_SUBKEY, enc->cipher, &copy,
			&plain);
	if (err)
		return krb5_refuse(step, krb5_status(err, SEC_E_INVALID_TOKEN),
				   "the TGS-REP does not decrypt");
	if (krb5_parse_enc_kdc_rep(plain, &answer->part))
		status = krb5_refuse(step, SEC_E_INVALID_TOKEN,
				     "malformed contents of the TGS-REP");
	else
		status = take_part(ask, cred, answer, step);
	sspi_free(copy.data);
	return status;
}

static sec_status_t take_reply(struct krb5_ask *ask, struct krb5_cred *cred,
			       struct krb5_answer *answer,
			       struct sspi_step *step)
{
	struct krb5_fast_opened *opened = &answer->opened;
	struct sspi_span padata = answer->rep.padata;
	struct krb5_key key = ask->subkey;
	sec_status_t status = SEC_E_OK;

	if (krb5_armored(ask)) {
		status = krb5_fast_open(ask, padata, opened, step);
		if (status == SEC_E_OK)
			status = krb5_fast_finish(ask, opened, &answer->rep,
						  &key, step);
		padata = opened->rep.padata;
	}
	if (status == SEC_E_OK)
		status = krb5_s4u_check(ask, cred, padata, step);
	if (status == SEC_E_OK)
		status = open_reply(ask, cred, &key, answer, step);
	krb5_key_wipe(&key);
	return status;
}

/*
 * The TGS does not take a TGT of ours any more: its key was changed, or it was
 * revoked. Whoever can gets another; nobody has signed the error, but all that
 * it can do is to make us ask again, once.
 */
static bool tgt_is_gone(const struct krb5_ask *ask,
			const struct krb5_cred *cred, s32 code)
{
	if (ask->fresh || ask->goal.tgt || !krb5_has_long_term(cred))
		return false;
	return code == KRB5_ERR_TGT_REVOKED || code == KRB5_ERR_TKT_EXPIRED ||
	       code == KRB5_ERR_BAD_INTEGRITY || code == KRB5_ERR_BADKEYVER ||
	       code == KRB5_ERR_MODIFIED;
}

static sec_status_t another_tgt(struct krb5_ask *ask, struct krb5_cred *cred,
				struct sspi_step *step)
{
	krb5_tkt_forget(cred, ask->tgt);
	krb5_tkt_put(ask->tgt);
	ask->tgt = NULL;
	ask->realm = ask->goal.server.realm;
	while (ask->referrals)
		krb5_tkt_put(ask->path[--ask->referrals]);
	return krb5_ask_initial(ask, cred, step);
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
	else if (krb5_ask_learn(ask, cred, error, step))
		status = krb5_tgs_send(ask, cred, step);
	else if (tgt_is_gone(ask, cred, error->code))
		status = another_tgt(ask, cred, step);
	else
		status = krb5_ask_error(error, step);
	return status;
}

sec_status_t krb5_tgs_take(struct krb5_ask *ask, struct krb5_cred *cred,
			   struct sspi_step *step)
{
	struct krb5_answer *answer = &ask->answer;

	if (!krb5_parse_error(step->reply, &answer->error))
		return take_error(ask, cred, step);
	if (krb5_parse_kdc_rep(step->reply, &answer->rep) ||
	    answer->rep.type != KRB5_TGS_REP)
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "malformed TGS-REP");
	return take_reply(ask, cred, answer, step);
}
