// SPDX-License-Identifier: GPL-2.0-only
/* What a consumer sees of an established NTLM context, on both sides. */
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched/signal.h>

#include "kunit/ntlm/exchange.h"
#include "kunit/core/sspi_fixture.h"

static struct exchange *established(struct kunit *test)
{
	struct exchange *x = kunit_kzalloc(test, sizeof(*x), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, x);
	SSPI_EXPECT_STATUS(test,
			   exchange_acquire(x, EXCHANGE_PASSWORD,
					    EXCHANGE_PASSWORD), SEC_E_OK);
	SSPI_EXPECT_STATUS(test, exchange_negotiate(x), SEC_E_OK);
	return x;
}

static void both_sides_agree(struct kunit *test)
{
	struct exchange *x = established(test);
	struct sec_pkg_context_session_key a;
	struct sec_pkg_context_session_key b;
	struct sec_pkg_context_names names;
	struct sec_pkg_context_native_names native;
	struct sec_pkg_context_client_specified_target target;

	SSPI_EXPECT_STATUS(test,
			   sspi_query_context_attributes(&x->init,
							 SECPKG_ATTR_SESSION_KEY,
							 &a, sizeof(a)),
			   SEC_E_OK);
	SSPI_EXPECT_STATUS(test,
			   sspi_query_context_attributes(&x->acc,
							 SECPKG_ATTR_SESSION_KEY,
							 &b, sizeof(b)),
			   SEC_E_OK);
	KUNIT_EXPECT_EQ(test, a.len, 16U);
	KUNIT_EXPECT_EQ(test, b.len, 16U);
	KUNIT_EXPECT_EQ(test, 0, memcmp(a.key, b.key, 16));
	SSPI_EXPECT_STATUS(test,
			   sspi_query_context_attributes(&x->acc,
							 SECPKG_ATTR_NAMES,
							 &names, sizeof(names)),
			   SEC_E_OK);
	KUNIT_EXPECT_STREQ(test, names.user_name,
			   EXCHANGE_DOMAIN "\\" EXCHANGE_USER);
	sspi_free_context_buffer(names.user_name);
	SSPI_EXPECT_STATUS(test,
			   sspi_query_context_attributes(&x->acc,
							 SECPKG_ATTR_NATIVE_NAMES,
							 &native,
							 sizeof(native)),
			   SEC_E_OK);
	KUNIT_EXPECT_STREQ(test, native.client_name,
			   EXCHANGE_DOMAIN "\\" EXCHANGE_USER);
	sspi_free_context_buffer(native.client_name);
	sspi_free_context_buffer(native.server_name);
	SSPI_EXPECT_STATUS(test,
			   sspi_query_context_attributes(&x->acc,
							 SECPKG_ATTR_CLIENT_SPECIFIED_TARGET,
							 &target,
							 sizeof(target)),
			   SEC_E_OK);
	KUNIT_EXPECT_STREQ(test, target.target_name,
			   "cifs/server.example.test");
	sspi_free_context_buffer(target.target_name);
	exchange_release(x);
}

static void facts_of_a_context(struct kunit *test)
{
	struct exchange *x = established(test);
	struct sec_pkg_context_sizes sizes;
	struct sec_pkg_context_flags flags;
	struct sec_pkg_context_lifespan life;
	struct sec_pkg_context_package_info package;
	struct sec_pkg_context_negotiation_info nego;
	struct sec_pkg_context_key_info key;

	SSPI_EXPECT_STATUS(test,
			   sspi_query_context_attributes(&x->init,
							 SECPKG_ATTR_SIZES,
							 &sizes, sizeof(sizes)),
			   SEC_E_OK);
	KUNIT_EXPECT_EQ(test, sizes.max_signature, 16U);
	KUNIT_EXPECT_EQ(test, sizes.security_trailer, 16U);
	SSPI_EXPECT_STATUS(test,
			   sspi_query_context_attributes(&x->init,
							 SECPKG_ATTR_FLAGS,
							 &flags, sizeof(flags)),
			   SEC_E_OK);
	KUNIT_EXPECT_TRUE(test, flags.flags & ISC_RET_CONFIDENTIALITY);
	KUNIT_EXPECT_TRUE(test, flags.flags & ISC_RET_INTEGRITY);
	KUNIT_EXPECT_FALSE(test, flags.flags & ISC_RET_MUTUAL_AUTH);
	SSPI_EXPECT_STATUS(test,
			   sspi_query_context_attributes(&x->init,
							 SECPKG_ATTR_LIFESPAN,
							 &life, sizeof(life)),
			   SEC_E_OK);
	KUNIT_EXPECT_EQ(test, life.expiry, SSPI_EXPIRY_NEVER);
	SSPI_EXPECT_STATUS(test,
			   sspi_query_context_attributes(&x->init,
							 SECPKG_ATTR_PACKAGE_INFO,
							 &package,
							 sizeof(package)),
			   SEC_E_OK);
	KUNIT_EXPECT_STREQ(test, package.info.name, "NTLM");
	SSPI_EXPECT_STATUS(test,
			   sspi_query_context_attributes(&x->init,
							 SECPKG_ATTR_NEGOTIATION_INFO,
							 &nego, sizeof(nego)),
			   SEC_E_OK);
	KUNIT_EXPECT_EQ(test, nego.state, (u32)SECPKG_NEGOTIATION_COMPLETE);
	SSPI_EXPECT_STATUS(test,
			   sspi_query_context_attributes(&x->init,
							 SECPKG_ATTR_KEY_INFO,
							 &key, sizeof(key)),
			   SEC_E_OK);
	KUNIT_EXPECT_EQ(test, key.key_size, 128U);
	exchange_release(x);
}

/* A wrong password: the acceptor says so, both contexts are dead. */
static void wrong_password(struct kunit *test)
{
	struct exchange x;

	SSPI_EXPECT_STATUS(test,
			   exchange_acquire(&x, "not the password",
					    EXCHANGE_PASSWORD), SEC_E_OK);
	SSPI_EXPECT_STATUS(test, exchange_negotiate(&x), SEC_E_LOGON_DENIED);
	SSPI_EXPECT_STATUS(test, exchange_message(&x), SEC_E_NO_CONTEXT);
	exchange_release(&x);
}

#define TEXT_LEN 40

/* Header, body and trailer in one buffer, as a peer's wrap makes it. */
static void stream_and_no_encrypt(struct kunit *test)
{
	static const u32 qops[] = { 0, SECQOP_WRAP_NO_ENCRYPT };
	struct exchange *x = established(test);
	u8 wire[16 + TEXT_LEN];
	u32 i;

	for (i = 0; i < ARRAY_SIZE(qops); i++) {
		struct sec_buffer send[2] = {
			{ .len = 16, .type = SECBUFFER_TOKEN, .data = wire },
			{ .len = TEXT_LEN, .type = SECBUFFER_DATA,
			  .data = wire + 16 },
		};
		struct sec_buffer_desc out = { .count = 2, .buffers = send };
		struct sec_buffer recv[2] = {
			{ .len = sizeof(wire), .type = SECBUFFER_STREAM,
			  .data = wire },
			{ .type = SECBUFFER_DATA },
		};
		struct sec_buffer_desc in = { .count = 2, .buffers = recv };
		u32 qop = 77;

		memset(wire, 'x', sizeof(wire));
		SSPI_EXPECT_STATUS(test,
				   sspi_encrypt_message(&x->init, qops[i], &out,
							0), SEC_E_OK);
		KUNIT_EXPECT_EQ(test, wire[20] == 'x' && wire[21] == 'x',
				qops[i] != 0);
		SSPI_EXPECT_STATUS(test,
				   sspi_decrypt_message(&x->acc, &in, 0, &qop),
				   SEC_E_OK);
		KUNIT_EXPECT_EQ(test, qop, qops[i]);
		KUNIT_EXPECT_PTR_EQ(test, recv[1].data, (void *)(wire + 16));
		KUNIT_EXPECT_EQ(test, recv[1].len, (u32)TEXT_LEN);
		KUNIT_EXPECT_EQ(test, wire[20], (u8)'x');
	}
	SSPI_EXPECT_STATUS(test, exchange_message(x), SEC_E_OK);
	exchange_release(x);
}

/* A context that moves keeps its keys, sequence numbers and streams. */
static void moved_context_goes_on(struct kunit *test)
{
	struct exchange *x = established(test);
	struct sec_buffer packed = {};

	SSPI_EXPECT_STATUS(test, exchange_message(x), SEC_E_OK);
	SSPI_EXPECT_STATUS(test,
			   sspi_export_security_context(&x->init,
							SECPKG_CONTEXT_EXPORT_DELETE_OLD,
							&packed), SEC_E_OK);
	memset(&x->init, 0, sizeof(x->init));
	SSPI_EXPECT_STATUS(test,
			   sspi_import_security_context("ntlm", &packed,
							&x->init), SEC_E_OK);
	sspi_free_context_buffer(packed.data);
	SSPI_EXPECT_STATUS(test, exchange_message(x), SEC_E_OK);
	exchange_release(x);
}

static void complete_is_not_ntlms(struct kunit *test)
{
	struct exchange *x = established(test);
	struct sec_buffer token = { .type = SECBUFFER_TOKEN };
	struct sec_buffer_desc desc = { .count = 1, .buffers = &token };

	KUNIT_EXPECT_NE(test, (__force u32)SEC_E_OK,
			(__force u32)sspi_complete_auth_token(&x->init, &desc));
	exchange_release(x);
}

struct killed {
	struct sspi_fixture *f;
	struct completion started;
	struct completion done;
	sec_status_t status;
};

static int killed_thread(void *data)
{
	struct killed *k = data;
	struct sspi_initialize_args args = sspi_fixture_first_leg(k->f);

	allow_signal(SIGKILL);
	complete(&k->started);
	k->status = sspi_initialize_security_context(&args);
	flush_signals(current);
	complete(&k->done);
	return 0;
}

/* A fatal signal ends a synchronous call; nothing is written afterwards. */
static void killed_while_waiting(struct kunit *test)
{
	struct killed *k = kunit_kzalloc(test, sizeof(*k), GFP_KERNEL);
	struct task_struct *task;

	KUNIT_ASSERT_NOT_NULL(test, k);
	k->f = test->priv;
	init_completion(&k->started);
	init_completion(&k->done);
	fake_ctl.gated = true;
	fake_ctl.heeds = true;
	task = kthread_create(killed_thread, k, "sspi-killed");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	get_task_struct(task);
	wake_up_process(task);
	wait_for_completion(&k->started);
	sspi_fixture_entered(test);
	send_sig(SIGKILL, task, 1);
	KUNIT_EXPECT_NE(test, 0UL,
			wait_for_completion_timeout(&k->done, 10 * HZ));
	SSPI_EXPECT_STATUS(test, k->status, SSPI_E_CANCELLED);
	KUNIT_EXPECT_EQ(test, 0ULL, k->f->ctx.lower);
	put_task_struct(task);
	complete_all(&fake_ctl.gate);
}

static struct kunit_case public_cases[] = {
	KUNIT_CASE(both_sides_agree),
	KUNIT_CASE(facts_of_a_context),
	KUNIT_CASE(wrong_password),
	KUNIT_CASE(stream_and_no_encrypt),
	KUNIT_CASE(moved_context_goes_on),
	KUNIT_CASE(complete_is_not_ntlms),
	KUNIT_CASE(killed_while_waiting),
	{}
};

static struct kunit_suite public_suite = {
	.name = "sspi_public",
	.init = sspi_fixture_init,
	.exit = sspi_fixture_exit,
	.test_cases = public_cases,
};

kunit_test_suites(&public_suite);
