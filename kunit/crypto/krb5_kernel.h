/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's own Kerberos cryptography, where it has some (7.x), in plain
 * types: its structures and ours have the same names.
 */
#ifndef _SSPI_KUNIT_KRB5_KERNEL_H
#define _SSPI_KUNIT_KRB5_KERNEL_H

#include <linux/errno.h>
#include <linux/kconfig.h>
#include <linux/sspi_span.h>
#include <linux/types.h>

#if IS_REACHABLE(CONFIG_CRYPTO_KRB5)
/*
 * Encrypts, in place, confounder and text that stand at the front of @buf; the
 * length of the message, or -EOPNOTSUPP if the type is unknown there.
 */
int krb5_kernel_encrypt(u32 enctype, struct sspi_span key, u32 usage, u8 *buf,
			size_t room, size_t plain_len);
/* Decrypts in place: offset and length of the text. */
int krb5_kernel_decrypt(u32 enctype, struct sspi_span key, u32 usage, u8 *buf,
			size_t len, size_t *offset, size_t *plain_len);
#else
static inline int krb5_kernel_encrypt(u32 enctype, struct sspi_span key,
				      u32 usage, u8 *buf, size_t room,
				      size_t plain_len)
{
	return -EOPNOTSUPP;
}

static inline int krb5_kernel_decrypt(u32 enctype, struct sspi_span key,
				      u32 usage, u8 *buf, size_t len,
				      size_t *offset, size_t *plain_len)
{
	return -EOPNOTSUPP;
}
#endif

#endif /* _SSPI_KUNIT_KRB5_KERNEL_H */
