// SPDX-License-Identifier: GPL-2.0-only
/*
 * NTLM message protection: the published examples and every variant that can be
 * negotiated, both ways; any change refused, and nothing changed by it.
 */
#include <kunit/test.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "codec/ntlmssp.h"
#include "kunit/ntlm/ntlm_pair.h"
#include "spi.h"
#include "kunit/vectors/ntlm_msnlmp.h"

#define TOKEN_LEN	NTLM_MESSAGE_SIGNATURE_LEN
#define MESSAGE_LEN	61
#define FLAGS_AT	20

/* What a variant is made of: the flags of the CHALLENGE, changed. */
struct variant {
	const char *name;
	u32 set;
	u32 clear;
	u64 isc;
	u8 lm_compat;
};

#define BOTH_REQ (ISC_REQ_INTEGRITY | ISC_REQ_CONFIDENTIALITY)
#define ESS NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY

static const struct variant variants[] = {
	{ "128, key exchange", 0, 0, BOTH_REQ, 3 },
	{ "128", 0, NTLMSSP_NEGOTIATE_KEY_EXCH, BOTH_REQ, 3 },
	{ "sign, key exchange", 0, 0, ISC_REQ_INTEGRITY, 3 },
	{ "sign", 0, NTLMSSP_NEGOTIATE_KEY_EXCH, ISC_REQ_INTEGRITY, 3 },
	{ "56", 0, NTLMSSP_NEGOTIATE_128, BOTH_REQ, 1 },
	{ "40", 0, NTLMSSP_NEGOTIATE_128 | NTLMSSP_NEGOTIATE_56, BOTH_REQ, 1 },
	{ "CRC, key exchange", 0, ESS, BOTH_REQ, 1 },
	{ "CRC", 0, ESS | NTLMSSP_NEGOTIATE_KEY_EXCH, BOTH_REQ, 1 },
	{ "CRC, LM key 56", NTLMSSP_NEGOTIATE_LM_KEY, ESS, BOTH_REQ, 0 },
	{ "CRC, LM key 40", NTLMSSP_NEGOTIATE_LM_KEY,
	  ESS | NTLMSSP_NEGOTIATE_56, BOTH_REQ, 0 },
	{ "CRC, other key", NTLMSSP_REQUEST_NON_NT_SESSION_KEY, ESS,
	  BOTH_REQ, 0 },
};

static bool is_ess(const struct variant *v)
{
	return !(v->clear & ESS) && v->lm_compat;
}

static bool seals(const struct variant *v)
{
	return v->isc & ISC_REQ_CONFIDENTIALITY;
}

/* An established pair of that variant; its CHALLENGE is made to order. */
static struct ntlm_pair *established(struct kunit *test,
				     const struct variant *v)
{
	struct ntlm_pair *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);
	struct sspi_span preset;
	u32 flags = V2_FLAGS;
	u8 *bytes;

	KUNIT_ASSERT_NOT_NULL(test, p);
	bytes = kunit_kzalloc(test, sizeof(v2_challenge_message), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, bytes);
	ntlm_pair_init(p);
	p->identity.secret = "Password";
	p->identity.secret_len = 8;
	p->account = p->identity;
	p->isc = v->isc;
	p->client.lm_compat = v->lm_compat;
	p->server.lm_compat = v->lm_compat;
	memcpy(bytes, v2_challenge_message, sizeof(v2_challenge_message));
	flags = (flags & ~v->clear) | v->set;
	if (!seals(v))
		flags &= ~NTLMSSP_NEGOTIATE_SEAL;
	bytes[FLAGS_AT] = flags;
	bytes[FLAGS_AT + 1] = flags >> 8;
	bytes[FLAGS_AT + 2] = flags >> 16;
	bytes[FLAGS_AT + 3] = flags >> 24;
	preset.data = bytes;
	preset.len = sizeof(v2_challenge_message);
	p->preset = preset;
	SSPI_EXPECT_STATUS(test, ntlm_pair_acquire(p), SEC_E_OK);
	KUNIT_EXPECT_EQ_MSG(test, STATUS_NR(SEC_E_OK),
			    STATUS_NR(ntlm_pair_run(p)), "%s: %s", v->name,
			    p->reason ? p->reason : "");
	return p;
}

/* A message of three parts: DATA, signed only, DATA, and a read-only one. */
struct letter {
	u8 bytes[MESSAGE_LEN];
	u8 token[TOKEN_LEN];
	struct sspi_part parts[4];
	struct sspi_message msg;
};

static void letter_init(struct letter *l, u8 fill)
{
	static const u32 lens[] = { 17, 5, 30, 9 };
	static const enum sspi_part_kind kinds[] = {
		SSPI_PART_DATA, SSPI_PART_SIGN_ONLY, SSPI_PART_DATA,
		SSPI_PART_READONLY,
	};
	u8 *at = l->bytes;
	unsigned int i;

	memset(l, 0, sizeof(*l));
	for (i = 0; i < MESSAGE_LEN; i++)
		l->bytes[i] = fill + i;
	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		l->parts[i].kind = kinds[i];
		l->parts[i].len = lens[i];
		l->parts[i].data = at;
		at += lens[i];
	}
	l->msg.parts = l->parts;
	l->msg.part_count = ARRAY_SIZE(lens);
	l->msg.token = l->token;
	l->msg.token_len = TOKEN_LEN;
}

static void expect_plain(struct kunit *test, const struct letter *l, u8 fill)
{
	struct letter want;

	letter_init(&want, fill);
	KUNIT_EXPECT_MEMEQ(test, l->bytes, want.bytes, MESSAGE_LEN);
}

/* One message from @from to @to; sealed, sealed without encryption, signed. */
static void send(struct kunit *test, void *from, void *to, unsigned int kind,
		 u8 fill)
{
	const struct sspi_package_ops *ops = ntlm_package.ops;
	struct letter l;

	letter_init(&l, fill);
	l.msg.qop = kind == 1 ? SECQOP_WRAP_NO_ENCRYPT : 0;
	SSPI_EXPECT_STATUS(test,
			   kind < 2 ? ops->seal(from, &l.msg) : ops->sign(from, &l.msg),
			   SEC_E_OK);
	KUNIT_EXPECT_EQ(test, kind != 0,
			l.bytes[0] == fill && l.bytes[1] == (u8)(fill + 1) &&
			l.bytes[2] == (u8)(fill + 2));
	/* What is only signed stays in the clear. */
	KUNIT_EXPECT_EQ(test, l.bytes[17], (u8)(fill + 17));
	KUNIT_EXPECT_EQ(test, l.bytes[60], (u8)(fill + 60));
	SSPI_EXPECT_STATUS(test,
			   kind < 2 ? ops->unseal(to, &l.msg) : ops->verify(to, &l.msg),
			   SEC_E_OK);
	KUNIT_EXPECT_EQ(test, l.msg.qop,
			kind == 1 ? SECQOP_WRAP_NO_ENCRYPT : 0);
	expect_plain(test, &l, fill);
}

static void ntlm_every_variant_both_ways(struct kunit *test)
{
	unsigned int i, n, count = 0;

	for (i = 0; i < ARRAY_SIZE(variants); i++) {
		struct ntlm_pair *p = established(test, &variants[i]);

		for (n = 0; n < 24; n++, count++) {
			unsigned int kind = n / 2 % 3;

			if (!kind && !seals(&variants[i]))
				kind = 1;
			send(test, n % 2 ? p->acc : p->init,
			     n % 2 ? p->init : p->acc, kind, n);
		}
		ntlm_pair_release(p);
	}
	testlib_counted(test, count);
}

/* Both kinds of opening refuse, and give the bytes back as they were. */
static bool refused(void *ctx, struct letter *l, bool sealed)
{
	struct letter before = *l;
	sec_status_t status;

	status = sealed ? ntlm_package.ops->unseal(ctx, &l->msg) :
			  ntlm_package.ops->verify(ctx, &l->msg);
	if (status != SEC_E_MESSAGE_ALTERED && status != SEC_E_OUT_OF_SEQUENCE)
		return false;
	return !memcmp(before.bytes, l->bytes, MESSAGE_LEN) &&
	       !memcmp(before.token, l->token, TOKEN_LEN);
}

static unsigned int flip_letter(struct kunit *test, const struct variant *v,
				struct ntlm_pair *p, bool sealed)
{
	const struct sspi_package_ops *ops = ntlm_package.ops;
	unsigned int i, count = 0;
	struct letter l;

	letter_init(&l, 7);
	SSPI_EXPECT_STATUS(test,
			   sealed ? ops->seal(p->init, &l.msg) : ops->sign(p->init, &l.msg),
			   SEC_E_OK);
	for (i = 0; i < MESSAGE_LEN + TOKEN_LEN; i++) {
		u8 *at = i < MESSAGE_LEN ? &l.bytes[i] :
					   &l.token[i - MESSAGE_LEN];

		/* 2.2.2.9.1: nobody looks at the RandomPad. */
		if (!is_ess(v) && at >= l.token + 4 && at < l.token + 8)
			continue;
		*at ^= 0x10;
		KUNIT_EXPECT_TRUE_MSG(test, refused(p->acc, &l, sealed),
				      "%s: byte %u", v->name, i);
		*at ^= 0x10;
		count++;
	}
	for (i = 0; i < TOKEN_LEN; i++, count++) {
		l.msg.token_len = i;
		KUNIT_EXPECT_TRUE(test, refused(p->acc, &l, sealed));
	}
	l.msg.token_len = TOKEN_LEN;
	/* After all that the message itself still counts, once. */
	SSPI_EXPECT_STATUS(test,
			   sealed ? ops->unseal(p->acc, &l.msg) : ops->verify(p->acc, &l.msg),
			   SEC_E_OK);
	expect_plain(test, &l, 7);
	KUNIT_EXPECT_TRUE(test, refused(p->acc, &l, sealed));
	return count;
}

static void ntlm_any_change_is_refused(struct kunit *test)
{
	unsigned int i, count = 0;

	for (i = 0; i < ARRAY_SIZE(variants); i++) {
		struct ntlm_pair *p = established(test, &variants[i]);

		count += flip_letter(test, &variants[i], p, false);
		if (seals(&variants[i]))
			count += flip_letter(test, &variants[i], p, true);
		count += flip_letter(test, &variants[i], p, false);
		ntlm_pair_release(p);
	}
	testlib_counted(test, count);
}

/* GSS_WrapEx of 4.2.2.4, 4.2.3.4 and 4.2.4.4, and of 4.2.4 without a key
 * exchange: signature and cipher text of the first message of a client.
 */
static void expect_wrap(struct kunit *test, struct ntlm_pair *p,
			const u8 *cipher, const u8 *signature)
{
	u8 stream[TOKEN_LEN + sizeof(common_plaintext)];
	struct sspi_part part = {
		.kind = SSPI_PART_DATA,
		.len = sizeof(common_plaintext),
		.data = stream + TOKEN_LEN,
	};
	struct sspi_message msg = {
		.parts = &part,
		.part_count = 1,
		.token = stream,
		.token_len = TOKEN_LEN,
	};
	struct sspi_span plain = { };
	u32 qop = 1;

	memcpy(part.data, common_plaintext, part.len);
	SSPI_EXPECT_STATUS(test,
			   ntlm_package.ops->seal(p->init, &msg), SEC_E_OK);
	KUNIT_EXPECT_MEMEQ(test, part.data, cipher, part.len);
	KUNIT_EXPECT_MEMEQ(test, stream, signature, TOKEN_LEN);
	SSPI_EXPECT_STATUS(test,
			   ntlm_package.ops->unseal_stream(p->acc, stream,
				sizeof(stream), &plain, &qop),
			   SEC_E_OK);
	KUNIT_EXPECT_EQ(test, plain.len, sizeof(common_plaintext));
	KUNIT_EXPECT_EQ(test, qop, 0u);
	KUNIT_EXPECT_MEMEQ(test, plain.data, common_plaintext, plain.len);
	/* Too short for a signature. */
	SSPI_EXPECT_STATUS(test,
			   ntlm_package.ops->unseal_stream(p->acc, stream, 15, &plain, &qop),
			   SEC_E_MESSAGE_ALTERED);
}

/* Exchanges whose exported session key is that of the examples. */
static void wrap_case(struct kunit *test, struct sspi_span challenge,
		      u32 clear, u8 lm_compat, const u8 *cipher,
		      const u8 *signature)
{
	struct ntlm_pair *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);
	u8 script[24];
	u8 *bytes;

	KUNIT_ASSERT_NOT_NULL(test, p);
	bytes = kunit_kzalloc(test, challenge.len, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, bytes);
	memcpy(bytes, challenge.data, challenge.len);
	bytes[FLAGS_AT + 3] &= ~(clear >> 24);
	bytes[FLAGS_AT + 2] |= clear ? 0x08 : 0;
	memcpy(script, common_client_challenge, 8);
	memcpy(script + 8, common_random_session_key, 16);
	ntlm_pair_init(p);
	p->script.random = TESTLIB_SPAN(script);
	p->identity.secret = "Password";
	p->identity.secret_len = 8;
	p->account = p->identity;
	p->target = NULL;
	p->client.lm_compat = lm_compat;
	p->server.lm_compat = lm_compat;
	p->preset = (struct sspi_span){ bytes, challenge.len };
	SSPI_EXPECT_STATUS(test, ntlm_pair_acquire(p), SEC_E_OK);
	SSPI_EXPECT_STATUS(test, ntlm_pair_run(p), SEC_E_OK);
	expect_wrap(test, p, cipher, signature);
	ntlm_pair_release(p);
}

static void ntlm_published_examples(struct kunit *test)
{
	wrap_case(test, TESTLIB_SPAN(v1_challenge_message), 0, 0,
		  v1_gss_wrap_ex_cipher, v1_gss_wrap_ex_signature);
	wrap_case(test, TESTLIB_SPAN(v1_challenge_message),
		  NTLMSSP_NEGOTIATE_KEY_EXCH | NTLMSSP_NEGOTIATE_128, 1,
		  v1c_gss_wrap_ex_cipher, v1c_gss_wrap_ex_signature);
	wrap_case(test, TESTLIB_SPAN(v2_challenge_message), 0, 3,
		  v2_gss_wrap_ex_cipher, v2_gss_wrap_ex_signature);
}

static void ntlm_numbers(struct kunit *test)
{
	const struct sspi_package_ops *ops = ntlm_package.ops;
	struct ntlm_pair *p = established(test, &variants[0]);
	struct letter first, second;

	letter_init(&first, 1);
	letter_init(&second, 2);
	SSPI_EXPECT_STATUS(test, ops->sign(p->init, &first.msg), SEC_E_OK);
	SSPI_EXPECT_STATUS(test, ops->sign(p->init, &second.msg), SEC_E_OK);
	/* Out of turn: refused, and the window stays. */
	SSPI_EXPECT_STATUS(test,
			   ops->verify(p->acc, &second.msg),
			   SEC_E_OUT_OF_SEQUENCE);
	SSPI_EXPECT_STATUS(test, ops->verify(p->acc, &first.msg), SEC_E_OK);
	SSPI_EXPECT_STATUS(test,
			   ops->verify(p->acc, &first.msg),
			   SEC_E_OUT_OF_SEQUENCE);
	SSPI_EXPECT_STATUS(test, ops->verify(p->acc, &second.msg), SEC_E_OK);
	/* What one side has sent is nothing to itself. */
	letter_init(&first, 3);
	SSPI_EXPECT_STATUS(test, ops->sign(p->acc, &first.msg), SEC_E_OK);
	SSPI_EXPECT_STATUS(test,
			   ops->verify(p->acc, &first.msg),
			   SEC_E_OUT_OF_SEQUENCE);
	ntlm_pair_release(p);
}

static void ntlm_what_is_not_negotiated(struct kunit *test)
{
	static const struct variant none = { "none", 0, 0, 0, 3 };
	const struct sspi_package_ops *ops = ntlm_package.ops;
	struct ntlm_pair *p = established(test, &none);
	struct letter l;

	letter_init(&l, 1);
	SSPI_EXPECT_STATUS(test,
			   ops->sign(p->init, &l.msg),
			   SEC_E_UNSUPPORTED_FUNCTION);
	SSPI_EXPECT_STATUS(test,
			   ops->verify(p->init, &l.msg),
			   SEC_E_UNSUPPORTED_FUNCTION);
	SSPI_EXPECT_STATUS(test,
			   ops->seal(p->init, &l.msg),
			   SEC_E_UNSUPPORTED_FUNCTION);
	ntlm_pair_release(p);

	/* Signing only: sealing is not to be had, its layout is. */
	p = established(test, &variants[2]);
	letter_init(&l, 1);
	SSPI_EXPECT_STATUS(test,
			   ops->seal(p->init, &l.msg),
			   SEC_E_UNSUPPORTED_FUNCTION);
	expect_plain(test, &l, 1);
	l.msg.qop = 5;
	SSPI_EXPECT_STATUS(test,
			   ops->seal(p->init, &l.msg), SEC_E_QOP_NOT_SUPPORTED);
	l.msg.qop = 0;
	l.msg.token_len = TOKEN_LEN - 1;
	SSPI_EXPECT_STATUS(test,
			   ops->sign(p->init, &l.msg), SEC_E_BUFFER_TOO_SMALL);
	ntlm_pair_release(p);
}

/* Connectionless: numbers are the caller's, messages come in any order. */
static void ntlm_datagrams(struct kunit *test)
{
	static const u32 order[] = { 7, 2, 0xffffffff, 2 };
	const struct sspi_package_ops *ops = ntlm_package.ops;
	struct ntlm_pair *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);
	struct letter l;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, p);
	ntlm_pair_init(p);
	p->isc |= ISC_REQ_DATAGRAM;
	p->asc = ASC_REQ_DATAGRAM;
	SSPI_EXPECT_STATUS(test, ntlm_pair_acquire(p), SEC_E_OK);
	SSPI_EXPECT_STATUS(test, ntlm_pair_run(p), SEC_E_OK);
	KUNIT_EXPECT_EQ(test, p->negotiate.len, (size_t)0);
	KUNIT_EXPECT_TRUE(test, p->acc_attr & ASC_RET_DATAGRAM);
	for (i = 0; i < ARRAY_SIZE(order); i++) {
		letter_init(&l, i);
		l.msg.seq = order[i];
		SSPI_EXPECT_STATUS(test, ops->seal(p->init, &l.msg), SEC_E_OK);
		l.msg.seq = order[i] + 1;
		SSPI_EXPECT_STATUS(test,
				   ops->unseal(p->acc, &l.msg),
				   SEC_E_OUT_OF_SEQUENCE);
		l.msg.seq = order[i];
		SSPI_EXPECT_STATUS(test, ops->unseal(p->acc, &l.msg), SEC_E_OK);
		expect_plain(test, &l, i);
	}
	ntlm_pair_release(p);
	testlib_counted(test, i);
}

static struct kunit_case ntlm_msg_cases[] = {
	KUNIT_CASE(ntlm_every_variant_both_ways),
	KUNIT_CASE(ntlm_any_change_is_refused),
	KUNIT_CASE(ntlm_published_examples),
	KUNIT_CASE(ntlm_numbers),
	KUNIT_CASE(ntlm_what_is_not_negotiated),
	KUNIT_CASE(ntlm_datagrams),
	{ }
};

static struct kunit_suite ntlm_msg_suite = {
	.name = "sspi_ntlm_msg",
	.test_cases = ntlm_msg_cases,
};

kunit_test_suite(ntlm_msg_suite);
