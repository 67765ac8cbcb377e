// SPDX-License-Identifier: GPL-2.0-only
/* Checksums: RFC 3961, 6; RFC 4757, 4; the mandatory one of each type. */
#include <linux/errno.h>
#include <linux/string.h>

#include "crypto/krb5_internal.h"
#include "test_export.h"

/* What is to be summed: pieces or parts. */
struct summed {
	const struct sspi_span *data;
	unsigned int data_count;
	const struct sspi_part *parts;
	unsigned int part_count;
};

u32 krb5_rc4_usage(u32 usage)
{
	switch (usage) {
	case 3:
	case 9:
		return 8;
	case 23:
		return 13;
	default:
		return usage;
	}
}

static int prepare_unkeyed(struct krb5_sum_key *sum)
{
	sum->len = 16;
	switch (sum->cksumtype) {
	case KRB5_CKSUMTYPE_RSA_MD4:
		break;
	case KRB5_CKSUMTYPE_RSA_MD5:
		sum->kc.kind = KRB5_MAC_MD5;
		break;
	case KRB5_CKSUMTYPE_SHA1:
		sum->kc.kind = KRB5_MAC_SHA1;
		sum->len = 20;
		return 0;
	default:
		return -EOPNOTSUPP;
	}
	return sspi_crypto_fips() ? -EOPNOTSUPP : 0;
}

/* RFC 4757, 4: Ksign = HMAC(K, "signaturekey\0"); -137 signs with K itself. */
static int prepare_rc4(struct krb5_sum_key *sum, const struct krb5_key *key)
{
	static const char label[] = "signaturekey";
	struct sspi_span piece = krb5_span(label, sizeof(label));
	u8 sign[SSPI_MD5_LEN];

	if (sspi_crypto_fips())
		return -EOPNOTSUPP;
	sum->len = SSPI_MD5_LEN;
	sum->kc.kind = KRB5_MAC_HMAC_MD5;
	if (sum->cksumtype == KRB5_CKSUMTYPE_MD5_HMAC_ARCFOUR) {
		sspi_hmac_md5_prepare(&sum->kc.md5, key->bytes,
				      key->type->key_len);
		return 0;
	}
	sspi_hmac_md5(key->bytes, key->type->key_len, &piece, 1, sign);
	sspi_hmac_md5_prepare(&sum->kc.md5, sign, sizeof(sign));
	memzero_explicit(sign, sizeof(sign));
	return 0;
}

/* Kc, RFC 3961, 5.4. */
static int prepare_derived(struct krb5_sum_key *sum,
			   const struct krb5_key *key, u32 usage)
{
	const struct krb5_enctype *type = key->type;
	struct krb5_deriver d;
	u8 kc[KRB5_MAX_KEY];
	int err;

	err = krb5_deriver_begin(&d, key);
	if (err)
		return err;
	err = krb5_deriver_purpose(&d, usage, KRB5_PURPOSE_CHECKSUM, kc,
				   type->mac_key_len);
	krb5_deriver_end(&d);
	if (!err)
		err = krb5_mac_prepare(&sum->kc, type, kc, type->mac_key_len);
	sum->len = type->checksum_len;
	memzero_explicit(kc, sizeof(kc));
	return err;
}

static bool is_rc4(s32 cksumtype)
{
	return cksumtype == KRB5_CKSUMTYPE_HMAC_MD5 ||
	       cksumtype == KRB5_CKSUMTYPE_MD5_HMAC_ARCFOUR;
}

/* Whether some type, built or not, has it as its own. */
static bool is_mandatory(s32 cksumtype)
{
	const struct krb5_enctype *type;
	unsigned int i;

	for (i = 0; (type = krb5_enctype_at(i)); i++)
		if (type->checksum == cksumtype)
			return true;
	return false;
}

int krb5_sum_prepare(struct krb5_sum_key *sum, const struct krb5_key *key,
		     s32 cksumtype, u32 usage)
{
	memset(sum, 0, sizeof(*sum));
	if (!cksumtype && key)
		cksumtype = key->type->checksum;
	sum->cksumtype = cksumtype;
	sum->usage = usage;
	if (is_rc4(cksumtype))
		return key ? prepare_rc4(sum, key) : -EINVAL;
	if (key && cksumtype == key->type->checksum)
		return prepare_derived(sum, key, usage);
	if (is_mandatory(cksumtype))
		return -EINVAL;
	return prepare_unkeyed(sum);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_sum_prepare);

void krb5_sum_wipe(struct krb5_sum_key *sum)
{
	memzero_explicit(sum, sizeof(*sum));
}
SSPI_EXPORT_FOR_PACKAGES(krb5_sum_wipe);

static void update(struct krb5_mac *mac, const struct summed *in)
{
	unsigned int i;

	for (i = 0; i < in->data_count; i++)
		krb5_mac_update(mac, in->data[i].data, in->data[i].len);
	krb5_mac_parts(mac, in->parts, in->part_count);
}

/* RFC 4757, 4: HMAC(Ksign, MD5(usage in little endian | data)). */
static int make_rc4(const struct krb5_sum_key *sum, const struct summed *in,
		    u8 *digest)
{
	static const struct krb5_mac_key md5 = { .kind = KRB5_MAC_MD5 };
	u8 inner[SSPI_MD5_LEN];
	struct krb5_mac mac;
	u8 le[4];
	int err;

	krb5_put_le32(krb5_rc4_usage(sum->usage), le);
	err = krb5_mac_init(&mac, &md5);
	if (err)
		return err;
	krb5_mac_update(&mac, le, sizeof(le));
	update(&mac, in);
	err = krb5_mac_final(&mac, inner);
	if (!err)
		err = krb5_mac_init(&mac, &sum->kc);
	if (err)
		return err;
	krb5_mac_update(&mac, inner, sizeof(inner));
	return krb5_mac_final(&mac, digest);
}

/* MD4 wants its text in one piece. */
static int make_md4(const struct summed *in, u8 *digest)
{
	if (in->data_count != 1)
		return -EOPNOTSUPP;
	sspi_md4(in->data->data, in->data->len, digest);
	return 0;
}

static int make(const struct krb5_sum_key *sum, const struct summed *in,
		u8 *digest)
{
	struct krb5_mac mac;
	int err;

	if (is_rc4(sum->cksumtype))
		return make_rc4(sum, in, digest);
	if (sum->cksumtype == KRB5_CKSUMTYPE_RSA_MD4)
		return make_md4(in, digest);
	err = krb5_mac_init(&mac, &sum->kc);
	if (err)
		return err;
	update(&mac, in);
	return krb5_mac_final(&mac, digest);
}

static int make_to(const struct krb5_sum_key *sum, const struct summed *in,
		   u8 *checksum)
{
	u8 digest[KRB5_MAX_DIGEST];
	int err = make(sum, in, digest);

	if (!err)
		memcpy(checksum, digest, sum->len);
	memzero_explicit(digest, sizeof(digest));
	return err;
}

static int verify(const struct krb5_sum_key *sum, const struct summed *in,
		  struct sspi_span checksum)
{
	u8 digest[KRB5_MAX_DIGEST];
	int err;

	if (checksum.len != sum->len)
		return -EBADMSG;
	err = make(sum, in, digest);
	if (!err && !sspi_equal_ct(digest, checksum.data, sum->len))
		err = -EBADMSG;
	memzero_explicit(digest, sizeof(digest));
	return err;
}

int krb5_checksum(const struct krb5_sum_key *sum, const struct sspi_span *data,
		  unsigned int count, u8 *checksum)
{
	struct summed in = { .data = data, .data_count = count };

	return make_to(sum, &in, checksum);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_checksum);

int krb5_checksum_parts(const struct krb5_sum_key *sum,
			const struct sspi_part *parts, unsigned int count,
			u8 *checksum)
{
	struct summed in = { .parts = parts, .part_count = count };

	return make_to(sum, &in, checksum);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_checksum_parts);

int krb5_checksum_verify(const struct krb5_sum_key *sum,
			 const struct sspi_span *data, unsigned int count,
			 struct sspi_span checksum)
{
	struct summed in = { .data = data, .data_count = count };

	return verify(sum, &in, checksum);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_checksum_verify);

int krb5_checksum_verify_parts(const struct krb5_sum_key *sum,
			       const struct sspi_part *parts,
			       unsigned int count, struct sspi_span checksum)
{
	struct summed in = { .parts = parts, .part_count = count };

	return verify(sum, &in, checksum);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_checksum_verify_parts);
