// SPDX-License-Identifier: GPL-2.0-only
/* Writing of SPNEGO tokens: RFC 4178 4.2, MS-SPNG 2.2.1. */
#include <linux/errno.h>
#include <linux/string.h>

#include "codec/der.h"
#include "codec/spnego.h"
#include "test_export.h"

/* MS-SPNG 3.2.5.2: what every server says, so that nobody reads it. */
static const char hint_name[] = "not_defined_in_RFC4178@please_ignore";

int spnego_build_mech_list(const struct sspi_span *oids, unsigned int count,
			   u8 *out, size_t room)
{
	struct sspi_writer w;
	size_t mark;
	unsigned int i;

	sspi_writer_init(&w, out, room);
	mark = der_open(&w, DER_SEQUENCE);
	for (i = 0; i < count; i++)
		der_write(&w, DER_OID, oids[i]);
	der_close(&w, mark);
	return der_written(&w);
}
SSPI_EXPORT_FOR_TEST(spnego_build_mech_list);

static void write_hints(struct sspi_writer *w)
{
	struct sspi_span name = { (const u8 *)hint_name,
				  sizeof(hint_name) - 1 };
	size_t field = der_open(w, DER_CONTEXT(3));
	size_t seq = der_open(w, DER_SEQUENCE);

	der_put(w, 0, DER_GENERAL_STRING, name);
	der_close(w, seq);
	der_close(w, field);
}

int spnego_build_init(const struct spnego_init *init, u8 *out, size_t room)
{
	size_t frame, choice, seq;
	struct sspi_writer w;

	sspi_writer_init(&w, out, room);
	frame = der_open(&w, DER_APPLICATION(0));
	der_write(&w, DER_OID, spnego_oid);
	choice = der_open(&w, DER_CONTEXT(0));
	seq = der_open(&w, DER_SEQUENCE);
	der_put_element(&w, 0, init->mech_list);
	der_put_opt(&w, 2, DER_OCTET_STRING, init->token);
	if (init->hints)
		write_hints(&w);
	der_put_opt(&w, init->hints ? 4 : 3, DER_OCTET_STRING, init->mic);
	der_close(&w, seq);
	der_close(&w, choice);
	der_close(&w, frame);
	return der_written(&w);
}
SSPI_EXPORT_FOR_TEST(spnego_build_init);

int spnego_build_resp(const struct spnego_resp *resp, u8 *out, size_t room)
{
	u8 state = resp->state;
	struct sspi_span value = { &state, sizeof(state) };
	size_t choice, seq;
	struct sspi_writer w;

	sspi_writer_init(&w, out, room);
	choice = der_open(&w, DER_CONTEXT(1));
	seq = der_open(&w, DER_SEQUENCE);
	if (resp->state != SPNEGO_NO_STATE)
		der_put(&w, 0, DER_ENUMERATED, value);
	der_put_opt(&w, 1, DER_OID, resp->mech);
	der_put_opt(&w, 2, DER_OCTET_STRING, resp->token);
	der_put_opt(&w, 3, DER_OCTET_STRING, resp->mic);
	der_close(&w, seq);
	der_close(&w, choice);
	return der_written(&w);
}
SSPI_EXPORT_FOR_TEST(spnego_build_resp);
