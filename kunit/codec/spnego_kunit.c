// SPDX-License-Identifier: GPL-2.0-only
/* SPNEGO tokens: RFC 4178 4.2 and MS-SPNG 2.2.1, there and back, cut and bent. */
#include <kunit/test.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "codec/spnego.h"
#include "kunit/support/testlib.h"

#define MOST	1024

static const u8 oid_ntlm[] = { 0x2b, 6, 1, 4, 1, 0x82, 0x37, 2, 2, 10 };
static const u8 oid_krb5[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 1, 2, 2 };
static const u8 oid_long[] = { 0x2a, 3, 4, 0x8f, 0xff, 0xff, 0xff, 0x7f };

static const struct sspi_span oids[] = {
	{ oid_krb5, sizeof(oid_krb5) },
	{ oid_ntlm, sizeof(oid_ntlm) },
	{ oid_long, sizeof(oid_long) },
};

static bool equal(struct sspi_span a, struct sspi_span b)
{
	return a.len == b.len && (!a.len || !memcmp(a.data, b.data, a.len));
}

/* What a token may be made of, by the bits of a number. */
struct shape {
	u8 list[64];
	u8 token[200];
	u8 mic[16];
};

static void shape_init(struct shape *s, struct testlib_lcg *lcg)
{
	testlib_lcg_fill(lcg, s->token, sizeof(s->token));
	testlib_lcg_fill(lcg, s->mic, sizeof(s->mic));
}

static struct spnego_init init_of(struct kunit *test, struct shape *s,
				  unsigned int bits, size_t token_len)
{
	unsigned int count = 1 + bits / 8 % 3;
	struct spnego_init init = { .hints = bits & 1 };
	int len = spnego_build_mech_list(oids, count, s->list,
					 sizeof(s->list));

	KUNIT_ASSERT_GT(test, len, 0);
	init.mech_list = (struct sspi_span){ s->list, len };
	if (bits & 2)
		init.token = (struct sspi_span){ s->token, token_len };
	if (bits & 4)
		init.mic = TESTLIB_SPAN(s->mic);
	return init;
}

static struct spnego_resp resp_of(struct shape *s, unsigned int bits,
				  size_t token_len)
{
	struct spnego_resp resp = { .state = bits % 5 };

	if (bits & 8)
		resp.mech = oids[bits % 3];
	if (bits & 16)
		resp.token = (struct sspi_span){ s->token, token_len };
	if (bits & 32)
		resp.mic = TESTLIB_SPAN(s->mic);
	return resp;
}

/* Lengths of the token around those where DER's length grows. */
static const size_t lengths[] = { 1, 100, 108, 109, 120, 127, 128, 129, 200 };

static void spnego_init_round_trip(struct kunit *test)
{
	struct testlib_guard guard = testlib_guard(test, MOST);
	struct testlib_lcg lcg = { 1 };
	struct spnego_init in, out;
	unsigned int bits, i, count = 0;
	struct sspi_span token;
	struct shape s;
	int len;
	u8 *room;

	shape_init(&s, &lcg);
	for (bits = 0; bits < 24; bits++) {
		for (i = 0; i < ARRAY_SIZE(lengths); i++) {
			in = init_of(test, &s, bits, lengths[i]);
			len = spnego_build_init(&in, NULL, 0);
			KUNIT_ASSERT_GT(test, len, 0);
			room = testlib_guard_room(&guard, len, 0xa5);
			KUNIT_EXPECT_EQ(test, spnego_build_init(&in, room, len),
					len);
			KUNIT_EXPECT_LT(test,
					spnego_build_init(&in, room, len - 1),
					0);
			spnego_build_init(&in, room, len);
			token = (struct sspi_span){ room, len };
			KUNIT_ASSERT_EQ(test, spnego_parse_init(token, &out), 0);
			KUNIT_EXPECT_TRUE(test, equal(in.mech_list,
						      out.mech_list));
			KUNIT_EXPECT_TRUE(test, equal(in.token, out.token));
			KUNIT_EXPECT_TRUE(test, equal(in.mic, out.mic));
			KUNIT_EXPECT_EQ(test, in.hints, out.hints);
			count++;
		}
	}
	testlib_counted(test, count);
}

static void spnego_resp_round_trip(struct kunit *test)
{
	struct testlib_guard guard = testlib_guard(test, MOST);
	struct testlib_lcg lcg = { 2 };
	struct spnego_resp in, out;
	unsigned int bits, i, count = 0;
	struct sspi_span token;
	struct shape s;
	int len;
	u8 *room;

	shape_init(&s, &lcg);
	for (bits = 0; bits < 64; bits++) {
		for (i = 0; i < ARRAY_SIZE(lengths); i++) {
			in = resp_of(&s, bits, lengths[i]);
			len = spnego_build_resp(&in, NULL, 0);
			KUNIT_ASSERT_GT(test, len, 0);
			room = testlib_guard_room(&guard, len, 0xa5);
			KUNIT_EXPECT_EQ(test, spnego_build_resp(&in, room, len),
					len);
			token = (struct sspi_span){ room, len };
			KUNIT_ASSERT_EQ(test, spnego_parse_resp(token, &out), 0);
			KUNIT_EXPECT_EQ(test, (int)in.state, (int)out.state);
			KUNIT_EXPECT_TRUE(test, equal(in.mech, out.mech));
			KUNIT_EXPECT_TRUE(test, equal(in.token, out.token));
			KUNIT_EXPECT_TRUE(test, equal(in.mic, out.mic));
			count++;
		}
	}
	testlib_counted(test, count);
}

static void spnego_list_walk(struct kunit *test)
{
	struct sspi_span list, oid, whole;
	unsigned int count = 0;
	u8 room[64];
	int len = spnego_build_mech_list(oids, ARRAY_SIZE(oids), room,
					 sizeof(room));

	KUNIT_ASSERT_GT(test, len, 0);
	whole = (struct sspi_span){ room, len };
	list = spnego_mech_list_begin(whole);
	while (spnego_mech_list_next(&list, &oid))
		KUNIT_EXPECT_TRUE(test, equal(oid, oids[count++]));
	KUNIT_EXPECT_EQ(test, count, ARRAY_SIZE(oids));
	KUNIT_EXPECT_EQ(test, list.len, 0);
}

/* A whole Init and a whole Resp, against the guard. */
static struct sspi_span sample(struct kunit *test,
			       const struct testlib_guard *guard, bool init)
{
	struct testlib_lcg lcg = { 3 };
	struct spnego_init i;
	struct spnego_resp r;
	struct shape s;
	u8 room[MOST];
	int len;

	shape_init(&s, &lcg);
	i = init_of(test, &s, 2 + 4 + 16, 150);
	r = resp_of(&s, 1 + 8 + 16 + 32, 150);
	len = init ? spnego_build_init(&i, room, sizeof(room)) :
		     spnego_build_resp(&r, room, sizeof(room));
	KUNIT_ASSERT_GT(test, len, 0);
	return testlib_guard_put(guard, (struct sspi_span){ room, len });
}

/* Parses both ways; whether either took it. Views must stay inside. */
static bool parses(struct kunit *test, struct sspi_span token)
{
	struct spnego_init init;
	struct spnego_resp resp;
	struct sspi_span views[6] = { };
	bool ok = false;
	size_t i;

	if (!spnego_parse_init(token, &init)) {
		views[0] = init.mech_list;
		views[1] = init.token;
		views[2] = init.mic;
		ok = true;
	}
	if (!spnego_parse_resp(token, &resp)) {
		views[3] = resp.mech;
		views[4] = resp.token;
		views[5] = resp.mic;
		ok = true;
	}
	for (i = 0; i < ARRAY_SIZE(views); i++)
		KUNIT_EXPECT_TRUE(test, !views[i].data ||
				  (views[i].data >= token.data &&
				   views[i].data + views[i].len <=
				   token.data + token.len));
	return ok;
}

/* RFC 4178 has no token that is the beginning of another. */
static void spnego_truncated(struct kunit *test)
{
	struct testlib_guard guard = testlib_guard(test, MOST);
	struct testlib_guard cut = testlib_guard(test, MOST);
	unsigned int count = 0;
	struct sspi_span token;
	size_t len;
	int kind;

	for (kind = 0; kind < 2; kind++) {
		token = sample(test, &guard, kind);
		KUNIT_EXPECT_TRUE(test, parses(test, token));
		for (len = 0; len < token.len; len++) {
			struct sspi_span part = { token.data, len };

			part = testlib_guard_put(&cut, part);
			KUNIT_EXPECT_FALSE(test, parses(test, part));
			count++;
		}
	}
	testlib_counted(test, count);
}

/* Each bit turned: nothing is read that is not there, whatever is made of it. */
static void spnego_flipped(struct kunit *test)
{
	struct testlib_guard guard = testlib_guard(test, MOST);
	unsigned int count = 0, refused = 0;
	struct sspi_span token;
	size_t bit;
	int kind;
	u8 *bytes;

	for (kind = 0; kind < 2; kind++) {
		token = sample(test, &guard, kind);
		bytes = (u8 *)token.data;
		for (bit = 0; bit < 8 * token.len; bit++) {
			bytes[bit / 8] ^= 1 << bit % 8;
			refused += !parses(test, token);
			bytes[bit / 8] ^= 1 << bit % 8;
			count++;
		}
	}
	KUNIT_EXPECT_GT(test, refused, count / 8);
	testlib_counted(test, count);
}

static void spnego_noise(struct kunit *test)
{
	struct testlib_guard guard = testlib_guard(test, MOST);
	struct testlib_lcg lcg = { 4 };
	struct sspi_span token;
	unsigned int i, j;
	u8 *bytes;

	for (i = 0; i < 5000; i++) {
		token = sample(test, &guard, i & 1);
		bytes = (u8 *)token.data;
		for (j = testlib_lcg_below(&lcg, 5) + 1; j; j--)
			bytes[testlib_lcg_below(&lcg, 60)] =
				testlib_lcg_next(&lcg);
		parses(test, token);
	}
	testlib_counted(test, i);
}

static void spnego_frames(struct kunit *test)
{
	static const u8 ntlm[] = { 0x60, 12, 6, 10, 0x2b, 6, 1, 4, 1, 0x82,
				   0x37, 2, 2, 10 };
	static const u8 bad[] = { 0x60, 5, 6, 3, 0x2a, 0x80, 1 };
	struct testlib_guard guard = testlib_guard(test, MOST);
	struct sspi_span oid;

	KUNIT_EXPECT_TRUE(test, spnego_frame_oid(TESTLIB_SPAN(ntlm), &oid));
	KUNIT_EXPECT_TRUE(test, equal(oid, oids[1]));
	KUNIT_EXPECT_FALSE(test, spnego_frame_oid(TESTLIB_SPAN(bad), &oid));
	KUNIT_EXPECT_TRUE(test, spnego_frame_oid(sample(test, &guard, true),
						 &oid));
	KUNIT_EXPECT_TRUE(test, equal(oid, spnego_oid));
	KUNIT_EXPECT_FALSE(test, spnego_frame_oid(sample(test, &guard, false),
						  &oid));
}

/* What stands around the fields never takes more than its bound. */
static void spnego_bounds(struct kunit *test)
{
	static const u32 lengths[] = { 0, 1, 127, 128, 255, 256, 65535, 65536,
				       0xffffff, 0x1000000, 0x10000000 };
	static const u8 any[1];
	struct spnego_init init = { .hints = true };
	struct spnego_resp resp = { .state = SPNEGO_REQUEST_MIC };
	u32 i;

	init.mech_list.data = any;
	init.token.data = any;
	init.mic.data = any;
	resp.mech.data = any;
	resp.token.data = any;
	resp.mic.data = any;
	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		init.mech_list.len = lengths[i];
		init.token.len = lengths[i];
		init.mic.len = lengths[i];
		resp.mech.len = min_t(u32, lengths[i], SPNEGO_MAX_OID);
		resp.token.len = lengths[i];
		resp.mic.len = lengths[i];
		KUNIT_EXPECT_LE(test, spnego_build_init(&init, NULL, 0),
				(int)(3 * lengths[i] + SPNEGO_AROUND));
		KUNIT_EXPECT_LE(test, spnego_build_resp(&resp, NULL, 0),
				(int)(2 * lengths[i] + resp.mech.len +
				      SPNEGO_AROUND));
	}
	testlib_counted(test, i);
}

static struct kunit_case spnego_cases[] = {
	KUNIT_CASE(spnego_init_round_trip),
	KUNIT_CASE(spnego_resp_round_trip),
	KUNIT_CASE(spnego_list_walk),
	KUNIT_CASE(spnego_truncated),
	KUNIT_CASE(spnego_flipped),
	KUNIT_CASE(spnego_noise),
	KUNIT_CASE(spnego_frames),
	KUNIT_CASE(spnego_bounds),
	{ }
};

static struct kunit_suite spnego_suite = {
	.name = "sspi_spnego",
	.test_cases = spnego_cases,
};

kunit_test_suites(&spnego_suite);
