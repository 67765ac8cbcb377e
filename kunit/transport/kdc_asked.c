// SPDX-License-Identifier: GPL-2.0-only
/* Questions of tests to the KDC client, and the realm that they are for. */
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/in.h>
#include <linux/string.h>
#include <net/net_namespace.h>

#include "kunit/transport/kdc_asked.h"
#include "transport/internal.h"

static struct sspi_kdc_limits limits_before;

static void kdc_answered(struct sspi_question *question)
{
	complete(&container_of(question, struct kdc_asked, question)->done);
}

int kdc_ask(struct kdc_asked *asked, u32 tag, size_t len)
{
	return kdc_ask_as(asked, NULL, tag, len);
}

int kdc_ask_as(struct kdc_asked *asked, const void *owner, u32 tag, size_t len)
{
	struct sspi_netns *ns = sspi_netns_get(&init_net);
	struct sspi_io io = { .realm = KDC_REALM, .service = SSPI_IO_KDC };
	int err;

	memset(asked, 0, sizeof(*asked));
	init_completion(&asked->done);
	asked->question.answered = kdc_answered;
	asked->question.owner = owner;
	io.request.data = sspi_alloc(len);
	io.request.len = len;
	if (io.request.data)
		memcpy(io.request.data, &tag, min(len, sizeof(tag)));
	err = sspi_kdc_transport.ask(&asked->question, ns, &io);
	sspi_free(io.request.data);
	sspi_netns_put(ns);
	return err;
}

int kdc_wait(struct kdc_asked *asked)
{
	if (wait_for_completion_timeout(&asked->done,
					msecs_to_jiffies(KDC_WAIT_MS)))
		return asked->question.error;
	sspi_kdc_transport.cancel(&asked->question);
	return -EBUSY;
}

void kdc_expect_good(struct kunit *test, u32 tag, size_t len)
{
	struct kdc_asked asked;
	const u8 *reply;

	KUNIT_ASSERT_EQ(test, 0, kdc_ask(&asked, tag, len));
	KUNIT_ASSERT_EQ(test, 0, kdc_wait(&asked));
	reply = asked.question.reply.data;
	KUNIT_ASSERT_NOT_NULL(test, reply);
	KUNIT_EXPECT_EQ(test, len + 1, asked.question.reply.len);
	KUNIT_EXPECT_EQ(test, (u8)0x6b, reply[0]);
	KUNIT_EXPECT_EQ(test, 0,
			memcmp(reply + 1, &tag, min(len, sizeof(tag))));
	sspi_free(reply);
}

int kdc_error(u32 tag)
{
	struct kdc_asked asked;
	int err = kdc_ask(&asked, tag, 100);

	if (err)
		return err;
	err = kdc_wait(&asked);
	sspi_free(asked.question.reply.data);
	return err;
}

int kdc_add(u32 protocols, u16 port)
{
	struct sspi_realm_server server = {
		.realm = KDC_REALM,
		.protocols = protocols,
		.host = "127.0.0.1",
		.port = port,
	};

	return sspi_realm_add(&init_net, &server);
}

struct kdc_server *kdc_add_server(struct kunit *test, enum kdc_manner manner,
				  bool tcp)
{
	struct kdc_server *server = kdc_server_start(test, &init_net, manner,
						     tcp, 0);

	KUNIT_ASSERT_EQ(test, 0, kdc_add(tcp ? SSPI_REALM_TCP : SSPI_REALM_UDP,
					 server->port));
	return server;
}

void kdc_wait_requests(struct kunit *test, struct kdc_server *server, int count)
{
	int tries;

	for (tries = 0; tries < KDC_WAIT_MS; tries++) {
		if (atomic_read(&server->requests) >= count)
			break;
		fsleep(1000);
	}
	KUNIT_ASSERT_GE(test, atomic_read(&server->requests), count);
}

void kdc_wait_open(void)
{
	int tries;

	for (tries = 0; tries < KDC_WAIT_MS && kdc_stats().unreachable; tries++)
		fsleep(1000);
}

static int take_stats(const char *realm, const struct sspi_realm_stats *stats,
		      void *priv)
{
	*(struct sspi_realm_stats *)priv = *stats;
	return 1;
}

/* Zero if there is no realm. */
struct sspi_realm_stats kdc_stats(void)
{
	struct sspi_realm_stats stats = {};

	sspi_realm_walk_stats(&init_net, take_stats, &stats);
	return stats;
}

struct wanted {
	u16 port;
	struct sspi_server_stats stats;
};

static int take_server(const struct sspi_realm_server *server,
		       const struct sspi_server_stats *stats, void *priv)
{
	struct wanted *wanted = priv;

	if (server->port != wanted->port)
		return 0;
	wanted->stats = *stats;
	return 1;
}

struct sspi_server_stats kdc_server_stats(u16 port)
{
	struct wanted wanted = { .port = port };

	sspi_realm_walk(&init_net, take_server, &wanted);
	return wanted.stats;
}

int kdc_test_init(struct kunit *test)
{
	limits_before = sspi_kdc_limits;
	/* Long enough for a busy emulated guest, short enough for a test. */
	sspi_kdc_limits = (struct sspi_kdc_limits){
		.timeout_ms = 1000,
		.reply_ms = 1500,
		.total_ms = 60000,
		.down_ms = 500,
		.active = 64,
	};
	return 0;
}

void kdc_test_exit(struct kunit *test)
{
	struct sspi_realm_server match = { .realm = KDC_REALM };
	struct sspi_netns *ns = sspi_netns_get(&init_net);
	int tries;

	/* Sockets are closed after the answer is out. */
	for (tries = 0; tries < KDC_WAIT_MS; tries++) {
		if (!READ_ONCE(ns->exchange_count))
			break;
		fsleep(1000);
	}
	KUNIT_EXPECT_EQ(test, 0U, READ_ONCE(ns->exchange_count));
	KUNIT_EXPECT_EQ(test, 0U, READ_ONCE(ns->pending));
	KUNIT_EXPECT_EQ(test, 0U, kdc_stats().pending);
	KUNIT_EXPECT_EQ(test, 0U, kdc_stats().active);
	sspi_netns_put(ns);
	sspi_realm_del(&init_net, &match);
	sspi_kdc_limits = limits_before;
}
