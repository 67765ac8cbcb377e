// SPDX-License-Identifier: GPL-2.0-only
/* A KDC's keys, tickets and stores, forged; its answers are krb5_forge_kdc.c's. */
#include <linux/errno.h>
#include <linux/string.h>

#include "codec/buf.h"
#include "codec/krb5_ap.h"
#include "codec/krb5_gss.h"
#include "kunit/krb5/krb5_forge.h"

#define USAGE_TICKET		2
#define USAGE_AP_REQ_AUTH	11
#define USAGE_AP_REP		12

static struct sspi_span text_span(const char *text)
{
	return (struct sspi_span){ (const u8 *)text, strlen(text) };
}

int forge_key(struct krb5_key *key, s32 enctype, u8 tag)
{
	const struct krb5_enctype *type = krb5_enctype_find(enctype);
	u8 seed[KRB5_MAX_SEED];
	struct sspi_span span = { seed, 0 };
	int i;

	if (!type)
		return -EOPNOTSUPP;
	for (i = 0; i < (int)sizeof(seed); i++)
		seed[i] = tag * 37 + i * 11 + 1;
	span.len = type->seed_len;
	i = krb5_key_from_seed(key, type, span);
	memzero_explicit(seed, sizeof(seed));
	return i;
}

int forge_password(struct forge *f, s32 enctype, struct sspi_span password)
{
	static const u8 params[] = { 0, 0, 0, FORGE_ITERATIONS };
	const struct krb5_enctype *type = krb5_enctype_find(enctype);
	struct krb5_s2k from = {
		.password = password,
		.salt = text_span(FORGE_SALT),
		.params = { params, sizeof(params) },
	};

	if (!type)
		return -EOPNOTSUPP;
	if (!type->iterations)
		from.params = (struct sspi_span){ };
	return krb5_string_to_key(&f->client, type, &from);
}

int forge_init(struct forge *f, s32 enctype, s64 now)
{
	int err;

	memset(f, 0, sizeof(*f));
	f->user = FORGE_CLIENT;
	f->server = FORGE_SERVER;
	f->kvno = 3;
	f->authtime = now - 3600;
	f->starttime = now - 3600;
	f->endtime = now + 86400;
	f->preauth = true;
	f->iterations = FORGE_ITERATIONS;
	f->stime = now;
	f->seed = 1;
	err = forge_password(f, enctype, text_span(FORGE_PASSWORD));
	if (!err)
		err = forge_key(&f->tgs, enctype, 2);
	if (!err)
		err = forge_key(&f->service, enctype, 3);
	if (!err)
		err = forge_key(&f->tgt_session, enctype, 4);
	if (!err)
		err = forge_key(&f->session, enctype, 5);
	if (!err)
		err = forge_key(&f->forwarded, enctype, 7);
	return err;
}

void forge_wipe(struct forge *f)
{
	memzero_explicit(f, sizeof(*f));
}

/* Components are cut at each '/', the realm at the last '@'. */
void forge_principal(struct krb5_principal *princ, const char *text)
{
	const char *at = strrchr(text, '@'), *end = at, *slash;
	struct krb5_name *name = &princ->name;

	memset(princ, 0, sizeof(*princ));
	name->type = KRB5_NT_PRINCIPAL;
	if (at)
		princ->realm = text_span(at + 1);
	else
		end = text + strlen(text);
	while (name->count < KRB5_MAX_COMPONENTS) {
		slash = memchr(text, '/', end - text);
		name->part[name->count].data = (const u8 *)text;
		name->part[name->count++].len = (slash ? slash : end) - text;
		if (!slash)
			break;
		text = slash + 1;
		name->type = KRB5_NT_SRV_INST;
	}
}

int forge_seal(struct forge *f, const struct krb5_key *key, u32 usage,
	       size_t len, u8 *out)
{
	u8 confounder[KRB5_MAX_CONFOUNDER];
	size_t whole = krb5_cipher_len(key->type, len);
	struct krb5_seal_key seal;
	unsigned int i;
	int err;

	if (!whole || whole > FORGE_ROOM)
		return -ENOSPC;
	for (i = 0; i < sizeof(confounder); i++) {
		f->seed = f->seed * 1664525 + 1013904223;
		confounder[i] = f->seed >> 24;
	}
	memset(out, 0, whole);
	memcpy(out + krb5_plain_offset(key->type), f->plain, len);
	err = krb5_seal_prepare(&seal, key, usage);
	if (!err)
		err = krb5_encrypt_buffer(&seal, confounder, out, len);
	krb5_seal_wipe(&seal);
	return err ? err : (int)whole;
}

int forge_open(struct forge *f, const struct krb5_key *key, u32 usage,
	       struct sspi_span cipher)
{
	struct krb5_seal_key seal;
	struct sspi_span plain;
	int err;

	if (cipher.len > FORGE_ROOM)
		return -ENOSPC;
	memcpy(f->plain, cipher.data, cipher.len);
	err = krb5_seal_prepare(&seal, key, usage);
	if (!err)
		err = krb5_decrypt_buffer(&seal, f->plain, cipher.len, &plain);
	krb5_seal_wipe(&seal);
	if (err)
		return err;
	memmove(f->plain, plain.data, plain.len);
	return plain.len;
}

static size_t bend(struct forge *f, enum forge_what what, u8 *data, size_t len)
{
	if (!f->bend)
		return len;
	return f->bend(f->priv, what, data, len, FORGE_ROOM - 64);
}

int forge_ticket(struct forge *f, bool tgt, const struct krb5_key *session,
		 u8 *out, size_t room)
{
	const struct krb5_key *under = tgt ? &f->tgs : &f->service;
	struct krb5_enc_ticket part = {
		.flags = f->flags,
		.key = { session->type->number, krb5_key_span(session) },
		.authtime = f->authtime,
		.starttime = f->starttime,
		.endtime = f->endtime,
	};
	struct krb5_ticket ticket = {
		.enc = { .enctype = under->type->number, .kvno = f->kvno,
			 .has_kvno = !f->no_kvno },
	};
	struct krb5_principal server;
	int len;

	forge_principal(&part.client, f->user);
	forge_principal(&server, tgt ? FORGE_TGS : f->server);
	if (!tgt) {
		part.transited_type = f->transited.len ? 1 : 0;
		part.transited = f->transited;
		part.authdata = f->ad;
	}
	if (!part.transited.data)
		part.transited = (struct sspi_span){ (const u8 *)"", 0 };
	ticket.realm = server.realm;
	ticket.sname = server.name;
	len = krb5_build_enc_ticket(&part, f->plain, FORGE_ROOM);
	if (len < 0)
		return len;
	len = forge_seal(f, under, USAGE_TICKET,
			 bend(f, FORGE_TICKET, f->plain, len), f->cipher);
	if (len < 0)
		return len;
	ticket.enc.cipher = (struct sspi_span){ f->cipher, len };
	return krb5_build_ticket(&ticket, out, room);
}

static void put16(struct sspi_writer *w, struct sspi_span bytes)
{
	sspi_write_be16(w, bytes.len);
	sspi_write_bytes(w, bytes.data, bytes.len);
}

static void put32(struct sspi_writer *w, struct sspi_span bytes)
{
	sspi_write_be32(w, bytes.len);
	sspi_write_bytes(w, bytes.data, bytes.len);
}

int forge_keytab_entry(u8 *out, size_t room, const char *principal, u32 kvno,
		       const struct krb5_key *key)
{
	struct krb5_principal princ;
	struct sspi_writer w;
	u32 i, len;

	forge_principal(&princ, principal);
	sspi_writer_init(&w, out, room);
	sspi_write_be32(&w, 0);
	sspi_write_be16(&w, princ.name.count);
	put16(&w, princ.realm);
	for (i = 0; i < princ.name.count; i++)
		put16(&w, princ.name.part[i]);
	sspi_write_be32(&w, princ.name.type);
	sspi_write_be32(&w, 0);
	sspi_write_u8(&w, kvno);
	sspi_write_be16(&w, key->type->number);
	put16(&w, krb5_key_span(key));
	sspi_write_be32(&w, kvno);
	if (w.bad)
		return -ENOSPC;
	len = w.pos - 4;
	out[0] = len >> 24;
	out[1] = len >> 16;
	out[2] = len >> 8;
	out[3] = len;
	return w.pos;
}

int forge_keytab(struct forge *f, u8 *out, size_t room)
{
	int len;

	if (room < 2)
		return -ENOSPC;
	out[0] = 5;
	out[1] = 2;
	len = forge_keytab_entry(out + 2, room - 2, f->server, f->kvno,
				 &f->service);
	return len < 0 ? len : len + 2;
}

static void put_principal(struct sspi_writer *w, const char *text)
{
	struct krb5_principal princ;
	u32 i;

	forge_principal(&princ, text);
	sspi_write_be32(w, princ.name.type);
	sspi_write_be32(w, princ.name.count);
	put32(w, princ.realm);
	for (i = 0; i < princ.name.count; i++)
		put32(w, princ.name.part[i]);
}

int forge_ccache(struct forge *f, bool tgt, u8 *out, size_t room)
{
	const struct krb5_key *session = tgt ? &f->tgt_session : &f->session;
	struct sspi_span ticket = { f->other, 0 };
	struct sspi_writer w;
	int len;

	len = forge_ticket(f, tgt, session, f->other, FORGE_ROOM);
	if (len < 0)
		return len;
	ticket.len = len;
	sspi_writer_init(&w, out, room);
	sspi_write_be16(&w, 0x0504);
	sspi_write_be16(&w, 0);
	put_principal(&w, f->user);
	put_principal(&w, f->user);
	put_principal(&w, tgt ? FORGE_TGS : f->server);
	sspi_write_be16(&w, session->type->number);
	put32(&w, krb5_key_span(session));
	sspi_write_be32(&w, f->authtime);
	sspi_write_be32(&w, f->starttime);
	sspi_write_be32(&w, f->endtime);
	sspi_write_be32(&w, 0);
	sspi_write_u8(&w, 0);
	sspi_write_be32(&w, f->flags);
	sspi_write_be32(&w, 0);
	sspi_write_be32(&w, 0);
	put32(&w, ticket);
	sspi_write_be32(&w, 0);
	return w.bad ? -ENOSPC : (int)w.pos;
}

/* @enc opened, bent and sealed anew; the cipher text is then in @out. */
static int bent(struct forge *f, const struct krb5_key *key, u32 usage,
		enum forge_what what, struct krb5_encrypted *enc, u8 *out)
{
	int len = forge_open(f, key, usage, enc->cipher);

	if (len < 0)
		return len;
	len = forge_seal(f, key, usage, bend(f, what, f->plain, len), out);
	if (len < 0)
		return len;
	enc->cipher = (struct sspi_span){ out, len };
	return 0;
}

static int bent_request(struct forge *f, struct sspi_span body, u8 *out,
			size_t room)
{
	struct krb5_ap_req req;
	int err, len;

	err = krb5_parse_ap_req(body, &req);
	if (!err)
		err = bent(f, &f->service, USAGE_TICKET, FORGE_TICKET,
			   &req.ticket.enc, f->cipher);
	if (err)
		return err;
	len = krb5_build_ticket(&req.ticket, f->other, FORGE_ROOM);
	if (len < 0)
		return len;
	req.ticket.whole = (struct sspi_span){ f->other, len };
	err = bent(f, &f->session, USAGE_AP_REQ_AUTH, FORGE_AUTHENTICATOR,
		   &req.authenticator, f->cipher);
	return err ? err : krb5_build_ap_req(&req, out, room);
}

static int bent_reply(struct forge *f, struct sspi_span body, u8 *out,
		      size_t room)
{
	struct krb5_encrypted enc;
	int err;

	err = krb5_parse_ap_rep(body, &enc);
	if (!err)
		err = bent(f, &f->session, USAGE_AP_REP, FORGE_AP_REP_PART,
			   &enc, f->cipher);
	return err ? err : krb5_build_ap_rep(&enc, out, room);
}

int forge_bent_token(struct forge *f, struct sspi_span in, u8 *out,
		     size_t room)
{
	struct krb5_gss_token token;
	size_t head = 0;
	int len;

	if (krb5_parse_gss_token(in, &token))
		return -EBADMSG;
	/* The body goes where the frame will have ended. */
	if (token.mech != KRB5_MECH_NONE)
		head = 32;
	if (room < head)
		return -ENOSPC;
	if (token.id == KRB5_GSS_AP_REQ)
		len = bent_request(f, token.body, out + head, room - head);
	else
		len = bent_reply(f, token.body, out + head, room - head);
	if (len < 0 || !head)
		return len;
	memcpy(f->other, out + head, len);
	token.body = (struct sspi_span){ f->other, len };
	return krb5_build_gss_token(&token, out, room);
}
