// SPDX-License-Identifier: GPL-2.0-only
/* Writing of DER, forward: a length is put in when its contents are there. */
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "codec/der.h"
#include "test_export.h"

#define LONG_LENGTH	0x80

size_t der_open(struct sspi_writer *w, u8 tag)
{
	sspi_write_u8(w, tag);
	sspi_write_u8(w, 0);
	return w->pos;
}
SSPI_EXPORT_FOR_PACKAGES(der_open);

/* Octets of a length behind the first: none for the short form. */
static unsigned int length_octets(size_t len)
{
	unsigned int octets = 0;

	if (len < LONG_LENGTH)
		return 0;
	while (octets < sizeof(u32) && len >> (8 * octets))
		octets++;
	return octets;
}

static void set_length(u8 *p, size_t len, unsigned int octets)
{
	*p = octets ? LONG_LENGTH | octets : len;
	for (; octets; len >>= 8)
		p[octets--] = len;
}

void der_close(struct sspi_writer *w, size_t mark)
{
	static const u8 room[sizeof(u32)];
	size_t len = w->pos - mark;
	unsigned int octets = length_octets(len);

	if (len > U32_MAX)
		w->bad = true;
	if (octets)
		sspi_write_bytes(w, room, octets);
	if (w->bad || !w->data)
		return;
	if (octets)
		memmove(w->data + mark + octets, w->data + mark, len);
	set_length(w->data + mark - 1, len, octets);
}
SSPI_EXPORT_FOR_PACKAGES(der_close);

void der_write_head(struct sspi_writer *w, u8 tag, size_t len)
{
	u8 head[1 + sizeof(u32)];
	unsigned int octets = length_octets(len);

	if (len > U32_MAX)
		w->bad = true;
	set_length(head, len, octets);
	sspi_write_u8(w, tag);
	sspi_write_bytes(w, head, 1 + octets);
}
SSPI_EXPORT_FOR_PACKAGES(der_write_head);

int der_written(const struct sspi_writer *w)
{
	return w->bad || w->pos > INT_MAX ? -ENOSPC : w->pos;
}
SSPI_EXPORT_FOR_PACKAGES(der_written);

void der_write(struct sspi_writer *w, u8 tag, struct sspi_span contents)
{
	size_t mark = der_open(w, tag);

	der_write_element(w, contents);
	der_close(w, mark);
}
SSPI_EXPORT_FOR_PACKAGES(der_write);

/* Without data but with a length it is measured: what comes is not there yet. */
void der_write_element(struct sspi_writer *w, struct sspi_span element)
{
	if (!element.data && element.len && w->data)
		w->bad = true;
	sspi_write_bytes(w, element.data, element.len);
}
SSPI_EXPORT_FOR_PACKAGES(der_write_element);

void der_write_s64(struct sspi_writer *w, s64 v)
{
	size_t mark = der_open(w, DER_INTEGER);
	unsigned int octets = 1;

	/* X.690 8.3.2: until the bits above are all the sign. */
	while (octets < sizeof(v) && v >> (8 * octets - 1) != 0 &&
	       v >> (8 * octets - 1) != -1)
		octets++;
	while (octets--)
		sspi_write_u8(w, v >> (8 * octets));
	der_close(w, mark);
}
SSPI_EXPORT_FOR_TEST(der_write_s64);

/* RFC 4120 5.2.8: at least 32 bits, so never fewer and never more. */
void der_write_flags(struct sspi_writer *w, u32 flags)
{
	size_t mark = der_open(w, DER_BIT_STRING);

	sspi_write_u8(w, 0);
	sspi_write_be32(w, flags);
	der_close(w, mark);
}
SSPI_EXPORT_FOR_TEST(der_write_flags);

void der_write_time(struct sspi_writer *w, s64 seconds)
{
	struct sspi_span text = { .len = DER_TIME_LEN };
	u8 digits[DER_TIME_LEN] = { };

	if (der_time_format(seconds, digits))
		w->bad = true;
	text.data = digits;
	der_write(w, DER_GENERALIZED_TIME, text);
}
SSPI_EXPORT_FOR_TEST(der_write_time);

void der_put(struct sspi_writer *w, unsigned int n, u8 tag,
	     struct sspi_span contents)
{
	size_t mark = der_open(w, DER_CONTEXT(n));

	der_write(w, tag, contents);
	der_close(w, mark);
}
SSPI_EXPORT_FOR_PACKAGES(der_put);

void der_put_element(struct sspi_writer *w, unsigned int n,
		     struct sspi_span element)
{
	der_write(w, DER_CONTEXT(n), element);
}
SSPI_EXPORT_FOR_PACKAGES(der_put_element);

void der_put_s64(struct sspi_writer *w, unsigned int n, s64 v)
{
	size_t mark = der_open(w, DER_CONTEXT(n));

	der_write_s64(w, v);
	der_close(w, mark);
}
SSPI_EXPORT_FOR_PACKAGES(der_put_s64);

void der_put_flags(struct sspi_writer *w, unsigned int n, u32 flags)
{
	size_t mark = der_open(w, DER_CONTEXT(n));

	der_write_flags(w, flags);
	der_close(w, mark);
}
SSPI_EXPORT_FOR_PACKAGES(der_put_flags);

void der_put_time(struct sspi_writer *w, unsigned int n, s64 seconds)
{
	size_t mark = der_open(w, DER_CONTEXT(n));

	der_write_time(w, seconds);
	der_close(w, mark);
}
SSPI_EXPORT_FOR_PACKAGES(der_put_time);

void der_put_opt_time(struct sspi_writer *w, unsigned int n, s64 seconds)
{
	if (seconds)
		der_put_time(w, n, seconds);
}
SSPI_EXPORT_FOR_PACKAGES(der_put_opt_time);

void der_put_opt(struct sspi_writer *w, unsigned int n, u8 tag,
		 struct sspi_span contents)
{
	if (contents.data)
		der_put(w, n, tag, contents);
}
SSPI_EXPORT_FOR_PACKAGES(der_put_opt);
