/* SPDX-License-Identifier: GPL-2.0-only */
/* Kerberos: an initiator's exchanges with KDCs, RFC 4120 3.1 and 3.3. */
#ifndef _SSPI_PKG_KRB5_ASK_H
#define _SSPI_PKG_KRB5_ASK_H

#include "codec/krb5_fast.h"
#include "codec/krb5_kdc.h"
#include "pkg/krb5/flight.h"
#include "pkg/krb5/krb5.h"

#define KRB5_MAX_TRIPS		24	/* questions of one exchange */
#define KRB5_MAX_REFERRALS	10
/* What is asked for; a KDC gives what its own limits allow. */
#define KRB5_TILL_SECONDS	(365 * 86400)

enum krb5_stage {
	KRB5_STAGE_AS,
	KRB5_STAGE_TGS,
	KRB5_STAGE_SELF,	/* S4U2Self */
	KRB5_STAGE_PROXY,	/* S4U2Proxy */
};

/* What armour keeps from sight, opened; views into @copy. */
struct krb5_fast_opened {
	struct sspi_blob copy;
	struct krb5_fast_response rep;
};

/*
 * The answer to a question: a ticket, or an error; views into it and into
 * @opened. Too big for a stack.
 */
struct krb5_answer {
	struct krb5_fast_opened opened;
	struct krb5_error error;
	struct krb5_kdc_rep rep;
	struct krb5_enc_kdc_rep part;
};

/**
 * struct krb5_ask - where an exchange stands
 * @goal: what it is to end with
 * @cred: whose @flight and @tgt_flight are
 * @flight: of the ticket that is the goal, or NULL
 * @tgt_flight: of the TGT, or NULL
 * @waiting: which of the two another step has, and this one waits for it
 * @realm: of the server, as far as known
 * @stage: what was asked last
 * @asked: whom, as text: struct sspi_io points to it
 * @trips: questions so far
 * @nonce: of the last question
 * @till: when the ticket asked for was to end
 * @learned: the clock was set by a KDC's error: once is enough
 * @fresh: @tgt is of this exchange
 * @client: of the AS exchange; the realm may become another's
 * @client_realm: what that realm then points into
 * @moves: how often it became another's
 * @request: the last AS-REQ, for the checksum in its answer (RFC 6806 11)
 * @key: long-term key, once the KDC has said which
 * @preauth: the next AS-REQ carries an encrypted timestamp
 * @cookie: of the KDC, to be given back (RFC 6113 5.2)
 * @tgt: ticket of the TGS that is asked
 * @path: the TGTs that have led there
 * @referrals: number of @path
 * @subkey: of the last TGS-REQ
 * @sname: what the last TGS-REQ asked for
 * @armor: key that the last question was armoured with; none if it was not
 * @answer: what is being taken right now
 * @evidence: that a user has come to us, for S4U2Proxy
 * @tkt: the ticket, when there
 */
struct krb5_ask {
	struct krb5_goal goal;
	struct krb5_cred *cred;
	struct krb5_flight *flight;
	struct krb5_flight *tgt_flight;
	struct krb5_flight **waiting;
	struct sspi_span realm;
	enum krb5_stage stage;
	char *asked;
	unsigned int trips;
	u32 nonce;
	s64 till;
	bool learned;
	bool fresh;
	bool preauth;
	struct krb5_principal client;
	struct sspi_blob client_realm;
	unsigned int moves;
	struct sspi_blob request;
	struct krb5_key key;
	struct sspi_blob cookie;
	struct krb5_tkt *tgt;
	struct krb5_tkt *path[KRB5_MAX_REFERRALS];
	unsigned int referrals;
	struct krb5_key subkey;
	struct krb5_name sname;
	struct krb5_key armor;
	struct krb5_answer answer;
	struct krb5_tkt *evidence;
	struct krb5_tkt *tkt;
};

/* An AP-REQ to a KDC. */
struct krb5_kdc_ap {
	const struct krb5_tkt *tkt;
	const struct krb5_key *subkey;
	u32 usage;
	struct krb5_checksum cksum;	/* of the request's body; optional */
};

/* kdcap.c */
sec_status_t krb5_kdc_ap_req(struct krb5_cred *cred, struct sspi_step *step,
			     const struct krb5_kdc_ap *ap,
			     struct sspi_blob *out);

/* The realm whose KDC a TGT is for: krbtgt/REALM. */
static inline struct sspi_span krb5_tgt_realm(const struct krb5_tkt *tgt)
{
	return tgt->server.name.part[1];
}

/* Hands out a question; the request is the step's from then on. */
sec_status_t krb5_ask_send(struct krb5_ask *ask, struct sspi_span realm,
			   struct sspi_blob *request, struct sspi_step *step);
sec_status_t krb5_ask_nonce(struct krb5_ask *ask, struct sspi_step *step);
/* A KRB-ERROR that is not the exchange's own business. */
sec_status_t krb5_ask_error(const struct krb5_error *error,
			    struct sspi_step *step);
/* The clock, from an error about it: true if the question is worth another. */
bool krb5_ask_learn(struct krb5_ask *ask, struct krb5_cred *cred,
		    const struct krb5_error *error, struct sspi_step *step);
/* A ticket out of an answer whose checks are done. */
sec_status_t krb5_ask_keep(const struct krb5_ask *ask, struct krb5_cred *cred,
			   const struct krb5_answer *answer,
			   const struct krb5_principal *server,
			   enum krb5_kind kind, struct sspi_step *step,
			   struct krb5_tkt **out);
/* With ask->tgt in: where a service is whose realm nobody named. */
void krb5_ask_settle_realm(struct krb5_ask *ask);
/* What both exchanges check (RFC 4120 3.1.5, 3.3.4). */
sec_status_t krb5_ask_check(const struct krb5_ask *ask,
			    struct krb5_cred *cred,
			    const struct krb5_answer *answer,
			    struct sspi_step *step);

/* A TGT: by the AS exchange, or that which another step gets by it. */
sec_status_t krb5_ask_initial(struct krb5_ask *ask, struct krb5_cred *cred,
			      struct sspi_step *step);

/* as.c: each asks, and then takes the answer: SEC_E_OK with ask->tgt */
sec_status_t krb5_as_send(struct krb5_ask *ask, struct krb5_cred *cred,
			  struct sspi_step *step);
sec_status_t krb5_as_take(struct krb5_ask *ask, struct krb5_cred *cred,
			  struct sspi_step *step);
/* preauth.c */
sec_status_t krb5_long_term_key(struct krb5_ask *ask, struct krb5_cred *cred,
				struct sspi_span padata, s32 enctype,
				struct sspi_step *step);
sec_status_t krb5_prove_key(struct krb5_ask *ask, struct krb5_cred *cred,
			    struct sspi_step *step, struct sspi_blob *out);
sec_status_t krb5_check_challenge(const struct krb5_ask *ask,
				  struct sspi_span padata,
				  struct sspi_step *step);
bool krb5_has_long_term(const struct krb5_cred *cred);
bool krb5_may_have_key(struct krb5_cred *cred, s32 enctype);

/* Longest salt, and parameters, that a KDC may give. */
#define KRB5_MAX_SALT		4096

/* keys.c */
sec_status_t krb5_password_key(struct krb5_cred *cred, s32 enctype,
			       struct krb5_s2k *from, struct sspi_step *step,
			       struct krb5_key *key);
bool krb5_password_may(struct krb5_cred *cred, s32 enctype);
void krb5_password_done(struct krb5_cred *cred, const struct krb5_key *key);

/* fast.c */
sec_status_t krb5_combine(struct krb5_key *out, const struct krb5_key *key1,
			  const char *pepper1, const struct krb5_key *key2,
			  const char *pepper2);

/* tgs.c: SEC_E_OK with the ticket asked for in ask->tkt, or a new ask->tgt */
sec_status_t krb5_tgs_send(struct krb5_ask *ask, struct krb5_cred *cred,
			   struct sspi_step *step);
sec_status_t krb5_tgs_take(struct krb5_ask *ask, struct krb5_cred *cred,
			   struct sspi_step *step);

#endif /* _SSPI_PKG_KRB5_ASK_H */
