/* SPDX-License-Identifier: GPL-2.0-only */
/* Kerberos: what the old tokens are ciphered with, RFC 4757 7.2, RFC 1964. */
#ifndef _SSPI_PKG_KRB5_V1_H
#define _SSPI_PKG_KRB5_V1_H

#include "pkg/krb5/krb5.h"

int krb5_v1_rc4_sum(const struct krb5_key *key, u32 salt,
		    const struct sspi_part *parts, u32 count,
		    u8 sum[KRB5_MAX_CHECKSUM]);
int krb5_v1_rc4_seq(const struct krb5_key *key, const u8 sum[8], u8 seq[8]);
int krb5_v1_rc4_body(const struct krb5_key *key, u32 seq,
		     const struct sspi_part *parts, u32 count);
int krb5_v1_des3(const struct krb5_key *key, bool encrypt, const u8 iv[8],
		 u8 block[8]);
int krb5_v1_des3_parts(const struct krb5_key *key, bool encrypt,
		       struct sspi_part *parts, u32 count);

#endif /* _SSPI_PKG_KRB5_V1_H */
