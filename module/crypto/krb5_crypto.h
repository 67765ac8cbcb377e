/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Cryptography of Kerberos: encryption types, keys, and what is done with them
 * (RFC 3961, 3962, 4757, 6113, 6803, 8009).
 *
 * Functions return 0 or a negative errno:
 *	-EBADMSG	a MAC or checksum is wrong: SEC_E_MESSAGE_ALTERED
 *	-EINVAL		a length, or parameters, that cannot be
 *	-EOPNOTSUPP	not built, off under FIPS, or not for this type
 *	-ECANCELED	the caller's callback said so
 *	-ENOMEM and whatever the crypto API says when it cannot
 * They may sleep for memory, but for the lookups and those that wipe.
 *
 * The file is not krb5.h and functions are not krb5_encrypt() or krb5_nfold():
 * kernels have those, and in a kernel tree all names meet.
 *
 * No prepared key holds a transform: it is bytes of the caller's, to be kept as
 * long as its key and wiped, not freed. Transforms live in pools (skcipher.c).
 */
#ifndef _SSPI_KRB5_CRYPTO_H
#define _SSPI_KRB5_CRYPTO_H

#include <linux/sspi_part.h>
#include <linux/sspi_span.h>
#include <linux/types.h>

#include "crypto/crypto.h"

#define KRB5_ENCTYPE_DES3_CBC_SHA1		16
#define KRB5_ENCTYPE_AES128_CTS_HMAC_SHA1_96	17
#define KRB5_ENCTYPE_AES256_CTS_HMAC_SHA1_96	18
#define KRB5_ENCTYPE_AES128_CTS_HMAC_SHA256_128	19
#define KRB5_ENCTYPE_AES256_CTS_HMAC_SHA384_192	20
#define KRB5_ENCTYPE_RC4_HMAC			23
#define KRB5_ENCTYPE_CAMELLIA128_CTS_CMAC	25
#define KRB5_ENCTYPE_CAMELLIA256_CTS_CMAC	26

#define KRB5_CKSUMTYPE_RSA_MD4			2
#define KRB5_CKSUMTYPE_RSA_MD5			7
#define KRB5_CKSUMTYPE_HMAC_SHA1_DES3		12
#define KRB5_CKSUMTYPE_SHA1			14
#define KRB5_CKSUMTYPE_HMAC_SHA1_96_AES128	15
#define KRB5_CKSUMTYPE_HMAC_SHA1_96_AES256	16
#define KRB5_CKSUMTYPE_CMAC_CAMELLIA128		17
#define KRB5_CKSUMTYPE_CMAC_CAMELLIA256		18
#define KRB5_CKSUMTYPE_HMAC_SHA256_128_AES128	19
#define KRB5_CKSUMTYPE_HMAC_SHA384_192_AES256	20
#define KRB5_CKSUMTYPE_MD5_HMAC_ARCFOUR		(-137)
#define KRB5_CKSUMTYPE_HMAC_MD5			(-138)

#define KRB5_MAX_KEY		32
#define KRB5_MAX_SEED		32
#define KRB5_MAX_BLOCK		16
#define KRB5_MAX_CONFOUNDER	16
#define KRB5_MAX_MAC		24	/* of a message */
#define KRB5_MAX_CHECKSUM	24
#define KRB5_MAX_PRF		48

/* More iterations than this make a hostile KDC's parameters an attack. */
#define KRB5_MAX_ITERATIONS	1048576
/* How often string_to_key asks whether it is still wanted. */
#define KRB5_POLL_ITERATIONS	256

enum krb5_profile {
	KRB5_PROFILE_SIMPLIFIED,	/* RFC 3961, 5.3: encrypt and MAC */
	KRB5_PROFILE_SHA2,		/* RFC 8009: encrypt, then MAC */
	KRB5_PROFILE_CAMELLIA,		/* RFC 6803: simplified, CMAC */
	KRB5_PROFILE_RC4,		/* RFC 4757 */
};

/**
 * struct krb5_enctype - facts of an encryption type, constant
 * @number: as assigned by IANA
 * @profile: which family of rules
 * @name: name in configuration files; RFC 8009 and RFC 6803 salt with it
 * @label: what a person reads: SECPKG_ATTR_KEY_INFO
 * @cipher: the cipher; for RC4 unused
 * @hash: the hash of the HMAC; for Camellia unused
 * @key_len: bytes of a key
 * @seed_len: bytes that random_to_key makes a key from: also the length of a
 *	subkey seed
 * @block_len: plain texts are padded to it (1: any length)
 * @cipher_block: block of the cipher, 1 for RC4
 * @confounder_len: random bytes before each plain text
 * @mac_len: bytes of the MAC of a message
 * @mac_first: the MAC stands before the confounder (RC4), else at the end
 * @checksum: the mandatory checksum type
 * @checksum_len: its length
 * @mac_key_len: bytes of the keys Ki and Kc
 * @prf_len: bytes of prf()
 * @key_bits: strength, for SECPKG_ATTR_KEY_INFO
 * @iterations: default of string_to_key, 0 if it has none
 * @rfc4121: message tokens are those of RFC 4121, else of RFC 1964 and 4757
 * @fips: may be used under FIPS
 */
struct krb5_enctype {
	s32 number;
	enum krb5_profile profile;
	const char *name;
	const char *label;
	enum sspi_cipher_id cipher;
	enum sspi_hash_id hash;
	u8 key_len;
	u8 seed_len;
	u8 block_len;
	u8 cipher_block;
	u8 confounder_len;
	u8 mac_len;
	bool mac_first;
	s32 checksum;
	u8 checksum_len;
	u8 mac_key_len;
	u8 prf_len;
	u16 key_bits;
	u32 iterations;
	bool rfc4121;
	bool fips;
};

/* NULL if the type is unknown, not built, or off under FIPS. */
const struct krb5_enctype *krb5_enctype_find(s32 number);
/* The usable types, strongest first: NULL after the last. */
const struct krb5_enctype *krb5_enctype_at(unsigned int index);

/**
 * struct krb5_key - a key with its type
 * @type: its encryption type; NULL: no key
 * @bytes: @type->key_len bytes
 */
struct krb5_key {
	const struct krb5_enctype *type;
	u8 bytes[KRB5_MAX_KEY];
};

/* From bytes in a keytab, ticket or API: -EOPNOTSUPP, or -EINVAL (length). */
int krb5_key_set(struct krb5_key *key, s32 enctype, struct sspi_span bytes);
/* From @type->seed_len random bytes: RFC 3961, 3, random-to-key. */
int krb5_key_from_seed(struct krb5_key *key, const struct krb5_enctype *type,
		       struct sspi_span seed);
void krb5_key_wipe(struct krb5_key *key);
static inline struct sspi_span krb5_key_span(const struct krb5_key *key)
{
	struct sspi_span view = {
		.data = key->bytes,
		.len = key->type ? key->type->key_len : 0,
	};

	return view;
}

/**
 * struct krb5_s2k - what a key is made from
 * @password: in UTF-8
 * @salt: as the KDC gave it, or the default salt
 * @params: s2kparams; NULL data for the type's default
 * @cancelled: asked every KRB5_POLL_ITERATIONS; may be NULL
 * @priv: for @cancelled
 */
struct krb5_s2k {
	struct sspi_span password;
	struct sspi_span salt;
	struct sspi_span params;
	bool (*cancelled)(void *priv);
	void *priv;
};

/* string-to-key; -EINVAL for parameters of a wrong length or over the cap. */
int krb5_string_to_key(struct krb5_key *key, const struct krb5_enctype *type,
		       const struct krb5_s2k *from);

/*
 * A MAC with a key set up once: HMAC by its two inner states, CMAC by its key.
 */
struct krb5_mac_key {
	union {
		struct sspi_hmac_md5_key md5;
		struct sspi_hmac_key hmac;
		u8 raw[KRB5_MAX_KEY];	/* CMAC */
	};
	u8 kind;			/* enum krb5_mac_kind */
	u8 raw_len;
};

/**
 * struct krb5_seal_key - a key for one usage, ready to encrypt with
 * @type: its encryption type
 * @ke: encryption key; for RC4 unused
 * @ki: integrity key; for RC4 that of K1
 * @number: under which transforms keep @ke between messages, or 0
 *
 * About 190 bytes. Read-only once prepared: any number of CPUs may use it.
 */
struct krb5_seal_key {
	const struct krb5_enctype *type;
	u8 ke[KRB5_MAX_KEY];
	struct krb5_mac_key ki;
	u64 number;
};

/**
 * struct krb5_sum_key - a key for one usage, ready for checksums
 * @len: bytes of a checksum
 * @kc: checksum key; for RC4 the signing key, which no usage enters
 * @cksumtype: what it makes
 * @usage: RC4 mixes it into each message
 */
struct krb5_sum_key {
	struct krb5_mac_key kc;
	s32 cksumtype;
	u32 usage;
	u8 len;
};

/* Derives Ke and Ki with one transform. @usage as in RFC 4120, 7.5.1. */
int krb5_seal_prepare(struct krb5_seal_key *seal, const struct krb5_key *key,
		      u32 usage);
/* For a key of many messages; none may be on its way when it is wiped. */
void krb5_seal_keep(struct krb5_seal_key *seal);
void krb5_seal_wipe(struct krb5_seal_key *seal);

/*
 * @cksumtype 0 means the mandatory one of the key's type. HMAC-MD5 (-138)
 * takes a key of any type, unkeyed types take @key NULL.
 * -EOPNOTSUPP: unknown type; -EINVAL: a type that needs another key.
 */
int krb5_sum_prepare(struct krb5_sum_key *sum, const struct krb5_key *key,
		     s32 cksumtype, u32 usage);
void krb5_sum_wipe(struct krb5_sum_key *sum);

/*
 * Messages in one buffer, in place.
 *
 * krb5_cipher_len() is what a plain text of @len becomes; the plain text
 * stands krb5_plain_offset() bytes into the buffer of that size. 0: too long.
 */
static inline size_t krb5_plain_offset(const struct krb5_enctype *type)
{
	return type->confounder_len + (type->mac_first ? type->mac_len : 0);
}

size_t krb5_cipher_len(const struct krb5_enctype *type, size_t len);

/* @confounder: @type->confounder_len fresh random bytes. */
int krb5_encrypt_buffer(const struct krb5_seal_key *seal, const u8 *confounder,
			u8 *buf, size_t plain_len);
/*
 * *@plain points into @buf; for enctype 16 it has the padding at its end. When
 * it fails @buf is as it was.
 */
int krb5_decrypt_buffer(const struct krb5_seal_key *seal, u8 *buf, size_t len,
			struct sspi_span *plain);

/*
 * Messages in pieces, in place: @confounder (@type->confounder_len bytes, read
 * and enciphered), then @parts, then @mac (@type->mac_len bytes). DATA and
 * PADDING are sealed, SIGN_ONLY is in the MAC at its place, READONLY is in
 * neither. What RFC 4121 appends before encrypting, the copy of the header, is
 * one more DATA part of the caller's. The sealed length must be a multiple of
 * @type->block_len. When opening fails the bytes are as they were.
 */
int krb5_seal_parts(const struct krb5_seal_key *seal, u8 *confounder,
		    struct sspi_part *parts, unsigned int count, u8 *mac);
int krb5_open_parts(const struct krb5_seal_key *seal, u8 *confounder,
		    struct sspi_part *parts, unsigned int count,
		    const u8 *mac);

/* Checksums: over DATA, PADDING and SIGN_ONLY, @sum->len bytes. */
int krb5_checksum_parts(const struct krb5_sum_key *sum,
			const struct sspi_part *parts, unsigned int count,
			u8 *checksum);
int krb5_checksum(const struct krb5_sum_key *sum, const struct sspi_span *data,
		  unsigned int count, u8 *checksum);
/* In constant time; -EBADMSG also if the length is another. */
int krb5_checksum_verify(const struct krb5_sum_key *sum,
			 const struct sspi_span *data, unsigned int count,
			 struct sspi_span checksum);
int krb5_checksum_verify_parts(const struct krb5_sum_key *sum,
			       const struct sspi_part *parts,
			       unsigned int count, struct sspi_span checksum);

/*
 * prf() of RFC 3961, 3 gives @type->prf_len bytes; prf+ of RFC 6113, 5.1 any
 * number up to 255 times that.
 */
int krb5_prf(const struct krb5_key *key, struct sspi_span in, u8 *out);
int krb5_prf_plus(const struct krb5_key *key, struct sspi_span pepper,
		  u8 *out, size_t len);
/* KRB-FX-CF2, RFC 6113, 5.1: the keys may be of two types; @type of @out. */
int krb5_cf2(struct krb5_key *out, const struct krb5_enctype *type,
	     const struct krb5_key *key1, struct sspi_span pepper1,
	     const struct krb5_key *key2, struct sspi_span pepper2);

/*
 * The derivation itself, for tests and for protocols that name a constant.
 * @len bytes: RFC 3961 gives a key's seed_len or less, RFC 8009 any to 64,
 * RFC 6803 any to 32. krb5_derive_key() also makes a key of it (DK).
 */
int krb5_derive(const struct krb5_key *key, struct sspi_span constant,
		u8 *out, size_t len);
int krb5_derive_key(struct krb5_key *out, const struct krb5_key *key,
		    struct sspi_span constant);

/* RFC 3961, 5.1. */
void krb5_n_fold(struct sspi_span in, u8 *out, size_t len);

#endif /* _SSPI_KRB5_CRYPTO_H */
