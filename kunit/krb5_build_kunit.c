// SPDX-License-Identifier: GPL-2.0-only
/* What the codec of Kerberos builds and no sample of others has. */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/string.h>

#include "codec/krb5_fast.h"
#include "codec/krb5_gss.h"
#include "testlib.h"

static const u8 octets[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };

static struct sspi_span text(const char *text)
{
	return (struct sspi_span){ .data = (const u8 *)text,
				   .len = strlen(text) };
}

/* MS-KILE 2.2.10 and 2.2.3. */
static void small_padata(struct kunit *test)
{
	static const u8 rbcd[] = {
		0x30, 0x09, 0xa0, 0x07, 0x03, 0x05, 0x00, 0x10, 0x00, 0x00,
		0x00,
	};
	static const u8 with_pac[] = {
		0x30, 0x05, 0xa0, 0x03, 0x01, 0x01, 0xff,
	};
	u8 out[16];
	u32 flags;

	KUNIT_ASSERT_EQ(test, (int)sizeof(rbcd),
			krb5_build_pac_options(KRB5_PAC_OPT_RBCD, out, 16));
	KUNIT_EXPECT_MEMEQ(test, out, rbcd, sizeof(rbcd));
	KUNIT_EXPECT_EQ(test, 0,
			krb5_parse_pac_options(TESTLIB_SPAN(rbcd), &flags));
	KUNIT_EXPECT_EQ(test, flags, KRB5_PAC_OPT_RBCD);
	KUNIT_ASSERT_EQ(test, (int)sizeof(with_pac),
			krb5_build_pac_request(true, out, 16));
	KUNIT_EXPECT_MEMEQ(test, out, with_pac, sizeof(with_pac));
}

/* MS-SFU 2.2.1: what the checksum covers has no lengths in it. */
static void checksum_input_of_for_user(struct kunit *test)
{
	static const u8 want[] = "\x0a\0\0\0ubRKerberos";
	struct krb5_pa_for_user pa = { };
	u8 out[32];

	pa.user.name.type = KRB5_NT_ENTERPRISE;
	pa.user.name.count = 2;
	pa.user.name.part[0] = text("u");
	pa.user.name.part[1] = text("b");
	pa.user.realm = text("R");
	pa.package = text("Kerberos");
	KUNIT_ASSERT_EQ(test, (int)sizeof(want) - 1,
			krb5_build_pa_for_user_sum(&pa, out, sizeof(out)));
	KUNIT_EXPECT_MEMEQ(test, out, want, sizeof(want) - 1);
}

/* RFC 6113 5.4.2, with armor and without. */
static void fast_requests(struct kunit *test)
{
	struct krb5_fast_armored_req req = { }, again;
	struct sspi_span in = { };
	u8 out[128];
	int i, len;

	req.cksum.type = 16;
	req.cksum.sum = TESTLIB_SPAN(octets);
	req.enc.enctype = 18;
	req.enc.cipher = TESTLIB_SPAN(octets);
	in.data = out;
	for (i = 0; i < 2; i++) {
		len = krb5_build_fast_request(&req, out, sizeof(out));
		KUNIT_ASSERT_GT(test, len, 0);
		in.len = len;
		KUNIT_EXPECT_EQ(test, 0, krb5_parse_fast_request(in, &again));
		KUNIT_EXPECT_EQ(test, again.cksum.type, 16);
		KUNIT_EXPECT_EQ(test, again.enc.cipher.len, sizeof(octets));
		KUNIT_EXPECT_EQ(test, !!again.armor.value.data, i == 1);
		req.armor.type = KRB5_FX_FAST_ARMOR_AP_REQUEST;
		req.armor.value = TESTLIB_SPAN(octets);
	}
}

/* RFC 4121 4.2.6: every bit of the fixed octets counts. */
static void message_heads(struct kunit *test)
{
	struct krb5_gss_wrap wrap = {
		.flags = 6, .ec = 0x1234, .rrc = 28,
		.seq = 0x0102030405060708ULL,
	}, wrap_again;
	struct krb5_gss_mic mic;
	struct sspi_span in;
	u8 head[KRB5_GSS_TOKEN_HEAD];
	int at, err;

	in = TESTLIB_SPAN(head);
	krb5_build_gss_wrap_head(&wrap, head);
	KUNIT_EXPECT_EQ(test, 0, krb5_parse_gss_wrap(in, &wrap_again));
	KUNIT_EXPECT_EQ(test, wrap_again.ec, wrap.ec);
	KUNIT_EXPECT_EQ(test, wrap_again.rrc, wrap.rrc);
	KUNIT_EXPECT_EQ(test, wrap_again.seq, wrap.seq);
	KUNIT_EXPECT_EQ(test, wrap_again.body.len, 0);
	KUNIT_EXPECT_EQ(test, -EBADMSG, krb5_parse_gss_mic(in, &mic));
	krb5_build_gss_mic_head(5, wrap.seq, head);
	KUNIT_EXPECT_EQ(test, 0, krb5_parse_gss_mic(in, &mic));
	KUNIT_EXPECT_EQ(test, mic.seq, wrap.seq);
	for (at = 0; at < KRB5_GSS_TOKEN_HEAD; at++) {
		head[at] ^= 1;
		err = krb5_parse_gss_mic(in, &mic);
		KUNIT_EXPECT_EQ(test, err, at == 2 || at >= 8 ? 0 : -EBADMSG);
		head[at] ^= 1;
	}
	in.len--;
	KUNIT_EXPECT_EQ(test, -EBADMSG, krb5_parse_gss_mic(in, &mic));
}

/* RFC 4121 4.1.1: with delegation and an extension; then damaged. */
static void delegation(struct kunit *test)
{
	static const u8 ext[] = { 0, 0, 0, 2, 0, 0, 0, 1, 0xaa };
	struct krb5_gss_cksum sum = { .flags = KRB5_GSS_C_DELEG }, again;
	struct krb5_gss_ext found;
	struct sspi_span in = { };
	u8 out[64];
	int len;

	sum.delegation = TESTLIB_SPAN(octets);
	sum.extensions = TESTLIB_SPAN(ext);
	len = krb5_build_gss_cksum(&sum, out, sizeof(out));
	KUNIT_ASSERT_EQ(test, len, (int)(28 + sizeof(octets) + sizeof(ext)));
	in.data = out;
	in.len = len;
	KUNIT_EXPECT_EQ(test, 0, krb5_parse_gss_cksum(in, &again));
	KUNIT_EXPECT_EQ(test, again.delegation.len, sizeof(octets));
	KUNIT_EXPECT_EQ(test, 1, krb5_next_gss_ext(&again.extensions, &found));
	KUNIT_EXPECT_EQ(test, found.type, 2);
	KUNIT_EXPECT_EQ(test, 0, krb5_next_gss_ext(&again.extensions, &found));
	out[24] ^= 2;			/* DlgOpt */
	KUNIT_EXPECT_EQ(test, -EBADMSG, krb5_parse_gss_cksum(in, &again));
	out[24] ^= 2;
	out[26] = 0xff;			/* its length */
	KUNIT_EXPECT_EQ(test, -EBADMSG, krb5_parse_gss_cksum(in, &again));
	out[0] = 15;			/* of the bindings */
	KUNIT_EXPECT_EQ(test, -EBADMSG, krb5_parse_gss_cksum(in, &again));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(small_padata),
	KUNIT_CASE(checksum_input_of_for_user),
	KUNIT_CASE(fast_requests),
	KUNIT_CASE(message_heads),
	KUNIT_CASE(delegation),
	{}
};

static struct kunit_suite suite = {
	.name = "sspi_krb5_build",
	.test_cases = cases,
};

kunit_test_suite(suite);
