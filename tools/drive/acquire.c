// SPDX-License-Identifier: GPL-2.0-only
/* acquire: what a credential is made from. */
#include <string.h>
#include <strings.h>

#include "drive.h"

/* What the page names and this build lacks. */
static const char *const lacking[] = { "WDigest", "Schannel", NULL };

static void put_user(struct line *line, json_t *obj, const char *where)
{
	static const char *const fields[] = { "user",	 "domain", "password",
					      "nt_hash", "keys",   NULL };
	unsigned int secrets = 0;
	size_t i;

	if (!check_fields(line, obj, fields, where))
		return;
	for (i = 2; fields[i]; i++)
		secrets += json_object_get(obj, fields[i]) != NULL;
	if (secrets > 1)
		refuse(line, "EINVAL", "more than one secret in %s", where);
	put_text(line, obj, "user", DRIVE_USER, false);
	put_text(line, obj, "domain", DRIVE_DOMAIN, false);
	put_secret(line, obj, "password", DRIVE_PASSWORD);
	put_hex(line, obj, "nt_hash", DRIVE_NT_HASH, false);
	put_long_keys(line, obj);
}

static void put_accounts(struct line *line)
{
	json_t *list = json_object_get(line->in, "accounts"), *account;
	size_t i, begin;

	if (!list)
		return;
	if (!json_is_array(list)) {
		refuse(line, "EINVAL", "accounts is not a list");
		return;
	}
	json_array_foreach(list, i, account) {
		begin = drive_begin(&line->w, DRIVE_ACCOUNT);
		put_user(line, account, "accounts");
		drive_end(&line->w, begin);
	}
}

static void put_identity(struct line *line)
{
	json_t *identity = json_object_get(line->in, "identity");
	size_t begin;

	if (!identity)
		return;
	begin = drive_begin(&line->w, DRIVE_IDENTITY);
	put_user(line, identity, "identity");
	drive_end(&line->w, begin);
}

static void put_transport(struct line *line, json_t *options)
{
	const char *transport = get_text(line, options, "transport", false);

	if (!transport)
		return;
	if (strcmp(transport, "script") != 0)
		refuse(line, "EINVAL", "transport is not script");
	drive_put_u64(&line->w, DRIVE_SCRIPT, 1);
}

static void put_options(struct line *line)
{
	static const char *const fields[] = { "lm_compat",
					      "allow_anonymous",
					      "require_mic",
					      "enctypes",
					      "max_skew",
					      "workstation",
					      "nb_computer",
					      "nb_domain",
					      "dns_computer",
					      "dns_domain",
					      "dns_forest",
					      "transport",
					      "armor",
					      "canonicalize",
					      "for_user",
					      "kerberos_by_address",
					      NULL };
	json_t *o = json_object_get(line->in, "options");

	if (!o || !check_fields(line, o, fields, "options"))
		return;
	put_number(line, o, "lm_compat", DRIVE_LM_COMPAT, false,
		   DRIVE_MAX_NUMBER);
	put_bool(line, o, "allow_anonymous", DRIVE_ALLOW_ANONYMOUS);
	put_bool(line, o, "require_mic", DRIVE_REQUIRE_MIC);
	put_text(line, o, "workstation", DRIVE_WORKSTATION, false);
	put_text(line, o, "nb_computer", DRIVE_NB_COMPUTER, false);
	put_text(line, o, "nb_domain", DRIVE_NB_DOMAIN, false);
	put_text(line, o, "dns_computer", DRIVE_DNS_COMPUTER, false);
	put_text(line, o, "dns_domain", DRIVE_DNS_DOMAIN, false);
	put_text(line, o, "dns_forest", DRIVE_DNS_FOREST, false);
	put_bool(line, o, "kerberos_by_address", DRIVE_BY_ADDRESS);
	put_krb5_options(line, o);
	put_transport(line, o);
}

/* A list of names becomes one text. */
static void put_packages(struct line *line)
{
	json_t *list = json_object_get(line->in, "packages"), *item;
	char text[SSPI_MAX_NAME + 1] = "";
	const char *name;
	size_t i, used = 0;

	if (!list)
		return;
	if (!json_is_array(list)) {
		refuse(line, "EINVAL", "packages is not a list");
		return;
	}
	json_array_foreach(list, i, item) {
		name = json_string_value(item);
		if (!name || !*name || strchr(name, ',')) {
			refuse(line, "EINVAL", "packages has a wrong name");
			return;
		}
		if (strlen(name) + 2 > sizeof(text) - used) {
			refuse(line, "EINVAL", "packages is too long");
			return;
		}
		used += (size_t)sprintf(text + used, "%s%s", i ? "," : "",
					name);
	}
	if (used)
		drive_put_text(&line->w, DRIVE_PACKAGES, text);
}

void encode_acquire(struct line *line)
{
	static const struct flag_name uses[] = {
		{ "inbound", SECPKG_CRED_INBOUND },
		{ "outbound", SECPKG_CRED_OUTBOUND },
		{ "both", SECPKG_CRED_BOTH },
		{ NULL, 0 },
	};
	const char *package = get_text(line, line->in, "package", true);
	const char *use = get_text(line, line->in, "use", true);
	const struct flag_name *found = use ? name_find(uses, use) : NULL;
	size_t i;

	if (use && !found)
		refuse(line, "EINVAL", "use is not outbound, inbound or both");
	put_packages(line);
	for (i = 0; package && lacking[i]; i++) {
		if (strcasecmp(lacking[i], package) == 0)
			refuse(line, "ENOSYS", "no package %s in this build",
			       lacking[i]);
	}
	if (line->refused)
		return;
	drive_put_text(&line->w, DRIVE_PACKAGE, package);
	drive_put_u64(&line->w, DRIVE_USE, found->value);
	put_text(line, line->in, "principal", DRIVE_PRINCIPAL, false);
	put_hex(line, line->in, "keytab", DRIVE_KEYTAB, false);
	put_hex(line, line->in, "ccache", DRIVE_CCACHE, false);
	put_number(line, line->in, "delegated", DRIVE_DELEGATED, false,
		   DRIVE_MAX_NUMBER);
	put_identity(line);
	put_accounts(line);
	put_options(line);
}
