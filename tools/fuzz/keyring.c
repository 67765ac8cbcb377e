// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a user can put into keys: payloads of type sspi and logon, the keys of a
 * KEYRING cache, and the name of one. What is taken is written anew and read
 * again, with the same result.
 */
#include "fuzz.h"

#include <errno.h>

#include "codec/credkey.h"
#include "codec/krb5_keyring.h"
#include "codec/krb5_store.h"

static void line(uint8_t **out, const char *word, struct sspi_span value)
{
	if (!value.data)
		return;
	*out += sprintf((char *)*out, "%s ", word);
	memcpy(*out, value.data, value.len);
	*out += value.len;
	*(*out)++ = '\n';
}

static void inside(struct sspi_span in,
		   const struct sspi_credkey_account *account)
{
	must_be_inside(in, account->user);
	must_be_inside(in, account->domain);
	must_be_inside(in, account->password);
	must_be_inside(in, account->nt_hash);
	MUST(account->user.len);
	MUST(!account->password.data != !account->nt_hash.data ||
	     !account->nt_hash.data);
}

static void check_accounts(struct sspi_span in, const struct sspi_credkey *key)
{
	uint8_t *again = malloc(in.len + 1), *end = again, hash[16];
	struct sspi_credkey_account account;
	struct sspi_span list = key->accounts;
	struct sspi_credkey other;
	uint32_t count = 0;

	while (sspi_next_credkey_account(&list, &account) > 0) {
		inside(in, &account);
		line(&end, "user", account.user);
		line(&end, "domain", account.domain);
		line(&end, "password", account.password);
		line(&end, "nt-hash", account.nt_hash);
		if (account.nt_hash.data)
			sspi_credkey_nt_hash(&account, hash);
		count++;
	}
	MUST(count == key->count && count);
	/* Nothing is skipped: but for a last LF it is the same text. */
	MUST((size_t)(end - again) == in.len ||
	     (size_t)(end - again) == in.len + 1);
	MUST(!memcmp(again, in.data, in.len));
	MUST(!sspi_parse_credkey(span_of(again, end - again), &other));
	MUST(other.count == key->count);
	free(again);
}

static void check_credkey(struct sspi_span in)
{
	struct sspi_credkey key;
	int err = sspi_parse_credkey(in, &key);

	MUST(!err || err == -EBADMSG);
	if (err)
		return;
	must_be_inside(in, key.keytab);
	if (key.keytab.data)
		MUST(key.keytab.len + strlen("keytab\n") == in.len);
	else
		check_accounts(in, &key);
}

static void check_logon(struct sspi_span in)
{
	struct sspi_credkey_account account;
	int err = sspi_parse_logon(in, &account);

	MUST(!err || err == -EBADMSG);
	if (err)
		return;
	inside(in, &account);
	MUST(!memchr(account.user.data, ':', account.user.len));
	MUST(!memchr(account.password.data, 0, account.password.len));
}

static void check_name(struct sspi_span in)
{
	struct krb5_keyring_name name;
	int err = krb5_parse_keyring_name(in, &name);

	MUST(!err || err == -EINVAL);
	if (err)
		return;
	must_be_inside(in, name.collection);
	must_be_inside(in, name.cache);
	MUST(!name.cache.data || name.cache.len);
	MUST(!name.collection.len ||
	     !memchr(name.collection.data, ':', name.collection.len));
	MUST(name.has_uid ==
	     (name.anchor == KRB5_ANCHOR_PERSISTENT && name.collection.len));
}

/* The principal of a cache, and behind it the offset, as a file. */
static void check_head(struct sspi_span in)
{
	struct krb5_offset offset = {}, *given = NULL;
	struct krb5_principal princ;
	struct sspi_span name = in;
	struct krb5_ccache cc;
	uint8_t *file;
	int len;

	if (in.len >= 8 && !krb5_parse_keyring_offsets(
				   span_of(in.data + in.len - 8, 8), &offset)) {
		given = &offset;
		name.len -= 8;
	}
	if (krb5_parse_ccache_princ(name, &princ))
		return;
	len = krb5_build_ccache_head(name, given, NULL, 0);
	MUST(len > 0);
	file = malloc(len);
	MUST(krb5_build_ccache_head(name, given, file, len - 1) == -ENOSPC);
	MUST(krb5_build_ccache_head(name, given, file, len) == len);
	MUST(!krb5_parse_ccache(span_of(file, len), &cc));
	MUST(!cc.creds.len && cc.has_offset == !!given);
	MUST(cc.offset_sec == offset.sec && cc.offset_usec == offset.usec);
	MUST(same_bytes(cc.principal.realm, princ.realm));
	MUST(cc.principal.name.count == princ.name.count);
	free(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = exact_copy(data, size);
	struct sspi_span in = span_of(copy, size), cache;
	int err = krb5_parse_keyring_primary(in, &cache);

	MUST(!err || err == -EBADMSG);
	must_be_inside(in, cache);
	check_credkey(in);
	check_logon(in);
	check_name(in);
	check_head(in);
	free(copy);
	return 0;
}
