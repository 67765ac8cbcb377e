// SPDX-License-Identifier: GPL-2.0-only
/* To the kernel's own Kerberos cryptography. Built only where there is one. */
#include <crypto/aead.h>
#include <crypto/krb5.h>
#include <linux/err.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "kunit/crypto/krb5_kernel.h"

static struct crypto_aead *prepare(const struct krb5_enctype *type,
				   struct sspi_span key, u32 usage)
{
	struct krb5_buffer tk = { .len = key.len, .data = (void *)key.data };

	return crypto_krb5_prepare_encryption(type, &tk, usage, GFP_KERNEL);
}

int krb5_kernel_encrypt(u32 enctype, struct sspi_span key, u32 usage, u8 *buf,
			size_t room, size_t plain_len)
{
	const struct krb5_enctype *type = crypto_krb5_find_enctype(enctype);
	struct crypto_aead *aead;
	struct scatterlist sg;
	int ret;

	if (!type)
		return -EOPNOTSUPP;
	aead = prepare(type, key, usage);
	if (IS_ERR(aead))
		return PTR_ERR(aead);
	sg_init_one(&sg, buf, room);
	ret = crypto_krb5_encrypt(type, aead, &sg, 1, room, type->conf_len,
				  plain_len, true);
	crypto_free_aead(aead);
	return ret;
}

int krb5_kernel_decrypt(u32 enctype, struct sspi_span key, u32 usage, u8 *buf,
			size_t len, size_t *offset, size_t *plain_len)
{
	const struct krb5_enctype *type = crypto_krb5_find_enctype(enctype);
	struct crypto_aead *aead;
	struct scatterlist sg;
	int ret;

	if (!type)
		return -EOPNOTSUPP;
	aead = prepare(type, key, usage);
	if (IS_ERR(aead))
		return PTR_ERR(aead);
	*offset = 0;
	*plain_len = len;
	sg_init_one(&sg, buf, len);
	ret = crypto_krb5_decrypt(type, aead, &sg, 1, offset, plain_len);
	crypto_free_aead(aead);
	return ret;
}
