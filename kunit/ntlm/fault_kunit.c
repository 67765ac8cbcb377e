// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each public operation with its first, second, ... allocation failing until
 * none fails any more. What fails says so, what is left can be deleted, and the
 * same operation succeeds afterwards. Leaks are for kmemleak to find.
 */
#include <linux/module.h>

#include "core/fault.h"
#include "kunit/ntlm/exchange.h"
#include "kunit/support/fault.h"
#include "kunit/core/sspi_fixture.h"

#define MOST_ALLOCATIONS 500

/* Whether the operation is allowed to end so when memory runs out. */
static bool memory_status(sec_status_t status)
{
	return status == SEC_E_INSUFFICIENT_MEMORY;
}

void fault_each_allocation(struct kunit *test, fault_fn op)
{
	sec_status_t status;
	unsigned int nth;

	for (nth = 1; nth < MOST_ALLOCATIONS; nth++) {
		sspi_fault_at(nth);
		status = op(test);
		if (!sspi_fault_hit())
			break;
		KUNIT_EXPECT_TRUE_MSG(test, memory_status(status),
				      "allocation %u: %s", nth,
				      sec_status_name(status));
	}
	sspi_fault_at(0);
	SSPI_EXPECT_STATUS(test, status, SEC_E_OK);
	KUNIT_EXPECT_GT(test, nth, 1U);
	KUNIT_EXPECT_LT(test, nth, (unsigned int)MOST_ALLOCATIONS);
	SSPI_EXPECT_STATUS(test, op(test), SEC_E_OK);
	kunit_info(test, "%u allocations failed\n", nth - 1);
}

static sec_status_t op_tracker(struct kunit *test)
{
	struct sspi_async_context *actx = sspi_create_async_context();

	sspi_free_async_context(actx);
	return actx ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

static sec_status_t op_acquire(struct kunit *test)
{
	struct exchange x;
	sec_status_t status = exchange_acquire(&x, EXCHANGE_PASSWORD,
					       EXCHANGE_PASSWORD);

	exchange_release(&x);
	return status;
}

static sec_status_t op_exchange(struct kunit *test)
{
	struct exchange x;
	sec_status_t status = exchange_acquire(&x, EXCHANGE_PASSWORD,
					       EXCHANGE_PASSWORD);

	if (status == SEC_E_OK)
		status = exchange_negotiate(&x);
	if (status == SEC_E_OK)
		status = exchange_message(&x);
	exchange_release(&x);
	return status;
}

static sec_status_t op_queries(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct sec_pkg_context_names names = {};
	struct sec_pkg_credentials_names cred_names = {};
	struct sec_pkg_info *infos = NULL;
	sec_status_t status;
	u32 count;

	status = sspi_query_context_attributes(&f->ctx, SECPKG_ATTR_NAMES,
					       &names, sizeof(names));
	sspi_free_context_buffer(names.user_name);
	if (status != SEC_E_OK)
		return status;
	status = sspi_query_credentials_attributes(&f->cred,
						   SECPKG_CRED_ATTR_NAMES,
						   &cred_names,
						   sizeof(cred_names));
	sspi_free_context_buffer(cred_names.user_name);
	if (status != SEC_E_OK)
		return status;
	status = sspi_enumerate_security_packages(&count, &infos);
	sspi_free_context_buffer(infos);
	return status;
}

static sec_status_t op_transfer(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct sec_buffer packed = {};
	struct sspi_ctxt_handle ctx = {};
	sec_status_t status;

	status = sspi_export_security_context(&f->ctx,
					      SECPKG_CONTEXT_EXPORT_DELETE_OLD,
					      &packed);
	if (status != SEC_E_OK)
		return status;
	status = sspi_import_security_context(FAKE_NAME, &packed, &ctx);
	if (memory_status(status)) {
		/* The ticket is still good. */
		SSPI_EXPECT_STATUS(test,
				   sspi_import_security_context(FAKE_NAME,
								&packed, &ctx),
				   SEC_E_OK);
	}
	f->ctx = ctx;
	sspi_free_context_buffer(packed.data);
	return status;
}

static void fault_tracker(struct kunit *test)
{
	fault_each_allocation(test, op_tracker);
}

static void fault_acquire(struct kunit *test)
{
	fault_each_allocation(test, op_acquire);
}

static void fault_exchange(struct kunit *test)
{
	fault_each_allocation(test, op_exchange);
}

static void fault_queries(struct kunit *test)
{
	SSPI_EXPECT_STATUS(test, sspi_fixture_run(test, test->priv), SEC_E_OK);
	fault_each_allocation(test, op_queries);
}

static void fault_transfer(struct kunit *test)
{
	SSPI_EXPECT_STATUS(test, sspi_fixture_run(test, test->priv), SEC_E_OK);
	fault_each_allocation(test, op_transfer);
}

/* Deleting and freeing need no memory at all. */
static void delete_without_memory(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	unsigned int nth;

	SSPI_EXPECT_STATUS(test, sspi_fixture_run(test, f), SEC_E_OK);
	SSPI_EXPECT_STATUS(test, sspi_reinit_async_context(f->actx), SEC_E_OK);
	nth = 1;
	sspi_fault_at(nth);
	SSPI_EXPECT_STATUS(test,
			   sspi_delete_security_context_async(f->actx, &f->ctx),
			   SEC_E_OK);
	SSPI_EXPECT_STATUS(test,
			   sspi_wait_async_call(f->actx, FIXTURE_TIMEOUT_MS),
			   SEC_E_OK);
	SSPI_EXPECT_STATUS(test, sspi_free_credentials_handle(&f->cred),
			   SEC_E_OK);
	KUNIT_EXPECT_FALSE(test, sspi_fault_hit());
	sspi_fault_at(0);
	f->ctx.lower = 0;
	f->cred.lower = 0;
}

static struct kunit_case fault_cases[] = {
	KUNIT_CASE(fault_tracker),
	KUNIT_CASE(fault_acquire),
	KUNIT_CASE(fault_exchange),
	KUNIT_CASE(fault_queries),
	KUNIT_CASE(fault_transfer),
	KUNIT_CASE(delete_without_memory),
	{}
};

static struct kunit_suite fault_suite = {
	.name = "sspi_fault",
	.init = sspi_fixture_init,
	.exit = sspi_fixture_exit,
	.test_cases = fault_cases,
};

kunit_test_suites(&fault_suite);
