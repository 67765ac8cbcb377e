/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Contexts of one Kerberos credential side by side, through the public calls,
 * and the KDC that they ask: the forge, behind the fake transport.
 */
#ifndef _SSPI_KUNIT_KRB5_LEGS_H
#define _SSPI_KUNIT_KRB5_LEGS_H

#include <linux/sspi.h>

#include "kunit/core/fake_transport.h"
#include "kunit/krb5/krb5_forge.h"
#include "kunit/support/testlib.h"

#define KRB5_LEGS	20
#define KRB5_LEGS_TARGETS 4
#define KRB5_LEGS_MS	10000

struct krb5_leg {
	struct sspi_async_context *actx;
	struct sspi_ctxt_handle ctx;
	struct sec_buffer out;
	struct sec_buffer_desc desc;
};

struct krb5_legs {
	struct sspi_cred_handle cred;
	struct krb5_leg leg[KRB5_LEGS];
};

/* The KDC of all; its answers are made one at a time. */
extern struct forge *krb5_legs_kdc;

int krb5_legs_kdc_init(enum fake_answers answers);
void krb5_legs_kdc_exit(void);

/* A credential with the client's key. */
sec_status_t krb5_legs_acquire(struct krb5_legs *l);
/* The first leg of a context for the @target-th service; 0: no deadline. */
sec_status_t krb5_leg_submit(struct krb5_legs *l, unsigned int i,
			     unsigned int target, unsigned int timeout_ms);
sec_status_t krb5_leg_wait(struct krb5_legs *l, unsigned int i);
void krb5_leg_drop(struct krb5_legs *l, unsigned int i);
/* All legs, and the credential. */
void krb5_legs_release(struct krb5_legs *l);

#endif /* _SSPI_KUNIT_KRB5_LEGS_H */
