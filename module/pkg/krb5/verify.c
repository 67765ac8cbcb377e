// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kerberos: whether an AP-REQ is to be believed (RFC 4120 3.2.3, RFC 4121
 * 4.1.1). Stricter than most: the ticket's name must be one of the keytab's,
 * and only keys of that name and of the ticket's version are tried.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "codec/krb5_store.h"
#include "pkg/krb5/replay.h"
#include "pkg/krb5/verify.h"

/* Refused with an error that the peer may know. */
static sec_status_t deny(struct krb5_verify *v, struct sspi_step *step,
			 s32 code)
{
	v->code = code;
	return krb5_refuse(step, krb5_code_status(code), krb5_code_text(code));
}

static sec_status_t denyf(struct krb5_verify *v, struct sspi_step *step,
			  s32 code, const char *why)
{
	v->code = code;
	return krb5_refuse(step, krb5_code_status(code), why);
}

static sec_status_t parse(struct krb5_verify *v, struct sspi_step *step)
{
	if (krb5_parse_gss_token(step->input, &v->token) ||
	    v->token.mech == KRB5_MECH_U2U ||
	    v->token.id != KRB5_GSS_AP_REQ ||
	    krb5_parse_ap_req(v->token.body, &v->req))
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "the token is not an AP-REQ");
	if (v->req.options & KRB5_AP_USE_SESSION_KEY)
		return denyf(v, step, KRB5_ERR_NOKEY,
			     "user-to-user authentication is not supported");
	return SEC_E_OK;
}

/* How far the keytab gets: the code to refuse with. */
struct key_search {
	bool name;
	bool type;
	bool version;
	int err;
};

/* RFC 4120 3.2.3: the key of the ticket's server, type and version. */
static bool fits(const struct krb5_verify *v, struct key_search *found,
		 const struct krb5_keytab_entry *entry)
{
	const struct krb5_ticket *ticket = &v->req.ticket;
	u32 kvno = ticket->enc.kvno;

	if (!krb5_name_equal(&entry->principal.name, &ticket->sname) ||
	    !krb5_realm_equal(entry->principal.realm, ticket->realm))
		return false;
	found->name = true;
	if (entry->key.enctype != ticket->enc.enctype)
		return false;
	found->type = true;
	if (entry->low_kvno)
		kvno &= 0xff;
	if (ticket->enc.has_kvno && kvno != entry->kvno)
		return false;
	found->version = true;
	return true;
}

static bool try_entry(struct krb5_verify *v, struct key_search *found,
		      const struct krb5_keytab_entry *entry)
{
	struct sspi_span plain;

	struct krb5_seal_key seal;

	found->err = krb5_key_set(&v->service, entry->key.enctype,
				  entry->key.key);
	if (!found->err)
		found->err = krb5_ready_get(v->cred->ready, &v->service,
					    KRB5_USAGE_TICKET, &seal);
	if (!found->err)
		found->err = krb5_open_with(&seal, v->req.ticket.enc.cipher,
					    &v->ticket_copy, &plain);
	krb5_seal_wipe(&seal);
	if (found->err)
		return false;
	if (krb5_parse_enc_ticket(plain, &v->ticket))
		found->err = -EPROTO;
	return true;
}

/* The name must be one that the credential stands for. */
static bool for_us(const struct krb5_verify *v)
{
	const struct krb5_principal *service = &v->cred->service;

	if (!service->name.count)
		return true;
	return krb5_name_equal(&service->name, &v->req.ticket.sname) &&
	       (!service->realm.data ||
		krb5_realm_equal(service->realm, v->req.ticket.realm));
}

static sec_status_t open_ticket(struct krb5_verify *v, struct sspi_step *step)
{
	struct sspi_span list = v->cred->entries;
	struct krb5_keytab_entry entry;
	struct key_search found = { };

	if (!for_us(v))
		return deny(v, step, KRB5_ERR_NOT_US);
	if (!krb5_permitted(v->cred, v->req.ticket.enc.enctype))
		return deny(v, step, KRB5_ERR_ETYPE_NOSUPP);
	while (krb5_next_keytab_entry(&list, &entry) > 0) {
		if (!fits(v, &found, &entry))
			continue;
		if (try_entry(v, &found, &entry))
			break;
		if (found.err == -ENOMEM)
			return SEC_E_INSUFFICIENT_MEMORY;
	}
	if (!found.name || !found.type)
		return deny(v, step, KRB5_ERR_NOKEY);
	if (!found.version)
		return deny(v, step, KRB5_ERR_BADKEYVER);
	if (found.err == -EPROTO)
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "malformed contents of the ticket");
	if (found.err)
		return deny(v, step, KRB5_ERR_BAD_INTEGRITY);
	return SEC_E_OK;
}

static bool after(s64 ticks, s64 seconds)
{
	return ticks > krb5_ticks(seconds, 0);
}

static sec_status_t check_ticket(struct krb5_verify *v, struct sspi_step *step)
{
	const struct krb5_enc_ticket *t = &v->ticket;
	s64 start = t->starttime ? t->starttime : t->authtime;
	int err;

	if (t->flags & KRB5_TKT_INVALID)
		return denyf(v, step, KRB5_ERR_TKT_NYV,
			     "the ticket has yet to be validated");
	if (!after(v->now + v->cred->max_skew + 1, start))
		return deny(v, step, KRB5_ERR_TKT_NYV);
	if (after(v->now - v->cred->max_skew, t->endtime))
		return deny(v, step, KRB5_ERR_TKT_EXPIRED);
	/* RFC 4120 2.7: nobody here knows whom realms trust. */
	if (t->transited.len && !(t->flags & KRB5_TKT_TRANSITED_CHECKED))
		return denyf(v, step, KRB5_ERR_POLICY,
			     "the KDC did not check the realms on the way");
	if (!krb5_permitted(v->cred, t->key.enctype))
		return denyf(v, step, KRB5_ERR_ETYPE_NOSUPP,
			     "the session key is of a type that is not permitted");
	err = krb5_key_set(&v->session, t->key.enctype, t->key.key);
	if (err)
		return krb5_refuse(step, krb5_status(err, SEC_E_INVALID_TOKEN),
				   "the session key has a wrong length");
	return SEC_E_OK;
}

static sec_status_t open_authenticator(struct krb5_verify *v,
				       struct sspi_step *step)
{
	const struct krb5_encrypted *enc = &v->req.authenticator;
	struct sspi_span plain;
	int err;

	if (enc->enctype != v->session.type->number)
		return deny(v, step, KRB5_ERR_BAD_INTEGRITY);
	err = krb5_open(&v->session, KRB5_USAGE_AP_REQ_AUTH, enc->cipher,
			&v->auth_copy, &plain);
	if (err == -EBADMSG)
		return deny(v, step, KRB5_ERR_BAD_INTEGRITY);
	if (err)
		return krb5_status(err, SEC_E_INTERNAL_ERROR);
	if (krb5_parse_authenticator(plain, &v->auth)) {
		memset(&v->auth, 0, sizeof(v->auth));
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "malformed authenticator");
	}
	return SEC_E_OK;
}

static sec_status_t check_authenticator(struct krb5_verify *v,
					struct sspi_step *step)
{
	const struct krb5_authenticator *auth = &v->auth;
	s64 off = v->now - krb5_ticks(auth->ctime, auth->cusec);

	if (!krb5_principal_equal(&auth->client, &v->ticket.client))
		return deny(v, step, KRB5_ERR_BADMATCH);
	if (off > v->cred->max_skew || off < -v->cred->max_skew)
		return deny(v, step, KRB5_ERR_SKEW);
	if (auth->cksum.type != KRB5_CKSUM_GSS || !auth->cksum.sum.data)
		return deny(v, step, KRB5_ERR_INAPP_CKSUM);
	if (krb5_parse_gss_cksum(auth->cksum.sum, &v->sum))
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "malformed checksum of the authenticator");
	return SEC_E_OK;
}

/*
 * Bnd, RFC 4121 4.1.1.2. Zero is what a peer without bindings sends; one that
 * says it would have sent some (MS-KILE 3.4.5) has had them taken away.
 */
static sec_status_t check_bindings(struct krb5_verify *v,
				   struct sspi_step *step)
{
	static const u8 none[KRB5_GSS_BND_LEN];

	if (!v->nego->has_bindings)
		return SEC_E_OK;
	if (sspi_equal_ct(v->sum.bindings, v->nego->bindings,
			  KRB5_GSS_BND_LEN))
		return SEC_E_OK;
	if (v->nego->req & ASC_REQ_ALLOW_MISSING_BINDINGS &&
	    !(v->options & KRB5_AP_OPTIONS_CBT) &&
	    sspi_equal_ct(v->sum.bindings, none, sizeof(none)))
		return SEC_E_OK;
	return deny(v, step, KRB5_ERR_BAD_BINDINGS);
}

static bool known_authdata(s32 type)
{
	switch (type) {
	case KRB5_AD_IF_RELEVANT:
	case KRB5_AD_KDC_ISSUED:
	case KRB5_AD_MANDATORY_FOR_KDC:
	case KRB5_AD_INITIAL_VERIFIED_CAS:
	case KRB5_AD_ETYPE_NEGOTIATION:
	case KRB5_AD_CAMMAC:
	case KRB5_AD_AUTH_INDICATOR:
	case KRB5_AD_WIN2K_PAC:
	case KRB5_AD_RESTRICTIONS:
	case KRB5_AD_AP_OPTIONS:
	case KRB5_AD_TARGET_PRINCIPAL:
		return true;
	default:
		return false;
	}
}

/* RFC 4537 3: the first of the client's list that is permitted here. */
static void choose_type(struct krb5_verify *v, struct sspi_span data)
{
	struct sspi_span list;
	s32 enctype;

	if (krb5_parse_s32_list(data, &list))
		return;
	while (krb5_next_s32(&list, &enctype) > 0) {
		const struct krb5_enctype *type = krb5_enctype_find(enctype);

		if (type && type->rfc4121 &&
		    krb5_permitted(v->cred, enctype)) {
			v->reply_type = type;
			return;
		}
	}
}

/* What the client says of itself; malformed, it says nothing. */
static void take_clients(struct krb5_verify *v, const struct krb5_ad *ad)
{
	switch (ad->type) {
	case KRB5_AD_ETYPE_NEGOTIATION:
		choose_type(v, ad->data);
		break;
	case KRB5_AD_AP_OPTIONS:
		if (ad->data.len >= 4)
			v->options = ad->data.data[0] | ad->data.data[1] << 8;
		break;
	case KRB5_AD_TARGET_PRINCIPAL:
		v->target = ad->data;
		break;
	}
}

/*
 * RFC 4120 5.2.6: what is not known and not inside AD-IF-RELEVANT refuses the
 * request. That restricts: whoever added it wanted less to be allowed.
 */
static sec_status_t walk_authdata(struct krb5_verify *v,
				  struct sspi_span list, bool clients,
				  struct sspi_step *step)
{
	struct krb5_ad_walk walk;
	struct krb5_ad ad;
	int more;

	if (!list.data)
		return SEC_E_OK;
	krb5_ad_walk_init(&walk, list);
	while ((more = krb5_ad_walk_next(&walk, &ad)) > 0) {
		if (!ad.if_relevant && !known_authdata(ad.type))
			return denyf(v, step, KRB5_ERR_POLICY,
				     "authorization data that is mandatory and not known");
		if (clients)
			take_clients(v, &ad);
		else if (ad.type == KRB5_AD_WIN2K_PAC && !v->pac.data)
			v->pac = ad.data;
	}
	if (more < 0)
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "malformed authorization data");
	return SEC_E_OK;
}

static sec_status_t take_subkey(struct krb5_verify *v, struct sspi_step *step)
{
	const struct krb5_keyview *key = &v->auth.subkey;
	int err;

	if (!key->key.data)
		return SEC_E_OK;
	if (!krb5_permitted(v->cred, key->enctype))
		return denyf(v, step, KRB5_ERR_ETYPE_NOSUPP,
			     "the subkey is of a type that is not permitted");
	err = krb5_key_set(&v->subkey, key->enctype, key->key);
	if (err)
		return krb5_refuse(step, krb5_status(err, SEC_E_INVALID_TOKEN),
				   "the subkey has a wrong length");
	return SEC_E_OK;
}

static sec_status_t check_contents(struct krb5_verify *v,
				   struct sspi_step *step)
{
	const struct krb5_enctype *type;
	sec_status_t status;

	status = take_subkey(v, step);
	if (status != SEC_E_OK)
		return status;
	/* RFC 4121 2: an acceptor that can sends its own. */
	type = v->subkey.type ? v->subkey.type : v->session.type;
	if (type->rfc4121)
		v->reply_type = type;
	status = walk_authdata(v, v->ticket.authdata, false, step);
	if (status == SEC_E_OK)
		status = walk_authdata(v, v->auth.authdata, true, step);
	return status;
}

/* Last: what is refused for another reason may come again, put right. */
static sec_status_t check_replay(struct krb5_verify *v, struct sspi_step *step)
{
	sec_status_t status;

	status = krb5_replay_check(v->cred, step->env,
				   v->req.authenticator.cipher,
				   v->session.type,
				   krb5_ticks(v->auth.ctime, v->auth.cusec),
				   v->now);
	if (status == SEC_E_TIME_SKEW)
		return denyf(v, step, KRB5_ERR_SKEW,
			     "made before this acceptor could remember what it has seen");
	if (status == SEC_E_LOGON_DENIED)
		return deny(v, step, KRB5_ERR_REPEAT);
	if (status == SEC_E_INSUFFICIENT_MEMORY)
		step->reason = "no room in the replay cache";
	return status;
}

sec_status_t krb5_verify_request(struct krb5_verify *v, struct sspi_step *step)
{
	static sec_status_t (*const checks[])(struct krb5_verify *v,
					      struct sspi_step *step) = {
		parse, open_ticket, check_ticket, open_authenticator,
		check_authenticator, check_contents, check_bindings,
		krb5_pac_check, krb5_deleg_read, check_replay,
	};
	sec_status_t status = SEC_E_OK;
	size_t i;

	v->now = step->env->now(step->env);
	for (i = 0; i < ARRAY_SIZE(checks) && status == SEC_E_OK; i++)
		status = checks[i](v, step);
	return status;
}

void krb5_verify_free(struct krb5_verify *v)
{
	sspi_free(v->ticket_copy.data);
	sspi_free(v->auth_copy.data);
	sspi_free(v);
}
