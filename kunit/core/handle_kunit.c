// SPDX-License-Identifier: GPL-2.0-only
/* Handles: stale, forged, foreign and double-deleted ones are refused. */
#include <linux/module.h>

#include "kunit/core/sspi_fixture.h"

static sec_status_t flags_of(const struct sspi_ctxt_handle *ctx)
{
	struct sec_pkg_context_flags flags;

	return sspi_query_context_attributes(ctx, SECPKG_ATTR_FLAGS, &flags,
					     sizeof(flags));
}

static void stale_handle(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct sspi_ctxt_handle old;

	SSPI_EXPECT_STATUS(test, sspi_fixture_run(test, f), SEC_E_OK);
	old = f->ctx;
	SSPI_EXPECT_STATUS(test, flags_of(&old), SEC_E_OK);
	SSPI_EXPECT_STATUS(test, sspi_delete_security_context(&f->ctx),
			   SEC_E_OK);
	SSPI_EXPECT_STATUS(test, sspi_reinit_async_context(f->actx), SEC_E_OK);
	SSPI_EXPECT_STATUS(test, sspi_fixture_run(test, f), SEC_E_OK);
	KUNIT_EXPECT_NE(test, old.lower, f->ctx.lower);
	SSPI_EXPECT_STATUS(test, flags_of(&old), SEC_E_INVALID_HANDLE);
	SSPI_EXPECT_STATUS(test, sspi_delete_security_context(&old),
			   SEC_E_INVALID_HANDLE);
	SSPI_EXPECT_STATUS(test, flags_of(&f->ctx), SEC_E_OK);
}

/* Each bit of a good handle matters. */
static void forged_handle(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct sspi_ctxt_handle bad;
	int bit;
	int tried = 0;

	SSPI_EXPECT_STATUS(test, sspi_fixture_run(test, f), SEC_E_OK);
	for (bit = 0; bit < 64; bit++) {
		bad = f->ctx;
		bad.lower ^= BIT_ULL(bit);
		SSPI_EXPECT_STATUS(test, flags_of(&bad), SEC_E_INVALID_HANDLE);
		bad = f->ctx;
		bad.upper ^= BIT_ULL(bit);
		SSPI_EXPECT_STATUS(test, flags_of(&bad), SEC_E_INVALID_HANDLE);
		tried += 2;
	}
	memset(&bad, 0, sizeof(bad));
	SSPI_EXPECT_STATUS(test, flags_of(&bad), SEC_E_INVALID_HANDLE);
	memset(&bad, 0xff, sizeof(bad));
	SSPI_EXPECT_STATUS(test, flags_of(&bad), SEC_E_INVALID_HANDLE);
	KUNIT_EXPECT_EQ(test, 128, tried);
}

/* A credential's handle is no context's, nor the other way round. */
static void handle_of_the_other_type(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct sspi_ctxt_handle as_ctx = { f->cred.lower, f->cred.upper };
	struct sspi_cred_handle as_cred;

	SSPI_EXPECT_STATUS(test, sspi_fixture_run(test, f), SEC_E_OK);
	as_cred = (struct sspi_cred_handle){ f->ctx.lower, f->ctx.upper };
	SSPI_EXPECT_STATUS(test, sspi_delete_security_context(&as_ctx),
			   SEC_E_INVALID_HANDLE);
	SSPI_EXPECT_STATUS(test, sspi_free_credentials_handle(&as_cred),
			   SEC_E_INVALID_HANDLE);
}

/* What belongs to one module is nothing to another. */
static void foreign_handle(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct sspi_initialize_args args;
	struct sec_pkg_context_flags flags;

	if (!__is_defined(MODULE))
		kunit_skip(test, "built in: the whole kernel is one owner");
	SSPI_EXPECT_STATUS(test, sspi_fixture_run(test, f), SEC_E_OK);
	SSPI_EXPECT_STATUS(test,
			   __sspi_query_context_attributes(NULL, &f->ctx,
							   SECPKG_ATTR_FLAGS,
							   &flags,
							   sizeof(flags)),
			   SEC_E_INVALID_HANDLE);
	SSPI_EXPECT_STATUS(test, __sspi_delete_security_context(NULL, &f->ctx),
			   SEC_E_INVALID_HANDLE);
	SSPI_EXPECT_STATUS(test, __sspi_free_credentials_handle(NULL, &f->cred),
			   SEC_E_INVALID_HANDLE);
	args = sspi_fixture_first_leg(f);
	SSPI_EXPECT_STATUS(test,
			   __sspi_initialize_security_context(NULL, &args),
			   SEC_E_INVALID_HANDLE);
	SSPI_EXPECT_STATUS(test, flags_of(&f->ctx), SEC_E_OK);
}

/* Freeing a credential leaves its contexts alive. */
static void context_outlives_credential(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct sspi_initialize_args args;

	fake_ctl.status = SEC_I_CONTINUE_NEEDED;
	SSPI_EXPECT_STATUS(test, sspi_fixture_run(test, f),
			   SEC_I_CONTINUE_NEEDED);
	SSPI_EXPECT_STATUS(test, sspi_free_credentials_handle(&f->cred),
			   SEC_E_OK);
	f->cred.lower = 0;
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&fake_ctl.cred_live));
	fake_ctl.status = SEC_E_OK;
	args = sspi_fixture_first_leg(f);
	args.cred = NULL;
	args.ctx = &f->ctx;
	SSPI_EXPECT_STATUS(test, sspi_initialize_security_context(&args),
			   SEC_E_OK);
	SSPI_EXPECT_STATUS(test, flags_of(&f->ctx), SEC_E_OK);
}

#define MANY 2000

/* Many live contexts: every handle is its own and finds its own context. */
static void many_contexts(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct sspi_ctxt_handle *ctx;
	struct sspi_initialize_args args;
	sec_status_t status;
	int i;
	int made;

	ctx = kvcalloc(MANY, sizeof(*ctx), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ctx);
	args = sspi_fixture_first_leg(f);
	for (made = 0; made < MANY; made++) {
		args.new_ctx = &ctx[made];
		status = sspi_initialize_security_context(&args);
		sspi_fixture_drop_output(f);
		if (status != SEC_E_OK)
			break;
	}
	KUNIT_EXPECT_EQ(test, MANY, made);
	for (i = 0; i < made; i += 2)
		SSPI_EXPECT_STATUS(test, sspi_delete_security_context(&ctx[i]),
				   SEC_E_OK);
	for (i = 0; i < made; i++)
		SSPI_EXPECT_STATUS(test, flags_of(&ctx[i]),
				   i % 2 ? SEC_E_OK : SEC_E_INVALID_HANDLE);
	for (i = 1; i < made; i += 2)
		SSPI_EXPECT_STATUS(test, sspi_delete_security_context(&ctx[i]),
				   SEC_E_OK);
	kvfree(ctx);
}

/* An exported context is gone here and whole there; the ticket is single use. */
static void export_and_import(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct sec_buffer packed = {};
	struct sspi_ctxt_handle ctx = {};
	struct sspi_ctxt_handle again = {};

	SSPI_EXPECT_STATUS(test, sspi_fixture_run(test, f), SEC_E_OK);
	SSPI_EXPECT_STATUS(test,
			   sspi_export_security_context(&f->ctx,
							SECPKG_CONTEXT_EXPORT_DELETE_OLD,
							&packed),
			   SEC_E_OK);
	KUNIT_ASSERT_NOT_NULL(test, packed.data);
	SSPI_EXPECT_STATUS(test, flags_of(&f->ctx), SEC_E_INVALID_HANDLE);
	((u8 *)packed.data)[packed.len - 1] ^= 1;
	SSPI_EXPECT_STATUS(test,
			   sspi_import_security_context(FAKE_NAME, &packed,
							&ctx),
			   SEC_E_INVALID_TOKEN);
	((u8 *)packed.data)[packed.len - 1] ^= 1;
	SSPI_EXPECT_STATUS(test,
			   sspi_import_security_context(FAKE_NAME, &packed,
							&ctx),
			   SEC_E_OK);
	SSPI_EXPECT_STATUS(test,
			   sspi_import_security_context(FAKE_NAME, &packed,
							&again),
			   SEC_E_INVALID_TOKEN);
	SSPI_EXPECT_STATUS(test, flags_of(&ctx), SEC_E_OK);
	sspi_free_context_buffer(packed.data);
	f->ctx = ctx;
}

/* Deleting beneath a step ends the call, once, and nothing is published. */
static void delete_beneath_a_step(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct sspi_initialize_args args;
	struct sspi_ctxt_handle ctx;

	fake_ctl.status = SEC_I_CONTINUE_NEEDED;
	SSPI_EXPECT_STATUS(test, sspi_fixture_run(test, f),
			   SEC_I_CONTINUE_NEEDED);
	ctx = f->ctx;
	fake_ctl.gated = true;
	reinit_completion(&fake_ctl.entered);
	SSPI_EXPECT_STATUS(test, sspi_reinit_async_context(f->actx), SEC_E_OK);
	args = sspi_fixture_first_leg(f);
	args.ctx = &ctx;
	SSPI_EXPECT_STATUS(test,
			   sspi_initialize_security_context_async(f->actx,
								  &args),
			   SEC_E_OK);
	sspi_fixture_entered(test);
	SSPI_EXPECT_STATUS(test, sspi_delete_security_context(&ctx), SEC_E_OK);
	complete_all(&fake_ctl.gate);
	SSPI_EXPECT_STATUS(test,
			   sspi_wait_async_call(f->actx, FIXTURE_TIMEOUT_MS),
			   SEC_E_UNFINISHED_CONTEXT_DELETED);
	KUNIT_EXPECT_NULL(test, f->out.data);
	f->ctx.lower = 0;
}

/* Acquire and free as asynchronous calls. */
static void acquire_and_free_async(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct sspi_auth_identity id = { .user = "alice" };
	struct sspi_acquire_args acq = {
		.package = "fAKE",
		.cred_use = SECPKG_CRED_OUTBOUND,
		.identity = &id,
	};
	struct sec_pkg_credentials_names names = {};
	struct sspi_cred_handle cred = {};
	s64 expiry = 0;

	SSPI_EXPECT_STATUS(test,
			   sspi_acquire_credentials_handle_async(f->actx, &acq,
								 &cred,
								 &expiry),
			   SEC_E_OK);
	SSPI_EXPECT_STATUS(test,
			   sspi_wait_async_call(f->actx, FIXTURE_TIMEOUT_MS),
			   SEC_E_OK);
	KUNIT_EXPECT_EQ(test, SSPI_EXPIRY_NEVER, expiry);
	SSPI_EXPECT_STATUS(test,
			   sspi_query_credentials_attributes(&cred,
							     SECPKG_CRED_ATTR_NAMES,
							     &names,
							     sizeof(names)),
			   SEC_E_OK);
	KUNIT_EXPECT_STREQ(test, names.user_name, "alice");
	sspi_free_context_buffer(names.user_name);
	SSPI_EXPECT_STATUS(test, sspi_reinit_async_context(f->actx), SEC_E_OK);
	SSPI_EXPECT_STATUS(test,
			   sspi_free_credentials_handle_async(f->actx, &cred),
			   SEC_E_OK);
	SSPI_EXPECT_STATUS(test,
			   sspi_wait_async_call(f->actx, FIXTURE_TIMEOUT_MS),
			   SEC_E_OK);
	SSPI_EXPECT_STATUS(test, sspi_free_credentials_handle(&cred),
			   SEC_E_INVALID_HANDLE);
}

static struct sspi_ctxt_handle accepted(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct sec_buffer in = { 1, SECBUFFER_TOKEN, "x" };
	struct sec_buffer_desc desc = { SECBUFFER_VERSION, 1, &in };
	struct sec_buffer out = { .type = SECBUFFER_TOKEN };
	struct sec_buffer_desc out_desc = { SECBUFFER_VERSION, 1, &out };
	struct sspi_ctxt_handle ctx = {};
	struct sspi_accept_args args = {
		.cred = &f->cred,
		.req = ASC_REQ_ALLOCATE_MEMORY,
		.target_data_rep = SECURITY_NATIVE_DREP,
		.input = &desc,
		.new_ctx = &ctx,
		.output = &out_desc,
		.attr = &f->attr,
	};

	SSPI_EXPECT_STATUS(test, sspi_accept_security_context(&args),
			   fake_ctl.status);
	sspi_free_context_buffer(out.data);
	return ctx;
}

static sec_status_t take_delegated(const struct sspi_ctxt_handle *ctx,
				   struct sspi_cred_handle *cred)
{
	struct sspi_acquire_args acq = {
		.package = FAKE_NAME,
		.cred_use = SECPKG_CRED_OUTBOUND,
		.delegated = ctx,
	};

	fake_ctl.delegated = NULL;
	return sspi_acquire_credentials_handle(&acq, cred, NULL);
}

/* A credential out of an acceptor's established context, and of no other. */
static void delegated_credential(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct sspi_ctxt_handle ctx = accepted(test), other;
	struct sspi_cred_handle cred = {};

	SSPI_EXPECT_STATUS(test, take_delegated(&ctx, &cred), SEC_E_OK);
	KUNIT_EXPECT_NOT_NULL(test, fake_ctl.delegated);
	SSPI_EXPECT_STATUS(test, sspi_delete_security_context(&ctx), SEC_E_OK);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&fake_ctl.ctx_live));
	SSPI_EXPECT_STATUS(test, sspi_free_credentials_handle(&cred), SEC_E_OK);
	SSPI_EXPECT_STATUS(test, take_delegated(&ctx, &cred),
			   SEC_E_INVALID_HANDLE);

	SSPI_EXPECT_STATUS(test, sspi_fixture_run(test, f), SEC_E_OK);
	SSPI_EXPECT_STATUS(test, take_delegated(&f->ctx, &cred),
			   SEC_E_INVALID_PARAMETER);
	fake_ctl.status = SEC_I_CONTINUE_NEEDED;
	other = accepted(test);
	fake_ctl.status = SEC_E_OK;
	SSPI_EXPECT_STATUS(test, take_delegated(&other, &cred),
			   SEC_E_OUT_OF_SEQUENCE);
	SSPI_EXPECT_STATUS(test, sspi_delete_security_context(&other), SEC_E_OK);
	fake_ctl.status = SEC_E_LOGON_DENIED;
	other = accepted(test);
	fake_ctl.status = SEC_E_OK;
	SSPI_EXPECT_STATUS(test, take_delegated(&other, &cred),
			   SEC_E_NO_CONTEXT);
	SSPI_EXPECT_STATUS(test, sspi_delete_security_context(&other), SEC_E_OK);
	KUNIT_EXPECT_NULL(test, fake_ctl.delegated);
}

static struct kunit_case handle_cases[] = {
	KUNIT_CASE(stale_handle),
	KUNIT_CASE(forged_handle),
	KUNIT_CASE(handle_of_the_other_type),
	KUNIT_CASE(foreign_handle),
	KUNIT_CASE(context_outlives_credential),
	KUNIT_CASE(many_contexts),
	KUNIT_CASE(export_and_import),
	KUNIT_CASE(delete_beneath_a_step),
	KUNIT_CASE(acquire_and_free_async),
	KUNIT_CASE(delegated_credential),
	{}
};

static struct kunit_suite handle_suite = {
	.name = "sspi_handle",
	.init = sspi_fixture_init,
	.exit = sspi_fixture_exit,
	.test_cases = handle_cases,
};

kunit_test_suites(&handle_suite);
