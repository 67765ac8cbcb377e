// SPDX-License-Identifier: GPL-2.0-only
/*
 * The check of an AUTHENTICATE_MESSAGE: MS-NLMP 3.2.5.1.2.
 *
 * Parse, decide, commit: nothing of the message is believed before NTProofStr
 * is proven, nothing of the rest of the message before its MIC is.
 */
#include <linux/errno.h>
#include <linux/string.h>

#include "codec/utf16.h"
#include "crypto/ntlm_kdf.h"
#include "pkg/ntlm/ntlm.h"

/* What a client may not have in its AUTHENTICATE unless the CHALLENGE has it. */
#define GRANTED_ONLY (NTLMSSP_NEGOTIATE_UNICODE | NTLMSSP_NEGOTIATE_SIGN | \
		      NTLMSSP_NEGOTIATE_SEAL | NTLMSSP_NEGOTIATE_DATAGRAM | \
		      NTLMSSP_NEGOTIATE_LM_KEY | \
		      NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY | \
		      NTLMSSP_REQUEST_NON_NT_SESSION_KEY | \
		      NTLMSSP_NEGOTIATE_128 | NTLMSSP_NEGOTIATE_KEY_EXCH | \
		      NTLMSSP_NEGOTIATE_56)

#define PROTECTION (NTLMSSP_NEGOTIATE_SIGN | NTLMSSP_NEGOTIATE_SEAL)

#define INTEGRITY_REQ	(ASC_REQ_INTEGRITY | ASC_REQ_REPLAY_DETECT | \
			 ASC_REQ_SEQUENCE_DETECT | ASC_REQ_CONFIDENTIALITY)

/* The working set of one logon. */
struct logon {
	const struct ntlm_cred *cred;
	struct ntlm_nego *nego;
	struct ntlm_authenticate msg;
	struct ntlm_v2_response v2;
	struct ntlm_av_view av;
	struct sspi_blob user;		/* UTF-16LE, as sent */
	struct sspi_blob user_upper;
	struct sspi_blob domain;	/* as sent */
	struct sspi_blob domain_upper;
	bool is_v2;
	bool anonymous;
	u8 key[NTLM_KEY_LEN];		/* KeyExchangeKey, then exported */
};

/*
 * Whether protection is asked for without what makes it worth anything. Below
 * NTLM_LEVEL_V2 the administrator has asked for what old clients can do.
 */
bool ntlm_too_weak(const struct ntlm_cred *cred, u32 flags)
{
	const u32 strong = NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY |
			   NTLMSSP_NEGOTIATE_128;

	return cred->lm_compat >= NTLM_LEVEL_V2 && flags & PROTECTION &&
	       (flags & strong) != strong;
}

u64 ntlm_accept_attributes(u64 req, u32 flags, bool anonymous)
{
	u64 attr = req & (ASC_REQ_ALLOCATE_MEMORY | ASC_REQ_CONNECTION |
			  ASC_REQ_USE_SESSION_KEY | ASC_REQ_USE_DCE_STYLE);

	if (flags & NTLMSSP_NEGOTIATE_IDENTIFY)
		attr |= ASC_RET_IDENTIFY;
	if (flags & NTLMSSP_NEGOTIATE_DATAGRAM)
		attr |= ASC_RET_DATAGRAM;
	if (anonymous)
		return attr | ASC_RET_NULL_SESSION;
	if (flags & PROTECTION)
		attr |= ASC_RET_INTEGRITY | ASC_RET_REPLAY_DETECT |
			ASC_RET_SEQUENCE_DETECT;
	if (flags & NTLMSSP_NEGOTIATE_SEAL)
		attr |= ASC_RET_CONFIDENTIALITY;
	return attr;
}

/* OEM is ASCII for us: no other code page is known to be the peer's. */
static sec_status_t decode(const struct logon *l, struct sspi_step *step,
			   struct sspi_span in, struct sspi_blob *out)
{
	size_t i;

	if (l->msg.flags & NTLMSSP_NEGOTIATE_UNICODE) {
		if (!ntlm_texts_ok(&in, 1))
			return ntlm_refuse(step, SEC_E_INVALID_TOKEN,
					   "a name in the AUTHENTICATE is not UTF-16");
		return ntlm_blob_dup(out, in) ? SEC_E_OK :
						SEC_E_INSUFFICIENT_MEMORY;
	}
	out->data = sspi_alloc(in.len ? in.len * 2 : 1);
	if (!out->data)
		return SEC_E_INSUFFICIENT_MEMORY;
	out->len = in.len * 2;
	for (i = 0; i < in.len; i++) {
		if (!in.data[i] || in.data[i] >= 0x80)
			return ntlm_refuse(step, SEC_E_INVALID_TOKEN,
					   "an OEM name in the AUTHENTICATE is not ASCII");
		out->data[2 * i] = in.data[i];
	}
	return SEC_E_OK;
}

static sec_status_t decode_upper(const struct logon *l, struct sspi_step *step,
				 struct sspi_span in, struct sspi_blob *as_sent,
				 struct sspi_blob *upper)
{
	sec_status_t status = decode(l, step, in, as_sent);

	if (status != SEC_E_OK)
		return status;
	if (!ntlm_blob_dup(upper, ntlm_span(as_sent)))
		return SEC_E_INSUFFICIENT_MEMORY;
	sspi_utf16le_upcase(upper->data, upper->len);
	return SEC_E_OK;
}

static sec_status_t decode_names(struct logon *l, struct sspi_step *step)
{
	struct sspi_blob workstation = { };
	sec_status_t status;

	status = decode_upper(l, step, l->msg.user, &l->user, &l->user_upper);
	if (status == SEC_E_OK)
		status = decode_upper(l, step, l->msg.domain, &l->domain,
				      &l->domain_upper);
	if (status == SEC_E_OK)
		status = decode(l, step, l->msg.workstation, &workstation);
	sspi_free(workstation.data);
	return status;
}

/* Nobody gains a flag that was not granted. */
static sec_status_t check_flags(struct logon *l, struct sspi_step *step)
{
	u32 flags = l->msg.flags;

	if (flags & NTLMSSP_NEGOTIATE_UNICODE)
		flags &= ~NTLMSSP_NEGOTIATE_OEM;
	else if (!(flags & NTLMSSP_NEGOTIATE_OEM))
		return ntlm_refuse(step, SEC_E_INVALID_TOKEN,
				   "the AUTHENTICATE has no character set");
	if (flags & NTLMSSP_NEGOTIATE_LOCAL_CALL)
		return ntlm_refuse(step, SEC_E_INVALID_TOKEN,
				   "the client claims a local call");
	if (flags & GRANTED_ONLY & ~l->nego->flags ||
	    (flags & NTLMSSP_NEGOTIATE_OEM &&
	     l->nego->flags & NTLMSSP_NEGOTIATE_UNICODE))
		return ntlm_refuse(step, SEC_E_INVALID_TOKEN,
				   "the AUTHENTICATE has a flag that was not granted");
	l->msg.flags = flags;
	return SEC_E_OK;
}

/* A null session is an empty user, no NT response, and Z(1) or nothing. */
static bool null_session(const struct ntlm_authenticate *msg)
{
	if (msg->user.len || msg->nt_response.len || msg->lm_response.len > 1)
		return false;
	return !msg->lm_response.len || !msg->lm_response.data[0];
}

static sec_status_t read_v2(struct logon *l, struct sspi_step *step)
{
	if (ntlm_parse_v2_response(l->msg.nt_response, &l->v2) ||
	    ntlm_parse_av_pairs(l->v2.av_pairs, &l->av) ||
	    !ntlm_texts_ok(&l->av.target_name, 1))
		return ntlm_refuse(step, SEC_E_INVALID_TOKEN,
				   "malformed NTLMv2 response");
	l->is_v2 = true;
	return SEC_E_OK;
}

/*
 * What kind of response it is. An LM or LMv2 response alone is never taken: it
 * can do without a MIC (CVE-2019-1338).
 */
static sec_status_t classify(struct logon *l, struct sspi_step *step)
{
	const struct ntlm_authenticate *msg = &l->msg;
	bool lm_is_response = msg->lm_response.len == NTLM_RESPONSE_LEN;

	if (msg->lm_response.len > 1 && !lm_is_response)
		return ntlm_refuse(step, SEC_E_INVALID_TOKEN,
				   "an LM response of no known length");
	if (null_session(msg)) {
		l->anonymous = true;
		return SEC_E_OK;
	}
	if (!msg->user.len)
		return ntlm_refuse(step, SEC_E_LOGON_DENIED,
				   "a response without a user name");
	if (msg->lm_response.len == 1)
		return ntlm_refuse(step, SEC_E_LOGON_DENIED,
				   "a user name in a null session");
	if (!msg->nt_response.len)
		return ntlm_refuse(step, SEC_E_LOGON_DENIED,
				   "an LM response alone");
	if (msg->nt_response.len != NTLM_RESPONSE_LEN)
		return read_v2(l, step);
	if (l->cred->lm_compat >= NTLM_LEVEL_V2)
		return ntlm_refuse(step, SEC_E_LOGON_DENIED,
				   "an NTLMv1 response, which policy refuses");
	if (!lm_is_response)
		return ntlm_refuse(step, SEC_E_INVALID_TOKEN,
				   "an NTLMv1 response without its LM response");
	return SEC_E_OK;
}

static bool same(struct sspi_span a, const struct sspi_blob *b)
{
	return a.len == b->len && !memcmp(a.data, b->data, a.len);
}

/* The domain that is named goes before an account for any domain. */
static const struct ntlm_account *find_account(const struct logon *l)
{
	const struct ntlm_account *any = NULL;
	u32 i;

	for (i = 0; i < l->cred->account_count; i++) {
		const struct ntlm_account *account = &l->cred->accounts[i];

		if (!same(account->user, &l->user_upper))
			continue;
		if (account->domain.len &&
		    same(account->domain, &l->domain_upper))
			return account;
		if (!account->domain.len && !any)
			any = account;
	}
	return any;
}

/* 3.3.2: NTProofStr over what was sent; the domain counts as sent. */
static bool prove_v2(struct logon *l, const u8 *nt_hash)
{
	u8 ntowf[NTLM_HASH_LEN], want[NTLM_HASH_LEN];
	bool ok;

	ntlm_ntowf_v2(nt_hash, ntlm_span(&l->user_upper),
		      ntlm_span(&l->domain), ntowf);
	ntlm_v2_proof(ntowf, l->nego->server_challenge, l->v2.temp, want);
	ok = sspi_equal_ct(want, l->v2.proof.data, sizeof(want));
	ntlm_v2_session_base_key(ntowf, want, l->key);
	memzero_explicit(ntowf, sizeof(ntowf));
	memzero_explicit(want, sizeof(want));
	return ok;
}

/* 3.3.1; with LM_KEY and the like the key needs a hash that may not be there. */
static bool prove_v1(struct logon *l, const struct ntlm_account *account)
{
	const u8 *challenge = l->nego->server_challenge;
	u8 mixed[NTLM_CHALLENGE_LEN], want[NTLM_RESPONSE_LEN];
	bool ess = l->msg.flags & NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY;
	u8 base[NTLM_HASH_LEN];
	bool ok;

	if (ess) {
		ntlm_v1_ess_challenge(challenge, l->msg.lm_response.data,
				      mixed);
		challenge = mixed;
	}
	ntlm_desl(account->nt_hash, challenge, want);
	ok = sspi_equal_ct(want, l->msg.nt_response.data, sizeof(want));
	if (!ess && !account->has_lm &&
	    l->msg.flags & (NTLMSSP_NEGOTIATE_LM_KEY |
			    NTLMSSP_REQUEST_NON_NT_SESSION_KEY))
		ok = false;
	ntlm_v1_session_base_key(account->nt_hash, base);
	ntlm_kxkey_v1(l->msg.flags, base, l->nego->server_challenge,
		      l->msg.lm_response, account->lm_hash, l->key);
	memzero_explicit(want, sizeof(want));
	memzero_explicit(base, sizeof(base));
	return ok;
}

/* The same work for a user that does not exist: who does is not to be told. */
static sec_status_t prove(struct logon *l, struct sspi_step *step)
{
	static const struct ntlm_account nobody;
	const struct ntlm_account *account = find_account(l);
	bool known = account;
	bool ok;

	if (!known)
		account = &nobody;
	ok = l->is_v2 ? prove_v2(l, account->nt_hash) : prove_v1(l, account);
	if (!known)
		return ntlm_refuse(step, SEC_E_LOGON_DENIED, "unknown user");
	if (!ok)
		return ntlm_refuse(step, SEC_E_LOGON_DENIED, "wrong password");
	return SEC_E_OK;
}

static sec_status_t admit_anonymous(const struct logon *l,
				    struct sspi_step *step)
{
	if (l->cred->allow_anonymous)
		return SEC_E_OK;
	return ntlm_refuse(step, SEC_E_LOGON_DENIED,
			   "a null session, which policy refuses");
}

/*
 * 3.2.5.1.2: the exported key is sent after a key exchange, and is 16 bytes.
 * Without signing and sealing there is none to send, though some send it.
 */
static sec_status_t take_session_key(struct logon *l, struct sspi_step *step)
{
	struct sspi_span sent = l->msg.session_key;

	if (sent.len && sent.len != NTLM_KEY_LEN)
		return ntlm_refuse(step, SEC_E_INVALID_TOKEN,
				   "an EncryptedRandomSessionKey that is not 16 bytes");
	if (!(l->msg.flags & NTLMSSP_NEGOTIATE_KEY_EXCH))
		return SEC_E_OK;
	if (sent.len) {
		ntlm_rc4k(l->key, sent.data, l->key);
		return SEC_E_OK;
	}
	if (l->msg.flags & PROTECTION)
		return ntlm_refuse(step, SEC_E_INVALID_TOKEN,
				   "a key exchange without a key");
	return SEC_E_OK;
}

/*
 * AvFlags stand under NTProofStr: nobody but the client can have cleared the
 * bit that announces a MIC. What could be taken away is the timestamp that has
 * a client send one, so whom we sent a timestamp must send a MIC
 * (CVE-2019-1040, CVE-2019-1166). NTLMv1 has none.
 */
static sec_status_t check_mic(const struct logon *l, struct sspi_step *step)
{
	u8 want[NTLM_MIC_LEN];
	bool ok;

	if (!l->is_v2)
		return SEC_E_OK;
	if (!(l->av.flags & NTLM_AV_FLAG_MIC)) {
		if (!l->nego->sent_timestamp || l->cred->mic_optional)
			return SEC_E_OK;
		return ntlm_refuse(step, SEC_E_MESSAGE_ALTERED,
				   "no MIC from a client that was sent a timestamp");
	}
	if (l->msg.mic.len != NTLM_MIC_LEN)
		return ntlm_refuse(step, SEC_E_MESSAGE_ALTERED,
				   "the MIC was taken out");
	ntlm_mic(l->key, ntlm_span(&l->nego->negotiate),
		 ntlm_span(&l->nego->challenge), step->input, want);
	ok = sspi_equal_ct(want, l->msg.mic.data, sizeof(want));
	memzero_explicit(want, sizeof(want));
	if (ok)
		return SEC_E_OK;
	return ntlm_refuse(step, SEC_E_MESSAGE_ALTERED,
			   "the MIC does not verify");
}

/* An all-zero hash says "none" (2.2.2.1). */
static sec_status_t check_bindings(const struct logon *l,
				   struct sspi_step *step)
{
	static const u8 none[SSPI_MD5_LEN];
	struct sspi_span sent = l->av.channel_bindings;

	if (!l->nego->has_bindings)
		return SEC_E_OK;
	if (sent.len != SSPI_MD5_LEN || !memcmp(sent.data, none, sizeof(none))) {
		if (l->nego->req & ASC_REQ_ALLOW_MISSING_BINDINGS)
			return SEC_E_OK;
		return ntlm_refuse(step, SEC_E_BAD_BINDINGS,
				   "the client sent no channel bindings");
	}
	if (!sspi_equal_ct(sent.data, l->nego->bindings, SSPI_MD5_LEN))
		return ntlm_refuse(step, SEC_E_BAD_BINDINGS,
				   "the client is bound to another channel");
	return SEC_E_OK;
}

/* The text without its "@REALM", in bytes. */
static size_t without_realm(struct sspi_span spn)
{
	size_t i;

	for (i = 0; i + 1 < spn.len; i += 2)
		if (spn.data[i] == '@' && !spn.data[i + 1])
			return i;
	return spn.len;
}

/* A realm is compared only where both have one. */
static bool spn_equal(struct sspi_span a, struct sspi_span b)
{
	size_t a_len = without_realm(a), b_len = without_realm(b);

	if (a_len == a.len || b_len == b.len) {
		a.len = a_len;
		b.len = b_len;
	}
	return sspi_utf16le_equal_nocase(a, b);
}

static sec_status_t check_target(const struct logon *l,
				 struct sspi_step *step)
{
	struct sspi_span want = ntlm_span(&l->cred->principal);

	if (!want.len)
		return SEC_E_OK;
	if (!l->av.target_name.len)
		return ntlm_refuse(step, SEC_E_WRONG_PRINCIPAL,
				   "the client names no target");
	if (!spn_equal(want, l->av.target_name))
		return ntlm_refuse(step, SEC_E_WRONG_PRINCIPAL,
				   "the client wants another target");
	return SEC_E_OK;
}

/* What the caller requires of what is now proven. */
static sec_status_t check_required(const struct logon *l,
				   struct sspi_step *step)
{
	u32 got = l->anonymous ? 0 : l->msg.flags & PROTECTION;
	u64 req = l->nego->req;

	if (ntlm_too_weak(l->cred, l->msg.flags))
		return ntlm_refuse(step, SEC_E_SECURITY_QOS_FAILED,
				   "the client gave up extended session security or 128-bit keys");
	if (req & INTEGRITY_REQ && !got)
		return ntlm_refuse(step, SEC_E_SECURITY_QOS_FAILED,
				   "integrity is required and the client does without");
	if (req & ASC_REQ_CONFIDENTIALITY && !(got & NTLMSSP_NEGOTIATE_SEAL))
		return ntlm_refuse(step, SEC_E_SECURITY_QOS_FAILED,
				   "confidentiality is required and the client does without");
	if (req & ASC_REQ_DATAGRAM &&
	    !(l->msg.flags & NTLMSSP_NEGOTIATE_DATAGRAM))
		return ntlm_refuse(step, SEC_E_SECURITY_QOS_FAILED,
				   "the client does not speak connectionless NTLM");
	return SEC_E_OK;
}

/* UTF-16LE, known to be well formed, to a new C string. */
static char *to_utf8(struct sspi_span in)
{
	int len = in.len ? sspi_utf16le_to_utf8(in, NULL, 0) : 0;
	char *out;

	if (len < 0)
		return NULL;
	out = sspi_alloc(len + 1);
	if (out && len)
		sspi_utf16le_to_utf8(in, (u8 *)out, len);
	return out;
}

/* "DOMAIN\user" as the client sent them, or the user alone. */
static char *join(const char *domain, const char *user)
{
	size_t domain_len = strlen(domain), user_len = strlen(user);
	char *name = sspi_alloc(domain_len + user_len + 2);
	char *p = name;

	if (!name)
		return NULL;
	if (domain_len) {
		memcpy(p, domain, domain_len);
		p += domain_len;
		*p++ = '\\';
	}
	memcpy(p, user, user_len);
	return name;
}

static char *client_name(const struct logon *l)
{
	char *domain = to_utf8(ntlm_span(&l->domain));
	char *user = to_utf8(ntlm_span(&l->user));
	char *name = NULL;

	if (domain && user)
		name = join(domain, user);
	sspi_free(domain);
	sspi_free(user);
	return name;
}

static sec_status_t set_names(struct logon *l, bool *has_target)
{
	sec_status_t status = SEC_E_INSUFFICIENT_MEMORY;
	char *client = NULL, *target = NULL;

	if (l->anonymous)
		return ntlm_set_names(l->nego, NTLM_ANONYMOUS_NAME,
				      l->cred->server_name);
	*has_target = l->av.target_name.len;
	client = client_name(l);
	if (*has_target)
		target = to_utf8(l->av.target_name);
	if (client && (target || !*has_target))
		status = ntlm_set_names(l->nego, client, *has_target ?
					target : l->cred->server_name);
	sspi_free(client);
	sspi_free(target);
	return status;
}

static sec_status_t read_message(struct logon *l, struct sspi_step *step)
{
	sec_status_t status;

	if (ntlm_parse_authenticate(step->input, &l->msg))
		return ntlm_refuse(step, SEC_E_INVALID_TOKEN,
				   "malformed AUTHENTICATE");
	status = check_flags(l, step);
	if (status == SEC_E_OK)
		status = decode_names(l, step);
	if (status == SEC_E_OK)
		status = classify(l, step);
	return status;
}

static sec_status_t decide(struct logon *l, struct sspi_step *step)
{
	sec_status_t status = read_message(l, step);

	if (status == SEC_E_OK)
		status = l->anonymous ? admit_anonymous(l, step) :
					prove(l, step);
	if (status == SEC_E_OK)
		status = take_session_key(l, step);
	if (status == SEC_E_OK)
		status = check_mic(l, step);
	if (status == SEC_E_OK)
		status = check_bindings(l, step);
	if (status == SEC_E_OK)
		status = check_target(l, step);
	if (status == SEC_E_OK)
		status = check_required(l, step);
	return status;
}

sec_status_t ntlm_logon(struct ntlm_ctx *ctx, const struct ntlm_cred *cred,
			struct sspi_step *step)
{
	struct logon l = { .cred = cred, .nego = ctx->nego };
	bool has_target = false;
	sec_status_t status = decide(&l, step);

	if (status == SEC_E_OK)
		status = set_names(&l, &has_target);
	if (status == SEC_E_OK) {
		step->attr = ntlm_accept_attributes(l.nego->req, l.msg.flags,
						    l.anonymous);
		step->expiry = SSPI_EXPIRY_NEVER;
		ctx->anonymous = l.anonymous;
		ctx->has_target = has_target;
		ctx->with_mic = l.is_v2 && l.av.flags & NTLM_AV_FLAG_MIC;
		ntlm_ctx_establish(ctx, l.msg.flags, l.key);
	}
	sspi_free(l.user.data);
	sspi_free(l.user_upper.data);
	sspi_free(l.domain.data);
	sspi_free(l.domain_upper.data);
	memzero_explicit(&l, sizeof(l));
	return status;
}
