// SPDX-License-Identifier: GPL-2.0-only
/* Tickets, RFC 4120 5.3. */
#include <linux/errno.h>
#include <linux/string.h>

#include "codec/der.h"
#include "codec/krb5_ticket.h"
#include "test_export.h"

#define APP_TICKET	DER_APPLICATION(1)
#define APP_ENC_TICKET	DER_APPLICATION(3)

void krb5_read_ticket(struct der_reader *r, struct krb5_ticket *ticket)
{
	size_t start = r->in.pos;
	struct der_reader app, seq;

	memset(ticket, 0, sizeof(*ticket));
	der_enter(r, APP_TICKET, &app);
	der_enter(&app, DER_SEQUENCE, &seq);
	krb5_field_is(&seq, 0, KRB5_PVNO);
	ticket->realm = krb5_field_realm(&seq, 1);
	krb5_field_name(&seq, 2, &ticket->sname);
	krb5_field_encrypted(&seq, 3, &ticket->enc);
	der_leave(&app, &seq);
	der_leave(r, &app);
	if (r->in.bad)
		return;
	ticket->whole.data = r->in.data + start;
	ticket->whole.len = r->in.pos - start;
}

int krb5_parse_ticket(struct sspi_span in, struct krb5_ticket *ticket)
{
	struct der_reader r;

	der_init(&r, in);
	krb5_read_ticket(&r, ticket);
	return der_end(&r);
}
SSPI_EXPORT_FOR_TEST(krb5_parse_ticket);

int krb5_next_ticket(struct sspi_span *list, struct krb5_ticket *ticket)
{
	struct der_reader r;

	memset(ticket, 0, sizeof(*ticket));
	if (!list->len)
		return 0;
	der_init(&r, *list);
	krb5_read_ticket(&r, ticket);
	return der_list_advance(&r, list);
}
SSPI_EXPORT_FOR_TEST(krb5_next_ticket);

int krb5_build_ticket(const struct krb5_ticket *ticket, u8 *out, size_t room)
{
	struct sspi_writer w;
	size_t app, seq;

	sspi_writer_init(&w, out, room);
	app = der_open(&w, APP_TICKET);
	seq = der_open(&w, DER_SEQUENCE);
	der_put_s64(&w, 0, KRB5_PVNO);
	krb5_put_realm(&w, 1, ticket->realm);
	krb5_put_name(&w, 2, &ticket->sname);
	krb5_put_encrypted(&w, 3, &ticket->enc);
	der_close(&w, seq);
	der_close(&w, app);
	return der_written(&w);
}
SSPI_EXPORT_FOR_TEST(krb5_build_ticket);

static void field_transited(struct der_reader *r, unsigned int n,
			    struct krb5_enc_ticket *part)
{
	struct der_reader field, seq;

	der_enter(r, DER_CONTEXT(n), &field);
	der_enter(&field, DER_SEQUENCE, &seq);
	part->transited_type = der_field_s32(&seq, 0);
	part->transited = der_field(&seq, 1, DER_OCTET_STRING);
	der_leave(&field, &seq);
	der_leave(r, &field);
}

int krb5_parse_enc_ticket(struct sspi_span in, struct krb5_enc_ticket *part)
{
	struct der_reader r, app, seq;

	memset(part, 0, sizeof(*part));
	der_init(&r, in);
	der_enter(&r, APP_ENC_TICKET, &app);
	der_enter(&app, DER_SEQUENCE, &seq);
	part->flags = der_field_flags(&seq, 0);
	krb5_field_key(&seq, 1, &part->key);
	part->client.realm = krb5_field_realm(&seq, 2);
	krb5_field_name(&seq, 3, &part->client.name);
	field_transited(&seq, 4, part);
	part->authtime = der_field_time(&seq, 5);
	part->starttime = der_opt_time(&seq, 6);
	part->endtime = der_field_time(&seq, 7);
	part->renew_till = der_opt_time(&seq, 8);
	part->addresses = krb5_opt_addresses(&seq, 9);
	part->authdata = krb5_opt_ad_list(&seq, 10);
	der_leave(&app, &seq);
	der_leave(&r, &app);
	return der_end_padded(&r);
}
SSPI_EXPORT_FOR_TEST(krb5_parse_enc_ticket);

static void put_transited(struct sspi_writer *w, unsigned int n,
			  const struct krb5_enc_ticket *part)
{
	size_t field = der_open(w, DER_CONTEXT(n));
	size_t seq = der_open(w, DER_SEQUENCE);

	der_put_s64(w, 0, part->transited_type);
	der_put(w, 1, DER_OCTET_STRING, part->transited);
	der_close(w, seq);
	der_close(w, field);
}

int krb5_build_enc_ticket(const struct krb5_enc_ticket *part, u8 *out,
			  size_t room)
{
	struct sspi_writer w;
	size_t app, seq;

	sspi_writer_init(&w, out, room);
	app = der_open(&w, APP_ENC_TICKET);
	seq = der_open(&w, DER_SEQUENCE);
	der_put_flags(&w, 0, part->flags);
	krb5_put_key(&w, 1, &part->key);
	krb5_put_realm(&w, 2, part->client.realm);
	krb5_put_name(&w, 3, &part->client.name);
	put_transited(&w, 4, part);
	der_put_time(&w, 5, part->authtime);
	der_put_opt_time(&w, 6, part->starttime);
	der_put_time(&w, 7, part->endtime);
	der_put_opt_time(&w, 8, part->renew_till);
	krb5_put_opt_list(&w, 9, part->addresses);
	krb5_put_opt_list(&w, 10, part->authdata);
	der_close(&w, seq);
	der_close(&w, app);
	return der_written(&w);
}
SSPI_EXPORT_FOR_TEST(krb5_build_enc_ticket);
