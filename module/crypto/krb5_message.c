// SPDX-License-Identifier: GPL-2.0-only
/* Encrypting and opening messages, in place, in one buffer or in pieces. */
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "crypto/krb5_internal.h"
#include "test_export.h"

/* One message under way. */
struct krb5_message {
	const struct krb5_seal_key *seal;
	struct sspi_text text;
	size_t len;			/* of the text, of a block cipher */
};

/* K1 = HMAC(K, T), RFC 4757, 3; K2 is the same key. */
static int prepare_rc4(struct krb5_seal_key *seal, const struct krb5_key *key,
		       u32 usage)
{
	u8 le[4];
	struct sspi_span piece = krb5_span(le, sizeof(le));
	u8 k1[SSPI_MD5_LEN];
	int err;

	krb5_put_le32(krb5_rc4_usage(usage), le);
	sspi_hmac_md5(key->bytes, key->type->key_len, &piece, 1, k1);
	err = krb5_mac_prepare(&seal->ki, key->type, k1, sizeof(k1));
	memzero_explicit(k1, sizeof(k1));
	return err;
}

int krb5_seal_prepare(struct krb5_seal_key *seal, const struct krb5_key *key,
		      u32 usage)
{
	const struct krb5_enctype *type = key->type;
	struct krb5_deriver d;
	u8 ki[KRB5_MAX_KEY];
	int err;

	memset(seal, 0, sizeof(*seal));
	seal->type = type;
	if (type->profile == KRB5_PROFILE_RC4)
		return prepare_rc4(seal, key, usage);

	/* Ke and Ki, RFC 3961, 5.3. */
	err = krb5_deriver_begin(&d, key);
	if (err)
		return err;
	err = krb5_deriver_purpose(&d, usage, KRB5_PURPOSE_ENCRYPT, seal->ke,
				   type->key_len);
	if (!err)
		err = krb5_deriver_purpose(&d, usage, KRB5_PURPOSE_INTEGRITY,
					   ki, type->mac_key_len);
	krb5_deriver_end(&d);
	if (!err)
		err = krb5_mac_prepare(&seal->ki, type, ki, type->mac_key_len);
	memzero_explicit(ki, sizeof(ki));
	return err;
}
SSPI_EXPORT_FOR_PACKAGES(krb5_seal_prepare);

void krb5_seal_keep(struct krb5_seal_key *seal)
{
	if (seal->type->profile != KRB5_PROFILE_RC4)
		seal->number = sspi_cipher_number();
}
SSPI_EXPORT_FOR_PACKAGES(krb5_seal_keep);

void krb5_seal_wipe(struct krb5_seal_key *seal)
{
	if (seal->number)
		sspi_cipher_forget(seal->type->cipher, seal->number);
	memzero_explicit(seal, sizeof(*seal));
}
SSPI_EXPORT_FOR_PACKAGES(krb5_seal_wipe);

/*
 * The MAC of the message as it stands, in @copy if there is one: with RFC 8009, 5
 * of the cipher text, after the initial vector; else of the plain text.
 */
static int mac_of(const struct krb5_message *m, const u8 *copy, u8 *digest)
{
	static const u8 iv[KRB5_MAX_BLOCK];
	struct krb5_mac mac;
	int err = krb5_mac_init(&mac, &m->seal->ki);

	if (err)
		return err;
	if (m->seal->type->profile == KRB5_PROFILE_SHA2)
		krb5_mac_update(&mac, iv, sizeof(iv));
	if (copy) {
		krb5_mac_update(&mac, copy, m->len);
	} else {
		krb5_mac_update(&mac, m->text.head, m->text.head_len);
		krb5_mac_parts(&mac, m->text.parts, m->text.count);
	}
	return krb5_mac_final(&mac, digest);
}

static int mac_check(const struct krb5_message *m, const u8 *copy,
		     const u8 *mac)
{
	u8 digest[KRB5_MAX_DIGEST];
	int err = mac_of(m, copy, digest);

	if (!err && !sspi_equal_ct(digest, mac, m->seal->type->mac_len))
		err = -EBADMSG;
	memzero_explicit(digest, sizeof(digest));
	return err;
}

static void rc4_run(void *priv, u8 *data, size_t len)
{
	sspi_rc4_crypt(priv, data, data, len);
}

/* RC4 under K3 = HMAC(K1, checksum), RFC 4757, 5: both ways the same. */
static int rc4_crypt(const struct krb5_message *m, const u8 *checksum)
{
	u8 k3[SSPI_MD5_LEN];
	struct sspi_rc4 rc4;
	struct krb5_mac mac;
	unsigned int i;
	int err;

	err = krb5_mac_init(&mac, &m->seal->ki);
	if (err)
		return err;
	krb5_mac_update(&mac, checksum, SSPI_MD5_LEN);
	err = krb5_mac_final(&mac, k3);
	if (err)
		return err;
	sspi_rc4_init(&rc4, k3, sizeof(k3));
	rc4_run(&rc4, m->text.head, m->text.head_len);
	for (i = 0; i < m->text.count; i++)
		if (sspi_part_sealed(&m->text.parts[i]))
			sspi_part_walk(&m->text.parts[i], rc4_run, &rc4);
	memzero_explicit(&rc4, sizeof(rc4));
	memzero_explicit(k3, sizeof(k3));
	return 0;
}

/* No longer than ciphers take: the others are asked by sspi_cipher_map(). */
static int stream_check(const struct krb5_message *m)
{
	return sspi_text_len(&m->text) == U64_MAX ? -EINVAL : 0;
}

static int seal_rc4(const struct krb5_message *m, u8 *digest)
{
	int err = stream_check(m);

	if (!err)
		err = mac_of(m, NULL, digest);
	return err ?: rc4_crypt(m, digest);
}

static int open_rc4(const struct krb5_message *m, const u8 *mac)
{
	int err = stream_check(m);

	if (!err)
		err = rc4_crypt(m, mac);
	if (err)
		return err;
	err = mac_check(m, NULL, mac);
	if (err)
		rc4_crypt(m, mac);
	return err;
}

/*
 * The copy of a short text, for cipher and MAC in one piece each; NULL if it is
 * long, or if what is signed has more to it.
 */
static u8 *load(const struct krb5_message *m, struct sspi_cipher *cipher)
{
	unsigned int i;

	for (i = 0; i < m->text.count; i++)
		if (m->text.parts[i].kind == SSPI_PART_SIGN_ONLY)
			return NULL;
	return sspi_cipher_load(cipher);
}

/* RFC 3961, 5.3 has the MAC of the plain text, RFC 8009, 5 of the cipher's. */
static int seal_block(const struct krb5_message *m, struct sspi_cipher *cipher,
		      u8 *digest)
{
	bool then = m->seal->type->profile == KRB5_PROFILE_SHA2;
	u8 *copy = load(m, cipher);
	int err = 0;

	if (!then)
		err = mac_of(m, copy, digest);
	if (!err)
		err = sspi_cipher_run(cipher, true, NULL);
	if (!err && then)
		err = mac_of(m, copy, digest);
	if (!err && copy)
		sspi_cipher_store(cipher);
	return err;
}

static int open_block(const struct krb5_message *m, struct sspi_cipher *cipher,
		      const u8 *mac)
{
	bool first = m->seal->type->profile == KRB5_PROFILE_SHA2;
	u8 *copy = load(m, cipher);
	int err = 0;

	if (first)
		err = mac_check(m, copy, mac);
	if (!err)
		err = sspi_cipher_run(cipher, false, NULL);
	if (!err && !first) {
		err = mac_check(m, copy, mac);
		/* Without a chance to fail for memory: the text is mapped. */
		if (err && !copy)
			sspi_cipher_run(cipher, true, NULL);
	}
	if (!err && copy)
		sspi_cipher_store(cipher);
	return err;
}

/* A transform with the key and the text, and the text's length checked. */
static int block_begin(struct krb5_message *m, struct sspi_cipher **cipher)
{
	const struct krb5_enctype *type = m->seal->type;
	int err, len;

	err = sspi_cipher_begin_kept(cipher, type->cipher, m->seal->ke,
				     type->key_len, m->seal->number);
	if (err)
		return err;
	len = sspi_cipher_map(*cipher, &m->text);
	if (len >= 0 && len % type->block_len == 0) {
		m->len = len;
		return 0;
	}
	sspi_cipher_end(*cipher);
	return len < 0 ? len : -EINVAL;
}

static void message_begin(struct krb5_message *m,
			  const struct krb5_seal_key *seal, u8 *confounder,
			  struct sspi_part *parts, unsigned int count)
{
	m->seal = seal;
	m->text.head = confounder;
	m->text.head_len = seal->type->confounder_len;
	m->text.parts = parts;
	m->text.count = count;
}

int krb5_seal_parts(const struct krb5_seal_key *seal, u8 *confounder,
		    struct sspi_part *parts, unsigned int count, u8 *mac)
{
	u8 digest[KRB5_MAX_DIGEST];
	struct sspi_cipher *cipher;
	struct krb5_message m;
	int err;

	message_begin(&m, seal, confounder, parts, count);
	if (seal->type->profile == KRB5_PROFILE_RC4) {
		err = seal_rc4(&m, digest);
	} else {
		err = block_begin(&m, &cipher);
		if (err)
			return err;
		err = seal_block(&m, cipher, digest);
		sspi_cipher_end(cipher);
	}
	if (!err)
		memcpy(mac, digest, seal->type->mac_len);
	memzero_explicit(digest, sizeof(digest));
	return err;
}
SSPI_EXPORT_FOR_PACKAGES(krb5_seal_parts);

int krb5_open_parts(const struct krb5_seal_key *seal, u8 *confounder,
		    struct sspi_part *parts, unsigned int count,
		    const u8 *mac)
{
	struct sspi_cipher *cipher;
	struct krb5_message m;
	int err;

	message_begin(&m, seal, confounder, parts, count);
	if (seal->type->profile == KRB5_PROFILE_RC4)
		return open_rc4(&m, mac);
	err = block_begin(&m, &cipher);
	if (err)
		return err;
	err = open_block(&m, cipher, mac);
	sspi_cipher_end(cipher);
	return err;
}
SSPI_EXPORT_FOR_PACKAGES(krb5_open_parts);

static size_t padded(const struct krb5_enctype *type, size_t len)
{
	return (len + type->block_len - 1) / type->block_len * type->block_len;
}

size_t krb5_cipher_len(const struct krb5_enctype *type, size_t len)
{
	if (len > INT_MAX / 2)
		return 0;
	return type->confounder_len + padded(type, len) + type->mac_len;
}
SSPI_EXPORT_FOR_PACKAGES(krb5_cipher_len);

/* Where things are in one buffer that has @len bytes of padded text. */
static void lay_out(const struct krb5_enctype *type, u8 *buf, size_t len,
		    struct sspi_part *part, u8 **confounder, u8 **mac)
{
	*confounder = buf + (type->mac_first ? type->mac_len : 0);
	part->kind = SSPI_PART_DATA;
	part->data = *confounder + type->confounder_len;
	part->len = len;
	part->sg = NULL;
	*mac = type->mac_first ? buf : part->data + len;
}

int krb5_encrypt_buffer(const struct krb5_seal_key *seal, const u8 *confounder,
			u8 *buf, size_t plain_len)
{
	const struct krb5_enctype *type = seal->type;
	size_t len = padded(type, plain_len);
	struct sspi_part part;
	u8 *head, *mac;

	if (!krb5_cipher_len(type, plain_len))
		return -EINVAL;
	lay_out(type, buf, len, &part, &head, &mac);
	memcpy(head, confounder, type->confounder_len);
	memset(part.data + plain_len, 0, len - plain_len);
	return krb5_seal_parts(seal, head, &part, 1, mac);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_encrypt_buffer);

int krb5_decrypt_buffer(const struct krb5_seal_key *seal, u8 *buf, size_t len,
			struct sspi_span *plain)
{
	const struct krb5_enctype *type = seal->type;
	size_t around = type->confounder_len + type->mac_len;
	struct sspi_part part;
	u8 *head, *mac;
	int err;

	*plain = krb5_span(NULL, 0);
	if (len < around || len > INT_MAX / 2)
		return -EINVAL;
	lay_out(type, buf, len - around, &part, &head, &mac);
	err = krb5_open_parts(seal, head, &part, 1, mac);
	if (!err)
		*plain = krb5_span(part.data, part.len);
	return err;
}
SSPI_EXPORT_FOR_PACKAGES(krb5_decrypt_buffer);
