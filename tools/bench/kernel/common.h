/* SPDX-License-Identifier: GPL-2.0-only */
/* What is measured, in the kernel and in the userspace build alike. */
#ifndef _SSPI_BENCH_COMMON_H
#define _SSPI_BENCH_COMMON_H

#define TOKEN_ROOM	4096
#define TRAILER_ROOM	128

#define ISC_FLAGS	(ISC_REQ_INTEGRITY | ISC_REQ_CONFIDENTIALITY | \
			 ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT)
#define ASC_FLAGS	(ASC_REQ_INTEGRITY | ASC_REQ_CONFIDENTIALITY | \
			 ASC_REQ_REPLAY_DETECT | ASC_REQ_SEQUENCE_DETECT)

/**
 * struct party - credentials of both sides
 * @prefix: of the figures
 * @outbound: initiator
 * @inbound: acceptor
 * @target: name of the service
 * @req: flags beyond ISC_FLAGS
 * @trailer: bytes that a message's TOKEN needs
 */
struct party {
	const char *prefix;
	struct sspi_cred_handle outbound;
	struct sspi_cred_handle inbound;
	const char *target;
	u64 req;
	u32 trailer;
};

/**
 * struct pair - two contexts
 * @party: of whom
 * @client: initiator
 * @server: acceptor
 * @tokens: room for those of the negotiation
 * @used: bytes of the TOKEN of the last message
 */
struct pair {
	struct party *party;
	struct sspi_ctxt_handle client;
	struct sspi_ctxt_handle server;
	u8 *tokens[2];
	u32 used;
};

static inline int must(sec_status_t status, const char *step)
{
	enum sspi_status_class class = sec_status_class(status);

	if (class == SSPI_CLASS_DONE || class == SSPI_CLASS_CONTINUE)
		return 0;
	pr_err("failed: %s: %s\n", step, sec_status_name(status));
	return -EIO;
}

static inline int acquire(struct party *party,
			  const struct sspi_acquire_args *out,
			  const struct sspi_acquire_args *in)
{
	if (must(sspi_acquire_credentials_handle(out, &party->outbound, NULL),
		 "outbound credential") ||
	    must(sspi_acquire_credentials_handle(in, &party->inbound, NULL),
		 "inbound credential"))
		return -EIO;
	return 0;
}

static inline int acquire_ntlm(struct party *party, bool negotiate)
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
		.package = negotiate ? "Negotiate" : "NTLM",
		.packages = negotiate ? "!kerberos" : NULL,
		.cred_use = SECPKG_CRED_OUTBOUND,
		.identity = &identity,
	};
	struct sspi_acquire_args in = {
		.package = out.package,
		.packages = out.packages,
		.cred_use = SECPKG_CRED_INBOUND,
		.accounts = &identity,
		.account_count = 1,
	};

	party->prefix = negotiate ? "nego-ntlm-" : "";
	party->target = "cifs/server";
	party->req = 0;
	party->trailer = 16;
	return acquire(party, &out, &in);
}

/* With a ticket and a keytab that krb5_files.py has made. */
static inline int acquire_krb5(struct party *party, struct sspi_span keytab,
			       struct sspi_span ccache, bool negotiate)
{
	/* That of the ticket, also for the subkeys that would be agreed on. */
	struct sspi_krb5_options options = {
		.enctypes = { 18 },
		.enctype_count = 1,
	};
	struct sspi_acquire_args out = {
		.package = negotiate ? "Negotiate" : "Kerberos",
		.packages = negotiate ? "!ntlm" : NULL,
		.krb5 = &options,
		.cred_use = SECPKG_CRED_OUTBOUND,
		.ccache = ccache,
	};
	struct sspi_acquire_args in = {
		.package = out.package,
		.packages = out.packages,
		.krb5 = &options,
		.cred_use = SECPKG_CRED_INBOUND,
		.keytab = keytab,
	};

	party->prefix = negotiate ? "nego-krb5-" : "krb5-";
	party->target = "host/srv.test";
	party->req = ISC_REQ_MUTUAL_AUTH;
	party->trailer = 76;
	return acquire(party, &out, &in);
}

static inline void release(struct party *party)
{
	if (party->outbound.lower)
		sspi_free_credentials_handle(&party->outbound);
	if (party->inbound.lower)
		sspi_free_credentials_handle(&party->inbound);
}

static inline int establish(struct pair *p)
{
	u64 attr;
	s64 expiry;
	struct sec_buffer in_buf = { .type = SECBUFFER_TOKEN };
	struct sec_buffer out_buf = { .type = SECBUFFER_TOKEN };
	struct sec_buffer_desc in = { SECBUFFER_VERSION, 1, &in_buf };
	struct sec_buffer_desc out = { SECBUFFER_VERSION, 1, &out_buf };
	struct sspi_initialize_args init = {
		.cred = &p->party->outbound,
		.target = p->party->target,
		.req = ISC_FLAGS | p->party->req,
		.new_ctx = &p->client,
		.output = &out,
		.attr = &attr,
		.expiry = &expiry,
	};
	struct sspi_accept_args accept = {
		.cred = &p->party->inbound,
		.input = &in,
		.req = ASC_FLAGS,
		.new_ctx = &p->server,
		.output = &out,
		.attr = &attr,
		.expiry = &expiry,
	};
	sec_status_t status = SEC_I_CONTINUE_NEEDED, last;
	unsigned int leg;

	for (leg = 0; leg < 6; leg++) {
		last = status;
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
		if (status == SEC_E_OK && (last == SEC_E_OK || !out_buf.len))
			return 0;
		in_buf.data = out_buf.data;
		in_buf.len = out_buf.len;
	}
	return -EIO;
}

static inline void forget(struct pair *p)
{
	sspi_delete_security_context(&p->client);
	sspi_delete_security_context(&p->server);
}

/* Protects a message; its TOKEN is at @token, which has TRAILER_ROOM. */
static inline int message(struct pair *p, const struct sspi_ctxt_handle *ctx,
			  u8 *data, u32 len, u8 *token, bool seal)
{
	struct sec_buffer bufs[] = {
		{ .len = p->party->trailer, .type = SECBUFFER_TOKEN,
		  .data = token },
		{ .len = len, .type = SECBUFFER_DATA, .data = data },
	};
	struct sec_buffer_desc desc = { SECBUFFER_VERSION, 2, bufs };
	int ret;

	ret = must(seal ? sspi_encrypt_message(ctx, 0, &desc, 0) :
			  sspi_make_signature(ctx, 0, &desc, 0), "protect");
	p->used = bufs[0].len;
	return ret;
}

/* Opens, or verifies, what message() has made. */
static inline int opened(struct pair *p, const struct sspi_ctxt_handle *ctx,
			 u8 *data, u32 len, u8 *token, bool seal)
{
	struct sec_buffer bufs[] = {
		{ .len = p->used, .type = SECBUFFER_TOKEN, .data = token },
		{ .len = len, .type = SECBUFFER_DATA, .data = data },
	};
	struct sec_buffer_desc desc = { SECBUFFER_VERSION, 2, bufs };
	u32 qop;

	return must(seal ? sspi_decrypt_message(ctx, &desc, 0, &qop) :
			   sspi_verify_signature(ctx, &desc, 0, &qop), "open");
}

#endif /* _SSPI_BENCH_COMMON_H */
