// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kerberos contexts by the thousand whose KDC never answers: no worker has them,
 * others go on, each costs little, and all are gone when they are cancelled.
 */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "core/internal.h"
#include "kunit/transport/kdc_asked.h"
#include "kunit/core/sspi_fixture.h"
#include "transport/internal.h"

/*
 * A kernel that checks everything takes many times the memory and the time: it
 * has few, and says what they take.
 */
#define CHECKING	(IS_ENABLED(CONFIG_KASAN) || IS_ENABLED(CONFIG_KCSAN))
#define MANY		(CHECKING ? 500 : 10000)
#define MAX_BYTES	8192
#define PASSWORD	"Secret-1!"

struct many {
	struct sspi_async_context *actx;
	struct sspi_ctxt_handle ctx;
	struct sec_buffer out;
	struct sec_buffer_desc desc;
};

/* The KDC client, by which each context asks for itself. */
static struct sspi_transport each_alone;

static int many_init(struct kunit *test)
{
	int err;

	err = sspi_fixture_init(test);
	if (err)
		return err;
	fake_ctl.blind = true;
	each_alone = sspi_kdc_transport;
	each_alone.may_wait = false;
	err = kdc_test_init(test);
	sspi_kdc_limits.timeout_ms = 60000;
	sspi_kdc_limits.reply_ms = 60000;
	sspi_kdc_limits.total_ms = 120000;
	return err;
}

static void many_exit(struct kunit *test)
{
	sspi_fixture_exit(test);
	kdc_test_exit(test);
}

static unsigned long bytes_free(void)
{
	struct sysinfo info;

	si_meminfo(&info);
	return info.freeram * info.mem_unit;
}

static void acquire(struct kunit *test, struct sspi_cred_handle *cred)
{
	struct sspi_auth_identity id = {
		.user = "user",
		.domain = KDC_REALM,
		.secret_kind = SSPI_SECRET_PASSWORD,
		.secret = PASSWORD,
		.secret_len = sizeof(PASSWORD) - 1,
	};
	struct sspi_acquire_args args = {
		.package = "Kerberos",
		.cred_use = SECPKG_CRED_OUTBOUND,
		.identity = &id,
	};

	SSPI_ASSERT_STATUS(test,
			   sspi_acquire_credentials_handle(&args, cred, NULL),
			   SEC_E_OK);
}

static void submit(struct kunit *test, const struct sspi_cred_handle *cred,
		   struct many *m)
{
	struct sspi_initialize_args args = {
		.cred = cred,
		.target = "cifs/server.fake.test",
		.req = ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_CONFIDENTIALITY |
		       ISC_REQ_MUTUAL_AUTH,
	};

	m->actx = sspi_create_async_context();
	KUNIT_ASSERT_NOT_NULL(test, m->actx);
	m->actx->transport = &each_alone;
	KUNIT_ASSERT_TRUE(test,
			  sspi_set_async_timeout(m->actx, 0) == SEC_E_OK);
	m->out.type = SECBUFFER_TOKEN;
	m->desc.count = 1;
	m->desc.buffers = &m->out;
	args.new_ctx = &m->ctx;
	args.output = &m->desc;
	SSPI_ASSERT_STATUS(test,
			   sspi_initialize_security_context_async(m->actx,
								  &args),
			   SEC_E_OK);
}

static void wait_pending(u32 count)
{
	int tries;

	for (tries = 0; tries < 60000 && kdc_stats().pending != count; tries++)
		fsleep(1000);
}

static void cancel_all(struct kunit *test, struct many *all)
{
	ktime_t start = ktime_get();
	s64 cancelled;
	int i;

	for (i = 0; i < MANY; i++)
		KUNIT_EXPECT_TRUE(test, sspi_cancel_async_call(all[i].actx));
	cancelled = ktime_ms_delta(ktime_get(), start);
	sspi_call_flush();
	wait_pending(0);
	kunit_info(test, "%d cancelled in %lld ms, gone after %lld ms\n", MANY,
		   cancelled, ktime_ms_delta(ktime_get(), start));
}

static void pending_on_a_silent_kdc(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct many *all = kvcalloc(MANY, sizeof(*all), GFP_KERNEL);
	struct sspi_cred_handle cred;
	unsigned long before, bytes;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, all);
	kdc_add_server(test, KDC_SILENT, true);
	acquire(test, &cred);
	before = bytes_free();
	for (i = 0; i < MANY; i++)
		submit(test, &cred, &all[i]);
	wait_pending(MANY);
	sspi_call_flush();
	KUNIT_EXPECT_EQ(test, (u32)MANY, kdc_stats().pending);
	bytes = (before - bytes_free()) / MANY;
	kunit_info(test, "%d pending, %lu bytes each, %u at the KDC\n", MANY,
		   bytes, kdc_stats().active);
	if (!CHECKING)
		KUNIT_EXPECT_LE(test, bytes, (unsigned long)MAX_BYTES);

	/* Another call has the workers that it needs. */
	SSPI_EXPECT_STATUS(test, sspi_fixture_run(test, f), SEC_E_OK);

	cancel_all(test, all);
	SSPI_EXPECT_STATUS(test, sspi_free_credentials_handle(&cred), SEC_E_OK);
	for (i = 0; i < MANY; i++)
		sspi_free_async_context(all[i].actx);
	kvfree(all);
}

struct killed {
	struct sspi_cred_handle cred;
	struct sspi_ctxt_handle ctx;
	struct completion done;
	sec_status_t status;
};

static int killed_thread(void *data)
{
	struct killed *k = data;
	struct sec_buffer out = { .type = SECBUFFER_TOKEN };
	struct sec_buffer_desc desc = { .count = 1, .buffers = &out };
	struct sspi_initialize_args args = {
		.cred = &k->cred,
		.target = "cifs/server.fake.test",
		.req = ISC_REQ_ALLOCATE_MEMORY,
		.new_ctx = &k->ctx,
		.output = &desc,
	};

	allow_signal(SIGKILL);
	k->status = sspi_initialize_security_context(&args);
	flush_signals(current);
	complete(&k->done);
	return 0;
}

/*
 * A synchronous call that has asked, so that its caller waits and no worker has
 * it: a fatal signal takes the question back, and there is no context.
 */
static void killed_on_a_silent_kdc(struct kunit *test)
{
	struct killed *k = kunit_kzalloc(test, sizeof(*k), GFP_KERNEL);
	struct task_struct *task;

	KUNIT_ASSERT_NOT_NULL(test, k);
	init_completion(&k->done);
	kdc_add_server(test, KDC_SILENT, true);
	acquire(test, &k->cred);
	task = kthread_create(killed_thread, k, "sspi-killed");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	get_task_struct(task);
	wake_up_process(task);
	wait_pending(1);
	KUNIT_EXPECT_EQ(test, 1U, kdc_stats().pending);
	KUNIT_EXPECT_FALSE(test, completion_done(&k->done));
	send_sig(SIGKILL, task, 1);
	KUNIT_EXPECT_NE(test, 0UL,
			wait_for_completion_timeout(&k->done, 10 * HZ));
	SSPI_EXPECT_STATUS(test, k->status, SSPI_E_CANCELLED);
	KUNIT_EXPECT_EQ(test, 0ULL, k->ctx.lower);
	put_task_struct(task);
	wait_pending(0);
	KUNIT_EXPECT_EQ(test, 0U, kdc_stats().pending);
	SSPI_EXPECT_STATUS(test, sspi_free_credentials_handle(&k->cred),
			   SEC_E_OK);
}

static struct kunit_case many_cases[] = {
	KUNIT_CASE(pending_on_a_silent_kdc),
	KUNIT_CASE(killed_on_a_silent_kdc),
	{}
};

static struct kunit_suite many_suite = {
	.name = "sspi_kdc_many",
	.init = many_init,
	.exit = many_exit,
	.test_cases = many_cases,
};

kunit_test_suites(&many_suite);
