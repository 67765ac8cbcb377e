// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a credential is made from when the caller names a key, or nothing at
 * all. Documentation/credentials.rst tells the order.
 */
#include <linux/cred.h>
#include <linux/string.h>

#include "keys/internal.h"
#include "keys/trace.h"

/* What an error of this room is to the caller, and to the administrator. */
struct failure {
	int err;
	sec_status_t status;
	const char *reason;
};

static const struct failure failures[] = {
	{ -ENOMEM, SEC_E_INSUFFICIENT_MEMORY, NULL },
	{ -EINVAL, SEC_E_INVALID_PARAMETER,
	  "the name of the credential cache or principal is malformed" },
	{ -ENOKEY, SEC_E_NO_CREDENTIALS,
	  "no such key in the caller's keyrings" },
	{ -EKEYEXPIRED, SEC_E_NO_CREDENTIALS,
	  "what is in the caller's keyrings has expired" },
	{ -EKEYREVOKED, SEC_E_NO_CREDENTIALS, "the key was revoked" },
	{ -EPERM, SEC_E_NO_CREDENTIALS, "the key belongs to another user" },
	{ -EACCES, SEC_E_NO_CREDENTIALS, "the caller may not use the key" },
	{ -EBADMSG, SEC_E_NO_CREDENTIALS, "what the key holds is malformed" },
	{ -E2BIG, SEC_E_NO_CREDENTIALS, "the keyring or key is too large" },
	{ -EOPNOTSUPP, SEC_E_UNSUPPORTED_FUNCTION,
	  "credential caches are for Kerberos, which is not built" },
};

static sec_status_t failed(int err, const char **reason)
{
	size_t i;

	if (!err)
		return SEC_E_OK;
	for (i = 0; i < ARRAY_SIZE(failures); i++) {
		if (failures[i].err != err)
			continue;
		*reason = failures[i].reason;
		return failures[i].status;
	}
	*reason = "the caller's keyrings cannot be read";
	return SEC_E_NO_CREDENTIALS;
}

/* The parsed payload of a key of type "sspi"; its bytes are in @bytes. */
static int read_sspi(const char *desc, const char *what,
		     struct keys_bytes *bytes, struct sspi_credkey *key)
{
	key_ref_t ref = keys_search_own(&sspi_key_type, desc, what);
	int err;

	if (IS_ERR(ref))
		return PTR_ERR(ref);
	err = keys_read_sspi(ref, bytes);
	key_ref_put(ref);
	if (!err)
		err = sspi_parse_credkey(keys_span(bytes), key);
	return err;
}

static int find_identity(const char *desc, struct keys_bytes *out)
{
	struct sspi_credkey_account account;
	struct keys_bytes bytes = {};
	struct sspi_credkey key;
	int err = read_sspi(desc, "identity", &bytes, &key);

	if (!err && key.count != 1)
		err = -EBADMSG;
	if (!err && sspi_next_credkey_account(&key.accounts, &account) > 0)
		err = keys_identity(&account, out);
	keys_free(&bytes);
	return err;
}

static int find_accounts(const char *desc, struct keys_bytes *out, u32 *count)
{
	struct keys_bytes bytes = {};
	struct sspi_credkey key;
	int err = read_sspi(desc, "accounts", &bytes, &key);

	if (!err && !key.count)
		err = -EBADMSG;
	if (!err)
		err = keys_accounts(&key, out);
	if (!err)
		*count = key.count;
	keys_free(&bytes);
	return err;
}

static int sspi_keytab(const char *desc, struct keys_bytes *out)
{
	struct keys_bytes bytes = {};
	struct sspi_credkey key;
	int err = read_sspi(desc, "keytab", &bytes, &key);

	if (!err && !key.keytab.data)
		err = -EBADMSG;
	if (!err)
		err = keys_alloc(out, key.keytab.len);
	if (!err)
		memcpy(out->data, key.keytab.data, key.keytab.len);
	keys_free(&bytes);
	return err;
}

static int user_keytab(const char *desc, struct keys_bytes *out)
{
	key_ref_t ref = keys_search_own(&key_type_user, desc, "keytab");
	int err;

	if (IS_ERR(ref))
		return PTR_ERR(ref);
	err = keys_read(ref, SSPI_MAX_KEYTAB, out);
	key_ref_put(ref);
	return err;
}

/* The kernel does not export the type: known by its name, in a keyring itself. */
static int big_key_in(key_ref_t ring, const char *desc, struct keys_bytes *out)
{
	struct keys_members members = {};
	int err = keys_members(ring, &members);
	bool found = false;
	unsigned int i;

	for (i = 0; i < members.count && !err && !found; i++) {
		key_ref_t ref = keys_member(ring, &members, i);
		const struct key *member;

		if (IS_ERR(ref))
			continue;
		member = key_ref_to_ptr(ref);
		found = keys_is(member, "big_key") &&
			!strcmp(member->description, desc);
		if (found)
			err = keys_read(ref, SSPI_MAX_KEYTAB, out);
		key_ref_put(ref);
	}
	keys_free(&members.bytes);
	return err || found ? err : -ENOKEY;
}

static int big_keytab(const char *desc, struct keys_bytes *out)
{
	enum keys_where where;
	int err = -ENOKEY;

	for (where = KEYS_SESSION; where <= KEYS_PROCESS && err == -ENOKEY;
	     where++) {
		key_ref_t ring = keys_anchor(where);

		if (IS_ERR(ring))
			continue;
		err = big_key_in(ring, desc, out);
		key_ref_put(ring);
	}
	return err;
}

static int find_keytab(const char *desc, struct keys_bytes *out)
{
	int err = sspi_keytab(desc, out);

	if (err == -ENOKEY)
		err = user_keytab(desc, out);
	if (err == -ENOKEY)
		err = big_keytab(desc, out);
	return err;
}

/* The password of a key that cifscreds(1) has written for @peer. */
static int read_logon(const char *desc, struct sspi_span domain,
		      struct keys_bytes *out)
{
	key_ref_t ref = keys_search_own(&key_type_logon, desc, "logon");
	const struct user_key_payload *payload;
	struct sspi_credkey_account account;
	struct sspi_span text = {};
	struct key *key;
	int err;

	if (IS_ERR(ref))
		return PTR_ERR(ref);
	key = key_ref_to_ptr(ref);
	down_read(&key->sem);
	err = key_validate(key);
	payload = err ? NULL : user_key_payload_locked(key);
	if (!err && !payload)
		err = -ENOKEY;
	if (!err) {
		text.data = payload->data;
		text.len = payload->datalen;
		err = sspi_parse_logon(text, &account);
	}
	if (!err) {
		account.domain = domain;
		err = keys_identity(&account, out);
	}
	up_read(&key->sem);
	key_ref_put(ref);
	return err;
}

static int find_logon(const char *peer, struct keys_bytes *out)
{
	struct sspi_span none = {};
	char desc[sizeof("cifs:a:") + SSPI_MAX_PEER];
	int err;

	err = find_identity(peer, out);
	if (err != -ENOKEY)
		return err;
	snprintf(desc, sizeof(desc), "cifs:a:%s", peer);
	err = read_logon(desc, none, out);
	if (err != -ENOKEY)
		return err;
	snprintf(desc, sizeof(desc), "cifs:d:%s", peer);
	return read_logon(desc, keys_text(peer), out);
}

static bool given(const char *text)
{
	return text && *text;
}

/* What the caller has named has to be there. */
static int find_named(struct sspi_acquire_args *args,
		      const struct keys_search *search, struct sspi_keys *keys)
{
	int err = 0;

	if (given(args->ccache_name))
		err = keys_ccache_named(search, args->ccache_name);
	if (!err && given(args->keytab_key))
		err = find_keytab(args->keytab_key, &keys->keytab);
	if (!err && given(args->identity_key))
		err = find_identity(args->identity_key, &keys->identity);
	if (!err && given(args->accounts_key))
		err = find_accounts(args->accounts_key, &keys->accounts,
				    &args->account_count);
	return err;
}

static bool nothing_given(const struct sspi_acquire_args *args,
			  const struct sspi_keys *keys)
{
	return !args->identity && !args->ccache.data && !args->keytab.data &&
	       !keys->ccache.data && !keys->keytab.data && !keys->identity.data;
}

/*
 * A caller that gives nothing at all gets what its user has. That there is
 * nothing is for the package to say.
 */
static int find_defaults(struct sspi_acquire_args *args, u32 defaults,
			 const struct keys_search *search,
			 struct sspi_keys *keys)
{
	int err = -ENOKEY, logon;

	if (!(args->cred_use & SECPKG_CRED_OUTBOUND) ||
	    !nothing_given(args, keys))
		return 0;
	if (defaults & SSPI_DEFAULT_TICKETS)
		err = keys_ccache_default(search);
	if (defaults & SSPI_DEFAULT_LOGON && given(args->peer) &&
	    err != -ENOMEM) {
		logon = find_logon(args->peer, &keys->identity);
		/* Tickets that are of no use are no reason to do without. */
		if (!logon || logon == -ENOMEM || err == -ENOKEY)
			err = logon;
	}
	return err == -ENOKEY ? 0 : err;
}

static void hand_over(struct sspi_acquire_args *args,
		      const struct sspi_keys *keys)
{
	if (keys->ccache.data)
		args->ccache = (struct sspi_span){ keys->ccache.data,
						   keys->ccache.len };
	if (keys->keytab.data)
		args->keytab = (struct sspi_span){ keys->keytab.data,
						   keys->keytab.len };
	if (keys->identity.data)
		args->identity = (const void *)keys->identity.data;
	if (keys->accounts.data)
		args->accounts = (const void *)keys->accounts.data;
}

/**
 * sspi_keys_check() - whether the keys that are named can be used
 * @args: what a caller of acquire has given
 *
 * Return: SEC_E_OK, or SEC_E_INVALID_PARAMETER if something is given twice, as
 * bytes and as a name, or if the peer's name is too long.
 */
sec_status_t sspi_keys_check(const struct sspi_acquire_args *args)
{
	if ((given(args->ccache_name) && args->ccache.data) ||
	    (given(args->keytab_key) && args->keytab.data) ||
	    (given(args->identity_key) && args->identity) ||
	    (given(args->accounts_key) && args->account_count) ||
	    (args->peer &&
	     strnlen(args->peer, SSPI_MAX_PEER + 1) > SSPI_MAX_PEER))
		return SEC_E_INVALID_PARAMETER;
	return SEC_E_OK;
}

/**
 * sspi_keys_find() - complete arguments from the keyrings of current_cred()
 * @args: what is given; gets what was found, which lives as long as @keys
 * @defaults: SSPI_DEFAULT_*, what to look for if nothing is given
 * @now: unix seconds
 * @keys: receives what was found; released by the caller whatever comes of it
 * @reason: receives why it failed
 *
 * Context: process context, may sleep for memory.
 * Return: SEC_E_OK, also if nothing was named and nothing is there;
 * SEC_E_NO_CREDENTIALS for a key that is named and is not there, not the
 * caller's or of no use, and for defaults that are of no use;
 * SEC_E_INVALID_PARAMETER for a name that is none; SEC_E_INSUFFICIENT_MEMORY.
 */
sec_status_t sspi_keys_find(struct sspi_acquire_args *args, u32 defaults,
			    s64 now, struct sspi_keys *keys,
			    const char **reason)
{
	struct keys_search search = {
		.now = now,
		.principal = args->cred_use == SECPKG_CRED_OUTBOUND ?
			     args->principal : NULL,
		.out = &keys->ccache,
	};
	int err = find_named(args, &search, keys);

	if (!err)
		err = find_defaults(args, defaults, &search, keys);
	if (!err)
		hand_over(args, keys);
	return failed(err, reason);
}

/**
 * sspi_keys_release() - wipe and free what was found
 * @keys: of sspi_keys_find(), or all zero
 *
 * Context: may sleep.
 */
void sspi_keys_release(struct sspi_keys *keys)
{
	keys_free(&keys->ccache);
	keys_free(&keys->keytab);
	keys_free(&keys->identity);
	keys_free(&keys->accounts);
}
