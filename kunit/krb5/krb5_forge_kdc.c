// SPDX-License-Identifier: GPL-2.0-only
/* The KDC's side of RFC 4120 3.1 and 3.3, forged: as little as answers need. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "codec/der.h"
#include "codec/krb5_ap.h"
#include "codec/krb5_error.h"
#include "codec/krb5_kdc.h"
#include "codec/krb5_name.h"
#include "kunit/krb5/krb5_forge.h"

#define USAGE_TICKET		2
#define USAGE_AS_REP		3
#define USAGE_TGS_REQ_AUTH	7
#define USAGE_TGS_REP_SUBKEY	9
#define USAGE_ENC_PA_REP	56

#define ERR_PREAUTH_REQUIRED	25

/* What of a request counts. */
struct question {
	bool tgs;
	struct sspi_span whole;
	struct sspi_span padata;
	bool forward;		/* a TGT is asked for, of the TGS */
	u32 nonce;
};

static size_t bend_made(struct forge *f, enum forge_what what, u8 *data,
			size_t len, size_t room)
{
	return f->bend ? f->bend(f->priv, what, data, len, room) : len;
}

static int parse_question(struct sspi_span in, struct question *q)
{
	struct der_reader r, app, seq, field, body, sname;
	struct krb5_name name = { };
	u8 tag;

	memset(q, 0, sizeof(*q));
	q->whole = in;
	der_init(&r, in);
	q->tgs = der_peek(&r) == DER_APPLICATION(KRB5_TGS_REQ);
	der_enter(&r, DER_APPLICATION(q->tgs ? KRB5_TGS_REQ : KRB5_AS_REQ),
		  &app);
	der_enter(&app, DER_SEQUENCE, &seq);
	der_field_s32(&seq, 1);
	der_field_s32(&seq, 2);
	q->padata = der_opt(&seq, 3, DER_SEQUENCE);
	der_enter(&seq, DER_CONTEXT(4), &field);
	der_enter(&field, DER_SEQUENCE, &body);
	while (der_more(&body) && !der_has_field(&body, 3))
		der_read_element(&body, &tag);
	if (der_has_field(&body, 3)) {
		der_enter(&body, DER_CONTEXT(3), &sname);
		krb5_read_name(&sname, &name);
		der_leave(&body, &sname);
	}
	q->forward = q->tgs && krb5_name_is_tgs(&name);
	while (der_more(&body) && !der_has_field(&body, 7))
		der_read_element(&body, &tag);
	q->nonce = der_field_u32(&body, 7);
	der_skip_rest(&body);
	der_leave(&field, &body);
	der_leave(&seq, &field);
	der_leave(&app, &seq);
	der_leave(&r, &app);
	return der_end(&r);
}

static int error(struct forge *f, s32 code, struct sspi_span data, u8 *out,
		 size_t room)
{
	struct krb5_error e = {
		.stime = f->stime,
		.code = code,
		.data = data,
	};
	int len;

	forge_principal(&e.server, FORGE_TGS);
	len = krb5_build_error(&e, out, room);
	return len < 0 ? len : (int)bend_made(f, FORGE_ERROR, out, len, room);
}

/* ETYPE-INFO2 of one entry, 5.2.7.5. */
static int etype_info2(struct forge *f, u8 *out, size_t room)
{
	const u8 params[] = { f->iterations >> 24, f->iterations >> 16,
			      f->iterations >> 8, f->iterations };
	struct sspi_span salt = { (const u8 *)FORGE_SALT,
				  sizeof(FORGE_SALT) - 1 };
	struct sspi_writer w;
	size_t list, entry;

	sspi_writer_init(&w, out, room);
	list = der_open(&w, DER_SEQUENCE);
	entry = der_open(&w, DER_SEQUENCE);
	der_put_s64(&w, 0, f->client.type->number);
	der_put(&w, 1, DER_GENERAL_STRING, salt);
	if (f->client.type->iterations)
		der_put(&w, 2, DER_OCTET_STRING,
			(struct sspi_span){ params, sizeof(params) });
	der_close(&w, entry);
	der_close(&w, list);
	return der_written(&w);
}

/* METHOD-DATA with what a KDC asks for, 5.2.7. */
static int wants_preauth(struct forge *f, u8 *out, size_t room)
{
	struct krb5_padata pa[] = {
		{ KRB5_PA_ETYPE_INFO2, { f->other, 0 } },
		{ KRB5_PA_ENC_TIMESTAMP, { (const u8 *)"", 0 } },
		{ KRB5_PA_FX_COOKIE, { (const u8 *)"cookie", 6 } },
	};
	struct sspi_span data = { f->plain, 0 };
	int len;

	len = etype_info2(f, f->other, FORGE_ROOM);
	if (len < 0)
		return len;
	pa[0].value.len = len;
	len = krb5_build_method_data(pa, ARRAY_SIZE(pa), f->plain, FORGE_ROOM);
	if (len < 0)
		return len;
	data.len = bend_made(f, FORGE_METHODS, f->plain, len, FORGE_ROOM);
	return error(f, ERR_PREAUTH_REQUIRED, data, out, room);
}

/* The subkey under which a TGS-REP goes, into @key; the ticket must be ours. */
static int open_authenticator(struct forge *f, const struct question *q,
			      struct krb5_key *key)
{
	struct krb5_authenticator auth;
	struct krb5_ap_req req;
	struct sspi_span value, plain = { f->plain, 0 };
	int len;

	if (!krb5_find_padata(q->padata, KRB5_PA_TGS_REQ, &value) ||
	    krb5_parse_ap_req(value, &req))
		return -EBADMSG;
	len = forge_open(f, &f->tgs, USAGE_TICKET, req.ticket.enc.cipher);
	if (len < 0)
		return len;
	len = forge_open(f, &f->tgt_session, USAGE_TGS_REQ_AUTH,
			 req.authenticator.cipher);
	if (len < 0)
		return len;
	plain.len = len;
	if (krb5_parse_authenticator(plain, &auth))
		return -EBADMSG;
	return krb5_key_set(key, auth.subkey.enctype, auth.subkey.key);
}

/* RFC 6806 11: the checksum of an AS-REQ, as one element of padata. */
static int request_sum(struct forge *f, const struct question *q, u8 *out,
		       size_t room)
{
	struct krb5_padata pa = { KRB5_PA_REQ_ENC_PA_REP, { f->cipher, 0 } };
	u8 sum[KRB5_MAX_CHECKSUM];
	struct krb5_sum_key key;
	struct sspi_writer w;
	size_t seq;
	int err;

	err = krb5_sum_prepare(&key, &f->client, 0, USAGE_ENC_PA_REP);
	if (!err)
		err = krb5_checksum(&key, &q->whole, 1, sum);
	krb5_sum_wipe(&key);
	if (err)
		return err;
	sspi_writer_init(&w, f->cipher, FORGE_ROOM);
	seq = der_open(&w, DER_SEQUENCE);
	der_put_s64(&w, 0, f->client.type->checksum);
	der_put(&w, 1, DER_OCTET_STRING,
		(struct sspi_span){ sum, f->client.type->checksum_len });
	der_close(&w, seq);
	pa.value.len = w.pos;
	return krb5_build_method_data(&pa, 1, out, room);
}

static void put_last_req(struct sspi_writer *w, s64 time)
{
	size_t field = der_open(w, DER_CONTEXT(1));
	size_t list = der_open(w, DER_SEQUENCE);
	size_t entry = der_open(w, DER_SEQUENCE);

	der_put_s64(w, 0, 0);
	der_put_time(w, 1, time);
	der_close(w, entry);
	der_close(w, list);
	der_close(w, field);
}

int forge_build_enc_rep(const struct krb5_enc_kdc_rep *part, u8 *out,
			size_t room)
{
	struct sspi_writer w;
	size_t app, seq;

	sspi_writer_init(&w, out, room);
	app = der_open(&w, DER_APPLICATION(part->app_tag));
	seq = der_open(&w, DER_SEQUENCE);
	krb5_put_key(&w, 0, &part->key);
	put_last_req(&w, part->authtime);
	der_put_s64(&w, 2, part->nonce);
	der_put_flags(&w, 4, part->flags);
	der_put_time(&w, 5, part->authtime);
	der_put_opt_time(&w, 6, part->starttime);
	der_put_time(&w, 7, part->endtime);
	krb5_put_realm(&w, 9, part->server.realm);
	krb5_put_name(&w, 10, &part->server.name);
	if (part->enc_padata.data) {
		size_t field = der_open(&w, DER_CONTEXT(12));

		der_write(&w, DER_SEQUENCE, part->enc_padata);
		der_close(&w, field);
	}
	der_close(&w, seq);
	der_close(&w, app);
	return der_written(&w);
}

/* The key of the ticket that is the answer. */
static const struct krb5_key *session_of(const struct forge *f,
					 const struct question *q)
{
	if (q->forward)
		return &f->forwarded;
	return q->tgs ? &f->session : &f->tgt_session;
}

static u32 flags_of(const struct forge *f, const struct question *q)
{
	if (q->forward)
		return f->flags | KRB5_TKT_FORWARDED;
	return f->flags | (q->tgs ? 0 : KRB5_TKT_ENC_PA_REP);
}

static int rep_part(struct forge *f, const struct question *q)
{
	const struct krb5_key *session = session_of(f, q);
	struct krb5_enc_kdc_rep part = {
		.app_tag = q->tgs ? 26 : 25,
		.key = { session->type->number, krb5_key_span(session) },
		.nonce = q->nonce + f->nonce_off,
		.flags = flags_of(f, q),
		.authtime = f->authtime,
		.starttime = f->starttime,
		.endtime = f->endtime,
	};
	struct sspi_span list;
	u8 padata[128];
	int len;

	forge_principal(&part.server,
			q->tgs && !q->forward ? f->server : FORGE_TGS);
	if (!q->tgs) {
		len = request_sum(f, q, padata, sizeof(padata));
		if (len < 0)
			return len;
		list = (struct sspi_span){ padata, len };
		if (krb5_parse_method_data(list, &part.enc_padata))
			return -EBADMSG;
	}
	return forge_build_enc_rep(&part, f->plain, FORGE_ROOM);
}

/* The AS-REP's own padata, into @out: a whole SEQUENCE OF, or nothing. */
static int rep_hint(struct forge *f, const struct question *q, u8 *out,
		    size_t room)
{
	struct krb5_padata pa = { KRB5_PA_ETYPE_INFO2, { f->cipher, 0 } };
	int len;

	if (q->tgs || !f->hint)
		return 0;
	len = etype_info2(f, f->cipher, FORGE_ROOM);
	if (len < 0)
		return len;
	pa.value.len = len;
	return krb5_build_method_data(&pa, 1, out, room);
}

static int answer(struct forge *f, const struct question *q,
		  const struct krb5_key *key, u8 *out, size_t room)
{
	struct krb5_encrypted enc = { .enctype = key->type->number };
	enum krb5_msg_type type = q->tgs ? KRB5_TGS_REP : KRB5_AS_REP;
	struct sspi_span ticket = { f->other, 0 };
	struct krb5_principal client;
	struct sspi_span padata = { f->plain, 0 };
	struct sspi_writer w;
	size_t app, seq;
	int len;

	len = rep_part(f, q);
	if (len >= 0)
		len = forge_seal(f, key, q->tgs ? USAGE_TGS_REP_SUBKEY :
						  USAGE_AS_REP,
				 bend_made(f, FORGE_REP_PART, f->plain, len,
					   FORGE_ROOM - 64), f->cipher);
	if (len < 0)
		return len;
	/* The ticket needs the scratch that the cipher text is in. */
	if ((size_t)len > room / 2)
		return -ENOSPC;
	enc.cipher = (struct sspi_span){ out + room - len, len };
	memcpy(out + room - len, f->cipher, len);
	room -= len;
	len = forge_ticket(f, !q->tgs || q->forward, session_of(f, q), f->other,
			   FORGE_ROOM);
	if (len < 0)
		return len;
	ticket.len = len;
	len = rep_hint(f, q, f->plain, FORGE_ROOM);
	if (len < 0)
		return len;
	padata.len = len;
	forge_principal(&client, f->user);
	sspi_writer_init(&w, out, room);
	app = der_open(&w, DER_APPLICATION(type));
	seq = der_open(&w, DER_SEQUENCE);
	der_put_s64(&w, 0, KRB5_PVNO);
	der_put_s64(&w, 1, type);
	if (padata.len)
		der_put_element(&w, 2, padata);
	krb5_put_realm(&w, 3, client.realm);
	krb5_put_name(&w, 4, &client.name);
	der_put_element(&w, 5, ticket);
	krb5_put_encrypted(&w, 6, &enc);
	der_close(&w, seq);
	der_close(&w, app);
	len = der_written(&w);
	return len < 0 ? len : (int)bend_made(f, FORGE_REP, out, len, room);
}

int forge_answer(struct forge *f, struct sspi_span request, u8 *out,
		 size_t room)
{
	struct krb5_key key = f->client;
	struct sspi_span value;
	struct question q;
	bool proof;
	int err;

	f->asked++;
	err = parse_question(request, &q);
	if (err)
		return err;
	proof = !q.tgs &&
		krb5_find_padata(q.padata, KRB5_PA_ENC_TIMESTAMP, &value);
	f->initial += !q.tgs;
	f->proofs += proof;
	if (proof && f->proof_code)
		return error(f, f->proof_code, (struct sspi_span){ }, out,
			     room);
	if (f->code && (!f->errors || f->asked <= f->errors))
		return error(f, f->code, (struct sspi_span){ }, out, room);
	if (!q.tgs && f->preauth && !proof)
		return wants_preauth(f, out, room);
	if (q.tgs)
		err = open_authenticator(f, &q, &key);
	if (!err)
		err = answer(f, &q, &key, out, room);
	krb5_key_wipe(&key);
	return err;
}
