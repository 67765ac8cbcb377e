// SPDX-License-Identifier: GPL-2.0-only
/*
 * When a server is taken for down, and who is refused then: what happens to one
 * request, or on this side, is nothing that others may notice.
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <net/net_namespace.h>

#include "kunit/transport/kdc_asked.h"
#include "transport/internal.h"

static void add_address(struct kunit *test, const char *host, u32 protocols)
{
	struct sspi_realm_server server = {
		.realm = KDC_REALM, .protocols = protocols, .host = host,
	};

	KUNIT_ASSERT_EQ(test, 0, sspi_realm_add(&init_net, &server));
}

/* A server that accepts, and then is bad to one request: it is not down. */
static void bad_to_one(struct kunit *test, enum kdc_manner manner)
{
	struct kdc_server *server = kdc_add_server(test, manner, true);

	sspi_kdc_limits.down_ms = 60000;
	sspi_kdc_limits.reply_ms = 100;
	KUNIT_EXPECT_NE(test, 0, kdc_error(1));
	KUNIT_EXPECT_FALSE(test, kdc_stats().unreachable);
	KUNIT_EXPECT_NE(test, -EHOSTDOWN, kdc_error(2));
	WRITE_ONCE(server->manner, KDC_GOOD);
	sspi_kdc_limits.reply_ms = 60000;
	kdc_expect_good(test, 3, 100);
	KUNIT_EXPECT_EQ(test, 0ULL, kdc_stats().count[SSPI_REALM_REFUSED]);
}

static void hangs_up_on_one(struct kunit *test)
{
	bad_to_one(test, KDC_HANG_UP);
}

static void stalls_for_one(struct kunit *test)
{
	bad_to_one(test, KDC_STALL);
}

static void lies_to_one(struct kunit *test)
{
	bad_to_one(test, KDC_LIE);
}

static void silent_to_one(struct kunit *test)
{
	bad_to_one(test, KDC_SILENT);
}

static void junk_to_one(struct kunit *test)
{
	bad_to_one(test, KDC_JUNK);
}

/*
 * What fails on this side says nothing about the server. A datagram to a
 * broadcast address is refused here, with EACCES.
 */
static void local_errors(struct kunit *test)
{
	sspi_kdc_limits.down_ms = 60000;
	kdc_server_start(test, &init_net, KDC_GOOD, false, 0);
	add_address(test, "127.255.255.255", SSPI_REALM_UDP);
	KUNIT_EXPECT_EQ(test, -EACCES, kdc_error(1));
	KUNIT_EXPECT_FALSE(test, kdc_stats().unreachable);
	KUNIT_EXPECT_EQ(test, -EACCES, kdc_error(2));
	KUNIT_EXPECT_EQ(test, 0ULL, kdc_stats().count[SSPI_REALM_REFUSED]);
}

/* Who is configured for UDP alone gets large requests there too. */
static void large_by_udp(struct kunit *test)
{
	struct kdc_server *udp = kdc_add_server(test, KDC_GOOD, false);

	kdc_expect_good(test, 1, 1401);
	kdc_expect_good(test, 2, 8000);
	KUNIT_EXPECT_EQ(test, 2, atomic_read(&udp->requests));
}

/* One server that is down leaves the others to be asked. */
static void down_alone(struct kunit *test)
{
	u16 dead = kdc_server_dead_port(test, &init_net);
	struct kdc_server *other;

	sspi_kdc_limits.down_ms = 60000;
	sspi_kdc_limits.reply_ms = 100;
	KUNIT_ASSERT_EQ(test, 0, kdc_add(SSPI_REALM_TCP, dead));
	other = kdc_add_server(test, KDC_HANG_UP, true);
	KUNIT_EXPECT_NE(test, 0, kdc_error(1));
	KUNIT_EXPECT_FALSE(test, kdc_stats().unreachable);
	KUNIT_EXPECT_NE(test, -EHOSTDOWN, kdc_error(2));
	/* And is passed over. */
	KUNIT_EXPECT_EQ(test, 1ULL, kdc_server_stats(dead).asked);
	KUNIT_EXPECT_EQ(test, 2ULL, kdc_server_stats(other->port).asked);
}

/* When the time of a server is over one question finds out for all. */
static void one_probe(struct kunit *test)
{
	u16 port = kdc_server_dead_port(test, &init_net);
	struct kdc_asked first, second;
	struct kdc_server *server;
	int tries;

	sspi_kdc_limits.down_ms = 1;
	KUNIT_ASSERT_EQ(test, 0, kdc_add(SSPI_REALM_UDP, port));
	KUNIT_EXPECT_EQ(test, -ECONNREFUSED, kdc_error(1));
	kdc_wait_open();
	sspi_kdc_limits.down_ms = 60000;
	sspi_kdc_limits.timeout_ms = 60000;
	server = kdc_server_start(test, &init_net, KDC_SILENT, false, port);
	KUNIT_ASSERT_EQ(test, 0, kdc_ask(&first, 2, 100));
	kdc_wait_requests(test, server, 1);
	KUNIT_EXPECT_EQ(test, -EHOSTDOWN, kdc_ask(&second, 3, 100));
	/* Who takes the probe back leaves it to the next. */
	KUNIT_EXPECT_TRUE(test, sspi_kdc_transport.cancel(&first.question));
	for (tries = 0; tries < KDC_WAIT_MS; tries++) {
		if (!kdc_ask(&second, 4, 100))
			break;
		fsleep(1000);
	}
	kdc_wait_requests(test, server, 2);
	KUNIT_EXPECT_EQ(test, 2, atomic_read(&server->requests));
	KUNIT_EXPECT_TRUE(test, sspi_kdc_transport.cancel(&second.question));
}

/*
 * More silent servers than a question has time for: it never comes to its last
 * round, and what it has found out counts all the same.
 */
static void no_time_for_all(struct kunit *test)
{
	int tries, err = 0;

	sspi_kdc_limits.down_ms = 60000;
	sspi_kdc_limits.timeout_ms = 100;
	sspi_kdc_limits.total_ms = 500;
	kdc_add_server(test, KDC_SILENT, false);
	kdc_add_server(test, KDC_SILENT, false);
	for (tries = 0; tries < 20 && err != -EHOSTDOWN; tries++)
		err = kdc_error(tries);
	KUNIT_EXPECT_EQ(test, -EHOSTDOWN, err);
}

static struct kunit_case kdc_down_cases[] = {
	KUNIT_CASE(hangs_up_on_one),
	KUNIT_CASE(stalls_for_one),
	KUNIT_CASE(lies_to_one),
	KUNIT_CASE(silent_to_one),
	KUNIT_CASE(junk_to_one),
	KUNIT_CASE(local_errors),
	KUNIT_CASE(large_by_udp),
	KUNIT_CASE(down_alone),
	KUNIT_CASE(one_probe),
	KUNIT_CASE(no_time_for_all),
	{}
};

static struct kunit_suite kdc_down_suite = {
	.name = "sspi_kdc_down",
	.init = kdc_test_init,
	.exit = kdc_test_exit,
	.test_cases = kdc_down_cases,
};

kunit_test_suites(&kdc_down_suite);
