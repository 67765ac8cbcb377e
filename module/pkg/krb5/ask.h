/* SPDX-License-Identifier: GPL-2.0-only */
/* Kerberos: an initiator's exchanges with KDCs, RFC 4120 3.1 and 3.3. */
#ifndef _SSPI_PKG_KRB5_ASK_H
#define _SSPI_PKG_KRB5_ASK_H

#include "codec/krb5_kdc.h"
#include "pkg/krb5/krb5.h"

#define KRB5_MAX_TRIPS		16	/* questions of one negotiation */
#define KRB5_MAX_REFERRALS	10
#define KRB5_TILL_SECONDS	(7 * 86400)

enum krb5_stage {
	KRB5_STAGE_AS,
	KRB5_STAGE_TGS,
};

/**
 * struct krb5_ask - where a negotiation stands with the KDCs
 * @stage: what was asked last
 * @realm: whom, as text: struct sspi_io points to it
 * @trips: questions so far
 * @referrals: realms gone through
 * @nonce: of the last question
 * @learned: the clock was set by a KDC's error: once is enough
 * @client: of the AS exchange; the realm may become another's
 * @client_realm: what that realm then points into
 * @request: the last AS-REQ, for the checksum in its answer (RFC 6806 11)
 * @key: long-term key, once the KDC has said which
 * @preauth: the next AS-REQ carries an encrypted timestamp
 * @cookie: of the KDC, to be given back (RFC 6113 5.2)
 * @tgt: ticket of the TGS that is asked
 * @subkey: of the last TGS-REQ
 * @sname: what the last TGS-REQ asked for
 * @implicit: the caller named no realm: a KDC may refer
 */
struct krb5_ask {
	enum krb5_stage stage;
	char *realm;
	unsigned int trips;
	unsigned int referrals;
	u32 nonce;
	bool learned;
	bool preauth;
	bool implicit;
	struct krb5_principal client;
	struct sspi_blob client_realm;
	struct sspi_blob request;
	struct krb5_key key;
	struct sspi_blob cookie;
	struct krb5_tkt *tgt;
	struct krb5_key subkey;
	struct krb5_name sname;
};

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
sec_status_t krb5_ask_keep(struct krb5_cred *cred,
			   const struct krb5_kdc_rep *rep,
			   const struct krb5_enc_kdc_rep *part,
			   const struct krb5_principal *server,
			   struct krb5_tkt **out);
/* What both exchanges check (RFC 4120 3.1.5, 3.3.4). */
sec_status_t krb5_ask_check(const struct krb5_ask *ask,
			    struct krb5_cred *cred,
			    const struct krb5_kdc_rep *rep,
			    const struct krb5_enc_kdc_rep *part,
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
sec_status_t krb5_enc_timestamp(struct krb5_ask *ask, struct krb5_cred *cred,
				struct sspi_step *step, struct sspi_blob *out);
bool krb5_has_long_term(const struct krb5_cred *cred);

/* tgs.c: SEC_E_OK with the ticket asked for in nego->tkt, or a new ask->tgt */
sec_status_t krb5_tgs_send(struct krb5_ask *ask, struct krb5_nego *nego,
			   struct krb5_cred *cred, struct sspi_step *step);
sec_status_t krb5_tgs_take(struct krb5_ask *ask, struct krb5_nego *nego,
			   struct krb5_cred *cred, struct sspi_step *step);

#endif /* _SSPI_PKG_KRB5_ASK_H */
