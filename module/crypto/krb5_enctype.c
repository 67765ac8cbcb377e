// SPDX-License-Identifier: GPL-2.0-only
/* The encryption types, as data, and keys of them. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "crypto/krb5_internal.h"
#include "test_export.h"

/*
 * Strongest first. Lengths: RFC 3962, 6; RFC 8009, 4 and 5; RFC 6803, 6; RFC
 * 4757, 3; RFC 3961, 6.3. Single DES is not here and never will be.
 */
static const struct krb5_enctype enctypes[] = {
	{
		.number = KRB5_ENCTYPE_AES256_CTS_HMAC_SHA384_192,
		.profile = KRB5_PROFILE_SHA2,
		.name = "aes256-cts-hmac-sha384-192",
		.label = "AES256-CTS-HMAC-SHA384-192",
		.cipher = SSPI_CIPHER_AES_CTS, .hash = SSPI_HASH_SHA384,
		.key_len = 32, .seed_len = 32, .block_len = 1,
		.cipher_block = 16, .confounder_len = 16, .mac_len = 24,
		.checksum = KRB5_CKSUMTYPE_HMAC_SHA384_192_AES256,
		.checksum_len = 24, .mac_key_len = 24, .prf_len = 48,
		.key_bits = 256, .iterations = 32768,
		.rfc4121 = true, .fips = true,
	},
	{
		.number = KRB5_ENCTYPE_AES128_CTS_HMAC_SHA256_128,
		.profile = KRB5_PROFILE_SHA2,
		.name = "aes128-cts-hmac-sha256-128",
		.label = "AES128-CTS-HMAC-SHA256-128",
		.cipher = SSPI_CIPHER_AES_CTS, .hash = SSPI_HASH_SHA256,
		.key_len = 16, .seed_len = 16, .block_len = 1,
		.cipher_block = 16, .confounder_len = 16, .mac_len = 16,
		.checksum = KRB5_CKSUMTYPE_HMAC_SHA256_128_AES128,
		.checksum_len = 16, .mac_key_len = 16, .prf_len = 32,
		.key_bits = 128, .iterations = 32768,
		.rfc4121 = true, .fips = true,
	},
	{
		.number = KRB5_ENCTYPE_AES256_CTS_HMAC_SHA1_96,
		.profile = KRB5_PROFILE_SIMPLIFIED,
		.name = "aes256-cts-hmac-sha1-96",
		.label = "AES256-CTS-HMAC-SHA1-96",
		.cipher = SSPI_CIPHER_AES_CTS, .hash = SSPI_HASH_SHA1,
		.key_len = 32, .seed_len = 32, .block_len = 1,
		.cipher_block = 16, .confounder_len = 16, .mac_len = 12,
		.checksum = KRB5_CKSUMTYPE_HMAC_SHA1_96_AES256,
		.checksum_len = 12, .mac_key_len = 32, .prf_len = 16,
		.key_bits = 256, .iterations = 4096,
		.rfc4121 = true, .fips = true,
	},
	{
		.number = KRB5_ENCTYPE_AES128_CTS_HMAC_SHA1_96,
		.profile = KRB5_PROFILE_SIMPLIFIED,
		.name = "aes128-cts-hmac-sha1-96",
		.label = "AES128-CTS-HMAC-SHA1-96",
		.cipher = SSPI_CIPHER_AES_CTS, .hash = SSPI_HASH_SHA1,
		.key_len = 16, .seed_len = 16, .block_len = 1,
		.cipher_block = 16, .confounder_len = 16, .mac_len = 12,
		.checksum = KRB5_CKSUMTYPE_HMAC_SHA1_96_AES128,
		.checksum_len = 12, .mac_key_len = 16, .prf_len = 16,
		.key_bits = 128, .iterations = 4096,
		.rfc4121 = true, .fips = true,
	},
	{
		.number = KRB5_ENCTYPE_CAMELLIA256_CTS_CMAC,
		.profile = KRB5_PROFILE_CAMELLIA,
		.name = "camellia256-cts-cmac",
		.label = "CAMELLIA256-CTS-CMAC",
		.cipher = SSPI_CIPHER_CAMELLIA_CTS, .hash = SSPI_HASH_SHA1,
		.key_len = 32, .seed_len = 32, .block_len = 1,
		.cipher_block = 16, .confounder_len = 16, .mac_len = 16,
		.checksum = KRB5_CKSUMTYPE_CMAC_CAMELLIA256,
		.checksum_len = 16, .mac_key_len = 32, .prf_len = 16,
		.key_bits = 256, .iterations = 32768,
		.rfc4121 = true,
	},
	{
		.number = KRB5_ENCTYPE_CAMELLIA128_CTS_CMAC,
		.profile = KRB5_PROFILE_CAMELLIA,
		.name = "camellia128-cts-cmac",
		.label = "CAMELLIA128-CTS-CMAC",
		.cipher = SSPI_CIPHER_CAMELLIA_CTS, .hash = SSPI_HASH_SHA1,
		.key_len = 16, .seed_len = 16, .block_len = 1,
		.cipher_block = 16, .confounder_len = 16, .mac_len = 16,
		.checksum = KRB5_CKSUMTYPE_CMAC_CAMELLIA128,
		.checksum_len = 16, .mac_key_len = 16, .prf_len = 16,
		.key_bits = 128, .iterations = 32768,
		.rfc4121 = true,
	},
	{
		.number = KRB5_ENCTYPE_DES3_CBC_SHA1,
		.profile = KRB5_PROFILE_SIMPLIFIED,
		.name = "des3-cbc-sha1",
		.label = "DES3-CBC-SHA1",
		.cipher = SSPI_CIPHER_DES3_CBC, .hash = SSPI_HASH_SHA1,
		.key_len = 24, .seed_len = 21, .block_len = 8,
		.cipher_block = 8, .confounder_len = 8, .mac_len = 20,
		.checksum = KRB5_CKSUMTYPE_HMAC_SHA1_DES3,
		.checksum_len = 20, .mac_key_len = 24, .prf_len = 16,
		.key_bits = 168,
	},
	{
		.number = KRB5_ENCTYPE_RC4_HMAC,
		.profile = KRB5_PROFILE_RC4,
		.name = "arcfour-hmac",
		.label = "RC4-HMAC",
		.key_len = 16, .seed_len = 16, .block_len = 1,
		.cipher_block = 1, .confounder_len = 8, .mac_len = 16,
		.mac_first = true,
		.checksum = KRB5_CKSUMTYPE_HMAC_MD5,
		.checksum_len = 16, .mac_key_len = 16, .prf_len = 20,
		.key_bits = 128,
	},
};

static bool usable(const struct krb5_enctype *type)
{
	if (type->profile == KRB5_PROFILE_CAMELLIA &&
	    !IS_ENABLED(CONFIG_SSPI_KRB5_CAMELLIA))
		return false;
	return type->fips || !sspi_crypto_fips();
}

const struct krb5_enctype *krb5_enctype_find(s32 number)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(enctypes); i++)
		if (enctypes[i].number == number && usable(&enctypes[i]))
			return &enctypes[i];
	return NULL;
}
SSPI_EXPORT_FOR_PACKAGES(krb5_enctype_find);

const struct krb5_enctype *krb5_enctype_at(unsigned int index)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(enctypes); i++)
		if (usable(&enctypes[i]) && !index--)
			return &enctypes[i];
	return NULL;
}
SSPI_EXPORT_FOR_PACKAGES(krb5_enctype_at);

int krb5_key_set(struct krb5_key *key, s32 enctype, struct sspi_span bytes)
{
	const struct krb5_enctype *type = krb5_enctype_find(enctype);

	memzero_explicit(key, sizeof(*key));
	if (!type)
		return -EOPNOTSUPP;
	if (bytes.len != type->key_len)
		return -EINVAL;
	key->type = type;
	memcpy(key->bytes, bytes.data, bytes.len);
	return 0;
}
SSPI_EXPORT_FOR_PACKAGES(krb5_key_set);

static u8 odd_parity(u8 b)
{
	u8 ones = b ^ b >> 4;

	ones ^= ones >> 2;
	ones ^= ones >> 1;
	return (b & 0xfe) | (~(ones ^ b) & 1);
}

/*
 * RFC 3961, 6.3.1: each 7 bytes become 8, the eighth of their lowest bits, and
 * all get odd parity.
 */
static void des3_key(u8 out[24], const u8 seed[21])
{
	unsigned int i, j;

	for (i = 0; i < 3; i++) {
		u8 last = 0;

		for (j = 0; j < 7; j++) {
			out[8 * i + j] = odd_parity(seed[7 * i + j]);
			last |= (seed[7 * i + j] & 1) << (j + 1);
		}
		out[8 * i + 7] = odd_parity(last);
	}
}

int krb5_key_from_seed(struct krb5_key *key, const struct krb5_enctype *type,
		       struct sspi_span seed)
{
	if (seed.len != type->seed_len)
		return -EINVAL;
	memzero_explicit(key, sizeof(*key));
	key->type = type;
	if (type->seed_len != type->key_len)
		des3_key(key->bytes, seed.data);
	else
		memcpy(key->bytes, seed.data, seed.len);
	return 0;
}
SSPI_EXPORT_FOR_PACKAGES(krb5_key_from_seed);

void krb5_key_wipe(struct krb5_key *key)
{
	memzero_explicit(key, sizeof(*key));
}
SSPI_EXPORT_FOR_PACKAGES(krb5_key_wipe);
