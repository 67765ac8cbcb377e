// SPDX-License-Identifier: GPL-2.0-only
/* The per-message tokens of RFC 4121 4.2.6. */
#include <linux/errno.h>
#include <linux/string.h>

#include "codec/buf.h"
#include "codec/krb5_gss.h"
#include "test_export.h"

#define FILLER		0xff
#define MIC_FILLER	5
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

static void write_filler(struct sspi_writer *w, unsigned int len)
{
	while (len--)
		sspi_write_u8(w, FILLER);
}

void krb5_build_gss_mic_head(u8 flags, u64 seq, u8 head[KRB5_GSS_TOKEN_HEAD])
{
	struct sspi_writer w;

	sspi_writer_init(&w, head, KRB5_GSS_TOKEN_HEAD);
	sspi_write_be16(&w, KRB5_GSS_MIC);
	sspi_write_u8(&w, flags);
	write_filler(&w, MIC_FILLER);
	sspi_write_be64(&w, seq);
}
SSPI_EXPORT_FOR_TEST(krb5_build_gss_mic_head);

void krb5_build_gss_wrap_head(const struct krb5_gss_wrap *wrap,
			      u8 head[KRB5_GSS_TOKEN_HEAD])
{
	struct sspi_writer w;

	sspi_writer_init(&w, head, KRB5_GSS_TOKEN_HEAD);
	sspi_write_be16(&w, KRB5_GSS_WRAP);
	sspi_write_u8(&w, wrap->flags);
	write_filler(&w, WRAP_FILLER);
	sspi_write_be16(&w, wrap->ec);
	sspi_write_be16(&w, wrap->rrc);
	sspi_write_be64(&w, wrap->seq);
}
SSPI_EXPORT_FOR_TEST(krb5_build_gss_wrap_head);
