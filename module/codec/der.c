// SPDX-License-Identifier: GPL-2.0-only
/* Reading of DER: the only code that believes a length in an ASN.1 message. */
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "codec/der.h"
#include "test_export.h"

#define LONG_TAG	0x1f	/* the number of the tag follows: never here */
#define LONG_LENGTH	0x80

void der_init(struct der_reader *r, struct sspi_span in)
{
	sspi_reader_init(&r->in, in);
	r->depth = 0;
}
SSPI_EXPORT_FOR_PACKAGES(der_init);

void der_fail(struct der_reader *r)
{
	r->in.bad = true;
}
SSPI_EXPORT_FOR_PACKAGES(der_fail);

bool der_more(const struct der_reader *r)
{
	return sspi_reader_left(&r->in) != 0;
}
SSPI_EXPORT_FOR_PACKAGES(der_more);

int der_end(const struct der_reader *r)
{
	return r->in.bad || der_more(r) ? -EBADMSG : 0;
}
SSPI_EXPORT_FOR_PACKAGES(der_end);

int der_end_padded(const struct der_reader *r)
{
	return r->in.bad || sspi_reader_left(&r->in) > DER_MAX_PADDING ?
	       -EBADMSG : 0;
}
SSPI_EXPORT_FOR_PACKAGES(der_end_padded);

int der_list_advance(const struct der_reader *r, struct sspi_span *list)
{
	if (r->in.bad) {
		list->len = 0;
		return -EBADMSG;
	}
	list->data += r->in.pos;
	list->len -= r->in.pos;
	return 1;
}
SSPI_EXPORT_FOR_PACKAGES(der_list_advance);

int der_peek(const struct der_reader *r)
{
	return der_more(r) ? r->in.data[r->in.pos] : DER_NO_TAG;
}
SSPI_EXPORT_FOR_PACKAGES(der_peek);

/* X.690 8.1.3, and 10.1: definite, in as few octets as there can be. */
static size_t read_length(struct der_reader *r)
{
	u8 first = sspi_read_u8(&r->in);
	unsigned int octets = first & ~LONG_LENGTH;
	u32 len = 0;

	if (!(first & LONG_LENGTH))
		return first;
	if (!octets || octets > sizeof(len)) {
		der_fail(r);
		return 0;
	}
	while (octets--) {
		len = len << 8 | sspi_read_u8(&r->in);
		if (!len)
			der_fail(r);
	}
	if (len < LONG_LENGTH)
		der_fail(r);
	return len;
}

static struct sspi_span read_any(struct der_reader *r, u8 *tag)
{
	size_t len;

	*tag = sspi_read_u8(&r->in);
	if ((*tag & LONG_TAG) == LONG_TAG)
		der_fail(r);
	len = read_length(r);
	return sspi_read_span(&r->in, len);
}

struct sspi_span der_read(struct der_reader *r, u8 tag)
{
	if (der_peek(r) != tag)
		der_fail(r);
	return read_any(r, &tag);
}
SSPI_EXPORT_FOR_PACKAGES(der_read);

struct sspi_span der_read_element(struct der_reader *r, u8 *tag)
{
	size_t start = r->in.pos;
	struct sspi_span whole = { };

	read_any(r, tag);
	if (r->in.bad)
		return whole;
	whole.data = r->in.data + start;
	whole.len = r->in.pos - start;
	return whole;
}
SSPI_EXPORT_FOR_PACKAGES(der_read_element);

void der_enter(struct der_reader *r, u8 tag, struct der_reader *sub)
{
	der_init(sub, der_read(r, tag));
	sub->depth = r->depth + 1;
	sub->in.bad = r->in.bad || sub->depth > DER_MAX_DEPTH;
}
SSPI_EXPORT_FOR_PACKAGES(der_enter);

void der_leave(struct der_reader *r, const struct der_reader *sub)
{
	if (der_end(sub))
		der_fail(r);
}
SSPI_EXPORT_FOR_PACKAGES(der_leave);

void der_skip_rest(struct der_reader *r)
{
	u8 tag;

	while (der_more(r))
		read_any(r, &tag);
}
SSPI_EXPORT_FOR_PACKAGES(der_skip_rest);

/* X.690 8.3.2: the first nine bits are neither all one nor all zero. */
static bool shortest(struct sspi_span v)
{
	if (v.len < 2)
		return true;
	return !((v.data[0] == 0x00 && !(v.data[1] & 0x80)) ||
		 (v.data[0] == 0xff && (v.data[1] & 0x80)));
}

s64 der_read_s64(struct der_reader *r)
{
	struct sspi_span v = der_read(r, DER_INTEGER);
	u64 value;
	size_t i;

	if (!v.len || v.len > sizeof(value) || !shortest(v)) {
		der_fail(r);
		return 0;
	}
	value = v.data[0] & 0x80 ? ~0ULL : 0;
	for (i = 0; i < v.len; i++)
		value = value << 8 | v.data[i];
	return value;
}
SSPI_EXPORT_FOR_TEST(der_read_s64);

static s64 read_range(struct der_reader *r, s64 low, s64 high)
{
	s64 v = der_read_s64(r);

	if (v >= low && v <= high)
		return v;
	der_fail(r);
	return 0;
}

s32 der_read_s32(struct der_reader *r)
{
	return read_range(r, S32_MIN, S32_MAX);
}
SSPI_EXPORT_FOR_TEST(der_read_s32);

u32 der_read_u32(struct der_reader *r)
{
	return read_range(r, 0, U32_MAX);
}
SSPI_EXPORT_FOR_TEST(der_read_u32);

u32 der_read_u32_or_s32(struct der_reader *r)
{
	return read_range(r, S32_MIN, U32_MAX);
}
SSPI_EXPORT_FOR_TEST(der_read_u32_or_s32);

/* X.690 8.6.2 and 11.2.1: the unused bits are fewer than eight, and zero. */
u32 der_read_flags(struct der_reader *r)
{
	struct sspi_span v = der_read(r, DER_BIT_STRING);
	u32 flags = 0;
	size_t i;

	if (!v.len || v.data[0] > 7 || (v.len == 1 && v.data[0]) ||
	    (v.data[v.len - 1] & ((1 << v.data[0]) - 1) && v.len > 1)) {
		der_fail(r);
		return 0;
	}
	for (i = 1; i <= sizeof(flags); i++)
		flags = flags << 8 | (i < v.len ? v.data[i] : 0);
	return flags;
}
SSPI_EXPORT_FOR_TEST(der_read_flags);

s64 der_read_time(struct der_reader *r)
{
	s64 seconds = 0;

	if (der_time_parse(der_read(r, DER_GENERALIZED_TIME), &seconds))
		der_fail(r);
	return seconds;
}
SSPI_EXPORT_FOR_TEST(der_read_time);

/* X.690 11.1: TRUE is 0xff. */
bool der_read_bool(struct der_reader *r)
{
	struct sspi_span v = der_read(r, DER_BOOLEAN);

	if (v.len != 1 || (v.data[0] && v.data[0] != 0xff)) {
		der_fail(r);
		return false;
	}
	return v.data[0];
}
SSPI_EXPORT_FOR_TEST(der_read_bool);

bool der_has_field(const struct der_reader *r, unsigned int n)
{
	return der_peek(r) == DER_CONTEXT(n);
}
SSPI_EXPORT_FOR_PACKAGES(der_has_field);

struct sspi_span der_field(struct der_reader *r, unsigned int n, u8 tag)
{
	struct der_reader sub;
	struct sspi_span v, none = { };

	der_enter(r, DER_CONTEXT(n), &sub);
	v = der_read(&sub, tag);
	der_leave(r, &sub);
	return r->in.bad ? none : v;
}
SSPI_EXPORT_FOR_PACKAGES(der_field);

/* The value of the field that @sub read, or 0 if anything was wrong. */
static s64 close_field(struct der_reader *r, const struct der_reader *sub,
		       s64 value)
{
	der_leave(r, sub);
	return r->in.bad ? 0 : value;
}

s32 der_field_s32(struct der_reader *r, unsigned int n)
{
	struct der_reader sub;

	der_enter(r, DER_CONTEXT(n), &sub);
	return close_field(r, &sub, der_read_s32(&sub));
}
SSPI_EXPORT_FOR_PACKAGES(der_field_s32);

u32 der_field_u32(struct der_reader *r, unsigned int n)
{
	struct der_reader sub;

	der_enter(r, DER_CONTEXT(n), &sub);
	return close_field(r, &sub, der_read_u32(&sub));
}
SSPI_EXPORT_FOR_TEST(der_field_u32);

u32 der_field_u32_or_s32(struct der_reader *r, unsigned int n)
{
	struct der_reader sub;

	der_enter(r, DER_CONTEXT(n), &sub);
	return close_field(r, &sub, der_read_u32_or_s32(&sub));
}
SSPI_EXPORT_FOR_PACKAGES(der_field_u32_or_s32);

u32 der_field_flags(struct der_reader *r, unsigned int n)
{
	struct der_reader sub;

	der_enter(r, DER_CONTEXT(n), &sub);
	return close_field(r, &sub, der_read_flags(&sub));
}
SSPI_EXPORT_FOR_PACKAGES(der_field_flags);

s64 der_field_time(struct der_reader *r, unsigned int n)
{
	struct der_reader sub;

	der_enter(r, DER_CONTEXT(n), &sub);
	return close_field(r, &sub, der_read_time(&sub));
}
SSPI_EXPORT_FOR_PACKAGES(der_field_time);

u32 der_field_usec(struct der_reader *r, unsigned int n)
{
	u32 usec = der_field_u32(r, n);

	if (usec < 1000000)
		return usec;
	der_fail(r);
	return 0;
}
SSPI_EXPORT_FOR_PACKAGES(der_field_usec);

s64 der_opt_time(struct der_reader *r, unsigned int n)
{
	return der_has_field(r, n) ? der_field_time(r, n) : 0;
}
SSPI_EXPORT_FOR_PACKAGES(der_opt_time);

u32 der_opt_usec(struct der_reader *r, unsigned int n)
{
	return der_has_field(r, n) ? der_field_usec(r, n) : 0;
}
SSPI_EXPORT_FOR_PACKAGES(der_opt_usec);

struct sspi_span der_opt(struct der_reader *r, unsigned int n, u8 tag)
{
	struct sspi_span none = { };

	return der_has_field(r, n) ? der_field(r, n, tag) : none;
}
SSPI_EXPORT_FOR_PACKAGES(der_opt);
