// SPDX-License-Identifier: GPL-2.0-only
/* n-fold, RFC 3961, 5.1: stretches or shrinks a text to a length. */
#include <linux/errno.h>
#include <linux/string.h>

#include "crypto/krb5_internal.h"
#include "test_export.h"

static size_t gcd_of(size_t a, size_t b)
{
	while (b) {
		size_t t = a % b;

		a = b;
		b = t;
	}
	return a;
}

/*
 * Byte @at of the endless text in which each copy of @in is the one before it
 * turned right by 13 bits.
 */
static u8 turned(struct sspi_span in, size_t at)
{
	size_t bits = in.len * 8;
	size_t copy = at / in.len;
	/* Where the byte's first bit stands in the copy that was not turned. */
	size_t first = at % in.len * 8 + bits - copy % bits * 13 % bits;
	size_t byte = first / 8 % in.len;
	unsigned int shift = first % 8;
	u16 two = in.data[byte] << 8 | in.data[(byte + 1) % in.len];

	return two >> (8 - shift);
}

/* The sum, in ones' complement, of as many blocks as make whole copies. */
void krb5_n_fold(struct sspi_span in, u8 *out, size_t len)
{
	size_t total, i;
	unsigned int carry = 0;

	memset(out, 0, len);
	if (!in.len || !len)
		return;
	total = in.len / gcd_of(in.len, len) * len;
	for (i = total; i--;) {
		carry += turned(in, i) + out[i % len];
		out[i % len] = carry;
		carry >>= 8;
	}
	/* The end around carry. */
	for (i = len; carry && i--;) {
		carry += out[i];
		out[i] = carry;
		carry >>= 8;
	}
}
SSPI_EXPORT_FOR_TEST(krb5_n_fold);
