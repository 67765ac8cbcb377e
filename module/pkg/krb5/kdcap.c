// SPDX-License-Identifier: GPL-2.0-only
/* Kerberos: the AP-REQ to a KDC, in a TGS-REQ and as armour (RFC 4120 5.4.1). */
#include "pkg/krb5/ask.h"

static sec_status_t seal_authenticator(struct krb5_cred *cred,
				       struct sspi_step *step,
				       const struct krb5_kdc_ap *ap,
				       struct sspi_blob *cipher)
{
	s64 now = krb5_now(cred, step);
	struct krb5_authenticator auth = {
		.client = ap->tkt->client,
		.cksum = ap->cksum,
		.ctime = krb5_seconds(now),
		.cusec = krb5_usec(now),
		.subkey = { ap->subkey->type->number,
			    krb5_key_span(ap->subkey) },
	};
	int len = krb5_build_authenticator(&auth, NULL, 0);
	sec_status_t status;
	u8 *plain;

	status = krb5_seal_begin(&ap->tkt->key, len, cipher, &plain);
	if (status != SEC_E_OK)
		return status;
	krb5_build_authenticator(&auth, plain, len);
	return krb5_seal_end(step, &ap->tkt->key, ap->usage, cipher, len);
}

/* Randomness: the authenticator's confounder. */
sec_status_t krb5_kdc_ap_req(struct krb5_cred *cred, struct sspi_step *step,
			     const struct krb5_kdc_ap *ap,
			     struct sspi_blob *out)
{
	struct krb5_ap_req req = {
		.ticket.whole = ap->tkt->ticket,
		.authenticator.enctype = ap->tkt->key.type->number,
	};
	struct sspi_blob cipher = { };
	sec_status_t status;

	status = seal_authenticator(cred, step, ap, &cipher);
	req.authenticator.cipher = krb5_span(&cipher);
	if (status == SEC_E_OK)
		status = krb5_grow(out, krb5_build_ap_req(&req, NULL, 0));
	if (status == SEC_E_OK)
		krb5_build_ap_req(&req, out->data, out->len);
	sspi_free(cipher.data);
	return status;
}
