// SPDX-License-Identifier: GPL-2.0-only
/* NTLMv2_RESPONSE: where its parts are. */
#include "fuzz.h"

#include <errno.h>

#include "codec/ntlmssp.h"

static uint64_t le64(const uint8_t *p)
{
	uint64_t v = 0;
	int i;

	for (i = 7; i >= 0; i--)
		v = v << 8 | p[i];
	return v;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = exact_copy(data, size);
	struct sspi_span in = span_of(copy, size);
	struct ntlm_v2_response resp;
	struct ntlm_av_view view;
	int ret;

	ret = ntlm_parse_v2_response(in, &resp);
	MUST(ret == 0 || ret == -EBADMSG);
	if (ret)
		goto done;
	MUST(size >= NTLM_HASH_LEN + NTLM_CLIENT_CHALLENGE_HEADER);
	MUST(resp.proof.data == copy && resp.proof.len == NTLM_HASH_LEN);
	MUST(resp.temp.data == copy + NTLM_HASH_LEN);
	MUST(resp.temp.len == size - NTLM_HASH_LEN);
	MUST(resp.timestamp == le64(resp.temp.data + 8));
	MUST(!memcmp(resp.client_challenge, resp.temp.data + 16,
		     NTLM_CHALLENGE_LEN));
	MUST(resp.av_pairs.data ==
	     resp.temp.data + NTLM_CLIENT_CHALLENGE_HEADER);
	must_be_inside(in, resp.av_pairs);
	ret = ntlm_parse_av_pairs(resp.av_pairs, &view);
	MUST(ret == 0 || ret == -EBADMSG);
done:
	free(copy);
	return 0;
}
