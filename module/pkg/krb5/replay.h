/* SPDX-License-Identifier: GPL-2.0-only */
/* Kerberos: the replay cache of all acceptors. */
#ifndef _SSPI_PKG_KRB5_REPLAY_H
#define _SSPI_PKG_KRB5_REPLAY_H

#include "pkg/krb5/krb5.h"

extern unsigned int krb5_replay_max;	/* a test lowers it */
extern bool krb5_replay_lockout;

sec_status_t krb5_replay_attach(struct krb5_cred *cred,
				const struct sspi_package_acquire *acq);
void krb5_replay_detach(struct krb5_cred *cred);
sec_status_t krb5_replay_check(struct krb5_cred *cred,
			       const struct sspi_env *env,
			       struct sspi_span authenticator,
			       const struct krb5_enctype *type, s64 stamp,
			       s64 now);
void krb5_replay_clear(void);
void krb5_replay_exit(void);
unsigned int krb5_replay_longest(void);

#endif /* _SSPI_PKG_KRB5_REPLAY_H */
