/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kerberos (RFC 4120, 4121): what the files of the package share.
 *
 * A context is negotiated by init.c or accept.c and protects messages in msg.c.
 * What only a negotiation needs, the ticket and the exchange with a KDC
 * included, is in struct krb5_nego and gone when it is over. Keys for messages
 * are derived when the first message of a kind needs them.
 */
#ifndef _SSPI_PKG_KRB5_H
#define _SSPI_PKG_KRB5_H

#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "codec/krb5_ap.h"
#include "codec/krb5_error.h"
#include "codec/krb5_gss.h"
#include "codec/krb5_name.h"
#include "crypto/krb5_crypto.h"
#include "spi.h"

#define KRB5_MAX_TOKEN		48000	/* cbMaxToken of the platform */

/* Key usage numbers, RFC 4120 7.5.1 and RFC 4121 2. */
enum krb5_usage {
	KRB5_USAGE_PA_ENC_TS = 1,
	KRB5_USAGE_TICKET = 2,
	KRB5_USAGE_AS_REP = 3,
	KRB5_USAGE_TGS_REQ_SUM = 6,
	KRB5_USAGE_TGS_REQ_AUTH = 7,
	KRB5_USAGE_TGS_REP_SESSION = 8,
	KRB5_USAGE_TGS_REP_SUBKEY = 9,
	KRB5_USAGE_AP_REQ_AUTH = 11,
	KRB5_USAGE_AP_REP = 12,
	KRB5_USAGE_CRED = 14,
	KRB5_USAGE_FOR_USER = 17,
	KRB5_USAGE_ACCEPTOR_SEAL = 22,
	KRB5_USAGE_ACCEPTOR_SIGN = 23,
	KRB5_USAGE_INITIATOR_SEAL = 24,
	KRB5_USAGE_INITIATOR_SIGN = 25,
	KRB5_USAGE_S4U_REQUEST = 26,
	KRB5_USAGE_S4U_REPLY = 27,
	KRB5_USAGE_FAST_REQ_SUM = 50,
	KRB5_USAGE_FAST_ENC = 51,
	KRB5_USAGE_FAST_REP = 52,
	KRB5_USAGE_FAST_FINISHED = 53,
	KRB5_USAGE_CHALLENGE_CLIENT = 54,
	KRB5_USAGE_CHALLENGE_KDC = 55,
	KRB5_USAGE_ENC_PA_REP = 56,
};

/* Error codes, RFC 4120 7.5.9. */
enum krb5_code {
	KRB5_ERR_C_PRINCIPAL_UNKNOWN = 6,
	KRB5_ERR_S_PRINCIPAL_UNKNOWN = 7,
	KRB5_ERR_POLICY = 12,
	KRB5_ERR_BADOPTION = 13,
	KRB5_ERR_ETYPE_NOSUPP = 14,
	KRB5_ERR_TGT_REVOKED = 20,
	KRB5_ERR_PREAUTH_FAILED = 24,
	KRB5_ERR_PREAUTH_REQUIRED = 25,
	KRB5_ERR_BAD_INTEGRITY = 31,
	KRB5_ERR_TKT_EXPIRED = 32,
	KRB5_ERR_TKT_NYV = 33,
	KRB5_ERR_REPEAT = 34,
	KRB5_ERR_NOT_US = 35,
	KRB5_ERR_BADMATCH = 36,
	KRB5_ERR_SKEW = 37,
	KRB5_ERR_MSG_TYPE = 40,
	KRB5_ERR_MODIFIED = 41,
	KRB5_ERR_BADKEYVER = 44,
	KRB5_ERR_NOKEY = 45,
	KRB5_ERR_MUT_FAIL = 46,
	KRB5_ERR_BAD_BINDINGS = 47,
	KRB5_ERR_INAPP_CKSUM = 50,
	KRB5_ERR_RESPONSE_TOO_BIG = 52,
	KRB5_ERR_GENERIC = 60,
	KRB5_ERR_WRONG_REALM = 68,
	KRB5_ERR_PREAUTH_EXPIRED = 90,
	KRB5_ERR_MORE_PREAUTH = 91,
};

/* What a ticket in a credential's table is to it. */
enum krb5_kind {
	KRB5_KIND_OWN,		/* the client's own */
	KRB5_KIND_FOR_USER,	/* a user's, for whom the client acts (MS-SFU) */
	KRB5_KIND_FORWARDED,	/* a TGT to be given away (RFC 4120 2.8) */
	KRB5_KIND_ARMOR,	/* another's TGT, for FAST (RFC 6113 5.4.1) */
};

/* The keys in use of a service, or a ticket's of AP-REQ and AP-REP. */
#define KRB5_READY_SLOTS	4

struct krb5_ready;

/**
 * struct krb5_tkt - a ticket with what is known of it; constant once made
 * @next: in the table of a credential, whose lock protects it, @turn and @stamp
 * @refs: the table's, and one for each negotiation that uses it
 * @turn: when it was last used, in uses of the table
 * @stamp: time of the last authenticator that went with it to its service
 * @hash: of @server
 * @kind: enum krb5_kind
 * @fast: a TGT whose KDC does FAST (RFC 6806 11)
 * @client: whose
 * @server: for what; realm included
 * @key: session key
 * @ready: the same prepared for its uses, as they come
 * @flags: KRB5_TKT_*
 * @starttime: unix seconds, 0 for always
 * @endtime: unix seconds
 * @renew_till: unix seconds until which it can be renewed, or 0
 * @ticket: as it goes into an AP-REQ
 * @room: bytes of @bytes
 * @used: those that are taken
 * @bytes: what the names and the ticket point into
 */
struct krb5_tkt {
	struct krb5_tkt *next;
	refcount_t refs;
	u64 turn;
	s64 stamp;
	u32 hash;
	u8 kind;
	bool fast;
	struct krb5_principal client;
	struct krb5_principal server;
	struct krb5_key key;
	struct krb5_ready *ready[KRB5_READY_SLOTS];
	u32 flags;
	s64 starttime;
	s64 endtime;
	s64 renew_till;
	struct sspi_span ticket;
	size_t room;
	size_t used;
	u8 bytes[];
};

#define KRB5_TICKET_BUCKETS	64

struct krb5_derived;
struct krb5_flight;
struct krb5_share;

/* As struct sspi_cred_failure, which has copies. */
struct krb5_failure {
	sec_status_t status;
	s64 time;
	const char *reason;
	char detail[SSPI_MAX_DETAIL];
};

/**
 * struct krb5_cred - a credential
 * @lock: protects @tickets to @told_count, @offset, @failure, @refused
 * @use: SECPKG_CRED_*
 * @enctypes: permitted, in the order requests name them
 * @enctype_count: number of them
 * @max_skew: in ticks
 * @canonicalize: see struct sspi_krb5_options
 * @has_armor: AS exchanges are in FAST armour, or not at all
 * @client: whom the credential stands for, outbound; realm.data NULL: nobody
 * @client_text: the same as text: "user@REALM"
 * @service: inbound: the only name taken; name.count 0: any. The realm may be
 *	absent: any
 * @user: for whom the client acts (MS-SFU); name.count 0: for itself
 * @evidence: the user's ticket to us, for S4U2Proxy; NULL: S4U2Self gets one
 * @keytab: the file's bytes
 * @entries: its entries, a view
 * @ready: keys of it that have opened tickets, prepared
 * @derive: protects @password and @derived; not held while a key is made
 * @password: until a KDC has answered under a key made of it: then wiped
 * @derived: the keys made of it, with their salts, newest first
 * @keys: long-term keys of the client, in the order given
 * @key_count: number of @keys
 * @has_password: there is or was a password, which may be empty
 * @client_keytab: the long-term keys of the client are in @keytab
 * @tickets: what has come in, by the hash of the server's name
 * @ticket_count: number of them
 * @turn: counts uses, to know which ticket was not used for longest
 * @tgt: the client's own TGT, which gives all others; its realm may be another
 *	than @client's (RFC 6806 7)
 * @tgt_count: how many TGTs there were
 * @told_count: how many when the core was last told of an end
 * @offset: ticks to add to our clock to have the KDC's
 * @failure: why there was no ticket the last time
 * @refused: that a KDC has refused the log-on, and when; no status: it has not
 * @flights_lock: protects @flights and what is in them
 * @flights: the tickets that are being fetched
 * @replay_owner: inbound: whose part of the replay cache it has
 * @replay_netns: likewise
 * @names: what @client, @service and @user point into
 */
struct krb5_cred {
	struct mutex lock;		/* see above */
	u32 use;
	s32 enctypes[SSPI_MAX_ENCTYPES];
	u32 enctype_count;
	s64 max_skew;
	bool canonicalize;
	bool has_armor;
	bool has_password;
	bool client_keytab;
	struct krb5_principal client;
	char *client_text;
	struct krb5_principal service;
	struct krb5_principal user;
	struct krb5_tkt *evidence;
	struct sspi_blob keytab;
	struct sspi_span entries;
	struct krb5_ready *ready[KRB5_READY_SLOTS];
	struct mutex derive;		/* of keys from the password */
	struct sspi_blob password;
	struct krb5_derived *derived;
	struct krb5_key *keys;
	u32 key_count;
	struct krb5_tkt *tickets[KRB5_TICKET_BUCKETS];
	u32 ticket_count;
	u64 turn;
	struct krb5_tkt *tgt;
	u32 tgt_count;
	u32 told_count;
	s64 offset;
	struct krb5_failure failure;
	struct krb5_failure refused;
	spinlock_t flights_lock;	/* see above */
	struct krb5_flight *flights;
	struct krb5_share *replay_owner;
	struct krb5_share *replay_netns;
	struct sspi_blob names[3];
};

/*
 * initialize: NEW -> (ASKING ->) SENT_REQ -> ESTABLISHED; accept: NEW ->
 * (SENT_REP, DCE style only ->) ESTABLISHED; each to FAILED, which nothing
 * leaves.
 */
enum krb5_state {
	KRB5_STATE_NEW,
	KRB5_STATE_ASKING,
	KRB5_STATE_SENT_REQ,
	KRB5_STATE_SENT_REP,
	KRB5_STATE_ESTABLISHED,
	KRB5_STATE_FAILED,
};

struct krb5_ask;

/**
 * struct krb5_sids - the user, then the groups, of a PAC
 * @count: number of them
 * @packed: for each its attributes, a length in one octet, and the SID
 */
struct krb5_sids {
	u32 count;
	u8 packed[];
};

/**
 * struct krb5_nego - what only a negotiation needs; gone when it is over
 * @req: ISC_REQ_* or ASC_REQ_* of all legs together
 * @target_text: of an initiator, as given
 * @target: the same, parsed, with the credential's realm if it had none
 * @target_store: what @target points into
 * @has_bindings: @bindings is set
 * @bindings: MD5 of the channel bindings (RFC 4121 4.1.1.2)
 * @tkt: of an initiator, the ticket in use
 * @ask: of an initiator, the exchange with a KDC that is under way
 * @forwarded: of an initiator: the TGT for the acceptor
 * @delegated: of an acceptor: becomes that of the context
 * @sids: likewise
 * @framed: of an acceptor: the request came with GSS framing
 * @ctime: of the authenticator
 * @cusec: likewise
 * @session: key of the ticket
 * @names: becomes that of the context
 * @server_off: likewise
 * @start: when the ticket begins, unix seconds
 * @expiry: when it ends, unix seconds
 */
struct krb5_nego {
	u64 req;
	char *target_text;
	struct krb5_principal target;
	struct sspi_blob target_store;
	bool has_bindings;
	u8 bindings[KRB5_GSS_BND_LEN];
	struct krb5_tkt *tkt;
	struct krb5_ask *ask;
	struct krb5_tkt *forwarded;
	struct krb5_tkt *delegated;
	struct krb5_sids *sids;
	bool framed;
	s64 ctime;
	u32 cusec;
	struct krb5_key session;
	char *names;
	u16 server_off;
	s64 start;
	s64 expiry;
};

/* Directions of a context: indices. */
enum krb5_dir {
	KRB5_SEND,
	KRB5_RECV,
	KRB5_DIRS,
};

#define KRB5_WINDOW_WORDS	2
#define KRB5_WINDOW		(64 * KRB5_WINDOW_WORDS)

/**
 * struct krb5_ctx - a context
 * @order: protects @seal to @mic while they are made, @seq and @window
 * @nego: while negotiating
 * @names: established: the client's name, the server's, and the target as the
 *	client named it, each with a NUL
 * @seal: key of sealed messages, NULL until first needed
 * @wrap: key of wrapped messages that are only signed, likewise
 * @mic: key of signatures, likewise
 * @key: the key in use (RFC 4121 2)
 * @subkey: the initiator's
 * @seq: number of the next message
 * @window: which of the numbers before @seq[KRB5_RECV] have come
 * @delegated: of an acceptor: what the client has given it, a list
 * @sids: of an acceptor: who the client is, by its PAC; NULL without
 * @gss_flags: KRB5_GSS_C_* of the context
 * @datagram: the caller counts
 * @state: enum krb5_state
 * @initiator: role
 * @acceptor_subkey: @key is the acceptor's
 * @server_off: where the server's name starts in @names
 *
 * Together with the six keys, of about 180 bytes, at most 1.5 KiB.
 */
struct krb5_ctx {
	struct mutex order;		/* of messages */
	union {
		struct krb5_nego *nego;
		char *names;
	};
	struct krb5_seal_key *seal[KRB5_DIRS];
	struct krb5_sum_key *wrap[KRB5_DIRS];
	struct krb5_sum_key *mic[KRB5_DIRS];
	struct krb5_key key;
	struct krb5_key subkey;
	u64 seq[KRB5_DIRS];
	u64 window[KRB5_WINDOW_WORDS];
	struct krb5_tkt *delegated;
	struct krb5_sids *sids;
	u32 gss_flags;
	u8 state;
	u8 initiator:1;
	u8 acceptor_subkey:1;
	u8 datagram:1;
	u16 server_off;
};

static inline sec_status_t krb5_refuse(struct sspi_step *step,
				       sec_status_t status, const char *why)
{
	step->reason = why;
	return status;
}

static inline struct sspi_span krb5_span(const struct sspi_blob *blob)
{
	return (struct sspi_span){ blob->data, blob->len };
}

static inline struct sspi_span krb5_text(const char *s)
{
	return (struct sspi_span){ (const u8 *)s, s ? strlen(s) : 0 };
}

/* krb5.c */
struct krb5_ctx *krb5_ctx_new(bool initiator);
void krb5_ctx_fail(struct krb5_ctx *ctx);
void krb5_ctx_establish(struct krb5_ctx *ctx);
sec_status_t krb5_take_bindings(struct krb5_nego *nego,
				struct sspi_step *step);
sec_status_t krb5_set_names(struct krb5_nego *nego,
			    const struct krb5_principal *client,
			    const struct krb5_principal *server,
			    const char *target);

/* util.c */
bool krb5_blob_dup(struct sspi_blob *out, struct sspi_span in);
sec_status_t krb5_grow(struct sspi_blob *out, int len);
sec_status_t krb5_status(int err, sec_status_t bad);
s64 krb5_seconds(s64 ticks);
u32 krb5_usec(s64 ticks);
s64 krb5_ticks(s64 seconds, u32 usec);
sec_status_t krb5_random(struct sspi_step *step, void *buf, size_t len);
sec_status_t krb5_draw_key(struct sspi_step *step,
			   const struct krb5_enctype *type,
			   struct krb5_key *key);
sec_status_t krb5_draw_seq(struct sspi_step *step, u64 *seq);
sec_status_t krb5_principal_text(const struct krb5_principal *princ,
				 char **out);
sec_status_t krb5_seal_begin(const struct krb5_key *key, int plain_len,
			     struct sspi_blob *out, u8 **plain);
sec_status_t krb5_make_ap_rep(struct sspi_step *step,
			      const struct krb5_key *session,
			      const struct krb5_enc_ap_rep *part,
			      struct sspi_blob *body);
sec_status_t krb5_seal_end(struct sspi_step *step, const struct krb5_key *key,
			   u32 usage, const struct sspi_blob *cipher,
			   int plain_len);
sec_status_t krb5_seal_with(struct sspi_step *step,
			    const struct krb5_seal_key *seal,
			    const struct sspi_blob *cipher, int plain_len);
int krb5_open(const struct krb5_key *key, u32 usage, struct sspi_span cipher,
	      struct sspi_blob *copy, struct sspi_span *plain);
int krb5_open_with(const struct krb5_seal_key *seal, struct sspi_span cipher,
		   struct sspi_blob *copy, struct sspi_span *plain);
sec_status_t krb5_output(struct sspi_step *step, enum krb5_gss_mech mech,
			 enum krb5_gss_tok_id id, struct sspi_span body);

/* ready.c */
int krb5_ready_get(struct krb5_ready **slots, const struct krb5_key *key,
		   u32 usage, struct krb5_seal_key *seal);
void krb5_ready_free(struct krb5_ready **slots);

/* keys.c */
void krb5_password_free(struct krb5_cred *cred);

/* error.c */
sec_status_t krb5_code_status(s32 code);
const char *krb5_code_text(s32 code);
/* What the peer says in it, into step->detail. */
void krb5_tell_error(const struct krb5_error *error, struct sspi_step *step);

/* cred.c */
sec_status_t krb5_acquire(struct sspi_package_acquire *acq, void **cred);
/* Off unless an option names it. */
bool krb5_enctype_weak(s32 enctype);
void krb5_free_cred(void *cred);
bool krb5_permitted(const struct krb5_cred *cred, s32 enctype);
s64 krb5_now(struct krb5_cred *cred, const struct sspi_step *step);
s64 krb5_stamp(struct krb5_cred *cred, struct krb5_tkt *tkt,
	       const struct sspi_step *step);
void krb5_set_offset(struct krb5_cred *cred, s64 offset);

/* tickets.c */
struct krb5_tkt *krb5_tkt_new(size_t room);
struct sspi_span krb5_tkt_keep(struct krb5_tkt *tkt, struct sspi_span bytes);
void krb5_tkt_keep_principal(struct krb5_tkt *tkt, struct krb5_principal *to,
			     const struct krb5_principal *from);
size_t krb5_principal_room(const struct krb5_principal *princ);
void krb5_tkt_put(struct krb5_tkt *tkt);
struct krb5_tkt *krb5_tkt_get(struct krb5_tkt *tkt);
void krb5_tkt_add(struct krb5_cred *cred, struct krb5_tkt *tkt, s64 now);
struct krb5_tkt *krb5_tkt_find(struct krb5_cred *cred,
			       const struct krb5_principal *server,
			       enum krb5_kind kind, s64 now);
struct krb5_tkt *krb5_tkt_own_tgt(struct krb5_cred *cred);
void krb5_tkt_forget(struct krb5_cred *cred, const struct krb5_tkt *tkt);
void krb5_tkt_forget_all(struct krb5_cred *cred);

/* show.c */
int krb5_tickets(void *cred, sspi_ticket_fn fn, void *priv);
void krb5_tell_ticket(const struct sspi_step *step,
		      enum sspi_ticket_change change,
		      const struct krb5_tkt *tkt);

/* init.c, request.c, accept.c */
sec_status_t krb5_initialize(void **ctx, void *cred, struct sspi_step *step);
sec_status_t krb5_accept(void **ctx, void *cred, struct sspi_step *step);
sec_status_t krb5_request(struct krb5_ctx *ctx, struct krb5_cred *cred,
			  struct sspi_step *step);

/**
 * struct krb5_goal - which ticket is wanted
 * @server: for what, realm included; memory of the caller's until the end
 * @implicit: the realm is a guess: the KDC may refer to another (RFC 6806 8)
 * @kind: what it is to the credential, and so where it is kept
 * @options: KRB5_KDC_* to ask for beside those that every request has
 * @anew: the one that is in the table is not meant
 * @initial: a TGT by the AS exchange, whatever there is
 * @tgt: the TGT to begin with; NULL: the nearest
 */
struct krb5_goal {
	struct krb5_principal server;
	bool implicit;
	enum krb5_kind kind;
	u32 options;
	bool anew;
	bool initial;
	struct krb5_tkt *tgt;
};

/*
 * ask.c, as.c, tgs.c: out of the table or by asking KDCs. SEC_E_OK with a
 * reference in *@out, SEC_I_ASYNC_CALL_PENDING with a question in @step and
 * what goes on with the answer in *@ask, or why not; *@ask is NULL at first and
 * again at the end, and krb5_ask_free() ends it early.
 */
sec_status_t krb5_ask_run(struct krb5_ask **ask, const struct krb5_goal *goal,
			  struct krb5_cred *cred, struct sspi_step *step,
			  struct krb5_tkt **out);
/* The initiator's ticket, into nego->tkt. */
sec_status_t krb5_ask_ticket(struct krb5_nego *nego, struct krb5_cred *cred,
			     struct sspi_step *step);
void krb5_ask_free(struct krb5_ask *ask);

/* deleg.c */
sec_status_t krb5_forward(struct krb5_nego *nego, struct krb5_cred *cred,
			  struct sspi_step *step);
sec_status_t krb5_deleg_build(const struct krb5_nego *nego,
			      struct sspi_step *step, struct sspi_blob *out);
void krb5_deleg_free(struct krb5_tkt **list);
sec_status_t krb5_deleg_acquire(struct sspi_package_acquire *acq,
				struct krb5_cred *cred);
bool krb5_is_evidence(const struct krb5_tkt *delegated);
sec_status_t krb5_evidence_acquire(struct sspi_package_acquire *acq,
				   struct krb5_cred *cred);

/* pac.c */
sec_status_t krb5_pac_query(const struct krb5_sids *sids,
			    struct sec_pkg_context_sids *out);

/* renew.c */
sec_status_t krb5_refresh(void *cred, void **state, struct sspi_step *step);
void krb5_refresh_end(void *cred, void *state);
void krb5_tell_refresh(struct krb5_cred *cred, struct sspi_step *step);

/* msg.c */
sec_status_t krb5_sign(void *ctx, struct sspi_message *msg);
sec_status_t krb5_verify(void *ctx, struct sspi_message *msg);
sec_status_t krb5_seal(void *ctx, struct sspi_message *msg);
sec_status_t krb5_unseal(void *ctx, struct sspi_message *msg);
sec_status_t krb5_unseal_stream(void *ctx, u8 *stream, size_t len,
				struct sspi_span *plain, u32 *qop);

/* window.c: the numbers of messages */
u64 krb5_seq_take(struct krb5_ctx *ctx, const struct sspi_message *msg);
void krb5_seq_give_back(struct krb5_ctx *ctx, u64 seq);
sec_status_t krb5_seq_check(struct krb5_ctx *ctx, u64 seq, u32 callers);

/* msg_v1.c: RFC 1964 and 4757 */
sec_status_t krb5_v1_sign(struct krb5_ctx *ctx, struct sspi_message *msg);
sec_status_t krb5_v1_verify(struct krb5_ctx *ctx, struct sspi_message *msg);
sec_status_t krb5_v1_seal(struct krb5_ctx *ctx, struct sspi_message *msg);
sec_status_t krb5_v1_unseal(struct krb5_ctx *ctx, struct sspi_message *msg);
sec_status_t krb5_v1_unseal_stream(struct krb5_ctx *ctx, u8 *stream,
				   size_t len, struct sspi_span *plain,
				   u32 *qop);
void krb5_v1_sizes(const struct krb5_ctx *ctx,
		   struct sec_pkg_context_sizes *sizes);

#endif /* _SSPI_PKG_KRB5_H */
