// SPDX-License-Identifier: GPL-2.0-only
/*
 * Message protection of NTLM: a script of messages in both directions, some of
 * them changed, repeated or out of turn on their way. What was sent arrives;
 * what was not sent is refused, and the refusal leaves no trace.
 */
#include "wire.h"

#include "codec/ntlmssp.h"
#include "ms_nlmp.h"

#define OPT_DATAGRAM 0x01
#define OPT_SIGN_ONLY 0x02 /* confidentiality is not negotiated */
#define OPT_NTLMV1 0x04 /* the old signatures, without session security */

static struct wire_rules rules;
static uint8_t options;

static bool establish(struct party *client, struct party *server)
{
	struct sspi_ntlm_options policy = {
		.lm_compat = options & OPT_NTLMV1 ? 1 : 3,
	};
	struct sspi_auth_identity identity = {
		.user = FUZZ_USER,
		.domain = FUZZ_DOMAIN,
		.secret_kind = SSPI_SECRET_PASSWORD,
		.secret = FUZZ_PASSWORD,
		.secret_len = strlen(FUZZ_PASSWORD),
	};
	struct sspi_acquire_args out = {
		.package = "NTLM",
		.cred_use = SECPKG_CRED_OUTBOUND,
		.identity = &identity,
		.ntlm = &policy,
	};
	struct sspi_acquire_args in = {
		.package = "NTLM",
		.cred_use = SECPKG_CRED_INBOUND,
		.accounts = &identity,
		.account_count = 1,
		.ntlm = &policy,
	};
	struct sspi_span token = { NULL, 0 };

	client->initiator = true;
	client->target = FUZZ_TARGET;
	client->req = ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT;
	server->req = ASC_REQ_REPLAY_DETECT | ASC_REQ_SEQUENCE_DETECT;
	if (!(options & OPT_NTLMV1)) {
		client->req |= ISC_REQ_INTEGRITY;
		server->req |= ASC_REQ_INTEGRITY;
	} else {
		server->preset = span_of(ms_nlmp_challenge_v1,
					 sizeof(ms_nlmp_challenge_v1));
	}
	if (!(options & (OPT_SIGN_ONLY | OPT_NTLMV1))) {
		client->req |= ISC_REQ_CONFIDENTIALITY;
		server->req |= ASC_REQ_CONFIDENTIALITY;
	}
	if (options & OPT_DATAGRAM) {
		client->req |= ISC_REQ_DATAGRAM;
		server->req |= ASC_REQ_DATAGRAM;
	}
	MUST(party_acquire(client, &out) == SEC_E_OK);
	MUST(party_acquire(server, &in) == SEC_E_OK);
	if (party_leg(client, token) != SEC_I_CONTINUE_NEEDED)
		return false;
	token = span_of(client->output.data, client->output.len);
	if (party_leg(server, token) != SEC_I_CONTINUE_NEEDED)
		return false;
	token = span_of(server->output.data, server->output.len);
	if (party_leg(client, token) != SEC_E_OK)
		return false;
	token = span_of(client->output.data, client->output.len);
	return party_leg(server, token) == SEC_E_OK;
}

static bool allowed(sec_status_t status)
{
	switch ((__force u32)status) {
	case 0x80090302: /* SEC_E_UNSUPPORTED_FUNCTION */
	case 0x80090308: /* SEC_E_INVALID_TOKEN */
	case 0x8009030a: /* SEC_E_QOP_NOT_SUPPORTED */
	case 0x8009030f: /* SEC_E_MESSAGE_ALTERED */
	case 0x80090310: /* SEC_E_OUT_OF_SEQUENCE */
		return true;
	default:
		fprintf(stderr, "status %08x\n", (__force u32)status);
		return false;
	}
}

/* Makes the message another one; false if it is still the same to a receiver. */
static bool tamper(struct wire *w, struct script *s)
{
	uint8_t what = take8(s), bits = take8(s) | 1;
	size_t at = take16(s);
	struct sspi_part *part = &w->parts[at % w->count];

	switch (what % 4) {
	case 0:
		w->token[at % NTLM_MESSAGE_SIGNATURE_LEN] ^= bits;
		/* RandomPad of the old signature is to be ignored */
		return !(options & OPT_NTLMV1) ||
		       at % NTLM_MESSAGE_SIGNATURE_LEN < 4 ||
		       at % NTLM_MESSAGE_SIGNATURE_LEN >= 8;
	case 1:
		w->token_len = at % NTLM_MESSAGE_SIGNATURE_LEN;
		return true;
	default:
		if (!part->len)
			return false;
		part->data[at / w->count % part->len] ^= bits;
		return true;
	}
}

/* What was sent arrives; in one run of bytes, if @stream and it can be. */
static void arrive(struct party *to, struct wire *w, struct wire *plain,
		   bool stream, struct script *s)
{
	if (stream && w->sealed && !w->qop && w->count == 1 &&
	    w->parts[0].kind == SSPI_PART_DATA && rules.ops->unseal_stream &&
	    !(options & OPT_DATAGRAM)) {
		wire_stream(&rules, to->ctx, w, plain, s);
		return;
	}
	MUST(wire_deliver(&rules, to->ctx, w) == SEC_E_OK);
	plain->token_len = w->token_len;
	memcpy(plain->token, w->token, w->token_len);
	MUST(wire_same(w, plain));
}

static void one(struct party *from, struct party *to, struct script *s,
		uint32_t seq, struct wire *last, unsigned int *sent)
{
	struct wire w = { .seq = seq }, plain, next = { .seq = 0 }, bad;
	uint8_t how = take8(s);
	bool ahead = false;

	w.sealed = how & 1;
	w.qop = (how & 0x18) == 0x18 ? WIRE_NO_ENCRYPT : 0;
	wire_compose(&w, s);
	wire_copy(&plain, &w);
	if (wire_protect(&rules, from->ctx, &w) != SEC_E_OK) {
		MUST(w.qop ||
		     (w.sealed && (options & (OPT_SIGN_ONLY | OPT_NTLMV1))));
		goto out;
	}
	/* what is only signed goes as it is */
	if (!w.sealed || w.qop)
		MUST(!memcmp(w.parts[0].data, plain.parts[0].data,
			     w.parts[0].len));

	if (how & 2) {
		wire_copy(&bad, &w);
		if (tamper(&bad, s))
			wire_refused(&rules, to->ctx, &bad);
		wire_free(&bad);
	}
	if ((how & 4) && *sent && !(options & OPT_DATAGRAM))
		wire_refused(&rules, to->ctx, last);
	if ((how & 0x20) && !(options & OPT_DATAGRAM)) {
		wire_compose(&next, s);
		next.sealed = w.sealed;
		ahead = wire_hurry(&rules, from->ctx, to->ctx, &next);
	}
	wire_free(last);
	wire_copy(last, &w);
	++*sent;
	arrive(to, &w, &plain, how & 0x40, s);
	if (ahead) {
		wire_free(last);
		wire_copy(last, &next);
		MUST(wire_deliver(&rules, to->ctx, &next) == SEC_E_OK);
	}
out:
	wire_free(&next);
	wire_free(&plain);
	wire_free(&w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct script s = { data, size };
	struct party client = { 0 }, server = { 0 };
	struct wire last[2] = { 0 };
	unsigned int sent[2] = { 0, 0 };
	uint32_t i;

	rules = (struct wire_rules){
		.ops = ntlm_package.ops,
		.token_room = NTLM_MESSAGE_SIGNATURE_LEN,
		.allowed = allowed,
	};
	options = take8(&s) % 8;
	fuzz_begin_ntlm(0, 0);
	if (establish(&client, &server)) {
		for (i = 0; i < 8 && s.left; i++) {
			bool back = take8(&s) & 1;

			one(back ? &server : &client, back ? &client : &server,
			    &s, i, &last[back], &sent[back]);
		}
	} else {
		MUST(options & OPT_NTLMV1);
	}
	wire_free(&last[0]);
	wire_free(&last[1]);
	if (!client.dead)
		party_fail(&client);
	if (!server.dead)
		party_fail(&server);
	party_free(&client);
	party_free(&server);
	fuzz_end();
	return 0;
}
