// SPDX-License-Identifier: GPL-2.0-only
/* SHA on lib/crypto: no transform, nothing that can fail. */
#include <crypto/sha1.h>
#include <crypto/sha2.h>
#include <linux/build_bug.h>

#include "crypto/crypto.h"
#include "test_export.h"

union any {
	struct sha1_ctx sha1;
	struct sha256_ctx sha256;
	struct sha384_ctx sha384;
};

static_assert(sizeof(union any) <= sizeof_field(struct sspi_hash_ctx, opaque));

static union any *any(struct sspi_hash_ctx *ctx)
{
	return (union any *)ctx->opaque;
}

void sspi_hash_init(struct sspi_hash_ctx *ctx, enum sspi_hash_id id)
{
	ctx->id = id;
	ctx->err = 0;
	if (id == SSPI_HASH_SHA1)
		sha1_init(&any(ctx)->sha1);
	else if (id == SSPI_HASH_SHA256)
		sha256_init(&any(ctx)->sha256);
	else
		sha384_init(&any(ctx)->sha384);
}
SSPI_EXPORT_FOR_TEST(sspi_hash_init);

void sspi_hash_update(struct sspi_hash_ctx *ctx, const void *data, size_t len)
{
	if (ctx->id == SSPI_HASH_SHA1)
		sha1_update(&any(ctx)->sha1, data, len);
	else if (ctx->id == SSPI_HASH_SHA256)
		sha256_update(&any(ctx)->sha256, data, len);
	else
		sha384_update(&any(ctx)->sha384, data, len);
}
SSPI_EXPORT_FOR_TEST(sspi_hash_update);

/* The library wipes its context. */
int sspi_hash_final(struct sspi_hash_ctx *ctx, u8 *out)
{
	if (ctx->id == SSPI_HASH_SHA1)
		sha1_final(&any(ctx)->sha1, out);
	else if (ctx->id == SSPI_HASH_SHA256)
		sha256_final(&any(ctx)->sha256, out);
	else
		sha384_final(&any(ctx)->sha384, out);
	return 0;
}
SSPI_EXPORT_FOR_TEST(sspi_hash_final);

void sspi_hash_exit(void)
{
}
