// SPDX-License-Identifier: GPL-2.0-only
/* AUTHENTICATE_MESSAGE: what is parsed, built and parsed again is the same. */
#include "fuzz.h"

#include <errno.h>

#include "codec/ntlmssp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = exact_copy(data, size), *built;
	struct sspi_span in = span_of(copy, size);
	struct ntlm_authenticate msg, again;
	struct ntlm_authenticate_out out;
	int ret, len;

	ret = ntlm_parse_authenticate(in, &msg);
	MUST(ret == 0 || ret == -EBADMSG);
	if (ret)
		goto done;
	MUST(ntlm_message_type(in) == NTLM_AUTHENTICATE);
	must_be_inside(in, msg.lm_response);
	must_be_inside(in, msg.nt_response);
	must_be_inside(in, msg.domain);
	must_be_inside(in, msg.user);
	must_be_inside(in, msg.workstation);
	must_be_inside(in, msg.session_key);
	must_be_inside(in, msg.version);
	must_be_inside(in, msg.mic);
	MUST(msg.version.len == 0 || msg.version.len == NTLM_VERSION_LEN);
	MUST(msg.mic.len == 0 || (msg.mic.len == NTLM_MIC_LEN &&
				  msg.mic.data == in.data + NTLM_MIC_OFFSET));

	out = (struct ntlm_authenticate_out){
		.flags = msg.flags,
		.lm_response = msg.lm_response,
		.nt_response = msg.nt_response,
		.domain = msg.domain,
		.user = msg.user,
		.workstation = msg.workstation,
		.session_key = msg.session_key,
		.with_mic = msg.mic.len != 0,
		.with_version = msg.version.len != 0,
	};
	len = ntlm_build_authenticate(&out, NULL, 0);
	MUST(len > 0 || len == -ENOSPC);
	if (len < 0)
		goto done;
	built = malloc(len);
	MUST(ntlm_build_authenticate(&out, built, len - 1) == -ENOSPC);
	free(built);
	built = malloc(len);
	MUST(ntlm_build_authenticate(&out, built, len) == len);
	MUST(ntlm_parse_authenticate(span_of(built, len), &again) == 0);
	MUST(again.flags == msg.flags);
	MUST(same_bytes(again.lm_response, msg.lm_response));
	MUST(same_bytes(again.nt_response, msg.nt_response));
	MUST(same_bytes(again.domain, msg.domain));
	MUST(same_bytes(again.user, msg.user));
	MUST(same_bytes(again.workstation, msg.workstation));
	MUST(same_bytes(again.session_key, msg.session_key));
	if (out.with_mic)
		MUST(again.mic.len == NTLM_MIC_LEN);
	free(built);
done:
	free(copy);
	return 0;
}
