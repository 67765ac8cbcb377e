// SPDX-License-Identifier: GPL-2.0-only
/* Frames on a TCP connection. */
#include <linux/in.h>
#include <linux/inet.h>
#include <linux/jiffies.h>
#include <linux/net.h>
#include <linux/slab.h>
#include <linux/tcp.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "gss_peer.h"

#define PEER_TIMEOUT	(10 * HZ)

int peer_connect(struct peer *peer)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(peer->config->port),
	};
	int err;

	if (!in4_pton(peer->config->address, -1, (u8 *)&addr.sin_addr.s_addr,
		      -1, NULL))
		return -EINVAL;
	err = sock_create_kern(&init_net, AF_INET, SOCK_STREAM, IPPROTO_TCP,
			       &peer->sock);
	if (err)
		return err;
	peer->sock->sk->sk_sndtimeo = PEER_TIMEOUT;
	tcp_sock_set_nodelay(peer->sock->sk);
	err = kernel_connect(peer->sock, (struct sockaddr_unsized *)&addr,
			     sizeof(addr), 0);
	/* a blocking connect that ran out of time says "in progress" */
	return err == -EINPROGRESS ? -ETIMEDOUT : err;
}

void peer_disconnect(struct peer *peer)
{
	if (peer->sock) {
		kernel_sock_shutdown(peer->sock, SHUT_RDWR);
		sock_release(peer->sock);
		peer->sock = NULL;
	}
	kvfree(peer->data);
	peer->data = NULL;
}

static int send_all(struct socket *sock, struct kvec *vec, size_t count,
		    size_t len)
{
	struct msghdr msg = { .msg_flags = MSG_NOSIGNAL };
	int sent = kernel_sendmsg(sock, &msg, vec, count, len);

	if (sent < 0)
		return sent == -EAGAIN ? -ETIMEDOUT : sent;
	return sent == len ? 0 : -ETIMEDOUT;
}

int peer_send(struct peer *peer, u8 flags, const void *data, u32 len)
{
	u8 head[FRAME_HEAD] = { flags };
	struct kvec vec[] = {
		{ .iov_base = head, .iov_len = sizeof(head) },
		{ .iov_base = (void *)data, .iov_len = len },
	};

	put_unaligned_be32(len, head + 1);
	return send_all(peer->sock, vec, len ? 2 : 1, sizeof(head) + len);
}

static int receive_exactly(struct socket *sock, void *buf, size_t len)
{
	struct msghdr msg = { .msg_flags = MSG_NOSIGNAL };
	struct kvec vec;
	int got;

	sock->sk->sk_rcvtimeo = PEER_TIMEOUT;
	while (len) {
		vec.iov_base = buf;
		vec.iov_len = len;
		got = kernel_recvmsg(sock, &msg, &vec, 1, len, 0);
		if (got == -EAGAIN)
			return -ETIMEDOUT;
		if (got <= 0)
			return got ?: -ECONNRESET;
		buf += got;
		len -= got;
	}
	return 0;
}

/* Receives a frame into the peer, in place of the one before. */
int peer_receive(struct peer *peer)
{
	u8 head[FRAME_HEAD];
	int err;

	kvfree(peer->data);
	peer->data = NULL;
	peer->len = 0;
	err = receive_exactly(peer->sock, head, sizeof(head));
	if (err)
		return err;
	peer->flags = head[0];
	peer->len = get_unaligned_be32(head + 1);
	if (peer->len > FRAME_MAX)
		return -EMSGSIZE;
	/* An empty frame has data too, of no length. */
	peer->data = kvmalloc(peer->len ?: 1, GFP_KERNEL);
	if (!peer->data)
		return -ENOMEM;
	return receive_exactly(peer->sock, peer->data, peer->len);
}
