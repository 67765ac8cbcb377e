// SPDX-License-Identifier: GPL-2.0-only
/* acquire, initialize, accept and complete. */
#include <linux/limits.h>
#include <linux/string.h>

#include "testdev/exec.h"

static void testdev_read_identity(struct sspi_span in,
				  struct sspi_auth_identity *id)
{
	struct sspi_span secret;

	memset(id, 0, sizeof(*id));
	id->user = drive_find_text(in, DRIVE_USER);
	id->domain = drive_find_text(in, DRIVE_DOMAIN);
	if (drive_find(in, DRIVE_PASSWORD, &secret))
		id->secret_kind = SSPI_SECRET_PASSWORD;
	else if (drive_find(in, DRIVE_LONG_KEY, &secret))
		id->secret_kind = SSPI_SECRET_KEYS;
	else if (drive_find(in, DRIVE_NT_HASH, &secret))
		id->secret_kind = SSPI_SECRET_NT_HASH;
	else
		return;
	id->secret = secret.data;
	id->secret_len = secret.len;
}

static void testdev_read_options(struct sspi_span in,
				 struct sspi_ntlm_options *ntlm)
{
	u64 value;

	if (drive_find_u64(in, DRIVE_LM_COMPAT, &value))
		ntlm->lm_compat = value > 255 ? 255 : (u8)value;
	if (drive_find_u64(in, DRIVE_ALLOW_ANONYMOUS, &value))
		ntlm->allow_anonymous = value;
	if (drive_find_u64(in, DRIVE_REQUIRE_MIC, &value))
		ntlm->mic_optional = !value;
	ntlm->workstation = drive_find_text(in, DRIVE_WORKSTATION);
	ntlm->nb_computer = drive_find_text(in, DRIVE_NB_COMPUTER);
	ntlm->nb_domain = drive_find_text(in, DRIVE_NB_DOMAIN);
	ntlm->dns_computer = drive_find_text(in, DRIVE_DNS_COMPUTER);
	ntlm->dns_domain = drive_find_text(in, DRIVE_DNS_DOMAIN);
	ntlm->dns_forest = drive_find_text(in, DRIVE_DNS_FOREST);
}

static void testdev_read_krb5(struct sspi_span in,
			      struct sspi_krb5_options *krb5)
{
	struct drive_reader r;
	struct sspi_span value;
	u64 number;
	u32 tag;

	memset(krb5, 0, sizeof(*krb5));
	if (drive_find_u64(in, DRIVE_MAX_SKEW, &number))
		krb5->max_skew = !number	  ? SSPI_KRB5_NO_SKEW :
				 number > S32_MAX ? S32_MAX :
						    (u32)number;
	if (drive_find_u64(in, DRIVE_CANONICALIZE, &number))
		krb5->canonicalize = number;
	krb5->for_user = drive_find_text(in, DRIVE_FOR_USER);
	drive_find(in, DRIVE_ARMOR, &krb5->armor);
	drive_reader_init(&r, in);
	while (drive_next(&r, &tag, &value)) {
		if (tag != DRIVE_PERMITTED || value.len != sizeof(number) ||
		    krb5->enctype_count == SSPI_MAX_ENCTYPES)
			continue;
		memcpy(&number, value.data, sizeof(number));
		krb5->enctypes[krb5->enctype_count++] = (s32)number;
	}
}

/* The accounts of the request, from sspi_alloc(); NULL if there are none. */
static sec_status_t testdev_read_accounts(struct sspi_span in,
					  struct sspi_auth_identity **list,
					  u32 *count)
{
	struct drive_reader r;
	struct sspi_span value;
	u32 tag, n = 0;

	*list = NULL;
	*count = 0;
	drive_reader_init(&r, in);
	while (drive_next(&r, &tag, &value))
		n += tag == DRIVE_ACCOUNT;
	if (n == 0)
		return SEC_E_OK;
	*list = testdev_alloc(n * sizeof(**list));
	if (!*list)
		return SEC_E_INSUFFICIENT_MEMORY;
	*count = n;
	n = 0;
	drive_reader_init(&r, in);
	while (drive_next(&r, &tag, &value)) {
		if (tag == DRIVE_ACCOUNT)
			testdev_read_identity(value, &(*list)[n++]);
	}
	return SEC_E_OK;
}

sec_status_t testdev_op_acquire(struct testdev_call *call)
{
	struct sspi_ntlm_options ntlm = SSPI_NTLM_OPTIONS_DEFAULT;
	struct sspi_krb5_options krb5;
	struct sspi_negotiate_options negotiate = {};
	struct sspi_acquire_args args = { .ntlm = &ntlm,
					  .krb5 = &krb5,
					  .negotiate = &negotiate };
	struct sspi_auth_identity identity, *accounts;
	static const struct sspi_ctxt_handle none;
	struct testdev_entry *entry, *from;
	struct sspi_span value;
	sec_status_t status;
	s64 expiry;
	u64 use = 0;

	args.package = drive_find_text(call->in, DRIVE_PACKAGE);
	args.packages = drive_find_text(call->in, DRIVE_PACKAGES);
	args.principal = drive_find_text(call->in, DRIVE_PRINCIPAL);
	if (drive_find_u64(call->in, DRIVE_BY_ADDRESS, &use))
		negotiate.kerberos_by_address = use;
	use = 0;
	drive_find_u64(call->in, DRIVE_USE, &use);
	args.cred_use = (u32)use;
	if (drive_find(call->in, DRIVE_IDENTITY, &value)) {
		testdev_read_identity(value, &identity);
		args.identity = &identity;
	}
	testdev_read_options(call->in, &ntlm);
	testdev_read_krb5(call->in, &krb5);
	drive_find(call->in, DRIVE_KEYTAB, &args.keytab);
	drive_find(call->in, DRIVE_CCACHE, &args.ccache);
	status =
		testdev_read_accounts(call->in, &accounts, &args.account_count);
	if (status != SEC_E_OK)
		return status;
	args.accounts = accounts;
	if (drive_find(call->in, DRIVE_DELEGATED, &value)) {
		from = testdev_find(call, DRIVE_DELEGATED, false);
		args.delegated = from ? &from->ctx : &none;
	}
	entry = testdev_add(call->session, true);
	if (entry)
		status = testdev_acquire(&args, &entry->cred, &expiry);
	else
		status = SEC_E_INSUFFICIENT_MEMORY;
	testdev_free(accounts, args.account_count * sizeof(*accounts));
	if (status == SEC_E_OK) {
		if (drive_find_u64(call->in, DRIVE_SCRIPT, &use))
			entry->script = use;
		drive_put_u64(&call->out, DRIVE_CRED, entry->number);
	} else if (entry) {
		testdev_remove(call->session, entry);
	}
	return status;
}

/* An expiry that no package gives. */
#define TESTDEV_UNWRITTEN (-SSPI_EXPIRY_NEVER)

/* One leg, of either side. */
struct testdev_leg {
	struct testdev_entry *cred;
	struct testdev_entry *ctx;
	bool made; /* @ctx was added for this leg */
	u64 req;
	u64 attr;
	s64 expiry;
	struct sec_buffer in[2];
	struct sec_buffer_desc in_desc;
	struct sec_buffer out;
	struct sec_buffer_desc out_desc;
	bool allocate;
	u8 *room;
};

static sec_status_t testdev_keep_bindings(struct testdev_call *call,
					  struct testdev_entry *ctx)
{
	struct sspi_span value;
	u8 *copy;

	if (!drive_find(call->in, DRIVE_BINDINGS, &value))
		return SEC_E_OK;
	copy = sspi_alloc(value.len ? value.len : 1);
	if (!copy)
		return SEC_E_INSUFFICIENT_MEMORY;
	if (value.len)
		memcpy(copy, value.data, value.len);
	sspi_free(ctx->bindings);
	ctx->bindings = copy;
	ctx->bindings_len = value.len;
	return SEC_E_OK;
}

static void testdev_leg_buffers(struct testdev_call *call,
				struct testdev_leg *leg)
{
	struct sspi_span value;
	u32 n = 0;

	if (drive_find(call->in, DRIVE_INPUT, &value)) {
		leg->in[n].type = SECBUFFER_TOKEN;
		leg->in[n].data = (void *)value.data;
		leg->in[n++].len = (u32)value.len;
	}
	if (leg->ctx->bindings) {
		leg->in[n].type = SECBUFFER_CHANNEL_BINDINGS;
		leg->in[n].data = leg->ctx->bindings;
		leg->in[n++].len = (u32)leg->ctx->bindings_len;
	}
	leg->in_desc.version = SECBUFFER_VERSION;
	leg->in_desc.count = n;
	leg->in_desc.buffers = leg->in;
	leg->out.type = SECBUFFER_TOKEN;
	leg->out.len = leg->room ? SSPI_MAX_TOKEN : 0;
	leg->out.data = leg->room;
	leg->out_desc.version = SECBUFFER_VERSION;
	leg->out_desc.count = 1;
	leg->out_desc.buffers = &leg->out;
}

/* Finds what the request names; the context's entry is made on a first leg. */
static sec_status_t testdev_leg_begin(struct testdev_call *call,
				      struct testdev_leg *leg, bool acceptor)
{
	u64 allocate = acceptor ? ASC_REQ_ALLOCATE_MEMORY :
				  ISC_REQ_ALLOCATE_MEMORY;
	struct sspi_span value;
	sec_status_t status;

	memset(leg, 0, sizeof(*leg));
	leg->expiry = TESTDEV_UNWRITTEN;
	drive_find_u64(call->in, DRIVE_REQ, &leg->req);
	if (drive_find(call->in, DRIVE_CTX, &value)) {
		leg->ctx = testdev_find(call, DRIVE_CTX, false);
		if (!leg->ctx)
			return SEC_E_INVALID_HANDLE;
	}
	leg->cred = testdev_find(call, DRIVE_CRED, true);
	if (!leg->cred)
		return SEC_E_INVALID_HANDLE;
	if (!leg->ctx) {
		leg->ctx = testdev_add(call->session, false);
		if (!leg->ctx)
			return SEC_E_INSUFFICIENT_MEMORY;
		leg->ctx->acceptor = acceptor;
		leg->made = true;
	}
	status = testdev_keep_bindings(call, leg->ctx);
	if (status != SEC_E_OK)
		return status;
	leg->allocate = leg->req & allocate;
	if (!leg->allocate) {
		leg->room = testdev_alloc(SSPI_MAX_TOKEN);
		if (!leg->room)
			return SEC_E_INSUFFICIENT_MEMORY;
	}
	testdev_leg_buffers(call, leg);
	return SEC_E_OK;
}

static void testdev_write_io(struct testdev_call *call,
			     const struct testdev_entry *ctx)
{
	const struct sspi_io *io = testdev_io(&ctx->ctx);

	if (!io)
		return;
	drive_put_text(&call->out, DRIVE_REALM, io->realm);
	drive_put_u64(&call->out, DRIVE_SERVICE, io->service);
	drive_put(&call->out, DRIVE_REQUEST, io->request.data, io->request.len);
}

static void testdev_leg_end(struct testdev_call *call, struct testdev_leg *leg,
			    sec_status_t status, bool called)
{
	/* A leg that was refused has written none of its outputs. */
	bool ran = called && leg->expiry != TESTDEV_UNWRITTEN;
	size_t len = ran && leg->out.data ? leg->out.len : 0;

	if (called && testdev_last_reason())
		call->reason = testdev_last_reason();
	if (leg->made && !leg->ctx->ctx.lower && !leg->ctx->ctx.upper) {
		testdev_remove(call->session, leg->ctx);
		leg->ctx = NULL;
	}
	if (leg->ctx && status == SEC_E_OK)
		leg->ctx->established = true;
	if (leg->ctx) {
		drive_put_u64(&call->out, DRIVE_CTX, leg->ctx->number);
		if (status == SEC_I_ASYNC_CALL_PENDING)
			testdev_write_io(call, leg->ctx);
	}
	drive_put(&call->out, DRIVE_OUTPUT, leg->out.data, len);
	drive_put_u64(&call->out, DRIVE_ATTR_FLAGS, leg->attr);
	if (status == SEC_E_OK)
		drive_put_u64(&call->out, DRIVE_EXPIRY, (u64)leg->expiry);
	if (ran && leg->allocate && leg->out.data)
		sspi_free_context_buffer(leg->out.data);
	testdev_free(leg->room, SSPI_MAX_TOKEN);
}

sec_status_t testdev_op_initialize(struct testdev_call *call)
{
	struct sspi_initialize_args args = {
		.target_data_rep = SECURITY_NATIVE_DREP,
		.target = drive_find_text(call->in, DRIVE_TARGET),
	};
	struct testdev_leg leg;
	sec_status_t status;
	bool called;

	status = testdev_leg_begin(call, &leg, false);
	called = status == SEC_E_OK;
	if (called) {
		args.cred = &leg.cred->cred;
		args.ctx = leg.made ? NULL : &leg.ctx->ctx;
		args.req = leg.req;
		args.input = leg.in_desc.count ? &leg.in_desc : NULL;
		args.new_ctx = leg.made ? &leg.ctx->ctx : NULL;
		args.output = &leg.out_desc;
		args.attr = &leg.attr;
		args.expiry = &leg.expiry;
		testdev_set_script(leg.cred->script);
		status = testdev_initialize(&args);
	}
	testdev_leg_end(call, &leg, status, called);
	return status;
}

sec_status_t testdev_op_accept(struct testdev_call *call)
{
	struct sspi_accept_args args = {
		.target_data_rep = SECURITY_NATIVE_DREP,
	};
	struct sspi_span challenge;
	struct testdev_leg leg;
	sec_status_t status;
	bool called;

	status = testdev_leg_begin(call, &leg, true);
	called = status == SEC_E_OK;
	if (called) {
		args.cred = &leg.cred->cred;
		args.ctx = leg.made ? NULL : &leg.ctx->ctx;
		args.req = leg.req;
		args.input = leg.in_desc.count ? &leg.in_desc : NULL;
		args.new_ctx = leg.made ? &leg.ctx->ctx : NULL;
		args.output = &leg.out_desc;
		args.attr = &leg.attr;
		args.expiry = &leg.expiry;
		drive_find(call->in, DRIVE_CHALLENGE, &challenge);
		testdev_set_challenge(challenge);
		testdev_set_script(leg.cred->script);
		status = testdev_accept(&args);
		challenge.data = NULL;
		testdev_set_challenge(challenge);
	}
	testdev_leg_end(call, &leg, status, called);
	return status;
}

sec_status_t testdev_op_io_reply(struct testdev_call *call)
{
	struct testdev_entry *ctx = testdev_find(call, DRIVE_CTX, false);
	struct testdev_leg leg = { .ctx = ctx, .expiry = TESTDEV_UNWRITTEN };
	struct sspi_span reply;
	sec_status_t status;
	u64 error = 0;

	if (!ctx)
		return SEC_E_INVALID_HANDLE;
	drive_put_u64(&call->out, DRIVE_WHAT, ctx->acceptor);
	leg.room = testdev_alloc(SSPI_MAX_TOKEN);
	if (!leg.room)
		return SEC_E_INSUFFICIENT_MEMORY;
	leg.out.type = SECBUFFER_TOKEN;
	leg.out.len = SSPI_MAX_TOKEN;
	leg.out.data = leg.room;
	leg.out_desc.version = SECBUFFER_VERSION;
	leg.out_desc.count = 1;
	leg.out_desc.buffers = &leg.out;
	drive_find(call->in, DRIVE_REPLY, &reply);
	drive_find_u64(call->in, DRIVE_ERROR, &error);
	status = testdev_io_reply(&ctx->ctx, reply, (int)error, &leg.out_desc,
				  &leg.attr, &leg.expiry);
	testdev_leg_end(call, &leg, status, true);
	return status;
}

sec_status_t testdev_op_complete(struct testdev_call *call)
{
	struct testdev_entry *ctx = testdev_find(call, DRIVE_CTX, false);
	struct sec_buffer token = { .type = SECBUFFER_TOKEN };
	struct sec_buffer_desc desc = { SECBUFFER_VERSION, 1, &token };
	struct sspi_span value;
	sec_status_t status = SEC_E_INVALID_HANDLE;

	drive_find(call->in, DRIVE_TOKEN, &value);
	token.data = (void *)value.data;
	token.len = (u32)value.len;
	if (ctx) {
		status = sspi_complete_auth_token(&ctx->ctx, &desc);
		drive_put_u64(&call->out, DRIVE_CTX, ctx->number);
	}
	drive_put(&call->out, DRIVE_OUTPUT, NULL, 0);
	return status;
}
