// SPDX-License-Identifier: GPL-2.0-only
/*
 * One KEYRING cache, as the bytes of a file. What has expired, holds a setting
 * or cannot be read is left out; a cache without a usable ticket is none.
 */
#include <linux/string.h>

#include "codec/krb5_keyring.h"
#include "codec/krb5_name.h"
#include "codec/krb5_store.h"
#include "keys/internal.h"
#include "keys/trace.h"

#define MOST_OF_ONE	65536	/* octets of a credential or principal */
#define FIRST_ROOM	4096

/* A file being written. */
struct cache_file {
	struct keys_bytes bytes;	/* its room; wiped when it grows */
	size_t used;
	unsigned int tickets;
};

/* One cache being read. */
struct cache {
	const struct keys_search *search;
	struct krb5_principal principal;
	struct keys_bytes principal_bytes;
	struct krb5_offset offset;
	bool has_offset;
	bool any_expired;
	struct cache_file file;
};

static int file_room(struct cache_file *file, size_t more)
{
	size_t need = file->used + more, room = file->bytes.len;
	struct keys_bytes bigger;
	int err;

	if (need > SSPI_MAX_CCACHE)
		return -E2BIG;
	if (need <= room)
		return 0;
	room = clamp_t(size_t, 2 * room, FIRST_ROOM, SSPI_MAX_CCACHE);
	err = keys_alloc(&bigger, max(room, need));
	if (err)
		return err;
	if (file->used)
		memcpy(bigger.data, file->bytes.data, file->used);
	keys_free(&file->bytes);
	file->bytes = bigger;
	return 0;
}

static int file_add(struct cache_file *file, const struct keys_bytes *bytes)
{
	int err = file_room(file, bytes->len);

	if (err)
		return err;
	memcpy(file->bytes.data + file->used, bytes->data, bytes->len);
	file->used += bytes->len;
	return 0;
}

/* What a key of @cache holds that the cache has one of. */
static int read_one(key_ref_t cache, const char *desc, struct keys_bytes *out)
{
	key_ref_t ref = keys_search(cache, &key_type_user, desc, false);
	int err;

	if (IS_ERR(ref))
		return PTR_ERR(ref);
	err = keys_read(ref, MOST_OF_ONE, out);
	key_ref_put(ref);
	return err;
}

static int read_offset(key_ref_t ring, struct cache *cache)
{
	struct keys_bytes bytes = {};
	int err = read_one(ring, KRB5_KEYRING_OFFSETS, &bytes);

	if (!err)
		err = krb5_parse_keyring_offsets(keys_span(&bytes), &cache->offset);
	cache->has_offset = !err;
	keys_free(&bytes);
	/* A cache without one was made with a clock that agrees. */
	return err == -ENOKEY || err == -EKEYEXPIRED ? 0 : err;
}

/* Whether the caller has asked for this one. */
static int principal_wanted(const struct cache *cache)
{
	const char *text = cache->search->principal;
	struct krb5_principal want;
	struct keys_bytes store = {};
	struct sspi_span in;
	int err;

	if (!text || !*text)
		return 0;
	in = keys_text(text);
	err = keys_alloc(&store, in.len);
	if (!err && krb5_name_parse(in, store.data, store.len, &want))
		err = -EINVAL;
	if (!err && !(krb5_name_equal(&want.name, &cache->principal.name) &&
		      (!want.realm.data ||
		       krb5_realm_equal(want.realm, cache->principal.realm))))
		err = -ENOKEY;
	keys_free(&store);
	return err;
}

static int read_principal(key_ref_t ring, struct cache *cache)
{
	int err = read_one(ring, KRB5_KEYRING_PRINCIPAL,
			   &cache->principal_bytes);

	if (!err)
		err = krb5_parse_ccache_princ(keys_span(&cache->principal_bytes),
					      &cache->principal);
	return err ? err : principal_wanted(cache);
}

static int write_head(struct cache *cache)
{
	const struct krb5_offset *offset = cache->has_offset ? &cache->offset :
							       NULL;
	struct sspi_span principal = keys_span(&cache->principal_bytes);
	struct cache_file *file = &cache->file;
	int len = krb5_build_ccache_head(principal, offset, NULL, 0), err;

	err = len < 0 ? -E2BIG : file_room(file, len);
	if (err)
		return err;
	file->used = krb5_build_ccache_head(principal, offset,
					    file->bytes.data, len);
	return 0;
}

/* Whether it is a ticket that can be used now. */
static bool usable(struct cache *cache, const struct krb5_ccache_cred *cred)
{
	s64 now = cache->search->now;

	if (cred->is_skey)
		return false;
	if (cache->has_offset)
		now += cache->offset.sec;
	if (cred->endtime > now)
		return true;
	cache->any_expired = true;
	return false;
}

static int add_member(struct cache *cache, key_ref_t ref)
{
	struct keys_bytes bytes = {};
	struct krb5_ccache_cred cred;
	int err = keys_read(ref, MOST_OF_ONE, &bytes);

	/* A key without use, and not a reason to do without the others. */
	if (err)
		return err == -ENOMEM ? err : 0;
	if (krb5_parse_ccache_cred(keys_span(&bytes), &cred) ||
	    !krb5_principal_equal(&cred.client, &cache->principal))
		goto out;
	/* Settings go along, and are no reason to take the cache. */
	if (krb5_ccache_is_config(&cred)) {
		err = file_add(&cache->file, &bytes);
	} else if (usable(cache, &cred)) {
		err = file_add(&cache->file, &bytes);
		cache->file.tickets++;
	}
out:
	keys_free(&bytes);
	return err;
}

static bool is_credential(const struct key *member)
{
	return (keys_is(member, "user") || keys_is(member, "big_key")) &&
	       strcmp(member->description, KRB5_KEYRING_PRINCIPAL) &&
	       strcmp(member->description, KRB5_KEYRING_OFFSETS);
}

static int add_members(key_ref_t ring, struct cache *cache)
{
	struct keys_members members = {};
	int err = keys_members(ring, &members);
	unsigned int i;

	for (i = 0; i < members.count && !err; i++) {
		key_ref_t ref = keys_member(ring, &members, i);

		if (IS_ERR(ref)) {
			cache->any_expired |= ref == ERR_PTR(-EKEYEXPIRED);
			continue;
		}
		if (is_credential(key_ref_to_ptr(ref)))
			err = add_member(cache, ref);
		key_ref_put(ref);
	}
	keys_free(&members.bytes);
	if (!err && !cache->file.tickets)
		err = cache->any_expired ? -EKEYEXPIRED : -ENOKEY;
	return err;
}

/*
 * Reads the cache in the keyring @ring. -ENOKEY if it is not the principal that
 * is searched for, or has nothing to use.
 */
int keys_ccache_read(const struct keys_search *search, key_ref_t ring)
{
	struct cache cache = { .search = search };
	int err = read_principal(ring, &cache);

	if (!err)
		err = read_offset(ring, &cache);
	if (!err)
		err = write_head(&cache);
	if (!err)
		err = add_members(ring, &cache);
	trace_sspi_keys("ticket cache", "collection", keys_serial(ring), err);
	keys_free(&cache.principal_bytes);
	if (err) {
		keys_free(&cache.file.bytes);
		return err;
	}
	/* Behind the end nothing was ever written. */
	*search->out = cache.file.bytes;
	search->out->len = cache.file.used;
	return 0;
}

/* Whether the bytes are a keytab. */
int keys_keytab_check(struct sspi_span keytab)
{
	struct sspi_span entries;

	return krb5_parse_keytab(keytab, &entries);
}
