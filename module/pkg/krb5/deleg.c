// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kerberos: a TGT for the acceptor to act with as the client, RFC 4121 4.1.1,
 * RFC 4120 2.6 and 5.8.
 *
 * The initiator forwards one if its caller asks for it and the KDC trusts the
 * service with it: OK-AS-DELEGATE in the service's ticket (RFC 4120 2.8). When
 * there is none to be had the context goes on without, and its flags say so.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "codec/krb5_cred.h"
#include "pkg/krb5/ask.h"
#include "pkg/krb5/verify.h"

#define MAX_DELEGATED	8
#define ENCTYPE_NULL	0	/* RFC 6448 */

/* Who acts for a user (MS-SFU) has no TGT of the user's, only its own. */
static bool wanted(const struct krb5_nego *nego, const struct krb5_cred *cred)
{
	return nego->req & ISC_REQ_DELEGATE && !cred->user.name.count &&
	       nego->req & (ISC_REQ_MUTUAL_AUTH | ISC_REQ_USE_DCE_STYLE) &&
	       nego->tkt->flags & KRB5_TKT_OK_AS_DELEGATE;
}

/* Whether the client's own TGT may be forwarded, as far as we know. */
static bool forwardable(struct krb5_cred *cred,
			const struct krb5_principal *tgs, s64 now)
{
	struct krb5_tkt *tgt = krb5_tkt_find(cred, tgs, KRB5_KIND_OWN, now);
	bool may = !tgt || tgt->flags & KRB5_TKT_FORWARDABLE;

	krb5_tkt_put(tgt);
	return may;
}

/*
 * With nego->tkt at hand: SEC_E_OK, with nego->forwarded or without, or
 * SEC_I_ASYNC_CALL_PENDING.
 */
sec_status_t krb5_forward(struct krb5_nego *nego, struct krb5_cred *cred,
			  struct sspi_step *step)
{
	s64 now = krb5_seconds(krb5_now(cred, step));
	struct krb5_goal goal = {
		.server.realm = cred->client.realm,
		.kind = KRB5_KIND_FORWARDED,
		.options = KRB5_KDC_FORWARDED | KRB5_KDC_FORWARDABLE,
	};
	sec_status_t status;

	if (!wanted(nego, cred))
		return SEC_E_OK;
	krb5_name_tgs(&goal.server.name, cred->client.realm);
	if (!nego->ask && !forwardable(cred, &goal.server, now))
		return SEC_E_OK;
	status = krb5_ask_run(&nego->ask, &goal, cred, step, &nego->forwarded);
	if (status == SEC_I_ASYNC_CALL_PENDING ||
	    status == SEC_E_INSUFFICIENT_MEMORY ||
	    status == SEC_E_INTERNAL_ERROR)
		return status;
	/* Nobody gets the TGT of another than whom the ticket is of. */
	if (status == SEC_E_OK &&
	    !krb5_principal_equal(&nego->forwarded->client,
				  &nego->tkt->client)) {
		krb5_tkt_put(nego->forwarded);
		nego->forwarded = NULL;
	}
	/* A KDC that does not forward is no reason not to talk to the service. */
	step->reason = NULL;
	return SEC_E_OK;
}

/* EncKrbCredPart of one ticket. */
static sec_status_t build_part(const struct krb5_nego *nego,
			       struct sspi_blob *out)
{
	const struct krb5_tkt *tkt = nego->forwarded;
	struct krb5_cred_info info = {
		.key = { tkt->key.type->number, krb5_key_span(&tkt->key) },
		.client = tkt->client,
		.has_flags = true,
		.flags = tkt->flags,
		.starttime = tkt->starttime,
		.endtime = tkt->endtime,
		.renew_till = tkt->renew_till,
		.server = tkt->server,
	};
	struct krb5_enc_cred part = {
		.timestamp = nego->ctime,
		.has_usec = true,
		.usec = nego->cusec,
	};
	struct sspi_blob infos;
	int len = krb5_build_cred_info(&info, NULL, 0);

	if (len < 0)
		return SEC_E_INTERNAL_ERROR;
	infos.data = sspi_alloc(len);
	if (!infos.data)
		return SEC_E_INSUFFICIENT_MEMORY;
	infos.len = len;
	krb5_build_cred_info(&info, infos.data, len);
	part.infos = krb5_span(&infos);
	len = krb5_build_enc_cred(&part, NULL, 0);
	out->data = len < 0 ? NULL : sspi_alloc(len);
	out->len = len;
	if (out->data)
		krb5_build_enc_cred(&part, out->data, len);
	sspi_free(infos.data);
	if (len < 0)
		return SEC_E_INTERNAL_ERROR;
	return out->data ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

static sec_status_t seal_part(const struct krb5_nego *nego,
			      struct sspi_step *step,
			      const struct sspi_blob *part,
			      struct sspi_blob *cipher)
{
	sec_status_t status;
	u8 *plain;

	status = krb5_seal_begin(&nego->session, part->len, cipher, &plain);
	if (status != SEC_E_OK)
		return status;
	memcpy(plain, part->data, part->len);
	return krb5_seal_end(step, &nego->session, KRB5_USAGE_CRED, cipher,
			     part->len);
}

/* RFC 4121 4.1.1: under the session key, not the subkey. Draws a confounder. */
sec_status_t krb5_deleg_build(const struct krb5_nego *nego,
			      struct sspi_step *step, struct sspi_blob *out)
{
	struct krb5_cred_msg msg = {
		.tickets = nego->forwarded->ticket,
		.enc.enctype = nego->session.type->number,
	};
	struct sspi_blob part = { }, cipher = { };
	sec_status_t status = build_part(nego, &part);
	int len;

	if (status == SEC_E_OK)
		status = seal_part(nego, step, &part, &cipher);
	msg.enc.cipher = krb5_span(&cipher);
	len = krb5_build_cred(&msg, NULL, 0);
	if (status == SEC_E_OK && len >= 0) {
		out->data = sspi_alloc(len);
		out->len = len;
		if (out->data)
			krb5_build_cred(&msg, out->data, len);
		else
			status = SEC_E_INSUFFICIENT_MEMORY;
	} else if (status == SEC_E_OK) {
		status = SEC_E_INTERNAL_ERROR;
	}
	sspi_free(part.data);
	sspi_free(cipher.data);
	return status;
}

/* A ticket of another list, or of a message, in memory of its own. */
static struct krb5_tkt *keep(const struct krb5_tkt *from)
{
	struct krb5_tkt *tkt = krb5_tkt_new(krb5_principal_room(&from->client) +
					    krb5_principal_room(&from->server) +
					    from->ticket.len);

	if (!tkt)
		return NULL;
	tkt->key = from->key;
	tkt->flags = from->flags;
	tkt->starttime = from->starttime;
	tkt->endtime = from->endtime;
	tkt->renew_till = from->renew_till;
	krb5_tkt_keep_principal(tkt, &tkt->client, &from->client);
	krb5_tkt_keep_principal(tkt, &tkt->server, &from->server);
	tkt->ticket = krb5_tkt_keep(tkt, from->ticket);
	return tkt;
}

static sec_status_t take_ticket(struct krb5_verify *v,
				const struct krb5_cred_info *info,
				const struct krb5_ticket *ticket,
				struct sspi_step *step)
{
	struct krb5_tkt from = {
		.client = v->ticket.client,
		.server = { ticket->realm, ticket->sname },
		.flags = info->flags,
		.starttime = info->starttime,
		.endtime = info->endtime,
		.renew_till = info->renew_till,
		.ticket = ticket->whole,
	};
	struct krb5_tkt *tkt;
	int err;

	if (info->client.name.count &&
	    !krb5_name_equal(&info->client.name, &from.client.name))
		return krb5_refuse(step, SEC_E_LOGON_DENIED,
				   "the delegated credential is somebody else's");
	if (info->client.realm.data &&
	    !krb5_realm_equal(info->client.realm, from.client.realm))
		return krb5_refuse(step, SEC_E_LOGON_DENIED,
				   "the delegated credential is of another realm");
	err = krb5_key_set(&from.key, info->key.enctype, info->key.key);
	/* Of a type that is not there: of no use, and no harm. */
	if (err == -EOPNOTSUPP)
		return SEC_E_OK;
	if (err)
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "a key of the delegated credential has a wrong length");
	tkt = keep(&from);
	krb5_key_wipe(&from.key);
	if (!tkt)
		return SEC_E_INSUFFICIENT_MEMORY;
	tkt->next = v->nego->delegated;
	v->nego->delegated = tkt;
	return SEC_E_OK;
}

/* A ticket for each info, in order (RFC 4120 5.8.1). */
static sec_status_t take_part(struct krb5_verify *v, struct sspi_span plain,
			      struct sspi_span tickets, unsigned int count,
			      struct sspi_step *step)
{
	sec_status_t status = SEC_E_OK;
	struct krb5_cred_info info;
	struct krb5_ticket ticket;
	struct krb5_enc_cred part;

	if (krb5_parse_enc_cred(plain, &part) || !count ||
	    part.count != count || count > MAX_DELEGATED)
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "malformed contents of the KRB-CRED");
	while (status == SEC_E_OK &&
	       krb5_next_cred_info(&part.infos, &info) > 0 &&
	       krb5_next_ticket(&tickets, &ticket) > 0)
		status = take_ticket(v, &info, &ticket, step);
	return status;
}

/*
 * Without a forwarded TGT the client's ticket is evidence for S4U2Proxy (MS-SFU
 * 3.1.5.2). Only a service that is a client too has use for it.
 */
static sec_status_t keep_evidence(struct krb5_verify *v)
{
	struct krb5_tkt from = {
		.client = v->ticket.client,
		.server = { v->req.ticket.realm, v->req.ticket.sname },
		.key = v->session,
		.flags = v->ticket.flags,
		.starttime = v->ticket.starttime,
		.endtime = v->ticket.endtime,
		.ticket = v->req.ticket.whole,
	};
	struct krb5_tkt *tkt;

	if ((v->cred->use & SECPKG_CRED_BOTH) != SECPKG_CRED_BOTH)
		return SEC_E_OK;
	tkt = keep(&from);
	krb5_key_wipe(&from.key);
	if (!tkt)
		return SEC_E_INSUFFICIENT_MEMORY;
	tkt->kind = KRB5_KIND_FOR_USER;
	v->nego->delegated = tkt;
	return SEC_E_OK;
}

bool krb5_is_evidence(const struct krb5_tkt *delegated)
{
	return delegated && delegated->kind == KRB5_KIND_FOR_USER;
}

/* What is in a KRB-CRED; @copy is to be freed. */
static int open_cred(struct krb5_verify *v, const struct krb5_encrypted *enc,
		     struct sspi_blob *copy, struct sspi_span *plain)
{
	int err = -EBADMSG;

	/*
	 * RFC 6448 3: in the clear, if what carries it is encrypted. It is part
	 * of the authenticator; Heimdal's clients do that.
	 */
	if (enc->enctype == ENCTYPE_NULL) {
		*plain = enc->cipher;
		return 0;
	}
	/* Some clients take the subkey, whatever RFC 4121 4.1.1 says. */
	if (enc->enctype == v->session.type->number)
		err = krb5_open(&v->session, KRB5_USAGE_CRED, enc->cipher, copy,
				plain);
	if (err == -EBADMSG && v->subkey.type &&
	    enc->enctype == v->subkey.type->number)
		err = krb5_open(&v->subkey, KRB5_USAGE_CRED, enc->cipher, copy,
				plain);
	return err;
}

sec_status_t krb5_deleg_read(struct krb5_verify *v, struct sspi_step *step)
{
	struct sspi_span plain;
	struct krb5_cred_msg msg;
	struct sspi_blob copy = {};
	sec_status_t status;
	int err;

	if (!(v->sum.flags & KRB5_GSS_C_DELEG))
		return keep_evidence(v);
	if (krb5_parse_cred(v->sum.delegation, &msg))
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "malformed KRB-CRED");
	err = open_cred(v, &msg.enc, &copy, &plain);
	if (err)
		return krb5_refuse(step, krb5_status(err, SEC_E_INVALID_TOKEN),
				   "the KRB-CRED does not decrypt");
	status = take_part(v, plain, msg.tickets, msg.count, step);
	sspi_free(copy.data);
	return status;
}

void krb5_deleg_free(struct krb5_tkt **list)
{
	struct krb5_tkt *tkt, *next;

	for (tkt = *list; tkt; tkt = next) {
		next = tkt->next;
		krb5_tkt_put(tkt);
	}
	*list = NULL;
}

static sec_status_t refuse(struct sspi_package_acquire *acq,
			   sec_status_t status, const char *why)
{
	acq->reason = why;
	return status;
}

/* The service's own credential gets the ticket that it may act with. */
sec_status_t krb5_evidence_acquire(struct sspi_package_acquire *acq,
				   struct krb5_cred *cred)
{
	const struct krb5_ctx *ctx = acq->delegated;

	cred->evidence = keep(ctx->delegated);
	if (!cred->evidence)
		return SEC_E_INSUFFICIENT_MEMORY;
	cred->evidence->kind = KRB5_KIND_FOR_USER;
	cred->user = cred->evidence->client;
	if (cred->evidence->endtime < acq->expiry)
		acq->expiry = cred->evidence->endtime;
	return SEC_E_OK;
}

/* What an acceptor's context was given becomes an outbound credential's. */
sec_status_t krb5_deleg_acquire(struct sspi_package_acquire *acq,
				struct krb5_cred *cred)
{
	s64 now = krb5_seconds(acq->env->now(acq->env));
	const struct krb5_ctx *ctx = acq->delegated;
	const struct krb5_tkt *from = ctx->delegated;
	struct krb5_tkt *tkt;
	sec_status_t status;

	if (ctx->state != KRB5_STATE_ESTABLISHED || !from)
		return refuse(acq, SEC_E_NO_CREDENTIALS,
			      "the client has delegated nothing");
	status = krb5_principal_text(&from->client, &cred->client_text);
	if (status != SEC_E_OK)
		return status;
	acq->expiry = 0;
	for (; from; from = from->next) {
		tkt = keep(from);
		if (!tkt)
			return SEC_E_INSUFFICIENT_MEMORY;
		if (tkt->endtime > acq->expiry)
			acq->expiry = tkt->endtime;
		krb5_tkt_add(cred, tkt, now);
	}
	return SEC_E_OK;
}
