// SPDX-License-Identifier: GPL-2.0-only
/* The KDC client against servers on the loopback device. */
#include <linux/delay.h>
#include <linux/module.h>
#include <net/net_namespace.h>

#include "kunit/transport/kdc_asked.h"
#include "transport/internal.h"

/* So many exchanges are left; the others are over, their sockets closed. */
static bool settled_to(unsigned int left)
{
	struct sspi_netns *ns = sspi_netns_get(&init_net);
	unsigned int count;
	int tries;

	for (tries = 0; tries < KDC_WAIT_MS; tries++) {
		count = READ_ONCE(ns->exchange_count);
		if (count == left)
			break;
		fsleep(1000);
	}
	sspi_netns_put(ns);
	return count == left;
}

static void good_tcp(struct kunit *test)
{
	static const size_t sizes[] = { 1, 4, 100, 1400, 4095, 4096, 65536 };
	struct kdc_server *server = kdc_add_server(test, KDC_GOOD, true);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		kdc_expect_good(test, i, sizes[i]);
	KUNIT_EXPECT_EQ(test, (int)ARRAY_SIZE(sizes),
			atomic_read(&server->requests));
	KUNIT_EXPECT_EQ(test, (u64)ARRAY_SIZE(sizes),
			kdc_server_stats(server->port).answered);
	KUNIT_EXPECT_EQ(test, 0ULL, kdc_server_stats(server->port).failed);
	KUNIT_EXPECT_TRUE(test, kdc_server_stats(server->port).preferred);
}

static void good_udp(struct kunit *test)
{
	struct kdc_server *server = kdc_add_server(test, KDC_GOOD, false);

	kdc_expect_good(test, 1, 100);
	kdc_expect_good(test, 2, 1400);
	KUNIT_EXPECT_EQ(test, 2, atomic_read(&server->requests));
}

/* A server that has both: TCP first, UDP when nobody is there. */
static void both_protocols(struct kunit *test)
{
	struct kdc_server *udp = kdc_server_start(test, &init_net, KDC_GOOD,
						  false, 0);
	struct kdc_server *tcp;

	KUNIT_ASSERT_EQ(test, 0, kdc_add(SSPI_REALM_BOTH, udp->port));
	kdc_expect_good(test, 1, 100);
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&udp->requests));
	tcp = kdc_server_start(test, &init_net, KDC_GOOD, true, udp->port);
	kdc_expect_good(test, 2, 100);
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&tcp->requests));
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&udp->requests));
}

/* UDP is too small for the reply: TCP to the same port. */
static void udp_too_small(struct kunit *test)
{
	struct kdc_server *udp = kdc_add_server(test, KDC_TOO_BIG, false);
	struct kdc_server *tcp = kdc_server_start(test, &init_net, KDC_GOOD,
						  true, udp->port);

	kdc_expect_good(test, 1, 100);
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&udp->requests));
	KUNIT_EXPECT_EQ(test, 1ULL, kdc_stats().count[SSPI_REALM_TOO_BIG]);
	/* Nobody has said that there is TCP, but for the server's own answer. */
	kdc_expect_good(test, 2, 1401);
	KUNIT_EXPECT_EQ(test, 2, atomic_read(&udp->requests));
	KUNIT_EXPECT_EQ(test, 2, atomic_read(&tcp->requests));
}

/* Over UDP anybody can send anything: it is not the answer, nor the end. */
static void junk_datagrams(struct kunit *test)
{
	kdc_add_server(test, KDC_JUNK, false);
	kdc_expect_good(test, 1, 100);
	KUNIT_EXPECT_EQ(test, 0ULL, kdc_stats().count[SSPI_REALM_FAILOVERS]);
}

static void slow_but_sure(struct kunit *test)
{
	sspi_kdc_limits.reply_ms = 60000;
	kdc_add_server(test, KDC_DRIP, true);
	kdc_expect_good(test, 1, 200);
}

/* Each kind of bad server, with a good one behind it that it then stays with. */
static void failover(struct kunit *test, enum kdc_manner manner, bool tcp)
{
	struct kdc_server *bad = kdc_add_server(test, manner, tcp);
	struct kdc_server *good = kdc_add_server(test, KDC_GOOD, true);

	kdc_expect_good(test, 1, 100);
	KUNIT_EXPECT_EQ(test, 1ULL, kdc_stats().count[SSPI_REALM_FAILOVERS]);
	KUNIT_EXPECT_EQ(test, 1ULL, kdc_server_stats(bad->port).failed);
	kdc_expect_good(test, 2, 100);
	KUNIT_EXPECT_EQ(test, 1ULL, kdc_server_stats(bad->port).asked);
	KUNIT_EXPECT_EQ(test, 2ULL, kdc_server_stats(good->port).answered);
}

static void failover_silent(struct kunit *test)
{
	failover(test, KDC_SILENT, true);
}

static void failover_silent_udp(struct kunit *test)
{
	failover(test, KDC_SILENT, false);
}

static void failover_stall(struct kunit *test)
{
	failover(test, KDC_STALL, true);
}

static void failover_lie(struct kunit *test)
{
	failover(test, KDC_LIE, true);
}

static void failover_hang_up(struct kunit *test)
{
	failover(test, KDC_HANG_UP, true);
}

static void failover_junk(struct kunit *test)
{
	failover(test, KDC_JUNK, true);
}

static void failover_busy(struct kunit *test)
{
	failover(test, KDC_BUSY, true);
}

static void failover_too_big_by_tcp(struct kunit *test)
{
	failover(test, KDC_TOO_BIG, true);
}

static void failover_dead(struct kunit *test)
{
	u16 dead = kdc_server_dead_port(test, &init_net);
	struct kdc_server *good;

	KUNIT_ASSERT_EQ(test, 0, kdc_add(SSPI_REALM_BOTH, dead));
	good = kdc_add_server(test, KDC_GOOD, true);
	kdc_expect_good(test, 1, 100);
	/* Both of its protocols. */
	KUNIT_EXPECT_EQ(test, 2ULL, kdc_server_stats(dead).asked);
	kdc_expect_good(test, 2, 100);
	KUNIT_EXPECT_EQ(test, 2ULL, kdc_server_stats(dead).asked);
	KUNIT_EXPECT_TRUE(test, kdc_server_stats(good->port).preferred);
}

/* No KDC has it better: then the error is the answer. */
static void busy_is_an_answer(struct kunit *test)
{
	struct kdc_asked asked;

	kdc_add_server(test, KDC_BUSY, true);
	kdc_add_server(test, KDC_BUSY, false);
	KUNIT_ASSERT_EQ(test, 0, kdc_ask(&asked, 1, 100));
	KUNIT_EXPECT_EQ(test, 0, kdc_wait(&asked));
	KUNIT_ASSERT_NOT_NULL(test, asked.question.reply.data);
	KUNIT_EXPECT_EQ(test, (u8)0x7e, asked.question.reply.data[0]);
	sspi_free(asked.question.reply.data);
	KUNIT_EXPECT_FALSE(test, kdc_stats().unreachable);
}

/* The name of a host that nobody knows is a server that does not answer. */
static void failover_unknown_name(struct kunit *test)
{
	struct sspi_realm_server named = {
		.realm = KDC_REALM,
		.protocols = SSPI_REALM_TCP,
		.host = "nobody.invalid",
	};
	int err = sspi_realm_add(&init_net, &named);

	KUNIT_EXPECT_EQ(test, err, IS_REACHABLE(CONFIG_DNS_RESOLVER) ?
				   0 : -EOPNOTSUPP);
	kdc_add_server(test, KDC_GOOD, true);
	kdc_expect_good(test, 1, 100);
}

/* Refused for a while after all have failed; a change of the realm ends that. */
static void negative_cache(struct kunit *test)
{
	u16 dead = kdc_server_dead_port(test, &init_net);
	struct kdc_server *good;

	sspi_kdc_limits.down_ms = 60000;
	KUNIT_ASSERT_EQ(test, 0, kdc_add(SSPI_REALM_TCP, dead));
	KUNIT_EXPECT_EQ(test, -ECONNREFUSED, kdc_error(1));
	KUNIT_EXPECT_TRUE(test, kdc_stats().unreachable);
	KUNIT_EXPECT_EQ(test, -EHOSTDOWN, kdc_error(2));
	KUNIT_EXPECT_EQ(test, 1ULL, kdc_server_stats(dead).asked);
	KUNIT_EXPECT_EQ(test, 1ULL, kdc_stats().count[SSPI_REALM_REFUSED]);
	good = kdc_add_server(test, KDC_GOOD, true);
	kdc_expect_good(test, 3, 100);
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&good->requests));
}

static void negative_cache_ends(struct kunit *test)
{
	u16 dead = kdc_server_dead_port(test, &init_net);

	sspi_kdc_limits.down_ms = 100;
	KUNIT_ASSERT_EQ(test, 0, kdc_add(SSPI_REALM_TCP, dead));
	KUNIT_EXPECT_EQ(test, -ECONNREFUSED, kdc_error(1));
	kdc_wait_open();
	kdc_server_start(test, &init_net, KDC_GOOD, true, dead);
	kdc_expect_good(test, 2, 100);
	KUNIT_EXPECT_FALSE(test, kdc_stats().unreachable);
}

/* Nobody answers: the end comes in time, after rounds of growing patience. */
static void all_silent(struct kunit *test)
{
	struct kdc_server *udp = kdc_add_server(test, KDC_SILENT, false);

	sspi_kdc_limits.timeout_ms = 100;
	KUNIT_EXPECT_EQ(test, -ETIMEDOUT, kdc_error(1));
	KUNIT_EXPECT_EQ(test, 3, atomic_read(&udp->requests));
	KUNIT_EXPECT_EQ(test, 3ULL, kdc_stats().count[SSPI_REALM_TIMEOUTS]);
}

/* All that there is may be slow, but not for longer than the whole time. */
static void total_time(struct kunit *test)
{
	sspi_kdc_limits.reply_ms = 60000;
	sspi_kdc_limits.total_ms = 500;
	kdc_add_server(test, KDC_STALL, true);
	KUNIT_EXPECT_EQ(test, -ETIMEDOUT, kdc_error(1));
	/* It was not the server's time that was over. */
	KUNIT_EXPECT_EQ(test, 0ULL, kdc_stats().count[SSPI_REALM_TIMEOUTS]);
}

static void cancel_at_any_point(struct kunit *test)
{
	static const enum kdc_manner manners[] = {
		KDC_SILENT, KDC_STALL, KDC_DRIP,
	};
	struct kdc_asked asked;
	unsigned int i, after;

	for (i = 0; i < ARRAY_SIZE(manners); i++)
		kdc_add_server(test, manners[i], true);
	for (after = 0; after < 40; after++) {
		KUNIT_ASSERT_EQ(test, 0, kdc_ask(&asked, after, 100));
		fsleep(after * 1000);
		if (sspi_kdc_transport.cancel(&asked.question)) {
			KUNIT_EXPECT_TRUE(test, settled_to(0));
			KUNIT_EXPECT_FALSE(test,
					   completion_done(&asked.done));
		} else {
			KUNIT_EXPECT_TRUE(test, completion_done(&asked.done));
			sspi_free(asked.question.reply.data);
		}
	}
	KUNIT_EXPECT_GT(test, kdc_stats().count[SSPI_REALM_CANCELLED], 0ULL);
}

static bool has_turn(struct kdc_asked *asked)
{
	struct sspi_exchange *x;
	bool active;
	int tries;

	for (tries = 0; tries < KDC_WAIT_MS; tries++) {
		spin_lock_irq(&sspi_kdc_lock);
		x = asked->question.exchange;
		active = x && x->active;
		spin_unlock_irq(&sspi_kdc_lock);
		if (active)
			return true;
		fsleep(1000);
	}
	return false;
}

static bool take_back(struct kdc_asked *asked)
{
	return sspi_kdc_transport.cancel(&asked->question);
}

/* Nine questions of one owner wait; the first of another one is next but one. */
static void owners_take_turns(struct kunit *test)
{
	struct kdc_asked *asked = kunit_kcalloc(test, 10, sizeof(*asked),
						GFP_KERNEL);
	static const char many, one;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, asked);
	sspi_kdc_limits.active = 1;
	sspi_kdc_limits.reply_ms = 60000;
	kdc_add_server(test, KDC_SILENT, true);
	for (i = 0; i < 9; i++)
		KUNIT_ASSERT_EQ(test, 0, kdc_ask_as(&asked[i], &many, i, 100));
	KUNIT_ASSERT_EQ(test, 0, kdc_ask_as(&asked[9], &one, 9, 100));
	KUNIT_EXPECT_TRUE(test, has_turn(&asked[0]));
	/* Who leaves out of the middle takes nobody along. */
	KUNIT_EXPECT_TRUE(test, take_back(&asked[4]));
	KUNIT_EXPECT_TRUE(test, take_back(&asked[0]));
	KUNIT_EXPECT_TRUE(test, has_turn(&asked[1]));
	KUNIT_EXPECT_TRUE(test, take_back(&asked[1]));
	KUNIT_EXPECT_TRUE(test, has_turn(&asked[9]));
	KUNIT_EXPECT_TRUE(test, take_back(&asked[9]));
	for (i = 2; i < 9; i++) {
		if (i == 4)
			continue;
		KUNIT_EXPECT_TRUE(test, has_turn(&asked[i]));
		KUNIT_EXPECT_TRUE(test, take_back(&asked[i]));
	}
}

/* All that one owner has is stuck: another one's question still has a turn. */
static void stuck_owner(struct kunit *test)
{
	struct kdc_asked *asked = kunit_kcalloc(test, 9, sizeof(*asked),
						GFP_KERNEL);
	static const char stuck, other;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, asked);
	sspi_kdc_limits.active = 4;
	sspi_kdc_limits.reply_ms = 60000;
	kdc_add_server(test, KDC_SILENT, true);
	for (i = 0; i < 8; i++)
		KUNIT_ASSERT_EQ(test, 0, kdc_ask_as(&asked[i], &stuck, i, 100));
	KUNIT_EXPECT_EQ(test, 3U, kdc_stats().active);
	KUNIT_ASSERT_EQ(test, 0, kdc_ask_as(&asked[8], &other, 8, 100));
	KUNIT_EXPECT_EQ(test, 4U, kdc_stats().active);
	KUNIT_EXPECT_TRUE(test, take_back(&asked[8]));
	KUNIT_EXPECT_TRUE(test, settled_to(8));
	KUNIT_EXPECT_EQ(test, 3U, kdc_stats().active);
	for (i = 0; i < 8; i++)
		KUNIT_EXPECT_TRUE(test, take_back(&asked[i]));
}

/* The turn of a realm is for a few; the others wait, and are answered too. */
static void turns(struct kunit *test)
{
	struct kdc_asked *asked = kunit_kcalloc(test, 16, sizeof(*asked),
						GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, asked);
	sspi_kdc_limits.active = 2;
	kdc_add_server(test, KDC_GOOD, true);
	for (i = 0; i < 16; i++) {
		KUNIT_ASSERT_EQ(test, 0, kdc_ask(&asked[i], i, 100));
		KUNIT_EXPECT_LE(test, kdc_stats().active, 2U);
	}
	for (i = 0; i < 16; i++) {
		KUNIT_EXPECT_EQ(test, 0, kdc_wait(&asked[i]));
		sspi_free(asked[i].question.reply.data);
	}
	KUNIT_EXPECT_EQ(test, 16ULL, kdc_stats().count[SSPI_REALM_ANSWERED]);
}

static void bad_questions(struct kunit *test)
{
	struct kdc_asked asked;

	KUNIT_EXPECT_EQ(test, -EHOSTUNREACH, kdc_ask(&asked, 1, 100));
	kdc_add_server(test, KDC_GOOD, true);
	KUNIT_EXPECT_EQ(test, -EINVAL,
			kdc_ask(&asked, 1, SSPI_MAX_REQUEST + 1));
	kdc_expect_good(test, 1, 100);
}

/* The realm goes while it is asked: the question still ends. */
static void realm_goes(struct kunit *test)
{
	struct sspi_realm_server match = { .realm = KDC_REALM };
	struct kdc_server *server = kdc_add_server(test, KDC_DRIP, true);
	struct kdc_asked asked;

	sspi_kdc_limits.reply_ms = 60000;
	KUNIT_ASSERT_EQ(test, 0, kdc_ask(&asked, 1, 100));
	kdc_wait_requests(test, server, 1);
	KUNIT_EXPECT_EQ(test, 1, sspi_realm_del(&init_net, &match));
	KUNIT_EXPECT_EQ(test, 0, kdc_wait(&asked));
	sspi_free(asked.question.reply.data);
	KUNIT_EXPECT_EQ(test, -EHOSTUNREACH, kdc_error(2));
}

static struct kunit_case kdc_cases[] = {
	KUNIT_CASE(good_tcp),
	KUNIT_CASE(good_udp),
	KUNIT_CASE(both_protocols),
	KUNIT_CASE(udp_too_small),
	KUNIT_CASE(junk_datagrams),
	KUNIT_CASE(slow_but_sure),
	KUNIT_CASE(failover_silent),
	KUNIT_CASE(failover_silent_udp),
	KUNIT_CASE(failover_stall),
	KUNIT_CASE(failover_lie),
	KUNIT_CASE(failover_hang_up),
	KUNIT_CASE(failover_junk),
	KUNIT_CASE(failover_busy),
	KUNIT_CASE(failover_too_big_by_tcp),
	KUNIT_CASE(failover_dead),
	KUNIT_CASE(busy_is_an_answer),
	KUNIT_CASE(failover_unknown_name),
	KUNIT_CASE(negative_cache),
	KUNIT_CASE(negative_cache_ends),
	KUNIT_CASE(all_silent),
	KUNIT_CASE(total_time),
	KUNIT_CASE(cancel_at_any_point),
	KUNIT_CASE(owners_take_turns),
	KUNIT_CASE(stuck_owner),
	KUNIT_CASE(turns),
	KUNIT_CASE(bad_questions),
	KUNIT_CASE(realm_goes),
	{}
};

static struct kunit_suite kdc_suite = {
	.name = "sspi_kdc",
	.init = kdc_test_init,
	.exit = kdc_test_exit,
	.test_cases = kdc_cases,
};

kunit_test_suites(&kdc_suite);
