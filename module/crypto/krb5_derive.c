// SPDX-License-Identifier: GPL-2.0-only
/* Keys from keys: DK of RFC 3961, the KDFs of RFC 6803 and RFC 8009. */
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "crypto/krb5_internal.h"
#include "test_export.h"

/*
 * DR, RFC 3961, 5.1: K1 = E(Key, n-fold(Constant), 0), K2 = E(Key, K1, 0), ...
 * One block at a time, so that CTS is CBC and CBC is the block alone.
 */
static int derive_random(struct krb5_deriver *d, struct sspi_span constant,
			 u8 *out, size_t len)
{
	unsigned int step = d->key->type->cipher_block;
	u8 block[KRB5_MAX_BLOCK];
	size_t done;
	int err = 0;

	if (constant.len == step)
		memcpy(block, constant.data, step);
	else
		krb5_n_fold(constant, block, step);
	for (done = 0; !err && done < len; done += step) {
		err = sspi_cipher_buffer(d->cipher, true, NULL, block, step);
		memcpy(out + done, block, min_t(size_t, step, len - done));
	}
	memzero_explicit(block, sizeof(block));
	return err;
}

/*
 * KDF-FEEDBACK-CMAC, RFC 6803, 3:
 * K(i) = CMAC(key, K(i-1) | i | constant | 0x00 | k), K(0) zeros.
 */
static int kdf_cmac(const struct krb5_key *key, struct sspi_span constant,
		    u8 *out, size_t len)
{
	u8 block[SSPI_CMAC_LEN] = { 0 };
	struct sspi_cmac *cmac;
	u8 number[5];
	size_t done;
	u32 i = 0;
	int err = 0;

	for (done = 0; done < len; done += sizeof(block)) {
		err = sspi_cmac_begin(&cmac, key->bytes, key->type->key_len);
		if (err)
			break;
		sspi_cmac_update(cmac, block, sizeof(block));
		krb5_put_be32(++i, number);
		sspi_cmac_update(cmac, number, 4);
		sspi_cmac_update(cmac, constant.data, constant.len);
		number[0] = 0;
		krb5_put_be32(len * 8, number + 1);
		sspi_cmac_update(cmac, number, 5);
		err = sspi_cmac_end(cmac, block);
		if (err)
			break;
		memcpy(out + done, block,
		       min_t(size_t, sizeof(block), len - done));
	}
	memzero_explicit(block, sizeof(block));
	return err;
}

/*
 * K1 = HMAC(key, 0x00000001 | label | 0x00 | [context] | k), RFC 8009, 3, with
 * all that stands between the two numbers in @pieces.
 */
int krb5_kdf_sha2(const struct krb5_key *key, const struct sspi_span *pieces,
		  unsigned int count, u8 *out, size_t len)
{
	u8 digest[SSPI_HASH_MAX];
	struct sspi_hmac_key mac_key;
	struct sspi_hmac_ctx ctx;
	unsigned int i;
	u8 number[4];
	int err;

	err = sspi_hmac_prepare(&mac_key, key->type->hash, key->bytes,
				key->type->key_len);
	if (!err) {
		sspi_hmac_init(&ctx, &mac_key);
		krb5_put_be32(1, number);
		sspi_hmac_update(&ctx, number, sizeof(number));
		for (i = 0; i < count; i++)
			sspi_hmac_update(&ctx, pieces[i].data, pieces[i].len);
		krb5_put_be32(len * 8, number);
		sspi_hmac_update(&ctx, number, sizeof(number));
		err = sspi_hmac_final(&ctx, digest);
	}
	if (!err)
		memcpy(out, digest, len);
	memzero_explicit(digest, sizeof(digest));
	memzero_explicit(&mac_key, sizeof(mac_key));
	return err;
}

static int kdf_label(const struct krb5_key *key, struct sspi_span label,
		     u8 *out, size_t len)
{
	static const u8 zero[1];
	struct sspi_span pieces[] = { label, krb5_span(zero, 1) };

	return krb5_kdf_sha2(key, pieces, 2, out, len);
}

int krb5_deriver_begin(struct krb5_deriver *d, const struct krb5_key *key)
{
	d->key = key;
	d->cipher = NULL;
	if (key->type->profile != KRB5_PROFILE_SIMPLIFIED)
		return 0;
	return sspi_cipher_begin(&d->cipher, key->type->cipher, key->bytes,
				 key->type->key_len);
}

void krb5_deriver_end(struct krb5_deriver *d)
{
	sspi_cipher_end(d->cipher);
}

int krb5_deriver_run(struct krb5_deriver *d, struct sspi_span constant,
		     u8 *out, size_t len)
{
	const struct krb5_enctype *type = d->key->type;

	switch (type->profile) {
	case KRB5_PROFILE_SIMPLIFIED:
		if (len > type->seed_len || !constant.len)
			return -EINVAL;
		return derive_random(d, constant, out, len);
	case KRB5_PROFILE_CAMELLIA:
		if (len > KRB5_MAX_KEY)
			return -EINVAL;
		return kdf_cmac(d->key, constant, out, len);
	case KRB5_PROFILE_SHA2:
		if (len > sspi_hash_len(type->hash))
			return -EINVAL;
		return kdf_label(d->key, constant, out, len);
	default:
		return -EOPNOTSUPP;
	}
}

/* A subkey of @len bytes: RFC 3961, 5.3: DK(key, usage | purpose). */
int krb5_deriver_purpose(struct krb5_deriver *d, u32 usage,
			 enum krb5_purpose purpose, u8 *out, size_t len)
{
	const struct krb5_enctype *type = d->key->type;
	u8 seed[KRB5_MAX_SEED];
	struct krb5_key sub;
	u8 constant[5];
	int err;

	krb5_put_be32(usage, constant);
	constant[4] = purpose;
	if (type->seed_len == type->key_len)
		return krb5_deriver_run(d, krb5_span(constant, 5), out, len);

	err = krb5_deriver_run(d, krb5_span(constant, 5), seed,
			       type->seed_len);
	if (!err)
		err = krb5_key_from_seed(&sub, type,
					 krb5_span(seed, type->seed_len));
	if (!err)
		memcpy(out, sub.bytes, len);
	krb5_key_wipe(&sub);
	memzero_explicit(seed, sizeof(seed));
	return err;
}

int krb5_derive(const struct krb5_key *key, struct sspi_span constant,
		u8 *out, size_t len)
{
	struct krb5_deriver d;
	int err = krb5_deriver_begin(&d, key);

	if (err)
		return err;
	err = krb5_deriver_run(&d, constant, out, len);
	krb5_deriver_end(&d);
	return err;
}
SSPI_EXPORT_FOR_TEST(krb5_derive);

/* DK(Key, Constant) = random-to-key(DR(Key, Constant)), RFC 3961, 5.1. */
int krb5_derive_key(struct krb5_key *out, const struct krb5_key *key,
		    struct sspi_span constant)
{
	const struct krb5_enctype *type = key->type;
	u8 seed[KRB5_MAX_SEED];
	int err;

	err = krb5_derive(key, constant, seed, type->seed_len);
	if (!err)
		err = krb5_key_from_seed(out, type,
					 krb5_span(seed, type->seed_len));
	memzero_explicit(seed, sizeof(seed));
	return err;
}
SSPI_EXPORT_FOR_TEST(krb5_derive_key);
