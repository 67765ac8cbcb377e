// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages as GSS-API has them (RFC 2743 2.3): a wrapped one is what
 * sspi_encrypt_message() puts before it, the message, and the padding, in one;
 * a MIC is what sspi_make_signature() makes.
 */
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "gss_peer.h"

int peer_wrap(struct peer *peer, const void *text, u32 len, u8 **out,
	      u32 *out_len)
{
	u32 head = peer->sizes.security_trailer;
	u32 tail = peer->sizes.block_size;
	u32 qop = peer->config->confidential ? 0 : SECQOP_WRAP_NO_ENCRYPT;
	u8 *buf = kvmalloc(head + len + tail, GFP_KERNEL);
	struct sec_buffer part[] = {
		{ .type = SECBUFFER_TOKEN, .data = buf, .len = head },
		{ .type = SECBUFFER_DATA, .data = buf + head, .len = len },
		{ .type = SECBUFFER_PADDING, .data = buf + head + len,
		  .len = tail },
	};
	struct sec_buffer_desc message = { .count = 3, .buffers = part };
	sec_status_t status;

	if (!buf)
		return -ENOMEM;
	memcpy(part[1].data, text, len);
	status = sspi_encrypt_message(&peer->ctx, qop, &message, 0);
	if (status != SEC_E_OK) {
		kvfree(buf);
		return peer_failed(peer, status);
	}
	/* The token may be shorter than the room that was made for it. */
	memmove(buf + part[0].len, part[1].data, len + part[2].len);
	*out = buf;
	*out_len = part[0].len + len + part[2].len;
	return 0;
}

/* Opens the frame last received, in place; @text is part of it. */
int peer_unwrap(struct peer *peer, u8 **text, u32 *len)
{
	struct sec_buffer part[] = {
		{ .type = SECBUFFER_STREAM, .data = peer->data,
		  .len = peer->len },
		{ .type = SECBUFFER_DATA },
	};
	struct sec_buffer_desc message = { .count = 2, .buffers = part };
	bool sealed = peer->flags & FRAME_ENCRYPTED;
	sec_status_t status;
	u32 qop = 0;

	status = sspi_decrypt_message(&peer->ctx, &message, 0, &qop);
	if (status != SEC_E_OK)
		return peer_failed(peer, status);
	/* It says that it is sealed: then it has to be. */
	if (sealed && qop == SECQOP_WRAP_NO_ENCRYPT)
		return -EBADMSG;
	*text = part[1].data;
	*len = part[1].len;
	return 0;
}

int peer_mic(struct peer *peer, const u8 *text, u32 len, u8 **out, u32 *out_len)
{
	u8 *buf = kvmalloc(peer->sizes.max_signature, GFP_KERNEL);
	struct sec_buffer part[] = {
		{ .type = SECBUFFER_DATA, .data = (void *)text, .len = len },
		{ .type = SECBUFFER_TOKEN, .data = buf,
		  .len = peer->sizes.max_signature },
	};
	struct sec_buffer_desc message = { .count = 2, .buffers = part };
	sec_status_t status;

	if (!buf)
		return -ENOMEM;
	status = sspi_make_signature(&peer->ctx, 0, &message, 0);
	if (status != SEC_E_OK) {
		kvfree(buf);
		return peer_failed(peer, status);
	}
	*out = buf;
	*out_len = part[1].len;
	return 0;
}

/* Whether the frame last received is the MIC of @text. */
int peer_check_mic(struct peer *peer, const u8 *text, u32 len)
{
	struct sec_buffer part[] = {
		{ .type = SECBUFFER_DATA, .data = (void *)text, .len = len },
		{ .type = SECBUFFER_TOKEN, .data = peer->data,
		  .len = peer->len },
	};
	struct sec_buffer_desc message = { .count = 2, .buffers = part };
	sec_status_t status;

	status = sspi_verify_signature(&peer->ctx, &message, 0, NULL);
	return status == SEC_E_OK ? 0 : peer_failed(peer, status);
}
