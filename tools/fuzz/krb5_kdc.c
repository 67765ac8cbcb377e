// SPDX-License-Identifier: GPL-2.0-only
/*
 * An initiator and a KDC whose answers, or what is sealed in them under the
 * right key, are the fuzzer's. Input: mode, options, where from, which answer,
 * failing allocation, failing random draw, then edits or the bytes themselves.
 */
#include "krb5_party.h"

#include "der_edit.h"

enum mode {
	EDIT_REPLY,
	BEND_PART,
	BEND_TICKET,
	BEND_METHODS,
	BEND_ERROR,
	RAW_REPLY,
	RAW_PART,
	RAW_METHODS,
	CODE,
	MODES,
};

struct play {
	struct krb5_setup setup;
	enum mode mode;
	struct script script;
	unsigned int nth, seen;
};

static size_t raw(struct play *p, u8 *data, size_t room)
{
	struct sspi_span bytes = take_bytes(&p->script, room);

	if (bytes.len)
		memcpy(data, bytes.data, bytes.len);
	return bytes.len;
}

static size_t bend(void *priv, enum forge_what what, u8 *data, size_t len,
		   size_t room)
{
	static const int of[MODES] = {
		[EDIT_REPLY] = FORGE_REP,
		[BEND_PART] = FORGE_REP_PART,
		[BEND_TICKET] = FORGE_TICKET,
		[BEND_METHODS] = FORGE_METHODS,
		[BEND_ERROR] = FORGE_ERROR,
		[RAW_REPLY] = FORGE_REP,
		[RAW_PART] = FORGE_REP_PART,
		[RAW_METHODS] = FORGE_METHODS,
		[CODE] = -1,
	};
	struct play *p = priv;

	if ((int)what != of[p->mode] || p->seen++ != p->nth)
		return len;
	if (p->mode == RAW_REPLY || p->mode == RAW_PART ||
	    p->mode == RAW_METHODS)
		return raw(p, data, room);
	return der_edit(data, len, room, &p->script);
}

static void run(struct play *p)
{
	struct krb5_setup *s = &p->setup;
	struct sspi_span none = { NULL, 0 }, token;
	uint8_t *copy;

	if (party_leg(&s->client, none) != SEC_I_CONTINUE_NEEDED &&
	    s->client.status != SEC_E_OK) {
		MUST(p->seen || p->mode == CODE || fuzz_failure_hit());
		return;
	}
	MUST(s->client.output.len);
	copy = exact_copy(s->client.output.data, s->client.output.len);
	token = span_of(copy, s->client.output.len);
	if (party_leg(&s->server, token) == SEC_E_OK &&
	    s->client.status == SEC_I_CONTINUE_NEEDED &&
	    party_leg(&s->client, span_of(s->server.output.data,
					  s->server.output.len)) == SEC_E_OK)
		krb5_setup_agrees(s);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct play p;
	uint8_t fail_alloc, fail_random, from;
	enum krb5_from source;

	memset(&p, 0, sizeof(p));
	p.script = (struct script){ data, size };
	p.mode = take8(&p.script) % MODES;
	/* one type is like another here, and three legs are krb5_ap's */
	p.setup.options = take8(&p.script) & ~OPT_DCE;
	from = take8(&p.script);
	p.nth = take8(&p.script) % 4;
	fail_alloc = take8(&p.script);
	fail_random = take8(&p.script);
	source = FROM_TGT + (from & 3) % 3;
	/* a password goes with a type that needs no iterations: RC4 */
	if (source == FROM_PASSWORD)
		p.setup.options = (p.setup.options & ~OPT_TYPE) | 6;
	fuzz_begin(&krb5_package, fail_alloc & 0x80 ? fail_alloc & 0x7f : 0,
		   fail_random & 0x80 ? fail_random & 0x1f : 0);
	if (forge_init(&p.setup.forge, krb5_setup_type(p.setup.options),
		       1790000000))
		goto out;
	p.setup.forge.preauth = !(from & 4);
	p.setup.forge.hint = from & 8;
	if (p.mode == BEND_ERROR || p.mode == CODE) {
		p.setup.forge.code = p.mode == CODE ? take8(&p.script) : 37;
		p.setup.forge.errors = 1 + p.nth;
		p.nth = 0;
	}
	if (krb5_setup_acquire(&p.setup, source)) {
		p.setup.forge.bend = bend;
		p.setup.forge.priv = &p;
		run(&p);
	}
	if (p.setup.client.ctx && !p.setup.client.dead)
		party_fail(&p.setup.client);
	if (p.setup.server.ctx && !p.setup.server.dead)
		party_fail(&p.setup.server);
	krb5_setup_finish(&p.setup);
out:
	fuzz_end();
	return 0;
}
