// SPDX-License-Identifier: GPL-2.0-only
/* NTLM logons under attack: altered, cut, forged, reflected and stale tokens. */
#include <kunit/test.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "codec/ntlmssp.h"
#include "kunit/ntlm/ntlm_pair.h"
#include "spi.h"

/* An initiator that has just sent its NEGOTIATE, the token dropped. */
static void fresh_initiator(struct ntlm_pair *p)
{
	struct sspi_blob none;

	ntlm_pair_drop_init(p);
	(void)!ntlm_pair_initialize(p, (struct sspi_span){ }, &none);
	sspi_free(none.data);
}

static void fresh_acceptor(struct ntlm_pair *p)
{
	struct sspi_blob none;

	ntlm_pair_drop_acc(p);
	(void)!ntlm_pair_accept(p, ntlm_pair_span(&p->negotiate), &none);
	sspi_free(none.data);
}

/*
 * A run whose acceptor can be made again and again: its own CHALLENGE as the
 * preset.
 */
static struct ntlm_pair *recorded(struct kunit *test)
{
	struct ntlm_pair *p = ntlm_pair_new(test);

	SSPI_EXPECT_STATUS(test, ntlm_pair_acquire(p), SEC_E_OK);
	SSPI_EXPECT_STATUS(test, ntlm_pair_run(p), SEC_E_OK);
	p->preset = ntlm_pair_span(&p->challenge);
	return p;
}

static u8 *copy_of(struct kunit *test, const struct sspi_blob *token)
{
	u8 *copy = kunit_kzalloc(test, token->len, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, copy);
	memcpy(copy, token->data, token->len);
	return copy;
}

/* Whether the exchange still ends well with one message replaced. */
static sec_status_t with_negotiate(struct ntlm_pair *p, struct sspi_span token)
{
	struct sspi_blob none;
	sec_status_t status;

	ntlm_pair_drop_acc(p);
	status = ntlm_pair_accept(p, token, &none);
	sspi_free(none.data);
	if (status == SEC_I_CONTINUE_NEEDED)
		status = ntlm_pair_logon(p);
	return status;
}

static sec_status_t with_challenge(struct ntlm_pair *p, struct sspi_span token)
{
	struct sspi_blob answer, none;
	sec_status_t status;

	fresh_initiator(p);
	status = ntlm_pair_initialize(p, token, &answer);
	if (status == SEC_E_OK) {
		fresh_acceptor(p);
		status = ntlm_pair_accept(p, ntlm_pair_span(&answer), &none);
	}
	sspi_free(answer.data);
	return status;
}

static sec_status_t with_authenticate(struct ntlm_pair *p,
				      struct sspi_span token)
{
	struct sspi_blob none;

	fresh_acceptor(p);
	return ntlm_pair_accept(p, token, &none);
}

typedef sec_status_t (*with_fn)(struct ntlm_pair *p, struct sspi_span token);

/*
 * Every byte of the three messages is under the MIC: no change survives, there
 * is no list of exceptions.
 */
static unsigned int flip_each(struct kunit *test, struct ntlm_pair *p,
			      const struct sspi_blob *token, with_fn with)
{
	static const u8 flips[] = { 0x01, 0x80, 0xff };
	u8 *copy = copy_of(test, token);
	struct sspi_span span = { copy, token->len };
	unsigned int count = 0;
	size_t i, j;

	SSPI_EXPECT_STATUS(test, with(p, span), SEC_E_OK);
	for (i = 0; i < token->len; i++) {
		for (j = 0; j < ARRAY_SIZE(flips); j++, count++) {
			copy[i] ^= flips[j];
			KUNIT_EXPECT_NE_MSG(test, STATUS_NR(SEC_E_OK),
					    STATUS_NR(with(p, span)),
					    "byte %zu ^ %02x", i, flips[j]);
			KUNIT_EXPECT_NOT_NULL(test, p->reason);
			copy[i] ^= flips[j];
		}
	}
	for (i = 0; i < token->len; i++, count++) {
		span.len = i;
		KUNIT_EXPECT_NE_MSG(test, STATUS_NR(SEC_E_OK),
				    STATUS_NR(with(p, span)), "cut to %zu", i);
	}
	return count;
}

static void ntlm_any_change_is_refused(struct kunit *test)
{
	struct ntlm_pair *p = recorded(test);
	unsigned int count = 0;

	count += flip_each(test, p, &p->negotiate, with_negotiate);
	count += flip_each(test, p, &p->challenge, with_challenge);
	count += flip_each(test, p, &p->authenticate, with_authenticate);
	ntlm_pair_release(p);
	testlib_counted(test, count);
}

/* Flags of a CHALLENGE that an initiator must not put up with. */
static void ntlm_weak_challenges(struct kunit *test)
{
	static const struct {
		u32 set, clear;
		sec_status_t want;
	} cases[] = {
		{ 0, 0, SEC_E_OK },
		{ 0, NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY,
		  SEC_E_SECURITY_QOS_FAILED },
		{ 0, NTLMSSP_NEGOTIATE_128, SEC_E_SECURITY_QOS_FAILED },
		{ 0, NTLMSSP_NEGOTIATE_SIGN | NTLMSSP_NEGOTIATE_SEAL,
		  SEC_E_SECURITY_QOS_FAILED },
		{ 0, NTLMSSP_NEGOTIATE_SIGN, SEC_E_SECURITY_QOS_FAILED },
		/* Told by the flags, and sealing then fails. */
		{ 0, NTLMSSP_NEGOTIATE_SEAL, SEC_E_OK },
		{ 0, NTLMSSP_NEGOTIATE_UNICODE, SEC_E_INVALID_TOKEN },
		{ 0, NTLMSSP_NEGOTIATE_TARGET_INFO, SEC_E_INVALID_TOKEN },
		{ NTLMSSP_NEGOTIATE_LM_KEY, 0, SEC_E_SECURITY_QOS_FAILED },
		{ NTLMSSP_NEGOTIATE_LM_KEY,
		  NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY,
		  SEC_E_SECURITY_QOS_FAILED },
		{ NTLMSSP_NEGOTIATE_LOCAL_CALL, 0, SEC_E_INVALID_TOKEN },
		{ NTLMSSP_NEGOTIATE_OEM, NTLMSSP_NEGOTIATE_UNICODE, SEC_E_OK },
		{ 0, NTLMSSP_NEGOTIATE_KEY_EXCH, SEC_E_OK },
	};
	struct ntlm_pair *p = recorded(test);
	u8 *copy = copy_of(test, &p->challenge);
	struct sspi_span span = { copy, p->challenge.len };
	u32 flags = get_unaligned_le32(copy + CHALLENGE_FLAGS_AT);
	struct sspi_blob out;
	sec_status_t got;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		put_unaligned_le32((flags & ~cases[i].clear) | cases[i].set,
				   copy + CHALLENGE_FLAGS_AT);
		fresh_initiator(p);
		got = ntlm_pair_initialize(p, span, &out);
		KUNIT_EXPECT_EQ_MSG(test, STATUS_NR(got),
				    STATUS_NR(cases[i].want), "case %u", i);
		sspi_free(out.data);
	}
	ntlm_pair_release(p);
	testlib_counted(test, i);
}

/* NEGOTIATE_MESSAGEs as real clients send them, and what they may not lack. */
static void ntlm_real_negotiates(struct kunit *test)
{
	static const u8 head[] = "NTLMSSP\0\1\0\0";
	static const u8 names[17] = { 'D', 'O', 'M', 'A', 'I', 'N', '0', '0',
				      '1', 'C', 'L', 'I', 'E', 'N', 'T', '0',
				      '1' };
	static const struct {
		u32 flags;
		size_t len;
		sec_status_t want;
	} cases[] = {
		{ 0x00088206, 32, SEC_I_CONTINUE_NEEDED },	/* curl */
		{ 0xe2088297, 40, SEC_I_CONTINUE_NEEDED },	/* Windows */
		{ 0x60088215, 32, SEC_I_CONTINUE_NEEDED },
		{ 0x00008207, 32, SEC_I_CONTINUE_NEEDED },	/* no ESS */
		{ 0x0000b207, 49, SEC_I_CONTINUE_NEEDED },	/* old */
		{ 0xa008b207, 49, SEC_I_CONTINUE_NEEDED },
		{ 0x0008b207, 48, SEC_E_INVALID_TOKEN },	/* cut */
		{ 0x00088207, 16, SEC_I_CONTINUE_NEEDED },
		{ 0x00088204, 32, SEC_E_INVALID_TOKEN },
		{ 0x0008c206, 32, SEC_E_INVALID_TOKEN },
		{ 0xe2008237, 40, SEC_E_SECURITY_QOS_FAILED },
		{ 0x80088237, 40, SEC_E_SECURITY_QOS_FAILED },
		{ 0xe2088297, 15, SEC_E_INVALID_TOKEN },
		{ 0xe2088297, 0, SEC_E_INVALID_TOKEN },
	};
	struct ntlm_pair *p = ntlm_pair_new(test);
	struct sspi_blob out;
	struct sspi_span span;
	sec_status_t got;
	unsigned int i;
	u8 token[49];

	SSPI_ASSERT_STATUS(test, ntlm_pair_acquire(p), SEC_E_OK);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		memset(token, 0, sizeof(token));
		memcpy(token, head, 12);
		memcpy(token + 32, names, sizeof(names));
		if (cases[i].flags & NTLMSSP_NEGOTIATE_OEM_DOMAIN_SUPPLIED) {
			put_unaligned_le32(9 | 9 << 16, token + 16);
			put_unaligned_le32(32, token + 20);
			put_unaligned_le32(8 | 8 << 16, token + 24);
			put_unaligned_le32(41, token + 28);
		}
		put_unaligned_le32(cases[i].flags, token + 12);
		ntlm_pair_drop_acc(p);
		span = (struct sspi_span){ token, cases[i].len };
		got = ntlm_pair_accept(p, span, &out);
		KUNIT_EXPECT_EQ_MSG(test, STATUS_NR(got),
				    STATUS_NR(cases[i].want), "case %u", i);
		sspi_free(out.data);
	}
	ntlm_pair_release(p);
	testlib_counted(test, i);
}

/* A client that sends no MIC: who was sent a timestamp must. */
static void ntlm_mic_demanded(struct kunit *test)
{
	u8 *stripped;
	struct ntlm_pair *p = recorded(test);
	struct sspi_span span;
	struct sspi_blob answer, none;
	size_t at;

	/* The timestamp's id becomes one that nobody knows. */
	stripped = copy_of(test, &p->challenge);
	span = (struct sspi_span){ stripped, p->challenge.len };
	at = p->challenge.len - 16;
	KUNIT_ASSERT_EQ(test, stripped[at], (u8)NTLM_AV_TIMESTAMP);
	stripped[at] = 0x77;
	fresh_initiator(p);
	SSPI_EXPECT_STATUS(test,
			   ntlm_pair_initialize(p, span, &answer), SEC_E_OK);
	fresh_acceptor(p);
	SSPI_EXPECT_STATUS(test,
			   ntlm_pair_accept(p, ntlm_pair_span(&answer), &none),
			   SEC_E_MESSAGE_ALTERED);
	/* Where the CHALLENGE that was sent has none, none is due. */
	p->preset = span;
	fresh_acceptor(p);
	SSPI_EXPECT_STATUS(test,
			   ntlm_pair_accept(p, ntlm_pair_span(&answer), &none),
			   SEC_E_OK);
	sspi_free(answer.data);
	p->preset = (struct sspi_span){ };
	ntlm_pair_release(p);

	p->server.mic_optional = true;
	SSPI_ASSERT_STATUS(test, ntlm_pair_acquire(p), SEC_E_OK);
	SSPI_EXPECT_STATUS(test, ntlm_pair_run(p), SEC_E_OK);
	ntlm_pair_release(p);
}

/* Our own outstanding challenge comes back to an initiator of ours. */
static void ntlm_reflection(struct kunit *test)
{
	static const u8 other[40] = "NTLMSSP\0\1\0\0\0\xb7\x82\x08\xe2";
	struct ntlm_pair *p = ntlm_pair_new(test);
	struct sspi_blob challenge, out;

	SSPI_ASSERT_STATUS(test, ntlm_pair_acquire(p), SEC_E_OK);
	SSPI_EXPECT_STATUS(test,
			   ntlm_pair_accept(p, TESTLIB_SPAN(other), &challenge),
			   SEC_I_CONTINUE_NEEDED);
	fresh_initiator(p);
	SSPI_EXPECT_STATUS(test,
			   ntlm_pair_initialize(p, ntlm_pair_span(&challenge), &out),
			   SEC_E_LOGON_DENIED);
	/* Two minutes later nobody waits for it any more. */
	fresh_initiator(p);
	p->script.now += 121 * SSPI_TICKS_PER_SECOND;
	SSPI_EXPECT_STATUS(test,
			   ntlm_pair_initialize(p, ntlm_pair_span(&challenge), &out),
			   SEC_E_OK);
	sspi_free(out.data);
	p->script.now -= 121 * SSPI_TICKS_PER_SECOND;
	/* Nor when its context is gone. */
	ntlm_pair_drop_acc(p);
	fresh_initiator(p);
	SSPI_EXPECT_STATUS(test,
			   ntlm_pair_initialize(p, ntlm_pair_span(&challenge), &out),
			   SEC_E_OK);
	sspi_free(out.data);
	sspi_free(challenge.data);
	ntlm_pair_release(p);
}

static void ntlm_challenge_is_used_once(struct kunit *test)
{
	struct ntlm_pair *p = ntlm_pair_new(test);

	SSPI_ASSERT_STATUS(test, ntlm_pair_acquire(p), SEC_E_OK);
	SSPI_EXPECT_STATUS(test, ntlm_pair_negotiate(p), SEC_I_CONTINUE_NEEDED);
	SSPI_EXPECT_STATUS(test, ntlm_pair_challenge(p), SEC_I_CONTINUE_NEEDED);
	SSPI_EXPECT_STATUS(test, ntlm_pair_answer(p), SEC_E_OK);
	p->script.now += 121 * SSPI_TICKS_PER_SECOND;
	SSPI_EXPECT_STATUS(test, ntlm_pair_logon(p), SEC_E_CONTEXT_EXPIRED);
	p->script.now -= 121 * SSPI_TICKS_PER_SECOND;
	SSPI_EXPECT_STATUS(test, ntlm_pair_logon(p), SEC_E_INVALID_HANDLE);
	ntlm_pair_release(p);
}

/* Forms of an AUTHENTICATE that no honest client has. */
static sec_status_t forged(struct ntlm_pair *p, u8 *copy, size_t at, u16 len)
{
	u8 saved[2] = { copy[at], copy[at + 1] };
	sec_status_t status;

	copy[at] = len;
	copy[at + 1] = len >> 8;
	status = with_authenticate(p, (struct sspi_span){ copy,
				   p->authenticate.len });
	copy[at] = saved[0];
	copy[at + 1] = saved[1];
	return status;
}

static void ntlm_forged_authenticates(struct kunit *test)
{
	static const struct {
		size_t at;
		u16 len;
		sec_status_t want;
	} cases[] = {
		{ AUTHENTICATE_NT_AT, 0, SEC_E_LOGON_DENIED },
		{ AUTHENTICATE_NT_AT, 24, SEC_E_LOGON_DENIED },
		{ AUTHENTICATE_NT_AT, 1, SEC_E_INVALID_TOKEN },
		{ AUTHENTICATE_NT_AT, 43, SEC_E_INVALID_TOKEN },
		{ AUTHENTICATE_NT_AT, 0xffff, SEC_E_INVALID_TOKEN },
		{ AUTHENTICATE_LM_AT, 1, SEC_E_LOGON_DENIED },
		{ AUTHENTICATE_LM_AT, 23, SEC_E_INVALID_TOKEN },
		{ AUTHENTICATE_LM_AT, 25, SEC_E_INVALID_TOKEN },
		{ AUTHENTICATE_USER_AT, 0, SEC_E_LOGON_DENIED },
		{ AUTHENTICATE_USER_AT, 3, SEC_E_INVALID_TOKEN },
		{ AUTHENTICATE_KEY_AT, 0, SEC_E_INVALID_TOKEN },
		{ AUTHENTICATE_KEY_AT, 8, SEC_E_INVALID_TOKEN },
		{ AUTHENTICATE_KEY_AT, 15, SEC_E_INVALID_TOKEN },
	};
	struct ntlm_pair *p = recorded(test);
	u8 *copy = copy_of(test, &p->authenticate);
	sec_status_t got;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		got = forged(p, copy, cases[i].at, cases[i].len);
		KUNIT_EXPECT_EQ_MSG(test, STATUS_NR(got),
				    STATUS_NR(cases[i].want), "case %u", i);
	}
	/* A MIC of zeros, and a flag that was not granted. */
	memset(copy + 72, 0, 16);
	SSPI_EXPECT_STATUS(test,
			   with_authenticate(p, (struct sspi_span){ copy, p->authenticate.len }),
			   SEC_E_MESSAGE_ALTERED);
	copy[AUTHENTICATE_FLAGS_AT] |= NTLMSSP_NEGOTIATE_DATAGRAM;
	SSPI_EXPECT_STATUS(test,
			   with_authenticate(p, (struct sspi_span){ copy, p->authenticate.len }),
			   SEC_E_INVALID_TOKEN);
	/* A NEGOTIATE where the AUTHENTICATE is due. */
	SSPI_EXPECT_STATUS(test,
			   with_authenticate(p, ntlm_pair_span(&p->negotiate)),
			   SEC_E_INVALID_TOKEN);
	ntlm_pair_release(p);
	testlib_counted(test, i + 3);
}

/* A failed context keeps nothing. */
static void ntlm_failure_wipes(struct kunit *test)
{
	struct sec_pkg_context_session_key key = { };
	struct ntlm_pair *p = recorded(test);

	ntlm_package.ops->fail(p->init);
	SSPI_EXPECT_STATUS(test,
			   ntlm_package.ops->query(p->init,
				SECPKG_ATTR_SESSION_KEY, &key, sizeof(key)),
			   SEC_E_INVALID_HANDLE);
	ntlm_package.ops->fail(p->init);
	ntlm_pair_release(p);
}

static struct kunit_case ntlm_hostile_cases[] = {
	KUNIT_CASE(ntlm_any_change_is_refused),
	KUNIT_CASE(ntlm_weak_challenges),
	KUNIT_CASE(ntlm_real_negotiates),
	KUNIT_CASE(ntlm_mic_demanded),
	KUNIT_CASE(ntlm_reflection),
	KUNIT_CASE(ntlm_challenge_is_used_once),
	KUNIT_CASE(ntlm_forged_authenticates),
	KUNIT_CASE(ntlm_failure_wipes),
	{ }
};

static struct kunit_suite ntlm_hostile_suite = {
	.name = "sspi_ntlm_hostile",
	.test_cases = ntlm_hostile_cases,
};

kunit_test_suite(ntlm_hostile_suite);
