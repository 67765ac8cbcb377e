// SPDX-License-Identifier: GPL-2.0-only
/* Messages of an established context: signing, sealing, and the way back. */
#include <linux/overflow.h>
#include <linux/scatterlist.h>
#include <linux/string.h>

#include "core/internal.h"

/* A message under way: the caller's buffers, and the parts made of them. */
struct message {
	struct sspi_context *ctx;
	const struct sec_buffer_desc *desc;
	struct sec_buffer *token;
	struct sec_buffer *padding;
	struct sec_buffer *stream;
	struct sec_buffer *data;
	u32 data_count;
	u32 total;
	struct sspi_part *padding_part;
	struct sspi_part parts[SSPI_MAX_BUFFERS];
	struct sspi_message msg;
};

enum direction {
	DIRECTION_SIGN,
	DIRECTION_VERIFY,
	DIRECTION_SEAL,
	DIRECTION_UNSEAL,
};

static bool seals(enum direction dir)
{
	return dir == DIRECTION_SEAL || dir == DIRECTION_UNSEAL;
}

/* The bytes are all there, in one form or the other. */
static bool buffer_valid(const struct sec_buffer *buf, enum direction dir)
{
	if (!buf->sg)
		return !buf->dst && (buf->data || !buf->len);
	if (buf->data || !seals(dir) || !buf->len ||
	    sg_nents_for_len(buf->sg, buf->len) < 0)
		return false;
	return !buf->dst || sg_nents_for_len(buf->dst, buf->len) >= 0;
}

static sec_status_t add_part(struct message *m, struct sec_buffer *buf,
			     enum direction dir, enum sspi_part_kind kind)
{
	struct sspi_part *part = &m->parts[m->msg.part_count];

	if (!buffer_valid(buf, dir) ||
	    check_add_overflow(m->total, buf->len, &m->total))
		return sspi_invalid("message: a buffer or the sum of lengths");
	*part = (struct sspi_part){
		.kind = kind,
		.len = buf->len,
		.data = buf->data,
		.sg = buf->dst ? buf->dst : buf->sg,
	};
	m->msg.part_count++;
	return SEC_E_OK;
}

static sec_status_t add_data(struct message *m, struct sec_buffer *buf,
			     enum direction dir)
{
	enum sspi_part_kind kind = SSPI_PART_DATA;

	if (buf->type & SECBUFFER_READONLY)
		kind = SSPI_PART_READONLY;
	else if (buf->type & SECBUFFER_READONLY_WITH_CHECKSUM)
		kind = SSPI_PART_SIGN_ONLY;
	/* What is not transformed has nothing to be put elsewhere. */
	if (kind != SSPI_PART_DATA && buf->dst)
		return sspi_invalid("message: dst of a part that is not sealed");
	m->data = buf;
	m->data_count++;
	return add_part(m, buf, dir, kind);
}

/* Keeps the one buffer of a kind that there may be. */
static sec_status_t keep(struct sec_buffer **slot, struct sec_buffer *buf)
{
	if (*slot || buf->sg || buf->dst || (buf->len && !buf->data))
		return sspi_invalid("message: a type twice");
	*slot = buf;
	return SEC_E_OK;
}

static sec_status_t add_buffer(struct message *m, struct sec_buffer *buf,
			       enum direction dir)
{
	sec_status_t status;

	switch (buf->type & ~SECBUFFER_ATTRMASK) {
	case SECBUFFER_EMPTY:
		return SEC_E_OK;
	case SECBUFFER_DATA:
		return add_data(m, buf, dir);
	case SECBUFFER_TOKEN:
		return keep(&m->token, buf);
	case SECBUFFER_STREAM:
		if (dir != DIRECTION_UNSEAL)
			return sspi_invalid("message: STREAM");
		return keep(&m->stream, buf);
	case SECBUFFER_PADDING:
		if (!seals(dir))
			return sspi_invalid("message: PADDING");
		status = keep(&m->padding, buf);
		m->padding_part = &m->parts[m->msg.part_count];
		return status == SEC_E_OK ?
			add_part(m, buf, dir, SSPI_PART_PADDING) : status;
	default:
		return sspi_invalid("message: type of a buffer");
	}
}

static sec_status_t message_parse(struct message *m, enum direction dir)
{
	sec_status_t status;
	u32 i;

	m->msg.parts = m->parts;
	status = sspi_desc_check(m->desc);
	for (i = 0; status == SEC_E_OK && i < m->desc->count; i++)
		status = add_buffer(m, &m->desc->buffers[i], dir);
	if (status != SEC_E_OK)
		return status;
	/* A stream is header, body and trailer in one: nothing beside it. */
	if (m->stream)
		return m->token || m->padding || m->data_count != 1 ?
			sspi_invalid("message: STREAM and others") : SEC_E_OK;
	if (!m->token)
		return sspi_invalid("message: no TOKEN");
	m->msg.token = m->token->data;
	m->msg.token_len = m->token->len;
	return SEC_E_OK;
}

/* What the context must have: sealing asks for more than signing. */
static u64 message_needs(const struct sspi_context *ctx, enum direction dir,
			 u32 qop)
{
	u64 integrity = ctx->role == SSPI_ROLE_INITIATOR ? ISC_RET_INTEGRITY :
							   ASC_RET_INTEGRITY;

	if (dir == DIRECTION_SEAL && !qop)
		return ISC_RET_CONFIDENTIALITY;
	/* What is to be opened may be sealed or signed only. */
	if (dir == DIRECTION_UNSEAL)
		return integrity | ISC_RET_CONFIDENTIALITY;
	return integrity;
}

/* What was negotiated decides what the context is good for. */
static sec_status_t message_allowed(const struct sspi_context *ctx,
				    enum direction dir, u32 qop)
{
	sec_status_t status = sspi_context_established(ctx);

	if (status != SEC_E_OK)
		return status;
	if (!(ctx->attr & message_needs(ctx, dir, qop)))
		return SEC_E_UNSUPPORTED_FUNCTION;
	if (ctx->expiry != SSPI_EXPIRY_NEVER &&
	    ctx->expiry <= sspi_env_seconds(sspi_env_current()))
		return SEC_E_CONTEXT_EXPIRED;
	return SEC_E_OK;
}

/* Where sources are to stay as they are, the work is done on copies. */
static void copy_scattered(const struct sec_buffer *buf)
{
	struct sg_mapping_iter from;
	size_t left = buf->len, done = 0;
	int nents = sg_nents(buf->dst);

	sg_miter_start(&from, buf->sg, sg_nents(buf->sg),
		       SG_MITER_ATOMIC | SG_MITER_FROM_SG);
	while (left && sg_miter_next(&from)) {
		size_t len = min(from.length, left);

		sg_pcopy_from_buffer(buf->dst, nents, from.addr, len, done);
		left -= len;
		done += len;
	}
	sg_miter_stop(&from);
}

static bool copied(const struct sec_buffer *buf)
{
	return (buf->type & ~SECBUFFER_ATTRMASK) == SECBUFFER_DATA &&
	       buf->dst && buf->dst != buf->sg;
}

static void message_copy(const struct message *m)
{
	u32 i;

	for (i = 0; i < m->desc->count; i++)
		if (copied(&m->desc->buffers[i]))
			copy_scattered(&m->desc->buffers[i]);
}

/* Nothing of a message that failed stays where the result was to be. */
static void message_wipe(const struct message *m)
{
	u32 i;

	for (i = 0; i < m->desc->count; i++) {
		const struct sec_buffer *buf = &m->desc->buffers[i];

		if (copied(buf))
			sg_zero_buffer(buf->dst, sg_nents(buf->dst), buf->len,
				       0);
	}
}

static void message_result(struct message *m, enum direction dir)
{
	if (dir == DIRECTION_SIGN || dir == DIRECTION_SEAL)
		m->token->len = m->msg.token_len;
	if (m->padding)
		m->padding->len = m->padding_part->len;
}

static sec_status_t message_stream(struct message *m)
{
	const struct sspi_package_ops *ops = m->ctx->package->ops;
	struct sspi_span plain = {};
	sec_status_t status;

	if (!ops->unseal_stream)
		return SEC_E_UNSUPPORTED_FUNCTION;
	status = ops->unseal_stream(m->ctx->state, m->stream->data,
				    m->stream->len, &plain, &m->msg.qop);
	if (status != SEC_E_OK)
		return status;
	m->data->data = (void *)plain.data;
	m->data->len = plain.len;
	return SEC_E_OK;
}

static sec_status_t message_run(struct message *m, enum direction dir)
{
	const struct sspi_package_ops *ops = m->ctx->package->ops;
	sec_status_t status;

	if (m->stream)
		return message_stream(m);
	message_copy(m);
	switch (dir) {
	case DIRECTION_SIGN:
		status = ops->sign(m->ctx->state, &m->msg);
		break;
	case DIRECTION_VERIFY:
		status = ops->verify(m->ctx->state, &m->msg);
		break;
	case DIRECTION_SEAL:
		status = ops->seal(m->ctx->state, &m->msg);
		break;
	default:
		status = ops->unseal(m->ctx->state, &m->msg);
	}
	if (status == SEC_E_OK)
		message_result(m, dir);
	else
		message_wipe(m);
	return status;
}

/* All but @parts, which message_parse() fills: 16 of them are half a KiB. */
static void message_init(struct message *m, const struct sec_buffer_desc *desc,
			 u32 seq, u32 qop)
{
	m->desc = desc;
	m->token = NULL;
	m->padding = NULL;
	m->stream = NULL;
	m->data = NULL;
	m->data_count = 0;
	m->total = 0;
	m->padding_part = NULL;
	m->msg = (struct sspi_message){
		.env = sspi_env_current(),
		.seq = seq,
		.qop = qop,
	};
}

/* @qop: asked for when protecting; receives what was found when checking. */
static sec_status_t message_process(struct module *owner,
				    const struct sspi_ctxt_handle *ctx,
				    struct sec_buffer_desc *desc, u32 seq,
				    enum direction dir, u32 *qop)
{
	struct message m __uninitialized;
	sec_status_t status;

	if (!ctx || !desc)
		return sspi_invalid("ctx or message");
	message_init(&m, desc, seq, *qop);
	m.ctx = sspi_context_get(ctx, owner);
	if (!m.ctx)
		return SEC_E_INVALID_HANDLE;
	status = message_parse(&m, dir);
	if (status == SEC_E_OK)
		status = message_allowed(m.ctx, dir, m.msg.qop);
	if (status == SEC_E_OK)
		status = message_run(&m, dir);
	*qop = m.msg.qop;
	sspi_context_put(m.ctx);
	return status;
}

/**
 * __sspi_make_signature() - sign a message
 * @owner: the consumer
 * @ctx: an established context with INTEGRITY
 * @qop: zero
 * @msg: SECBUFFER_DATA buffers, which are only read, and one SECBUFFER_TOKEN
 *	with room for max_signature bytes, whose length is set
 * @seq: sequence number, for a DATAGRAM context only
 *
 * Calls for one context may run at once; the package orders them.
 *
 * Context: process context, may sleep for memory only.
 * Return: SEC_E_OK; SEC_E_INVALID_HANDLE; SEC_E_INVALID_PARAMETER for a
 * descriptor that is not as said; SEC_E_QOP_NOT_SUPPORTED;
 * SEC_E_OUT_OF_SEQUENCE before the context is established; SEC_E_NO_CONTEXT for
 * a dead one; SEC_E_UNSUPPORTED_FUNCTION without INTEGRITY;
 * SEC_E_CONTEXT_EXPIRED; SEC_E_BUFFER_TOO_SMALL for too little room.
 */
sec_status_t __sspi_make_signature(struct module *owner,
				   const struct sspi_ctxt_handle *ctx, u32 qop,
				   struct sec_buffer_desc *msg, u32 seq)
{
	if (qop)
		return SEC_E_QOP_NOT_SUPPORTED;
	return message_process(owner, ctx, msg, seq, DIRECTION_SIGN, &qop);
}
EXPORT_SYMBOL_GPL(__sspi_make_signature);

/**
 * __sspi_verify_signature() - check a signature
 * @owner: the consumer
 * @ctx: an established context with INTEGRITY
 * @msg: SECBUFFER_DATA buffers, which are only read, and the SECBUFFER_TOKEN
 * @seq: sequence number, for a DATAGRAM context only
 * @qop: receives the quality of protection, or NULL
 *
 * A failure changes nothing: the right message may still come.
 *
 * Context: process context, may sleep for memory only.
 * Return: SEC_E_OK; SEC_E_MESSAGE_ALTERED; SEC_E_OUT_OF_SEQUENCE for a message
 * out of order; else as __sspi_make_signature().
 */
sec_status_t __sspi_verify_signature(struct module *owner,
				     const struct sspi_ctxt_handle *ctx,
				     struct sec_buffer_desc *msg, u32 seq,
				     u32 *qop)
{
	u32 found = 0;
	sec_status_t status;

	status = message_process(owner, ctx, msg, seq, DIRECTION_VERIFY,
				 &found);
	if (status == SEC_E_OK && qop)
		*qop = found;
	return status;
}
EXPORT_SYMBOL_GPL(__sspi_verify_signature);

/**
 * __sspi_encrypt_message() - seal a message
 * @owner: the consumer
 * @ctx: an established context with CONFIDENTIALITY; with INTEGRITY to sign
 *	only
 * @qop: zero, or SECQOP_WRAP_NO_ENCRYPT to sign only
 * @msg: SECBUFFER_DATA buffers, sealed in place, or from @sg into @dst; with
 *	SECBUFFER_READONLY or SECBUFFER_READONLY_WITH_CHECKSUM they are only
 *	read; one SECBUFFER_TOKEN with room for security_trailer bytes, whose
 *	length is set; at most one SECBUFFER_PADDING of block_size bytes,
 *	likewise
 * @seq: sequence number, for a DATAGRAM context only
 *
 * Context: process context, may sleep for memory only.
 * Return: as __sspi_make_signature(), with CONFIDENTIALITY for INTEGRITY.
 */
sec_status_t __sspi_encrypt_message(struct module *owner,
				    const struct sspi_ctxt_handle *ctx, u32 qop,
				    struct sec_buffer_desc *msg, u32 seq)
{
	if (qop && qop != SECQOP_WRAP_NO_ENCRYPT)
		return SEC_E_QOP_NOT_SUPPORTED;
	return message_process(owner, ctx, msg, seq, DIRECTION_SEAL, &qop);
}
EXPORT_SYMBOL_GPL(__sspi_encrypt_message);

/**
 * __sspi_decrypt_message() - open a sealed message
 * @owner: the consumer
 * @ctx: an established context with CONFIDENTIALITY or INTEGRITY
 * @msg: the buffers as the sender had them, opened in place, or from @sg into
 *	@dst; or one SECBUFFER_STREAM with the whole of it and one
 *	SECBUFFER_DATA, which is made to point into the stream
 * @seq: sequence number, for a DATAGRAM context only
 * @qop: receives the quality of protection, or NULL
 *
 * A failure changes nothing: the bytes are as they came, @dst is wiped, and the
 * right message may still come.
 *
 * Context: process context, may sleep for memory only.
 * Return: SEC_E_OK; SEC_E_MESSAGE_ALTERED; SEC_E_OUT_OF_SEQUENCE for a message
 * out of order; SEC_E_UNSUPPORTED_FUNCTION also for a stream where the package
 * has none; else as __sspi_encrypt_message().
 */
sec_status_t __sspi_decrypt_message(struct module *owner,
				    const struct sspi_ctxt_handle *ctx,
				    struct sec_buffer_desc *msg, u32 seq,
				    u32 *qop)
{
	u32 found = 0;
	sec_status_t status;

	status = message_process(owner, ctx, msg, seq, DIRECTION_UNSEAL,
				 &found);
	if (status == SEC_E_OK && qop)
		*qop = found;
	return status;
}
EXPORT_SYMBOL_GPL(__sspi_decrypt_message);

/**
 * __sspi_part_walk() - hand every run of bytes of a scatterlist to @fn
 * @part: a part that has one
 * @fn: called in order, may change the bytes; must not sleep
 * @priv: for @fn
 *
 * For sspi_part_walk().
 *
 * Context: any.
 */
void __sspi_part_walk(const struct sspi_part *part, sspi_part_fn fn, void *priv)
{
	struct sg_mapping_iter it;
	size_t left = part->len;

	sg_miter_start(&it, part->sg, sg_nents(part->sg),
		       SG_MITER_ATOMIC | SG_MITER_TO_SG | SG_MITER_FROM_SG);
	while (left && sg_miter_next(&it)) {
		size_t len = min(it.length, left);

		fn(priv, it.addr, len);
		left -= len;
	}
	sg_miter_stop(&it);
}
EXPORT_SYMBOL_GPL(__sspi_part_walk);
