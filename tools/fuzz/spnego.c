// SPDX-License-Identifier: GPL-2.0-only
/* SPNEGO tokens: what is parsed is written, and read from that, the same again. */
#include "fuzz.h"

#include <errno.h>

#include "codec/spnego.h"

static void walk(struct sspi_span whole)
{
	struct sspi_span list = spnego_mech_list_begin(whole), oid;
	struct sspi_span oids[SPNEGO_MAX_MECHS];
	unsigned int count = 0;
	uint8_t *again;
	int len;

	while (spnego_mech_list_next(&list, &oid)) {
		must_be_inside(whole, oid);
		MUST(oid.len && oid.len <= SPNEGO_MAX_OID);
		MUST(count < SPNEGO_MAX_MECHS);
		oids[count++] = oid;
	}
	MUST(count && !list.len);
	len = spnego_build_mech_list(oids, count, NULL, 0);
	MUST(len == (int)whole.len);
	again = malloc(len);
	MUST(again && spnego_build_mech_list(oids, count, again, len) == len);
	MUST(same_bytes(whole, span_of(again, len)));
	free(again);
}

static void init(struct sspi_span in)
{
	struct spnego_init a, b;
	uint8_t *out;
	int len;

	if (spnego_parse_init(in, &a))
		return;
	must_be_inside(in, a.mech_list);
	must_be_inside(in, a.token);
	must_be_inside(in, a.mic);
	walk(a.mech_list);
	len = spnego_build_init(&a, NULL, 0);
	MUST(len > 0);
	out = malloc(len);
	MUST(out && spnego_build_init(&a, out, len) == len);
	MUST(spnego_build_init(&a, out, len - 1) == -ENOSPC);
	MUST(spnego_build_init(&a, out, len) == len);
	MUST(!spnego_parse_init(span_of(out, len), &b));
	MUST(same_bytes(a.mech_list, b.mech_list) && a.hints == b.hints);
	MUST(same_bytes(a.token, b.token) && same_bytes(a.mic, b.mic));
	free(out);
}

static void resp(struct sspi_span in)
{
	struct spnego_resp a, b;
	uint8_t *out;
	int len;

	if (spnego_parse_resp(in, &a))
		return;
	must_be_inside(in, a.mech);
	must_be_inside(in, a.token);
	must_be_inside(in, a.mic);
	len = spnego_build_resp(&a, NULL, 0);
	MUST(len > 0);
	out = malloc(len);
	MUST(out && spnego_build_resp(&a, out, len) == len);
	MUST(!spnego_parse_resp(span_of(out, len), &b));
	MUST(a.state == b.state && same_bytes(a.mech, b.mech));
	MUST(same_bytes(a.token, b.token) && same_bytes(a.mic, b.mic));
	free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = exact_copy(data, size);
	struct sspi_span in = span_of(copy, size), oid;

	init(in);
	resp(in);
	if (spnego_frame_oid(in, &oid))
		must_be_inside(in, oid);
	free(copy);
	return 0;
}
