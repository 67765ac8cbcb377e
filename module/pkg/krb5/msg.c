// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kerberos message protection: RFC 4121 4.2.
 *
 * Keys are read-only once they are made, so messages of one context run on
 * several CPUs; only the numbers are put in order (window.c). A message is
 * checked first, and only then its number: what does not verify changes
 * nothing, and its bytes are sealed again.
 *
 * A TOKEN beside the data holds the head and the trailer rotated before it:
 *	head | filler | copy of the head | MAC | confounder	(sealed)
 *	head | checksum						(signed only)
 */
#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "pkg/krb5/krb5.h"

#define HEAD	KRB5_GSS_TOKEN_HEAD
#define DCE_EC	16	/* MS-KILE 3.4.5.4.1 */

/* One message on its way. */
struct job {
	struct krb5_ctx *ctx;
	struct sspi_message *msg;
	const struct krb5_enctype *type;
	struct sspi_part parts[SSPI_MAX_BUFFERS + 1];
	u32 count;
	u8 head[HEAD];		/* with EC and RRC as they are signed */
};

/* Key usages of what goes in direction @dir, RFC 4121 2. */
static u32 usage(const struct krb5_ctx *ctx, enum krb5_dir dir, bool sign)
{
	bool initiator = (dir == KRB5_SEND) == ctx->initiator;

	if (sign)
		return initiator ? KRB5_USAGE_INITIATOR_SIGN :
				   KRB5_USAGE_ACCEPTOR_SIGN;
	return initiator ? KRB5_USAGE_INITIATOR_SEAL :
			   KRB5_USAGE_ACCEPTOR_SEAL;
}

/* Keys are made at the first message that wants them. */
static sec_status_t make_seal(struct krb5_ctx *ctx, enum krb5_dir dir)
{
	struct krb5_seal_key *key;
	int err = 0;

	mutex_lock(&ctx->order);
	if (!ctx->seal[dir]) {
		key = sspi_alloc(sizeof(*key));
		err = key ? krb5_seal_prepare(key, &ctx->key,
					      usage(ctx, dir, false)) :
			    -ENOMEM;
		if (err) {
			sspi_free(key);
		} else {
			krb5_seal_keep(key);
			/* Pairs with need_seal(): what is seen is complete. */
			smp_store_release(&ctx->seal[dir], key);
		}
	}
	mutex_unlock(&ctx->order);
	return krb5_status(err, SEC_E_INTERNAL_ERROR);
}

static sec_status_t need_seal(struct krb5_ctx *ctx, enum krb5_dir dir)
{
	/* Pairs with make_seal(). */
	if (likely(smp_load_acquire(&ctx->seal[dir])))
		return SEC_E_OK;
	return make_seal(ctx, dir);
}

static sec_status_t make_sum(struct krb5_ctx *ctx, struct krb5_sum_key **slot,
			     u32 usage)
{
	struct krb5_sum_key *key;
	int err = 0;

	mutex_lock(&ctx->order);
	if (!*slot) {
		key = sspi_alloc(sizeof(*key));
		err = key ? krb5_sum_prepare(key, &ctx->key, 0, usage) :
			    -ENOMEM;
		if (err)
			sspi_free(key);
		else
			/* Pairs with need_sum(): what is seen is complete. */
			smp_store_release(slot, key);
	}
	mutex_unlock(&ctx->order);
	return krb5_status(err, SEC_E_INTERNAL_ERROR);
}

static sec_status_t need_sum(struct krb5_ctx *ctx, enum krb5_dir dir,
			     bool sign)
{
	struct krb5_sum_key **slot = sign ? &ctx->mic[dir] : &ctx->wrap[dir];

	/* Pairs with make_sum(). */
	if (likely(smp_load_acquire(slot)))
		return SEC_E_OK;
	return make_sum(ctx, slot, usage(ctx, dir, sign));
}

/* The flags that direction @dir has without SEALED, RFC 4121 4.2.2. */
static u8 head_flags(const struct krb5_ctx *ctx, enum krb5_dir dir)
{
	bool acceptor = (dir == KRB5_SEND) != ctx->initiator;

	return (acceptor ? KRB5_GSS_SENT_BY_ACCEPTOR : 0) |
	       (ctx->acceptor_subkey ? KRB5_GSS_ACCEPTOR_SUBKEY : 0);
}

/* The caller's parts, and room for one more. Padding is not needed. */
static sec_status_t job_init(struct job *job, struct krb5_ctx *ctx,
			     struct sspi_message *msg)
{
	u32 i;

	/* @parts beyond @count and @head are set before they are read. */
	job->ctx = ctx;
	job->msg = msg;
	job->type = ctx->key.type;
	job->count = 0;
	if (msg->part_count > SSPI_MAX_BUFFERS)
		return SEC_E_INVALID_PARAMETER;
	for (i = 0; i < msg->part_count; i++)
		if (msg->parts[i].kind != SSPI_PART_PADDING)
			job->parts[job->count++] = msg->parts[i];
	return SEC_E_OK;
}

static void job_append(struct job *job, enum sspi_part_kind kind, u8 *data,
		       u32 len)
{
	job->parts[job->count++] = (struct sspi_part){
		.kind = kind,
		.len = len,
		.data = data,
	};
}

static bool has_padding(const struct sspi_message *msg)
{
	u32 i;

	for (i = 0; i < msg->part_count; i++)
		if (msg->parts[i].kind == SSPI_PART_PADDING)
			return true;
	return false;
}

static void drop_padding(struct sspi_message *msg)
{
	u32 i;

	for (i = 0; i < msg->part_count; i++)
		if (msg->parts[i].kind == SSPI_PART_PADDING)
			msg->parts[i].len = 0;
}

/* MIC token, 4.2.6.1: the checksum is over the message and then the head. */
static sec_status_t sign(struct job *job)
{
	struct krb5_ctx *ctx = job->ctx;
	struct sspi_message *msg = job->msg;
	sec_status_t status;
	u64 seq;

	if (!msg->token || msg->token_len < HEAD + job->type->checksum_len)
		return SEC_E_BUFFER_TOO_SMALL;
	status = need_sum(ctx, KRB5_SEND, true);
	if (status != SEC_E_OK)
		return status;
	seq = krb5_seq_take(ctx, msg);
	krb5_build_gss_mic_head(head_flags(ctx, KRB5_SEND), seq, msg->token);
	job_append(job, SSPI_PART_SIGN_ONLY, msg->token, HEAD);
	status = krb5_status(krb5_checksum_parts(ctx->mic[KRB5_SEND],
						 job->parts, job->count,
						 msg->token + HEAD),
			     SEC_E_INTERNAL_ERROR);
	if (status != SEC_E_OK)
		krb5_seq_give_back(ctx, seq);
	else
		msg->token_len = HEAD + ctx->mic[KRB5_SEND]->len;
	return status;
}

static sec_status_t verify(struct job *job)
{
	struct krb5_ctx *ctx = job->ctx;
	struct sspi_span token = { job->msg->token, job->msg->token_len };
	struct krb5_gss_mic mic;
	sec_status_t status;
	int err;

	if (!token.data || krb5_parse_gss_mic(token, &mic) ||
	    mic.flags != head_flags(ctx, KRB5_RECV))
		return SEC_E_MESSAGE_ALTERED;
	status = need_sum(ctx, KRB5_RECV, true);
	if (status != SEC_E_OK)
		return status;
	memcpy(job->head, mic.head.data, HEAD);
	job_append(job, SSPI_PART_SIGN_ONLY, job->head, HEAD);
	err = krb5_checksum_verify_parts(ctx->mic[KRB5_RECV], job->parts,
					 job->count, mic.sum);
	if (err)
		return krb5_status(err, SEC_E_MESSAGE_ALTERED);
	return krb5_seq_check(ctx, mic.seq, job->msg->seq);
}

/* Wrap token signed only, 4.2.4: as if EC and RRC were zero. */
static sec_status_t wrap(struct job *job)
{
	struct krb5_ctx *ctx = job->ctx;
	struct sspi_message *msg = job->msg;
	struct krb5_gss_wrap w = { .flags = head_flags(ctx, KRB5_SEND) };
	sec_status_t status;

	if (!msg->token || msg->token_len < HEAD + job->type->checksum_len)
		return SEC_E_BUFFER_TOO_SMALL;
	status = need_sum(ctx, KRB5_SEND, false);
	if (status != SEC_E_OK)
		return status;
	w.seq = krb5_seq_take(ctx, msg);
	krb5_build_gss_wrap_head(&w, job->head);
	job_append(job, SSPI_PART_SIGN_ONLY, job->head, HEAD);
	status = krb5_status(krb5_checksum_parts(ctx->wrap[KRB5_SEND],
						 job->parts, job->count,
						 msg->token + HEAD),
			     SEC_E_INTERNAL_ERROR);
	if (status != SEC_E_OK) {
		krb5_seq_give_back(ctx, w.seq);
		return status;
	}
	w.ec = ctx->wrap[KRB5_SEND]->len;
	w.rrc = w.ec;
	krb5_build_gss_wrap_head(&w, msg->token);
	msg->token_len = HEAD + w.ec;
	drop_padding(msg);
	return SEC_E_OK;
}

/*
 * Wrap token sealed, 4.2.4. In DCE style the filler has 16 bytes, and RRC does
 * not count it (MS-KILE 3.4.5.4.1); whoever asks for GSS-API's own form by a
 * PADDING buffer gets no filler, which all peers read alike.
 */
static sec_status_t seal(struct job *job, struct sspi_message *msg)
{
	struct krb5_ctx *ctx = job->ctx;
	bool dce = ctx->gss_flags & KRB5_GSS_C_DCE_STYLE && !has_padding(msg);
	struct krb5_gss_wrap w = {
		.flags = head_flags(ctx, KRB5_SEND) | KRB5_GSS_SEALED,
		.ec = dce ? DCE_EC : 0,
	};
	u32 tail = w.ec + HEAD, conf = job->type->confounder_len;
	u32 len = HEAD + tail + job->type->mac_len + conf;
	u8 confounder[KRB5_MAX_CONFOUNDER], *at;
	sec_status_t status;
	int err;

	if (!msg->token || msg->token_len < len)
		return SEC_E_BUFFER_TOO_SMALL;
	status = need_seal(ctx, KRB5_SEND);
	if (status == SEC_E_OK)
		status = msg->env->random(msg->env, confounder, conf);
	if (status != SEC_E_OK)
		return status;
	w.seq = krb5_seq_take(ctx, msg);
	krb5_build_gss_wrap_head(&w, job->head);
	at = msg->token + HEAD;
	memset(at, 0, w.ec);
	memcpy(at + w.ec, job->head, HEAD);
	memcpy(msg->token + len - conf, confounder, conf);
	job_append(job, SSPI_PART_DATA, at, tail);
	err = krb5_seal_parts(ctx->seal[KRB5_SEND], msg->token + len - conf,
			      job->parts, job->count, at + tail);
	if (err) {
		krb5_seq_give_back(ctx, w.seq);
		return krb5_status(err, SEC_E_INTERNAL_ERROR);
	}
	memcpy(msg->token, job->head, HEAD);
	krb5_set_gss_rrc(msg->token, HEAD + job->type->mac_len);
	msg->token_len = len;
	drop_padding(msg);
	return SEC_E_OK;
}

/* Where the pieces of a sealed message lie; the data are in the job's parts. */
struct pieces {
	u8 *confounder;
	u8 *tail;	/* filler and copy of the head: the last part */
	u8 *mac;
};

/*
 * Opens, then compares the head with its sealed copy: EC, flags and number
 * are proven by that (CVE-2024-37370). RRC is not: it is zero in the copy.
 */
static sec_status_t open(struct job *job, const struct pieces *p, u16 ec,
			 u64 seq)
{
	struct krb5_ctx *ctx = job->ctx;
	struct krb5_seal_key *key = ctx->seal[KRB5_RECV];
	sec_status_t status;
	int err;

	err = krb5_open_parts(key, p->confounder, job->parts, job->count,
			      p->mac);
	if (err)
		return krb5_status(err, SEC_E_MESSAGE_ALTERED);
	if (sspi_equal_ct(p->tail + ec, job->head, HEAD))
		status = krb5_seq_check(ctx, seq, job->msg->seq);
	else
		status = SEC_E_MESSAGE_ALTERED;
	if (status != SEC_E_OK &&
	    krb5_seal_parts(key, p->confounder, job->parts, job->count,
			    p->mac)) {
		/* No memory to put it back: nobody gets it in the clear. */
		memzero_explicit(p->tail, ec + HEAD);
	}
	return status;
}

/* The head as it is signed: RRC zero, and without SEALED also EC. */
static void signed_head(struct job *job, struct krb5_gss_wrap w)
{
	w.rrc = 0;
	if (!(w.flags & KRB5_GSS_SEALED))
		w.ec = 0;
	krb5_build_gss_wrap_head(&w, job->head);
}

static bool flags_ok(const struct krb5_ctx *ctx, u8 flags)
{
	return (flags & ~KRB5_GSS_SEALED) == head_flags(ctx, KRB5_RECV);
}

/* The TOKEN beside the data: only one rotation puts the data in place. */
static sec_status_t unseal_sealed(struct job *job,
				  const struct krb5_gss_wrap *w)
{
	u32 mac = job->type->mac_len, conf = job->type->confounder_len;
	u32 tail = w->ec + HEAD;
	u8 *at = job->msg->token + HEAD;
	struct pieces p = {
		.confounder = at + tail + mac,
		.tail = at,
		.mac = at + tail,
	};
	sec_status_t status;

	if (w->body.len != (size_t)tail + mac + conf ||
	    (w->rrc != HEAD + mac && w->rrc != tail + mac))
		return SEC_E_MESSAGE_ALTERED;
	status = need_seal(job->ctx, KRB5_RECV);
	if (status != SEC_E_OK)
		return status;
	job_append(job, SSPI_PART_DATA, at, tail);
	return open(job, &p, w->ec, w->seq);
}

static sec_status_t check_wrap(struct job *job, const struct krb5_gss_wrap *w,
			       struct sspi_span sum)
{
	sec_status_t status = need_sum(job->ctx, KRB5_RECV, false);
	int err;

	if (status != SEC_E_OK)
		return status;
	job_append(job, SSPI_PART_SIGN_ONLY, job->head, HEAD);
	err = krb5_checksum_verify_parts(job->ctx->wrap[KRB5_RECV],
					 job->parts, job->count, sum);
	if (err)
		return krb5_status(err, SEC_E_MESSAGE_ALTERED);
	job->msg->qop = SECQOP_WRAP_NO_ENCRYPT;
	return krb5_seq_check(job->ctx, w->seq, job->msg->seq);
}

static sec_status_t unseal(struct job *job)
{
	struct sspi_span token = { job->msg->token, job->msg->token_len };
	struct krb5_gss_wrap w;
	sec_status_t status;

	if (!token.data || krb5_parse_gss_wrap(token, &w) ||
	    !flags_ok(job->ctx, w.flags))
		return SEC_E_MESSAGE_ALTERED;
	signed_head(job, w);
	if (w.flags & KRB5_GSS_SEALED)
		status = unseal_sealed(job, &w);
	else if (w.ec != w.body.len || w.rrc != w.ec)
		status = SEC_E_MESSAGE_ALTERED;
	else
		status = check_wrap(job, &w, w.body);
	if (status == SEC_E_OK)
		drop_padding(job->msg);
	return status;
}

static void reverse(u8 *p, size_t len)
{
	size_t i;

	for (i = 0; i < len / 2; i++) {
		u8 t = p[i];

		p[i] = p[len - 1 - i];
		p[len - 1 - i] = t;
	}
}

/* Left by @by, which is less than @len: in place, whatever the numbers. */
static void rotate(u8 *p, size_t len, size_t by)
{
	if (!by)
		return;
	reverse(p, by);
	reverse(p + by, len - by);
	reverse(p, len);
}

/* A whole token, rotated left by @rrc, opened; else put back as it was. */
static sec_status_t open_stream(struct job *job, const struct krb5_gss_wrap *w,
				u8 *body, size_t len, u32 rrc)
{
	size_t by = rrc % len, mac = job->type->mac_len;
	size_t conf = job->type->confounder_len, tail = w->ec + HEAD;
	size_t plain = len - conf - tail - mac;
	struct pieces p = { body, body + conf + plain, body + len - mac };
	sec_status_t status;

	rotate(body, len, by);
	job->count = 0;
	job_append(job, SSPI_PART_DATA, body + conf, plain);
	job_append(job, SSPI_PART_DATA, p.tail, tail);
	status = open(job, &p, w->ec, w->seq);
	if (status != SEC_E_OK)
		rotate(body, len, len - by == len ? 0 : len - by);
	return status;
}

/*
 * In DCE style EC counts into the rotation for some peers (MS-KILE 3.4.5.4.1,
 * Heimdal) and not for others (MIT): the MAC tells which.
 */
static sec_status_t stream_sealed(struct job *job,
				  const struct krb5_gss_wrap *w, u8 *body,
				  struct sspi_span *plain)
{
	size_t conf = job->type->confounder_len, mac = job->type->mac_len;
	size_t over = conf + w->ec + HEAD + mac, len = w->body.len;
	bool dce = job->ctx->gss_flags & KRB5_GSS_C_DCE_STYLE;
	u32 first = w->rrc + (dce ? w->ec : 0);
	sec_status_t status;

	if (len < over || len > U32_MAX)
		return SEC_E_MESSAGE_ALTERED;
	status = need_seal(job->ctx, KRB5_RECV);
	if (status != SEC_E_OK)
		return status;
	status = open_stream(job, w, body, len, first);
	if (status == SEC_E_MESSAGE_ALTERED && w->ec && w->rrc)
		status = open_stream(job, w, body, len,
				     dce ? w->rrc : w->rrc + w->ec);
	if (status == SEC_E_OK)
		*plain = (struct sspi_span){ body + conf, len - over };
	return status;
}

static sec_status_t stream_signed(struct job *job,
				  const struct krb5_gss_wrap *w, u8 *body,
				  struct sspi_span *plain)
{
	size_t len = w->body.len, by;
	struct sspi_span sum;
	sec_status_t status;

	if (w->ec != job->type->checksum_len || len < w->ec || len > U32_MAX)
		return SEC_E_MESSAGE_ALTERED;
	by = w->rrc % len;
	rotate(body, len, by);
	sum = (struct sspi_span){ body + len - w->ec, w->ec };
	job_append(job, SSPI_PART_DATA, body, len - w->ec);
	status = check_wrap(job, w, sum);
	if (status == SEC_E_OK)
		*plain = (struct sspi_span){ body, len - w->ec };
	else if (by)
		rotate(body, len, len - by);
	return status;
}

static bool established(const struct krb5_ctx *ctx)
{
	return ctx->state == KRB5_STATE_ESTABLISHED;
}

sec_status_t krb5_sign(void *priv, struct sspi_message *msg)
{
	struct krb5_ctx *ctx = priv;
	sec_status_t status;
	struct job job __uninitialized;

	if (!established(ctx))
		return SEC_E_INVALID_HANDLE;
	if (msg->qop)
		return SEC_E_QOP_NOT_SUPPORTED;
	if (!ctx->key.type->rfc4121)
		return krb5_v1_sign(ctx, msg);
	status = job_init(&job, ctx, msg);
	return status == SEC_E_OK ? sign(&job) : status;
}

sec_status_t krb5_verify(void *priv, struct sspi_message *msg)
{
	struct krb5_ctx *ctx = priv;
	sec_status_t status;
	struct job job __uninitialized;

	if (!established(ctx))
		return SEC_E_INVALID_HANDLE;
	msg->qop = 0;
	if (!ctx->key.type->rfc4121)
		return krb5_v1_verify(ctx, msg);
	status = job_init(&job, ctx, msg);
	return status == SEC_E_OK ? verify(&job) : status;
}

sec_status_t krb5_seal(void *priv, struct sspi_message *msg)
{
	struct krb5_ctx *ctx = priv;
	sec_status_t status;
	struct job job __uninitialized;

	if (!established(ctx))
		return SEC_E_INVALID_HANDLE;
	if (msg->qop && msg->qop != SECQOP_WRAP_NO_ENCRYPT)
		return SEC_E_QOP_NOT_SUPPORTED;
	if (!ctx->key.type->rfc4121)
		return krb5_v1_seal(ctx, msg);
	status = job_init(&job, ctx, msg);
	if (status != SEC_E_OK)
		return status;
	return msg->qop ? wrap(&job) : seal(&job, msg);
}

sec_status_t krb5_unseal(void *priv, struct sspi_message *msg)
{
	struct krb5_ctx *ctx = priv;
	sec_status_t status;
	struct job job __uninitialized;

	if (!established(ctx))
		return SEC_E_INVALID_HANDLE;
	msg->qop = 0;
	if (!ctx->key.type->rfc4121)
		return krb5_v1_unseal(ctx, msg);
	status = job_init(&job, ctx, msg);
	return status == SEC_E_OK ? unseal(&job) : status;
}

sec_status_t krb5_unseal_stream(void *priv, u8 *stream, size_t len,
				struct sspi_span *plain, u32 *qop)
{
	struct sspi_span token = { stream, len };
	struct krb5_ctx *ctx = priv;
	struct sspi_message msg = { };
	struct krb5_gss_wrap w;
	sec_status_t status;
	struct job job __uninitialized;

	if (!established(ctx))
		return SEC_E_INVALID_HANDLE;
	if (!ctx->key.type->rfc4121)
		return krb5_v1_unseal_stream(ctx, stream, len, plain, qop);
	if (!stream || krb5_parse_gss_wrap(token, &w) ||
	    !flags_ok(ctx, w.flags) || !w.body.len)
		return SEC_E_MESSAGE_ALTERED;
	status = job_init(&job, ctx, &msg);
	if (status != SEC_E_OK)
		return status;
	signed_head(&job, w);
	if (w.flags & KRB5_GSS_SEALED)
		status = stream_sealed(&job, &w, stream + HEAD, plain);
	else
		status = stream_signed(&job, &w, stream + HEAD, plain);
	if (status == SEC_E_OK)
		*qop = msg.qop;
	return status;
}
