// SPDX-License-Identifier: GPL-2.0-only
/* Negotiate through the public calls, with NTLM and a package of a third party. */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/sspi.h>
#include <linux/string.h>

#include "core/fault.h"
#include "kunit/negotiate/nego_toy.h"
#include "kunit/support/testlib.h"

#define MOST_LEGS	12
#define MOST_ALLOCATIONS 300

/* Everything but what lives, which workers count. */
static void toy_reset(void)
{
	toy_ctl.status = SEC_E_OK;
	toy_ctl.questions = 0;
	toy_ctl.no_integrity = false;
	toy_ctl.wants_mic = false;
	atomic_set(&toy_ctl.asked, 0);
	atomic_set(&toy_ctl.signed_count, 0);
	atomic_set(&toy_ctl.verified, 0);
	atomic_set(&toy_ctl.restarts, 0);
}

/**
 * struct nego - both ends of a negotiation
 * @mine: the initiator's package list
 * @theirs: the acceptor's
 * @out: the initiator's credential
 * @inn: the acceptor's
 * @init: the initiator's context
 * @acc: the acceptor's
 * @tamper: changes token number @leg on its way; or NULL
 * @priv: for @tamper
 * @legs: tokens that were sent
 * @status: of the last leg of each side: initiator, acceptor
 */
struct nego {
	const char *mine;
	const char *theirs;
	struct sspi_cred_handle out;
	struct sspi_cred_handle inn;
	struct sspi_ctxt_handle init;
	struct sspi_ctxt_handle acc;
	void (*tamper)(struct nego *n, unsigned int leg,
		       struct sec_buffer *token);
	void *priv;
	unsigned int legs;
	sec_status_t status[2];
};

static sec_status_t nego_acquire(struct nego *n)
{
	static const char password[] = "correct horse battery";
	struct sspi_auth_identity who = {
		.user = "alice",
		.domain = "TESTDOM",
		.secret_kind = SSPI_SECRET_PASSWORD,
		.secret = password,
		.secret_len = sizeof(password) - 1,
	};
	struct sspi_acquire_args out = {
		.package = "Negotiate",
		.cred_use = SECPKG_CRED_OUTBOUND,
		.identity = &who,
		.packages = n->mine,
	};
	struct sspi_acquire_args in = {
		.package = "Negotiate",
		.cred_use = SECPKG_CRED_INBOUND,
		.accounts = &who,
		.account_count = 1,
		.packages = n->theirs,
	};
	sec_status_t status;

	status = sspi_acquire_credentials_handle(&out, &n->out, NULL);
	if (status != SEC_E_OK)
		return status;
	return sspi_acquire_credentials_handle(&in, &n->inn, NULL);
}

static sec_status_t nego_leg(struct nego *n, bool acceptor,
			     struct sec_buffer *in, struct sec_buffer *out)
{
	struct sec_buffer_desc in_desc = { .count = 1, .buffers = in };
	struct sec_buffer_desc out_desc = { .count = 1, .buffers = out };
	struct sspi_initialize_args isc = {
		.cred = &n->out,
		.ctx = n->init.lower ? &n->init : NULL,
		.target = "cifs/server.example.test",
		.req = ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_INTEGRITY,
		.target_data_rep = SECURITY_NATIVE_DREP,
		.input = in->data ? &in_desc : NULL,
		.new_ctx = &n->init,
		.output = &out_desc,
	};
	struct sspi_accept_args asc = {
		.cred = &n->inn,
		.ctx = n->acc.lower ? &n->acc : NULL,
		.input = &in_desc,
		.req = ASC_REQ_ALLOCATE_MEMORY,
		.target_data_rep = SECURITY_NATIVE_DREP,
		.new_ctx = &n->acc,
		.output = &out_desc,
	};

	*out = (struct sec_buffer){ .type = SECBUFFER_TOKEN };
	return acceptor ? sspi_accept_security_context(&asc) :
			  sspi_initialize_security_context(&isc);
}

static bool is_fatal(sec_status_t status)
{
	return sec_status_class(status) == SSPI_CLASS_FATAL;
}

/* SEC_E_OK if both sides are, else what the one that failed said. */
static sec_status_t nego_run(struct nego *n)
{
	struct sec_buffer token = { .type = SECBUFFER_TOKEN }, next;
	unsigned int leg;

	n->legs = 0;
	n->status[0] = SEC_I_CONTINUE_NEEDED;
	n->status[1] = SEC_I_CONTINUE_NEEDED;
	for (leg = 0; leg < MOST_LEGS; leg++) {
		n->status[leg % 2] = nego_leg(n, leg % 2, &token, &next);
		sspi_free_context_buffer(token.data);
		token = next;
		n->legs += !!token.len;
		if (is_fatal(n->status[leg % 2]) || !token.len)
			break;
		if (n->tamper)
			n->tamper(n, leg, &token);
	}
	sspi_free_context_buffer(token.data);
	if (is_fatal(n->status[1]))
		return n->status[1];
	if (n->status[0] == SEC_E_OK)
		return n->status[1];
	return n->status[0];
}

static void nego_drop(struct nego *n)
{
	if (n->init.lower)
		sspi_delete_security_context(&n->init);
	if (n->acc.lower)
		sspi_delete_security_context(&n->acc);
	memset(&n->init, 0, sizeof(n->init));
	memset(&n->acc, 0, sizeof(n->acc));
}

static void nego_release(struct nego *n)
{
	nego_drop(n);
	if (n->out.lower)
		sspi_free_credentials_handle(&n->out);
	if (n->inn.lower)
		sspi_free_credentials_handle(&n->inn);
	memset(&n->out, 0, sizeof(n->out));
	memset(&n->inn, 0, sizeof(n->inn));
}

static sec_status_t nego_once(struct nego *n)
{
	sec_status_t status = nego_acquire(n);

	return status == SEC_E_OK ? nego_run(n) : status;
}

/* Whether both ends are established with this package and the same key. */
static bool agreed(struct nego *n, const char *package)
{
	struct sspi_ctxt_handle *ctx[2] = { &n->init, &n->acc };
	struct sec_pkg_context_session_key key[2] = { };
	struct sec_pkg_context_negotiation_info info;
	bool ok = true;
	int i;

	for (i = 0; i < 2; i++) {
		ok &= sspi_query_context_attributes(ctx[i],
				SECPKG_ATTR_NEGOTIATION_INFO, &info,
				sizeof(info)) == SEC_E_OK &&
		      !strcmp(info.info.name, package) &&
		      info.state == SECPKG_NEGOTIATION_COMPLETE;
		ok &= sspi_query_context_attributes(ctx[i],
				SECPKG_ATTR_SESSION_KEY, &key[i],
				sizeof(key[i])) == SEC_E_OK;
	}
	ok &= key[0].len && !memcmp(&key[0], &key[1], sizeof(key[0]));
	memzero_explicit(key, sizeof(key));
	return ok;
}

static void negotiate_choices(struct kunit *test)
{
	static const struct {
		const char *mine, *theirs, *package;
		unsigned int legs;
	} cases[] = {
		{ "toy", NULL, TOY_NAME, 2 },
		{ "toy,ntlm", NULL, TOY_NAME, 2 },
		{ "ntlm", NULL, "NTLM", 4 },
		{ "NTLM,Toy", NULL, "NTLM", 4 },
		{ "toy,ntlm", "ntlm", "NTLM", 6 },
		{ "toy,ntlm", "!toy", "NTLM", 6 },
		{ "ntlm,toy", "toy", TOY_NAME, 6 },
		{ "!kerberos", "ntlm", "NTLM", 6 },
		{ "!kerberos,!toy", NULL, "NTLM", 4 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct nego n = { .mine = cases[i].mine,
				  .theirs = cases[i].theirs };

		SSPI_EXPECT_STATUS(test, nego_once(&n), SEC_E_OK);
		KUNIT_EXPECT_TRUE_MSG(test, agreed(&n, cases[i].package),
				      "case %zu", i);
		KUNIT_EXPECT_EQ_MSG(test, n.legs, cases[i].legs, "case %zu", i);
		nego_release(&n);
	}
	testlib_counted(test, i);
}

static void negotiate_no_common(struct kunit *test)
{
	static const struct {
		const char *mine, *theirs;
		sec_status_t status;
	} cases[] = {
		{ "ntlm", "toy", SEC_E_POLICY_NLTM_ONLY },
		{ "toy", "ntlm", SEC_E_POLICY_NLTM_ONLY },
		{ "!ntlm,!toy,!kerberos", NULL, SEC_E_NO_CREDENTIALS },
		{ "!ntml", NULL, SEC_E_SECPKG_NOT_FOUND },
		{ "ntlm,,toy", NULL, SEC_E_INVALID_PARAMETER },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct nego n = { .mine = cases[i].mine,
				  .theirs = cases[i].theirs };

		SSPI_EXPECT_STATUS(test, nego_once(&n), cases[i].status);
		nego_release(&n);
	}
	testlib_counted(test, i);
}

/* What a first choice that cannot be used leads to. */
static void negotiate_falls_back(struct kunit *test)
{
	static const struct {
		sec_status_t toy, fallback, alone;
	} cases[] = {
		{ SEC_E_NO_AUTHENTICATING_AUTHORITY, SEC_E_OK,
		  SEC_E_DOWNGRADE_DETECTED },
		{ SEC_E_TARGET_UNKNOWN, SEC_E_OK, SEC_E_DOWNGRADE_DETECTED },
		{ SEC_E_TIME_SKEW, SEC_E_OK, SEC_E_DOWNGRADE_DETECTED },
		{ SEC_E_NO_CREDENTIALS, SEC_E_OK, SEC_E_DOWNGRADE_DETECTED },
		{ SEC_E_LOGON_DENIED, SEC_E_LOGON_DENIED, SEC_E_LOGON_DENIED },
		{ SEC_E_INVALID_TOKEN, SEC_E_INVALID_TOKEN,
		  SEC_E_INVALID_TOKEN },
		{ SEC_E_INSUFFICIENT_MEMORY, SEC_E_INSUFFICIENT_MEMORY,
		  SEC_E_INSUFFICIENT_MEMORY },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct nego both = { .mine = "toy,ntlm" };
		struct nego alone = { .mine = "toy,!ntlm" };

		toy_ctl.status = cases[i].toy;
		SSPI_EXPECT_STATUS(test, nego_once(&both), cases[i].fallback);
		if (cases[i].fallback == SEC_E_OK)
			KUNIT_EXPECT_TRUE(test, agreed(&both, "NTLM"));
		SSPI_EXPECT_STATUS(test, nego_once(&alone), cases[i].alone);
		nego_release(&both);
		nego_release(&alone);
	}
	testlib_counted(test, i);
}

static const struct sspi_nego_mech_status *
find_mech(const struct sec_pkg_context_nego_status *nego, const char *name)
{
	u32 i;

	for (i = 0; i < nego->count; i++)
		if (!strcmp(nego->mechs[i].name, name))
			return &nego->mechs[i];
	return NULL;
}

/* The administrator learns why the first choice was not used. */
static void negotiate_tells_why(struct kunit *test)
{
	const struct sspi_nego_mech_status *toy, *ntlm;
	struct sec_pkg_context_nego_status nego = { };
	struct nego n = { .mine = "toy,ntlm" };
	sec_status_t status;

	toy_ctl.status = SEC_E_TIME_SKEW;
	SSPI_ASSERT_STATUS(test, nego_once(&n), SEC_E_OK);
	status = sspi_query_context_attributes(&n.init, SECPKG_ATTR_NEGO_STATUS,
					       &nego, sizeof(nego));
	SSPI_ASSERT_STATUS(test, status, SEC_E_OK);
	SSPI_EXPECT_STATUS(test, nego.last_status, SEC_E_TIME_SKEW);
	toy = find_mech(&nego, TOY_NAME);
	ntlm = find_mech(&nego, "NTLM");
	KUNIT_ASSERT_NOT_NULL(test, toy);
	KUNIT_ASSERT_NOT_NULL(test, ntlm);
	SSPI_EXPECT_STATUS(test, toy->status, SEC_E_TIME_SKEW);
	KUNIT_EXPECT_STREQ(test, toy->reason, TOY_REASON);
	SSPI_EXPECT_STATUS(test, ntlm->status, SEC_E_OK);
	sspi_free_context_buffer(nego.mechs);
	nego_release(&n);
}

/* Questions go out and come back, at the first leg and at a later one. */
static void negotiate_asks(struct kunit *test)
{
	static const struct {
		const char *mine, *theirs;
	} cases[] = { { "toy", NULL }, { "ntlm,toy", "toy" } };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct nego n = { .mine = cases[i].mine,
				  .theirs = cases[i].theirs };

		toy_ctl.questions = 3;
		atomic_set(&toy_ctl.asked, 0);
		SSPI_EXPECT_STATUS(test, nego_once(&n), SEC_E_OK);
		KUNIT_EXPECT_TRUE(test, agreed(&n, TOY_NAME));
		KUNIT_EXPECT_EQ(test, atomic_read(&toy_ctl.asked), 3);
		nego_release(&n);
	}
}

/* A MIC each way exactly where one is due, and a new stream after each. */
static void negotiate_list_mic(struct kunit *test)
{
	static const struct {
		const char *mine;
		bool wants;
		int mics;
	} cases[] = { { "toy", false, 0 }, { "toy", true, 2 },
		      { "ntlm,toy", false, 2 } };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct nego n = { .mine = cases[i].mine, .theirs = "toy" };

		toy_reset();
		toy_ctl.wants_mic = cases[i].wants;
		SSPI_EXPECT_STATUS(test, nego_once(&n), SEC_E_OK);
		KUNIT_EXPECT_EQ(test, atomic_read(&toy_ctl.signed_count),
				cases[i].mics);
		KUNIT_EXPECT_EQ(test, atomic_read(&toy_ctl.verified),
				cases[i].mics);
		KUNIT_EXPECT_EQ(test, atomic_read(&toy_ctl.restarts),
				2 * cases[i].mics);
		nego_release(&n);
	}
	/* Without integrity nothing but the first choice is taken. */
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct nego n = { .mine = cases[i].mine, .theirs = "toy" };
		bool good = cases[i].wants || !cases[i].mics;

		toy_reset();
		toy_ctl.no_integrity = true;
		SSPI_EXPECT_STATUS(test, nego_once(&n), good ? SEC_E_OK :
				   SEC_E_SECURITY_QOS_FAILED);
		nego_release(&n);
	}
}

/* One bit of one byte of one token. */
struct flip {
	unsigned int leg;
	size_t at;
	size_t len;
};

static void tamper_flip(struct nego *n, unsigned int leg,
			struct sec_buffer *token)
{
	struct flip *f = n->priv;
	u8 *data = token->data;

	if (leg != f->leg)
		return;
	f->len = token->len;
	if (f->at < f->len)
		data[f->at] ^= 1 << f->at % 8;
}

/*
 * Whatever byte is bent: somebody notices, or the outcome is the same package
 * with the same key.
 */
static void negotiate_each_byte(struct kunit *test)
{
	static const struct {
		const char *mine, *theirs, *package;
	} cases[] = { { "toy,ntlm", "toy", TOY_NAME },
		      { "ntlm,toy", "toy", TOY_NAME } };
	unsigned int noticed = 0, harmless = 0;
	size_t i;
	bool good;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct flip f = { };
		struct nego n = { .mine = cases[i].mine,
				  .theirs = cases[i].theirs,
				  .tamper = tamper_flip, .priv = &f };

		SSPI_ASSERT_STATUS(test, nego_acquire(&n), SEC_E_OK);
		for (f.leg = 0; f.leg < MOST_LEGS; f.leg++) {
			f.len = 1;
			for (f.at = 0; f.at < f.len; f.at++) {
				f.len = 0;
				good = nego_run(&n) != SEC_E_OK;
				noticed += good;
				harmless += !good;
				if (!good)
					good = agreed(&n, cases[i].package);
				KUNIT_EXPECT_TRUE_MSG(test, good,
						      "case %zu leg %u byte %zu",
						      i, f.leg, f.at);
				nego_drop(&n);
			}
		}
		nego_release(&n);
	}
	KUNIT_EXPECT_GT(test, noticed, harmless);
	testlib_counted(test, noticed);
}

static void tamper_noise(struct nego *n, unsigned int leg,
			 struct sec_buffer *token)
{
	struct testlib_lcg *lcg = n->priv;
	u8 *data = token->data;
	unsigned int i;

	if (!testlib_lcg_below(lcg, 3))
		return;
	if (!testlib_lcg_below(lcg, 4))
		token->len = 1 + testlib_lcg_below(lcg, token->len);
	for (i = testlib_lcg_below(lcg, 4); i; i--)
		data[testlib_lcg_below(lcg, token->len)] =
			testlib_lcg_next(lcg);
}

static void negotiate_noise(struct kunit *test)
{
	static const char *const lists[] = { "toy,ntlm", "ntlm,toy", "ntlm" };
	struct testlib_lcg lcg = { 5 };
	unsigned int runs = 0, i;

	for (i = 0; i < ARRAY_SIZE(lists) * ARRAY_SIZE(lists); i++) {
		struct nego n = { .mine = lists[i % 3], .theirs = lists[i / 3],
				  .tamper = tamper_noise, .priv = &lcg };
		int j;

		SSPI_ASSERT_STATUS(test, nego_acquire(&n), SEC_E_OK);
		for (j = 0; j < 20; j++, runs++) {
			if (nego_run(&n) == SEC_E_OK)
				KUNIT_EXPECT_TRUE(test, agreed(&n, TOY_NAME) ||
						  agreed(&n, "NTLM"));
			nego_drop(&n);
		}
		nego_release(&n);
	}
	testlib_counted(test, runs);
}

/* Bare tokens of each package, which its frame or its first bytes tell. */
static void negotiate_raw(struct kunit *test)
{
	static const struct {
		const char *token, *theirs;
		sec_status_t status;
	} cases[] = {
		{ "TOY1", NULL, SEC_E_OK },
		{ "TOY9", NULL, SEC_E_INVALID_TOKEN },
		{ "TOY1", "ntlm", SEC_E_POLICY_NLTM_ONLY },
		{ "JUNK", NULL, SEC_E_INVALID_TOKEN },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct nego n = { .mine = "toy", .theirs = cases[i].theirs };
		struct sec_buffer out, in = {
			.type = SECBUFFER_TOKEN,
			.data = (void *)cases[i].token,
			.len = 4,
		};

		SSPI_ASSERT_STATUS(test, nego_acquire(&n), SEC_E_OK);
		SSPI_EXPECT_STATUS(test, nego_leg(&n, true, &in, &out),
				   cases[i].status);
		if (cases[i].status == SEC_E_OK) {
			KUNIT_ASSERT_EQ(test, out.len, 4);
			KUNIT_EXPECT_EQ(test, memcmp(out.data, "TOY2", 4), 0);
		}
		sspi_free_context_buffer(out.data);
		nego_release(&n);
	}
	testlib_counted(test, i);
}

/* Each allocation fails once: a clear status, nothing left, and it works then. */
static void negotiate_without_memory(struct kunit *test)
{
	struct nego n = { .mine = "ntlm,toy", .theirs = "toy" };
	sec_status_t status;
	unsigned int nth;

	for (nth = 1; nth < MOST_ALLOCATIONS; nth++) {
		sspi_fault_at(nth);
		status = nego_once(&n);
		nego_release(&n);
		if (!sspi_fault_hit())
			break;
		SSPI_EXPECT_STATUS(test, status, SEC_E_INSUFFICIENT_MEMORY);
	}
	sspi_fault_at(0);
	SSPI_EXPECT_STATUS(test, status, SEC_E_OK);
	KUNIT_EXPECT_LT(test, nth, (unsigned int)MOST_ALLOCATIONS);
	testlib_counted(test, nth - 1);
}

static int negotiate_init(struct kunit *test)
{
	toy_reset();
	SSPI_ASSERT_STATUS(test, sspi_register_security_package(&toy_package),
			   SEC_E_OK);
	return 0;
}

static void negotiate_exit(struct kunit *test)
{
	int tries;

	/* The last references go in a worker. */
	for (tries = 0; tries < 1000 && atomic_read(&toy_ctl.live); tries++)
		fsleep(1000);
	KUNIT_EXPECT_EQ(test, atomic_read(&toy_ctl.live), 0);
	sspi_unregister_security_package(&toy_package);
}

static struct kunit_case negotiate_cases[] = {
	KUNIT_CASE(negotiate_choices),
	KUNIT_CASE(negotiate_no_common),
	KUNIT_CASE(negotiate_falls_back),
	KUNIT_CASE(negotiate_tells_why),
	KUNIT_CASE(negotiate_asks),
	KUNIT_CASE(negotiate_list_mic),
	KUNIT_CASE(negotiate_each_byte),
	KUNIT_CASE(negotiate_noise),
	KUNIT_CASE(negotiate_raw),
	KUNIT_CASE(negotiate_without_memory),
	{ }
};

static struct kunit_suite negotiate_suite = {
	.name = "sspi_negotiate",
	.init = negotiate_init,
	.exit = negotiate_exit,
	.test_cases = negotiate_cases,
};

kunit_test_suites(&negotiate_suite);
