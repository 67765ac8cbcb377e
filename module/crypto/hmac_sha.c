// SPDX-License-Identifier: GPL-2.0-only
/* HMAC (RFC 2104) on the SHA family, over back ends that have none. */
#include <linux/minmax.h>
#include <linux/string.h>

#include "crypto/crypto.h"
#include "test_export.h"

#define MAX_BLOCK	128
#define INNER(key)	((key)->opaque)
#define OUTER(key)	((key)->opaque + SSPI_HASH_STATE)

/* The chaining value after one block of the key and @pad. */
static int key_block(u8 state[SSPI_HASH_STATE], enum sspi_hash_id id,
		     const u8 *key, u8 pad)
{
	u8 block[MAX_BLOCK];
	struct sspi_hash_ctx ctx;
	unsigned int i;
	int err;

	for (i = 0; i < sspi_hash_block(id); i++)
		block[i] = key[i] ^ pad;
	sspi_hash_init(&ctx, id);
	sspi_hash_update(&ctx, block, sspi_hash_block(id));
	sspi_hash_save(&ctx, state);
	err = ctx.err;
	memzero_explicit(&ctx, sizeof(ctx));
	memzero_explicit(block, sizeof(block));
	return err;
}

int sspi_hmac_prepare(struct sspi_hmac_key *key, enum sspi_hash_id id,
		      const void *raw, size_t len)
{
	u8 padded[MAX_BLOCK] = { 0 };
	int err = 0;

	memzero_explicit(key, sizeof(*key));
	key->id = id;
	if (len > sspi_hash_block(id)) {
		struct sspi_hash_ctx ctx;

		sspi_hash_init(&ctx, id);
		sspi_hash_update(&ctx, raw, len);
		err = sspi_hash_final(&ctx, padded);
	} else if (len) {
		memcpy(padded, raw, len);
	}
	if (!err)
		err = key_block(INNER(key), id, padded, 0x36);
	if (!err)
		err = key_block(OUTER(key), id, padded, 0x5c);
	memzero_explicit(padded, sizeof(padded));
	return err;
}
SSPI_EXPORT_FOR_TEST(sspi_hmac_prepare);

void sspi_hmac_init(struct sspi_hmac_ctx *ctx, const struct sspi_hmac_key *key)
{
	sspi_hash_resume(&ctx->hash, key->id, INNER(key));
	ctx->key = key;
}
SSPI_EXPORT_FOR_TEST(sspi_hmac_init);

void sspi_hmac_update(struct sspi_hmac_ctx *ctx, const void *data, size_t len)
{
	sspi_hash_update(&ctx->hash, data, len);
}
SSPI_EXPORT_FOR_TEST(sspi_hmac_update);

int sspi_hmac_final(struct sspi_hmac_ctx *ctx, u8 *out)
{
	const struct sspi_hmac_key *key = ctx->key;
	u8 inner[SSPI_HASH_MAX];
	int err;

	err = sspi_hash_final(&ctx->hash, inner);
	if (!err) {
		sspi_hash_resume(&ctx->hash, key->id, OUTER(key));
		sspi_hash_update(&ctx->hash, inner, sspi_hash_len(key->id));
		err = sspi_hash_final(&ctx->hash, out);
	}
	memzero_explicit(inner, sizeof(inner));
	return err;
}
SSPI_EXPORT_FOR_TEST(sspi_hmac_final);
