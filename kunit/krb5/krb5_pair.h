/* SPDX-License-Identifier: GPL-2.0-only */
/* Both roles of Kerberos against each other, through the package's table. */
#ifndef _SSPI_KUNIT_KRB5_PAIR_H
#define _SSPI_KUNIT_KRB5_PAIR_H

#include "kunit/krb5/krb5_forge.h"
#include "kunit/support/script.h"

/*
 * Where a script starts, unix time in ticks: the microseconds have three octets
 * in DER from here on, so that the tokens of all runs have the same length.
 */
#define KRB5_PAIR_NOW	(1700000000 * SSPI_TICKS_PER_SECOND + 2000000)
#define KRB5_PAIR_LEGS	3
#define KRB5_PAIR_FLAGS	(ISC_REQ_MUTUAL_AUTH | ISC_REQ_REPLAY_DETECT | \
			 ISC_REQ_SEQUENCE_DETECT | ISC_REQ_CONFIDENTIALITY | \
			 ISC_REQ_INTEGRITY)

/* What the initiator starts from. */
enum krb5_pair_source {
	KRB5_PAIR_TICKET,	/* a credential cache with the service ticket */
	KRB5_PAIR_TGT,		/* one with the TGT: a TGS exchange */
	KRB5_PAIR_PASSWORD,	/* an AS exchange before it */
	KRB5_PAIR_KEY,		/* the same with the long-term key */
};

/* Whose bytes are changed on their way. */
enum krb5_pair_where {
	KRB5_PAIR_NOTHING,
	KRB5_PAIR_TOKENS,
	KRB5_PAIR_REPLIES,	/* of the KDC */
};

/**
 * struct krb5_pair - what a negotiation starts from and what came out
 * @script: clock and randomness
 * @forge: the realm
 * @source: what the initiator has
 * @client: the initiator's policy; likewise @server
 * @target: of the initiator; or NULL
 * @principal: of the acceptor; or NULL
 * @isc: ISC_REQ_*; likewise @asc
 * @client_bindings: SEC_CHANNEL_BINDINGS; likewise @server_bindings
 * @keytab: for the acceptor instead of the forge's; or NULL data
 * @owner: of the acceptor, for quotas; or NULL
 * @netns: likewise
 * @kdc_error: nobody answers, and that is why: a negative errno
 * @where: what is changed
 * @nth: the token or reply that is, from 0
 * @at: the byte
 * @bits: what of it, exclusive or; 0: everything from there on is cut off
 * @out_cred: credentials and contexts; likewise the next three
 * @token: the tokens, as made
 * @reply: of the KDC, as it arrived; scratch between runs
 * @reply_len: bytes of it
 * @replies: number of them
 * @made: the @nth, as the KDC made it
 * @made_len: bytes of it
 * @init_status: of each side, last; likewise @acc_status
 * @init_attr: flags that were granted; likewise @acc_attr
 * @init_expiry: end of each context; likewise @acc_expiry
 * @reason: why the last step failed
 */
struct krb5_pair {
	struct script script;
	struct forge forge;
	enum krb5_pair_source source;
	struct sspi_krb5_options client;
	struct sspi_krb5_options server;
	const char *target;
	const char *principal;
	u64 isc;
	u64 asc;
	struct sspi_span client_bindings;
	struct sspi_span server_bindings;
	struct sspi_span keytab;
	const void *owner;
	u64 netns;
	int kdc_error;
	enum krb5_pair_where where;
	unsigned int nth;
	size_t at;
	u8 bits;
	void *out_cred;
	void *in_cred;
	void *init;
	void *acc;
	struct sspi_blob token[KRB5_PAIR_LEGS];
	u8 reply[FORGE_ROOM];
	size_t reply_len;
	unsigned int replies;
	u8 made[FORGE_ROOM];
	size_t made_len;
	sec_status_t init_status;
	sec_status_t acc_status;
	u64 init_attr;
	u64 acc_attr;
	s64 init_expiry;
	s64 acc_expiry;
	const char *reason;
};

/* alice, a service ticket, mutual authentication; all keys of @enctype. */
struct krb5_pair *krb5_pair_new(struct kunit *test, s32 enctype);
sec_status_t krb5_pair_acquire(struct krb5_pair *p);
/* The half of the initiator; the KDC answers in its first leg. */
sec_status_t krb5_pair_acquire_out(struct krb5_pair *p);
/* All legs until one fails; SEC_E_OK if both sides are done. */
sec_status_t krb5_pair_run(struct krb5_pair *p);
/* Steps with a token of the test's own. The first of these asks the KDC. */
sec_status_t krb5_pair_initialize(struct krb5_pair *p, struct sspi_span token,
				  struct sspi_blob *out);
sec_status_t krb5_pair_accept(struct krb5_pair *p, struct sspi_span token,
			      struct sspi_blob *out);
/*
 * New contexts; the tokens go too, the credentials stay. The same randomness
 * again, at another time: not a replay, and as long as the run before.
 */
void krb5_pair_reset(struct krb5_pair *p);
/* As before the first leg, to the last bit: it will send the same request. */
void krb5_pair_again(struct krb5_pair *p);
void krb5_pair_drop_init(struct krb5_pair *p);
void krb5_pair_drop_acc(struct krb5_pair *p);
void krb5_pair_drop_creds(struct krb5_pair *p);
void krb5_pair_release(struct krb5_pair *p);
/* Empties the replay cache. */
void krb5_pair_forget(void);
/* Acquires, runs, and releases: for tables of policies. */
sec_status_t krb5_pair_once(struct krb5_pair *p);

static inline struct sspi_span krb5_pair_span(const struct sspi_blob *blob)
{
	return (struct sspi_span){ blob->data, blob->len };
}

#endif /* _SSPI_KUNIT_KRB5_PAIR_H */
