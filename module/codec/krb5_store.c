// SPDX-License-Identifier: GPL-2.0-only
/* Keytabs 0x0502 and credential caches 0x0504, as MIT documents and writes. */
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "codec/buf.h"
#include "codec/krb5_name.h"
#include "codec/krb5_store.h"
#include "test_export.h"

#define KEYTAB_VERSION	0x0502
#define CCACHE_VERSION	0x0504
#define CCACHE_TAG_DELTATIME	1
#define CCACHE_DELTATIME_LEN	8

static const u8 config_realm[] = { 'X', '-', 'C', 'A', 'C', 'H', 'E',
				   'C', 'O', 'N', 'F', ':' };

static int finish(const struct sspi_reader *r)
{
	return r->bad || sspi_reader_left(r) ? -EBADMSG : 0;
}

/* Octets with a length before them. */
static struct sspi_span counted16(struct sspi_reader *r)
{
	return sspi_read_span(r, sspi_read_be16(r));
}

static struct sspi_span counted32(struct sspi_reader *r)
{
	return sspi_read_span(r, sspi_read_be32(r));
}

/* @count components, with a realm before them, in either width of length. */
static void read_principal(struct sspi_reader *r, u32 count,
			   struct sspi_span (*text)(struct sspi_reader *r),
			   struct krb5_principal *princ)
{
	u32 i;

	if (count > KRB5_MAX_COMPONENTS) {
		r->bad = true;
		return;
	}
	princ->realm = text(r);
	for (i = 0; i < count; i++)
		princ->name.part[i] = text(r);
	princ->name.count = count;
	for (i = 0; i < count; i++)
		r->bad |= krb5_text_has_nul(princ->name.part[i]);
	r->bad |= krb5_text_has_nul(princ->realm);
}

/* The kvno of 8 bits has a successor behind the key, if there is room for it. */
static int read_entry(struct sspi_span in, struct krb5_keytab_entry *entry)
{
	struct sspi_reader r;
	u32 kvno;

	sspi_reader_init(&r, in);
	read_principal(&r, sspi_read_be16(&r), counted16, &entry->principal);
	entry->principal.name.type = sspi_read_be32(&r);
	entry->timestamp = sspi_read_be32(&r);
	entry->kvno = sspi_read_u8(&r);
	entry->low_kvno = true;
	entry->key.enctype = (s16)sspi_read_be16(&r);
	entry->key.key = counted16(&r);
	if (sspi_reader_left(&r) >= sizeof(kvno)) {
		kvno = sspi_read_be32(&r);
		if (kvno) {
			entry->kvno = kvno;
			entry->low_kvno = false;
		}
	}
	/* Behind it may be what others added: Heimdal writes flags. */
	return r.bad || !entry->principal.name.count ? -EBADMSG : 0;
}

/* A length of zero is where the file ends before its space does. */
static bool all_zero(struct sspi_reader *r)
{
	u8 any = 0;

	while (sspi_reader_left(r))
		any |= sspi_read_u8(r);
	return !any;
}

int krb5_next_keytab_entry(struct sspi_span *list,
			   struct krb5_keytab_entry *entry)
{
	struct sspi_span in = { };
	struct sspi_reader r;
	u32 len;

	memset(entry, 0, sizeof(*entry));
	if (!list->len)
		return 0;
	sspi_reader_init(&r, *list);
	while (!in.data && sspi_reader_left(&r)) {
		len = sspi_read_be32(&r);
		if (!len)
			r.bad |= !all_zero(&r);
		else if (len > S32_MAX)		/* a hole of -len octets */
			sspi_read_span(&r, -len);
		else
			in = sspi_read_span(&r, len);
	}
	if (r.bad || (in.data && read_entry(in, entry))) {
		memset(entry, 0, sizeof(*entry));
		list->len = 0;
		return -EBADMSG;
	}
	list->data += r.pos;
	list->len -= r.pos;
	return in.data ? 1 : 0;
}
SSPI_EXPORT_FOR_PACKAGES(krb5_next_keytab_entry);

int krb5_parse_keytab(struct sspi_span in, struct sspi_span *list)
{
	struct krb5_keytab_entry entry;
	struct sspi_reader r;
	struct sspi_span rest;
	int err;

	sspi_reader_init(&r, in);
	if (sspi_read_be16(&r) != KEYTAB_VERSION)
		return -EBADMSG;
	*list = sspi_read_span(&r, sspi_reader_left(&r));
	rest = *list;
	do {
		err = krb5_next_keytab_entry(&rest, &entry);
	} while (err > 0);
	return err;
}
SSPI_EXPORT_FOR_PACKAGES(krb5_parse_keytab);

static void read_ccache_princ(struct sspi_reader *r,
			      struct krb5_principal *princ)
{
	princ->name.type = sspi_read_be32(r);
	read_principal(r, sspi_read_be32(r), counted32, princ);
}

/* Addresses and authorization data: a count of (type, octets). */
static struct sspi_span read_pairs(struct sspi_reader *r)
{
	u32 count = sspi_read_be32(r);
	struct sspi_span pairs = { };
	size_t start = r->pos;

	/* Every pair takes octets, so the input bounds the loop. */
	while (!r->bad && count--) {
		sspi_read_be16(r);
		counted32(r);
	}
	if (r->bad)
		return pairs;
	pairs.data = r->data + start;
	pairs.len = r->pos - start;
	return pairs;
}

static void read_cred(struct sspi_reader *r, struct krb5_ccache_cred *cred)
{
	u8 is_skey;

	memset(cred, 0, sizeof(*cred));
	read_ccache_princ(r, &cred->client);
	read_ccache_princ(r, &cred->server);
	cred->key.enctype = (s16)sspi_read_be16(r);
	cred->key.key = counted32(r);
	cred->authtime = sspi_read_be32(r);
	cred->starttime = sspi_read_be32(r);
	cred->endtime = sspi_read_be32(r);
	cred->renew_till = sspi_read_be32(r);
	is_skey = sspi_read_u8(r);
	cred->is_skey = is_skey;
	cred->flags = sspi_read_be32(r);
	cred->addresses = read_pairs(r);
	cred->authdata = read_pairs(r);
	cred->ticket = counted32(r);
	cred->second_ticket = counted32(r);
	if (is_skey > 1)
		r->bad = true;
	if (r->bad)
		memset(cred, 0, sizeof(*cred));
}

int krb5_parse_ccache_cred(struct sspi_span in, struct krb5_ccache_cred *cred)
{
	struct sspi_reader r;

	sspi_reader_init(&r, in);
	read_cred(&r, cred);
	return finish(&r);
}
SSPI_EXPORT_FOR_TEST(krb5_parse_ccache_cred);

int krb5_parse_ccache_princ(struct sspi_span in, struct krb5_principal *princ)
{
	struct sspi_reader r;

	memset(princ, 0, sizeof(*princ));
	sspi_reader_init(&r, in);
	read_ccache_princ(&r, princ);
	return princ->name.count ? finish(&r) : -EBADMSG;
}
SSPI_EXPORT_FOR_TEST(krb5_parse_ccache_princ);

int krb5_next_ccache_cred(struct sspi_span *list,
			  struct krb5_ccache_cred *cred)
{
	struct sspi_reader r;

	memset(cred, 0, sizeof(*cred));
	if (!list->len)
		return 0;
	sspi_reader_init(&r, *list);
	read_cred(&r, cred);
	if (r.bad) {
		list->len = 0;
		return -EBADMSG;
	}
	list->data += r.pos;
	list->len -= r.pos;
	return 1;
}
SSPI_EXPORT_FOR_PACKAGES(krb5_next_ccache_cred);

/* Fields of the head; unknown ones are skipped. */
static void read_head(struct sspi_reader *r, struct krb5_ccache *cc)
{
	struct sspi_reader head, value;

	sspi_reader_init(&head, counted16(r));
	while (sspi_reader_left(&head)) {
		u16 tag = sspi_read_be16(&head);
		struct sspi_span field = counted16(&head);

		if (tag != CCACHE_TAG_DELTATIME)
			continue;
		if (field.len != CCACHE_DELTATIME_LEN)
			head.bad = true;
		sspi_reader_init(&value, field);
		cc->has_offset = true;
		cc->offset_sec = sspi_read_be32(&value);
		cc->offset_usec = sspi_read_be32(&value);
	}
	r->bad |= head.bad;
}

int krb5_parse_ccache(struct sspi_span in, struct krb5_ccache *cc)
{
	struct krb5_ccache_cred cred;
	struct sspi_span rest;
	struct sspi_reader r;
	int err;

	memset(cc, 0, sizeof(*cc));
	sspi_reader_init(&r, in);
	if (sspi_read_be16(&r) != CCACHE_VERSION)
		return -EBADMSG;
	read_head(&r, cc);
	read_ccache_princ(&r, &cc->principal);
	cc->creds = sspi_read_span(&r, sspi_reader_left(&r));
	if (r.bad || !cc->principal.name.count)
		return -EBADMSG;
	rest = cc->creds;
	do {
		err = krb5_next_ccache_cred(&rest, &cred);
	} while (err > 0);
	return err;
}
SSPI_EXPORT_FOR_PACKAGES(krb5_parse_ccache);

bool krb5_ccache_is_config(const struct krb5_ccache_cred *cred)
{
	struct sspi_span realm = { .data = config_realm,
				   .len = sizeof(config_realm) };

	return krb5_realm_equal(cred->server.realm, realm);
}
SSPI_EXPORT_FOR_PACKAGES(krb5_ccache_is_config);
