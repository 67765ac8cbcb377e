// SPDX-License-Identifier: GPL-2.0-only
/*
 * MD5 and HMAC-MD5 on crypto_shash, for kernels whose lib/crypto lacks them.
 *
 * One transform of "md5" serves the whole module: it holds no key. HMAC is
 * made here from MD5's chaining values, so that a prepared key is 32 bytes
 * and not a transform of its own; they go in and out through import and
 * export, whose format init checks by a known answer.
 */
#include <crypto/hash.h>
#include <crypto/md5.h>
#include <linux/build_bug.h>
#include <linux/err.h>
#include <linux/fips.h>
#include <linux/minmax.h>
#include <linux/random.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "crypto/crypto.h"
#include "test_export.h"

/* What export writes: it may be larger than what is known of it. */
union exported {
	struct md5_state md5;
	u8 raw[112];
};

/* Set at load, constant until unload; NULL under FIPS. */
static struct crypto_shash *md5_tfm;

static struct shash_desc *desc_of(struct sspi_md5_ctx *ctx)
{
	return (struct shash_desc *)ctx->opaque;
}

/*
 * MD5 in software cannot fail. Should it, or should someone get here under
 * FIPS in spite of the check above this layer, then the digest is noise: it
 * equals nothing, and no key is made from a constant.
 */
static void finish(struct sspi_md5_ctx *ctx, u8 out[SSPI_MD5_LEN], int err)
{
	if (WARN_ON_ONCE(err))
		get_random_bytes(out, SSPI_MD5_LEN);
	memzero_explicit(ctx, sizeof(*ctx));
}

/* A failed context has no transform: all that follows fails too. */
static void check(struct sspi_md5_ctx *ctx, int err)
{
	if (err)
		desc_of(ctx)->tfm = NULL;
}

void sspi_md5_init(struct sspi_md5_ctx *ctx)
{
	desc_of(ctx)->tfm = md5_tfm;
	if (md5_tfm)
		check(ctx, crypto_shash_init(desc_of(ctx)));
}
SSPI_EXPORT_FOR_PACKAGES(sspi_md5_init);

void sspi_md5_update(struct sspi_md5_ctx *ctx, const void *data, size_t len)
{
	const u8 *p = data;

	/* The transform counts in unsigned int. */
	while (desc_of(ctx)->tfm && len) {
		unsigned int some = min_t(size_t, len, SZ_1G);

		check(ctx, crypto_shash_update(desc_of(ctx), p, some));
		p += some;
		len -= some;
	}
}
SSPI_EXPORT_FOR_PACKAGES(sspi_md5_update);

void sspi_md5_final(struct sspi_md5_ctx *ctx, u8 out[SSPI_MD5_LEN])
{
	int err = -ENOKEY;

	if (desc_of(ctx)->tfm)
		err = crypto_shash_final(desc_of(ctx), out);
	finish(ctx, out, err);
}
SSPI_EXPORT_FOR_PACKAGES(sspi_md5_final);

/* The chaining value after one block of the key and @pad. */
static void key_block(u32 state[4], const u8 key[SSPI_MD5_BLOCK], u8 pad)
{
	u8 block[SSPI_MD5_BLOCK];
	struct sspi_md5_ctx ctx;
	union exported exported;
	int err = -ENOKEY;
	size_t i;

	for (i = 0; i < sizeof(block); i++)
		block[i] = key[i] ^ pad;
	sspi_md5_init(&ctx);
	sspi_md5_update(&ctx, block, sizeof(block));
	if (desc_of(&ctx)->tfm)
		err = crypto_shash_export(desc_of(&ctx), &exported);
	if (!err)
		memcpy(state, exported.md5.hash, SSPI_MD5_LEN);
	finish(&ctx, (u8 *)state, err);
	memzero_explicit(&exported, sizeof(exported));
	memzero_explicit(block, sizeof(block));
}

/* A context that has seen one block and stands at @state. */
static void resume(struct sspi_md5_ctx *ctx, const u32 state[4])
{
	union exported exported = { };

	memcpy(exported.md5.hash, state, SSPI_MD5_LEN);
	exported.md5.byte_count = SSPI_MD5_BLOCK;
	desc_of(ctx)->tfm = md5_tfm;
	if (md5_tfm)
		check(ctx, crypto_shash_import(desc_of(ctx), &exported));
	memzero_explicit(&exported, sizeof(exported));
}

void sspi_hmac_md5_prepare(struct sspi_hmac_md5_key *key, const void *raw,
			   size_t len)
{
	u8 padded[SSPI_MD5_BLOCK] = { };

	if (len > sizeof(padded)) {
		struct sspi_md5_ctx ctx;

		sspi_md5_init(&ctx);
		sspi_md5_update(&ctx, raw, len);
		sspi_md5_final(&ctx, padded);
	} else if (len) {
		memcpy(padded, raw, len);
	}
	key_block(key->istate, padded, 0x36);
	key_block(key->ostate, padded, 0x5c);
	memzero_explicit(padded, sizeof(padded));
}
SSPI_EXPORT_FOR_PACKAGES(sspi_hmac_md5_prepare);

void sspi_hmac_md5_init(struct sspi_hmac_md5_ctx *ctx,
			const struct sspi_hmac_md5_key *key)
{
	resume(&ctx->md5, key->istate);
	memcpy(ctx->ostate, key->ostate, sizeof(ctx->ostate));
}
SSPI_EXPORT_FOR_PACKAGES(sspi_hmac_md5_init);

void sspi_hmac_md5_update(struct sspi_hmac_md5_ctx *ctx, const void *data,
			  size_t len)
{
	sspi_md5_update(&ctx->md5, data, len);
}
SSPI_EXPORT_FOR_PACKAGES(sspi_hmac_md5_update);

void sspi_hmac_md5_final(struct sspi_hmac_md5_ctx *ctx, u8 out[SSPI_MD5_LEN])
{
	sspi_md5_final(&ctx->md5, out);
	resume(&ctx->md5, ctx->ostate);
	sspi_md5_update(&ctx->md5, out, SSPI_MD5_LEN);
	sspi_md5_final(&ctx->md5, out);
	memzero_explicit(ctx, sizeof(*ctx));
}
SSPI_EXPORT_FOR_PACKAGES(sspi_hmac_md5_final);

/* RFC 2202, test case 1: proves the import format of this kernel. */
static int self_check(void)
{
	static const u8 want[SSPI_MD5_LEN] = {
		0x92, 0x94, 0x72, 0x7a, 0x36, 0x38, 0xbb, 0x1c,
		0x13, 0xf4, 0x8e, 0xf8, 0x15, 0x8b, 0xfc, 0x9d,
	};
	static const u8 text[] = { 'H', 'i', ' ', 'T', 'h', 'e', 'r', 'e' };
	struct sspi_span piece = { .data = text, .len = sizeof(text) };
	u8 key[16], mac[SSPI_MD5_LEN];

	memset(key, 0x0b, sizeof(key));
	sspi_hmac_md5(key, sizeof(key), &piece, 1, mac);
	return memcmp(mac, want, sizeof(want)) ? -EOPNOTSUPP : 0;
}

int sspi_crypto_init(void)
{
	int err;

	/* Kernels in FIPS mode refuse "md5", and what needs it is off then. */
	if (fips_enabled)
		return 0;

	md5_tfm = crypto_alloc_shash("md5", 0, 0);
	if (IS_ERR(md5_tfm)) {
		err = PTR_ERR(md5_tfm);
		md5_tfm = NULL;
		return err;
	}

	err = -EOPNOTSUPP;
	if (sizeof(struct shash_desc) + crypto_shash_descsize(md5_tfm) <=
		    sizeof(struct sspi_md5_ctx) &&
	    crypto_shash_statesize(md5_tfm) <= sizeof(union exported))
		err = self_check();
	if (err)
		sspi_crypto_exit();
	return err;
}

void sspi_crypto_exit(void)
{
	crypto_free_shash(md5_tfm);
	md5_tfm = NULL;
}
