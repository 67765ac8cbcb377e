// SPDX-License-Identifier: GPL-2.0-only
/*
 * Message protection of NTLM: a script of messages in both directions, some of
 * them changed, repeated or out of turn on their way. What was sent arrives;
 * what was not sent is refused, and the refusal leaves no trace.
 */
#include "party.h"

#include "codec/ntlmssp.h"
#include "ms_nlmp.h"

#define OPT_DATAGRAM 0x01
#define OPT_SIGN_ONLY 0x02 /* confidentiality is not negotiated */
#define OPT_NTLMV1 0x04 /* the old signatures, without session security */

#define NO_ENCRYPT 0x80000001u /* SECQOP_WRAP_NO_ENCRYPT */
#define MAX_PARTS 4
#define MAX_PART 4096

struct wire {
	struct sspi_part parts[MAX_PARTS];
	unsigned int count;
	uint8_t token[NTLM_MESSAGE_SIGNATURE_LEN];
	uint32_t token_len;
	uint32_t seq;
	uint32_t qop;
	bool sealed;
};

static const struct sspi_package_ops *ops;
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

static void copy_wire(struct wire *to, const struct wire *from)
{
	unsigned int i;

	*to = *from;
	for (i = 0; i < from->count; i++)
		to->parts[i].data =
			exact_copy(from->parts[i].data, from->parts[i].len);
}

static void free_wire(struct wire *w)
{
	while (w->count)
		free(w->parts[--w->count].data);
}

static bool same_wire(const struct wire *a, const struct wire *b)
{
	unsigned int i;

	for (i = 0; i < a->count; i++)
		if (a->parts[i].len != b->parts[i].len ||
		    memcmp(a->parts[i].data, b->parts[i].data, a->parts[i].len))
			return false;
	return a->token_len == b->token_len &&
	       !memcmp(a->token, b->token, a->token_len);
}

static void compose(struct wire *w, struct script *s)
{
	static const enum sspi_part_kind kinds[] = {
		SSPI_PART_DATA,
		SSPI_PART_DATA,
		SSPI_PART_SIGN_ONLY,
		SSPI_PART_READONLY,
	};
	unsigned int i;

	w->count = 1 + take8(s) % MAX_PARTS;
	for (i = 0; i < w->count; i++) {
		uint8_t shape = take8(s);
		size_t len = shape >> 2, j;

		if (len == 63)
			len = take16(s) % MAX_PART;
		w->parts[i] = (struct sspi_part){
			.kind = kinds[shape % 4],
			.len = len,
			.data = malloc(len ? len : 1),
		};
		for (j = 0; j < len; j++)
			w->parts[i].data[j] = j * 7 + i;
		if (len)
			w->parts[i].data[0] = take8(s);
	}
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

static sec_status_t protect(struct party *p, struct wire *w)
{
	struct sspi_message msg = {
		.parts = w->parts,
		.part_count = w->count,
		.token = w->token,
		.token_len = sizeof(w->token),
		.seq = w->seq,
		.qop = w->qop,
	};
	sec_status_t status;

	status = w->sealed ? ops->seal(p->ctx, &msg) : ops->sign(p->ctx, &msg);
	MUST(msg.token_len <= sizeof(w->token));
	w->token_len = msg.token_len;
	MUST(status == SEC_E_OK || allowed(status));
	return status;
}

static sec_status_t deliver(struct party *p, struct wire *w)
{
	struct sspi_message msg = {
		.parts = w->parts,
		.part_count = w->count,
		.token = exact_copy(w->token, w->token_len),
		.token_len = w->token_len,
		.seq = w->seq,
	};
	struct wire before;
	sec_status_t status;

	copy_wire(&before, w);
	status = w->sealed ? ops->unseal(p->ctx, &msg) :
			     ops->verify(p->ctx, &msg);
	if (status != SEC_E_OK) {
		MUST(allowed(status));
		MUST(same_wire(&before, w));
	}
	MUST(!memcmp(msg.token, w->token, w->token_len));
	free(msg.token);
	free_wire(&before);
	return status;
}

/* The message as one run of bytes, the way a GSS peer wraps. */
static void deliver_stream(struct party *p, const struct wire *w,
			   const struct wire *plain, struct script *s)
{
	size_t len = w->token_len + w->parts[0].len;
	uint8_t *stream = malloc(len), *given;
	struct sspi_span body;
	sec_status_t status;
	size_t cut;
	u32 qop;

	memcpy(stream, w->token, w->token_len);
	memcpy(stream + w->token_len, w->parts[0].data, w->parts[0].len);
	cut = take16(s);
	if (cut < len) {
		given = exact_copy(stream, cut);
		status = ops->unseal_stream(p->ctx, given, cut, &body, &qop);
		MUST(status != SEC_E_OK && allowed(status));
		MUST(!memcmp(given, stream, cut));
		free(given);
	}
	given = exact_copy(stream, len);
	status = ops->unseal_stream(p->ctx, given, len, &body, &qop);
	MUST(status == SEC_E_OK);
	MUST(same_bytes(body,
			span_of(plain->parts[0].data, plain->parts[0].len)));
	must_be_inside(span_of(given, len), body);
	free(given);
	free(stream);
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

static void one(struct party *from, struct party *to, struct script *s,
		uint32_t seq, struct wire *last, unsigned int *sent)
{
	struct wire w = { .seq = seq }, plain, next = { 0 }, bad;
	uint8_t how = take8(s);
	bool ahead = false;

	w.sealed = how & 1;
	w.qop = (how & 0x18) == 0x18 ? NO_ENCRYPT : 0;
	compose(&w, s);
	copy_wire(&plain, &w);
	if (protect(from, &w) != SEC_E_OK) {
		MUST(w.qop ||
		     (w.sealed && (options & (OPT_SIGN_ONLY | OPT_NTLMV1))));
		goto out;
	}
	/* what is only signed goes as it is */
	if (!w.sealed || w.qop)
		MUST(!memcmp(w.parts[0].data, plain.parts[0].data,
			     w.parts[0].len));

	if (how & 2) {
		copy_wire(&bad, &w);
		if (tamper(&bad, s))
			MUST(deliver(to, &bad) != SEC_E_OK);
		free_wire(&bad);
	}
	if ((how & 4) && *sent && !(options & OPT_DATAGRAM)) {
		copy_wire(&bad, last);
		MUST(deliver(to, &bad) != SEC_E_OK);
		free_wire(&bad);
	}
	if ((how & 0x20) && !(options & OPT_DATAGRAM)) {
		compose(&next, s);
		next.sealed = w.sealed;
		ahead = protect(from, &next) == SEC_E_OK;
		if (ahead) {
			copy_wire(&bad, &next);
			MUST(deliver(to, &bad) != SEC_E_OK);
			free_wire(&bad);
		}
	}

	free_wire(last);
	copy_wire(last, &w);
	++*sent;
	if ((how & 0x40) && w.sealed && !w.qop && w.count == 1 &&
	    w.parts[0].kind == SSPI_PART_DATA && ops->unseal_stream &&
	    !(options & OPT_DATAGRAM)) {
		deliver_stream(to, &w, &plain, s);
	} else {
		MUST(deliver(to, &w) == SEC_E_OK);
		plain.token_len = w.token_len;
		memcpy(plain.token, w.token, w.token_len);
		MUST(same_wire(&w, &plain));
	}
	if (ahead) {
		free_wire(last);
		copy_wire(last, &next);
		MUST(deliver(to, &next) == SEC_E_OK);
	}
out:
	free_wire(&next);
	free_wire(&plain);
	free_wire(&w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct script s = { data, size };
	struct party client = { 0 }, server = { 0 };
	struct wire last[2] = { 0 };
	unsigned int sent[2] = { 0, 0 };
	uint32_t i;

	ops = ntlm_package.ops;
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
	free_wire(&last[0]);
	free_wire(&last[1]);
	if (!client.dead)
		party_fail(&client);
	if (!server.dead)
		party_fail(&server);
	party_free(&client);
	party_free(&server);
	fuzz_end();
	return 0;
}
