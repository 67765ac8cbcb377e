// SPDX-License-Identifier: GPL-2.0-only
/*
 * 8: identity belongs to the credential. It is captured at acquire: whoever
 * submits a leg, from wherever, it runs and asks as who acquired. Two identities
 * are at hand: the test's own, in init_net, and that of a task which has left
 * its namespaces, as uid 4711. What is asked in the latter has no network.
 */
#include <linux/cred.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/sched/task.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>

#include "core/internal.h"
#include "core/refresh.h"
#include "kunit/core/fake_transport.h"
#include "kunit/core/sspi_fixture.h"

#define STRANGER	KUIDT_INIT(4711)

/* Somebody else, for a while: no namespace, another user. */
struct stranger {
	struct nsproxy *nsproxy;
	const struct cred *creds;
};

static struct nsproxy *swap_nsproxy(struct nsproxy *new)
{
	struct nsproxy *old = current->nsproxy;

	task_lock(current);
	current->nsproxy = new;
	task_unlock(current);
	return old;
}

static struct stranger become_stranger(struct kunit *test)
{
	struct cred *new = prepare_creds();
	struct stranger own;

	KUNIT_ASSERT_NOT_NULL(test, new);
	new->fsuid = STRANGER;
	own.creds = override_creds(new);
	own.nsproxy = swap_nsproxy(NULL);
	return own;
}

static void become_oneself(const struct stranger *own)
{
	const struct cred *creds = current_cred();

	swap_nsproxy(own->nsproxy);
	revert_creds(own->creds);
	put_cred(creds);
}

static int identity_init(struct kunit *test)
{
	struct sspi_fixture *f;
	int err = sspi_fixture_init(test);

	if (err)
		return err;
	f = test->priv;
	f->actx->transport = &fake_transport;
	fake_ctl.questions = 1;
	fake_transport_reset(FAKE_AT_ONCE);
	WRITE_ONCE(fake_transport_ctl.ns, NULL);
	return 0;
}

static void acquire_again(struct kunit *test)
{
	struct sspi_acquire_args acq = {
		.package = FAKE_NAME,
		.cred_use = SECPKG_CRED_BOTH,
	};
	struct sspi_fixture *f = test->priv;

	SSPI_EXPECT_STATUS(test, sspi_free_credentials_handle(&f->cred),
			   SEC_E_OK);
	SSPI_ASSERT_STATUS(test,
			   sspi_acquire_credentials_handle(&acq, &f->cred,
							   NULL),
			   SEC_E_OK);
}

/* The credential is the stranger's from here on. */
static void stranger_acquires(struct kunit *test)
{
	struct stranger own = become_stranger(test);

	acquire_again(test);
	become_oneself(&own);
}

static void expect_own(struct kunit *test)
{
	struct sspi_netns *ns = sspi_netns_get(&init_net);

	KUNIT_EXPECT_EQ(test, 1, atomic_read(&fake_transport_ctl.asked));
	KUNIT_EXPECT_PTR_EQ(test, READ_ONCE(fake_transport_ctl.ns), ns);
	KUNIT_EXPECT_EQ(test, 0, fake_ctl.seen.reply_error);
	KUNIT_EXPECT_TRUE(test, uid_eq(fake_ctl.seen.uid, current_fsuid()));
	sspi_netns_put(ns);
}

static void expect_stranger(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&fake_transport_ctl.asked));
	KUNIT_EXPECT_EQ(test, -ENETDOWN, fake_ctl.seen.reply_error);
	KUNIT_EXPECT_TRUE(test, uid_eq(fake_ctl.seen.uid, STRANGER));
}

static void submit_as_stranger(struct kunit *test)
{
	struct stranger own = become_stranger(test);

	sspi_fixture_submit(test, test->priv);
	become_oneself(&own);
}

static void expect_complete(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;

	SSPI_EXPECT_STATUS(test,
			   sspi_wait_async_call(f->actx, FIXTURE_TIMEOUT_MS),
			   SEC_E_OK);
}

/* A task may go where its credential never was. */
static void leg_of_another_task(struct kunit *test)
{
	submit_as_stranger(test);
	expect_complete(test);
	expect_own(test);
}

/* Who may not reach a network gets none by being served by who does. */
static void leg_of_a_stranger_s_credential(struct kunit *test)
{
	stranger_acquires(test);
	sspi_fixture_submit(test, test->priv);
	expect_complete(test);
	expect_stranger(test);
}

/* Run by its submitter, who waits. */
static void leg_run_by_its_submitter(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	struct sspi_initialize_args args = sspi_fixture_first_leg(f);

	stranger_acquires(test);
	SSPI_EXPECT_STATUS(test, sspi_initialize_security_context(&args),
			   SEC_E_OK);
	expect_stranger(test);
	KUNIT_EXPECT_TRUE(test, uid_eq(current_fsuid(), GLOBAL_ROOT_UID));
}

/* Submits the leg where it runs: a worker of the system, root in init_net. */
struct elsewhere {
	struct work_struct work;
	struct kunit *test;
	struct completion done;
};

static void submit_here(struct elsewhere *e)
{
	struct sspi_fixture *f = e->test->priv;

	KUNIT_EXPECT_PTR_EQ(e->test, current->nsproxy->net_ns, &init_net);
	sspi_fixture_submit(e->test, f);
	complete(&e->done);
}

static void elsewhere_work(struct work_struct *work)
{
	submit_here(container_of(work, struct elsewhere, work));
}

static void elsewhere_notify(struct sspi_async_context *actx, void *data)
{
	submit_here(data);
}

static void leg_from_a_workqueue(struct kunit *test)
{
	struct elsewhere e = { .test = test };

	stranger_acquires(test);
	init_completion(&e.done);
	INIT_WORK_ONSTACK(&e.work, elsewhere_work);
	schedule_work(&e.work);
	flush_work(&e.work);
	destroy_work_on_stack(&e.work);
	expect_complete(test);
	expect_stranger(test);
}

/* The callback of another call, which the stranger had submitted too. */
static void leg_from_a_callback(struct kunit *test)
{
	struct sspi_async_context *first = sspi_create_async_context();
	struct elsewhere e = { .test = test };
	struct sspi_cred_handle cred = {};
	struct sspi_acquire_args acq = {
		.package = FAKE_NAME,
		.cred_use = SECPKG_CRED_BOTH,
	};

	KUNIT_ASSERT_NOT_NULL(test, first);
	stranger_acquires(test);
	init_completion(&e.done);
	sspi_set_async_notify_callback(first, elsewhere_notify, &e);
	SSPI_ASSERT_STATUS(test,
			   sspi_acquire_credentials_handle_async(first, &acq,
								 &cred, NULL),
			   SEC_E_OK);
	KUNIT_EXPECT_NE(test, 0UL,
			wait_for_completion_timeout(&e.done, 10 * HZ));
	expect_complete(test);
	expect_stranger(test);
	sspi_free_async_context(first);
	sspi_free_credentials_handle(&cred);
}

/* Only the consumer itself names another namespace, and takes that back. */
static void set_net_overrides(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;

	stranger_acquires(test);
	SSPI_EXPECT_STATUS(test, sspi_set_async_net(f->actx, &init_net),
			   SEC_E_OK);
	submit_as_stranger(test);
	expect_complete(test);
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&fake_transport_ctl.asked));
	KUNIT_EXPECT_EQ(test, 0, fake_ctl.seen.reply_error);
	KUNIT_EXPECT_TRUE(test, uid_eq(fake_ctl.seen.uid, STRANGER));
	sspi_fixture_drop_output(f);
	sspi_delete_security_context(&f->ctx);

	SSPI_EXPECT_STATUS(test, sspi_reinit_async_context(f->actx), SEC_E_OK);
	SSPI_EXPECT_STATUS(test, sspi_set_async_net(f->actx, NULL), SEC_E_OK);
	fake_transport_reset(FAKE_AT_ONCE);
	sspi_fixture_submit(test, f);
	expect_complete(test);
	expect_stranger(test);
}

/* What is acquired on a tracker of a namespace belongs to that. */
static void acquired_in_a_set_net(struct kunit *test)
{
	struct sspi_async_context *first = sspi_create_async_context();
	struct sspi_fixture *f = test->priv;
	struct sspi_acquire_args acq = {
		.package = FAKE_NAME,
		.cred_use = SECPKG_CRED_BOTH,
	};
	struct nsproxy *own;

	KUNIT_ASSERT_NOT_NULL(test, first);
	sspi_free_credentials_handle(&f->cred);
	SSPI_EXPECT_STATUS(test, sspi_set_async_net(first, &init_net), SEC_E_OK);
	own = swap_nsproxy(NULL);
	SSPI_EXPECT_STATUS(test,
			   sspi_acquire_credentials_handle_async(first, &acq,
								 &f->cred,
								 NULL),
			   SEC_E_OK);
	swap_nsproxy(own);
	SSPI_EXPECT_STATUS(test, sspi_wait_async_call(first, FIXTURE_TIMEOUT_MS),
			   SEC_E_OK);
	sspi_free_async_context(first);
	submit_as_stranger(test);
	expect_complete(test);
	expect_own(test);
}

/* A refresh that a leg of somebody else asked for, in another namespace. */
static void refresh_is_the_credential_s(struct kunit *test)
{
	struct sspi_fixture *f = test->priv;
	unsigned int before = sspi_refresh_min_seconds;
	int tries;

	/* What a test answers is not refreshed. */
	f->actx->transport = NULL;
	sspi_refresh_min_seconds = 0;
	stranger_acquires(test);
	fake_ctl.questions = 0;
	fake_ctl.refresh = true;
	SSPI_EXPECT_STATUS(test, sspi_set_async_net(f->actx, &init_net),
			   SEC_E_OK);
	sspi_fixture_submit(test, f);
	expect_complete(test);
	for (tries = 0; tries < 10000; tries++) {
		if (atomic_read(&fake_ctl.refreshes))
			break;
		fsleep(1000);
	}
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&fake_ctl.refreshes));
	expect_stranger(test);
	sspi_refresh_min_seconds = before;
}

static struct kunit_case identity_cases[] = {
	KUNIT_CASE(leg_of_another_task),
	KUNIT_CASE(leg_of_a_stranger_s_credential),
	KUNIT_CASE(leg_run_by_its_submitter),
	KUNIT_CASE(leg_from_a_workqueue),
	KUNIT_CASE(leg_from_a_callback),
	KUNIT_CASE(set_net_overrides),
	KUNIT_CASE(acquired_in_a_set_net),
	KUNIT_CASE(refresh_is_the_credential_s),
	{}
};

static struct kunit_suite identity_suite = {
	.name = "sspi_identity",
	.init = identity_init,
	.exit = sspi_fixture_exit,
	.test_cases = identity_cases,
};

kunit_test_suites(&identity_suite);
