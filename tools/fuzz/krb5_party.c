// SPDX-License-Identifier: GPL-2.0-only
#include "krb5_party.h"

/* Of the shim: what the cryptography of the host build allocates never fails. */
unsigned long shim_fail_alloc;
unsigned long shim_alloc_count;

static const uint8_t bindings[] = {
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  0, 0, 0, 0,	0,   0,	  0,
	0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 32, 0, 0, 0, 'b', 'i', 'n', 'd',
};

int32_t krb5_setup_type(uint8_t options)
{
	static const int32_t types[] = { 18, 17, 19, 20, 25, 26, 23, 16 };

	return types[options & OPT_TYPE];
}

static bool answer(void *priv, struct sspi_span request,
		   struct sspi_span *reply)
{
	struct krb5_setup *s = priv;
	int len = forge_answer(&s->forge, request, s->reply, FORGE_ROOM);

	s->asked++;
	if (len < 0)
		return false;
	*reply = span_of(s->reply, len);
	return true;
}

static bool acquire_client(struct krb5_setup *s, enum krb5_from from,
			   const struct sspi_krb5_options *policy)
{
	struct sspi_key key = { .enctype = s->forge.client.type->number };
	struct sspi_auth_identity identity = {
		.user = FORGE_USER,
		.domain = FORGE_REALM,
		.secret_kind = SSPI_SECRET_PASSWORD,
		.secret = FORGE_PASSWORD,
		.secret_len = strlen(FORGE_PASSWORD),
	};
	struct sspi_acquire_args args = {
		.package = "Kerberos",
		.cred_use = SECPKG_CRED_OUTBOUND,
		.krb5 = policy,
	};
	int len;

	if (from == FROM_KEY) {
		key.len = s->forge.client.type->key_len;
		memcpy(key.key, s->forge.client.bytes, key.len);
		identity.secret_kind = SSPI_SECRET_KEYS;
		identity.secret = &key;
		identity.secret_len = sizeof(key);
	}
	if (from >= FROM_KEY) {
		args.identity = &identity;
	} else {
		len = forge_ccache(&s->forge, from == FROM_TGT, s->reply,
				   FORGE_ROOM);
		MUST(len > 0);
		args.ccache = span_of(s->reply, len);
	}
	return party_acquire(&s->client, &args) == SEC_E_OK;
}

bool krb5_setup_acquire(struct krb5_setup *s, enum krb5_from from)
{
	struct sspi_krb5_options policy = {
		.enctypes = { krb5_setup_type(s->options), 17 },
		.enctype_count = 2,
		.max_skew = SSPI_KRB5_MAX_SKEW,
	};
	struct sspi_acquire_args args = {
		.package = "Kerberos",
		.cred_use = SECPKG_CRED_INBOUND,
		.krb5 = &policy,
	};
	int len;

	s->client.initiator = true;
	s->client.target = FORGE_SERVICE;
	s->client.req = ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT |
			ISC_REQ_CONFIDENTIALITY | ISC_REQ_INTEGRITY;
	if (!(s->options & OPT_ONE_WAY))
		s->client.req |= ISC_REQ_MUTUAL_AUTH;
	if (s->options & OPT_DCE)
		s->client.req |= ISC_REQ_USE_DCE_STYLE;
	if (s->options & OPT_DELEGATE)
		s->client.req |= ISC_REQ_DELEGATE;
	if (s->options & OPT_DATAGRAM) {
		s->client.req |= ISC_REQ_DATAGRAM;
		s->server.req |= ASC_REQ_DATAGRAM;
	}
	if (s->options & OPT_BINDINGS) {
		s->client.bindings = span_of(bindings, sizeof(bindings));
		s->server.bindings = s->client.bindings;
	}
	s->client.answer = answer;
	s->client.priv = s;
	if (!acquire_client(s, from, &policy)) {
		MUST(fuzz_failure_hit());
		return false;
	}
	len = forge_keytab(&s->forge, s->reply, FORGE_ROOM);
	MUST(len > 0);
	args.keytab = span_of(s->reply, len);
	if (party_acquire(&s->server, &args) == SEC_E_OK)
		return true;
	MUST(fuzz_failure_hit());
	return false;
}

void krb5_setup_finish(struct krb5_setup *s)
{
	party_free(&s->client);
	party_free(&s->server);
	/* what the replay cache holds is nobody's */
	krb5_package.ops->exit();
	MUST(!krb5_package.ops->init());
}

static bool same_client(struct krb5_setup *s)
{
	struct sec_pkg_context_names a = { 0 }, b = { 0 };
	const struct sspi_package_ops *ops = krb5_package.ops;
	bool same = false, known = false;

	if (ops->query(s->client.ctx, SECPKG_ATTR_NAMES, &a, sizeof(a)) ==
		    SEC_E_OK &&
	    ops->query(s->server.ctx, SECPKG_ATTR_NAMES, &b, sizeof(b)) ==
		    SEC_E_OK)
		known = true;
	if (known)
		same = !strcmp(a.user_name, b.user_name);
	sspi_free(a.user_name);
	sspi_free(b.user_name);
	return known ? same : fuzz_failure_hit();
}

void krb5_setup_agrees(struct krb5_setup *s)
{
	struct sec_pkg_context_session_key a = { 0 }, b = { 0 };
	const struct sspi_package_ops *ops = krb5_package.ops;

	MUST(ops->query(s->client.ctx, SECPKG_ATTR_SESSION_KEY, &a,
			sizeof(a)) == SEC_E_OK);
	MUST(ops->query(s->server.ctx, SECPKG_ATTR_SESSION_KEY, &b,
			sizeof(b)) == SEC_E_OK);
	MUST(a.len && a.len == b.len && !memcmp(a.key, b.key, a.len));
	MUST(memcmp(a.key, s->forge.session.bytes, a.len));
	MUST(same_client(s));
}
