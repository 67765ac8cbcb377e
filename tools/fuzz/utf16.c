// SPDX-License-Identifier: GPL-2.0-only
/*
 * UTF-8 <-> UTF-16LE both ways, with the C library's iconv as the other
 * opinion, and the upper-case mapping.
 */
#include "fuzz.h"

#include <errno.h>
#include <iconv.h>

#include "codec/utf16.h"

/* The length of the conversion, or -1 if iconv finds the text ill-formed. */
static int by_iconv(iconv_t cd, struct sspi_span in, uint8_t *out, size_t room)
{
	char *src = (char *)in.data, *dst = (char *)out;
	size_t src_left = in.len, dst_left = room;
	size_t ret;

	iconv(cd, NULL, NULL, NULL, NULL);
	ret = iconv(cd, &src, &src_left, &dst, &dst_left);
	if (ret == (size_t)-1) {
		MUST(errno != E2BIG);
		return -1;
	}
	return room - dst_left;
}

static int has_nul(struct sspi_span in, size_t unit)
{
	size_t i, j;

	for (i = 0; i + unit <= in.len; i += unit) {
		for (j = 0; j < unit && !in.data[i + j]; j++)
			;
		if (j == unit)
			return 1;
	}
	return 0;
}

typedef int (*convert_fn)(struct sspi_span in, uint8_t *out, size_t room);

static void check(struct sspi_span in, convert_fn there, convert_fn back,
		  iconv_t cd, size_t unit)
{
	size_t room = 3 * in.len + 1;
	uint8_t *other = malloc(room), *out, *again;
	int want = by_iconv(cd, in, other, room);
	int len = there(in, NULL, 0);

	if (want < 0 || has_nul(in, unit)) {
		MUST(len == -EBADMSG);
		out = malloc(room);
		MUST(there(in, out, room) == -EBADMSG);
		free(out);
		free(other);
		return;
	}
	MUST(len == want);
	out = malloc(len ? len : 1);
	MUST(there(in, out, len) == len);
	MUST(!len || !memcmp(out, other, len));

	again = malloc(in.len ? in.len : 1);
	MUST(back(span_of(out, len), again, in.len) == (int)in.len);
	MUST(!in.len || !memcmp(again, in.data, in.len));
	if (in.len)
		MUST(back(span_of(out, len), again, in.len - 1) == -ENOSPC);
	free(again);
	free(out);

	if (len) {
		out = malloc(len);
		MUST(there(in, out, len - 1) == -ENOSPC);
		free(out);
	}
	free(other);
}

static void check_upcase(struct sspi_span in)
{
	size_t even = in.len & ~(size_t)1;
	uint8_t *up = exact_copy(in.data, even), *twice;
	size_t i;

	sspi_utf16le_upcase(up, even);
	for (i = 0; i < even; i += 2) {
		uint16_t unit = in.data[i] | in.data[i + 1] << 8;

		MUST((up[i] | up[i + 1] << 8) == sspi_upcase(unit));
		if (unit >= 0xd800 && unit < 0xe000)
			MUST(sspi_upcase(unit) == unit);
	}
	twice = exact_copy(up, even);
	sspi_utf16le_upcase(twice, even);
	MUST(!memcmp(up, twice, even));
	MUST(sspi_utf16le_equal_nocase(span_of(in.data, even),
				       span_of(up, even)));
	if (even)
		MUST(!sspi_utf16le_equal_nocase(span_of(in.data, even),
						span_of(up, even - 2)));
	free(twice);
	free(up);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static iconv_t to16, to8;
	uint8_t *copy = exact_copy(data, size);
	struct sspi_span in = span_of(copy, size);

	if (!to16) {
		to16 = iconv_open("UTF-16LE", "UTF-8");
		to8 = iconv_open("UTF-8", "UTF-16LE");
		MUST(to16 != (iconv_t)-1 && to8 != (iconv_t)-1);
	}
	if (size <= 65536) {
		check(in, sspi_utf8_to_utf16le, sspi_utf16le_to_utf8, to16, 1);
		check(in, sspi_utf16le_to_utf8, sspi_utf8_to_utf16le, to8, 2);
		check_upcase(in);
	}
	free(copy);
	return 0;
}
