// SPDX-License-Identifier: GPL-2.0-only
/*
 * NDR of KERB_VALIDATION_INFO, MS-PAC 2.5, MS-RPCE 2.2.6: a structure, then what
 * its pointers point to, in the order of the pointers. One pass, no recursion;
 * each count is held against the octets that are there before it is used.
 */
#include <linux/errno.h>
#include <linux/string.h>

#include "codec/buf.h"
#include "codec/krb5_pac_info.h"
#include "test_export.h"

#define NDR_VERSION	1
#define NDR_LITTLE	0x10
#define NDR_HEAD	8
#define NDR_ALIGN	4
#define RID_LEN		8	/* GROUP_MEMBERSHIP, and KERB_SID_AND_ATTRIBUTES */
#define SID_HEAD	8
#define SID_REVISION	1
#define UPN_HAS_SAM	0x02	/* 2.10: Flags, bit S */
/* What a primary group is: mandatory, by default, enabled (MS-PAC 2.2.1). */
#define SE_GROUP_USUAL	0x07

/* The head of a string, and that its octets follow later. */
struct ndr_string {
	u16 len;
	u16 room;
	bool there;
};

static bool read_pointer(struct sspi_reader *r)
{
	return sspi_read_le32(r);
}

static void skip(struct sspi_reader *r, size_t len)
{
	sspi_read_span(r, len);
}

static void align(struct sspi_reader *r)
{
	skip(r, -r->pos % NDR_ALIGN);
}

static struct ndr_string read_string_head(struct sspi_reader *r)
{
	struct ndr_string s;

	s.len = sspi_read_le16(r);
	s.room = sspi_read_le16(r);
	s.there = read_pointer(r);
	if (s.len > s.room || s.len % 2)
		r->bad = true;
	return s;
}

/* Conformant and varying: how much there could be, from where, how much there is. */
static struct sspi_span read_string(struct sspi_reader *r, struct ndr_string s)
{
	u32 max, offset, actual;

	if (!s.there)
		return (struct sspi_span){};
	align(r);
	max = sspi_read_le32(r);
	offset = sspi_read_le32(r);
	actual = sspi_read_le32(r);
	if (offset || actual > max || actual != s.len / 2)
		r->bad = true;
	return sspi_read_span(r, s.len);
}

static struct krb5_pac_list read_list(struct sspi_reader *r, bool there,
				      u32 count)
{
	struct krb5_pac_list list = { .count = count };

	if (!there) {
		if (count)
			r->bad = true;
		return (struct krb5_pac_list){};
	}
	align(r);
	if (sspi_read_le32(r) != count ||
	    count > sspi_reader_left(r) / RID_LEN)
		r->bad = true;
	if (!r->bad)
		list.entries = sspi_read_span(r, (size_t)count * RID_LEN);
	return list;
}

/* The count of a SID stands before it, again. */
static struct sspi_span read_sid(struct sspi_reader *r, bool there)
{
	struct sspi_span sid;
	u32 count;

	if (!there)
		return (struct sspi_span){};
	align(r);
	count = sspi_read_le32(r);
	if (count > KRB5_MAX_SUBAUTHORITIES)
		r->bad = true;
	sid = sspi_read_span(r, r->bad ? 0 : SID_HEAD + 4 * (size_t)count);
	if (!krb5_sid_valid(sid))
		r->bad = true;
	return sid;
}

bool krb5_sid_valid(struct sspi_span sid)
{
	return sid.data && sid.len >= SID_HEAD &&
	       sid.data[0] == SID_REVISION &&
	       sid.data[1] <= KRB5_MAX_SUBAUTHORITIES &&
	       sid.len == SID_HEAD + 4 * (size_t)sid.data[1];
}
SSPI_EXPORT_FOR_TEST(krb5_sid_valid);

/* What stands before the structure: MS-RPCE 2.2.6.1 and 2.2.6.2. */
static bool read_ndr_heads(struct sspi_span in, struct sspi_span *body)
{
	struct sspi_reader r;
	size_t len;

	sspi_reader_init(&r, in);
	if (sspi_read_u8(&r) != NDR_VERSION || sspi_read_u8(&r) != NDR_LITTLE ||
	    sspi_read_le16(&r) != NDR_HEAD)
		return false;
	skip(&r, 4);
	len = sspi_read_le32(&r);
	skip(&r, 4);
	*body = sspi_read_span(&r, len);
	return !r.bad;
}

/* The fixed part, and which pointers have something behind them. */
struct fixed {
	struct ndr_string name[6];	/* of which the first is the account's */
	struct ndr_string server;
	struct ndr_string domain_name;
	u32 groups_count;
	bool groups;
	bool domain;
	u32 extra_count;
	bool extra;
	bool resource_domain;
	u32 resources_count;
	bool resources;
};

static void read_fixed(struct sspi_reader *r, struct krb5_pac_logon *logon,
		       struct fixed *f)
{
	unsigned int i;

	skip(r, 6 * 8);			/* times */
	for (i = 0; i < 6; i++)
		f->name[i] = read_string_head(r);
	skip(r, 2 * 2);			/* counts of logons */
	logon->user_id = sspi_read_le32(r);
	logon->primary_group = sspi_read_le32(r);
	f->groups_count = sspi_read_le32(r);
	f->groups = read_pointer(r);
	skip(r, 4 + 16);		/* UserFlags, UserSessionKey */
	f->server = read_string_head(r);
	f->domain_name = read_string_head(r);
	f->domain = read_pointer(r);
	skip(r, 2 * 4 + 4 + 4 + 8 + 8 + 4 + 4);	/* to Reserved3 */
	f->extra_count = sspi_read_le32(r);
	f->extra = read_pointer(r);
	f->resource_domain = read_pointer(r);
	f->resources_count = sspi_read_le32(r);
	f->resources = read_pointer(r);
}

/* The SIDs that the entries' pointers point to; the walk reads them again. */
static void read_extra_sids(struct sspi_reader *r, struct krb5_pac_logon *logon)
{
	struct sspi_reader entry;
	size_t start;
	u32 i;

	align(r);
	start = r->pos;
	sspi_reader_init(&entry, logon->extra.entries);
	for (i = 0; i < logon->extra.count && !r->bad; i++) {
		if (!read_pointer(&entry))
			r->bad = true;
		skip(&entry, 4);
		read_sid(r, true);
	}
	if (!r->bad)
		logon->extra_sids = (struct sspi_span){ r->data + start,
							r->pos - start };
}

static void read_deferred(struct sspi_reader *r, struct krb5_pac_logon *logon,
			  const struct fixed *f)
{
	unsigned int i;

	logon->user_name = read_string(r, f->name[0]);
	for (i = 1; i < 6; i++)
		read_string(r, f->name[i]);
	logon->groups = read_list(r, f->groups, f->groups_count);
	read_string(r, f->server);
	logon->domain_name = read_string(r, f->domain_name);
	logon->domain = read_sid(r, f->domain);
	logon->extra = read_list(r, f->extra, f->extra_count);
	read_extra_sids(r, logon);
	logon->resource_domain = read_sid(r, f->resource_domain);
	logon->resources = read_list(r, f->resources, f->resources_count);
}

/* There is a user, and a domain for what is of one. */
static bool consistent(const struct krb5_pac_logon *logon)
{
	if (!logon->user_id && !logon->extra.count)
		return false;
	if (!logon->domain.data &&
	    (logon->user_id || logon->primary_group || logon->groups.count))
		return false;
	return logon->resource_domain.data || !logon->resources.count;
}

int krb5_parse_pac_logon(struct sspi_span in, struct krb5_pac_logon *logon)
{
	struct sspi_reader r;
	struct sspi_span body;
	struct fixed f;

	memset(logon, 0, sizeof(*logon));
	if (!read_ndr_heads(in, &body))
		return -EBADMSG;
	sspi_reader_init(&r, body);
	if (!read_pointer(&r))
		return -EBADMSG;
	memset(&f, 0, sizeof(f));
	read_fixed(&r, logon, &f);
	read_deferred(&r, logon, &f);
	if (!r.bad && consistent(logon))
		return 0;
	memset(logon, 0, sizeof(*logon));
	return -EBADMSG;
}
SSPI_EXPORT_FOR_TEST(krb5_parse_pac_logon);

/* @domain with one subauthority more. */
static int join(struct krb5_sid *sid, struct sspi_span domain, u32 rid,
		u32 attributes)
{
	if (domain.data[1] >= KRB5_MAX_SUBAUTHORITIES)
		return -EBADMSG;
	memcpy(sid->bytes, domain.data, domain.len);
	sid->bytes[1]++;
	sid->bytes[domain.len] = rid;
	sid->bytes[domain.len + 1] = rid >> 8;
	sid->bytes[domain.len + 2] = rid >> 16;
	sid->bytes[domain.len + 3] = rid >> 24;
	sid->len = domain.len + 4;
	sid->attributes = attributes;
	return 1;
}

static void read_entry(const struct krb5_pac_list *list, u32 index, u32 *first,
		       u32 *attributes)
{
	struct sspi_reader r;

	sspi_reader_init(&r, list->entries);
	skip(&r, (size_t)index * RID_LEN);
	*first = sspi_read_le32(&r);
	*attributes = sspi_read_le32(&r);
}

static int from_list(struct krb5_sid *sid, struct sspi_span domain,
		     const struct krb5_pac_list *list, u32 index)
{
	u32 rid, attributes;

	read_entry(list, index, &rid, &attributes);
	return join(sid, domain, rid, attributes);
}

static int from_extra(struct krb5_sid_walk *walk, u32 index,
		      struct krb5_sid *sid)
{
	const struct krb5_pac_logon *logon = walk->logon;
	struct sspi_span bytes;
	struct sspi_reader r;
	u32 pointer;

	sspi_reader_init(&r, logon->extra_sids);
	skip(&r, walk->extra_pos);
	bytes = read_sid(&r, true);
	if (r.bad)
		return -EBADMSG;
	walk->extra_pos = r.pos;
	read_entry(&logon->extra, index, &pointer, &sid->attributes);
	memcpy(sid->bytes, bytes.data, bytes.len);
	sid->len = bytes.len;
	return 1;
}

enum stage {
	STAGE_USER,
	STAGE_PRIMARY,
	STAGE_GROUPS,
	STAGE_EXTRA,
	STAGE_RESOURCES,
	STAGE_END,
};

static u32 stage_count(const struct krb5_sid_walk *walk)
{
	const struct krb5_pac_logon *logon = walk->logon;

	switch (walk->stage) {
	case STAGE_USER:
		return 1;
	case STAGE_PRIMARY:
		return !!logon->primary_group;
	case STAGE_GROUPS:
		return logon->groups.count;
	case STAGE_EXTRA:
		return logon->extra.count - !logon->user_id;
	default:
		return logon->resources.count;
	}
}

void krb5_sid_walk_init(struct krb5_sid_walk *walk,
			const struct krb5_pac_logon *logon)
{
	memset(walk, 0, sizeof(*walk));
	walk->logon = logon;
}
SSPI_EXPORT_FOR_TEST(krb5_sid_walk_init);

int krb5_sid_walk_next(struct krb5_sid_walk *walk, struct krb5_sid *sid)
{
	const struct krb5_pac_logon *logon = walk->logon;
	int ret;

	memset(sid, 0, sizeof(*sid));
	while (walk->stage < STAGE_END && walk->index >= stage_count(walk)) {
		walk->stage++;
		walk->index = 0;
	}
	switch (walk->stage) {
	case STAGE_USER:
		/* Without a RID the user is the first extra SID, 2.5. */
		if (!logon->user_id)
			ret = from_extra(walk, 0, sid);
		else
			ret = join(sid, logon->domain, logon->user_id, 0);
		break;
	case STAGE_PRIMARY:
		ret = join(sid, logon->domain, logon->primary_group,
			   SE_GROUP_USUAL);
		break;
	case STAGE_GROUPS:
		ret = from_list(sid, logon->domain, &logon->groups,
				walk->index);
		break;
	case STAGE_EXTRA:
		ret = from_extra(walk, walk->index + !logon->user_id, sid);
		break;
	case STAGE_RESOURCES:
		ret = from_list(sid, logon->resource_domain,
				&logon->resources, walk->index);
		break;
	default:
		return 0;
	}
	walk->index++;
	return ret;
}
SSPI_EXPORT_FOR_TEST(krb5_sid_walk_next);

/* A length, then an offset from the start of the buffer. */
static bool read_part(struct sspi_reader *r, struct sspi_span in,
		      struct sspi_span *part)
{
	u16 len = sspi_read_le16(r), off = sspi_read_le16(r);

	return !r->bad && sspi_subspan(in, off, len, part);
}

int krb5_parse_pac_upn(struct sspi_span in, struct krb5_pac_upn *upn)
{
	struct sspi_reader r;
	u32 flags;
	bool ok;

	memset(upn, 0, sizeof(*upn));
	sspi_reader_init(&r, in);
	ok = read_part(&r, in, &upn->upn) &&
	     read_part(&r, in, &upn->dns_domain);
	flags = sspi_read_le32(&r);
	if (flags & UPN_HAS_SAM)
		ok = ok && read_part(&r, in, &upn->sam_name) &&
		     read_part(&r, in, &upn->sid) &&
		     krb5_sid_valid(upn->sid);
	if (ok && !r.bad && upn->upn.len % 2 == 0 &&
	    upn->dns_domain.len % 2 == 0 && upn->sam_name.len % 2 == 0)
		return 0;
	memset(upn, 0, sizeof(*upn));
	return -EBADMSG;
}
SSPI_EXPORT_FOR_TEST(krb5_parse_pac_upn);
