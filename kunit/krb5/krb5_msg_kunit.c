// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kerberos message protection with every encryption type: both ways, any size,
 * parts of every kind, the numbers of messages; any change refused, and nothing
 * changed by it.
 */
#include <kunit/test.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "kunit/krb5/krb5_forge.h"
#include "kunit/krb5/krb5_ends.h"
#include "spi.h"
#include "kunit/support/testlib.h"

static const s32 enctypes[] = { 17, 18, 19, 20, 25, 26, 23, 16 };

#define ROOM	65536

/* What is done to a message. */
enum kind {
	SEAL,
	WRAP,		/* sealed in form only: SECQOP_WRAP_NO_ENCRYPT */
	SIGN,
	KINDS,
};

/* A message of up to four parts and, for old types, the padding. */
struct letter {
	u8 *bytes;
	size_t len;
	u8 token[192];
	u8 padding[16];
	struct sspi_part parts[5];
	struct sspi_message msg;
};

static void letter_init(struct letter *l, u8 *bytes, size_t len, u8 fill)
{
	size_t i;

	memset(l, 0, sizeof(*l));
	l->bytes = bytes;
	l->len = len;
	for (i = 0; i < len; i++)
		bytes[i] = fill + i * 3;
	l->parts[0] = (struct sspi_part){ .kind = SSPI_PART_DATA, .len = len,
					  .data = bytes };
	l->parts[1] = (struct sspi_part){ .kind = SSPI_PART_PADDING,
					  .len = sizeof(l->padding),
					  .data = l->padding };
	l->msg.parts = l->parts;
	l->msg.part_count = 2;
	l->msg.token = l->token;
	l->msg.token_len = sizeof(l->token);
	l->msg.env = krb5_ends_env();
}

static bool plain(const struct letter *l, u8 fill)
{
	size_t i;

	for (i = 0; i < l->len; i++)
		if (l->bytes[i] != (u8)(fill + i * 3))
			return false;
	return true;
}

static sec_status_t protect(void *ctx, struct letter *l, enum kind kind)
{
	const struct sspi_package_ops *ops = krb5_package.ops;

	l->msg.qop = kind == WRAP ? SECQOP_WRAP_NO_ENCRYPT : 0;
	return kind == SIGN ? ops->sign(ctx, &l->msg) :
			      ops->seal(ctx, &l->msg);
}

static sec_status_t check(void *ctx, struct letter *l, enum kind kind)
{
	const struct sspi_package_ops *ops = krb5_package.ops;

	return kind == SIGN ? ops->verify(ctx, &l->msg) :
			      ops->unseal(ctx, &l->msg);
}

static void send(struct kunit *test, struct krb5_ends *e, bool back,
		 enum kind kind, u8 *bytes, size_t len)
{
	void *from = back ? e->acc : e->init, *to = back ? e->init : e->acc;
	struct letter *l = kunit_kzalloc(test, sizeof(*l), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, l);
	letter_init(l, bytes, len, len + kind);
	SSPI_EXPECT_STATUS(test, protect(from, l, kind), SEC_E_OK);
	/* Only what is sealed is changed, and it is. */
	if (kind != SEAL || len > 8)
		KUNIT_EXPECT_EQ(test, kind != SEAL, plain(l, len + kind));
	/* Nobody takes his own messages. */
	KUNIT_EXPECT_TRUE(test, check(from, l, kind) != SEC_E_OK);
	SSPI_EXPECT_STATUS(test, check(to, l, kind), SEC_E_OK);
	KUNIT_EXPECT_TRUE(test, plain(l, len + kind));
	KUNIT_EXPECT_EQ(test, l->msg.qop,
			kind == WRAP ? SECQOP_WRAP_NO_ENCRYPT : 0);
	kunit_kfree(test, l);
}

static void krb5_every_type_and_size(struct kunit *test)
{
	static const size_t sizes[] = { 0, 1, 7, 8, 15, 16, 17, 31, 32, 33,
					64, 255, 4096 };
	u8 *bytes = kunit_kzalloc(test, ROOM, GFP_KERNEL);
	unsigned int i, n, kind, count = 0;
	struct krb5_ends e;

	KUNIT_ASSERT_NOT_NULL(test, bytes);
	for (i = 0; i < ARRAY_SIZE(enctypes) * 2; i++) {
		s32 enctype = enctypes[i / 2];

		if (!krb5_ends_init(test, &e, enctype,
				    i % 2 ? KRB5_ENDS_DCE : 0))
			continue;
		/* DCE style has another layout, and the same lengths. */
		for (n = 0; n < ARRAY_SIZE(sizes); n += 1 + 2 * (i % 2))
			for (kind = 0; kind < KINDS; kind++, count++)
				send(test, &e, count % 2, kind, bytes,
				     sizes[n]);
		if (!(i % 2)) {
			send(test, &e, false, SEAL, bytes, ROOM);
			send(test, &e, true, SIGN, bytes, ROOM);
			count += 2;
		}
		krb5_ends_release(&e);
	}
	testlib_counted(test, count);
}

/* DATA, signed only, neither, DATA; the third may be anything. */
static void parts_init(struct letter *l, u8 *bytes, u8 fill)
{
	static const u32 lens[] = { 33, 2, 9, 100 };
	static const enum sspi_part_kind kinds[] = {
		SSPI_PART_DATA, SSPI_PART_SIGN_ONLY, SSPI_PART_READONLY,
		SSPI_PART_DATA,
	};
	unsigned int i;
	u8 *at = bytes;

	letter_init(l, bytes, 144, fill);
	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		l->parts[i] = (struct sspi_part){ .kind = kinds[i],
						  .len = lens[i], .data = at };
		at += lens[i];
	}
	l->msg.part_count = ARRAY_SIZE(lens);
}

static void parts_case(struct kunit *test, s32 enctype, unsigned int flags,
		       enum kind kind)
{
	struct letter *l = kunit_kzalloc(test, sizeof(*l), GFP_KERNEL);
	struct krb5_ends e;
	u8 bytes[144];

	KUNIT_ASSERT_NOT_NULL(test, l);
	if (!krb5_ends_init(test, &e, enctype, flags))
		return;
	parts_init(l, bytes, 5);
	SSPI_EXPECT_STATUS(test, protect(e.init, l, kind), SEC_E_OK);
	/* What is signed or read only stays in the clear. */
	KUNIT_EXPECT_EQ(test, bytes[33], (u8)(5 + 33 * 3));
	KUNIT_EXPECT_EQ(test, bytes[35], (u8)(5 + 35 * 3));
	KUNIT_EXPECT_EQ(test, kind != SEAL, plain(l, 5));
	/* The signed part counts. */
	bytes[34] ^= 0x40;
	SSPI_EXPECT_STATUS(test, check(e.acc, l, kind), SEC_E_MESSAGE_ALTERED);
	bytes[34] ^= 0x40;
	/* The read-only one does not. */
	bytes[40] ^= 0x40;
	SSPI_EXPECT_STATUS(test, check(e.acc, l, kind), SEC_E_OK);
	bytes[40] ^= 0x40;
	KUNIT_EXPECT_TRUE(test, plain(l, 5));
	krb5_ends_release(&e);
	kunit_kfree(test, l);
}

static void krb5_parts(struct kunit *test)
{
	unsigned int i, kind, count = 0;

	for (i = 0; i < 12; i++)
		for (kind = 0; kind < KINDS; kind++, count++)
			parts_case(test, enctypes[i / 2],
				   i % 2 ? KRB5_ENDS_DCE : 0, kind);
	/* RFC 1964 seals the whole or nothing: only signing has parts. */
	parts_case(test, 23, 0, SIGN);
	testlib_counted(test, count + 1);
}

/* Refused, and no byte of message or token has another value. */
static bool refused(void *ctx, struct letter *l, enum kind kind)
{
	struct letter before = *l;
	u8 bytes[64];
	sec_status_t status;

	memcpy(bytes, l->bytes, l->len);
	status = check(ctx, l, kind);
	if (status != SEC_E_MESSAGE_ALTERED && status != SEC_E_OUT_OF_SEQUENCE)
		return false;
	return !memcmp(bytes, l->bytes, l->len) &&
	       !memcmp(before.token, l->token, sizeof(l->token));
}

/*
 * No exceptions: every bit of token, message and padding counts. Of the two
 * fields that nothing signs, a RRC that is another rotation is found by the
 * MAC, and an EC that is another length by the layout.
 */
static unsigned int flip_letter(struct kunit *test, struct krb5_ends *e,
				s32 enctype, enum kind kind)
{
	static const u8 flips[] = { 0x01, 0x80, 0xff };
	struct letter *l = kunit_kzalloc(test, sizeof(*l), GFP_KERNEL);
	unsigned int i, j, count = 0;
	size_t pad, token;
	u8 bytes[41];

	KUNIT_ASSERT_NOT_NULL(test, l);
	letter_init(l, bytes, sizeof(bytes), 7);
	SSPI_EXPECT_STATUS(test, protect(e->init, l, kind), SEC_E_OK);
	token = l->msg.token_len;
	pad = kind == SIGN ? 0 : l->parts[1].len;
	for (i = 0; i < token + sizeof(bytes) + pad; i++) {
		u8 *at = i < token ? &l->token[i] :
			 i < token + sizeof(bytes) ? &bytes[i - token] :
			 &l->padding[i - token - sizeof(bytes)];

		for (j = 0; j < ARRAY_SIZE(flips); j++, count++) {
			*at ^= flips[j];
			KUNIT_EXPECT_TRUE_MSG(test, refused(e->acc, l, kind),
					      "enctype %d, kind %u, byte %u ^ %02x",
					      enctype, kind, i, flips[j]);
			*at ^= flips[j];
		}
	}
	for (i = 0; i < token; i++, count++) {
		l->msg.token_len = i;
		KUNIT_EXPECT_TRUE_MSG(test, refused(e->acc, l, kind),
				      "enctype %d, kind %u, cut to %u",
				      enctype, kind, i);
	}
	l->msg.token_len = token;
	for (i = 0; i < sizeof(bytes); i++, count++) {
		l->parts[0].len = i;
		KUNIT_EXPECT_TRUE(test, refused(e->acc, l, kind));
	}
	l->parts[0].len = sizeof(bytes);
	/* After all that the message itself still counts, once. */
	SSPI_EXPECT_STATUS(test, check(e->acc, l, kind), SEC_E_OK);
	KUNIT_EXPECT_TRUE(test, plain(l, 7));
	SSPI_EXPECT_STATUS(test, protect(e->init, l, kind), SEC_E_OK);
	SSPI_EXPECT_STATUS(test, check(e->acc, l, kind), SEC_E_OK);
	kunit_kfree(test, l);
	return count;
}

static void krb5_any_change_is_refused(struct kunit *test)
{
	unsigned int i, kind, count = 0;
	struct krb5_ends e;

	for (i = 0; i < ARRAY_SIZE(enctypes); i++) {
		if (!krb5_ends_init(test, &e, enctypes[i], 0))
			continue;
		for (kind = 0; kind < KINDS; kind++)
			count += flip_letter(test, &e, enctypes[i], kind);
		krb5_ends_release(&e);
	}
	/* And the layout of DCE style. */
	KUNIT_ASSERT_TRUE(test, krb5_ends_init(test, &e, 18, KRB5_ENDS_DCE));
	count += flip_letter(test, &e, 18, SEAL);
	krb5_ends_release(&e);
	testlib_counted(test, count);
}

/* A signature with the number @seq. */
static void sign_at(struct kunit *test, struct krb5_ends *e, u64 seq,
		    struct letter *l, u8 *bytes)
{
	struct krb5_ends one;

	KUNIT_ASSERT_TRUE(test, krb5_ends_at(test, &one, e->enctype, e->flags,
					     seq));
	letter_init(l, bytes, 8, 1);
	SSPI_EXPECT_STATUS(test, protect(one.init, l, SIGN), SEC_E_OK);
	krb5_ends_release(&one);
}

static sec_status_t number(struct kunit *test, struct krb5_ends *e, u64 seq)
{
	struct letter *l = kunit_kzalloc(test, sizeof(*l), GFP_KERNEL);
	sec_status_t status;
	u8 bytes[8];

	KUNIT_ASSERT_NOT_NULL(test, l);
	sign_at(test, e, seq, l, bytes);
	status = check(e->acc, l, SIGN);
	kunit_kfree(test, l);
	return status;
}

/*
 * Where counting starts: at zero, before 2^32 and before 2^64, where numbers
 * go round. Offsets, and whether they are taken, in order.
 */
struct turn {
	s64 offset;
	bool taken;
};

/* Replays are found in a window of 128, late messages are taken once. */
static const struct turn window[] = {
	{ -1, false }, { -200, false },	/* before the first */
	{ 0, true }, { 0, false }, { 5, true }, { 3, true }, { 3, false },
	{ 5, false }, { 1, true }, { 132, true }, { 131, true },
	{ 131, false }, { 4, false }, { 6, true }, { 6, false },
	{ 132 + 64, true }, { 132, false }, { 133, true }, { 133, false },
	{ 69, true }, { 68, false },
	{ 1000, true }, { 196, false }, { 873, true }, { 872, false },
	{ 872 + 64, true }, { 936, false }, { 999, true }, { 999, false },
};

/* In sequence: the next one and no other. */
static const struct turn strict[] = {
	{ -1, false }, { 1, false }, { 0, true }, { 0, false }, { 2, false },
	{ 1, true }, { 2, true }, { 1, false }, { 3, true },
};

static unsigned int turns(struct kunit *test, s32 enctype, unsigned int flags,
			  u64 first, const struct turn *list, unsigned int n)
{
	struct krb5_ends e;
	unsigned int i;

	if (!krb5_ends_at(test, &e, enctype, flags, first))
		return 0;
	for (i = 0; i < n; i++)
		KUNIT_EXPECT_EQ_MSG(test,
				    STATUS_NR(number(test, &e, first +
						     list[i].offset)),
				    STATUS_NR(list[i].taken ? SEC_E_OK :
					      SEC_E_OUT_OF_SEQUENCE),
				    "enctype %d from %llx: step %u", enctype,
				    first, i);
	krb5_ends_release(&e);
	return n;
}

static void krb5_numbers(struct kunit *test)
{
	static const u64 firsts[] = {
		0, 1, 0xffffff80, 0xffffffff, 0x100000000, ~0ULL, ~0ULL - 64,
	};
	unsigned int i, count = 0;

	for (i = 0; i < ARRAY_SIZE(firsts); i++) {
		count += turns(test, 18, KRB5_ENDS_REPLAY, firsts[i], window,
			       ARRAY_SIZE(window));
		count += turns(test, 18, KRB5_ENDS_SEQUENCE, firsts[i], strict,
			       ARRAY_SIZE(strict));
		/* Their numbers have 32 bits. */
		count += turns(test, 23, KRB5_ENDS_REPLAY, firsts[i], window,
			       ARRAY_SIZE(window));
		count += turns(test, 16, KRB5_ENDS_SEQUENCE, firsts[i], strict,
			       ARRAY_SIZE(strict));
	}
	testlib_counted(test, count);
}

/* Nobody counts: everything is taken, twice too. */
static void krb5_numbers_do_not_count(struct kunit *test)
{
	static const struct turn any[] = {
		{ 0, true }, { 0, true }, { -5, true }, { 1000, true },
		{ 0, true },
	};

	testlib_counted(test, turns(test, 18, KRB5_ENDS_NUMBERS_OFF, 7, any,
				    ARRAY_SIZE(any)));
}

/* Connectionless: numbers are the caller's, messages come in any order. */
static void krb5_datagrams(struct kunit *test)
{
	static const u32 order[] = { 7, 2, 0xffffffff, 2, 0 };
	struct letter *l = kunit_kzalloc(test, sizeof(*l), GFP_KERNEL);
	unsigned int i, kind, count = 0;
	struct krb5_ends e;
	u8 bytes[20];

	KUNIT_ASSERT_NOT_NULL(test, l);
	KUNIT_ASSERT_TRUE(test, krb5_ends_init(test, &e, 18,
					       KRB5_ENDS_DATAGRAM));
	for (i = 0; i < ARRAY_SIZE(order); i++) {
		for (kind = 0; kind < KINDS; kind++, count++) {
			letter_init(l, bytes, sizeof(bytes), i);
			l->msg.seq = order[i];
			SSPI_EXPECT_STATUS(test, protect(e.init, l, kind),
					   SEC_E_OK);
			l->msg.seq = order[i] + 1;
			SSPI_EXPECT_STATUS(test, check(e.acc, l, kind),
					   SEC_E_OUT_OF_SEQUENCE);
			l->msg.seq = order[i];
			SSPI_EXPECT_STATUS(test, check(e.acc, l, kind),
					   SEC_E_OK);
			KUNIT_EXPECT_TRUE(test, plain(l, i));
		}
	}
	krb5_ends_release(&e);
	testlib_counted(test, count);
}

/* What fails leaves its number to the next one. */
static void krb5_what_cannot_be(struct kunit *test)
{
	const struct sspi_package_ops *ops = krb5_package.ops;
	struct letter *l = kunit_kzalloc(test, sizeof(*l), GFP_KERNEL);
	struct krb5_ends e;
	u8 bytes[20];

	KUNIT_ASSERT_NOT_NULL(test, l);
	KUNIT_ASSERT_TRUE(test, krb5_ends_init(test, &e, 18, 0));
	letter_init(l, bytes, sizeof(bytes), 1);
	l->msg.qop = 5;
	SSPI_EXPECT_STATUS(test, ops->seal(e.init, &l->msg),
			   SEC_E_QOP_NOT_SUPPORTED);
	SSPI_EXPECT_STATUS(test, ops->sign(e.init, &l->msg),
			   SEC_E_QOP_NOT_SUPPORTED);
	l->msg.token_len = 27;
	SSPI_EXPECT_STATUS(test, protect(e.init, l, SIGN),
			   SEC_E_BUFFER_TOO_SMALL);
	SSPI_EXPECT_STATUS(test, protect(e.init, l, WRAP),
			   SEC_E_BUFFER_TOO_SMALL);
	l->msg.token_len = 59;
	SSPI_EXPECT_STATUS(test, protect(e.init, l, SEAL),
			   SEC_E_BUFFER_TOO_SMALL);
	KUNIT_EXPECT_TRUE(test, plain(l, 1));
	l->msg.token_len = 60;
	SSPI_EXPECT_STATUS(test, protect(e.init, l, SEAL), SEC_E_OK);
	KUNIT_EXPECT_EQ(test, l->msg.token_len, 60u);
	SSPI_EXPECT_STATUS(test, check(e.acc, l, SEAL), SEC_E_OK);
	/* A dead context does nothing any more. */
	ops->fail(e.init);
	SSPI_EXPECT_STATUS(test, protect(e.init, l, SEAL),
			   SEC_E_INVALID_HANDLE);
	SSPI_EXPECT_STATUS(test, protect(e.init, l, SIGN),
			   SEC_E_INVALID_HANDLE);
	SSPI_EXPECT_STATUS(test, check(e.init, l, SEAL), SEC_E_INVALID_HANDLE);
	SSPI_EXPECT_STATUS(test, check(e.init, l, SIGN), SEC_E_INVALID_HANDLE);
	krb5_ends_release(&e);
}

static struct kunit_case krb5_msg_cases[] = {
	KUNIT_CASE(krb5_every_type_and_size),
	KUNIT_CASE(krb5_parts),
	KUNIT_CASE(krb5_any_change_is_refused),
	KUNIT_CASE(krb5_numbers),
	KUNIT_CASE(krb5_numbers_do_not_count),
	KUNIT_CASE(krb5_datagrams),
	KUNIT_CASE(krb5_what_cannot_be),
	{ }
};

static struct kunit_suite krb5_msg_suite = {
	.name = "sspi_krb5_msg",
	.test_cases = krb5_msg_cases,
};

kunit_test_suite(krb5_msg_suite);
