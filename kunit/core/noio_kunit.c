// SPDX-License-Identifier: GPL-2.0-only
/*
 * 9: who writes back dirty pages waits for no other who does. Wherever the
 * service runs for a consumer, memory is had without starting any input or
 * output: in steps, callbacks, refreshes, questions and the freeing of objects.
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/sched.h>

#include "core/refresh.h"
#include "core/internal.h"
#include "kunit/core/fake_transport.h"
#include "kunit/core/sspi_fixture.h"

static atomic_t entered[FAKE_ENTRIES];
static atomic_t bare[FAKE_ENTRIES];	/* of these, without the scope */

static void noio_enter(enum fake_entry entry)
{
	if (!(current->flags & PF_MEMALLOC_NOIO))
		atomic_inc(&bare[entry]);
	atomic_inc(&entered[entry]);
}

static int noio_init(struct kunit *test)
{
	struct sspi_fixture *f;
	int err = sspi_fixture_init(test);
	int i;

	if (err)
		return err;
	f = test->priv;
	f->actx->transport = &fake_transport;
	fake_transport_reset(FAKE_AT_ONCE);
	for (i = 0; i < FAKE_ENTRIES; i++) {
		atomic_set(&entered[i], 0);
		atomic_set(&bare[i], 0);
	}
	WRITE_ONCE(fake_ctl.enter, noio_enter);
	return 0;
}

/* It comes to @entry, and each time in the scope. */
static void expect_noio(struct kunit *test, enum fake_entry entry)
{
	int tries;

	for (tries = 0; tries < 10000 && !atomic_read(&entered[entry]); tries++)
		fsleep(1000);
	KUNIT_EXPECT_GT(test, atomic_read(&entered[entry]), 0);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&bare[entry]));
}

static void in_step_and_question(struct kunit *test)
{
	fake_ctl.questions = 2;
	SSPI_EXPECT_STATUS(test, sspi_fixture_run(test, test->priv), SEC_E_OK);
	expect_noio(test, FAKE_IN_STEP);
	expect_noio(test, FAKE_IN_ASK);
}

/* Its submitter's own scope is left as it was. */
static void in_step_of_its_submitter(struct kunit *test)
{
	struct sspi_initialize_args args = sspi_fixture_first_leg(test->priv);

	SSPI_EXPECT_STATUS(test, sspi_initialize_security_context(&args),
			   SEC_E_OK);
	expect_noio(test, FAKE_IN_STEP);
	KUNIT_EXPECT_EQ(test, 0U, current->flags & PF_MEMALLOC_NOIO);
}

static void in_failure(struct kunit *test)
{
	fake_ctl.status = SEC_E_LOGON_DENIED;
	SSPI_EXPECT_STATUS(test, sspi_fixture_run(test, test->priv),
			   SEC_E_LOGON_DENIED);
	expect_noio(test, FAKE_IN_FAIL);
}

static void in_acquire(struct kunit *test)
{
	struct sspi_acquire_args acq = {
		.package = FAKE_NAME,
		.cred_use = SECPKG_CRED_BOTH,
	};
	struct sspi_cred_handle cred = {};
	struct sspi_fixture *f = test->priv;

	SSPI_EXPECT_STATUS(test,
			   sspi_acquire_credentials_handle_async(f->actx, &acq,
								 &cred, NULL),
			   SEC_E_OK);
	SSPI_EXPECT_STATUS(test,
			   sspi_wait_async_call(f->actx, FIXTURE_TIMEOUT_MS),
			   SEC_E_OK);
	expect_noio(test, FAKE_IN_ACQUIRE);
	SSPI_EXPECT_STATUS(test, sspi_free_credentials_handle(&cred), SEC_E_OK);
	expect_noio(test, FAKE_IN_FREE_CRED);
}

static void in_delete(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;

	SSPI_EXPECT_STATUS(test, sspi_fixture_run(test, f), SEC_E_OK);
	SSPI_EXPECT_STATUS(test, sspi_delete_security_context(&f->ctx),
			   SEC_E_OK);
	f->ctx.lower = 0;
	expect_noio(test, FAKE_IN_FREE_CTX);
}

static void in_asynchronous_delete(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;

	SSPI_EXPECT_STATUS(test, sspi_fixture_run(test, f), SEC_E_OK);
	SSPI_EXPECT_STATUS(test, sspi_reinit_async_context(f->actx), SEC_E_OK);
	SSPI_EXPECT_STATUS(test,
			   sspi_delete_security_context_async(f->actx, &f->ctx),
			   SEC_E_OK);
	f->ctx.lower = 0;
	SSPI_EXPECT_STATUS(test,
			   sspi_wait_async_call(f->actx, FIXTURE_TIMEOUT_MS),
			   SEC_E_OK);
	expect_noio(test, FAKE_IN_FREE_CTX);
}

static void in_refresh(struct kunit *test)
{
	unsigned int before = sspi_refresh_min_seconds;
	struct sspi_fixture *f = test->priv;

	/* What a test answers is not refreshed. */
	f->actx->transport = NULL;
	sspi_refresh_min_seconds = 0;
	fake_ctl.refresh = true;
	SSPI_EXPECT_STATUS(test, sspi_fixture_run(test, f), SEC_E_OK);
	expect_noio(test, FAKE_IN_REFRESH);
	expect_noio(test, FAKE_IN_REFRESH_END);
	sspi_refresh_min_seconds = before;
}

static unsigned int callback_flags;

static void noio_notify(struct sspi_async_context *actx, void *data)
{
	callback_flags = current->flags;
	sspi_fixture_notify(actx, data);
}

static void in_callback(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;

	sspi_set_async_notify_callback(f->actx, noio_notify, f);
	sspi_fixture_submit(test, f);
	sspi_fixture_notified(test, f);
	KUNIT_EXPECT_NE(test, 0U, callback_flags & PF_MEMALLOC_NOIO);
}

static struct kunit_case noio_cases[] = {
	KUNIT_CASE(in_step_and_question),
	KUNIT_CASE(in_step_of_its_submitter),
	KUNIT_CASE(in_failure),
	KUNIT_CASE(in_acquire),
	KUNIT_CASE(in_delete),
	KUNIT_CASE(in_asynchronous_delete),
	KUNIT_CASE(in_refresh),
	KUNIT_CASE(in_callback),
	{}
};

static struct kunit_suite noio_suite = {
	.name = "sspi_noio",
	.init = noio_init,
	.exit = sspi_fixture_exit,
	.test_cases = noio_cases,
};

kunit_test_suites(&noio_suite);
