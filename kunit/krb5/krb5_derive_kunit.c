// SPDX-License-Identifier: GPL-2.0-only
/*
 * A password becomes a key while a hostile KDC makes that long: whoever gives
 * up, in whatever way, has the worker back soon, and the credential goes on.
 */
#include <linux/delay.h>
#include <linux/irqflags.h>
#include <linux/timekeeping.h>
#include <linux/module.h>

#include "core/internal.h"
#include "kunit/krb5/krb5_forge.h"
#include "kunit/support/testlib.h"

#define WAIT_MS		60000
#define POINTS		40
#define CALLS		2
#define PART		128

/* A KDC, a credential that only it can do something with, and calls with it. */
struct derive {
	struct forge kdc;
	struct sspi_cred_handle cred;
	struct sspi_async_context *actx[CALLS];
	struct sspi_ctxt_handle ctx[CALLS];
	struct sec_buffer out[CALLS];
	struct sec_buffer_desc desc[CALLS];
	u64 live[2];		/* contexts and credentials of others */
};

static struct derive *current_derive;

static int forge_ask(struct sspi_question *question, struct sspi_netns *ns,
		     struct sspi_io *io)
{
	struct sspi_span request = { io->request.data, io->request.len };
	u8 *reply = sspi_alloc(FORGE_ROOM);
	unsigned long flags;
	int len;

	if (!reply)
		return -ENOMEM;
	len = forge_answer(&current_derive->kdc, request, reply, FORGE_ROOM);
	if (len < 0) {
		sspi_free(reply);
		return len;
	}
	question->reply = (struct sspi_blob){ reply, len };
	local_irq_save(flags);
	question->answered(question);
	local_irq_restore(flags);
	return 0;
}

/* It has answered before anybody can take a question back. */
static bool forge_cancel(struct sspi_question *question)
{
	return false;
}

static const struct sspi_transport forge_transport = {
	.ask = forge_ask,
	.cancel = forge_cancel,
};

static u64 live_contexts(void)
{
	return sspi_stat_read(SSPI_STAT_CONTEXTS_MADE) -
	       sspi_stat_read(SSPI_STAT_CONTEXTS_FREED);
}

static u64 live_creds(void)
{
	return sspi_stat_read(SSPI_STAT_CREDS_MADE) -
	       sspi_stat_read(SSPI_STAT_CREDS_FREED);
}

/* What is let go of by a worker that is just leaving is gone in a moment. */
static void expect_live(struct kunit *test, u64 (*live)(void), u64 want)
{
	int tries;

	for (tries = 0; tries < 1000 && live() != want; tries++)
		fsleep(1000);
	KUNIT_EXPECT_EQ(test, want, live());
}

static int derive_init(struct kunit *test)
{
	struct sspi_auth_identity id = {
		.user = FORGE_USER,
		.domain = FORGE_REALM,
		.secret_kind = SSPI_SECRET_PASSWORD,
		.secret = FORGE_PASSWORD,
		.secret_len = sizeof(FORGE_PASSWORD) - 1,
	};
	const struct sspi_acquire_args args = {
		.package = "Kerberos",
		.cred_use = SECPKG_CRED_OUTBOUND,
		.identity = &id,
	};
	struct derive *d = kunit_kzalloc(test, sizeof(*d), GFP_KERNEL);
	int i;

	if (!d || forge_init(&d->kdc, 18, ktime_get_real_seconds()))
		return -ENOMEM;
	d->kdc.iterations = KRB5_MAX_ITERATIONS;
	d->live[0] = live_contexts();
	d->live[1] = live_creds();
	current_derive = d;
	test->priv = d;
	for (i = 0; i < CALLS; i++) {
		d->actx[i] = sspi_create_async_context();
		if (!d->actx[i])
			return -ENOMEM;
		d->actx[i]->transport = &forge_transport;
	}
	return sspi_acquire_credentials_handle(&args, &d->cred, NULL) ==
	       SEC_E_OK ? 0 : -EIO;
}

static void drop_call(struct derive *d, int i)
{
	sspi_free_context_buffer(d->out[i].data);
	d->out[i].data = NULL;
	sspi_delete_security_context(&d->ctx[i]);
}

/* Nothing is left of all that was given up. */
static void derive_exit(struct kunit *test)
{
	struct derive *d = test->priv;
	int i;

	for (i = 0; i < CALLS; i++) {
		sspi_free_async_context(d->actx[i]);
		drop_call(d, i);
	}
	sspi_free_credentials_handle(&d->cred);
	sspi_call_flush();
	expect_live(test, live_contexts, d->live[0]);
	expect_live(test, live_creds, d->live[1]);
	forge_wipe(&d->kdc);
	current_derive = NULL;
}

static void submit(struct kunit *test, int i)
{
	struct derive *d = test->priv;
	const struct sspi_initialize_args args = {
		.cred = &d->cred,
		.target = FORGE_SERVICE,
		.req = ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_MUTUAL_AUTH,
		.target_data_rep = SECURITY_NATIVE_DREP,
		.new_ctx = &d->ctx[i],
		.output = &d->desc[i],
	};

	d->out[i] = (struct sec_buffer){ .type = SECBUFFER_TOKEN };
	d->desc[i] = (struct sec_buffer_desc){
		.version = SECBUFFER_VERSION,
		.count = 1,
		.buffers = &d->out[i],
	};
	SSPI_ASSERT_STATUS(test,
			   sspi_initialize_security_context_async(d->actx[i],
								  &args),
			   SEC_E_OK);
}

/* Until the KDC has been asked, and the call is on a worker again. */
static void wait_derives(struct kunit *test, int i)
{
	struct derive *d = test->priv;
	int tries = 0;

	do {
		fsleep(20000);
	} while ((READ_ONCE(d->kdc.asked) <= i ||
		  READ_ONCE(d->actx[i]->state) != SSPI_TRACKER_RUNNING) &&
		 ++tries < 1000);
	KUNIT_ASSERT_EQ(test, READ_ONCE(d->kdc.asked), i + 1u);
	SSPI_ASSERT_STATUS(test, sspi_get_async_call_status(d->actx[i]),
			   SEC_I_ASYNC_CALL_PENDING);
}

/* A part of what the worker has to do, done here. */
static void derive_part(struct kunit *test)
{
	const u32 some = KRB5_MAX_ITERATIONS / PART;
	const u8 params[] = { 0, some >> 16, some >> 8 & 0xff, some & 0xff };
	struct krb5_s2k from = {
		.password = { (const u8 *)FORGE_PASSWORD,
			      sizeof(FORGE_PASSWORD) - 1 },
		.salt = { (const u8 *)FORGE_SALT, sizeof(FORGE_SALT) - 1 },
		.params = { params, sizeof(params) },
	};
	struct krb5_key key;

	KUNIT_ASSERT_EQ(test, 0,
			krb5_string_to_key(&key, krb5_enctype_find(18), &from));
	krb5_key_wipe(&key);
}

/*
 * The worker comes back long before the key would have been there: before a
 * half of it is done here, however busy the machine is.
 */
static void expect_stopped(struct kunit *test, const char *how)
{
	struct derive *d = test->priv;
	int parts;

	for (parts = 0; parts < PART / 2; parts++) {
		if (live_contexts() == d->live[0])
			break;
		derive_part(test);
		fsleep(1000);
	}
	kunit_info(test, "%s: stopped within %d of %d parts\n", how, parts,
		   PART);
	KUNIT_EXPECT_EQ(test, live_contexts(), d->live[0]);
	sspi_call_flush();
}

/* With a KDC that is in its right mind the same credential still does. */
static void expect_goes_on(struct kunit *test)
{
	struct derive *d = test->priv;

	d->kdc.iterations = FORGE_ITERATIONS;
	SSPI_ASSERT_STATUS(test, sspi_reinit_async_context(d->actx[0]),
			   SEC_E_OK);
	submit(test, 0);
	SSPI_EXPECT_STATUS(test, sspi_wait_async_call(d->actx[0], WAIT_MS),
			   SEC_I_CONTINUE_NEEDED);
	KUNIT_EXPECT_GT(test, d->out[0].len, 0u);
}

static void derive_cancelled(struct kunit *test)
{
	struct derive *d = test->priv;

	submit(test, 0);
	wait_derives(test, 0);
	KUNIT_EXPECT_TRUE(test, sspi_cancel_async_call(d->actx[0]));
	SSPI_EXPECT_STATUS(test, sspi_get_async_call_status(d->actx[0]),
			   SSPI_E_CANCELLED);
	expect_stopped(test, "cancel");
	KUNIT_EXPECT_EQ(test, d->kdc.asked, 1u);
	expect_goes_on(test);
}

static void derive_misses_deadline(struct kunit *test)
{
	struct derive *d = test->priv;

	sspi_set_async_timeout(d->actx[0], 500);
	submit(test, 0);
	wait_derives(test, 0);
	SSPI_EXPECT_STATUS(test, sspi_wait_async_call(d->actx[0], WAIT_MS),
			   SSPI_E_TIMEOUT);
	expect_stopped(test, "deadline");
	KUNIT_EXPECT_EQ(test, d->kdc.asked, 1u);
	sspi_set_async_timeout(d->actx[0], WAIT_MS);
	expect_goes_on(test);
}

/* Tracker and credential are freed under it. */
static void derive_let_go(struct kunit *test)
{
	struct derive *d = test->priv;

	submit(test, 0);
	wait_derives(test, 0);
	SSPI_EXPECT_STATUS(test, sspi_free_credentials_handle(&d->cred),
			   SEC_E_OK);
	memset(&d->cred, 0, sizeof(d->cred));
	sspi_free_async_context(d->actx[0]);
	d->actx[0] = NULL;
	expect_stopped(test, "free");
	expect_live(test, live_creds, d->live[1]);
}

/* Neither waits for what the other does. */
static void derive_two_cancelled(struct kunit *test)
{
	struct derive *d = test->priv;

	submit(test, 0);
	wait_derives(test, 0);
	submit(test, 1);
	wait_derives(test, 1);
	KUNIT_EXPECT_TRUE(test, sspi_cancel_async_call(d->actx[1]));
	SSPI_EXPECT_STATUS(test, sspi_get_async_call_status(d->actx[0]),
			   SEC_I_ASYNC_CALL_PENDING);
	KUNIT_EXPECT_TRUE(test, sspi_cancel_async_call(d->actx[0]));
	expect_stopped(test, "two");
	expect_goes_on(test);
}

/* Another context of the credential has a KDC that is in its right mind. */
static void derive_holds_nobody(struct kunit *test)
{
	struct derive *d = test->priv;

	submit(test, 0);
	wait_derives(test, 0);
	d->kdc.iterations = FORGE_ITERATIONS;
	submit(test, 1);
	SSPI_EXPECT_STATUS(test, sspi_wait_async_call(d->actx[1], WAIT_MS),
			   SEC_I_CONTINUE_NEEDED);
	SSPI_EXPECT_STATUS(test, sspi_get_async_call_status(d->actx[0]),
			   SEC_I_ASYNC_CALL_PENDING);
	/* The password is gone by now, and not from under who works on it. */
	KUNIT_EXPECT_TRUE(test, sspi_cancel_async_call(d->actx[0]));
	sspi_call_flush();
}

static void derive_cancelled_at_any_point(struct kunit *test)
{
	struct derive *d = test->priv;
	unsigned int won = 0;
	int i;

	for (i = 0; i < POINTS; i++) {
		submit(test, 0);
		fsleep(1 + i * 250);
		won += sspi_cancel_async_call(d->actx[0]);
		SSPI_EXPECT_STATUS(test, sspi_get_async_call_status(d->actx[0]),
				   SSPI_E_CANCELLED);
		SSPI_ASSERT_STATUS(test, sspi_reinit_async_context(d->actx[0]),
				   SEC_E_OK);
	}
	/* Reinit wants a call that is complete. */
	submit(test, 0);
	won += sspi_cancel_async_call(d->actx[0]);
	sspi_call_flush();
	KUNIT_EXPECT_EQ(test, won, POINTS + 1u);
	expect_live(test, live_contexts, d->live[0]);
	kunit_info(test, "%u of %u had asked\n", d->kdc.asked, won);
	KUNIT_EXPECT_GT(test, d->kdc.asked, 0u);
	expect_goes_on(test);
}

static struct kunit_case krb5_derive_cases[] = {
	KUNIT_CASE(derive_cancelled),
	KUNIT_CASE(derive_misses_deadline),
	KUNIT_CASE(derive_let_go),
	KUNIT_CASE(derive_two_cancelled),
	KUNIT_CASE(derive_holds_nobody),
	KUNIT_CASE(derive_cancelled_at_any_point),
	{ }
};

static struct kunit_suite krb5_derive_suite = {
	.name = "sspi_krb5_derive",
	.init = derive_init,
	.exit = derive_exit,
	.test_cases = krb5_derive_cases,
};

kunit_test_suites(&krb5_derive_suite);
