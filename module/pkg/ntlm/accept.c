// SPDX-License-Identifier: GPL-2.0-only
/* The NTLM acceptor's legs: MS-NLMP 3.2.5. The logon itself: logon.c. */
#include <linux/errno.h>
#include <linux/string.h>

#include "codec/buf.h"
#include "codec/utf16.h"
#include "pkg/ntlm/ntlm.h"

#define OURS (NTLMSSP_NEGOTIATE_UNICODE | NTLMSSP_NEGOTIATE_OEM | \
	      NTLMSSP_REQUEST_TARGET | NTLMSSP_NEGOTIATE_SIGN | \
	      NTLMSSP_NEGOTIATE_SEAL | NTLMSSP_NEGOTIATE_NTLM | \
	      NTLMSSP_NEGOTIATE_ALWAYS_SIGN | \
	      NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY | \
	      NTLMSSP_NEGOTIATE_IDENTIFY | NTLMSSP_NEGOTIATE_VERSION | \
	      NTLMSSP_NEGOTIATE_128 | NTLMSSP_NEGOTIATE_KEY_EXCH | \
	      NTLMSSP_NEGOTIATE_56)

/*
 * The policy: ours and theirs, then what is required (3.2.5.1.1). A client that
 * wants neither signing nor sealing may lack what they need: its logon is
 * judged by its response alone. LM_KEY, which real clients offer, is never
 * granted.
 */
static sec_status_t policy(const struct ntlm_cred *cred,
			   struct ntlm_nego *nego, u32 theirs,
			   struct sspi_step *step)
{
	u32 ours = OURS;
	u32 both;

	if (nego->req & ASC_REQ_DATAGRAM)
		ours |= NTLMSSP_NEGOTIATE_DATAGRAM;
	both = ours & theirs;
	if (!(both & (NTLMSSP_NEGOTIATE_UNICODE | NTLMSSP_NEGOTIATE_OEM)))
		return ntlm_refuse(step, SEC_E_INVALID_TOKEN,
				   "the client offers no character set");
	if (theirs & NTLMSSP_NEGOTIATE_LOCAL_CALL)
		return ntlm_refuse(step, SEC_E_INVALID_TOKEN,
				   "the client asks for a local call");
	if (ntlm_too_weak(cred, both))
		return ntlm_refuse(step, SEC_E_SECURITY_QOS_FAILED,
				   "the client asks for protection without extended session security or 128-bit keys");
	if (both & NTLMSSP_NEGOTIATE_UNICODE)
		both &= ~NTLMSSP_NEGOTIATE_OEM;
	if (both & NTLMSSP_REQUEST_TARGET)
		both |= NTLMSSP_TARGET_TYPE_SERVER;
	nego->flags = both | NTLMSSP_NEGOTIATE_NTLM |
		      NTLMSSP_NEGOTIATE_TARGET_INFO;
	return SEC_E_OK;
}

/* The credential's pairs, the time, and the end (2.2.2.1). */
static void write_target_info(const struct ntlm_cred *cred, s64 now,
			      struct sspi_writer *w)
{
	struct sspi_writer t;
	u8 time[8];

	sspi_writer_init(&t, time, sizeof(time));
	sspi_write_le64(&t, ntlm_filetime(now));
	sspi_write_bytes(w, cred->target_info.data, cred->target_info.len);
	ntlm_write_av(w, NTLM_AV_TIMESTAMP,
		      (struct sspi_span){ time, sizeof(time) });
	ntlm_write_av(w, NTLM_AV_EOL, (struct sspi_span){ });
}

/*
 * TargetName in the character set in use; a name that OEM cannot say is left
 * out, the target information has it.
 */
static sec_status_t target_name(const struct ntlm_cred *cred, u32 flags,
				struct sspi_blob *out)
{
	size_t i;

	if (!ntlm_blob_dup(out, ntlm_span(&cred->nb_computer)))
		return SEC_E_INSUFFICIENT_MEMORY;
	if (!(flags & NTLMSSP_REQUEST_TARGET))
		out->len = 0;
	if (flags & NTLMSSP_NEGOTIATE_UNICODE)
		return SEC_E_OK;
	for (i = 0; i < out->len / 2; i++) {
		if (out->data[2 * i] >= 0x80 || out->data[2 * i + 1]) {
			out->len = 0;
			return SEC_E_OK;
		}
		out->data[i] = out->data[2 * i];
	}
	out->len /= 2;
	return SEC_E_OK;
}

static sec_status_t build_challenge(const struct ntlm_cred *cred,
				    struct ntlm_nego *nego)
{
	struct ntlm_challenge_out msg = {
		.flags = nego->flags,
		.server_challenge = nego->server_challenge,
	};
	struct sspi_blob name = { }, info = { };
	sec_status_t status = SEC_E_INSUFFICIENT_MEMORY;
	struct sspi_writer w;
	int len;

	sspi_writer_init(&w, NULL, 0);
	write_target_info(cred, nego->issued, &w);
	info.len = w.pos;
	info.data = sspi_alloc(info.len);
	if (!info.data || target_name(cred, nego->flags, &name) != SEC_E_OK)
		goto out;
	sspi_writer_init(&w, info.data, info.len);
	write_target_info(cred, nego->issued, &w);

	msg.target_name = ntlm_span(&name);
	msg.target_info = ntlm_span(&info);
	len = ntlm_build_challenge(&msg, NULL, 0);
	if (len < 0) {
		status = SEC_E_INTERNAL_ERROR;
		goto out;
	}
	nego->challenge.data = sspi_alloc(len);
	if (!nego->challenge.data)
		goto out;
	nego->challenge.len = len;
	ntlm_build_challenge(&msg, nego->challenge.data, len);
	status = SEC_E_OK;
out:
	sspi_free(name.data);
	sspi_free(info.data);
	return status;
}

static sec_status_t make_challenge(const struct ntlm_cred *cred,
				   struct ntlm_nego *nego,
				   struct sspi_step *step)
{
	sec_status_t status;

	status = step->env->random(step->env, nego->server_challenge,
				   sizeof(nego->server_challenge));
	if (status != SEC_E_OK)
		return ntlm_refuse(step, status, "no randomness");
	nego->sent_timestamp = true;
	ntlm_reflect_add(nego->server_challenge, ntlm_span(&nego->negotiate),
			 nego->issued);
	nego->listed = true;
	return build_challenge(cred, nego);
}

/*
 * A scripted environment gives the whole message: what it says holds, and it is
 * not listed as ours, since published examples are used more than once.
 */
static sec_status_t preset_challenge(struct ntlm_nego *nego,
				     struct sspi_step *step)
{
	struct ntlm_av_view av = { };
	struct ntlm_challenge msg;

	if (ntlm_parse_challenge(step->preset_challenge, &msg) ||
	    (msg.target_info.len && ntlm_parse_av_pairs(msg.target_info, &av)))
		return ntlm_refuse(step, SEC_E_INVALID_PARAMETER,
				   "the CHALLENGE to send is malformed");
	nego->flags = msg.flags;
	memcpy(nego->server_challenge, msg.server_challenge,
	       sizeof(nego->server_challenge));
	nego->sent_timestamp = av.has_timestamp;
	return ntlm_blob_dup(&nego->challenge, step->preset_challenge) ?
	       SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

/* Connectionless: the server speaks first (3.2.5.2), so it takes what it gives. */
static sec_status_t read_negotiate(struct ntlm_nego *nego,
				   struct sspi_step *step, u32 *theirs)
{
	struct ntlm_negotiate msg;

	if (!step->input.len && nego->req & ASC_REQ_DATAGRAM) {
		*theirs = (OURS | NTLMSSP_NEGOTIATE_DATAGRAM) &
			  ~NTLMSSP_NEGOTIATE_IDENTIFY;
		return SEC_E_OK;
	}
	if (ntlm_parse_negotiate(step->input, &msg))
		return ntlm_refuse(step, SEC_E_INVALID_TOKEN,
				   "malformed NEGOTIATE");
	*theirs = msg.flags;
	return ntlm_blob_dup(&nego->negotiate, step->input) ?
	       SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

static sec_status_t send_challenge(struct ntlm_ctx *ctx,
				   const struct ntlm_cred *cred,
				   struct sspi_step *step)
{
	struct ntlm_nego *nego = ctx->nego;
	sec_status_t status;
	u32 theirs;

	status = read_negotiate(nego, step, &theirs);
	if (status == SEC_E_OK)
		status = policy(cred, nego, theirs, step);
	if (status != SEC_E_OK)
		return status;
	nego->issued = ntlm_now(step);
	if (step->preset_challenge.data)
		status = preset_challenge(nego, step);
	else
		status = make_challenge(cred, nego, step);
	if (status == SEC_E_OK &&
	    !ntlm_blob_dup(&step->output, ntlm_span(&nego->challenge)))
		status = SEC_E_INSUFFICIENT_MEMORY;
	if (status != SEC_E_OK)
		return status;
	step->attr = ntlm_accept_attributes(nego->req, nego->flags, false);
	ctx->state = NTLM_STATE_SENT_CHALLENGE;
	return SEC_I_CONTINUE_NEEDED;
}

/* A challenge is good for one answer: whatever comes back ends the wait. */
static sec_status_t take_answer(struct ntlm_ctx *ctx,
				const struct ntlm_cred *cred,
				struct sspi_step *step)
{
	if (ntlm_now(step) - ctx->nego->issued > NTLM_CHALLENGE_LIFE)
		return ntlm_refuse(step, SEC_E_CONTEXT_EXPIRED,
				   "the challenge is too old");
	return ntlm_logon(ctx, cred, step);
}

static sec_status_t leg(struct ntlm_ctx *ctx, const struct ntlm_cred *cred,
			struct sspi_step *step)
{
	sec_status_t status;

	ctx->nego->req |= step->req;
	status = ntlm_take_bindings(ctx->nego, step);
	if (status != SEC_E_OK)
		return status;
	if (ctx->state == NTLM_STATE_NEW)
		return send_challenge(ctx, cred, step);
	return take_answer(ctx, cred, step);
}

sec_status_t ntlm_accept(void **priv, void *cred, struct sspi_step *step)
{
	struct ntlm_ctx *ctx = *priv;
	sec_status_t status;

	if (!ctx) {
		ctx = ntlm_ctx_new(false);
		if (!ctx)
			return SEC_E_INSUFFICIENT_MEMORY;
		*priv = ctx;
	}
	switch (ctx->state) {
	case NTLM_STATE_NEW:
	case NTLM_STATE_SENT_CHALLENGE:
		status = leg(ctx, cred, step);
		break;
	case NTLM_STATE_ESTABLISHED:
		return ntlm_refuse(step, SEC_E_OUT_OF_SEQUENCE,
				   "the negotiation is over");
	default:
		return ntlm_refuse(step, SEC_E_INVALID_HANDLE,
				   "the context has failed");
	}
	if (status != SEC_E_OK && status != SEC_I_CONTINUE_NEEDED)
		ntlm_ctx_fail(ctx);
	return status;
}
