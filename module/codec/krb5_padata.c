// SPDX-License-Identifier: GPL-2.0-only
/* Pre-authentication data, RFC 4120 5.2.7. */
#include <linux/errno.h>
#include <linux/string.h>

#include "codec/der.h"
#include "codec/krb5_padata.h"
#include "test_export.h"

int krb5_next_padata(struct sspi_span *list, struct krb5_padata *pa)
{
	struct der_reader r, seq;

	memset(pa, 0, sizeof(*pa));
	if (!list->len)
		return 0;
	der_init(&r, *list);
	der_enter(&r, DER_SEQUENCE, &seq);
	pa->type = der_field_s32(&seq, 1);
	pa->value = der_field(&seq, 2, DER_OCTET_STRING);
	der_leave(&r, &seq);
	return der_list_advance(&r, list);
}
SSPI_EXPORT_FOR_TEST(krb5_next_padata);

bool krb5_find_padata(struct sspi_span list, s32 type,
		      struct sspi_span *value)
{
	struct krb5_padata pa;

	while (krb5_next_padata(&list, &pa) > 0) {
		if (pa.type == type) {
			*value = pa.value;
			return true;
		}
	}
	return false;
}
SSPI_EXPORT_FOR_TEST(krb5_find_padata);

static struct sspi_span read_padata_list(struct der_reader *r)
{
	struct sspi_span list = der_read(r, DER_SEQUENCE), rest = list;
	struct krb5_padata pa;
	int err;

	do {
		err = krb5_next_padata(&rest, &pa);
	} while (err > 0);
	if (err)
		der_fail(r);
	return list;
}

struct sspi_span krb5_opt_padata_list(struct der_reader *r, unsigned int n)
{
	struct sspi_span list = { };
	struct der_reader field;

	if (!der_has_field(r, n))
		return list;
	der_enter(r, DER_CONTEXT(n), &field);
	list = read_padata_list(&field);
	der_leave(r, &field);
	return list;
}

int krb5_parse_method_data(struct sspi_span in, struct sspi_span *list)
{
	struct der_reader r;

	der_init(&r, in);
	*list = read_padata_list(&r);
	return der_end(&r);
}
SSPI_EXPORT_FOR_TEST(krb5_parse_method_data);

static void write_padata_list(struct sspi_writer *w,
			      const struct krb5_padata *pa, unsigned int count)
{
	size_t list = der_open(w, DER_SEQUENCE), seq;
	unsigned int i;

	for (i = 0; i < count; i++) {
		seq = der_open(w, DER_SEQUENCE);
		der_put_s64(w, 1, pa[i].type);
		der_put(w, 2, DER_OCTET_STRING, pa[i].value);
		der_close(w, seq);
	}
	der_close(w, list);
}

void krb5_put_padata_list(struct sspi_writer *w, unsigned int n,
			  const struct krb5_padata *pa, unsigned int count)
{
	size_t field = der_open(w, DER_CONTEXT(n));

	write_padata_list(w, pa, count);
	der_close(w, field);
}

int krb5_build_method_data(const struct krb5_padata *pa, unsigned int count,
			   u8 *out, size_t room)
{
	struct sspi_writer w;

	sspi_writer_init(&w, out, room);
	write_padata_list(&w, pa, count);
	return der_written(&w);
}
SSPI_EXPORT_FOR_TEST(krb5_build_method_data);

/* 5.2.7.2. */
int krb5_parse_pa_enc_ts(struct sspi_span in, struct krb5_pa_enc_ts *ts)
{
	struct der_reader r, seq;

	memset(ts, 0, sizeof(*ts));
	der_init(&r, in);
	der_enter(&r, DER_SEQUENCE, &seq);
	ts->time = der_field_time(&seq, 0);
	ts->has_usec = der_has_field(&seq, 1);
	ts->usec = der_opt_usec(&seq, 1);
	der_leave(&r, &seq);
	return der_end_padded(&r);
}
SSPI_EXPORT_FOR_TEST(krb5_parse_pa_enc_ts);

int krb5_build_pa_enc_ts(const struct krb5_pa_enc_ts *ts, u8 *out, size_t room)
{
	struct sspi_writer w;
	size_t seq;

	sspi_writer_init(&w, out, room);
	seq = der_open(&w, DER_SEQUENCE);
	der_put_time(&w, 0, ts->time);
	if (ts->has_usec)
		der_put_s64(&w, 1, ts->usec);
	der_close(&w, seq);
	return der_written(&w);
}
SSPI_EXPORT_FOR_TEST(krb5_build_pa_enc_ts);

/* 5.2.7.4 and 5.2.7.5: the second has parameters and another string type. */
static int next_info(struct sspi_span *list, struct krb5_etype_info *info,
		     bool second)
{
	struct der_reader r, seq;

	memset(info, 0, sizeof(*info));
	if (!list->len)
		return 0;
	der_init(&r, *list);
	der_enter(&r, DER_SEQUENCE, &seq);
	info->enctype = der_field_s32(&seq, 0);
	info->salt = der_opt(&seq, 1, second ? DER_GENERAL_STRING :
					       DER_OCTET_STRING);
	if (second)
		info->params = der_opt(&seq, 2, DER_OCTET_STRING);
	der_leave(&r, &seq);
	return der_list_advance(&r, list);
}

static int parse_info(struct sspi_span in, struct sspi_span *list, bool second)
{
	struct krb5_etype_info info;
	struct sspi_span rest;
	struct der_reader r;
	int err;

	der_init(&r, in);
	*list = der_read(&r, DER_SEQUENCE);
	rest = *list;
	do {
		err = next_info(&rest, &info, second);
	} while (err > 0);
	return err ? err : der_end(&r);
}

int krb5_parse_etype_info(struct sspi_span in, struct sspi_span *list)
{
	return parse_info(in, list, false);
}
SSPI_EXPORT_FOR_TEST(krb5_parse_etype_info);

int krb5_parse_etype_info2(struct sspi_span in, struct sspi_span *list)
{
	return parse_info(in, list, true);
}
SSPI_EXPORT_FOR_TEST(krb5_parse_etype_info2);

int krb5_next_etype_info(struct sspi_span *list, struct krb5_etype_info *info)
{
	return next_info(list, info, false);
}
SSPI_EXPORT_FOR_TEST(krb5_next_etype_info);

int krb5_next_etype_info2(struct sspi_span *list, struct krb5_etype_info *info)
{
	return next_info(list, info, true);
}
SSPI_EXPORT_FOR_TEST(krb5_next_etype_info2);
