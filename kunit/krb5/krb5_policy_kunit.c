// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a Kerberos acceptor refuses (RFC 4120 3.2.3), what it then says to the
 * peer, what the peer makes of it; keytabs, names, and what acquire refuses.
 */
#include <kunit/test.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "codec/krb5_error.h"
#include "codec/krb5_gss.h"
#include "codec/krb5_ticket.h"
#include "kunit/krb5/krb5_pair.h"
#include "spi.h"

#define SKEW	300
#define NOW	(KRB5_PAIR_NOW / SSPI_TICKS_PER_SECOND)

/* One request that a ticket, a keytab or policy spoils. */
struct refusal {
	const char *why;
	void (*arrange)(struct krb5_pair *p);
	sec_status_t want;
	s32 code;	/* of the KRB-ERROR; 0: none is sent */
	sec_status_t peer;	/* what the initiator makes of it */
};

/* Authorization data, the contents of the list: one unknown element. */
static const u8 unknown_ad[] = {
	0x30, 0x0c, 0xa0, 0x04, 0x02, 0x02, 0x03, 0xe7, 0xa1, 0x04, 0x04, 0x02,
	0xab, 0xcd,
};

/* The same inside AD-IF-RELEVANT. */
static const u8 relevant_ad[] = {
	0x30, 0x19, 0xa0, 0x03, 0x02, 0x01, 0x01, 0xa1, 0x12, 0x04, 0x10, 0x30,
	0x0e, 0x30, 0x0c, 0xa0, 0x04, 0x02, 0x02, 0x03, 0xe7, 0xa1, 0x04, 0x04,
	0x02, 0xab, 0xcd,
};

static void nothing(struct krb5_pair *p)
{
}

/*
 * Times of the ticket alone: an initiator does not send what its cache says is
 * not good now.
 */
static struct {
	s64 authtime, starttime, endtime;
} ticket_times;

static size_t other_times(void *priv, enum forge_what what, u8 *data,
			  size_t len, size_t room)
{
	struct krb5_enc_ticket part;
	struct sspi_span in = { };
	static u8 copy[1024];

	if (what != FORGE_TICKET || len > sizeof(copy))
		return len;
	memcpy(copy, data, len);
	in.data = copy;
	in.len = len;
	if (krb5_parse_enc_ticket(in, &part))
		return len;
	part.authtime = ticket_times.authtime;
	part.starttime = ticket_times.starttime;
	part.endtime = ticket_times.endtime;
	return krb5_build_enc_ticket(&part, data, room);
}

static void times(struct krb5_pair *p, s64 authtime, s64 start, s64 end)
{
	ticket_times.authtime = authtime;
	ticket_times.starttime = start;
	ticket_times.endtime = end;
	p->forge.bend = other_times;
}

static void just_expired(struct krb5_pair *p)
{
	times(p, NOW - 3600, NOW - 3600, NOW - SKEW - 1);
}

static void expired_within_skew(struct krb5_pair *p)
{
	times(p, NOW - 3600, NOW - 3600, NOW - SKEW + 1);
}

static void not_yet(struct krb5_pair *p)
{
	times(p, NOW - 3600, NOW + SKEW + 1, NOW + 86400);
}

static void soon_enough(struct krb5_pair *p)
{
	times(p, NOW - 3600, NOW + SKEW - 1, NOW + 86400);
}

static void no_start_not_yet(struct krb5_pair *p)
{
	times(p, NOW + SKEW + 1, 0, NOW + 86400);
}

static void not_sent(struct krb5_pair *p)
{
	p->forge.starttime = NOW + SKEW + 1;
}

static void transited(struct krb5_pair *p)
{
	p->forge.transited = (struct sspi_span){ (const u8 *)"A.TEST", 6 };
}

static void transited_checked(struct krb5_pair *p)
{
	transited(p);
	p->forge.flags = KRB5_TKT_TRANSITED_CHECKED;
}

static void mandatory_ad(struct krb5_pair *p)
{
	p->forge.ad = TESTLIB_SPAN(unknown_ad);
}

static void optional_ad(struct krb5_pair *p)
{
	p->forge.ad = TESTLIB_SPAN(relevant_ad);
}

static void type_off(struct krb5_pair *p)
{
	p->server.enctypes[0] = 17;
}

/* The ticket's type is permitted, the session key's is not. */
static void session_type_off(struct krb5_pair *p)
{
	(void)!forge_key(&p->forge.session, 17, 9);
	p->client.enctypes[1] = 17;
	p->client.enctype_count = 2;
}

static void session_type_other(struct krb5_pair *p)
{
	session_type_off(p);
	p->server = p->client;
}

static void right_principal(struct krb5_pair *p)
{
	p->principal = FORGE_SERVER;
}

static void no_realm(struct krb5_pair *p)
{
	p->principal = FORGE_SERVICE;
}

static void bindings_missing(struct krb5_pair *p)
{
	static const struct sec_channel_bindings none;

	p->server_bindings = (struct sspi_span){ (const u8 *)&none,
						 sizeof(none) };
}

static const struct refusal refusals[] = {
	{ "nothing", nothing, SEC_E_OK, 0, SEC_E_OK },
	{ "expired", just_expired, SEC_E_CONTEXT_EXPIRED, 32,
	  SEC_E_CONTEXT_EXPIRED },
	{ "expired, in the skew", expired_within_skew, SEC_E_OK, 0, SEC_E_OK },
	{ "not yet", not_yet, SEC_E_TIME_SKEW, 33, SEC_E_TIME_SKEW },
	{ "soon", soon_enough, SEC_E_OK, 0, SEC_E_OK },
	{ "not yet, by authtime", no_start_not_yet, SEC_E_TIME_SKEW, 33,
	  SEC_E_TIME_SKEW },
	{ "not sent", not_sent, SEC_E_CONTEXT_EXPIRED, 0, SEC_E_OK },
	{ "transited", transited, SEC_E_LOGON_DENIED, 12, SEC_E_LOGON_DENIED },
	{ "transited, checked", transited_checked, SEC_E_OK, 0, SEC_E_OK },
	{ "unknown restriction", mandatory_ad, SEC_E_LOGON_DENIED, 12,
	  SEC_E_LOGON_DENIED },
	{ "unknown, if relevant", optional_ad, SEC_E_OK, 0, SEC_E_OK },
	{ "type of the session key", session_type_off,
	  SEC_E_KDC_UNKNOWN_ETYPE, 14, SEC_E_KDC_UNKNOWN_ETYPE },
	{ "two types", session_type_other, SEC_E_OK, 0, SEC_E_OK },
	{ "principal", right_principal, SEC_E_OK, 0, SEC_E_OK },
	{ "principal without realm", no_realm, SEC_E_OK, 0, SEC_E_OK },
	{ "bindings missing", bindings_missing, SEC_E_BAD_BINDINGS, 47,
	  SEC_E_BAD_BINDINGS },
};

/* The code in the acceptor's error token. */
static s32 error_code(const struct sspi_blob *token)
{
	struct krb5_gss_token gss;
	struct krb5_error error;

	if (!token->len || krb5_parse_gss_token(krb5_pair_span(token), &gss) ||
	    gss.id != KRB5_GSS_ERROR || krb5_parse_error(gss.body, &error))
		return 0;
	return error.code;
}

static void refusal_case(struct kunit *test, const struct refusal *r)
{
	struct krb5_pair *p = krb5_pair_new(test, 18);
	struct sspi_blob none = { };
	sec_status_t got;
	bool reason;

	r->arrange(p);
	SSPI_EXPECT_STATUS(test, krb5_pair_acquire(p), SEC_E_OK);
	got = krb5_pair_run(p);
	reason = p->reason;
	KUNIT_EXPECT_EQ_MSG(test, STATUS_NR(got), STATUS_NR(r->want), "%s: %s",
			    r->why, reason ? p->reason : "");
	KUNIT_EXPECT_EQ_MSG(test, reason, r->want != SEC_E_OK, "%s", r->why);
	KUNIT_EXPECT_EQ_MSG(test, error_code(&p->token[1]), r->code, "%s",
			    r->why);
	if (r->code) {
		got = krb5_pair_initialize(p, krb5_pair_span(&p->token[1]),
					   &none);
		KUNIT_EXPECT_EQ_MSG(test, STATUS_NR(got), STATUS_NR(r->peer),
				    "%s", r->why);
	}
	krb5_pair_release(p);
	kunit_kfree(test, p);
}

static void krb5_what_is_refused(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(refusals); i++)
		refusal_case(test, &refusals[i]);
	testlib_counted(test, i);
}

/* The clocks of two machines: the edge of the skew, both ways. */
static void krb5_skew(struct kunit *test)
{
	static const struct {
		s64 seconds;
		sec_status_t want;
	} cases[] = {
		{ 0, SEC_E_OK }, { SKEW, SEC_E_OK }, { -SKEW, SEC_E_OK },
		{ SKEW + 1, SEC_E_TIME_SKEW }, { -SKEW - 1, SEC_E_TIME_SKEW },
		{ 86400 * 365, SEC_E_CONTEXT_EXPIRED },
	};
	struct krb5_pair *p = krb5_pair_new(test, 18);
	struct sspi_blob none;
	sec_status_t got;
	unsigned int i;

	SSPI_ASSERT_STATUS(test, krb5_pair_acquire(p), SEC_E_OK);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		SSPI_EXPECT_STATUS(test,
				   krb5_pair_initialize(p, (struct sspi_span){ }, &p->token[0]),
				   SEC_I_CONTINUE_NEEDED);
		p->script.now += cases[i].seconds * SSPI_TICKS_PER_SECOND;
		got = krb5_pair_accept(p, krb5_pair_span(&p->token[0]), &none);
		KUNIT_EXPECT_EQ_MSG(test, STATUS_NR(got),
				    STATUS_NR(cases[i].want), "case %u", i);
		p->script.now -= cases[i].seconds * SSPI_TICKS_PER_SECOND;
		sspi_free(none.data);
		krb5_pair_reset(p);
	}
	krb5_pair_release(p);
	testlib_counted(test, i);
}

/* Keytabs: which of several keys is the ticket's. */
struct entry {
	const char *principal;
	u32 kvno;
	s32 enctype;
	u8 tag;		/* 3 is that of the forge's service */
};

struct keytab_case {
	const char *why;
	struct entry entries[3];
	bool no_kvno;
	const char *principal;
	sec_status_t acquire;
	sec_status_t want;
	s32 code;
};

#define OTHER	"cifs/other.example.test@" FORGE_REALM
#define ABROAD	FORGE_SERVICE "@ELSEWHERE.TEST"

static const struct keytab_case keytabs[] = {
	{ "two versions", { { FORGE_SERVER, 2, 18, 8 },
			    { FORGE_SERVER, 3, 18, 3 } } },
	{ "two versions, newest first", { { FORGE_SERVER, 4, 18, 8 },
					  { FORGE_SERVER, 3, 18, 3 } } },
	{ "another version", { { FORGE_SERVER, 2, 18, 3 } },
	  .want = SEC_E_NO_KERB_KEY, .code = 44 },
	{ "no version said", { { FORGE_SERVER, 2, 18, 8 },
			       { FORGE_SERVER, 9, 18, 3 } }, .no_kvno = true },
	{ "another key", { { FORGE_SERVER, 3, 18, 8 } },
	  .want = SEC_E_LOGON_DENIED, .code = 31 },
	{ "two types", { { FORGE_SERVER, 3, 17, 8 },
			 { FORGE_SERVER, 3, 18, 3 } } },
	{ "another type", { { FORGE_SERVER, 3, 17, 8 } },
	  .want = SEC_E_NO_KERB_KEY, .code = 45 },
	{ "another service", { { OTHER, 3, 18, 3 } },
	  .want = SEC_E_NO_KERB_KEY, .code = 45 },
	{ "another realm", { { ABROAD, 3, 18, 3 } },
	  .want = SEC_E_NO_KERB_KEY, .code = 45 },
	{ "any of two", { { OTHER, 3, 18, 3 }, { FORGE_SERVER, 3, 18, 3 } } },
	{ "one of two", { { OTHER, 3, 18, 3 }, { FORGE_SERVER, 3, 18, 3 } },
	  .principal = FORGE_SERVER },
	{ "the other of two", { { OTHER, 3, 18, 3 },
				{ FORGE_SERVER, 3, 18, 3 } },
	  .principal = OTHER, .want = SEC_E_WRONG_PRINCIPAL, .code = 35 },
	{ "not there", { { OTHER, 3, 18, 3 } }, .principal = FORGE_SERVER,
	  .acquire = SEC_E_NO_CREDENTIALS },
};

static void keytab_case(struct kunit *test, const struct keytab_case *c)
{
	struct krb5_pair *p = krb5_pair_new(test, 18);
	u8 *file = kunit_kzalloc(test, 1024, GFP_KERNEL);
	struct krb5_key key;
	size_t len = 2;
	unsigned int i;
	int got;

	KUNIT_ASSERT_NOT_NULL(test, file);
	file[0] = 5;
	file[1] = 2;
	for (i = 0; i < 3 && c->entries[i].principal; i++) {
		KUNIT_ASSERT_EQ(test, 0, forge_key(&key, c->entries[i].enctype,
						   c->entries[i].tag));
		got = forge_keytab_entry(file + len, 1024 - len,
					 c->entries[i].principal,
					 c->entries[i].kvno, &key);
		KUNIT_ASSERT_GT(test, got, 0);
		len += got;
	}
	p->keytab = (struct sspi_span){ file, len };
	p->principal = c->principal;
	p->forge.no_kvno = c->no_kvno;
	p->server.enctype_count = 0;
	KUNIT_EXPECT_EQ_MSG(test, STATUS_NR(krb5_pair_acquire(p)),
			    STATUS_NR(c->acquire), "%s", c->why);
	if (c->acquire == SEC_E_OK) {
		KUNIT_EXPECT_EQ_MSG(test, STATUS_NR(krb5_pair_run(p)),
				    STATUS_NR(c->want), "%s: %s", c->why,
				    p->reason ? p->reason : "");
		KUNIT_EXPECT_EQ_MSG(test, error_code(&p->token[1]), c->code,
				    "%s", c->why);
	}
	krb5_pair_release(p);
	kunit_kfree(test, file);
	kunit_kfree(test, p);
}

static void krb5_keytabs(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(keytabs); i++)
		keytab_case(test, &keytabs[i]);
	testlib_counted(test, i);
}

/* Types that policy has to name before they are used: RFC 8429. */
static void krb5_old_types_by_policy(struct kunit *test)
{
	static const s32 old[] = { 23, 16 };
	struct krb5_pair *p;
	unsigned int i, n = 0;

	for (i = 0; i < ARRAY_SIZE(old); i++) {
		if (!krb5_enctype_find(old[i]))
			continue;
		/* The default of both, then of each side alone. */
		p = krb5_pair_new(test, old[i]);
		p->client.enctype_count = 0;
		SSPI_EXPECT_STATUS(test, krb5_pair_once(p),
				   SEC_E_CONTEXT_EXPIRED);
		p->client = p->server;
		p->server.enctype_count = 0;
		SSPI_EXPECT_STATUS(test, krb5_pair_once(p),
				   SEC_E_KDC_UNKNOWN_ETYPE);
		p->server = p->client;
		SSPI_EXPECT_STATUS(test, krb5_pair_once(p), SEC_E_OK);
		n += 3;
	}
	/* And single DES is none. */
	p = krb5_pair_new(test, 18);
	p->client.enctypes[0] = 3;
	SSPI_EXPECT_STATUS(test, krb5_pair_once(p), SEC_E_KDC_UNKNOWN_ETYPE);
	type_off(p);
	p->client.enctypes[0] = 18;
	SSPI_EXPECT_STATUS(test, krb5_pair_once(p), SEC_E_KDC_UNKNOWN_ETYPE);
	testlib_counted(test, n + 2);
}

/* Targets: RFC 2743 is not asked, the name is taken as it is. */
static void krb5_targets(struct kunit *test)
{
	static const struct {
		const char *target;
		sec_status_t want;
	} cases[] = {
		{ FORGE_SERVICE, SEC_E_OK },
		{ FORGE_SERVER, SEC_E_OK },
		{ "CIFS/server.example.test", SEC_E_CONTEXT_EXPIRED },
		{ "cifs/server.example.test@OTHER", SEC_E_CONTEXT_EXPIRED },
		{ "cifs/other", SEC_E_CONTEXT_EXPIRED },
		{ "server.example.test", SEC_E_TARGET_UNKNOWN },
		{ "cifs/a@b@c", SEC_E_TARGET_UNKNOWN },
		{ "", SEC_E_TARGET_UNKNOWN },
		{ NULL, SEC_E_TARGET_UNKNOWN },
		{ "cifs/fs11UWhRCAAAAAAAAAAAAAAAAAAAAAAAAAAAAwbEAYBAAAA",
		  SEC_E_INVALID_PARAMETER },
	};
	struct krb5_pair *p = krb5_pair_new(test, 18);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		p->target = cases[i].target;
		KUNIT_EXPECT_EQ_MSG(test, STATUS_NR(krb5_pair_once(p)),
				    STATUS_NR(cases[i].want), "case %u", i);
		KUNIT_EXPECT_EQ(test, !!p->reason, cases[i].want != SEC_E_OK);
	}
	testlib_counted(test, i);
}

/* Randomness that fails at the n-th draw fails the leg, and nothing else. */
static void krb5_no_randomness(struct kunit *test)
{
	struct krb5_pair *p = krb5_pair_new(test, 18);

	SSPI_ASSERT_STATUS(test, krb5_pair_acquire(p), SEC_E_OK);
	p->script.broken = true;
	SSPI_EXPECT_STATUS(test, krb5_pair_run(p), SEC_E_INTERNAL_ERROR);
	krb5_pair_reset(p);
	p->script.broken = false;
	SSPI_EXPECT_STATUS(test,
			   krb5_pair_initialize(p, (struct sspi_span){ }, &p->token[0]),
			   SEC_I_CONTINUE_NEEDED);
	p->script.broken = true;
	SSPI_EXPECT_STATUS(test,
			   krb5_pair_accept(p, krb5_pair_span(&p->token[0]), &p->token[1]),
			   SEC_E_INTERNAL_ERROR);
	KUNIT_EXPECT_EQ(test, p->token[1].len, (size_t)0);
	krb5_pair_release(p);
}

static struct kunit_case krb5_policy_cases[] = {
	KUNIT_CASE(krb5_what_is_refused),
	KUNIT_CASE(krb5_skew),
	KUNIT_CASE(krb5_keytabs),
	KUNIT_CASE(krb5_old_types_by_policy),
	KUNIT_CASE(krb5_targets),
	KUNIT_CASE(krb5_no_randomness),
	{ }
};

static struct kunit_suite krb5_policy_suite = {
	.name = "sspi_krb5_policy",
	.test_cases = krb5_policy_cases,
};

kunit_test_suite(krb5_policy_suite);
