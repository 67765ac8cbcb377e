// SPDX-License-Identifier: GPL-2.0-only
/*
 * The token, as any consumer of ksspi gets one: a credential from the tickets of
 * the identity, one leg of a context, its key. cifs wants both in one piece, and
 * takes no second leg, so mutual authentication is not asked for: that the server
 * is the right one shows when it signs with the key.
 */
#include <linux/delay.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "cifs/cifs.h"

/* What cifs reads from the key, fs/smb/client/cifs_spnego.h. */
struct spnego_message {
	u32 version;
	u32 flags;
	u32 key_len;
	u32 token_len;
	u8 data[];
};

#define MESSAGE_VERSION	2
#define MAX_TOKEN	65535	/* what a session setup has room for */
#define MAX_HEAD	64	/* of a token in SPNEGO */

/* One log-on. */
struct logon {
	struct sspi_async_context *actx;
	struct sspi_cred_handle cred;
	struct sspi_ctxt_handle ctx;
	struct sec_buffer token;
};

/* Waits, also for a call that has to be taken back. */
static sec_status_t settle(struct logon *logon, sec_status_t status)
{
	if (status != SEC_E_OK)
		return status;
	status = sspi_wait_async_call(logon->actx, 0);
	while (status == SEC_I_ASYNC_CALL_PENDING) {
		/* killed; what it would write to is about to go */
		sspi_cancel_async_call(logon->actx);
		fsleep(1000);
		status = sspi_get_async_call_status(logon->actx);
	}
	return status;
}

static sec_status_t acquire_as(struct logon *logon, const char *principal)
{
	const struct sspi_acquire_args args = {
		.package = "Kerberos",
		.cred_use = SECPKG_CRED_OUTBOUND,
		.principal = principal,
	};
	sec_status_t status;

	status = sspi_acquire_credentials_handle_async(logon->actx, &args,
						       &logon->cred, NULL);
	return settle(logon, status);
}

/*
 * The tickets of the principal that the mount names, if the identity has such.
 * mount.cifs names the local user when nobody else was named, so that it has none
 * is no error, and its primary ones are taken.
 */
static sec_status_t acquire(struct logon *logon,
			    const struct spnego_request *request)
{
	sec_status_t status;

	if (*request->user) {
		status = acquire_as(logon, request->user);
		if (status == SEC_E_OK)
			return status;
		status = sspi_reinit_async_context(logon->actx);
		if (status != SEC_E_OK)
			return status;
	}
	return acquire_as(logon, NULL);
}

static sec_status_t initialize(struct logon *logon, const char *target)
{
	struct sec_buffer_desc output = { .count = 1, .buffers = &logon->token };
	const struct sspi_initialize_args args = {
		.cred = &logon->cred,
		.target = target,
		.req = ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_INTEGRITY,
		.new_ctx = &logon->ctx,
		.output = &output,
	};
	sec_status_t status = sspi_reinit_async_context(logon->actx);

	if (status != SEC_E_OK)
		return status;
	logon->token = (struct sec_buffer){ .type = SECBUFFER_TOKEN };
	status = sspi_initialize_security_context_async(logon->actx, &args);
	return settle(logon, status);
}

/* Puts a tag and a length in front of the @len bytes behind @at. */
static u8 *put_head(u8 *at, const u8 *end, u8 tag)
{
	size_t len = end - at;

	if (len > 0xff) {
		*--at = len;
		*--at = len >> 8;
		*--at = 0x82;
	} else {
		*--at = len;
		if (len > 0x7f)
			*--at = 0x81;
	}
	*--at = tag;
	return at;
}

static u8 *put_bytes(u8 *at, const void *bytes, size_t len)
{
	at -= len;
	memcpy(at, bytes, len);
	return at;
}

/* NegTokenInit with one mechanism and its token (RFC 4178 4.2.1), backwards. */
static u8 *put_spnego(u8 *end, const void *token, size_t len)
{
	/* 1.2.840.113554.1.2.2 and 1.3.6.1.5.5.2, whole */
	static const u8 kerberos[] = { 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
				       0xf7, 0x12, 0x01, 0x02, 0x02 };
	static const u8 spnego[] = { 0x06, 0x06, 0x2b, 0x06,
				     0x01, 0x05, 0x05, 0x02 };
	u8 *at = put_bytes(end, token, len), *mechanisms;

	at = put_head(at, end, 0x04);
	at = put_head(at, end, 0xa2);
	mechanisms = at;
	at = put_bytes(at, kerberos, sizeof(kerberos));
	at = put_head(at, mechanisms, 0x30);
	at = put_head(at, mechanisms, 0xa0);
	at = put_head(at, end, 0x30);
	at = put_head(at, end, 0xa0);
	at = put_bytes(at, spnego, sizeof(spnego));
	return put_head(at, end, 0x60);
}

static sec_status_t pack(const struct sec_buffer *token,
			 const struct sec_pkg_context_session_key *key,
			 struct spnego_answer *answer)
{
	struct spnego_message *message;
	u8 *blob, *end, *at;
	sec_status_t status = SEC_E_INSUFFICIENT_MEMORY;
	size_t room = token->len + MAX_HEAD;

	if (room > MAX_TOKEN)
		return SEC_E_BUFFER_TOO_SMALL;
	blob = kmalloc(room, GFP_KERNEL);
	if (!blob)
		return status;
	end = blob + room;
	at = put_spnego(end, token->data, token->len);
	answer->len = struct_size(message, data, key->len + (end - at));
	message = kmalloc(answer->len, GFP_KERNEL);
	if (message) {
		*message = (struct spnego_message){
			.version = MESSAGE_VERSION,
			.key_len = key->len,
			.token_len = end - at,
		};
		memcpy(message->data, key->key, key->len);
		memcpy(message->data + key->len, at, end - at);
		answer->data = message;
		status = SEC_E_OK;
	}
	kfree(blob);
	return status;
}

static sec_status_t log_on(struct logon *logon,
			   const struct spnego_request *request,
			   struct spnego_answer *answer)
{
	struct sec_pkg_context_session_key key = {};
	char target[SPNEGO_MAX_HOST + sizeof("cifs/")];
	sec_status_t status = acquire(logon, request);

	if (status != SEC_E_OK)
		return status;
	snprintf(target, sizeof(target), "cifs/%s", request->host);
	status = initialize(logon, target);
	if (status != SEC_E_OK)
		return sec_status_class(status) == SSPI_CLASS_FATAL ?
		       status : SEC_E_INTERNAL_ERROR;
	status = sspi_query_context_attributes(&logon->ctx,
					       SECPKG_ATTR_SESSION_KEY,
					       &key, sizeof(key));
	if (status == SEC_E_OK)
		status = pack(&logon->token, &key, answer);
	memzero_explicit(&key, sizeof(key));
	return status;
}

/* A token and a key for the host, of the identity. */
sec_status_t spnego_token(const struct spnego_request *request,
			  const struct spnego_identity *identity,
			  struct spnego_answer *answer)
{
	struct logon logon = { .actx = sspi_create_async_context() };
	const struct cred *own;
	sec_status_t status;

	if (!logon.actx)
		return SEC_E_INSUFFICIENT_MEMORY;
	own = override_creds(identity->cred);
	status = sspi_set_async_net(logon.actx, identity->net);
	if (status == SEC_E_OK)
		status = log_on(&logon, request, answer);
	revert_creds(own);
	sspi_free_async_context(logon.actx);
	sspi_free_context_buffer(logon.token.data);
	sspi_delete_security_context(&logon.ctx);
	sspi_free_credentials_handle(&logon.cred);
	return status;
}

void spnego_answer_free(struct spnego_answer *answer)
{
	if (answer->data)
		kfree_sensitive(answer->data);
}
