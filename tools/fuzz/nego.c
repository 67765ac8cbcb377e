// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whole negotiations of Negotiate over NTLM and a third party's package, in
 * which one token is the fuzzer's. Input: both package lists, failing
 * allocation, failing random draw, the toy's ways, the token; then edits of it, or its
 * bytes.
 */
#include "party.h"

#include "kunit/negotiate/nego_toy.h"

#define TOKEN_ROOM (64 * 1024 + 256)
#define MOST_LEGS 12

#define TOY_FAILS 0x01
#define TOY_NO_INTEGRITY 0x02
#define TOY_WANTS_MIC 0x04
#define REPLACED 0x80 /* the bytes themselves instead of edits */

static const char *const lists[] = { "toy,ntlm", "ntlm,toy", "toy",
				     "ntlm",	 "!toy",     "!ntlm" };

const struct sspi_package *sspi_next_mechanism(unsigned int *pos)
{
	static const struct sspi_package *const all[] = { &ntlm_package,
							  &toy_package };

	return *pos < 2 ? all[(*pos)++] : NULL;
}

void sspi_put_mechanism(const struct sspi_package *package)
{
}

static void acquire(struct party *client, struct party *server, uint8_t byte)
{
	struct sspi_auth_identity identity = {
		.user = FUZZ_USER,
		.domain = FUZZ_DOMAIN,
		.secret_kind = SSPI_SECRET_PASSWORD,
		.secret = FUZZ_PASSWORD,
		.secret_len = strlen(FUZZ_PASSWORD),
	};
	struct sspi_acquire_args out = {
		.package = "Negotiate",
		.cred_use = SECPKG_CRED_OUTBOUND,
		.identity = &identity,
		.packages = lists[byte % 6],
	};
	struct sspi_acquire_args in = {
		.package = "Negotiate",
		.cred_use = SECPKG_CRED_INBOUND,
		.accounts = &identity,
		.account_count = 1,
		.packages = lists[byte / 6 % 6],
	};

	client->initiator = true;
	client->target = FUZZ_TARGET;
	client->req = ISC_REQ_INTEGRITY | ISC_REQ_CONFIDENTIALITY;
	MUST(party_acquire(client, &out) == SEC_E_OK);
	MUST(party_acquire(server, &in) == SEC_E_OK);
}

static uint8_t *edited(struct sspi_span token, bool replace,
		       struct script *script, size_t *len)
{
	uint8_t *work = malloc(TOKEN_ROOM), *copy;

	MUST(work && token.len <= TOKEN_ROOM);
	if (replace) {
		*len = script->left;
		memcpy(work, script->p, script->left);
	} else {
		memcpy(work, token.data, token.len);
		*len = mutate(work, token.len, TOKEN_ROOM, TOKEN_ANY, script);
	}
	copy = exact_copy(work, *len);
	free(work);
	return copy;
}

/* Whoever ends well does so with the same package and the same key. */
static void must_agree(struct party *a, struct party *b)
{
	struct sec_pkg_context_negotiation_info ia, ib;
	struct sec_pkg_context_session_key ka = { 0 }, kb = { 0 };
	const struct sspi_package_ops *ops = negotiate_package.ops;
	struct sec_pkg_context_nego_status nego = { 0 };
	sec_status_t status;

	ops->negotiation(a->ctx, &ia);
	ops->negotiation(b->ctx, &ib);
	MUST(ia.state == SECPKG_NEGOTIATION_COMPLETE);
	MUST(ib.state == SECPKG_NEGOTIATION_COMPLETE);
	MUST(!strcmp(ia.info.name, ib.info.name));
	MUST(ops->query(a->ctx, SECPKG_ATTR_SESSION_KEY, &ka, sizeof(ka)) ==
	     SEC_E_OK);
	MUST(ops->query(b->ctx, SECPKG_ATTR_SESSION_KEY, &kb, sizeof(kb)) ==
	     SEC_E_OK);
	MUST(ka.len && ka.len == kb.len && !memcmp(ka.key, kb.key, ka.len));
	status = ops->query(a->ctx, SECPKG_ATTR_NEGO_STATUS, &nego,
			    sizeof(nego));
	MUST(status == SEC_E_OK || fuzz_failure_hit());
	sspi_free(nego.mechs);
}

/* The plain negotiation ends well where both have something in common. */
static bool expected(uint8_t byte, uint8_t ways)
{
	static const uint8_t has[] = { 3, 3, 2, 1, 1, 2 }; /* 1 NTLM, 2 toy */
	uint8_t mine = has[byte % 6], theirs = has[byte / 6 % 6];

	/* what it takes when the toy plays odd is the kernel's tests' business */
	return !ways && (mine & theirs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct script script = { data, size };
	struct party side[2] = { 0 };
	uint8_t both = take8(&script), fail_alloc = take8(&script);
	uint8_t fail_random = take8(&script), ways = take8(&script);
	uint8_t leg = take8(&script), *copy = NULL;
	sec_status_t status[2] = { SEC_I_CONTINUE_NEEDED,
				   SEC_I_CONTINUE_NEEDED };
	struct sspi_span token = { NULL, 0 };
	bool changed = false;
	size_t len;
	int i;

	memset(&toy_ctl, 0, sizeof(toy_ctl));
	toy_ctl.no_integrity = ways & TOY_NO_INTEGRITY;
	toy_ctl.wants_mic = ways & TOY_WANTS_MIC;
	if (ways & TOY_FAILS)
		toy_ctl.status = SEC_E_NO_AUTHENTICATING_AUTHORITY;
	fuzz_begin(&negotiate_package, 0, 0);
	acquire(&side[0], &side[1], both);
	fuzz_begin(&negotiate_package, fail_alloc, fail_random);
	for (i = 0; i < MOST_LEGS; i++) {
		struct party *p = &side[i % 2];

		status[i % 2] = party_leg(p, token);
		free(copy);
		copy = NULL;
		if (p->dead || !p->output.len)
			break;
		token = span_of(p->output.data, p->output.len);
		if (i != leg % MOST_LEGS)
			continue;
		copy = edited(token, ways & REPLACED, &script, &len);
		changed = !same_bytes(token, span_of(copy, len));
		token = span_of(copy, len);
	}
	free(copy);
	MUST(i < MOST_LEGS);
	if (status[0] == SEC_E_OK && status[1] == SEC_E_OK)
		must_agree(&side[0], &side[1]);
	else
		MUST(changed || fuzz_failure_hit() ||
		     !expected(both, ways & 7));
	for (i = 0; i < 2; i++) {
		if (!side[i].dead)
			party_fail(&side[i]);
		party_free(&side[i]);
	}
	MUST(!atomic_read(&toy_ctl.live));
	fuzz_end();
	return 0;
}
