// SPDX-License-Identifier: GPL-2.0-only
/*
 * One request and its response at a time; NEGOTIATE and SESSION_SETUP.
 *
 * Whatever the server sends is read through smb2_body() and smb2_bytes(), which
 * answer NULL for what is not inside of the message.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/align.h>
#include <linux/errno.h>
#include <linux/printk.h>
#include <linux/random.h>
#include <linux/string.h>

#include "smb2_session.h"

#define SMB2_MAX_INTERIM	8	/* "still at it" for one request */
#define SMB2_MAX_CONTEXTS	16	/* in a NEGOTIATE response */

/* Starts a request: returns its body, @size zero bytes. */
void *smb2_request(struct smb2_conn *conn, u16 command, size_t size)
{
	struct smb2_header *head = (void *)(conn->tx + SMB2_FRAME_HEAD);

	memset(head, 0, sizeof(*head) + size);
	head->protocol_id = cpu_to_le32(SMB2_PROTOCOL_ID);
	head->structure_size = cpu_to_le16(sizeof(*head));
	head->credit_charge = cpu_to_le16(1);
	head->credits = cpu_to_le16(1);
	head->command = cpu_to_le16(command);
	head->message_id = cpu_to_le64(conn->message_id++);
	head->tree_id = cpu_to_le32(conn->tree_id);
	head->session_id = cpu_to_le64(conn->session_id);
	return head + 1;
}

/* Is the message in conn->rx a response to that request, and the only one? */
static int check_response(const struct smb2_conn *conn,
			  const struct smb2_header *request)
{
	const struct smb2_header *head = (const void *)conn->rx;

	if (le32_to_cpu(head->protocol_id) != SMB2_PROTOCOL_ID ||
	    le16_to_cpu(head->structure_size) != sizeof(*head) ||
	    !(head->flags & cpu_to_le32(SMB2_FLAG_RESPONSE)) ||
	    head->next_command || head->command != request->command ||
	    head->message_id != request->message_id)
		return -EBADMSG;
	if (conn->session_id &&
	    le64_to_cpu(head->session_id) != conn->session_id)
		return -EBADMSG;
	return 0;
}

/* Receives until the answer is a final one. */
static int receive_response(struct smb2_conn *conn,
			    const struct smb2_header *request)
{
	const struct smb2_header *head = (const void *)conn->rx;
	int i, err;

	for (i = 0; i < SMB2_MAX_INTERIM; i++) {
		err = smb2_receive(conn) ?: check_response(conn, request);
		if (err)
			return err;
		conn->status = le32_to_cpu(head->status);
		if (conn->status != NT_STATUS_PENDING ||
		    !(head->flags & cpu_to_le32(SMB2_FLAG_ASYNC)))
			return 0;
	}
	return -EBADMSG;
}

/*
 * Sends the request whose body has @size bytes, and receives the response. Once
 * there is a key, the one is signed and the other has to be.
 */
int smb2_exchange(struct smb2_conn *conn, size_t size)
{
	struct smb2_header *head = (void *)(conn->tx + SMB2_FRAME_HEAD);
	int err = 0;

	if (conn->signing)
		err = smb2_sign(conn, head, sizeof(*head) + size);
	if (!err)
		err = smb2_send(conn, sizeof(*head) + size);
	if (!err)
		err = receive_response(conn, head);
	if (err || !conn->signing)
		return err;
	return smb2_verify(conn);
}

int smb2_check_status(const struct smb2_conn *conn)
{
	return conn->status == NT_STATUS_SUCCESS ? 0 : -EREMOTEIO;
}

/* The fixed part of the last response, @size bytes that say @id, or NULL. */
const void *smb2_body(const struct smb2_conn *conn, size_t size, u16 id)
{
	const u8 *body = smb2_bytes(conn, sizeof(struct smb2_header), size);

	return body && le16_to_cpup((const __le16 *)body) == id ? body : NULL;
}

/* @len bytes of the last response, @offset from its header, or NULL. */
const u8 *smb2_bytes(const struct smb2_conn *conn, u32 offset, u32 len)
{
	if (offset < sizeof(struct smb2_header) || offset > conn->rx_len ||
	    len > conn->rx_len - offset)
		return NULL;
	return conn->rx + offset;
}

/* What SMB 3.1.1 wants hashed: a request, or its response. */
static int hash_request(struct smb2_conn *conn, size_t size)
{
	return smb2_preauth_update(conn, conn->tx + SMB2_FRAME_HEAD,
				   sizeof(struct smb2_header) + size);
}

static int hash_response(struct smb2_conn *conn)
{
	return smb2_preauth_update(conn, conn->rx, conn->rx_len);
}

static int check_preauth(const u8 *data, u32 len)
{
	const struct smb2_preauth *preauth = (const void *)data;

	if (len < offsetof(struct smb2_preauth, salt) ||
	    le16_to_cpu(preauth->hash_count) != 1 ||
	    le16_to_cpu(preauth->hash) != SMB2_HASH_SHA512)
		return -EPROTO;
	return 0;
}

static int check_signing(const u8 *data, u32 len)
{
	const struct smb2_signing *signing = (const void *)data;

	if (len < sizeof(*signing) || le16_to_cpu(signing->count) != 1 ||
	    le16_to_cpu(signing->algorithm) != SMB2_SIGN_AES_CMAC)
		return -EPROTO;
	return 0;
}

/* One hash, at most one signing algorithm, both as offered; no cipher. */
static int check_contexts(const struct smb2_conn *conn, u32 offset, u16 count)
{
	const struct smb2_context *context;
	bool preauth = false;
	const u8 *data;
	int i, err = 0;
	u32 len;

	if (count > SMB2_MAX_CONTEXTS || !IS_ALIGNED(offset, 8))
		return -EPROTO;
	for (i = 0; i < count && !err; i++) {
		context = (const void *)smb2_bytes(conn, offset,
						   sizeof(*context));
		if (!context)
			return -EBADMSG;
		len = le16_to_cpu(context->len);
		data = smb2_bytes(conn, offset + sizeof(*context), len);
		if (!data)
			return -EBADMSG;
		switch (le16_to_cpu(context->type)) {
		case SMB2_CONTEXT_PREAUTH:
			err = preauth ? -EPROTO : check_preauth(data, len);
			preauth = true;
			break;
		case SMB2_CONTEXT_SIGNING:
			err = check_signing(data, len);
			break;
		case SMB2_CONTEXT_ENCRYPTION:
			err = -EPROTO;
			break;
		}
		/* inside of the message, so far from a wrap */
		offset = ALIGN(offset + sizeof(*context) + len, 8);
	}
	return err ?: preauth ? 0 : -EPROTO;
}

static int check_negotiated(const struct smb2_conn *conn)
{
	const struct smb2_negotiate_response *rsp;
	u16 mode;

	rsp = smb2_body(conn, sizeof(*rsp), 65);
	if (!rsp)
		return -EBADMSG;
	if (le16_to_cpu(rsp->dialect) != SMB2_DIALECT_3_1_1)
		return -EPROTO;
	mode = le16_to_cpu(rsp->security_mode);
	if (!(mode & SMB2_SIGNING_ENABLED))
		return -EPROTO;
	pr_info("negotiated SMB 3.1.1, SHA-512 preauthentication, AES-128-CMAC, signing %s\n",
		mode & SMB2_SIGNING_REQUIRED ? "required" : "enabled");
	return check_contexts(conn, le32_to_cpu(rsp->context_offset),
			      le16_to_cpu(rsp->context_count));
}

static void fill_contexts(struct smb2_negotiate_contexts *list)
{
	list->preauth_head.type = cpu_to_le16(SMB2_CONTEXT_PREAUTH);
	list->preauth_head.len = cpu_to_le16(sizeof(list->preauth));
	list->preauth.hash_count = cpu_to_le16(1);
	list->preauth.salt_len = cpu_to_le16(SMB2_SALT_LEN);
	list->preauth.hash = cpu_to_le16(SMB2_HASH_SHA512);
	get_random_bytes(list->preauth.salt, SMB2_SALT_LEN);

	list->signing_head.type = cpu_to_le16(SMB2_CONTEXT_SIGNING);
	list->signing_head.len = cpu_to_le16(sizeof(list->signing));
	list->signing.count = cpu_to_le16(1);
	list->signing.algorithm = cpu_to_le16(SMB2_SIGN_AES_CMAC);
}

/* SMB 3.1.1 or nothing. */
int smb2_negotiate(struct smb2_conn *conn)
{
	struct smb2_negotiate_contexts *contexts;
	struct smb2_negotiate_request *req;
	size_t size = sizeof(*req) + sizeof(*contexts);
	int err;

	req = smb2_request(conn, SMB2_NEGOTIATE, size);
	req->structure_size = cpu_to_le16(36);
	req->dialect_count = cpu_to_le16(1);
	req->security_mode = cpu_to_le16(SMB2_SIGNING_REQUIRED);
	get_random_bytes(req->client_guid, sizeof(req->client_guid));
	req->context_offset = cpu_to_le32(sizeof(struct smb2_header) +
					  sizeof(*req));
	req->context_count = cpu_to_le16(2);
	req->dialect = cpu_to_le16(SMB2_DIALECT_3_1_1);
	contexts = (void *)(req + 1);
	fill_contexts(contexts);

	err = hash_request(conn, size) ?: smb2_exchange(conn, size) ?:
	      hash_response(conn) ?: smb2_check_status(conn);
	return err ?: check_negotiated(conn);
}

/*
 * One leg of SESSION_SETUP. The last response, the one that says "success", is
 * signed with the key that the hash leads to, so it is not in the hash.
 */
int smb2_session_setup(struct smb2_conn *conn, const void *token, u32 len)
{
	const struct smb2_header *head = (const void *)conn->rx;
	struct smb2_session_setup_request *req;
	size_t size = sizeof(*req) + len;
	int err;

	if (len > U16_MAX || sizeof(struct smb2_header) + size > SMB2_BUFFER)
		return -EMSGSIZE;
	req = smb2_request(conn, SMB2_SESSION_SETUP, sizeof(*req));
	req->structure_size = cpu_to_le16(25);
	req->security_mode = SMB2_SIGNING_REQUIRED;
	req->buffer_offset = cpu_to_le16(sizeof(struct smb2_header) +
					 sizeof(*req));
	req->buffer_len = cpu_to_le16(len);
	memcpy(req + 1, token, len);

	err = hash_request(conn, size) ?: smb2_exchange(conn, size);
	if (err)
		return err;
	if (conn->status != NT_STATUS_SUCCESS &&
	    conn->status != NT_STATUS_MORE_PROCESSING_REQUIRED)
		return -EREMOTEIO;
	conn->session_id = le64_to_cpu(head->session_id);
	return conn->status == NT_STATUS_SUCCESS ? 0 : hash_response(conn);
}

/* The token in the response to SESSION_SETUP. */
int smb2_session_token(const struct smb2_conn *conn, const u8 **token, u32 *len)
{
	const struct smb2_session_setup_response *rsp;

	rsp = smb2_body(conn, sizeof(*rsp), 9);
	if (!rsp)
		return -EBADMSG;
	*token = NULL;
	*len = le16_to_cpu(rsp->buffer_len);
	if (!*len)
		return 0;
	*token = smb2_bytes(conn, le16_to_cpu(rsp->buffer_offset), *len);
	return *token ? 0 : -EBADMSG;
}

/* With the key in place: is the response that said "success" genuine? */
int smb2_session_established(const struct smb2_conn *conn)
{
	const struct smb2_session_setup_response *rsp;
	u16 flags;

	rsp = smb2_body(conn, sizeof(*rsp), 9);
	if (!rsp)
		return -EBADMSG;
	flags = le16_to_cpu(rsp->session_flags);
	if (flags & (SMB2_SESSION_GUEST | SMB2_SESSION_NULL)) {
		pr_err("the server took us for a guest\n");
		return -EACCES;
	}
	if (flags & SMB2_SESSION_ENCRYPT) {
		pr_err("the server wants encryption, which this sample does not do\n");
		return -EOPNOTSUPP;
	}
	return 0;
}
