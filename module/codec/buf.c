// SPDX-License-Identifier: GPL-2.0-only
/* Bounded reader and writer: the only code that moves a position in a token. */
#include <linux/string.h>

#include "codec/buf.h"
#include "test_export.h"

void sspi_reader_init(struct sspi_reader *r, struct sspi_span in)
{
	r->data = in.data;
	r->len = in.data ? in.len : 0;
	r->pos = 0;
	r->bad = false;
}
SSPI_EXPORT_FOR_PACKAGES(sspi_reader_init);

/* The next @len bytes, or NULL and the sticky error. */
static const u8 *take(struct sspi_reader *r, size_t len)
{
	const u8 *p;

	if (r->bad || len > r->len - r->pos) {
		r->bad = true;
		return NULL;
	}
	p = r->data + r->pos;
	r->pos += len;
	return p;
}

static u64 read_le(struct sspi_reader *r, size_t len)
{
	const u8 *p = take(r, len);
	u64 v = 0;

	if (!p)
		return 0;
	while (len--)
		v = v << 8 | p[len];
	return v;
}

u16 sspi_read_le16(struct sspi_reader *r)
{
	return read_le(r, 2);
}
SSPI_EXPORT_FOR_PACKAGES(sspi_read_le16);

u32 sspi_read_le32(struct sspi_reader *r)
{
	return read_le(r, 4);
}
SSPI_EXPORT_FOR_PACKAGES(sspi_read_le32);

u64 sspi_read_le64(struct sspi_reader *r)
{
	return read_le(r, 8);
}
SSPI_EXPORT_FOR_PACKAGES(sspi_read_le64);

static u64 read_be(struct sspi_reader *r, size_t len)
{
	const u8 *p = take(r, len);
	u64 v = 0;

	for (; p && len; len--)
		v = v << 8 | *p++;
	return v;
}

u16 sspi_read_be16(struct sspi_reader *r)
{
	return read_be(r, 2);
}
SSPI_EXPORT_FOR_PACKAGES(sspi_read_be16);

u32 sspi_read_be32(struct sspi_reader *r)
{
	return read_be(r, 4);
}
SSPI_EXPORT_FOR_PACKAGES(sspi_read_be32);

u64 sspi_read_be64(struct sspi_reader *r)
{
	return read_be(r, 8);
}
SSPI_EXPORT_FOR_PACKAGES(sspi_read_be64);

struct sspi_span sspi_read_span(struct sspi_reader *r, size_t len)
{
	struct sspi_span view = { };

	view.data = take(r, len);
	if (view.data)
		view.len = len;
	return view;
}
SSPI_EXPORT_FOR_PACKAGES(sspi_read_span);

void sspi_writer_init(struct sspi_writer *w, u8 *data, size_t room)
{
	w->data = data;
	w->room = room;
	w->pos = 0;
	w->bad = false;
}
SSPI_EXPORT_FOR_PACKAGES(sspi_writer_init);

/*
 * Advances by @len. NULL when there is nothing to store to: on an error, and
 * always when measuring.
 */
static u8 *put(struct sspi_writer *w, size_t len)
{
	u8 *p;

	if (w->bad)
		return NULL;
	if (len > (w->data ? w->room : (size_t)-1) - w->pos) {
		w->bad = true;
		return NULL;
	}
	p = w->data ? w->data + w->pos : NULL;
	w->pos += len;
	return p;
}

static void write_le(struct sspi_writer *w, u64 v, size_t len)
{
	u8 *p = put(w, len);
	u8 bytes[8];

	if (!p)
		return;
	put_unaligned_le64(v, bytes);
	memcpy(p, bytes, len);
}

void sspi_write_le16(struct sspi_writer *w, u16 v)
{
	write_le(w, v, 2);
}
SSPI_EXPORT_FOR_PACKAGES(sspi_write_le16);

void sspi_write_le32(struct sspi_writer *w, u32 v)
{
	write_le(w, v, 4);
}
SSPI_EXPORT_FOR_PACKAGES(sspi_write_le32);

void sspi_write_le64(struct sspi_writer *w, u64 v)
{
	write_le(w, v, 8);
}
SSPI_EXPORT_FOR_PACKAGES(sspi_write_le64);

static void write_be(struct sspi_writer *w, u64 v, size_t len)
{
	u8 *p = put(w, len);
	u8 bytes[8];

	if (!p)
		return;
	put_unaligned_be64(v, bytes);
	memcpy(p, bytes + sizeof(bytes) - len, len);
}

void sspi_write_be16(struct sspi_writer *w, u16 v)
{
	write_be(w, v, 2);
}
SSPI_EXPORT_FOR_PACKAGES(sspi_write_be16);

void sspi_write_be32(struct sspi_writer *w, u32 v)
{
	write_be(w, v, 4);
}
SSPI_EXPORT_FOR_TEST(sspi_write_be32);

void sspi_write_be64(struct sspi_writer *w, u64 v)
{
	write_be(w, v, 8);
}
SSPI_EXPORT_FOR_TEST(sspi_write_be64);

void sspi_write_bytes(struct sspi_writer *w, const void *p, size_t len)
{
	u8 *to = put(w, len);

	if (to && len)
		memcpy(to, p, len);
}
SSPI_EXPORT_FOR_PACKAGES(sspi_write_bytes);

bool sspi_subspan(struct sspi_span in, size_t off, size_t len,
		  struct sspi_span *out)
{
	if (!in.data || off > in.len || len > in.len - off)
		return false;
	out->data = in.data + off;
	out->len = len;
	return true;
}
SSPI_EXPORT_FOR_PACKAGES(sspi_subspan);
