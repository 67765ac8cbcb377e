/* SPDX-License-Identifier: GPL-2.0-only */
/* Kerberos: acting for a user, MS-SFU, between tgs.c and s4u.c. */
#ifndef _SSPI_PKG_KRB5_S4U_H
#define _SSPI_PKG_KRB5_S4U_H

#include "pkg/krb5/ask.h"

#define KRB5_S4U_PADATA		2

/* Padata of a request for a user, and what they point into. */
struct krb5_s4u {
	struct krb5_padata pa[KRB5_S4U_PADATA];
	unsigned int count;
	struct sspi_blob user;
	struct sspi_blob x509;
};

/* What to ask next for the user: sets ask->stage and ask->sname. */
sec_status_t krb5_s4u_next(struct krb5_ask *ask, struct krb5_cred *cred,
			   struct sspi_step *step);
/* The padata of S4U2Self or S4U2Proxy; krb5_s4u_free() in any case. */
sec_status_t krb5_s4u_build(const struct krb5_ask *ask,
			    const struct krb5_cred *cred,
			    struct krb5_s4u *out);
void krb5_s4u_free(struct krb5_s4u *s4u);
/* The KDC has understood whom it is for: @padata of its answer say so. */
sec_status_t krb5_s4u_check(const struct krb5_ask *ask,
			    const struct krb5_cred *cred,
			    struct sspi_span padata, struct sspi_step *step);
/* A ticket for the user, its general checks done: SEC_E_OK with one of both. */
sec_status_t krb5_s4u_take(struct krb5_ask *ask, struct krb5_cred *cred,
			   const struct krb5_answer *answer,
			   struct sspi_step *step);

#endif /* _SSPI_PKG_KRB5_S4U_H */
