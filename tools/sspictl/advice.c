// SPDX-License-Identifier: GPL-2.0-only
/* What to do about a failure. */
#include <string.h>

#include "sspictl.h"

static const struct {
	const char *status;
	const char *advice;
} table[] = {
	{ "SEC_E_NO_AUTHENTICATING_AUTHORITY",
	  "see whether the realm has servers (sspictl realm list) and whether they answer" },
	{ "SEC_E_LOGON_DENIED",
	  "check the user name, the password or keytab, and whether the account is locked" },
	{ "SEC_E_NO_CREDENTIALS",
	  "give the consumer a user and a password, run kinit, or add a key" },
	{ "SEC_E_UNKNOWN_CREDENTIALS",
	  "the credential is not for this: check which user or keytab the consumer names" },
	{ "SEC_E_TIME_SKEW",
	  "set the clocks: this machine's and the server's" },
	{ "SEC_E_CONTEXT_EXPIRED",
	  "the ticket or the credential has ended: run kinit again, or give a keytab" },
	{ "SEC_E_TARGET_UNKNOWN",
	  "the KDC does not know the service: check the name of the server and its account" },
	{ "SEC_E_WRONG_PRINCIPAL",
	  "make the names agree: that of the mount, of DNS and of the server's account" },
	{ "SEC_E_KDC_UNKNOWN_ETYPE",
	  "the account has no key of a type that both sides permit: change its password, or permit the type" },
	{ "SEC_E_ETYPE_NOT_SUPP",
	  "both sides have no encryption type in common" },
	{ "SEC_E_BAD_BINDINGS",
	  "the TLS channels differ: look for a proxy or a relay in between" },
	{ "SEC_E_MESSAGE_ALTERED",
	  "suspect the path between the machines, or an old peer without integrity" },
	{ "SEC_E_OUT_OF_SEQUENCE",
	  "reconnect; if it comes back it is a bug of the consumer" },
	{ "SEC_E_SECURITY_QOS_FAILED", "raise the security level of the peer" },
	{ "SEC_E_DOWNGRADE_DETECTED",
	  "somebody tampers, or Kerberos failed and policy forbids NTLM: see the failures before this" },
	{ "SEC_E_UNSUPPORTED_FUNCTION",
	  "the package does not do what was asked, or FIPS mode forbids it" },
	{ "SEC_E_SECPKG_NOT_FOUND",
	  "the package is not built in: see sspictl status" },
	{ "SEC_E_INVALID_TOKEN",
	  "the peer or the KDC speaks something else: check address and port" },
	{ "SEC_E_INSUFFICIENT_MEMORY",
	  "look at memory, and at the limits in /sys/module/ksspi/parameters" },
	{ "SSPI_E_TIMEOUT",
	  "the machine is overloaded or the server slow: see sspictl stats" },
};

const char *advice(const json_t *failure)
{
	const char *status = get_text(failure, "status");
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (!strcmp(table[i].status, status))
			return table[i].advice;
	return "see the troubleshooting page of ksspi for this status";
}
