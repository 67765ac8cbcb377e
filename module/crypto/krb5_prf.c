// SPDX-License-Identifier: GPL-2.0-only
/* prf of each profile; PRF+ and KRB-FX-CF2 of RFC 6113. */
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "crypto/krb5_internal.h"
#include "test_export.h"

static const u8 prf_label[3] = { 'p', 'r', 'f' };

/* A text of a number, unless that is 0, and more: what PRF+ asks for. */
struct prf_input {
	u8 number;
	struct sspi_span in;
};

static int prf_mac(const struct krb5_mac_key *key,
		   const struct prf_input *input, u8 *out)
{
	struct krb5_mac mac;
	int err = krb5_mac_init(&mac, key);

	if (err)
		return err;
	if (input->number)
		krb5_mac_update(&mac, &input->number, 1);
	krb5_mac_update(&mac, input->in.data, input->in.len);
	return krb5_mac_final(&mac, out);
}

/*
 * RFC 3961, 5.3: tmp = H(octet-string), cut to whole blocks; prf = E(DK(key,
 * "prf"), tmp, 0).
 */
static int prf_simplified(const struct krb5_key *key,
			  const struct prf_input *input, u8 *out)
{
	static const struct krb5_mac_key sha1 = { .kind = KRB5_MAC_SHA1 };
	const struct krb5_enctype *type = key->type;
	u8 digest[KRB5_MAX_DIGEST];
	struct sspi_cipher *cipher;
	struct krb5_key sub;
	int err;

	err = prf_mac(&sha1, input, digest);
	if (err)
		return err;
	err = krb5_derive_key(&sub, key, krb5_span(prf_label, 3));
	if (err)
		return err;
	err = sspi_cipher_begin(&cipher, type->cipher, sub.bytes,
				type->key_len);
	krb5_key_wipe(&sub);
	if (err)
		return err;
	err = sspi_cipher_buffer(cipher, true, NULL, digest, type->prf_len);
	sspi_cipher_end(cipher);
	memcpy(out, digest, type->prf_len);
	memzero_explicit(digest, sizeof(digest));
	return err;
}

/* RFC 6803, 6: prf = CMAC(KDF(key, "prf", k), octet-string). */
static int prf_camellia(const struct krb5_key *key,
			const struct prf_input *input, u8 *out)
{
	const struct krb5_enctype *type = key->type;
	struct krb5_mac_key mac_key;
	u8 sub[KRB5_MAX_KEY];
	int err;

	err = krb5_derive(key, krb5_span(prf_label, 3), sub, type->key_len);
	if (!err)
		err = krb5_mac_prepare(&mac_key, type, sub, type->key_len);
	if (!err)
		err = prf_mac(&mac_key, input, out);
	memzero_explicit(&mac_key, sizeof(mac_key));
	memzero_explicit(sub, sizeof(sub));
	return err;
}

/* RFC 8009, 5: KDF-HMAC-SHA2(key, "prf", octet-string, 256 or 384 bits). */
static int prf_sha2(const struct krb5_key *key, const struct prf_input *input,
		    u8 *out)
{
	static const u8 label[4] = { 'p', 'r', 'f', 0 };
	struct sspi_span pieces[] = {
		krb5_span(label, sizeof(label)),
		krb5_span(&input->number, input->number ? 1 : 0),
		input->in,
	};

	return krb5_kdf_sha2(key, pieces, 3, out, key->type->prf_len);
}

/* RFC 6113 with RC4, as every peer has it: HMAC-SHA1(key, octet-string). */
static int prf_rc4(const struct krb5_key *key, const struct prf_input *input,
		   u8 *out)
{
	struct krb5_mac_key mac_key = { .kind = KRB5_MAC_HMAC_SHA };
	int err;

	err = sspi_hmac_prepare(&mac_key.hmac, SSPI_HASH_SHA1, key->bytes,
				key->type->key_len);
	if (!err)
		err = prf_mac(&mac_key, input, out);
	memzero_explicit(&mac_key, sizeof(mac_key));
	return err;
}

static int prf(const struct krb5_key *key, const struct prf_input *input,
	       u8 *out)
{
	switch (key->type->profile) {
	case KRB5_PROFILE_SIMPLIFIED:
		return prf_simplified(key, input, out);
	case KRB5_PROFILE_CAMELLIA:
		return prf_camellia(key, input, out);
	case KRB5_PROFILE_SHA2:
		return prf_sha2(key, input, out);
	default:
		return prf_rc4(key, input, out);
	}
}

int krb5_prf(const struct krb5_key *key, struct sspi_span in, u8 *out)
{
	struct prf_input input = { .in = in };

	return prf(key, &input, out);
}
SSPI_EXPORT_FOR_TEST(krb5_prf);

/* RFC 6113, 5.1: prf(key, 1 | pepper) | prf(key, 2 | pepper) | ... */
int krb5_prf_plus(const struct krb5_key *key, struct sspi_span pepper,
		  u8 *out, size_t len)
{
	struct prf_input input = { .in = pepper };
	size_t step = key->type->prf_len;
	u8 block[KRB5_MAX_PRF];
	size_t done;
	int err = 0;

	if (len > 255 * step)
		return -EINVAL;
	for (done = 0; !err && done < len; done += step) {
		input.number++;
		err = prf(key, &input, block);
		if (!err)
			memcpy(out + done, block, min(step, len - done));
	}
	memzero_explicit(block, sizeof(block));
	return err;
}
SSPI_EXPORT_FOR_TEST(krb5_prf_plus);

/* random-to-key(PRF+(K1, pepper1) ^ PRF+(K2, pepper2)), RFC 6113, 5.1. */
int krb5_cf2(struct krb5_key *out, const struct krb5_enctype *type,
	     const struct krb5_key *key1, struct sspi_span pepper1,
	     const struct krb5_key *key2, struct sspi_span pepper2)
{
	u8 a[KRB5_MAX_SEED], b[KRB5_MAX_SEED];
	unsigned int i;
	int err;

	err = krb5_prf_plus(key1, pepper1, a, type->seed_len);
	if (!err)
		err = krb5_prf_plus(key2, pepper2, b, type->seed_len);
	for (i = 0; !err && i < type->seed_len; i++)
		a[i] ^= b[i];
	if (!err)
		err = krb5_key_from_seed(out, type,
					 krb5_span(a, type->seed_len));
	memzero_explicit(a, sizeof(a));
	memzero_explicit(b, sizeof(b));
	return err;
}
SSPI_EXPORT_FOR_PACKAGES(krb5_cf2);
