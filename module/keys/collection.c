// SPDX-License-Identifier: GPL-2.0-only
/* Collections of KEYRING caches: by name, and by the order of search. */
#include <linux/cred.h>
#include <linux/sort.h>
#include <linux/string.h>

#include "codec/krb5_keyring.h"
#include "keys/internal.h"
#include "keys/trace.h"

#define MOST_COLLECTIONS	64	/* in one anchor */

/* A name for keyring_search(), which wants a NUL. */
struct name {
	char text[sizeof(KRB5_KEYRING_PREFIX) + KRB5_MAX_KEYRING_NAME];
};

static void set_name(struct name *name, const char *prefix,
		     struct sspi_span text)
{
	snprintf(name->text, sizeof(name->text), "%s%.*s", prefix,
		 (int)text.len, (const char *)text.data);
}

/* The name of the primary cache; of a new collection it is its own. */
static int primary_name(key_ref_t collection, struct sspi_span own,
			struct name *name)
{
	key_ref_t ref = keys_search(collection, &key_type_user,
				    KRB5_KEYRING_PRIMARY, false);
	struct keys_bytes bytes = {};
	struct sspi_span cache = own;
	int err = PTR_ERR_OR_ZERO(ref);

	if (err == -ENOKEY) {
		if (!own.len)
			cache = keys_text(KRB5_KEYRING_NO_NAME);
		set_name(name, "", cache);
		return 0;
	}
	if (err)
		return err;
	err = keys_read(ref, KRB5_MAX_KEYRING_NAME + 2 * sizeof(u32), &bytes);
	key_ref_put(ref);
	if (!err)
		err = krb5_parse_keyring_primary(keys_span(&bytes), &cache);
	if (!err)
		set_name(name, "", cache);
	keys_free(&bytes);
	return err;
}

static int read_cache(const struct keys_search *search, key_ref_t collection,
		      const char *name)
{
	key_ref_t ref = keys_search(collection, &key_type_keyring, name, false);
	int err;

	if (IS_ERR(ref))
		return PTR_ERR(ref);
	err = keys_ccache_read(search, ref);
	key_ref_put(ref);
	return err;
}

/* What is said of several that failed: the first that was more than not there. */
static int worse(int so_far, int err)
{
	return so_far == -ENOKEY ? err : so_far;
}

/* The first cache of the principal. */
static int read_any(const struct keys_search *search, key_ref_t collection)
{
	struct keys_members members = {};
	int err = keys_members(collection, &members);
	int found = err ? err : -ENOKEY;
	unsigned int i;

	for (i = 0; i < members.count && found; i++) {
		key_ref_t ref = keys_member(collection, &members, i);

		if (IS_ERR(ref))
			continue;
		err = -ENOKEY;
		if (key_ref_to_ptr(ref)->type == &key_type_keyring)
			err = keys_ccache_read(search, ref);
		key_ref_put(ref);
		found = err ? worse(found, err) : 0;
		if (err == -ENOMEM || err == -EINVAL)
			break;
	}
	keys_free(&members.bytes);
	return found;
}

static bool by_principal(const struct keys_search *search)
{
	return search->principal && *search->principal;
}

/*
 * The primary cache, or that of the principal the caller has asked for: nobody
 * becomes another principal because the primary one has expired.
 */
static int read_collection(const struct keys_search *search, key_ref_t ref,
			   struct sspi_span own)
{
	struct name name;
	int err = primary_name(ref, own, &name);

	if (!err)
		err = read_cache(search, ref, name.text);
	if ((err == -ENOKEY || err == -EKEYEXPIRED) && by_principal(search))
		err = read_any(search, ref);
	return err;
}

static key_ref_t open_collection(const struct krb5_keyring_name *name,
				 key_ref_t anchor)
{
	struct name desc;

	if (name->anchor == KRB5_ANCHOR_PERSISTENT)
		return keys_search(anchor, &key_type_keyring,
				   KRB5_KEYRING_PERSISTENT, false);
	set_name(&desc, KRB5_KEYRING_PREFIX, name->collection);
	return keys_search(anchor, &key_type_keyring, desc.text, true);
}

/* MIT's first form had the cache's own keyring in the session. */
static int read_legacy(const struct keys_search *search, key_ref_t anchor,
		       struct sspi_span own)
{
	struct name name;
	key_ref_t ref;
	int err;

	set_name(&name, "", own);
	ref = keys_search(anchor, &key_type_keyring, name.text, true);
	if (IS_ERR(ref))
		return PTR_ERR(ref);
	err = keys_ccache_read(search, ref);
	key_ref_put(ref);
	return err;
}

static int read_named(const struct keys_search *search,
		      const struct krb5_keyring_name *name, key_ref_t anchor)
{
	key_ref_t ref = open_collection(name, anchor);
	struct name cache;
	int err;

	if (ref == ERR_PTR(-ENOKEY) && name->anchor == KRB5_ANCHOR_LEGACY)
		return read_legacy(search, anchor, name->collection);
	if (IS_ERR(ref))
		return PTR_ERR(ref);
	if (name->cache.data) {
		set_name(&cache, "", name->cache);
		err = read_cache(search, ref, cache.text);
	} else {
		err = read_collection(search, ref, name->collection);
	}
	key_ref_put(ref);
	return err;
}

static enum keys_where where_of(enum krb5_anchor anchor)
{
	switch (anchor) {
	case KRB5_ANCHOR_USER:
		return KEYS_USER;
	case KRB5_ANCHOR_PROCESS:
		return KEYS_PROCESS;
	case KRB5_ANCHOR_PERSISTENT:
		return KEYS_PERSISTENT;
	default:
		return KEYS_SESSION;
	}
}

/* Whose persistent keyring it is that the name asks for. */
static bool own_uid(const struct krb5_keyring_name *name)
{
	const struct cred *cred = current_cred();

	return !name->has_uid ||
	       name->uid == from_kuid(cred->user_ns, cred->euid);
}

/* "KEYRING:..."; -EINVAL for what is not of that form. */
int keys_ccache_named(const struct keys_search *search, const char *text)
{
	struct krb5_keyring_name name;
	enum keys_where where;
	key_ref_t anchor;
	int err;

	if (krb5_parse_keyring_name(keys_text(text), &name))
		return -EINVAL;
	where = where_of(name.anchor);
	anchor = own_uid(&name) ? keys_anchor(where) : ERR_PTR(-EPERM);
	err = PTR_ERR_OR_ZERO(anchor);
	if (!err) {
		err = read_named(search, &name, anchor);
		key_ref_put(anchor);
	}
	trace_sspi_keys("named tickets", keys_where_names[where], 0, err);
	return err;
}

/* The collections of an anchor, in the order of their names. */
struct collections {
	key_ref_t ref[MOST_COLLECTIONS];
	unsigned int count;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(key_ref_to_ptr(*(const key_ref_t *)a)->description,
		      key_ref_to_ptr(*(const key_ref_t *)b)->description);
}

static bool is_collection(const struct key *key)
{
	return key->type == &key_type_keyring &&
	       strstarts(key->description, KRB5_KEYRING_PREFIX);
}

static int find_collections(key_ref_t anchor, struct collections *all)
{
	struct keys_members members = {};
	int err = keys_members(anchor, &members);
	unsigned int i;

	for (i = 0; i < members.count && all->count < MOST_COLLECTIONS; i++) {
		key_ref_t ref = keys_member(anchor, &members, i);

		if (IS_ERR(ref))
			continue;
		if (is_collection(key_ref_to_ptr(ref)))
			all->ref[all->count++] = ref;
		else
			key_ref_put(ref);
	}
	keys_free(&members.bytes);
	sort(all->ref, all->count, sizeof(all->ref[0]), by_name, NULL);
	return err;
}

static int search_collections(const struct keys_search *search,
			      key_ref_t anchor)
{
	struct collections all = {};
	int err = find_collections(anchor, &all);
	int found = err ? err : -ENOKEY;
	unsigned int i;

	for (i = 0; i < all.count && found && found != -ENOMEM; i++) {
		const char *desc = key_ref_to_ptr(all.ref[i])->description +
				   strlen(KRB5_KEYRING_PREFIX);

		err = -E2BIG;
		if (strlen(desc) <= KRB5_MAX_KEYRING_NAME)
			err = read_collection(search, all.ref[i],
					      keys_text(desc));
		found = err ? worse(found, err) : 0;
	}
	for (i = 0; i < all.count; i++)
		key_ref_put(all.ref[i]);
	return found;
}

static int search_anchor(const struct keys_search *search,
			 enum keys_where where, key_ref_t anchor)
{
	const struct cred *cred = current_cred();
	char uid[sizeof("4294967295")];
	key_ref_t ref;
	int err;

	if (where != KEYS_PERSISTENT)
		return search_collections(search, anchor);
	ref = keys_search(anchor, &key_type_keyring, KRB5_KEYRING_PERSISTENT,
			  false);
	if (IS_ERR(ref))
		return PTR_ERR(ref);
	snprintf(uid, sizeof(uid), "%u", from_kuid(cred->user_ns, cred->euid));
	err = read_collection(search, ref, keys_text(uid));
	key_ref_put(ref);
	return err;
}

/*
 * The first that has a usable ticket, in the order of enum keys_where. A cache
 * that has expired or is unreadable does not end the search; if nothing is
 * better, it is why there is none.
 */
int keys_ccache_default(const struct keys_search *search)
{
	enum keys_where where;
	int found = -ENOKEY;

	for (where = 0; where < KEYS_WHERES; where++) {
		key_ref_t anchor = keys_anchor(where);
		int err = PTR_ERR_OR_ZERO(anchor);

		if (!err) {
			err = search_anchor(search, where, anchor);
			key_ref_put(anchor);
		}
		trace_sspi_keys("default tickets", keys_where_names[where], 0,
				err);
		if (!err || err == -ENOMEM || err == -EINVAL)
			return err;
		found = worse(found, err);
	}
	return found;
}
