/* SPDX-License-Identifier: GPL-2.0-only */
/* Kerberos: FAST (RFC 6113 5.4), between as.c, tgs.c and fast.c. */
#ifndef _SSPI_PKG_KRB5_FAST_H
#define _SSPI_PKG_KRB5_FAST_H

#include "pkg/krb5/ask.h"

static inline bool krb5_armored(const struct krb5_ask *ask)
{
	return ask->armor.type;
}

/*
 * The armour of the next question, into ask->armor: of an AS-REQ from a ticket
 * of another principal, in an AP-REQ that goes along; of a TGS-REQ from its
 * subkey and the TGT, nothing goes along.
 */
sec_status_t krb5_fast_armor_as(struct krb5_ask *ask, struct krb5_cred *cred,
				struct sspi_step *step,
				struct sspi_blob *ap_req);
sec_status_t krb5_fast_armor_tgs(struct krb5_ask *ask);

/* @req's body and padata inside a PA-FX-FAST-REQUEST; @summed is its outside. */
sec_status_t krb5_fast_wrap(const struct krb5_ask *ask, struct sspi_step *step,
			    const struct krb5_fast_req *req,
			    struct sspi_span ap_req, struct sspi_span summed,
			    struct sspi_blob *out);

/* The response in @padata of an answer; opened->copy is the caller's to free. */
sec_status_t krb5_fast_open(const struct krb5_ask *ask, struct sspi_span padata,
			    struct krb5_fast_opened *opened,
			    struct sspi_step *step);
/* KrbFastFinished holds for @rep; its client, and @key strengthened. */
sec_status_t krb5_fast_finish(const struct krb5_ask *ask,
			      const struct krb5_fast_opened *opened,
			      struct krb5_kdc_rep *rep, struct krb5_key *key,
			      struct sspi_step *step);

/*
 * A KRB-ERROR with what stands in its e-data; out of the armour if it came in
 * armour. opened->copy is the caller's to free.
 */
sec_status_t krb5_fast_error(const struct krb5_ask *ask,
			     struct krb5_error *error,
			     struct sspi_span *methods,
			     struct krb5_fast_opened *opened,
			     struct sspi_step *step);

#endif /* _SSPI_PKG_KRB5_FAST_H */
