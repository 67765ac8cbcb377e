// SPDX-License-Identifier: GPL-2.0-only
/* Texts in pieces: how long, and out of the pieces and back. */
#include <linux/limits.h>
#include <linux/string.h>

#include "crypto/crypto.h"
#include "test_export.h"

/* Ciphers count in unsigned int; nobody sends more than this. */
#define MAX_TEXT	0x40000000

u64 sspi_text_len(const struct sspi_text *text)
{
	u64 len = text->head_len;
	unsigned int i;

	for (i = 0; i < text->count; i++)
		if (sspi_part_sealed(&text->parts[i]))
			len += text->parts[i].len;
	return len > MAX_TEXT ? U64_MAX : len;
}

static void copy_out(void *priv, u8 *data, size_t len)
{
	u8 **at = priv;

	memcpy(*at, data, len);
	*at += len;
}

static void copy_in(void *priv, u8 *data, size_t len)
{
	u8 **at = priv;

	memcpy(data, *at, len);
	*at += len;
}

void sspi_text_copy(const struct sspi_text *text, u8 *flat, bool out)
{
	sspi_part_fn copy = out ? copy_out : copy_in;
	u8 *at = flat;
	unsigned int i;

	if (text->head_len)
		copy(&at, text->head, text->head_len);
	for (i = 0; i < text->count; i++)
		if (sspi_part_sealed(&text->parts[i]))
			sspi_part_walk(&text->parts[i], copy, &at);
}

int sspi_cipher_begin(struct sspi_cipher **cipher, enum sspi_cipher_id id,
		      const u8 *key, size_t len)
{
	return sspi_cipher_begin_kept(cipher, id, key, len, 0);
}
SSPI_EXPORT_FOR_PACKAGES(sspi_cipher_begin);

int sspi_cipher_buffer(struct sspi_cipher *cipher, bool encrypt, const u8 *iv,
		       u8 *data, size_t len)
{
	struct sspi_text text = { .head = data, .head_len = len };
	int err = sspi_cipher_map(cipher, &text);

	return err < 0 ? err : sspi_cipher_run(cipher, encrypt, iv);
}
SSPI_EXPORT_FOR_TEST(sspi_cipher_buffer);
