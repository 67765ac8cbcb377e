// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whole NTLM negotiations in which one token, the bindings or the names are
 * the fuzzer's. Input: mode, options, failing allocation, failing random draw
 * (low half) with more options (high half), then edits of the token or the bytes themselves.
 */
#include "party.h"

#include "codec/bindings.h"
#include "codec/ntlmssp.h"
#include "codec/utf16.h"
#include "ms_nlmp.h"

enum mode {
	EDIT_NEGOTIATE,
	EDIT_CHALLENGE,
	EDIT_AUTHENTICATE,
	RAW_CHALLENGE,
	RAW_AUTHENTICATE,
	RAW_NEGOTIATE,
	BINDINGS,
	NAMES,
	MODES,
};

#define OPT_NTLMV1 0x01
#define OPT_MIC_OPTIONAL 0x02
#define OPT_BINDINGS 0x04
#define OPT_OLD_CHALLENGE 0x08 /* no timestamp in it: no MIC */
#define OPT_DATAGRAM 0x10
#define OPT_PLAIN 0x20 /* neither signing nor sealing */
#define OPT_ANONYMOUS 0x40
#define OPT_PRINCIPAL 0x80

/* Of the fourth byte. */
#define MORE_OTHER_TARGET 0x10 /* than the principal of the server */
#define MORE_NULL_SESSION 0x20
#define MORE_IDENTIFY 0x40
#define MORE_LATE 0x80 /* the challenge is too old when answered */
#define MORE_FAIL_RANDOM 0x0f

#define TOKEN_ROOM (64 * 1024 + 256)

struct setup {
	struct party client;
	struct party server;
	uint8_t options;
	uint8_t more;
	struct sspi_span negotiate; /* as the client made it */
	struct sspi_span challenge; /* as the server made it */
	struct sspi_span authenticate; /* as the client made it */
	bool changed; /* a token on its way */
	uint8_t *kept[4];
	unsigned int kept_count;
};

static struct sspi_span keep(struct setup *s, struct sspi_blob *blob)
{
	uint8_t *copy = exact_copy(blob->data, blob->len);

	s->kept[s->kept_count++] = copy;
	return span_of(copy, blob->len);
}

static bool acquire(struct setup *s, const char *user, const char *domain,
		    struct sspi_span secret)
{
	struct sspi_ntlm_options options = {
		.lm_compat = s->options & OPT_NTLMV1 ? 1 : 3,
		.mic_optional = s->options & OPT_MIC_OPTIONAL,
		.allow_anonymous = s->options & OPT_ANONYMOUS,
		.workstation = "COMPUTER",
		.nb_computer = "SERVER",
		.nb_domain = FUZZ_DOMAIN,
		.dns_computer = "server.example.com",
		.dns_domain = "example.com",
	};
	struct sspi_auth_identity identity = {
		.user = user,
		.domain = domain,
		.secret_kind = SSPI_SECRET_PASSWORD,
		.secret = secret.data,
		.secret_len = secret.len,
	};
	struct sspi_acquire_args out = {
		.package = "NTLM",
		.cred_use = SECPKG_CRED_OUTBOUND,
		.identity = &identity,
		.ntlm = &options,
	};
	struct sspi_acquire_args in = {
		.package = "NTLM",
		.principal = s->options & OPT_PRINCIPAL ? FUZZ_TARGET : NULL,
		.cred_use = SECPKG_CRED_INBOUND,
		.accounts = &identity,
		.account_count = 1,
		.ntlm = &options,
	};
	u64 isc = ISC_REQ_INTEGRITY | ISC_REQ_CONFIDENTIALITY |
		  ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT;
	u64 asc = ASC_REQ_INTEGRITY | ASC_REQ_CONFIDENTIALITY |
		  ASC_REQ_REPLAY_DETECT | ASC_REQ_SEQUENCE_DETECT;

	s->client.initiator = true;
	s->client.target = s->more & MORE_OTHER_TARGET ? "cifs/another" :
							 FUZZ_TARGET;
	if (s->options & OPT_PLAIN)
		isc = asc = 0;
	if (s->options & OPT_DATAGRAM) {
		isc |= ISC_REQ_DATAGRAM;
		asc |= ASC_REQ_DATAGRAM;
	}
	if (s->more & MORE_NULL_SESSION)
		isc |= ISC_REQ_NULL_SESSION;
	if (s->more & MORE_IDENTIFY)
		isc |= ISC_REQ_IDENTIFY | ISC_REQ_USE_SUPPLIED_CREDS;
	s->client.req = isc;
	s->server.req = asc;
	return party_acquire(&s->client, &out) == SEC_E_OK &&
	       party_acquire(&s->server, &in) == SEC_E_OK;
}

static void finish(struct setup *s)
{
	party_free(&s->client);
	party_free(&s->server);
	while (s->kept_count)
		free(s->kept[--s->kept_count]);
}

/* An edited copy of @token, of exactly its length. */
static uint8_t *edited(struct sspi_span token, enum token_kind kind,
		       struct script *script, size_t *len)
{
	uint8_t *work = malloc(TOKEN_ROOM), *copy;

	MUST(work && token.len <= TOKEN_ROOM);
	memcpy(work, token.data, token.len);
	*len = mutate(work, token.len, TOKEN_ROOM, kind, script);
	copy = exact_copy(work, *len);
	free(work);
	return copy;
}

/* A name that a context has; the fuzz heap has to get it back. */
static bool same_name(void *a, void *b, u32 attr)
{
	const struct sspi_package_ops *ops = ntlm_package.ops;
	struct sec_pkg_context_native_names x = { 0 }, y = { 0 };
	size_t len = attr == SECPKG_ATTR_NAMES ?
			     sizeof(struct sec_pkg_context_names) :
			     sizeof(x);
	bool same;

	if (ops->query(a, attr, &x, len) != SEC_E_OK)
		return fuzz_failure_hit();
	if (ops->query(b, attr, &y, len) != SEC_E_OK) {
		sspi_free(x.client_name);
		sspi_free(x.server_name);
		return fuzz_failure_hit();
	}
	same = !strcmp(x.client_name, y.client_name);
	sspi_free(x.client_name);
	sspi_free(x.server_name);
	sspi_free(y.client_name);
	sspi_free(y.server_name);
	return same;
}

/* What the server is told of the target is what the client named. */
static void must_name_target(struct setup *s)
{
	struct sec_pkg_context_client_specified_target target = { 0 };
	sec_status_t status;

	status = ntlm_package.ops->query(s->server.ctx,
					 SECPKG_ATTR_CLIENT_SPECIFIED_TARGET,
					 &target, sizeof(target));
	if (status == SEC_E_OK && s->client.target)
		MUST(!strcmp(target.target_name, s->client.target));
	sspi_free(target.target_name);
}

/*
 * Both sides are done: they have the same key, and it is not of zeros, and the
 * same idea of who the client is.
 */
static void must_agree(struct setup *s)
{
	struct sec_pkg_context_session_key a = { 0 }, b = { 0 };
	static const uint8_t zeros[SSPI_MAX_SESSION_KEY];
	const struct sspi_package_ops *ops = ntlm_package.ops;
	struct sec_pkg_context_key_info info;
	struct sec_pkg_context_sizes sizes;

	MUST(ops->query(s->client.ctx, SECPKG_ATTR_SESSION_KEY, &a,
			sizeof(a)) == SEC_E_OK);
	MUST(ops->query(s->server.ctx, SECPKG_ATTR_SESSION_KEY, &b,
			sizeof(b)) == SEC_E_OK);
	MUST(a.len == 16 && b.len == 16);
	MUST(!memcmp(a.key, b.key, 16));
	if (!(s->more & MORE_NULL_SESSION))
		MUST(memcmp(a.key, zeros, 16));
	MUST(ops->query(s->server.ctx, SECPKG_ATTR_SIZES, &sizes,
			sizeof(sizes)) == SEC_E_OK);
	MUST(sizes.max_token >= s->authenticate.len || sizes.max_token == 2888);
	MUST(ops->query(s->client.ctx, SECPKG_ATTR_KEY_INFO, &info,
			sizeof(info)) == SEC_E_OK);
	MUST(same_name(s->client.ctx, s->server.ctx, SECPKG_ATTR_NAMES));
	MUST(same_name(s->client.ctx, s->server.ctx, SECPKG_ATTR_NATIVE_NAMES));
	must_name_target(s);
	party_fail(&s->client);
	party_fail(&s->server);
}

/*
 * Without a MIC only the response and what it is keyed with are covered; the
 * case of a user name does not count.
 */
static void must_be_covered(struct setup *s, struct sspi_span got)
{
	struct ntlm_authenticate want, have;

	MUST(!ntlm_parse_authenticate(s->authenticate, &want));
	MUST(!ntlm_parse_authenticate(got, &have));
	MUST(same_bytes(want.nt_response, have.nt_response));
	MUST(sspi_utf16le_equal_nocase(want.user, have.user));
	MUST(same_bytes(want.domain, have.domain));
}

/* What policy forbids, whatever the tokens are. */
static bool forbidden(const struct setup *s)
{
	return (s->more & MORE_LATE) ||
	       ((s->more & MORE_OTHER_TARGET) &&
		(s->options & OPT_PRINCIPAL)) ||
	       ((s->more & MORE_NULL_SESSION) &&
		(!(s->options & OPT_ANONYMOUS) ||
		 (s->options & (OPT_PRINCIPAL | OPT_BINDINGS))));
}

/* Hands @token over, with @script as edits of it if not NULL. */
static sec_status_t hand(struct setup *s, struct party *to,
			 struct sspi_span *token, enum token_kind kind,
			 struct script *script)
{
	struct sspi_span made = *token;
	size_t len;

	if (script) {
		s->kept[s->kept_count] = edited(made, kind, script, &len);
		*token = span_of(s->kept[s->kept_count++], len);
		s->changed = !same_bytes(made, *token);
	}
	return party_leg(to, *token);
}

/*
 * Both sides are done although a token was edited. With a MIC all three tokens
 * are covered to the last byte: then it had to end in a refusal.
 */
static void must_not_count(struct setup *s, enum mode mode,
			   struct sspi_span authenticate)
{
	bool strict = !(s->options & (OPT_NTLMV1 | OPT_OLD_CHALLENGE)) &&
		      !(s->more & MORE_NULL_SESSION);

	/* the client left the MIC out because the edit told it to */
	if (mode == EDIT_CHALLENGE && (s->options & OPT_MIC_OPTIONAL))
		strict = false;
	MUST(!strict);
	if (mode == EDIT_AUTHENTICATE && !(s->options & OPT_NTLMV1) &&
	    !(s->more & MORE_NULL_SESSION))
		must_be_covered(s, authenticate);
}

/* Plays the negotiation with one token edited. */
static void play(struct setup *s, enum mode mode, struct script *script)
{
	struct sspi_span none = { NULL, 0 }, token;
	sec_status_t status;

	if (party_leg(&s->client, none) != SEC_I_CONTINUE_NEEDED)
		goto failed;
	token = s->negotiate = keep(s, &s->client.output);
	if (hand(s, &s->server, &token, TOKEN_NEGOTIATE,
		 mode == EDIT_NEGOTIATE ? script : NULL) !=
	    SEC_I_CONTINUE_NEEDED)
		goto failed;
	token = s->challenge = keep(s, &s->server.output);
	if (hand(s, &s->client, &token, TOKEN_CHALLENGE,
		 mode == EDIT_CHALLENGE ? script : NULL) != SEC_E_OK)
		goto failed;
	token = s->authenticate = keep(s, &s->client.output);
	if (s->more & MORE_LATE)
		fuzz_later(300);
	status = hand(s, &s->server, &token, TOKEN_AUTHENTICATE,
		      mode == EDIT_AUTHENTICATE ? script : NULL);
	MUST(status != SEC_E_OK || !forbidden(s));
	MUST(status != SEC_I_CONTINUE_NEEDED);
	if (status != SEC_E_OK)
		goto failed;
	if (s->changed)
		must_not_count(s, mode, token);
	else
		must_agree(s);
	return;
failed:
	MUST(s->changed || forbidden(s) || fuzz_failure_hit());
}

static void raw(struct setup *s, enum mode mode, struct script *script)
{
	struct sspi_span none = { NULL, 0 };
	uint8_t *copy = exact_copy(script->p, script->left);
	struct sspi_span token = span_of(copy, script->left);
	sec_status_t status;

	if (mode == RAW_NEGOTIATE) {
		status = party_leg(&s->server, token);
		MUST(status != SEC_E_OK);
		goto out;
	}
	status = party_leg(&s->client, none);
	if (status != SEC_I_CONTINUE_NEEDED)
		goto out;
	if (mode == RAW_CHALLENGE) {
		status = party_leg(&s->client, token);
		MUST(status != SEC_I_CONTINUE_NEEDED);
		goto out;
	}
	s->negotiate = keep(s, &s->client.output);
	status = party_leg(&s->server, s->negotiate);
	if (status != SEC_I_CONTINUE_NEEDED)
		goto out;
	status = party_leg(&s->server, token);
	MUST(status != SEC_I_CONTINUE_NEEDED);
	if (status == SEC_E_OK && !(s->options & OPT_ANONYMOUS)) {
		/* only the example of MS-NLMP 4.2.4 is known to fit */
		s->authenticate = span_of(ms_nlmp_authenticate_v2,
					  sizeof(ms_nlmp_authenticate_v2));
		if (!(s->options & OPT_NTLMV1))
			must_be_covered(s, token);
	}
out:
	free(copy);
}

static int flat(struct sspi_span in, uint8_t *out, size_t room)
{
	struct sspi_bindings_view view;

	if (sspi_bindings_parse(in, &view))
		return -1;
	return sspi_bindings_flatten(&view, out, room);
}

/* The first half is the client's, the second the server's. */
static void bindings(struct setup *s, struct script *script)
{
	size_t half = take8(script) % 2 ? script->left / 2 : script->left;
	struct sspi_span none = { NULL, 0 }, a, b;
	uint8_t *pa, *pb, *fa, *fb;
	sec_status_t status;
	int na, nb;

	a = take_bytes(script, half);
	b = script->left ? take_bytes(script, script->left) : a;
	pa = exact_copy(a.data, a.len);
	pb = exact_copy(b.data, b.len);
	s->client.bindings = span_of(pa, a.len);
	s->server.bindings = span_of(pb, b.len);
	fa = malloc(a.len * 3 + 32);
	fb = malloc(b.len * 3 + 32);
	na = flat(s->client.bindings, fa, a.len * 3 + 32);
	nb = flat(s->server.bindings, fb, b.len * 3 + 32);

	status = party_leg(&s->client, none);
	if (status != SEC_I_CONTINUE_NEEDED)
		goto out;
	s->negotiate = keep(s, &s->client.output);
	status = party_leg(&s->server, s->negotiate);
	if (status != SEC_I_CONTINUE_NEEDED)
		goto out;
	s->challenge = keep(s, &s->server.output);
	status = party_leg(&s->client, s->challenge);
	if (status != SEC_E_OK)
		goto out;
	MUST(na >= 0);
	s->authenticate = keep(s, &s->client.output);
	status = party_leg(&s->server, s->authenticate);
	if (s->options & (OPT_NTLMV1 | OPT_OLD_CHALLENGE))
		goto out;
	if (status == SEC_E_OK) {
		MUST(na == nb && !memcmp(fa, fb, na));
		must_agree(s);
	} else {
		MUST(fuzz_failure_hit() || na != nb || memcmp(fa, fb, na));
	}
out:
	free(fa);
	free(fb);
	free(pa);
	free(pb);
}

/* Zero-terminated text of at most @len bytes of the script. */
static char *text(struct script *script, size_t len)
{
	struct sspi_span in = take_bytes(script, len);
	char *out = malloc(in.len + 1);

	if (in.len)
		memcpy(out, in.data, in.len);
	out[in.len] = 0;
	return out;
}

/* Whatever names both sides take, they are able to work with. */
static void names(struct setup *s, struct script *script)
{
	char *user = text(script, take8(script));
	char *domain = text(script, take8(script));
	char *target = text(script, take8(script));
	uint8_t *secret = exact_copy(script->p, script->left);

	if (acquire(s, user, domain, span_of(secret, script->left))) {
		struct script empty = { NULL, 0 };
		/* nobody, another target, or one that reflects */
		bool odd = !*user || (s->options & OPT_PRINCIPAL) ||
			   strstr(target, "1UWhRCA");

		s->client.target = *target ? target : NULL;
		if (odd || sspi_utf8_to_utf16le(span_of(target, strlen(target)),
						NULL, 0) < 0) {
			/* refused or not: it must not fall over */
			struct sspi_span none = { NULL, 0 };

			party_leg(&s->client, none);
		} else {
			play(s, MODES, &empty);
		}
	}
	free(user);
	free(domain);
	finish(s);
	free(target);
	free(secret);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct script script = { data, size };
	struct setup s = { 0 };
	enum mode mode = take8(&script) % MODES;
	uint8_t fail_alloc, fail_random;
	bool ready;

	s.options = take8(&script);
	fail_alloc = take8(&script);
	s.more = take8(&script);
	fail_random = s.more & MORE_FAIL_RANDOM;
	if (mode >= RAW_CHALLENGE)
		s.more = 0;
	if (s.more & MORE_NULL_SESSION) /* it has no session security */
		s.options = (s.options | OPT_PLAIN) & ~OPT_NTLMV1;
	else if (mode < RAW_CHALLENGE)
		s.options &= ~OPT_ANONYMOUS;
	if (mode == RAW_AUTHENTICATE)
		s.options |= OPT_OLD_CHALLENGE;
	if ((s.options & OPT_OLD_CHALLENGE) && mode != NAMES)
		s.server.preset = span_of(ms_nlmp_challenge_v2,
					  sizeof(ms_nlmp_challenge_v2));
	if (s.options & OPT_NTLMV1) /* can prove neither */
		s.options &= ~(OPT_BINDINGS | OPT_PRINCIPAL);
	if (s.options & OPT_OLD_CHALLENGE) {
		s.options |= OPT_PLAIN;
		s.options &= ~OPT_DATAGRAM; /* it does not grant that */
	}
	if (s.options & OPT_BINDINGS && mode != BINDINGS) {
		s.client.bindings =
			span_of(ms_nlmp_bindings, sizeof(ms_nlmp_bindings));
		s.server.bindings = s.client.bindings;
	}

	if (mode == NAMES) {
		s.options &= ~OPT_OLD_CHALLENGE;
		fuzz_begin_ntlm(0, 0);
		names(&s, &script);
		fuzz_end();
		return 0;
	}
	fuzz_begin_ntlm(0, 0);
	ready = acquire(&s, FUZZ_USER, FUZZ_DOMAIN,
			span_of(FUZZ_PASSWORD, strlen(FUZZ_PASSWORD)));
	MUST(ready);
	fuzz_begin_ntlm(fail_alloc, fail_random);
	if (mode < RAW_CHALLENGE)
		play(&s, mode, &script);
	else if (mode == BINDINGS)
		bindings(&s, &script);
	else
		raw(&s, mode, &script);
	finish(&s);
	fuzz_end();
	return 0;
}
