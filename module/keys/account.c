// SPDX-License-Identifier: GPL-2.0-only
/* Accounts of keys as identities: an array, and behind it all that it names. */
#include <linux/overflow.h>
#include <linux/string.h>

#include "keys/internal.h"

static size_t room_of(const struct sspi_credkey_account *account)
{
	return account->user.len + 1 + account->domain.len + 1 +
	       max_t(size_t, account->password.len, SSPI_NT_HASH_LEN);
}

static const char *put_text(u8 **at, struct sspi_span text)
{
	u8 *to = *at;

	if (!text.data)
		return NULL;
	memcpy(to, text.data, text.len);
	to[text.len] = '\0';
	*at += text.len + 1;
	return (const char *)to;
}

static void put_account(u8 **at, const struct sspi_credkey_account *account,
			struct sspi_auth_identity *id)
{
	id->user = put_text(at, account->user);
	id->domain = put_text(at, account->domain);
	id->secret = *at;
	if (account->password.data) {
		id->secret_kind = SSPI_SECRET_PASSWORD;
		id->secret_len = account->password.len;
		memcpy(*at, account->password.data, account->password.len);
	} else {
		id->secret_kind = SSPI_SECRET_NT_HASH;
		id->secret_len = SSPI_NT_HASH_LEN;
		sspi_credkey_nt_hash(account, *at);
	}
	*at += id->secret_len;
}

/* One identity, at the start of @out. */
int keys_identity(const struct sspi_credkey_account *account,
		  struct keys_bytes *out)
{
	struct sspi_auth_identity *id;
	int err = keys_alloc(out, sizeof(*id) + room_of(account));
	u8 *at;

	if (err)
		return err;
	id = (struct sspi_auth_identity *)out->data;
	at = out->data + sizeof(*id);
	put_account(&at, account, id);
	return 0;
}

/* As many as @key has. */
int keys_accounts(const struct sspi_credkey *key, struct keys_bytes *out)
{
	struct sspi_credkey_account account;
	struct sspi_auth_identity *id;
	struct sspi_span list = key->accounts;
	size_t room = array_size(key->count, sizeof(*id));
	int err;
	u8 *at;

	while (sspi_next_credkey_account(&list, &account) > 0)
		room = size_add(room, room_of(&account));
	err = keys_alloc(out, room);
	if (err)
		return err;
	id = (struct sspi_auth_identity *)out->data;
	at = (u8 *)(id + key->count);
	list = key->accounts;
	while (sspi_next_credkey_account(&list, &account) > 0)
		put_account(&at, &account, id++);
	return 0;
}
