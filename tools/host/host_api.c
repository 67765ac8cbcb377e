// SPDX-License-Identifier: GPL-2.0-only
/* The public calls of the core in userspace: legs, queries, messages. */
#include <linux/string.h>

#include "host_internal.h"

sec_status_t host_leg_allowed(const struct host_ctx *ctx)
{
	if (ctx->phase == HOST_FAILED)
		return host_refuse(SEC_E_NO_CONTEXT, "the context has failed");
	if (ctx->phase == HOST_ESTABLISHED)
		return host_refuse(SEC_E_OUT_OF_SEQUENCE,
				   "the context is established");
	if (ctx->phase == HOST_ASKING)
		return host_refuse(SEC_E_OUT_OF_SEQUENCE,
				   "the context waits for an answer");
	return SEC_E_OK;
}

sec_status_t host_established(const struct host_ctx *ctx)
{
	if (ctx->phase == HOST_FAILED)
		return host_refuse(SEC_E_NO_CONTEXT, "the context has failed");
	if (ctx->phase != HOST_ESTABLISHED)
		return host_refuse(SEC_E_OUT_OF_SEQUENCE,
				   "the context is not established");
	return SEC_E_OK;
}

sec_status_t
__sspi_initialize_security_context(struct module *owner,
				   const struct sspi_initialize_args *args)
{
	struct host_leg leg = {
		.cred = args->cred,
		.ctx_handle = args->ctx,
		.target = args->target,
		.req = args->req,
		.input = args->input,
		.new_ctx = args->new_ctx,
		.output = args->output,
		.attr = args->attr,
		.expiry = args->expiry,
		.allocate = args->req & ISC_REQ_ALLOCATE_MEMORY,
	};

	return host_run_leg(&leg);
}

sec_status_t __sspi_accept_security_context(struct module *owner,
					    const struct sspi_accept_args *args)
{
	struct host_leg leg = {
		.acceptor = true,
		.cred = args->cred,
		.ctx_handle = args->ctx,
		.req = args->req,
		.input = args->input,
		.new_ctx = args->new_ctx,
		.output = args->output,
		.attr = args->attr,
		.expiry = args->expiry,
		.allocate = args->req & ASC_REQ_ALLOCATE_MEMORY,
	};

	return host_run_leg(&leg);
}

/* The context if it is established, else NULL and why. */
static struct host_ctx *ctx_ready(const struct sspi_ctxt_handle *handle,
				  sec_status_t *status)
{
	struct host_ctx *ctx = host_ctx(handle);

	*status = ctx ? host_established(ctx) :
			host_refuse(SEC_E_INVALID_HANDLE, "no such context");
	return *status == SEC_E_OK ? ctx : NULL;
}

sec_status_t __sspi_complete_auth_token(struct module *owner,
					const struct sspi_ctxt_handle *handle,
					struct sec_buffer_desc *token)
{
	struct host_ctx *ctx = host_ctx(handle);

	if (!ctx)
		return host_refuse(SEC_E_INVALID_HANDLE, "no such context");
	return host_refuse(SEC_E_UNSUPPORTED_FUNCTION,
			   "the package never needs completion");
}

static void fill_negotiation(const struct host_ctx *ctx,
			     struct sec_pkg_context_negotiation_info *out)
{
	const struct sspi_package *package = host_package(&ctx->object);

	out->info = package->info;
	out->state = ctx->phase == HOST_ESTABLISHED ?
			     SECPKG_NEGOTIATION_COMPLETE :
			     SECPKG_NEGOTIATION_IN_PROGRESS;
	if (package->ops->negotiation && ctx->state)
		package->ops->negotiation(ctx->state, out);
}

/* What the core answers itself; false for what the package is asked. */
static bool query_core(const struct host_ctx *ctx, u32 attr, void *buf)
{
	struct sec_pkg_context_negotiation_info negotiation;
	struct sec_pkg_context_package_info *package = buf;
	struct sec_pkg_context_lifespan *lifespan = buf;
	struct sec_pkg_context_flags *flags = buf;

	switch (attr) {
	case SECPKG_ATTR_FLAGS:
		flags->flags = ctx->attr;
		return true;
	case SECPKG_ATTR_LIFESPAN:
		lifespan->start = ctx->start;
		lifespan->expiry = ctx->expiry;
		return true;
	case SECPKG_ATTR_PACKAGE_INFO:
		fill_negotiation(ctx, &negotiation);
		package->info = negotiation.info;
		return true;
	case SECPKG_ATTR_NEGOTIATION_INFO:
		fill_negotiation(ctx, buf);
		return true;
	default:
		return false;
	}
}

static bool query_known(u32 attr)
{
	static const u32 known[] = {
		SECPKG_ATTR_SIZES,	  SECPKG_ATTR_NAMES,
		SECPKG_ATTR_LIFESPAN,	  SECPKG_ATTR_KEY_INFO,
		SECPKG_ATTR_SESSION_KEY,  SECPKG_ATTR_PACKAGE_INFO,
		SECPKG_ATTR_NATIVE_NAMES, SECPKG_ATTR_NEGOTIATION_INFO,
		SECPKG_ATTR_FLAGS,	  SECPKG_ATTR_CLIENT_SPECIFIED_TARGET,
		SSPI_ATTR_SIDS,		  SECPKG_ATTR_NEGO_STATUS,
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (known[i] == attr)
			return true;
	}
	return false;
}

sec_status_t
__sspi_query_context_attributes(struct module *owner,
				const struct sspi_ctxt_handle *handle, u32 attr,
				void *buf, size_t len)
{
	struct host_ctx *ctx = host_ctx(handle);
	bool early = attr == SECPKG_ATTR_PACKAGE_INFO ||
		     attr == SECPKG_ATTR_NEGOTIATION_INFO;
	sec_status_t status = SEC_E_OK;

	if (!ctx)
		return host_refuse(SEC_E_INVALID_HANDLE, "no such context");
	if (!query_known(attr))
		return host_refuse(
			SEC_E_UNSUPPORTED_FUNCTION,
			"no package of this build has the attribute");
	if (!early || ctx->phase == HOST_FAILED)
		status = host_established(ctx);
	if (status != SEC_E_OK || query_core(ctx, attr, buf))
		return status;
	return host_package(&ctx->object)
		->ops->query(ctx->state, attr, buf, len);
}

sec_status_t host_debug_keys(const struct sspi_ctxt_handle *handle,
			     struct sspi_debug_keys *keys)
{
	const struct sspi_package *package;
	sec_status_t status;
	struct host_ctx *ctx = ctx_ready(handle, &status);

	if (!ctx)
		return status;
	package = host_package(&ctx->object);
	if (!package->ops->debug_keys)
		return SEC_E_UNSUPPORTED_FUNCTION;
	return package->ops->debug_keys(ctx->state, keys);
}

/* No part has a scatterlist here. */
void __sspi_part_walk(const struct sspi_part *part, sspi_part_fn fn, void *priv)
{
}

/* A message taken apart. */
struct host_msg {
	struct sspi_part parts[SSPI_MAX_BUFFERS];
	struct sspi_message msg;
	struct sec_buffer *token;
	struct sec_buffer *stream;
	struct sec_buffer *padding;
	struct sspi_part *padding_part;
	struct sec_buffer *data; /* the first DATA */
	u32 data_count;
};

static enum sspi_part_kind part_kind(const struct sec_buffer *b)
{
	if (b->type & SECBUFFER_READONLY)
		return SSPI_PART_READONLY;
	if (b->type & SECBUFFER_READONLY_WITH_CHECKSUM)
		return SSPI_PART_SIGN_ONLY;
	if ((b->type & ~SECBUFFER_ATTRMASK) == SECBUFFER_PADDING)
		return SSPI_PART_PADDING;
	return SSPI_PART_DATA;
}

enum direction {
	DIRECTION_SIGN,
	DIRECTION_VERIFY,
	DIRECTION_SEAL,
	DIRECTION_UNSEAL,
};

static sec_status_t msg_wrong(const char *reason)
{
	return host_refuse(SEC_E_INVALID_PARAMETER, reason);
}

static sec_status_t msg_add(struct host_msg *m, struct sec_buffer *b,
			    enum direction dir)
{
	bool seals = dir == DIRECTION_SEAL || dir == DIRECTION_UNSEAL;
	u32 type = b->type & ~SECBUFFER_ATTRMASK;
	struct sspi_part *part;

	if (type == SECBUFFER_EMPTY)
		return SEC_E_OK;
	if (type == SECBUFFER_TOKEN && !m->token) {
		m->token = b;
		m->msg.token = b->data;
		m->msg.token_len = b->len;
		return SEC_E_OK;
	}
	if (type == SECBUFFER_STREAM && !m->stream && dir == DIRECTION_UNSEAL) {
		m->stream = b;
		return SEC_E_OK;
	}
	if (type == SECBUFFER_PADDING && seals && !m->padding)
		m->padding = b;
	else if (type == SECBUFFER_DATA && m->data_count++ == 0)
		m->data = b;
	else if (type != SECBUFFER_DATA)
		return msg_wrong("a buffer that the call does not take");
	part = &m->parts[m->msg.part_count++];
	part->kind = part_kind(b);
	part->len = b->len;
	part->data = b->data;
	if (b == m->padding)
		m->padding_part = part;
	return SEC_E_OK;
}

static sec_status_t msg_parse(struct host_msg *m, struct sec_buffer_desc *desc,
			      enum direction dir)
{
	sec_status_t status = SEC_E_OK;
	u32 i;

	memset(m, 0, sizeof(*m));
	m->msg.parts = m->parts;
	if (desc->count > SSPI_MAX_BUFFERS)
		return msg_wrong("too many buffers");
	for (i = 0; i < desc->count && status == SEC_E_OK; i++)
		status = msg_add(m, &desc->buffers[i], dir);
	if (status != SEC_E_OK)
		return status;
	if (m->stream && (m->token || m->padding || m->data_count != 1))
		return msg_wrong("a stream goes with one data buffer");
	if (!m->stream && !m->token)
		return msg_wrong("no token");
	return SEC_E_OK;
}

/* What the context must have: sealing asks for more than signing. */
static u64 msg_needs(const struct host_ctx *ctx, enum direction dir, u32 qop)
{
	u64 integrity = ctx->acceptor ? ASC_RET_INTEGRITY : ISC_RET_INTEGRITY;

	if (dir == DIRECTION_SEAL && !qop)
		return ISC_RET_CONFIDENTIALITY;
	if (dir == DIRECTION_UNSEAL)
		return integrity | ISC_RET_CONFIDENTIALITY;
	return integrity;
}

static sec_status_t msg_stream(struct host_ctx *ctx, struct host_msg *m)
{
	const struct sspi_package *package = host_package(&ctx->object);
	struct sspi_span plain = {};
	sec_status_t status;

	if (!package->ops->unseal_stream)
		return host_refuse(SEC_E_UNSUPPORTED_FUNCTION,
				   "the package has no streams");
	status = package->ops->unseal_stream(ctx->state, m->stream->data,
					     m->stream->len, &plain,
					     &m->msg.qop);
	if (status == SEC_E_OK) {
		m->data->data = (void *)plain.data;
		m->data->len = (u32)plain.len;
	}
	return status;
}

static sec_status_t msg_run(struct host_ctx *ctx, struct host_msg *m,
			    enum direction dir)
{
	const struct sspi_package_ops *ops = host_package(&ctx->object)->ops;
	sec_status_t (*const run[])(void *, struct sspi_message *) = {
		[DIRECTION_SIGN] = ops->sign,
		[DIRECTION_VERIFY] = ops->verify,
		[DIRECTION_SEAL] = ops->seal,
		[DIRECTION_UNSEAL] = ops->unseal,
	};
	sec_status_t status;

	if (m->stream)
		return msg_stream(ctx, m);
	status = run[dir](ctx->state, &m->msg);
	if (status != SEC_E_OK)
		return status;
	if (dir == DIRECTION_SIGN || dir == DIRECTION_SEAL)
		m->token->len = m->msg.token_len;
	if (m->padding)
		m->padding->len = m->padding_part->len;
	return SEC_E_OK;
}

static s64 host_seconds(void)
{
	return host_env()->now(host_env()) / SSPI_TICKS_PER_SECOND;
}

static sec_status_t msg_process(const struct sspi_ctxt_handle *handle,
				struct sec_buffer_desc *desc, u32 seq,
				enum direction dir, u32 *qop)
{
	struct host_ctx *ctx = host_ctx(handle);
	struct host_msg m;
	sec_status_t status;

	if (!ctx)
		return host_refuse(SEC_E_INVALID_HANDLE, "no such context");
	status = msg_parse(&m, desc, dir);
	if (status == SEC_E_OK)
		status = host_established(ctx);
	if (status != SEC_E_OK)
		return status;
	if (!(ctx->attr & msg_needs(ctx, dir, *qop)))
		return host_refuse(SEC_E_UNSUPPORTED_FUNCTION,
				   "the context was not negotiated for it");
	if (ctx->expiry != SSPI_EXPIRY_NEVER && ctx->expiry <= host_seconds())
		return host_refuse(SEC_E_CONTEXT_EXPIRED,
				   "the context has expired");
	m.msg.env = host_env();
	m.msg.seq = seq;
	m.msg.qop = *qop;
	status = msg_run(ctx, &m, dir);
	*qop = m.msg.qop;
	return status;
}

sec_status_t __sspi_make_signature(struct module *owner,
				   const struct sspi_ctxt_handle *handle,
				   u32 qop, struct sec_buffer_desc *desc,
				   u32 seq)
{
	if (qop)
		return host_refuse(SEC_E_QOP_NOT_SUPPORTED,
				   "no such protection");
	return msg_process(handle, desc, seq, DIRECTION_SIGN, &qop);
}

sec_status_t __sspi_verify_signature(struct module *owner,
				     const struct sspi_ctxt_handle *handle,
				     struct sec_buffer_desc *desc, u32 seq,
				     u32 *qop)
{
	u32 found = 0;

	if (!qop)
		qop = &found;
	*qop = 0;
	return msg_process(handle, desc, seq, DIRECTION_VERIFY, qop);
}

sec_status_t __sspi_encrypt_message(struct module *owner,
				    const struct sspi_ctxt_handle *handle,
				    u32 qop, struct sec_buffer_desc *desc,
				    u32 seq)
{
	if (qop && qop != SECQOP_WRAP_NO_ENCRYPT)
		return host_refuse(SEC_E_QOP_NOT_SUPPORTED,
				   "no such protection");
	return msg_process(handle, desc, seq, DIRECTION_SEAL, &qop);
}

sec_status_t __sspi_decrypt_message(struct module *owner,
				    const struct sspi_ctxt_handle *handle,
				    struct sec_buffer_desc *desc, u32 seq,
				    u32 *qop)
{
	u32 found = 0;

	if (!qop)
		qop = &found;
	*qop = 0;
	return msg_process(handle, desc, seq, DIRECTION_UNSEAL, qop);
}
