// SPDX-License-Identifier: GPL-2.0-only
/* What the codec of Kerberos builds and no sample of others has. */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "codec/krb5_ap.h"
#include "codec/krb5_fast.h"
#include "codec/krb5_gss.h"
#include "crypto/krb5_crypto.h"
#include "kunit/support/testlib.h"

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

static void bound_of_enc_ap_rep(struct kunit *test)
{
	struct krb5_enc_ap_rep part = {
		.ctime = 0x7fffffff,
		.cusec = 999999,
		.subkey = { INT_MIN, { octets, KRB5_MAX_KEY } },
		.has_seq = true,
		.seq = U32_MAX,
	};
	int len = krb5_build_enc_ap_rep(&part, NULL, 0);

	KUNIT_EXPECT_GT(test, len, KRB5_MAX_KEY);
	KUNIT_EXPECT_LE(test, len, KRB5_ENC_AP_REP_MAX);
}

/*
 * What stands around the fields of a token never takes more than its bound, or
 * a token that is built into that room would not be built. Nothing is read of
 * the fields while it is only measured.
 */
static void bounds(struct kunit *test)
{
	static const u32 lengths[] = { 0, 1, 127, 128, 255, 256, 65535, 65536,
				       0xffffff, 0x1000000, 0x10000000 };
	struct krb5_ap_req req = { .options = U32_MAX };
	struct krb5_encrypted *enc = &req.authenticator;
	struct krb5_gss_token token = { .mech = KRB5_MECH_U2U };
	u32 i, len;

	enc->enctype = INT_MIN;
	enc->cipher.data = octets;
	req.ticket.whole.data = octets;
	token.body.data = octets;
	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		len = lengths[i];
		enc->cipher.len = len;
		req.ticket.whole.len = len;
		token.body.len = len;
		KUNIT_EXPECT_LE(test, krb5_build_ap_req(&req, NULL, 0),
				(int)(2 * len + KRB5_AP_REQ_AROUND));
		KUNIT_EXPECT_LE(test, krb5_build_ap_rep(enc, NULL, 0),
				(int)(len + KRB5_AP_REP_AROUND));
		KUNIT_EXPECT_LE(test, krb5_build_gss_token(&token, NULL, 0),
				(int)(len + KRB5_GSS_FRAME_MAX));
		KUNIT_EXPECT_GT(test, krb5_build_ap_req(&req, NULL, 0),
				(int)(2 * len));
	}
	testlib_counted(test, i);
	bound_of_enc_ap_rep(test);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(small_padata),
	KUNIT_CASE(checksum_input_of_for_user),
	KUNIT_CASE(fast_requests),
	KUNIT_CASE(message_heads),
	KUNIT_CASE(delegation),
	KUNIT_CASE(bounds),
	{}
};

static struct kunit_suite suite = {
	.name = "sspi_krb5_build",
	.test_cases = cases,
};

kunit_test_suite(suite);
