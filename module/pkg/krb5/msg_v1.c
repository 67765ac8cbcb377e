// SPDX-License-Identifier: GPL-2.0-only
/*
 * Message tokens of the old encryption types: RFC 1964 1.2, RFC 4757 7.
 *
 * A token is framed as the first token of GSS-API is. Behind the frame:
 *	id 2 | SGN_ALG 2 | SEAL_ALG 2 or filler | filler 2 | SND_SEQ 8 |
 *	checksum | and in a Wrap token: confounder 8 | data | padding
 * The checksum also covers the first eight bytes.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "codec/buf.h"
#include "pkg/krb5/v1.h"

#define OID_LEN		11
#define FRAME_MAX	(1 + 5 + OID_LEN)
#define USAGE_SIGN	23

static const u8 oid[OID_LEN] = {
	0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02,
};

/* One message on its way. */
struct job {
	struct krb5_ctx *ctx;
	struct sspi_message *msg;
	bool rc4;
	bool wrap;
	bool sealed;
	u8 sum_len;
	u8 pad;			/* bytes of padding, each of that value */
	u8 head[8];
	u8 *seq;		/* SND_SEQ, 8 bytes */
	u8 *sum;
	u8 *confounder;
	struct sspi_part parts[SSPI_MAX_BUFFERS + 3];
	u32 count;
};

static u32 frame_len(size_t inner)
{
	u8 head[FRAME_MAX + 2];
	int len = krb5_build_gss_head(KRB5_MECH_KRB5, KRB5_GSS_MIC_V1, inner,
				      head, sizeof(head));

	return len < 2 ? 0 : len - 2;
}

static void job_init(struct job *job, struct krb5_ctx *ctx,
		     struct sspi_message *msg, bool wrap)
{
	memset(job, 0, sizeof(*job));
	job->ctx = ctx;
	job->msg = msg;
	job->wrap = wrap;
	job->rc4 = ctx->key.type->number == KRB5_ENCTYPE_RC4_HMAC;
	job->sum_len = job->rc4 ? 8 : 20;
}

static void append(struct job *job, enum sspi_part_kind kind, u8 *data,
		   u32 len)
{
	job->parts[job->count++] = (struct sspi_part){
		.kind = kind, .len = len, .data = data };
}

/* What is signed: head, confounder, message, padding. Padding stands last. */
static sec_status_t make_parts(struct job *job, size_t *data)
{
	struct sspi_message *msg = job->msg;
	u32 i;

	*data = 0;
	if (msg->part_count > SSPI_MAX_BUFFERS)
		return SEC_E_INVALID_PARAMETER;
	append(job, SSPI_PART_SIGN_ONLY, job->head, sizeof(job->head));
	if (job->wrap)
		append(job, SSPI_PART_DATA, job->confounder, 8);
	for (i = 0; i < msg->part_count; i++) {
		if (msg->parts[i].kind == SSPI_PART_PADDING ||
		    msg->parts[i].kind == SSPI_PART_READONLY)
			continue;
		/* Their parts are sealed or not as a whole: RFC 1964 1.2.2. */
		if (job->wrap && msg->parts[i].kind == SSPI_PART_SIGN_ONLY)
			return SEC_E_UNSUPPORTED_FUNCTION;
		job->parts[job->count++] = msg->parts[i];
		*data += msg->parts[i].len;
	}
	return SEC_E_OK;
}

static void make_head(struct job *job)
{
	struct sspi_writer w;

	sspi_writer_init(&w, job->head, sizeof(job->head));
	sspi_write_le16(&w, job->wrap ? 0x0102 : 0x0101);
	sspi_write_le16(&w, job->rc4 ? 0x0011 : 0x0004);
	if (job->sealed)
		sspi_write_le16(&w, job->rc4 ? 0x0010 : 0x0002);
	else
		sspi_write_le16(&w, 0xffff);
	sspi_write_le16(&w, 0xffff);
}

/* SND_SEQ in the clear: the number, and who sends (RFC 1964 1.2.1.2). */
static void make_seq(const struct job *job, u32 seq, enum krb5_dir dir,
		     u8 out[8])
{
	bool acceptor = (dir == KRB5_SEND) != job->ctx->initiator;

	if (job->rc4) {
		out[0] = seq >> 24;
		out[1] = seq >> 16;
		out[2] = seq >> 8;
		out[3] = seq;
	} else {
		out[3] = seq >> 24;
		out[2] = seq >> 16;
		out[1] = seq >> 8;
		out[0] = seq;
	}
	memset(out + 4, acceptor ? 0xff : 0, 4);
}

static int make_sum(struct job *job, u8 sum[KRB5_MAX_CHECKSUM])
{
	struct krb5_sum_key key;
	int err;

	if (job->rc4)
		return krb5_v1_rc4_sum(&job->ctx->key, job->wrap ? 13 : 15,
				       job->parts, job->count, sum);
	err = krb5_sum_prepare(&key, &job->ctx->key, 0, USAGE_SIGN);
	if (!err)
		err = krb5_checksum_parts(&key, job->parts, job->count, sum);
	krb5_sum_wipe(&key);
	return err;
}

static int crypt_seq(struct job *job, bool encrypt, u8 seq[8])
{
	if (job->rc4)
		return krb5_v1_rc4_seq(&job->ctx->key, job->sum, seq);
	return krb5_v1_des3(&job->ctx->key, encrypt, job->sum, seq);
}

static int crypt_body(struct job *job, bool encrypt, u32 seq)
{
	if (!job->sealed)
		return 0;
	if (job->rc4)
		return krb5_v1_rc4_body(&job->ctx->key, seq, job->parts + 1,
					job->count - 1);
	return krb5_v1_des3_parts(&job->ctx->key, encrypt, job->parts + 1,
				  job->count - 1);
}

/* The frame and where the pieces lie; false if the token has no room. */
static bool lay_out(struct job *job, size_t data)
{
	size_t own = 6 + 8 + job->sum_len + (job->wrap ? 8 : 0);
	struct sspi_message *msg = job->msg;
	bool dce = job->ctx->gss_flags & KRB5_GSS_C_DCE_STYLE;
	bool counts = job->wrap && (!dce || job->pad);
	size_t inner = own + (counts ? data + job->pad : 0);
	int len;
	u8 *at;

	len = krb5_build_gss_head(KRB5_MECH_KRB5, job->wrap ?
				  KRB5_GSS_WRAP_V1 : KRB5_GSS_MIC_V1, inner,
				  msg->token, msg->token_len);
	if (len < 0 || msg->token_len < len + own)
		return false;
	at = msg->token + len;
	memcpy(at, job->head + 2, 6);
	job->seq = at + 6;
	job->sum = job->seq + 8;
	job->confounder = job->sum + job->sum_len;
	msg->token_len = len + own;
	return true;
}

/*
 * RFC 1964 1.2.2.3: always there, at least one byte. A caller without a buffer
 * for it keeps to whole blocks, and its peer knows (DCE style: MS-KILE).
 */
static sec_status_t make_padding(struct job *job, size_t data)
{
	struct sspi_message *msg = job->msg;
	u32 block = job->rc4 ? 1 : 8, i;

	for (i = 0; i < msg->part_count; i++) {
		if (msg->parts[i].kind != SSPI_PART_PADDING)
			continue;
		job->pad = block - data % block;
		if (msg->parts[i].len < job->pad || !msg->parts[i].data)
			return SEC_E_BUFFER_TOO_SMALL;
		msg->parts[i].len = job->pad;
		memset(msg->parts[i].data, job->pad, job->pad);
		append(job, SSPI_PART_DATA, msg->parts[i].data, job->pad);
		return SEC_E_OK;
	}
	return data % block ? SEC_E_BUFFER_TOO_SMALL : SEC_E_OK;
}

static sec_status_t protect(struct job *job)
{
	struct sspi_message *msg = job->msg;
	sec_status_t status;
	u8 sum[KRB5_MAX_CHECKSUM];
	size_t data;
	u64 seq;
	int err;

	if (!msg->token)
		return SEC_E_BUFFER_TOO_SMALL;
	make_head(job);
	status = make_parts(job, &data);
	if (status == SEC_E_OK && job->wrap)
		status = make_padding(job, data);
	if (status == SEC_E_OK && !lay_out(job, data))
		status = SEC_E_BUFFER_TOO_SMALL;
	if (status == SEC_E_OK && job->wrap) {
		job->parts[1].data = job->confounder;
		status = msg->env->random(msg->env, job->confounder, 8);
	}
	if (status != SEC_E_OK)
		return status;
	seq = krb5_seq_take(job->ctx, msg);
	err = make_sum(job, sum);
	memcpy(job->sum, sum, job->sum_len);
	make_seq(job, (u32)seq, KRB5_SEND, job->seq);
	if (!err)
		err = crypt_seq(job, true, job->seq);
	if (!err)
		err = crypt_body(job, true, (u32)seq);
	if (err)
		krb5_seq_give_back(job->ctx, seq);
	return krb5_status(err, SEC_E_INTERNAL_ERROR);
}

/*
 * The frame's length counts what stands @beside a TOKEN, or, of some peers in
 * DCE style, does not.
 */
static u8 *skip_frame(u8 *token, size_t len, size_t beside, size_t *left)
{
	struct sspi_span in = { token, len };
	struct sspi_reader r;
	size_t claimed, i;
	u8 first;

	sspi_reader_init(&r, in);
	if (sspi_read_u8(&r) != 0x60)
		return NULL;
	first = sspi_read_u8(&r);
	claimed = first;
	if (first & 0x80) {
		claimed = 0;
		if ((first & 0x7f) == 0 || (first & 0x7f) > 4)
			return NULL;
		for (i = 0; i < (first & 0x7f); i++)
			claimed = claimed << 8 | sspi_read_u8(&r);
	}
	if (claimed != sspi_reader_left(&r) &&
	    claimed != sspi_reader_left(&r) + beside)
		return NULL;
	in = sspi_read_span(&r, OID_LEN);
	if (r.bad || memcmp(in.data, oid, OID_LEN))
		return NULL;
	*left = sspi_reader_left(&r);
	return token + r.pos;
}

/* The length of what is protected and is not in the token. */
static size_t data_beside(const struct sspi_message *msg)
{
	size_t len = 0;
	u32 i;

	for (i = 0; i < msg->part_count; i++)
		if (msg->parts[i].kind != SSPI_PART_READONLY)
			len += msg->parts[i].len;
	return len;
}

/*
 * The pieces of a token that came; its head must say what is expected. A Wrap
 * token that is @alone has its data beside it.
 */
static bool find_pieces(struct job *job, u8 *token, size_t len, bool alone)
{
	size_t own = 8 + 8 + job->sum_len + (job->wrap ? 8 : 0), left;
	u8 *at = skip_frame(token, len, alone ? data_beside(job->msg) : 0,
			    &left);

	if (!at || left < own || (alone && left != own))
		return false;
	job->sealed = job->wrap && !(at[4] == 0xff && at[5] == 0xff);
	make_head(job);
	if (memcmp(job->head, at, sizeof(job->head)))
		return false;
	job->seq = at + 8;
	job->sum = job->seq + 8;
	job->confounder = job->sum + job->sum_len;
	return true;
}

static bool read_seq(const struct job *job, const u8 seq[8], u32 *number)
{
	u8 want[8];

	if (job->rc4)
		*number = (u32)seq[0] << 24 | seq[1] << 16 | seq[2] << 8 |
			  seq[3];
	else
		*number = (u32)seq[3] << 24 | seq[2] << 16 | seq[1] << 8 |
			  seq[0];
	make_seq(job, *number, KRB5_RECV, want);
	return sspi_equal_ct(want, seq, sizeof(want));
}

/* Numbers of 32 bits on the wire: the nearest to what is expected. */
static u64 widen(const struct krb5_ctx *ctx, u32 number)
{
	u64 next = ctx->seq[KRB5_RECV];

	return next + (s64)(s32)(number - (u32)next);
}

static sec_status_t check(struct job *job)
{
	u8 sum[KRB5_MAX_CHECKSUM], seq[8];
	sec_status_t status;
	u32 number;
	int err;

	memcpy(seq, job->seq, sizeof(seq));
	err = crypt_seq(job, false, seq);
	if (err)
		return krb5_status(err, SEC_E_MESSAGE_ALTERED);
	if (!read_seq(job, seq, &number))
		return SEC_E_MESSAGE_ALTERED;
	err = crypt_body(job, false, number);
	if (err)
		return krb5_status(err, SEC_E_MESSAGE_ALTERED);
	err = make_sum(job, sum);
	if (!err && !sspi_equal_ct(sum, job->sum, job->sum_len))
		err = -EBADMSG;
	status = krb5_status(err, SEC_E_MESSAGE_ALTERED);
	if (status == SEC_E_OK)
		status = krb5_seq_check(job->ctx, widen(job->ctx, number),
					job->msg->seq);
	if (status != SEC_E_OK)
		crypt_body(job, true, number);
	else if (job->wrap && !job->sealed)
		job->msg->qop = SECQOP_WRAP_NO_ENCRYPT;
	return status;
}

sec_status_t krb5_v1_sign(struct krb5_ctx *ctx, struct sspi_message *msg)
{
	struct job job;

	job_init(&job, ctx, msg, false);
	return protect(&job);
}

sec_status_t krb5_v1_verify(struct krb5_ctx *ctx, struct sspi_message *msg)
{
	sec_status_t status;
	struct job job;
	size_t data;

	job_init(&job, ctx, msg, false);
	if (!msg->token || !find_pieces(&job, msg->token, msg->token_len, false))
		return SEC_E_MESSAGE_ALTERED;
	if (job.sum + job.sum_len != msg->token + msg->token_len)
		return SEC_E_MESSAGE_ALTERED;
	status = make_parts(&job, &data);
	return status == SEC_E_OK ? check(&job) : status;
}

sec_status_t krb5_v1_seal(struct krb5_ctx *ctx, struct sspi_message *msg)
{
	struct job job;

	job_init(&job, ctx, msg, true);
	job.sealed = !msg->qop;
	return protect(&job);
}

/* The padding is taken with the data, and then looked at. */
sec_status_t krb5_v1_unseal(struct krb5_ctx *ctx, struct sspi_message *msg)
{
	sec_status_t status;
	struct job job;
	size_t data;
	u32 i;

	job_init(&job, ctx, msg, true);
	if (!msg->token ||
	    !find_pieces(&job, msg->token, msg->token_len, true))
		return SEC_E_MESSAGE_ALTERED;
	status = make_parts(&job, &data);
	for (i = 0; i < msg->part_count && status == SEC_E_OK; i++)
		if (msg->parts[i].kind == SSPI_PART_PADDING)
			append(&job, SSPI_PART_DATA, msg->parts[i].data,
			       msg->parts[i].len);
	return status == SEC_E_OK ? check(&job) : status;
}

sec_status_t krb5_v1_unseal_stream(struct krb5_ctx *ctx, u8 *stream,
				   size_t len, struct sspi_span *plain,
				   u32 *qop)
{
	struct sspi_message msg = { };
	sec_status_t status;
	struct job job;
	size_t body;
	u8 *at;

	job_init(&job, ctx, &msg, true);
	if (!stream || len > U32_MAX ||
	    !find_pieces(&job, stream, len, false))
		return SEC_E_MESSAGE_ALTERED;
	at = job.confounder + 8;
	body = stream + len - at;
	if (!body || (!job.rc4 && body % 8))
		return SEC_E_MESSAGE_ALTERED;
	append(&job, SSPI_PART_SIGN_ONLY, job.head, sizeof(job.head));
	append(&job, SSPI_PART_DATA, job.confounder, 8);
	append(&job, SSPI_PART_DATA, at, body);
	status = check(&job);
	if (status != SEC_E_OK)
		return status;
	/* Signed, so a lie is the peer's own. */
	if (at[body - 1] == 0 || at[body - 1] > 8 || at[body - 1] > body)
		return SEC_E_MESSAGE_ALTERED;
	*plain = (struct sspi_span){ at, body - at[body - 1] };
	*qop = msg.qop;
	return SEC_E_OK;
}

void krb5_v1_sizes(const struct krb5_ctx *ctx,
		   struct sec_pkg_context_sizes *sizes)
{
	bool rc4 = ctx->key.type->number == KRB5_ENCTYPE_RC4_HMAC;
	u32 own = 8 + 8 + (rc4 ? 8 : 20);

	sizes->max_signature = frame_len(own - 2) + own;
	sizes->security_trailer = FRAME_MAX + own + 8;
	sizes->block_size = rc4 ? 1 : 8;
}
