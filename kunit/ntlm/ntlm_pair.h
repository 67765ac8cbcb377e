/* SPDX-License-Identifier: GPL-2.0-only */
/* Both roles of NTLM against each other, through the package's table. */
#ifndef _SSPI_KUNIT_NTLM_PAIR_H
#define _SSPI_KUNIT_NTLM_PAIR_H

#include "kunit/support/script.h"

/* Where things stand in the messages, MS-NLMP 2.2.1. */
#define CHALLENGE_FLAGS_AT	20
#define CHALLENGE_NONCE_AT	24
#define AUTHENTICATE_LM_AT	12
#define AUTHENTICATE_NT_AT	20
#define AUTHENTICATE_USER_AT	36
#define AUTHENTICATE_KEY_AT	52
#define AUTHENTICATE_FLAGS_AT	60

/* Where a script starts, unix time in ticks. */
#define NTLM_PAIR_NOW	(1700000000 * SSPI_TICKS_PER_SECOND)

/**
 * struct ntlm_pair - what a negotiation starts from and what came out
 * @script: clock and randomness
 * @client: the initiator's policy; likewise @server
 * @identity: the initiator's; likewise @account
 * @target: of the initiator; or NULL
 * @principal: of the acceptor; or NULL
 * @isc: ISC_REQ_*; likewise @asc
 * @client_bindings: SEC_CHANNEL_BINDINGS; likewise @server_bindings
 * @preset: CHALLENGE_MESSAGE to answer with
 * @out_cred: credentials and contexts; likewise the next three
 * @negotiate: the tokens, as made; likewise the next two
 * @init_attr: flags that were granted; likewise @acc_attr
 * @reason: why the last step failed
 */
struct ntlm_pair {
	struct script script;
	struct sspi_ntlm_options client;
	struct sspi_ntlm_options server;
	struct sspi_auth_identity identity;
	struct sspi_auth_identity account;
	const char *target;
	const char *principal;
	u64 isc;
	u64 asc;
	struct sspi_span client_bindings;
	struct sspi_span server_bindings;
	struct sspi_span preset;
	void *out_cred;
	void *in_cred;
	void *init;
	void *acc;
	struct sspi_blob negotiate;
	struct sspi_blob challenge;
	struct sspi_blob authenticate;
	u64 init_attr;
	u64 acc_attr;
	const char *reason;
};

/* alice of TESTDOM, a target, integrity and confidentiality. */
void ntlm_pair_init(struct ntlm_pair *p);
/* The same, in memory of the test. */
struct ntlm_pair *ntlm_pair_new(struct kunit *test);
sec_status_t ntlm_pair_acquire(struct ntlm_pair *p);
/* The four steps, each from the token before it. */
sec_status_t ntlm_pair_negotiate(struct ntlm_pair *p);
sec_status_t ntlm_pair_challenge(struct ntlm_pair *p);
sec_status_t ntlm_pair_answer(struct ntlm_pair *p);
sec_status_t ntlm_pair_logon(struct ntlm_pair *p);
/* All of them until one fails, SEC_E_OK if none does. */
sec_status_t ntlm_pair_run(struct ntlm_pair *p);
/* Steps with a token of the test's own. */
sec_status_t ntlm_pair_accept(struct ntlm_pair *p, struct sspi_span token,
			      struct sspi_blob *out);
sec_status_t ntlm_pair_initialize(struct ntlm_pair *p, struct sspi_span token,
				  struct sspi_blob *out);
/* New contexts: the tokens go too, the credentials stay. */
void ntlm_pair_reset(struct ntlm_pair *p);
void ntlm_pair_drop_init(struct ntlm_pair *p);
void ntlm_pair_drop_acc(struct ntlm_pair *p);
void ntlm_pair_release(struct ntlm_pair *p);

/* Acquires, runs, and releases: for tables of policies. */
sec_status_t ntlm_pair_once(struct ntlm_pair *p);

static inline struct sspi_span ntlm_pair_span(const struct sspi_blob *blob)
{
	return (struct sspi_span){ blob->data, blob->len };
}

#endif /* _SSPI_KUNIT_NTLM_PAIR_H */
