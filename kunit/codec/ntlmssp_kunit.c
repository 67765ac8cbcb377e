// SPDX-License-Identifier: GPL-2.0-only
/* The messages of NTLM: forms old and new, lies, and round trips. */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "codec/buf.h"
#include "codec/ntlmssp.h"
#include "kunit/support/testlib.h"
#include "kunit/vectors/ntlm_msnlmp.h"

#define ROUNDS		500
#define MAX_FIELD	96
#define MAX_BUILT	1024

static void expect_span(struct kunit *test, struct sspi_span got,
			struct sspi_span want)
{
	KUNIT_ASSERT_EQ(test, got.len, want.len);
	if (want.len)
		KUNIT_EXPECT_MEMEQ(test, got.data, want.data, want.len);
}

static void put_le16(u8 *at, u16 v)
{
	at[0] = v;
	at[1] = v >> 8;
}

static void put_le32(u8 *at, u32 v)
{
	put_le16(at, v);
	put_le16(at + 2, v >> 16);
}

/* One field of a header: length, maximal length, offset. */
static void put_field(u8 *at, u16 len, u32 off)
{
	put_le16(at, len);
	put_le16(at + 2, len);
	put_le32(at + 4, off);
}

static void message_types(struct kunit *test)
{
	u8 msg[12] = "NTLMSSP";
	struct sspi_span in = TESTLIB_SPAN(msg);
	u32 type;

	for (type = 0; type <= 4; type++) {
		put_le32(msg + 8, type);
		KUNIT_EXPECT_EQ(test, ntlm_message_type(in),
				type >= 1 && type <= 3 ? (int)type : -EBADMSG);
	}
	put_le32(msg + 8, 0x102);	/* 32 bits count */
	KUNIT_EXPECT_EQ(test, -EBADMSG, ntlm_message_type(in));
	put_le32(msg + 8, 2);
	msg[7] = 1;			/* the NUL is part of it */
	KUNIT_EXPECT_EQ(test, -EBADMSG, ntlm_message_type(in));
	in.data = NULL;
	KUNIT_EXPECT_EQ(test, -EBADMSG, ntlm_message_type(in));
}

static void negotiate_of_each_age(struct kunit *test)
{
	static const size_t lens[] = { 16, 32, 40, 49 };
	u8 msg[49] = "NTLMSSP\0\x01";
	struct ntlm_negotiate parsed;
	unsigned int i, version;

	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		struct sspi_span in = { .data = msg, .len = lens[i] };

		for (version = 0; version <= 1; version++) {
			u32 flags = NTLMSSP_NEGOTIATE_UNICODE |
				    (version ? NTLMSSP_NEGOTIATE_VERSION : 0);

			put_le32(msg + 12, flags);
			KUNIT_ASSERT_EQ(test, 0,
					ntlm_parse_negotiate(in, &parsed));
			KUNIT_EXPECT_EQ(test, parsed.flags, flags);
			KUNIT_EXPECT_EQ(test, parsed.domain.len, 0);
			KUNIT_EXPECT_EQ(test, parsed.version.len,
					version && lens[i] >= 40 ? 8 : 0);
		}
	}
	testlib_counted(test, 2 * i);
}

/* Without its flag a name "MUST be ignored", whatever its field says. */
static void negotiate_names_by_flag(struct kunit *test)
{
	u8 msg[40] = "NTLMSSP\0\x01";
	struct sspi_span in = TESTLIB_SPAN(msg);
	struct ntlm_negotiate parsed;

	put_field(msg + 16, 8, 32);
	KUNIT_ASSERT_EQ(test, 0, ntlm_parse_negotiate(in, &parsed));
	KUNIT_EXPECT_EQ(test, parsed.domain.len, 0);

	/* A payload where a version would stand: then there is none. */
	put_le32(msg + 12, NTLMSSP_NEGOTIATE_OEM_DOMAIN_SUPPLIED |
			   NTLMSSP_NEGOTIATE_VERSION);
	KUNIT_ASSERT_EQ(test, 0, ntlm_parse_negotiate(in, &parsed));
	KUNIT_EXPECT_PTR_EQ(test, parsed.domain.data, msg + 32);
	KUNIT_EXPECT_EQ(test, parsed.version.len, 0);

	put_field(msg + 16, 8, 31);	/* in the fixed part */
	KUNIT_EXPECT_EQ(test, -EBADMSG, ntlm_parse_negotiate(in, &parsed));
	put_field(msg + 16, 8, 33);	/* past the end */
	KUNIT_EXPECT_EQ(test, -EBADMSG, ntlm_parse_negotiate(in, &parsed));
}

static void challenge_of_each_age(struct kunit *test)
{
	u8 msg[60] = "NTLMSSP\0\x02";
	struct sspi_span in = { .data = msg };
	struct ntlm_challenge parsed;

	put_le32(msg + 20, NTLMSSP_NEGOTIATE_TARGET_INFO |
			   NTLMSSP_NEGOTIATE_VERSION);
	put_le32(msg + 24, 0x67452301);
	msg[32] = 0x55;
	for (in.len = 32; in.len <= 56; in.len += 8) {
		KUNIT_ASSERT_EQ(test, 0, ntlm_parse_challenge(in, &parsed));
		KUNIT_EXPECT_EQ(test, parsed.server_challenge[0], 1);
		KUNIT_EXPECT_EQ(test, parsed.reserved, in.len < 40 ? 0 : 0x55);
		KUNIT_EXPECT_EQ(test, parsed.version.len,
				in.len < 56 ? 0 : 8);
	}

	/* The oldest form: the name begins where a context would stand. */
	in.len = 60;
	put_field(msg + 12, 4, 32);
	KUNIT_ASSERT_EQ(test, 0, ntlm_parse_challenge(in, &parsed));
	KUNIT_EXPECT_PTR_EQ(test, parsed.target_name.data, msg + 32);
	KUNIT_EXPECT_EQ(test, parsed.reserved, 0);
	KUNIT_EXPECT_NULL(test, parsed.target_info.data);

	/* Target info in place of a version, and two fields on one payload. */
	put_field(msg + 12, 4, 48);
	put_field(msg + 40, 12, 48);
	KUNIT_ASSERT_EQ(test, 0, ntlm_parse_challenge(in, &parsed));
	KUNIT_EXPECT_PTR_EQ(test, parsed.target_info.data, msg + 48);
	KUNIT_EXPECT_PTR_EQ(test, parsed.target_name.data, msg + 48);
	KUNIT_EXPECT_EQ(test, parsed.version.len, 0);

	put_le32(msg + 20, NTLMSSP_NEGOTIATE_VERSION);
	KUNIT_ASSERT_EQ(test, 0, ntlm_parse_challenge(in, &parsed));
	KUNIT_EXPECT_NULL(test, parsed.target_info.data);
}

static void challenge_lies(struct kunit *test)
{
	static const struct {
		u16 len;
		u32 off;
	} lies[] = {
		{ 36, 69 }, { 37, 68 }, { 36, 47 }, { 36, 0 }, { 36, 4 },
		{ 0xffff, 68 }, { 36, 0x7fffffff }, { 36, 0xffffffff },
		{ 36, 0xfffffff0 }, { 0xffff, 0xffff0001 }, { 1, 104 },
	};
	u8 msg[sizeof(v2_challenge_message)];
	struct sspi_span in = TESTLIB_SPAN(msg);
	struct ntlm_challenge parsed;
	unsigned int i;

	memcpy(msg, v2_challenge_message, sizeof(msg));
	for (i = 0; i < ARRAY_SIZE(lies); i++) {
		put_field(msg + 40, lies[i].len, lies[i].off);
		KUNIT_EXPECT_EQ_MSG(test, -EBADMSG,
				    ntlm_parse_challenge(in, &parsed),
				    "lie %u", i);
	}
	put_field(msg + 40, 0, 0xffffffff);	/* nothing may be anywhere */
	KUNIT_EXPECT_EQ(test, 0, ntlm_parse_challenge(in, &parsed));
	testlib_counted(test, i + 1);
}

static void authenticate_of_each_age(struct kunit *test)
{
	static const size_t heads[] = { 52, 60, 64, 72, 88 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(heads); i++) {
		size_t head = heads[i];
		u8 msg[96] = "NTLMSSP\0\x03";
		struct sspi_span in = { .data = msg, .len = head + 8 };
		struct ntlm_authenticate parsed;

		put_field(msg + 36, 8, head);	/* user: the only payload */
		if (head >= 64)
			put_le32(msg + 60, NTLMSSP_NEGOTIATE_VERSION);
		KUNIT_ASSERT_EQ(test, 0, ntlm_parse_authenticate(in, &parsed));
		KUNIT_EXPECT_PTR_EQ(test, parsed.user.data, msg + head);
		KUNIT_EXPECT_EQ(test, parsed.flags,
				head >= 64 ? NTLMSSP_NEGOTIATE_VERSION : 0);
		KUNIT_EXPECT_EQ(test, parsed.version.len, head >= 72 ? 8 : 0);
		KUNIT_EXPECT_EQ(test, parsed.mic.len, head >= 88 ? 16 : 0);
		KUNIT_EXPECT_EQ(test, parsed.session_key.len, 0);

		put_field(msg + 36, 8, 51);
		KUNIT_EXPECT_EQ(test, -EBADMSG,
				ntlm_parse_authenticate(in, &parsed));
	}
	testlib_counted(test, i);
}

/* The key's payload must not lie in the field that names it. */
static void authenticate_key_in_head(struct kunit *test)
{
	u8 msg[80] = "NTLMSSP\0\x03";
	struct sspi_span in = TESTLIB_SPAN(msg);
	struct ntlm_authenticate parsed;

	put_field(msg + 52, 16, 52);
	KUNIT_EXPECT_EQ(test, -EBADMSG, ntlm_parse_authenticate(in, &parsed));
	put_field(msg + 52, 16, 60);	/* then there are no flags */
	KUNIT_EXPECT_EQ(test, 0, ntlm_parse_authenticate(in, &parsed));
	KUNIT_EXPECT_EQ(test, parsed.flags, 0);
}

static void too_long_is_refused(struct kunit *test)
{
	struct sspi_span in = { .len = NTLM_MAX_MESSAGE + 1 };
	struct ntlm_challenge parsed;
	u8 *msg = kunit_kzalloc(test, in.len, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, msg);
	memcpy(msg, v2_challenge_message, sizeof(v2_challenge_message));
	in.data = msg;
	KUNIT_EXPECT_EQ(test, -EBADMSG, ntlm_parse_challenge(in, &parsed));
	in.len--;
	KUNIT_EXPECT_EQ(test, 0, ntlm_parse_challenge(in, &parsed));
}

static void av_pairs_refused(struct kunit *test)
{
	static const struct {
		const char *why;
		u8 len;
		u8 bytes[40];
	} bad[] = {
		{ "nothing", 0, { } },
		{ "half a header", 3, { 0, 0, 0 } },
		{ "no EOL", 6, { 1, 0, 2, 0, 'A', 0 } },
		{ "EOL with a value", 6, { 0, 0, 2, 0, 'A', 0 } },
		{ "value past the end", 8, { 1, 0, 5, 0, 'A', 0, 0, 0 } },
		{ "length 0xffff", 8, { 1, 0, 0xff, 0xff, 0, 0, 0, 0 } },
		{ "odd text", 11, { 1, 0, 3, 0, 'A', 0, 'B', 0, 0, 0, 0 } },
		{ "short flags", 10, { 6, 0, 2, 0, 2, 0, 0, 0, 0, 0 } },
		{ "long flags", 16, { 6, 0, 8, 0 } },
		{ "short time", 12, { 7, 0, 4, 0 } },
		{ "short bindings", 23, { 10, 0, 15, 0 } },
		{ "long bindings", 25, { 10, 0, 17, 0 } },
		{ "short single host", 32, { 8, 0, 24, 0 } },
		{ "a name twice", 16, { 1, 0, 2, 0, 'A', 0, 1, 0, 2, 0, 'A' } },
		{ "flags twice", 20, { 6, 0, 4, 0, 0, 0, 0, 0, 6, 0, 4 } },
		{ "empty name twice", 12, { 1, 0, 0, 0, 1 } },
	};
	struct ntlm_av_view view;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		struct sspi_span in = { .data = bad[i].bytes,
					.len = bad[i].len };

		KUNIT_EXPECT_EQ_MSG(test, -EBADMSG,
				    ntlm_parse_av_pairs(in, &view),
				    "%s", bad[i].why);
	}
	testlib_counted(test, i);
}

static void av_pairs_taken(struct kunit *test)
{
	static const u8 list[] = {
		0x07, 0, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8,
		0xff, 0xff, 1, 0, 'x', 0xff, 0xff, 1, 0, 'x',
		0x02, 0, 0, 0,
		0x06, 0, 4, 0, 2, 0, 0, 0,
		0, 0, 0, 0, 'j', 'u', 'n', 'k',
	};
	struct ntlm_av_view view;
	struct sspi_writer w;
	u8 copy[sizeof(list)];

	KUNIT_ASSERT_EQ(test, 0,
			ntlm_parse_av_pairs(TESTLIB_SPAN(list), &view));
	KUNIT_EXPECT_TRUE(test, view.has_timestamp);
	KUNIT_EXPECT_EQ(test, view.timestamp, 0x0807060504030201ULL);
	KUNIT_EXPECT_TRUE(test, view.has_flags);
	KUNIT_EXPECT_EQ(test, view.flags, NTLM_AV_FLAG_MIC);
	/* Present and empty is not absent. */
	KUNIT_EXPECT_NOT_NULL(test, view.nb_domain.data);
	KUNIT_EXPECT_EQ(test, view.nb_domain.len, 0);
	KUNIT_EXPECT_NULL(test, view.nb_computer.data);

	/* Without EOL and what is behind it, and without the flags. */
	sspi_writer_init(&w, copy, sizeof(copy));
	ntlm_copy_av_pairs(&w, TESTLIB_SPAN(list), 1u << NTLM_AV_FLAGS);
	KUNIT_EXPECT_FALSE(test, w.bad);
	KUNIT_ASSERT_EQ(test, w.pos, 26);
	KUNIT_EXPECT_MEMEQ(test, copy, list, 26);
}

static void v2_response_parts(struct kunit *test)
{
	u8 raw[sizeof(v2_nt_challenge_response)];
	struct sspi_span in = TESTLIB_SPAN(raw);
	struct ntlm_v2_response resp;

	memcpy(raw, v2_nt_challenge_response, sizeof(raw));
	KUNIT_ASSERT_EQ(test, 0, ntlm_parse_v2_response(in, &resp));
	expect_span(test, resp.proof, TESTLIB_SPAN(v2_ntproof_str));
	expect_span(test, resp.temp, TESTLIB_SPAN(v2_temp));
	KUNIT_EXPECT_EQ(test, resp.timestamp, 0);
	KUNIT_EXPECT_MEMEQ(test, resp.client_challenge,
			   common_client_challenge, 8);
	KUNIT_EXPECT_PTR_EQ(test, resp.av_pairs.data, raw + 44);
	KUNIT_EXPECT_EQ(test, resp.av_pairs.len, sizeof(raw) - 44);

	raw[17] = 2;	/* HiRespType */
	KUNIT_EXPECT_EQ(test, -EBADMSG, ntlm_parse_v2_response(in, &resp));
	raw[17] = 1;
	in.len = 43;
	KUNIT_EXPECT_EQ(test, -EBADMSG, ntlm_parse_v2_response(in, &resp));
	in.len = 44;
	KUNIT_EXPECT_EQ(test, 0, ntlm_parse_v2_response(in, &resp));
	in.data = NULL;
	KUNIT_EXPECT_EQ(test, -EBADMSG, ntlm_parse_v2_response(in, &resp));
}

/* --- round trips --- */

/* Random payloads, and the guarded room that a message is built in. */
struct trip {
	struct kunit *test;
	struct testlib_lcg lcg;
	struct testlib_guard guard;
	u8 pool[MAX_FIELD];
};

static void begin(struct trip *trip, struct kunit *test)
{
	trip->test = test;
	trip->lcg.state = 7;
	trip->guard = testlib_guard(test, MAX_BUILT);
	testlib_lcg_fill(&trip->lcg, trip->pool, sizeof(trip->pool));
}

/* Empty, short or long, from anywhere in the pool. */
static struct sspi_span some(struct trip *trip)
{
	u32 at = testlib_lcg_below(&trip->lcg, MAX_FIELD);
	struct sspi_span span = {
		.data = trip->pool + at,
		.len = testlib_lcg_below(&trip->lcg, MAX_FIELD - at + 1),
	};

	return span;
}

#define BUILD(trip, build, msg, in) do {				\
	int measured = build(msg, NULL, 0);				\
	u8 *room;							\
									\
	KUNIT_ASSERT_GT((trip)->test, measured, 0);			\
	KUNIT_ASSERT_LE((trip)->test, measured, MAX_BUILT);		\
	room = testlib_guard_room(&(trip)->guard, measured, 0xee);	\
	KUNIT_ASSERT_EQ((trip)->test, -ENOSPC,				\
			build(msg, room, measured - 1));		\
	KUNIT_ASSERT_EQ((trip)->test, measured,				\
			build(msg, room, measured));			\
	(in)->data = room;						\
	(in)->len = measured;						\
} while (0)

static void negotiate_round_trips(struct kunit *test)
{
	struct trip trip;
	unsigned int round;

	begin(&trip, test);
	for (round = 0; round < ROUNDS; round++) {
		struct ntlm_negotiate_out out = {
			.flags = testlib_lcg_next(&trip.lcg) |
				 NTLMSSP_NEGOTIATE_OEM_DOMAIN_SUPPLIED |
				 NTLMSSP_NEGOTIATE_OEM_WORKSTATION_SUPPLIED,
			.domain = some(&trip),
			.workstation = some(&trip),
			.with_version = round & 1,
		};
		struct ntlm_negotiate back;
		struct sspi_span in;

		BUILD(&trip, ntlm_build_negotiate, &out, &in);
		KUNIT_ASSERT_EQ(test, 0, ntlm_parse_negotiate(in, &back));
		KUNIT_EXPECT_EQ(test, back.flags, out.flags);
		expect_span(test, back.domain, out.domain);
		expect_span(test, back.workstation, out.workstation);
	}
	testlib_counted(test, round);
}

static void challenge_round_trips(struct kunit *test)
{
	struct trip trip;
	unsigned int round;

	begin(&trip, test);
	for (round = 0; round < ROUNDS; round++) {
		struct ntlm_challenge_out out = {
			.flags = testlib_lcg_next(&trip.lcg) |
				 NTLMSSP_NEGOTIATE_TARGET_INFO,
			.server_challenge = trip.pool + round % 64,
			.target_name = some(&trip),
			.target_info = some(&trip),
		};
		struct ntlm_challenge back;
		struct sspi_span in;

		BUILD(&trip, ntlm_build_challenge, &out, &in);
		KUNIT_ASSERT_EQ(test, 0, ntlm_parse_challenge(in, &back));
		KUNIT_EXPECT_EQ(test, back.flags, out.flags);
		KUNIT_EXPECT_MEMEQ(test, back.server_challenge,
				   out.server_challenge, 8);
		KUNIT_EXPECT_EQ(test, back.reserved, 0);
		KUNIT_EXPECT_EQ(test, back.version.len,
				out.flags & NTLMSSP_NEGOTIATE_VERSION ? 8 : 0);
		expect_span(test, back.target_name, out.target_name);
		expect_span(test, back.target_info, out.target_info);
	}
	testlib_counted(test, round);
}

static void authenticate_round_trips(struct kunit *test)
{
	struct trip trip;
	unsigned int round;

	begin(&trip, test);
	for (round = 0; round < ROUNDS; round++) {
		struct ntlm_authenticate_out out = {
			.flags = testlib_lcg_next(&trip.lcg),
			.lm_response = some(&trip),
			.nt_response = some(&trip),
			.domain = some(&trip),
			.user = some(&trip),
			.workstation = some(&trip),
			.session_key = some(&trip),
			.with_mic = round & 1,
			.with_version = round & 2,
		};
		static const u8 zeros[NTLM_MIC_LEN];
		struct ntlm_authenticate back;
		struct sspi_span in;

		BUILD(&trip, ntlm_build_authenticate, &out, &in);
		KUNIT_ASSERT_EQ(test, 0, ntlm_parse_authenticate(in, &back));
		KUNIT_EXPECT_EQ(test, back.flags, out.flags);
		expect_span(test, back.lm_response, out.lm_response);
		expect_span(test, back.nt_response, out.nt_response);
		expect_span(test, back.domain, out.domain);
		expect_span(test, back.user, out.user);
		expect_span(test, back.workstation, out.workstation);
		expect_span(test, back.session_key, out.session_key);
		if (out.with_mic)
			expect_span(test, back.mic, TESTLIB_SPAN(zeros));
	}
	testlib_counted(test, round);
}

static void builders_refuse_long_fields(struct kunit *test)
{
	struct ntlm_authenticate_out out = { };
	struct sspi_writer w;
	u8 *big = kunit_kzalloc(test, U16_MAX + 1, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, big);
	out.user.data = big;
	out.user.len = U16_MAX + 1;
	KUNIT_EXPECT_EQ(test, -ENOSPC, ntlm_build_authenticate(&out, NULL, 0));
	out.user.len = U16_MAX;		/* a field, but too long a message */
	KUNIT_EXPECT_EQ(test, -ENOSPC, ntlm_build_authenticate(&out, NULL, 0));

	sspi_writer_init(&w, NULL, 0);
	out.user.len = U16_MAX + 1;
	ntlm_write_av(&w, NTLM_AV_TARGET_NAME, out.user);
	KUNIT_EXPECT_TRUE(test, w.bad);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(message_types),
	KUNIT_CASE(negotiate_of_each_age),
	KUNIT_CASE(negotiate_names_by_flag),
	KUNIT_CASE(challenge_of_each_age),
	KUNIT_CASE(challenge_lies),
	KUNIT_CASE(authenticate_of_each_age),
	KUNIT_CASE(authenticate_key_in_head),
	KUNIT_CASE(too_long_is_refused),
	KUNIT_CASE(av_pairs_refused),
	KUNIT_CASE(av_pairs_taken),
	KUNIT_CASE(v2_response_parts),
	KUNIT_CASE(negotiate_round_trips),
	KUNIT_CASE(challenge_round_trips),
	KUNIT_CASE(authenticate_round_trips),
	KUNIT_CASE(builders_refuse_long_fields),
	{}
};

static struct kunit_suite suite = {
	.name = "sspi_ntlmssp",
	.test_cases = cases,
};

kunit_test_suite(suite);
