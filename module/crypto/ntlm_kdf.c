// SPDX-License-Identifier: GPL-2.0-only
/* Keys and responses of NTLM. The formula stands over each function. */
#include <linux/minmax.h>
#include <linux/string.h>

#include "codec/ntlmssp.h"
#include "crypto/crypto.h"
#include "crypto/ntlm_kdf.h"
#include "test_export.h"

static struct sspi_span span(const void *data, size_t len)
{
	struct sspi_span view = { .data = data, .len = len };

	return view;
}

/* NTOWFv1 = MD4(UNICODE(Passwd)), MS-NLMP 3.3.1. */
void ntlm_ntowf_v1(struct sspi_span password_utf16, u8 out[16])
{
	sspi_md4(password_utf16.data, password_utf16.len, out);
}
SSPI_EXPORT_FOR_PACKAGES(ntlm_ntowf_v1);

/*
 * LMOWFv1 = DES(UpperCase(Passwd)[0..6], "KGS!@#$%") |
 *	     DES(UpperCase(Passwd)[7..13], "KGS!@#$%"), MS-NLMP 3.3.1,
 * the password cut or padded with zeros to 14 bytes.
 */
void ntlm_lmowf_v1(struct sspi_span password_oem_upper, u8 out[16])
{
	static const u8 magic[8] __nonstring = "KGS!@#$%";
	u8 padded[14] = { };
	size_t len = min(password_oem_upper.len, sizeof(padded));

	if (len)
		memcpy(padded, password_oem_upper.data, len);
	sspi_des_block(padded, magic, out);
	sspi_des_block(padded + 7, magic, out + 8);
	memzero_explicit(padded, sizeof(padded));
}
SSPI_EXPORT_FOR_PACKAGES(ntlm_lmowf_v1);

/*
 * NTOWFv2 = HMAC_MD5(MD4(UNICODE(Passwd)),
 *		      UNICODE(Uppercase(User) | UserDom)), MS-NLMP 3.3.2.
 */
void ntlm_ntowf_v2(const u8 nt_hash[16], struct sspi_span user_upper,
		   struct sspi_span domain, u8 out[16])
{
	struct sspi_span pieces[] = { user_upper, domain };

	sspi_hmac_md5(nt_hash, 16, pieces, 2, out);
}
SSPI_EXPORT_FOR_PACKAGES(ntlm_ntowf_v2);

/* NTProofStr = HMAC_MD5(ResponseKeyNT, ServerChallenge | temp), 3.3.2. */
void ntlm_v2_proof(const u8 ntowf_v2[16], const u8 server_challenge[8],
		   struct sspi_span temp, u8 out[16])
{
	struct sspi_span pieces[] = { span(server_challenge, 8), temp };

	sspi_hmac_md5(ntowf_v2, 16, pieces, 2, out);
}
SSPI_EXPORT_FOR_PACKAGES(ntlm_v2_proof);

/* SessionBaseKey = HMAC_MD5(ResponseKeyNT, NTProofStr), 3.3.2. */
void ntlm_v2_session_base_key(const u8 ntowf_v2[16], const u8 proof[16],
			      u8 out[16])
{
	struct sspi_span piece = span(proof, 16);

	sspi_hmac_md5(ntowf_v2, 16, &piece, 1, out);
}
SSPI_EXPORT_FOR_PACKAGES(ntlm_v2_session_base_key);

/*
 * LmChallengeResponse = HMAC_MD5(ResponseKeyLM, ServerChallenge |
 *				  ClientChallenge) | ClientChallenge, 3.3.2.
 */
void ntlm_lmv2_response(const u8 ntowf_v2[16], const u8 server_challenge[8],
			const u8 client_challenge[8], u8 out[24])
{
	struct sspi_span pieces[] = {
		span(server_challenge, 8), span(client_challenge, 8),
	};

	sspi_hmac_md5(ntowf_v2, 16, pieces, 2, out);
	memcpy(out + 16, client_challenge, 8);
}
SSPI_EXPORT_FOR_PACKAGES(ntlm_lmv2_response);

/*
 * DESL(K, D) = DES(K[0..6], D) | DES(K[7..13], D) |
 *		DES(K[14..15] | Z(5), D), MS-NLMP 6.
 */
void ntlm_desl(const u8 key[16], const u8 data[8], u8 out[24])
{
	u8 third[7] = { key[14], key[15] };

	sspi_des_block(key, data, out);
	sspi_des_block(key + 7, data, out + 8);
	sspi_des_block(third, data, out + 16);
	memzero_explicit(third, sizeof(third));
}
SSPI_EXPORT_FOR_PACKAGES(ntlm_desl);

/* MD5(ServerChallenge | ClientChallenge)[0..7], 3.3.1. */
void ntlm_v1_ess_challenge(const u8 server_challenge[8],
			   const u8 client_challenge[8], u8 out[8])
{
	u8 digest[SSPI_MD5_LEN];
	struct sspi_md5_ctx ctx;

	sspi_md5_init(&ctx);
	sspi_md5_update(&ctx, server_challenge, 8);
	sspi_md5_update(&ctx, client_challenge, 8);
	sspi_md5_final(&ctx, digest);
	memcpy(out, digest, 8);
}
SSPI_EXPORT_FOR_PACKAGES(ntlm_v1_ess_challenge);

/* SessionBaseKey = MD4(NTOWFv1), 3.3.1. */
void ntlm_v1_session_base_key(const u8 nt_hash[16], u8 out[16])
{
	sspi_md4(nt_hash, 16, out);
}
SSPI_EXPORT_FOR_PACKAGES(ntlm_v1_session_base_key);

/*
 * DES(LMOWF[0..6], LmChallengeResponse[0..7]) |
 * DES(LMOWF[7] | 0xBDBDBDBDBDBD, LmChallengeResponse[0..7]), 3.4.5.1.
 */
static void kxkey_lm(const u8 lm_hash[16], const u8 lm_response[8], u8 out[16])
{
	u8 second[7];

	memset(second, 0xbd, sizeof(second));
	second[0] = lm_hash[7];
	sspi_des_block(lm_hash, lm_response, out);
	sspi_des_block(second, lm_response, out + 8);
	memzero_explicit(second, sizeof(second));
}

/* KXKEY, MS-NLMP 3.4.5.1; a missing LM response counts as zeros. */
void ntlm_kxkey_v1(u32 flags, const u8 session_base_key[16],
		   const u8 server_challenge[8], struct sspi_span lm_response,
		   const u8 lm_hash[16], u8 out[16])
{
	u8 lm[8] = { };
	struct sspi_span pieces[] = { span(server_challenge, 8), span(lm, 8) };

	if (lm_response.len)
		memcpy(lm, lm_response.data, min(lm_response.len, sizeof(lm)));

	if (flags & NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY) {
		sspi_hmac_md5(session_base_key, 16, pieces, 2, out);
	} else if (flags & NTLMSSP_NEGOTIATE_LM_KEY) {
		kxkey_lm(lm_hash, lm, out);
	} else if (flags & NTLMSSP_REQUEST_NON_NT_SESSION_KEY) {
		memcpy(out, lm_hash, 8);
		memset(out + 8, 0, 8);
	} else {
		memcpy(out, session_base_key, 16);
	}
}
SSPI_EXPORT_FOR_PACKAGES(ntlm_kxkey_v1);

/* RC4K(K, D), MS-NLMP 6. */
void ntlm_rc4k(const u8 key[16], const u8 in[16], u8 out[16])
{
	struct sspi_rc4 rc4;

	sspi_rc4_init(&rc4, key, 16);
	sspi_rc4_crypt(&rc4, out, in, 16);
	memzero_explicit(&rc4, sizeof(rc4));
}
SSPI_EXPORT_FOR_PACKAGES(ntlm_rc4k);

/* MD5(Key | magic constant with its NUL), 3.4.5.2 and 3.4.5.3. */
static void magic_key(const u8 *key, size_t len, const char *magic, u8 out[16])
{
	struct sspi_md5_ctx ctx;

	sspi_md5_init(&ctx);
	sspi_md5_update(&ctx, key, len);
	sspi_md5_update(&ctx, magic, strlen(magic) + 1);
	sspi_md5_final(&ctx, out);
}

/* SIGNKEY, MS-NLMP 3.4.5.2. */
void ntlm_sign_key(const u8 session_key[16], bool client_to_server,
		   u8 out[16])
{
	static const char * const magic[] = {
		"session key to server-to-client signing key magic constant",
		"session key to client-to-server signing key magic constant",
	};

	magic_key(session_key, 16, magic[client_to_server], out);
}
SSPI_EXPORT_FOR_PACKAGES(ntlm_sign_key);

/* The weak keys of old: 56 or 40 bits and a constant tail, 3.4.5.3. */
static unsigned int lm_seal_key(u32 flags, const u8 session_key[16], u8 out[16])
{
	static const u8 tail_40[3] = { 0xe5, 0x38, 0xb0 };

	memcpy(out, session_key, 7);
	if (flags & NTLMSSP_NEGOTIATE_56)
		out[7] = 0xa0;
	else
		memcpy(out + 5, tail_40, sizeof(tail_40));
	return 8;
}

/*
 * SEALKEY, MS-NLMP 3.4.5.3. A datagram context has the 56 or 40 bit form too
 * if its peer is as new as NTLMSSP_REVISION_W2K3, which all are.
 */
unsigned int ntlm_seal_key(u32 flags, const u8 session_key[16],
			   bool client_to_server, u8 out[16])
{
	static const char * const magic[] = {
		"session key to server-to-client sealing key magic constant",
		"session key to client-to-server sealing key magic constant",
	};
	size_t used = 5;

	if (!(flags & NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY)) {
		if (flags & (NTLMSSP_NEGOTIATE_LM_KEY |
			     NTLMSSP_NEGOTIATE_DATAGRAM))
			return lm_seal_key(flags, session_key, out);
		memcpy(out, session_key, 16);
		return 16;
	}
	if (flags & NTLMSSP_NEGOTIATE_128)
		used = 16;
	else if (flags & NTLMSSP_NEGOTIATE_56)
		used = 7;
	magic_key(session_key, used, magic[client_to_server], out);
	return 16;
}
SSPI_EXPORT_FOR_PACKAGES(ntlm_seal_key);

/*
 * MIC = HMAC_MD5(ExportedSessionKey, NEGOTIATE_MESSAGE | CHALLENGE_MESSAGE |
 *		  AUTHENTICATE_MESSAGE), 3.1.5.1.2, over what was sent but for
 * the MIC itself, which counts as zeros.
 */
void ntlm_mic(const u8 session_key[16], struct sspi_span negotiate,
	      struct sspi_span challenge, struct sspi_span authenticate,
	      u8 out[16])
{
	static const u8 zeros[NTLM_MIC_LEN];
	const size_t end = NTLM_MIC_OFFSET + NTLM_MIC_LEN;
	struct sspi_span pieces[5] = { negotiate, challenge, authenticate };
	unsigned int count = 3;

	if (authenticate.len >= end) {
		pieces[2].len = NTLM_MIC_OFFSET;
		pieces[3] = span(zeros, sizeof(zeros));
		pieces[4] = span(authenticate.data + end,
				 authenticate.len - end);
		count = 5;
	}
	sspi_hmac_md5(session_key, 16, pieces, count, out);
}
SSPI_EXPORT_FOR_PACKAGES(ntlm_mic);
