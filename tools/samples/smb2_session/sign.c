// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keys and signatures of SMB 3.1.1: a hash over the messages before the session
 * (MS-SMB2 3.1.4.4.1), a signing key from it and the session key (3.1.4.2), and
 * AES-128-CMAC over each message after that (3.1.4.1).
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <crypto/hash.h>
#include <crypto/sha2.h>
#include <linux/err.h>
#include <linux/printk.h>

#include "smb2_session.h"

static int alloc_hash(struct crypto_shash **hash, const char *name)
{
	struct crypto_shash *tfm = crypto_alloc_shash(name, 0, 0);

	if (IS_ERR(tfm))
		return PTR_ERR(tfm);
	*hash = tfm;
	return 0;
}

int smb2_crypto_init(struct smb2_conn *conn)
{
	return alloc_hash(&conn->sha512, "sha512") ?:
	       alloc_hash(&conn->hmac, "hmac(sha256)") ?:
	       alloc_hash(&conn->cmac, "cmac(aes)");
}

/* Freeing a transform wipes the key in it. */
void smb2_crypto_exit(struct smb2_conn *conn)
{
	crypto_free_shash(conn->sha512);
	crypto_free_shash(conn->hmac);
	crypto_free_shash(conn->cmac);
	memzero_explicit(conn->preauth, sizeof(conn->preauth));
}

/* preauth = SHA-512(preauth || message) */
int smb2_preauth_update(struct smb2_conn *conn, const void *msg, size_t len)
{
	SHASH_DESC_ON_STACK(desc, conn->sha512);
	int err;

	desc->tfm = conn->sha512;
	err = crypto_shash_init(desc) ?:
	      crypto_shash_update(desc, conn->preauth, SMB2_PREAUTH_LEN) ?:
	      crypto_shash_update(desc, msg, len) ?:
	      crypto_shash_final(desc, conn->preauth);
	shash_desc_zero(desc);
	return err;
}

/* One block of SP 800-108 in counter mode: HMAC(key, 1 || label || 0 || ...) */
int smb2_derive_signing_key(struct smb2_conn *conn, const u8 *key, size_t len)
{
	static const u8 label[] = "SMBSigningKey";	/* with its zero byte */
	struct {
		__be32 counter;
		u8 label[sizeof(label)];
		u8 separator;
		u8 context[SMB2_PREAUTH_LEN];
		__be32 bits;
	} __packed input = {
		.counter = cpu_to_be32(1),
		.bits = cpu_to_be32(8 * SMB2_KEY_LEN),
	};
	u8 session_key[SMB2_KEY_LEN] = {};
	u8 out[SHA256_DIGEST_SIZE];
	int err;

	memcpy(input.label, label, sizeof(label));
	memcpy(input.context, conn->preauth, sizeof(input.context));
	/* cut or filled up to 16 bytes (MS-SMB2 3.2.5.3) */
	memcpy(session_key, key, min_t(size_t, len, sizeof(session_key)));

	err = crypto_shash_setkey(conn->hmac, session_key, SMB2_KEY_LEN) ?:
	      crypto_shash_tfm_digest(conn->hmac, (const u8 *)&input,
				      sizeof(input), out) ?:
	      crypto_shash_setkey(conn->cmac, out, SMB2_KEY_LEN);
	memzero_explicit(session_key, sizeof(session_key));
	memzero_explicit(out, sizeof(out));
	return err;
}

/* The signature of a message whose own field for it is taken as zero. */
static int signature(struct smb2_conn *conn, const u8 *msg, size_t len,
		     u8 out[SMB2_SIGNATURE_LEN])
{
	static const u8 zero[SMB2_SIGNATURE_LEN];
	const size_t at = offsetof(struct smb2_header, signature);
	const size_t after = sizeof(struct smb2_header);
	SHASH_DESC_ON_STACK(desc, conn->cmac);
	int err;

	desc->tfm = conn->cmac;
	err = crypto_shash_init(desc) ?:
	      crypto_shash_update(desc, msg, at) ?:
	      crypto_shash_update(desc, zero, sizeof(zero)) ?:
	      crypto_shash_update(desc, msg + after, len - after) ?:
	      crypto_shash_final(desc, out);
	shash_desc_zero(desc);
	return err;
}

int smb2_sign(struct smb2_conn *conn, void *msg, size_t len)
{
	struct smb2_header *head = msg;

	head->flags |= cpu_to_le32(SMB2_FLAG_SIGNED);
	return signature(conn, msg, len, head->signature);
}

/* The last response: -EBADMSG unless it is signed, and rightly. */
int smb2_verify(struct smb2_conn *conn)
{
	const struct smb2_header *head = (const void *)conn->rx;
	u8 expected[SMB2_SIGNATURE_LEN];
	int err;

	if (!(head->flags & cpu_to_le32(SMB2_FLAG_SIGNED))) {
		pr_err("a response is not signed\n");
		return -EBADMSG;
	}
	err = signature(conn, conn->rx, conn->rx_len, expected);
	if (err)
		return err;
	if (crypto_memneq(expected, head->signature, sizeof(expected))) {
		pr_err("the signature of a response is not good\n");
		return -EBADMSG;
	}
	return 0;
}
