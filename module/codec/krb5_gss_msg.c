// SPDX-License-Identifier: GPL-2.0-only
/* The per-message tokens of RFC 4121 4.2.6. */
#include <linux/errno.h>
#include <linux/string.h>

#include "codec/buf.h"
#include "codec/krb5_gss.h"
#include "test_export.h"

#define FILLER		0xff
#define MIC_FILLER	5
/* Places in a Wrap token's head, 4.2.6.2. */
#define WRAP_EC		4
#define WRAP_RRC	6
#define WRAP_FILLER	1

static void read_filler(struct sspi_reader *r, unsigned int len)
{
	while (len--) {
		if (sspi_read_u8(r) != FILLER)
			r->bad = true;
	}
}

/* 4.2.6.1. */
int krb5_parse_gss_mic(struct sspi_span in, struct krb5_gss_mic *mic)
{
	struct sspi_reader r;

	memset(mic, 0, sizeof(*mic));	/* not secret: a view */
	sspi_reader_init(&r, in);
	if (sspi_read_be16(&r) != KRB5_GSS_MIC)
		return -EBADMSG;
	mic->flags = sspi_read_u8(&r);
	read_filler(&r, MIC_FILLER);
	mic->seq = sspi_read_be64(&r);
	mic->sum = sspi_read_span(&r, sspi_reader_left(&r));
	if (r.bad || !sspi_subspan(in, 0, KRB5_GSS_TOKEN_HEAD, &mic->head))
		return -EBADMSG;
	return 0;
}
SSPI_EXPORT_FOR_TEST(krb5_parse_gss_mic);

/* 4.2.6.2. */
int krb5_parse_gss_wrap(struct sspi_span in, struct krb5_gss_wrap *wrap)
{
	struct sspi_reader r;

	memset(wrap, 0, sizeof(*wrap));
	sspi_reader_init(&r, in);
	if (sspi_read_be16(&r) != KRB5_GSS_WRAP)
		return -EBADMSG;
	wrap->flags = sspi_read_u8(&r);
	read_filler(&r, WRAP_FILLER);
	wrap->ec = sspi_read_be16(&r);
	wrap->rrc = sspi_read_be16(&r);
	wrap->seq = sspi_read_be64(&r);
	wrap->body = sspi_read_span(&r, sspi_reader_left(&r));
	if (r.bad || !sspi_subspan(in, 0, KRB5_GSS_TOKEN_HEAD, &wrap->head))
		return -EBADMSG;
	return 0;
}
SSPI_EXPORT_FOR_TEST(krb5_parse_gss_wrap);

/* 4.2.6: what both heads have in the same place. */
static void build_head(enum krb5_gss_tok_id id, u8 flags, u64 seq,
		       u8 head[KRB5_GSS_TOKEN_HEAD])
{
	put_unaligned_be16(id, head);
	head[2] = flags;
	memset(head + 3, FILLER, MIC_FILLER);
	put_unaligned_be64(seq, head + 8);
}

void krb5_build_gss_mic_head(u8 flags, u64 seq, u8 head[KRB5_GSS_TOKEN_HEAD])
{
	build_head(KRB5_GSS_MIC, flags, seq, head);
}
SSPI_EXPORT_FOR_TEST(krb5_build_gss_mic_head);

void krb5_build_gss_wrap_head(const struct krb5_gss_wrap *wrap,
			      u8 head[KRB5_GSS_TOKEN_HEAD])
{
	build_head(KRB5_GSS_WRAP, wrap->flags, wrap->seq, head);
	put_unaligned_be16(wrap->ec, head + WRAP_EC);
	put_unaligned_be16(wrap->rrc, head + WRAP_RRC);
}
SSPI_EXPORT_FOR_TEST(krb5_build_gss_wrap_head);

void krb5_set_gss_rrc(u8 head[KRB5_GSS_TOKEN_HEAD], u16 rrc)
{
	put_unaligned_be16(rrc, head + WRAP_RRC);
}
