/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Negotiate (RFC 4178, MS-SPNG): what the files of the package share.
 *
 * A credential holds one of each package that has an OID, that the list allows
 * and that the caller gave something to work with. A context holds a context of
 * one of them, wraps its tokens until both sides agree, and then hands every
 * call on. What only the negotiation needs is in struct nego_talk.
 */
#ifndef _SSPI_PKG_NEGOTIATE_H
#define _SSPI_PKG_NEGOTIATE_H

#include <linux/string.h>

#include "codec/spnego.h"
#include "spi.h"

#define NEGO_MAX_TOKEN		48256	/* Kerberos' and what is around it */
#define NEGO_MAX_PACKAGES	16
#define NEGO_MAX_MIC		256	/* bytes of a mechListMIC of ours */
#define NEGO_NO_MECH		(-1)
/* What is loaded, and missed if it is not there, where the caller lists none. */
#define NEGO_PACKAGES		"kerberos,ntlm"

/**
 * struct nego_mech - a package that there is, with its credential
 * @package: the package, held
 * @cred: its credential, or NULL
 * @use: SECPKG_CRED_* that @cred is for
 * @expiry: unix seconds until which @cred is good
 * @excluded: the list does not allow it
 * @status: why there is no @cred
 * @reason: the same in words, or NULL
 */
struct nego_mech {
	const struct sspi_package *package;
	void *cred;
	u32 use;
	s64 expiry;
	bool excluded;
	sec_status_t status;
	const char *reason;
};

/**
 * struct nego_cred - a credential; constant once acquired
 * @by_address: see struct sspi_negotiate_options
 * @anonymous: an initiator that has no name, ticket or key
 * @count: number of @mechs
 * @mechs: in order of preference
 */
struct nego_cred {
	bool by_address;
	bool anonymous;
	u32 count;
	struct nego_mech mechs[NEGO_MAX_PACKAGES];
};

/*
 * initialize: NEW -> OFFERED -> AGREED -> ESTABLISHED; accept: NEW -> (HINTED
 * ->) AGREED -> ESTABLISHED, or RAW -> ESTABLISHED; each to FAILED, which
 * nothing leaves.
 */
enum nego_state {
	NEGO_STATE_NEW,
	NEGO_STATE_HINTED,	/* the acceptor spoke first */
	NEGO_STATE_OFFERED,	/* the first reply is to come */
	NEGO_STATE_AGREED,	/* on a mechanism */
	NEGO_STATE_RAW,		/* no SPNEGO: the mechanism's own tokens */
	NEGO_STATE_ESTABLISHED,
	NEGO_STATE_FAILED,
};

/**
 * struct nego_talk - what only a negotiation needs; gone when it is over
 * @req: ISC_REQ_* or ASC_REQ_* of all legs together
 * @target: of an initiator, or NULL
 * @bindings: the last that were given
 * @mech_list: MechTypeList of the initiator, as sent
 * @mech: supportedMech, points into @mech_list
 * @offer: of an initiator: indices of the packages to offer, as bits
 * @attr: what the mechanism's last leg returned
 * @start: likewise
 * @expiry: likewise
 * @asking: a question of the mechanism is open
 * @replied: of an acceptor: supportedMech has been said
 * @done: the mechanism is
 * @switched: it is not the initiator's first choice
 * @mic_asked: request-mic was said
 * @mic_sent: our mechListMIC is out
 * @mic_checked: the peer's is verified
 */
struct nego_talk {
	u64 req;
	char *target;
	struct sspi_blob bindings;
	struct sspi_blob mech_list;
	struct sspi_span mech;
	u32 offer;
	u64 attr;
	s64 start;
	s64 expiry;
	bool asking;
	bool replied;
	bool done;
	bool switched;
	bool mic_asked;
	bool mic_sent;
	bool mic_checked;
};

/**
 * struct nego_tried - what became of a package in one context
 * @status: its error; SEC_E_OK for none
 * @reason: the same in words, or NULL
 */
struct nego_tried {
	sec_status_t status;
	const char *reason;
};

/**
 * struct nego_ctx - a context
 * @cred: credential; the core keeps it alive
 * @inner: context of the package in use, or NULL
 * @talk: while negotiating
 * @state: enum nego_state
 * @initiator: role
 * @mech: index of the package in use in @cred, or NEGO_NO_MECH
 * @tried: one for each package of @cred
 */
struct nego_ctx {
	const struct nego_cred *cred;
	void *inner;
	struct nego_talk *talk;
	u8 state;
	bool initiator;
	s8 mech;
	struct nego_tried tried[];
};

static inline sec_status_t nego_refuse(struct sspi_step *step,
				       sec_status_t status, const char *why)
{
	step->reason = why;
	return status;
}

static inline struct sspi_span nego_span(const struct sspi_blob *blob)
{
	return (struct sspi_span){ blob->data, blob->len };
}

static inline const struct nego_mech *nego_mech(const struct nego_ctx *ctx)
{
	return &ctx->cred->mechs[ctx->mech];
}

static inline const struct sspi_package_ops *nego_ops(const struct nego_ctx *ctx)
{
	return nego_mech(ctx)->package->ops;
}

/* A server's name is part of the proof: what falling back to NTLM gives up. */
static inline bool nego_proves_name(const struct nego_mech *mech)
{
	return mech->package->info.capabilities & SECPKG_FLAG_MUTUAL_AUTH;
}

/* cred.c */
sec_status_t nego_acquire(struct sspi_package_acquire *acq, void **cred);
void nego_free_cred(void *cred);
/* The package whose OID this is, or NEGO_NO_MECH. */
int nego_find(const struct nego_cred *cred, struct sspi_span oid);
/* Whether it can be used now: SEC_E_OK or why not. */
sec_status_t nego_usable(const struct nego_mech *mech, u32 use,
			 const struct sspi_step *step, const char **reason);

/* leg.c */
struct nego_ctx *nego_ctx_new(const struct nego_cred *cred, bool initiator);
void nego_ctx_fail(struct nego_ctx *ctx);
void nego_ctx_establish(struct nego_ctx *ctx);
sec_status_t nego_leg(struct nego_ctx *ctx,
		      sec_status_t (*leg)(struct nego_ctx *ctx,
					  struct sspi_step *step),
		      struct sspi_step *step);
/* Puts the package in use, without a context yet. */
void nego_select(struct nego_ctx *ctx, int mech);
sec_status_t nego_inner(struct nego_ctx *ctx, struct sspi_step *step,
			struct sspi_span token, struct sspi_blob *out);
sec_status_t nego_send_init(struct sspi_step *step,
			    const struct spnego_init *init);
sec_status_t nego_send_resp(struct sspi_step *step,
			    const struct spnego_resp *resp);
sec_status_t nego_keep_list(struct nego_talk *talk, const struct sspi_span *oids,
			    unsigned int count);
bool nego_span_equal(struct sspi_span a, struct sspi_span b);

/* mic.c */
bool nego_mic_possible(const struct nego_ctx *ctx);
bool nego_mic_needed(const struct nego_ctx *ctx);
sec_status_t nego_mic_make(struct nego_ctx *ctx, struct sspi_step *step,
			   struct sspi_blob *mic);
sec_status_t nego_mic_check(struct nego_ctx *ctx, struct sspi_step *step,
			    struct sspi_span mic);

/* init.c, accept.c */
sec_status_t nego_initialize(void **ctx, void *cred, struct sspi_step *step);
sec_status_t nego_accept(void **ctx, void *cred, struct sspi_step *step);

#endif /* _SSPI_PKG_NEGOTIATE_H */
