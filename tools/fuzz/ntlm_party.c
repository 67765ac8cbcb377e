// SPDX-License-Identifier: GPL-2.0-only
/* What is secret of the user of NTLM. */
#include "party.h"

#include "crypto/ntlm_kdf.h"

void fuzz_begin_ntlm(unsigned int fail_alloc, unsigned int fail_random)
{
	static const uint8_t password[] = "P\0a\0s\0s\0w\0o\0r\0d";
	static const uint8_t user[] = "U\0S\0E\0R";
	static const uint8_t domain[] = "D\0o\0m\0a\0i\0n";
	uint8_t nt[16], v2[16];

	fuzz_begin(&ntlm_package, fail_alloc, fail_random);
	ntlm_ntowf_v1(span_of(password, 16), nt);
	ntlm_ntowf_v2(nt, span_of(user, 8), span_of(domain, 12), v2);
	fuzz_secret(nt, 16);
	fuzz_secret(v2, 16);
}
