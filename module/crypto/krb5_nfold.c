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

/**
 * struct copies - the endless text, read backwards: copies of @in, each the one
 *	before it turned right by 13 bits
 * @in: the text
 * @left: bytes of this copy that are to come
 * @first: bit of @in that this copy begins with
 * @at: byte of @in that the byte to come begins in
 */
struct copies {
	struct sspi_span in;
	size_t left;
	size_t first;
	size_t at;
};

static void copy_begin(struct copies *c, size_t first)
{
	c->first = first;
	c->left = c->in.len;
	/* Its last byte ends where its first begins. */
	c->at = first / 8 ? first / 8 - 1 : c->in.len - 1;
}

/* Without a division: this is run for each byte of whole copies. */
static u8 copy_back(struct copies *c)
{
	const u8 *data = c->in.data;
	size_t next = c->at + 1 == c->in.len ? 0 : c->at + 1;
	u16 two = data[c->at] << 8 | data[next];
	u8 byte = two >> (8 - c->first % 8);
	size_t bits = c->in.len * 8, first;

	c->at = c->at ? c->at - 1 : c->in.len - 1;
	if (!--c->left) {
		first = c->first + 13 % bits;
		copy_begin(c, first < bits ? first : first - bits);
	}
	return byte;
}

#define WORD	8			/* bytes */
#define FEW	3			/* words of a result: up to a 3DES key */

/* The endless text, of a text that is a word at most: @total bytes of it. */
static void copies_of_word(struct sspi_span in, u8 *text, size_t total)
{
	unsigned int bits = in.len * 8, turn = 13 % bits;
	u8 word[WORD] = { 0 };
	u64 copy;
	size_t at;

	memcpy(word, in.data, in.len);
	copy = get_unaligned_be64(word);	/* in its upper bits */
	for (at = 0; at < total; at += in.len) {
		put_unaligned_be64(copy, text + at);
		copy = (copy >> turn | copy << (bits - turn)) &
		       ~0ULL << (64 - bits);
	}
	memzero_explicit(word, sizeof(word));
	memzero_explicit(&copy, sizeof(copy));
}

/* The same sum a word at a time, for whole words from one word or less. */
static void fold_words(struct sspi_span in, u8 *out, size_t len, size_t total)
{
	u8 text[(FEW * WORD + 1) * WORD];
	u64 sum[FEW] = { 0 }, word, carry = 0;
	size_t at, i;

	copies_of_word(in, text, total);
	for (at = 0; at < total; at += len) {
		for (i = len / WORD; i--;) {
			word = get_unaligned_be64(text + at + i * WORD) + carry;
			carry = word < carry;
			sum[i] += word;
			carry += sum[i] < word;
		}
		/* The end around carry goes into the next block. */
	}
	for (i = len / WORD; carry && i--;) {
		sum[i] += carry;
		carry = sum[i] < carry;
	}
	for (i = 0; i < len / WORD; i++)
		put_unaligned_be64(sum[i], out + i * WORD);
	memzero_explicit(text, sizeof(text));
	memzero_explicit(sum, sizeof(sum));
}

/* The sum, in ones' complement, of as many blocks as make whole copies. */
void krb5_n_fold(struct sspi_span in, u8 *out, size_t len)
{
	struct copies copies = { .in = in };
	unsigned int carry = 0;
	size_t total, turn, i;

	memset(out, 0, len);
	if (!in.len || !len)
		return;
	total = in.len / gcd_of(in.len, len) * len;
	if (in.len <= WORD && len % WORD == 0 && len <= FEW * WORD) {
		fold_words(in, out, len, total);
		return;
	}
	turn = (total / in.len - 1) * 13 % (in.len * 8);
	copy_begin(&copies, turn ? in.len * 8 - turn : 0);
	for (; total; total -= len) {
		for (i = len; i--;) {
			carry += copy_back(&copies) + out[i];
			out[i] = carry;
			carry >>= 8;
		}
	}
	/* The end around carry. */
	for (i = len; carry && i--;) {
		carry += out[i];
		out[i] = carry;
		carry >>= 8;
	}
}
SSPI_EXPORT_FOR_TEST(krb5_n_fold);
