// SPDX-License-Identifier: GPL-2.0-only
/*
 * Races of Kerberos: whole exchanges side by side, acceptors that are all sent
 * the same request, messages of one context from several CPUs, and contexts
 * deleted under those who use them.
 */
#include <linux/delay.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "kunit/ntlm/exchange.h"
#include "kunit/krb5/krb5_ends.h"
#include "kunit/krb5/krb5_pair.h"
#include "kunit/support/race.h"
#include "spi.h"
#include "kunit/core/sspi_fixture.h"

/* Each race has a part of the time that those of the core have. */
#define PART	2

#define NOW	(1700000000 * SSPI_TICKS_PER_SECOND)

static s64 race_now(const struct sspi_env *env)
{
	return NOW;
}

/* That of other suites is not made for several threads. */
static sec_status_t race_random(const struct sspi_env *env, void *buf,
				size_t len)
{
	get_random_bytes(buf, len);
	return SEC_E_OK;
}

static const struct sspi_env race_env = {
	.now = race_now,
	.random = race_random,
};

/* Whole exchanges through the public calls, each with credentials of its own. */
static int exchange_loop(void *data)
{
	struct forge *f = kzalloc(sizeof(*f), GFP_KERNEL);
	struct race *race = data;
	struct exchange x;

	while (f && racing(race)) {
		if (!forge_init(f, 18, ktime_get_real_seconds()) &&
		    exchange_acquire_krb5(&x, f) == SEC_E_OK) {
			if (exchange_negotiate(&x) == SEC_E_OK &&
			    exchange_message(&x) == SEC_E_OK)
				atomic_inc(&race->rounds);
			else
				atomic_inc(&race->callbacks);
			exchange_release(&x);
		}
	}
	kfree(f);
	return race_end(race);
}

static void krb5_side_by_side(struct kunit *test)
{
	static const race_fn fns[RACE_THREADS] = {
		exchange_loop, exchange_loop, exchange_loop, exchange_loop,
	};
	struct race race = { .f = test->priv, .part = PART };

	race_run(test, &race, fns, RACE_THREADS);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&race.callbacks));
}

#define REQUESTS	64

/* Requests that all acceptors are sent, in the same order. */
struct volley {
	struct krb5_pair *p;
	struct sspi_blob token[REQUESTS];
	atomic_t taken[REQUESTS];
	atomic_t started;
};

static sec_status_t accept_one(struct krb5_pair *p, const struct sspi_blob *in)
{
	struct sspi_step step = {
		.env = &race_env,
		.input = { in->data, in->len },
	};
	void *ctx = NULL;
	sec_status_t status;

	status = krb5_package.ops->accept(&ctx, p->in_cred, &step);
	sspi_free(step.output.data);
	krb5_package.ops->free_ctx(ctx);
	return status;
}

static int volley_loop(void *data)
{
	struct race *race = data;
	struct volley *v = race->priv;
	unsigned int i;

	/* All at once. */
	atomic_inc(&v->started);
	while (atomic_read(&v->started) < RACE_THREADS) {
		cpu_relax();
		/* one processor may have all of them */
		cond_resched();
	}
	for (i = 0; i < REQUESTS; i++) {
		if (accept_one(v->p, &v->token[i]) == SEC_E_OK)
			atomic_inc(&v->taken[i]);
		atomic_inc(&race->rounds);
		cond_resched();
	}
	return race_end(race);
}

/* Of the same request sent to all at once exactly one is taken. */
static void krb5_one_of_many_replays(struct kunit *test)
{
	static const race_fn fns[RACE_THREADS] = {
		volley_loop, volley_loop, volley_loop, volley_loop,
	};
	struct volley *v = kunit_kzalloc(test, sizeof(*v), GFP_KERNEL);
	struct race race = { .f = test->priv, .part = PART, .priv = v };
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, v);
	v->p = krb5_pair_new(test, 18);
	v->p->script.now = NOW;
	SSPI_ASSERT_STATUS(test, krb5_pair_acquire(v->p), SEC_E_OK);
	for (i = 0; i < REQUESTS; i++) {
		krb5_pair_drop_init(v->p);
		SSPI_EXPECT_STATUS(test,
				   krb5_pair_initialize(v->p, (struct sspi_span){ }, &v->token[i]),
				   SEC_I_CONTINUE_NEEDED);
	}
	race_run(test, &race, fns, RACE_THREADS);
	for (i = 0; i < REQUESTS; i++) {
		KUNIT_EXPECT_EQ_MSG(test, atomic_read(&v->taken[i]), 1,
				    "request %u", i);
		sspi_free(v->token[i].data);
	}
	krb5_pair_release(v->p);
	krb5_pair_forget();
}

/* Messages of one context, sent and opened on several CPUs, in any order. */
static int message_loop(void *data)
{
	const struct sspi_package_ops *ops = krb5_package.ops;
	struct race *race = data;
	struct krb5_ends *e = race->priv;
	u8 text[64], token[128];
	struct sspi_part part = { .kind = SSPI_PART_DATA,
				  .len = sizeof(text), .data = text };
	struct sspi_message msg = { .env = &race_env, .parts = &part,
				    .part_count = 1, .token = token };
	bool sign;

	while (racing(race)) {
		sign = get_random_u32() % 2;
		msg.token_len = sizeof(token);
		memset(text, 0x5a, sizeof(text));
		if ((sign ? ops->sign(e->init, &msg) :
			    ops->seal(e->init, &msg)) != SEC_E_OK ||
		    (sign ? ops->verify(e->acc, &msg) :
			    ops->unseal(e->acc, &msg)) != SEC_E_OK ||
		    memchr_inv(text, 0x5a, sizeof(text)))
			atomic_inc(&race->callbacks);
		atomic_inc(&race->rounds);
	}
	return race_end(race);
}

static void krb5_messages_of_one_context(struct kunit *test)
{
	static const race_fn fns[RACE_THREADS] = {
		message_loop, message_loop, message_loop, message_loop,
	};
	struct krb5_ends e;
	struct race race = { .f = test->priv, .part = PART, .priv = &e };

	KUNIT_ASSERT_TRUE(test, krb5_ends_init(test, &e, 18,
					       KRB5_ENDS_NUMBERS_OFF));
	race_run(test, &race, fns, RACE_THREADS);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&race.callbacks));
	krb5_ends_release(&e);
}

/* One established context: used here, deleted and made anew there. */
struct victim {
	struct exchange x;
	struct forge forge;
	spinlock_t lock;	/* of the handles in @x */
};

static int use_loop(void *data)
{
	struct race *race = data;
	struct victim *v = race->priv;
	struct exchange copy;

	while (racing(race)) {
		spin_lock(&v->lock);
		copy = v->x;
		spin_unlock(&v->lock);
		/* Right, out of turn or gone: all but a crash. */
		(void)!exchange_message(&copy);
		atomic_inc(&race->rounds);
	}
	return race_end(race);
}

static int replace_loop(void *data)
{
	struct race *race = data;
	struct victim *v = race->priv;
	struct exchange fresh, old;

	while (racing(race)) {
		if (forge_init(&v->forge, 18, ktime_get_real_seconds()) ||
		    exchange_acquire_krb5(&fresh, &v->forge) != SEC_E_OK ||
		    exchange_negotiate(&fresh) != SEC_E_OK) {
			atomic_inc(&race->callbacks);
			break;
		}
		spin_lock(&v->lock);
		old = v->x;
		v->x = fresh;
		spin_unlock(&v->lock);
		exchange_release(&old);
		atomic_inc(&race->rounds);
	}
	return race_end(race);
}

static void krb5_deleted_while_used(struct kunit *test)
{
	static const race_fn fns[RACE_THREADS] = {
		use_loop, use_loop, use_loop, replace_loop,
	};
	struct victim *v = kunit_kzalloc(test, sizeof(*v), GFP_KERNEL);
	struct race race = { .f = test->priv, .part = PART, .priv = v };

	KUNIT_ASSERT_NOT_NULL(test, v);
	spin_lock_init(&v->lock);
	race_run(test, &race, fns, RACE_THREADS);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&race.callbacks));
	exchange_release(&v->x);
}

/* Legs that are cancelled, or whose context is deleted, while they run. */
static int cancel_loop(void *data)
{
	struct forge *f = kzalloc(sizeof(*f), GFP_KERNEL);
	struct race *race = data;
	struct sspi_async_context *actx;
	struct sec_buffer out = { };
	struct sec_buffer_desc desc = { .count = 1, .buffers = &out };
	struct sspi_initialize_args args;
	struct sspi_ctxt_handle ctx;
	struct exchange x = { };

	if (!f || forge_init(f, 18, ktime_get_real_seconds()) ||
	    exchange_acquire_krb5(&x, f) != SEC_E_OK)
		atomic_inc(&race->callbacks);
	while (x.in_cred.lower && racing(race)) {
		actx = sspi_create_async_context();
		if (!actx)
			continue;
		out = (struct sec_buffer){ .type = SECBUFFER_TOKEN };
		memset(&ctx, 0, sizeof(ctx));
		args = (struct sspi_initialize_args){
			.cred = &x.out_cred,
			.target = EXCHANGE_TARGET,
			.req = ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_MUTUAL_AUTH,
			.target_data_rep = SECURITY_NATIVE_DREP,
			.new_ctx = &ctx,
			.output = &desc,
		};
		if (sspi_initialize_security_context_async(actx, &args) ==
		    SEC_E_OK) {
			udelay(get_random_u32() % 200);
			if (get_random_u32() % 2)
				sspi_cancel_async_call(actx);
			sspi_wait_async_call(actx, FIXTURE_TIMEOUT_MS);
		}
		sspi_free_async_context(actx);
		sspi_free_context_buffer(out.data);
		sspi_delete_security_context(&ctx);
		atomic_inc(&race->rounds);
	}
	exchange_release(&x);
	kfree(f);
	return race_end(race);
}

static void krb5_cancelled_legs(struct kunit *test)
{
	static const race_fn fns[RACE_THREADS] = {
		cancel_loop, cancel_loop, cancel_loop, cancel_loop,
	};
	struct race race = { .f = test->priv, .part = PART };

	race_run(test, &race, fns, RACE_THREADS);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&race.callbacks));
}

static struct kunit_case krb5_race_cases[] = {
	KUNIT_CASE(krb5_side_by_side),
	KUNIT_CASE(krb5_one_of_many_replays),
	KUNIT_CASE(krb5_messages_of_one_context),
	KUNIT_CASE(krb5_deleted_while_used),
	KUNIT_CASE(krb5_cancelled_legs),
	{ }
};

static struct kunit_suite krb5_race_suite = {
	.name = "sspi_krb5_race",
	.init = sspi_fixture_init,
	.exit = sspi_fixture_exit,
	.test_cases = krb5_race_cases,
};

kunit_test_suite(krb5_race_suite);
