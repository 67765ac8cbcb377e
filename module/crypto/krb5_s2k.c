// SPDX-License-Identifier: GPL-2.0-only
/* string-to-key of each profile. */
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "codec/utf16.h"
#include "crypto/krb5_internal.h"
#include "test_export.h"

/* What RFC 3961, 6.3.1 and RFC 3962, 4 derive the key with. */
static const u8 kerberos[8] __nonstring = "kerberos";

/* PBKDF2 of RFC 8018 under way. */
struct pbkdf2 {
	const struct krb5_s2k *from;
	struct sspi_span prefix;	/* before the salt */
	struct sspi_hmac_key key;
	unsigned int digest_len;
	u32 iterations;
	u32 done;
};

static int one_block(struct pbkdf2 *p, u32 number, u8 *sum)
{
	const struct krb5_s2k *from = p->from;
	u8 u[SSPI_HASH_MAX];
	struct sspi_hmac_ctx ctx;
	unsigned int j;
	u8 be[4];
	int err;
	u32 i;

	krb5_put_be32(number, be);
	sspi_hmac_init(&ctx, &p->key);
	sspi_hmac_update(&ctx, p->prefix.data, p->prefix.len);
	sspi_hmac_update(&ctx, from->salt.data, from->salt.len);
	sspi_hmac_update(&ctx, be, sizeof(be));
	err = sspi_hmac_final(&ctx, u);
	memcpy(sum, u, p->digest_len);
	for (i = 1; !err && i < p->iterations; i++) {
		if (++p->done % KRB5_POLL_ITERATIONS == 0) {
			sspi_crypto_relax();
			if (from->cancelled && from->cancelled(from->priv))
				err = -ECANCELED;
		}
		if (err)
			break;
		sspi_hmac_init(&ctx, &p->key);
		sspi_hmac_update(&ctx, u, p->digest_len);
		err = sspi_hmac_final(&ctx, u);
		for (j = 0; j < p->digest_len; j++)
			sum[j] ^= u[j];
	}
	memzero_explicit(u, sizeof(u));
	return err;
}

/* PBKDF2, RFC 8018, 5.2, with HMAC of @hash. */
static int pbkdf2(const struct krb5_s2k *from, enum sspi_hash_id hash,
		  struct sspi_span prefix, u32 iterations, u8 *out, size_t len)
{
	struct pbkdf2 p = {
		.from = from, .prefix = prefix, .iterations = iterations,
		.digest_len = sspi_hash_len(hash),
	};
	u8 sum[SSPI_HASH_MAX];
	u32 number = 0;
	size_t at;
	int err;

	err = sspi_hmac_prepare(&p.key, hash, from->password.data,
				from->password.len);
	for (at = 0; !err && at < len; at += p.digest_len) {
		err = one_block(&p, ++number, sum);
		memcpy(out + at, sum, min_t(size_t, p.digest_len, len - at));
	}
	memzero_explicit(sum, sizeof(sum));
	memzero_explicit(&p, sizeof(p));
	return err;
}

/*
 * s2kparams: four bytes, big endian: RFC 3962, 4; RFC 6803, 5; RFC 8009, 4.
 * Zero means 2^32 there, which is over the cap.
 */
static int iterations_of(const struct krb5_enctype *type,
			 struct sspi_span params, u32 *iterations)
{
	*iterations = type->iterations;
	if (!params.data)
		return 0;
	if (params.len != 4)
		return -EINVAL;
	*iterations = (u32)params.data[0] << 24 | params.data[1] << 16 |
		      params.data[2] << 8 | params.data[3];
	if (!*iterations || *iterations > KRB5_MAX_ITERATIONS)
		return -EINVAL;
	return 0;
}

/*
 * RFC 3962, 4: key = DK(PBKDF2(password, salt), "kerberos"). RFC 6803, 5 and
 * RFC 8009, 4: the same with their KDF, and the salt is name | 0x00 | salt.
 */
static int s2k_pbkdf2(struct krb5_key *key, const struct krb5_enctype *type,
		      const struct krb5_s2k *from)
{
	struct sspi_span prefix = { NULL, 0 };
	struct krb5_key raw = { .type = type };
	u32 iterations;
	int err = iterations_of(type, from->params, &iterations);

	if (err)
		return err;
	/* With the NUL that ends the name. */
	if (type->profile != KRB5_PROFILE_SIMPLIFIED)
		prefix = krb5_span(type->name, strlen(type->name) + 1);
	err = pbkdf2(from, type->hash, prefix, iterations, raw.bytes,
		     type->key_len);
	if (!err)
		err = krb5_derive_key(key, &raw,
				      krb5_span(kerberos, sizeof(kerberos)));
	krb5_key_wipe(&raw);
	return err;
}

/* RFC 3961, 6.3.1: DK(random-to-key(168-fold(password | salt)), "kerberos"). */
static int s2k_des3(struct krb5_key *key, const struct krb5_enctype *type,
		    const struct krb5_s2k *from)
{
	size_t len = from->password.len + from->salt.len;
	u8 seed[KRB5_MAX_SEED] = { 0 };
	struct krb5_key raw;
	u8 *text;
	int err;

	if (from->params.len)
		return -EINVAL;
	text = kmalloc(len + 1, SSPI_CRYPTO_GFP);
	if (!text)
		return -ENOMEM;
	if (from->password.len)
		memcpy(text, from->password.data, from->password.len);
	if (from->salt.len)
		memcpy(text + from->password.len, from->salt.data,
		       from->salt.len);
	krb5_n_fold(krb5_span(text, len), seed, type->seed_len);
	err = krb5_key_from_seed(&raw, type, krb5_span(seed, type->seed_len));
	if (!err)
		err = krb5_derive_key(key, &raw,
				      krb5_span(kerberos, sizeof(kerberos)));
	kfree_sensitive(text);
	krb5_key_wipe(&raw);
	memzero_explicit(seed, sizeof(seed));
	return err;
}

/* RFC 4757, 2: MD4 of the password in UTF-16LE; there is no salt. */
static int s2k_rc4(struct krb5_key *key, const struct krb5_enctype *type,
		   const struct krb5_s2k *from)
{
	int len = sspi_utf8_to_utf16le(from->password, NULL, 0);
	u8 *text;

	if (from->params.len || len < 0)
		return -EINVAL;
	text = kmalloc(len + 1, SSPI_CRYPTO_GFP);
	if (!text)
		return -ENOMEM;
	sspi_utf8_to_utf16le(from->password, text, len);
	key->type = type;
	sspi_md4(text, len, key->bytes);
	kfree_sensitive(text);
	return 0;
}

int krb5_string_to_key(struct krb5_key *key, const struct krb5_enctype *type,
		       const struct krb5_s2k *from)
{
	memzero_explicit(key, sizeof(*key));
	if (type->profile == KRB5_PROFILE_RC4)
		return s2k_rc4(key, type, from);
	if (!type->iterations)
		return s2k_des3(key, type, from);
	return s2k_pbkdf2(key, type, from);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_string_to_key);
