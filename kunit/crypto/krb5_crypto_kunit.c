// SPDX-License-Identifier: GPL-2.0-only
/*
 * The cryptography of Kerberos: published vectors, pieces of every kind of
 * memory, bent messages, and what the kernel itself computes.
 */
#include <kunit/test.h>
#include <linux/cpufeature.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "crypto/krb5_crypto.h"
#include "kunit/crypto/krb5_kernel.h"
#include "kunit/support/testlib.h"
#include "kunit/vectors/krb5.h"

#define EXPECT_SPAN(test, got, want, id) \
	KUNIT_EXPECT_MEMEQ_MSG(test, got, (want).data, (want).len, "%s", id)

static void set_key(struct kunit *test, struct krb5_key *key, s32 enctype,
		    struct sspi_span bytes)
{
	KUNIT_ASSERT_EQ(test, krb5_key_set(key, enctype, bytes), 0);
}

static void nfold_vectors(struct kunit *test)
{
	unsigned int i;
	u8 out[64];

	for (i = 0; i < ARRAY_SIZE(krb5_nfold_vectors); i++) {
		krb5_n_fold(krb5_nfold_vectors[i].in, out,
			    krb5_nfold_vectors[i].out.len);
		EXPECT_SPAN(test, out, krb5_nfold_vectors[i].out,
			    krb5_nfold_vectors[i].id);
	}
	testlib_counted(test, i);
}

static void derive_vectors(struct kunit *test)
{
	struct krb5_key key, sub;
	unsigned int i;
	u8 out[64];

	for (i = 0; i < ARRAY_SIZE(krb5_derive_vectors); i++) {
		const typeof(krb5_derive_vectors[0]) *v =
			&krb5_derive_vectors[i];

		set_key(test, &key, v->enctype, v->key);
		if (v->enctype == KRB5_ENCTYPE_DES3_CBC_SHA1) {
			KUNIT_EXPECT_EQ(test, krb5_derive_key(&sub, &key,
							      v->constant), 0);
			EXPECT_SPAN(test, sub.bytes, v->out, v->id);
			continue;
		}
		KUNIT_EXPECT_EQ(test, krb5_derive(&key, v->constant, out,
						  v->out.len), 0);
		EXPECT_SPAN(test, out, v->out, v->id);
	}
	testlib_counted(test, i);
}

static void encrypt_vectors(struct kunit *test)
{
	struct krb5_seal_key seal;
	struct sspi_span plain;
	struct krb5_key key;
	unsigned int i;
	u8 buf[128];

	for (i = 0; i < ARRAY_SIZE(krb5_encrypt_vectors); i++) {
		const typeof(krb5_encrypt_vectors[0]) *v =
			&krb5_encrypt_vectors[i];

		set_key(test, &key, v->enctype, v->key);
		KUNIT_ASSERT_EQ(test, krb5_cipher_len(key.type, v->plain.len),
				v->cipher.len);
		KUNIT_ASSERT_LE(test, v->cipher.len, sizeof(buf));
		memcpy(buf + krb5_plain_offset(key.type), v->plain.data,
		       v->plain.len);
		KUNIT_ASSERT_EQ(test, krb5_seal_prepare(&seal, &key, v->usage),
				0);
		KUNIT_EXPECT_EQ(test, krb5_encrypt_buffer(&seal,
							  v->confounder.data,
							  buf, v->plain.len),
				0);
		EXPECT_SPAN(test, buf, v->cipher, v->id);
		KUNIT_EXPECT_EQ(test, krb5_decrypt_buffer(&seal, buf,
							  v->cipher.len,
							  &plain), 0);
		EXPECT_SPAN(test, plain.data, v->plain, v->id);
		krb5_seal_wipe(&seal);
	}
	testlib_counted(test, i);
}

static void checksum_vectors(struct kunit *test)
{
	u8 out[KRB5_MAX_CHECKSUM];
	struct sspi_span bent = { .data = out };
	struct krb5_sum_key sum;
	struct krb5_key key;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(krb5_checksum_vectors); i++) {
		const typeof(krb5_checksum_vectors[0]) *v =
			&krb5_checksum_vectors[i];

		if (v->enctype)
			set_key(test, &key, v->enctype, v->key);
		KUNIT_ASSERT_EQ(test,
				krb5_sum_prepare(&sum,
						 v->enctype ? &key : NULL,
						 v->cksumtype, v->usage), 0);
		KUNIT_EXPECT_EQ(test, sum.len, v->out.len);
		KUNIT_EXPECT_EQ(test, krb5_checksum(&sum, &v->data, 1, out),
				0);
		EXPECT_SPAN(test, out, v->out, v->id);
		KUNIT_EXPECT_EQ(test, krb5_checksum_verify(&sum, &v->data, 1,
							   v->out), 0);
		out[i % sum.len] ^= 0x10;
		bent.len = sum.len;
		KUNIT_EXPECT_EQ(test, krb5_checksum_verify(&sum, &v->data, 1,
							   bent), -EBADMSG);
		krb5_sum_wipe(&sum);
	}
	testlib_counted(test, i);
}

static void prf_vectors(struct kunit *test)
{
	struct krb5_key key, other, made;
	unsigned int i, j;
	u8 out[KRB5_MAX_PRF];

	for (i = 0; i < ARRAY_SIZE(krb5_prf_vectors); i++) {
		const typeof(krb5_prf_vectors[0]) *v = &krb5_prf_vectors[i];

		set_key(test, &key, v->enctype, v->key);
		KUNIT_EXPECT_EQ(test, key.type->prf_len, v->out.len);
		KUNIT_EXPECT_EQ(test, krb5_prf(&key, v->in, out), 0);
		EXPECT_SPAN(test, out, v->out, v->id);
	}
	for (j = 0; j < ARRAY_SIZE(krb5_cf2_vectors); j++) {
		const typeof(krb5_cf2_vectors[0]) *v = &krb5_cf2_vectors[j];

		set_key(test, &key, v->enctype, v->key1);
		set_key(test, &other, v->enctype, v->key2);
		KUNIT_EXPECT_EQ(test, krb5_cf2(&made, key.type, &key,
					       v->pepper1, &other, v->pepper2),
				0);
		EXPECT_SPAN(test, made.bytes, v->out, v->id);
	}
	testlib_counted(test, i + j);
}

static void string_to_key_vectors(struct kunit *test)
{
	struct krb5_key key;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(krb5_string_to_key_vectors); i++) {
		const typeof(krb5_string_to_key_vectors[0]) *v =
			&krb5_string_to_key_vectors[i];
		struct krb5_s2k from = {
			.password = v->password, .salt = v->salt,
			.params = v->params,
		};

		KUNIT_EXPECT_EQ(test,
				krb5_string_to_key(&key,
						   krb5_enctype_find(v->enctype),
						   &from), 0);
		EXPECT_SPAN(test, key.bytes, v->key, v->id);
	}
	testlib_counted(test, i);
}

static void cts_vectors(struct kunit *test)
{
	struct sspi_cipher *cipher;
	unsigned int i;
	u8 buf[128];

	for (i = 0; i < ARRAY_SIZE(krb5_cts_vectors); i++) {
		const typeof(krb5_cts_vectors[0]) *v = &krb5_cts_vectors[i];

		memcpy(buf, v->plain.data, v->plain.len);
		KUNIT_ASSERT_EQ(test,
				sspi_cipher_begin(&cipher, SSPI_CIPHER_AES_CTS,
						  v->key.data, v->key.len), 0);
		KUNIT_EXPECT_EQ(test, sspi_cipher_buffer(cipher, true,
							 v->iv.data, buf,
							 v->plain.len), 0);
		EXPECT_SPAN(test, buf, v->cipher, v->id);
		KUNIT_EXPECT_EQ(test, sspi_cipher_buffer(cipher, false,
							 v->iv.data, buf,
							 v->plain.len), 0);
		EXPECT_SPAN(test, buf, v->plain, v->id);
		sspi_cipher_end(cipher);
	}
	testlib_counted(test, i);
}

/* One block under @key, or under what the transform has kept as @number. */
static void one_block(struct kunit *test, const u8 *key, u64 number, u8 out[16])
{
	struct sspi_cipher *cipher;

	memset(out, 0, 16);
	KUNIT_ASSERT_EQ(test,
			sspi_cipher_begin_kept(&cipher, SSPI_CIPHER_AES_CTS,
					       key, 32, number), 0);
	KUNIT_EXPECT_EQ(test, sspi_cipher_buffer(cipher, true, NULL, out, 16),
			0);
	sspi_cipher_end(cipher);
}

/* A kept key is used under its number, by nobody else, and not for long. */
static void kept_keys(struct kunit *test)
{
	static const u8 keys[2][32] = { { 1 }, { 2 } };
	u64 number = sspi_cipher_number(), other = sspi_cipher_number();
	u8 want[2][16], got[16];

	KUNIT_EXPECT_NE(test, number, other);
	one_block(test, keys[0], 0, want[0]);
	one_block(test, keys[1], 0, want[1]);
	KUNIT_EXPECT_MEMNEQ(test, want[0], want[1], 16);

	one_block(test, keys[0], number, got);
	KUNIT_EXPECT_MEMEQ(test, got, want[0], 16);
	/* The key that is handed in does not matter now. */
	one_block(test, keys[1], number, got);
	KUNIT_EXPECT_MEMEQ(test, got, want[0], 16);
	one_block(test, keys[1], other, got);
	KUNIT_EXPECT_MEMEQ(test, got, want[1], 16);
	/* Those of both directions are kept. */
	one_block(test, keys[1], number, got);
	KUNIT_EXPECT_MEMEQ(test, got, want[0], 16);
	one_block(test, keys[0], other, got);
	KUNIT_EXPECT_MEMEQ(test, got, want[1], 16);
	one_block(test, keys[1], 0, got);
	KUNIT_EXPECT_MEMEQ(test, got, want[1], 16);

	one_block(test, keys[0], number, got);
	sspi_cipher_forget(SSPI_CIPHER_AES_CTS, number);
	sspi_cipher_forget(SSPI_CIPHER_AES_CTS, other);
	one_block(test, keys[1], number, got);
	KUNIT_EXPECT_MEMEQ(test, got, want[1], 16);
	sspi_cipher_forget(SSPI_CIPHER_AES_CTS, number);
}

static bool cancelled_at(void *priv)
{
	unsigned int *left = priv;

	return !--*left;
}

static void string_to_key_stops(struct kunit *test)
{
	static const u8 most[] = { 0x00, 0x10, 0x00, 0x00 };
	static const u8 more[] = { 0x00, 0x10, 0x00, 0x01 };
	unsigned int left = 3;
	struct krb5_s2k from = {
		.password = TESTLIB_SPAN("x"), .salt = TESTLIB_SPAN("y"),
		.params = TESTLIB_SPAN(most), .cancelled = cancelled_at,
		.priv = &left,
	};
	struct krb5_key key;

	KUNIT_EXPECT_EQ(test, krb5_string_to_key(&key, krb5_enctype_find(18),
						 &from), -ECANCELED);
	KUNIT_EXPECT_EQ(test, left, 0);
	from.params = TESTLIB_SPAN(more);
	KUNIT_EXPECT_EQ(test, krb5_string_to_key(&key, krb5_enctype_find(18),
						 &from), -EINVAL);
}

/* Every type with a key and a usage, and text of the generator. */
struct pieces {
	const struct krb5_enctype *type;
	struct krb5_seal_key seal;
	struct krb5_key key;
	u8 confounder[KRB5_MAX_CONFOUNDER];
	u8 mac[KRB5_MAX_MAC];
	struct testlib_lcg lcg;
};

static void pieces_init(struct kunit *test, struct pieces *p, unsigned int i)
{
	u8 seed[KRB5_MAX_SEED];
	struct sspi_span view = { .data = seed };

	p->lcg.state = 77 + i;
	p->type = krb5_enctype_at(i);
	testlib_lcg_fill(&p->lcg, seed, sizeof(seed));
	testlib_lcg_fill(&p->lcg, p->confounder, sizeof(p->confounder));
	view.len = p->type->seed_len;
	KUNIT_ASSERT_EQ(test, krb5_key_from_seed(&p->key, p->type, view), 0);
	KUNIT_ASSERT_EQ(test, krb5_seal_prepare(&p->seal, &p->key, 24), 0);
}

/* What one buffer gives, as the answer for pieces. */
static u8 *reference(struct kunit *test, struct pieces *p, const u8 *text,
		     size_t len)
{
	u8 *buf = kunit_kzalloc(test, krb5_cipher_len(p->type, len),
				GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, buf);
	memcpy(buf + krb5_plain_offset(p->type), text, len);
	KUNIT_ASSERT_EQ(test, krb5_encrypt_buffer(&p->seal, p->confounder, buf,
						  len), 0);
	return buf;
}

/* A part of memory that is not contiguous, and one that is a list. */
static void pieces_agree(struct kunit *test, struct pieces *p, size_t len,
			 u8 *vmem, struct sg_table *table)
{
	size_t first = len / 3 + 1, listed = len / 4 + 3;
	u8 *text = kunit_kmalloc(test, len, GFP_KERNEL);
	u8 *slab = kunit_kzalloc(test, len, GFP_KERNEL);
	struct sspi_part parts[4] = {
		{ .kind = SSPI_PART_DATA, .data = vmem + 5, .len = first },
		{ .kind = SSPI_PART_READONLY, .data = p->mac, .len = 4 },
		{ .kind = SSPI_PART_DATA, .sg = table->sgl, .len = listed },
		{ .kind = SSPI_PART_DATA, .data = slab,
		  .len = len - first - listed },
	};
	u8 *want, *body, *mac;

	KUNIT_ASSERT_NOT_NULL(test, text);
	KUNIT_ASSERT_NOT_NULL(test, slab);
	testlib_lcg_fill(&p->lcg, text, len);
	want = reference(test, p, text, len);
	body = want + krb5_plain_offset(p->type);
	mac = p->type->mac_first ? want : body + len;
	memcpy(vmem + 5, text, first);
	sg_pcopy_from_buffer(table->sgl, table->nents, text + first, listed, 0);
	memcpy(slab, text + first + listed, parts[3].len);

	KUNIT_ASSERT_EQ(test, krb5_seal_parts(&p->seal, p->confounder, parts,
					      4, p->mac), 0);
	KUNIT_EXPECT_MEMEQ(test, p->mac, mac, p->type->mac_len);
	KUNIT_EXPECT_MEMEQ(test, p->confounder,
			   body - p->type->confounder_len,
			   p->type->confounder_len);
	KUNIT_EXPECT_MEMEQ(test, vmem + 5, body, first);
	KUNIT_EXPECT_MEMEQ(test, slab, body + first + listed, parts[3].len);

	/* A wrong MAC leaves the bytes as they were. */
	p->mac[len % p->type->mac_len] ^= 1;
	KUNIT_EXPECT_EQ(test, krb5_open_parts(&p->seal, p->confounder, parts,
					      4, p->mac), -EBADMSG);
	KUNIT_EXPECT_MEMEQ(test, vmem + 5, body, first);
	KUNIT_EXPECT_MEMEQ(test, slab, body + first + listed, parts[3].len);
	p->mac[len % p->type->mac_len] ^= 1;

	KUNIT_EXPECT_EQ(test, krb5_open_parts(&p->seal, p->confounder, parts,
					      4, p->mac), 0);
	KUNIT_EXPECT_MEMEQ(test, vmem + 5, text, first);
	sg_pcopy_to_buffer(table->sgl, table->nents, want, listed, 0);
	KUNIT_EXPECT_MEMEQ(test, want, text + first, listed);
	KUNIT_EXPECT_MEMEQ(test, slab, text + first + listed, parts[3].len);
}

#define LIST_PAGES	5

static void pieces_of_memory(struct kunit *test)
{
	static const size_t lens[] = { 16, 48, 160, 512, 520, 4096, 9000 };
	static u8 module_mem[4 * PAGE_SIZE];
	struct pieces *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);
	u8 *vmem = vmalloc(4 * PAGE_SIZE);
	struct page *pages[LIST_PAGES];
	struct sg_table table;
	unsigned int i, j, count = 0;
	int err;

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_ASSERT_NOT_NULL(test, vmem);
	for (i = 0; i < LIST_PAGES; i++) {
		pages[i] = alloc_page(GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, pages[i]);
	}
	err = sg_alloc_table_from_pages_segment(&table, pages, LIST_PAGES, 13,
						LIST_PAGES * PAGE_SIZE - 13,
						PAGE_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_EQ(test, err, 0);
	for (i = 0; krb5_enctype_at(i); i++) {
		for (j = 0; j < ARRAY_SIZE(lens); j++) {
			pieces_init(test, p, i);
			pieces_agree(test, p, lens[j], vmem, &table);
			pieces_agree(test, p, lens[j], module_mem, &table);
			count += 2;
		}
	}
	sg_free_table(&table);
	for (i = 0; i < LIST_PAGES; i++)
		__free_page(pages[i]);
	vfree(vmem);
	testlib_counted(test, count);
}

/* SIGN_ONLY is in the MAC, at its place, and is not sealed. */
static void pieces_signed_only(struct kunit *test)
{
	struct pieces *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);
	u8 *head = kunit_kzalloc(test, 24, GFP_KERNEL);
	u8 *data = kunit_kzalloc(test, 40, GFP_KERNEL);
	struct sspi_part parts[] = {
		{ .kind = SSPI_PART_SIGN_ONLY, .data = head, .len = 24 },
		{ .kind = SSPI_PART_DATA, .data = data, .len = 40 },
	};
	unsigned int i;

	for (i = 0; krb5_enctype_at(i); i++) {
		pieces_init(test, p, i);
		memset(data, 0, 40);
		memset(head, 0, 24);
		KUNIT_ASSERT_EQ(test, krb5_seal_parts(&p->seal, p->confounder,
						      parts, 2, p->mac), 0);
		KUNIT_EXPECT_NULL(test, memchr_inv(head, 0, 24));
		KUNIT_EXPECT_NOT_NULL(test, memchr_inv(data, 0, 40));
		head[23] = 1;
		KUNIT_EXPECT_EQ(test, krb5_open_parts(&p->seal, p->confounder,
						      parts, 2, p->mac),
				-EBADMSG);
		head[23] = 0;
		KUNIT_EXPECT_EQ(test, krb5_open_parts(&p->seal, p->confounder,
						      parts, 2, p->mac), 0);
		KUNIT_EXPECT_NULL(test, memchr_inv(data, 0, 40));
	}
	testlib_counted(test, i);
}

/* Every byte bent, every length cut: refused, and nothing is changed. */
static void bent_messages(struct kunit *test)
{
	struct pieces *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);
	unsigned int i, at, count = 0;
	u8 text[40], copy[128];
	struct sspi_span plain;
	int err;

	for (i = 0; krb5_enctype_at(i); i++) {
		size_t len;
		u8 *buf;

		pieces_init(test, p, i);
		testlib_lcg_fill(&p->lcg, text, sizeof(text));
		buf = reference(test, p, text, sizeof(text));
		len = krb5_cipher_len(p->type, sizeof(text));
		for (at = 0; at < len; at++, count++) {
			memcpy(copy, buf, len);
			copy[at] ^= 1 << at % 8;
			err = krb5_decrypt_buffer(&p->seal, copy, len, &plain);
			KUNIT_EXPECT_EQ(test, err, -EBADMSG);
			copy[at] ^= 1 << at % 8;
			KUNIT_EXPECT_MEMEQ(test, copy, buf, len);
			err = krb5_decrypt_buffer(&p->seal, copy, at, &plain);
			KUNIT_EXPECT_NE(test, err, 0);
			KUNIT_EXPECT_MEMEQ(test, copy, buf, len);
		}
	}
	testlib_counted(test, count);
}

/*
 * Both ways against the kernel's own implementation. Not its PRF+: it is that
 * of RFC 4402, and leaks memory in 7.3.
 */
static void as_the_kernel_does(struct kunit *test)
{
	struct pieces *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);
	size_t room, len, offset, found;
	unsigned int i, count = 0;
	u8 *want, *buf;
	int ret;

	for (i = 0; krb5_enctype_at(i); i++) {
		pieces_init(test, p, i);
		for (len = 0; len < 600; len += 37) {
			room = krb5_cipher_len(p->type, len);
			buf = kunit_kzalloc(test, room, GFP_KERNEL);
			memcpy(buf, p->confounder, p->type->confounder_len);
			ret = krb5_kernel_encrypt(p->type->number,
						  krb5_key_span(&p->key), 24,
						  buf, room, len);
			if (ret == -EOPNOTSUPP)
				break;
			KUNIT_EXPECT_EQ(test, ret, room);
			want = kunit_kzalloc(test, room, GFP_KERNEL);
			KUNIT_EXPECT_EQ(test,
					krb5_encrypt_buffer(&p->seal,
							    p->confounder,
							    want, len), 0);
			KUNIT_EXPECT_MEMEQ(test, buf, want, room);
			KUNIT_EXPECT_EQ(test,
					krb5_kernel_decrypt(p->type->number,
							    krb5_key_span(&p->key),
							    24, want, room,
							    &offset, &found),
					0);
			KUNIT_EXPECT_EQ(test, offset, p->type->confounder_len);
			KUNIT_EXPECT_EQ(test, found, len);
			count++;
		}
	}
	if (!count)
		kunit_skip(test, "this kernel has no CRYPTO_KRB5");
	testlib_counted(test, count);
}

/* The driver in use; the fast one is expected where it can be there. */
static void drivers(struct kunit *test)
{
	static const char * const names[] = { "AES", "Camellia", "3DES" };
	struct sspi_cipher *cipher;
	unsigned int i;
	u8 key[32];
	int err;

	for (i = 0; i < 32; i++)
		key[i] = i;
	for (i = 0; i < SSPI_CIPHER_COUNT; i++) {
		err = sspi_cipher_begin(&cipher, i, key,
					i == SSPI_CIPHER_DES3_CBC ? 24 : 32);
		KUNIT_ASSERT_EQ(test, err, 0);
		kunit_info(test, "%s: %s", names[i],
			   sspi_cipher_driver(cipher));
#ifdef CONFIG_CRYPTO_AES_NI_INTEL
		if (i == SSPI_CIPHER_AES_CTS && boot_cpu_has(X86_FEATURE_AES))
			KUNIT_EXPECT_NOT_NULL(test,
					      strstr(sspi_cipher_driver(cipher),
						     "aesni"));
#endif
		sspi_cipher_end(cipher);
	}
}

/* An established context: both ways, sealing, MIC, and unsealed Wrap. */
static void sizes(struct kunit *test)
{
	size_t context = 2 * sizeof(struct krb5_seal_key) +
			 4 * sizeof(struct krb5_sum_key) +
			 3 * sizeof(struct krb5_key);

	kunit_info(test, "seal key %zu, sum key %zu, context %zu bytes",
		   sizeof(struct krb5_seal_key), sizeof(struct krb5_sum_key),
		   context);
	KUNIT_EXPECT_LE(test, context, 1280);
}

static struct kunit_case krb5_crypto_cases[] = {
	KUNIT_CASE(nfold_vectors),
	KUNIT_CASE(derive_vectors),
	KUNIT_CASE(encrypt_vectors),
	KUNIT_CASE(checksum_vectors),
	KUNIT_CASE(prf_vectors),
	KUNIT_CASE(string_to_key_vectors),
	KUNIT_CASE(cts_vectors),
	KUNIT_CASE(kept_keys),
	KUNIT_CASE(string_to_key_stops),
	KUNIT_CASE(pieces_of_memory),
	KUNIT_CASE(pieces_signed_only),
	KUNIT_CASE(bent_messages),
	KUNIT_CASE(as_the_kernel_does),
	KUNIT_CASE(drivers),
	KUNIT_CASE(sizes),
	{ }
};

static struct kunit_suite krb5_crypto_suite = {
	.name = "sspi_krb5_crypto",
	.test_cases = krb5_crypto_cases,
};

kunit_test_suites(&krb5_crypto_suite);
