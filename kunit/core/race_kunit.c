// SPDX-License-Identifier: GPL-2.0-only
/*
 * Races: submit, cancel, delete, reinit and free of the same objects from
 * several CPUs. Each thread hammers for race_seconds; what is counted is that
 * work was done, that every call ended, and that nothing is left. The sanitizers
 * of the kernel it runs on are the judges of the rest.
 */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/random.h>

#include "kunit/ntlm/exchange.h"
#include "kunit/support/race.h"
#include "kunit/core/sspi_fixture.h"

static unsigned int race_seconds = 2;
module_param(race_seconds, uint, 0444);
MODULE_PARM_DESC(race_seconds, "How long each race runs");

bool racing(struct race *race)
{
	cond_resched();
	if (time_before(jiffies, race->end))
		return true;
	return race->more && race->more(race) &&
	       time_before(jiffies, race->end + RACE_MORE_SECONDS * HZ);
}

void race_run(struct kunit *test, struct race *race, const race_fn *fns,
	      int count)
{
	struct task_struct *task;
	int started = 0;
	int i;

	fake_ctl.blind = true;
	init_completion(&race->done);
	race->end = jiffies + race_seconds * HZ / (race->part ? race->part : 1);
	for (i = 0; i < count; i++) {
		task = kthread_run(fns[i], race, "sspi-race-%d", i);
		if (!IS_ERR(task))
			started++;
	}
	KUNIT_EXPECT_EQ(test, count, started);
	for (i = 0; i < started; i++)
		wait_for_completion(&race->done);
	KUNIT_EXPECT_GT(test, atomic_read(&race->rounds), 0);
	kunit_info(test, "%d rounds, %d callbacks\n",
		   atomic_read(&race->rounds), atomic_read(&race->callbacks));
}

int race_end(struct race *race)
{
	complete(&race->done);
	return 0;
}

static void race_notify(struct sspi_async_context *actx, void *data)
{
	struct race *race = data;

	atomic_inc(&race->callbacks);
}

/* A handle that others change: the two halves may not even fit together. */
static struct sspi_ctxt_handle racing_context(const struct race *race, u32 i)
{
	struct sspi_ctxt_handle ctx = {
		.lower = READ_ONCE(race->ctx[i].lower),
		.upper = READ_ONCE(race->ctx[i].upper),
	};

	return ctx;
}

/* A step on a context that others delete at any moment. */
static int submit_loop(void *data)
{
	struct race *race = data;
	struct sspi_initialize_args args;
	struct sspi_async_context *actx;
	struct sspi_ctxt_handle ctx;
	struct sec_buffer out;
	struct sec_buffer_desc desc;
	u64 attr;

	while (racing(race)) {
		actx = sspi_create_async_context();
		if (!actx)
			continue;
		args = sspi_fixture_inputs(race->f);
		ctx = racing_context(race, get_random_u32() % RACE_CONTEXTS);
		out = (struct sec_buffer){ .type = SECBUFFER_TOKEN };
		desc = (struct sec_buffer_desc){ .count = 1, .buffers = &out };
		args.ctx = &ctx;
		args.output = &desc;
		args.attr = &attr;
		sspi_set_async_notify_callback(actx, race_notify, race);
		if (sspi_initialize_security_context_async(actx, &args) ==
		    SEC_E_OK) {
			if (get_random_u32() % 2)
				sspi_cancel_async_call(actx);
			sspi_wait_async_call(actx, FIXTURE_TIMEOUT_MS);
			atomic_inc(&race->rounds);
		}
		sspi_free_context_buffer(out.data);
		sspi_free_async_context(actx);
	}
	return race_end(race);
}

/* Replaces contexts under the feet of the others. */
static int replace_loop(void *data)
{
	struct race *race = data;
	struct sspi_initialize_args args;
	struct sspi_ctxt_handle fresh;
	struct sspi_ctxt_handle old;
	struct sec_buffer out;
	struct sec_buffer_desc desc;
	int i;

	while (racing(race)) {
		i = get_random_u32() % RACE_CONTEXTS;
		args = sspi_fixture_inputs(race->f);
		out = (struct sec_buffer){ .type = SECBUFFER_TOKEN };
		desc = (struct sec_buffer_desc){ .count = 1, .buffers = &out };
		args.new_ctx = &fresh;
		args.output = &desc;
		memset(&fresh, 0, sizeof(fresh));
		if (sspi_initialize_security_context(&args) ==
		    SEC_I_CONTINUE_NEEDED) {
			old.upper = READ_ONCE(race->ctx[i].upper);
			old.lower = xchg(&race->ctx[i].lower, fresh.lower);
			WRITE_ONCE(race->ctx[i].upper, fresh.upper);
			sspi_delete_security_context(&old);
			sspi_delete_security_context(&old);
		} else if (fresh.lower) {
			sspi_delete_security_context(&fresh);
		}
		sspi_free_context_buffer(out.data);
		atomic_inc(&race->rounds);
	}
	return race_end(race);
}

/* Asks about contexts that may be gone. */
static int query_loop(void *data)
{
	struct race *race = data;
	struct sec_pkg_context_package_info info;
	struct sspi_ctxt_handle ctx;

	while (racing(race)) {
		ctx = racing_context(race, 0);
		if (sspi_query_context_attributes(&ctx, SECPKG_ATTR_PACKAGE_INFO,
						  &info, sizeof(info)) ==
		    SEC_E_OK)
			atomic_inc(&race->rounds);
	}
	return race_end(race);
}

static void submit_cancel_delete(struct kunit *test)
{
	static const race_fn fns[RACE_THREADS] = {
		submit_loop, submit_loop, replace_loop, query_loop,
	};
	struct race race = { .f = test->priv };
	int i;

	fake_ctl.status = SEC_I_CONTINUE_NEEDED;
	race_run(test, &race, fns, RACE_THREADS);
	for (i = 0; i < RACE_CONTEXTS; i++)
		sspi_delete_security_context(&race.ctx[i]);
}

/* One tracker, its call submitted here and cancelled there. */
static int tracker_submit_loop(void *data)
{
	struct race *race = data;
	struct sspi_initialize_args args;
	struct sspi_ctxt_handle ctx;
	struct sec_buffer out;
	struct sec_buffer_desc desc;

	while (racing(race)) {
		args = sspi_fixture_inputs(race->f);
		out = (struct sec_buffer){ .type = SECBUFFER_TOKEN };
		desc = (struct sec_buffer_desc){ .count = 1, .buffers = &out };
		memset(&ctx, 0, sizeof(ctx));
		args.new_ctx = &ctx;
		args.output = &desc;
		if (sspi_initialize_security_context_async(race->actx, &args) !=
		    SEC_E_OK) {
			if (sspi_reinit_async_context(race->actx) == SEC_E_OK)
				atomic_inc(&race->rounds);
			continue;
		}
		sspi_wait_async_call(race->actx, FIXTURE_TIMEOUT_MS);
		sspi_free_context_buffer(out.data);
		sspi_delete_security_context(&ctx);
		if (sspi_reinit_async_context(race->actx) == SEC_E_OK)
			atomic_inc(&race->rounds);
	}
	return race_end(race);
}

static int tracker_cancel_loop(void *data)
{
	struct race *race = data;

	while (racing(race)) {
		sspi_cancel_async_call(race->actx);
		sspi_get_async_call_status(race->actx);
		udelay(get_random_u32() % 20);
	}
	return race_end(race);
}

static void submit_and_cancel_one_tracker(struct kunit *test)
{
	static const race_fn fns[] = {
		tracker_submit_loop, tracker_cancel_loop, tracker_cancel_loop,
	};
	struct sspi_fixture *f = test->priv;
	struct race race = { .f = f, .actx = f->actx };

	race_run(test, &race, fns, ARRAY_SIZE(fns));
}

/* Deadlines that end while the step does. */
static int deadline_loop(void *data)
{
	struct race *race = data;
	struct sspi_async_context *actx;
	struct sspi_initialize_args args;
	struct sspi_ctxt_handle ctx;
	struct sec_buffer out;
	struct sec_buffer_desc desc;

	while (racing(race)) {
		actx = sspi_create_async_context();
		if (!actx)
			continue;
		args = sspi_fixture_inputs(race->f);
		out = (struct sec_buffer){ .type = SECBUFFER_TOKEN };
		desc = (struct sec_buffer_desc){ .count = 1, .buffers = &out };
		memset(&ctx, 0, sizeof(ctx));
		args.new_ctx = &ctx;
		args.output = &desc;
		sspi_set_async_timeout(actx, 1);
		sspi_set_async_notify_callback(actx, race_notify, race);
		if (sspi_initialize_security_context_async(actx, &args) ==
		    SEC_E_OK)
			sspi_wait_async_call(actx, FIXTURE_TIMEOUT_MS);
		sspi_free_async_context(actx);
		sspi_free_context_buffer(out.data);
		sspi_delete_security_context(&ctx);
		atomic_inc(&race->rounds);
	}
	return race_end(race);
}

static void deadlines(struct kunit *test)
{
	static const race_fn fns[] = {
		deadline_loop, deadline_loop, deadline_loop,
	};
	struct race race = { .f = test->priv };

	race_run(test, &race, fns, ARRAY_SIZE(fns));
}

/* Whole NTLM exchanges side by side. */
static int ntlm_loop(void *data)
{
	struct race *race = data;
	struct exchange x;

	while (racing(race)) {
		if (exchange_acquire(&x, EXCHANGE_PASSWORD,
				     EXCHANGE_PASSWORD) == SEC_E_OK &&
		    exchange_negotiate(&x) == SEC_E_OK &&
		    exchange_message(&x) == SEC_E_OK)
			atomic_inc(&race->rounds);
		else
			atomic_inc(&race->callbacks);
		exchange_release(&x);
	}
	return race_end(race);
}

static void ntlm_side_by_side(struct kunit *test)
{
	static const race_fn fns[RACE_THREADS] = {
		ntlm_loop, ntlm_loop, ntlm_loop, ntlm_loop,
	};
	struct race race = { .f = test->priv };

	race_run(test, &race, fns, RACE_THREADS);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&race.callbacks));
}

static struct kunit_case race_cases[] = {
	KUNIT_CASE(submit_cancel_delete),
	KUNIT_CASE(submit_and_cancel_one_tracker),
	KUNIT_CASE(deadlines),
	KUNIT_CASE(ntlm_side_by_side),
	{}
};

static struct kunit_suite race_suite = {
	.name = "sspi_race",
	.init = sspi_fixture_init,
	.exit = sspi_fixture_exit,
	.test_cases = race_cases,
};

kunit_test_suites(&race_suite);
