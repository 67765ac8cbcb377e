// SPDX-License-Identifier: GPL-2.0-only
/* KDC-REP and EncKDCRepPart, RFC 4120 5.4.2. */
#include <linux/errno.h>
#include <linux/string.h>

#include "codec/der.h"
#include "codec/krb5_kdc.h"
#include "test_export.h"

#define ENC_AS_REP	25
#define ENC_TGS_REP	26

int krb5_parse_kdc_rep(struct sspi_span in, struct krb5_kdc_rep *rep)
{
	struct der_reader r, app, seq, field;

	memset(rep, 0, sizeof(*rep));
	der_init(&r, in);
	rep->type = der_peek(&r) == DER_APPLICATION(KRB5_AS_REP) ?
		    KRB5_AS_REP : KRB5_TGS_REP;
	der_enter(&r, DER_APPLICATION(rep->type), &app);
	der_enter(&app, DER_SEQUENCE, &seq);
	krb5_field_is(&seq, 0, KRB5_PVNO);
	krb5_field_is(&seq, 1, rep->type);
	rep->padata = krb5_opt_padata_list(&seq, 2);
	rep->client.realm = krb5_field_realm(&seq, 3);
	krb5_field_name(&seq, 4, &rep->client.name);
	der_enter(&seq, DER_CONTEXT(5), &field);
	krb5_read_ticket(&field, &rep->ticket);
	der_leave(&seq, &field);
	krb5_field_encrypted(&seq, 6, &rep->enc);
	der_leave(&app, &seq);
	der_leave(&r, &app);
	return der_end(&r);
}
SSPI_EXPORT_FOR_TEST(krb5_parse_kdc_rep);

int krb5_next_last_req(struct sspi_span *list, struct krb5_last_req *last)
{
	struct der_reader r, seq;

	memset(last, 0, sizeof(*last));
	if (!list->len)
		return 0;
	der_init(&r, *list);
	der_enter(&r, DER_SEQUENCE, &seq);
	last->type = der_field_s32(&seq, 0);
	last->time = der_field_time(&seq, 1);
	der_leave(&r, &seq);
	return der_list_advance(&r, list);
}
SSPI_EXPORT_FOR_TEST(krb5_next_last_req);

static struct sspi_span field_last_req(struct der_reader *r, unsigned int n)
{
	struct sspi_span list = der_field(r, n, DER_SEQUENCE), rest = list;
	struct krb5_last_req last;
	int err;

	do {
		err = krb5_next_last_req(&rest, &last);
	} while (err > 0);
	if (err)
		der_fail(r);
	return list;
}

/*
 * Peers use one tag for both kinds of reply: which it was does not matter,
 * since the key usage under which it was deciphered tells them apart.
 */
int krb5_parse_enc_kdc_rep(struct sspi_span in, struct krb5_enc_kdc_rep *part)
{
	struct der_reader r, app, seq;

	memset(part, 0, sizeof(*part));
	der_init(&r, in);
	part->app_tag = der_peek(&r) == DER_APPLICATION(ENC_AS_REP) ?
			ENC_AS_REP : ENC_TGS_REP;
	der_enter(&r, DER_APPLICATION(part->app_tag), &app);
	der_enter(&app, DER_SEQUENCE, &seq);
	krb5_field_key(&seq, 0, &part->key);
	part->last_req = field_last_req(&seq, 1);
	part->nonce = der_field_u32_or_s32(&seq, 2);
	part->key_expiration = der_opt_time(&seq, 3);
	part->flags = der_field_flags(&seq, 4);
	part->authtime = der_field_time(&seq, 5);
	part->starttime = der_opt_time(&seq, 6);
	part->endtime = der_field_time(&seq, 7);
	part->renew_till = der_opt_time(&seq, 8);
	part->server.realm = krb5_field_realm(&seq, 9);
	krb5_field_name(&seq, 10, &part->server.name);
	part->addresses = krb5_opt_addresses(&seq, 11);
	part->enc_padata = krb5_opt_padata_list(&seq, 12);
	der_skip_rest(&seq);
	der_leave(&app, &seq);
	der_leave(&r, &app);
	return der_end_padded(&r);
}
SSPI_EXPORT_FOR_TEST(krb5_parse_enc_kdc_rep);
