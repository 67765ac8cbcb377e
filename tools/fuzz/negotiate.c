// SPDX-License-Identifier: GPL-2.0-only
/* NEGOTIATE_MESSAGE: what is parsed, built and parsed again is the same. */
#include "fuzz.h"

#include <errno.h>

#include "codec/ntlmssp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = exact_copy(data, size), *built;
	struct sspi_span in = span_of(copy, size);
	struct ntlm_negotiate msg, again;
	struct ntlm_negotiate_out out;
	int ret, len;

	ret = ntlm_parse_negotiate(in, &msg);
	MUST(ret == 0 || ret == -EBADMSG);
	if (ret)
		goto done;
	MUST(ntlm_message_type(in) == NTLM_NEGOTIATE);
	must_be_inside(in, msg.domain);
	must_be_inside(in, msg.workstation);
	must_be_inside(in, msg.version);
	MUST(msg.version.len == 0 || msg.version.len == NTLM_VERSION_LEN);

	out = (struct ntlm_negotiate_out){
		.flags = msg.flags,
		.domain = msg.domain,
		.workstation = msg.workstation,
		.with_version = msg.version.len != 0,
	};
	len = ntlm_build_negotiate(&out, NULL, 0);
	MUST(len > 0 || len == -ENOSPC);
	if (len < 0) /* names may overlap in what came */
		goto done;
	built = malloc(len);
	MUST(ntlm_build_negotiate(&out, built, len - 1) == -ENOSPC);
	free(built);
	built = malloc(len);
	MUST(ntlm_build_negotiate(&out, built, len) == len);
	MUST(ntlm_parse_negotiate(span_of(built, len), &again) == 0);
	MUST(again.flags == msg.flags);
	MUST(same_bytes(again.domain, msg.domain));
	MUST(same_bytes(again.workstation, msg.workstation));
	free(built);
done:
	free(copy);
	return 0;
}
