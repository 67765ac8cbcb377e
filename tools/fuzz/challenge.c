// SPDX-License-Identifier: GPL-2.0-only
/* CHALLENGE_MESSAGE: what is parsed, built and parsed again is the same. */
#include "fuzz.h"

#include <errno.h>

#include "codec/ntlmssp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = exact_copy(data, size), *built;
	struct sspi_span in = span_of(copy, size);
	struct ntlm_challenge msg, again;
	struct ntlm_challenge_out out;
	int ret, len;

	ret = ntlm_parse_challenge(in, &msg);
	MUST(ret == 0 || ret == -EBADMSG);
	if (ret)
		goto done;
	MUST(ntlm_message_type(in) == NTLM_CHALLENGE);
	must_be_inside(in, msg.target_name);
	must_be_inside(in, msg.target_info);
	must_be_inside(in, msg.version);
	MUST(msg.version.len == 0 || msg.version.len == NTLM_VERSION_LEN);

	out = (struct ntlm_challenge_out){
		.flags = msg.flags,
		.server_challenge = msg.server_challenge,
		.target_name = msg.target_name,
		.target_info = msg.target_info,
	};
	len = ntlm_build_challenge(&out, NULL, 0);
	if (len < 0) {
		/* fields may overlap in what came, never in what we build */
		MUST(len == -ENOSPC);
		MUST(msg.target_name.len + msg.target_info.len + 56 > 65535);
		goto done;
	}
	built = malloc(len);
	MUST(ntlm_build_challenge(&out, built, len - 1) == -ENOSPC);
	free(built);
	built = malloc(len);
	MUST(ntlm_build_challenge(&out, built, len) == len);
	MUST(ntlm_parse_challenge(span_of(built, len), &again) == 0);
	MUST(again.flags == msg.flags);
	MUST(!memcmp(again.server_challenge, msg.server_challenge,
		     NTLM_CHALLENGE_LEN));
	MUST(same_bytes(again.target_name, msg.target_name));
	MUST(same_bytes(again.target_info, msg.target_info));
	free(built);
done:
	free(copy);
	return 0;
}
