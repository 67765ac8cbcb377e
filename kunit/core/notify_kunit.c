// SPDX-License-Identifier: GPL-2.0-only
/*
 * 10: a slow callback delays nobody else. Callbacks are held here for as long
 * as a test likes; other calls begin, end and miss their deadlines meanwhile.
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/sched.h>

#include "kunit/core/sspi_fixture.h"

/* More than a workqueue runs at once: 256 on 6.12, 1024 on 7.3. */
#define MANY		1100
#define CHAIN		16
#define CYCLES		500

static struct completion release;	/* of the callbacks that are held */
static atomic_t held;

/**
 * struct one - a call with a callback
 * @f: the fixture
 * @actx: its tracker
 * @ctx: receives the context
 * @out: receives the token
 * @desc: descriptor of @out
 * @next: the call that the callback submits and waits for, or NULL
 * @called: the callback has begun
 * @late: what the callback waited for did not come
 */
struct one {
	struct sspi_fixture *f;
	struct sspi_async_context *actx;
	struct sspi_ctxt_handle ctx;
	struct sec_buffer out;
	struct sec_buffer_desc desc;
	struct one *next;
	struct completion called;
	bool late;
};

static int notify_init(struct kunit *test)
{
	init_completion(&release);
	atomic_set(&held, 0);
	return sspi_fixture_init(test);
}

static void hold_notify(struct sspi_async_context *actx, void *data)
{
	struct one *one = data;

	complete(&one->called);
	atomic_inc(&held);
	wait_for_completion(&release);
}

static sec_status_t one_submit(struct one *one)
{
	struct sspi_initialize_args args = sspi_fixture_inputs(one->f);

	one->out = (struct sec_buffer){ .type = SECBUFFER_TOKEN };
	one->desc = (struct sec_buffer_desc){ .count = 1, .buffers = &one->out };
	args.new_ctx = &one->ctx;
	args.output = &one->desc;
	return sspi_initialize_security_context_async(one->actx, &args);
}

/* So many calls, which are not submitted; freed with the test. */
static struct one *make(struct kunit *test, int count,
			sspi_async_notify_fn notify)
{
	struct one *all = kunit_kcalloc(test, count, sizeof(*all), GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, all);
	for (i = 0; i < count; i++) {
		all[i].f = test->priv;
		init_completion(&all[i].called);
		all[i].actx = sspi_create_async_context();
		KUNIT_ASSERT_NOT_NULL(test, all[i].actx);
		if (notify)
			sspi_set_async_notify_callback(all[i].actx, notify,
						       &all[i]);
	}
	return all;
}

/* The callbacks go on, and end. */
static void unmake(struct one *all, int count)
{
	int i;

	complete_all(&release);
	for (i = 0; i < count; i++) {
		sspi_wait_async_call(all[i].actx, FIXTURE_TIMEOUT_MS);
		sspi_free_async_context(all[i].actx);
		sspi_free_context_buffer(all[i].out.data);
		sspi_delete_security_context(&all[i].ctx);
	}
}

/* All of them submitted, and as many callbacks held as will be at once. */
static void hold(struct kunit *test, struct one *all, int count)
{
	int last = 0, same = 0, now, i;

	for (i = 0; i < count; i++)
		SSPI_EXPECT_STATUS(test, one_submit(&all[i]), SEC_E_OK);
	for (i = 0; i < 100; i++) {
		now = atomic_read(&held);
		same = now && now == last ? same + 1 : 0;
		if (now == count || same == 5)
			break;
		last = now;
		msleep(100);
	}
	KUNIT_EXPECT_GT(test, atomic_read(&held), 0);
}

/* A call that begins and ends while callbacks of others are held. */
static void others_calls_go_on(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct one *all;

	fake_ctl.blind = true;
	all = make(test, MANY, hold_notify);
	hold(test, all, MANY);
	sspi_fixture_submit(test, f);
	sspi_wait_async_call(f->actx, FIXTURE_TIMEOUT_MS);
	SSPI_EXPECT_STATUS(test, sspi_get_async_call_status(f->actx), SEC_E_OK);
	unmake(all, MANY);
}

/*
 * A deadline ends a step that is held, while callbacks of others are held; and
 * the step which comes to its end after that has lost.
 */
static void others_deadlines_come(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct one *all;

	fake_ctl.blind = true;
	all = make(test, MANY, hold_notify);
	/* Long enough for the callbacks to be there before. */
	sspi_set_async_timeout(f->actx, 2 * FIXTURE_TIMEOUT_MS);
	fake_ctl.gated = true;
	sspi_fixture_submit(test, f);
	sspi_fixture_entered(test);
	fake_ctl.gated = false;
	hold(test, all, MANY);
	sspi_wait_async_call(f->actx, 4 * FIXTURE_TIMEOUT_MS);
	complete_all(&fake_ctl.gate);
	msleep(100);
	SSPI_EXPECT_STATUS(test, sspi_get_async_call_status(f->actx),
			   SSPI_E_TIMEOUT);
	unmake(all, MANY);
	sspi_wait_async_call(f->actx, FIXTURE_TIMEOUT_MS);
	SSPI_EXPECT_STATUS(test, sspi_get_async_call_status(f->actx),
			   SSPI_E_TIMEOUT);
	KUNIT_EXPECT_NULL(test, f->out.data);
	KUNIT_EXPECT_EQ(test, 0ULL, f->ctx.lower);
}

/* Other callbacks run while a few are held. */
static void others_callbacks_run(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct one *all = make(test, CHAIN, hold_notify);

	hold(test, all, CHAIN);
	KUNIT_EXPECT_EQ(test, CHAIN, atomic_read(&held));
	sspi_set_async_notify_callback(f->actx, sspi_fixture_notify, f);
	sspi_fixture_submit(test, f);
	sspi_fixture_notified(test, f);
	unmake(all, CHAIN);
}

static void chain_notify(struct sspi_async_context *actx, void *data)
{
	struct one *one = data;

	if (one->next)
		one->late = one_submit(one->next) != SEC_E_OK ||
			    !wait_for_completion_timeout(&one->next->called,
							 10 * HZ);
	complete(&one->called);
}

/*
 * Each callback submits a call of another context and waits until the callback
 * of that has run: for nothing of its own call's, so it is legal.
 */
static void callbacks_wait_for_the_next(struct kunit *test)
{
	struct one *all = make(test, CHAIN, chain_notify);
	int i;

	for (i = 0; i + 1 < CHAIN; i++)
		all[i].next = &all[i + 1];
	SSPI_EXPECT_STATUS(test, one_submit(&all[0]), SEC_E_OK);
	KUNIT_EXPECT_NE(test, 0UL,
			wait_for_completion_timeout(&all[0].called,
						    CHAIN * 11 * HZ));
	for (i = 0; i < CHAIN; i++)
		KUNIT_EXPECT_FALSE_MSG(test, all[i].late, "callback %d", i);
	unmake(all, CHAIN);
}

/* The memory of a call is nobody's hold on others that get it next. */
static void memory_of_held_is_free(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct one *held_one = make(test, 1, hold_notify);
	int i;

	fake_ctl.blind = true;
	hold(test, held_one, 1);
	for (i = 0; i < CYCLES; i++) {
		sspi_fixture_submit(test, f);
		sspi_wait_async_call(f->actx, FIXTURE_TIMEOUT_MS);
		SSPI_ASSERT_STATUS(test, sspi_get_async_call_status(f->actx),
				   SEC_E_OK);
		sspi_fixture_drop_output(f);
		sspi_delete_security_context(&f->ctx);
		SSPI_ASSERT_STATUS(test, sspi_reinit_async_context(f->actx),
				   SEC_E_OK);
	}
	f->ctx.lower = 0;
	unmake(held_one, 1);
}

static struct kunit_case notify_cases[] = {
	KUNIT_CASE(others_calls_go_on),
	KUNIT_CASE(others_deadlines_come),
	KUNIT_CASE(others_callbacks_run),
	KUNIT_CASE(callbacks_wait_for_the_next),
	KUNIT_CASE(memory_of_held_is_free),
	{}
};

static struct kunit_suite notify_suite = {
	.name = "sspi_notify",
	.init = notify_init,
	.exit = sspi_fixture_exit,
	.test_cases = notify_cases,
};

kunit_test_suites(&notify_suite);
