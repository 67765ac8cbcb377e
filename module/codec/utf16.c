// SPDX-License-Identifier: GPL-2.0-only
/*
 * UTF-8 <-> UTF-16LE (RFC 3629, RFC 2781) and simple uppercase.
 *
 * Strict: two spellings of one name must not both be taken, and a name must
 * not end where a C string does while its hash goes on.
 */
#include <linux/errno.h>
#include <linux/limits.h>

#include "codec/buf.h"
#include "codec/upcase_table.h"
#include "codec/utf16.h"
#include "test_export.h"

/* Any other value is a code point; U+0000 is refused like the rest. */
#define NOT_TEXT	0u

static u32 continued(struct sspi_reader *r, u32 code, unsigned int count,
		     u32 least)
{
	while (count--) {
		u8 byte = sspi_read_u8(r);

		if (r->bad || (byte & 0xc0) != 0x80)
			return NOT_TEXT;
		code = code << 6 | (byte & 0x3f);
	}
	/* An overlong form, a surrogate, or beyond Unicode. */
	if (code < least || (code >= 0xd800 && code <= 0xdfff) ||
	    code > 0x10ffff)
		return NOT_TEXT;
	return code;
}

static u32 read_utf8(struct sspi_reader *r)
{
	u8 first = sspi_read_u8(r);

	if (first < 0x80)
		return first;
	if ((first & 0xe0) == 0xc0)
		return continued(r, first & 0x1f, 1, 0x80);
	if ((first & 0xf0) == 0xe0)
		return continued(r, first & 0x0f, 2, 0x800);
	if ((first & 0xf8) == 0xf0)
		return continued(r, first & 0x07, 3, 0x10000);
	return NOT_TEXT;
}

static void write_utf8(struct sspi_writer *w, u32 code)
{
	if (code < 0x80) {
		sspi_write_u8(w, code);
		return;
	}
	if (code < 0x800) {
		sspi_write_u8(w, 0xc0 | code >> 6);
	} else {
		if (code < 0x10000) {
			sspi_write_u8(w, 0xe0 | code >> 12);
		} else {
			sspi_write_u8(w, 0xf0 | code >> 18);
			sspi_write_u8(w, 0x80 | (code >> 12 & 0x3f));
		}
		sspi_write_u8(w, 0x80 | (code >> 6 & 0x3f));
	}
	sspi_write_u8(w, 0x80 | (code & 0x3f));
}

static u32 read_utf16(struct sspi_reader *r)
{
	u16 high = sspi_read_le16(r);
	u16 low;

	if (high < 0xd800 || high > 0xdfff)
		return high;
	if (high >= 0xdc00)
		return NOT_TEXT;
	low = sspi_read_le16(r);
	if (low < 0xdc00 || low > 0xdfff)
		return NOT_TEXT;
	return 0x10000 + ((u32)(high - 0xd800) << 10 | (low - 0xdc00));
}

static void write_utf16(struct sspi_writer *w, u32 code)
{
	if (code < 0x10000) {
		sspi_write_le16(w, code);
		return;
	}
	code -= 0x10000;
	sspi_write_le16(w, 0xd800 | code >> 10);
	sspi_write_le16(w, 0xdc00 | (code & 0x3ff));
}

static int convert(struct sspi_span in, u8 *out, size_t room,
		   u32 (*from)(struct sspi_reader *r),
		   void (*to)(struct sspi_writer *w, u32 code))
{
	struct sspi_reader r;
	struct sspi_writer w;

	sspi_reader_init(&r, in);
	sspi_writer_init(&w, out, room);
	while (sspi_reader_left(&r)) {
		u32 code = from(&r);

		if (r.bad || code == NOT_TEXT)
			return -EBADMSG;
		to(&w, code);
	}
	if (w.bad || w.pos > INT_MAX)
		return -ENOSPC;
	return w.pos;
}

int sspi_utf8_to_utf16le(struct sspi_span in, u8 *out, size_t room)
{
	return convert(in, out, room, read_utf8, write_utf16);
}
SSPI_EXPORT_FOR_PACKAGES(sspi_utf8_to_utf16le);

int sspi_utf16le_to_utf8(struct sspi_span in, u8 *out, size_t room)
{
	return convert(in, out, room, read_utf16, write_utf8);
}
SSPI_EXPORT_FOR_PACKAGES(sspi_utf16le_to_utf8);

u16 sspi_upcase(u16 unit)
{
	size_t low = 0, high = UPCASE_RANGES;

	if (unit < 0x80)
		return unit >= 'a' && unit <= 'z' ? unit - 'a' + 'A' : unit;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct upcase_range *range = &upcase_ranges[mid];

		if (unit < range->first)
			high = mid;
		else if (unit > range->last)
			low = mid + 1;
		else if ((unit - range->first) % range->stride)
			return unit;
		else
			return unit + range->delta;
	}
	return unit;
}
SSPI_EXPORT_FOR_TEST(sspi_upcase);

void sspi_utf16le_upcase(u8 *data, size_t len)
{
	size_t i;

	for (i = 0; i + 1 < len; i += 2) {
		u16 upper = sspi_upcase(data[i] | data[i + 1] << 8);

		data[i] = upper;
		data[i + 1] = upper >> 8;
	}
}
SSPI_EXPORT_FOR_PACKAGES(sspi_utf16le_upcase);

bool sspi_utf16le_equal_nocase(struct sspi_span a, struct sspi_span b)
{
	struct sspi_reader ra, rb;

	if (a.len != b.len || a.len % 2)
		return false;
	sspi_reader_init(&ra, a);
	sspi_reader_init(&rb, b);
	while (sspi_reader_left(&ra))
		if (sspi_upcase(sspi_read_le16(&ra)) !=
		    sspi_upcase(sspi_read_le16(&rb)))
			return false;
	return !ra.bad && !rb.bad;
}
SSPI_EXPORT_FOR_PACKAGES(sspi_utf16le_equal_nocase);
