// SPDX-License-Identifier: GPL-2.0-only
/* What a signed or sealed message costs at least: HMAC-MD5 and RC4. */
#include <crypto/arc4.h>
#include <crypto/md5.h>
#include <linux/slab.h>

#include "bench.h"

#include "crypto/rc4.c"

struct bare {
	struct hmac_md5_key hmac;
	struct sspi_rc4 rc4;
	struct arc4_ctx arc4;
	u8 mac[16];
};

struct bare *bare_new(void)
{
	static const u8 key[16] = "bench bench key";
	struct bare *bare = kzalloc(sizeof(*bare), GFP_KERNEL);

	if (!bare)
		return NULL;
	hmac_md5_preparekey(&bare->hmac, key, sizeof(key));
	sspi_rc4_init(&bare->rc4, key, sizeof(key));
	arc4_setkey(&bare->arc4, key, sizeof(key));
	return bare;
}

void bare_free(struct bare *bare)
{
	kfree_sensitive(bare);
}

void bare_sign(struct bare *bare, const u8 *data, size_t len)
{
	struct hmac_md5_ctx ctx;
	u32 seq = 0;

	hmac_md5_init(&ctx, &bare->hmac);
	hmac_md5_update(&ctx, (const u8 *)&seq, sizeof(seq));
	hmac_md5_update(&ctx, data, len);
	hmac_md5_final(&ctx, bare->mac);
	sspi_rc4_crypt(&bare->rc4, bare->mac, bare->mac, 8);
}

void bare_seal(struct bare *bare, u8 *data, size_t len)
{
	struct hmac_md5_ctx ctx;
	u32 seq = 0;

	hmac_md5_init(&ctx, &bare->hmac);
	hmac_md5_update(&ctx, (const u8 *)&seq, sizeof(seq));
	hmac_md5_update(&ctx, data, len);
	hmac_md5_final(&ctx, bare->mac);
	sspi_rc4_crypt(&bare->rc4, data, data, len);
	sspi_rc4_crypt(&bare->rc4, bare->mac, bare->mac, 8);
}

void bare_rc4(struct bare *bare, u8 *data, size_t len)
{
	sspi_rc4_crypt(&bare->rc4, data, data, len);
}

void bare_libarc4(struct bare *bare, u8 *data, size_t len)
{
	arc4_crypt(&bare->arc4, data, data, len);
}
