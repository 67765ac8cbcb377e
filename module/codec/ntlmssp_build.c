// SPDX-License-Identifier: GPL-2.0-only
/*
 * Building of the messages of NTLM, MS-NLMP 2.2.1, in the layout of the
 * examples of 4.2: always with the eight bytes of VERSION, which are zero if
 * there is none (2.2.2.10), and payloads in the order of the examples.
 */
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "codec/buf.h"
#include "codec/ntlmssp.h"
#include "test_export.h"

#define NEGOTIATE_HEAD		40
#define CHALLENGE_HEAD		56
#define AUTHENTICATE_HEAD	NTLM_MIC_OFFSET

/*
 * What the examples of 4.2 send. The version is for people who debug: nothing
 * may depend on it, so there is no reason to tell a peer the true one.
 */
static const u8 client_version[NTLM_VERSION_LEN] = {
	5, 1, 0x28, 0x0a, 0, 0, 0, 15,	/* 5.1.2600, NTLMSSP_REVISION_W2K3 */
};

static const u8 server_version[NTLM_VERSION_LEN] = {
	6, 0, 0x70, 0x17, 0, 0, 0, 15,	/* 6.0.6000 */
};

/* A message being written. */
struct build {
	struct sspi_writer w;
	size_t payload;		/* where the next payload will start */
};

static void begin(struct build *b, u8 *out, size_t room,
		  enum ntlm_message_type type, size_t head)
{
	static const u8 signature[NTLM_SIGNATURE_LEN] = "NTLMSSP";

	sspi_writer_init(&b->w, out, room);
	b->payload = head;
	sspi_write_bytes(&b->w, signature, sizeof(signature));
	sspi_write_le32(&b->w, type);
}

/* Length, maximal length, offset; the caller writes the payloads in order. */
static void write_field(struct build *b, size_t len, size_t off)
{
	if (len > U16_MAX)
		b->w.bad = true;
	sspi_write_le16(&b->w, len);
	sspi_write_le16(&b->w, len);
	sspi_write_le32(&b->w, off);
}

/* A field whose payload follows those of the fields before it. */
static void append_field(struct build *b, struct sspi_span value)
{
	write_field(b, value.len, b->payload);
	b->payload += value.len;
}

static void write_span(struct build *b, struct sspi_span value)
{
	sspi_write_bytes(&b->w, value.data, value.len);
}

static void write_version(struct build *b, const u8 *version, bool with)
{
	static const u8 none[NTLM_VERSION_LEN];

	sspi_write_bytes(&b->w, with ? version : none, NTLM_VERSION_LEN);
}

static int finish(const struct build *b)
{
	if (b->w.bad || b->w.pos > NTLM_MAX_MESSAGE)
		return -ENOSPC;
	return b->w.pos;
}

int ntlm_build_negotiate(const struct ntlm_negotiate_out *msg, u8 *out,
			 size_t room)
{
	struct build b;

	begin(&b, out, room, NTLM_NEGOTIATE, NEGOTIATE_HEAD);
	sspi_write_le32(&b.w, msg->flags);
	append_field(&b, msg->domain);
	append_field(&b, msg->workstation);
	write_version(&b, client_version, msg->with_version);
	write_span(&b, msg->domain);
	write_span(&b, msg->workstation);
	return finish(&b);
}
SSPI_EXPORT_FOR_TEST(ntlm_build_negotiate);

/* Without its flag the field of TargetInfo is zero and nothing follows. */
int ntlm_build_challenge(const struct ntlm_challenge_out *msg, u8 *out,
			 size_t room)
{
	struct sspi_span info = { };
	struct build b;

	begin(&b, out, room, NTLM_CHALLENGE, CHALLENGE_HEAD);
	append_field(&b, msg->target_name);
	sspi_write_le32(&b.w, msg->flags);
	sspi_write_bytes(&b.w, msg->server_challenge, NTLM_CHALLENGE_LEN);
	sspi_write_le64(&b.w, 0);	/* Reserved */
	if (msg->flags & NTLMSSP_NEGOTIATE_TARGET_INFO) {
		info = msg->target_info;
		append_field(&b, info);
	} else {
		sspi_write_le64(&b.w, 0);
	}
	write_version(&b, server_version,
		      msg->flags & NTLMSSP_NEGOTIATE_VERSION);
	write_span(&b, msg->target_name);
	write_span(&b, info);
	return finish(&b);
}
SSPI_EXPORT_FOR_TEST(ntlm_build_challenge);

/*
 * The fields stand in the order LM, NT, domain, user, workstation, key; the
 * payloads in the order domain, user, workstation, LM, NT, key (4.2.2.3).
 */
int ntlm_build_authenticate(const struct ntlm_authenticate_out *msg, u8 *out,
			    size_t room)
{
	static const u8 no_mic[NTLM_MIC_LEN];
	size_t head = AUTHENTICATE_HEAD + (msg->with_mic ? NTLM_MIC_LEN : 0);
	size_t names = msg->domain.len + msg->user.len + msg->workstation.len;
	struct build b;

	begin(&b, out, room, NTLM_AUTHENTICATE, head);
	write_field(&b, msg->lm_response.len, head + names);
	write_field(&b, msg->nt_response.len,
		    head + names + msg->lm_response.len);
	append_field(&b, msg->domain);
	append_field(&b, msg->user);
	append_field(&b, msg->workstation);
	write_field(&b, msg->session_key.len,
		    head + names + msg->lm_response.len + msg->nt_response.len);
	sspi_write_le32(&b.w, msg->flags);
	write_version(&b, client_version, msg->with_version);
	if (msg->with_mic)
		sspi_write_bytes(&b.w, no_mic, sizeof(no_mic));
	write_span(&b, msg->domain);
	write_span(&b, msg->user);
	write_span(&b, msg->workstation);
	write_span(&b, msg->lm_response);
	write_span(&b, msg->nt_response);
	write_span(&b, msg->session_key);
	return finish(&b);
}
SSPI_EXPORT_FOR_TEST(ntlm_build_authenticate);
