// SPDX-License-Identifier: GPL-2.0-only
/*
 * A Kerberos initiator and its KDC (RFC 4120 3.1, 3.3): what it asks, what it
 * takes, and that no byte of an answer can be changed to any effect.
 */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "codec/krb5_error.h"
#include "codec/krb5_name.h"
#include "kunit/krb5/krb5_pair.h"
#include "spi.h"

static const s32 enctypes[] = { 17, 18, 19, 20, 25, 26, 23, 16 };

/* Both ends are there and have the same key. */
static bool agree(struct krb5_pair *p)
{
	const struct sspi_package_ops *ops = krb5_package.ops;
	struct sec_pkg_context_session_key a = { }, b = { };

	if (p->init_status != SEC_E_OK || p->acc_status != SEC_E_OK ||
	    ops->query(p->init, SECPKG_ATTR_SESSION_KEY, &a, sizeof(a)) !=
	    SEC_E_OK ||
	    ops->query(p->acc, SECPKG_ATTR_SESSION_KEY, &b, sizeof(b)) !=
	    SEC_E_OK)
		return false;
	return a.len && a.len == b.len && !memcmp(a.key, b.key, a.len);
}

static void way_case(struct kunit *test, s32 enctype,
		     enum krb5_pair_source source, bool preauth)
{
	struct krb5_pair *p = krb5_pair_new(test, enctype);
	unsigned int asked;

	p->source = source;
	p->forge.preauth = preauth;
	p->forge.hint = true;
	SSPI_ASSERT_STATUS(test, krb5_pair_acquire(p), SEC_E_OK);
	KUNIT_EXPECT_EQ_MSG(test, STATUS_NR(krb5_pair_run(p)),
			    STATUS_NR(SEC_E_OK), "enctype %d, source %u: %s",
			    enctype, source, p->reason ? p->reason : "");
	KUNIT_EXPECT_TRUE(test, agree(p));
	asked = p->forge.asked;
	KUNIT_EXPECT_EQ(test, asked != 0, source != KRB5_PAIR_TICKET);
	/* Nobody is asked twice. */
	krb5_pair_reset(p);
	SSPI_EXPECT_STATUS(test, krb5_pair_run(p), SEC_E_OK);
	KUNIT_EXPECT_EQ(test, p->forge.asked, 0u);
	krb5_pair_release(p);
	kunit_kfree(test, p);
}

static void krb5_every_way_to_a_ticket(struct kunit *test)
{
	unsigned int i, source, count = 0;

	for (i = 0; i < ARRAY_SIZE(enctypes); i++) {
		if (!krb5_enctype_find(enctypes[i]))
			continue;
		for (source = KRB5_PAIR_TICKET; source <= KRB5_PAIR_KEY;
		     source++, count++)
			way_case(test, enctypes[i], source, source % 2);
	}
	testlib_counted(test, count);
}

/* A TGT for the service to go on with, RFC 4121 4.1.1, if the KDC trusts it. */
static void krb5_delegation(struct kunit *test)
{
	static const u32 trust = KRB5_TKT_OK_AS_DELEGATE | KRB5_TKT_FORWARDABLE;
	struct krb5_pair *p = krb5_pair_new(test, 18);
	unsigned int i;

	p->isc |= ISC_REQ_DELEGATE;
	for (i = 0; i < 4; i++) {
		p->source = i % 2 ? KRB5_PAIR_KEY : KRB5_PAIR_TGT;
		p->forge.flags = i / 2 ? trust : 0;
		SSPI_ASSERT_STATUS(test, krb5_pair_acquire(p), SEC_E_OK);
		SSPI_EXPECT_STATUS(test, krb5_pair_run(p), SEC_E_OK);
		KUNIT_EXPECT_TRUE(test, agree(p));
		KUNIT_EXPECT_EQ(test, !!(p->init_attr & ISC_RET_DELEGATE),
				i / 2);
		KUNIT_EXPECT_EQ(test, !!(p->acc_attr & ASC_RET_DELEGATE),
				i / 2);
		krb5_pair_release(p);
		krb5_pair_forget();
	}
	testlib_counted(test, i);
}

/* RFC 4120 7.5.9: what an error of the KDC comes to. */
static const struct {
	s32 code;
	sec_status_t as, tgs;
} errors[] = {
	{ 6, SEC_E_LOGON_DENIED, SEC_E_LOGON_DENIED },
	{ 7, SEC_E_TARGET_UNKNOWN, SEC_E_TARGET_UNKNOWN },
	{ 12, SEC_E_LOGON_DENIED, SEC_E_LOGON_DENIED },
	{ 14, SEC_E_KDC_UNKNOWN_ETYPE, SEC_E_KDC_UNKNOWN_ETYPE },
	{ 18, SEC_E_LOGON_DENIED, SEC_E_LOGON_DENIED },
	{ 23, SEC_E_LOGON_DENIED, SEC_E_LOGON_DENIED },
	{ 24, SEC_E_LOGON_DENIED, SEC_E_LOGON_DENIED },
	{ 29, SEC_E_NO_AUTHENTICATING_AUTHORITY,
	  SEC_E_NO_AUTHENTICATING_AUTHORITY },
	{ 32, SEC_E_CONTEXT_EXPIRED, SEC_E_CONTEXT_EXPIRED },
	{ 37, SEC_E_TIME_SKEW, SEC_E_TIME_SKEW },
	{ 60, SEC_E_INTERNAL_ERROR, SEC_E_INTERNAL_ERROR },
	{ 4711, SEC_E_LOGON_DENIED, SEC_E_LOGON_DENIED },
	{ -1, SEC_E_LOGON_DENIED, SEC_E_LOGON_DENIED },
};

static void krb5_errors_of_the_kdc(struct kunit *test)
{
	struct krb5_pair *p = krb5_pair_new(test, 18);
	sec_status_t want, got;
	unsigned int i;

	for (i = 0; i < 2 * ARRAY_SIZE(errors); i++) {
		p->source = i % 2 ? KRB5_PAIR_TGT : KRB5_PAIR_KEY;
		p->forge.code = errors[i / 2].code;
		want = i % 2 ? errors[i / 2].tgs : errors[i / 2].as;
		got = krb5_pair_once(p);
		KUNIT_EXPECT_EQ_MSG(test, STATUS_NR(got), STATUS_NR(want),
				    "code %d", errors[i / 2].code);
		KUNIT_EXPECT_NOT_NULL(test, p->reason);
	}
	testlib_counted(test, i);
}

/* The clock is learned, once, from the KDC that complains about ours. */
static void krb5_clock_of_the_kdc(struct kunit *test)
{
	static const s64 offs[] = { 600, -600, 86400 };
	struct krb5_pair *p;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(offs); i++) {
		p = krb5_pair_new(test, 18);
		p->source = KRB5_PAIR_KEY;
		p->forge.code = 37;
		p->forge.errors = 1;
		p->forge.stime += offs[i];
		p->forge.authtime += offs[i];
		p->forge.starttime += offs[i];
		p->forge.endtime += offs[i];
		SSPI_ASSERT_STATUS(test, krb5_pair_acquire(p), SEC_E_OK);
		SSPI_EXPECT_STATUS(test,
				   krb5_pair_initialize(p, (struct sspi_span){ }, &p->token[0]),
				   SEC_I_CONTINUE_NEEDED);
		/* The service has the KDC's time, and takes the request. */
		p->script.now += offs[i] * SSPI_TICKS_PER_SECOND;
		SSPI_EXPECT_STATUS(test,
				   krb5_pair_accept(p, krb5_pair_span(&p->token[0]), &p->token[1]),
				   SEC_E_OK);
		krb5_pair_release(p);
		kunit_kfree(test, p);
	}
	testlib_counted(test, i);
}

static void krb5_no_kdc(struct kunit *test)
{
	static const int errnos[] = { -ETIMEDOUT, -ECONNREFUSED, -ENOENT };
	struct krb5_pair *p = krb5_pair_new(test, 18);
	unsigned int i;

	p->source = KRB5_PAIR_PASSWORD;
	for (i = 0; i < ARRAY_SIZE(errnos); i++) {
		p->kdc_error = errnos[i];
		SSPI_EXPECT_STATUS(test, krb5_pair_once(p),
				   SEC_E_NO_AUTHENTICATING_AUTHORITY);
	}
	testlib_counted(test, i);
}

/* What the KDC has signed, and yet is no answer to the question. */
struct lie {
	const char *why;
	void (*change)(struct krb5_enc_kdc_rep *part);
	sec_status_t as, tgs;
};

static void other_nonce(struct krb5_enc_kdc_rep *part)
{
	part->nonce ^= 1;
}

static void other_server(struct krb5_enc_kdc_rep *part)
{
	part->server.name.part[0] = (struct sspi_span){ (const u8 *)"ldap", 4 };
}

static void other_realm(struct krb5_enc_kdc_rep *part)
{
	part->server.realm = (struct sspi_span){ (const u8 *)"OTHER", 5 };
}

static void over(struct krb5_enc_kdc_rep *part)
{
	part->endtime = part->starttime + 1;
}

static void ahead(struct krb5_enc_kdc_rep *part)
{
	part->starttime += 2 * 3600;
}

static void invalid(struct krb5_enc_kdc_rep *part)
{
	part->flags |= KRB5_TKT_INVALID;
}

static void foreign_key(struct krb5_enc_kdc_rep *part)
{
	part->key.enctype = 17;
	part->key.key.len = 16;
}

static void short_key(struct krb5_enc_kdc_rep *part)
{
	part->key.key.len--;
}

static void request_unsigned(struct krb5_enc_kdc_rep *part)
{
	part->flags |= KRB5_TKT_ENC_PA_REP;
	part->enc_padata = (struct sspi_span){ };
}

static const struct lie lies[] = {
	{ "nonce", other_nonce, SEC_E_INVALID_TOKEN, SEC_E_INVALID_TOKEN },
	{ "server", other_server, SEC_E_INVALID_TOKEN, SEC_E_INVALID_TOKEN },
	{ "realm", other_realm, SEC_E_INVALID_TOKEN, SEC_E_INVALID_TOKEN },
	{ "over", over, SEC_E_TIME_SKEW, SEC_E_TIME_SKEW },
	{ "ahead", ahead, SEC_E_TIME_SKEW, SEC_E_TIME_SKEW },
	{ "invalid", invalid, SEC_E_INVALID_TOKEN, SEC_E_INVALID_TOKEN },
	{ "foreign key", foreign_key, SEC_E_KDC_UNKNOWN_ETYPE,
	  SEC_E_KDC_UNKNOWN_ETYPE },
	{ "short key", short_key, SEC_E_INVALID_TOKEN, SEC_E_INVALID_TOKEN },
	/* RFC 6806 11 is about the AS exchange alone. */
	{ "request unsigned", request_unsigned, SEC_E_INVALID_TOKEN,
	  SEC_E_OK },
};

/* Every answer tells it. */
struct liar {
	const struct lie *lie;
	u8 copy[1024];
	unsigned int told;
};

static size_t tell(void *priv, enum forge_what what, u8 *data, size_t len,
		   size_t room)
{
	struct liar *liar = priv;
	struct sspi_span in = { liar->copy, len };
	struct krb5_enc_kdc_rep part;
	int got;

	if (what != FORGE_REP_PART || len > sizeof(liar->copy))
		return len;
	memcpy(liar->copy, data, len);
	if (krb5_parse_enc_kdc_rep(in, &part))
		return len;
	liar->lie->change(&part);
	got = forge_build_enc_rep(&part, data, room);
	liar->told += got > 0;
	return got > 0 ? got : len;
}

static void krb5_a_kdc_that_lies(struct kunit *test)
{
	struct liar *liar = kunit_kzalloc(test, sizeof(*liar), GFP_KERNEL);
	struct krb5_pair *p = krb5_pair_new(test, 18);
	sec_status_t got, want;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, liar);
	p->forge.bend = tell;
	p->forge.priv = liar;
	for (i = 0; i < 2 * ARRAY_SIZE(lies); i++) {
		liar->lie = &lies[i / 2];
		liar->told = 0;
		p->source = i % 2 ? KRB5_PAIR_TGT : KRB5_PAIR_KEY;
		want = i % 2 ? liar->lie->tgs : liar->lie->as;
		got = krb5_pair_once(p);
		KUNIT_EXPECT_EQ_MSG(test, STATUS_NR(got), STATUS_NR(want),
				    "%s: %s", liar->lie->why,
				    p->reason ? p->reason : "");
		KUNIT_EXPECT_EQ(test, liar->told, 1u);
		KUNIT_EXPECT_EQ(test, !!p->reason, want != SEC_E_OK);
	}
	testlib_counted(test, i);
}

/*
 * Two fields of an answer are not signed, and mean nothing: the type of a name
 * (RFC 4120 6.2) and the version of the TGT's key, which is the KDC's own.
 */
static bool same_reply(struct sspi_span a, struct sspi_span b)
{
	struct krb5_kdc_rep x, y;

	if (krb5_parse_kdc_rep(a, &x) || krb5_parse_kdc_rep(b, &y))
		return false;
	return x.type == y.type && krb5_principal_equal(&x.client, &y.client) &&
	       krb5_realm_equal(x.ticket.realm, y.ticket.realm) &&
	       krb5_name_equal(&x.ticket.sname, &y.ticket.sname) &&
	       krb5_realm_equal(x.ticket.enc.cipher, y.ticket.enc.cipher) &&
	       krb5_realm_equal(x.enc.cipher, y.enc.cipher);
}

/* Nothing of an error is signed: whatever it says, no key may follow from it. */
static bool same_error(struct sspi_span a, struct sspi_span b)
{
	struct krb5_error x, y;

	return !krb5_parse_error(a, &x) && !krb5_parse_error(b, &y);
}

/* A whole exchange with one byte of the n-th answer changed. */
static sec_status_t trial(struct krb5_pair *p, size_t at, u8 bits)
{
	krb5_pair_reset(p);
	krb5_pair_again(p);
	p->at = at;
	p->bits = bits;
	return p->out_cred ? krb5_pair_run(p) : SEC_E_INTERNAL_ERROR;
}

typedef bool (*same_fn)(struct sspi_span a, struct sspi_span b);

/*
 * Whatever is put up with is the same in what counts, and then both ends still
 * have the same key and the service believes it. One bit of each byte, as each
 * of these is a whole exchange; every so many lengths are cut.
 */
#define CUTS	4

static unsigned int flip_reply(struct kunit *test, struct krb5_pair *p,
			       unsigned int nth, same_fn same)
{
	static const u8 flips[] = { 0x01, 0x80, 0x10 };
	u8 *copy = kunit_kzalloc(test, FORGE_ROOM, GFP_KERNEL);
	struct sspi_span was = { p->made, 0 }, is = { copy, 0 };
	unsigned int count = 0, alike = 0;
	size_t i, len;
	u8 bits;

	KUNIT_ASSERT_NOT_NULL(test, copy);
	p->where = KRB5_PAIR_REPLIES;
	p->nth = nth;
	/* A byte that no answer has: nothing is changed. */
	SSPI_ASSERT_STATUS(test, trial(p, FORGE_ROOM, 1), SEC_E_OK);
	KUNIT_ASSERT_GT(test, p->replies, nth);
	len = p->made_len;
	was.len = len;
	is.len = len;
	for (i = 0; i < len; i++) {
		bits = flips[i % ARRAY_SIZE(flips)];
		count++;
		if (trial(p, i, bits) == SEC_E_OK) {
			KUNIT_EXPECT_EQ(test, p->made_len, len);
			memcpy(copy, p->made, len);
			copy[i] ^= bits;
			KUNIT_EXPECT_TRUE_MSG(test, same(was, is),
					      "reply %u, byte %zu ^ %02x", nth,
					      i, bits);
			KUNIT_EXPECT_TRUE(test, agree(p));
			alike++;
		}
		if (i % CUTS)
			continue;
		KUNIT_EXPECT_TRUE_MSG(test, trial(p, i, 0) != SEC_E_OK,
				      "reply %u, cut to %zu", nth, i);
		count++;
	}
	kunit_info(test, "reply %u: %u changes, %u of them none\n", nth, count,
		   alike);
	kunit_kfree(test, copy);
	return count;
}

static void change_case(struct kunit *test, enum krb5_pair_source source,
			bool preauth, same_fn same)
{
	struct krb5_pair *p = krb5_pair_new(test, 18);

	p->source = source;
	p->forge.preauth = preauth;
	SSPI_ASSERT_STATUS(test, krb5_pair_acquire(p), SEC_E_OK);
	testlib_counted(test, flip_reply(test, p, 0, same));
	krb5_pair_release(p);
}

static void krb5_any_changed_as_rep(struct kunit *test)
{
	change_case(test, KRB5_PAIR_KEY, false, same_reply);
}

static void krb5_any_changed_tgs_rep(struct kunit *test)
{
	change_case(test, KRB5_PAIR_TGT, true, same_reply);
}

/* What asks for pre-authentication. */
static void krb5_any_changed_error(struct kunit *test)
{
	change_case(test, KRB5_PAIR_PASSWORD, true, same_error);
}

/* Any other error is the end of it, whatever else it says. */
static void krb5_no_error_is_a_ticket(struct kunit *test)
{
	static const s32 codes[] = { 6, 68 };
	struct krb5_pair *p = krb5_pair_new(test, 18);
	unsigned int i, count = 0;
	size_t at;

	p->source = KRB5_PAIR_KEY;
	p->where = KRB5_PAIR_REPLIES;
	SSPI_ASSERT_STATUS(test, krb5_pair_acquire(p), SEC_E_OK);
	for (i = 0; i < ARRAY_SIZE(codes); i++) {
		p->forge.code = codes[i];
		p->made_len = 1;
		for (at = 0; at < p->made_len; at++, count++) {
			KUNIT_EXPECT_TRUE(test, trial(p, at, 0x01) != SEC_E_OK);
			KUNIT_EXPECT_NOT_NULL(test, p->reason);
		}
	}
	krb5_pair_release(p);
	testlib_counted(test, count);
}

static struct kunit_case krb5_kdc_cases[] = {
	KUNIT_CASE(krb5_every_way_to_a_ticket),
	KUNIT_CASE(krb5_delegation),
	KUNIT_CASE(krb5_errors_of_the_kdc),
	KUNIT_CASE(krb5_clock_of_the_kdc),
	KUNIT_CASE(krb5_no_kdc),
	KUNIT_CASE(krb5_a_kdc_that_lies),
	KUNIT_CASE(krb5_any_changed_as_rep),
	KUNIT_CASE(krb5_any_changed_tgs_rep),
	KUNIT_CASE(krb5_any_changed_error),
	KUNIT_CASE(krb5_no_error_is_a_ticket),
	{ }
};

static struct kunit_suite krb5_kdc_suite = {
	.name = "sspi_krb5_kdc",
	.test_cases = krb5_kdc_cases,
};

kunit_test_suite(krb5_kdc_suite);
