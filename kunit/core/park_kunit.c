// SPDX-License-Identifier: GPL-2.0-only
/* Legs that wait for an answer: no worker has them, and each way to end one. */
#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/sched/task.h>
#include <net/net_namespace.h>

#include "core/internal.h"
#include "kunit/core/fake_transport.h"
#include "kunit/core/sspi_fixture.h"

#define PATIENCE_MS	60000
#define MANY		1000

static int park_init(struct kunit *test)
{
	struct sspi_fixture *f;
	int err;

	err = sspi_fixture_init(test);
	if (err)
		return err;
	f = test->priv;
	f->actx->transport = &fake_transport;
	fake_ctl.questions = 1;
	fake_transport_reset(FAKE_HOLD);
	return 0;
}

static void park_exit(struct kunit *test)
{
	sspi_fixture_exit(test);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&fake_transport_ctl.open));
	KUNIT_EXPECT_EQ(test, atomic_read(&fake_transport_ctl.answered) +
			      atomic_read(&fake_transport_ctl.cancelled),
			atomic_read(&fake_transport_ctl.asked));
}

/* Submits a first leg, and returns once it is parked. */
static void park(struct kunit *test, struct sspi_fixture *f)
{
	sspi_fixture_submit(test, f);
	KUNIT_ASSERT_TRUE(test, fake_transport_wait_open(1));
	/* The worker leaves after the question is out. */
	sspi_call_flush();
	KUNIT_EXPECT_EQ(test, (u8)SSPI_TRACKER_PARKED, f->actx->state);
	SSPI_EXPECT_STATUS(test, sspi_get_async_call_status(f->actx),
			   SEC_I_ASYNC_CALL_PENDING);
}

/* A context whose second leg is parked. */
static void park_second(struct kunit *test, struct sspi_fixture *f)
{
	struct sspi_initialize_args args;

	fake_ctl.questions = 0;
	fake_ctl.status = SEC_I_CONTINUE_NEEDED;
	SSPI_ASSERT_STATUS(test, sspi_fixture_run(test, f),
			   SEC_I_CONTINUE_NEEDED);
	fake_ctl.questions = 1;
	SSPI_EXPECT_STATUS(test, sspi_reinit_async_context(f->actx), SEC_E_OK);
	args = sspi_fixture_first_leg(f);
	args.ctx = &f->ctx;
	SSPI_ASSERT_STATUS(test,
			   sspi_initialize_security_context_async(f->actx,
								  &args),
			   SEC_E_OK);
	KUNIT_ASSERT_TRUE(test, fake_transport_wait_open(1));
	sspi_call_flush();
}

static void answer_resumes(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;

	sspi_set_async_notify_callback(f->actx, sspi_fixture_notify, f);
	park(test, f);
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&fake_ctl.steps));
	KUNIT_EXPECT_TRUE(test, fake_transport_answer(0));
	sspi_fixture_notified(test, f);
	SSPI_EXPECT_STATUS(test, f->notify_status, SEC_E_OK);
	KUNIT_EXPECT_EQ(test, 2, atomic_read(&fake_ctl.steps));
	KUNIT_EXPECT_EQ(test, (long)sizeof(FAKE_REPLY) - 1,
			fake_ctl.seen.reply_len);
	KUNIT_EXPECT_EQ(test, 0, fake_ctl.seen.reply_error);
	KUNIT_EXPECT_STREQ(test, "cifs/server.example.test",
			   fake_ctl.seen.target);
	KUNIT_EXPECT_TRUE(test, fake_ctl.seen.noio);
	msleep(20);
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&f->notifications));
}

static void no_answer_resumes(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;

	park(test, f);
	KUNIT_EXPECT_TRUE(test, fake_transport_answer(-ETIMEDOUT));
	SSPI_EXPECT_STATUS(test,
			   sspi_wait_async_call(f->actx, FIXTURE_TIMEOUT_MS),
			   SEC_E_OK);
	KUNIT_EXPECT_EQ(test, -1L, fake_ctl.seen.reply_len);
	KUNIT_EXPECT_EQ(test, -ETIMEDOUT, fake_ctl.seen.reply_error);
}

/* Several in a row, also when the answer is there before the worker has left. */
static void answers_in_a_row(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	enum fake_answers answers;

	fake_ctl.questions = 5;
	for (answers = FAKE_AT_ONCE; answers <= FAKE_LATER; answers++) {
		fake_transport_reset(answers);
		atomic_set(&fake_ctl.steps, 0);
		SSPI_EXPECT_STATUS(test, sspi_fixture_run(test, f), SEC_E_OK);
		KUNIT_EXPECT_EQ(test, 5,
				atomic_read(&fake_transport_ctl.answered));
		KUNIT_EXPECT_EQ(test, 6, atomic_read(&fake_ctl.steps));
		sspi_delete_security_context(&f->ctx);
		SSPI_EXPECT_STATUS(test, sspi_reinit_async_context(f->actx),
				   SEC_E_OK);
	}
}

static void refused_question(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;

	fake_transport_reset(FAKE_REFUSE);
	SSPI_EXPECT_STATUS(test, sspi_fixture_run(test, f), SEC_E_OK);
	KUNIT_EXPECT_EQ(test, -ENETUNREACH, fake_ctl.seen.reply_error);
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&fake_transport_ctl.asked));
	fake_transport_reset(FAKE_HOLD);
}

static void endless_questions(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;

	fake_ctl.questions = UINT_MAX;
	fake_transport_reset(FAKE_AT_ONCE);
	SSPI_EXPECT_STATUS(test, sspi_fixture_run(test, f),
			   SEC_E_INTERNAL_ERROR);
	KUNIT_EXPECT_EQ(test, 64, atomic_read(&fake_transport_ctl.asked));
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&fake_ctl.fails));
}

/*
 * The step and all it holds are gone though nobody has answered, which nothing
 * else would end; nothing is answered any more.
 */
static void expect_gone(struct kunit *test, int contexts)
{
	int tries;

	for (tries = 0; tries < PATIENCE_MS; tries++) {
		if (atomic_read(&fake_ctl.ctx_live) == contexts)
			break;
		fsleep(1000);
	}
	KUNIT_EXPECT_EQ(test, contexts, atomic_read(&fake_ctl.ctx_live));
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&fake_transport_ctl.cancelled));
	KUNIT_EXPECT_FALSE(test, fake_transport_answer(0));
}

static void cancel_first_leg(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;

	sspi_set_async_notify_callback(f->actx, sspi_fixture_notify, f);
	park(test, f);
	KUNIT_EXPECT_TRUE(test, sspi_cancel_async_call(f->actx));
	SSPI_EXPECT_STATUS(test, sspi_get_async_call_status(f->actx),
			   SSPI_E_CANCELLED);
	expect_gone(test, 0);
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&fake_ctl.fails));
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&f->notifications));
	KUNIT_EXPECT_EQ(test, 0ULL, f->ctx.lower);
	/* The tracker is good for another call at once. */
	SSPI_EXPECT_STATUS(test, sspi_reinit_async_context(f->actx), SEC_E_OK);
	fake_ctl.questions = 0;
	SSPI_EXPECT_STATUS(test, sspi_fixture_run(test, f), SEC_E_OK);
}

static void cancel_later_leg(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct sspi_initialize_args args;

	park_second(test, f);
	KUNIT_EXPECT_TRUE(test, sspi_cancel_async_call(f->actx));
	expect_gone(test, 1);
	sspi_call_flush();
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&fake_ctl.fails));
	/* Dead, and still the caller's. */
	SSPI_EXPECT_STATUS(test, sspi_reinit_async_context(f->actx), SEC_E_OK);
	args = sspi_fixture_first_leg(f);
	args.ctx = &f->ctx;
	SSPI_EXPECT_STATUS(test,
			   sspi_initialize_security_context_async(f->actx,
								  &args),
			   SEC_E_NO_CONTEXT);
}

static void deadline_ends_it(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	ktime_t start;

	sspi_set_async_timeout(f->actx, 50);
	sspi_set_async_notify_callback(f->actx, sspi_fixture_notify, f);
	start = ktime_get();
	sspi_fixture_submit(test, f);
	sspi_fixture_notified(test, f);
	SSPI_EXPECT_STATUS(test, f->notify_status, SSPI_E_TIMEOUT);
	KUNIT_EXPECT_GE(test, ktime_ms_delta(ktime_get(), start), 45LL);
	expect_gone(test, 0);
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&f->notifications));
}

static void delete_ends_it(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;

	sspi_set_async_notify_callback(f->actx, sspi_fixture_notify, f);
	park_second(test, f);
	/* The first leg called back too. */
	sspi_fixture_notified(test, f);
	SSPI_EXPECT_STATUS(test, sspi_delete_security_context(&f->ctx),
			   SEC_E_OK);
	sspi_fixture_notified(test, f);
	SSPI_EXPECT_STATUS(test, f->notify_status,
			   SEC_E_UNFINISHED_CONTEXT_DELETED);
	expect_gone(test, 0);
}

static void free_of_tracker_ends_it(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;

	park(test, f);
	sspi_free_async_context(f->actx);
	f->actx = NULL;
	expect_gone(test, 0);
}

/* Many wait, and others go on: a worker each would be felt. */
static struct nsproxy *swap_nsproxy(struct nsproxy *new)
{
	struct nsproxy *old = current->nsproxy;

	task_lock(current);
	current->nsproxy = new;
	task_unlock(current);
	return old;
}

/* A call is in the namespace that its tracker was told, not the submitter's. */
static void in_a_namespace_by_name(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct sspi_netns *ns = sspi_netns_get(&init_net);
	struct nsproxy *own;

	SSPI_EXPECT_STATUS(test, sspi_set_async_net(NULL, &init_net),
			   SEC_E_INVALID_PARAMETER);
	own = swap_nsproxy(NULL);
	SSPI_EXPECT_STATUS(test, sspi_set_async_net(f->actx, &init_net),
			   SEC_E_OK);
	sspi_fixture_submit(test, f);
	swap_nsproxy(own);
	KUNIT_EXPECT_TRUE(test, fake_transport_wait_open(1));
	KUNIT_EXPECT_PTR_EQ(test, READ_ONCE(fake_transport_ctl.ns), ns);
	SSPI_EXPECT_STATUS(test, sspi_set_async_net(f->actx, NULL),
			   SEC_E_OUT_OF_SEQUENCE);
	KUNIT_EXPECT_TRUE(test, fake_transport_answer(0));
	SSPI_EXPECT_STATUS(test, sspi_wait_async_call(f->actx, PATIENCE_MS),
			   SEC_E_OK);
	SSPI_EXPECT_STATUS(test, sspi_set_async_net(f->actx, NULL), SEC_E_OK);
	KUNIT_EXPECT_NULL(test, f->actx->ns);
	sspi_netns_put(ns);
}

static void many_hold_no_worker(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct sspi_async_context **all;
	struct sspi_ctxt_handle *ctx;
	struct sspi_initialize_args args = sspi_fixture_inputs(f);
	struct sec_buffer out = { .type = SECBUFFER_TOKEN };
	struct sec_buffer_desc desc = { .count = 1, .buffers = &out };
	sec_status_t status;
	ktime_t start;
	int i;

	fake_ctl.blind = true;
	all = kunit_kcalloc(test, MANY, sizeof(*all), GFP_KERNEL);
	ctx = kunit_kcalloc(test, MANY, sizeof(*ctx), GFP_KERNEL);
	KUNIT_ASSERT_TRUE(test, all && ctx);
	args.output = &desc;
	for (i = 0; i < MANY; i++) {
		all[i] = sspi_create_async_context();
		KUNIT_ASSERT_NOT_NULL(test, all[i]);
		all[i]->transport = &fake_transport;
		args.new_ctx = &ctx[i];
		status = sspi_initialize_security_context_async(all[i], &args);
		SSPI_EXPECT_STATUS(test, status, SEC_E_OK);
	}
	KUNIT_EXPECT_TRUE(test, fake_transport_wait_open(MANY));
	sspi_call_flush();
	fake_ctl.questions = 0;
	SSPI_EXPECT_STATUS(test, sspi_fixture_run(test, f), SEC_E_OK);
	start = ktime_get();
	for (i = 0; i < MANY; i++)
		KUNIT_EXPECT_TRUE(test, sspi_cancel_async_call(all[i]));
	sspi_call_flush();
	kunit_info(test, "%d parked calls cancelled and gone in %lld ms\n", MANY,
		   ktime_ms_delta(ktime_get(), start));
	KUNIT_EXPECT_EQ(test, MANY,
			atomic_read(&fake_transport_ctl.cancelled));
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&fake_ctl.ctx_live));
	for (i = 0; i < MANY; i++)
		sspi_free_async_context(all[i]);
}

static struct kunit_case park_cases[] = {
	KUNIT_CASE(answer_resumes),
	KUNIT_CASE(no_answer_resumes),
	KUNIT_CASE(answers_in_a_row),
	KUNIT_CASE(refused_question),
	KUNIT_CASE(endless_questions),
	KUNIT_CASE(cancel_first_leg),
	KUNIT_CASE(cancel_later_leg),
	KUNIT_CASE(deadline_ends_it),
	KUNIT_CASE(delete_ends_it),
	KUNIT_CASE(free_of_tracker_ends_it),
	KUNIT_CASE(in_a_namespace_by_name),
	KUNIT_CASE(many_hold_no_worker),
	{}
};

static struct kunit_suite park_suite = {
	.name = "sspi_park",
	.init = park_init,
	.exit = park_exit,
	.test_cases = park_cases,
};

kunit_test_suites(&park_suite);
