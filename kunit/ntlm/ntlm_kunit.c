// SPDX-License-Identifier: GPL-2.0-only
/*
 * NTLM logons: both roles against each other with scripted clock and
 * randomness, the published examples, and policy.
 */
#include <kunit/test.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "codec/ntlmssp.h"
#include "kunit/ntlm/ntlm_pair.h"
#include "spi.h"
#include "kunit/vectors/ntlm_msnlmp.h"

#define V1_SEALED_BY_LM_KEY \
	v1_encrypted_random_session_key_negotiate_lm_key

static void expect_key(struct kunit *test, void *ctx, const u8 *want)
{
	struct sec_pkg_context_session_key key = { };

	SSPI_EXPECT_STATUS(test,
			   ntlm_package.ops->query(ctx,
				SECPKG_ATTR_SESSION_KEY, &key, sizeof(key)),
			   SEC_E_OK);
	KUNIT_EXPECT_EQ(test, key.len, 16u);
	KUNIT_EXPECT_MEMEQ(test, key.key, want, 16);
}

static void expect_name(struct kunit *test, void *ctx, const char *want)
{
	struct sec_pkg_context_names names = { };

	SSPI_EXPECT_STATUS(test,
			   ntlm_package.ops->query(ctx, SECPKG_ATTR_NAMES, &names, sizeof(names)),
			   SEC_E_OK);
	if (names.user_name)
		KUNIT_EXPECT_STREQ(test, names.user_name, want);
	sspi_free(names.user_name);
}

/* The draws of DRIVER.md in their order, and what both ends then agree on. */
static void ntlm_logon_agrees(struct kunit *test)
{
	struct sec_pkg_context_client_specified_target target = { };
	static const u8 script[] = {
		1, 1, 1, 1, 1, 1, 1, 1,
		2, 2, 2, 2, 2, 2, 2, 2,
		3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3,
	};
	struct ntlm_pair *p = ntlm_pair_new(test);
	sec_status_t status;

	p->script.random = TESTLIB_SPAN(script);
	SSPI_ASSERT_STATUS(test, ntlm_pair_acquire(p), SEC_E_OK);
	SSPI_EXPECT_STATUS(test, ntlm_pair_run(p), SEC_E_OK);
	KUNIT_EXPECT_EQ(test, p->script.drawn, 32u);
	KUNIT_EXPECT_MEMEQ(test, p->challenge.data + CHALLENGE_NONCE_AT,
			   script, 8);
	expect_key(test, p->init, script + 16);
	expect_key(test, p->acc, script + 16);
	expect_name(test, p->init, "TESTDOM\\alice");
	expect_name(test, p->acc, "TESTDOM\\alice");
	KUNIT_EXPECT_TRUE(test, p->init_attr & ISC_RET_INTEGRITY);
	KUNIT_EXPECT_TRUE(test, p->init_attr & ISC_RET_CONFIDENTIALITY);
	KUNIT_EXPECT_TRUE(test, p->acc_attr & ASC_RET_INTEGRITY);
	KUNIT_EXPECT_TRUE(test, p->acc_attr & ASC_RET_CONFIDENTIALITY);
	KUNIT_EXPECT_FALSE(test, p->init_attr & ISC_RET_MUTUAL_AUTH);
	status = ntlm_package.ops->query(p->acc,
					 SECPKG_ATTR_CLIENT_SPECIFIED_TARGET,
					 &target, sizeof(target));
	SSPI_EXPECT_STATUS(test, status, SEC_E_OK);
	if (target.target_name)
		KUNIT_EXPECT_STREQ(test, target.target_name, p->target);
	sspi_free(target.target_name);

	/* A third call: the negotiation is over, the context lives. */
	SSPI_EXPECT_STATUS(test, ntlm_pair_logon(p), SEC_E_OUT_OF_SEQUENCE);
	expect_key(test, p->acc, script + 16);
	ntlm_pair_release(p);
}

/* MS-NLMP 4.2 as the examples have it: what each role must make of them. */
struct example {
	struct sspi_span challenge;
	struct sspi_span authenticate;	/* none if the document prints none */
	struct sspi_span nt_response;
	struct sspi_span lm_response;
	struct sspi_span sealed_key;
	const u8 *key;
	u32 flags;
	u8 lm_compat;
};

static struct sspi_span field(const struct sspi_blob *msg, size_t at)
{
	return (struct sspi_span){
		.data = msg->data + get_unaligned_le32(msg->data + at + 4),
		.len = msg->data[at] | msg->data[at + 1] << 8,
	};
}

static void expect_field(struct kunit *test, const struct sspi_blob *msg,
			 size_t at, struct sspi_span want)
{
	struct sspi_span got = field(msg, at);

	KUNIT_EXPECT_EQ(test, got.len, want.len);
	if (got.len == want.len && want.len)
		KUNIT_EXPECT_MEMEQ(test, got.data, want.data, want.len);
}

static void example_pair(struct ntlm_pair *p, const struct example *ex)
{
	static u8 script[24];

	memcpy(script, common_client_challenge, 8);
	memcpy(script + 8, common_random_session_key, 16);
	p->script.random = TESTLIB_SPAN(script);
	p->identity.user = "User";
	p->identity.domain = "Domain";
	p->identity.secret = "Password";
	p->identity.secret_len = 8;
	p->account = p->identity;
	p->target = NULL;
	p->client.lm_compat = ex->lm_compat;
	p->client.workstation = "COMPUTER";
	p->server.lm_compat = ex->lm_compat;
	p->preset = ex->challenge;
}

static void run_example(struct kunit *test, const struct example *ex)
{
	struct ntlm_pair *p = ntlm_pair_new(test);
	struct sspi_blob none;

	example_pair(p, ex);
	SSPI_ASSERT_STATUS(test, ntlm_pair_acquire(p), SEC_E_OK);
	SSPI_EXPECT_STATUS(test, ntlm_pair_run(p), SEC_E_OK);
	expect_key(test, p->init, ex->key);
	expect_key(test, p->acc, ex->key);
	if (ex->nt_response.len)
		expect_field(test, &p->authenticate, AUTHENTICATE_NT_AT,
			     ex->nt_response);
	expect_field(test, &p->authenticate, AUTHENTICATE_LM_AT,
		     ex->lm_response);
	expect_field(test, &p->authenticate, AUTHENTICATE_KEY_AT,
		     ex->sealed_key);
	KUNIT_EXPECT_EQ(test, ex->flags,
			get_unaligned_le32(p->authenticate.data +
					   AUTHENTICATE_FLAGS_AT));

	/* The published AUTHENTICATE logs on too. */
	if (ex->authenticate.len) {
		ntlm_pair_drop_acc(p);
		SSPI_EXPECT_STATUS(test,
				   ntlm_pair_accept(p, ntlm_pair_span(&p->negotiate), &none),
				   SEC_I_CONTINUE_NEEDED);
		sspi_free(none.data);
		SSPI_EXPECT_STATUS(test,
				   ntlm_pair_accept(p, ex->authenticate, &none),
				   SEC_E_OK);
		expect_key(test, p->acc, ex->key);
	}
	ntlm_pair_release(p);
}

static void ntlm_published_examples(struct kunit *test)
{
	u8 *lm_key = kunit_kzalloc(test, sizeof(v1_challenge_message),
				   GFP_KERNEL);
	u8 *ess = kunit_kzalloc(test, sizeof(v1_challenge_message), GFP_KERNEL);
	struct example examples[] = {
		{
			.challenge = TESTLIB_SPAN(v1_challenge_message),
			.authenticate = TESTLIB_SPAN(v1_authenticate_message),
			.nt_response =
				TESTLIB_SPAN(v1_nt_challenge_response),
			.lm_response =
				TESTLIB_SPAN(v1_lm_challenge_response),
			.sealed_key =
				TESTLIB_SPAN(v1_encrypted_random_session_key),
			.key = common_random_session_key,
			.flags = 0xe2008235,
		}, {
			.challenge = { lm_key, sizeof(v1_challenge_message) },
			.nt_response =
				TESTLIB_SPAN(v1_nt_challenge_response),
			.lm_response =
				TESTLIB_SPAN(v1_lm_challenge_response),
			.sealed_key = TESTLIB_SPAN(V1_SEALED_BY_LM_KEY),
			.key = common_random_session_key,
			.flags = 0xe20082b5,
		}, {
			.challenge = { ess, sizeof(v1_challenge_message) },
			.nt_response =
				TESTLIB_SPAN(v1c_nt_challenge_response),
			.lm_response =
				TESTLIB_SPAN(v1c_lm_challenge_response),
			.key = v1c_exported_session_key,
			.flags = 0x82088235,
			.lm_compat = 1,
		},
	};
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, lm_key);
	KUNIT_ASSERT_NOT_NULL(test, ess);
	memcpy(lm_key, v1_challenge_message, sizeof(v1_challenge_message));
	put_unaligned_le32(V1_FLAGS | NTLMSSP_NEGOTIATE_LM_KEY,
			   lm_key + CHALLENGE_FLAGS_AT);
	memcpy(ess, v1_challenge_message, sizeof(v1_challenge_message));
	put_unaligned_le32(V1C_FLAGS, ess + CHALLENGE_FLAGS_AT);
	for (i = 0; i < ARRAY_SIZE(examples); i++)
		run_example(test, &examples[i]);
	testlib_counted(test, i);
}

/*
 * 4.2.4: an initiator cannot be given its clock, which shows 1601, so NTProofStr
 * is checked by the acceptor.
 */
static void ntlm_published_v2(struct kunit *test)
{
	struct ntlm_pair *p = ntlm_pair_new(test);
	struct example ex = {
		.challenge = TESTLIB_SPAN(v2_challenge_message),
		.lm_compat = 3,
	};
	struct sspi_blob none;

	example_pair(p, &ex);
	SSPI_ASSERT_STATUS(test, ntlm_pair_acquire(p), SEC_E_OK);
	SSPI_EXPECT_STATUS(test, ntlm_pair_run(p), SEC_E_OK);
	expect_field(test, &p->authenticate, AUTHENTICATE_LM_AT,
		     TESTLIB_SPAN(v2_lm_challenge_response));
	KUNIT_EXPECT_EQ(test, 0xe2888235,
			get_unaligned_le32(p->authenticate.data +
					   AUTHENTICATE_FLAGS_AT));
	ntlm_pair_drop_acc(p);
	SSPI_EXPECT_STATUS(test,
			   ntlm_pair_accept(p, ntlm_pair_span(&p->negotiate), &none),
			   SEC_I_CONTINUE_NEEDED);
	KUNIT_EXPECT_EQ(test, none.len, sizeof(v2_challenge_message));
	KUNIT_EXPECT_MEMEQ(test, none.data, v2_challenge_message, none.len);
	sspi_free(none.data);
	SSPI_EXPECT_STATUS(test,
			   ntlm_pair_accept(p, TESTLIB_SPAN(v2_authenticate_message), &none),
			   SEC_E_OK);
	expect_key(test, p->acc, common_random_session_key);
	expect_name(test, p->acc, "Domain\\User");
	ntlm_pair_release(p);
}

/* A SEC_CHANNEL_BINDINGS of application data alone. */
struct bindings {
	struct sec_channel_bindings head;
	u8 data[8];
};

static void make_bindings(struct bindings *b, u8 fill)
{
	memset(b, 0, sizeof(*b));
	b->head.application_data_len = sizeof(b->data);
	b->head.application_data_offset = sizeof(b->head);
	memset(b->data, fill, sizeof(b->data));
}

/* Flags, levels and bindings: what each combination must come to. */
static sec_status_t bindings_want(unsigned int client, unsigned int server,
				  bool lax)
{
	if (!server || client == server)
		return SEC_E_OK;
	return client || !lax ? SEC_E_BAD_BINDINGS : SEC_E_OK;
}

static void matrix_case(struct kunit *test, const struct bindings *bindings,
			unsigned int n)
{
	static const u64 reqs[] = {
		0, ISC_REQ_INTEGRITY, ISC_REQ_CONFIDENTIALITY,
		ISC_REQ_SEQUENCE_DETECT | ISC_REQ_IDENTIFY,
	};
	unsigned int client = n % 3, server = n / 3 % 3, level = n / 36 % 6;
	struct ntlm_pair *p = ntlm_pair_new(test);
	bool lax = n / 216 % 2;
	sec_status_t want;

	p->isc = reqs[n / 9 % 4];
	p->asc = lax ? ASC_REQ_ALLOW_MISSING_BINDINGS : 0;
	p->client.lm_compat = level;
	p->server.lm_compat = level;
	if (client)
		p->client_bindings = (struct sspi_span){
			(const u8 *)&bindings[client - 1], sizeof(*bindings)
		};
	if (server)
		p->server_bindings = (struct sspi_span){
			(const u8 *)&bindings[server - 1], sizeof(*bindings)
		};
	/* NTLMv1 has no place for bindings: the client's are missing. */
	want = bindings_want(level < 3 ? 0 : client, server, lax);
	KUNIT_EXPECT_EQ_MSG(test, STATUS_NR(want), STATUS_NR(ntlm_pair_once(p)),
			    "case %u: %s", n, p->reason ? p->reason : "");
	if (want == SEC_E_OK) {
		bool sign = p->isc, seal = p->isc & ISC_REQ_CONFIDENTIALITY;

		KUNIT_EXPECT_EQ(test, sign,
				!!(p->acc_attr & ASC_RET_INTEGRITY));
		KUNIT_EXPECT_EQ(test, seal,
				!!(p->init_attr & ISC_RET_CONFIDENTIALITY));
	}
	kunit_kfree(test, p);
}

static void ntlm_negotiation_matrix(struct kunit *test)
{
	struct bindings bindings[2];
	unsigned int n;

	make_bindings(&bindings[0], 'a');
	make_bindings(&bindings[1], 'b');
	for (n = 0; n < 432; n++)
		matrix_case(test, bindings, n);
	testlib_counted(test, n);
}

/* One logon that policy or proof refuses. */
struct denial {
	const char *why;
	void (*arrange)(struct ntlm_pair *p);
	sec_status_t want;
};

static void wrong_password(struct ntlm_pair *p)
{
	p->account.secret_len--;
}

static void unknown_user(struct ntlm_pair *p)
{
	p->account.user = "bob";
}

static void other_domain(struct ntlm_pair *p)
{
	p->account.domain = "ELSEWHERE";
}

static void any_domain(struct ntlm_pair *p)
{
	p->account.domain = "";
}

static void other_case(struct ntlm_pair *p)
{
	p->account.user = "ALICE";
	p->account.domain = "testdom";
}

static void right_principal(struct ntlm_pair *p)
{
	p->principal = "CIFS/fs1.example.test@EXAMPLE.TEST";
}

static void wrong_principal(struct ntlm_pair *p)
{
	p->principal = "cifs/fs2.example.test";
}

static void no_target(struct ntlm_pair *p)
{
	p->principal = "cifs/fs1.example.test";
	p->target = NULL;
}

static void marshalled_target(struct ntlm_pair *p)
{
	p->target = "cifs/fs11UWhRCAAAAAAAAAAAAAAAAAAAAAAAAAAAAwbEAYBAAAA";
}

static void needs_integrity(struct ntlm_pair *p)
{
	p->isc = 0;
	p->asc = ASC_REQ_INTEGRITY;
}

static void needs_privacy(struct ntlm_pair *p)
{
	p->isc = ISC_REQ_INTEGRITY;
	p->asc = ASC_REQ_CONFIDENTIALITY;
}

static void v1_client(struct ntlm_pair *p)
{
	p->client.lm_compat = 2;
	p->isc = 0;
}

static void v1_both(struct ntlm_pair *p)
{
	v1_client(p);
	p->server.lm_compat = 2;
}

static void no_identity(struct ntlm_pair *p)
{
	p->identity.user = NULL;
	p->isc = 0;
	p->client.allow_anonymous = true;
}

static void null_session(struct ntlm_pair *p)
{
	no_identity(p);
	p->server.allow_anonymous = true;
}

static void no_name(struct ntlm_pair *p)
{
	p->identity.user = "";
}

static void null_requested(struct ntlm_pair *p)
{
	p->isc = ISC_REQ_NULL_SESSION;
}

static void null_signed(struct ntlm_pair *p)
{
	null_session(p);
	p->isc = ISC_REQ_INTEGRITY;
}

static void short_hash(struct ntlm_pair *p)
{
	p->identity.secret_kind = SSPI_SECRET_NT_HASH;
	p->identity.secret_len = 15;
}

static void not_utf8(struct ntlm_pair *p)
{
	p->identity.secret = "\xed\xa0\x80";
	p->identity.secret_len = 3;
}

static void no_random(struct ntlm_pair *p)
{
	p->script.broken = true;
}

static const struct denial denials[] = {
	{ "wrong password", wrong_password, SEC_E_LOGON_DENIED },
	{ "unknown user", unknown_user, SEC_E_LOGON_DENIED },
	{ "other domain", other_domain, SEC_E_LOGON_DENIED },
	{ "any domain", any_domain, SEC_E_OK },
	{ "other case", other_case, SEC_E_OK },
	{ "right principal", right_principal, SEC_E_OK },
	{ "wrong principal", wrong_principal, SEC_E_WRONG_PRINCIPAL },
	{ "no target", no_target, SEC_E_WRONG_PRINCIPAL },
	{ "marshalled", marshalled_target, SEC_E_INVALID_PARAMETER },
	{ "integrity", needs_integrity, SEC_E_SECURITY_QOS_FAILED },
	{ "privacy", needs_privacy, SEC_E_SECURITY_QOS_FAILED },
	{ "NTLMv1 client", v1_client, SEC_E_LOGON_DENIED },
	{ "NTLMv1 both", v1_both, SEC_E_OK },
	{ "anonymous refused", no_identity, SEC_E_LOGON_DENIED },
	{ "anonymous", null_session, SEC_E_OK },
	{ "nobody", no_name, SEC_E_NO_CREDENTIALS },
	{ "null session", null_requested, SEC_E_NO_CREDENTIALS },
	{ "null, signed", null_signed, SEC_E_SECURITY_QOS_FAILED },
	{ "short hash", short_hash, SEC_E_INVALID_PARAMETER },
	{ "not UTF-8", not_utf8, SEC_E_INVALID_PARAMETER },
	{ "no randomness", no_random, SEC_E_INTERNAL_ERROR },
};

static void ntlm_policy_and_proof(struct kunit *test)
{
	struct ntlm_pair *p;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(denials); i++) {
		p = ntlm_pair_new(test);
		denials[i].arrange(p);
		KUNIT_EXPECT_EQ_MSG(test, STATUS_NR(denials[i].want),
				    STATUS_NR(ntlm_pair_once(p)), "%s",
				    denials[i].why);
		KUNIT_EXPECT_EQ_MSG(test, denials[i].want != SEC_E_OK,
				    !!p->reason, "%s", denials[i].why);
		kunit_kfree(test, p);
	}
	testlib_counted(test, i);
}

static struct kunit_case ntlm_cases[] = {
	KUNIT_CASE(ntlm_logon_agrees),
	KUNIT_CASE(ntlm_published_examples),
	KUNIT_CASE(ntlm_published_v2),
	KUNIT_CASE(ntlm_negotiation_matrix),
	KUNIT_CASE(ntlm_policy_and_proof),
	{ }
};

static struct kunit_suite ntlm_suite = {
	.name = "sspi_ntlm",
	.test_cases = ntlm_cases,
};

kunit_test_suite(ntlm_suite);
