// SPDX-License-Identifier: GPL-2.0-only
/* Whoever writes dirty pages back can ask: the scopes and the sockets. */
#include <linux/module.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "kunit/transport/kdc_asked.h"
#include "noio.h"
#include "transport/internal.h"

/* Each way into the transport, asked from a task that has no scope itself. */
static void entries_in_scope(struct kunit *test)
{
	static const enum sspi_noio_entry entries[] = {
		SSPI_NOIO_ASK, SSPI_NOIO_EXCHANGE, SSPI_NOIO_SOCKET,
	};
	struct sspi_noio_count before[SSPI_NOIO_ENTRIES], now;
	unsigned int i;

	for (i = 0; i < SSPI_NOIO_ENTRIES; i++)
		before[i] = sspi_noio_counted(i);
	KUNIT_ASSERT_FALSE(test, current->flags & PF_MEMALLOC_NOIO);
	kdc_add_server(test, KDC_GOOD, true);
	kdc_expect_good(test, 1, 100);
	KUNIT_EXPECT_FALSE(test, current->flags & PF_MEMALLOC_NOIO);
	for (i = 0; i < ARRAY_SIZE(entries); i++) {
		now = sspi_noio_counted(entries[i]);
		KUNIT_EXPECT_GT_MSG(test, now.checked,
				    before[entries[i]].checked, "entry %u", i);
		KUNIT_EXPECT_EQ_MSG(test, now.outside, 0U, "entry %u", i);
	}
}

/* The look-up of a name, where the kernel has a resolver. */
static void names_in_scope(struct kunit *test)
{
	struct sspi_realm_server named = {
		.realm = KDC_REALM,
		.protocols = SSPI_REALM_TCP,
		.host = "nobody-noio.invalid",
	};
	unsigned int before = sspi_noio_counted(SSPI_NOIO_NAMES).checked;

	if (!IS_REACHABLE(CONFIG_DNS_RESOLVER))
		kunit_skip(test, "this kernel resolves no names");
	KUNIT_ASSERT_EQ(test, 0, sspi_realm_add(&init_net, &named));
	KUNIT_EXPECT_NE(test, 0, kdc_error(1));
	KUNIT_EXPECT_GT(test, sspi_noio_counted(SSPI_NOIO_NAMES).checked,
			before);
	KUNIT_EXPECT_EQ(test, 0U, sspi_noio_counted(SSPI_NOIO_NAMES).outside);
}

/* What the stack allocates later, for what is sent, in no scope of ours. */
static void socket_allocates(struct kunit *test)
{
	struct sspi_netns *ns = sspi_netns_get(&init_net);
	struct kdc_server *server;
	struct kdc_asked asked;
	struct sspi_exchange *x;
	struct sock *sk;

	server = kdc_add_server(test, KDC_SILENT, true);
	sspi_kdc_limits.reply_ms = 60000;
	KUNIT_ASSERT_EQ(test, 0, kdc_ask(&asked, 1, 100));
	kdc_wait_requests(test, server, 1);
	/* Nothing happens to it any more: it can be looked at. */
	x = list_first_entry(&ns->exchanges, struct sspi_exchange, link);
	sk = x->run->conn.sock->sk;
	KUNIT_EXPECT_EQ(test, 0U, (__force unsigned int)
			(sk->sk_allocation & (__GFP_FS | __GFP_IO)));
	KUNIT_EXPECT_PTR_NE(test, sk_page_frag(sk), &current->task_frag);
	KUNIT_EXPECT_TRUE(test, sspi_kdc_transport.cancel(&asked.question));
	sspi_netns_put(ns);
}

static struct kunit_case kdc_noio_cases[] = {
	KUNIT_CASE(entries_in_scope),
	KUNIT_CASE(names_in_scope),
	KUNIT_CASE(socket_allocates),
	{}
};

static struct kunit_suite kdc_noio_suite = {
	.name = "sspi_kdc_noio",
	.init = kdc_test_init,
	.exit = kdc_test_exit,
	.test_cases = kdc_noio_cases,
};

kunit_test_suites(&kdc_noio_suite);
