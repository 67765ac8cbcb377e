// SPDX-License-Identifier: GPL-2.0-only
#include "wire.h"

#define MAX_PART 4096

void wire_copy(struct wire *to, const struct wire *from)
{
	unsigned int i;

	*to = *from;
	for (i = 0; i < from->count; i++)
		to->parts[i].data =
			exact_copy(from->parts[i].data, from->parts[i].len);
}

void wire_free(struct wire *w)
{
	while (w->count)
		free(w->parts[--w->count].data);
}

bool wire_same(const struct wire *a, const struct wire *b)
{
	unsigned int i;

	for (i = 0; i < a->count; i++)
		if (a->parts[i].len != b->parts[i].len ||
		    memcmp(a->parts[i].data, b->parts[i].data, a->parts[i].len))
			return false;
	return a->token_len == b->token_len &&
	       !memcmp(a->token, b->token, a->token_len);
}

void wire_compose(struct wire *w, struct script *s)
{
	static const enum sspi_part_kind kinds[] = {
		SSPI_PART_DATA,
		SSPI_PART_DATA,
		SSPI_PART_SIGN_ONLY,
		SSPI_PART_READONLY,
	};
	unsigned int i;

	w->count = 1 + take8(s) % WIRE_PARTS;
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

sec_status_t wire_protect(const struct wire_rules *rules, void *ctx,
			  struct wire *w)
{
	struct sspi_message msg = {
		.env = fuzz_env(),
		.parts = w->parts,
		.part_count = w->count,
		.token = w->token,
		.token_len = rules->token_room,
		.seq = w->seq,
		.qop = w->qop,
	};
	sec_status_t status;

	status = w->sealed ? rules->ops->seal(ctx, &msg) :
			     rules->ops->sign(ctx, &msg);
	MUST(msg.token_len <= rules->token_room);
	w->token_len = msg.token_len;
	MUST(status == SEC_E_OK || rules->allowed(status));
	return status;
}

sec_status_t wire_deliver(const struct wire_rules *rules, void *ctx,
			  struct wire *w)
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

	wire_copy(&before, w);
	status = w->sealed ? rules->ops->unseal(ctx, &msg) :
			     rules->ops->verify(ctx, &msg);
	if (status != SEC_E_OK) {
		MUST(rules->allowed(status));
		MUST(wire_same(&before, w));
		MUST(!memcmp(msg.token, w->token, w->token_len));
	}
	free(msg.token);
	wire_free(&before);
	return status;
}

void wire_refused(const struct wire_rules *rules, void *ctx,
		  const struct wire *w)
{
	struct wire copy;

	wire_copy(&copy, w);
	MUST(wire_deliver(rules, ctx, &copy) != SEC_E_OK);
	wire_free(&copy);
}

bool wire_hurry(const struct wire_rules *rules, void *from, void *to,
		struct wire *next)
{
	if (wire_protect(rules, from, next) != SEC_E_OK)
		return false;
	wire_refused(rules, to, next);
	return true;
}

void wire_stream(const struct wire_rules *rules, void *ctx,
		 const struct wire *w, const struct wire *plain,
		 struct script *s)
{
	size_t pad = w->count > 1 ? w->parts[1].len : 0;
	size_t len = w->token_len + w->parts[0].len + pad, cut;
	uint8_t *stream = malloc(len), *given;
	struct sspi_span body;
	sec_status_t status;
	u32 qop;

	memcpy(stream, w->token, w->token_len);
	memcpy(stream + w->token_len, w->parts[0].data, w->parts[0].len);
	if (pad)
		memcpy(stream + w->token_len + w->parts[0].len,
		       w->parts[1].data, pad);
	cut = take16(s) % len;
	given = exact_copy(stream, cut);
	status = rules->ops->unseal_stream(ctx, given, cut, &body, &qop);
	MUST(status != SEC_E_OK && rules->allowed(status));
	MUST(!memcmp(given, stream, cut));
	free(given);
	given = exact_copy(stream, len);
	status = rules->ops->unseal_stream(ctx, given, len, &body, &qop);
	MUST(status == SEC_E_OK);
	MUST(same_bytes(body,
			span_of(plain->parts[0].data, plain->parts[0].len)));
	must_be_inside(span_of(given, len), body);
	free(given);
	free(stream);
}
