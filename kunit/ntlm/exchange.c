// SPDX-License-Identifier: GPL-2.0-only
/* A whole exchange through the public calls, for tests that need one. */
#include <linux/module.h>
#include <linux/string.h>

#include "kunit/ntlm/exchange.h"

#define EXCHANGE_LEGS	4

sec_status_t exchange_acquire(struct exchange *x, const char *said,
			      const char *known)
{
	struct sspi_auth_identity client = {
		.user = EXCHANGE_USER,
		.domain = EXCHANGE_DOMAIN,
		.secret_kind = SSPI_SECRET_PASSWORD,
		.secret = said,
		.secret_len = strlen(said),
	};
	struct sspi_auth_identity account = client;
	struct sspi_acquire_args out = {
		.package = "NTLM",
		.cred_use = SECPKG_CRED_OUTBOUND,
		.identity = &client,
	};
	struct sspi_acquire_args in = {
		.package = "NTLM",
		.cred_use = SECPKG_CRED_INBOUND,
		.accounts = &account,
		.account_count = 1,
	};
	sec_status_t status;

	account.secret = known;
	account.secret_len = strlen(known);
	memset(x, 0, sizeof(*x));
	status = sspi_acquire_credentials_handle(&out, &x->out_cred, NULL);
	if (status != SEC_E_OK)
		return status;
	return sspi_acquire_credentials_handle(&in, &x->in_cred, NULL);
}

static bool is_fatal(sec_status_t status)
{
	return sec_status_class(status) == SSPI_CLASS_FATAL;
}

static sec_status_t initiator_leg(struct exchange *x, struct sec_buffer *token,
				  struct sec_buffer *out)
{
	struct sec_buffer_desc in_desc = { .count = 1, .buffers = token };
	struct sec_buffer_desc out_desc = { .count = 1, .buffers = out };
	struct sspi_initialize_args args = {
		.cred = &x->out_cred,
		.ctx = x->init.lower ? &x->init : NULL,
		.target = EXCHANGE_TARGET,
		.req = x->isc | ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_CONFIDENTIALITY |
		       ISC_REQ_INTEGRITY | ISC_REQ_REPLAY_DETECT |
		       ISC_REQ_SEQUENCE_DETECT,
		.target_data_rep = SECURITY_NATIVE_DREP,
		.input = token->data ? &in_desc : NULL,
		.new_ctx = &x->init,
		.output = &out_desc,
	};

	*out = (struct sec_buffer){ .type = SECBUFFER_TOKEN };
	return sspi_initialize_security_context(&args);
}

static sec_status_t acceptor_leg(struct exchange *x, struct sec_buffer *token,
				 struct sec_buffer *out)
{
	struct sec_buffer_desc in_desc = { .count = 1, .buffers = token };
	struct sec_buffer_desc out_desc = { .count = 1, .buffers = out };
	struct sspi_accept_args args = {
		.cred = &x->in_cred,
		.ctx = x->acc.lower ? &x->acc : NULL,
		.input = &in_desc,
		.req = ASC_REQ_ALLOCATE_MEMORY | ASC_REQ_CONFIDENTIALITY |
		       ASC_REQ_INTEGRITY | ASC_REQ_REPLAY_DETECT |
		       ASC_REQ_SEQUENCE_DETECT,
		.target_data_rep = SECURITY_NATIVE_DREP,
		.new_ctx = &x->acc,
		.output = &out_desc,
	};

	*out = (struct sec_buffer){ .type = SECBUFFER_TOKEN };
	return sspi_accept_security_context(&args);
}

sec_status_t exchange_negotiate(struct exchange *x)
{
	struct sec_buffer to_acc = {};
	struct sec_buffer to_init = {};
	sec_status_t init = SEC_E_OK;
	sec_status_t acc = SEC_E_OK;
	unsigned int legs = 0;
	int leg;

	for (leg = 0; leg < EXCHANGE_LEGS; leg++) {
		init = initiator_leg(x, &to_init, &to_acc);
		sspi_free_context_buffer(to_init.data);
		to_init.data = NULL;
		if (is_fatal(init) || !to_acc.len || ++legs == x->legs)
			break;
		acc = acceptor_leg(x, &to_acc, &to_init);
		sspi_free_context_buffer(to_acc.data);
		to_acc.data = NULL;
		if (is_fatal(acc) || !to_init.len || ++legs == x->legs)
			break;
	}
	sspi_free_context_buffer(to_init.data);
	sspi_free_context_buffer(to_acc.data);
	return is_fatal(acc) || init == SEC_E_OK ? acc : init;
}

sec_status_t exchange_message(struct exchange *x)
{
	static const char text[] = "a message of this exchange";
	char data[sizeof(text)];
	u8 token[128];
	struct sec_buffer buf[2] = {
		{ .len = sizeof(token), .type = SECBUFFER_TOKEN, .data = token },
		{ .len = sizeof(data), .type = SECBUFFER_DATA, .data = data },
	};
	struct sec_buffer_desc desc = { .count = 2, .buffers = buf };
	sec_status_t status;

	memcpy(data, text, sizeof(text));
	status = sspi_encrypt_message(&x->init, 0, &desc, 0);
	if (status != SEC_E_OK)
		return status;
	status = sspi_decrypt_message(&x->acc, &desc, 0, NULL);
	if (status != SEC_E_OK)
		return status;
	return memcmp(data, text, sizeof(text)) ? SEC_E_INTERNAL_ERROR :
						  SEC_E_OK;
}

void exchange_release(struct exchange *x)
{
	if (x->init.lower)
		sspi_delete_security_context(&x->init);
	if (x->acc.lower)
		sspi_delete_security_context(&x->acc);
	if (x->out_cred.lower)
		sspi_free_credentials_handle(&x->out_cred);
	if (x->in_cred.lower)
		sspi_free_credentials_handle(&x->in_cred);
	memset(x, 0, sizeof(*x));
}
