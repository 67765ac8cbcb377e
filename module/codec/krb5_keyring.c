// SPDX-License-Identifier: GPL-2.0-only
/* Names and keys of MIT's KEYRING caches. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "codec/buf.h"
#include "codec/krb5_keyring.h"
#include "codec/krb5_name.h"
#include "test_export.h"

#define CCACHE_VERSION		0x0504
#define CCACHE_TAG_DELTATIME	1
#define CCACHE_DELTATIME_LEN	8
#define PRIMARY_VERSION		1

static bool equals(struct sspi_span text, const char *word)
{
	return text.len == strlen(word) && !memcmp(text.data, word, text.len);
}

/* What is before the next ':'; @rest is behind it, or has NULL data. */
static struct sspi_span take_field(struct sspi_span *rest)
{
	struct sspi_span all = *rest;
	const u8 *colon = all.len ? memchr(all.data, ':', all.len) : NULL;
	size_t len = colon ? (size_t)(colon - all.data) : all.len;

	*rest = colon ? (struct sspi_span){ colon + 1, all.len - len - 1 } :
			(struct sspi_span){ };
	return (struct sspi_span){ all.data, len };
}

static bool find_anchor(struct sspi_span text, enum krb5_anchor *anchor)
{
	static const char *const words[] = {
		[KRB5_ANCHOR_SESSION] = "session",
		[KRB5_ANCHOR_USER] = "user",
		[KRB5_ANCHOR_PROCESS] = "process",
		[KRB5_ANCHOR_PERSISTENT] = "persistent",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		if (!equals(text, words[i]))
			continue;
		*anchor = i;
		return true;
	}
	return false;
}

/* Decimal, without a sign or leading zeros; not (uid_t)-1, which is nobody. */
static bool read_uid(struct sspi_span text, u32 *uid)
{
	u64 value = 0;
	size_t i;

	if (text.len > 10 || (text.len > 1 && text.data[0] == '0'))
		return false;
	for (i = 0; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		value = value * 10 + (text.data[i] - '0');
	}
	*uid = (u32)value;
	return value < U32_MAX;
}

int krb5_parse_keyring_name(struct sspi_span text,
			    struct krb5_keyring_name *name)
{
	struct sspi_span rest = text, first;

	memset(name, 0, sizeof(*name));
	if (text.len > KRB5_MAX_KEYRING_NAME || krb5_text_has_nul(text) ||
	    !equals(take_field(&rest), "KEYRING") || !rest.data)
		return -EINVAL;
	first = take_field(&rest);
	if (!rest.data) {
		name->anchor = KRB5_ANCHOR_LEGACY;
		name->collection = first;
		return first.len ? 0 : -EINVAL;
	}
	if (!find_anchor(first, &name->anchor))
		return -EINVAL;
	name->collection = take_field(&rest);
	name->cache = rest;
	if (name->cache.data && !name->cache.len)
		return -EINVAL;
	if (name->anchor != KRB5_ANCHOR_PERSISTENT || !name->collection.len)
		return 0;
	name->has_uid = true;
	return read_uid(name->collection, &name->uid) ? 0 : -EINVAL;
}
SSPI_EXPORT_FOR_TEST(krb5_parse_keyring_name);

int krb5_parse_keyring_primary(struct sspi_span in, struct sspi_span *cache)
{
	struct sspi_reader r;
	u32 version;

	sspi_reader_init(&r, in);
	version = sspi_read_be32(&r);
	*cache = sspi_read_span(&r, sspi_read_be32(&r));
	if (!r.bad && !sspi_reader_left(&r) && version == PRIMARY_VERSION &&
	    cache->len && cache->len <= KRB5_MAX_KEYRING_NAME &&
	    !krb5_text_has_nul(*cache))
		return 0;
	*cache = (struct sspi_span){ };
	return -EBADMSG;
}
SSPI_EXPORT_FOR_TEST(krb5_parse_keyring_primary);

int krb5_parse_keyring_offsets(struct sspi_span in, struct krb5_offset *offset)
{
	struct sspi_reader r;

	sspi_reader_init(&r, in);
	offset->sec = sspi_read_be32(&r);
	offset->usec = sspi_read_be32(&r);
	return r.bad || sspi_reader_left(&r) ? -EBADMSG : 0;
}
SSPI_EXPORT_FOR_TEST(krb5_parse_keyring_offsets);

int krb5_build_ccache_head(struct sspi_span principal,
			   const struct krb5_offset *offset, u8 *out,
			   size_t room)
{
	struct sspi_writer w;

	if (principal.len > INT_MAX / 2)
		return -ENOSPC;
	sspi_writer_init(&w, out, room);
	sspi_write_be16(&w, CCACHE_VERSION);
	if (offset) {
		sspi_write_be16(&w, 2 * sizeof(u16) + CCACHE_DELTATIME_LEN);
		sspi_write_be16(&w, CCACHE_TAG_DELTATIME);
		sspi_write_be16(&w, CCACHE_DELTATIME_LEN);
		sspi_write_be32(&w, offset->sec);
		sspi_write_be32(&w, offset->usec);
	} else {
		sspi_write_be16(&w, 0);
	}
	sspi_write_bytes(&w, principal.data, principal.len);
	return w.bad ? -ENOSPC : (int)w.pos;
}
SSPI_EXPORT_FOR_TEST(krb5_build_ccache_head);
