// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a Kerberos message costs at least, AES-CTS and HMAC-SHA1 of the kernel
 * with keys that are there, and what it costs with the kernel's own Kerberos
 * cryptography (crypto/krb5), which derives and frames like ksspi.
 */
#include <crypto/aead.h>
#include <crypto/hash.h>
#include <crypto/krb5.h>
#include <crypto/sha1.h>
#include <crypto/skcipher.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "bench.h"

#define ENCTYPE		KRB5_ENCTYPE_AES256_CTS_HMAC_SHA1_96
#define USAGE		24	/* an initiator's seal, RFC 4121 2 */
#define SIGN_USAGE	25
#define CONFOUNDER	16
#define HEAD		16
#define ROOM		(BENCH_MAX + 128)

struct krb5_bare {
	struct crypto_skcipher *cts;
	struct skcipher_request *req;
	struct hmac_sha1_key hmac;
	const struct krb5_enctype *type;
	struct crypto_aead *aead;
	struct crypto_shash *shash;
	struct scatterlist sg;
	struct scatterlist pieces[3];
	u8 *text;
	u8 token[CONFOUNDER + HEAD + SHA1_DIGEST_SIZE];
	u8 mac[SHA1_DIGEST_SIZE];
};

static const u8 key_bytes[32] = "a key for the benchmark of seals";

static struct krb5_buffer key(void)
{
	return (struct krb5_buffer){ .len = sizeof(key_bytes),
				     .data = (void *)key_bytes };
}

static int bare_init(struct krb5_bare *b)
{
	struct krb5_buffer tk = key();
	int err;

	b->cts = crypto_alloc_skcipher("cts(cbc(aes))", 0, CRYPTO_ALG_ASYNC);
	if (IS_ERR(b->cts))
		return PTR_ERR(b->cts);
	err = crypto_skcipher_setkey(b->cts, key_bytes, sizeof(key_bytes));
	b->req = skcipher_request_alloc(b->cts, GFP_KERNEL);
	b->text = kmalloc(ROOM, GFP_KERNEL | __GFP_ZERO);
	if (err || !b->req || !b->text)
		return err ?: -ENOMEM;
	hmac_sha1_preparekey(&b->hmac, key_bytes, sizeof(key_bytes));
	b->type = crypto_krb5_find_enctype(ENCTYPE);
	if (!b->type)
		return -EOPNOTSUPP;
	b->aead = crypto_krb5_prepare_encryption(b->type, &tk, USAGE,
						 GFP_KERNEL);
	b->shash = crypto_krb5_prepare_checksum(b->type, &tk, SIGN_USAGE,
						GFP_KERNEL);
	return PTR_ERR_OR_ZERO(b->aead) ?: PTR_ERR_OR_ZERO(b->shash);
}

void krb5_bare_free(struct krb5_bare *b)
{
	if (!b)
		return;
	if (!IS_ERR_OR_NULL(b->cts))
		crypto_free_skcipher(b->cts);
	if (!IS_ERR_OR_NULL(b->aead))
		crypto_free_aead(b->aead);
	if (!IS_ERR_OR_NULL(b->shash))
		crypto_free_shash(b->shash);
	skcipher_request_free(b->req);
	kfree(b->text);
	kfree_sensitive(b);
}

struct krb5_bare *krb5_bare_new(void)
{
	struct krb5_bare *b = kzalloc(sizeof(*b), GFP_KERNEL);
	int err;

	if (!b)
		return ERR_PTR(-ENOMEM);
	err = bare_init(b);
	if (!err)
		return b;
	krb5_bare_free(b);
	return ERR_PTR(err);
}

static void hmac_of(struct krb5_bare *b, size_t len)
{
	struct hmac_sha1_ctx ctx;

	hmac_sha1_init(&ctx, &b->hmac);
	hmac_sha1_update(&ctx, b->text, len);
	hmac_sha1_final(&ctx, b->mac);
}

int krb5_bare_sign(struct krb5_bare *b, size_t len)
{
	hmac_of(b, len + HEAD);
	return 0;
}

/* Confounder, text and copy of the head, RFC 4121 4.2.4. */
static int bare_crypt(struct krb5_bare *b, size_t len, bool seal)
{
	u8 iv[16] = {};

	sg_init_one(&b->sg, b->text, len);
	skcipher_request_set_callback(b->req, 0, NULL, NULL);
	skcipher_request_set_crypt(b->req, &b->sg, &b->sg, len, iv);
	return seal ? crypto_skcipher_encrypt(b->req) :
		      crypto_skcipher_decrypt(b->req);
}

int krb5_bare_seal(struct krb5_bare *b, size_t len)
{
	len += CONFOUNDER + HEAD;
	hmac_of(b, len);
	return bare_crypt(b, len, true);
}

int krb5_bare_unseal(struct krb5_bare *b, size_t len)
{
	int err;

	len += CONFOUNDER + HEAD;
	err = bare_crypt(b, len, false);
	hmac_of(b, len);
	return err;
}

/*
 * In the pieces of a message whose TOKEN is not beside its DATA: confounder,
 * text, and the copy of the head with the MAC. Their length.
 */
static size_t in_pieces(struct krb5_bare *b, size_t len)
{
	size_t tail = HEAD + b->type->cksum_len;

	sg_init_table(b->pieces, ARRAY_SIZE(b->pieces));
	sg_set_buf(&b->pieces[0], b->token, CONFOUNDER);
	sg_set_buf(&b->pieces[1], b->text, len);
	sg_set_buf(&b->pieces[2], b->token + CONFOUNDER, tail);
	return CONFOUNDER + len + tail;
}

static ssize_t kernel_seal(struct krb5_bare *b, size_t len)
{
	size_t room = in_pieces(b, len);

	return crypto_krb5_encrypt(b->type, b->aead, b->pieces,
				   ARRAY_SIZE(b->pieces), room, CONFOUNDER,
				   len + HEAD, false);
}

int krb5_kernel_seal(struct krb5_bare *b, size_t len)
{
	ssize_t ret = kernel_seal(b, len);

	return ret < 0 ? ret : 0;
}

/* Seals and opens, as what is opened has to be good. */
int krb5_kernel_both(struct krb5_bare *b, size_t len)
{
	ssize_t ret = kernel_seal(b, len);
	size_t offset = 0, sealed = ret;

	if (ret < 0)
		return ret;
	return crypto_krb5_decrypt(b->type, b->aead, b->pieces,
				   ARRAY_SIZE(b->pieces), &offset, &sealed);
}

int krb5_kernel_sign(struct krb5_bare *b, size_t len)
{
	ssize_t ret;

	sg_init_one(&b->sg, b->text, ROOM);
	ret = crypto_krb5_get_mic(b->type, b->shash, NULL, &b->sg, 1, ROOM,
				  b->type->cksum_len, len + HEAD);
	return ret < 0 ? ret : 0;
}

/* All keys of a context: to seal and to sign, both directions. */
int krb5_kernel_keys(void)
{
	const struct krb5_enctype *type = crypto_krb5_find_enctype(ENCTYPE);
	struct krb5_buffer tk = key();
	struct crypto_aead *aead[2];
	struct crypto_shash *shash[2];
	unsigned int i;
	int err = 0;

	for (i = 0; i < ARRAY_SIZE(aead); i++) {
		aead[i] = crypto_krb5_prepare_encryption(type, &tk,
							 USAGE - 2 * i,
							 GFP_KERNEL);
		shash[i] = crypto_krb5_prepare_checksum(type, &tk,
							SIGN_USAGE - 2 * i,
							GFP_KERNEL);
		err = err ?: PTR_ERR_OR_ZERO(aead[i]);
		err = err ?: PTR_ERR_OR_ZERO(shash[i]);
	}
	for (i = 0; i < ARRAY_SIZE(aead); i++) {
		if (!IS_ERR(aead[i]))
			crypto_free_aead(aead[i]);
		if (!IS_ERR(shash[i]))
			crypto_free_shash(shash[i]);
	}
	return err;
}
