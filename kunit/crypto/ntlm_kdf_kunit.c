// SPDX-License-Identifier: GPL-2.0-only
/* Every example of MS-NLMP 4.2, bit for bit: keys, responses and messages. */
#include <kunit/test.h>
#include <linux/string.h>

#include "codec/buf.h"
#include "codec/ntlmssp.h"
#include "codec/utf16.h"
#include "crypto/crypto.h"
#include "crypto/ntlm_kdf.h"
#include "kunit/support/testlib.h"
#include "kunit/vectors/ntlm_msnlmp.h"

#define EXPECT_VECTOR(test, got, want) \
	KUNIT_EXPECT_MEMEQ(test, got, want, sizeof(want))

#define KEY_128	(NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY | \
		 NTLMSSP_NEGOTIATE_128 | NTLMSSP_NEGOTIATE_56)
#define KEY_56	(NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY | \
		 NTLMSSP_NEGOTIATE_56)
#define KEY_40	NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY

/* --- 4.2.2: NTLMv1 --- */

static void v1_hashes_and_responses(struct kunit *test)
{
	static const u8 upper[] = { 'P', 'A', 'S', 'S', 'W', 'O', 'R', 'D' };
	u8 nt[16], lm[16], base[16], response[24];

	ntlm_ntowf_v1(TESTLIB_SPAN(common_passwd), nt);
	EXPECT_VECTOR(test, nt, v1_ntowfv1);
	ntlm_lmowf_v1(TESTLIB_SPAN(upper), lm);
	EXPECT_VECTOR(test, lm, v1_lmowfv1);
	ntlm_v1_session_base_key(nt, base);
	EXPECT_VECTOR(test, base, v1_session_base_key);
	ntlm_desl(nt, common_server_challenge, response);
	EXPECT_VECTOR(test, response, v1_nt_challenge_response);
	ntlm_desl(lm, common_server_challenge, response);
	EXPECT_VECTOR(test, response, v1_lm_challenge_response);
}

/* Longer passwords are cut to 14 bytes, shorter ones padded. */
static void lm_hash_of_any_length(struct kunit *test)
{
	static const u8 empty[] = {	/* the well-known hash of "" */
		0xaa, 0xd3, 0xb4, 0x35, 0xb5, 0x14, 0x04, 0xee,
		0xaa, 0xd3, 0xb4, 0x35, 0xb5, 0x14, 0x04, 0xee,
	};
	static const u8 longer[] = { 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H',
				     'I', 'J', 'K', 'L', 'M', 'N', 'O', 'P' };
	struct sspi_span none = { }, cut = { .data = longer, .len = 14 };
	u8 hash[16], cut_hash[16];

	ntlm_lmowf_v1(none, hash);
	EXPECT_VECTOR(test, hash, empty);
	ntlm_lmowf_v1(TESTLIB_SPAN(longer), hash);
	ntlm_lmowf_v1(cut, cut_hash);
	KUNIT_EXPECT_MEMEQ(test, hash, cut_hash, 16);
}

/* KXKEY with each flag, and the random key under it. */
static void v1_key_exchange_keys(struct kunit *test)
{
	static const struct {
		u32 flags;
		const u8 *encrypted;
	} exchanges[] = {
		{ V1_FLAGS, v1_encrypted_random_session_key },
		{ V1_FLAGS | NTLMSSP_REQUEST_NON_NT_SESSION_KEY,
		  v1_encrypted_random_session_key_request_non_nt_session_key },
		{ V1_FLAGS | NTLMSSP_NEGOTIATE_LM_KEY,
		  v1_encrypted_random_session_key_negotiate_lm_key },
		{ V1_FLAGS | NTLMSSP_NEGOTIATE_LM_KEY |
		  NTLMSSP_REQUEST_NON_NT_SESSION_KEY,
		  v1_encrypted_random_session_key_negotiate_lm_key },
	};
	struct sspi_span lm = TESTLIB_SPAN(v1_lm_challenge_response);
	u8 key[16], sealed[16], back[16];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(exchanges); i++) {
		ntlm_kxkey_v1(exchanges[i].flags, v1_session_base_key,
			      common_server_challenge, lm, v1_lmowfv1, key);
		ntlm_rc4k(key, common_random_session_key, sealed);
		KUNIT_EXPECT_MEMEQ(test, sealed, exchanges[i].encrypted, 16);
		ntlm_rc4k(key, sealed, back);
		EXPECT_VECTOR(test, back, common_random_session_key);
	}
	ntlm_kxkey_v1(NTLMSSP_NEGOTIATE_LM_KEY, v1_session_base_key,
		      common_server_challenge, lm, v1_lmowfv1, key);
	EXPECT_VECTOR(test, key, v1_key_exchange_key_lm_key);
	testlib_counted(test, i + 1);
}

/* --- 4.2.3: NTLMv1 with extended session security --- */

static void v1_with_client_challenge(struct kunit *test)
{
	struct sspi_span lm = TESTLIB_SPAN(v1c_lm_challenge_response);
	u8 challenge[8], response[24], key[16];

	ntlm_v1_ess_challenge(common_server_challenge, common_client_challenge,
			      challenge);
	ntlm_desl(v1_ntowfv1, challenge, response);
	EXPECT_VECTOR(test, response, v1c_nt_challenge_response);
	ntlm_kxkey_v1(V1C_FLAGS, v1c_session_base_key, common_server_challenge,
		      lm, v1_lmowfv1, key);
	EXPECT_VECTOR(test, key, v1c_key_exchange_key);
	KUNIT_EXPECT_EQ(test, 16, ntlm_seal_key(V1C_FLAGS, key, true, response));
	EXPECT_VECTOR(test, response, v1c_client_seal_key);
	ntlm_sign_key(key, true, response);
	EXPECT_VECTOR(test, response, v1c_client_sign_key);
}

/* --- 4.2.4: NTLMv2 --- */

/* The fields of NTLMv2_CLIENT_CHALLENGE, 2.2.2.7, as the initiator writes. */
static void write_temp(struct sspi_writer *w)
{
	sspi_write_le16(w, 0x0101);
	sspi_write_le16(w, 0);
	sspi_write_le32(w, 0);
	sspi_write_bytes(w, common_time, sizeof(common_time));
	sspi_write_bytes(w, common_client_challenge, 8);
	sspi_write_le32(w, 0);
	ntlm_copy_av_pairs(w, TESTLIB_SPAN(v2_target_info), 0);
	ntlm_write_av(w, NTLM_AV_EOL, (struct sspi_span){ });
	sspi_write_le32(w, 0);
}

static void v2_responses_and_keys(struct kunit *test)
{
	struct sspi_span domain = TESTLIB_SPAN(common_user_dom);
	u8 user[sizeof(common_user)], temp[sizeof(v2_temp)];
	u8 hash[16], proof[16], key[16], lm[24];
	struct sspi_writer w;

	memcpy(user, common_user, sizeof(user));
	sspi_utf16le_upcase(user, sizeof(user));
	ntlm_ntowf_v2(v1_ntowfv1, TESTLIB_SPAN(user), domain, hash);
	EXPECT_VECTOR(test, hash, v2_ntowfv2);

	sspi_writer_init(&w, temp, sizeof(temp));
	write_temp(&w);
	KUNIT_EXPECT_FALSE(test, w.bad);
	KUNIT_ASSERT_EQ(test, w.pos, sizeof(v2_temp));
	EXPECT_VECTOR(test, temp, v2_temp);

	ntlm_v2_proof(hash, common_server_challenge, TESTLIB_SPAN(temp), proof);
	EXPECT_VECTOR(test, proof, v2_ntproof_str);
	ntlm_v2_session_base_key(hash, proof, key);
	EXPECT_VECTOR(test, key, v2_session_base_key);
	EXPECT_VECTOR(test, key, v2_key_exchange_key);
	ntlm_rc4k(key, common_random_session_key, proof);
	EXPECT_VECTOR(test, proof, v2_encrypted_random_session_key);
	ntlm_lmv2_response(hash, common_server_challenge,
			   common_client_challenge, lm);
	EXPECT_VECTOR(test, lm, v2_lm_challenge_response);
}

static void v2_sign_and_seal_keys(struct kunit *test)
{
	static const struct {
		u32 flags;
		bool client;
		const u8 *key;
	} seals[] = {
		{ KEY_128, true, v2_client_seal_key128 },
		{ KEY_128, false, v2_server_seal_key128 },
		{ KEY_56, true, v2_client_seal_key56 },
		{ KEY_56, false, v2_server_seal_key56 },
		{ KEY_40, true, v2_client_seal_key40 },
		{ KEY_40, false, v2_server_seal_key40 },
	};
	u8 key[16];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(seals); i++) {
		KUNIT_EXPECT_EQ(test, 16,
				ntlm_seal_key(seals[i].flags,
					      common_random_session_key,
					      seals[i].client, key));
		KUNIT_EXPECT_MEMEQ(test, key, seals[i].key, 16);
	}
	ntlm_sign_key(common_random_session_key, true, key);
	EXPECT_VECTOR(test, key, v2_client_sign_key);
	ntlm_sign_key(common_random_session_key, false, key);
	EXPECT_VECTOR(test, key, v2_server_sign_key);
	testlib_counted(test, i + 2);
}

/* 3.4.5.3 without extended session security. */
static void old_seal_keys(struct kunit *test)
{
	static const u8 in[16] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	static const u8 with_56[8] = { 1, 2, 3, 4, 5, 6, 7, 0xa0 };
	static const u8 with_40[8] = { 1, 2, 3, 4, 5, 0xe5, 0x38, 0xb0 };
	u8 key[16];

	KUNIT_EXPECT_EQ(test, 8, ntlm_seal_key(NTLMSSP_NEGOTIATE_LM_KEY |
					       NTLMSSP_NEGOTIATE_56,
					       in, true, key));
	EXPECT_VECTOR(test, key, with_56);
	KUNIT_EXPECT_EQ(test, 8, ntlm_seal_key(NTLMSSP_NEGOTIATE_LM_KEY,
					       in, true, key));
	EXPECT_VECTOR(test, key, with_40);
	KUNIT_EXPECT_EQ(test, 16, ntlm_seal_key(NTLMSSP_NEGOTIATE_56, in, true,
						key));
	EXPECT_VECTOR(test, key, in);
}

/* --- GSS_WrapEx of the three: the first message, sequence number 0 --- */

/* 3.4.4.1: CRC-32, everything under RC4; then RandomPad is 0. */
static void wrap_with_crc(struct kunit *test)
{
	u8 text[sizeof(common_plaintext)], sig[16] = { 1 }, words[12] = { };
	struct sspi_writer w;
	struct sspi_rc4 rc4;
	u32 crc;

	crc = sspi_crc32_update(sspi_crc32_init(), common_plaintext,
				sizeof(common_plaintext));
	sspi_writer_init(&w, words + 4, 4);
	sspi_write_le32(&w, sspi_crc32_final(crc));
	sspi_rc4_init(&rc4, v1_gss_wrap_ex_seal_key, 16);
	sspi_rc4_crypt(&rc4, text, common_plaintext, sizeof(text));
	sspi_rc4_crypt(&rc4, words, words, sizeof(words));
	memcpy(sig + 8, words + 4, 8);
	EXPECT_VECTOR(test, text, v1_gss_wrap_ex_cipher);
	EXPECT_VECTOR(test, sig, v1_gss_wrap_ex_signature);
}

/* 3.4.4.2: HMAC-MD5 over number and text, under RC4 with a key exchange. */
static void wrap_with_hmac(struct kunit *test, const u8 *seal_key,
			   const u8 *sign_key, bool key_exchange,
			   const u8 *want_text, const u8 *want_sig)
{
	static const u8 number[4];
	struct sspi_span pieces[] = {
		TESTLIB_SPAN(number), TESTLIB_SPAN(common_plaintext),
	};
	u8 text[sizeof(common_plaintext)], mac[16], sig[16] = { 1 };
	struct sspi_rc4 rc4;

	sspi_hmac_md5(sign_key, 16, pieces, 2, mac);
	sspi_rc4_init(&rc4, seal_key, 16);
	sspi_rc4_crypt(&rc4, text, common_plaintext, sizeof(text));
	if (key_exchange)
		sspi_rc4_crypt(&rc4, mac, mac, 8);
	memcpy(sig + 4, mac, 8);
	KUNIT_EXPECT_MEMEQ(test, text, want_text, sizeof(text));
	KUNIT_EXPECT_MEMEQ(test, sig, want_sig, sizeof(sig));
}

static void wraps(struct kunit *test)
{
	wrap_with_crc(test);
	wrap_with_hmac(test, v1c_client_seal_key, v1c_client_sign_key, false,
		       v1c_gss_wrap_ex_cipher, v1c_gss_wrap_ex_signature);
	wrap_with_hmac(test, v2_client_seal_key128, v2_client_sign_key, true,
		       v2_gss_wrap_ex_cipher, v2_gss_wrap_ex_signature);
	wrap_with_hmac(test, v2_client_seal_key128, v2_client_sign_key, false,
		       v2_gss_wrap_ex_no_key_exch_cipher,
		       v2_gss_wrap_ex_no_key_exch_signature);
}

/* --- the messages --- */

static void build_challenges(struct kunit *test)
{
	struct ntlm_challenge_out msg = {
		.flags = V1_FLAGS,
		.server_challenge = common_server_challenge,
		.target_name = TESTLIB_SPAN(common_server_name),
	};
	u8 out[sizeof(v2_challenge_message)];

	KUNIT_EXPECT_EQ(test, (int)sizeof(v1_challenge_message),
			ntlm_build_challenge(&msg, out, sizeof(out)));
	EXPECT_VECTOR(test, out, v1_challenge_message);
	msg.flags = V2_FLAGS;
	msg.target_info = TESTLIB_SPAN(v2_target_info);
	KUNIT_EXPECT_EQ(test, (int)sizeof(v2_challenge_message),
			ntlm_build_challenge(&msg, out, sizeof(out)));
	EXPECT_VECTOR(test, out, v2_challenge_message);
}

static void build_authenticates(struct kunit *test)
{
	struct ntlm_authenticate_out msg = {
		.lm_response = TESTLIB_SPAN(v1_lm_challenge_response),
		.nt_response = TESTLIB_SPAN(v1_nt_challenge_response),
		.domain = TESTLIB_SPAN(common_user_dom),
		.user = TESTLIB_SPAN(common_user),
		.workstation = TESTLIB_SPAN(common_workstation_name),
		.session_key = TESTLIB_SPAN(v1_encrypted_random_session_key),
		.with_version = true,
	};
	u8 out[sizeof(v2_authenticate_message)];

	/* The flags of 4.2.2.3 and 4.2.4.3 are not those of the CHALLENGE. */
	msg.flags = 0xe2808235;
	KUNIT_EXPECT_EQ(test, (int)sizeof(v1_authenticate_message),
			ntlm_build_authenticate(&msg, out, sizeof(out)));
	EXPECT_VECTOR(test, out, v1_authenticate_message);

	msg.flags = 0xe2888235;
	msg.lm_response = TESTLIB_SPAN(v2_lm_challenge_response);
	msg.nt_response = TESTLIB_SPAN(v2_nt_challenge_response);
	msg.session_key = TESTLIB_SPAN(v2_encrypted_random_session_key);
	KUNIT_EXPECT_EQ(test, (int)sizeof(v2_authenticate_message),
			ntlm_build_authenticate(&msg, out, sizeof(out)));
	EXPECT_VECTOR(test, out, v2_authenticate_message);
}

#define EXPECT_SPAN(test, got, want) do {				\
	KUNIT_ASSERT_EQ(test, (got).len, sizeof(want));			\
	KUNIT_EXPECT_MEMEQ(test, (got).data, want, sizeof(want));	\
} while (0)

static void parse_messages(struct kunit *test)
{
	struct ntlm_authenticate auth;
	struct ntlm_challenge challenge;
	struct ntlm_av_view view;

	KUNIT_ASSERT_EQ(test, 0,
			ntlm_parse_challenge(TESTLIB_SPAN(v2_challenge_message),
					     &challenge));
	KUNIT_EXPECT_EQ(test, challenge.flags, V2_FLAGS);
	EXPECT_VECTOR(test, challenge.server_challenge,
		      common_server_challenge);
	EXPECT_SPAN(test, challenge.target_name, common_server_name);
	EXPECT_SPAN(test, challenge.target_info, v2_target_info);
	KUNIT_EXPECT_EQ(test, challenge.version.len, NTLM_VERSION_LEN);
	KUNIT_ASSERT_EQ(test, 0,
			ntlm_parse_av_pairs(challenge.target_info, &view));
	EXPECT_SPAN(test, view.nb_domain, common_user_dom);
	EXPECT_SPAN(test, view.nb_computer, common_server_name);
	KUNIT_EXPECT_FALSE(test, view.has_flags || view.has_timestamp);

	KUNIT_ASSERT_EQ(test, 0,
			ntlm_parse_authenticate(TESTLIB_SPAN(v2_authenticate_message),
						&auth));
	EXPECT_SPAN(test, auth.lm_response, v2_lm_challenge_response);
	EXPECT_SPAN(test, auth.nt_response, v2_nt_challenge_response);
	EXPECT_SPAN(test, auth.domain, common_user_dom);
	EXPECT_SPAN(test, auth.user, common_user);
	EXPECT_SPAN(test, auth.workstation, common_workstation_name);
	EXPECT_SPAN(test, auth.session_key, v2_encrypted_random_session_key);
	/* The payload begins at 72: no room for a MIC. */
	KUNIT_EXPECT_EQ(test, auth.mic.len, 0);
}

/* Every bit of the three messages counts, but for the MIC's own 16 bytes. */
static void mic_covers_all_but_itself(struct kunit *test)
{
	static const u8 negotiate[40] = "NTLMSSP\0\x01";
	const size_t len = sizeof(negotiate) + sizeof(v2_challenge_message) +
			   sizeof(v2_authenticate_message);
	u8 *all = kunit_kzalloc(test, len, GFP_KERNEL);
	u8 want[16], zeroed[16], mic[16];
	struct sspi_span m[3], one;
	size_t at, start;

	KUNIT_ASSERT_NOT_NULL(test, all);
	memcpy(all, negotiate, sizeof(negotiate));
	memcpy(all + 40, v2_challenge_message, sizeof(v2_challenge_message));
	start = 40 + sizeof(v2_challenge_message);
	memcpy(all + start, v2_authenticate_message,
	       sizeof(v2_authenticate_message));
	m[0] = (struct sspi_span){ all, 40 };
	m[1] = (struct sspi_span){ all + 40, start - 40 };
	m[2] = (struct sspi_span){ all + start, len - start };

	ntlm_mic(common_random_session_key, m[0], m[1], m[2], want);
	for (at = 0; at < len; at++) {
		bool own = at >= start + NTLM_MIC_OFFSET &&
			   at < start + NTLM_MIC_OFFSET + NTLM_MIC_LEN;

		all[at] ^= 0x80;
		ntlm_mic(common_random_session_key, m[0], m[1], m[2], mic);
		KUNIT_EXPECT_EQ_MSG(test, own, !memcmp(mic, want, 16),
				    "at %zu", at);
		all[at] ^= 0x80;
	}

	/* The formula of 3.1.5.1.2, done in one piece. */
	memset(all + start + NTLM_MIC_OFFSET, 0, NTLM_MIC_LEN);
	one = (struct sspi_span){ all, len };
	sspi_hmac_md5(common_random_session_key, 16, &one, 1, zeroed);
	KUNIT_EXPECT_MEMEQ(test, zeroed, want, 16);
	testlib_counted(test, at);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(v1_hashes_and_responses),
	KUNIT_CASE(lm_hash_of_any_length),
	KUNIT_CASE(v1_key_exchange_keys),
	KUNIT_CASE(v1_with_client_challenge),
	KUNIT_CASE(v2_responses_and_keys),
	KUNIT_CASE(v2_sign_and_seal_keys),
	KUNIT_CASE(old_seal_keys),
	KUNIT_CASE(wraps),
	KUNIT_CASE(build_challenges),
	KUNIT_CASE(build_authenticates),
	KUNIT_CASE(parse_messages),
	KUNIT_CASE(mic_covers_all_but_itself),
	{}
};

static struct kunit_suite suite = {
	.name = "sspi_ntlm_kdf",
	.test_cases = cases,
};

kunit_test_suite(suite);
