// SPDX-License-Identifier: GPL-2.0-only
/*
 * Credential and context. Each connection has a thread that may wait, so the
 * synchronous forms of the calls do; smb2_session shows the others.
 */
#include <linux/errno.h>
#include <linux/string.h>

#include "gss_peer.h"

#define PEER_MAX_LEGS	8

int peer_failed(struct peer *peer, sec_status_t status)
{
	peer->status = status;
	return -EPROTO;
}

sec_status_t peer_acquire(const struct peer_config *config, bool server,
			  struct sspi_cred_handle *cred)
{
	const struct sspi_auth_identity identity = {
		.user = config->user,
		.domain = config->domain,
		.secret_kind = SSPI_SECRET_PASSWORD,
		.secret = config->password,
		.secret_len = strlen(config->password),
	};
	const struct sspi_ntlm_options ntlm = {
		.lm_compat = SSPI_LM_COMPAT_DEFAULT,
		.mic_optional = config->mic_optional,
	};
	struct sspi_acquire_args args = {
		.package = config->package,
		.ntlm = &ntlm,
		.cred_use = server ? SECPKG_CRED_INBOUND : SECPKG_CRED_OUTBOUND,
	};

	/* Without a user: whoever the keyrings of the loader say. */
	if (*config->user && server) {
		args.accounts = &identity;
		args.account_count = 1;
	} else if (*config->user) {
		args.identity = &identity;
	}
	if (server && *config->keytab_key)
		args.keytab_key = config->keytab_key;
	return sspi_acquire_credentials_handle(&args, cred, NULL);
}

static u64 wanted(const struct peer_config *config)
{
	u64 req = ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_MUTUAL_AUTH |
		  ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT |
		  ISC_REQ_INTEGRITY | ISC_REQ_CONFIDENTIALITY;

	if (config->delegate)
		req |= ISC_REQ_DELEGATE;
	if (config->dce)
		req |= ISC_REQ_USE_DCE_STYLE;
	return req;
}

/* One leg of either side; its token goes out, whatever the status is. */
static int leg(struct peer *peer, bool server, unsigned int number)
{
	struct sec_buffer in = {
		.type = SECBUFFER_TOKEN, .data = peer->data, .len = peer->len };
	struct sec_buffer out = { .type = SECBUFFER_TOKEN };
	struct sec_buffer_desc input = { .count = 1, .buffers = &in };
	struct sec_buffer_desc output = { .count = 1, .buffers = &out };
	struct sspi_initialize_args init = {
		.cred = peer->cred,
		.ctx = number ? &peer->ctx : NULL,
		.target = peer->config->target,
		.req = wanted(peer->config),
		.input = number ? &input : NULL,
		.new_ctx = &peer->ctx,
		.output = &output,
		.attr = &peer->attr,
	};
	struct sspi_accept_args accept = {
		.cred = peer->cred,
		.ctx = number ? &peer->ctx : NULL,
		.input = &input,
		.req = ASC_REQ_ALLOCATE_MEMORY,
		.new_ctx = &peer->ctx,
		.output = &output,
		.attr = &peer->attr,
	};
	int err = 0;

	peer->status = server ? sspi_accept_security_context(&accept) :
				sspi_initialize_security_context(&init);
	if (out.len)
		err = peer_send(peer, FRAME_CONTEXT, out.data, out.len);
	sspi_free_context_buffer(out.data);
	if (sec_status_class(peer->status) == SSPI_CLASS_FATAL)
		return -EPROTO;
	peer->established = peer->status == SEC_E_OK;
	return err;
}

static int receive_token(struct peer *peer)
{
	int err = peer_receive(peer);

	if (err)
		return err;
	return peer->flags == FRAME_CONTEXT && peer->len ? 0 : -EBADMSG;
}

static int established(struct peer *peer)
{
	sec_status_t status;

	if (!peer->established)
		return -EPROTO;
	status = sspi_query_context_attributes(&peer->ctx, SECPKG_ATTR_SIZES,
					       &peer->sizes,
					       sizeof(peer->sizes));
	return status == SEC_E_OK ? 0 : peer_failed(peer, status);
}

/* The client speaks first. */
int peer_initiate(struct peer *peer)
{
	unsigned int n;
	int err;

	err = peer_send(peer, FRAME_NOOP | FRAME_CONTEXT_NEXT, NULL, 0);
	for (n = 0; !err && n < PEER_MAX_LEGS && !peer->established; n++) {
		err = n ? receive_token(peer) : 0;
		if (!err)
			err = leg(peer, false, n);
	}
	return err ?: established(peer);
}

/* The frame that announces the negotiation has been taken. */
int peer_accept(struct peer *peer)
{
	unsigned int n;
	int err = 0;

	for (n = 0; !err && n < PEER_MAX_LEGS && !peer->established; n++) {
		err = receive_token(peer);
		if (!err)
			err = leg(peer, true, n);
	}
	return err ?: established(peer);
}

void peer_delete(struct peer *peer)
{
	/* what was never made is the handle of nothing, and refused: no harm */
	sspi_delete_security_context(&peer->ctx);
	memset(&peer->ctx, 0, sizeof(peer->ctx));
	peer->established = false;
}
