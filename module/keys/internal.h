/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of this room share. Functions that return int give 0 or a
 * negative errno; -ENOKEY is nothing there, -EPERM somebody else's.
 */
#ifndef _SSPI_KEYS_INTERNAL_H
#define _SSPI_KEYS_INTERNAL_H

#include <keys/user-type.h>
#include <linux/err.h>
#include <linux/key.h>
#include <linux/key-type.h>
#include <linux/string.h>
#include <linux/user_namespace.h>

#include "codec/credkey.h"
#include "keys/keys.h"

/* Members of a keyring that are looked at; more is nobody's keyring. */
#define KEYS_MAX_MEMBERS	512

/* The keyrings that keys are looked for in, in this order. */
enum keys_where {
	KEYS_SESSION,
	KEYS_USER,
	KEYS_PROCESS,
	KEYS_PERSISTENT,
	KEYS_WHERES,
};

extern const char *const keys_where_names[];

/* ring.c */

/* A list of serial numbers. */
struct keys_members {
	struct keys_bytes bytes;
	unsigned int count;
};

int keys_alloc(struct keys_bytes *bytes, size_t len);
void keys_free(struct keys_bytes *bytes);
key_ref_t keys_anchor(enum keys_where where);
key_ref_t keys_search(key_ref_t ring, struct key_type *type, const char *desc,
		      bool deep);
key_ref_t keys_search_own(struct key_type *type, const char *desc,
			  const char *what);
int keys_read(key_ref_t ref, size_t most, struct keys_bytes *out);
int keys_members(key_ref_t ring, struct keys_members *out);
key_ref_t keys_member(key_ref_t ring, const struct keys_members *members,
		      unsigned int index);
bool keys_is(const struct key *member, const char *type);

static inline struct sspi_span keys_span(const struct keys_bytes *bytes)
{
	return (struct sspi_span){ bytes->data, bytes->len };
}

static inline struct sspi_span keys_text(const char *text)
{
	return (struct sspi_span){ (const u8 *)text, strlen(text) };
}

static inline key_serial_t keys_serial(key_ref_t ref)
{
	return IS_ERR(ref) ? 0 : key_serial(key_ref_to_ptr(ref));
}

/* The register of persistent keyrings, or NULL. */
static inline struct key *keys_persistent_register(struct user_namespace *ns)
{
#ifdef CONFIG_PERSISTENT_KEYRINGS
	return READ_ONCE(ns->persistent_keyring_register);
#else
	return NULL;
#endif
}

/* type.c */

extern struct key_type sspi_key_type;

int keys_read_sspi(key_ref_t ref, struct keys_bytes *out);

/* account.c */

int keys_identity(const struct sspi_credkey_account *account,
		  struct keys_bytes *out);
int keys_accounts(const struct sspi_credkey *key, struct keys_bytes *out);

/* collection.c, ccache.c */

/**
 * struct keys_search - a search for tickets
 * @now: unix seconds
 * @principal: whose, as the caller has named it; NULL or "" for anybody's
 * @out: receives the cache
 */
struct keys_search {
	s64 now;
	const char *principal;
	struct keys_bytes *out;
};

#if IS_ENABLED(CONFIG_SSPI_KRB5)
int keys_ccache_read(const struct keys_search *search, key_ref_t cache);
int keys_ccache_named(const struct keys_search *search, const char *name);
int keys_ccache_default(const struct keys_search *search);
int keys_keytab_check(struct sspi_span keytab);
#else
static inline int keys_ccache_named(const struct keys_search *search,
				    const char *name)
{
	return -EOPNOTSUPP;
}

static inline int keys_ccache_default(const struct keys_search *search)
{
	return -ENOKEY;
}

static inline int keys_keytab_check(struct sspi_span keytab)
{
	return 0;
}
#endif

#endif /* _SSPI_KEYS_INTERNAL_H */
