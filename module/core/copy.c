// SPDX-License-Identifier: GPL-2.0-only
/*
 * Deep copies of inputs into one allocation.
 *
 * The same code measures (no base) and copies. An input that breaks a cap, or
 * grows between the two, makes the copier bad and nothing is used.
 */
#include <linux/align.h>
#include <linux/overflow.h>
#include <linux/string.h>

#include "core/internal.h"

/* Room for @len bytes, or NULL when measuring or bad. */
static void *copier_take(struct sspi_copier *c, size_t len, size_t align)
{
	size_t start = ALIGN(c->used, align);
	size_t end;

	if (c->bad || check_add_overflow(start, len, &end) ||
	    (c->base && end > c->room)) {
		c->bad = true;
		return NULL;
	}
	c->used = end;
	return c->base ? c->base + start : NULL;
}

static const void *copy_bytes(struct sspi_copier *c, const void *from,
			      size_t len)
{
	void *to = copier_take(c, len, sizeof(u64));

	if (to && len)
		memcpy(to, from, len);
	return to;
}

struct sspi_span sspi_copy_span(struct sspi_copier *c, struct sspi_span from)
{
	if (!from.data)
		return from;
	return (struct sspi_span){
		.data = copy_bytes(c, from.data, from.len),
		.len = from.len,
	};
}

static struct sspi_span copy_capped(struct sspi_copier *c,
				    struct sspi_span from, size_t cap)
{
	if (from.data && from.len > cap)
		c->bad = true;
	return c->bad ? (struct sspi_span){} : sspi_copy_span(c, from);
}

const char *sspi_copy_string(struct sspi_copier *c, const char *from)
{
	size_t len;
	char *to;

	if (!from)
		return NULL;
	len = strnlen(from, SSPI_MAX_NAME + 1);
	if (len > SSPI_MAX_NAME) {
		c->bad = true;
		return NULL;
	}
	to = copier_take(c, len + 1, 1);
	if (to) {
		memcpy(to, from, len);
		to[len] = '\0';
	}
	return to;
}

static bool secret_valid(const struct sspi_auth_identity *id)
{
	if (id->secret_len && !id->secret)
		return false;
	switch (id->secret_kind) {
	case SSPI_SECRET_NONE:
		return !id->secret_len;
	case SSPI_SECRET_PASSWORD:
		return id->secret_len <= SSPI_MAX_PASSWORD;
	case SSPI_SECRET_NT_HASH:
		return id->secret_len == SSPI_NT_HASH_LEN;
	case SSPI_SECRET_KEYS:
		return id->secret_len &&
		       id->secret_len % sizeof(struct sspi_key) == 0 &&
		       id->secret_len / sizeof(struct sspi_key) <= SSPI_MAX_KEYS;
	}
	return false;
}

static void copy_identity(struct sspi_copier *c, struct sspi_auth_identity *to,
			  const struct sspi_auth_identity *from)
{
	struct sspi_auth_identity id = *from;

	if (!secret_valid(&id)) {
		c->bad = true;
		return;
	}
	id.user = sspi_copy_string(c, from->user);
	id.domain = sspi_copy_string(c, from->domain);
	if (id.secret_kind == SSPI_SECRET_NONE)
		id.secret = NULL;
	else
		id.secret = copy_bytes(c, id.secret, id.secret_len);
	if (to)
		*to = id;
}

static const struct sspi_auth_identity *
copy_identities(struct sspi_copier *c, const struct sspi_auth_identity *from,
		u32 count)
{
	struct sspi_auth_identity *to;
	u32 i;

	if (!from || !count)
		return NULL;
	to = copier_take(c, array_size(count, sizeof(*to)), __alignof__(*to));
	for (i = 0; i < count && !c->bad; i++)
		copy_identity(c, to ? &to[i] : NULL, &from[i]);
	return to;
}

static const struct sspi_ntlm_options *
copy_ntlm(struct sspi_copier *c, const struct sspi_ntlm_options *from)
{
	struct sspi_ntlm_options *to, options;

	if (!from)
		return NULL;
	options = *from;
	if (options.lm_compat > 5)
		c->bad = true;
	to = copier_take(c, sizeof(*to), __alignof__(*to));
	options.workstation = sspi_copy_string(c, from->workstation);
	options.nb_computer = sspi_copy_string(c, from->nb_computer);
	options.nb_domain = sspi_copy_string(c, from->nb_domain);
	options.dns_computer = sspi_copy_string(c, from->dns_computer);
	options.dns_domain = sspi_copy_string(c, from->dns_domain);
	options.dns_forest = sspi_copy_string(c, from->dns_forest);
	if (to)
		*to = options;
	return to;
}

static const struct sspi_krb5_options *
copy_krb5(struct sspi_copier *c, const struct sspi_krb5_options *from)
{
	struct sspi_krb5_options *to, options;

	if (!from)
		return NULL;
	options = *from;
	if (options.enctype_count > SSPI_MAX_ENCTYPES)
		c->bad = true;
	to = copier_take(c, sizeof(*to), __alignof__(*to));
	options.for_user = sspi_copy_string(c, from->for_user);
	options.armor = copy_capped(c, from->armor, SSPI_MAX_CCACHE);
	if (to)
		*to = options;
	return to;
}

static const struct sspi_negotiate_options *
copy_negotiate(struct sspi_copier *c, const struct sspi_negotiate_options *from)
{
	return from ? copy_bytes(c, from, sizeof(*from)) : NULL;
}

/* Everything reached from @from. */
void sspi_copy_acquire(struct sspi_copier *c, struct sspi_acquire_args *to,
		       const struct sspi_acquire_args *from)
{
	if (from->account_count > SSPI_MAX_ACCOUNTS ||
	    (from->account_count && !from->accounts)) {
		c->bad = true;
		return;
	}
	*to = (struct sspi_acquire_args){
		.package = sspi_copy_string(c, from->package),
		.principal = sspi_copy_string(c, from->principal),
		.cred_use = from->cred_use,
		.identity = copy_identities(c, from->identity, 1),
		.accounts = copy_identities(c, from->accounts,
					    from->account_count),
		.account_count = from->account_count,
		.ntlm = copy_ntlm(c, from->ntlm),
		.keytab = copy_capped(c, from->keytab, SSPI_MAX_KEYTAB),
		.ccache = copy_capped(c, from->ccache, SSPI_MAX_CCACHE),
		.krb5 = copy_krb5(c, from->krb5),
		.packages = sspi_copy_string(c, from->packages),
		.negotiate = copy_negotiate(c, from->negotiate),
		.ccache_name = sspi_copy_string(c, from->ccache_name),
		.keytab_key = sspi_copy_string(c, from->keytab_key),
		.identity_key = sspi_copy_string(c, from->identity_key),
		.accounts_key = sspi_copy_string(c, from->accounts_key),
		.peer = sspi_copy_string(c, from->peer),
	};
}
SSPI_EXPORT_FOR_TEST(sspi_copy_acquire);
