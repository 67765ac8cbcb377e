// SPDX-License-Identifier: GPL-2.0-only
/* Kerberos: RC4 as RFC 4757 7 has it for messages, and triple DES in CBC. */
#include <linux/kernel.h>
#include <linux/string.h>

#include "codec/buf.h"
#include "pkg/krb5/v1.h"

static struct sspi_span number(u8 out[4], u32 v)
{
	struct sspi_writer w;

	sspi_writer_init(&w, out, 4);
	sspi_write_le32(&w, v);
	return (struct sspi_span){ out, 4 };
}

static void md5_run(void *priv, u8 *data, size_t len)
{
	sspi_md5_update(priv, data, len);
}

/* HMAC(Ksign, MD5(salt | head | message)), Ksign = HMAC(K, "signaturekey\0"). */
int krb5_v1_rc4_sum(const struct krb5_key *key, u32 salt,
		    const struct sspi_part *parts, u32 count,
		    u8 sum[KRB5_MAX_CHECKSUM])
{
	static const u8 label[] = "signaturekey";
	struct sspi_span piece = { label, sizeof(label) };
	u8 ksign[SSPI_MD5_LEN], digest[SSPI_MD5_LEN], le[4];
	struct sspi_md5_ctx md5;
	u32 i;

	sspi_hmac_md5(key->bytes, key->type->key_len, &piece, 1, ksign);
	piece = number(le, salt);
	sspi_md5_init(&md5);
	sspi_md5_update(&md5, piece.data, piece.len);
	for (i = 0; i < count; i++)
		sspi_part_walk(&parts[i], md5_run, &md5);
	sspi_md5_final(&md5, digest);
	piece = (struct sspi_span){ digest, sizeof(digest) };
	sspi_hmac_md5(ksign, sizeof(ksign), &piece, 1, sum);
	memzero_explicit(ksign, sizeof(ksign));
	return 0;
}

/* Kseq = HMAC(HMAC(K, 0), checksum). */
int krb5_v1_rc4_seq(const struct krb5_key *key, const u8 sum[8], u8 seq[8])
{
	u8 k[SSPI_MD5_LEN], le[4];
	struct sspi_span piece = number(le, 0);
	struct sspi_rc4 rc4;

	sspi_hmac_md5(key->bytes, key->type->key_len, &piece, 1, k);
	piece = (struct sspi_span){ sum, 8 };
	sspi_hmac_md5(k, sizeof(k), &piece, 1, k);
	sspi_rc4_init(&rc4, k, sizeof(k));
	sspi_rc4_crypt(&rc4, seq, seq, 8);
	memzero_explicit(k, sizeof(k));
	memzero_explicit(&rc4, sizeof(rc4));
	return 0;
}

static void rc4_run(void *priv, u8 *data, size_t len)
{
	sspi_rc4_crypt(priv, data, data, len);
}

/* Kcrypt = HMAC(HMAC(K ^ F0.., 0), number, big endian). */
int krb5_v1_rc4_body(const struct krb5_key *key, u32 seq,
		     const struct sspi_part *parts, u32 count)
{
	u8 local[KRB5_MAX_KEY], k[SSPI_MD5_LEN], le[4];
	struct sspi_span piece = number(le, 0);
	struct sspi_rc4 rc4;
	u32 i;

	for (i = 0; i < key->type->key_len; i++)
		local[i] = key->bytes[i] ^ 0xf0;
	sspi_hmac_md5(local, key->type->key_len, &piece, 1, k);
	le[0] = seq >> 24;
	le[1] = seq >> 16;
	le[2] = seq >> 8;
	le[3] = seq;
	sspi_hmac_md5(k, sizeof(k), &piece, 1, k);
	sspi_rc4_init(&rc4, k, sizeof(k));
	for (i = 0; i < count; i++)
		sspi_part_walk(&parts[i], rc4_run, &rc4);
	memzero_explicit(local, sizeof(local));
	memzero_explicit(k, sizeof(k));
	memzero_explicit(&rc4, sizeof(rc4));
	return 0;
}

static int des3_text(const struct krb5_key *key, bool encrypt, const u8 *iv,
		     const struct sspi_text *text)
{
	struct sspi_cipher *cipher;
	int err;

	err = sspi_cipher_begin(&cipher, SSPI_CIPHER_DES3_CBC, key->bytes,
				key->type->key_len);
	if (err)
		return err;
	err = sspi_cipher_map(cipher, text);
	if (err >= 0)
		err = sspi_cipher_run(cipher, encrypt, iv);
	sspi_cipher_end(cipher);
	return err;
}

/* The number, under the key itself with the checksum for an IV. */
int krb5_v1_des3(const struct krb5_key *key, bool encrypt, const u8 iv[8],
		 u8 block[8])
{
	struct sspi_part part = { .kind = SSPI_PART_DATA, .len = 8,
				  .data = block };
	struct sspi_text text = { .parts = &part, .count = 1 };

	return des3_text(key, encrypt, iv, &text);
}

int krb5_v1_des3_parts(const struct krb5_key *key, bool encrypt,
		       struct sspi_part *parts, u32 count)
{
	struct sspi_text text = { .parts = parts, .count = count };

	return des3_text(key, encrypt, NULL, &text);
}
