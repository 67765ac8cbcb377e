// SPDX-License-Identifier: GPL-2.0-only
/*
 * The buffers of a PAC, MS-PAC 2.3. Offsets are of 64 bits and the count of 32:
 * nothing is added or multiplied before it is bounded (CVE-2022-42898).
 */
#include <linux/errno.h>
#include <linux/string.h>

#include "codec/buf.h"
#include "codec/krb5_pac.h"
#include "test_export.h"

#define PAC_VERSION	0
#define PAC_HEAD	8
#define PAC_ENTRY	16
#define PAC_ALIGN	8	/* 2.4 */
#define MAX_SUM		24	/* the longest of 2.8 */

static size_t table_end(const struct krb5_pac *pac)
{
	return PAC_HEAD + (size_t)pac->count * PAC_ENTRY;
}

/* The table is inside: @index below count. */
static bool read_buffer(const struct krb5_pac *pac, u32 index,
			struct krb5_pac_buffer *buffer)
{
	struct sspi_reader r;
	u32 size;
	u64 off;

	sspi_reader_init(&r, pac->whole);
	sspi_read_span(&r, PAC_HEAD + (size_t)index * PAC_ENTRY);
	buffer->type = sspi_read_le32(&r);
	size = sspi_read_le32(&r);
	off = sspi_read_le64(&r);
	return !r.bad && off % PAC_ALIGN == 0 && off >= table_end(pac) &&
	       off <= pac->whole.len &&
	       sspi_subspan(pac->whole, off, size, &buffer->data);
}

bool krb5_pac_buffer(const struct krb5_pac *pac, u32 index,
		     struct krb5_pac_buffer *buffer)
{
	memset(buffer, 0, sizeof(*buffer));
	return index < pac->count && read_buffer(pac, index, buffer);
}
SSPI_EXPORT_FOR_TEST(krb5_pac_buffer);

static bool overlap(struct sspi_span a, struct sspi_span b)
{
	return a.len && b.len && a.data < b.data + b.len &&
	       b.data < a.data + a.len;
}

/*
 * No buffer shares octets with an earlier one: what is zeroed for a signature
 * is then no part of another buffer. At most 64, so this is short.
 */
static bool disjoint(const struct krb5_pac *pac, u32 index,
		     const struct krb5_pac_buffer *buffer)
{
	struct krb5_pac_buffer other;

	while (index--) {
		if (!read_buffer(pac, index, &other) ||
		    overlap(buffer->data, other.data))
			return false;
	}
	return true;
}

/* 2.8: the length follows from the type, for the types that there are. */
static size_t sum_len(s32 type)
{
	switch (type) {
	case -138:	/* HMAC-MD5 */
		return 16;
	case 12:	/* HMAC-SHA1-DES3: MIT, like the next two */
		return 20;
	case 17:	/* CMAC-CAMELLIA128 */
	case 18:	/* CMAC-CAMELLIA256 */
		return 16;
	case 15:	/* HMAC-SHA1-96-AES128 */
	case 16:	/* HMAC-SHA1-96-AES256 */
		return 12;
	case 19:	/* HMAC-SHA256-128-AES128 */
		return 16;
	case 20:	/* HMAC-SHA384-192-AES256 */
		return 24;
	default:
		return 0;
	}
}

/* 2.8: an identifier of a read-only DC may follow; MIT and Samba differ in it. */
static bool set_sum(struct krb5_pac_sum *sum, struct sspi_span data)
{
	struct sspi_reader r;
	size_t len;

	if (sum->sum.data)
		return false;
	sspi_reader_init(&r, data);
	sum->type = sspi_read_le32(&r);
	len = sum_len(sum->type);
	sum->sum = sspi_read_span(&r, len ? len : sspi_reader_left(&r));
	return !r.bad && sspi_reader_left(&r) < PAC_ALIGN;
}

static bool set_client(struct krb5_pac *pac, struct sspi_span data)
{
	struct sspi_reader r;
	u16 len;

	if (pac->has_client)
		return false;
	pac->has_client = true;
	sspi_reader_init(&r, data);
	pac->client_time = sspi_read_le64(&r);
	len = sspi_read_le16(&r);
	pac->client_name = sspi_read_span(&r, len);
	return !r.bad && len % 2 == 0;
}

static bool set_once(struct sspi_span *view, struct sspi_span data)
{
	if (view->data)
		return false;
	*view = data;
	return true;
}

static bool note(struct krb5_pac *pac, const struct krb5_pac_buffer *buffer)
{
	switch (buffer->type) {
	case KRB5_PAC_LOGON_INFO:
		return set_once(&pac->logon_info, buffer->data);
	case KRB5_PAC_UPN_DNS_INFO:
		return set_once(&pac->upn_dns_info, buffer->data);
	case KRB5_PAC_REQUESTOR:
		return set_once(&pac->requestor, buffer->data);
	case KRB5_PAC_CLIENT_INFO:
		return set_client(pac, buffer->data);
	case KRB5_PAC_SERVER_CHECKSUM:
		return set_sum(&pac->server, buffer->data);
	case KRB5_PAC_KDC_CHECKSUM:
		return set_sum(&pac->kdc, buffer->data);
	case KRB5_PAC_TICKET_CHECKSUM:
		return set_sum(&pac->ticket, buffer->data);
	case KRB5_PAC_FULL_CHECKSUM:
		return set_sum(&pac->full, buffer->data);
	default:
		return true;
	}
}

int krb5_parse_pac(struct sspi_span in, struct krb5_pac *pac)
{
	struct krb5_pac_buffer buffer;
	struct sspi_reader r;
	u32 i, version;

	memset(pac, 0, sizeof(*pac));
	sspi_reader_init(&r, in);
	pac->whole = in;
	pac->count = sspi_read_le32(&r);
	version = sspi_read_le32(&r);
	if (r.bad || version != PAC_VERSION ||
	    pac->count > KRB5_PAC_MAX_BUFFERS || in.len < table_end(pac))
		return -EBADMSG;
	for (i = 0; i < pac->count; i++) {
		if (!read_buffer(pac, i, &buffer) ||
		    !disjoint(pac, i, &buffer) || !note(pac, &buffer))
			return -EBADMSG;
	}
	return 0;
}
SSPI_EXPORT_FOR_TEST(krb5_parse_pac);

int krb5_pac_signed(const struct krb5_pac *pac,
		    struct sspi_span piece[KRB5_PAC_PIECES])
{
	static const u8 zeros[MAX_SUM];
	struct sspi_span first = pac->server.sum, second = pac->kdc.sum, swap;
	const u8 *at = pac->whole.data;

	if (!first.data || first.len > MAX_SUM || second.len > MAX_SUM)
		return -EBADMSG;
	if (!second.data) {
		second.data = first.data + first.len;
	} else if (second.data < first.data) {
		swap = first;
		first = second;
		second = swap;
	}
	piece[0].data = at;
	piece[0].len = first.data - at;
	piece[1].data = zeros;
	piece[1].len = first.len;
	piece[2].data = first.data + first.len;
	piece[2].len = second.data - piece[2].data;
	piece[3].data = zeros;
	piece[3].len = second.len;
	piece[4].data = second.data + second.len;
	piece[4].len = at + pac->whole.len - piece[4].data;
	return 0;
}
SSPI_EXPORT_FOR_TEST(krb5_pac_signed);
