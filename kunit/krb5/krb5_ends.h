/* SPDX-License-Identifier: GPL-2.0-only */
/* The two ends of an established Kerberos context, made from their keys. */
#ifndef _SSPI_KUNIT_KRB5_ENDS_H
#define _SSPI_KUNIT_KRB5_ENDS_H

#include <linux/sspi_package.h>

#include "kunit/support/testlib.h"

/* Otherwise replays and the sequence are checked, and numbers are counted. */
#define KRB5_ENDS_DCE		0x01
#define KRB5_ENDS_REPLAY	0x02	/* alone: late messages are taken */
#define KRB5_ENDS_SEQUENCE	0x04	/* alone */
#define KRB5_ENDS_NUMBERS_OFF	0x08
#define KRB5_ENDS_DATAGRAM	0x10
#define KRB5_ENDS_ACCEPTORS	0x20	/* the key is the acceptor's subkey */

/**
 * struct krb5_ends - a context and its peer
 * @init: the initiator's; likewise @acc
 * @enctype: of their key
 * @flags: KRB5_ENDS_*
 */
struct krb5_ends {
	void *init;
	void *acc;
	s32 enctype;
	unsigned int flags;
};

/* A fixed clock, and numbers that repeat from run to run. */
const struct sspi_env *krb5_ends_env(void);
/* False if the type is not built; numbers start at @seq both ways, or at 1. */
bool krb5_ends_init(struct kunit *test, struct krb5_ends *e, s32 enctype,
		    unsigned int flags);
bool krb5_ends_at(struct kunit *test, struct krb5_ends *e, s32 enctype,
		  unsigned int flags, u64 seq);
void krb5_ends_release(struct krb5_ends *e);

#endif /* _SSPI_KUNIT_KRB5_ENDS_H */
