/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of DER (X.690) that Kerberos and SPNEGO use: one-byte tags,
 * definite and minimal lengths, a fixed depth, no recursion.
 *
 * The reader has the sticky error of codec/buf.h: after the first failure
 * every further call gives zero or an empty view, and der_leave() hands the
 * error to the reader above, so a decoder asks once, at its end. What is read
 * is a view into the input.
 *
 *	der_enter(&r, DER_SEQUENCE, &seq);
 *	msg->kvno = der_field_s32(&seq, 1);
 *	if (der_has_field(&seq, 2))
 *		msg->cipher = der_field(&seq, 2, DER_OCTET_STRING);
 *	der_leave(&r, &seq);
 *	return der_end(&r);
 *
 * Writing is forward, on a struct sspi_writer (without a buffer it measures):
 * der_open() leaves one byte for the length, der_close() puts it there and
 * shifts the contents if it needs more.
 */
#ifndef _SSPI_CODEC_DER_H
#define _SSPI_CODEC_DER_H

#include <linux/sspi_span.h>
#include <linux/types.h>

#include "codec/buf.h"

#define DER_BOOLEAN		0x01
#define DER_INTEGER		0x02
#define DER_BIT_STRING		0x03
#define DER_OCTET_STRING	0x04
#define DER_OID			0x06
#define DER_ENUMERATED		0x0a
#define DER_UTF8_STRING		0x0c
#define DER_GENERALIZED_TIME	0x18
#define DER_GENERAL_STRING	0x1b
#define DER_SEQUENCE		0x30
#define DER_APPLICATION(n)	(0x60 | (n))	/* constructed, n < 31 */
#define DER_CONTEXT(n)		(0xa0 | (n))	/* constructed, n < 31 */

#define DER_MAX_DEPTH		16
#define DER_TIME_LEN		15		/* YYYYMMDDhhmmssZ */
#define DER_NO_TAG		(-1)
#define DER_MAX_PADDING		7		/* des3-cbc, RFC 3961 6.3 */

struct der_reader {
	struct sspi_reader in;
	unsigned int depth;
};

void der_init(struct der_reader *r, struct sspi_span in);
/* 0 if everything was read and nothing was wrong, else -EBADMSG. */
int der_end(const struct der_reader *r);
/* The same with what a cipher with blocks leaves behind a plain text. */
int der_end_padded(const struct der_reader *r);
bool der_more(const struct der_reader *r);
void der_fail(struct der_reader *r);

/* The tag that comes next, or DER_NO_TAG at the end and after an error. */
int der_peek(const struct der_reader *r);
/* The contents of the next element, which must have this tag. */
struct sspi_span der_read(struct der_reader *r, u8 tag);
/* The next element with its head, whatever it is. */
struct sspi_span der_read_element(struct der_reader *r, u8 *tag);

/* @sub reads the contents of the next element; der_leave() wants it all read. */
void der_enter(struct der_reader *r, u8 tag, struct der_reader *sub);
void der_leave(struct der_reader *r, const struct der_reader *sub);
/*
 * Behind the first element of @list, which @r has read: 1 and the rest, or
 * -EBADMSG and an empty list.
 */
int der_list_advance(const struct der_reader *r, struct sspi_span *list);
/* Skips well-formed elements that later versions may have added. */
void der_skip_rest(struct der_reader *r);

/* INTEGER in its shortest form (X.690 8.3.2), inside the range of the type. */
s32 der_read_s32(struct der_reader *r);
u32 der_read_u32(struct der_reader *r);
s64 der_read_s64(struct der_reader *r);
/* Takes -2^31 too: peers sign numbers that are unsigned (RFC 4120 5.2.4). */
u32 der_read_u32_or_s32(struct der_reader *r);
/* BIT STRING as 32 flags, bit 0 the highest; short ones are padded (5.2.8). */
u32 der_read_flags(struct der_reader *r);
/* GeneralizedTime as RFC 4120 5.2.3 has it, to unix seconds. */
s64 der_read_time(struct der_reader *r);
bool der_read_bool(struct der_reader *r);

/* The same inside an explicit context tag [n], Kerberos' form of a field. */
bool der_has_field(const struct der_reader *r, unsigned int n);
struct sspi_span der_field(struct der_reader *r, unsigned int n, u8 tag);
s32 der_field_s32(struct der_reader *r, unsigned int n);
u32 der_field_u32(struct der_reader *r, unsigned int n);
u32 der_field_u32_or_s32(struct der_reader *r, unsigned int n);
u32 der_field_flags(struct der_reader *r, unsigned int n);
s64 der_field_time(struct der_reader *r, unsigned int n);
/* Microseconds: 0 to 999999 (RFC 4120 5.2.4). */
u32 der_field_usec(struct der_reader *r, unsigned int n);
/* Of an optional field: 0 or a view without data if it is not there. */
s64 der_opt_time(struct der_reader *r, unsigned int n);
u32 der_opt_usec(struct der_reader *r, unsigned int n);
struct sspi_span der_opt(struct der_reader *r, unsigned int n, u8 tag);

/* @mark is where der_open() left off; every open is closed in reverse order. */
size_t der_open(struct sspi_writer *w, u8 tag);
void der_close(struct sspi_writer *w, size_t mark);
/* The tag and the length of @len octets that somebody else writes. */
void der_write_head(struct sspi_writer *w, u8 tag, size_t len);
/* The length, or -ENOSPC. */
int der_written(const struct sspi_writer *w);

void der_write(struct sspi_writer *w, u8 tag, struct sspi_span contents);
/* An element that is there already, as it is. */
void der_write_element(struct sspi_writer *w, struct sspi_span element);
void der_write_s64(struct sspi_writer *w, s64 v);
void der_write_flags(struct sspi_writer *w, u32 flags);
void der_write_time(struct sspi_writer *w, s64 seconds);

void der_put(struct sspi_writer *w, unsigned int n, u8 tag,
	     struct sspi_span contents);
void der_put_element(struct sspi_writer *w, unsigned int n,
		     struct sspi_span element);
void der_put_s64(struct sspi_writer *w, unsigned int n, s64 v);
void der_put_flags(struct sspi_writer *w, unsigned int n, u32 flags);
void der_put_time(struct sspi_writer *w, unsigned int n, s64 seconds);
/* Only if it is there: time not 0, view with data. */
void der_put_opt_time(struct sspi_writer *w, unsigned int n, s64 seconds);
void der_put_opt(struct sspi_writer *w, unsigned int n, u8 tag,
		 struct sspi_span contents);

/* The 15 characters of a time, RFC 4120 5.2.3. */
int der_time_parse(struct sspi_span text, s64 *seconds);
int der_time_format(s64 seconds, u8 text[DER_TIME_LEN]);

#endif /* _SSPI_CODEC_DER_H */
