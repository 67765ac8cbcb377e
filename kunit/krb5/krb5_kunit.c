// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kerberos contexts: both roles against each other with scripted clock and
 * randomness, in every form and with every encryption type.
 */
#include <kunit/test.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "codec/krb5_ap.h"
#include "codec/krb5_gss.h"
#include "kunit/krb5/krb5_pair.h"
#include "spi.h"

static const s32 enctypes[] = { 17, 18, 19, 20, 25, 26, 23, 16 };

/* What both ends must have in common. */
struct session {
	struct sec_pkg_context_session_key key;
	struct sspi_debug_keys keys;
};

static void get_session(struct kunit *test, void *ctx, struct session *s)
{
	SSPI_EXPECT_STATUS(test,
			   krb5_package.ops->query(ctx, SECPKG_ATTR_SESSION_KEY,
						   &s->key, sizeof(s->key)),
			   SEC_E_OK);
	SSPI_EXPECT_STATUS(test,
			   krb5_package.ops->debug_keys(ctx, &s->keys),
			   SEC_E_OK);
}

static struct session *session_of(struct kunit *test, void *ctx)
{
	struct session *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, s);
	get_session(test, ctx, s);
	return s;
}

/* The same keys, and the numbers of one are what the other expects. */
static void expect_agreement(struct kunit *test, struct krb5_pair *p,
			     bool acceptors)
{
	struct session *a = session_of(test, p->init);
	struct session *b = session_of(test, p->acc);

	KUNIT_EXPECT_GT(test, a->key.len, 0u);
	KUNIT_EXPECT_EQ(test, a->key.len, b->key.len);
	KUNIT_EXPECT_MEMEQ(test, a->key.key, b->key.key, a->key.len);
	KUNIT_EXPECT_EQ(test, a->keys.enctype, b->keys.enctype);
	KUNIT_EXPECT_GT(test, a->keys.initiator.len, 0u);
	KUNIT_EXPECT_MEMEQ(test, &a->keys.initiator, &b->keys.initiator,
			   sizeof(a->keys.initiator));
	KUNIT_EXPECT_MEMEQ(test, &a->keys.acceptor, &b->keys.acceptor,
			   sizeof(a->keys.acceptor));
	KUNIT_EXPECT_EQ(test, acceptors, a->keys.acceptor.len != 0);
	KUNIT_EXPECT_EQ(test, a->keys.send_seq, b->keys.recv_seq);
	KUNIT_EXPECT_EQ(test, b->keys.send_seq, a->keys.recv_seq);
	/* No key is the ticket's: each context has its own. */
	KUNIT_EXPECT_TRUE(test, memcmp(a->key.key, p->forge.session.bytes,
				       a->key.len) != 0);
	kunit_kfree(test, a);
	kunit_kfree(test, b);
}

static void expect_names(struct kunit *test, void *ctx)
{
	const struct sspi_package_ops *ops = krb5_package.ops;
	struct sec_pkg_context_native_names both = { };
	struct sec_pkg_context_names name = { };

	SSPI_EXPECT_STATUS(test,
			   ops->query(ctx, SECPKG_ATTR_NAMES, &name,
				      sizeof(name)),
			   SEC_E_OK);
	SSPI_EXPECT_STATUS(test,
			   ops->query(ctx, SECPKG_ATTR_NATIVE_NAMES, &both,
				      sizeof(both)),
			   SEC_E_OK);
	if (name.user_name && both.client_name && both.server_name) {
		KUNIT_EXPECT_STREQ(test, name.user_name, FORGE_CLIENT);
		KUNIT_EXPECT_STREQ(test, both.client_name, FORGE_CLIENT);
		KUNIT_EXPECT_STREQ(test, both.server_name, FORGE_SERVER);
	}
	sspi_free(name.user_name);
	sspi_free(both.client_name);
	sspi_free(both.server_name);
}

/* What the acceptor was asked for; an initiator knows that anyhow. */
static void expect_target(struct kunit *test, struct krb5_pair *p)
{
	const struct sspi_package_ops *ops = krb5_package.ops;
	struct sec_pkg_context_client_specified_target target = { };

	SSPI_EXPECT_STATUS(test,
			   ops->query(p->acc,
				      SECPKG_ATTR_CLIENT_SPECIFIED_TARGET,
				      &target, sizeof(target)),
			   SEC_E_OK);
	if (target.target_name)
		KUNIT_EXPECT_STREQ(test, target.target_name, FORGE_SERVICE);
	sspi_free(target.target_name);
	SSPI_EXPECT_STATUS(test,
			   ops->query(p->init,
				      SECPKG_ATTR_CLIENT_SPECIFIED_TARGET,
				      &target, sizeof(target)),
			   SEC_E_UNSUPPORTED_FUNCTION);
}

/* Sealed one way, signed the other. */
static void expect_messages(struct kunit *test, struct krb5_pair *p)
{
	const struct sspi_package_ops *ops = krb5_package.ops;
	static const u8 text[] = "a message for the other side of it";
	u8 data[sizeof(text)], token[128], padding[16];
	struct sspi_part parts[] = {
		{ .kind = SSPI_PART_DATA, .len = sizeof(data), .data = data },
		{ .kind = SSPI_PART_PADDING, .len = sizeof(padding),
		  .data = padding },
	};
	struct sspi_message msg = {
		.env = &p->script.env, .parts = parts, .part_count = 2,
		.token = token, .token_len = sizeof(token),
	};

	memcpy(data, text, sizeof(text));
	SSPI_EXPECT_STATUS(test, ops->seal(p->init, &msg), SEC_E_OK);
	KUNIT_EXPECT_TRUE(test, memcmp(data, text, sizeof(text)) != 0);
	SSPI_EXPECT_STATUS(test, ops->unseal(p->acc, &msg), SEC_E_OK);
	KUNIT_EXPECT_MEMEQ(test, data, text, sizeof(text));
	msg.part_count = 1;
	msg.token_len = sizeof(token);
	SSPI_EXPECT_STATUS(test, ops->sign(p->acc, &msg), SEC_E_OK);
	SSPI_EXPECT_STATUS(test, ops->verify(p->init, &msg), SEC_E_OK);
}

/* The forms of an exchange. */
static const struct {
	u64 isc;
	unsigned int tokens;
} forms[] = {
	{ KRB5_PAIR_FLAGS, 2 },
	{ KRB5_PAIR_FLAGS & ~ISC_REQ_MUTUAL_AUTH, 1 },
	{ KRB5_PAIR_FLAGS | ISC_REQ_USE_DCE_STYLE, 3 },
};

/* DRIVER order of draws: subkey, number, confounder; DCE: one confounder more. */
static unsigned int drawn(const struct krb5_enctype *type, unsigned int tokens)
{
	unsigned int one = type->seed_len + 4 + type->confounder_len;
	unsigned int two = 4 + type->confounder_len +
			   (type->rfc4121 ? type->seed_len : 0);

	return one + (tokens > 1 ? two : 0) +
	       (tokens > 2 ? type->confounder_len : 0);
}

static void form_case(struct kunit *test, s32 enctype, unsigned int form)
{
	struct krb5_pair *p = krb5_pair_new(test, enctype);
	const struct krb5_enctype *type = p->forge.session.type;
	bool mutual = forms[form].tokens > 1;
	unsigned int i, tokens = 0;

	p->isc = forms[form].isc;
	SSPI_ASSERT_STATUS(test, krb5_pair_acquire(p), SEC_E_OK);
	KUNIT_ASSERT_EQ_MSG(test, STATUS_NR(krb5_pair_run(p)),
			    STATUS_NR(SEC_E_OK), "enctype %d, form %u: %s",
			    enctype, form, p->reason ? p->reason : "");
	KUNIT_EXPECT_EQ(test, p->script.drawn, drawn(type, forms[form].tokens));
	for (i = 0; i < KRB5_PAIR_LEGS; i++)
		tokens += p->token[i].len != 0;
	KUNIT_EXPECT_EQ(test, tokens, forms[form].tokens);
	expect_agreement(test, p, mutual && type->rfc4121);
	expect_names(test, p->init);
	expect_names(test, p->acc);
	expect_target(test, p);
	expect_messages(test, p);
	KUNIT_EXPECT_EQ(test, mutual, !!(p->init_attr & ISC_RET_MUTUAL_AUTH));
	KUNIT_EXPECT_EQ(test, mutual, !!(p->acc_attr & ASC_RET_MUTUAL_AUTH));
	KUNIT_EXPECT_EQ(test, tokens == 3,
			!!(p->acc_attr & ASC_RET_USED_DCE_STYLE));
	KUNIT_EXPECT_TRUE(test, p->init_attr & ISC_RET_CONFIDENTIALITY);
	KUNIT_EXPECT_TRUE(test, p->acc_attr & ASC_RET_CONFIDENTIALITY);
	KUNIT_EXPECT_EQ(test, p->init_expiry, p->forge.endtime);
	KUNIT_EXPECT_EQ(test, p->acc_expiry, p->forge.endtime);
	krb5_pair_release(p);
	kunit_kfree(test, p);
}

static void krb5_every_form_and_type(struct kunit *test)
{
	unsigned int i, form, count = 0;

	for (i = 0; i < ARRAY_SIZE(enctypes); i++) {
		if (!krb5_enctype_find(enctypes[i]))
			continue;
		for (form = 0; form < ARRAY_SIZE(forms); form++, count++)
			form_case(test, enctypes[i], form);
	}
	KUNIT_EXPECT_GE(test, count, 18u);
	testlib_counted(test, count);
}

/* A call too many, and one too early. */
static void krb5_legs_in_order(struct kunit *test)
{
	struct krb5_pair *p = krb5_pair_new(test, 18);
	struct sspi_blob none = { };
	struct session *s;

	SSPI_ASSERT_STATUS(test, krb5_pair_acquire(p), SEC_E_OK);
	SSPI_ASSERT_STATUS(test, krb5_pair_run(p), SEC_E_OK);
	SSPI_EXPECT_STATUS(test,
			   krb5_pair_initialize(p, krb5_pair_span(&p->token[1]), &none),
			   SEC_E_OUT_OF_SEQUENCE);
	SSPI_EXPECT_STATUS(test,
			   krb5_pair_accept(p, krb5_pair_span(&p->token[0]), &none),
			   SEC_E_OUT_OF_SEQUENCE);
	/* Nothing has happened to them. */
	s = session_of(test, p->acc);
	KUNIT_EXPECT_GT(test, s->key.len, 0u);
	krb5_pair_reset(p);
	/* A token before the first leg, and none at the second. */
	SSPI_EXPECT_STATUS(test,
			   krb5_pair_initialize(p, TESTLIB_SPAN("early"), &none),
			   SEC_E_INVALID_TOKEN);
	krb5_pair_drop_init(p);
	SSPI_EXPECT_STATUS(test,
			   krb5_pair_initialize(p, (struct sspi_span){ }, &p->token[0]),
			   SEC_I_CONTINUE_NEEDED);
	SSPI_EXPECT_STATUS(test,
			   krb5_pair_initialize(p, (struct sspi_span){ }, &none),
			   SEC_E_INVALID_TOKEN);
	SSPI_EXPECT_STATUS(test,
			   krb5_pair_initialize(p, (struct sspi_span){ }, &none),
			   SEC_E_INVALID_HANDLE);
	SSPI_EXPECT_STATUS(test,
			   krb5_pair_accept(p, (struct sspi_span){ }, &none),
			   SEC_E_INVALID_TOKEN);
	SSPI_EXPECT_STATUS(test,
			   krb5_pair_accept(p, krb5_pair_span(&p->token[0]), &none),
			   SEC_E_INVALID_HANDLE);
	krb5_pair_release(p);
}

/* A SEC_CHANNEL_BINDINGS of application data alone. */
struct bindings {
	struct sec_channel_bindings head;
	u8 data[8];
};

static struct sspi_span bindings_of(const struct bindings *all, unsigned int n)
{
	if (!n)
		return (struct sspi_span){ };
	return (struct sspi_span){ (const u8 *)&all[n - 1], sizeof(*all) };
}

static sec_status_t bindings_want(unsigned int client, unsigned int server,
				  bool lax)
{
	if (!server || client == server)
		return SEC_E_OK;
	return client || !lax ? SEC_E_BAD_BINDINGS : SEC_E_OK;
}

/* None, the right ones, others: RFC 4121 4.1.1.2. */
static void krb5_bindings(struct kunit *test)
{
	struct krb5_pair *p = krb5_pair_new(test, 18);
	struct bindings all[2];
	unsigned int n, client, server;
	sec_status_t want, got;

	memset(all, 0, sizeof(all));
	for (n = 0; n < 2; n++) {
		all[n].head.application_data_len = sizeof(all[n].data);
		all[n].head.application_data_offset = sizeof(all[n].head);
		memset(all[n].data, 'a' + n, sizeof(all[n].data));
	}
	SSPI_ASSERT_STATUS(test, krb5_pair_acquire(p), SEC_E_OK);
	for (n = 0; n < 18; n++) {
		client = n % 3;
		server = n / 3 % 3;
		p->asc = n / 9 ? ASC_REQ_ALLOW_MISSING_BINDINGS : 0;
		p->client_bindings = bindings_of(all, client);
		p->server_bindings = bindings_of(all, server);
		want = bindings_want(client, server, n / 9);
		got = krb5_pair_run(p);
		KUNIT_EXPECT_EQ_MSG(test, STATUS_NR(got), STATUS_NR(want),
				    "case %u", n);
		krb5_pair_reset(p);
	}
	krb5_pair_release(p);
	testlib_counted(test, n);
}

/* RFC 4537: the acceptor's subkey is of the best type that both permit. */
static const struct {
	s32 ticket;
	s32 client[3];
	s32 server[3];
	s32 want;
} negotiations[] = {
	{ 18, { 18 }, { 18 }, 18 },
	{ 18, { 20, 18 }, { 18, 20 }, 20 },
	{ 18, { 20, 18 }, { 18 }, 18 },
	{ 18, { 19, 20, 18 }, { 20, 18 }, 20 },
	{ 18, { 18, 20 }, { 20, 18 }, 18 },
	{ 17, { 20, 18, 17 }, { 17, 18 }, 18 },
	{ 23, { 18, 23 }, { 23, 18 }, 18 },
	{ 23, { 23, 18 }, { 23, 18 }, 23 },
	{ 16, { 19, 16 }, { 19, 16 }, 19 },
	/* A type that is not RFC 4121's is none to change to. */
	{ 18, { 23, 18 }, { 23, 18 }, 18 },
};

static void fill(struct sspi_krb5_options *o, const s32 *types)
{
	unsigned int i;

	o->enctype_count = 0;
	for (i = 0; i < 3 && types[i]; i++)
		o->enctypes[o->enctype_count++] = types[i];
}

static void krb5_types_are_negotiated(struct kunit *test)
{
	struct session *s;
	struct krb5_pair *p;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(negotiations); i++) {
		p = krb5_pair_new(test, negotiations[i].ticket);
		fill(&p->client, negotiations[i].client);
		fill(&p->server, negotiations[i].server);
		SSPI_ASSERT_STATUS(test, krb5_pair_acquire(p), SEC_E_OK);
		KUNIT_ASSERT_EQ_MSG(test, STATUS_NR(krb5_pair_run(p)),
				    STATUS_NR(SEC_E_OK), "case %u", i);
		s = session_of(test, p->init);
		KUNIT_EXPECT_EQ_MSG(test, s->keys.enctype,
				    negotiations[i].want, "case %u", i);
		expect_agreement(test, p, negotiations[i].want != 23);
		expect_messages(test, p);
		krb5_pair_release(p);
		kunit_kfree(test, s);
		kunit_kfree(test, p);
	}
	testlib_counted(test, i);
}

/* Numbers of the script: the draws have their order, DRIVER's and RFC 4120's. */
static void krb5_draws_in_order(struct kunit *test)
{
	struct krb5_pair *p = krb5_pair_new(test, 17);
	static u8 script[16 + 4 + 16 + 16 + 4 + 16];
	struct session *s;
	unsigned int i;

	for (i = 0; i < sizeof(script); i++)
		script[i] = i + 1;
	p->script.random = TESTLIB_SPAN(script);
	SSPI_ASSERT_STATUS(test, krb5_pair_acquire(p), SEC_E_OK);
	SSPI_ASSERT_STATUS(test, krb5_pair_run(p), SEC_E_OK);
	s = session_of(test, p->init);
	KUNIT_EXPECT_EQ(test, p->script.drawn, (unsigned int)sizeof(script));
	KUNIT_EXPECT_MEMEQ(test, s->keys.initiator.key, script, 16);
	KUNIT_EXPECT_MEMEQ(test, s->keys.acceptor.key, script + 36, 16);
	KUNIT_EXPECT_EQ(test, s->keys.send_seq, 0x11121314ULL);
	KUNIT_EXPECT_EQ(test, s->keys.recv_seq, 0x35363738ULL);
	krb5_pair_release(p);
}

static struct kunit_case krb5_cases[] = {
	KUNIT_CASE(krb5_every_form_and_type),
	KUNIT_CASE(krb5_legs_in_order),
	KUNIT_CASE(krb5_bindings),
	KUNIT_CASE(krb5_types_are_negotiated),
	KUNIT_CASE(krb5_draws_in_order),
	{ }
};

static struct kunit_suite krb5_suite = {
	.name = "sspi_krb5",
	.test_cases = krb5_cases,
};

kunit_test_suite(krb5_suite);
