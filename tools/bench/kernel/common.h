/* SPDX-License-Identifier: GPL-2.0-only */
/* What is measured, in the kernel and in the userspace build alike. */
#ifndef _SSPI_BENCH_COMMON_H
#define _SSPI_BENCH_COMMON_H

#define TOKEN_ROOM	4096
#define SIGNATURE_LEN	16

#define ISC_FLAGS	(ISC_REQ_INTEGRITY | ISC_REQ_CONFIDENTIALITY | \
			 ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT)
#define ASC_FLAGS	(ASC_REQ_INTEGRITY | ASC_REQ_CONFIDENTIALITY | \
			 ASC_REQ_REPLAY_DETECT | ASC_REQ_SEQUENCE_DETECT)

struct pair {
	struct sspi_ctxt_handle client;
	struct sspi_ctxt_handle server;
	u8 *tokens[2];
};

static struct sspi_cred_handle outbound, inbound;

static int must(sec_status_t status, const char *step)
{
	enum sspi_status_class class = sec_status_class(status);

	if (class == SSPI_CLASS_DONE || class == SSPI_CLASS_CONTINUE)
		return 0;
	pr_err("failed: %s: %s\n", step, sec_status_name(status));
	return -EIO;
}

static int acquire_ntlm(void)
{
	static const char password[] = "Some Password 1!";
	struct sspi_auth_identity identity = {
		.user = "testuser",
		.domain = "TESTDOM",
		.secret_kind = SSPI_SECRET_PASSWORD,
		.secret = password,
		.secret_len = strlen(password),
	};
	struct sspi_acquire_args out = {
		.package = "NTLM",
		.cred_use = SECPKG_CRED_OUTBOUND,
		.identity = &identity,
	};
	struct sspi_acquire_args in = {
		.package = "NTLM",
		.cred_use = SECPKG_CRED_INBOUND,
		.accounts = &identity,
		.account_count = 1,
	};

	if (must(sspi_acquire_credentials_handle(&out, &outbound, NULL),
		 "acquire outbound") ||
	    must(sspi_acquire_credentials_handle(&in, &inbound, NULL),
		 "acquire inbound"))
		return -EIO;
	return 0;
}

static void release_ntlm(void)
{
	sspi_free_credentials_handle(&outbound);
	sspi_free_credentials_handle(&inbound);
}

static int establish(struct pair *p)
{
	u64 attr;
	s64 expiry;
	struct sec_buffer in_buf = { .type = SECBUFFER_TOKEN };
	struct sec_buffer out_buf = { .type = SECBUFFER_TOKEN };
	struct sec_buffer_desc in = { SECBUFFER_VERSION, 1, &in_buf };
	struct sec_buffer_desc out = { SECBUFFER_VERSION, 1, &out_buf };
	struct sspi_initialize_args init = {
		.cred = &outbound,
		.target = "cifs/server",
		.req = ISC_FLAGS,
		.new_ctx = &p->client,
		.output = &out,
		.attr = &attr,
		.expiry = &expiry,
	};
	struct sspi_accept_args accept = {
		.cred = &inbound,
		.input = &in,
		.req = ASC_FLAGS,
		.new_ctx = &p->server,
		.output = &out,
		.attr = &attr,
		.expiry = &expiry,
	};
	unsigned int leg;
	sec_status_t status;

	for (leg = 0; leg < 4; leg++) {
		out_buf.data = p->tokens[leg % 2];
		out_buf.len = TOKEN_ROOM;
		if (leg % 2) {
			status = sspi_accept_security_context(&accept);
			accept.ctx = &p->server;
		} else {
			status = sspi_initialize_security_context(&init);
			init.ctx = &p->client;
			init.input = &in;
		}
		if (must(status, leg % 2 ? "accept" : "initialize"))
			return -EIO;
		in_buf.data = out_buf.data;
		in_buf.len = out_buf.len;
	}
	return status == SEC_E_OK ? 0 : -EIO;
}

static void forget(struct pair *p)
{
	sspi_delete_security_context(&p->client);
	sspi_delete_security_context(&p->server);
}

static int message(const struct sspi_ctxt_handle *ctx, u8 *data, u32 len,
		   u8 *token, bool seal)
{
	struct sec_buffer bufs[] = {
		{ .len = SIGNATURE_LEN, .type = SECBUFFER_TOKEN,
		  .data = token },
		{ .len = len, .type = SECBUFFER_DATA, .data = data },
	};
	struct sec_buffer_desc desc = { SECBUFFER_VERSION, 2, bufs };

	return must(seal ? sspi_encrypt_message(ctx, 0, &desc, 0) :
			   sspi_make_signature(ctx, 0, &desc, 0), "protect");
}

static int opened(const struct sspi_ctxt_handle *ctx, u8 *data, u32 len,
		  u8 *token)
{
	struct sec_buffer bufs[] = {
		{ .len = SIGNATURE_LEN, .type = SECBUFFER_TOKEN,
		  .data = token },
		{ .len = len, .type = SECBUFFER_DATA, .data = data },
	};
	struct sec_buffer_desc desc = { SECBUFFER_VERSION, 2, bufs };
	u32 qop;

	return must(sspi_decrypt_message(ctx, &desc, 0, &qop), "open");
}

#endif /* _SSPI_BENCH_COMMON_H */
