// SPDX-License-Identifier: GPL-2.0-only
/* Token framing and the checksum of the authenticator, RFC 2743 and RFC 4121. */
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "codec/der.h"
#include "codec/krb5_gss.h"
#include "test_export.h"

#define FRAME		DER_APPLICATION(0)
#define OID_HEAD	2
#define TOK_ID_LEN	2
#define DLG_OPT		1	/* RFC 4121 4.1.1.1 */
#define EXT_HEAD	8	/* RFC 4121 4.1.1: type and length */

static const u8 oid_krb5[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 1, 2, 2 };
/* MS-SPNG 3.1.5.2: one bit of the above was lost, for ever. */
static const u8 oid_ms_krb5[] = { 0x2a, 0x86, 0x48, 0x82, 0xf7, 0x12, 1, 2, 2 };
static const u8 oid_u2u[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 1, 2, 2, 3 };

static const struct {
	enum krb5_gss_mech mech;
	struct sspi_span oid;
} mechs[] = {
	{ KRB5_MECH_KRB5, { oid_krb5, sizeof(oid_krb5) } },
	{ KRB5_MECH_MS_KRB5, { oid_ms_krb5, sizeof(oid_ms_krb5) } },
	{ KRB5_MECH_U2U, { oid_u2u, sizeof(oid_u2u) } },
	{ }
};

static enum krb5_gss_mech find_mech(struct sspi_span oid)
{
	unsigned int i;

	for (i = 0; oid.data && mechs[i].oid.data; i++) {
		if (mechs[i].oid.len == oid.len &&
		    !memcmp(mechs[i].oid.data, oid.data, oid.len))
			return mechs[i].mech;
	}
	return KRB5_MECH_NONE;
}

/* MS-KILE 3.4.5: with DCE style the messages stand for themselves. */
static u16 bare_id(struct sspi_span in)
{
	struct der_reader r;

	der_init(&r, in);
	switch (der_peek(&r)) {
	case DER_APPLICATION(14):
		return KRB5_GSS_AP_REQ;
	case DER_APPLICATION(15):
		return KRB5_GSS_AP_REP;
	case DER_APPLICATION(30):
		return KRB5_GSS_ERROR;
	default:
		return 0;
	}
}

/* RFC 2743 3.1, RFC 4121 4.1. */
int krb5_parse_gss_token(struct sspi_span in, struct krb5_gss_token *token)
{
	struct der_reader r, frame;

	memset(token, 0, sizeof(*token));
	token->id = bare_id(in);
	if (token->id) {
		token->body = in;
		return 0;
	}
	der_init(&r, in);
	der_enter(&r, FRAME, &frame);
	token->mech = find_mech(der_read(&frame, DER_OID));
	token->id = sspi_read_be16(&frame.in);
	token->body = sspi_read_span(&frame.in, sspi_reader_left(&frame.in));
	der_leave(&r, &frame);
	if (token->mech == KRB5_MECH_NONE)
		return -EBADMSG;
	return der_end(&r);
}
SSPI_EXPORT_FOR_TEST(krb5_parse_gss_token);

static int build_frame(enum krb5_gss_mech mech, u16 id, struct sspi_span body,
		       bool with_body, u8 *out, size_t room)
{
	struct sspi_span oid = { };
	struct sspi_writer w;
	unsigned int i;

	for (i = 0; mechs[i].oid.data; i++) {
		if (mechs[i].mech == mech)
			oid = mechs[i].oid;
	}
	if (!oid.data || body.len > KRB5_GSS_MAX_TOKEN)
		return -ENOSPC;
	sspi_writer_init(&w, out, room);
	der_write_head(&w, FRAME, OID_HEAD + oid.len + TOK_ID_LEN + body.len);
	der_write(&w, DER_OID, oid);
	sspi_write_be16(&w, id);
	if (with_body)
		der_write_element(&w, body);
	return der_written(&w);
}

int krb5_build_gss_token(const struct krb5_gss_token *token, u8 *out,
			 size_t room)
{
	struct sspi_writer w;

	if (token->mech != KRB5_MECH_NONE)
		return build_frame(token->mech, token->id, token->body, true,
				   out, room);
	sspi_writer_init(&w, out, room);
	der_write_element(&w, token->body);
	return der_written(&w);
}
SSPI_EXPORT_FOR_TEST(krb5_build_gss_token);

int krb5_build_gss_head(enum krb5_gss_mech mech, u16 id, size_t len, u8 *out,
			size_t room)
{
	struct sspi_span body = { .len = len };

	return build_frame(mech, id, body, false, out, room);
}
SSPI_EXPORT_FOR_TEST(krb5_build_gss_head);

/* RFC 4121 4.1.1. */
int krb5_parse_gss_cksum(struct sspi_span in, struct krb5_gss_cksum *sum)
{
	struct sspi_span bindings, rest;
	struct krb5_gss_ext ext;
	struct sspi_reader r;
	int err;

	memset(sum, 0, sizeof(*sum));
	sspi_reader_init(&r, in);
	if (sspi_read_le32(&r) != KRB5_GSS_BND_LEN)
		return -EBADMSG;
	bindings = sspi_read_span(&r, KRB5_GSS_BND_LEN);
	sum->flags = sspi_read_le32(&r);
	if (sum->flags & KRB5_GSS_C_DELEG) {
		if (sspi_read_le16(&r) != DLG_OPT)
			return -EBADMSG;
		sum->delegation = sspi_read_span(&r, sspi_read_le16(&r));
	}
	if (r.bad)
		return -EBADMSG;
	memcpy(sum->bindings, bindings.data, KRB5_GSS_BND_LEN);
	sum->extensions = sspi_read_span(&r, sspi_reader_left(&r));
	rest = sum->extensions;
	do {
		err = krb5_next_gss_ext(&rest, &ext);
	} while (err > 0);
	return err;
}
SSPI_EXPORT_FOR_TEST(krb5_parse_gss_cksum);

int krb5_next_gss_ext(struct sspi_span *list, struct krb5_gss_ext *ext)
{
	struct sspi_reader r;

	memset(ext, 0, sizeof(*ext));
	if (!list->len)
		return 0;
	sspi_reader_init(&r, *list);
	ext->type = sspi_read_be32(&r);
	ext->data = sspi_read_span(&r, sspi_read_be32(&r));
	if (r.bad) {
		list->len = 0;
		return -EBADMSG;
	}
	list->data += EXT_HEAD + ext->data.len;
	list->len -= EXT_HEAD + ext->data.len;
	return 1;
}
SSPI_EXPORT_FOR_TEST(krb5_next_gss_ext);

int krb5_build_gss_cksum(const struct krb5_gss_cksum *sum, u8 *out,
			 size_t room)
{
	struct sspi_writer w;

	sspi_writer_init(&w, out, room);
	sspi_write_le32(&w, KRB5_GSS_BND_LEN);
	sspi_write_bytes(&w, sum->bindings, KRB5_GSS_BND_LEN);
	sspi_write_le32(&w, sum->flags);
	if (sum->flags & KRB5_GSS_C_DELEG) {
		if (sum->delegation.len > U16_MAX)
			w.bad = true;
		sspi_write_le16(&w, DLG_OPT);
		sspi_write_le16(&w, sum->delegation.len);
		der_write_element(&w, sum->delegation);
	}
	der_write_element(&w, sum->extensions);
	return der_written(&w);
}
SSPI_EXPORT_FOR_TEST(krb5_build_gss_cksum);
