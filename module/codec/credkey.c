// SPDX-License-Identifier: GPL-2.0-only
/* Payloads of keys that say who somebody is. */
#include <linux/errno.h>
#include <linux/string.h>

#include "codec/credkey.h"
#include "codec/utf16.h"
#include "test_export.h"

#define DEL	0x7f

/* A text of the size that it may have, UTF-8, nothing but characters. */
static bool text_ok(struct sspi_span text, size_t least, size_t most)
{
	size_t i;

	if (text.len < least || text.len > most)
		return false;
	for (i = 0; i < text.len; i++)
		if (text.data[i] < ' ' || text.data[i] == DEL)
			return false;
	return !text.len || sspi_utf8_to_utf16le(text, NULL, 0) >= 0;
}

/* The value of the next line, if the line begins with @word. */
static bool take_line(struct sspi_span *list, const char *word,
		      struct sspi_span *value)
{
	size_t head = strlen(word), len, rest;
	const u8 *end;

	if (list->len <= head || memcmp(list->data, word, head) ||
	    list->data[head] != ' ')
		return false;
	head++;
	end = memchr(list->data + head, '\n', list->len - head);
	len = end ? (size_t)(end - list->data) - head : list->len - head;
	rest = head + len + (end ? 1 : 0);
	*value = (struct sspi_span){ list->data + head, len };
	list->data += rest;
	list->len -= rest;
	return true;
}

static int hex_digit(u8 c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static bool nt_hash_ok(struct sspi_span text)
{
	size_t i;

	if (text.len != 2 * SSPI_NT_HASH_LEN)
		return false;
	for (i = 0; i < text.len; i++)
		if (hex_digit(text.data[i]) < 0)
			return false;
	return true;
}

static bool read_account(struct sspi_span *list,
			 struct sspi_credkey_account *account)
{
	if (!take_line(list, "user", &account->user) ||
	    !text_ok(account->user, 1, SSPI_MAX_NAME))
		return false;
	if (take_line(list, "domain", &account->domain) &&
	    !text_ok(account->domain, 1, SSPI_MAX_NAME))
		return false;
	if (take_line(list, "password", &account->password))
		return text_ok(account->password, 0, SSPI_MAX_PASSWORD);
	return take_line(list, "nt-hash", &account->nt_hash) &&
	       nt_hash_ok(account->nt_hash);
}

int sspi_next_credkey_account(struct sspi_span *list,
			      struct sspi_credkey_account *account)
{
	memset(account, 0, sizeof(*account));
	if (!list->len)
		return 0;
	if (read_account(list, account))
		return 1;
	memset(account, 0, sizeof(*account));
	list->len = 0;
	return -EBADMSG;
}
SSPI_EXPORT_FOR_TEST(sspi_next_credkey_account);

int sspi_parse_credkey(struct sspi_span in, struct sspi_credkey *out)
{
	static const char head[] = "keytab\n";
	const size_t head_len = sizeof(head) - 1;
	struct sspi_credkey_account account;
	int err;

	memset(out, 0, sizeof(*out));
	if (in.len >= head_len && !memcmp(in.data, head, head_len)) {
		out->keytab.data = in.data + head_len;
		out->keytab.len = in.len - head_len;
		return out->keytab.len ? 0 : -EBADMSG;
	}
	out->accounts = in;
	while ((err = sspi_next_credkey_account(&in, &account)) > 0)
		if (++out->count > SSPI_MAX_ACCOUNTS)
			return -EBADMSG;
	return err || !out->count ? -EBADMSG : 0;
}
SSPI_EXPORT_FOR_TEST(sspi_parse_credkey);

void sspi_credkey_nt_hash(const struct sspi_credkey_account *account,
			  u8 out[SSPI_NT_HASH_LEN])
{
	const u8 *in = account->nt_hash.data;
	size_t i;

	for (i = 0; i < SSPI_NT_HASH_LEN; i++)
		out[i] = hex_digit(in[2 * i]) << 4 | hex_digit(in[2 * i + 1]);
}
SSPI_EXPORT_FOR_TEST(sspi_credkey_nt_hash);

int sspi_parse_logon(struct sspi_span in, struct sspi_credkey_account *account)
{
	const u8 *colon = in.len ? memchr(in.data, ':', in.len) : NULL;

	memset(account, 0, sizeof(*account));
	if (!colon)
		return -EBADMSG;
	if (!in.data[in.len - 1])
		in.len--;
	account->user.data = in.data;
	account->user.len = colon - in.data;
	account->password.data = colon + 1;
	account->password.len = in.len - account->user.len - 1;
	if (text_ok(account->user, 1, SSPI_MAX_NAME) &&
	    text_ok(account->password, 0, SSPI_MAX_PASSWORD))
		return 0;
	memset(account, 0, sizeof(*account));
	return -EBADMSG;
}
SSPI_EXPORT_FOR_TEST(sspi_parse_logon);
