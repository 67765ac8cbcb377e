// SPDX-License-Identifier: GPL-2.0-only
/*
 * NTLM message protection: MS-NLMP 3.4.2 to 3.4.4.
 *
 * Signatures and sealing of a direction share one RC4 stream, so the messages
 * of a direction are put in order by a mutex that is held for the whole of one.
 * Without extended session security (ESS) both directions share one stream and
 * one counter (3.4: half duplex); a datagram context starts a stream for each
 * message (3.4) and has no counter.
 *
 * A message works on a copy of the stream and commits it when it is done: a
 * message that does not verify changes nothing, and its bytes are sealed again
 * with another copy.
 */
#include <linux/limits.h>
#include <linux/string.h>

#include "codec/buf.h"
#include "crypto/ntlm_kdf.h"
#include "pkg/ntlm/ntlm.h"

#define SBOX_LEN	256
#define SIGNATURE_VERSION	1
#define CHECKSUM_LEN	8

/* One message on its way. */
struct job {
	struct ntlm_ctx *ctx;
	struct sspi_message *msg;
	unsigned int dir;
	u32 seq;
	u32 crc;
	struct sspi_hmac_md5_ctx hmac;
	struct sspi_rc4 rc4;
	bool ess;
	bool sealed;		/* DATA is sealed, not only signed */
	bool crypt_part;	/* the part being walked is */
};

static bool has_seal(const struct ntlm_ctx *ctx)
{
	return ctx->flags & NTLMSSP_NEGOTIATE_SEAL;
}

static bool is_datagram(const struct ntlm_ctx *ctx)
{
	return ctx->flags & NTLMSSP_NEGOTIATE_DATAGRAM;
}

/* With ESS a signature alone needs the stream after a key exchange only. */
static bool uses_rc4(const struct job *job)
{
	return !job->ess || job->ctx->flags & (NTLMSSP_NEGOTIATE_SEAL |
					       NTLMSSP_NEGOTIATE_KEY_EXCH);
}

/* The key of what goes in direction @dir (3.4.5.3). */
static unsigned int seal_key(const struct ntlm_ctx *ctx, unsigned int dir,
			     u8 key[NTLM_KEY_LEN])
{
	return ntlm_seal_key(ctx->flags, ctx->session_key,
			     (dir == NTLM_SEND) == ctx->initiator, key);
}

/* SealingKey' = MD5(SealingKey | SequenceNumber), 3.4. */
static void load_datagram(struct job *job, const u8 *key, unsigned int len)
{
	struct sspi_md5_ctx md5;
	u8 digest[SSPI_MD5_LEN];
	struct sspi_writer w;
	u8 seq[4];

	sspi_writer_init(&w, seq, sizeof(seq));
	sspi_write_le32(&w, job->seq);
	sspi_md5_init(&md5);
	sspi_md5_update(&md5, key, len);
	sspi_md5_update(&md5, seq, sizeof(seq));
	sspi_md5_final(&md5, digest);
	sspi_rc4_init(&job->rc4, digest, sizeof(digest));
	memzero_explicit(digest, sizeof(digest));
}

/* Makes the working copy of the stream as it is before this message. */
static sec_status_t load_stream(struct job *job)
{
	struct ntlm_ctx *ctx = job->ctx;
	u8 key[NTLM_KEY_LEN];
	unsigned int len;

	if (!uses_rc4(job))
		return SEC_E_OK;
	if (ctx->sbox[job->dir]) {
		memcpy(job->rc4.s, ctx->sbox[job->dir], SBOX_LEN);
		job->rc4.i = ctx->rc4_i[job->dir];
		job->rc4.j = ctx->rc4_j[job->dir];
		return SEC_E_OK;
	}
	len = seal_key(ctx, job->dir, key);
	if (is_datagram(ctx)) {
		load_datagram(job, key, len);
		memzero_explicit(key, sizeof(key));
		return SEC_E_OK;
	}
	ctx->sbox[job->dir] = sspi_alloc(SBOX_LEN);
	if (ctx->sbox[job->dir]) {
		sspi_rc4_init(&job->rc4, key, len);
		memcpy(ctx->sbox[job->dir], job->rc4.s, SBOX_LEN);
	}
	memzero_explicit(key, sizeof(key));
	return ctx->sbox[job->dir] ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

/* The commit: the message counts. */
static void store_stream(struct job *job)
{
	struct ntlm_ctx *ctx = job->ctx;

	if (is_datagram(ctx))
		return;
	ctx->seq[job->dir]++;
	if (!uses_rc4(job))
		return;
	memcpy(ctx->sbox[job->dir], job->rc4.s, SBOX_LEN);
	ctx->rc4_i[job->dir] = job->rc4.i;
	ctx->rc4_j[job->dir] = job->rc4.j;
}

static void mac_begin(struct job *job)
{
	struct sspi_writer w;
	u8 seq[4];

	if (!job->ess) {
		job->crc = sspi_crc32_init();
		return;
	}
	sspi_writer_init(&w, seq, sizeof(seq));
	sspi_write_le32(&w, job->seq);
	sspi_hmac_md5_init(&job->hmac, &job->ctx->sign_key[job->dir]);
	sspi_hmac_md5_update(&job->hmac, seq, sizeof(seq));
}

static void mac_update(struct job *job, const u8 *data, size_t len)
{
	if (job->ess)
		sspi_hmac_md5_update(&job->hmac, data, len);
	else
		job->crc = sspi_crc32_update(job->crc, data, len);
}

/*
 * 3.4.4.2: Version | HMAC_MD5(SigningKey, SeqNum | Message)[0..7], after a key
 * exchange through RC4 | SeqNum.
 */
static void mac_end_ess(struct job *job, struct sspi_writer *w)
{
	u8 digest[SSPI_MD5_LEN];

	sspi_hmac_md5_final(&job->hmac, digest);
	if (job->ctx->flags & NTLMSSP_NEGOTIATE_KEY_EXCH)
		sspi_rc4_crypt(&job->rc4, digest, digest, CHECKSUM_LEN);
	sspi_write_bytes(w, digest, CHECKSUM_LEN);
	sspi_write_le32(w, job->seq);
}

/*
 * 3.4.4.1: Version | RandomPad | RC4(CRC32(Message)) | RC4(0) ^ SeqNum. The
 * RandomPad is zero on the wire but takes its four bytes of the stream.
 */
static void mac_end_crc(struct job *job, struct sspi_writer *w)
{
	u8 tail[12];
	struct sspi_writer t;

	sspi_writer_init(&t, tail, sizeof(tail));
	sspi_write_le32(&t, 0);
	sspi_write_le32(&t, sspi_crc32_final(job->crc));
	sspi_write_le32(&t, job->seq);
	sspi_rc4_crypt(&job->rc4, tail, tail, sizeof(tail));
	memset(tail, 0, 4);
	sspi_write_bytes(w, tail, sizeof(tail));
}

static void mac_end(struct job *job, u8 token[NTLM_MESSAGE_SIGNATURE_LEN])
{
	struct sspi_writer w;

	sspi_writer_init(&w, token, NTLM_MESSAGE_SIGNATURE_LEN);
	sspi_write_le32(&w, SIGNATURE_VERSION);
	if (job->ess)
		mac_end_ess(job, &w);
	else
		mac_end_crc(job, &w);
}

static void protect_run(void *priv, u8 *data, size_t len)
{
	struct job *job = priv;

	mac_update(job, data, len);
	if (job->crypt_part)
		sspi_rc4_crypt(&job->rc4, data, data, len);
}

static void open_run(void *priv, u8 *data, size_t len)
{
	struct job *job = priv;

	if (job->crypt_part)
		sspi_rc4_crypt(&job->rc4, data, data, len);
	mac_update(job, data, len);
}

static void crypt_run(void *priv, u8 *data, size_t len)
{
	struct job *job = priv;

	if (job->crypt_part)
		sspi_rc4_crypt(&job->rc4, data, data, len);
}

/*
 * Parts in their order: DATA is sealed, both kinds of read-only parts are
 * signed in their place. There is no padding: the stream has no blocks.
 */
static void walk(struct job *job, sspi_part_fn fn)
{
	u32 i;

	for (i = 0; i < job->msg->part_count; i++) {
		const struct sspi_part *part = &job->msg->parts[i];

		if (part->kind == SSPI_PART_PADDING)
			continue;
		job->crypt_part = job->sealed && part->kind == SSPI_PART_DATA;
		sspi_part_walk(part, fn, job);
	}
}

static void drop_padding(struct sspi_message *msg)
{
	u32 i;

	for (i = 0; i < msg->part_count; i++)
		if (msg->parts[i].kind == SSPI_PART_PADDING)
			msg->parts[i].len = 0;
}

/*
 * Takes the direction's turn. The counter stops before it would repeat: a
 * repeated number would let an old signature be used again.
 */
static sec_status_t job_begin(struct job *job, struct ntlm_ctx *ctx,
			      struct sspi_message *msg, enum ntlm_dir dir)
{
	memset(job, 0, sizeof(*job));
	job->ctx = ctx;
	job->msg = msg;
	job->ess = ctx->flags & NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY;
	job->dir = job->ess ? dir : NTLM_SEND;
	mutex_lock(&ctx->order[job->dir]);
	job->seq = is_datagram(ctx) ? msg->seq : ctx->seq[job->dir];
	if (!is_datagram(ctx) && job->seq == U32_MAX)
		return SEC_E_CONTEXT_EXPIRED;
	return SEC_E_OK;
}

static void job_end(struct job *job)
{
	mutex_unlock(&job->ctx->order[job->dir]);
	memzero_explicit(job, sizeof(*job));
}

static sec_status_t protect(struct ntlm_ctx *ctx, struct sspi_message *msg,
			    bool sealed)
{
	sec_status_t status;
	struct job job;

	if (!ntlm_protects(ctx))
		return SEC_E_UNSUPPORTED_FUNCTION;
	if (!msg->token || msg->token_len < NTLM_MESSAGE_SIGNATURE_LEN)
		return SEC_E_BUFFER_TOO_SMALL;

	status = job_begin(&job, ctx, msg, NTLM_SEND);
	if (status == SEC_E_OK)
		status = load_stream(&job);
	if (status == SEC_E_OK) {
		job.sealed = sealed;
		mac_begin(&job);
		walk(&job, protect_run);
		mac_end(&job, msg->token);
		store_stream(&job);
		msg->token_len = NTLM_MESSAGE_SIGNATURE_LEN;
		drop_padding(msg);
	}
	job_end(&job);
	return status;
}

/* 2.2.2.9.2: with ESS version and number are in the clear: cheap to refuse. */
static sec_status_t check_head(const struct job *job)
{
	struct sspi_span token = { job->msg->token, job->msg->token_len };
	struct sspi_reader r;
	u32 version, seq;

	sspi_reader_init(&r, token);
	version = sspi_read_le32(&r);
	sspi_read_le64(&r);
	seq = sspi_read_le32(&r);
	if (r.bad || version != SIGNATURE_VERSION)
		return SEC_E_MESSAGE_ALTERED;
	if (job->ess && seq != job->seq)
		return SEC_E_OUT_OF_SEQUENCE;
	return SEC_E_OK;
}

/* 2.2.2.9.1: a receiver does not look at the RandomPad. */
static sec_status_t compare(const struct job *job, const u8 *want)
{
	const u8 *got = job->msg->token;

	if (job->ess)
		return sspi_equal_ct(got, want, NTLM_MESSAGE_SIGNATURE_LEN) ?
		       SEC_E_OK : SEC_E_MESSAGE_ALTERED;
	if (!sspi_equal_ct(got + 8, want + 8, 4))
		return SEC_E_MESSAGE_ALTERED;
	if (!sspi_equal_ct(got + 12, want + 12, 4))
		return SEC_E_OUT_OF_SEQUENCE;
	return SEC_E_OK;
}

/* Opens and checks; what does not verify is put back as it was. */
static sec_status_t try_open(struct job *job, bool sealed)
{
	u8 want[NTLM_MESSAGE_SIGNATURE_LEN];
	sec_status_t status = load_stream(job);

	if (status != SEC_E_OK)
		return status;
	job->sealed = sealed;
	mac_begin(job);
	walk(job, open_run);
	mac_end(job, want);
	status = compare(job, want);
	memzero_explicit(want, sizeof(want));
	if (status == SEC_E_OK)
		store_stream(job);
	else if (sealed && load_stream(job) == SEC_E_OK)
		walk(job, crypt_run);
	return status;
}

/*
 * Nothing in a message says whether it is sealed. Where sealing is negotiated a
 * message is taken as sealed, and if it does not verify so, as signed only:
 * either way the signature proves each byte, and the caller is told which.
 */
static sec_status_t open_message(struct ntlm_ctx *ctx, struct sspi_message *msg,
				 bool may_be_sealed)
{
	sec_status_t status;
	struct job job;

	if (!ntlm_protects(ctx))
		return SEC_E_UNSUPPORTED_FUNCTION;
	if (!msg->token || msg->token_len != NTLM_MESSAGE_SIGNATURE_LEN)
		return SEC_E_MESSAGE_ALTERED;

	msg->qop = 0;
	status = job_begin(&job, ctx, msg, NTLM_RECV);
	if (status == SEC_E_OK)
		status = check_head(&job);
	if (status == SEC_E_OK && may_be_sealed && has_seal(ctx)) {
		status = try_open(&job, true);
		if (status == SEC_E_MESSAGE_ALTERED &&
		    try_open(&job, false) == SEC_E_OK) {
			msg->qop = SECQOP_WRAP_NO_ENCRYPT;
			status = SEC_E_OK;
		}
	} else if (status == SEC_E_OK) {
		status = try_open(&job, false);
		if (may_be_sealed)
			msg->qop = SECQOP_WRAP_NO_ENCRYPT;
	}
	job_end(&job);
	return status;
}

sec_status_t ntlm_sign(void *ctx, struct sspi_message *msg)
{
	if (msg->qop)
		return SEC_E_QOP_NOT_SUPPORTED;
	return protect(ctx, msg, false);
}

sec_status_t ntlm_verify(void *ctx, struct sspi_message *msg)
{
	return open_message(ctx, msg, false);
}

sec_status_t ntlm_seal(void *priv, struct sspi_message *msg)
{
	struct ntlm_ctx *ctx = priv;

	if (msg->qop == SECQOP_WRAP_NO_ENCRYPT)
		return protect(ctx, msg, false);
	if (msg->qop)
		return SEC_E_QOP_NOT_SUPPORTED;
	if (!has_seal(ctx))
		return SEC_E_UNSUPPORTED_FUNCTION;
	return protect(ctx, msg, true);
}

sec_status_t ntlm_unseal(void *ctx, struct sspi_message *msg)
{
	return open_message(ctx, msg, true);
}

/* The signature, then the message. */
sec_status_t ntlm_unseal_stream(void *ctx, u8 *stream, size_t len,
				struct sspi_span *plain, u32 *qop)
{
	struct sspi_part body = { .kind = SSPI_PART_DATA };
	struct sspi_message msg = {
		.parts = &body,
		.part_count = 1,
		.token = stream,
		.token_len = NTLM_MESSAGE_SIGNATURE_LEN,
	};
	sec_status_t status;

	if (len < NTLM_MESSAGE_SIGNATURE_LEN ||
	    len - NTLM_MESSAGE_SIGNATURE_LEN > U32_MAX)
		return SEC_E_MESSAGE_ALTERED;
	body.data = stream + NTLM_MESSAGE_SIGNATURE_LEN;
	body.len = len - NTLM_MESSAGE_SIGNATURE_LEN;
	status = open_message(ctx, &msg, true);
	if (status != SEC_E_OK)
		return status;
	plain->data = body.data;
	plain->len = body.len;
	*qop = msg.qop;
	return SEC_E_OK;
}

/* The next message of a direction begins its stream, with the next number. */
void ntlm_restart(void *priv)
{
	struct ntlm_ctx *ctx = priv;
	unsigned int dir;

	for (dir = 0; dir < NTLM_DIRS; dir++) {
		mutex_lock(&ctx->order[dir]);
		sspi_free(ctx->sbox[dir]);
		ctx->sbox[dir] = NULL;
		ctx->rc4_i[dir] = 0;
		ctx->rc4_j[dir] = 0;
		mutex_unlock(&ctx->order[dir]);
	}
}

sec_status_t ntlm_debug_keys(void *priv, struct sspi_debug_keys *keys)
{
	struct ntlm_ctx *ctx = priv;

	if (ctx->state != NTLM_STATE_ESTABLISHED)
		return SEC_E_INVALID_HANDLE;
	memset(keys, 0, sizeof(*keys));
	keys->session_key_len = sizeof(ctx->session_key);
	memcpy(keys->session_key, ctx->session_key, sizeof(ctx->session_key));
	keys->key_len = NTLM_KEY_LEN;
	keys->flags = ctx->flags;
	if (ctx->flags & NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY) {
		ntlm_sign_key(ctx->session_key, ctx->initiator,
			      keys->send_sign);
		ntlm_sign_key(ctx->session_key, !ctx->initiator,
			      keys->recv_sign);
	}
	seal_key(ctx, NTLM_SEND, keys->send_seal);
	seal_key(ctx, NTLM_RECV, keys->recv_seal);
	return SEC_E_OK;
}
