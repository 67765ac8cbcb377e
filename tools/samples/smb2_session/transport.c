// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frames on a TCP connection (MS-SMB2 2.1): a zero byte, 24 bits of length,
 * then one message. Nothing waits longer than SMB2_TIMEOUT for a frame.
 */
#include <linux/in.h>
#include <linux/inet.h>
#include <linux/jiffies.h>
#include <linux/net.h>
#include <linux/slab.h>
#include <linux/tcp.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "smb2_session.h"

#define SMB2_TIMEOUT	(10 * HZ)

int smb2_connect(struct smb2_conn *conn, const char *server, u16 port)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
	};
	int err;

	if (!in4_pton(server, -1, (u8 *)&addr.sin_addr.s_addr, -1, NULL))
		return -EINVAL;

	conn->tx = kmalloc(SMB2_FRAME_HEAD + SMB2_BUFFER, GFP_KERNEL);
	conn->rx = kmalloc(SMB2_BUFFER, GFP_KERNEL);
	if (!conn->tx || !conn->rx)
		return -ENOMEM;

	err = sock_create_kern(&init_net, AF_INET, SOCK_STREAM, IPPROTO_TCP,
			       &conn->sock);
	if (err)
		return err;
	conn->sock->sk->sk_sndtimeo = SMB2_TIMEOUT;
	tcp_sock_set_nodelay(conn->sock->sk);
	err = kernel_connect(conn->sock, (struct sockaddr_unsized *)&addr,
			     sizeof(addr), 0);
	/* a blocking connect that ran out of time says "in progress" */
	return err == -EINPROGRESS ? -ETIMEDOUT : err;
}

void smb2_disconnect(struct smb2_conn *conn)
{
	if (conn->sock) {
		kernel_sock_shutdown(conn->sock, SHUT_RDWR);
		sock_release(conn->sock);
		conn->sock = NULL;
	}
	kfree(conn->rx);
	/* tokens and names went through here */
	kfree_sensitive(conn->tx);
	conn->rx = NULL;
	conn->tx = NULL;
}

/* Sends the message of @len bytes that follows the frame's head in conn->tx. */
int smb2_send(struct smb2_conn *conn, size_t len)
{
	struct msghdr msg = { .msg_flags = MSG_NOSIGNAL };
	struct kvec vec = {
		.iov_base = conn->tx,
		.iov_len = SMB2_FRAME_HEAD + len,
	};
	int sent;

	*(__be32 *)conn->tx = cpu_to_be32(len);
	sent = kernel_sendmsg(conn->sock, &msg, &vec, 1, vec.iov_len);
	if (sent < 0)
		return sent == -EAGAIN ? -ETIMEDOUT : sent;
	return sent == SMB2_FRAME_HEAD + len ? 0 : -ETIMEDOUT;
}

static int receive_exactly(struct socket *sock, void *buf, size_t len,
			   unsigned long deadline)
{
	struct msghdr msg = { .msg_flags = MSG_NOSIGNAL };
	struct kvec vec;
	long left;
	int got;

	while (len) {
		left = (long)(deadline - jiffies);
		if (left <= 0)
			return -ETIMEDOUT;
		sock->sk->sk_rcvtimeo = left;
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

/* Receives one message into conn->rx. */
int smb2_receive(struct smb2_conn *conn)
{
	unsigned long deadline = jiffies + SMB2_TIMEOUT;
	__be32 head;
	u32 len;
	int err;

	conn->rx_len = 0;
	err = receive_exactly(conn->sock, &head, sizeof(head), deadline);
	if (err)
		return err;
	/* a type other than zero makes the length too large */
	len = be32_to_cpu(head);
	if (len < sizeof(struct smb2_header))
		return -EBADMSG;
	if (len > SMB2_BUFFER)
		return -EMSGSIZE;
	err = receive_exactly(conn->sock, conn->rx, len, deadline);
	if (!err)
		conn->rx_len = len;
	return err;
}
