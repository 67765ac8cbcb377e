// SPDX-License-Identifier: GPL-2.0-only
/* RC4 with a byte table; why not libarc4: see crypto.h. */
#include <linux/minmax.h>
#include <linux/types.h>

#include "crypto/crypto.h"
#include "test_export.h"

/* @len is 1 to 256. */
void sspi_rc4_init(struct sspi_rc4 *rc4, const void *key, size_t len)
{
	const u8 *k = key;
	u8 *s = rc4->s;
	unsigned int i, end;
	u8 j = 0, t;

	for (i = 0; i < 256; i++)
		s[i] = i;
	rc4->i = 0;
	rc4->j = 0;
	/* The key over and over: each turn of the outer loop is one of it. */
	for (i = 0; i < 256; k = key) {
		for (end = min_t(size_t, 256, i + len); i < end; i++) {
			t = s[i];
			j += t + *k++;
			s[i] = s[j];
			s[j] = t;
		}
	}
}
SSPI_EXPORT_FOR_PACKAGES(sspi_rc4_init);

/* @out and @in may be the same. */
void sspi_rc4_crypt(struct sspi_rc4 *rc4, u8 *out, const u8 *in, size_t len)
{
	u8 *s = rc4->s;
	u8 i = rc4->i;
	u8 j = rc4->j;

	while (len--) {
		u8 a = s[++i];
		u8 b;

		j += a;
		b = s[j];
		s[j] = a;
		s[i] = b;
		*out++ = *in++ ^ s[(u8)(a + b)];
	}
	rc4->i = i;
	rc4->j = j;
}
SSPI_EXPORT_FOR_PACKAGES(sspi_rc4_crypt);
