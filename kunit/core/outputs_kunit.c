// SPDX-License-Identifier: GPL-2.0-only
/* What invites faults of consumers: outputs left as they were, frees too many. */
#include <linux/module.h>
#include <linux/sspi_package.h>
#include <linux/string.h>

#include "kunit/core/sspi_fixture.h"

#define BIG	(8 * 1024 * 1024)	/* more than pages in a row can be */

/*
 * Whoever looks at the output before the end, or after a leg that ended without
 * one, finds nothing there to free.
 */
static void cleared_at_submit(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct sspi_initialize_args args = sspi_fixture_first_leg(f);
	u8 stale[16] = {};

	f->out.data = stale;
	f->out.len = sizeof(stale);
	fake_ctl.gated = true;
	SSPI_ASSERT_STATUS(test,
			   sspi_initialize_security_context_async(f->actx,
								  &args),
			   SEC_E_OK);
	sspi_fixture_entered(test);
	KUNIT_EXPECT_NULL(test, f->out.data);
	KUNIT_EXPECT_EQ(test, 0U, (unsigned int)f->out.len);
	KUNIT_EXPECT_TRUE(test, sspi_cancel_async_call(f->actx));
	KUNIT_EXPECT_NULL(test, f->out.data);
	f->out.data = NULL;
}

/* The same of an acceptor. */
static void cleared_at_submit_of_acceptor(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	u8 stale[16] = {};
	struct sspi_accept_args args = {
		.cred = &f->cred,
		.req = ASC_REQ_ALLOCATE_MEMORY,
		.target_data_rep = SECURITY_NATIVE_DREP,
		.new_ctx = &f->ctx,
		.output = &f->out_desc,
	};

	sspi_fixture_first_leg(f);
	f->out.data = stale;
	f->out.len = sizeof(stale);
	fake_ctl.gated = true;
	SSPI_ASSERT_STATUS(test,
			   sspi_accept_security_context_async(f->actx, &args),
			   SEC_E_OK);
	sspi_fixture_entered(test);
	KUNIT_EXPECT_NULL(test, f->out.data);
	KUNIT_EXPECT_EQ(test, 0U, (unsigned int)f->out.len);
	KUNIT_EXPECT_TRUE(test, sspi_cancel_async_call(f->actx));
	f->out.data = NULL;
}

/* A token that there is no place for would be lost, and the context with it. */
static void token_has_a_place(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct sspi_initialize_args args = sspi_fixture_first_leg(f);

	args.output = NULL;
	SSPI_EXPECT_STATUS(test,
			   sspi_initialize_security_context_async(f->actx,
								  &args),
			   SEC_E_INVALID_PARAMETER);
	args.output = &f->out_desc;
	f->out.type = SECBUFFER_EMPTY;
	SSPI_EXPECT_STATUS(test, sspi_reinit_async_context(f->actx),
			   SEC_E_OUT_OF_SEQUENCE);
	SSPI_EXPECT_STATUS(test,
			   sspi_initialize_security_context_async(f->actx,
								  &args),
			   SEC_E_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&fake_ctl.steps));
	/* Nothing was queued: the tracker is still idle. */
	SSPI_EXPECT_STATUS(test, sspi_get_async_call_status(f->actx),
			   SEC_E_INVALID_HANDLE);
	SSPI_EXPECT_STATUS(test, sspi_fixture_run(test, f), SEC_E_OK);
}

static void token_of_acceptor_has_a_place(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct sspi_accept_args args = {
		.cred = &f->cred,
		.req = ASC_REQ_ALLOCATE_MEMORY,
		.target_data_rep = SECURITY_NATIVE_DREP,
		.new_ctx = &f->ctx,
	};

	SSPI_EXPECT_STATUS(test,
			   sspi_accept_security_context_async(f->actx, &args),
			   SEC_E_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&fake_ctl.steps));
}

/*
 * The memory of a tracker that was freed goes to the next. To free it once more
 * takes nothing away from whoever has it now, and returns.
 */
static void tracker_freed_twice(struct kunit *test)
{
	struct sspi_async_context *t = sspi_create_async_context();

	KUNIT_ASSERT_NOT_NULL(test, t);
	sspi_free_async_context(t);
	sspi_free_async_context(t);
	SSPI_EXPECT_STATUS(test, sspi_fixture_run(test, test->priv), SEC_E_OK);
}

/* A blob of any size that is allowed: a page at a time will do. */
static void big_blob(struct kunit *test)
{
	u8 *p = sspi_alloc(BIG);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_NULL(test, memchr_inv(p, 0, BIG));
	memset(p, 0x5a, BIG);
	sspi_free(p);
	p = sspi_alloc(BIG);
	KUNIT_ASSERT_NOT_NULL(test, p);
	memset(p, 0x5a, BIG);
	sspi_free_context_buffer(p);
}

static struct kunit_case outputs_cases[] = {
	KUNIT_CASE(cleared_at_submit),
	KUNIT_CASE(cleared_at_submit_of_acceptor),
	KUNIT_CASE(token_has_a_place),
	KUNIT_CASE(token_of_acceptor_has_a_place),
	KUNIT_CASE(big_blob),
	KUNIT_CASE(tracker_freed_twice),
	{}
};

static struct kunit_suite outputs_suite = {
	.name = "sspi_outputs",
	.init = sspi_fixture_init,
	.exit = sspi_fixture_exit,
	.test_cases = outputs_cases,
};

kunit_test_suites(&outputs_suite);
