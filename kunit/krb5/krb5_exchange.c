// SPDX-License-Identifier: GPL-2.0-only
/* Credentials of Kerberos for an exchange through the public calls. */
#include <linux/slab.h>
#include <linux/string.h>

#include "kunit/ntlm/exchange.h"
#include "kunit/krb5/krb5_forge.h"

static sec_status_t acquire_both(struct exchange *x, struct forge *f, u8 *file)
{
	struct sspi_acquire_args out = {
		.package = "Kerberos",
		.cred_use = SECPKG_CRED_OUTBOUND,
	};
	struct sspi_acquire_args in = {
		.package = "Kerberos",
		.cred_use = SECPKG_CRED_INBOUND,
	};
	sec_status_t status;
	int len;

	len = forge_ccache(f, false, file, FORGE_ROOM);
	if (len < 0)
		return SEC_E_INTERNAL_ERROR;
	out.ccache = (struct sspi_span){ file, len };
	status = sspi_acquire_credentials_handle(&out, &x->out_cred, NULL);
	if (status != SEC_E_OK)
		return status;
	len = forge_keytab(f, file, FORGE_ROOM);
	if (len < 0)
		return SEC_E_INTERNAL_ERROR;
	in.keytab = (struct sspi_span){ file, len };
	return sspi_acquire_credentials_handle(&in, &x->in_cred, NULL);
}

sec_status_t exchange_acquire_krb5(struct exchange *x, struct forge *f)
{
	u8 *file = kzalloc(FORGE_ROOM, GFP_KERNEL);
	sec_status_t status;

	memset(x, 0, sizeof(*x));
	x->isc = ISC_REQ_MUTUAL_AUTH;
	status = file ? acquire_both(x, f, file) : SEC_E_INTERNAL_ERROR;
	kfree_sensitive(file);
	return status;
}
