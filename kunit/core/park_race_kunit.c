// SPDX-License-Identifier: GPL-2.0-only
/*
 * Races of legs that wait: answer, cancel, delete, deadline and free against
 * each other. What is counted is that each call ended once and that nothing is
 * left; the sanitizers of the kernel judge the rest.
 */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/random.h>

#include "core/internal.h"
#include "kunit/core/fake_transport.h"
#include "kunit/core/sspi_fixture.h"

static unsigned int park_race_seconds = 2;
module_param(park_race_seconds, uint, 0444);
MODULE_PARM_DESC(park_race_seconds, "How long each race of parked calls runs");

#define THREADS	4

struct park_race {
	struct sspi_fixture *f;
	unsigned long end;
	atomic_t rounds;
	atomic_t submitted;
	atomic_t cancelled;
	atomic_t called_back;
	struct completion done;
};

static void park_race_notify(struct sspi_async_context *actx, void *data)
{
	struct park_race *race = data;

	atomic_inc(&race->called_back);
}

/* One of the ways to end a leg, while another may just be ending it. */
static void end_somehow(struct park_race *race,
			struct sspi_async_context *actx,
			const struct sspi_ctxt_handle *ctx)
{
	switch (get_random_u32() % 4) {
	case 0:
		if (sspi_cancel_async_call(actx))
			atomic_inc(&race->cancelled);
		break;
	case 1:
		sspi_delete_security_context(ctx);
		break;
	case 2:
		udelay(get_random_u32() % 100);
		if (sspi_cancel_async_call(actx))
			atomic_inc(&race->cancelled);
		break;
	default:
		break;
	}
	sspi_wait_async_call(actx, FIXTURE_TIMEOUT_MS);
}

static void one_leg(struct park_race *race, struct sspi_async_context *actx,
		    struct sspi_ctxt_handle *ctx, bool first)
{
	struct sspi_initialize_args args = sspi_fixture_inputs(race->f);
	struct sec_buffer out = { .type = SECBUFFER_TOKEN };
	struct sec_buffer_desc desc = { .count = 1, .buffers = &out };

	args.output = &desc;
	args.ctx = first ? NULL : ctx;
	args.new_ctx = first ? ctx : NULL;
	if (sspi_initialize_security_context_async(actx, &args) == SEC_E_OK) {
		struct sspi_ctxt_handle seen = {};

		atomic_inc(&race->submitted);
		/* A first leg may be writing the handle just now. */
		if (!first)
			seen = *ctx;
		end_somehow(race, actx, &seen);
	}
	sspi_free_context_buffer(out.data);
}

static int park_race_loop(void *data)
{
	struct park_race *race = data;
	struct sspi_async_context *actx;
	struct sspi_ctxt_handle ctx;

	while (time_before(jiffies, race->end)) {
		actx = sspi_create_async_context();
		if (!actx)
			continue;
		actx->transport = &fake_transport;
		sspi_set_async_notify_callback(actx, park_race_notify, race);
		sspi_set_async_timeout(actx, get_random_u32() % 2 ? 1 : 5000);
		memset(&ctx, 0, sizeof(ctx));
		one_leg(race, actx, &ctx, true);
		if (sspi_reinit_async_context(actx) == SEC_E_OK && ctx.lower)
			one_leg(race, actx, &ctx, false);
		sspi_free_async_context(actx);
		sspi_delete_security_context(&ctx);
		atomic_inc(&race->rounds);
		cond_resched();
	}
	complete(&race->done);
	return 0;
}

static void answers_against_ends(struct kunit *test)
{
	struct park_race race = { .f = test->priv };
	struct task_struct *task;
	int started = 0;
	int i;

	fake_ctl.blind = true;
	fake_ctl.status = SEC_I_CONTINUE_NEEDED;
	fake_ctl.questions = 2;
	fake_transport_reset(FAKE_MIXED);
	init_completion(&race.done);
	race.end = jiffies + park_race_seconds * HZ;
	for (i = 0; i < THREADS; i++) {
		task = kthread_run(park_race_loop, &race, "sspi-park-%d", i);
		started += !IS_ERR(task);
	}
	KUNIT_EXPECT_EQ(test, THREADS, started);
	for (i = 0; i < started; i++)
		wait_for_completion(&race.done);
	sspi_call_flush();
	KUNIT_EXPECT_GT(test, atomic_read(&race.rounds), 0);
	KUNIT_EXPECT_GT(test, atomic_read(&fake_transport_ctl.answered), 0);
	KUNIT_EXPECT_GT(test, atomic_read(&fake_transport_ctl.cancelled), 0);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&fake_transport_ctl.open));
	/* Cancelled, or called back: each once. */
	KUNIT_EXPECT_EQ(test, atomic_read(&race.submitted),
			atomic_read(&race.cancelled) +
			atomic_read(&race.called_back));
	kunit_info(test, "%d rounds, %d answers, %d cancelled, %d too late\n",
		   atomic_read(&race.rounds),
		   atomic_read(&fake_transport_ctl.answered),
		   atomic_read(&fake_transport_ctl.cancelled),
		   atomic_read(&fake_transport_ctl.late));
}

static struct kunit_case park_race_cases[] = {
	KUNIT_CASE(answers_against_ends),
	{}
};

static struct kunit_suite park_race_suite = {
	.name = "sspi_park_race",
	.init = sspi_fixture_init,
	.exit = sspi_fixture_exit,
	.test_cases = park_race_cases,
};

kunit_test_suites(&park_race_suite);
