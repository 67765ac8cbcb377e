// SPDX-License-Identifier: GPL-2.0-only
/* Channel bindings, against a plain reading of their layout. */
#include "fuzz.h"

#include <errno.h>

#include "codec/bindings.h"

static uint32_t word(const uint8_t *p, size_t n)
{
	uint32_t v;

	memcpy(&v, p + 4 * n, 4); /* native order */
	return v;
}

static void put_le32(uint8_t *p, uint32_t v)
{
	p[0] = v;
	p[1] = v >> 8;
	p[2] = v >> 16;
	p[3] = v >> 24;
}

static int lies(struct sspi_span in, uint32_t len, uint32_t off)
{
	return len && ((uint64_t)off + len > in.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = exact_copy(data, size), *want, *flat;
	struct sspi_span in = span_of(copy, size);
	struct sspi_bindings_view view;
	uint32_t len[3], off[3];
	size_t total = 20, pos = 0, i;
	int ret;

	ret = sspi_bindings_parse(in, &view);
	MUST(ret == 0 || ret == -EBADMSG);
	if (ret)
		goto out;
	MUST(size >= 32);
	for (i = 0; i < 3; i++) {
		static const uint8_t at[] = { 1, 4, 6 };

		len[i] = word(copy, at[i]);
		off[i] = word(copy, at[i] + 1);
		MUST(!lies(in, len[i], off[i]));
		total += len[i];
	}
	must_be_inside(in, view.initiator);
	must_be_inside(in, view.acceptor);
	must_be_inside(in, view.application_data);

	ret = sspi_bindings_flatten(&view, NULL, 0);
	MUST(ret >= 0 && (size_t)ret == total);
	want = malloc(total);
	put_le32(want, word(copy, 0));
	put_le32(want + 4, len[0]);
	pos = 8;
	if (len[0])
		memcpy(want + pos, copy + off[0], len[0]);
	pos += len[0];
	put_le32(want + pos, word(copy, 3));
	put_le32(want + pos + 4, len[1]);
	pos += 8;
	if (len[1])
		memcpy(want + pos, copy + off[1], len[1]);
	pos += len[1];
	put_le32(want + pos, len[2]);
	pos += 4;
	if (len[2])
		memcpy(want + pos, copy + off[2], len[2]);

	flat = malloc(total);
	MUST(sspi_bindings_flatten(&view, flat, total) == (int)total);
	MUST(!memcmp(flat, want, total));
	free(flat);
	flat = malloc(total);
	MUST(sspi_bindings_flatten(&view, flat, total - 1) == -ENOSPC);
	free(flat);
	free(want);
out:
	free(copy);
	return 0;
}
