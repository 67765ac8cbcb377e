/* SPDX-License-Identifier: GPL-2.0-only */
/* What init.c and respond.c share. */
#ifndef _SSPI_PKG_NTLM_ANSWER_H
#define _SSPI_PKG_NTLM_ANSWER_H

#include "pkg/ntlm/ntlm.h"

/* The working set of the answer to a CHALLENGE. */
struct ntlm_answer {
	const struct ntlm_cred *cred;
	struct ntlm_nego *nego;
	struct ntlm_challenge challenge;
	struct ntlm_av_view av;
	u32 flags;
	bool anonymous;
	bool v2;
	bool mic;
	u8 nonce[NTLM_CHALLENGE_LEN];	/* client challenge */
	u8 key[NTLM_KEY_LEN];		/* KeyExchangeKey, then exported */
	u8 sealed_key[NTLM_KEY_LEN];	/* EncryptedRandomSessionKey */
	u8 lm[NTLM_RESPONSE_LEN];
	size_t lm_len;
	struct sspi_blob nt;
	struct sspi_blob user;
	struct sspi_blob domain;
	struct sspi_blob workstation;
};

/* Fills in @nt, @lm and @key, 3.3.1 and 3.3.2; may drop flags. */
sec_status_t ntlm_respond(struct ntlm_answer *a, struct sspi_step *step);

#endif /* _SSPI_PKG_NTLM_ANSWER_H */
