// SPDX-License-Identifier: GPL-2.0-only
/*
 * A client and a server in one module. Each call is queued and returns at once;
 * a callback says when it is complete. Here it wakes the loader of the module; a
 * driver would go on from it, as tools/samples/smb2_session does.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
#include <linux/completion.h>
#include <linux/module.h>
#include <linux/sspi.h>

static struct side {
	struct sspi_async_context *actx;	/* tracks one call at a time */
	struct completion called;		/* its callback was */
	struct sspi_cred_handle cred;		/* who this side is */
	struct sspi_ctxt_handle ctx;		/* its end of the context */
	struct sec_buffer token;		/* for the other side */
	struct sec_buffer_desc output;		/* the same, as a descriptor */
} client, server;

static void notify(struct sspi_async_context *actx, void *data)
{
	complete(data);
}

/* Waits for a call that was submitted with @status; readies the tracker. */
static sec_status_t finish(struct side *side, sec_status_t status)
{
	if (status != SEC_E_OK)
		return status;		/* not queued: no callback will come */
	wait_for_completion(&side->called);
	status = sspi_get_async_call_status(side->actx);
	return sspi_reinit_async_context(side->actx) == SEC_E_OK ? status :
		SEC_E_INTERNAL_ERROR;
}

static sec_status_t acquire(struct side *side, const struct sspi_acquire_args *args)
{
	init_completion(&side->called);
	side->actx = sspi_create_async_context();
	if (!side->actx)
		return SEC_E_INSUFFICIENT_MEMORY;
	sspi_set_async_notify_callback(side->actx, notify, &side->called);
	return finish(side, sspi_acquire_credentials_handle_async(side->actx,
						args, &side->cred, NULL));
}

/* Takes the token of @peer and makes one for it. The first leg has no @ctx. */
static sec_status_t leg(struct side *side, struct side *peer, bool first)
{
	const struct sspi_ctxt_handle *ctx = first ? NULL : &side->ctx;
	const struct sspi_initialize_args init = {
		.cred = &side->cred, .ctx = ctx, .target = "echo/localhost",
		.req = ISC_REQ_CONFIDENTIALITY | ISC_REQ_ALLOCATE_MEMORY,
		.input = first ? NULL : &peer->output,
		.new_ctx = &side->ctx, .output = &side->output };
	const struct sspi_accept_args accept = {
		.cred = &side->cred, .ctx = ctx, .input = &peer->output,
		.req = ASC_REQ_CONFIDENTIALITY | ASC_REQ_ALLOCATE_MEMORY,
		.new_ctx = &side->ctx, .output = &side->output };

	sspi_free_context_buffer(side->token.data);
	side->token = (struct sec_buffer){ .type = SECBUFFER_TOKEN };
	side->output = (struct sec_buffer_desc){ .count = 1, .buffers = &side->token };
	return finish(side, side == &client ?
		      sspi_initialize_security_context_async(side->actx, &init) :
		      sspi_accept_security_context_async(side->actx, &accept));
}

/* Legs in turn, until a side fails or has no token left to give. */
static sec_status_t negotiate(struct side *side, struct side *peer)
{
	sec_status_t status;
	int n = 0;

	do {
		status = leg(side, peer, n < 2);
		pr_info("leg %d: %s, %u bytes for the peer\n", ++n,
			sec_status_name(status), side->token.len);
		if (sec_status_class(status) == SSPI_CLASS_FATAL)
			return status;
		swap(side, peer);
	} while (peer->token.len);
	return status;
}

/* Message protection waits for nothing, so it has no asynchronous form. */
static sec_status_t seal_and_open(void)
{
	u8 trailer[64], text[] = "hello";
	struct sec_pkg_context_sizes sizes;
	struct sec_buffer part[] = {
		{ .type = SECBUFFER_TOKEN, .data = trailer },
		{ .type = SECBUFFER_DATA, .data = text, .len = sizeof(text) } };
	struct sec_buffer_desc message = { .count = 2, .buffers = part };
	sec_status_t status = sspi_query_context_attributes(&client.ctx,
					SECPKG_ATTR_SIZES, &sizes, sizeof(sizes));

	if (status != SEC_E_OK)
		return status;
	part[0].len = min_t(u32, sizes.security_trailer, sizeof(trailer));
	status = sspi_encrypt_message(&client.ctx, 0, &message, 0);
	pr_info("sealed %u bytes, trailer of %u\n", part[1].len, part[0].len);
	if (status == SEC_E_OK)
		status = sspi_decrypt_message(&server.ctx, &message, 0, NULL);
	pr_info("opened: %*pE\n", (int)sizeof(text) - 1, text);
	return status;
}

/* What was never made is the handle of nothing, and refused: no harm. */
static void release(struct side *side)
{
	sspi_free_context_buffer(side->token.data);
	sspi_delete_security_context(&side->ctx);
	sspi_free_credentials_handle(&side->cred);
	sspi_free_async_context(side->actx);
}

static int __init echo_init(void)
{
	const struct sspi_auth_identity alice = {
		.user = "alice", .domain = "ECHO", .secret = "Secret-1!",
		.secret_len = 9, .secret_kind = SSPI_SECRET_PASSWORD };
	const struct sspi_acquire_args user = {
		.package = "NTLM", .cred_use = SECPKG_CRED_OUTBOUND, .identity = &alice };
	const struct sspi_acquire_args users = { .package = "NTLM",
		.cred_use = SECPKG_CRED_INBOUND, .accounts = &alice, .account_count = 1 };
	sec_status_t status = acquire(&client, &user);

	if (status == SEC_E_OK)
		status = acquire(&server, &users);
	if (status == SEC_E_OK)
		status = negotiate(&client, &server);
	if (status == SEC_E_OK)
		status = seal_and_open();
	release(&client);
	release(&server);
	pr_info("%s %s\n", status == SEC_E_OK ? "OK" : "FAILED", sec_status_name(status));
	return sec_status_to_errno(status);
}

static void __exit echo_exit(void)
{
}

module_init(echo_init);
module_exit(echo_exit);
MODULE_DESCRIPTION("A conversation of ksspi with itself");
/* what it asks for while it is being initialised */
MODULE_SOFTDEP("pre: sspi_ntlm");
MODULE_LICENSE("GPL");
