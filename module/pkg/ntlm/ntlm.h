/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * NTLM (MS-NLMP): what the files of the package share.
 *
 * A context is negotiated by init.c or accept.c and protects messages in msg.c.
 * It keeps the raw messages for the MIC only while it negotiates; established
 * it is one small struct, a text with two names, and, from the first protected
 * message of a direction on, the 256 bytes of that direction's RC4 state.
 */
#ifndef _SSPI_PKG_NTLM_H
#define _SSPI_PKG_NTLM_H

#include <linux/mutex.h>

#include "codec/ntlmssp.h"
#include "crypto/crypto.h"
#include "spi.h"

#define NTLM_KEY_LEN		16
#define NTLM_MAX_TOKEN		2888	/* cbMaxToken of the platform */
#define NTLM_MAX_TARGET_INFO	4096	/* bytes of AV pairs taken from a peer */
#define NTLM_CHALLENGE_LIFE	(120 * SSPI_TICKS_PER_SECOND)

#define NTLM_ANONYMOUS_NAME	"NT AUTHORITY\\ANONYMOUS LOGON"

/* LmCompatibilityLevel (MS-NLMP 3.1.1.1): what each level stops or starts. */
#define NTLM_LEVEL_ESS		1	/* from here: extended session security */
#define NTLM_LEVEL_NO_LM	2	/* from here: no LM response */
#define NTLM_LEVEL_V2		3	/* from here: NTLMv2 only, both roles */
#define NTLM_LEVEL_MAX		5

/**
 * struct ntlm_account - one client that an acceptor knows
 * @user: upper-case UTF-16LE
 * @domain: upper-case UTF-16LE; empty for any
 * @names: the bytes of both
 * @nt_hash: NTOWFv1
 * @lm_hash: LMOWFv1, only if @has_lm
 * @has_lm: level below NTLM_LEVEL_V2 and a password that has an LM hash
 */
struct ntlm_account {
	struct sspi_span user;
	struct sspi_span domain;
	struct sspi_blob names;
	u8 nt_hash[NTLM_HASH_LEN];
	u8 lm_hash[NTLM_HASH_LEN];
	bool has_lm;
};

/**
 * struct ntlm_cred - a credential; constant once acquired
 * @use: SECPKG_CRED_*
 * @lm_compat: LmCompatibilityLevel
 * @allow_anonymous: see struct sspi_ntlm_options
 * @mic_optional: see struct sspi_ntlm_options
 * @has_identity: @user to @lm_hash are those of somebody
 * @has_lm: @lm_hash is set
 * @user: UTF-16LE, as given; likewise @domain, @workstation,
 *	@nb_computer, @principal
 * @domain: may be empty
 * @workstation: may be empty
 * @nb_computer: target name of a CHALLENGE
 * @principal: the only target that an acceptor takes; empty for any
 * @name: "DOMAIN\user" in UTF-8, "" for nobody
 * @server_name: @nb_computer in UTF-8
 * @target_info: AV pairs of a CHALLENGE without timestamp and EOL
 * @ntowf_v2: response key of NTLMv2
 * @nt_hash: NTOWFv1, kept below NTLM_LEVEL_V2 only
 * @lm_hash: LMOWFv1
 * @accounts: what an acceptor knows
 * @account_count: number of @accounts
 */
struct ntlm_cred {
	u32 use;
	u8 lm_compat;
	bool allow_anonymous;
	bool mic_optional;
	bool has_identity;
	bool has_lm;
	struct sspi_blob user;
	struct sspi_blob domain;
	struct sspi_blob workstation;
	struct sspi_blob nb_computer;
	struct sspi_blob principal;
	char *name;
	char *server_name;
	struct sspi_blob target_info;
	u8 ntowf_v2[NTLM_HASH_LEN];
	u8 nt_hash[NTLM_HASH_LEN];
	u8 lm_hash[NTLM_HASH_LEN];
	struct ntlm_account *accounts;
	u32 account_count;
};

/*
 * initialize: NEW -> SENT_NEGOTIATE -> ESTABLISHED; accept: NEW ->
 * SENT_CHALLENGE -> ESTABLISHED; each to FAILED, which nothing leaves.
 */
enum ntlm_state {
	NTLM_STATE_NEW,
	NTLM_STATE_SENT_NEGOTIATE,
	NTLM_STATE_SENT_CHALLENGE,
	NTLM_STATE_ESTABLISHED,
	NTLM_STATE_FAILED,
};

/**
 * struct ntlm_nego - what only a negotiation needs; gone when it is over
 * @req: ISC_REQ_* or ASC_REQ_* of all legs together
 * @flags: what our NEGOTIATE or CHALLENGE has said
 * @negotiate: NEGOTIATE_MESSAGE, raw (none for a datagram context)
 * @challenge: CHALLENGE_MESSAGE, raw, of an acceptor
 * @server_challenge: of an acceptor
 * @listed: @server_challenge is in the table of reflect.c
 * @sent_timestamp: the CHALLENGE has a timestamp
 * @issued: when the CHALLENGE was made, unix time in ticks of 100 ns
 * @target: of an initiator, UTF-8; or NULL
 * @has_bindings: @bindings is set
 * @bindings: MD5 of the channel bindings (MS-NLMP 2.2.2.1)
 * @names: becomes that of the context
 * @server_off: likewise
 */
struct ntlm_nego {
	u64 req;
	u32 flags;
	struct sspi_blob negotiate;
	struct sspi_blob challenge;
	u8 server_challenge[NTLM_CHALLENGE_LEN];
	bool listed;
	bool sent_timestamp;
	s64 issued;
	char *target;
	bool has_bindings;
	u8 bindings[SSPI_MD5_LEN];
	char *names;
	u16 server_off;
};

/* Directions of a context: indices. Without ESS both use NTLM_SEND. */
enum ntlm_dir {
	NTLM_SEND,
	NTLM_RECV,
	NTLM_DIRS,
};

/**
 * struct ntlm_ctx - a context
 * @order: puts the messages of a direction in order; protects the members that
 *	are arrays of NTLM_DIRS, once established
 * @sign_key: prepared signing keys (MS-NLMP 3.4.5.2), with ESS only
 * @sbox: RC4 permutation, 256 bytes each; NULL until first needed
 * @nego: while negotiating
 * @names: established: the client's name, NUL, the server's name, NUL
 * @seq: number of the next message
 * @flags: what is negotiated
 * @session_key: ExportedSessionKey
 * @rc4_i: RC4 counter i of each direction
 * @rc4_j: RC4 counter j of each direction
 * @state: enum ntlm_state
 * @initiator: role
 * @anonymous: a null session: no session security (MS-NLMP 3.4)
 * @has_target: the server's name is a target that the client proved
 * @with_mic: the AUTHENTICATE has a MIC
 * @server_off: where the server's name starts in @names
 *
 * At most 192 bytes on a kernel without lock debugging: together with the two
 * permutations, short names and the core's part an idle context that has
 * protected messages both ways stays within 1 KiB of slab.
 */
struct ntlm_ctx {
	struct mutex order[NTLM_DIRS];	/* of messages */
	struct sspi_hmac_md5_key sign_key[NTLM_DIRS];
	u8 *sbox[NTLM_DIRS];
	union {
		struct ntlm_nego *nego;
		char *names;
	};
	u32 seq[NTLM_DIRS];
	u32 flags;
	u8 session_key[NTLM_KEY_LEN];
	u8 rc4_i[NTLM_DIRS];
	u8 rc4_j[NTLM_DIRS];
	u8 state;
	u8 initiator:1;
	u8 anonymous:1;
	u8 has_target:1;
	u8 with_mic:1;
	u16 server_off;
};

static inline sec_status_t ntlm_refuse(struct sspi_step *step,
				       sec_status_t status, const char *why)
{
	step->reason = why;
	return status;
}

static inline struct sspi_span ntlm_span(const struct sspi_blob *blob)
{
	return (struct sspi_span){ blob->data, blob->len };
}

/* ntlm.c */
struct ntlm_ctx *ntlm_ctx_new(bool initiator);
void ntlm_ctx_fail(struct ntlm_ctx *ctx);
void ntlm_ctx_establish(struct ntlm_ctx *ctx, u32 flags,
			const u8 session_key[NTLM_KEY_LEN]);
bool ntlm_protects(const struct ntlm_ctx *ctx);
sec_status_t ntlm_take_bindings(struct ntlm_nego *nego, struct sspi_step *step);
sec_status_t ntlm_set_names(struct ntlm_nego *nego, const char *client,
			    const char *server);
bool ntlm_blob_dup(struct sspi_blob *out, struct sspi_span in);
bool ntlm_texts_ok(const struct sspi_span *texts, size_t count);
u64 ntlm_filetime(s64 ticks);
s64 ntlm_now(const struct sspi_step *step);

/* cred.c */
sec_status_t ntlm_acquire(struct sspi_package_acquire *acq, void **cred);
void ntlm_free_cred(void *cred);

/* init.c, accept.c, logon.c */
sec_status_t ntlm_initialize(void **ctx, void *cred, struct sspi_step *step);
sec_status_t ntlm_accept(void **ctx, void *cred, struct sspi_step *step);
sec_status_t ntlm_logon(struct ntlm_ctx *ctx, const struct ntlm_cred *cred,
			struct sspi_step *step);
bool ntlm_too_weak(const struct ntlm_cred *cred, u32 flags);
u64 ntlm_accept_attributes(u64 req, u32 flags, bool anonymous);

/* msg.c */
sec_status_t ntlm_sign(void *ctx, struct sspi_message *msg);
sec_status_t ntlm_verify(void *ctx, struct sspi_message *msg);
sec_status_t ntlm_seal(void *ctx, struct sspi_message *msg);
sec_status_t ntlm_unseal(void *ctx, struct sspi_message *msg);
sec_status_t ntlm_unseal_stream(void *ctx, u8 *stream, size_t len,
				struct sspi_span *plain, u32 *qop);
void ntlm_restart(void *ctx);
sec_status_t ntlm_debug_keys(void *ctx, struct sspi_debug_keys *keys);

/* reflect.c */
void ntlm_reflect_add(const u8 challenge[NTLM_CHALLENGE_LEN],
		      struct sspi_span negotiate, s64 now);
void ntlm_reflect_del(const u8 challenge[NTLM_CHALLENGE_LEN]);
bool ntlm_reflect_ours(const u8 challenge[NTLM_CHALLENGE_LEN],
		       struct sspi_span negotiate, s64 now);
void ntlm_reflect_clear(void);

#endif /* _SSPI_PKG_NTLM_H */
