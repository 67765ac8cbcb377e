// SPDX-License-Identifier: GPL-2.0-only
/* The NTLM initiator: MS-NLMP 3.1.5. */
#include <linux/errno.h>
#include <linux/string.h>

#include "codec/buf.h"
#include "codec/utf16.h"
#include "crypto/ntlm_kdf.h"
#include "pkg/ntlm/answer.h"

#define INTEGRITY_REQ	(ISC_REQ_INTEGRITY | ISC_REQ_REPLAY_DETECT | \
			 ISC_REQ_SEQUENCE_DETECT)

/*
 * A SPN may carry the base64 form of a CREDENTIAL_TARGET_INFORMATION behind the
 * host name; it starts like this. Whoever registers such a name in DNS can
 * have us authenticate to ourselves (CVE-2025-33073).
 */
static const char marshalled[] = "1UWhRCA";

/* What we offer, MS-NLMP 3.1.5.1.1. */
static u32 offer(const struct ntlm_cred *cred, u64 req)
{
	u32 flags = NTLMSSP_NEGOTIATE_UNICODE | NTLMSSP_NEGOTIATE_OEM |
		    NTLMSSP_REQUEST_TARGET | NTLMSSP_NEGOTIATE_NTLM |
		    NTLMSSP_NEGOTIATE_ALWAYS_SIGN | NTLMSSP_NEGOTIATE_VERSION |
		    NTLMSSP_NEGOTIATE_128 | NTLMSSP_NEGOTIATE_56 |
		    NTLMSSP_NEGOTIATE_KEY_EXCH;

	if (cred->lm_compat >= NTLM_LEVEL_ESS)
		flags |= NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY;
	if (cred->lm_compat < NTLM_LEVEL_NO_LM)
		flags |= NTLMSSP_NEGOTIATE_LM_KEY;
	if (req & (INTEGRITY_REQ | ISC_REQ_CONFIDENTIALITY))
		flags |= NTLMSSP_NEGOTIATE_SIGN;
	if (req & ISC_REQ_CONFIDENTIALITY)
		flags |= NTLMSSP_NEGOTIATE_SEAL;
	if (req & ISC_REQ_IDENTIFY)
		flags |= NTLMSSP_NEGOTIATE_IDENTIFY;
	if (req & ISC_REQ_DATAGRAM)
		flags |= NTLMSSP_NEGOTIATE_DATAGRAM;
	return flags;
}

/* What a challenge may grant: the offer, and an old key that we never ask for
 * but that MS-NLMP 4.2.2 has an example of.
 */
static u32 grantable(const struct ntlm_cred *cred, u32 offered)
{
	if (cred->lm_compat < NTLM_LEVEL_NO_LM)
		offered |= NTLMSSP_REQUEST_NON_NT_SESSION_KEY;
	return offered;
}

static u64 attributes(u64 req, u32 flags, bool anonymous)
{
	u64 attr = req & (ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_CONNECTION |
			  ISC_REQ_USE_SESSION_KEY | ISC_REQ_USE_DCE_STYLE);

	if (req & ISC_REQ_USE_SUPPLIED_CREDS)
		attr |= ISC_RET_USED_SUPPLIED_CREDS;
	if (flags & NTLMSSP_NEGOTIATE_IDENTIFY)
		attr |= ISC_RET_IDENTIFY;
	if (flags & NTLMSSP_NEGOTIATE_DATAGRAM)
		attr |= ISC_RET_DATAGRAM;
	if (anonymous)
		return attr | ISC_RET_NULL_SESSION;
	if (flags & (NTLMSSP_NEGOTIATE_SIGN | NTLMSSP_NEGOTIATE_SEAL))
		attr |= ISC_RET_INTEGRITY | ISC_RET_REPLAY_DETECT |
			ISC_RET_SEQUENCE_DETECT;
	if (flags & NTLMSSP_NEGOTIATE_SEAL)
		attr |= ISC_RET_CONFIDENTIALITY;
	return attr;
}

static sec_status_t take_target(struct ntlm_nego *nego, struct sspi_step *step)
{
	struct sspi_blob copy;
	struct sspi_span text;

	if (!step->target || !*step->target)
		return SEC_E_OK;
	if (strstr(step->target, marshalled))
		return ntlm_refuse(step, SEC_E_INVALID_PARAMETER,
				   "the target carries marshalled credential target information");
	text.data = (const u8 *)step->target;
	text.len = strlen(step->target);
	if (sspi_utf8_to_utf16le(text, NULL, 0) < 0)
		return ntlm_refuse(step, SEC_E_INVALID_PARAMETER,
				   "the target is not well-formed UTF-8");
	text.len++;
	if (!ntlm_blob_dup(&copy, text))
		return SEC_E_INSUFFICIENT_MEMORY;
	sspi_free(nego->target);
	nego->target = (char *)copy.data;
	return SEC_E_OK;
}

/* What may come on any leg. */
static sec_status_t take_inputs(struct ntlm_nego *nego, struct sspi_step *step)
{
	sec_status_t status = take_target(nego, step);

	nego->req |= step->req;
	if (nego->req & ISC_REQ_NO_INTEGRITY)
		nego->req &= ~(u64)ISC_REQ_INTEGRITY;
	if (status == SEC_E_OK)
		status = ntlm_take_bindings(nego, step);
	return status;
}

static bool is_anonymous(const struct ntlm_cred *cred, u64 req)
{
	return !cred->has_identity || req & ISC_REQ_NULL_SESSION;
}

static sec_status_t send_negotiate(struct ntlm_ctx *ctx,
				   const struct ntlm_cred *cred,
				   struct sspi_step *step)
{
	struct ntlm_nego *nego = ctx->nego;
	struct ntlm_negotiate_out msg = { .with_version = true };
	int len;

	if (step->input.len)
		return ntlm_refuse(step, SEC_E_INVALID_TOKEN,
				   "a token before the NEGOTIATE was sent");
	nego->flags = offer(cred, nego->req);
	ctx->state = NTLM_STATE_SENT_NEGOTIATE;
	step->attr = attributes(nego->req, nego->flags, ctx->anonymous);
	/* Connectionless: the server speaks first (3.1.5.2). */
	if (nego->req & ISC_REQ_DATAGRAM)
		return SEC_I_CONTINUE_NEEDED;

	msg.flags = nego->flags;
	len = ntlm_build_negotiate(&msg, NULL, 0);
	if (len < 0)
		return SEC_E_INTERNAL_ERROR;
	step->output.data = sspi_alloc(len);
	if (!step->output.data)
		return SEC_E_INSUFFICIENT_MEMORY;
	step->output.len = len;
	ntlm_build_negotiate(&msg, step->output.data, len);
	if (!ntlm_blob_dup(&nego->negotiate, ntlm_span(&step->output)))
		return SEC_E_INSUFFICIENT_MEMORY;
	return SEC_I_CONTINUE_NEEDED;
}

/*
 * The codec ignores target information without its flag, as 2.2.1.2 says. Whoever
 * clears the flag takes the timestamp, and so the MIC, out of the exchange:
 * there is no honest reason to send one without the other.
 */
static bool hides_target_info(struct sspi_span in,
			      const struct ntlm_challenge *msg)
{
	size_t head = in.len;
	struct sspi_reader r;

	if (msg->flags & NTLMSSP_NEGOTIATE_TARGET_INFO)
		return false;
	if (msg->target_name.len)
		head = msg->target_name.data - in.data;
	if (head < 48)
		return false;
	sspi_reader_init(&r, in);
	sspi_read_span(&r, 40);
	return sspi_read_le16(&r) != 0;
}

static sec_status_t parse_challenge(struct ntlm_answer *a, struct sspi_step *step)
{
	struct ntlm_challenge *msg = &a->challenge;
	struct sspi_span texts[6];

	if (ntlm_parse_challenge(step->input, msg))
		return ntlm_refuse(step, SEC_E_INVALID_TOKEN,
				   "malformed CHALLENGE");
	if (a->v2 && hides_target_info(step->input, msg))
		return ntlm_refuse(step, SEC_E_INVALID_TOKEN,
				   "target information without its flag");
	if (msg->target_info.len > NTLM_MAX_TARGET_INFO)
		return ntlm_refuse(step, SEC_E_INVALID_TOKEN,
				   "target information is too long");
	if (msg->target_info.len &&
	    ntlm_parse_av_pairs(msg->target_info, &a->av))
		return ntlm_refuse(step, SEC_E_INVALID_TOKEN,
				   "malformed target information");
	texts[0] = a->av.nb_computer;
	texts[1] = a->av.nb_domain;
	texts[2] = a->av.dns_computer;
	texts[3] = a->av.dns_domain;
	texts[4] = a->av.dns_tree;
	texts[5] = msg->target_name;
	if (!ntlm_texts_ok(texts, msg->flags & NTLMSSP_NEGOTIATE_UNICODE ?
			   6 : 5))
		return ntlm_refuse(step, SEC_E_INVALID_TOKEN,
				   "a name in the CHALLENGE is not UTF-16");
	return SEC_E_OK;
}

/*
 * What the caller requires of what both sides can. A server that signs and does
 * not seal is put up with: the caller is told by the flag that it does not get,
 * and nothing is sent in the clear, since sealing then fails.
 */
static sec_status_t check_required(const struct ntlm_answer *a, u32 both,
				   struct sspi_step *step)
{
	u64 req = a->nego->req;

	if (req & (INTEGRITY_REQ | ISC_REQ_CONFIDENTIALITY) &&
	    !(both & NTLMSSP_NEGOTIATE_SIGN))
		return ntlm_refuse(step, SEC_E_SECURITY_QOS_FAILED,
				   "integrity is required and not granted");
	if (req & (INTEGRITY_REQ | ISC_REQ_CONFIDENTIALITY) && a->anonymous)
		return ntlm_refuse(step, SEC_E_SECURITY_QOS_FAILED,
				   "a null session has no session security");
	if (req & ISC_REQ_DATAGRAM && !(both & NTLMSSP_NEGOTIATE_DATAGRAM))
		return ntlm_refuse(step, SEC_E_SECURITY_QOS_FAILED,
				   "the server does not speak connectionless NTLM");
	return SEC_E_OK;
}

/*
 * What nobody may lack. Below NTLM_LEVEL_V2 the administrator has asked for
 * what old servers can do.
 */
static sec_status_t check_strength(const struct ntlm_answer *a, u32 both,
				   struct sspi_step *step)
{
	u32 theirs = a->challenge.flags;

	if (!(both & (NTLMSSP_NEGOTIATE_UNICODE | NTLMSSP_NEGOTIATE_OEM)))
		return ntlm_refuse(step, SEC_E_INVALID_TOKEN,
				   "the server offers no character set");
	if (theirs & NTLMSSP_NEGOTIATE_LOCAL_CALL)
		return ntlm_refuse(step, SEC_E_INVALID_TOKEN,
				   "the server asks for a local call");
	if (!a->v2)
		return SEC_E_OK;
	if (!(both & NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY))
		return ntlm_refuse(step, SEC_E_SECURITY_QOS_FAILED,
				   "the server offers no extended session security");
	if (theirs & NTLMSSP_NEGOTIATE_LM_KEY)
		return ntlm_refuse(step, SEC_E_SECURITY_QOS_FAILED,
				   "the server asks for an LM session key");
	if (!(both & NTLMSSP_NEGOTIATE_128))
		return ntlm_refuse(step, SEC_E_SECURITY_QOS_FAILED,
				   "the server offers no 128-bit keys");
	return SEC_E_OK;
}

/* Ours and theirs, then the required bits (MS-NLMP 3.1.5.1.2). */
static sec_status_t policy(struct ntlm_answer *a, struct sspi_step *step)
{
	u32 theirs = a->challenge.flags;
	u32 both = theirs & grantable(a->cred, a->nego->flags);
	sec_status_t status;

	status = check_strength(a, both, step);
	if (status == SEC_E_OK)
		status = check_required(a, both, step);
	if (status != SEC_E_OK)
		return status;

	if (both & NTLMSSP_NEGOTIATE_UNICODE)
		both &= ~NTLMSSP_NEGOTIATE_OEM;
	if (both & NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY)
		both &= ~NTLMSSP_NEGOTIATE_LM_KEY;
	/* A key is exchanged for signing or sealing only. */
	if (!(both & (NTLMSSP_NEGOTIATE_SIGN | NTLMSSP_NEGOTIATE_SEAL |
		      NTLMSSP_NEGOTIATE_DATAGRAM)) || a->anonymous)
		both &= ~NTLMSSP_NEGOTIATE_KEY_EXCH;
	if (a->anonymous)
		both |= NTLMSSP_NEGOTIATE_ANONYMOUS;
	a->flags = both | NTLMSSP_REQUEST_TARGET |
		   (theirs & NTLMSSP_NEGOTIATE_TARGET_INFO);
	return SEC_E_OK;
}

/* A text in the character set in use; OEM is ASCII for us. */
static sec_status_t encode(struct sspi_step *step, u32 flags,
			   struct sspi_span utf16, struct sspi_blob *out)
{
	size_t i;

	if (!ntlm_blob_dup(out, utf16))
		return SEC_E_INSUFFICIENT_MEMORY;
	if (flags & NTLMSSP_NEGOTIATE_UNICODE)
		return SEC_E_OK;
	for (i = 0; i < utf16.len / 2; i++) {
		if (utf16.data[2 * i] >= 0x80 || utf16.data[2 * i + 1])
			return ntlm_refuse(step, SEC_E_SECURITY_QOS_FAILED,
					   "the server takes no Unicode and a name is not ASCII");
		out->data[i] = utf16.data[2 * i];
	}
	out->len = utf16.len / 2;
	return SEC_E_OK;
}

static sec_status_t encode_names(struct ntlm_answer *a, struct sspi_step *step)
{
	const struct ntlm_cred *cred = a->cred;
	sec_status_t status;

	status = encode(step, a->flags, ntlm_span(&cred->workstation),
			&a->workstation);
	if (status != SEC_E_OK || a->anonymous)
		return status;
	status = encode(step, a->flags, ntlm_span(&cred->user), &a->user);
	if (status == SEC_E_OK)
		status = encode(step, a->flags, ntlm_span(&cred->domain),
				&a->domain);
	return status;
}

static sec_status_t build_authenticate(struct ntlm_answer *a, struct sspi_step *step)
{
	struct ntlm_authenticate_out msg = {
		.flags = a->flags,
		.lm_response = { a->lm, a->lm_len },
		.nt_response = ntlm_span(&a->nt),
		.domain = ntlm_span(&a->domain),
		.user = ntlm_span(&a->user),
		.workstation = ntlm_span(&a->workstation),
		.with_mic = a->mic,
		.with_version = a->flags & NTLMSSP_NEGOTIATE_VERSION,
	};
	int len;

	if (a->flags & NTLMSSP_NEGOTIATE_KEY_EXCH)
		msg.session_key = (struct sspi_span){ a->sealed_key,
						      sizeof(a->sealed_key) };
	len = ntlm_build_authenticate(&msg, NULL, 0);
	if (len < 0)
		return ntlm_refuse(step, SEC_E_INVALID_TOKEN,
				   "the AUTHENTICATE would be too long");
	step->output.data = sspi_alloc(len);
	if (!step->output.data)
		return SEC_E_INSUFFICIENT_MEMORY;
	step->output.len = len;
	ntlm_build_authenticate(&msg, step->output.data, len);
	if (a->mic)
		ntlm_mic(a->key, ntlm_span(&a->nego->negotiate), step->input,
			 ntlm_span(&step->output),
			 step->output.data + NTLM_MIC_OFFSET);
	return SEC_E_OK;
}

/* 3.1.5.1.2 and 3.4.5: randomness in this order and no other. */
static sec_status_t draw(struct ntlm_answer *a, struct sspi_step *step,
			 u8 exported[NTLM_KEY_LEN])
{
	sec_status_t status;

	status = step->env->random(step->env, a->nonce, sizeof(a->nonce));
	if (status == SEC_E_OK && a->flags & NTLMSSP_NEGOTIATE_KEY_EXCH)
		status = step->env->random(step->env, exported, NTLM_KEY_LEN);
	if (status != SEC_E_OK)
		step->reason = "no randomness";
	return status;
}

static sec_status_t set_names(struct ntlm_answer *a)
{
	struct sspi_span name = a->av.dns_computer.len ? a->av.dns_computer :
				a->av.nb_computer;
	const char *client = a->anonymous ? NTLM_ANONYMOUS_NAME :
			     a->cred->name;
	sec_status_t status;
	char *server;
	int len;

	if (a->nego->target)
		return ntlm_set_names(a->nego, client, a->nego->target);
	len = name.len ? sspi_utf16le_to_utf8(name, NULL, 0) : 0;
	if (len <= 0)
		return ntlm_set_names(a->nego, client, "");
	server = sspi_alloc(len + 1);
	if (!server)
		return SEC_E_INSUFFICIENT_MEMORY;
	sspi_utf16le_to_utf8(name, (u8 *)server, len);
	status = ntlm_set_names(a->nego, client, server);
	sspi_free(server);
	return status;
}

static sec_status_t answer_challenge(struct ntlm_answer *a, struct sspi_step *step)
{
	u8 exported[NTLM_KEY_LEN] = { };
	sec_status_t status;

	status = parse_challenge(a, step);
	if (status != SEC_E_OK)
		return status;
	if (ntlm_reflect_ours(a->challenge.server_challenge,
			      ntlm_span(&a->nego->negotiate), ntlm_now(step)))
		return ntlm_refuse(step, SEC_E_LOGON_DENIED,
				   "one of our own challenges came back");
	status = policy(a, step);
	if (status != SEC_E_OK)
		return status;
	status = draw(a, step, exported);
	if (status == SEC_E_OK)
		status = ntlm_respond(a, step);
	if (status == SEC_E_OK && a->flags & NTLMSSP_NEGOTIATE_KEY_EXCH) {
		ntlm_rc4k(a->key, exported, a->sealed_key);
		memcpy(a->key, exported, sizeof(a->key));
	}
	memzero_explicit(exported, sizeof(exported));
	if (status == SEC_E_OK)
		status = encode_names(a, step);
	if (status == SEC_E_OK)
		status = set_names(a);
	a->mic = a->v2 && !a->anonymous && a->av.has_timestamp;
	if (status == SEC_E_OK)
		status = build_authenticate(a, step);
	return status;
}

static sec_status_t send_authenticate(struct ntlm_ctx *ctx,
				      const struct ntlm_cred *cred,
				      struct sspi_step *step)
{
	struct ntlm_answer a = {
		.cred = cred,
		.nego = ctx->nego,
		.anonymous = ctx->anonymous,
		.v2 = cred->lm_compat >= NTLM_LEVEL_V2,
	};
	sec_status_t status = answer_challenge(&a, step);

	if (status == SEC_E_OK) {
		step->attr = attributes(a.nego->req, a.flags, a.anonymous);
		step->expiry = SSPI_EXPIRY_NEVER;
		ctx->with_mic = a.mic;
		ntlm_ctx_establish(ctx, a.flags, a.key);
	}
	sspi_free(a.nt.data);
	sspi_free(a.user.data);
	sspi_free(a.domain.data);
	sspi_free(a.workstation.data);
	memzero_explicit(&a, sizeof(a));
	return status;
}

static sec_status_t first_leg(struct ntlm_ctx *ctx,
			      const struct ntlm_cred *cred,
			      struct sspi_step *step)
{
	sec_status_t status = take_inputs(ctx->nego, step);

	if (status != SEC_E_OK)
		return status;
	ctx->anonymous = is_anonymous(cred, step->req);
	if (ctx->anonymous && !cred->allow_anonymous)
		return ntlm_refuse(step, SEC_E_NO_CREDENTIALS,
				   "a null session is not allowed by the credential");
	return send_negotiate(ctx, cred, step);
}

static sec_status_t second_leg(struct ntlm_ctx *ctx,
			       const struct ntlm_cred *cred,
			       struct sspi_step *step)
{
	sec_status_t status = take_inputs(ctx->nego, step);

	return status == SEC_E_OK ? send_authenticate(ctx, cred, step) : status;
}

sec_status_t ntlm_initialize(void **priv, void *cred, struct sspi_step *step)
{
	struct ntlm_ctx *ctx = *priv;
	sec_status_t status;

	if (!ctx) {
		ctx = ntlm_ctx_new(true);
		if (!ctx)
			return SEC_E_INSUFFICIENT_MEMORY;
		*priv = ctx;
	}
	switch (ctx->state) {
	case NTLM_STATE_NEW:
		status = first_leg(ctx, cred, step);
		break;
	case NTLM_STATE_SENT_NEGOTIATE:
		status = second_leg(ctx, cred, step);
		break;
	case NTLM_STATE_ESTABLISHED:
		return ntlm_refuse(step, SEC_E_OUT_OF_SEQUENCE,
				   "the negotiation is over");
	default:
		return ntlm_refuse(step, SEC_E_INVALID_HANDLE,
				   "the context has failed");
	}
	if (status != SEC_E_OK && status != SEC_I_CONTINUE_NEEDED) {
		/* Half an answer is none. */
		sspi_free(step->output.data);
		step->output.data = NULL;
		step->output.len = 0;
		ntlm_ctx_fail(ctx);
	}
	return status;
}
