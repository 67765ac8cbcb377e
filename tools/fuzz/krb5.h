/* SPDX-License-Identifier: GPL-2.0-only */
/* What the targets of the Kerberos codec share. */
#ifndef _SSPI_FUZZ_KRB5_H
#define _SSPI_FUZZ_KRB5_H

#include "fuzz.h"

#include <errno.h>

#include "kunit/codec/krb5_pdu.h"

/*
 * The first byte chooses the decoder, the rest is its input. What it finds lies
 * inside, and what is built of it is found again as it was built.
 */
static inline void fuzz_pdu(const struct krb5_pdu *table, const uint8_t *data,
			    size_t size)
{
	const struct krb5_pdu *pdu = table;
	struct pdu_views views = { 0 };
	unsigned int count = 0, i;
	struct sspi_span in, built;
	uint8_t *copy, *out;
	int err, len;

	if (!size)
		return;
	while (table[count].kind)
		count++;
	pdu += data[0] % count;
	copy = exact_copy(data + 1, size - 1);
	in = span_of(copy, size - 1);
	err = pdu->decode(in, &views);
	MUST(err == 0 || err == -EBADMSG);
	for (i = 0; i < views.count; i++)
		must_be_inside(in, views.at[i]);
	if (err || !pdu->rebuild)
		goto done;
	len = pdu->rebuild(in, NULL, 0);
	if (len < 0)
		goto done;
	out = malloc(len ? len : 1);
	MUST(out);
	MUST(pdu->rebuild(in, out, len) == len);
	MUST(!len || pdu->rebuild(in, out, len - 1) == -ENOSPC);
	MUST(pdu->rebuild(in, out, len) == len);
	built = span_of(out, len);
	views.count = 0;
	MUST(pdu->decode(built, &views) == 0);
	copy = realloc(copy, len ? len : 1);
	MUST(pdu->rebuild(built, copy, len) == len);
	MUST(!memcmp(copy, out, len));
	free(out);
done:
	free(copy);
}

#endif /* _SSPI_FUZZ_KRB5_H */
