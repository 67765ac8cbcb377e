// SPDX-License-Identifier: GPL-2.0-only
/*
 * A consumer that is built in, as a root file system over the network is: what it
 * got between the service's start and that of file systems and drivers. A part of
 * the suites only where they are built in.
 */
#include <kunit/test.h>
#include <linux/init.h>
#include <linux/sspi.h>

#include "kunit/support/testlib.h"

static struct {
	bool ran;
	sec_status_t acquired;
	sec_status_t stepped;
	u32 token_len;
} early;

static int __init early_consumer(void)
{
	const struct sspi_auth_identity identity = {
		.user = "early",
		.domain = "KSSPI",
		.secret_kind = SSPI_SECRET_PASSWORD,
		.secret = "Early-1-password",
		.secret_len = sizeof("Early-1-password") - 1,
	};
	const struct sspi_acquire_args acquire = {
		.package = "NTLM",
		.cred_use = SECPKG_CRED_OUTBOUND,
		.identity = &identity,
	};
	struct sec_buffer token = { .type = SECBUFFER_TOKEN };
	struct sec_buffer_desc output = { SECBUFFER_VERSION, 1, &token };
	struct sspi_cred_handle cred = {};
	struct sspi_ctxt_handle ctx = {};
	const struct sspi_initialize_args initialize = {
		.cred = &cred,
		.new_ctx = &ctx,
		.req = ISC_REQ_ALLOCATE_MEMORY,
		.output = &output,
	};

	early.ran = true;
	early.acquired = sspi_acquire_credentials_handle(&acquire, &cred, NULL);
	if (early.acquired != SEC_E_OK)
		return 0;
	early.stepped = sspi_initialize_security_context(&initialize);
	early.token_len = token.len;
	sspi_free_context_buffer(token.data);
	sspi_delete_security_context(&ctx);
	sspi_free_credentials_handle(&cred);
	return 0;
}
fs_initcall_sync(early_consumer);

static void there_before_file_systems(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, early.ran);
	SSPI_EXPECT_STATUS(test, early.acquired, SEC_E_OK);
	SSPI_EXPECT_STATUS(test, early.stepped, SEC_I_CONTINUE_NEEDED);
	KUNIT_EXPECT_GT(test, early.token_len, 0U);
}

static struct kunit_case early_cases[] = {
	KUNIT_CASE(there_before_file_systems),
	{}
};

static struct kunit_suite early_suite = {
	.name = "sspi_early",
	.test_cases = early_cases,
};

kunit_test_suites(&early_suite);
