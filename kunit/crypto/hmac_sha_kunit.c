// SPDX-License-Identifier: GPL-2.0-only
/*
 * SHA and HMAC-SHA of the facade: with the kernel's own, for every length of key
 * and text around a block, in pieces, and that nothing of it stays.
 */
#include <crypto/hash.h>
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/string.h>

#include "crypto/crypto.h"
#include "kunit/support/testlib.h"

#define LONGEST	(2 * 128 + 2)

static const char * const hmac_names[SSPI_HASH_COUNT] = {
	"hmac(sha1)", "hmac(sha256)", "hmac(sha384)",
};

static const char * const hash_names[SSPI_HASH_COUNT] = {
	"sha1", "sha256", "sha384",
};

static struct crypto_shash *transform(struct kunit *test, const char *name)
{
	struct crypto_shash *tfm = crypto_alloc_shash(name, 0, 0);

	KUNIT_ASSERT_FALSE_MSG(test, IS_ERR(tfm), "no %s", name);
	return tfm;
}

static bool hmac_same(struct crypto_shash *tfm, enum sspi_hash_id id,
		      struct sspi_span key, struct sspi_span text)
{
	u8 want[SSPI_HASH_MAX], got[SSPI_HASH_MAX];
	size_t half = text.len / 2;
	struct sspi_hmac_key prepared;
	struct sspi_hmac_ctx ctx;

	if (crypto_shash_setkey(tfm, key.data, key.len) ||
	    crypto_shash_tfm_digest(tfm, text.data, text.len, want) ||
	    sspi_hmac_prepare(&prepared, id, key.data, key.len))
		return false;
	sspi_hmac_init(&ctx, &prepared);
	sspi_hmac_update(&ctx, text.data, half);
	sspi_hmac_update(&ctx, text.data + half, text.len - half);
	return !sspi_hmac_final(&ctx, got) &&
	       !memcmp(got, want, sspi_hash_len(id));
}

static void hmac_of_every_length(struct kunit *test)
{
	unsigned int count = 0, id, len;
	u8 bytes[2 * LONGEST];
	size_t i;

	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = i * 37 + 1;
	for (id = 0; id < SSPI_HASH_COUNT; id++) {
		struct crypto_shash *tfm = transform(test, hmac_names[id]);
		struct sspi_span some = { bytes + LONGEST, 20 };

		/* A transform takes no key of length 0 in FIPS mode. */
		for (len = 1; len <= LONGEST; len++, count += 2) {
			struct sspi_span all = { bytes, len };

			KUNIT_EXPECT_TRUE_MSG(test,
					      hmac_same(tfm, id, all, some),
					      "%s, a key of %u",
					      hmac_names[id], len);
			KUNIT_EXPECT_TRUE_MSG(test,
					      hmac_same(tfm, id, some, all),
					      "%s, a text of %u",
					      hmac_names[id], len);
		}
		crypto_free_shash(tfm);
	}
	testlib_counted(test, count);
}

static void hash_of_every_length(struct kunit *test)
{
	u8 text[LONGEST], want[SSPI_HASH_MAX], got[SSPI_HASH_MAX];
	unsigned int count = 0, id, len;
	struct sspi_hash_ctx ctx;
	size_t i;

	for (i = 0; i < sizeof(text); i++)
		text[i] = i * 101 + 3;
	for (id = 0; id < SSPI_HASH_COUNT; id++) {
		struct crypto_shash *tfm = transform(test, hash_names[id]);

		KUNIT_EXPECT_EQ(test, sspi_hash_len(id),
				crypto_shash_digestsize(tfm));
		KUNIT_EXPECT_EQ(test, sspi_hash_block(id),
				crypto_shash_blocksize(tfm));
		for (len = 0; len <= LONGEST; len++, count++) {
			sspi_hash_init(&ctx, id);
			sspi_hash_update(&ctx, text, len / 3);
			sspi_hash_update(&ctx, text + len / 3, len - len / 3);
			KUNIT_EXPECT_EQ(test, 0, sspi_hash_final(&ctx, got));
			KUNIT_EXPECT_EQ(test, 0,
					crypto_shash_tfm_digest(tfm, text, len,
								want));
			KUNIT_EXPECT_MEMEQ(test, got, want, sspi_hash_len(id));
		}
		crypto_free_shash(tfm);
	}
	testlib_counted(test, count);
}

/* Whatever the back end has put there. */
static void final_wipes_the_context(struct kunit *test)
{
	static const u8 zeros[sizeof_field(struct sspi_hash_ctx, opaque)];
	struct sspi_hmac_key key;
	struct sspi_hmac_ctx mac = {};
	struct sspi_hash_ctx ctx = {};
	u8 out[SSPI_HASH_MAX];
	unsigned int id;

	for (id = 0; id < SSPI_HASH_COUNT; id++) {
		sspi_hash_init(&ctx, id);
		sspi_hash_update(&ctx, "secret", 6);
		KUNIT_EXPECT_TRUE(test, memcmp(ctx.opaque, zeros, sizeof(zeros)));
		sspi_hash_final(&ctx, out);
		KUNIT_EXPECT_MEMEQ(test, ctx.opaque, zeros, sizeof(zeros));

		KUNIT_EXPECT_EQ(test, 0, sspi_hmac_prepare(&key, id, "key", 3));
		sspi_hmac_init(&mac, &key);
		sspi_hmac_update(&mac, "secret", 6);
		sspi_hmac_final(&mac, out);
		KUNIT_EXPECT_MEMEQ(test, mac.hash.opaque, zeros, sizeof(zeros));
	}
	testlib_counted(test, id);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(hash_of_every_length),
	KUNIT_CASE(hmac_of_every_length),
	KUNIT_CASE(final_wipes_the_context),
	{}
};

static struct kunit_suite suite = {
	.name = "sspi_hmac_sha",
	.test_cases = cases,
};

kunit_test_suite(suite);
