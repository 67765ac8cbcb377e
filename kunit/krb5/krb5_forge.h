/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a KDC and its administrator make, for tests: keys, tickets, keytabs,
 * credential caches and answers to requests; and messages taken apart and put
 * together again, so that what is inside is the test's. Also compiled in
 * userspace by the fuzz targets.
 *
 * Nothing here allocates but what the cryptography below needs: a test may let
 * any allocation of the package fail.
 */
#ifndef _SSPI_KUNIT_KRB5_FORGE_H
#define _SSPI_KUNIT_KRB5_FORGE_H

#include <linux/sspi_span.h>
#include <linux/types.h>

#include "codec/krb5_base.h"
#include "codec/krb5_kdc.h"
#include "crypto/krb5_crypto.h"

#define FORGE_REALM	"EXAMPLE.TEST"
#define FORGE_USER	"alice"
#define FORGE_CLIENT	FORGE_USER "@" FORGE_REALM
#define FORGE_SERVICE	"cifs/server.example.test"
#define FORGE_SERVER	FORGE_SERVICE "@" FORGE_REALM
#define FORGE_TGS	"krbtgt/" FORGE_REALM "@" FORGE_REALM
#define FORGE_PASSWORD	"correct horse battery"
#define FORGE_SALT	FORGE_REALM FORGE_USER
#define FORGE_ITERATIONS 2	/* of string-to-key: tests make many keys */

#define FORGE_ROOM	4096

/* What is about to be sealed or sent. */
enum forge_what {
	FORGE_TICKET,		/* EncTicketPart */
	FORGE_REP_PART,		/* EncKDCRepPart */
	FORGE_REP,		/* AS-REP or TGS-REP */
	FORGE_METHODS,		/* METHOD-DATA of a KRB-ERROR */
	FORGE_ERROR,		/* KRB-ERROR */
	FORGE_AUTHENTICATOR,
	FORGE_AP_REP_PART,	/* EncAPRepPart */
};

/* May change @len bytes of @data, up to @room; the new length. */
typedef size_t (*forge_bend_fn)(void *priv, enum forge_what what, u8 *data,
				size_t len, size_t room);

/**
 * struct forge - a realm as a test wants it
 * @client: long-term key of the user, that of FORGE_PASSWORD
 * @tgs: of the ticket-granting service; likewise @service
 * @tgt_session: session keys of the tickets: the TGT, one that was forwarded,
 *	the service's; likewise the next two
 * @user: the client, with realm
 * @server: the service, with realm
 * @kvno: version of the service's key
 * @no_kvno: tickets do not say it
 * @flags: KRB5_TKT_* of tickets
 * @authtime: of tickets, unix seconds; likewise the next two
 * @transited: of service tickets
 * @ad: contents of the authorization data of service tickets
 * @preauth: AS-REQ without a timestamp are answered with an error
 * @hint: AS-REP say how the key is made of the password
 * @iterations: how often, as the KDC says it; @client is made with
 *	FORGE_ITERATIONS
 * @code: if not 0: requests are answered with this error
 * @errors: the first so many of them; 0: all
 * @stime: time in errors
 * @nonce_off: added to the nonce of answers
 * @bend: changes what is made; NULL for nothing
 * @priv: for @bend
 * @seed: of confounders
 * @proof_code: if not 0: requests with a timestamp are answered with this error
 * @asked: requests so far; of these the next two
 * @initial: AS-REQ
 * @proofs: with a timestamp
 * @plain: scratch; likewise the next two
 */
struct forge {
	struct krb5_key client;
	struct krb5_key tgs;
	struct krb5_key service;
	struct krb5_key tgt_session;
	struct krb5_key forwarded;
	struct krb5_key session;
	const char *user;
	const char *server;
	u32 kvno;
	bool no_kvno;
	u32 flags;
	s64 authtime;
	s64 starttime;
	s64 endtime;
	struct sspi_span transited;
	struct sspi_span ad;
	bool preauth;
	bool hint;
	u32 iterations;
	s32 code;
	unsigned int errors;
	s64 stime;
	u32 nonce_off;
	forge_bend_fn bend;
	void *priv;
	u32 seed;
	s32 proof_code;
	unsigned int asked;
	unsigned int initial;
	unsigned int proofs;
	u8 plain[FORGE_ROOM];
	u8 cipher[FORGE_ROOM];
	u8 other[FORGE_ROOM];
};

/* All keys of one type, tickets good for a day around @now (unix seconds). */
int forge_init(struct forge *f, s32 enctype, s64 now);
/* A key of this type; the same @tag gives the same key. */
int forge_key(struct krb5_key *key, s32 enctype, u8 tag);
/* f->client, of another password. */
int forge_password(struct forge *f, s32 enctype, struct sspi_span password);
void forge_wipe(struct forge *f);

/* "name/instance@REALM" into views of @text, which has no escapes. */
void forge_principal(struct krb5_principal *princ, const char *text);
/* Seals @len bytes of f->plain into @out: the length, or a negative errno. */
int forge_seal(struct forge *f, const struct krb5_key *key, u32 usage,
	       size_t len, u8 *out);
/* Opens into f->plain: the length, or a negative errno. */
int forge_open(struct forge *f, const struct krb5_key *key, u32 usage,
	       struct sspi_span cipher);

/* Each gives the length of what it made, or a negative errno. */
int forge_ticket(struct forge *f, bool tgt, const struct krb5_key *session,
		 u8 *out, size_t room);
int forge_keytab_entry(u8 *out, size_t room, const char *principal, u32 kvno,
		       const struct krb5_key *key);
/* A keytab of the service's key. */
int forge_keytab(struct forge *f, u8 *out, size_t room);
/* A credential cache with the TGT, or with the service ticket itself. */
int forge_ccache(struct forge *f, bool tgt, u8 *out, size_t room);
/* EncKDCRepPart, RFC 4120 5.4.2; last-req is one entry of the authtime. */
int forge_build_enc_rep(const struct krb5_enc_kdc_rep *part, u8 *out,
			size_t room);
/* The KDC's answer to a request of an initiator. */
int forge_answer(struct forge *f, struct sspi_span request, u8 *out,
		 size_t room);

/*
 * A token of an exchange with f->bend applied to what is sealed in it: of an
 * AP-REQ the ticket and the authenticator, of an AP-REP its one part.
 */
int forge_bent_token(struct forge *f, struct sspi_span token, u8 *out,
		     size_t room);

#endif /* _SSPI_KUNIT_KRB5_FORGE_H */
