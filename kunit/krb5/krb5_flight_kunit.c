// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each ticket of a credential is fetched once, however many contexts want it, and
 * a log-on that was refused is not tried again at once. What is counted is what
 * the KDC is asked.
 */
#include <kunit/test.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "core/internal.h"
#include "kunit/krb5/krb5_legs.h"
#include "kunit/krb5/krb5_pair.h"
#include "kunit/support/fault.h"
#include "spi.h"

static int flight_init(struct kunit *test)
{
	struct krb5_legs *l = kunit_kzalloc(test, sizeof(*l), GFP_KERNEL);

	if (!l || krb5_legs_kdc_init(FAKE_HOLD))
		return -ENOMEM;
	test->priv = l;
	return krb5_legs_acquire(l) == SEC_E_OK ? 0 : -EIO;
}

static void flight_exit(struct kunit *test)
{
	krb5_legs_release(test->priv);
	sspi_call_flush();
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&fake_transport_ctl.open));
	krb5_legs_kdc_exit();
}

/*
 * So many legs, whose targets go round; all have asked or wait. The first is the one
 * that asks: workers take calls in any order.
 */
static void submit_all(struct kunit *test, unsigned int count,
		       unsigned int targets)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		SSPI_ASSERT_STATUS(test,
				   krb5_leg_submit(test->priv, i, i % targets,
						   0), SEC_E_OK);
		if (!i)
			sspi_call_flush();
	}
	sspi_call_flush();
}

/* Answers what is asked until nothing more is. */
static void answer_all(void)
{
	while (fake_transport_answer(0))
		sspi_call_flush();
}

static void expect_all(struct kunit *test, unsigned int from,
		       unsigned int count, sec_status_t want)
{
	unsigned int i;

	for (i = from; i < count; i++)
		SSPI_EXPECT_STATUS(test, krb5_leg_wait(test->priv, i), want);
}

static int open_questions(void)
{
	return atomic_read(&fake_transport_ctl.open);
}

static void krb5_one_fetch_for_all(struct kunit *test)
{
	submit_all(test, KRB5_LEGS, 1);
	KUNIT_EXPECT_EQ(test, 1, open_questions());
	answer_all();
	expect_all(test, 0, KRB5_LEGS, SEC_I_CONTINUE_NEEDED);
	KUNIT_EXPECT_EQ(test, 1U, krb5_legs_kdc->initial);
	KUNIT_EXPECT_EQ(test, 2U, krb5_legs_kdc->asked);
}

static void krb5_one_fetch_per_target(struct kunit *test)
{
	submit_all(test, KRB5_LEGS, KRB5_LEGS_TARGETS);
	KUNIT_EXPECT_EQ(test, 1, open_questions());
	answer_all();
	expect_all(test, 0, KRB5_LEGS, SEC_I_CONTINUE_NEEDED);
	KUNIT_EXPECT_EQ(test, 1U, krb5_legs_kdc->initial);
	KUNIT_EXPECT_EQ(test, 1U + KRB5_LEGS_TARGETS, krb5_legs_kdc->asked);
}

/* One more leg, which asks the KDC @more times. */
static void one_more(struct kunit *test, unsigned int more, sec_status_t want)
{
	unsigned int asked = krb5_legs_kdc->asked;

	krb5_leg_drop(test->priv, 0);
	submit_all(test, 1, 1);
	answer_all();
	expect_all(test, 0, 1, want);
	KUNIT_EXPECT_EQ(test, asked + more, krb5_legs_kdc->asked);
}

static void krb5_wrong_password_is_tried_once(struct kunit *test)
{
	krb5_legs_kdc->preauth = true;
	krb5_legs_kdc->proof_code = 24;	/* KDC_ERR_PREAUTH_FAILED */
	submit_all(test, KRB5_LEGS, KRB5_LEGS_TARGETS);
	answer_all();
	expect_all(test, 0, KRB5_LEGS, SEC_E_LOGON_DENIED);
	KUNIT_EXPECT_EQ(test, 1U, krb5_legs_kdc->proofs);
	one_more(test, 0, SEC_E_LOGON_DENIED);
	one_more(test, 0, SEC_E_LOGON_DENIED);
	KUNIT_EXPECT_EQ(test, 1U, krb5_legs_kdc->proofs);
}

/* Other credentials of the same user are their own. */
static void krb5_refusal_is_of_one_credential(struct kunit *test)
{
	struct krb5_legs *other = kunit_kzalloc(test, sizeof(*other),
						GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, other);
	krb5_legs_kdc->preauth = true;
	krb5_legs_kdc->proof_code = 24;
	one_more(test, 2, SEC_E_LOGON_DENIED);
	krb5_legs_kdc->proof_code = 0;
	SSPI_ASSERT_STATUS(test, krb5_legs_acquire(other), SEC_E_OK);
	SSPI_EXPECT_STATUS(test, krb5_leg_submit(other, 0, 0, 0), SEC_E_OK);
	sspi_call_flush();
	answer_all();
	SSPI_EXPECT_STATUS(test, krb5_leg_wait(other, 0),
			   SEC_I_CONTINUE_NEEDED);
	krb5_legs_release(other);
}

/* No answer is told to all who wait for it, and to nobody later. */
static void krb5_no_answer_is_not_remembered(struct kunit *test)
{
	submit_all(test, KRB5_LEGS, 2);
	KUNIT_EXPECT_TRUE(test, fake_transport_answer(-ETIMEDOUT));
	expect_all(test, 0, KRB5_LEGS, SEC_E_NO_AUTHENTICATING_AUTHORITY);
	KUNIT_EXPECT_EQ(test, 1U, krb5_legs_kdc->asked);
	KUNIT_EXPECT_EQ(test, 0, open_questions());
	one_more(test, 2, SEC_I_CONTINUE_NEEDED);
}

/* Who fetches it gives up: another goes on, and all others get it. */
static void leader_goes(struct kunit *test, void (*end)(struct krb5_legs *l))
{
	submit_all(test, KRB5_LEGS, 1);
	KUNIT_EXPECT_EQ(test, 1U, krb5_legs_kdc->asked);
	end(test->priv);
	KUNIT_EXPECT_TRUE(test, fake_transport_wait_open(1));
	sspi_call_flush();
	KUNIT_EXPECT_EQ(test, 2U, krb5_legs_kdc->asked);
	answer_all();
	expect_all(test, 1, KRB5_LEGS, SEC_I_CONTINUE_NEEDED);
	KUNIT_EXPECT_EQ(test, 3U, krb5_legs_kdc->asked);
}

static void cancel_first(struct krb5_legs *l)
{
	sspi_cancel_async_call(l->leg[0].actx);
	sspi_call_flush();
}

static void krb5_leader_is_cancelled(struct kunit *test)
{
	leader_goes(test, cancel_first);
}

static void free_first(struct krb5_legs *l)
{
	krb5_leg_drop(l, 0);
	sspi_call_flush();
}

static void krb5_leader_is_freed(struct kunit *test)
{
	leader_goes(test, free_first);
}

static void krb5_leader_is_late(struct kunit *test)
{
	SSPI_ASSERT_STATUS(test, krb5_leg_submit(test->priv, 0, 0, 200),
			   SEC_E_OK);
	sspi_call_flush();
	KUNIT_EXPECT_EQ(test, 1U, krb5_legs_kdc->asked);
	SSPI_ASSERT_STATUS(test, krb5_leg_submit(test->priv, 1, 0, 0),
			   SEC_E_OK);
	expect_all(test, 0, 1, SSPI_E_TIMEOUT);
	KUNIT_EXPECT_TRUE(test, fake_transport_wait_open(1));
	sspi_call_flush();
	answer_all();
	expect_all(test, 1, 2, SEC_I_CONTINUE_NEEDED);
	KUNIT_EXPECT_EQ(test, 3U, krb5_legs_kdc->asked);
}

/* Those that wait give up in any way, one after the other; then who asks. */
static void krb5_waiters_go(struct kunit *test)
{
	struct krb5_legs *l = test->priv;
	unsigned int i;

	submit_all(test, KRB5_LEGS, 1);
	for (i = 1; i < KRB5_LEGS - 1; i++) {
		KUNIT_EXPECT_TRUE(test, sspi_cancel_async_call(l->leg[i].actx));
		SSPI_EXPECT_STATUS(test, krb5_leg_wait(l, i), SSPI_E_CANCELLED);
	}
	/* Whoever was the one to ask: one does in the end. */
	KUNIT_EXPECT_TRUE(test, fake_transport_wait_open(1));
	KUNIT_EXPECT_EQ(test, 1, open_questions());
	cancel_first(l);
	KUNIT_EXPECT_TRUE(test, fake_transport_wait_open(1));
	sspi_call_flush();
	answer_all();
	SSPI_EXPECT_STATUS(test, krb5_leg_wait(l, KRB5_LEGS - 1),
			   SEC_I_CONTINUE_NEEDED);
}

/* All go, with the credential; flight_exit() and the leak checkers look. */
static void krb5_all_go_at_once(struct kunit *test)
{
	submit_all(test, KRB5_LEGS, KRB5_LEGS_TARGETS);
	krb5_legs_release(test->priv);
	sspi_call_flush();
	KUNIT_EXPECT_EQ(test, 0, open_questions());
}

static struct kunit_case krb5_flight_cases[] = {
	KUNIT_CASE(krb5_one_fetch_for_all),
	KUNIT_CASE(krb5_one_fetch_per_target),
	KUNIT_CASE(krb5_wrong_password_is_tried_once),
	KUNIT_CASE(krb5_refusal_is_of_one_credential),
	KUNIT_CASE(krb5_no_answer_is_not_remembered),
	KUNIT_CASE(krb5_leader_is_cancelled),
	KUNIT_CASE(krb5_leader_is_freed),
	KUNIT_CASE(krb5_leader_is_late),
	KUNIT_CASE(krb5_waiters_go),
	KUNIT_CASE(krb5_all_go_at_once),
	{ }
};

static struct kunit_suite krb5_flight_suite = {
	.name = "sspi_krb5_flight",
	.init = flight_init,
	.exit = flight_exit,
	.test_cases = krb5_flight_cases,
};

/* A refresh and a leg, through the table of the package. */
struct together {
	struct krb5_pair *p;
	void *refresh;
	struct sspi_step leg;
	struct sspi_step renewal;
};

static void step_init(struct together *t, struct sspi_step *step)
{
	*step = (struct sspi_step){
		.env = &t->p->script.env,
		.may_wait = true,
		.target = t->p->target,
		.req = t->p->isc,
	};
}

static int together_init(struct kunit *test)
{
	struct together *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	t->p = krb5_pair_new(test, 18);
	t->p->source = KRB5_PAIR_KEY;
	t->p->forge.preauth = false;
	step_init(t, &t->leg);
	step_init(t, &t->renewal);
	test->priv = t;
	return krb5_pair_acquire_out(t->p) == SEC_E_OK ? 0 : -EIO;
}

static void together_exit(struct kunit *test)
{
	struct together *t = test->priv;

	sspi_free(t->leg.io.request.data);
	sspi_free(t->renewal.io.request.data);
	sspi_free(t->leg.output.data);
	krb5_package.ops->refresh_end(t->p->out_cred, t->refresh);
	krb5_pair_release(t->p);
}

static sec_status_t run_leg(struct together *t)
{
	return krb5_package.ops->initialize(&t->p->init, t->p->out_cred,
					    &t->leg);
}

static sec_status_t run_refresh(struct together *t)
{
	return krb5_package.ops->refresh(t->p->out_cred, &t->refresh,
					 &t->renewal);
}

/* The forge's answer to what @step asks; false if it asks nothing. */
static bool answer_step(struct kunit *test, struct sspi_step *step)
{
	struct together *t = test->priv;
	struct sspi_blob request = step->io.request;
	int len;

	if (!request.data)
		return false;
	len = forge_answer(&t->p->forge, krb5_pair_span(&request), t->p->reply,
			   sizeof(t->p->reply));
	sspi_free(request.data);
	KUNIT_ASSERT_GT(test, len, 0);
	step->io = (struct sspi_io){ };
	step->resumed = true;
	step->reply = (struct sspi_span){ t->p->reply, len };
	return true;
}

/* What the core does with a step that waited. */
static void go_on(struct sspi_step *step)
{
	step->io = (struct sspi_io){ };
	step->resumed = true;
	step->reply = (struct sspi_span){ };
}

static void krb5_refresh_serves_a_leg(struct kunit *test)
{
	struct together *t = test->priv;

	SSPI_EXPECT_STATUS(test, run_refresh(t), SEC_I_ASYNC_CALL_PENDING);
	SSPI_EXPECT_STATUS(test, run_leg(t), SEC_I_ASYNC_CALL_PENDING);
	KUNIT_EXPECT_NOT_NULL(test, t->leg.io.wait);
	KUNIT_EXPECT_NULL(test, t->leg.io.request.data);
	KUNIT_EXPECT_TRUE(test, answer_step(test, &t->renewal));
	SSPI_EXPECT_STATUS(test, run_refresh(t), SEC_E_OK);
	go_on(&t->leg);
	SSPI_EXPECT_STATUS(test, run_leg(t), SEC_I_ASYNC_CALL_PENDING);
	KUNIT_EXPECT_TRUE(test, answer_step(test, &t->leg));
	SSPI_EXPECT_STATUS(test, run_leg(t), SEC_I_CONTINUE_NEEDED);
	KUNIT_EXPECT_EQ(test, 1U, t->p->forge.initial);
	KUNIT_EXPECT_EQ(test, 2U, t->p->forge.asked);
}

static void krb5_leg_serves_a_refresh(struct kunit *test)
{
	struct together *t = test->priv;

	SSPI_EXPECT_STATUS(test, run_leg(t), SEC_I_ASYNC_CALL_PENDING);
	SSPI_EXPECT_STATUS(test, run_refresh(t), SEC_I_ASYNC_CALL_PENDING);
	KUNIT_EXPECT_NOT_NULL(test, t->renewal.io.wait);
	KUNIT_EXPECT_TRUE(test, answer_step(test, &t->leg));
	SSPI_EXPECT_STATUS(test, run_leg(t), SEC_I_ASYNC_CALL_PENDING);
	/* The TGT is there before the leg is over. */
	go_on(&t->renewal);
	SSPI_EXPECT_STATUS(test, run_refresh(t), SEC_E_OK);
	KUNIT_EXPECT_EQ(test, 1U, t->p->forge.initial);
}

static void krb5_refresh_follows_a_leg_that_goes(struct kunit *test)
{
	struct together *t = test->priv;

	SSPI_EXPECT_STATUS(test, run_leg(t), SEC_I_ASYNC_CALL_PENDING);
	SSPI_EXPECT_STATUS(test, run_refresh(t), SEC_I_ASYNC_CALL_PENDING);
	krb5_pair_drop_init(t->p);
	KUNIT_EXPECT_TRUE(test, t->renewal.io.wait->owed);
	go_on(&t->renewal);
	SSPI_EXPECT_STATUS(test, run_refresh(t), SEC_I_ASYNC_CALL_PENDING);
	KUNIT_EXPECT_TRUE(test, answer_step(test, &t->renewal));
	SSPI_EXPECT_STATUS(test, run_refresh(t), SEC_E_OK);
}

/* What is scripted asks as often as it always did, in the same order. */
static void krb5_scripted_steps_never_wait(struct kunit *test)
{
	struct together *t = test->priv;

	t->leg.may_wait = false;
	t->renewal.may_wait = false;
	SSPI_EXPECT_STATUS(test, run_refresh(t), SEC_I_ASYNC_CALL_PENDING);
	SSPI_EXPECT_STATUS(test, run_leg(t), SEC_I_ASYNC_CALL_PENDING);
	KUNIT_EXPECT_NULL(test, t->leg.io.wait);
	KUNIT_EXPECT_NOT_NULL(test, t->leg.io.request.data);
	t->p->forge.code = 24;
	KUNIT_EXPECT_TRUE(test, answer_step(test, &t->renewal));
	SSPI_EXPECT_STATUS(test, run_refresh(t), SEC_E_LOGON_DENIED);
	krb5_pair_drop_init(t->p);
	sspi_free(t->leg.io.request.data);
	step_init(t, &t->leg);
	t->leg.may_wait = false;
	SSPI_EXPECT_STATUS(test, run_leg(t), SEC_I_ASYNC_CALL_PENDING);
	KUNIT_EXPECT_NOT_NULL(test, t->leg.io.request.data);
}

/* A leg of a new context; which asks the KDC @more times. */
static void new_leg(struct kunit *test, unsigned int more, sec_status_t want)
{
	struct together *t = test->priv;
	unsigned int asked = t->p->forge.asked;
	sec_status_t status;

	krb5_pair_drop_init(t->p);
	step_init(t, &t->leg);
	do {
		status = run_leg(t);
	} while (status == SEC_I_ASYNC_CALL_PENDING &&
		 answer_step(test, &t->leg));
	SSPI_EXPECT_STATUS(test, status, want);
	KUNIT_EXPECT_EQ(test, asked + more, t->p->forge.asked);
	KUNIT_EXPECT_EQ(test, want == SEC_E_LOGON_DENIED, !!t->leg.reason);
	sspi_free(t->leg.output.data);
	t->leg.output = (struct sspi_blob){ };
}

static void krb5_refusal_holds_for_half_a_minute(struct kunit *test)
{
	struct together *t = test->priv;

	t->p->forge.preauth = true;
	t->p->forge.proof_code = 24;	/* KDC_ERR_PREAUTH_FAILED */
	new_leg(test, 2, SEC_E_LOGON_DENIED);
	new_leg(test, 0, SEC_E_LOGON_DENIED);
	t->p->script.now += 29 * SSPI_TICKS_PER_SECOND;
	new_leg(test, 0, SEC_E_LOGON_DENIED);
	t->p->script.now += SSPI_TICKS_PER_SECOND;
	new_leg(test, 2, SEC_E_LOGON_DENIED);
	/* A clock that is set back makes it no longer. */
	t->p->script.now -= 100 * SSPI_TICKS_PER_SECOND;
	t->p->forge.proof_code = 0;
	new_leg(test, 3, SEC_I_CONTINUE_NEEDED);
	/* What was right once holds nothing against the next. */
	t->p->script.now += 90 * SSPI_TICKS_PER_SECOND;
	new_leg(test, 0, SEC_I_CONTINUE_NEEDED);
}

/* Each allocation on the way to a ticket that others may wait for. */
static sec_status_t op_flight(struct kunit *test)
{
	struct together *t = test->priv;
	sec_status_t status;

	krb5_pair_drop_creds(t->p);
	status = krb5_pair_acquire_out(t->p);
	if (status != SEC_E_OK)
		return status;
	step_init(t, &t->leg);
	do {
		status = run_leg(t);
	} while (status == SEC_I_ASYNC_CALL_PENDING &&
		 answer_step(test, &t->leg));
	sspi_free(t->leg.output.data);
	t->leg.output = (struct sspi_blob){ };
	krb5_pair_drop_init(t->p);
	return status == SEC_I_CONTINUE_NEEDED ? SEC_E_OK : status;
}

static void krb5_flight_fault(struct kunit *test)
{
	fault_each_allocation(test, op_flight);
}

static struct kunit_case krb5_together_cases[] = {
	KUNIT_CASE(krb5_refresh_serves_a_leg),
	KUNIT_CASE(krb5_leg_serves_a_refresh),
	KUNIT_CASE(krb5_refresh_follows_a_leg_that_goes),
	KUNIT_CASE(krb5_scripted_steps_never_wait),
	KUNIT_CASE(krb5_refusal_holds_for_half_a_minute),
	KUNIT_CASE(krb5_flight_fault),
	{ }
};

static struct kunit_suite krb5_together_suite = {
	.name = "sspi_krb5_together",
	.init = together_init,
	.exit = together_exit,
	.test_cases = krb5_together_cases,
};

kunit_test_suites(&krb5_flight_suite, &krb5_together_suite);
