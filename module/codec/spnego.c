// SPDX-License-Identifier: GPL-2.0-only
/* Reading of SPNEGO tokens: RFC 4178 4.2, MS-SPNG 2.2.1. */
#include <linux/errno.h>
#include <linux/string.h>

#include "codec/der.h"
#include "codec/spnego.h"
#include "test_export.h"

#define FRAME		DER_APPLICATION(0)	/* RFC 2743 3.1 */
#define NEG_TOKEN_INIT	DER_CONTEXT(0)		/* NegotiationToken, 4.2 */
#define NEG_TOKEN_RESP	DER_CONTEXT(1)

static const u8 oid_bytes[] = { 0x2b, 6, 1, 5, 5, 2 };

const struct sspi_span spnego_oid = { oid_bytes, sizeof(oid_bytes) };
SSPI_EXPORT_FOR_TEST(spnego_oid);

/* X.690 8.19: whole numbers in base 128, none with a leading zero digit. */
static bool oid_valid(struct sspi_span oid)
{
	bool first = true;
	size_t i;

	if (!oid.len || oid.len > SPNEGO_MAX_OID)
		return false;
	for (i = 0; i < oid.len; i++) {
		if (first && oid.data[i] == 0x80)
			return false;
		first = !(oid.data[i] & 0x80);
	}
	return first;
}

struct sspi_span spnego_mech_list_begin(struct sspi_span mech_list)
{
	struct der_reader r;

	der_init(&r, mech_list);
	return der_read(&r, DER_SEQUENCE);
}
SSPI_EXPORT_FOR_TEST(spnego_mech_list_begin);

bool spnego_mech_list_next(struct sspi_span *list, struct sspi_span *oid)
{
	struct der_reader r;

	if (!list->len)
		return false;
	der_init(&r, *list);
	*oid = der_read(&r, DER_OID);
	return der_list_advance(&r, list) > 0;
}
SSPI_EXPORT_FOR_TEST(spnego_mech_list_next);

static bool mech_list_valid(struct sspi_span mech_list)
{
	struct sspi_span list = spnego_mech_list_begin(mech_list), oid;
	unsigned int count = 0;

	while (list.len) {
		if (!spnego_mech_list_next(&list, &oid) || !oid_valid(oid) ||
		    ++count > SPNEGO_MAX_MECHS)
			return false;
	}
	return count;
}

/* [n] EXPLICIT, the element inside it whole. */
static struct sspi_span field_element(struct der_reader *r, unsigned int n,
				      u8 tag)
{
	struct der_reader field;
	struct sspi_span whole;
	u8 got;

	der_enter(r, DER_CONTEXT(n), &field);
	whole = der_read_element(&field, &got);
	if (got != tag)
		der_fail(&field);
	der_leave(r, &field);
	return whole;
}

/* The extension marks: fields of later versions, numbered @n and up. */
static void skip_extensions(struct der_reader *r, unsigned int n)
{
	u8 tag;

	while (der_more(r)) {
		der_read_element(r, &tag);
		if (tag < DER_CONTEXT(n) || tag > DER_CONTEXT(30))
			der_fail(r);
	}
}

/* An empty token says what none says. */
static struct sspi_span opt_token(struct der_reader *r, unsigned int n)
{
	struct sspi_span token = der_opt(r, n, DER_OCTET_STRING);

	return token.len ? token : (struct sspi_span){ };
}

/* [3] is a mechListMIC, or negHints that push it to [4]. */
static void read_hints_or_mic(struct der_reader *r, struct spnego_init *init)
{
	struct der_reader field;

	if (der_has_field(r, 3)) {
		der_enter(r, DER_CONTEXT(3), &field);
		init->hints = der_peek(&field) == DER_SEQUENCE;
		if (init->hints)
			der_read(&field, DER_SEQUENCE);
		else
			init->mic = der_read(&field, DER_OCTET_STRING);
		der_leave(r, &field);
	}
	if (init->hints)
		init->mic = opt_token(r, 4);
	if (!init->mic.len)
		init->mic = (struct sspi_span){ };
}

static int read_init(struct der_reader *r, struct spnego_init *init)
{
	struct der_reader choice, seq;

	der_enter(r, NEG_TOKEN_INIT, &choice);
	der_enter(&choice, DER_SEQUENCE, &seq);
	init->mech_list = field_element(&seq, 0, DER_SEQUENCE);
	der_opt(&seq, 1, DER_BIT_STRING);
	init->token = opt_token(&seq, 2);
	read_hints_or_mic(&seq, init);
	skip_extensions(&seq, init->hints ? 5 : 4);
	der_leave(&choice, &seq);
	der_leave(r, &choice);
	if (der_end(r) || !mech_list_valid(init->mech_list))
		return -EBADMSG;
	return 0;
}

int spnego_parse_init(struct sspi_span in, struct spnego_init *init)
{
	struct der_reader r, frame;
	struct sspi_span oid;

	memset(init, 0, sizeof(*init));
	der_init(&r, in);
	der_enter(&r, FRAME, &frame);
	oid = der_read(&frame, DER_OID);
	if (oid.len != spnego_oid.len ||
	    memcmp(oid.data, spnego_oid.data, oid.len))
		return -EBADMSG;
	if (read_init(&frame, init))
		return -EBADMSG;
	der_leave(&r, &frame);
	return der_end(&r);
}
SSPI_EXPORT_FOR_TEST(spnego_parse_init);

static enum spnego_state read_state(struct der_reader *r)
{
	struct sspi_span v;

	if (!der_has_field(r, 0))
		return SPNEGO_NO_STATE;
	v = der_field(r, 0, DER_ENUMERATED);
	if (v.len != 1 || v.data[0] > SPNEGO_REQUEST_MIC) {
		der_fail(r);
		return SPNEGO_NO_STATE;
	}
	return v.data[0];
}

int spnego_parse_resp(struct sspi_span in, struct spnego_resp *resp)
{
	struct der_reader r, choice, seq;

	memset(resp, 0, sizeof(*resp));
	der_init(&r, in);
	der_enter(&r, NEG_TOKEN_RESP, &choice);
	der_enter(&choice, DER_SEQUENCE, &seq);
	resp->state = read_state(&seq);
	resp->mech = der_opt(&seq, 1, DER_OID);
	resp->token = opt_token(&seq, 2);
	resp->mic = opt_token(&seq, 3);
	skip_extensions(&seq, 4);
	der_leave(&choice, &seq);
	der_leave(&r, &choice);
	if (resp->mech.data && !oid_valid(resp->mech))
		return -EBADMSG;
	return der_end(&r);
}
SSPI_EXPORT_FOR_TEST(spnego_parse_resp);

bool spnego_frame_oid(struct sspi_span in, struct sspi_span *oid)
{
	struct der_reader r, frame;

	der_init(&r, in);
	der_enter(&r, FRAME, &frame);
	*oid = der_read(&frame, DER_OID);
	return oid_valid(*oid) && !frame.in.bad && !der_end(&r);
}
SSPI_EXPORT_FOR_TEST(spnego_frame_oid);
