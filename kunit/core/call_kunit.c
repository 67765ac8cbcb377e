// SPDX-License-Identifier: GPL-2.0-only
/*
 * The asynchronous contract, sentence by sentence: the numbers are those of
 * "The asynchronous contract" in <linux/sspi.h>.
 */
#include <linux/cred.h>
#include <linux/delay.h>
#include <linux/module.h>

#include "kunit/core/sspi_fixture.h"

/* 1: queued means exactly one completion. */
static void contract_1_one_completion(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;

	sspi_set_async_notify_callback(f->actx, sspi_fixture_notify, f);
	KUNIT_EXPECT_TRUE(test, sspi_async_context_requires_notify(f->actx));
	sspi_fixture_submit(test, f);
	sspi_fixture_notified(test, f);
	SSPI_EXPECT_STATUS(test, f->notify_status, SEC_E_OK);
	msleep(20);
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&f->notifications));
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&fake_ctl.steps));
}

/* 1: an error at submit means no completion, and the tracker is idle. */
static void contract_1_error_queues_nothing(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct sspi_initialize_args args = sspi_fixture_first_leg(f);

	sspi_set_async_notify_callback(f->actx, sspi_fixture_notify, f);
	args.reserved1 = 1;
	SSPI_EXPECT_STATUS(test,
			   sspi_initialize_security_context_async(f->actx,
								  &args),
			   SEC_E_INVALID_PARAMETER);
	msleep(20);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&f->notifications));
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&fake_ctl.steps));
	sspi_fixture_submit(test, f);
	sspi_fixture_notified(test, f);
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&f->notifications));
}

static void notify_context(struct sspi_async_context *actx, void *data)
{
	struct sspi_fixture *f = data;

	might_sleep();
	if (!in_task() || !(current->flags & PF_WQ_WORKER))
		f->expiry = -1;
	sspi_fixture_notify(actx, data);
}

/* 2: process context, a workqueue, never inside submit. */
static void contract_2_callback_context(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;

	sspi_set_async_notify_callback(f->actx, notify_context, f);
	sspi_fixture_submit(test, f);
	sspi_fixture_notified(test, f);
	KUNIT_EXPECT_EQ(test, SSPI_EXPIRY_NEVER, f->expiry);
}

struct again {
	struct sspi_fixture *f;
	int left;
	sec_status_t reinit;
	sec_status_t submit;
};

static void notify_again(struct sspi_async_context *actx, void *data)
{
	struct again *again = data;
	struct sspi_fixture *f = again->f;
	struct sspi_initialize_args args;

	sspi_fixture_drop_output(f);
	if (again->left-- == 0) {
		complete(&f->notified);
		return;
	}
	again->reinit = sspi_reinit_async_context(actx);
	args = sspi_fixture_first_leg(f);
	args.ctx = &f->ctx;
	again->submit = sspi_initialize_security_context_async(actx, &args);
}

/* 2: the callback may reinit and submit the next leg. */
static void contract_2_resubmit_in_callback(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct again again = { .f = f, .left = 50 };

	fake_ctl.status = SEC_I_CONTINUE_NEEDED;
	sspi_set_async_notify_callback(f->actx, notify_again, &again);
	sspi_fixture_submit(test, f);
	sspi_fixture_notified(test, f);
	SSPI_EXPECT_STATUS(test, again.reinit, SEC_E_OK);
	SSPI_EXPECT_STATUS(test, again.submit, SEC_E_OK);
	KUNIT_EXPECT_EQ(test, 51, atomic_read(&fake_ctl.steps));
}

static void notify_free(struct sspi_async_context *actx, void *data)
{
	struct sspi_fixture *f = data;

	f->notify_status = sspi_delete_security_context(&f->ctx);
	sspi_free_async_context(actx);
	complete(&f->notified);
}

/* 2: it may delete the context and free the tracker. */
static void contract_2_free_in_callback(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;

	sspi_set_async_notify_callback(f->actx, notify_free, f);
	sspi_fixture_submit(test, f);
	f->actx = NULL;
	sspi_fixture_notified(test, f);
	SSPI_EXPECT_STATUS(test, f->notify_status, SEC_E_OK);
	f->ctx.lower = 0;
}

/* 3: inputs are copied at submit. */
static void contract_3_inputs_are_copied(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct sspi_initialize_args args = sspi_fixture_first_leg(f);
	char target[] = "cifs/one.example.test";
	u8 token[16] = "the real token";
	struct sec_buffer in = {
		.len = sizeof(token), .type = SECBUFFER_TOKEN, .data = token,
	};
	struct sec_buffer_desc in_desc = { .count = 1, .buffers = &in };
	struct sspi_async_context *blocker = sspi_create_async_context();

	KUNIT_ASSERT_NOT_NULL(test, blocker);
	fake_ctl.gated = true;
	args.target = target;
	args.input = &in_desc;
	SSPI_EXPECT_STATUS(test,
			   sspi_initialize_security_context_async(f->actx,
								  &args),
			   SEC_E_OK);
	memset(target, 'x', sizeof(target) - 1);
	memset(token, 'x', sizeof(token));
	memset(&in, 0xff, sizeof(in));
	memset(&in_desc, 0xff, sizeof(in_desc));
	memset(&args, 0xff, sizeof(args));
	sspi_fixture_entered(test);
	KUNIT_EXPECT_EQ(test, 16L, fake_ctl.seen.input_len);
	KUNIT_EXPECT_EQ(test, 0, memcmp(fake_ctl.seen.input, "the real token",
					14));
	KUNIT_EXPECT_STREQ(test, fake_ctl.seen.target, "cifs/one.example.test");
	complete_all(&fake_ctl.gate);
	SSPI_EXPECT_STATUS(test,
			   sspi_wait_async_call(f->actx, FIXTURE_TIMEOUT_MS),
			   SEC_E_OK);
	sspi_free_async_context(blocker);
}

/* 3: outputs appear with the completion, in memory that we free. */
static void contract_3_outputs_at_completion(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;

	fake_ctl.gated = true;
	f->attr = 0x77;
	sspi_fixture_submit(test, f);
	sspi_fixture_entered(test);
	KUNIT_EXPECT_EQ(test, 0ULL, f->ctx.lower);
	KUNIT_EXPECT_NULL(test, f->out.data);
	KUNIT_EXPECT_EQ(test, 0x77ULL, f->attr);
	complete_all(&fake_ctl.gate);
	SSPI_EXPECT_STATUS(test,
			   sspi_wait_async_call(f->actx, FIXTURE_TIMEOUT_MS),
			   SEC_E_OK);
	KUNIT_EXPECT_NE(test, 0ULL, f->ctx.lower);
	KUNIT_ASSERT_NOT_NULL(test, f->out.data);
	KUNIT_EXPECT_EQ(test, (u32)sizeof(FAKE_OUTPUT) - 1, f->out.len);
	KUNIT_EXPECT_EQ(test, 0, memcmp(f->out.data, FAKE_OUTPUT, f->out.len));
	KUNIT_EXPECT_NE(test, 0x77ULL, f->attr);
}

/* 3: a cancelled call never writes its outputs. */
static void contract_3_cancelled_writes_nothing(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;

	fake_ctl.gated = true;
	f->attr = 0x77;
	sspi_fixture_submit(test, f);
	sspi_fixture_entered(test);
	KUNIT_EXPECT_TRUE(test, sspi_cancel_async_call(f->actx));
	complete_all(&fake_ctl.gate);
	msleep(50);
	KUNIT_EXPECT_EQ(test, 0ULL, f->ctx.lower);
	KUNIT_EXPECT_NULL(test, f->out.data);
	KUNIT_EXPECT_EQ(test, 0x77ULL, f->attr);
	SSPI_EXPECT_STATUS(test, sspi_get_async_call_status(f->actx),
			   SSPI_E_CANCELLED);
}

/* 3: the caller's own buffer is filled, and never past its room. */
static void contract_3_caller_buffer(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct sspi_initialize_args args = sspi_fixture_first_leg(f);
	u8 *room = kunit_kzalloc(test, fake_package.info.max_token, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, room);
	args.req &= ~ISC_REQ_ALLOCATE_MEMORY;
	f->out.data = room;
	f->out.len = fake_package.info.max_token;
	SSPI_EXPECT_STATUS(test, sspi_initialize_security_context(&args),
			   SEC_E_OK);
	KUNIT_EXPECT_EQ(test, (u32)sizeof(FAKE_OUTPUT) - 1, f->out.len);
	KUNIT_EXPECT_EQ(test, 0, memcmp(room, FAKE_OUTPUT, f->out.len));
	SSPI_EXPECT_STATUS(test, sspi_delete_security_context(&f->ctx),
			   SEC_E_OK);
	f->ctx.lower = 0;
	f->out.data = room;
	f->out.len = 3;
	SSPI_EXPECT_STATUS(test, sspi_initialize_security_context(&args),
			   SEC_E_BUFFER_TOO_SMALL);
	f->out.data = NULL;
}

/* 4: pending until complete. */
static void contract_4_states(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;

	fake_ctl.gated = true;
	sspi_fixture_submit(test, f);
	SSPI_EXPECT_STATUS(test, sspi_get_async_call_status(f->actx),
			   SEC_I_ASYNC_CALL_PENDING);
	sspi_fixture_entered(test);
	SSPI_EXPECT_STATUS(test, sspi_get_async_call_status(f->actx),
			   SEC_I_ASYNC_CALL_PENDING);
	SSPI_EXPECT_STATUS(test, sspi_reinit_async_context(f->actx),
			   SEC_E_OUT_OF_SEQUENCE);
	complete_all(&fake_ctl.gate);
	SSPI_EXPECT_STATUS(test,
			   sspi_wait_async_call(f->actx, FIXTURE_TIMEOUT_MS),
			   SEC_E_OK);
	SSPI_EXPECT_STATUS(test, sspi_get_async_call_status(f->actx), SEC_E_OK);
}

/* 4: one call per tracker until reinit. */
static void contract_4_reinit(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct sspi_initialize_args args;

	sspi_set_async_notify_callback(f->actx, sspi_fixture_notify, f);
	SSPI_EXPECT_STATUS(test, sspi_fixture_run(test, f), SEC_E_OK);
	sspi_fixture_notified(test, f);
	args = sspi_fixture_first_leg(f);
	SSPI_EXPECT_STATUS(test,
			   sspi_initialize_security_context_async(f->actx,
								  &args),
			   SEC_E_OUT_OF_SEQUENCE);
	SSPI_EXPECT_STATUS(test, sspi_delete_security_context(&f->ctx),
			   SEC_E_OK);
	SSPI_EXPECT_STATUS(test, sspi_reinit_async_context(f->actx), SEC_E_OK);
	KUNIT_EXPECT_TRUE(test, sspi_async_context_requires_notify(f->actx));
	SSPI_EXPECT_STATUS(test, sspi_fixture_run(test, f), SEC_E_OK);
	sspi_fixture_notified(test, f);
	KUNIT_EXPECT_EQ(test, 2, atomic_read(&f->notifications));
}

/* 4: freeing a pending tracker that has a callback cancels first. */
static void contract_4_free_pending(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;

	fake_ctl.gated = true;
	sspi_set_async_notify_callback(f->actx, sspi_fixture_notify, f);
	sspi_fixture_submit(test, f);
	sspi_fixture_entered(test);
	sspi_free_async_context(f->actx);
	f->actx = NULL;
	complete_all(&fake_ctl.gate);
	msleep(50);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&f->notifications));
	KUNIT_EXPECT_EQ(test, 0ULL, f->ctx.lower);
}

struct slow {
	struct sspi_fixture *f;
	struct completion begun;
	bool done;
};

static void notify_slowly(struct sspi_async_context *actx, void *data)
{
	struct slow *slow = data;

	complete(&slow->begun);
	msleep(100);
	WRITE_ONCE(slow->done, true);
}

/* 4: after free the callback is not running any more. */
static void contract_4_free_waits_for_callback(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct slow slow = { .f = f };

	init_completion(&slow.begun);
	sspi_set_async_notify_callback(f->actx, notify_slowly, &slow);
	sspi_fixture_submit(test, f);
	KUNIT_EXPECT_NE(test, 0UL,
			wait_for_completion_timeout(&slow.begun, 10 * HZ));
	SSPI_EXPECT_STATUS(test, sspi_get_async_call_status(f->actx), SEC_E_OK);
	sspi_free_async_context(f->actx);
	f->actx = NULL;
	KUNIT_EXPECT_TRUE(test, READ_ONCE(slow.done));
}

/* 4: fire and forget. */
static void contract_4_delete_and_forget(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;

	SSPI_EXPECT_STATUS(test, sspi_fixture_run(test, f), SEC_E_OK);
	SSPI_EXPECT_STATUS(test, sspi_reinit_async_context(f->actx), SEC_E_OK);
	SSPI_EXPECT_STATUS(test,
			   sspi_delete_security_context_async(f->actx, &f->ctx),
			   SEC_E_OK);
	sspi_free_async_context(f->actx);
	f->actx = NULL;
	f->ctx.lower = 0;
}

/* 5: cancel says who won, and the callback of a cancelled call never runs. */
static void contract_5_cancel(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;

	KUNIT_EXPECT_FALSE(test, sspi_cancel_async_call(f->actx));
	fake_ctl.gated = true;
	sspi_set_async_notify_callback(f->actx, sspi_fixture_notify, f);
	sspi_fixture_submit(test, f);
	sspi_fixture_entered(test);
	KUNIT_EXPECT_TRUE(test, sspi_cancel_async_call(f->actx));
	KUNIT_EXPECT_FALSE(test, sspi_cancel_async_call(f->actx));
	complete_all(&fake_ctl.gate);
	msleep(50);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&f->notifications));
	fake_ctl.gated = false;
	SSPI_EXPECT_STATUS(test, sspi_reinit_async_context(f->actx), SEC_E_OK);
	sspi_fixture_submit(test, f);
	sspi_fixture_notified(test, f);
	KUNIT_EXPECT_FALSE(test, sspi_cancel_async_call(f->actx));
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&f->notifications));
}

/* 5: a wait is bounded and the call goes on. */
static void contract_5_wait(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;

	fake_ctl.gated = true;
	sspi_fixture_submit(test, f);
	SSPI_EXPECT_STATUS(test, sspi_wait_async_call(f->actx, 10),
			   SSPI_E_TIMEOUT);
	SSPI_EXPECT_STATUS(test, sspi_get_async_call_status(f->actx),
			   SEC_I_ASYNC_CALL_PENDING);
	complete_all(&fake_ctl.gate);
	SSPI_EXPECT_STATUS(test,
			   sspi_wait_async_call(f->actx, FIXTURE_TIMEOUT_MS),
			   SEC_E_OK);
}

/* 5: past its deadline a call completes, once, with SSPI_E_TIMEOUT. */
static void contract_5_deadline(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;

	fake_ctl.gated = true;
	SSPI_EXPECT_STATUS(test, sspi_set_async_timeout(f->actx, 20), SEC_E_OK);
	sspi_set_async_notify_callback(f->actx, sspi_fixture_notify, f);
	sspi_fixture_submit(test, f);
	sspi_fixture_notified(test, f);
	SSPI_EXPECT_STATUS(test, f->notify_status, SSPI_E_TIMEOUT);
	complete_all(&fake_ctl.gate);
	msleep(50);
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&f->notifications));
	KUNIT_EXPECT_EQ(test, 0ULL, f->ctx.lower);
}

/* 6: one step in flight per context. */
static void contract_6_one_step(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct sspi_async_context *other = sspi_create_async_context();
	struct sspi_initialize_args args;

	KUNIT_ASSERT_NOT_NULL(test, other);
	fake_ctl.status = SEC_I_CONTINUE_NEEDED;
	SSPI_EXPECT_STATUS(test, sspi_fixture_run(test, f),
			   SEC_I_CONTINUE_NEEDED);
	fake_ctl.gated = true;
	reinit_completion(&fake_ctl.entered);
	SSPI_EXPECT_STATUS(test, sspi_reinit_async_context(f->actx), SEC_E_OK);
	args = sspi_fixture_first_leg(f);
	args.ctx = &f->ctx;
	SSPI_EXPECT_STATUS(test,
			   sspi_initialize_security_context_async(f->actx,
								  &args),
			   SEC_E_OK);
	sspi_fixture_entered(test);
	SSPI_EXPECT_STATUS(test,
			   sspi_initialize_security_context_async(other, &args),
			   SEC_E_OUT_OF_SEQUENCE);
	complete_all(&fake_ctl.gate);
	SSPI_EXPECT_STATUS(test,
			   sspi_wait_async_call(f->actx, FIXTURE_TIMEOUT_MS),
			   SEC_I_CONTINUE_NEEDED);
	sspi_free_async_context(other);
}

/* 6: different contexts run in parallel. */
static void contract_6_contexts_in_parallel(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct sspi_async_context *other = sspi_create_async_context();
	struct sspi_ctxt_handle ctx = {};
	struct sec_buffer out = { .type = SECBUFFER_TOKEN };
	struct sec_buffer_desc out_desc = { .count = 1, .buffers = &out };
	struct sspi_initialize_args args;

	KUNIT_ASSERT_NOT_NULL(test, other);
	fake_ctl.gated = true;
	sspi_fixture_submit(test, f);
	sspi_fixture_entered(test);
	args = sspi_fixture_first_leg(f);
	args.new_ctx = &ctx;
	args.output = &out_desc;
	SSPI_EXPECT_STATUS(test,
			   sspi_initialize_security_context_async(other, &args),
			   SEC_E_OK);
	sspi_fixture_entered(test);
	KUNIT_EXPECT_EQ(test, 2, atomic_read(&fake_ctl.steps));
	complete_all(&fake_ctl.gate);
	SSPI_EXPECT_STATUS(test, sspi_wait_async_call(other, FIXTURE_TIMEOUT_MS),
			   SEC_E_OK);
	SSPI_EXPECT_STATUS(test,
			   sspi_wait_async_call(f->actx, FIXTURE_TIMEOUT_MS),
			   SEC_E_OK);
	sspi_free_context_buffer(out.data);
	sspi_delete_security_context(&ctx);
	sspi_free_async_context(other);
}

/* 7: a failed context is dead, its keys are wiped, and delete takes it. */
static void contract_7_failed_context(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct sec_pkg_context_session_key key;
	struct sspi_initialize_args args;

	fake_ctl.status = SEC_E_LOGON_DENIED;
	SSPI_EXPECT_STATUS(test, sspi_fixture_run(test, f), SEC_E_LOGON_DENIED);
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&fake_ctl.fails));
	KUNIT_EXPECT_NE(test, 0ULL, f->ctx.lower);
	fake_ctl.status = SEC_E_OK;
	args = sspi_fixture_first_leg(f);
	args.ctx = &f->ctx;
	SSPI_EXPECT_STATUS(test, sspi_initialize_security_context(&args),
			   SEC_E_NO_CONTEXT);
	SSPI_EXPECT_STATUS(test,
			   sspi_query_context_attributes(&f->ctx,
							 SECPKG_ATTR_SESSION_KEY,
							 &key, sizeof(key)),
			   SEC_E_NO_CONTEXT);
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&fake_ctl.steps));
	SSPI_EXPECT_STATUS(test, sspi_delete_security_context(&f->ctx),
			   SEC_E_OK);
	SSPI_EXPECT_STATUS(test, sspi_delete_security_context(&f->ctx),
			   SEC_E_INVALID_HANDLE);
	f->ctx.lower = 0;
}

/* 9: steps run where no allocation starts I/O. */
static void contract_9_noio(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;

	SSPI_EXPECT_STATUS(test, sspi_fixture_run(test, f), SEC_E_OK);
	KUNIT_EXPECT_TRUE(test, fake_ctl.seen.noio);
	KUNIT_EXPECT_TRUE(test, fake_ctl.seen.workqueue);
}

static struct kunit_case call_cases[] = {
	KUNIT_CASE(contract_1_one_completion),
	KUNIT_CASE(contract_1_error_queues_nothing),
	KUNIT_CASE(contract_2_callback_context),
	KUNIT_CASE(contract_2_resubmit_in_callback),
	KUNIT_CASE(contract_2_free_in_callback),
	KUNIT_CASE(contract_3_inputs_are_copied),
	KUNIT_CASE(contract_3_outputs_at_completion),
	KUNIT_CASE(contract_3_cancelled_writes_nothing),
	KUNIT_CASE(contract_3_caller_buffer),
	KUNIT_CASE(contract_4_states),
	KUNIT_CASE(contract_4_reinit),
	KUNIT_CASE(contract_4_free_pending),
	KUNIT_CASE(contract_4_free_waits_for_callback),
	KUNIT_CASE(contract_4_delete_and_forget),
	KUNIT_CASE(contract_5_cancel),
	KUNIT_CASE(contract_5_wait),
	KUNIT_CASE(contract_5_deadline),
	KUNIT_CASE(contract_6_one_step),
	KUNIT_CASE(contract_6_contexts_in_parallel),
	KUNIT_CASE(contract_7_failed_context),
	KUNIT_CASE(contract_9_noio),
	{}
};

static struct kunit_suite call_suite = {
	.name = "sspi_call",
	.init = sspi_fixture_init,
	.exit = sspi_fixture_exit,
	.test_cases = call_cases,
};

kunit_test_suites(&call_suite);
