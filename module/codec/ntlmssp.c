// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parsing of the messages of NTLM, MS-NLMP 2.2.1 and 2.2.2.8.
 *
 * No message says how long its fixed part is: fields were added at its end
 * over the years, and a sender that lacks them starts its payload there. So
 * the fixed part ends where the first payload begins, and a field is present
 * only if it lies before that. Two fields may share payload bytes: they are
 * views that nobody writes to, so that is harmless.
 */
#include <linux/errno.h>
#include <linux/string.h>

#include "codec/buf.h"
#include "codec/ntlmssp.h"
#include "test_export.h"

static const u8 signature[NTLM_SIGNATURE_LEN] = "NTLMSSP";

/* Ends of the fixed parts, oldest form first. */
#define TYPE_END			12
#define NEGOTIATE_FLAGS_END		16
#define NEGOTIATE_FIELDS_END		32
#define CHALLENGE_NONCE_END		32
#define CHALLENGE_RESERVED_END		40
#define CHALLENGE_INFO_END		48
#define AUTHENTICATE_FIELDS_END		52
#define AUTHENTICATE_KEY_END		60
#define AUTHENTICATE_FLAGS_END		64

/* A message being parsed. */
struct parse {
	struct sspi_span in;
	struct sspi_reader head;
	size_t head_len;	/* as far as the payloads seen so far allow */
	bool bad;
};

static int begin(struct parse *p, struct sspi_span in,
		 enum ntlm_message_type type)
{
	if (in.len > NTLM_MAX_MESSAGE || ntlm_message_type(in) != (int)type)
		return -EBADMSG;
	p->in = in;
	p->head_len = in.len;
	p->bad = false;
	sspi_reader_init(&p->head, in);
	sspi_read_span(&p->head, TYPE_END);
	return 0;
}

/*
 * One field: length, maximal length (ignored on receipt) and offset. Its
 * payload must lie inside the message and not before @fixed.
 */
static struct sspi_span read_field(struct parse *p, size_t fixed)
{
	u16 len = sspi_read_le16(&p->head);
	u32 off;
	struct sspi_span view = { };

	sspi_read_le16(&p->head);
	off = sspi_read_le32(&p->head);
	if (!len)
		return view;
	if (off < fixed || !sspi_subspan(p->in, off, len, &view)) {
		p->bad = true;
		return view;
	}
	if (off < p->head_len)
		p->head_len = off;
	return view;
}

/* Whether the fixed part reaches @end. */
static bool reaches(const struct parse *p, size_t end)
{
	return p->head_len >= end;
}

/* VERSION, 2.2.2.10: there is one only if the flag says so and it has room. */
static struct sspi_span read_version(struct parse *p, u32 flags)
{
	struct sspi_span none = { };

	if (!(flags & NTLMSSP_NEGOTIATE_VERSION) ||
	    !reaches(p, p->head.pos + NTLM_VERSION_LEN))
		return none;
	return sspi_read_span(&p->head, NTLM_VERSION_LEN);
}

static int finish(const struct parse *p)
{
	return p->bad || p->head.bad ? -EBADMSG : 0;
}

int ntlm_message_type(struct sspi_span in)
{
	struct sspi_reader r;
	struct sspi_span start;
	u32 type;

	sspi_reader_init(&r, in);
	start = sspi_read_span(&r, sizeof(signature));
	type = sspi_read_le32(&r);
	if (r.bad || memcmp(start.data, signature, sizeof(signature)) ||
	    type < NTLM_NEGOTIATE || type > NTLM_AUTHENTICATE)
		return -EBADMSG;
	return type;
}
SSPI_EXPORT_FOR_TEST(ntlm_message_type);

/* 2.2.1.1. The names are there only if a flag says so, else ignored. */
int ntlm_parse_negotiate(struct sspi_span in, struct ntlm_negotiate *msg)
{
	struct parse p;

	memset(msg, 0, sizeof(*msg));
	if (begin(&p, in, NTLM_NEGOTIATE))
		return -EBADMSG;
	msg->flags = sspi_read_le32(&p.head);
	if (!reaches(&p, NEGOTIATE_FIELDS_END))
		return finish(&p);

	if (msg->flags & NTLMSSP_NEGOTIATE_OEM_DOMAIN_SUPPLIED)
		msg->domain = read_field(&p, NEGOTIATE_FIELDS_END);
	else
		sspi_read_le64(&p.head);
	if (msg->flags & NTLMSSP_NEGOTIATE_OEM_WORKSTATION_SUPPLIED)
		msg->workstation = read_field(&p, NEGOTIATE_FIELDS_END);
	else
		sspi_read_le64(&p.head);
	msg->version = read_version(&p, msg->flags);
	return finish(&p);
}
SSPI_EXPORT_FOR_TEST(ntlm_parse_negotiate);

/*
 * 2.2.1.2. TargetName is taken without NTLMSSP_REQUEST_TARGET too: the example
 * 4.2.2.3 sends it so. TargetInfo without its flag "MUST be ignored".
 */
int ntlm_parse_challenge(struct sspi_span in, struct ntlm_challenge *msg)
{
	struct sspi_span nonce;
	struct parse p;

	memset(msg, 0, sizeof(*msg));
	if (begin(&p, in, NTLM_CHALLENGE))
		return -EBADMSG;
	msg->target_name = read_field(&p, CHALLENGE_NONCE_END);
	msg->flags = sspi_read_le32(&p.head);
	nonce = sspi_read_span(&p.head, NTLM_CHALLENGE_LEN);
	if (finish(&p))
		return -EBADMSG;
	memcpy(msg->server_challenge, nonce.data, NTLM_CHALLENGE_LEN);

	if (reaches(&p, CHALLENGE_RESERVED_END))
		msg->reserved = sspi_read_le64(&p.head);
	if (!reaches(&p, CHALLENGE_INFO_END))
		return finish(&p);
	if (msg->flags & NTLMSSP_NEGOTIATE_TARGET_INFO)
		msg->target_info = read_field(&p, CHALLENGE_INFO_END);
	else
		sspi_read_le64(&p.head);
	msg->version = read_version(&p, msg->flags);
	return finish(&p);
}
SSPI_EXPORT_FOR_TEST(ntlm_parse_challenge);

/* 2.2.1.3. */
int ntlm_parse_authenticate(struct sspi_span in,
			    struct ntlm_authenticate *msg)
{
	struct parse p;

	memset(msg, 0, sizeof(*msg));
	if (begin(&p, in, NTLM_AUTHENTICATE))
		return -EBADMSG;
	msg->lm_response = read_field(&p, AUTHENTICATE_FIELDS_END);
	msg->nt_response = read_field(&p, AUTHENTICATE_FIELDS_END);
	msg->domain = read_field(&p, AUTHENTICATE_FIELDS_END);
	msg->user = read_field(&p, AUTHENTICATE_FIELDS_END);
	msg->workstation = read_field(&p, AUTHENTICATE_FIELDS_END);
	if (finish(&p))
		return -EBADMSG;

	if (reaches(&p, AUTHENTICATE_KEY_END))
		msg->session_key = read_field(&p, AUTHENTICATE_KEY_END);
	if (reaches(&p, AUTHENTICATE_FLAGS_END))
		msg->flags = sspi_read_le32(&p.head);
	msg->version = read_version(&p, msg->flags);
	/* Always at one place: without a version its eight bytes are there. */
	if (reaches(&p, NTLM_MIC_OFFSET + NTLM_MIC_LEN))
		sspi_subspan(in, NTLM_MIC_OFFSET, NTLM_MIC_LEN, &msg->mic);
	return finish(&p);
}
SSPI_EXPORT_FOR_TEST(ntlm_parse_authenticate);

/* 2.2.2.8 with 2.2.2.7: both type bytes are 1 in every version there is. */
int ntlm_parse_v2_response(struct sspi_span in,
			   struct ntlm_v2_response *resp)
{
	struct sspi_span nonce;
	struct sspi_reader r;
	u16 types;

	memset(resp, 0, sizeof(*resp));
	sspi_reader_init(&r, in);
	resp->proof = sspi_read_span(&r, NTLM_HASH_LEN);
	if (r.bad || !sspi_subspan(in, NTLM_HASH_LEN, in.len - NTLM_HASH_LEN,
				   &resp->temp))
		return -EBADMSG;

	types = sspi_read_le16(&r);
	sspi_read_le16(&r);		/* Reserved1 */
	sspi_read_le32(&r);		/* Reserved2 */
	resp->timestamp = sspi_read_le64(&r);
	nonce = sspi_read_span(&r, NTLM_CHALLENGE_LEN);
	sspi_read_le32(&r);		/* Reserved3 */
	resp->av_pairs = sspi_read_span(&r, sspi_reader_left(&r));
	if (r.bad || types != 0x0101)
		return -EBADMSG;
	memcpy(resp->client_challenge, nonce.data, NTLM_CHALLENGE_LEN);
	return 0;
}
SSPI_EXPORT_FOR_TEST(ntlm_parse_v2_response);
