/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A whole exchange through the public calls, for tests that need one: NTLM,
 * Kerberos without a KDC, or Negotiate with both.
 */
#ifndef _SSPI_KUNIT_EXCHANGE_H
#define _SSPI_KUNIT_EXCHANGE_H

#include <linux/sspi.h>

#define EXCHANGE_USER		"alice"
#define EXCHANGE_DOMAIN		"TESTDOM"
#define EXCHANGE_PASSWORD	"correct horse battery"
#define EXCHANGE_TARGET		"cifs/server.example.test"

/**
 * struct exchange - both ends of a negotiation
 * @out_cred: credential of the initiator
 * @in_cred: credential of the acceptor
 * @init: the initiator's context
 * @acc: the acceptor's context
 * @isc: what the initiator asks for besides signing and sealing
 * @legs: broken off after so many; 0: not
 */
struct exchange {
	struct sspi_cred_handle out_cred;
	struct sspi_cred_handle in_cred;
	struct sspi_ctxt_handle init;
	struct sspi_ctxt_handle acc;
	u64 isc;
	unsigned int legs;
};

struct forge;

/**
 * struct exchange_nego - what the two ends of a negotiation have
 * @password: for NTLM, of both; NULL for EXCHANGE_PASSWORD
 * @ccache: for Kerberos, of the initiator; likewise @keytab, of the acceptor
 * @mine: the initiator's list of packages
 * @theirs: the acceptor's
 */
struct exchange_nego {
	const char *password;
	struct sspi_span ccache;
	struct sspi_span keytab;
	const char *mine;
	const char *theirs;
};

/* Acquires both credentials: what the client says, what the acceptor knows. */
sec_status_t exchange_acquire(struct exchange *x, const char *said,
			      const char *known);
/*
 * The same for Kerberos (krb5_exchange.c): a credential cache with the ticket
 * for EXCHANGE_TARGET, a keytab with its key; mutual authentication.
 */
sec_status_t exchange_acquire_krb5(struct exchange *x, struct forge *f);
/* The same for Negotiate (nego_exchange.c); mutual authentication. */
sec_status_t exchange_acquire_nego(struct exchange *x,
				   const struct exchange_nego *n);
/* Whether both ends are established with this package and the same key. */
bool exchange_agreed(const struct exchange *x, const char *package);
/* Runs the legs until both ends are established or one has failed. */
sec_status_t exchange_negotiate(struct exchange *x);
/* Seals a message one way and opens it on the other side. */
sec_status_t exchange_message(struct exchange *x);
/* Deletes and frees whatever exists. */
void exchange_release(struct exchange *x);

#endif /* _SSPI_KUNIT_EXCHANGE_H */
