// SPDX-License-Identifier: GPL-2.0-only
/*
 * The crypto facade in a program: MD5 and DES from nettle, CRC-32 from zlib.
 * Everything else of module/crypto is compiled as it is.
 */
#include <nettle/des.h>
#include <nettle/md5.h>
#include <nettle/memops.h>
#include <zlib.h>

#include <linux/build_bug.h>
#include <linux/string.h>

#include "crypto/crypto.h"
#include "crypto/des_key.h"

static_assert(sizeof(struct md5_ctx) <= sizeof(struct sspi_md5_ctx),
	      "nettle's context must fit");

int sspi_crypto_init(void)
{
	return 0;
}

void sspi_crypto_exit(void)
{
}

bool sspi_crypto_fips(void)
{
	return false;
}

static struct md5_ctx *nettle(struct sspi_md5_ctx *ctx)
{
	return (struct md5_ctx *)ctx->opaque;
}

void sspi_md5_init(struct sspi_md5_ctx *ctx)
{
	md5_init(nettle(ctx));
}

void sspi_md5_update(struct sspi_md5_ctx *ctx, const void *data, size_t len)
{
	if (len)
		md5_update(nettle(ctx), len, data);
}

void sspi_md5_final(struct sspi_md5_ctx *ctx, u8 out[SSPI_MD5_LEN])
{
	md5_digest(nettle(ctx), SSPI_MD5_LEN, out);
	memzero_explicit(ctx, sizeof(*ctx));
}

/* The chaining value after one block of the key and @pad. */
static void key_block(u32 state[4], const u8 key[SSPI_MD5_BLOCK], u8 pad)
{
	u8 block[SSPI_MD5_BLOCK];
	struct md5_ctx ctx;
	size_t i;

	for (i = 0; i < sizeof(block); i++)
		block[i] = key[i] ^ pad;
	md5_init(&ctx);
	md5_update(&ctx, sizeof(block), block);
	memcpy(state, ctx.state, 4 * sizeof(u32));
	memzero_explicit(block, sizeof(block));
	memzero_explicit(&ctx, sizeof(ctx));
}

/* A context that has seen one block and stands at @state. */
static void resume(struct sspi_md5_ctx *ctx, const u32 state[4])
{
	md5_init(nettle(ctx));
	memcpy(nettle(ctx)->state, state, 4 * sizeof(u32));
	nettle(ctx)->count = 1;
}

void sspi_hmac_md5_prepare(struct sspi_hmac_md5_key *key, const void *raw,
			   size_t len)
{
	u8 padded[SSPI_MD5_BLOCK] = { 0 };

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

void sspi_hmac_md5_init(struct sspi_hmac_md5_ctx *ctx,
			const struct sspi_hmac_md5_key *key)
{
	resume(&ctx->md5, key->istate);
	memcpy(ctx->ostate, key->ostate, sizeof(ctx->ostate));
}

void sspi_hmac_md5_update(struct sspi_hmac_md5_ctx *ctx, const void *data,
			  size_t len)
{
	sspi_md5_update(&ctx->md5, data, len);
}

void sspi_hmac_md5_final(struct sspi_hmac_md5_ctx *ctx, u8 out[SSPI_MD5_LEN])
{
	sspi_md5_final(&ctx->md5, out);
	resume(&ctx->md5, ctx->ostate);
	sspi_md5_update(&ctx->md5, out, SSPI_MD5_LEN);
	sspi_md5_final(&ctx->md5, out);
	memzero_explicit(ctx, sizeof(*ctx));
}

void sspi_des_block(const u8 key[7], const u8 in[8], u8 out[8])
{
	struct des_ctx ctx;
	u8 spread[8];

	/* 0 means a weak key: it is set all the same, and must work. */
	des_spread_key(key, spread);
	(void)des_set_key(&ctx, spread);
	/* nettle refuses to encrypt under it only by this result. */
	des_encrypt(&ctx, 8, out, in);
	memzero_explicit(&ctx, sizeof(ctx));
	memzero_explicit(spread, sizeof(spread));
}

u32 sspi_crc32_init(void)
{
	return crc32(0, NULL, 0);
}

u32 sspi_crc32_update(u32 crc, const void *data, size_t len)
{
	return len ? crc32(crc, data, len) : crc;
}

u32 sspi_crc32_final(u32 crc)
{
	return crc;
}

bool sspi_equal_ct(const void *a, const void *b, size_t len)
{
	return memeql_sec(a, b, len);
}

/* FNV-1a: who runs this program feeds it. */
u64 sspi_keyed_hash(const void *data, size_t len)
{
	const u8 *bytes = data;
	u64 hash = 14695981039346656037ULL;
	size_t i;

	for (i = 0; i < len; i++)
		hash = (hash ^ bytes[i]) * 1099511628211ULL;
	return hash ^ hash >> 32;
}
