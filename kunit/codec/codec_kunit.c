// SPDX-License-Identifier: GPL-2.0-only
/* The codecs: what they take, what they refuse, and that they round trip. */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/sspi_types.h>
#include <linux/string.h>

#include "codec/bindings.h"
#include "codec/buf.h"
#include "codec/ntlmssp.h"
#include "codec/upcase_table.h"
#include "codec/utf16.h"
#include "kunit/support/testlib.h"
#include "kunit/vectors/ntlm_msnlmp.h"

/* --- buf --- */

static void reader_stops_at_the_end(struct kunit *test)
{
	static const u8 bytes[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
	struct testlib_guard guard = testlib_guard(test, sizeof(bytes));
	struct sspi_span in = testlib_guard_put(&guard, TESTLIB_SPAN(bytes));
	struct sspi_reader r;

	sspi_reader_init(&r, in);
	KUNIT_EXPECT_EQ(test, sspi_read_u8(&r), 1);
	KUNIT_EXPECT_EQ(test, sspi_read_le16(&r), 0x0302);
	KUNIT_EXPECT_EQ(test, sspi_read_le32(&r), 0x07060504);
	KUNIT_EXPECT_EQ(test, sspi_reader_left(&r), 2);
	KUNIT_EXPECT_EQ(test, sspi_read_le32(&r), 0);
	KUNIT_EXPECT_TRUE(test, r.bad);
	/* Sticky: what would still fit is refused too. */
	KUNIT_EXPECT_EQ(test, sspi_read_u8(&r), 0);
	KUNIT_EXPECT_EQ(test, sspi_reader_left(&r), 0);
	KUNIT_EXPECT_NULL(test, sspi_read_span(&r, 0).data);

	sspi_reader_init(&r, in);
	KUNIT_EXPECT_EQ(test, sspi_read_le64(&r), 0x0807060504030201ULL);
	KUNIT_EXPECT_NULL(test, sspi_read_span(&r, SIZE_MAX).data);
	KUNIT_EXPECT_TRUE(test, r.bad);
}

static void writer_stops_at_the_end(struct kunit *test)
{
	struct testlib_guard guard = testlib_guard(test, 15);
	u8 *room = testlib_guard_room(&guard, 15, 0xee);
	struct sspi_writer w, measure;

	sspi_writer_init(&w, room, 15);
	sspi_write_u8(&w, 1);
	sspi_write_le16(&w, 0x0302);
	sspi_write_le32(&w, 0x07060504);
	sspi_write_le64(&w, 0x0f0e0d0c0b0a0908ULL);
	KUNIT_EXPECT_FALSE(test, w.bad);
	KUNIT_EXPECT_EQ(test, w.pos, 15);
	KUNIT_EXPECT_EQ(test, room[0], 1);
	KUNIT_EXPECT_EQ(test, room[14], 15);
	sspi_write_u8(&w, 16);
	KUNIT_EXPECT_TRUE(test, w.bad);

	sspi_writer_init(&measure, NULL, 0);
	sspi_write_le64(&measure, 0);
	sspi_write_bytes(&measure, NULL, 1000);
	KUNIT_EXPECT_EQ(test, measure.pos, 1008);
	sspi_write_bytes(&measure, NULL, SIZE_MAX);
	KUNIT_EXPECT_TRUE(test, measure.bad);
}

static void subspan_does_not_wrap(struct kunit *test)
{
	static const u8 bytes[16];
	static const size_t edge[] = {
		0, 1, 15, 16, 17, U32_MAX - 15, U32_MAX, SIZE_MAX - 15,
		SIZE_MAX,
	};
	struct sspi_span in = TESTLIB_SPAN(bytes), out;
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(edge); i++) {
		for (j = 0; j < ARRAY_SIZE(edge); j++) {
			bool fits = edge[i] <= 16 && edge[j] <= 16 &&
				    edge[i] + edge[j] <= 16;

			KUNIT_EXPECT_EQ(test, fits,
					sspi_subspan(in, edge[i], edge[j],
						     &out));
		}
	}
	testlib_counted(test, i * j);
}

/* --- utf16 --- */

static void utf_refuses_bad_text(struct kunit *test)
{
	static const char * const bad_utf8[] = {
		"\x80", "\xbf", "a\xc3", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf",
		"\xe0\x9f\xbf", "\xf0\x80\x80\xaf", "\xf0\x8f\xbf\xbf",
		"\xed\xa0\x80", "\xed\xbf\xbf", "\xf4\x90\x80\x80",
		"\xf8\x88\x80\x80\x80", "\xff", "\xfe", "\xe2\x82",
		"\xe2\x28\xa1", "\xf0\x9f\x98", "\xc3\xc3\xa4",
	};
	static const u8 bad_utf16[][6] = {
		{ 0x00, 0xd8, 'a', 0, 'b', 0 },		/* lone high */
		{ 0x00, 0xdc, 'a', 0, 'b', 0 },		/* lone low */
		{ 'a', 0, 'b', 0, 0x00, 0xd8 },		/* high at the end */
		{ 0x00, 0xd8, 0x00, 0xd8, 'a', 0 },	/* two high */
		{ 'a', 0, 0, 0, 'b', 0 },		/* NUL */
	};
	static const u8 nul[] = { 'a', 0, 'b' };
	struct sspi_span in;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad_utf8); i++) {
		in.data = (const u8 *)bad_utf8[i];
		in.len = strlen(bad_utf8[i]);
		KUNIT_EXPECT_EQ_MSG(test, -EBADMSG,
				    sspi_utf8_to_utf16le(in, NULL, 0),
				    "utf8 %u", i);
	}
	for (i = 0; i < ARRAY_SIZE(bad_utf16); i++) {
		in = TESTLIB_SPAN(bad_utf16[i]);
		KUNIT_EXPECT_EQ_MSG(test, -EBADMSG,
				    sspi_utf16le_to_utf8(in, NULL, 0),
				    "utf16 %u", i);
		in.len = 1;
		KUNIT_EXPECT_EQ(test, -EBADMSG,
				sspi_utf16le_to_utf8(in, NULL, 0));
	}
	KUNIT_EXPECT_EQ(test, -EBADMSG,
			sspi_utf8_to_utf16le(TESTLIB_SPAN(nul), NULL, 0));
	testlib_counted(test, ARRAY_SIZE(bad_utf8) + 2 * i + 1);
}

/* Checked against an encoder of a different kind: by the tables of the RFC. */
static unsigned int encode_utf8(u32 code, u8 out[4])
{
	static const u32 above[] = { 0, 0x80, 0x800, 0x10000 };
	static const u8 lead[] = { 0, 0xc0, 0xe0, 0xf0 };
	unsigned int more = 3, i;

	while (code < above[more])
		more--;
	for (i = more; i > 0; i--, code >>= 6)
		out[i] = 0x80 | (code & 0x3f);
	out[0] = lead[more] | code;
	return more + 1;
}

/* Every code point of the BMP, and some of each other plane. */
static void utf_round_trips(struct kunit *test)
{
	struct testlib_guard guard = testlib_guard(test, 4);
	unsigned int count = 0;
	u32 code;

	for (code = 1; code <= 0x10ffff; code += code < 0x10000 ? 1 : 251) {
		u8 utf8[4], back[4];
		struct sspi_span in = { .data = utf8 }, wide;
		int len, measured;
		u8 *room;

		in.len = encode_utf8(code, utf8);
		measured = sspi_utf8_to_utf16le(in, NULL, 0);
		if (code >= 0xd800 && code <= 0xdfff) {
			KUNIT_ASSERT_EQ(test, measured, -EBADMSG);
			continue;
		}
		KUNIT_ASSERT_EQ(test, measured, code < 0x10000 ? 2 : 4);
		room = testlib_guard_room(&guard, measured, 0xee);
		len = sspi_utf8_to_utf16le(in, room, measured);
		KUNIT_ASSERT_EQ(test, len, measured);
		KUNIT_ASSERT_EQ(test, -ENOSPC,
				sspi_utf8_to_utf16le(in, back, len - 1));
		wide.data = room;
		wide.len = len;
		len = sspi_utf16le_to_utf8(wide, back, sizeof(back));
		KUNIT_ASSERT_EQ(test, len, (int)in.len);
		KUNIT_ASSERT_EQ(test, 0, memcmp(back, utf8, len));
		KUNIT_ASSERT_EQ(test, -ENOSPC,
				sspi_utf16le_to_utf8(wide, back, len - 1));
		count++;
	}
	testlib_counted(test, count);
}

/* The table read from its start to its end, as it was generated. */
static u16 upcase_slowly(u16 unit)
{
	unsigned int i;

	for (i = 0; i < UPCASE_RANGES; i++) {
		const struct upcase_range *range = &upcase_ranges[i];

		if (unit >= range->first && unit <= range->last &&
		    (unit - range->first) % range->stride == 0)
			return unit + range->delta;
	}
	return unit;
}

static void upcase_is_the_table(struct kunit *test)
{
	static const u16 known[][2] = {
		{ 'a', 'A' }, { 'z', 'Z' }, { '{', '{' }, { 0x00e4, 0x00c4 },
		{ 0x00df, 0x00df }, { 0x00f7, 0x00f7 }, { 0x00ff, 0x0178 },
		{ 0x03c9, 0x03a9 }, { 0x0451, 0x0401 }, { 0x1e01, 0x1e00 },
		{ 0xff5a, 0xff3a }, { 0x4e2d, 0x4e2d }, { 0xd801, 0xd801 },
		{ 0x01c6, 0x01c4 }, { 0x01c5, 0x01c4 }, { 0xab70, 0x13a0 },
	};
	unsigned int unit, changed = 0, i;

	for (i = 0; i < ARRAY_SIZE(known); i++)
		KUNIT_EXPECT_EQ(test, sspi_upcase(known[i][0]), known[i][1]);
	for (unit = 0; unit <= U16_MAX; unit++) {
		u16 upper = sspi_upcase(unit);

		changed += upper != unit;
		KUNIT_ASSERT_EQ(test, upper, upcase_slowly(unit));
		KUNIT_ASSERT_EQ(test, upper, sspi_upcase(upper));
	}
	KUNIT_EXPECT_EQ(test, changed, UPCASE_PAIRS);
	testlib_counted(test, unit);
}

static void upcase_of_texts(struct kunit *test)
{
	static const u8 lower[] = { 'u', 0, 0xe4, 0, '1', 0 };
	static const u8 upper[] = { 'U', 0, 0xc4, 0, '1', 0 };
	u8 text[sizeof(lower)];

	memcpy(text, lower, sizeof(text));
	sspi_utf16le_upcase(text, sizeof(text));
	KUNIT_EXPECT_MEMEQ(test, text, upper, sizeof(text));
	KUNIT_EXPECT_TRUE(test, sspi_utf16le_equal_nocase(TESTLIB_SPAN(lower),
							  TESTLIB_SPAN(upper)));
	text[4] = '2';
	KUNIT_EXPECT_FALSE(test, sspi_utf16le_equal_nocase(TESTLIB_SPAN(lower),
							   TESTLIB_SPAN(text)));
}

/* --- bindings --- */

static void bindings_flatten_as_gss(struct kunit *test)
{
	/* RFC 4121 4.1.1.2: type, length, text; type, length, text; length, text. */
	static const u8 want[] = {
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		5, 0, 0, 0, 't', 'l', 's', '-', 'x',
	};
	struct {
		struct sec_channel_bindings head;
		u8 text[5];
	} raw = {
		.head = {
			.initiator_offset = U32_MAX,	/* of no text */
			.application_data_len = 5,
			.application_data_offset = sizeof(raw.head),
		},
		.text = { 't', 'l', 's', '-', 'x' },
	};
	struct sspi_span in = { .data = (u8 *)&raw, .len = sizeof(raw.head) + 5 };
	struct sspi_bindings_view view;
	u8 out[sizeof(want)];

	KUNIT_ASSERT_EQ(test, 0, sspi_bindings_parse(in, &view));
	KUNIT_EXPECT_EQ(test, (int)sizeof(want),
			sspi_bindings_flatten(&view, NULL, 0));
	KUNIT_EXPECT_EQ(test, -ENOSPC,
			sspi_bindings_flatten(&view, out, sizeof(out) - 1));
	KUNIT_EXPECT_EQ(test, (int)sizeof(want),
			sspi_bindings_flatten(&view, out, sizeof(out)));
	KUNIT_EXPECT_MEMEQ(test, out, want, sizeof(want));

	raw.head.application_data_offset = 4;	/* in the head */
	KUNIT_EXPECT_EQ(test, -EBADMSG, sspi_bindings_parse(in, &view));
	raw.head.application_data_offset = U32_MAX - 2;
	KUNIT_EXPECT_EQ(test, -EBADMSG, sspi_bindings_parse(in, &view));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(reader_stops_at_the_end),
	KUNIT_CASE(writer_stops_at_the_end),
	KUNIT_CASE(subspan_does_not_wrap),
	KUNIT_CASE(utf_refuses_bad_text),
	KUNIT_CASE(utf_round_trips),
	KUNIT_CASE(upcase_is_the_table),
	KUNIT_CASE(upcase_of_texts),
	KUNIT_CASE(bindings_flatten_as_gss),
	{}
};

static struct kunit_suite suite = {
	.name = "sspi_codec",
	.test_cases = cases,
};

kunit_test_suite(suite);
