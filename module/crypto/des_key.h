/* SPDX-License-Identifier: GPL-2.0-only */
/* 56 bits of a key spread over 8 bytes, for the back ends only. */
#ifndef _SSPI_CRYPTO_DES_KEY_H
#define _SSPI_CRYPTO_DES_KEY_H

#include <linux/types.h>

/* Seven bits a byte from the left, odd parity in the lowest (MS-NLMP 6). */
static inline void des_spread_key(const u8 key[7], u8 out[8])
{
	u64 bits = 0;
	int i;

	for (i = 0; i < 7; i++)
		bits = bits << 8 | key[i];
	for (i = 7; i >= 0; i--, bits >>= 7) {
		u8 seven = bits & 0x7f;
		u8 ones = seven ^ seven >> 4;

		ones ^= ones >> 2;
		ones ^= ones >> 1;
		out[i] = seven << 1 | (~ones & 1);
	}
}

#endif /* _SSPI_CRYPTO_DES_KEY_H */
