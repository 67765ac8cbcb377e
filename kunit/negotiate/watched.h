/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * NTLM and Kerberos once more, under other names and with somebody who watches:
 * what Negotiate makes of them, that it uses nothing twice at a time or too
 * late, and that a context which has failed has no keys.
 */
#ifndef _SSPI_KUNIT_WATCHED_H
#define _SSPI_KUNIT_WATCHED_H

#include <linux/atomic.h>
#include <linux/sspi_package.h>

#include "kunit/support/testlib.h"

#define WATCHED_NTLM	"WatchedNTLM"
#define WATCHED_KRB5	"WatchedKerberos"

/* What Negotiate can do wrong. */
enum watched_fault {
	WATCHED_TWO_LEGS,	/* two legs of a context at a time */
	WATCHED_DEAD_LEG,	/* a leg of a context that has failed */
	WATCHED_LEG_FAILED,	/* wiped under a running leg */
	WATCHED_IN_USE,		/* freed while somebody uses it */
	WATCHED_FREED,		/* used or freed after that */
	WATCHED_CRED_FIRST,	/* a credential goes before its contexts */
	WATCHED_KEY_LEFT,	/* a key is there after the failure */
	WATCHED_FAULTS,
};

/**
 * struct watched - what was seen
 * @contexts: that exist
 * @credentials: likewise
 * @keyed: contexts that may have keys: made, not failed, not freed
 * @made: contexts, ever
 * @wiped: contexts whose session key was there before the failure, ever
 * @faults: by enum watched_fault
 */
struct watched {
	atomic_t contexts;
	atomic_t credentials;
	atomic_t keyed;
	atomic_t made;
	atomic_t wiped;
	atomic_t faults[WATCHED_FAULTS];
};

extern struct watched watched;

/* Register both; SEC_E_OK or why not. To be followed by watched_exit(). */
sec_status_t watched_init(void);
/* Waits until all is gone, expects that it is and that nothing was wrong. */
void watched_exit(struct kunit *test);

#endif /* _SSPI_KUNIT_WATCHED_H */
