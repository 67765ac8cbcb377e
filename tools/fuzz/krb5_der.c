// SPDX-License-Identifier: GPL-2.0-only
/* The messages of Kerberos. */
#include "krb5.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_pdu(krb5_pdu_messages, data, size);
	return 0;
}
