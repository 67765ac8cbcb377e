// SPDX-License-Identifier: GPL-2.0-only
/*
 * The replay cache of Kerberos acceptors, RFC 4120 3.2.3: one for all contexts,
 * credentials and services, and never longer than it may be.
 */
#include <kunit/test.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "kunit/krb5/krb5_pair.h"
#include "pkg/krb5/krb5.h"
#include "pkg/krb5/replay.h"

/* A request of @p that nobody has seen yet. */
static void fresh(struct kunit *test, struct krb5_pair *p)
{
	krb5_pair_reset(p);
	SSPI_ASSERT_STATUS(test,
			   krb5_pair_initialize(p, (struct sspi_span){ }, &p->token[0]),
			   SEC_I_CONTINUE_NEEDED);
}

/* What a new context of @server makes of the request. */
static sec_status_t deliver(struct krb5_pair *p, struct krb5_pair *server)
{
	struct sspi_blob none;
	sec_status_t status;

	krb5_pair_drop_acc(server);
	status = krb5_pair_accept(server, krb5_pair_span(&p->token[0]), &none);
	sspi_free(none.data);
	return status;
}

static struct krb5_pair *acquired(struct kunit *test, const char *server)
{
	struct krb5_pair *p = krb5_pair_new(test, 18);

	if (server)
		p->forge.server = server;
	SSPI_ASSERT_STATUS(test, krb5_pair_acquire(p), SEC_E_OK);
	return p;
}

/* The same request to the same service, another instance of it, later. */
static void krb5_replays(struct kunit *test)
{
	struct krb5_pair *p = acquired(test, NULL);
	struct krb5_pair *other = acquired(test, NULL);
	unsigned int i;

	fresh(test, p);
	SSPI_EXPECT_STATUS(test, deliver(p, p), SEC_E_OK);
	for (i = 0; i < 4; i++) {
		SSPI_EXPECT_STATUS(test, deliver(p, p), SEC_E_LOGON_DENIED);
		SSPI_EXPECT_STATUS(test, deliver(p, other),
				   SEC_E_LOGON_DENIED);
		p->script.now += 70 * SSPI_TICKS_PER_SECOND;
		other->script.now = p->script.now;
	}
	/* As long as its time would be taken it is remembered. */
	p->script.now += 20 * SSPI_TICKS_PER_SECOND;
	SSPI_EXPECT_STATUS(test, deliver(p, p), SEC_E_LOGON_DENIED);
	p->script.now += SSPI_TICKS_PER_SECOND;
	SSPI_EXPECT_STATUS(test, deliver(p, p), SEC_E_TIME_SKEW);
	krb5_pair_release(p);
	krb5_pair_release(other);
}

/* Two names with one key: a request to one is none to the other. */
static void krb5_replay_to_another_service(struct kunit *test)
{
	static const char alias[] = "http/server.example.test@" FORGE_REALM;
	struct krb5_pair *p = acquired(test, NULL);
	struct krb5_pair *other = acquired(test, alias);

	fresh(test, p);
	SSPI_EXPECT_STATUS(test, deliver(p, other), SEC_E_NO_KERB_KEY);
	SSPI_EXPECT_STATUS(test, deliver(p, p), SEC_E_OK);
	krb5_pair_release(p);
	krb5_pair_release(other);
}

/* What was refused for another reason may come again. */
static void krb5_refused_is_not_seen(struct kunit *test)
{
	static const struct sec_channel_bindings none;
	struct krb5_pair *p = acquired(test, NULL);

	fresh(test, p);
	p->server_bindings = (struct sspi_span){ (const u8 *)&none,
						 sizeof(none) };
	SSPI_EXPECT_STATUS(test, deliver(p, p), SEC_E_BAD_BINDINGS);
	p->server_bindings = (struct sspi_span){ };
	SSPI_EXPECT_STATUS(test, deliver(p, p), SEC_E_OK);
	SSPI_EXPECT_STATUS(test, deliver(p, p), SEC_E_LOGON_DENIED);
	krb5_pair_release(p);
}

#define FEW	64

/* One owner has a quarter of the cache. */
#define OWNERS	4

/*
 * A cache that is full refuses, as it cannot say what it has seen; what is too
 * old makes room.
 */
static void krb5_replay_cache_is_bounded(struct kunit *test)
{
	struct krb5_pair *p = acquired(test, NULL);
	unsigned int most = krb5_replay_max, i, over = 0;
	sec_status_t status;

	krb5_replay_max = FEW * OWNERS;
	for (i = 0; i < FEW; i++) {
		fresh(test, p);
		SSPI_EXPECT_STATUS(test, deliver(p, p), SEC_E_OK);
	}
	fresh(test, p);
	SSPI_EXPECT_STATUS(test, deliver(p, p), SEC_E_INSUFFICIENT_MEMORY);
	KUNIT_EXPECT_NOT_NULL(test, p->reason);
	/* It has not been seen: with room it is taken. */
	krb5_replay_max = (FEW + 1) * OWNERS;
	SSPI_EXPECT_STATUS(test, deliver(p, p), SEC_E_OK);
	SSPI_EXPECT_STATUS(test, deliver(p, p), SEC_E_LOGON_DENIED);
	/*
	 * Ten minutes later none of them counts. Old ones go when somebody
	 * comes to their place in the table.
	 */
	p->script.now += 601 * SSPI_TICKS_PER_SECOND;
	krb5_replay_max = most;
	for (i = 0; i < FEW; i++) {
		fresh(test, p);
		status = deliver(p, p);
		over += status != SEC_E_OK;
	}
	KUNIT_EXPECT_EQ(test, over, 0u);
	krb5_pair_release(p);
	krb5_pair_forget();
}

/*
 * An authenticator by its MAC alone, which whoever has a ticket can choose; all
 * begin alike.
 */
static sec_status_t check_nth(struct krb5_pair *p, u32 nth)
{
	const struct krb5_enctype *type = krb5_enctype_find(18);
	u8 mac[12] = { 0 };

	mac[4] = nth >> 24;
	mac[5] = nth >> 16;
	mac[6] = nth >> 8;
	mac[7] = nth;
	return krb5_replay_check(p->in_cred, &p->script.env,
				 (struct sspi_span){ mac, sizeof(mac) }, type,
				 p->script.now, p->script.now);
}

#define MANY	40000

/* Chosen MACs are spread like any: a check looks at a few entries. */
static void krb5_replay_chosen_macs(struct kunit *test)
{
	struct krb5_pair *p = acquired(test, NULL);
	unsigned int i, taken = 0;

	krb5_pair_forget();
	for (i = 0; i < MANY; i++)
		taken += check_nth(p, i) == SEC_E_OK;
	KUNIT_EXPECT_EQ(test, (unsigned int)MANY, taken);
	KUNIT_EXPECT_LE(test, krb5_replay_longest(), 16U);
	KUNIT_EXPECT_GE(test, krb5_replay_longest(), 1U);
	SSPI_EXPECT_STATUS(test, check_nth(p, 77), SEC_E_LOGON_DENIED);
	krb5_pair_release(p);
	krb5_pair_forget();
}

static struct krb5_pair *owned(struct kunit *test, const void *owner,
			       u64 netns)
{
	struct krb5_pair *p = krb5_pair_new(test, 18);

	p->owner = owner;
	p->netns = netns;
	SSPI_ASSERT_STATUS(test, krb5_pair_acquire(p), SEC_E_OK);
	return p;
}

/* How many of FEW more are taken. */
static unsigned int taken_of_few(struct krb5_pair *p, u32 from)
{
	unsigned int i, taken = 0;

	for (i = 0; i < FEW; i++)
		taken += check_nth(p, from + i) == SEC_E_OK;
	return taken;
}

static void krb5_replay_quotas(struct kunit *test)
{
	static const char owners[4];
	struct krb5_pair *p[5];
	unsigned int most = krb5_replay_max, i;

	krb5_pair_forget();
	for (i = 0; i < 4; i++)
		p[i] = owned(test, &owners[i], i < 3 ? 1 : 2);
	/* Another credential of the first owner. */
	p[4] = owned(test, &owners[0], 2);
	krb5_replay_max = FEW * OWNERS;
	KUNIT_EXPECT_EQ(test, (unsigned int)FEW, taken_of_few(p[0], 0));
	KUNIT_EXPECT_EQ(test, 0U, taken_of_few(p[0], 1000));
	KUNIT_EXPECT_EQ(test, 0U, taken_of_few(p[4], 1000));
	/* Another owner has room; then its namespace has none. */
	KUNIT_EXPECT_EQ(test, (unsigned int)FEW, taken_of_few(p[1], 2000));
	KUNIT_EXPECT_EQ(test, 0U, taken_of_few(p[2], 3000));
	/* Another namespace has. */
	KUNIT_EXPECT_EQ(test, (unsigned int)FEW, taken_of_few(p[3], 4000));
	/* What is full still knows what it has seen. */
	SSPI_EXPECT_STATUS(test, check_nth(p[0], 5), SEC_E_LOGON_DENIED);
	SSPI_EXPECT_STATUS(test, check_nth(p[3], 5), SEC_E_LOGON_DENIED);
	krb5_replay_max = most;
	for (i = 0; i < 5; i++)
		krb5_pair_release(p[i]);
	krb5_pair_forget();
}

static s64 mono;

static s64 replay_mono(const struct sspi_env *env)
{
	return mono;
}

#define DAY	(86400 * SSPI_TICKS_PER_SECOND)

/* A cache without room looks for what it can drop, in all of its buckets. */
static void look_through_all(struct kunit *test, struct krb5_pair *p)
{
	unsigned int most = krb5_replay_max, i;

	krb5_replay_max = 0;
	for (i = 0; i < 1000; i++)
		SSPI_EXPECT_STATUS(test, check_nth(p, 1000 + i),
				   SEC_E_INSUFFICIENT_MEMORY);
	krb5_replay_max = most;
}

/* The clock is set forward and back: nothing is taken twice. */
static void krb5_replay_clock_steps(struct kunit *test)
{
	struct krb5_pair *p = krb5_pair_new(test, 18);

	krb5_pair_forget();
	mono = 5000 * SSPI_TICKS_PER_SECOND;
	p->script.env.mono = replay_mono;
	SSPI_ASSERT_STATUS(test, krb5_pair_acquire(p), SEC_E_OK);
	SSPI_EXPECT_STATUS(test, check_nth(p, 1), SEC_E_OK);
	p->script.now += DAY;
	look_through_all(test, p);
	p->script.now -= DAY;
	SSPI_EXPECT_STATUS(test, check_nth(p, 1), SEC_E_LOGON_DENIED);
	/* As long forward as it takes to drop it: not told from a replay. */
	p->script.now += DAY;
	mono += 700 * SSPI_TICKS_PER_SECOND;
	look_through_all(test, p);
	p->script.now -= DAY;
	SSPI_EXPECT_STATUS(test, check_nth(p, 1), SEC_E_TIME_SKEW);
	/* What is made later than what was dropped is taken. */
	p->script.now += DAY + SSPI_TICKS_PER_SECOND;
	SSPI_EXPECT_STATUS(test, check_nth(p, 2), SEC_E_OK);
	krb5_pair_release(p);
	krb5_pair_forget();
}

/* What an acceptor makes of a request of ten seconds before the first one. */
static sec_status_t early(struct kunit *test, bool clock)
{
	struct krb5_pair *p = krb5_pair_new(test, 18);
	struct krb5_pair *server = krb5_pair_new(test, 18);
	sec_status_t status;

	krb5_pair_forget();
	SSPI_ASSERT_STATUS(test, krb5_pair_acquire_out(p), SEC_E_OK);
	SSPI_ASSERT_STATUS(test,
			   krb5_pair_initialize(p, (struct sspi_span){ },
						&p->token[0]),
			   SEC_I_CONTINUE_NEEDED);
	server->script.env.mono = clock ? replay_mono : NULL;
	server->script.now += 10 * SSPI_TICKS_PER_SECOND;
	SSPI_ASSERT_STATUS(test, krb5_pair_acquire(server), SEC_E_OK);
	status = deliver(p, server);
	krb5_pair_release(p);
	krb5_pair_release(server);
	krb5_pair_forget();
	return status;
}

static void krb5_replay_of_before(struct kunit *test)
{
	bool lockout = krb5_replay_lockout;

	krb5_replay_lockout = true;
	SSPI_EXPECT_STATUS(test, early(test, true), SEC_E_TIME_SKEW);
	/* A scripted clock says nothing of what was before. */
	SSPI_EXPECT_STATUS(test, early(test, false), SEC_E_OK);
	krb5_replay_lockout = false;
	SSPI_EXPECT_STATUS(test, early(test, true), SEC_E_OK);
	krb5_replay_lockout = lockout;
}

/* Whatever an acceptor wants, it takes nothing older than an hour. */
static void krb5_replay_huge_skew(struct kunit *test)
{
	struct krb5_pair *p = krb5_pair_new(test, 18);

	p->server.max_skew = 10 * 365 * 86400;
	SSPI_ASSERT_STATUS(test, krb5_pair_acquire(p), SEC_E_OK);
	fresh(test, p);
	p->script.now += 3599 * SSPI_TICKS_PER_SECOND;
	SSPI_EXPECT_STATUS(test, deliver(p, p), SEC_E_OK);
	fresh(test, p);
	p->script.now += 3601 * SSPI_TICKS_PER_SECOND;
	SSPI_EXPECT_STATUS(test, deliver(p, p), SEC_E_TIME_SKEW);
	krb5_pair_release(p);
	krb5_pair_forget();
}

static struct kunit_case krb5_replay_cases[] = {
	KUNIT_CASE(krb5_replays),
	KUNIT_CASE(krb5_replay_to_another_service),
	KUNIT_CASE(krb5_refused_is_not_seen),
	KUNIT_CASE(krb5_replay_cache_is_bounded),
	KUNIT_CASE(krb5_replay_chosen_macs),
	KUNIT_CASE(krb5_replay_quotas),
	KUNIT_CASE(krb5_replay_clock_steps),
	KUNIT_CASE(krb5_replay_of_before),
	KUNIT_CASE(krb5_replay_huge_skew),
	{ }
};

static struct kunit_suite krb5_replay_suite = {
	.name = "sspi_krb5_replay",
	.test_cases = krb5_replay_cases,
};

kunit_test_suite(krb5_replay_suite);
