// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wrap tokens of RFC 4121 as any peer may make them: every rotation, every
 * filler, sealed and signed only, made here without the package; and those that
 * others have published.
 */
#include <kunit/test.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "kunit/krb5/krb5_ends.h"
#include "kunit/krb5/krb5_forge.h"
#include "spi.h"
#include "kunit/vectors/krb5.h"

#define HEAD		16
#define TEXT_LEN	41
#define ROOM		256

#define SENT_BY_ACCEPTOR	0x01
#define SEALED			0x02
#define ACCEPTOR_SUBKEY		0x04

/* What a peer chooses. */
struct form {
	s32 enctype;
	u8 flags;
	u16 ec;		/* sealed: of the filler */
	u16 rrc;
	u16 by;		/* what it really rotates by */
};

/* A token being made, and a copy of it. */
struct stream {
	u8 token[ROOM];
	u8 copy[ROOM];
	size_t len;
};

static void put_be(u8 *out, u64 v, unsigned int len)
{
	while (len--) {
		out[len] = v;
		v >>= 8;
	}
}

static void put_head(u8 *head, u8 flags, u16 ec, u16 rrc, u64 seq)
{
	head[0] = 5;
	head[1] = 4;
	head[2] = flags;
	head[3] = 0xff;
	put_be(head + 4, ec, 2);
	put_be(head + 6, rrc, 2);
	put_be(head + 8, seq, 8);
}

static void text_fill(u8 *text)
{
	size_t i;

	for (i = 0; i < TEXT_LEN; i++)
		text[i] = 0x30 + i;
}

/* Rotation right: RFC 4121 4.2.5. */
static void rotate(u8 *body, size_t len, size_t by)
{
	u8 last;

	for (by %= len; by; by--) {
		last = body[len - 1];
		memmove(body + 1, body, len - 1);
		body[0] = last;
	}
}

/* { text | filler | head with RRC 0 } sealed, 4.2.4. */
static int make_sealed(const struct form *f, const struct krb5_key *key,
		       u64 seq, u8 *body)
{
	static const u8 confounder[KRB5_MAX_CONFOUNDER] = { 1, 2, 3 };
	u32 usage = f->flags & SENT_BY_ACCEPTOR ? 22 : 24;
	u8 *plain = body + krb5_plain_offset(key->type);
	size_t len = TEXT_LEN + f->ec + HEAD;
	struct krb5_seal_key seal;
	int err;

	text_fill(plain);
	memset(plain + TEXT_LEN, 0xa5, f->ec);
	put_head(plain + TEXT_LEN + f->ec, f->flags, f->ec, 0, seq);
	err = krb5_seal_prepare(&seal, key, usage);
	if (!err)
		err = krb5_encrypt_buffer(&seal, confounder, body, len);
	krb5_seal_wipe(&seal);
	return err ? err : (int)krb5_cipher_len(key->type, len);
}

/* { text | checksum of text and head with EC and RRC 0 }. */
static int make_signed(const struct form *f, const struct krb5_key *key,
		       u64 seq, u8 *body)
{
	u32 usage = f->flags & SENT_BY_ACCEPTOR ? 22 : 24;
	struct krb5_sum_key sum;
	struct sspi_span data[2];
	u8 head[HEAD];
	int err;

	text_fill(body);
	put_head(head, f->flags, 0, 0, seq);
	data[0] = (struct sspi_span){ body, TEXT_LEN };
	data[1] = (struct sspi_span){ head, HEAD };
	err = krb5_sum_prepare(&sum, key, 0, usage);
	if (!err)
		err = krb5_checksum(&sum, data, 2, body + TEXT_LEN);
	krb5_sum_wipe(&sum);
	return err ? err : TEXT_LEN + key->type->checksum_len;
}

static void make(struct kunit *test, struct stream *s, const struct form *f,
		 u64 seq)
{
	struct krb5_key key;
	u16 ec = f->ec;
	int len;

	KUNIT_ASSERT_EQ(test, 0, forge_key(&key, f->enctype, 6));
	if (f->flags & SEALED) {
		len = make_sealed(f, &key, seq, s->token + HEAD);
	} else {
		len = make_signed(f, &key, seq, s->token + HEAD);
		ec = key.type->checksum_len;
	}
	KUNIT_ASSERT_GT(test, len, 0);
	rotate(s->token + HEAD, len, f->by);
	put_head(s->token, f->flags, ec, f->rrc, seq);
	s->len = HEAD + len;
	memcpy(s->copy, s->token, s->len);
}

static sec_status_t unwrap(void *ctx, struct stream *s, size_t len,
			   struct sspi_span *plain, u32 *qop)
{
	return krb5_package.ops->unseal_stream(ctx, s->token, len, plain, qop);
}

static void expect_text(struct kunit *test, struct krb5_ends *e,
			struct stream *s, const struct form *f)
{
	void *ctx = f->flags & SENT_BY_ACCEPTOR ? e->init : e->acc;
	struct sspi_span plain = { };
	sec_status_t status;
	u8 text[TEXT_LEN];
	u32 qop = 7;

	status = unwrap(ctx, s, s->len, &plain, &qop);
	KUNIT_EXPECT_EQ_MSG(test, STATUS_NR(status), STATUS_NR(SEC_E_OK),
			    "enctype %d, flags %u, EC %u, RRC %u", f->enctype,
			    f->flags, f->ec, f->rrc);
	if (status != SEC_E_OK)
		return;
	text_fill(text);
	KUNIT_EXPECT_EQ(test, plain.len, (size_t)TEXT_LEN);
	KUNIT_EXPECT_MEMEQ(test, plain.data, text, TEXT_LEN);
	KUNIT_EXPECT_EQ(test, qop, f->flags & SEALED ? 0u :
			(u32)SECQOP_WRAP_NO_ENCRYPT);
}

static const s32 enctypes[] = { 17, 18, 19, 20, 25, 26 };
static const u16 fillers[] = { 0, 1, 15, 16, 17 };
static const u16 rotations[] = { 0, 1, 12, 16, 28, 40, 59, 85, 86, 1000,
				 65535 };

static void krb5_any_filler_and_rotation(struct kunit *test)
{
	struct stream *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	unsigned int i, n, r, who, count = 0;
	struct krb5_ends e;
	struct form f;
	u64 seq;

	KUNIT_ASSERT_NOT_NULL(test, s);
	for (i = 0; i < ARRAY_SIZE(enctypes); i++) {
		if (!krb5_ends_init(test, &e, enctypes[i], KRB5_ENDS_ACCEPTORS))
			continue;
		seq = 1;
		for (n = 0; n < ARRAY_SIZE(fillers) * ARRAY_SIZE(rotations);
		     n++) {
			r = rotations[n / ARRAY_SIZE(fillers)];
			f = (struct form){ enctypes[i], SEALED | ACCEPTOR_SUBKEY,
					   fillers[n % ARRAY_SIZE(fillers)], r,
					   r };
			for (who = 0; who < 2; who++, count++) {
				f.flags |= who ? SENT_BY_ACCEPTOR : 0;
				make(test, s, &f, seq);
				expect_text(test, &e, s, &f);
			}
			seq++;
			f = (struct form){ enctypes[i], ACCEPTOR_SUBKEY, 0, r,
					   r };
			make(test, s, &f, seq);
			expect_text(test, &e, s, &f);
			f.flags |= SENT_BY_ACCEPTOR;
			make(test, s, &f, seq++);
			expect_text(test, &e, s, &f);
			count += 2;
		}
		krb5_ends_release(&e);
	}
	testlib_counted(test, count);
}

/* DCE style: some peers count EC into the rotation, others do not. */
static void krb5_rotation_in_dce_style(struct kunit *test)
{
	struct stream *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	struct form f = { 18, SEALED, 16, 28, 28 };
	struct krb5_ends e;
	u64 seq = 1;

	KUNIT_ASSERT_NOT_NULL(test, s);
	KUNIT_ASSERT_TRUE(test, krb5_ends_init(test, &e, 18, KRB5_ENDS_DCE));
	make(test, s, &f, seq++);
	expect_text(test, &e, s, &f);
	f.by = 28 + 16;
	make(test, s, &f, seq++);
	expect_text(test, &e, s, &f);
	f.ec = 0;
	f.by = 28;
	make(test, s, &f, seq++);
	expect_text(test, &e, s, &f);
	/* By another number it is no message. */
	f.by = 27;
	make(test, s, &f, seq);
	KUNIT_EXPECT_TRUE(test, unwrap(e.acc, s, s->len, &(struct sspi_span){ },
				       &(u32){ 0 }) != SEC_E_OK);
	KUNIT_EXPECT_MEMEQ(test, s->token, s->copy, s->len);
	krb5_ends_release(&e);
}

/* Refused, and the bytes are as they were. */
static bool refused(void *ctx, struct stream *s, size_t len)
{
	struct sspi_span plain = { };
	sec_status_t status;
	u32 qop = 0;
	bool same;

	memcpy(s->copy, s->token, s->len);
	status = unwrap(ctx, s, len, &plain, &qop);
	same = !memcmp(s->copy, s->token, s->len);
	return same && (status == SEC_E_MESSAGE_ALTERED ||
			status == SEC_E_OUT_OF_SEQUENCE);
}

static unsigned int flip_stream(struct kunit *test, const struct form *f)
{
	static const u8 flips[] = { 0x01, 0x80 };
	struct stream *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	unsigned int count = 0;
	struct krb5_ends e;
	size_t i, j;

	KUNIT_ASSERT_NOT_NULL(test, s);
	if (!krb5_ends_init(test, &e, f->enctype, 0))
		return 0;
	make(test, s, f, 1);
	for (i = 0; i < s->len; i++) {
		for (j = 0; j < ARRAY_SIZE(flips); j++, count++) {
			s->token[i] ^= flips[j];
			KUNIT_EXPECT_TRUE_MSG(test, refused(e.acc, s, s->len),
					      "enctype %d, flags %u, byte %zu ^ %02x",
					      f->enctype, f->flags, i,
					      flips[j]);
			s->token[i] ^= flips[j];
		}
		KUNIT_EXPECT_TRUE_MSG(test, refused(e.acc, s, i),
				      "enctype %d, flags %u, cut to %zu",
				      f->enctype, f->flags, i);
	}
	expect_text(test, &e, s, f);
	krb5_ends_release(&e);
	kunit_kfree(test, s);
	return count + i;
}

/*
 * No body here has a length that a changed bit of RRC could be a multiple of:
 * such a change would be none.
 */
static void krb5_any_change_is_refused(struct kunit *test)
{
	unsigned int i, count = 0;
	struct form f;

	for (i = 0; i < ARRAY_SIZE(enctypes); i++) {
		f = (struct form){ enctypes[i], SEALED, 0, 28, 28 };
		count += flip_stream(test, &f);
		f = (struct form){ enctypes[i], 0, 0, 12, 12 };
		count += flip_stream(test, &f);
	}
	f = (struct form){ 18, SEALED, 5, 0, 0 };
	count += flip_stream(test, &f);
	testlib_counted(test, count);
}

/* One end, with the number that a published token has. */
static void *published(struct kunit *test, s32 enctype, struct sspi_span key,
		       struct sspi_span token)
{
	struct sspi_import import = {
		.initiator = token.data[2] & SENT_BY_ACCEPTOR,
		.enctype = enctype,
		.key = key,
		.flags = ISC_RET_REPLAY_DETECT | ISC_RET_SEQUENCE_DETECT,
	};
	void *ctx = NULL;
	unsigned int i;

	for (i = 8; i < HEAD; i++)
		import.recv_seq = import.recv_seq << 8 | token.data[i];
	SSPI_EXPECT_STATUS(test, krb5_package.ops->import(&ctx, &import),
			   SEC_E_OK);
	KUNIT_ASSERT_NOT_NULL(test, ctx);
	return ctx;
}

static void krb5_published_tokens(struct kunit *test)
{
	const struct sspi_package_ops *ops = krb5_package.ops;
	struct sspi_span plain = { };
	u8 token[64], message[16];
	unsigned int i, count = 0;
	u32 qop = 0;
	void *ctx;

	for (i = 0; i < ARRAY_SIZE(krb5_gss_wrap_vectors); i++, count++) {
		struct sspi_span in = krb5_gss_wrap_vectors[i].token;
		struct sspi_span want = krb5_gss_wrap_vectors[i].message;

		KUNIT_ASSERT_LE(test, in.len, sizeof(token));
		memcpy(token, in.data, in.len);
		ctx = published(test, krb5_gss_wrap_vectors[i].enctype,
				krb5_gss_wrap_vectors[i].key, in);
		SSPI_EXPECT_STATUS(test, ops->unseal_stream(ctx, token, in.len,
							    &plain, &qop),
				   SEC_E_OK);
		KUNIT_EXPECT_EQ(test, plain.len, want.len);
		KUNIT_EXPECT_MEMEQ(test, plain.data, want.data, want.len);
		ops->free_ctx(ctx);
	}
	for (i = 0; i < ARRAY_SIZE(krb5_gss_mic_vectors); i++, count++) {
		struct sspi_span in = krb5_gss_mic_vectors[i].token;
		struct sspi_span text = krb5_gss_mic_vectors[i].message;
		struct sspi_part part = { .kind = SSPI_PART_DATA,
					  .len = text.len, .data = message };
		struct sspi_message msg = { .parts = &part, .part_count = 1,
					    .token = token,
					    .token_len = in.len };

		KUNIT_ASSERT_LE(test, in.len, sizeof(token));
		KUNIT_ASSERT_LE(test, text.len, sizeof(message));
		memcpy(token, in.data, in.len);
		memcpy(message, text.data, text.len);
		ctx = published(test, krb5_gss_mic_vectors[i].enctype,
				krb5_gss_mic_vectors[i].key, in);
		SSPI_EXPECT_STATUS(test, ops->verify(ctx, &msg), SEC_E_OK);
		ops->free_ctx(ctx);
	}
	testlib_counted(test, count);
}

static struct kunit_case krb5_stream_cases[] = {
	KUNIT_CASE(krb5_any_filler_and_rotation),
	KUNIT_CASE(krb5_rotation_in_dce_style),
	KUNIT_CASE(krb5_any_change_is_refused),
	KUNIT_CASE(krb5_published_tokens),
	{ }
};

static struct kunit_suite krb5_stream_suite = {
	.name = "sspi_krb5_stream",
	.test_cases = krb5_stream_cases,
};

kunit_test_suite(krb5_stream_suite);
