// SPDX-License-Identifier: GPL-2.0-only
/* KDCs on the loopback device: a thread and blocking sockets each. */
#include <linux/delay.h>
#include <linux/in.h>
#include <linux/kthread.h>
#include <linux/net.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/sock.h>

#include "codec/krb5_error.h"
#include "kunit/transport/kdc_server.h"

#define ROOM		70000
#define AS_REP_TAG	0x6b
#define PAUSE		(HZ / 20)	/* how often a thread looks up */

/* What the room is divided into: a request, and a reply behind its length. */
struct kdc_talk {
	u8 request[ROOM];
	u8 reply[4 + ROOM];
	size_t request_len;
	size_t reply_len;
};

static int receive(struct socket *sock, void *to, size_t len)
{
	struct msghdr msg = {};
	struct kvec part = { to, len };
	int n;

	do {
		n = kernel_recvmsg(sock, &msg, &part, 1, len, MSG_WAITALL);
	} while (n == -EAGAIN && !kthread_should_stop());
	return n;
}

static void transmit(struct socket *sock, void *from, size_t len)
{
	struct msghdr msg = { .msg_flags = MSG_NOSIGNAL };
	struct kvec part = { from, len };

	kernel_sendmsg(sock, &msg, &part, 1, len);
}

static void make_error(struct kdc_talk *talk, s32 code)
{
	struct krb5_error error = {
		.stime = 1700000000,
		.code = code,
		.server.realm = { "FAKE.TEST", 9 },
	};
	int len;

	error.server.name.type = 2;
	error.server.name.count = 1;
	error.server.name.part[0] = (struct sspi_span){ "kdc", 3 };
	len = krb5_build_error(&error, talk->reply + 4, ROOM);
	talk->reply_len = len > 0 ? len : 0;
}

static void make_reply(struct kdc_talk *talk, enum kdc_manner manner)
{
	switch (manner) {
	case KDC_BUSY:
		make_error(talk, 60);
		return;
	case KDC_TOO_BIG:
		make_error(talk, 52);
		return;
	default:
		talk->reply[4] = manner == KDC_JUNK ? 'J' : AS_REP_TAG;
		memcpy(talk->reply + 5, talk->request, talk->request_len);
		talk->reply_len = 1 + talk->request_len;
	}
}

static void answer_tcp(struct kdc_server *server, struct socket *sock,
		       struct kdc_talk *talk)
{
	size_t i;

	make_reply(talk, server->manner);
	put_unaligned_be32(talk->reply_len, talk->reply);
	switch (server->manner) {
	case KDC_LIE:
		put_unaligned_be32(0x7fffffff, talk->reply);
		transmit(sock, talk->reply, 8);
		break;
	case KDC_STALL:
		transmit(sock, talk->reply, 4 + talk->reply_len / 2);
		break;
	case KDC_DRIP:
		for (i = 0; i < 4 + talk->reply_len; i++) {
			transmit(sock, talk->reply + i, 1);
			fsleep(100);
		}
		break;
	case KDC_HANG_UP:
		break;
	default:
		transmit(sock, talk->reply, 4 + talk->reply_len);
	}
}

/* True if the connection is to be held. */
static bool serve_tcp(struct kdc_server *server, struct socket *sock,
		      struct kdc_talk *talk)
{
	u8 head[4];

	sock->sk->sk_rcvtimeo = PAUSE;
	if (server->manner == KDC_SILENT) {
		atomic_inc(&server->requests);
		return true;
	}
	if (receive(sock, head, 4) != 4)
		return false;
	talk->request_len = get_unaligned_be32(head);
	if (talk->request_len >= ROOM ||
	    receive(sock, talk->request, talk->request_len) !=
	    (int)talk->request_len)
		return false;
	atomic_inc(&server->requests);
	answer_tcp(server, sock, talk);
	return server->manner == KDC_STALL;
}

static void tcp_once(struct kdc_server *server, struct kdc_talk *talk)
{
	struct socket *sock;

	if (kernel_accept(server->sock, &sock, 0))
		return;
	if (serve_tcp(server, sock, talk) &&
	    server->held_count < KDC_SERVER_HELD)
		server->held[server->held_count++] = sock;
	else
		sock_release(sock);
}

static void udp_reply(struct kdc_server *server, struct sockaddr_in *to,
		      void *from, size_t len)
{
	struct msghdr msg = {
		.msg_name = to, .msg_namelen = sizeof(*to),
		.msg_flags = MSG_NOSIGNAL,
	};
	struct kvec part = { from, len };

	kernel_sendmsg(server->sock, &msg, &part, 1, len);
}

static void udp_once(struct kdc_server *server, struct kdc_talk *talk)
{
	struct sockaddr_in from;
	struct msghdr msg = { .msg_name = &from, .msg_namelen = sizeof(from) };
	struct kvec part = { talk->request, ROOM - 1 };
	int n = kernel_recvmsg(server->sock, &msg, &part, 1, ROOM - 1, 0);

	if (n < 0)
		return;
	atomic_inc(&server->requests);
	talk->request_len = n;
	if (server->manner == KDC_SILENT)
		return;
	make_reply(talk, server->manner);
	udp_reply(server, &from, talk->reply + 4, talk->reply_len);
	if (server->manner != KDC_JUNK)
		return;
	make_reply(talk, KDC_GOOD);
	udp_reply(server, &from, talk->reply + 4, talk->reply_len);
}

static int kdc_thread(void *data)
{
	struct kdc_server *server = data;
	struct kdc_talk *talk = kvzalloc(sizeof(*talk), GFP_KERNEL);

	while (!kthread_should_stop()) {
		if (!talk)
			msleep(20);
		else if (server->tcp)
			tcp_once(server, talk);
		else
			udp_once(server, talk);
	}
	kvfree(talk);
	return 0;
}

/* Built in, the suites run before there is a program that does it. */
static int loopback_up(struct net *net)
{
	struct net_device *lo = net->loopback_dev;
	int err;

	rtnl_lock();
	err = dev_change_flags(lo, lo->flags | IFF_UP, NULL);
	rtnl_unlock();
	return err;
}

static struct socket *bound(struct net *net, bool tcp, u16 *port)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons(*port),
	};
	struct socket *sock;

	if (loopback_up(net) ||
	    sock_create_kern(net, AF_INET, tcp ? SOCK_STREAM : SOCK_DGRAM,
			     tcp ? IPPROTO_TCP : IPPROTO_UDP, &sock))
		return NULL;
	sock_set_reuseaddr(sock->sk);
	if (kernel_bind(sock, (sspi_sockaddr *)&addr, sizeof(addr)) ||
	    kernel_getsockname(sock, (struct sockaddr *)&addr) < 0 ||
	    (tcp && kernel_listen(sock, 512))) {
		sock_release(sock);
		return NULL;
	}
	*port = ntohs(addr.sin_port);
	return sock;
}

static void kdc_server_release(void *data)
{
	kdc_server_stop(data);
}

struct kdc_server *kdc_server_start(struct kunit *test, struct net *net,
				    enum kdc_manner manner, bool tcp, u16 port)
{
	struct kdc_server *server = kunit_kzalloc(test, sizeof(*server),
						  GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, server);
	server->manner = manner;
	server->tcp = tcp;
	server->port = port;
	server->sock = bound(net, tcp, &server->port);
	KUNIT_ASSERT_NOT_NULL(test, server->sock);
	server->sock->sk->sk_rcvtimeo = PAUSE;
	server->task = kthread_run(kdc_thread, server, "sspi-kdc");
	KUNIT_ASSERT_FALSE(test, IS_ERR(server->task));
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, kdc_server_release,
						  server));
	return server;
}

void kdc_server_stop(struct kdc_server *server)
{
	unsigned int i;

	if (!server->task)
		return;
	kthread_stop(server->task);
	server->task = NULL;
	for (i = 0; i < server->held_count; i++)
		sock_release(server->held[i]);
	sock_release(server->sock);
}

u16 kdc_server_dead_port(struct kunit *test, struct net *net)
{
	struct socket *sock;
	u16 port = 0;

	sock = bound(net, true, &port);
	KUNIT_ASSERT_NOT_NULL(test, sock);
	sock_release(sock);
	return port;
}
