// SPDX-License-Identifier: GPL-2.0-only
/* Kerberos: what KRB-ERROR means to a caller and to the administrator. */
#include <linux/kernel.h>
#include <linux/string.h>

#include "pkg/krb5/ask.h"

/* RFC 4120 7.5.9: what each code says to a caller and to the administrator. */
static const struct {
	s32 code;
	enum sspi_status_value status;
	const char *text;
} codes[] = {
	{ 1, SSPI_STATUS_VALUE_SEC_E_LOGON_DENIED,
	  "the client's account has expired" },
	{ 2, SSPI_STATUS_VALUE_SEC_E_TARGET_UNKNOWN,
	  "the service's account has expired" },
	{ 3, SSPI_STATUS_VALUE_SEC_E_INVALID_TOKEN,
	  "the KDC does not know this version of the protocol" },
	{ KRB5_ERR_C_PRINCIPAL_UNKNOWN, SSPI_STATUS_VALUE_SEC_E_LOGON_DENIED,
	  "the KDC does not know the client" },
	{ KRB5_ERR_S_PRINCIPAL_UNKNOWN, SSPI_STATUS_VALUE_SEC_E_TARGET_UNKNOWN,
	  "the KDC does not know the service" },
	{ 8, SSPI_STATUS_VALUE_SEC_E_TARGET_UNKNOWN,
	  "the KDC knows several services of the name" },
	{ 9, SSPI_STATUS_VALUE_SEC_E_LOGON_DENIED,
	  "the client or the service has no key" },
	{ 11, SSPI_STATUS_VALUE_SEC_E_TIME_SKEW,
	  "the ticket asked for would end before it starts" },
	{ KRB5_ERR_POLICY, SSPI_STATUS_VALUE_SEC_E_LOGON_DENIED,
	  "the KDC's policy refuses" },
	{ KRB5_ERR_BADOPTION, SSPI_STATUS_VALUE_SEC_E_DELEGATION_POLICY,
	  "the KDC does not grant an option" },
	{ KRB5_ERR_ETYPE_NOSUPP, SSPI_STATUS_VALUE_SEC_E_KDC_UNKNOWN_ETYPE,
	  "no encryption type that both sides permit" },
	{ 16, SSPI_STATUS_VALUE_SEC_E_UNSUPPORTED_PREAUTH,
	  "the KDC wants a pre-authentication that there is not" },
	{ 18, SSPI_STATUS_VALUE_SEC_E_LOGON_DENIED,
	  "the client is locked or disabled" },
	{ 19, SSPI_STATUS_VALUE_SEC_E_TARGET_UNKNOWN,
	  "the service is locked or disabled" },
	{ KRB5_ERR_TGT_REVOKED, SSPI_STATUS_VALUE_SEC_E_LOGON_DENIED,
	  "the TGT was revoked" },
	{ 21, SSPI_STATUS_VALUE_SEC_E_LOGON_DENIED,
	  "the client's account is not valid yet" },
	{ 22, SSPI_STATUS_VALUE_SEC_E_TARGET_UNKNOWN,
	  "the service's account is not valid yet" },
	{ 23, SSPI_STATUS_VALUE_SEC_E_LOGON_DENIED,
	  "the client's password has expired" },
	{ KRB5_ERR_PREAUTH_FAILED, SSPI_STATUS_VALUE_SEC_E_LOGON_DENIED,
	  "the client's password or key is wrong" },
	{ KRB5_ERR_PREAUTH_REQUIRED,
	  SSPI_STATUS_VALUE_SEC_E_UNSUPPORTED_PREAUTH,
	  "the KDC wants a pre-authentication that there is not" },
	{ 27, SSPI_STATUS_VALUE_SEC_E_UNSUPPORTED_FUNCTION,
	  "the service takes only user-to-user tickets" },
	{ 28, SSPI_STATUS_VALUE_SEC_E_LOGON_DENIED,
	  "the KDC does not accept the path of realms" },
	{ 29, SSPI_STATUS_VALUE_SEC_E_NO_AUTHENTICATING_AUTHORITY,
	  "the KDC is not available" },
	{ KRB5_ERR_BAD_INTEGRITY, SSPI_STATUS_VALUE_SEC_E_LOGON_DENIED,
	  "the ticket or the authenticator does not decrypt" },
	{ KRB5_ERR_TKT_EXPIRED, SSPI_STATUS_VALUE_SEC_E_CONTEXT_EXPIRED,
	  "the ticket has expired" },
	{ KRB5_ERR_TKT_NYV, SSPI_STATUS_VALUE_SEC_E_TIME_SKEW,
	  "the ticket is not valid yet" },
	{ KRB5_ERR_REPEAT, SSPI_STATUS_VALUE_SEC_E_LOGON_DENIED,
	  "the request is a replay" },
	{ KRB5_ERR_NOT_US, SSPI_STATUS_VALUE_SEC_E_WRONG_PRINCIPAL,
	  "the ticket is for another service" },
	{ KRB5_ERR_BADMATCH, SSPI_STATUS_VALUE_SEC_E_LOGON_DENIED,
	  "ticket and authenticator are of two clients" },
	{ KRB5_ERR_SKEW, SSPI_STATUS_VALUE_SEC_E_TIME_SKEW,
	  "the clocks differ by too much" },
	{ 39, SSPI_STATUS_VALUE_SEC_E_INVALID_TOKEN,
	  "the peer does not know this version of the protocol" },
	{ KRB5_ERR_MSG_TYPE, SSPI_STATUS_VALUE_SEC_E_INVALID_TOKEN,
	  "the message is of a wrong type" },
	{ KRB5_ERR_MODIFIED, SSPI_STATUS_VALUE_SEC_E_LOGON_DENIED,
	  "the message was altered" },
	{ KRB5_ERR_BADKEYVER, SSPI_STATUS_VALUE_SEC_E_NO_KERB_KEY,
	  "the keytab has no key of the ticket's version" },
	{ KRB5_ERR_NOKEY, SSPI_STATUS_VALUE_SEC_E_NO_KERB_KEY,
	  "the keytab has no key for the ticket" },
	{ KRB5_ERR_MUT_FAIL, SSPI_STATUS_VALUE_SEC_E_MUTUAL_AUTH_FAILED,
	  "the server did not prove itself" },
	{ KRB5_ERR_BAD_BINDINGS, SSPI_STATUS_VALUE_SEC_E_BAD_BINDINGS,
	  "the channel bindings are others or missing" },
	{ KRB5_ERR_INAPP_CKSUM, SSPI_STATUS_VALUE_SEC_E_INVALID_TOKEN,
	  "the authenticator has no checksum of GSS-API" },
	{ KRB5_ERR_RESPONSE_TOO_BIG,
	  SSPI_STATUS_VALUE_SEC_E_NO_AUTHENTICATING_AUTHORITY,
	  "the KDC's answer is too long for its transport" },
	{ KRB5_ERR_GENERIC, SSPI_STATUS_VALUE_SEC_E_INTERNAL_ERROR,
	  "the peer failed without saying why" },
	{ 61, SSPI_STATUS_VALUE_SEC_E_INVALID_TOKEN,
	  "a field is too long for the KDC" },
	{ KRB5_ERR_WRONG_REALM, SSPI_STATUS_VALUE_SEC_E_LOGON_DENIED,
	  "the client is in another realm" },
	{ KRB5_ERR_PREAUTH_EXPIRED,
	  SSPI_STATUS_VALUE_SEC_E_UNSUPPORTED_PREAUTH,
	  "the pre-authentication took too long" },
	{ KRB5_ERR_MORE_PREAUTH,
	  SSPI_STATUS_VALUE_SEC_E_UNSUPPORTED_PREAUTH,
	  "the KDC wants more than an encrypted timestamp" },
	{ 93, SSPI_STATUS_VALUE_SEC_E_UNSUPPORTED_FUNCTION,
	  "the KDC does not know an option of the armour" },
};

sec_status_t krb5_code_status(s32 code)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(codes); i++)
		if (codes[i].code == code)
			return (__force sec_status_t)codes[i].status;
	return SEC_E_LOGON_DENIED;
}

const char *krb5_code_text(s32 code)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(codes); i++)
		if (codes[i].code == code)
			return codes[i].text;
	return "an error code without a meaning here";
}

/* MS-ERREF 2.3.1: why an account is refused. All are SEC_E_LOGON_DENIED. */
static const struct {
	u32 ntstatus;
	const char *text;
} accounts[] = {
	{ 0xc000006e, "the client's account is restricted" },
	{ 0xc000006f, "the client may not log on at this time" },
	{ 0xc0000070, "the client may not log on from this machine" },
	{ 0xc0000071, "the client's password has expired" },
	{ 0xc0000072, "the client's account is disabled" },
	{ 0xc0000193, "the client's account has expired" },
	{ 0xc0000224, "the client's password must be changed" },
	{ 0xc0000234, "the client's account is locked" },
};

static const char *account_text(const struct krb5_error *error, u32 *ntstatus)
{
	size_t i;

	*ntstatus = 0;
	if (!error->data.data ||
	    krb5_parse_error_ntstatus(error->data, ntstatus))
		*ntstatus = 0;
	for (i = 0; i < ARRAY_SIZE(accounts); i++)
		if (accounts[i].ntstatus == *ntstatus)
			return accounts[i].text;
	return NULL;
}

/* Text that is filled from the front and is always terminated. */
struct text {
	char *out;
	size_t room;
	size_t len;
};

static void put(struct text *t, char c)
{
	if (t->len + 1 < t->room)
		t->out[t->len++] = c;
}

static void put_words(struct text *t, const char *words)
{
	while (*words)
		put(t, *words++);
}

/* Anything can stand there: a line, an escape, what looks like another entry. */
static void put_foreign(struct text *t, struct sspi_span bytes)
{
	size_t i;

	for (i = 0; i < bytes.len && bytes.data[i]; i++)
		put(t, bytes.data[i] >= ' ' && bytes.data[i] <= '~' ?
		    bytes.data[i] : '?');
}

static void put_number(struct text *t, u32 number)
{
	u32 unit = 1;

	while (number / unit >= 10)
		unit *= 10;
	for (; unit; unit /= 10)
		put(t, '0' + number / unit % 10);
}

static void put_hex(struct text *t, u32 number)
{
	int shift;

	for (shift = 28; shift >= 0; shift -= 4)
		put(t, "0123456789abcdef"[number >> shift & 15]);
}

/* "KRB-ERROR 18: LOCKED_OUT, NTSTATUS 0xc0000234" */
void krb5_tell_error(const struct krb5_error *error, struct sspi_step *step)
{
	struct text t = { step->detail, sizeof(step->detail), 0 };
	u32 ntstatus;

	memset(step->detail, 0, sizeof(step->detail));
	account_text(error, &ntstatus);
	put_words(&t, "KRB-ERROR ");
	put_number(&t, error->code < 0 ? 0 : error->code);
	if (error->text.len) {
		put_words(&t, ": ");
		put_foreign(&t, error->text);
	}
	if (ntstatus) {
		/* What is cut off is the foreign text. */
		t.len = t.len < t.room - 24 ? t.len : t.room - 24;
		put_words(&t, ", NTSTATUS 0x");
		put_hex(&t, ntstatus);
		t.out[t.len] = '\0';
	}
}

sec_status_t krb5_ask_error(const struct krb5_error *error,
			    struct sspi_step *step)
{
	u32 ntstatus;
	const char *why = account_text(error, &ntstatus);
	sec_status_t status = krb5_code_status(error->code);

	krb5_tell_error(error, step);
	if (!why || status != SEC_E_LOGON_DENIED)
		why = krb5_code_text(error->code);
	return krb5_refuse(step, status, why);
}
