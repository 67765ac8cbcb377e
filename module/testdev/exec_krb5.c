// SPDX-License-Identifier: GPL-2.0-only
/* crypto: the names that are of Kerberos. */
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "crypto/krb5_crypto.h"
#include "testdev/exec.h"

#define MAX_RESULT (255 * KRB5_MAX_PRF)

static sec_status_t krb5_status(int err)
{
	switch (err) {
	case 0:
		return SEC_E_OK;
	case -EBADMSG:
		return SEC_E_MESSAGE_ALTERED;
	case -EINVAL:
		return SEC_E_INVALID_PARAMETER;
	case -ENOMEM:
		return SEC_E_INSUFFICIENT_MEMORY;
	case -EOPNOTSUPP:
		return SEC_E_UNSUPPORTED_FUNCTION;
	default:
		return SEC_E_INTERNAL_ERROR;
	}
}

static sec_status_t lacking(struct testdev_call *call)
{
	drive_put_u64(&call->out, DRIVE_LACKING, 1);
	return SEC_E_UNSUPPORTED_FUNCTION;
}

static struct sspi_span bytes_of(struct testdev_call *call, u32 tag)
{
	struct sspi_span value;

	drive_find(call->in, tag, &value);
	return value;
}

static u32 number_of(struct testdev_call *call, u32 tag, u32 value)
{
	u64 number = value;

	drive_find_u64(call->in, tag, &number);
	return (u32)number;
}

static sec_status_t answer(struct testdev_call *call, const void *data,
			   size_t len)
{
	drive_put(&call->out, DRIVE_RESULT, data, len);
	return SEC_E_OK;
}

static sec_status_t answer_key(struct testdev_call *call, struct krb5_key *key,
			       int err)
{
	sec_status_t status = krb5_status(err);

	if (!err)
		status = answer(call, key->bytes, key->type->key_len);
	krb5_key_wipe(key);
	return status;
}

static sec_status_t op_nfold(struct testdev_call *call)
{
	struct sspi_span data = bytes_of(call, DRIVE_DATA);
	u32 bits = number_of(call, DRIVE_LENGTH, 0);
	u8 out[256];

	if (!data.len || !bits || bits % 8 || bits / 8 > sizeof(out))
		return SEC_E_INVALID_PARAMETER;
	krb5_n_fold(data, out, bits / 8);
	return answer(call, out, bits / 8);
}

static sec_status_t op_string_to_key(struct testdev_call *call,
				     const struct krb5_enctype *type)
{
	struct krb5_s2k from = {
		.password = bytes_of(call, DRIVE_PASSWORD),
		.salt = bytes_of(call, DRIVE_SALT),
		.params = bytes_of(call, DRIVE_S2K_PARAMS),
	};
	struct krb5_key key;
	int err = krb5_string_to_key(&key, type, &from);

	return answer_key(call, &key, err);
}

static sec_status_t op_random_to_key(struct testdev_call *call,
				     const struct krb5_enctype *type)
{
	struct krb5_key key;
	int err = krb5_key_from_seed(&key, type, bytes_of(call, DRIVE_DATA));

	return answer_key(call, &key, err);
}

/* The length that a usage's constant asks for: RFC 8009, 5. */
static u32 derived_len(const struct krb5_enctype *type,
		       struct sspi_span constant)
{
	u8 last = constant.len == 5 ? constant.data[4] : 0;

	return last == 0x99 || last == 0x55 ? type->mac_key_len : type->key_len;
}

static sec_status_t op_derive(struct testdev_call *call,
			      const struct krb5_key *key)
{
	struct sspi_span constant = bytes_of(call, DRIVE_DATA);
	u32 len =
		number_of(call, DRIVE_LENGTH, derived_len(key->type, constant));
	struct krb5_key sub;
	u8 out[64];
	int err;

	if (len == key->type->key_len && len != key->type->seed_len) {
		err = krb5_derive_key(&sub, key, constant);
		return answer_key(call, &sub, err);
	}
	if (len > sizeof(out))
		return SEC_E_INVALID_PARAMETER;
	err = krb5_derive(key, constant, out, len);
	return err ? krb5_status(err) : answer(call, out, len);
}

static sec_status_t encrypt_into(struct testdev_call *call,
				 const struct krb5_seal_key *seal, u8 *buf,
				 size_t len)
{
	const struct sspi_env *env = &call->session->script.env;
	struct sspi_span plain = bytes_of(call, DRIVE_DATA);
	u8 confounder[KRB5_MAX_CONFOUNDER];
	struct sspi_span given;
	sec_status_t status;
	int err;

	if (!drive_find(call->in, DRIVE_CONFOUNDER, &given)) {
		if (!script_env_active(&call->session->script))
			env = testdev_real_env();
		status = env->random(env, confounder,
				     seal->type->confounder_len);
		if (status != SEC_E_OK)
			return status;
	} else if (given.len == seal->type->confounder_len) {
		memcpy(confounder, given.data, given.len);
	} else {
		return SEC_E_INVALID_PARAMETER;
	}
	if (plain.len)
		memcpy(buf + krb5_plain_offset(seal->type), plain.data,
		       plain.len);
	err = krb5_encrypt_buffer(seal, confounder, buf, plain.len);
	return err ? krb5_status(err) : answer(call, buf, len);
}

static sec_status_t op_encrypt(struct testdev_call *call,
			       const struct krb5_key *key)
{
	size_t len = krb5_cipher_len(key->type, bytes_of(call, DRIVE_DATA).len);
	struct krb5_seal_key seal;
	sec_status_t status;
	u8 *buf;
	int err;

	err = krb5_seal_prepare(&seal, key, number_of(call, DRIVE_USAGE, 0));
	if (err)
		return krb5_status(err);
	buf = testdev_alloc(len);
	status = buf ? encrypt_into(call, &seal, buf, len) :
		       SEC_E_INSUFFICIENT_MEMORY;
	testdev_free(buf, len);
	krb5_seal_wipe(&seal);
	return status;
}

/* Opens a copy; one that does not open must be as it was. */
static sec_status_t decrypt_copy(struct testdev_call *call,
				 const struct krb5_seal_key *seal, u8 *buf)
{
	struct sspi_span cipher = bytes_of(call, DRIVE_DATA), plain;
	int err;

	if (cipher.len)
		memcpy(buf, cipher.data, cipher.len);
	err = krb5_decrypt_buffer(seal, buf, cipher.len, &plain);
	if (!err)
		return answer(call, plain.data, plain.len);
	if (cipher.len && memcmp(buf, cipher.data, cipher.len))
		return SEC_E_INTERNAL_ERROR;
	return krb5_status(err);
}

static sec_status_t op_decrypt(struct testdev_call *call,
			       const struct krb5_key *key)
{
	size_t len = bytes_of(call, DRIVE_DATA).len;
	struct krb5_seal_key seal;
	sec_status_t status;
	u8 *buf;
	int err;

	err = krb5_seal_prepare(&seal, key, number_of(call, DRIVE_USAGE, 0));
	if (err)
		return krb5_status(err);
	/* The kernel's allocator gives no memory for nothing. */
	buf = testdev_alloc(len + 1);
	status = buf ? decrypt_copy(call, &seal, buf) :
		       SEC_E_INSUFFICIENT_MEMORY;
	testdev_free(buf, len + 1);
	krb5_seal_wipe(&seal);
	return status;
}

/* The type of the key that a checksum is made with, 0 for one without key. */
static s32 checksum_enctype(struct testdev_call *call, s32 cksumtype)
{
	const struct krb5_enctype *type;
	u32 enctype = number_of(call, DRIVE_ENCTYPE, 0);
	unsigned int i;

	if (enctype)
		return (s32)enctype;
	if (cksumtype == KRB5_CKSUMTYPE_MD5_HMAC_ARCFOUR)
		return KRB5_ENCTYPE_RC4_HMAC;
	for (i = 0; (type = krb5_enctype_at(i)); i++)
		if (type->checksum == cksumtype)
			return type->number;
	return 0;
}

static sec_status_t op_checksum(struct testdev_call *call, bool verify)
{
	s32 cksumtype = (s32)number_of(call, DRIVE_CKSUMTYPE, 0);
	struct sspi_span data = bytes_of(call, DRIVE_DATA);
	s32 enctype = checksum_enctype(call, cksumtype);
	u8 checksum[KRB5_MAX_CHECKSUM];
	struct krb5_sum_key sum;
	struct krb5_key key = { 0 };
	int err = 0;

	if (enctype) {
		if (!krb5_enctype_find(enctype))
			return lacking(call);
		err = krb5_key_set(&key, enctype, bytes_of(call, DRIVE_KEY));
	}
	if (!err) {
		err = krb5_sum_prepare(&sum, key.type ? &key : NULL, cksumtype,
				       number_of(call, DRIVE_USAGE, 0));
		if (err == -EOPNOTSUPP)
			return lacking(call);
	}
	if (!err && verify)
		err = krb5_checksum_verify(&sum, &data, 1,
					   bytes_of(call, DRIVE_CHECKSUM));
	else if (!err)
		err = krb5_checksum(&sum, &data, 1, checksum);
	krb5_key_wipe(&key);
	if (err)
		return krb5_status(err);
	return answer(call, checksum, verify ? 0 : sum.len);
}

static sec_status_t op_prf(struct testdev_call *call,
			   const struct krb5_key *key, bool plus)
{
	struct sspi_span data = bytes_of(call, DRIVE_DATA);
	u32 len = number_of(call, DRIVE_LENGTH, key->type->prf_len);
	sec_status_t status;
	u8 *out;
	int err;

	if (len > (plus ? MAX_RESULT : key->type->prf_len))
		return SEC_E_INVALID_PARAMETER;
	out = testdev_alloc(MAX_RESULT);
	if (!out)
		return SEC_E_INSUFFICIENT_MEMORY;
	err = plus ? krb5_prf_plus(key, data, out, len) :
		     krb5_prf(key, data, out);
	status = err ? krb5_status(err) : answer(call, out, len);
	testdev_free(out, MAX_RESULT);
	return status;
}

static sec_status_t op_cf2(struct testdev_call *call,
			   const struct krb5_key *key1)
{
	u32 enctype2 = number_of(call, DRIVE_ENCTYPE2, key1->type->number);
	struct krb5_key key2, out = { 0 };
	int err;

	if (!krb5_enctype_find(enctype2))
		return lacking(call);
	err = krb5_key_set(&key2, enctype2, bytes_of(call, DRIVE_KEY2));
	if (!err)
		err = krb5_cf2(&out, key1->type, key1,
			       bytes_of(call, DRIVE_PEPPER), &key2,
			       bytes_of(call, DRIVE_PEPPER2));
	krb5_key_wipe(&key2);
	return answer_key(call, &out, err);
}

static sec_status_t op_cts(struct testdev_call *call)
{
	struct sspi_span key = bytes_of(call, DRIVE_KEY);
	struct sspi_span plain = bytes_of(call, DRIVE_DATA);
	struct sspi_span iv = bytes_of(call, DRIVE_IV);
	struct sspi_cipher *cipher;
	sec_status_t status;
	u8 *buf;
	int err;

	if ((key.len != 16 && key.len != 32) || plain.len < 16 ||
	    (iv.data && iv.len != 16))
		return SEC_E_INVALID_PARAMETER;
	buf = testdev_alloc(plain.len);
	if (!buf)
		return SEC_E_INSUFFICIENT_MEMORY;
	memcpy(buf, plain.data, plain.len);
	err = sspi_cipher_begin(&cipher, SSPI_CIPHER_AES_CTS, key.data,
				key.len);
	if (!err) {
		err = sspi_cipher_buffer(cipher, true, iv.data, buf, plain.len);
		sspi_cipher_end(cipher);
	}
	status = err ? krb5_status(err) : answer(call, buf, plain.len);
	testdev_free(buf, plain.len);
	return status;
}

/* The names that work with a key under DRIVE_KEY. */
static sec_status_t op_keyed(struct testdev_call *call, u64 what,
			     const struct krb5_key *key)
{
	switch (what) {
	case DRIVE_CRYPTO_DERIVE:
		return op_derive(call, key);
	case DRIVE_CRYPTO_ENCRYPT:
		return op_encrypt(call, key);
	case DRIVE_CRYPTO_DECRYPT:
		return op_decrypt(call, key);
	case DRIVE_CRYPTO_PRF:
	case DRIVE_CRYPTO_PRF_PLUS:
		return op_prf(call, key, what == DRIVE_CRYPTO_PRF_PLUS);
	case DRIVE_CRYPTO_CF2:
		return op_cf2(call, key);
	default:
		return SEC_E_UNSUPPORTED_FUNCTION;
	}
}

sec_status_t testdev_op_krb5_crypto(struct testdev_call *call, u64 what)
{
	const struct krb5_enctype *type;
	struct krb5_key key;
	sec_status_t status;
	int err;

	if (what == DRIVE_CRYPTO_NFOLD)
		return op_nfold(call);
	if (what == DRIVE_CRYPTO_CTS)
		return op_cts(call);
	if (what == DRIVE_CRYPTO_CHECKSUM ||
	    what == DRIVE_CRYPTO_VERIFY_CHECKSUM)
		return op_checksum(call, what == DRIVE_CRYPTO_VERIFY_CHECKSUM);

	type = krb5_enctype_find((s32)number_of(call, DRIVE_ENCTYPE, 0));
	if (!type)
		return lacking(call);
	if (what == DRIVE_CRYPTO_STRING_TO_KEY)
		return op_string_to_key(call, type);
	if (what == DRIVE_CRYPTO_RANDOM_TO_KEY)
		return op_random_to_key(call, type);
	err = krb5_key_set(&key, type->number, bytes_of(call, DRIVE_KEY));
	status = err ? krb5_status(err) : op_keyed(call, what, &key);
	krb5_key_wipe(&key);
	return status;
}
