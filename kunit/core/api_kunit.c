// SPDX-License-Identifier: GPL-2.0-only
/*
 * 5: sspi_cancel_async_call_sync() takes a call back, or waits for its end and
 * that of its callback: when it has returned nothing of the call runs any more.
 */
#include <linux/kthread.h>
#include <linux/module.h>

#include "kunit/core/sspi_fixture.h"

/**
 * struct canceller - a thread that takes the call of a fixture back
 * @actx: whose call
 * @begun: it is about to
 * @done: it has
 * @won: what it was told
 * @notifications: of the fixture, as they were then
 * @f: the fixture
 */
struct canceller {
	struct sspi_async_context *actx;
	struct completion begun;
	struct completion done;
	bool won;
	int notifications;
	struct sspi_fixture *f;
};

static int canceller_loop(void *data)
{
	struct canceller *c = data;

	complete(&c->begun);
	c->won = sspi_cancel_async_call_sync(c->actx);
	c->notifications = atomic_read(&c->f->notifications);
	complete(&c->done);
	return 0;
}

static void canceller_start(struct kunit *test, struct canceller *c)
{
	struct task_struct *task;

	c->f = test->priv;
	c->actx = c->f->actx;
	init_completion(&c->begun);
	init_completion(&c->done);
	task = kthread_run(canceller_loop, c, "sspi-cancel");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	wait_for_completion(&c->begun);
}

/* Of a call whose step is held: nothing comes of it. */
static void cancel_sync_wins(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;

	sspi_set_async_notify_callback(f->actx, sspi_fixture_notify, f);
	fake_ctl.gated = true;
	sspi_fixture_submit(test, f);
	sspi_fixture_entered(test);
	KUNIT_EXPECT_TRUE(test, sspi_cancel_async_call_sync(f->actx));
	SSPI_EXPECT_STATUS(test, sspi_get_async_call_status(f->actx),
			   SSPI_E_CANCELLED);
	fake_ctl.gated = false;
	complete_all(&fake_ctl.gate);
	SSPI_EXPECT_STATUS(test, sspi_reinit_async_context(f->actx), SEC_E_OK);
	SSPI_EXPECT_STATUS(test, sspi_fixture_run(test, f), SEC_E_OK);
	sspi_fixture_notified(test, f);
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&f->notifications));
}

/* Of none, and of one that is over. */
static void cancel_sync_of_nothing(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;

	KUNIT_EXPECT_FALSE(test, sspi_cancel_async_call_sync(NULL));
	KUNIT_EXPECT_FALSE(test, sspi_cancel_async_call_sync(f->actx));
	SSPI_EXPECT_STATUS(test, sspi_fixture_run(test, f), SEC_E_OK);
	KUNIT_EXPECT_FALSE(test, sspi_cancel_async_call_sync(f->actx));
	SSPI_EXPECT_STATUS(test, sspi_get_async_call_status(f->actx), SEC_E_OK);
}

static struct completion callback_goes_on;
static struct completion callback_is_here;

static void held_notify(struct sspi_async_context *actx, void *data)
{
	complete(&callback_is_here);
	wait_for_completion(&callback_goes_on);
	sspi_fixture_notify(actx, data);
}

/* The callback has begun: its end is waited for. */
static void cancel_sync_waits_for_callback(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct canceller c = {};

	init_completion(&callback_goes_on);
	init_completion(&callback_is_here);
	sspi_set_async_notify_callback(f->actx, held_notify, f);
	sspi_fixture_submit(test, f);
	KUNIT_ASSERT_NE(test, 0UL,
			wait_for_completion_timeout(&callback_is_here, 10 * HZ));
	canceller_start(test, &c);
	KUNIT_EXPECT_EQ(test, 0UL,
			wait_for_completion_timeout(&c.done, HZ / 10));
	complete(&callback_goes_on);
	wait_for_completion(&c.done);
	KUNIT_EXPECT_FALSE(test, c.won);
	KUNIT_EXPECT_EQ(test, 1, c.notifications);
}

static bool won_inside;

static void cancelling_notify(struct sspi_async_context *actx, void *data)
{
	won_inside = sspi_cancel_async_call_sync(actx);
	sspi_fixture_notify(actx, data);
}

/* From that very callback it returns. */
static void cancel_sync_inside_callback(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;

	won_inside = true;
	sspi_set_async_notify_callback(f->actx, cancelling_notify, f);
	sspi_fixture_submit(test, f);
	sspi_fixture_notified(test, f);
	KUNIT_EXPECT_FALSE(test, won_inside);
	SSPI_EXPECT_STATUS(test, f->notify_status, SEC_E_OK);
}

static struct kunit_case api_cases[] = {
	KUNIT_CASE(cancel_sync_wins),
	KUNIT_CASE(cancel_sync_of_nothing),
	KUNIT_CASE(cancel_sync_waits_for_callback),
	KUNIT_CASE(cancel_sync_inside_callback),
	{}
};

static struct kunit_suite api_suite = {
	.name = "sspi_api",
	.init = sspi_fixture_init,
	.exit = sspi_fixture_exit,
	.test_cases = api_cases,
};

kunit_test_suites(&api_suite);
