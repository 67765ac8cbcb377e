// SPDX-License-Identifier: GPL-2.0-only
/* KDC-REQ, RFC 4120 5.4.1: built, never parsed. */
#include <linux/errno.h>

#include "codec/der.h"
#include "codec/krb5_kdc.h"
#include "test_export.h"

static void put_tickets(struct sspi_writer *w, unsigned int n,
			const struct krb5_req_body *body)
{
	unsigned int i;
	size_t field, list;

	if (!body->ticket_count)
		return;
	field = der_open(w, DER_CONTEXT(n));
	list = der_open(w, DER_SEQUENCE);
	for (i = 0; i < body->ticket_count; i++)
		der_write_element(w, body->tickets[i]);
	der_close(w, list);
	der_close(w, field);
}

int krb5_build_req_body(const struct krb5_req_body *body, u8 *out, size_t room)
{
	struct sspi_writer w;
	size_t seq, field;

	sspi_writer_init(&w, out, room);
	seq = der_open(&w, DER_SEQUENCE);
	der_put_flags(&w, 0, body->options);
	krb5_put_opt_name(&w, 1, &body->cname);
	krb5_put_realm(&w, 2, body->realm);
	krb5_put_opt_name(&w, 3, &body->sname);
	der_put_opt_time(&w, 4, body->from);
	der_put_time(&w, 5, body->till);
	der_put_opt_time(&w, 6, body->rtime);
	der_put_s64(&w, 7, body->nonce);
	field = der_open(&w, DER_CONTEXT(8));
	krb5_write_s32_list(&w, body->etypes, body->etype_count);
	der_close(&w, field);
	krb5_put_opt_list(&w, 9, body->addresses);
	if (body->authdata.cipher.data)
		krb5_put_encrypted(&w, 10, &body->authdata);
	put_tickets(&w, 11, body);
	der_close(&w, seq);
	return der_written(&w);
}
SSPI_EXPORT_FOR_TEST(krb5_build_req_body);

int krb5_build_kdc_req(const struct krb5_kdc_req *req, u8 *out, size_t room)
{
	struct sspi_writer w;
	size_t app, seq;

	sspi_writer_init(&w, out, room);
	/* The application tag is the message type: 10 or 12. */
	app = der_open(&w, DER_APPLICATION(req->type));
	seq = der_open(&w, DER_SEQUENCE);
	der_put_s64(&w, 1, KRB5_PVNO);
	der_put_s64(&w, 2, req->type);
	if (req->padata_count)
		krb5_put_padata_list(&w, 3, req->padata, req->padata_count);
	der_put_element(&w, 4, req->body);
	der_close(&w, seq);
	der_close(&w, app);
	return der_written(&w);
}
SSPI_EXPORT_FOR_TEST(krb5_build_kdc_req);
