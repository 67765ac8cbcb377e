// SPDX-License-Identifier: GPL-2.0-only
/*
 * MD4, RFC 1320, of a text in one piece: the NT hash of a password.
 *
 * Our own, because shash "md4" is a module that FIPS kernels and the in-tree
 * build may lack, and because a password should meet no asynchronous code.
 */
#include <linux/string.h>
#include <linux/types.h>

#include "crypto/crypto.h"
#include "test_export.h"

#define BLOCK	64

static u32 load(const u8 *p)
{
	return p[0] | p[1] << 8 | p[2] << 16 | (u32)p[3] << 24;
}

static void store(u8 *p, u32 v)
{
	p[0] = v;
	p[1] = v >> 8;
	p[2] = v >> 16;
	p[3] = v >> 24;
}

static u32 rotate(u32 v, unsigned int by)
{
	return v << by | v >> (32 - by);
}

/* The three auxiliary functions of RFC 1320, 3.4. */
static u32 mix(unsigned int round, u32 x, u32 y, u32 z)
{
	switch (round) {
	case 0:
		return (x & y) | (~x & z);
	case 1:
		return (x & y) | (x & z) | (y & z);
	default:
		return x ^ y ^ z;
	}
}

static void transform(u32 state[4], const u8 block[BLOCK])
{
	static const u8 order[3][16] = {
		{ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 },
		{ 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15 },
		{ 0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15 },
	};
	static const u8 shift[3][4] = {
		{ 3, 7, 11, 19 }, { 3, 5, 9, 13 }, { 3, 9, 11, 15 },
	};
	static const u32 constant[3] = { 0, 0x5a827999, 0x6ed9eba1 };
	u32 v[4];
	unsigned int round, i;

	memcpy(v, state, sizeof(v));
	for (round = 0; round < 3; round++) {
		for (i = 0; i < 16; i++) {
			u32 x = load(block + 4 * order[round][i]);
			u32 sum = v[0] + mix(round, v[1], v[2], v[3]) + x +
				  constant[round];

			/* a takes the sum and becomes the next b. */
			v[0] = v[3];
			v[3] = v[2];
			v[2] = v[1];
			v[1] = rotate(sum, shift[round][i % 4]);
		}
	}
	for (i = 0; i < 4; i++)
		state[i] += v[i];
	memzero_explicit(v, sizeof(v));
}

void sspi_md4(const void *data, size_t len, u8 out[SSPI_MD4_LEN])
{
	u32 state[4] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476 };
	u8 last[2 * BLOCK] = { };
	const u8 *p = data;
	size_t left = len;
	size_t pad;

	for (; left >= BLOCK; left -= BLOCK, p += BLOCK)
		transform(state, p);

	/* One bit, zeros, and the length in bits: one block or two. */
	if (left)
		memcpy(last, p, left);
	last[left] = 0x80;
	pad = left + 1 + 8 > BLOCK ? 2 * BLOCK : BLOCK;
	store(last + pad - 8, (u64)len << 3);
	store(last + pad - 4, (u64)len >> 29);
	transform(state, last);
	if (pad > BLOCK)
		transform(state, last + BLOCK);

	for (pad = 0; pad < 4; pad++)
		store(out + 4 * pad, state[pad]);
	memzero_explicit(last, sizeof(last));
	memzero_explicit(state, sizeof(state));
}
SSPI_EXPORT_FOR_TEST(sspi_md4);
