// SPDX-License-Identifier: GPL-2.0-only
/* GSS tokens, keytabs, credential caches, PACs. */
#include "krb5.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_pdu(krb5_pdu_stored, data, size);
	return 0;
}
