// SPDX-License-Identifier: GPL-2.0-only
/*
 * Message protection of Kerberos with every encryption type: a script of
 * messages in both directions, some of them changed, repeated or out of turn on
 * their way, and tokens that nobody has made. What was sent arrives; what was
 * not sent is refused, and the refusal leaves no trace.
 */
#include "krb5_party.h"
#include "wire.h"

#define MSG_DCE 0x08
#define MSG_ACCEPTORS 0x10
#define MSG_REPLAY 0x20 /* alone: late messages are taken */
#define MSG_NUMBERS_OFF 0x40
#define MSG_HIGH 0x80 /* numbers go round soon */

#define PADDING_ROOM 16

static const struct sspi_package_ops *ops;
static struct wire_rules rules;
static uint8_t options;
static void *ends[2];

static bool old_type(void)
{
	int32_t type = krb5_setup_type(options);

	return type == 23 || type == 16;
}

static bool import(void)
{
	struct sspi_import from = {
		.enctype = krb5_setup_type(options),
		.acceptor_subkey = options & MSG_ACCEPTORS,
		.flags = ISC_RET_INTEGRITY | ISC_RET_CONFIDENTIALITY,
	};
	struct krb5_key key;
	unsigned int i;

	if (forge_key(&key, from.enctype, 7))
		return false;
	from.key = krb5_key_span(&key);
	from.send_seq = options & MSG_HIGH ? 0xfffffffe : 1;
	from.recv_seq = from.send_seq;
	if (!(options & MSG_NUMBERS_OFF))
		from.flags |= ISC_RET_REPLAY_DETECT;
	if (!(options & (MSG_NUMBERS_OFF | MSG_REPLAY)))
		from.flags |= ISC_RET_SEQUENCE_DETECT;
	if (options & MSG_DCE)
		from.flags |= ISC_RET_USED_DCE_STYLE;
	for (i = 0; i < 2; i++) {
		from.initiator = !i;
		MUST(ops->import(&ends[i], &from) == SEC_E_OK);
	}
	return true;
}

static void compose(struct wire *w, struct script *s)
{
	wire_compose(w, s);
	/* old types pad; with it the others leave out the filler of DCE style */
	if (old_type() || (take8(s) & 1)) {
		w->parts[w->count++] = (struct sspi_part){
			.kind = SSPI_PART_PADDING,
			.len = PADDING_ROOM,
			.data = calloc(1, PADDING_ROOM),
		};
	}
}

static bool allowed(sec_status_t status)
{
	switch ((__force u32)status) {
	case 0x80090302: /* SEC_E_UNSUPPORTED_FUNCTION */
	case 0x8009030a: /* SEC_E_QOP_NOT_SUPPORTED */
	case 0x8009030f: /* SEC_E_MESSAGE_ALTERED */
	case 0x80090310: /* SEC_E_OUT_OF_SEQUENCE */
	case 0x80090321: /* SEC_E_BUFFER_TOO_SMALL */
		return true;
	default:
		fprintf(stderr, "status %08x\n", (__force u32)status);
		return false;
	}
}

/*
 * RFC 4757 7.2 and 7.3: nothing signs the number of what is not sealed, and RC4
 * lets each bit of it be changed: only counting finds that.
 */
static bool number_of_rc4(const struct wire *w, size_t at)
{
	size_t from = w->token_len - (w->sealed ? 24 : 16);

	return krb5_setup_type(options) == 23 && at >= from && at < from + 8 &&
	       (options & (MSG_NUMBERS_OFF | MSG_REPLAY));
}

/* Makes the message another one; false if a receiver may still take it. */
static bool tamper(struct wire *w, struct script *s)
{
	uint8_t what = take8(s), bits = take8(s) | 1;
	size_t at = take16(s);
	struct sspi_part *part = &w->parts[at % w->count];

	switch (what % 4) {
	case 0:
		at %= w->token_len;
		w->token[at] ^= bits;
		/* a frame may count the data or not, a RRC the filler or not */
		if (old_type())
			return at != 1 && !number_of_rc4(w, at);
		return !(options & MSG_DCE) || (at != 6 && at != 7);
	case 1:
		w->token_len = at % w->token_len;
		return true;
	default:
		if (!part->len)
			return false;
		part->data[at / w->count % part->len] ^= bits;
		if (part->kind == SSPI_PART_PADDING)
			return w->sealed;
		return part->kind != SSPI_PART_READONLY;
	}
}

/* Bytes that nobody has sent, with the head of a message that somebody might. */
static void nonsense(void *ctx, struct script *s)
{
	uint8_t bytes[160] = { 5, 4 }, *given;
	struct sspi_span raw, body;
	struct sspi_part part = { .kind = SSPI_PART_DATA };
	struct sspi_message msg = { .parts = &part, .part_count = 1 };
	size_t len = take8(s) % sizeof(bytes), from = take8(s) % 3;
	u32 qop;

	raw = take_bytes(s, len > from ? len - from : 0);
	if (raw.len)
		memcpy(bytes + from, raw.data, raw.len);
	if (from == 2)
		bytes[3] = 0xff;
	given = exact_copy(bytes, len);
	MUST(ops->unseal_stream(ctx, given, len, &body, &qop) != SEC_E_OK);
	MUST(!memcmp(given, bytes, len));
	part.data = exact_copy(bytes, 16);
	part.len = 16;
	msg.token = given;
	msg.token_len = len;
	MUST(ops->unseal(ctx, &msg) != SEC_E_OK);
	MUST(ops->verify(ctx, &msg) != SEC_E_OK);
	MUST(!memcmp(given, bytes, len) && !memcmp(part.data, bytes, 16));
	free(part.data);
	free(given);
}

/* What was sent arrives; in one run of bytes, if @stream and it can be. */
static void arrive(void *to, struct wire *w, const struct wire *plain,
		   bool stream, struct script *s)
{
	if (stream && w->sealed && plain->parts[0].kind == SSPI_PART_DATA &&
	    (w->count == 1 ||
	     (w->count == 2 && w->parts[1].kind == SSPI_PART_PADDING))) {
		wire_stream(&rules, to, w, plain, s);
		return;
	}
	MUST(wire_deliver(&rules, to, w) == SEC_E_OK);
	MUST(!memcmp(w->parts[0].data, plain->parts[0].data,
		     plain->parts[0].len));
}

static void one(void *from, void *to, struct script *s, struct wire *last,
		unsigned int *sent)
{
	struct wire w = { .count = 0 }, plain, next = { .count = 0 }, bad;
	uint8_t how = take8(s);
	bool ahead = false;

	w.sealed = how & 1;
	w.qop = (how & 0x18) == 0x18 && w.sealed ? WIRE_NO_ENCRYPT : 0;
	compose(&w, s);
	wire_copy(&plain, &w);
	if (wire_protect(&rules, from, &w) != SEC_E_OK) {
		MUST(old_type());
		goto out;
	}
	if (how & 2) {
		wire_copy(&bad, &w);
		if (tamper(&bad, s))
			wire_refused(&rules, to, &bad);
		wire_free(&bad);
	}
	if ((how & 4) && *sent && !(options & MSG_NUMBERS_OFF))
		wire_refused(&rules, to, last);
	/* before its turn: taken where late ones are, else refused */
	if ((how & 0x20) && !(options & (MSG_NUMBERS_OFF | MSG_REPLAY))) {
		compose(&next, s);
		next.sealed = w.sealed;
		ahead = wire_hurry(&rules, from, to, &next);
	}
	wire_free(last);
	wire_copy(last, &w);
	++*sent;
	arrive(to, &w, &plain, how & 0x40, s);
	if (ahead) {
		wire_free(last);
		wire_copy(last, &next);
		MUST(wire_deliver(&rules, to, &next) == SEC_E_OK);
	}
out:
	wire_free(&next);
	wire_free(&plain);
	wire_free(&w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct script s = { data, size };
	struct wire last[2] = { { .count = 0 }, { .count = 0 } };
	unsigned int sent[2] = { 0, 0 };
	uint32_t i;

	ops = krb5_package.ops;
	rules = (struct wire_rules){
		.ops = ops,
		.token_room = WIRE_TOKEN,
		.allowed = allowed,
	};
	options = take8(&s);
	fuzz_begin(&krb5_package, 0, 0);
	if (!import())
		goto out;
	for (i = 0; i < 8 && s.left; i++) {
		uint8_t what = take8(&s);
		bool back = what & 1;

		if ((what & 6) == 6)
			nonsense(ends[back], &s);
		else
			one(ends[back], ends[!back], &s, &last[back],
			    &sent[back]);
	}
	wire_free(&last[0]);
	wire_free(&last[1]);
	ops->free_ctx(ends[0]);
	ops->free_ctx(ends[1]);
out:
	fuzz_end();
	return 0;
}
