// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whole Kerberos exchanges in which one token, or what is sealed in it under
 * the right key, is the fuzzer's. Input: mode, options, failing allocation,
 * failing random draw, then edits of DER or the bytes themselves.
 */
#include "krb5_party.h"

#include "codec/krb5_ap.h"
#include "codec/krb5_gss.h"
#include "codec/krb5_name.h"
#include "der_edit.h"

enum mode {
	EDIT_REQUEST,
	EDIT_REPLY,
	EDIT_THIRD,
	BEND_TICKET,
	BEND_AUTHENTICATOR,
	BEND_REPLY,
	BEND_THIRD,
	RAW_REQUEST,
	RAW_REPLY,
	RAW_THIRD,
	RAW_TICKET,
	RAW_AUTHENTICATOR,
	NOTHING,
	MODES,
};

struct play {
	struct krb5_setup setup;
	enum mode mode;
	struct script script;
	uint8_t work[FORGE_ROOM];
	uint8_t was[FORGE_ROOM];
	size_t was_len;
	bool changed;
};

static size_t bend(void *priv, enum forge_what what, u8 *data, size_t len,
		   size_t room)
{
	struct play *p = priv;
	struct sspi_span raw;

	switch (p->mode) {
	case RAW_TICKET:
	case RAW_AUTHENTICATOR:
		if (what != (p->mode == RAW_TICKET ? FORGE_TICKET :
						     FORGE_AUTHENTICATOR))
			return len;
		raw = take_bytes(&p->script, room);
		if (raw.len)
			memcpy(data, raw.data, raw.len);
		return raw.len;
	case BEND_TICKET:
		if (what != FORGE_TICKET)
			return len;
		break;
	case BEND_AUTHENTICATOR:
		if (what != FORGE_AUTHENTICATOR)
			return len;
		break;
	default:
		if (what != FORGE_AP_REP_PART)
			return len;
	}
	return der_edit(data, len, room, &p->script);
}

/* The token of a leg as it arrives, a copy of exactly its length. */
static struct sspi_span arrive(struct play *p, unsigned int leg,
			       struct sspi_span token)
{
	static const uint8_t leg_of[MODES] = {
		[EDIT_REPLY] = 1, [EDIT_THIRD] = 2, [BEND_REPLY] = 1,
		[BEND_THIRD] = 2, [RAW_REPLY] = 1,  [RAW_THIRD] = 2,
		[NOTHING] = 3,
	};
	struct sspi_span raw;
	size_t len = token.len;
	int got;

	MUST(token.len <= FORGE_ROOM);
	memcpy(p->work, token.data, token.len);
	memcpy(p->was, token.data, token.len);
	p->was_len = token.len;
	p->changed = false;
	if (leg_of[p->mode] != leg)
		return span_of(exact_copy(p->work, len), len);
	switch (p->mode) {
	case EDIT_REQUEST:
	case EDIT_REPLY:
	case EDIT_THIRD:
		len = der_edit(p->work, len, FORGE_ROOM, &p->script);
		break;
	case RAW_REQUEST:
	case RAW_REPLY:
	case RAW_THIRD:
		raw = take_bytes(&p->script, FORGE_ROOM);
		len = raw.len;
		if (len)
			memcpy(p->work, raw.data, len);
		break;
	default:
		p->setup.forge.bend = bend;
		p->setup.forge.priv = p;
		got = forge_bent_token(&p->setup.forge, token, p->work,
				       FORGE_ROOM);
		/* too long to be a token of ours */
		len = got < 0 ? 0 : got;
		p->setup.forge.bend = NULL;
	}
	p->changed = len != p->was_len || memcmp(p->work, p->was, len);
	return span_of(exact_copy(p->work, len), len);
}

/* Fields outside of what is encrypted that mean nothing: options, name type. */
static bool same_request(struct sspi_span a, struct sspi_span b)
{
	struct krb5_gss_token x, y;
	struct krb5_ap_req p, q;

	if (krb5_parse_gss_token(a, &x) || krb5_parse_gss_token(b, &y) ||
	    krb5_parse_ap_req(x.body, &p) || krb5_parse_ap_req(y.body, &q))
		return false;
	return krb5_name_equal(&p.ticket.sname, &q.ticket.sname) &&
	       same_bytes(p.ticket.realm, q.ticket.realm) &&
	       same_bytes(p.ticket.enc.cipher, q.ticket.enc.cipher) &&
	       same_bytes(p.authenticator.cipher, q.authenticator.cipher);
}

static void must_be_meant(struct play *p, struct sspi_span token)
{
	struct sspi_span was = span_of(p->was, p->was_len);

	if (!p->changed)
		return;
	if (p->mode == EDIT_REQUEST || p->mode == RAW_REQUEST)
		MUST(same_request(was, token));
	/* an AP-REP has nothing that does not count but the framing's type */
	if (p->mode == EDIT_REPLY || p->mode == RAW_REPLY)
		MUST(token.len >= 16);
}

static void run(struct play *p)
{
	struct krb5_setup *s = &p->setup;
	struct party *side[] = { &s->client, &s->server };
	struct sspi_span token = { NULL, 0 };
	bool bent = false;
	unsigned int leg;

	for (leg = 0; leg < 4; leg++) {
		struct party *who = side[leg % 2];
		sec_status_t status = party_leg(who, token);

		if (status == SEC_E_OK || status == SEC_I_CONTINUE_NEEDED)
			must_be_meant(p, token);
		free((void *)token.data);
		token = span_of(NULL, 0);
		bent |= p->changed;
		if (who->dead) {
			MUST(bent || fuzz_failure_hit());
			/* a KRB-ERROR, perhaps */
			if (leg % 2 && who->output.len && !s->client.dead)
				(void)!party_leg(&s->client,
						 span_of(who->output.data,
							 who->output.len));
			return;
		}
		if (!who->output.len)
			break;
		token = arrive(p, leg,
			       span_of(who->output.data, who->output.len));
	}
	free((void *)token.data);
	if (s->client.status != SEC_E_OK || s->server.status != SEC_E_OK)
		return;
	/* contents under the right key are what the peer has chosen */
	if (!bent || p->mode < BEND_TICKET)
		krb5_setup_agrees(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct play p;
	uint8_t fail_alloc, fail_random;

	memset(&p, 0, sizeof(p));
	p.script = (struct script){ data, size };
	p.mode = take8(&p.script) % MODES;
	p.setup.options = take8(&p.script);
	fail_alloc = take8(&p.script);
	fail_random = take8(&p.script);
	fuzz_begin(&krb5_package, fail_alloc & 0x80 ? fail_alloc & 0x7f : 0,
		   fail_random & 0x80 ? fail_random & 0x1f : 0);
	if (forge_init(&p.setup.forge, krb5_setup_type(p.setup.options),
		       1790000000))
		goto out;
	if (krb5_setup_acquire(&p.setup, FROM_TICKET))
		run(&p);
	if (p.setup.client.ctx && !p.setup.client.dead)
		party_fail(&p.setup.client);
	if (p.setup.server.ctx && !p.setup.server.dead)
		party_fail(&p.setup.server);
	krb5_setup_finish(&p.setup);
out:
	fuzz_end();
	return 0;
}
