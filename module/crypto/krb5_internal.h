/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the files of the Kerberos cryptography. */
#ifndef _SSPI_KRB5_CRYPTO_INTERNAL_H
#define _SSPI_KRB5_CRYPTO_INTERNAL_H

#include "crypto/krb5_crypto.h"

#define KRB5_MAX_DIGEST		SSPI_HASH_MAX

/* Usable on the way to writing back dirty pages. */
#define SSPI_CRYPTO_GFP		GFP_NOIO

enum krb5_mac_kind {
	KRB5_MAC_NONE,
	KRB5_MAC_HMAC_MD5,
	KRB5_MAC_HMAC_SHA,
	KRB5_MAC_CMAC,
	KRB5_MAC_MD5,			/* no key */
	KRB5_MAC_SHA1,			/* no key */
};

/* A MAC being made; final must be called, and wipes. */
struct krb5_mac {
	u8 kind;
	union {
		struct sspi_md5_ctx md5;
		struct sspi_hmac_md5_ctx hmac_md5;
		struct sspi_hash_ctx hash;
		struct sspi_hmac_ctx hmac;
		struct sspi_cmac *cmac;
	};
};

int krb5_mac_prepare(struct krb5_mac_key *key, const struct krb5_enctype *type,
		     const u8 *raw, size_t len);
/* When it fails there is nothing to end. */
int krb5_mac_init(struct krb5_mac *mac, const struct krb5_mac_key *key);
void krb5_mac_update(struct krb5_mac *mac, const void *data, size_t len);
/* DATA, PADDING and SIGN_ONLY, in order. */
void krb5_mac_parts(struct krb5_mac *mac, const struct sspi_part *parts,
		    unsigned int count);
/* The whole digest: up to KRB5_MAX_DIGEST bytes. */
int krb5_mac_final(struct krb5_mac *mac, u8 *out);

/* The last byte of a derivation constant: RFC 3961, 5.3. */
enum krb5_purpose {
	KRB5_PURPOSE_CHECKSUM = 0x99,
	KRB5_PURPOSE_ENCRYPT = 0xaa,
	KRB5_PURPOSE_INTEGRITY = 0x55,
};

/* A derivation under way: one transform for several constants. */
struct krb5_deriver {
	const struct krb5_key *key;
	struct sspi_cipher *cipher;	/* RFC 3961 */
};

int krb5_deriver_begin(struct krb5_deriver *d, const struct krb5_key *key);
int krb5_deriver_run(struct krb5_deriver *d, struct sspi_span constant,
		     u8 *out, size_t len);
int krb5_deriver_purpose(struct krb5_deriver *d, u32 usage,
			 enum krb5_purpose purpose, u8 *out, size_t len);
void krb5_deriver_end(struct krb5_deriver *d);

/* RFC 8009, 3, over all that stands between its two numbers. */
int krb5_kdf_sha2(const struct krb5_key *key, const struct sspi_span *pieces,
		  unsigned int count, u8 *out, size_t len);

/* What RC4 calls the usage: RFC 4757, 3, and as every peer has it. */
u32 krb5_rc4_usage(u32 usage);

static inline struct sspi_span krb5_span(const void *data, size_t len)
{
	struct sspi_span view = { .data = data, .len = len };

	return view;
}

static inline void krb5_put_be32(u32 v, u8 out[4])
{
	out[0] = v >> 24;
	out[1] = v >> 16;
	out[2] = v >> 8;
	out[3] = v;
}

static inline void krb5_put_le32(u32 v, u8 out[4])
{
	out[0] = v;
	out[1] = v >> 8;
	out[2] = v >> 16;
	out[3] = v >> 24;
}

#endif /* _SSPI_KRB5_CRYPTO_INTERNAL_H */
