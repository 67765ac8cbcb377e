// SPDX-License-Identifier: GPL-2.0-only
/* KRB-ERROR, RFC 4120 5.9.1, and what stands in its e-data. */
#include <linux/errno.h>
#include <linux/string.h>

#include "codec/der.h"
#include "codec/krb5_error.h"
#include "test_export.h"

#define APP_ERROR	DER_APPLICATION(30)

/* MS-KILE 2.2.2. */
#define KERB_ERR_TYPE_EXTENDED	3

int krb5_parse_error(struct sspi_span in, struct krb5_error *error)
{
	struct der_reader r, app, seq;

	memset(error, 0, sizeof(*error));
	der_init(&r, in);
	der_enter(&r, APP_ERROR, &app);
	der_enter(&app, DER_SEQUENCE, &seq);
	krb5_field_is(&seq, 0, KRB5_PVNO);
	krb5_field_is(&seq, 1, KRB5_ERROR);
	error->ctime = der_opt_time(&seq, 2);
	error->cusec = der_opt_usec(&seq, 3);
	error->stime = der_field_time(&seq, 4);
	error->susec = der_field_usec(&seq, 5);
	error->code = der_field_s32(&seq, 6);
	error->client.realm = krb5_opt_realm(&seq, 7);
	if (der_has_field(&seq, 8))
		krb5_field_any_name(&seq, 8, &error->client.name);
	error->server.realm = krb5_field_realm(&seq, 9);
	krb5_field_any_name(&seq, 10, &error->server.name);
	error->text = der_opt(&seq, 11, DER_GENERAL_STRING);
	error->data = der_opt(&seq, 12, DER_OCTET_STRING);
	der_leave(&app, &seq);
	der_leave(&r, &app);
	return der_end(&r);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_parse_error);

int krb5_build_error(const struct krb5_error *error, u8 *out, size_t room)
{
	struct sspi_writer w;
	size_t app, seq;

	sspi_writer_init(&w, out, room);
	app = der_open(&w, APP_ERROR);
	seq = der_open(&w, DER_SEQUENCE);
	der_put_s64(&w, 0, KRB5_PVNO);
	der_put_s64(&w, 1, KRB5_ERROR);
	der_put_opt_time(&w, 2, error->ctime);
	if (error->ctime || error->cusec)
		der_put_s64(&w, 3, error->cusec);
	der_put_time(&w, 4, error->stime);
	der_put_s64(&w, 5, error->susec);
	der_put_s64(&w, 6, error->code);
	der_put_opt(&w, 7, DER_GENERAL_STRING, error->client.realm);
	krb5_put_opt_name(&w, 8, &error->client.name);
	krb5_put_realm(&w, 9, error->server.realm);
	krb5_put_name(&w, 10, &error->server.name);
	der_put_opt(&w, 11, DER_GENERAL_STRING, error->text);
	der_put_opt(&w, 12, DER_OCTET_STRING, error->data);
	der_close(&w, seq);
	der_close(&w, app);
	return der_written(&w);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_build_error);

int krb5_next_typed_data(struct sspi_span *list, struct krb5_typed_data *data)
{
	struct der_reader r, seq;

	memset(data, 0, sizeof(*data));
	if (!list->len)
		return 0;
	der_init(&r, *list);
	der_enter(&r, DER_SEQUENCE, &seq);
	data->type = der_field_s32(&seq, 0);
	data->value = der_opt(&seq, 1, DER_OCTET_STRING);
	der_leave(&r, &seq);
	return der_list_advance(&r, list);
}
SSPI_EXPORT_FOR_TEST(krb5_next_typed_data);

int krb5_parse_typed_data(struct sspi_span in, struct sspi_span *list)
{
	struct krb5_typed_data data;
	struct sspi_span rest;
	struct der_reader r;
	int err;

	der_init(&r, in);
	*list = der_read(&r, DER_SEQUENCE);
	rest = *list;
	do {
		err = krb5_next_typed_data(&rest, &data);
	} while (err > 0);
	return err ? err : der_end(&r);
}
SSPI_EXPORT_FOR_TEST(krb5_parse_typed_data);

/* KERB-ERROR-DATA with KERB_EXT_ERROR in it: status, reserved, flags. */
int krb5_parse_error_ntstatus(struct sspi_span in, u32 *ntstatus)
{
	struct der_reader r, seq;
	struct sspi_reader value;

	*ntstatus = 0;
	der_init(&r, in);
	der_enter(&r, DER_SEQUENCE, &seq);
	krb5_field_is(&seq, 1, KERB_ERR_TYPE_EXTENDED);
	sspi_reader_init(&value, der_opt(&seq, 2, DER_OCTET_STRING));
	der_skip_rest(&seq);
	der_leave(&r, &seq);
	*ntstatus = sspi_read_le32(&value);
	return value.bad ? -EBADMSG : der_end(&r);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_parse_error_ntstatus);
