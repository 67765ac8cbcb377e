/* SPDX-License-Identifier: GPL-2.0-only */
/* Kerberos: each ticket of a credential is fetched once. */
#ifndef _SSPI_PKG_KRB5_FLIGHT_H
#define _SSPI_PKG_KRB5_FLIGHT_H

#include "pkg/krb5/krb5.h"

struct krb5_flight;

sec_status_t krb5_flight_join(struct krb5_flight **own, struct krb5_cred *cred,
			      const struct krb5_goal *goal,
			      struct sspi_step *step);
sec_status_t krb5_flight_look(struct krb5_flight **own, struct krb5_cred *cred,
			      struct sspi_step *step);
void krb5_flight_land(struct krb5_flight **own, struct krb5_cred *cred,
		      const struct sspi_step *step, sec_status_t status);
void krb5_flight_leave(struct krb5_flight **own, struct krb5_cred *cred);
void krb5_remember_refusal(struct krb5_cred *cred, const struct sspi_step *step,
			   sec_status_t status);
sec_status_t krb5_refusal(struct krb5_cred *cred, struct sspi_step *step);

#endif /* _SSPI_PKG_KRB5_FLIGHT_H */
