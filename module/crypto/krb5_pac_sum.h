/* SPDX-License-Identifier: GPL-2.0-only */
/* The signatures of a PAC, MS-PAC 2.8. */
#ifndef _SSPI_KRB5_PAC_SUM_H
#define _SSPI_KRB5_PAC_SUM_H

#include "codec/krb5_pac.h"
#include "crypto/krb5_crypto.h"

/*
 * 0 if the signature is there and right; -EBADMSG if not, also for one of a type
 * that is not the key's own: HMAC-MD5 takes any key, and so an attacker's choice
 * (CVE-2022-37967).
 */
int krb5_pac_verify_server(const struct krb5_pac *pac,
			   const struct krb5_key *key);
/* Over the server's signature, with the key of the TGS. */
int krb5_pac_verify_kdc(const struct krb5_pac *pac,
			const struct krb5_key *key);

#endif /* _SSPI_KRB5_PAC_SUM_H */
