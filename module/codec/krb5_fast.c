// SPDX-License-Identifier: GPL-2.0-only
/*
 * FAST, RFC 6113 5.4. Its types are extensible (appendix A, "..."): fields that
 * came later are skipped.
 */
#include <linux/errno.h>
#include <linux/string.h>

#include "codec/der.h"
#include "codec/krb5_fast.h"
#include "test_export.h"

/* The one alternative of PA-FX-FAST-REQUEST and of PA-FX-FAST-REPLY. */
#define ARMORED_DATA	DER_CONTEXT(0)

static void opt_armor(struct der_reader *r, unsigned int n,
		      struct krb5_fast_armor *armor)
{
	struct der_reader field, seq;

	if (!der_has_field(r, n))
		return;
	der_enter(r, DER_CONTEXT(n), &field);
	der_enter(&field, DER_SEQUENCE, &seq);
	armor->type = der_field_s32(&seq, 0);
	armor->value = der_field(&seq, 1, DER_OCTET_STRING);
	der_skip_rest(&seq);
	der_leave(&field, &seq);
	der_leave(r, &field);
}

static void put_opt_armor(struct sspi_writer *w, unsigned int n,
			  const struct krb5_fast_armor *armor)
{
	size_t field, seq;

	if (!armor->value.data)
		return;
	field = der_open(w, DER_CONTEXT(n));
	seq = der_open(w, DER_SEQUENCE);
	der_put_s64(w, 0, armor->type);
	der_put(w, 1, DER_OCTET_STRING, armor->value);
	der_close(w, seq);
	der_close(w, field);
}

int krb5_parse_fast_request(struct sspi_span in,
			    struct krb5_fast_armored_req *req)
{
	struct der_reader r, choice, seq;

	memset(req, 0, sizeof(*req));
	der_init(&r, in);
	der_enter(&r, ARMORED_DATA, &choice);
	der_enter(&choice, DER_SEQUENCE, &seq);
	opt_armor(&seq, 0, &req->armor);
	krb5_field_checksum(&seq, 1, &req->cksum);
	krb5_field_encrypted(&seq, 2, &req->enc);
	der_skip_rest(&seq);
	der_leave(&choice, &seq);
	der_leave(&r, &choice);
	return der_end(&r);
}
SSPI_EXPORT_FOR_TEST(krb5_parse_fast_request);

int krb5_build_fast_request(const struct krb5_fast_armored_req *req, u8 *out,
			    size_t room)
{
	struct sspi_writer w;
	size_t choice, seq;

	sspi_writer_init(&w, out, room);
	choice = der_open(&w, ARMORED_DATA);
	seq = der_open(&w, DER_SEQUENCE);
	put_opt_armor(&w, 0, &req->armor);
	krb5_put_checksum(&w, 1, &req->cksum);
	krb5_put_encrypted(&w, 2, &req->enc);
	der_close(&w, seq);
	der_close(&w, choice);
	return der_written(&w);
}
SSPI_EXPORT_FOR_TEST(krb5_build_fast_request);

int krb5_build_fast_req(const struct krb5_fast_req *req, u8 *out, size_t room)
{
	struct sspi_writer w;
	size_t seq;

	sspi_writer_init(&w, out, room);
	seq = der_open(&w, DER_SEQUENCE);
	der_put_flags(&w, 0, req->options);
	krb5_put_padata_list(&w, 1, req->padata, req->padata_count);
	der_put_element(&w, 2, req->body);
	der_close(&w, seq);
	return der_written(&w);
}
SSPI_EXPORT_FOR_TEST(krb5_build_fast_req);

int krb5_parse_fast_reply(struct sspi_span in, struct krb5_encrypted *enc)
{
	struct der_reader r, choice, seq;

	memset(enc, 0, sizeof(*enc));
	der_init(&r, in);
	der_enter(&r, ARMORED_DATA, &choice);
	der_enter(&choice, DER_SEQUENCE, &seq);
	krb5_field_encrypted(&seq, 0, enc);
	der_skip_rest(&seq);
	der_leave(&choice, &seq);
	der_leave(&r, &choice);
	return der_end(&r);
}
SSPI_EXPORT_FOR_TEST(krb5_parse_fast_reply);

static void opt_finished(struct der_reader *r, unsigned int n,
			 struct krb5_fast_response *rep)
{
	struct krb5_fast_finished *finished = &rep->finished;
	struct der_reader field, seq;

	rep->has_finished = der_has_field(r, n);
	if (!rep->has_finished)
		return;
	der_enter(r, DER_CONTEXT(n), &field);
	der_enter(&field, DER_SEQUENCE, &seq);
	finished->timestamp = der_field_time(&seq, 0);
	finished->usec = der_field_usec(&seq, 1);
	finished->client.realm = krb5_field_realm(&seq, 2);
	krb5_field_name(&seq, 3, &finished->client.name);
	krb5_field_checksum(&seq, 4, &finished->ticket_cksum);
	der_skip_rest(&seq);
	der_leave(&field, &seq);
	der_leave(r, &field);
}

int krb5_parse_fast_response(struct sspi_span in,
			     struct krb5_fast_response *rep)
{
	struct der_reader r, seq;

	memset(rep, 0, sizeof(*rep));
	der_init(&r, in);
	der_enter(&r, DER_SEQUENCE, &seq);
	rep->padata = krb5_opt_padata_list(&seq, 0);
	krb5_opt_key(&seq, 1, &rep->strengthen_key);
	opt_finished(&seq, 2, rep);
	rep->nonce = der_field_u32_or_s32(&seq, 3);
	der_skip_rest(&seq);
	der_leave(&r, &seq);
	/* The list is not optional, but it may be empty. */
	if (!rep->padata.data)
		return -EBADMSG;
	return der_end_padded(&r);
}
SSPI_EXPORT_FOR_TEST(krb5_parse_fast_response);
