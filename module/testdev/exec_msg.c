// SPDX-License-Identifier: GPL-2.0-only
/* Message protection: sign, verify, encrypt, decrypt, wrap, unwrap. */
#include <linux/string.h>

#include "testdev/exec.h"

/* A message with its own copies of the bytes, transformed in place. */
struct testdev_msg {
	struct sec_buffer buf[SSPI_MAX_BUFFERS];
	struct sec_buffer_desc desc;
	void *copy[SSPI_MAX_BUFFERS];
	size_t copy_len[SSPI_MAX_BUFFERS];
	u32 token; /* index of the TOKEN */
	u32 qop;
	u32 seq;
};

static struct testdev_msg *testdev_msg_new(struct testdev_call *call)
{
	struct testdev_msg *msg = sspi_alloc(sizeof(*msg));
	u64 value;

	if (!msg)
		return NULL;
	msg->desc.version = SECBUFFER_VERSION;
	msg->desc.buffers = msg->buf;
	msg->token = SSPI_MAX_BUFFERS;
	if (drive_find_u64(call->in, DRIVE_QOP, &value))
		msg->qop = (u32)value;
	if (drive_find_u64(call->in, DRIVE_SEQ, &value))
		msg->seq = (u32)value;
	return msg;
}

static void testdev_msg_free(struct testdev_msg *msg)
{
	u32 i;

	if (!msg)
		return;
	for (i = 0; i < SSPI_MAX_BUFFERS; i++)
		testdev_free(msg->copy[i], msg->copy_len[i]);
	sspi_free(msg);
}

/* Appends a buffer of @len bytes, a copy of @data or zeroes. */
static sec_status_t testdev_msg_add(struct testdev_msg *msg, u32 type,
				    const u8 *data, size_t len)
{
	u32 i = msg->desc.count;

	if (i == SSPI_MAX_BUFFERS)
		return SEC_E_INVALID_PARAMETER;
	if (len) {
		msg->copy[i] = testdev_alloc(len);
		if (!msg->copy[i])
			return SEC_E_INSUFFICIENT_MEMORY;
		msg->copy_len[i] = len;
		if (data)
			memcpy(msg->copy[i], data, len);
		else
			memset(msg->copy[i], 0, len);
	}
	msg->buf[i].type = type;
	msg->buf[i].len = (u32)len;
	msg->buf[i].data = msg->copy[i];
	if (type == SECBUFFER_TOKEN)
		msg->token = i;
	msg->desc.count++;
	return SEC_E_OK;
}

/* A TOKEN with the room that the context says it needs. */
static sec_status_t testdev_msg_room(struct testdev_msg *msg,
				     struct testdev_entry *ctx, bool signature)
{
	struct sec_pkg_context_sizes sizes = {};
	sec_status_t status;

	status = sspi_query_context_attributes(&ctx->ctx, SECPKG_ATTR_SIZES,
					       &sizes, sizeof(sizes));
	if (status != SEC_E_OK)
		return status;
	return testdev_msg_add(msg, SECBUFFER_TOKEN, NULL,
			       signature ? sizes.max_signature :
					   sizes.security_trailer);
}

/* Appends the buffers of the request, TOKENs only if @tokens. */
static sec_status_t testdev_msg_read(struct testdev_call *call,
				     struct testdev_msg *msg, bool tokens)
{
	struct drive_reader r;
	struct sspi_span record, data;
	sec_status_t status = SEC_E_OK;
	u64 type = 0;
	u32 tag;

	drive_reader_init(&r, call->in);
	while (status == SEC_E_OK && drive_next(&r, &tag, &record)) {
		if (tag != DRIVE_BUFFER)
			continue;
		drive_find_u64(record, DRIVE_TYPE, &type);
		drive_find(record, DRIVE_DATA, &data);
		if (!tokens && type == SECBUFFER_TOKEN)
			continue;
		status = testdev_msg_add(msg, (u32)type, data.data, data.len);
	}
	return status;
}

static void testdev_msg_write(struct testdev_call *call,
			      const struct testdev_msg *msg)
{
	size_t begin;
	u32 i;

	for (i = 0; i < msg->desc.count; i++) {
		begin = drive_begin(&call->out, DRIVE_BUFFER);
		drive_put_u64(&call->out, DRIVE_TYPE, msg->buf[i].type);
		drive_put(&call->out, DRIVE_DATA, msg->buf[i].data,
			  msg->buf[i].len);
		drive_end(&call->out, begin);
	}
}

/* Finds the context and makes the message; @msg NULL on failure. */
static sec_status_t testdev_msg_begin(struct testdev_call *call,
				      struct testdev_entry **ctx,
				      struct testdev_msg **msg)
{
	*msg = NULL;
	*ctx = testdev_find(call, DRIVE_CTX, false);
	if (!*ctx)
		return SEC_E_INVALID_HANDLE;
	*msg = testdev_msg_new(call);
	return *msg ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

static sec_status_t testdev_msg_add_tag(struct testdev_call *call,
					struct testdev_msg *msg, u32 tag,
					u32 type)
{
	struct sspi_span value;

	drive_find(call->in, tag, &value);
	return testdev_msg_add(msg, type, value.data, value.len);
}

sec_status_t testdev_op_sign(struct testdev_call *call)
{
	struct testdev_entry *ctx;
	struct testdev_msg *msg;
	sec_status_t status;

	status = testdev_msg_begin(call, &ctx, &msg);
	if (status == SEC_E_OK)
		status = testdev_msg_room(msg, ctx, true);
	if (status == SEC_E_OK)
		status = testdev_msg_add_tag(call, msg, DRIVE_MESSAGE,
					     SECBUFFER_DATA);
	if (status == SEC_E_OK)
		status = sspi_make_signature(&ctx->ctx, msg->qop, &msg->desc,
					     msg->seq);
	if (status == SEC_E_OK)
		drive_put(&call->out, DRIVE_TOKEN, msg->buf[0].data,
			  msg->buf[0].len);
	testdev_msg_free(msg);
	return status;
}

sec_status_t testdev_op_verify(struct testdev_call *call)
{
	struct testdev_entry *ctx;
	struct testdev_msg *msg;
	sec_status_t status;
	u32 qop = 0;

	status = testdev_msg_begin(call, &ctx, &msg);
	if (status == SEC_E_OK)
		status = testdev_msg_add_tag(call, msg, DRIVE_TOKEN,
					     SECBUFFER_TOKEN);
	if (status == SEC_E_OK)
		status = testdev_msg_add_tag(call, msg, DRIVE_MESSAGE,
					     SECBUFFER_DATA);
	if (status == SEC_E_OK)
		status = sspi_verify_signature(&ctx->ctx, &msg->desc, msg->seq,
					       &qop);
	if (status == SEC_E_OK)
		drive_put_u64(&call->out, DRIVE_QOP, qop);
	testdev_msg_free(msg);
	return status;
}

sec_status_t testdev_op_encrypt(struct testdev_call *call)
{
	struct testdev_entry *ctx;
	struct testdev_msg *msg;
	sec_status_t status;

	status = testdev_msg_begin(call, &ctx, &msg);
	if (status == SEC_E_OK)
		status = testdev_msg_room(msg, ctx, false);
	if (status == SEC_E_OK)
		status = testdev_msg_read(call, msg, false);
	if (status == SEC_E_OK)
		status = sspi_encrypt_message(&ctx->ctx, msg->qop, &msg->desc,
					      msg->seq);
	if (status == SEC_E_OK)
		testdev_msg_write(call, msg);
	testdev_msg_free(msg);
	return status;
}

/* Where the plain text of a STREAM is to be pointed at. */
static struct sec_buffer *testdev_msg_plain(struct testdev_msg *msg)
{
	u32 i;

	for (i = 0; i < msg->desc.count; i++) {
		if (msg->buf[i].type == SECBUFFER_DATA)
			return &msg->buf[i];
	}
	return NULL;
}

static sec_status_t testdev_msg_stream(struct testdev_msg *msg)
{
	u32 i;

	for (i = 0; i < msg->desc.count; i++) {
		if (msg->buf[i].type == SECBUFFER_STREAM &&
		    !testdev_msg_plain(msg))
			return testdev_msg_add(msg, SECBUFFER_DATA, NULL, 0);
	}
	return SEC_E_OK;
}

sec_status_t testdev_op_decrypt(struct testdev_call *call)
{
	struct testdev_entry *ctx;
	struct testdev_msg *msg;
	sec_status_t status;
	u32 qop = 0;

	status = testdev_msg_begin(call, &ctx, &msg);
	if (status == SEC_E_OK)
		status = testdev_msg_read(call, msg, true);
	if (status == SEC_E_OK)
		status = testdev_msg_stream(msg);
	if (status == SEC_E_OK)
		status = sspi_decrypt_message(&ctx->ctx, &msg->desc, msg->seq,
					      &qop);
	if (status == SEC_E_OK) {
		testdev_msg_write(call, msg);
		drive_put_u64(&call->out, DRIVE_QOP, qop);
	}
	testdev_msg_free(msg);
	return status;
}

/*
 * The wrapped form: the token, the message, the padding. That there is a buffer
 * for padding asks for GSS-API's form.
 */
static sec_status_t testdev_wrap_write(struct testdev_call *call,
				       const struct testdev_msg *msg)
{
	size_t len = 0, at = 0;
	u8 *token;
	u32 i;

	for (i = 0; i < msg->desc.count; i++)
		len += msg->buf[i].len;
	token = testdev_alloc(len ? len : 1);
	if (!token)
		return SEC_E_INSUFFICIENT_MEMORY;
	for (i = 0; i < msg->desc.count; i++) {
		if (msg->buf[i].len)
			memcpy(token + at, msg->buf[i].data, msg->buf[i].len);
		at += msg->buf[i].len;
	}
	drive_put(&call->out, DRIVE_TOKEN, token, len);
	testdev_free(token, len ? len : 1);
	return SEC_E_OK;
}

/* TOKEN, DATA and PADDING as the context says it needs them. */
static sec_status_t testdev_wrap_buffers(struct testdev_call *call,
					 struct testdev_msg *msg,
					 struct testdev_entry *ctx)
{
	struct sec_pkg_context_sizes sizes = {};
	sec_status_t status;

	status = sspi_query_context_attributes(&ctx->ctx, SECPKG_ATTR_SIZES,
					       &sizes, sizeof(sizes));
	if (status == SEC_E_OK)
		status = testdev_msg_add(msg, SECBUFFER_TOKEN, NULL,
					 sizes.security_trailer);
	if (status == SEC_E_OK)
		status = testdev_msg_add_tag(call, msg, DRIVE_MESSAGE,
					     SECBUFFER_DATA);
	if (status == SEC_E_OK)
		status = testdev_msg_add(msg, SECBUFFER_PADDING, NULL,
					 sizes.block_size);
	return status;
}

sec_status_t testdev_op_wrap(struct testdev_call *call)
{
	struct testdev_entry *ctx;
	struct testdev_msg *msg;
	sec_status_t status;
	u64 conf = 1;

	drive_find_u64(call->in, DRIVE_CONF, &conf);
	status = testdev_msg_begin(call, &ctx, &msg);
	if (status == SEC_E_OK)
		status = testdev_wrap_buffers(call, msg, ctx);
	if (status == SEC_E_OK)
		status = sspi_encrypt_message(&ctx->ctx,
					      conf ? 0 : SECQOP_WRAP_NO_ENCRYPT,
					      &msg->desc, 0);
	if (status == SEC_E_OK)
		status = testdev_wrap_write(call, msg);
	testdev_msg_free(msg);
	return status;
}

sec_status_t testdev_op_unwrap(struct testdev_call *call)
{
	struct testdev_entry *ctx;
	struct testdev_msg *msg;
	sec_status_t status;
	u64 conf = 0;
	u32 qop = 0;

	drive_find_u64(call->in, DRIVE_CONF, &conf);
	status = testdev_msg_begin(call, &ctx, &msg);
	if (status == SEC_E_OK)
		status = testdev_msg_add_tag(call, msg, DRIVE_TOKEN,
					     SECBUFFER_STREAM);
	if (status == SEC_E_OK)
		status = testdev_msg_add(msg, SECBUFFER_DATA, NULL, 0);
	if (status == SEC_E_OK)
		status = sspi_decrypt_message(&ctx->ctx, &msg->desc, 0, &qop);
	/* Whoever says that the message was sealed does not take it unsealed. */
	if (status == SEC_E_OK && conf && qop == SECQOP_WRAP_NO_ENCRYPT)
		status = SEC_E_QOP_NOT_SUPPORTED;
	if (status == SEC_E_OK) {
		drive_put(&call->out, DRIVE_MESSAGE, msg->buf[1].data,
			  msg->buf[1].len);
		drive_put_u64(&call->out, DRIVE_CONF,
			      qop != SECQOP_WRAP_NO_ENCRYPT);
		drive_put_u64(&call->out, DRIVE_QOP, qop);
	}
	testdev_msg_free(msg);
	return status;
}
