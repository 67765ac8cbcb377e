/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bounded reader and writer, of either byte order, with a sticky error.
 *
 * The reader never reads past its span and the writer never past its room:
 * after the first failure every further call is harmless, and the result is
 * asked for once, at the end. A writer without a buffer measures.
 */
#ifndef _SSPI_CODEC_BUF_H
#define _SSPI_CODEC_BUF_H

#include <linux/sspi_span.h>
#include <linux/types.h>

struct sspi_reader {
	const u8 *data;
	size_t len;
	size_t pos;
	bool bad;
};

struct sspi_writer {
	u8 *data;	/* NULL: measure only */
	size_t room;
	size_t pos;
	bool bad;
};

void sspi_reader_init(struct sspi_reader *r, struct sspi_span in);
u16 sspi_read_le16(struct sspi_reader *r);
u32 sspi_read_le32(struct sspi_reader *r);
u64 sspi_read_le64(struct sspi_reader *r);
u16 sspi_read_be16(struct sspi_reader *r);
u32 sspi_read_be32(struct sspi_reader *r);
u64 sspi_read_be64(struct sspi_reader *r);
/* A view of the next @len bytes; an empty span and a sticky error past the end. */
struct sspi_span sspi_read_span(struct sspi_reader *r, size_t len);

void sspi_writer_init(struct sspi_writer *w, u8 *data, size_t room);
void sspi_write_le16(struct sspi_writer *w, u16 v);
void sspi_write_le32(struct sspi_writer *w, u32 v);
void sspi_write_le64(struct sspi_writer *w, u64 v);
void sspi_write_be16(struct sspi_writer *w, u16 v);
void sspi_write_be32(struct sspi_writer *w, u32 v);
void sspi_write_be64(struct sspi_writer *w, u64 v);
void sspi_write_bytes(struct sspi_writer *w, const void *p, size_t len);

/* Of single bytes there are many in DER: without a call. */

static inline size_t sspi_reader_left(const struct sspi_reader *r)
{
	return r->bad ? 0 : r->len - r->pos;
}

static inline u8 sspi_read_u8(struct sspi_reader *r)
{
	if (!sspi_reader_left(r)) {
		r->bad = true;
		return 0;
	}
	return r->data[r->pos++];
}

static inline void sspi_write_u8(struct sspi_writer *w, u8 v)
{
	if (w->bad || w->pos == (w->data ? w->room : (size_t)-1)) {
		w->bad = true;
		return;
	}
	if (w->data)
		w->data[w->pos] = v;
	w->pos++;
}

/* The @len bytes at @off of @in; false if they are not all inside. */
bool sspi_subspan(struct sspi_span in, size_t off, size_t len,
		  struct sspi_span *out);

#endif /* _SSPI_CODEC_BUF_H */
