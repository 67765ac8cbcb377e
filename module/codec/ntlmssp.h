/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The three messages of NTLM (MS-NLMP 2.2.1), AV pairs (2.2.2.1), the NTLMv2
 * client challenge (2.2.2.7). Parsed messages are views into the input;
 * building measures when the buffer is NULL. No policy here: only form.
 */
#ifndef _SSPI_CODEC_NTLMSSP_H
#define _SSPI_CODEC_NTLMSSP_H

#include <linux/sspi_span.h>
#include <linux/types.h>

#define NTLMSSP_NEGOTIATE_56				0x80000000u
#define NTLMSSP_NEGOTIATE_KEY_EXCH			0x40000000u
#define NTLMSSP_NEGOTIATE_128				0x20000000u
#define NTLMSSP_NEGOTIATE_VERSION			0x02000000u
#define NTLMSSP_NEGOTIATE_TARGET_INFO			0x00800000u
#define NTLMSSP_REQUEST_NON_NT_SESSION_KEY		0x00400000u
#define NTLMSSP_NEGOTIATE_IDENTIFY			0x00100000u
#define NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY	0x00080000u
#define NTLMSSP_TARGET_TYPE_SERVER			0x00020000u
#define NTLMSSP_TARGET_TYPE_DOMAIN			0x00010000u
#define NTLMSSP_NEGOTIATE_ALWAYS_SIGN			0x00008000u
#define NTLMSSP_NEGOTIATE_LOCAL_CALL			0x00004000u
#define NTLMSSP_NEGOTIATE_OEM_WORKSTATION_SUPPLIED	0x00002000u
#define NTLMSSP_NEGOTIATE_OEM_DOMAIN_SUPPLIED		0x00001000u
#define NTLMSSP_NEGOTIATE_ANONYMOUS			0x00000800u
#define NTLMSSP_NEGOTIATE_NTLM				0x00000200u
#define NTLMSSP_NEGOTIATE_LM_KEY			0x00000080u
#define NTLMSSP_NEGOTIATE_DATAGRAM			0x00000040u
#define NTLMSSP_NEGOTIATE_SEAL				0x00000020u
#define NTLMSSP_NEGOTIATE_SIGN				0x00000010u
#define NTLMSSP_REQUEST_TARGET				0x00000004u
#define NTLMSSP_NEGOTIATE_OEM				0x00000002u
#define NTLMSSP_NEGOTIATE_UNICODE			0x00000001u

enum ntlm_message_type {
	NTLM_NEGOTIATE = 1,
	NTLM_CHALLENGE = 2,
	NTLM_AUTHENTICATE = 3,
};

enum ntlm_av_id {
	NTLM_AV_EOL = 0,
	NTLM_AV_NB_COMPUTER_NAME = 1,
	NTLM_AV_NB_DOMAIN_NAME = 2,
	NTLM_AV_DNS_COMPUTER_NAME = 3,
	NTLM_AV_DNS_DOMAIN_NAME = 4,
	NTLM_AV_DNS_TREE_NAME = 5,
	NTLM_AV_FLAGS = 6,
	NTLM_AV_TIMESTAMP = 7,
	NTLM_AV_SINGLE_HOST = 8,
	NTLM_AV_TARGET_NAME = 9,
	NTLM_AV_CHANNEL_BINDINGS = 10,
};

#define NTLM_AV_FLAG_CONSTRAINED	0x1u
#define NTLM_AV_FLAG_MIC		0x2u
#define NTLM_AV_FLAG_UNTRUSTED_SPN	0x4u

#define NTLM_SIGNATURE_LEN		8	/* "NTLMSSP\0" */
#define NTLM_CHALLENGE_LEN		8
#define NTLM_HASH_LEN			16
#define NTLM_RESPONSE_LEN		24	/* of NTLMv1, LM and LMv2 */
#define NTLM_MIC_LEN			16
#define NTLM_MIC_OFFSET			72	/* in an AUTHENTICATE with MIC */
#define NTLM_VERSION_LEN		8
#define NTLM_MAX_MESSAGE		(64 * 1024)
#define NTLM_CLIENT_CHALLENGE_HEADER	28	/* 2.2.2.7, before the AV pairs */

/* NEGOTIATE_MESSAGE, 2.2.1.1. Real clients send it with 16, 32, 40 bytes or more. */
struct ntlm_negotiate {
	u32 flags;
	struct sspi_span domain;	/* OEM, empty if not supplied */
	struct sspi_span workstation;	/* OEM */
	struct sspi_span version;	/* 8 bytes or empty */
};

/* The AV pairs of a list that have a meaning; an absent one has NULL data. */
struct ntlm_av_view {
	struct sspi_span nb_computer;
	struct sspi_span nb_domain;
	struct sspi_span dns_computer;
	struct sspi_span dns_domain;
	struct sspi_span dns_tree;
	struct sspi_span target_name;
	struct sspi_span single_host;
	struct sspi_span channel_bindings;	/* 16 bytes */
	u32 flags;
	u64 timestamp;
	bool has_flags;
	bool has_timestamp;
};

/* CHALLENGE_MESSAGE, 2.2.1.2. */
struct ntlm_challenge {
	u32 flags;
	u8 server_challenge[NTLM_CHALLENGE_LEN];
	struct sspi_span target_name;	/* UTF-16LE or OEM, as the flags say */
	struct sspi_span target_info;	/* raw AV pairs, as sent */
	struct sspi_span version;
	u64 reserved;			/* context of a local call, else 0 */
};

/* AUTHENTICATE_MESSAGE, 2.2.1.3. */
struct ntlm_authenticate {
	u32 flags;
	struct sspi_span lm_response;
	struct sspi_span nt_response;
	struct sspi_span domain;
	struct sspi_span user;
	struct sspi_span workstation;
	struct sspi_span session_key;	/* EncryptedRandomSessionKey */
	struct sspi_span version;	/* 8 bytes or empty */
	/*
	 * The 16 bytes at NTLM_MIC_OFFSET if the first payload starts behind
	 * them, else empty. Whether they are a MIC only the AV flags tell.
	 */
	struct sspi_span mic;
};

/* NTLMv2_RESPONSE, 2.2.2.8, in an nt_response longer than 24 bytes. */
struct ntlm_v2_response {
	struct sspi_span proof;		/* NTProofStr, 16 bytes */
	struct sspi_span temp;		/* all that NTProofStr covers, as sent */
	u64 timestamp;
	u8 client_challenge[NTLM_CHALLENGE_LEN];
	struct sspi_span av_pairs;	/* as sent, from behind the header */
};

/*
 * Parsers: 0 or -EBADMSG. Fields must lie inside the message and behind its
 * fixed part; a field of length 0 may have any offset. Lengths and offsets are
 * checked without wrapping. Fields may overlap: nobody writes to a view. The
 * names of NEGOTIATE, TargetInfo and VERSION are ignored without their flag.
 * Texts are checked by whoever decodes them.
 */
int ntlm_message_type(struct sspi_span in);	/* enum ntlm_message_type */
int ntlm_parse_negotiate(struct sspi_span in, struct ntlm_negotiate *msg);
int ntlm_parse_challenge(struct sspi_span in, struct ntlm_challenge *msg);
int ntlm_parse_authenticate(struct sspi_span in,
			    struct ntlm_authenticate *msg);
/*
 * AV pairs: order free, EOL demanded, unknown ids skipped, sizes of the known
 * ones checked, a known id twice is -EBADMSG. Bytes behind EOL are allowed
 * (NTLMv2 responses have four).
 */
int ntlm_parse_av_pairs(struct sspi_span in, struct ntlm_av_view *view);
int ntlm_parse_v2_response(struct sspi_span in,
			   struct ntlm_v2_response *resp);

struct ntlm_negotiate_out {
	u32 flags;
	struct sspi_span domain;	/* OEM */
	struct sspi_span workstation;
	bool with_version;
};

struct ntlm_challenge_out {
	u32 flags;
	const u8 *server_challenge;
	struct sspi_span target_name;	/* in the encoding of the flags */
	struct sspi_span target_info;	/* encoded AV pairs with EOL */
};

struct ntlm_authenticate_out {
	u32 flags;
	struct sspi_span lm_response;
	struct sspi_span nt_response;
	struct sspi_span domain;
	struct sspi_span user;
	struct sspi_span workstation;
	struct sspi_span session_key;
	bool with_mic;			/* leave 16 zero bytes at NTLM_MIC_OFFSET */
	bool with_version;
};

/*
 * Builders: the length of the message, or -ENOSPC; @out NULL measures. The
 * payload order is that of the examples of MS-NLMP 4.2, which they reproduce
 * bit for bit, versions included.
 */
int ntlm_build_negotiate(const struct ntlm_negotiate_out *msg, u8 *out,
			 size_t room);
int ntlm_build_challenge(const struct ntlm_challenge_out *msg, u8 *out,
			 size_t room);
int ntlm_build_authenticate(const struct ntlm_authenticate_out *msg, u8 *out,
			    size_t room);

struct sspi_writer;
/* Appends one AV pair. */
void ntlm_write_av(struct sspi_writer *w, enum ntlm_av_id id,
		   struct sspi_span value);
/*
 * Appends every pair of the checked list @in except EOL and those whose id is
 * in the bit mask @skip (1 << id), as sent.
 */
void ntlm_copy_av_pairs(struct sspi_writer *w, struct sspi_span in, u32 skip);

/* 2.2.2.9.1 and .2: NTLMSSP_MESSAGE_SIGNATURE, 16 bytes. */
#define NTLM_MESSAGE_SIGNATURE_LEN	16

#endif /* _SSPI_CODEC_NTLMSSP_H */
