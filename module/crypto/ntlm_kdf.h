/* SPDX-License-Identifier: GPL-2.0-only */
/* Keys and responses of NTLM: the formulas of MS-NLMP 3.3 and 3.4.5. */
#ifndef _SSPI_CRYPTO_NTLM_KDF_H
#define _SSPI_CRYPTO_NTLM_KDF_H

#include <linux/sspi_span.h>
#include <linux/types.h>

/* MS-NLMP 3.3.1 NTOWFv1: MD4(UTF-16LE(password)). */
void ntlm_ntowf_v1(struct sspi_span password_utf16, u8 out[16]);
/* MS-NLMP 3.3.1 LMOWFv1 of up to 14 upper-case OEM bytes. */
void ntlm_lmowf_v1(struct sspi_span password_oem_upper, u8 out[16]);
/*
 * MS-NLMP 3.3.2 NTOWFv2: HMAC-MD5(NTOWFv1, upper(user) | domain). @user_upper
 * is upper-cased UTF-16LE already, @domain UTF-16LE as sent.
 */
void ntlm_ntowf_v2(const u8 nt_hash[16], struct sspi_span user_upper,
		   struct sspi_span domain, u8 out[16]);
/* NTProofStr = HMAC-MD5(NTOWFv2, server_challenge | temp). */
void ntlm_v2_proof(const u8 ntowf_v2[16], const u8 server_challenge[8],
		   struct sspi_span temp, u8 out[16]);
/* SessionBaseKey = HMAC-MD5(NTOWFv2, NTProofStr). */
void ntlm_v2_session_base_key(const u8 ntowf_v2[16], const u8 proof[16],
			      u8 out[16]);
/* LMv2: HMAC-MD5(NTOWFv2, server_challenge | client_challenge) | client_challenge. */
void ntlm_lmv2_response(const u8 ntowf_v2[16], const u8 server_challenge[8],
			const u8 client_challenge[8], u8 out[24]);
/* DESL(key, data), MS-NLMP 6. */
void ntlm_desl(const u8 key[16], const u8 data[8], u8 out[24]);
/* NTLMv1 with extended session security: MD5(server | client)[0..7]. */
void ntlm_v1_ess_challenge(const u8 server_challenge[8],
			   const u8 client_challenge[8], u8 out[8]);
/* SessionBaseKey of NTLMv1 = MD4(NTOWFv1). */
void ntlm_v1_session_base_key(const u8 nt_hash[16], u8 out[16]);
/*
 * KXKEY, MS-NLMP 3.4.5.1, for NTLMv1 (for v2 it is the SessionBaseKey).
 */
void ntlm_kxkey_v1(u32 flags, const u8 session_base_key[16],
		   const u8 server_challenge[8], struct sspi_span lm_response,
		   const u8 lm_hash[16], u8 out[16]);
/* RC4K(key, data) of 16 bytes. */
void ntlm_rc4k(const u8 key[16], const u8 in[16], u8 out[16]);
/* SIGNKEY, 3.4.5.2, with extended session security. */
void ntlm_sign_key(const u8 session_key[16], bool client_to_server,
		   u8 out[16]);
/* SEALKEY, 3.4.5.3: returns the length of the key. */
unsigned int ntlm_seal_key(u32 flags, const u8 session_key[16],
			   bool client_to_server, u8 out[16]);
/* MIC = HMAC-MD5(ExportedSessionKey, the three messages, MIC zeroed). */
void ntlm_mic(const u8 session_key[16], struct sspi_span negotiate,
	      struct sspi_span challenge, struct sspi_span authenticate,
	      u8 out[16]);

#endif /* _SSPI_CRYPTO_NTLM_KDF_H */
