// SPDX-License-Identifier: GPL-2.0-only
/* HMAC on the SHA family of lib/crypto, which has prepared keys of its own. */
#include <crypto/sha1.h>
#include <crypto/sha2.h>
#include <linux/build_bug.h>

#include "crypto/crypto.h"
#include "test_export.h"

union key {
	struct hmac_sha1_key sha1;
	struct hmac_sha256_key sha256;
	struct hmac_sha384_key sha384;
};

union mac {
	struct hmac_sha1_ctx sha1;
	struct hmac_sha256_ctx sha256;
	struct hmac_sha384_ctx sha384;
};

static_assert(sizeof(union key) <= sizeof_field(struct sspi_hmac_key, opaque));
static_assert(sizeof(union mac) <= sizeof_field(struct sspi_hash_ctx, opaque));

static const union key *key_of(const struct sspi_hmac_key *key)
{
	return (const union key *)key->opaque;
}

static union mac *mac_of(struct sspi_hmac_ctx *ctx)
{
	return (union mac *)ctx->hash.opaque;
}

int sspi_hmac_prepare(struct sspi_hmac_key *key, enum sspi_hash_id id,
		      const void *raw, size_t len)
{
	union key *to = (union key *)key->opaque;

	key->id = id;
	if (id == SSPI_HASH_SHA1)
		hmac_sha1_preparekey(&to->sha1, raw, len);
	else if (id == SSPI_HASH_SHA256)
		hmac_sha256_preparekey(&to->sha256, raw, len);
	else
		hmac_sha384_preparekey(&to->sha384, raw, len);
	return 0;
}
SSPI_EXPORT_FOR_TEST(sspi_hmac_prepare);

void sspi_hmac_init(struct sspi_hmac_ctx *ctx, const struct sspi_hmac_key *key)
{
	ctx->hash.id = key->id;
	if (key->id == SSPI_HASH_SHA1)
		hmac_sha1_init(&mac_of(ctx)->sha1, &key_of(key)->sha1);
	else if (key->id == SSPI_HASH_SHA256)
		hmac_sha256_init(&mac_of(ctx)->sha256, &key_of(key)->sha256);
	else
		hmac_sha384_init(&mac_of(ctx)->sha384, &key_of(key)->sha384);
}
SSPI_EXPORT_FOR_TEST(sspi_hmac_init);

void sspi_hmac_update(struct sspi_hmac_ctx *ctx, const void *data, size_t len)
{
	if (ctx->hash.id == SSPI_HASH_SHA1)
		hmac_sha1_update(&mac_of(ctx)->sha1, data, len);
	else if (ctx->hash.id == SSPI_HASH_SHA256)
		hmac_sha256_update(&mac_of(ctx)->sha256, data, len);
	else
		hmac_sha384_update(&mac_of(ctx)->sha384, data, len);
}
SSPI_EXPORT_FOR_TEST(sspi_hmac_update);

/* The library wipes its context. */
int sspi_hmac_final(struct sspi_hmac_ctx *ctx, u8 *out)
{
	if (ctx->hash.id == SSPI_HASH_SHA1)
		hmac_sha1_final(&mac_of(ctx)->sha1, out);
	else if (ctx->hash.id == SSPI_HASH_SHA256)
		hmac_sha256_final(&mac_of(ctx)->sha256, out);
	else
		hmac_sha384_final(&mac_of(ctx)->sha384, out);
	return 0;
}
SSPI_EXPORT_FOR_TEST(sspi_hmac_final);
