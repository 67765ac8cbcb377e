// SPDX-License-Identifier: GPL-2.0-only
/*
 * SHA on crypto_shash, for kernels whose lib/crypto lacks part of it.
 *
 * One transform of each hash serves the whole module: it holds no key. It is
 * made at the first use and not at load, so that a faster driver that is loaded
 * in between is found. HMAC's chaining values go in and out by import and
 * export, whose format is checked by a known answer.
 */
#include <crypto/hash.h>
#include <crypto/sha1.h>
#include <crypto/sha2.h>
#include <linux/err.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/sched/mm.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "crypto/crypto.h"
#include "test_export.h"

/* What export writes: it may be larger than what is known of it. */
union exported {
	struct sha1_state sha1;
	struct sha256_state sha256;
	struct sha512_state sha512;
	u8 raw[256];
};

static DEFINE_MUTEX(load_lock);
/* Set once, constant until unload. */
static struct crypto_shash *transforms[SSPI_HASH_COUNT];

static struct shash_desc *desc_of(struct sspi_hash_ctx *ctx)
{
	return (struct shash_desc *)ctx->opaque;
}

static void begin(struct sspi_hash_ctx *ctx, enum sspi_hash_id id,
		  struct crypto_shash *tfm)
{
	ctx->id = id;
	ctx->err = 0;
	desc_of(ctx)->tfm = tfm;
}

static void save(struct sspi_hash_ctx *ctx, u8 state[SSPI_HASH_STATE])
{
	union exported ex;

	if (!ctx->err)
		ctx->err = crypto_shash_export(desc_of(ctx), &ex);
	if (ctx->err)
		return;
	if (ctx->id == SSPI_HASH_SHA1)
		memcpy(state, ex.sha1.state, sizeof(ex.sha1.state));
	else if (ctx->id == SSPI_HASH_SHA256)
		memcpy(state, ex.sha256.state, sizeof(ex.sha256.state));
	else
		memcpy(state, ex.sha512.state, sizeof(ex.sha512.state));
	memzero_explicit(&ex, sizeof(ex));
}

static void resume(struct sspi_hash_ctx *ctx, const u8 *state)
{
	union exported ex = { };

	if (ctx->id == SSPI_HASH_SHA1) {
		memcpy(ex.sha1.state, state, sizeof(ex.sha1.state));
		ex.sha1.count = SHA1_BLOCK_SIZE;
	} else if (ctx->id == SSPI_HASH_SHA256) {
		memcpy(ex.sha256.state, state, sizeof(ex.sha256.state));
		ex.sha256.count = SHA256_BLOCK_SIZE;
	} else {
		memcpy(ex.sha512.state, state, sizeof(ex.sha512.state));
		ex.sha512.count[0] = SHA384_BLOCK_SIZE;
	}
	ctx->err = crypto_shash_import(desc_of(ctx), &ex);
	memzero_explicit(&ex, sizeof(ex));
}

/* Whether a text cut after its first block has the digest of the whole. */
static int self_check(enum sspi_hash_id id, struct crypto_shash *tfm)
{
	static const u8 text[129] = { 'k', 's', 's', 'p', 'i' };
	u8 whole[SSPI_HASH_MAX], pieces[SSPI_HASH_MAX], state[SSPI_HASH_STATE];
	unsigned int block = sspi_hash_block(id);
	struct sspi_hash_ctx ctx;
	int err;

	begin(&ctx, id, tfm);
	err = crypto_shash_init(desc_of(&ctx)) ?:
	      crypto_shash_update(desc_of(&ctx), text, block);
	if (err)
		return err;
	save(&ctx, state);
	if (ctx.err)
		return ctx.err;
	err = crypto_shash_finup(desc_of(&ctx), text, sizeof(text) - block,
				 whole);
	if (err)
		return err;

	begin(&ctx, id, tfm);
	resume(&ctx, state);
	if (ctx.err)
		return ctx.err;
	err = crypto_shash_finup(desc_of(&ctx), text, sizeof(text) - block,
				 pieces);
	if (err)
		return err;
	return memcmp(whole, pieces, sspi_hash_len(id)) ? -EOPNOTSUPP : 0;
}

static struct crypto_shash *alloc(enum sspi_hash_id id)
{
	static const char * const names[SSPI_HASH_COUNT] = {
		"sha1", "sha256", "sha384",
	};
	struct crypto_shash *tfm = crypto_alloc_shash(names[id], 0, 0);
	int err = -EOPNOTSUPP;

	if (IS_ERR(tfm))
		return tfm;
	if (sizeof(struct shash_desc) + crypto_shash_descsize(tfm) <=
		    sizeof_field(struct sspi_hash_ctx, opaque) &&
	    crypto_shash_statesize(tfm) <= sizeof(union exported))
		err = self_check(id, tfm);
	if (!err)
		return tfm;
	crypto_free_shash(tfm);
	return ERR_PTR(err);
}

/* Sleeps the first time only. */
static struct crypto_shash *load(enum sspi_hash_id id)
{
	/* Pairs with the release below: a transform is seen complete. */
	struct crypto_shash *tfm = smp_load_acquire(&transforms[id]);
	unsigned int flags;

	if (likely(tfm))
		return tfm;
	flags = memalloc_noio_save();
	mutex_lock(&load_lock);
	tfm = transforms[id];
	if (!tfm) {
		tfm = alloc(id);
		if (!IS_ERR(tfm)) {
			/* Pairs with the acquire above. */
			smp_store_release(&transforms[id], tfm);
		}
	}
	mutex_unlock(&load_lock);
	memalloc_noio_restore(flags);
	return tfm;
}

void sspi_hash_init(struct sspi_hash_ctx *ctx, enum sspi_hash_id id)
{
	struct crypto_shash *tfm = load(id);

	begin(ctx, id, tfm);
	ctx->err = IS_ERR(tfm) ? PTR_ERR(tfm) : crypto_shash_init(desc_of(ctx));
}
SSPI_EXPORT_FOR_TEST(sspi_hash_init);

void sspi_hash_update(struct sspi_hash_ctx *ctx, const void *data, size_t len)
{
	const u8 *p = data;

	/* The transform counts in unsigned int. */
	while (!ctx->err && len) {
		unsigned int some = min_t(size_t, len, SZ_1G);

		ctx->err = crypto_shash_update(desc_of(ctx), p, some);
		p += some;
		len -= some;
	}
}
SSPI_EXPORT_FOR_TEST(sspi_hash_update);

int sspi_hash_final(struct sspi_hash_ctx *ctx, u8 *out)
{
	if (!ctx->err)
		ctx->err = crypto_shash_final(desc_of(ctx), out);
	memzero_explicit(ctx->opaque, sizeof(ctx->opaque));
	return ctx->err;
}
SSPI_EXPORT_FOR_TEST(sspi_hash_final);

void sspi_hash_save(struct sspi_hash_ctx *ctx, u8 state[SSPI_HASH_STATE])
{
	save(ctx, state);
}

void sspi_hash_resume(struct sspi_hash_ctx *ctx, enum sspi_hash_id id,
		      const u8 state[SSPI_HASH_STATE])
{
	struct crypto_shash *tfm = load(id);

	begin(ctx, id, tfm);
	if (IS_ERR(tfm))
		ctx->err = PTR_ERR(tfm);
	else
		resume(ctx, state);
}

void sspi_hash_exit(void)
{
	unsigned int i;

	for (i = 0; i < SSPI_HASH_COUNT; i++) {
		crypto_free_shash(transforms[i]);
		transforms[i] = NULL;
	}
}
