// SPDX-License-Identifier: GPL-2.0-only
/* HMAC-MD5 of several pieces in one call, the same over every back end. */
#include <linux/string.h>

#include "crypto/crypto.h"
#include "test_export.h"

void sspi_hmac_md5(const void *raw, size_t len, const struct sspi_span *pieces,
		   unsigned int count, u8 out[SSPI_MD5_LEN])
{
	struct sspi_hmac_md5_key key;
	struct sspi_hmac_md5_ctx ctx;
	unsigned int i;

	sspi_hmac_md5_prepare(&key, raw, len);
	sspi_hmac_md5_init(&ctx, &key);
	for (i = 0; i < count; i++)
		sspi_hmac_md5_update(&ctx, pieces[i].data, pieces[i].len);
	sspi_hmac_md5_final(&ctx, out);
	memzero_explicit(&key, sizeof(key));
}
SSPI_EXPORT_FOR_PACKAGES(sspi_hmac_md5);
