// SPDX-License-Identifier: GPL-2.0-only
/* KRB-CRED and EncKrbCredPart, RFC 4120 5.8. */
#include <linux/errno.h>
#include <linux/string.h>

#include "codec/der.h"
#include "codec/krb5_cred.h"
#include "test_export.h"

#define APP_CRED	DER_APPLICATION(22)
#define APP_ENC_CRED	DER_APPLICATION(29)

static void field_tickets(struct der_reader *r, unsigned int n,
			  struct krb5_cred_msg *msg)
{
	struct krb5_ticket ticket;
	struct sspi_span rest;
	int err;

	msg->tickets = der_field(r, n, DER_SEQUENCE);
	rest = msg->tickets;
	for (;;) {
		err = krb5_next_ticket(&rest, &ticket);
		if (err <= 0)
			break;
		msg->count++;
	}
	if (err)
		der_fail(r);
}

int krb5_parse_cred(struct sspi_span in, struct krb5_cred_msg *msg)
{
	struct der_reader r, app, seq;

	memset(msg, 0, sizeof(*msg));
	der_init(&r, in);
	der_enter(&r, APP_CRED, &app);
	der_enter(&app, DER_SEQUENCE, &seq);
	krb5_field_is(&seq, 0, KRB5_PVNO);
	krb5_field_is(&seq, 1, KRB5_CRED);
	field_tickets(&seq, 2, msg);
	krb5_field_encrypted(&seq, 3, &msg->enc);
	der_leave(&app, &seq);
	der_leave(&r, &app);
	return der_end(&r);
}
SSPI_EXPORT_FOR_TEST(krb5_parse_cred);

int krb5_build_cred(const struct krb5_cred_msg *msg, u8 *out, size_t room)
{
	struct sspi_writer w;
	size_t app, seq;

	sspi_writer_init(&w, out, room);
	app = der_open(&w, APP_CRED);
	seq = der_open(&w, DER_SEQUENCE);
	der_put_s64(&w, 0, KRB5_PVNO);
	der_put_s64(&w, 1, KRB5_CRED);
	der_put(&w, 2, DER_SEQUENCE, msg->tickets);
	krb5_put_encrypted(&w, 3, &msg->enc);
	der_close(&w, seq);
	der_close(&w, app);
	return der_written(&w);
}
SSPI_EXPORT_FOR_TEST(krb5_build_cred);

int krb5_next_cred_info(struct sspi_span *list, struct krb5_cred_info *info)
{
	struct der_reader r, seq;

	memset(info, 0, sizeof(*info));
	if (!list->len)
		return 0;
	der_init(&r, *list);
	der_enter(&r, DER_SEQUENCE, &seq);
	krb5_field_key(&seq, 0, &info->key);
	info->client.realm = krb5_opt_realm(&seq, 1);
	krb5_opt_name(&seq, 2, &info->client.name);
	info->has_flags = der_has_field(&seq, 3);
	if (info->has_flags)
		info->flags = der_field_flags(&seq, 3);
	info->authtime = der_opt_time(&seq, 4);
	info->starttime = der_opt_time(&seq, 5);
	info->endtime = der_opt_time(&seq, 6);
	info->renew_till = der_opt_time(&seq, 7);
	info->server.realm = krb5_opt_realm(&seq, 8);
	krb5_opt_name(&seq, 9, &info->server.name);
	info->addresses = krb5_opt_addresses(&seq, 10);
	der_leave(&r, &seq);
	return der_list_advance(&r, list);
}
SSPI_EXPORT_FOR_TEST(krb5_next_cred_info);

int krb5_build_cred_info(const struct krb5_cred_info *info, u8 *out,
			 size_t room)
{
	struct sspi_writer w;
	size_t seq;

	sspi_writer_init(&w, out, room);
	seq = der_open(&w, DER_SEQUENCE);
	krb5_put_key(&w, 0, &info->key);
	der_put_opt(&w, 1, DER_GENERAL_STRING, info->client.realm);
	krb5_put_opt_name(&w, 2, &info->client.name);
	if (info->has_flags)
		der_put_flags(&w, 3, info->flags);
	der_put_opt_time(&w, 4, info->authtime);
	der_put_opt_time(&w, 5, info->starttime);
	der_put_opt_time(&w, 6, info->endtime);
	der_put_opt_time(&w, 7, info->renew_till);
	der_put_opt(&w, 8, DER_GENERAL_STRING, info->server.realm);
	krb5_put_opt_name(&w, 9, &info->server.name);
	krb5_put_opt_list(&w, 10, info->addresses);
	der_close(&w, seq);
	return der_written(&w);
}
SSPI_EXPORT_FOR_TEST(krb5_build_cred_info);

static void field_infos(struct der_reader *r, unsigned int n,
			struct krb5_enc_cred *part)
{
	struct krb5_cred_info info;
	struct sspi_span rest;
	int err;

	part->infos = der_field(r, n, DER_SEQUENCE);
	rest = part->infos;
	for (;;) {
		err = krb5_next_cred_info(&rest, &info);
		if (err <= 0)
			break;
		part->count++;
	}
	if (err)
		der_fail(r);
}

int krb5_parse_enc_cred(struct sspi_span in, struct krb5_enc_cred *part)
{
	struct der_reader r, app, seq;

	memset(part, 0, sizeof(*part));
	der_init(&r, in);
	der_enter(&r, APP_ENC_CRED, &app);
	der_enter(&app, DER_SEQUENCE, &seq);
	field_infos(&seq, 0, part);
	part->has_nonce = der_has_field(&seq, 1);
	if (part->has_nonce)
		part->nonce = der_field_u32_or_s32(&seq, 1);
	part->timestamp = der_opt_time(&seq, 2);
	part->has_usec = der_has_field(&seq, 3);
	part->usec = der_opt_usec(&seq, 3);
	krb5_opt_address(&seq, 4, &part->s_address);
	krb5_opt_address(&seq, 5, &part->r_address);
	der_leave(&app, &seq);
	der_leave(&r, &app);
	return der_end_padded(&r);
}
SSPI_EXPORT_FOR_TEST(krb5_parse_enc_cred);

int krb5_build_enc_cred(const struct krb5_enc_cred *part, u8 *out, size_t room)
{
	struct sspi_writer w;
	size_t app, seq;

	sspi_writer_init(&w, out, room);
	app = der_open(&w, APP_ENC_CRED);
	seq = der_open(&w, DER_SEQUENCE);
	der_put(&w, 0, DER_SEQUENCE, part->infos);
	if (part->has_nonce)
		der_put_s64(&w, 1, part->nonce);
	der_put_opt_time(&w, 2, part->timestamp);
	if (part->has_usec)
		der_put_s64(&w, 3, part->usec);
	krb5_put_opt_address(&w, 4, &part->s_address);
	krb5_put_opt_address(&w, 5, &part->r_address);
	der_close(&w, seq);
	der_close(&w, app);
	return der_written(&w);
}
SSPI_EXPORT_FOR_TEST(krb5_build_enc_cred);
