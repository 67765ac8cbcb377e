// SPDX-License-Identifier: GPL-2.0-only
/*
 * The facade for Kerberos in a program: SHA, AES, Camellia, 3DES and CMAC from
 * nettle. Texts are copied to one buffer and back.
 */
#include <nettle/aes.h>
#include <nettle/camellia.h>
#include <nettle/cbc.h>
#include <nettle/cmac.h>
#include <nettle/des.h>
#include <nettle/memxor.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>

#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "crypto/crypto.h"

#define MAX_BLOCK 16

union any_hash {
	struct sha1_ctx sha1;
	struct sha256_ctx sha256;
	struct sha512_ctx sha384;
};

static_assert(sizeof(union any_hash) <=
		      sizeof(((struct sspi_hash_ctx *)0)->opaque),
	      "nettle's contexts must fit");

static union any_hash *any(struct sspi_hash_ctx *ctx)
{
	return (union any_hash *)ctx->opaque;
}

void sspi_hash_init(struct sspi_hash_ctx *ctx, enum sspi_hash_id id)
{
	ctx->id = id;
	ctx->err = 0;
	if (id == SSPI_HASH_SHA1)
		sha1_init(&any(ctx)->sha1);
	else if (id == SSPI_HASH_SHA256)
		sha256_init(&any(ctx)->sha256);
	else
		sha384_init(&any(ctx)->sha384);
}

void sspi_hash_update(struct sspi_hash_ctx *ctx, const void *data, size_t len)
{
	if (!len)
		return;
	if (ctx->id == SSPI_HASH_SHA1)
		sha1_update(&any(ctx)->sha1, len, data);
	else if (ctx->id == SSPI_HASH_SHA256)
		sha256_update(&any(ctx)->sha256, len, data);
	else
		sha384_update(&any(ctx)->sha384, len, data);
}

int sspi_hash_final(struct sspi_hash_ctx *ctx, u8 *out)
{
	if (ctx->id == SSPI_HASH_SHA1)
		sha1_digest(&any(ctx)->sha1, SHA1_DIGEST_SIZE, out);
	else if (ctx->id == SSPI_HASH_SHA256)
		sha256_digest(&any(ctx)->sha256, SHA256_DIGEST_SIZE, out);
	else
		sha384_digest(&any(ctx)->sha384, SHA384_DIGEST_SIZE, out);
	memzero_explicit(ctx->opaque, sizeof(ctx->opaque));
	return ctx->err;
}

void sspi_hash_save(struct sspi_hash_ctx *ctx, u8 state[SSPI_HASH_STATE])
{
	if (ctx->id == SSPI_HASH_SHA1)
		memcpy(state, any(ctx)->sha1.state,
		       sizeof(any(ctx)->sha1.state));
	else if (ctx->id == SSPI_HASH_SHA256)
		memcpy(state, any(ctx)->sha256.state,
		       sizeof(any(ctx)->sha256.state));
	else
		memcpy(state, any(ctx)->sha384.state,
		       sizeof(any(ctx)->sha384.state));
}

/* nettle counts blocks. */
void sspi_hash_resume(struct sspi_hash_ctx *ctx, enum sspi_hash_id id,
		      const u8 state[SSPI_HASH_STATE])
{
	sspi_hash_init(ctx, id);
	if (id == SSPI_HASH_SHA1) {
		memcpy(any(ctx)->sha1.state, state,
		       sizeof(any(ctx)->sha1.state));
		any(ctx)->sha1.count = 1;
	} else if (id == SSPI_HASH_SHA256) {
		memcpy(any(ctx)->sha256.state, state,
		       sizeof(any(ctx)->sha256.state));
		any(ctx)->sha256.count = 1;
	} else {
		memcpy(any(ctx)->sha384.state, state,
		       sizeof(any(ctx)->sha384.state));
		any(ctx)->sha384.count_low = 1;
	}
}

void sspi_hash_exit(void)
{
}

/* A cipher of nettle; the key to decrypt with is made when it is needed. */
struct sspi_cipher {
	enum sspi_cipher_id id;
	unsigned int block;
	bool inverted;
	nettle_cipher_func *encrypt;
	nettle_cipher_func *decrypt;
	union any_cipher {
		struct aes128_ctx aes128;
		struct aes256_ctx aes256;
		struct camellia128_ctx camellia128;
		struct camellia256_ctx camellia256;
		struct des3_ctx des3;
	} enc, dec;
	struct sspi_text text;
	u8 *flat;
	size_t len;
	bool loaded; /* into @flat */
};

static int set_aes(struct sspi_cipher *c, const u8 *key, size_t len)
{
	if (len == 16) {
		aes128_set_encrypt_key(&c->enc.aes128, key);
		c->encrypt = (nettle_cipher_func *)aes128_encrypt;
		c->decrypt = (nettle_cipher_func *)aes128_decrypt;
		return 0;
	}
	if (len != 32)
		return -EINVAL;
	aes256_set_encrypt_key(&c->enc.aes256, key);
	c->encrypt = (nettle_cipher_func *)aes256_encrypt;
	c->decrypt = (nettle_cipher_func *)aes256_decrypt;
	return 0;
}

static int set_camellia(struct sspi_cipher *c, const u8 *key, size_t len)
{
	if (len == 16) {
		camellia128_set_encrypt_key(&c->enc.camellia128, key);
		c->encrypt = (nettle_cipher_func *)camellia128_crypt;
		c->decrypt = (nettle_cipher_func *)camellia128_crypt;
		return 0;
	}
	if (len != 32)
		return -EINVAL;
	camellia256_set_encrypt_key(&c->enc.camellia256, key);
	c->encrypt = (nettle_cipher_func *)camellia256_crypt;
	c->decrypt = (nettle_cipher_func *)camellia256_crypt;
	return 0;
}

static int set_des3(struct sspi_cipher *c, const u8 *key, size_t len)
{
	if (len != DES3_KEY_SIZE)
		return -EINVAL;
	/* 0 means a weak key: it is set all the same, and must work. */
	(void)des3_set_key(&c->enc.des3, key);
	c->encrypt = (nettle_cipher_func *)des3_encrypt;
	c->decrypt = (nettle_cipher_func *)des3_decrypt;
	c->block = DES3_BLOCK_SIZE;
	return 0;
}

static void invert(struct sspi_cipher *c)
{
	if (c->inverted)
		return;
	c->inverted = true;
	if (c->decrypt == (nettle_cipher_func *)aes128_decrypt)
		aes128_invert_key(&c->dec.aes128, &c->enc.aes128);
	else if (c->decrypt == (nettle_cipher_func *)aes256_decrypt)
		aes256_invert_key(&c->dec.aes256, &c->enc.aes256);
	else if (c->decrypt == (nettle_cipher_func *)camellia128_crypt)
		camellia128_invert_key(&c->dec.camellia128,
				       &c->enc.camellia128);
	else if (c->decrypt == (nettle_cipher_func *)camellia256_crypt)
		camellia256_invert_key(&c->dec.camellia256,
				       &c->enc.camellia256);
	else
		c->dec.des3 = c->enc.des3;
}

/* Nothing is kept between texts. */
u64 sspi_cipher_number(void)
{
	return 0;
}

void sspi_cipher_forget(enum sspi_cipher_id id, u64 number)
{
}

int sspi_cipher_begin_kept(struct sspi_cipher **cipher, enum sspi_cipher_id id,
			   const u8 *key, size_t len, u64 number)
{
	struct sspi_cipher *c = kzalloc(sizeof(*c), GFP_NOIO);
	int err;

	*cipher = NULL;
	if (!c)
		return -ENOMEM;
	c->id = id;
	c->block = MAX_BLOCK;
	if (id == SSPI_CIPHER_AES_CTS)
		err = set_aes(c, key, len);
	else if (id == SSPI_CIPHER_CAMELLIA_CTS)
		err = set_camellia(c, key, len);
	else
		err = set_des3(c, key, len);
	if (err)
		kfree_sensitive(c);
	else
		*cipher = c;
	return err;
}

void sspi_cipher_end(struct sspi_cipher *c)
{
	if (!c)
		return;
	kfree_sensitive(c->flat);
	kfree_sensitive(c);
}

int sspi_cipher_map(struct sspi_cipher *c, const struct sspi_text *text)
{
	u64 len = sspi_text_len(text);

	if (len == U64_MAX)
		return -EINVAL;
	kfree_sensitive(c->flat);
	c->text = *text;
	c->len = len;
	c->loaded = false;
	c->flat = kmalloc(len + 1, GFP_NOIO);
	return c->flat ? (int)len : -ENOMEM;
}

/*
 * CBC with the last two blocks exchanged, the last one cut (RFC 3962, 5):
 * @head whole blocks, then @tail bytes, 1 to a block.
 */
static void cts_encrypt(struct sspi_cipher *c, u8 *iv, u8 *data, size_t head,
			size_t tail)
{
	u8 last[MAX_BLOCK] = { 0 };
	u8 *before = data + head - MAX_BLOCK;

	cbc_encrypt(&c->enc, c->encrypt, MAX_BLOCK, iv, head, data, data);
	memcpy(last, data + head, tail);
	memxor(last, before, MAX_BLOCK);
	memcpy(data + head, before, tail);
	c->encrypt(&c->enc, MAX_BLOCK, before, last);
}

static void cts_decrypt(struct sspi_cipher *c, u8 *iv, u8 *data, size_t head,
			size_t tail)
{
	u8 *before = data + head - MAX_BLOCK;
	u8 last[MAX_BLOCK], whole[MAX_BLOCK];

	c->decrypt(&c->dec, MAX_BLOCK, last, before);
	memcpy(whole, last, MAX_BLOCK);
	memcpy(whole, data + head, tail);
	memxor(last, whole, MAX_BLOCK);
	memcpy(before, whole, MAX_BLOCK);
	cbc_decrypt(&c->dec, c->decrypt, MAX_BLOCK, iv, head, data, data);
	memcpy(data + head, last, tail);
	memzero_explicit(last, sizeof(last));
}

u8 *sspi_cipher_load(struct sspi_cipher *c)
{
	sspi_text_copy(&c->text, c->flat, true);
	c->loaded = true;
	return c->flat;
}

void sspi_cipher_store(struct sspi_cipher *c)
{
	sspi_text_copy(&c->text, c->flat, false);
	c->loaded = false;
}

int sspi_cipher_run(struct sspi_cipher *c, bool encrypt, const u8 *iv_in)
{
	bool loaded = c->loaded;
	size_t whole = c->len / c->block * c->block;
	u8 iv[MAX_BLOCK] = { 0 };
	size_t head, tail;

	if (iv_in)
		memcpy(iv, iv_in, c->block);
	if (!encrypt)
		invert(c);
	if (!loaded)
		sspi_cipher_load(c);
	if (c->id == SSPI_CIPHER_DES3_CBC || c->len == c->block) {
		if (whole != c->len)
			return -EINVAL;
		if (encrypt)
			cbc_encrypt(&c->enc, c->encrypt, c->block, iv, whole,
				    c->flat, c->flat);
		else
			cbc_decrypt(&c->dec, c->decrypt, c->block, iv, whole,
				    c->flat, c->flat);
	} else {
		if (c->len < c->block)
			return -EINVAL;
		head = whole == c->len ? whole - c->block : whole;
		tail = c->len - head;
		if (encrypt)
			cts_encrypt(c, iv, c->flat, head, tail);
		else
			cts_decrypt(c, iv, c->flat, head, tail);
	}
	if (!loaded)
		sspi_cipher_store(c);
	return 0;
}

const char *sspi_cipher_driver(const struct sspi_cipher *cipher)
{
	return "nettle";
}

void sspi_cipher_exit(void)
{
}

struct sspi_cmac {
	struct cmac128_key key;
	struct cmac128_ctx ctx;
	nettle_cipher_func *encrypt;
	union {
		struct camellia128_ctx camellia128;
		struct camellia256_ctx camellia256;
	};
};

int sspi_cmac_begin(struct sspi_cmac **out, const u8 *key, size_t len)
{
	struct sspi_cmac *m = kzalloc(sizeof(*m), GFP_NOIO);

	*out = NULL;
	if (!m)
		return -ENOMEM;
	if (len == 16) {
		camellia128_set_encrypt_key(&m->camellia128, key);
		m->encrypt = (nettle_cipher_func *)camellia128_crypt;
	} else {
		camellia256_set_encrypt_key(&m->camellia256, key);
		m->encrypt = (nettle_cipher_func *)camellia256_crypt;
	}
	cmac128_set_key(&m->key, &m->camellia128, m->encrypt);
	cmac128_init(&m->ctx);
	*out = m;
	return 0;
}

void sspi_cmac_update(struct sspi_cmac *m, const void *data, size_t len)
{
	if (len)
		cmac128_update(&m->ctx, &m->camellia128, m->encrypt, len, data);
}

int sspi_cmac_end(struct sspi_cmac *m, u8 out[SSPI_CMAC_LEN])
{
	cmac128_digest(&m->ctx, &m->key, &m->camellia128, m->encrypt,
		       SSPI_CMAC_LEN, out);
	kfree_sensitive(m);
	return 0;
}

void sspi_cmac_exit(void)
{
}

void sspi_crypto_relax(void)
{
}
