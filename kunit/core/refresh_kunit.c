// SPDX-License-Identifier: GPL-2.0-only
/* The refresh of credentials: when it runs, as whom, and how it ends. */
#include <linux/cred.h>
#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/module.h>

#include "core/refresh.h"
#include "kunit/transport/kdc_asked.h"
#include "kunit/core/sspi_fixture.h"

static unsigned int min_before;

static int refresh_init(struct kunit *test)
{
	int err;

	err = sspi_fixture_init(test);
	if (err)
		return err;
	min_before = sspi_refresh_min_seconds;
	sspi_refresh_min_seconds = 1;
	fake_ctl.refresh = true;
	return kdc_test_init(test);
}

static void refresh_exit(struct kunit *test)
{
	sspi_fixture_exit(test);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&fake_ctl.refresh_live));
	kdc_test_exit(test);
	sspi_refresh_min_seconds = min_before;
}

static bool wait_between(const atomic_t *count, int least, int most)
{
	int tries, now;

	for (tries = 0; tries < 10000; tries++) {
		now = atomic_read(count);
		if (now >= least && now <= most)
			return true;
		fsleep(1000);
	}
	return false;
}

static bool wait_count(const atomic_t *count, int want)
{
	return wait_between(count, want, want);
}

/* Of what goes on to be counted, which nobody has to see in time. */
static bool wait_at_least(const atomic_t *count, int want)
{
	return wait_between(count, want, INT_MAX);
}

/* A leg of a context that says so, then a second of patience. */
static void leg(struct kunit *test, struct sspi_fixture *f)
{
	SSPI_ASSERT_STATUS(test, sspi_fixture_run(test, f), SEC_E_OK);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&fake_ctl.refreshes));
}

static void refresh_runs_as_acquirer(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;

	kdc_add_server(test, KDC_GOOD, true);
	leg(test, f);
	KUNIT_EXPECT_TRUE(test, wait_count(&fake_ctl.refreshes, 1));
	KUNIT_EXPECT_TRUE(test, wait_count(&fake_ctl.refresh_live, 0));
	KUNIT_EXPECT_EQ(test, (long)sizeof(FAKE_QUESTION),
			fake_ctl.seen.reply_len);
	KUNIT_EXPECT_TRUE(test, uid_eq(fake_ctl.seen.uid, current_fsuid()));
	KUNIT_EXPECT_TRUE(test, fake_ctl.seen.noio);
	KUNIT_EXPECT_TRUE(test, fake_ctl.seen.workqueue);
	/* It has not asked for another. */
	msleep(1500);
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&fake_ctl.refreshes));
}

static void refresh_again_and_again(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;

	kdc_add_server(test, KDC_GOOD, false);
	fake_ctl.refresh_again = true;
	leg(test, f);
	KUNIT_EXPECT_TRUE(test, wait_at_least(&fake_ctl.refreshes, 3));
	fake_ctl.refresh_again = false;
}

/* A failure that wants another try gets one, and harms nothing. */
static void refresh_fails(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;

	fake_ctl.refresh_again = true;
	fake_ctl.refresh_status = SEC_E_NO_AUTHENTICATING_AUTHORITY;
	leg(test, f);
	KUNIT_EXPECT_TRUE(test, wait_at_least(&fake_ctl.refreshes, 2));
	KUNIT_EXPECT_EQ(test, -EHOSTUNREACH, fake_ctl.seen.reply_error);
	fake_ctl.refresh_again = false;
	sspi_delete_security_context(&f->ctx);
	SSPI_EXPECT_STATUS(test, sspi_reinit_async_context(f->actx), SEC_E_OK);
	SSPI_EXPECT_STATUS(test, sspi_fixture_run(test, f), SEC_E_OK);
}

/* Freed while its refresh waits: the question is taken back at once. */
static void refresh_ends(struct kunit *test, bool keep_context)
{
	struct sspi_fixture *f = test->priv;

	kdc_add_server(test, KDC_SILENT, true);
	leg(test, f);
	if (!keep_context) {
		sspi_delete_security_context(&f->ctx);
		f->ctx.lower = 0;
	}
	KUNIT_ASSERT_TRUE(test, wait_count(&fake_ctl.refresh_live, 1));
	while (!kdc_stats().pending)
		fsleep(1000);
	SSPI_EXPECT_STATUS(test, sspi_free_credentials_handle(&f->cred),
			   SEC_E_OK);
	f->cred.lower = 0;
	KUNIT_EXPECT_TRUE(test, wait_count(&fake_ctl.refresh_live, 0));
	KUNIT_EXPECT_EQ(test, 0U, kdc_stats().pending);
	/* Nor was it answered or given up, which would count. */
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&fake_ctl.refreshes));
	KUNIT_EXPECT_EQ(test, (int)keep_context,
			atomic_read(&fake_ctl.cred_live));
}

static void free_ends_refresh(struct kunit *test)
{
	refresh_ends(test, false);
}

static void free_ends_refresh_of_used(struct kunit *test)
{
	refresh_ends(test, true);
}

/* Freed at any moment of it. */
static void free_at_any_point(struct kunit *test)
{
	struct sspi_acquire_args acq = {
		.package = FAKE_NAME,
		.cred_use = SECPKG_CRED_BOTH,
	};
	struct sspi_fixture *f = test->priv;
	int i;

	sspi_refresh_min_seconds = 0;
	fake_ctl.blind = true;
	fake_ctl.refresh_again = true;
	kdc_add_server(test, KDC_GOOD, true);
	/* Longer and longer: until one has had its answer, however slow that is. */
	for (i = 0; i < 40 || (i < 400 && !atomic_read(&fake_ctl.refreshes));
	     i++) {
		SSPI_ASSERT_STATUS(test, sspi_fixture_run(test, f), SEC_E_OK);
		sspi_delete_security_context(&f->ctx);
		fsleep(i * 500);
		SSPI_EXPECT_STATUS(test,
				   sspi_free_credentials_handle(&f->cred),
				   SEC_E_OK);
		SSPI_EXPECT_STATUS(test, sspi_reinit_async_context(f->actx),
				   SEC_E_OK);
		SSPI_ASSERT_STATUS(test,
				   sspi_acquire_credentials_handle(&acq,
								   &f->cred,
								   NULL),
				   SEC_E_OK);
	}
	fake_ctl.refresh_again = false;
	f->ctx.lower = 0;
	KUNIT_EXPECT_GT(test, atomic_read(&fake_ctl.refreshes), 0);
	KUNIT_EXPECT_TRUE(test, wait_count(&fake_ctl.refresh_live, 0));
}

static struct kunit_case refresh_cases[] = {
	KUNIT_CASE(refresh_runs_as_acquirer),
	KUNIT_CASE(refresh_again_and_again),
	KUNIT_CASE(refresh_fails),
	KUNIT_CASE(free_ends_refresh),
	KUNIT_CASE(free_ends_refresh_of_used),
	KUNIT_CASE(free_at_any_point),
	{}
};

static struct kunit_suite refresh_suite = {
	.name = "sspi_refresh",
	.init = refresh_init,
	.exit = refresh_exit,
	.test_cases = refresh_cases,
};

kunit_test_suites(&refresh_suite);
