// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kerberos: FAST, RFC 6113 5.4. Under a key that the KDC and we have already,
 * a request can be read by nobody else, an answer or an error is the KDC's, and
 * a password cannot be guessed from what goes over the wire. Whoever is given
 * armour wants it: an answer without it is refused, never taken instead.
 */
#include <linux/errno.h>
#include <linux/string.h>

#include "pkg/krb5/fast.h"

/* KRB-FX-CF2 with two texts, 5.1. */
sec_status_t krb5_combine(struct krb5_key *out, const struct krb5_key *key1,
			  const char *pepper1, const struct krb5_key *key2,
			  const char *pepper2)
{
	return krb5_status(krb5_cf2(out, key1->type, key1, krb5_text(pepper1),
				    key2, krb5_text(pepper2)),
			   SEC_E_INVALID_TOKEN);
}

/* 5.4.1.1: both ways to armour end here. */
static sec_status_t armor_key(struct krb5_ask *ask,
			      const struct krb5_key *subkey,
			      const struct krb5_key *session)
{
	return krb5_combine(&ask->armor, subkey, "subkeyarmor", session,
			    "ticketarmor");
}

sec_status_t krb5_fast_armor_tgs(struct krb5_ask *ask)
{
	return armor_key(ask, &ask->subkey, &ask->tgt->key);
}

/* Randomness: the subkey, then the authenticator's confounder. */
sec_status_t krb5_fast_armor_as(struct krb5_ask *ask, struct krb5_cred *cred,
				struct sspi_step *step,
				struct sspi_blob *ap_req)
{
	struct krb5_principal tgs = { .realm = ask->client.realm };
	struct krb5_kdc_ap ap = { .usage = KRB5_USAGE_AP_REQ_AUTH };
	struct krb5_key subkey;
	struct krb5_tkt *tkt;
	sec_status_t status;

	krb5_name_tgs(&tgs.name, ask->client.realm);
	tkt = krb5_tkt_find(cred, &tgs, KRB5_KIND_ARMOR,
			    krb5_seconds(krb5_now(cred, step)));
	if (!tkt)
		return krb5_refuse(step, SEC_E_NO_CREDENTIALS,
				   "no ticket to armour a request to the realm with");
	ap.tkt = tkt;
	ap.subkey = &subkey;
	status = krb5_draw_key(step, tkt->key.type, &subkey);
	if (status == SEC_E_OK)
		status = krb5_kdc_ap_req(cred, step, &ap, ap_req);
	if (status == SEC_E_OK)
		status = armor_key(ask, &subkey, &tkt->key);
	krb5_key_wipe(&subkey);
	krb5_tkt_put(tkt);
	return status;
}

static sec_status_t checksum(const struct krb5_key *key, u32 usage,
			     struct sspi_span data, u8 *sum)
{
	struct krb5_sum_key prepared;
	int err;

	err = krb5_sum_prepare(&prepared, key, 0, usage);
	if (!err)
		err = krb5_checksum(&prepared, &data, 1, sum);
	krb5_sum_wipe(&prepared);
	return krb5_status(err, SEC_E_INTERNAL_ERROR);
}

static sec_status_t seal_request(const struct krb5_ask *ask,
				 struct sspi_step *step,
				 const struct krb5_fast_req *req,
				 struct sspi_blob *cipher)
{
	int len = krb5_build_fast_req(req, NULL, 0);
	sec_status_t status;
	u8 *plain;

	status = krb5_seal_begin(&ask->armor, len, cipher, &plain);
	if (status != SEC_E_OK)
		return status;
	krb5_build_fast_req(req, plain, len);
	return krb5_seal_end(step, &ask->armor, KRB5_USAGE_FAST_ENC, cipher,
			     len);
}

sec_status_t krb5_fast_wrap(const struct krb5_ask *ask, struct sspi_step *step,
			    const struct krb5_fast_req *req,
			    struct sspi_span ap_req, struct sspi_span summed,
			    struct sspi_blob *out)
{
	u8 sum[KRB5_MAX_CHECKSUM];
	struct krb5_fast_armored_req armored = {
		.armor = { KRB5_FX_FAST_ARMOR_AP_REQUEST, ap_req },
		.cksum = { ask->armor.type->checksum,
			   { sum, ask->armor.type->checksum_len } },
		.enc = { .enctype = ask->armor.type->number },
	};
	struct sspi_blob cipher = { };
	sec_status_t status;

	status = checksum(&ask->armor, KRB5_USAGE_FAST_REQ_SUM, summed, sum);
	if (status == SEC_E_OK)
		status = seal_request(ask, step, req, &cipher);
	armored.enc.cipher = krb5_span(&cipher);
	if (status == SEC_E_OK)
		status = krb5_grow(out, krb5_build_fast_request(&armored, NULL,
								0));
	if (status == SEC_E_OK)
		krb5_build_fast_request(&armored, out->data, out->len);
	sspi_free(cipher.data);
	return status;
}

sec_status_t krb5_fast_open(const struct krb5_ask *ask, struct sspi_span padata,
			    struct krb5_fast_opened *opened,
			    struct sspi_step *step)
{
	struct sspi_span value, plain;
	struct krb5_encrypted enc;
	int err;

	if (!padata.data || !krb5_find_padata(padata, KRB5_PA_FX_FAST, &value))
		return krb5_refuse(step, SEC_E_DOWNGRADE_DETECTED,
				   "the KDC's answer has no armour");
	if (krb5_parse_fast_reply(value, &enc))
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "malformed armour of the KDC's answer");
	if (enc.enctype != ask->armor.type->number)
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "the armour is under a key of another type");
	err = krb5_open(&ask->armor, KRB5_USAGE_FAST_REP, enc.cipher,
			&opened->copy, &plain);
	if (err)
		return krb5_refuse(step, krb5_status(err, SEC_E_INVALID_TOKEN),
				   "the armour of the KDC's answer does not open");
	if (krb5_parse_fast_response(plain, &opened->rep))
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "malformed contents of the armour");
	if (opened->rep.nonce != ask->nonce)
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "the armour is of another answer");
	return SEC_E_OK;
}

/* 5.4.3: the new reply key is of the type of the strengthening one. */
static sec_status_t strengthen(const struct krb5_fast_response *response,
			       struct krb5_key *key, struct sspi_step *step)
{
	struct krb5_key with, out;
	sec_status_t status;
	int err;

	if (!response->strengthen_key.key.data)
		return SEC_E_OK;
	err = krb5_key_set(&with, response->strengthen_key.enctype,
			   response->strengthen_key.key);
	if (err)
		return krb5_refuse(step, krb5_status(err, SEC_E_INVALID_TOKEN),
				   "the strengthening key has a wrong length or type");
	status = krb5_combine(&out, &with, "strengthenkey", key, "replykey");
	if (status == SEC_E_OK)
		*key = out;
	krb5_key_wipe(&with);
	krb5_key_wipe(&out);
	return status;
}

/* The ticket is outside the armour: this is what holds it. */
sec_status_t krb5_fast_finish(const struct krb5_ask *ask,
			      const struct krb5_fast_opened *opened,
			      struct krb5_kdc_rep *rep, struct krb5_key *key,
			      struct sspi_step *step)
{
	const struct krb5_fast_finished *finished = &opened->rep.finished;
	struct sspi_span ticket = rep->ticket.whole;
	struct krb5_sum_key sum;
	int err;

	if (!opened->rep.has_finished)
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "the armour of a ticket is not finished");
	err = krb5_sum_prepare(&sum, &ask->armor, finished->ticket_cksum.type,
			       KRB5_USAGE_FAST_FINISHED);
	if (!err)
		err = krb5_checksum_verify(&sum, &ticket, 1,
					   finished->ticket_cksum.sum);
	krb5_sum_wipe(&sum);
	if (err)
		return krb5_refuse(step, krb5_status(err, SEC_E_INVALID_TOKEN),
				   "the ticket is not the one in the armour");
	/* The name outside may be hidden, or anybody's. */
	rep->client = finished->client;
	return strengthen(&opened->rep, key, step);
}

/* What makes a client say more about its key, or go elsewhere. */
static bool needs_armor(s32 code)
{
	return code == KRB5_ERR_PREAUTH_REQUIRED ||
	       code == KRB5_ERR_PREAUTH_FAILED ||
	       code == KRB5_ERR_PREAUTH_EXPIRED ||
	       code == KRB5_ERR_MORE_PREAUTH ||
	       code == KRB5_ERR_WRONG_REALM;
}

sec_status_t krb5_fast_error(const struct krb5_ask *ask,
			     struct krb5_error *error,
			     struct sspi_span *methods,
			     struct krb5_fast_opened *opened,
			     struct sspi_step *step)
{
	struct sspi_span value;
	sec_status_t status;

	*methods = (struct sspi_span){};
	if (error->data.data && krb5_parse_method_data(error->data, methods))
		*methods = (struct sspi_span){};
	if (!krb5_armored(ask))
		return SEC_E_OK;
	/* A KDC that cannot open the armour has no other way to say so. */
	if (!methods->data ||
	    !krb5_find_padata(*methods, KRB5_PA_FX_FAST, &value))
		return needs_armor(error->code) ?
		       krb5_refuse(step, SEC_E_DOWNGRADE_DETECTED,
				   "the KDC's error has no armour") : SEC_E_OK;
	status = krb5_fast_open(ask, *methods, opened, step);
	if (status != SEC_E_OK)
		return status;
	*methods = opened->rep.padata;
	if (!krb5_find_padata(*methods, KRB5_PA_FX_ERROR, &value) ||
	    krb5_parse_error(value, error))
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "the armour of an error has none in it");
	return SEC_E_OK;
}
