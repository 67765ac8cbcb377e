// SPDX-License-Identifier: GPL-2.0-only
/* The responses of an NTLM initiator: MS-NLMP 3.3. */
#include <linux/string.h>

#include "codec/buf.h"
#include "codec/utf16.h"
#include "crypto/ntlm_kdf.h"
#include "pkg/ntlm/answer.h"

/* AV pairs of the response: those of the server, then ours (3.1.5.1.2). */
static void write_av_pairs(const struct ntlm_answer *a, struct sspi_span target,
			   struct sspi_writer *w)
{
	const struct ntlm_nego *nego = a->nego;
	u32 flags = a->av.flags;
	struct sspi_writer v;
	u8 value[4];

	ntlm_copy_av_pairs(w, a->challenge.target_info,
			   1u << NTLM_AV_FLAGS | 1u << NTLM_AV_TARGET_NAME |
			   1u << NTLM_AV_CHANNEL_BINDINGS);
	if (a->av.has_timestamp)
		flags |= NTLM_AV_FLAG_MIC;
	else
		flags &= ~NTLM_AV_FLAG_MIC;
	if (nego->req & ISC_REQ_UNVERIFIED_TARGET_NAME && target.len)
		flags |= NTLM_AV_FLAG_UNTRUSTED_SPN;
	if (flags || a->av.has_flags) {
		sspi_writer_init(&v, value, sizeof(value));
		sspi_write_le32(&v, flags);
		ntlm_write_av(w, NTLM_AV_FLAGS,
			      (struct sspi_span){ value, sizeof(value) });
	}
	if (nego->has_bindings)
		ntlm_write_av(w, NTLM_AV_CHANNEL_BINDINGS,
			      (struct sspi_span){ nego->bindings,
						  sizeof(nego->bindings) });
	if (target.len)
		ntlm_write_av(w, NTLM_AV_TARGET_NAME, target);
	ntlm_write_av(w, NTLM_AV_EOL, (struct sspi_span){ });
}

/*
 * NTLMv2_RESPONSE, 3.3.2: NTProofStr | temp, temp = 1 | 1 | Z(6) | Time |
 * ClientChallenge | Z(4) | AV pairs | Z(4).
 */
static void write_v2(const struct ntlm_answer *a, struct sspi_span target, u64 time,
		     struct sspi_writer *w)
{
	static const u8 proof[NTLM_HASH_LEN];

	sspi_write_bytes(w, proof, sizeof(proof));
	sspi_write_le16(w, 0x0101);
	sspi_write_le16(w, 0);
	sspi_write_le32(w, 0);
	sspi_write_le64(w, time);
	sspi_write_bytes(w, a->nonce, sizeof(a->nonce));
	sspi_write_le32(w, 0);
	write_av_pairs(a, target, w);
	sspi_write_le32(w, 0);
}

static sec_status_t respond_v2(struct ntlm_answer *a, struct sspi_step *step,
			       struct sspi_span target)
{
	const u8 *key = a->cred->ntowf_v2;
	const u8 *challenge = a->challenge.server_challenge;
	u64 time = a->av.has_timestamp ? a->av.timestamp :
		   ntlm_filetime(ntlm_now(step));
	struct sspi_writer w;
	struct sspi_span temp;

	sspi_writer_init(&w, NULL, 0);
	write_v2(a, target, time, &w);
	a->nt.data = sspi_alloc(w.pos);
	if (!a->nt.data)
		return SEC_E_INSUFFICIENT_MEMORY;
	a->nt.len = w.pos;
	sspi_writer_init(&w, a->nt.data, a->nt.len);
	write_v2(a, target, time, &w);
	if (w.bad)
		return SEC_E_INTERNAL_ERROR;
	temp.data = a->nt.data + NTLM_HASH_LEN;
	temp.len = a->nt.len - NTLM_HASH_LEN;
	ntlm_v2_proof(key, challenge, temp, a->nt.data);
	ntlm_v2_session_base_key(key, a->nt.data, a->key);
	/* 3.1.5.1.2: Z(24) in place of LMv2 when there is a timestamp. */
	a->lm_len = NTLM_RESPONSE_LEN;
	if (!a->av.has_timestamp)
		ntlm_lmv2_response(key, challenge, a->nonce, a->lm);
	return SEC_E_OK;
}

/* The target in UTF-16 for MsvAvTargetName, then the response. */
static sec_status_t respond_to_target(struct ntlm_answer *a,
				      struct sspi_step *step)
{
	struct sspi_span utf8 = { }, target = { };
	sec_status_t status;
	u8 *utf16;
	int len;

	if (!a->nego->target)
		return respond_v2(a, step, target);
	utf8.data = (const u8 *)a->nego->target;
	utf8.len = strlen(a->nego->target);
	len = sspi_utf8_to_utf16le(utf8, NULL, 0);
	if (len <= 0)
		return SEC_E_INTERNAL_ERROR;
	utf16 = sspi_alloc(len);
	if (!utf16)
		return SEC_E_INSUFFICIENT_MEMORY;
	sspi_utf8_to_utf16le(utf8, utf16, len);
	target.data = utf16;
	target.len = len;
	status = respond_v2(a, step, target);
	sspi_free(utf16);
	return status;
}

/* NTLMv1, 3.3.1, with and without extended session security. */
static sec_status_t respond_v1(struct ntlm_answer *a)
{
	const struct ntlm_cred *cred = a->cred;
	const u8 *challenge = a->challenge.server_challenge;
	u8 mixed[NTLM_CHALLENGE_LEN], base[NTLM_HASH_LEN];

	a->nt.data = sspi_alloc(NTLM_RESPONSE_LEN);
	if (!a->nt.data)
		return SEC_E_INSUFFICIENT_MEMORY;
	a->nt.len = NTLM_RESPONSE_LEN;
	a->lm_len = NTLM_RESPONSE_LEN;
	if (a->flags & NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY) {
		ntlm_v1_ess_challenge(challenge, a->nonce, mixed);
		ntlm_desl(cred->nt_hash, mixed, a->nt.data);
		memcpy(a->lm, a->nonce, sizeof(a->nonce));
	} else {
		bool lm = cred->has_lm && cred->lm_compat < NTLM_LEVEL_NO_LM;

		ntlm_desl(cred->nt_hash, challenge, a->nt.data);
		/* NoLMResponseNTLMv1: the NT response stands in both. */
		ntlm_desl(lm ? cred->lm_hash : cred->nt_hash, challenge, a->lm);
		if (!lm)
			a->flags &= ~(NTLMSSP_NEGOTIATE_LM_KEY |
				      NTLMSSP_REQUEST_NON_NT_SESSION_KEY);
	}
	ntlm_v1_session_base_key(cred->nt_hash, base);
	ntlm_kxkey_v1(a->flags, base, challenge,
		      (struct sspi_span){ a->lm, a->lm_len }, cred->lm_hash,
		      a->key);
	memzero_explicit(base, sizeof(base));
	return SEC_E_OK;
}

/* 3.1.5.1.2: a null session proves nothing: Z(1), no NT response, zero key. */
sec_status_t ntlm_respond(struct ntlm_answer *a, struct sspi_step *step)
{
	if (a->anonymous) {
		a->lm_len = 1;
		return SEC_E_OK;
	}
	if (!a->v2)
		return respond_v1(a);
	return respond_to_target(a, step);
}
