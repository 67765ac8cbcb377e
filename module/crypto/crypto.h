/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One facade over the primitives: nothing above it names a transform.
 *
 * Back ends: lib.c on lib/crypto (7.x), shash.c on crypto_shash (6.1, 6.12),
 * and one on a userspace library in tools/host. MD4, RC4 and the parts that no
 * kernel has are our own and the same everywhere.
 */
#ifndef _SSPI_CRYPTO_H
#define _SSPI_CRYPTO_H

#include <linux/sspi_span.h>
#include <linux/types.h>

#define SSPI_MD4_LEN	16
#define SSPI_MD5_LEN	16
#define SSPI_MD5_BLOCK	64

/* Once, at load: 0 or a negative errno if a primitive is missing. */
int sspi_crypto_init(void);
void sspi_crypto_exit(void);

/* Whether the machine runs in FIPS mode: MD4, MD5, RC4 and DES are off then. */
bool sspi_crypto_fips(void);

void sspi_md4(const void *data, size_t len, u8 out[SSPI_MD4_LEN]);

/*
 * MD5 and HMAC-MD5 of a text in pieces. The contexts are made on the stack and
 * wiped by final. A key's two inner states are worked out once and kept in
 * struct sspi_hmac_md5_key: 32 bytes, no transform.
 */
struct sspi_md5_ctx {
	u64 opaque[16];
};

struct sspi_hmac_md5_key {
	u32 istate[4];
	u32 ostate[4];
};

struct sspi_hmac_md5_ctx {
	struct sspi_md5_ctx md5;
	u32 ostate[4];
};

void sspi_md5_init(struct sspi_md5_ctx *ctx);
void sspi_md5_update(struct sspi_md5_ctx *ctx, const void *data, size_t len);
void sspi_md5_final(struct sspi_md5_ctx *ctx, u8 out[SSPI_MD5_LEN]);

void sspi_hmac_md5_prepare(struct sspi_hmac_md5_key *key, const void *raw,
			   size_t len);
void sspi_hmac_md5_init(struct sspi_hmac_md5_ctx *ctx,
			const struct sspi_hmac_md5_key *key);
void sspi_hmac_md5_update(struct sspi_hmac_md5_ctx *ctx, const void *data,
			  size_t len);
void sspi_hmac_md5_final(struct sspi_hmac_md5_ctx *ctx, u8 out[SSPI_MD5_LEN]);
/* The MAC of the concatenation of @count pieces. */
void sspi_hmac_md5(const void *raw, size_t len, const struct sspi_span *pieces,
		   unsigned int count, u8 out[SSPI_MD5_LEN]);

/*
 * RC4 with a byte table: 258 bytes of state. The kernel's libarc4 keeps words
 * (1032 bytes), and a context has two directions and a budget of 1 KiB.
 */
struct sspi_rc4 {
	u8 s[256];
	u8 i;
	u8 j;
};

void sspi_rc4_init(struct sspi_rc4 *rc4, const void *key, size_t len);
void sspi_rc4_crypt(struct sspi_rc4 *rc4, u8 *out, const u8 *in, size_t len);

/* One block of DES under a 7-byte key spread with parity (MS-NLMP DES()). */
void sspi_des_block(const u8 key[7], const u8 in[8], u8 out[8]);

u32 sspi_crc32_init(void);
u32 sspi_crc32_update(u32 crc, const void *data, size_t len);
u32 sspi_crc32_final(u32 crc);

/* In a time that does not depend on the contents. */
bool sspi_equal_ct(const void *a, const void *b, size_t len);

#endif /* _SSPI_CRYPTO_H */
