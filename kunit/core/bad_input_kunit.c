// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bad input from a consumer: a clear status, nothing queued, nothing leaked.
 * The fixture's exit checks that nothing is left.
 */
#include <linux/module.h>
#include <linux/vmalloc.h>

#include "kunit/core/sspi_fixture.h"

/* Runs a first leg with @in as its input and says what came of it. */
static sec_status_t with_input(struct sspi_fixture *f, struct sec_buffer *in,
			       u32 count)
{
	struct sspi_initialize_args args = sspi_fixture_first_leg(f);
	struct sec_buffer_desc desc = { .count = count, .buffers = in };
	sec_status_t status;

	args.input = &desc;
	status = sspi_initialize_security_context(&args);
	sspi_fixture_drop_output(f);
	if (f->ctx.lower)
		sspi_delete_security_context(&f->ctx);
	memset(&f->ctx, 0, sizeof(f->ctx));
	return status;
}

static void null_pointers(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct sspi_initialize_args args = sspi_fixture_first_leg(f);
	struct sspi_accept_args acc = {};
	struct sspi_acquire_args acq = {};
	struct sspi_cred_handle cred;

	SSPI_EXPECT_STATUS(test,
			   sspi_initialize_security_context_async(NULL, &args),
			   SEC_E_INVALID_PARAMETER);
	SSPI_EXPECT_STATUS(test,
			   sspi_initialize_security_context_async(f->actx,
								  NULL),
			   SEC_E_INVALID_PARAMETER);
	SSPI_EXPECT_STATUS(test,
			   sspi_accept_security_context_async(f->actx, NULL),
			   SEC_E_INVALID_PARAMETER);
	KUNIT_EXPECT_NE(test, (__force u32)SEC_E_OK,
			(__force u32)sspi_accept_security_context(&acc));
	SSPI_EXPECT_STATUS(test,
			   sspi_acquire_credentials_handle(NULL, &cred, NULL),
			   SEC_E_INVALID_PARAMETER);
	KUNIT_EXPECT_NE(test, (__force u32)SEC_E_OK,
			(__force u32)sspi_acquire_credentials_handle(&acq,
								     &cred,
								     NULL));
	SSPI_EXPECT_STATUS(test, sspi_delete_security_context(NULL),
			   SEC_E_INVALID_PARAMETER);
	SSPI_EXPECT_STATUS(test, sspi_free_credentials_handle(NULL),
			   SEC_E_INVALID_PARAMETER);
	args.new_ctx = NULL;
	SSPI_EXPECT_STATUS(test, sspi_initialize_security_context(&args),
			   SEC_E_INVALID_PARAMETER);
	args = sspi_fixture_first_leg(f);
	args.cred = NULL;
	SSPI_EXPECT_STATUS(test, sspi_initialize_security_context(&args),
			   SEC_E_INVALID_HANDLE);
	sspi_free_async_context(NULL);
	sspi_free_context_buffer(NULL);
	KUNIT_EXPECT_FALSE(test, sspi_cancel_async_call(NULL));
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&fake_ctl.steps));
}

/* Every flag bit that the package does not know is refused, by itself. */
static void unknown_flags(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct sspi_initialize_args args;
	int refused = 0;
	int bit;

	for (bit = 0; bit < 64; bit++) {
		if (fake_package.isc_req & BIT_ULL(bit))
			continue;
		args = sspi_fixture_first_leg(f);
		args.req |= BIT_ULL(bit);
		SSPI_EXPECT_STATUS(test,
				   sspi_initialize_security_context(&args),
				   SEC_E_UNSUPPORTED_FUNCTION);
		refused++;
	}
	KUNIT_EXPECT_EQ(test, 64 - (int)hweight64(fake_package.isc_req),
			refused);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&fake_ctl.steps));
}

static void reserved_parameters(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct sspi_initialize_args args;

	args = sspi_fixture_first_leg(f);
	args.reserved1 = 1;
	SSPI_EXPECT_STATUS(test, sspi_initialize_security_context(&args),
			   SEC_E_INVALID_PARAMETER);
	args = sspi_fixture_first_leg(f);
	args.reserved2 = 0x80000000;
	SSPI_EXPECT_STATUS(test, sspi_initialize_security_context(&args),
			   SEC_E_INVALID_PARAMETER);
	args = sspi_fixture_first_leg(f);
	args.target_data_rep = 0x11;
	SSPI_EXPECT_STATUS(test, sspi_initialize_security_context(&args),
			   SEC_E_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&fake_ctl.steps));
}

/* Descriptors that lie about versions, counts and lengths. */
static void descriptors(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct sspi_initialize_args args = sspi_fixture_first_leg(f);
	u8 token[8] = {};
	struct sec_buffer in[2] = {
		{ .len = 8, .type = SECBUFFER_TOKEN, .data = token },
		{ .len = 8, .type = SECBUFFER_TOKEN, .data = token },
	};
	struct sec_buffer_desc desc = { .count = 1, .buffers = in };

	args.input = &desc;
	desc.version = 1;
	SSPI_EXPECT_STATUS(test, sspi_initialize_security_context(&args),
			   SEC_E_INVALID_PARAMETER);
	desc.version = SECBUFFER_VERSION;
	desc.count = SSPI_MAX_BUFFERS + 1;
	SSPI_EXPECT_STATUS(test, sspi_initialize_security_context(&args),
			   SEC_E_INVALID_PARAMETER);
	desc.count = 0xffffffff;
	SSPI_EXPECT_STATUS(test, sspi_initialize_security_context(&args),
			   SEC_E_INVALID_PARAMETER);
	desc.count = 1;
	desc.buffers = NULL;
	SSPI_EXPECT_STATUS(test, sspi_initialize_security_context(&args),
			   SEC_E_INVALID_PARAMETER);
	desc.buffers = (struct sec_buffer *)((u8 *)in + 1);
	SSPI_EXPECT_STATUS(test, sspi_initialize_security_context(&args),
			   SEC_E_INVALID_PARAMETER);
	SSPI_EXPECT_STATUS(test, with_input(f, in, 2), SEC_E_INVALID_PARAMETER);
	in[0].type = 99;
	SSPI_EXPECT_STATUS(test, with_input(f, in, 1), SEC_E_INVALID_PARAMETER);
	in[0].type = SECBUFFER_TOKEN;
	in[0].data = NULL;
	SSPI_EXPECT_STATUS(test, with_input(f, in, 1), SEC_E_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&fake_ctl.steps));
}

/* A length that claims up to 4 GiB is refused before a byte is read. */
static void oversized_tokens(struct kunit *test)
{
	static const u32 lens[] = {
		SSPI_MAX_TOKEN + 1, 0x7fffffff, 0x80000000, 0xfffffff0,
		0xffffffff,
	};
	struct sspi_fixture *f = test->priv;
	u8 byte = 0;
	struct sec_buffer in = { .type = SECBUFFER_TOKEN, .data = &byte };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		in.len = lens[i];
		SSPI_EXPECT_STATUS(test, with_input(f, &in, 1),
				   SEC_E_INVALID_TOKEN);
	}
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&fake_ctl.steps));
	in.data = vzalloc(SSPI_MAX_TOKEN);
	KUNIT_ASSERT_NOT_NULL(test, in.data);
	in.len = SSPI_MAX_TOKEN;
	SSPI_EXPECT_STATUS(test, with_input(f, &in, 1), SEC_E_OK);
	vfree(in.data);
	KUNIT_EXPECT_EQ(test, (long)SSPI_MAX_TOKEN, fake_ctl.seen.input_len);
}

/* Absent, empty and present input are three things. */
static void empty_input(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	u8 byte = 0;
	struct sec_buffer in = { .type = SECBUFFER_TOKEN, .data = &byte };
	struct sec_buffer none = { .type = SECBUFFER_EMPTY };

	SSPI_EXPECT_STATUS(test, with_input(f, &in, 1), SEC_E_OK);
	KUNIT_EXPECT_EQ(test, 0L, fake_ctl.seen.input_len);
	SSPI_EXPECT_STATUS(test, with_input(f, &none, 1), SEC_E_OK);
	KUNIT_EXPECT_EQ(test, -1L, fake_ctl.seen.input_len);
}

/* Flags above bit 31 travel in a SECBUFFER_FLAGS buffer too. */
static void flags_buffer(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	u64 flags = ISC_REQ_DEFERRED_CRED_VALIDATION;
	struct sec_buffer in = {
		.len = sizeof(flags), .type = SECBUFFER_FLAGS, .data = &flags,
	};

	SSPI_EXPECT_STATUS(test, with_input(f, &in, 1), SEC_E_OK);
	KUNIT_EXPECT_TRUE(test, fake_ctl.seen.req &
			  ISC_REQ_DEFERRED_CRED_VALIDATION);
	flags = ISC_REQ_MESSAGES;
	SSPI_EXPECT_STATUS(test, with_input(f, &in, 1),
			   SEC_E_UNSUPPORTED_FUNCTION);
	in.len = 4;
	SSPI_EXPECT_STATUS(test, with_input(f, &in, 1),
			   SEC_E_INVALID_PARAMETER);
}

static void calls_in_the_wrong_order(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct sspi_initialize_args args;
	struct sspi_accept_args acc = {
		.ctx = &f->ctx, .target_data_rep = SECURITY_NATIVE_DREP,
		.output = &f->out_desc, .req = ASC_REQ_ALLOCATE_MEMORY,
	};
	struct sec_pkg_context_session_key key;
	u8 byte = 0;
	struct sec_buffer in = {
		.len = 1, .type = SECBUFFER_TOKEN, .data = &byte,
	};
	struct sec_buffer_desc in_desc = { .count = 1, .buffers = &in };

	acc.input = &in_desc;
	fake_ctl.status = SEC_I_CONTINUE_NEEDED;
	SSPI_EXPECT_STATUS(test, sspi_fixture_run(test, f),
			   SEC_I_CONTINUE_NEEDED);
	SSPI_EXPECT_STATUS(test,
			   sspi_query_context_attributes(&f->ctx,
							 SECPKG_ATTR_SESSION_KEY,
							 &key, sizeof(key)),
			   SEC_E_OUT_OF_SEQUENCE);
	KUNIT_EXPECT_NE(test, (__force u32)SEC_E_OK,
			(__force u32)sspi_accept_security_context(&acc));
	fake_ctl.status = SEC_E_OK;
	args = sspi_fixture_first_leg(f);
	args.ctx = &f->ctx;
	SSPI_EXPECT_STATUS(test, sspi_initialize_security_context(&args),
			   SEC_E_OK);
	sspi_fixture_drop_output(f);
	SSPI_EXPECT_STATUS(test, sspi_initialize_security_context(&args),
			   SEC_E_OUT_OF_SEQUENCE);
	SSPI_EXPECT_STATUS(test,
			   sspi_query_context_attributes(&f->ctx,
							 SECPKG_ATTR_SESSION_KEY,
							 &key, sizeof(key)),
			   SEC_E_OK);
	SSPI_EXPECT_STATUS(test,
			   sspi_query_context_attributes(&f->ctx,
							 SECPKG_ATTR_SESSION_KEY,
							 &key, sizeof(key) - 1),
			   SEC_E_INVALID_PARAMETER);
	SSPI_EXPECT_STATUS(test,
			   sspi_query_context_attributes(&f->ctx, 0x7777, &key,
							 sizeof(key)),
			   SEC_E_UNSUPPORTED_FUNCTION);
}

static void names_and_packages(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct sspi_acquire_args acq = {
		.package = "Nobody", .cred_use = SECPKG_CRED_OUTBOUND,
	};
	struct sspi_cred_handle cred;
	struct sec_pkg_info info;
	struct sec_pkg_info *all = NULL;
	char *longname;
	u32 count = 0;
	u32 found = 0;

	SSPI_EXPECT_STATUS(test,
			   sspi_acquire_credentials_handle(&acq, &cred, NULL),
			   SEC_E_SECPKG_NOT_FOUND);
	acq.package = FAKE_NAME;
	acq.cred_use = 0;
	SSPI_EXPECT_STATUS(test,
			   sspi_acquire_credentials_handle(&acq, &cred, NULL),
			   SEC_E_INVALID_PARAMETER);
	acq.cred_use = SECPKG_CRED_OUTBOUND;
	longname = kunit_kzalloc(test, SSPI_MAX_NAME + 2, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, longname);
	memset(longname, 'a', SSPI_MAX_NAME + 1);
	acq.principal = longname;
	SSPI_EXPECT_STATUS(test,
			   sspi_acquire_credentials_handle(&acq, &cred, NULL),
			   SEC_E_INVALID_PARAMETER);
	SSPI_EXPECT_STATUS(test, sspi_register_security_package(&fake_package),
			   SEC_E_CANNOT_INSTALL);
	SSPI_EXPECT_STATUS(test, sspi_register_security_package(NULL),
			   SEC_E_INVALID_PARAMETER);
	SSPI_EXPECT_STATUS(test, sspi_query_security_package_info("fake", &info),
			   SEC_E_OK);
	KUNIT_EXPECT_STREQ(test, info.name, FAKE_NAME);
	SSPI_EXPECT_STATUS(test, sspi_enumerate_security_packages(&count, &all),
			   SEC_E_OK);
	while (count--)
		found += !strcmp(all[count].name, FAKE_NAME);
	KUNIT_EXPECT_EQ(test, 1U, found);
	sspi_free_context_buffer(all);
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&fake_ctl.cred_live));
	(void)f;
}

/* The use of a credential is what it was acquired for. */
static void credential_use(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct sspi_initialize_args args = sspi_fixture_first_leg(f);
	struct sspi_acquire_args acq = {
		.package = FAKE_NAME, .cred_use = SECPKG_CRED_INBOUND,
	};
	struct sspi_cred_handle cred = {};

	SSPI_EXPECT_STATUS(test,
			   sspi_acquire_credentials_handle(&acq, &cred, NULL),
			   SEC_E_OK);
	args.cred = &cred;
	KUNIT_EXPECT_NE(test, (__force u32)SEC_E_OK,
			(__force u32)sspi_initialize_security_context(&args));
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&fake_ctl.steps));
	SSPI_EXPECT_STATUS(test, sspi_free_credentials_handle(&cred), SEC_E_OK);
}

static struct kunit_case bad_input_cases[] = {
	KUNIT_CASE(null_pointers),
	KUNIT_CASE(unknown_flags),
	KUNIT_CASE(reserved_parameters),
	KUNIT_CASE(descriptors),
	KUNIT_CASE(oversized_tokens),
	KUNIT_CASE(empty_input),
	KUNIT_CASE(flags_buffer),
	KUNIT_CASE(calls_in_the_wrong_order),
	KUNIT_CASE(names_and_packages),
	KUNIT_CASE(credential_use),
	{}
};

static struct kunit_suite bad_input_suite = {
	.name = "sspi_bad_input",
	.init = sspi_fixture_init,
	.exit = sspi_fixture_exit,
	.test_cases = bad_input_cases,
};

kunit_test_suites(&bad_input_suite);
