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

#include <linux/sspi_part.h>
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

/*
 * Where something that a stranger has chosen stands in a table: a hash under a
 * key of this boot, so that nobody can have all of theirs in one place. For
 * nothing else: it is no MAC.
 */
u64 sspi_keyed_hash(const void *data, size_t len);

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

/*
 * SHA and HMAC-SHA. A context remembers that something failed, and final says
 * so; it also wipes. Only the first use of a hash may sleep.
 *
 * A prepared HMAC key is two inner states and no transform.
 */
#define SSPI_HASH_MAX	48
#define SSPI_HASH_STATE	64

enum sspi_hash_id {
	SSPI_HASH_SHA1,
	SSPI_HASH_SHA256,
	SSPI_HASH_SHA384,
	SSPI_HASH_COUNT,
};

struct sspi_hash_ctx {
	u64 opaque[36];
	u8 id;
	int err;
};

struct sspi_hmac_key {
	u8 opaque[2 * SSPI_HASH_STATE] __aligned(8);
	u8 id;
};

struct sspi_hmac_ctx {
	struct sspi_hash_ctx hash;
	const struct sspi_hmac_key *key;
};

static inline unsigned int sspi_hash_len(enum sspi_hash_id id)
{
	return id == SSPI_HASH_SHA1 ? 20 : id == SSPI_HASH_SHA256 ? 32 : 48;
}

static inline unsigned int sspi_hash_block(enum sspi_hash_id id)
{
	return id == SSPI_HASH_SHA384 ? 128 : 64;
}

void sspi_hash_init(struct sspi_hash_ctx *ctx, enum sspi_hash_id id);
void sspi_hash_update(struct sspi_hash_ctx *ctx, const void *data, size_t len);
int sspi_hash_final(struct sspi_hash_ctx *ctx, u8 *out);
/*
 * The chaining value after exactly one block, and a context that stands there:
 * of the back ends that have no HMAC of their own.
 */
void sspi_hash_save(struct sspi_hash_ctx *ctx, u8 state[SSPI_HASH_STATE]);
void sspi_hash_resume(struct sspi_hash_ctx *ctx, enum sspi_hash_id id,
		      const u8 state[SSPI_HASH_STATE]);

int sspi_hmac_prepare(struct sspi_hmac_key *key, enum sspi_hash_id id,
		      const void *raw, size_t len);
void sspi_hmac_init(struct sspi_hmac_ctx *ctx, const struct sspi_hmac_key *key);
void sspi_hmac_update(struct sspi_hmac_ctx *ctx, const void *data, size_t len);
int sspi_hmac_final(struct sspi_hmac_ctx *ctx, u8 *out);

/*
 * Block ciphers over texts in pieces, in place. CTS is that of RFC 3962, the
 * last two blocks always exchanged; one block alone is CBC.
 *
 * A transform with its request comes from a pool and goes back wiped: begin
 * sets the key, map says which text, run may be called more than once, and end
 * must be. They may sleep for memory.
 */
enum sspi_cipher_id {
	SSPI_CIPHER_AES_CTS,
	SSPI_CIPHER_CAMELLIA_CTS,
	SSPI_CIPHER_DES3_CBC,
	SSPI_CIPHER_COUNT,
};

/* A text: @head, then the DATA and PADDING parts, in order. */
struct sspi_text {
	u8 *head;
	size_t head_len;
	const struct sspi_part *parts;
	unsigned int count;
};

struct sspi_cipher;

int sspi_cipher_begin(struct sspi_cipher **cipher, enum sspi_cipher_id id,
		      const u8 *key, size_t len);

/*
 * A key for many texts has a number of its own: a transform that was put back
 * with it need not set it again. When the key is wiped it is to be forgotten.
 */
u64 sspi_cipher_number(void);
int sspi_cipher_begin_kept(struct sspi_cipher **cipher, enum sspi_cipher_id id,
			   const u8 *key, size_t len, u64 number);
void sspi_cipher_forget(enum sspi_cipher_id id, u64 number);

/* The length of the text, or what failed. */
int sspi_cipher_map(struct sspi_cipher *cipher, const struct sspi_text *text);
/*
 * Copies a text that is short out of its pieces: the copy, which run then works
 * on, until store puts it back into them. NULL: it stays in its pieces.
 */
u8 *sspi_cipher_load(struct sspi_cipher *cipher);
void sspi_cipher_store(struct sspi_cipher *cipher);
/* @iv: a block, or NULL for zeros. */
int sspi_cipher_run(struct sspi_cipher *cipher, bool encrypt, const u8 *iv);
void sspi_cipher_end(struct sspi_cipher *cipher);
/* map and run of one buffer */
int sspi_cipher_buffer(struct sspi_cipher *cipher, bool encrypt, const u8 *iv,
		       u8 *data, size_t len);
/* The driver in use, for tests and for the administrator. */
const char *sspi_cipher_driver(const struct sspi_cipher *cipher);

static inline bool sspi_part_sealed(const struct sspi_part *part)
{
	return part->kind == SSPI_PART_DATA || part->kind == SSPI_PART_PADDING;
}

/* Bytes of a text, or U64_MAX when it is longer than ciphers take. */
u64 sspi_text_len(const struct sspi_text *text);
/* Copies a text out of its pieces into @flat, or back. */
void sspi_text_copy(const struct sspi_text *text, u8 *flat, bool out);

/* CMAC of Camellia; end gives 16 bytes and says whether all went well. */
#define SSPI_CMAC_LEN	16

struct sspi_cmac;

int sspi_cmac_begin(struct sspi_cmac **cmac, const u8 *key, size_t len);
void sspi_cmac_update(struct sspi_cmac *cmac, const void *data, size_t len);
int sspi_cmac_end(struct sspi_cmac *cmac, u8 out[SSPI_CMAC_LEN]);

/* Frees what the above have kept. */
void sspi_cipher_exit(void);
void sspi_cmac_exit(void);
void sspi_hash_exit(void);

/* Lets others run, in a long computation. */
void sspi_crypto_relax(void);

/* In a time that does not depend on the contents. */
bool sspi_equal_ct(const void *a, const void *b, size_t len);

#endif /* _SSPI_CRYPTO_H */
