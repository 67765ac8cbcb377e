// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kerberos exchanges under attack: every byte of every token and of every
 * answer of a KDC changed, every length cut; contents that only who has a key
 * can change; and what is left of a context that has failed.
 */
#include <kunit/test.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "codec/krb5_gss.h"
#include "codec/krb5_kdc.h"
#include "kunit/krb5/krb5_pair.h"
#include "pkg/krb5/krb5.h"

static const u8 flips[] = { 0x01, 0x80 };

/* Every so many lengths are cut: the suites of the codec cut at each. */
#define CUTS	3

static struct krb5_pair *recorded(struct kunit *test, s32 enctype, u64 isc)
{
	struct krb5_pair *p = krb5_pair_new(test, enctype);

	p->isc = isc;
	SSPI_ASSERT_STATUS(test, krb5_pair_acquire(p), SEC_E_OK);
	SSPI_ASSERT_STATUS(test, krb5_pair_run(p), SEC_E_OK);
	krb5_pair_forget();
	return p;
}

static bool taken(sec_status_t status)
{
	return sec_status_class(status) != SSPI_CLASS_FATAL;
}

/* Whether a message is still believed with one byte changed. */
typedef bool (*with_fn)(struct krb5_pair *p, struct sspi_span token);

static bool with_request(struct krb5_pair *p, struct sspi_span token)
{
	struct sspi_blob none;
	bool ok;

	krb5_pair_drop_acc(p);
	ok = taken(krb5_pair_accept(p, token, &none));
	sspi_free(none.data);
	/* What was refused is not in the replay cache. */
	if (ok)
		krb5_pair_forget();
	return ok;
}

/* An initiator that has just sent the same request as in the recorded run. */
static bool with_reply(struct krb5_pair *p, struct sspi_span token)
{
	struct sspi_blob none;
	bool ok;

	krb5_pair_again(p);
	(void)!krb5_pair_initialize(p, (struct sspi_span){ }, &none);
	sspi_free(none.data);
	ok = taken(krb5_pair_initialize(p, token, &none));
	sspi_free(none.data);
	return ok;
}

/* An acceptor that has just sent the same reply. */
static bool with_third(struct krb5_pair *p, struct sspi_span token)
{
	struct krb5_gss_token reply;
	struct sspi_blob none;

	krb5_pair_drop_acc(p);
	krb5_pair_again(p);
	(void)!krb5_pair_initialize(p, (struct sspi_span){ }, &none);
	sspi_free(none.data);
	(void)!krb5_pair_accept(p, krb5_pair_span(&p->token[0]), &none);
	krb5_pair_forget();
	if (krb5_parse_gss_token(krb5_pair_span(&none), &reply)) {
		sspi_free(none.data);
		return false;
	}
	sspi_free(none.data);
	return taken(krb5_pair_accept(p, token, &none));
}

/* The fields of an AP-REQ that a change may not touch. */
static bool same_request(struct sspi_span a, struct sspi_span b)
{
	struct krb5_gss_token x, y;
	struct krb5_ap_req p, q;

	if (krb5_parse_gss_token(a, &x) || krb5_parse_gss_token(b, &y) ||
	    krb5_parse_ap_req(x.body, &p) || krb5_parse_ap_req(y.body, &q))
		return false;
	return x.mech == y.mech &&
	       !((p.options | q.options) & KRB5_AP_USE_SESSION_KEY) &&
	       krb5_name_equal(&p.ticket.sname, &q.ticket.sname) &&
	       krb5_realm_equal(p.ticket.realm, q.ticket.realm) &&
	       p.ticket.enc.kvno == q.ticket.enc.kvno &&
	       krb5_realm_equal(p.ticket.enc.cipher, q.ticket.enc.cipher) &&
	       krb5_realm_equal(p.authenticator.cipher,
				q.authenticator.cipher);
}

/* No change of another kind of token is put up with. */
static bool same_bytes(struct sspi_span a, struct sspi_span b)
{
	return krb5_realm_equal(a, b);
}

/**
 * struct change - what a change may be and still be taken
 * @with: delivers a message
 * @same: it is the same in what counts
 *
 * AP-REQ: two fields outside of what is encrypted mean nothing. The ap-options
 * but USE-SESSION-KEY: whether an AP-REP is due is in the checksum of RFC 4121
 * 4.1.1. The type of a name: RFC 4120 6.2 says that it does not count.
 */
struct change {
	with_fn with;
	bool (*same)(struct sspi_span a, struct sspi_span b);
};

static unsigned int flip_each(struct kunit *test, struct krb5_pair *p,
			      unsigned int leg, const struct change *c)
{
	const struct sspi_blob *token = &p->token[leg];
	struct sspi_span was = krb5_pair_span(token), span = { };
	unsigned int count = 0, alike = 0;
	u8 *copy = kunit_kzalloc(test, token->len, GFP_KERNEL);
	size_t i, j;

	KUNIT_ASSERT_NOT_NULL(test, copy);
	memcpy(copy, token->data, token->len);
	span.data = copy;
	span.len = token->len;
	KUNIT_EXPECT_TRUE(test, c->with(p, span));
	for (i = 0; i < token->len; i++) {
		for (j = 0; j < ARRAY_SIZE(flips); j++, count++) {
			copy[i] ^= flips[j];
			if (c->with(p, span)) {
				KUNIT_EXPECT_TRUE_MSG(test, c->same(was, span),
						      "leg %u, byte %zu ^ %02x",
						      leg, i, flips[j]);
				alike++;
			} else {
				KUNIT_EXPECT_NOT_NULL(test, p->reason);
			}
			copy[i] ^= flips[j];
		}
	}
	for (i = 0; i < token->len; i += CUTS, count++) {
		span.len = i;
		KUNIT_EXPECT_FALSE_MSG(test, c->with(p, span),
				       "leg %u, cut to %zu", leg, i);
	}
	kunit_info(test, "leg %u: %u changes, %u of them none\n", leg, count,
		   alike);
	/* A handful of bytes, not a hole. */
	KUNIT_EXPECT_LT(test, alike, 24u);
	kunit_kfree(test, copy);
	return count;
}

static const struct change request = { with_request, same_request };
static const struct change reply = { with_reply, same_bytes };
static const struct change third = { with_third, same_bytes };

static void change_case(struct kunit *test, s32 enctype, u64 isc,
			unsigned int leg, const struct change *c)
{
	struct krb5_pair *p = recorded(test, enctype, isc);

	testlib_counted(test, flip_each(test, p, leg, c));
	krb5_pair_release(p);
}

static void krb5_any_changed_request(struct kunit *test)
{
	change_case(test, 18, KRB5_PAIR_FLAGS, 0, &request);
}

static void krb5_any_changed_reply(struct kunit *test)
{
	change_case(test, 18, KRB5_PAIR_FLAGS, 1, &reply);
}

/* RFC 8009 has another layout, and RC4 the MAC in front. */
static void krb5_any_changed_sha2_request(struct kunit *test)
{
	change_case(test, 19, KRB5_PAIR_FLAGS & ~ISC_REQ_MUTUAL_AUTH, 0,
		    &request);
}

static void krb5_any_changed_rc4_reply(struct kunit *test)
{
	if (krb5_enctype_find(23))
		change_case(test, 23, KRB5_PAIR_FLAGS, 1, &reply);
}

static void krb5_any_changed_dce_reply(struct kunit *test)
{
	change_case(test, 18, KRB5_PAIR_FLAGS | ISC_REQ_USE_DCE_STYLE, 1,
		    &reply);
}

static void krb5_any_changed_third_leg(struct kunit *test)
{
	change_case(test, 18, KRB5_PAIR_FLAGS | ISC_REQ_USE_DCE_STYLE, 2,
		    &third);
}

/* Contents under the right key: each change has its answer. */
struct inner {
	const char *why;
	enum forge_what what;
	void (*change)(void *part);
	sec_status_t want;
};

static void other_client(void *part)
{
	struct krb5_authenticator *auth = part;

	auth->client.name.part[0] = (struct sspi_span){ (const u8 *)"mallory",
							7 };
}

static void other_realm(void *part)
{
	struct krb5_authenticator *auth = part;

	auth->client.realm = (struct sspi_span){ (const u8 *)"OTHER", 5 };
}

static void other_checksum(void *part)
{
	struct krb5_authenticator *auth = part;

	auth->cksum.type = 7;
}

static void no_checksum(void *part)
{
	struct krb5_authenticator *auth = part;

	auth->cksum.sum = (struct sspi_span){ };
}

static void short_checksum(void *part)
{
	struct krb5_authenticator *auth = part;

	auth->cksum.sum.len = 23;
}

static void late(void *part)
{
	struct krb5_authenticator *auth = part;

	auth->ctime -= 301;
}

static void foreign_subkey(void *part)
{
	struct krb5_authenticator *auth = part;

	auth->subkey.enctype = 17;
	auth->subkey.key.len = 16;
}

static void short_subkey(void *part)
{
	struct krb5_authenticator *auth = part;

	auth->subkey.key.len--;
}

static void no_subkey(void *part)
{
	struct krb5_authenticator *auth = part;

	auth->subkey.key = (struct sspi_span){ };
}

static void invalid_ticket(void *part)
{
	struct krb5_enc_ticket *ticket = part;

	ticket->flags |= KRB5_TKT_INVALID;
}

static void short_session(void *part)
{
	struct krb5_enc_ticket *ticket = part;

	ticket->key.key.len--;
}

static void other_time(void *part)
{
	struct krb5_enc_ap_rep *rep = part;

	rep->ctime++;
}

static void other_usec(void *part)
{
	struct krb5_enc_ap_rep *rep = part;

	rep->cusec ^= 1;
}

static void reply_subkey(void *part)
{
	struct krb5_enc_ap_rep *rep = part;

	rep->subkey.enctype = 17;
	rep->subkey.key.len = 16;
}

static void reply_short_subkey(void *part)
{
	struct krb5_enc_ap_rep *rep = part;

	rep->subkey.key.len--;
}

static const struct inner inners[] = {
	{ "client", FORGE_AUTHENTICATOR, other_client, SEC_E_LOGON_DENIED },
	{ "realm", FORGE_AUTHENTICATOR, other_realm, SEC_E_LOGON_DENIED },
	{ "checksum", FORGE_AUTHENTICATOR, other_checksum,
	  SEC_E_INVALID_TOKEN },
	{ "no checksum", FORGE_AUTHENTICATOR, no_checksum,
	  SEC_E_INVALID_TOKEN },
	{ "short checksum", FORGE_AUTHENTICATOR, short_checksum,
	  SEC_E_INVALID_TOKEN },
	{ "late", FORGE_AUTHENTICATOR, late, SEC_E_TIME_SKEW },
	{ "subkey", FORGE_AUTHENTICATOR, foreign_subkey,
	  SEC_E_KDC_UNKNOWN_ETYPE },
	{ "short subkey", FORGE_AUTHENTICATOR, short_subkey,
	  SEC_E_INVALID_TOKEN },
	{ "no subkey", FORGE_AUTHENTICATOR, no_subkey, SEC_E_OK },
	{ "invalid", FORGE_TICKET, invalid_ticket, SEC_E_TIME_SKEW },
	{ "short session", FORGE_TICKET, short_session, SEC_E_INVALID_TOKEN },
	{ "time", FORGE_AP_REP_PART, other_time, SEC_E_MUTUAL_AUTH_FAILED },
	{ "usec", FORGE_AP_REP_PART, other_usec, SEC_E_MUTUAL_AUTH_FAILED },
	{ "reply subkey", FORGE_AP_REP_PART, reply_subkey,
	  SEC_E_KDC_UNKNOWN_ETYPE },
	{ "reply short subkey", FORGE_AP_REP_PART, reply_short_subkey,
	  SEC_E_INVALID_TOKEN },
};

/* Decodes, changes and encodes one part; its bytes are copied first. */
struct bender {
	const struct inner *inner;
	u8 copy[1024];
	bool done;
};

static size_t bend(void *priv, enum forge_what what, u8 *data, size_t len,
		   size_t room)
{
	struct bender *b = priv;
	struct sspi_span in = { b->copy, len };
	union {
		struct krb5_authenticator auth;
		struct krb5_enc_ticket ticket;
		struct krb5_enc_ap_rep rep;
	} part;
	int got = -1;

	if (what != b->inner->what || len > sizeof(b->copy))
		return len;
	memcpy(b->copy, data, len);
	if (what == FORGE_AUTHENTICATOR &&
	    !krb5_parse_authenticator(in, &part.auth)) {
		b->inner->change(&part);
		got = krb5_build_authenticator(&part.auth, data, room);
	} else if (what == FORGE_TICKET &&
		   !krb5_parse_enc_ticket(in, &part.ticket)) {
		b->inner->change(&part);
		got = krb5_build_enc_ticket(&part.ticket, data, room);
	} else if (what == FORGE_AP_REP_PART &&
		   !krb5_parse_enc_ap_rep(in, &part.rep)) {
		b->inner->change(&part);
		got = krb5_build_enc_ap_rep(&part.rep, data, room);
	}
	b->done = got > 0;
	return got > 0 ? got : len;
}

static void inner_case(struct kunit *test, struct krb5_pair *p,
		       const struct inner *inner)
{
	unsigned int leg = inner->what == FORGE_AP_REP_PART ? 1 : 0;
	struct bender *b = kunit_kzalloc(test, sizeof(*b), GFP_KERNEL);
	struct sspi_span token = { p->reply, 0 };
	struct sspi_blob none;
	sec_status_t got;
	int len;

	KUNIT_ASSERT_NOT_NULL(test, b);
	b->inner = inner;
	p->forge.bend = bend;
	p->forge.priv = b;
	SSPI_EXPECT_STATUS(test,
			   krb5_pair_initialize(p, (struct sspi_span){ }, &p->token[0]),
			   SEC_I_CONTINUE_NEEDED);
	if (leg)
		SSPI_EXPECT_STATUS(test,
				   krb5_pair_accept(p, krb5_pair_span(&p->token[0]), &p->token[1]),
				   SEC_E_OK);
	len = forge_bent_token(&p->forge, krb5_pair_span(&p->token[leg]),
			       p->reply, sizeof(p->reply));
	KUNIT_ASSERT_GT(test, len, 0);
	KUNIT_EXPECT_TRUE_MSG(test, b->done, "%s", inner->why);
	token.len = len;
	got = leg ? krb5_pair_initialize(p, token, &none) :
		    krb5_pair_accept(p, token, &none);
	KUNIT_EXPECT_EQ_MSG(test, STATUS_NR(got), STATUS_NR(inner->want),
			    "%s: %s", inner->why, p->reason ? p->reason : "");
	sspi_free(none.data);
	p->forge.bend = NULL;
	krb5_pair_reset(p);
	kunit_kfree(test, b);
}

static void krb5_contents(struct kunit *test)
{
	struct krb5_pair *p = krb5_pair_new(test, 18);
	unsigned int i;

	SSPI_ASSERT_STATUS(test, krb5_pair_acquire(p), SEC_E_OK);
	for (i = 0; i < ARRAY_SIZE(inners); i++)
		inner_case(test, p, &inners[i]);
	krb5_pair_release(p);
	testlib_counted(test, i);
}

static bool holds(const void *where, size_t len, const struct krb5_key *key)
{
	const u8 *p = where;
	size_t i;

	for (i = 0; i + 8 <= len; i++)
		if (!memcmp(p + i, key->bytes, 8))
			return true;
	return false;
}

/* What is not needed any more is gone when it is not needed any more. */
static void krb5_nothing_is_kept(struct kunit *test)
{
	struct krb5_pair *p = krb5_pair_new(test, 18);
	struct sec_pkg_context_session_key got = { };
	struct krb5_key key = { }, subkey = { };
	struct krb5_ctx *ctx;
	unsigned int i;

	SSPI_ASSERT_STATUS(test, krb5_pair_acquire(p), SEC_E_OK);
	SSPI_ASSERT_STATUS(test, krb5_pair_run(p), SEC_E_OK);
	for (i = 0; i < 2; i++) {
		ctx = i ? p->acc : p->init;
		/* Where the negotiation was there are the names. */
		KUNIT_EXPECT_EQ(test, ctx->state, (u8)KRB5_STATE_ESTABLISHED);
		KUNIT_EXPECT_EQ(test, 0, strcmp(ctx->names, FORGE_CLIENT));
		KUNIT_EXPECT_FALSE(test, holds(ctx, sizeof(*ctx),
					       &p->forge.session));
		KUNIT_EXPECT_TRUE(test, holds(ctx, sizeof(*ctx), &ctx->key));
		key = ctx->key;
		subkey = ctx->subkey;
		krb5_package.ops->fail(ctx);
		KUNIT_EXPECT_FALSE(test, holds(ctx, sizeof(*ctx), &key));
		KUNIT_EXPECT_FALSE(test, holds(ctx, sizeof(*ctx), &subkey));
		KUNIT_EXPECT_NULL(test, ctx->names);
		SSPI_EXPECT_STATUS(test,
				   krb5_package.ops->query(ctx, SECPKG_ATTR_SESSION_KEY,
							   &got, sizeof(got)),
				   SEC_E_INVALID_HANDLE);
		/* Once more does no harm. */
		krb5_package.ops->fail(ctx);
	}
	krb5_pair_release(p);
}

/* A leg that fails wipes by itself, in every state. */
static void krb5_failure_wipes(struct kunit *test)
{
	struct krb5_pair *p = krb5_pair_new(test, 18);
	struct krb5_ctx *ctx;
	struct krb5_key key;
	unsigned int leg;

	p->isc |= ISC_REQ_USE_DCE_STYLE;
	SSPI_ASSERT_STATUS(test, krb5_pair_acquire(p), SEC_E_OK);
	p->where = KRB5_PAIR_TOKENS;
	p->bits = 0x10;
	for (leg = 0; leg < KRB5_PAIR_LEGS; leg++) {
		p->nth = leg;
		p->at = leg ? 90 : 300;
		KUNIT_EXPECT_FALSE(test, taken(krb5_pair_run(p)));
		ctx = leg == 1 ? p->init : p->acc;
		KUNIT_ASSERT_NOT_NULL(test, ctx);
		KUNIT_EXPECT_EQ(test, ctx->state, (u8)KRB5_STATE_FAILED);
		KUNIT_EXPECT_NULL(test, ctx->nego);
		KUNIT_EXPECT_NULL(test, ctx->key.type);
		KUNIT_EXPECT_NULL(test, ctx->subkey.type);
		key = p->forge.session;
		KUNIT_EXPECT_FALSE(test, holds(ctx, sizeof(*ctx), &key));
		krb5_pair_reset(p);
	}
	krb5_pair_release(p);
}

static struct kunit_case krb5_hostile_cases[] = {
	KUNIT_CASE(krb5_any_changed_request),
	KUNIT_CASE(krb5_any_changed_reply),
	KUNIT_CASE(krb5_any_changed_sha2_request),
	KUNIT_CASE(krb5_any_changed_rc4_reply),
	KUNIT_CASE(krb5_any_changed_dce_reply),
	KUNIT_CASE(krb5_any_changed_third_leg),
	KUNIT_CASE(krb5_contents),
	KUNIT_CASE(krb5_nothing_is_kept),
	KUNIT_CASE(krb5_failure_wipes),
	{ }
};

static struct kunit_suite krb5_hostile_suite = {
	.name = "sspi_krb5_hostile",
	.test_cases = krb5_hostile_cases,
};

kunit_test_suite(krb5_hostile_suite);
