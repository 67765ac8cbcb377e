// SPDX-License-Identifier: GPL-2.0-only
/* MD5 and HMAC-MD5 on lib/crypto: no transform, nothing that can fail. */
#include <crypto/md5.h>
#include <linux/build_bug.h>
#include <linux/string.h>

#include "crypto/crypto.h"
#include "test_export.h"

static_assert(sizeof(struct md5_ctx) <= sizeof(struct sspi_md5_ctx));
static_assert(sizeof(struct hmac_md5_ctx) <= sizeof(struct sspi_md5_ctx));
static_assert(sizeof(struct hmac_md5_key) == sizeof(struct sspi_hmac_md5_key));

int sspi_crypto_init(void)
{
	return 0;
}

void sspi_crypto_exit(void)
{
}

static struct md5_ctx *md5_of(struct sspi_md5_ctx *ctx)
{
	return (struct md5_ctx *)ctx->opaque;
}

/* The library's HMAC context holds both states: ctx->ostate stays unused. */
static struct hmac_md5_ctx *hmac_of(struct sspi_hmac_md5_ctx *ctx)
{
	return (struct hmac_md5_ctx *)ctx->md5.opaque;
}

void sspi_md5_init(struct sspi_md5_ctx *ctx)
{
	md5_init(md5_of(ctx));
}
SSPI_EXPORT_FOR_PACKAGES(sspi_md5_init);

void sspi_md5_update(struct sspi_md5_ctx *ctx, const void *data, size_t len)
{
	md5_update(md5_of(ctx), data, len);
}
SSPI_EXPORT_FOR_PACKAGES(sspi_md5_update);

/* The library wipes its context, but ours is larger: wipe what it is in. */
void sspi_md5_final(struct sspi_md5_ctx *ctx, u8 out[SSPI_MD5_LEN])
{
	md5_final(md5_of(ctx), out);
	memzero_explicit(ctx, sizeof(*ctx));
}
SSPI_EXPORT_FOR_PACKAGES(sspi_md5_final);

void sspi_hmac_md5_prepare(struct sspi_hmac_md5_key *key, const void *raw,
			   size_t len)
{
	struct hmac_md5_key prepared;

	hmac_md5_preparekey(&prepared, raw, len);
	memcpy(key, &prepared, sizeof(*key));
	memzero_explicit(&prepared, sizeof(prepared));
}
SSPI_EXPORT_FOR_PACKAGES(sspi_hmac_md5_prepare);

void sspi_hmac_md5_init(struct sspi_hmac_md5_ctx *ctx,
			const struct sspi_hmac_md5_key *key)
{
	hmac_md5_init(hmac_of(ctx), (const struct hmac_md5_key *)key);
}
SSPI_EXPORT_FOR_PACKAGES(sspi_hmac_md5_init);

void sspi_hmac_md5_update(struct sspi_hmac_md5_ctx *ctx, const void *data,
			  size_t len)
{
	hmac_md5_update(hmac_of(ctx), data, len);
}
SSPI_EXPORT_FOR_PACKAGES(sspi_hmac_md5_update);

void sspi_hmac_md5_final(struct sspi_hmac_md5_ctx *ctx, u8 out[SSPI_MD5_LEN])
{
	hmac_md5_final(hmac_of(ctx), out);
	memzero_explicit(ctx, sizeof(*ctx));
}
SSPI_EXPORT_FOR_PACKAGES(sspi_hmac_md5_final);
