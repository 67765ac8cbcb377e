// SPDX-License-Identifier: GPL-2.0-only
/* The part of the facade that every kernel offers under one name. */
#include <crypto/des.h>
#include <linux/crc32.h>
#include <linux/fips.h>
#include <linux/once.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/siphash.h>
#include <linux/string.h>

#include "crypto/crypto.h"
#include "crypto/des_key.h"
#include "test_export.h"

bool sspi_crypto_fips(void)
{
	return fips_enabled;
}
SSPI_EXPORT_FOR_PACKAGES(sspi_crypto_fips);

void sspi_des_block(const u8 key[7], const u8 in[8], u8 out[8])
{
	struct des_ctx ctx;
	u8 spread[DES_KEY_SIZE];

	des_spread_key(key, spread);
	/*
	 * -ENOKEY says that the key is weak, yet it has been expanded. Some
	 * passwords give such a key and must work like others.
	 */
	des_expand_key(&ctx, spread, sizeof(spread));
	des_encrypt(&ctx, out, in);
	memzero_explicit(&ctx, sizeof(ctx));
	memzero_explicit(spread, sizeof(spread));
}
SSPI_EXPORT_FOR_TEST(sspi_des_block);

/* CRC-32 of IEEE 802.3: inverted at both ends, which crc32_le() leaves to us. */
u32 sspi_crc32_init(void)
{
	return ~0u;
}
SSPI_EXPORT_FOR_PACKAGES(sspi_crc32_init);

u32 sspi_crc32_update(u32 crc, const void *data, size_t len)
{
	return crc32_le(crc, data, len);
}
SSPI_EXPORT_FOR_PACKAGES(sspi_crc32_update);

u32 sspi_crc32_final(u32 crc)
{
	return ~crc;
}
SSPI_EXPORT_FOR_PACKAGES(sspi_crc32_final);

/* crypto_memneq() comes from the header that compat.h chose. */
bool sspi_equal_ct(const void *a, const void *b, size_t len)
{
	return !crypto_memneq(a, b, len);
}
SSPI_EXPORT_FOR_PACKAGES(sspi_equal_ct);

void sspi_crypto_relax(void)
{
	cond_resched();
}

u64 sspi_keyed_hash(const void *data, size_t len)
{
	static siphash_key_t key;

	get_random_once(&key, sizeof(key));
	return siphash(data, len, &key);
}
SSPI_EXPORT_FOR_PACKAGES(sspi_keyed_hash);
