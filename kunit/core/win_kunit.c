// SPDX-License-Identifier: GPL-2.0-only
/* The platform's names: the same calls, in its structures and its strings. */
#include <linux/module.h>
#include <linux/sspi_win.h>

#include "kunit/core/sspi_fixture.h"

static u16 package_text[] = { 'F', 'a', 'k', 'e' };
static u16 target_text[] = { 'c', 'i', 'f', 's', '/', 0xfc, 'b', 'e', 'r' };
static u16 lone_text[] = { 'b', 'a', 'd', 0xd800 };
static u16 user_text[] = { 0xe9, 'm', 'i', 'l', 'e' };

#define WIDE(text) \
	{ .Length = sizeof(text), .MaximumLength = sizeof(text), .Buffer = text }

static UNICODE_STRING package = WIDE(package_text);
static UNICODE_STRING target = WIDE(target_text);
static UNICODE_STRING lone = WIDE(lone_text);

#define FILETIME_1970	116444736000000000LL

struct win {
	SspiAsyncContext *actx;
	CredHandle cred;
	CtxtHandle ctx;
	SecBuffer out;
	SecBufferDesc desc;
	unsigned long attr;
	TimeStamp expiry;
};

static struct win *new_win(struct kunit *test)
{
	struct win *w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, w);
	w->actx = SspiCreateAsyncContext();
	KUNIT_ASSERT_NOT_NULL(test, w->actx);
	w->out.BufferType = SECBUFFER_TOKEN;
	w->desc.cBuffers = 1;
	w->desc.pBuffers = &w->out;
	return w;
}

static SECURITY_STATUS settle(struct win *w, SECURITY_STATUS queued)
{
	if (queued != SEC_E_OK)
		return queued;
	return sspi_wait_async_call(w->actx, FIXTURE_TIMEOUT_MS);
}

static void acquire(struct kunit *test, struct win *w)
{
	SEC_WINNT_AUTH_IDENTITY id = {
		.User = user_text,
		.UserLength = ARRAY_SIZE(user_text),
		.Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE,
	};

	SECURITY_STATUS queued;

	queued = SspiAcquireCredentialsHandleAsyncW(w->actx, NULL, &package,
						    SECPKG_CRED_OUTBOUND, NULL,
						    &id, NULL, NULL, &w->cred,
						    &w->expiry);
	SSPI_EXPECT_STATUS(test, settle(w, queued), SEC_E_OK);
	SSPI_EXPECT_STATUS(test, SspiReinitAsyncContext(w->actx), SEC_E_OK);
}

static SECURITY_STATUS leg_w(struct win *w, PSECURITY_STRING name,
			     unsigned long reserved)
{
	PCtxtHandle ctx = w->ctx.dwLower ? &w->ctx : NULL;
	SECURITY_STATUS queued;

	queued = SspiInitializeSecurityContextAsyncW(w->actx, &w->cred, ctx,
						     name,
						     ISC_REQ_ALLOCATE_MEMORY |
						     ISC_REQ_INTEGRITY,
						     reserved,
						     SECURITY_NATIVE_DREP, NULL,
						     0, &w->ctx, &w->desc,
						     &w->attr, &w->expiry);
	return settle(w, queued);
}

static void release(struct kunit *test, struct win *w)
{
	sspi_free_context_buffer(w->out.pvBuffer);
	SSPI_EXPECT_STATUS(test,
			   settle(w, SspiDeleteSecurityContextAsync(w->actx,
								    &w->ctx)),
			   SEC_E_OK);
	SSPI_EXPECT_STATUS(test, SspiReinitAsyncContext(w->actx), SEC_E_OK);
	SSPI_EXPECT_STATUS(test,
			   settle(w, SspiFreeCredentialsHandleAsync(w->actx,
								    &w->cred)),
			   SEC_E_OK);
	SspiFreeAsyncContext(w->actx);
}

static void wide_leg(struct kunit *test)
{
	struct win *w = new_win(test);

	acquire(test, w);
	SSPI_EXPECT_STATUS(test, SspiGetAsyncCallStatus(w->actx),
			   SEC_E_INVALID_HANDLE);
	KUNIT_EXPECT_FALSE(test, SspiAsyncContextRequiresNotify(w->actx));
	SSPI_EXPECT_STATUS(test, leg_w(w, &target, 0), SEC_E_OK);
	KUNIT_EXPECT_STREQ(test, fake_ctl.seen.target, "cifs/\xc3\xbc" "ber");
	KUNIT_EXPECT_EQ(test, w->out.cbBuffer, (u32)sizeof(FAKE_OUTPUT) - 1);
	KUNIT_EXPECT_EQ(test, 0, memcmp(w->out.pvBuffer, FAKE_OUTPUT,
					w->out.cbBuffer));
	KUNIT_EXPECT_TRUE(test, w->attr & ISC_RET_INTEGRITY);
	KUNIT_EXPECT_GT(test, w->expiry.QuadPart, (s64)FILETIME_1970);
	SSPI_EXPECT_STATUS(test, SspiReinitAsyncContext(w->actx), SEC_E_OK);
	release(test, w);
}

static void narrow_leg(struct kunit *test)
{
	struct win *w = new_win(test);
	SECURITY_STATUS queued;

	acquire(test, w);
	queued = SspiInitializeSecurityContextAsyncA(w->actx, &w->cred, NULL,
						     "host/narrow",
						     ISC_REQ_ALLOCATE_MEMORY, 0,
						     SECURITY_NETWORK_DREP,
						     NULL, 0, &w->ctx, &w->desc,
						     &w->attr, NULL);
	SSPI_EXPECT_STATUS(test, settle(w, queued), SEC_E_OK);
	KUNIT_EXPECT_STREQ(test, fake_ctl.seen.target, "host/narrow");
	SSPI_EXPECT_STATUS(test, SspiReinitAsyncContext(w->actx), SEC_E_OK);
	release(test, w);
}

static void accept_leg(struct kunit *test)
{
	struct win *w = new_win(test);
	u8 token[] = "token";
	SecBuffer in = { sizeof(token), SECBUFFER_TOKEN, token };
	SecBufferDesc in_desc = { SECBUFFER_VERSION, 1, &in };

	SECURITY_STATUS queued;

	queued = SspiAcquireCredentialsHandleAsyncA(w->actx, NULL, "fake",
						    SECPKG_CRED_INBOUND, NULL,
						    NULL, NULL, NULL, &w->cred,
						    NULL);
	SSPI_EXPECT_STATUS(test, settle(w, queued), SEC_E_OK);
	SSPI_EXPECT_STATUS(test, SspiReinitAsyncContext(w->actx), SEC_E_OK);
	queued = SspiAcceptSecurityContextAsync(w->actx, &w->cred, NULL,
						&in_desc,
						ASC_REQ_ALLOCATE_MEMORY,
						SECURITY_NATIVE_DREP, &w->ctx,
						&w->desc, &w->attr, &w->expiry);
	SSPI_EXPECT_STATUS(test, settle(w, queued), SEC_E_OK);
	KUNIT_EXPECT_EQ(test, fake_ctl.seen.input_len, (long)sizeof(token));
	SSPI_EXPECT_STATUS(test, SspiReinitAsyncContext(w->actx), SEC_E_OK);
	release(test, w);
}

/* What cannot be right is refused at once. */
static void refusals(struct kunit *test)
{
	struct win *w = new_win(test);
	int logon;

	acquire(test, w);
	SSPI_EXPECT_STATUS(test, leg_w(w, &target, 1), SEC_E_INVALID_PARAMETER);
	SSPI_EXPECT_STATUS(test, leg_w(w, &lone, 0), SEC_E_INVALID_PARAMETER);
	SSPI_EXPECT_STATUS(test,
			   SspiAcquireCredentialsHandleAsyncW(w->actx, NULL,
							      &package,
							      SECPKG_CRED_OUTBOUND,
							      &logon, NULL,
							      NULL, NULL,
							      &w->cred, NULL),
			   SEC_E_UNSUPPORTED_FUNCTION);
	SSPI_EXPECT_STATUS(test, SspiDeleteSecurityContextAsync(w->actx, NULL),
			   SEC_E_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&fake_ctl.steps));
	SSPI_EXPECT_STATUS(test, leg_w(w, &target, 0), SEC_E_OK);
	SSPI_EXPECT_STATUS(test, SspiReinitAsyncContext(w->actx), SEC_E_OK);
	release(test, w);
}

static struct kunit_case win_cases[] = {
	KUNIT_CASE(wide_leg),
	KUNIT_CASE(narrow_leg),
	KUNIT_CASE(accept_leg),
	KUNIT_CASE(refusals),
	{}
};

static struct kunit_suite win_suite = {
	.name = "sspi_win",
	.init = sspi_fixture_init,
	.exit = sspi_fixture_exit,
	.test_cases = win_cases,
};

kunit_test_suites(&win_suite);
