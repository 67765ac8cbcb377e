// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keyrings of the identity that is acted for: finding, listing and reading keys.
 *
 * Everything goes through the checks of the kernel's key service, with
 * current_cred(). Keyrings that are not there are not made, and no key that is
 * under construction is waited for: its constructor may be in no hurry.
 */
#include <linux/cred.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uidgid.h>

#include "core/fault.h"
#include "keys/internal.h"
#include "keys/trace.h"

const char *const keys_where_names[] = {
	[KEYS_SESSION] = "session",
	[KEYS_USER] = "user",
	[KEYS_PROCESS] = "process",
	[KEYS_PERSISTENT] = "persistent",
};

int keys_alloc(struct keys_bytes *bytes, size_t len)
{
	bytes->data = sspi_fault() ? NULL : kvmalloc(len ? len : 1, SSPI_GFP);
	bytes->len = bytes->data ? len : 0;
	return bytes->data ? 0 : -ENOMEM;
}

void keys_free(struct keys_bytes *bytes)
{
	kvfree_sensitive(bytes->data, bytes->len);
	*bytes = (struct keys_bytes){};
}

/*
 * A key of another user, however it came into our keyrings: a session that was
 * handed on by su or sudo, a link. What it holds is not what this identity is.
 * Who a program acts for is its effective user: where the real one is another
 * (it is set-uid, or has changed to another user for a while), what is that
 * one's is somebody else's too.
 */
static bool own(const struct key *key)
{
	return uid_eq(key->uid, current_cred()->euid);
}

static key_ref_t checked(key_ref_t ref)
{
	const struct key *key;
	int err = 0;

	if (ref == ERR_PTR(-EAGAIN))
		return ERR_PTR(-ENOKEY);
	if (IS_ERR(ref))
		return ref;
	key = key_ref_to_ptr(ref);
	if (!key_is_positive(key))
		err = -ENOKEY;
	else if (!own(key))
		err = -EPERM;
	if (!err)
		return ref;
	key_ref_put(ref);
	return ERR_PTR(err);
}

/*
 * The key of a type and description in @ring, and with @deep in the keyrings in
 * it. What possesses @ring possesses the key.
 */
key_ref_t keys_search(key_ref_t ring, struct key_type *type, const char *desc,
		      bool deep)
{
	return checked(keyring_search(ring, type, desc, deep));
}

static key_ref_t registered(struct key *reg, const char *desc)
{
	if (!reg)
		return ERR_PTR(-ENOKEY);
	return keys_search(make_key_ref(reg, true), &key_type_keyring, desc,
			   false);
}

static key_ref_t held(struct key *ring)
{
	return ring ? make_key_ref(key_get(ring), true) : ERR_PTR(-ENOKEY);
}

/*
 * A session is handed on from program to program: to one that acts for another
 * than its real user it comes from that one, whoever its keys seem to be of.
 */
static bool has_session(const struct cred *cred)
{
	return uid_eq(cred->uid, cred->euid);
}

/*
 * A keyring of the identity, possessed; in its own user namespace. Without a
 * session it is the user's session that processes have.
 */
key_ref_t keys_anchor(enum keys_where where)
{
	const struct cred *cred = current_cred();
	struct user_namespace *ns = cred->user_ns;
	struct key *reg = READ_ONCE(ns->user_keyring_register);
	char desc[32];

	switch (where) {
	case KEYS_PROCESS:
		return held(cred->process_keyring);
	case KEYS_SESSION:
		if (!has_session(cred))
			return ERR_PTR(-ENOKEY);
		if (cred->session_keyring)
			return held(cred->session_keyring);
		snprintf(desc, sizeof(desc), "_uid_ses.%u",
			 from_kuid(ns, cred->euid));
		return registered(reg, desc);
	case KEYS_USER:
		snprintf(desc, sizeof(desc), "_uid.%u",
			 from_kuid(ns, cred->euid));
		return registered(reg, desc);
	case KEYS_PERSISTENT:
		snprintf(desc, sizeof(desc), "_persistent.%u",
			 from_kuid(ns, cred->euid));
		return registered(keys_persistent_register(ns), desc);
	default:
		return ERR_PTR(-ENOKEY);
	}
}

/* The first one in the session, user and process keyrings; traced as @what. */
key_ref_t keys_search_own(struct key_type *type, const char *desc,
			  const char *what)
{
	key_ref_t found = ERR_PTR(-ENOKEY), ring, ref;
	enum keys_where where;

	for (where = KEYS_SESSION; where <= KEYS_PROCESS; where++) {
		ring = keys_anchor(where);
		if (IS_ERR(ring))
			continue;
		ref = keys_search(ring, type, desc, true);
		key_ref_put(ring);
		trace_sspi_keys(what, keys_where_names[where],
				keys_serial(ref), PTR_ERR_OR_ZERO(ref));
		if (!IS_ERR(ref))
			return ref;
		if (found == ERR_PTR(-ENOKEY))
			found = ref;
	}
	return found;
}

bool keys_is(const struct key *member, const char *type)
{
	return !strcmp(member->type->name, type);
}

static int read_locked(struct key *key, size_t most, struct keys_bytes *out)
{
	long len;
	int err = key_validate(key);

	if (err)
		return err;
	len = key->type->read(key, NULL, 0);
	if (len < 0)
		return len;
	if (len > most)
		return -E2BIG;
	err = keys_alloc(out, len);
	if (err)
		return err;
	if (key->type->read(key, (char *)out->data, len) == len)
		return 0;
	keys_free(out);
	return -EIO;
}

/*
 * The payload, through the type's own read, at most @most bytes. As for
 * keyctl(KEYCTL_READ), what is possessed may be read: a search has found it.
 */
int keys_read(key_ref_t ref, size_t most, struct keys_bytes *out)
{
	struct key *key = key_ref_to_ptr(ref);
	int err;

	if (!key->type->read || !key_is_positive(key))
		return -ENOKEY;
	if (!is_key_possessed(ref))
		return -EACCES;
	down_read(&key->sem);
	err = read_locked(key, most, out);
	up_read(&key->sem);
	return err;
}

/* The serial numbers of what is in a keyring. */
int keys_members(key_ref_t ring, struct keys_members *out)
{
	int err = keys_read(ring, KEYS_MAX_MEMBERS * sizeof(key_serial_t),
			    &out->bytes);

	out->count = err ? 0 : out->bytes.len / sizeof(key_serial_t);
	return err;
}

/*
 * A member, found anew by type and description, so that it is checked like any
 * other and a serial number that was used again finds nobody else's key.
 */
key_ref_t keys_member(key_ref_t ring, const struct keys_members *members,
		      unsigned int index)
{
	const key_serial_t *serials = (const key_serial_t *)members->bytes.data;
	key_ref_t ref, found;
	struct key *key;

	ref = lookup_user_key(serials[index], KEY_LOOKUP_PARTIAL,
			      KEY_DEFER_PERM_CHECK);
	if (IS_ERR(ref))
		return ref;
	key = key_ref_to_ptr(ref);
	found = ERR_PTR(-ENOKEY);
	if (key->type == &key_type_keyring || keys_is(key, "user") ||
	    keys_is(key, "big_key"))
		found = keys_search(ring, key->type, key->description, false);
	key_ref_put(ref);
	return found;
}
