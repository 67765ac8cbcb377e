// SPDX-License-Identifier: GPL-2.0-only
/* One MAC over HMAC-MD5, HMAC-SHA, CMAC and the digests without key. */
#include <linux/errno.h>
#include <linux/string.h>

#include "crypto/krb5_internal.h"

int krb5_mac_prepare(struct krb5_mac_key *key, const struct krb5_enctype *type,
		     const u8 *raw, size_t len)
{
	memzero_explicit(key, sizeof(*key));
	switch (type->profile) {
	case KRB5_PROFILE_RC4:
		key->kind = KRB5_MAC_HMAC_MD5;
		sspi_hmac_md5_prepare(&key->md5, raw, len);
		return 0;
	case KRB5_PROFILE_CAMELLIA:
		key->kind = KRB5_MAC_CMAC;
		key->raw_len = len;
		memcpy(key->raw, raw, len);
		return 0;
	default:
		key->kind = KRB5_MAC_HMAC_SHA;
		return sspi_hmac_prepare(&key->hmac, type->hash, raw, len);
	}
}

int krb5_mac_init(struct krb5_mac *mac, const struct krb5_mac_key *key)
{
	mac->kind = key->kind;
	switch (key->kind) {
	case KRB5_MAC_HMAC_MD5:
		sspi_hmac_md5_init(&mac->hmac_md5, &key->md5);
		return 0;
	case KRB5_MAC_HMAC_SHA:
		sspi_hmac_init(&mac->hmac, &key->hmac);
		return 0;
	case KRB5_MAC_CMAC:
		return sspi_cmac_begin(&mac->cmac, key->raw, key->raw_len);
	case KRB5_MAC_MD5:
		sspi_md5_init(&mac->md5);
		return 0;
	case KRB5_MAC_SHA1:
		sspi_hash_init(&mac->hash, SSPI_HASH_SHA1);
		return 0;
	default:
		return -EOPNOTSUPP;
	}
}

void krb5_mac_update(struct krb5_mac *mac, const void *data, size_t len)
{
	switch (mac->kind) {
	case KRB5_MAC_HMAC_MD5:
		sspi_hmac_md5_update(&mac->hmac_md5, data, len);
		break;
	case KRB5_MAC_HMAC_SHA:
		sspi_hmac_update(&mac->hmac, data, len);
		break;
	case KRB5_MAC_CMAC:
		sspi_cmac_update(mac->cmac, data, len);
		break;
	case KRB5_MAC_MD5:
		sspi_md5_update(&mac->md5, data, len);
		break;
	default:
		sspi_hash_update(&mac->hash, data, len);
		break;
	}
}

static void update_run(void *priv, u8 *data, size_t len)
{
	krb5_mac_update(priv, data, len);
}

void krb5_mac_parts(struct krb5_mac *mac, const struct sspi_part *parts,
		    unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (parts[i].kind != SSPI_PART_READONLY)
			sspi_part_walk(&parts[i], update_run, mac);
}

int krb5_mac_final(struct krb5_mac *mac, u8 *out)
{
	switch (mac->kind) {
	case KRB5_MAC_HMAC_MD5:
		sspi_hmac_md5_final(&mac->hmac_md5, out);
		return 0;
	case KRB5_MAC_HMAC_SHA:
		return sspi_hmac_final(&mac->hmac, out);
	case KRB5_MAC_CMAC:
		return sspi_cmac_end(mac->cmac, out);
	case KRB5_MAC_MD5:
		sspi_md5_final(&mac->md5, out);
		return 0;
	default:
		return sspi_hash_final(&mac->hash, out);
	}
}
