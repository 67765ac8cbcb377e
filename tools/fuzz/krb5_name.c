// SPDX-License-Identifier: GPL-2.0-only
/* Names as text: what is parsed is written and parsed to the same again. */
#include "fuzz.h"

#include <errno.h>

#include "codec/krb5_name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = exact_copy(data, size), *store = malloc(size + 1);
	uint8_t *text, *again_store;
	struct krb5_principal princ, again;
	int err, len;

	MUST(store);
	err = krb5_name_parse(span_of(copy, size), store, size, &princ);
	MUST(err == 0 || err == -EINVAL);
	if (err)
		goto done;
	len = krb5_name_format(&princ, NULL, 0);
	MUST(len > 0);
	text = malloc(len);
	again_store = malloc(len);
	MUST(text && again_store);
	MUST(krb5_name_format(&princ, text, len) == len);
	MUST(krb5_name_format(&princ, text, len - 1) == -ENOSPC);
	/* Written with all its escapes it may be longer than what is taken. */
	if (len <= KRB5_MAX_NAME_TEXT) {
		MUST(krb5_name_parse(span_of(text, len), again_store, len,
				     &again) == 0);
		MUST(krb5_principal_equal(&princ, &again));
	}
	free(again_store);
	free(text);
done:
	free(store);
	free(copy);
	return 0;
}
