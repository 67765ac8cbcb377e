// SPDX-License-Identifier: GPL-2.0-only
/* AP-REQ, Authenticator, AP-REP and EncAPRepPart, RFC 4120 5.5. */
#include <linux/errno.h>
#include <linux/string.h>

#include "codec/der.h"
#include "codec/krb5_ap.h"
#include "test_export.h"

#define APP_AUTHENTICATOR	DER_APPLICATION(2)
#define APP_AP_REQ		DER_APPLICATION(14)
#define APP_AP_REP		DER_APPLICATION(15)
#define APP_ENC_AP_REP		DER_APPLICATION(27)

int krb5_parse_ap_req(struct sspi_span in, struct krb5_ap_req *req)
{
	struct der_reader r, app, seq, field;

	memset(req, 0, sizeof(*req));
	der_init(&r, in);
	der_enter(&r, APP_AP_REQ, &app);
	der_enter(&app, DER_SEQUENCE, &seq);
	krb5_field_is(&seq, 0, KRB5_PVNO);
	krb5_field_is(&seq, 1, KRB5_AP_REQ);
	req->options = der_field_flags(&seq, 2);
	der_enter(&seq, DER_CONTEXT(3), &field);
	krb5_read_ticket(&field, &req->ticket);
	der_leave(&seq, &field);
	krb5_field_encrypted(&seq, 4, &req->authenticator);
	der_leave(&app, &seq);
	der_leave(&r, &app);
	return der_end(&r);
}
SSPI_EXPORT_FOR_TEST(krb5_parse_ap_req);

int krb5_build_ap_req(const struct krb5_ap_req *req, u8 *out, size_t room)
{
	struct sspi_writer w;
	size_t app, seq;

	sspi_writer_init(&w, out, room);
	app = der_open(&w, APP_AP_REQ);
	seq = der_open(&w, DER_SEQUENCE);
	der_put_s64(&w, 0, KRB5_PVNO);
	der_put_s64(&w, 1, KRB5_AP_REQ);
	der_put_flags(&w, 2, req->options);
	der_put_element(&w, 3, req->ticket.whole);
	krb5_put_encrypted(&w, 4, &req->authenticator);
	der_close(&w, seq);
	der_close(&w, app);
	return der_written(&w);
}
SSPI_EXPORT_FOR_TEST(krb5_build_ap_req);

/* seq-number: unsigned, but peers write it signed (RFC 4120 5.5.1). */
static u32 opt_seq(struct der_reader *r, unsigned int n, bool *has)
{
	*has = der_has_field(r, n);
	return *has ? der_field_u32_or_s32(r, n) : 0;
}

int krb5_parse_authenticator(struct sspi_span in,
			     struct krb5_authenticator *auth)
{
	struct der_reader r, app, seq;

	memset(auth, 0, sizeof(*auth));
	der_init(&r, in);
	der_enter(&r, APP_AUTHENTICATOR, &app);
	der_enter(&app, DER_SEQUENCE, &seq);
	krb5_field_is(&seq, 0, KRB5_PVNO);
	auth->client.realm = krb5_field_realm(&seq, 1);
	krb5_field_name(&seq, 2, &auth->client.name);
	krb5_opt_checksum(&seq, 3, &auth->cksum);
	auth->cusec = der_field_usec(&seq, 4);
	auth->ctime = der_field_time(&seq, 5);
	krb5_opt_key(&seq, 6, &auth->subkey);
	auth->seq = opt_seq(&seq, 7, &auth->has_seq);
	auth->authdata = krb5_opt_ad_list(&seq, 8);
	der_leave(&app, &seq);
	der_leave(&r, &app);
	return der_end_padded(&r);
}
SSPI_EXPORT_FOR_TEST(krb5_parse_authenticator);

int krb5_build_authenticator(const struct krb5_authenticator *auth, u8 *out,
			     size_t room)
{
	struct sspi_writer w;
	size_t app, seq;

	sspi_writer_init(&w, out, room);
	app = der_open(&w, APP_AUTHENTICATOR);
	seq = der_open(&w, DER_SEQUENCE);
	der_put_s64(&w, 0, KRB5_PVNO);
	krb5_put_realm(&w, 1, auth->client.realm);
	krb5_put_name(&w, 2, &auth->client.name);
	krb5_put_opt_checksum(&w, 3, &auth->cksum);
	der_put_s64(&w, 4, auth->cusec);
	der_put_time(&w, 5, auth->ctime);
	krb5_put_opt_key(&w, 6, &auth->subkey);
	if (auth->has_seq)
		der_put_s64(&w, 7, auth->seq);
	krb5_put_opt_list(&w, 8, auth->authdata);
	der_close(&w, seq);
	der_close(&w, app);
	return der_written(&w);
}
SSPI_EXPORT_FOR_TEST(krb5_build_authenticator);

int krb5_parse_ap_rep(struct sspi_span in, struct krb5_encrypted *enc)
{
	struct der_reader r, app, seq;

	memset(enc, 0, sizeof(*enc));
	der_init(&r, in);
	der_enter(&r, APP_AP_REP, &app);
	der_enter(&app, DER_SEQUENCE, &seq);
	krb5_field_is(&seq, 0, KRB5_PVNO);
	krb5_field_is(&seq, 1, KRB5_AP_REP);
	krb5_field_encrypted(&seq, 2, enc);
	der_leave(&app, &seq);
	der_leave(&r, &app);
	return der_end(&r);
}
SSPI_EXPORT_FOR_TEST(krb5_parse_ap_rep);

int krb5_build_ap_rep(const struct krb5_encrypted *enc, u8 *out, size_t room)
{
	struct sspi_writer w;
	size_t app, seq;

	sspi_writer_init(&w, out, room);
	app = der_open(&w, APP_AP_REP);
	seq = der_open(&w, DER_SEQUENCE);
	der_put_s64(&w, 0, KRB5_PVNO);
	der_put_s64(&w, 1, KRB5_AP_REP);
	krb5_put_encrypted(&w, 2, enc);
	der_close(&w, seq);
	der_close(&w, app);
	return der_written(&w);
}
SSPI_EXPORT_FOR_TEST(krb5_build_ap_rep);

int krb5_parse_enc_ap_rep(struct sspi_span in, struct krb5_enc_ap_rep *part)
{
	struct der_reader r, app, seq;

	memset(part, 0, sizeof(*part));
	der_init(&r, in);
	der_enter(&r, APP_ENC_AP_REP, &app);
	der_enter(&app, DER_SEQUENCE, &seq);
	part->ctime = der_field_time(&seq, 0);
	part->cusec = der_field_usec(&seq, 1);
	krb5_opt_key(&seq, 2, &part->subkey);
	part->seq = opt_seq(&seq, 3, &part->has_seq);
	der_leave(&app, &seq);
	der_leave(&r, &app);
	return der_end_padded(&r);
}
SSPI_EXPORT_FOR_TEST(krb5_parse_enc_ap_rep);

int krb5_build_enc_ap_rep(const struct krb5_enc_ap_rep *part, u8 *out,
			  size_t room)
{
	struct sspi_writer w;
	size_t app, seq;

	sspi_writer_init(&w, out, room);
	app = der_open(&w, APP_ENC_AP_REP);
	seq = der_open(&w, DER_SEQUENCE);
	der_put_time(&w, 0, part->ctime);
	der_put_s64(&w, 1, part->cusec);
	krb5_put_opt_key(&w, 2, &part->subkey);
	if (part->has_seq)
		der_put_s64(&w, 3, part->seq);
	der_close(&w, seq);
	der_close(&w, app);
	return der_written(&w);
}
SSPI_EXPORT_FOR_TEST(krb5_build_enc_ap_rep);
