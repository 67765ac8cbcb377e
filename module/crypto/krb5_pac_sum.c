// SPDX-License-Identifier: GPL-2.0-only
/* Checks of the signatures of a PAC, MS-PAC 2.8. */
#include <linux/errno.h>

#include "crypto/krb5_pac_sum.h"
#include "test_export.h"

#define PAC_USAGE	17	/* KERB_NON_KERB_CKSUM_SALT */

static int verify(const struct krb5_pac_sum *sum, const struct krb5_key *key,
		  const struct sspi_span *data, unsigned int count)
{
	struct krb5_sum_key prepared;
	int err;

	if (!sum->sum.data || sum->type != key->type->checksum)
		return -EBADMSG;
	err = krb5_sum_prepare(&prepared, key, 0, PAC_USAGE);
	if (err)
		return err;
	err = krb5_checksum_verify(&prepared, data, count, sum->sum);
	krb5_sum_wipe(&prepared);
	return err;
}

int krb5_pac_verify_server(const struct krb5_pac *pac,
			   const struct krb5_key *key)
{
	struct sspi_span piece[KRB5_PAC_PIECES];
	int err = krb5_pac_signed(pac, piece);

	return err ? err : verify(&pac->server, key, piece, KRB5_PAC_PIECES);
}
SSPI_EXPORT_FOR_TEST(krb5_pac_verify_server);

int krb5_pac_verify_kdc(const struct krb5_pac *pac, const struct krb5_key *key)
{
	if (!pac->server.sum.data)
		return -EBADMSG;
	return verify(&pac->kdc, key, &pac->server.sum, 1);
}
SSPI_EXPORT_FOR_TEST(krb5_pac_verify_kdc);
