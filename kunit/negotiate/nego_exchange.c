// SPDX-License-Identifier: GPL-2.0-only
/* Credentials of Negotiate for an exchange through the public calls. */
#include <linux/string.h>

#include "kunit/ntlm/exchange.h"

sec_status_t exchange_acquire_nego(struct exchange *x,
				   const struct exchange_nego *n)
{
	struct sspi_auth_identity who = {
		.user = EXCHANGE_USER,
		.domain = EXCHANGE_DOMAIN,
		.secret_kind = SSPI_SECRET_PASSWORD,
		.secret = n->password ? n->password : EXCHANGE_PASSWORD,
	};
	struct sspi_acquire_args out = {
		.package = "Negotiate",
		.cred_use = SECPKG_CRED_OUTBOUND,
		.identity = &who,
		.ccache = n->ccache,
		.packages = n->mine,
	};
	struct sspi_acquire_args in = {
		.package = "Negotiate",
		.cred_use = SECPKG_CRED_INBOUND,
		.accounts = &who,
		.account_count = 1,
		.keytab = n->keytab,
		.packages = n->theirs,
	};
	sec_status_t status;

	memset(x, 0, sizeof(*x));
	x->isc = ISC_REQ_MUTUAL_AUTH;
	who.secret_len = strlen(who.secret);
	status = sspi_acquire_credentials_handle(&out, &x->out_cred, NULL);
	if (status != SEC_E_OK)
		return status;
	return sspi_acquire_credentials_handle(&in, &x->in_cred, NULL);
}

static bool end_agreed(const struct sspi_ctxt_handle *ctx, const char *package,
		       struct sec_pkg_context_session_key *key)
{
	struct sec_pkg_context_negotiation_info info;

	return sspi_query_context_attributes(ctx, SECPKG_ATTR_NEGOTIATION_INFO,
					     &info, sizeof(info)) == SEC_E_OK &&
	       info.state == SECPKG_NEGOTIATION_COMPLETE &&
	       !strcmp(info.info.name, package) &&
	       sspi_query_context_attributes(ctx, SECPKG_ATTR_SESSION_KEY, key,
					     sizeof(*key)) == SEC_E_OK;
}

bool exchange_agreed(const struct exchange *x, const char *package)
{
	struct sec_pkg_context_session_key key[2] = { };
	bool ok = end_agreed(&x->init, package, &key[0]) &&
		  end_agreed(&x->acc, package, &key[1]) && key[0].len &&
		  !memcmp(&key[0], &key[1], sizeof(key[0]));

	memzero_explicit(key, sizeof(key));
	return ok;
}
