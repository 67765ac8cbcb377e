// SPDX-License-Identifier: GPL-2.0-only
/*
 * One request and its reply on one socket. Nothing waits: what cannot go on
 * returns -EAGAIN, and the socket's callbacks have the exchange looked at again.
 *
 * Over TCP each message has its length before it (RFC 4120 7.2.2). The other
 * side's is believed as far as the bytes really come.
 */
#include <linux/net.h>
#include <linux/tcp.h>
#include <linux/uio.h>
#include <net/sock.h>
#include <net/tcp_states.h>

#include "noio.h"
#include "transport/internal.h"

#define HEAD_LEN	sizeof_field(struct sspi_conn, head)
#define FIRST_ROOM	4096

static void conn_event(struct sock *sk)
{
	struct sspi_exchange *x;

	read_lock_bh(&sk->sk_callback_lock);
	x = sk->sk_user_data;
	if (x)
		sspi_exchange_kick(x);
	read_unlock_bh(&sk->sk_callback_lock);
}

/* The stack's own part clears the mark that somebody wants to write. */
static void conn_write_space(struct sock *sk)
{
	struct sspi_exchange *x;

	read_lock_bh(&sk->sk_callback_lock);
	x = sk->sk_user_data;
	if (x) {
		x->run->conn.write_space(sk);
		sspi_exchange_kick(x);
	}
	read_unlock_bh(&sk->sk_callback_lock);
}

static void conn_listen(struct sspi_conn *conn, struct sspi_exchange *x)
{
	struct sock *sk = conn->sock->sk;

	write_lock_bh(&sk->sk_callback_lock);
	conn->data_ready = sk->sk_data_ready;
	conn->state_change = sk->sk_state_change;
	conn->error_report = sk->sk_error_report;
	conn->write_space = sk->sk_write_space;
	sk->sk_user_data = x;
	sk->sk_data_ready = conn_event;
	sk->sk_state_change = conn_event;
	sk->sk_error_report = conn_event;
	sk->sk_write_space = conn_write_space;
	write_unlock_bh(&sk->sk_callback_lock);
}

void sspi_conn_close(struct sspi_conn *conn)
{
	struct sock *sk;

	sspi_free(conn->reply);
	conn->reply = NULL;
	if (!conn->sock)
		return;
	/* From here on the callbacks find nobody. */
	sk = conn->sock->sk;
	write_lock_bh(&sk->sk_callback_lock);
	sk->sk_user_data = NULL;
	sk->sk_data_ready = conn->data_ready;
	sk->sk_state_change = conn->state_change;
	sk->sk_error_report = conn->error_report;
	sk->sk_write_space = conn->write_space;
	write_unlock_bh(&sk->sk_callback_lock);
	sock_release(conn->sock);
	conn->sock = NULL;
}

/*
 * No lingering: a connection that is over leaves nothing behind in a namespace
 * that it does not keep alive.
 */
static void conn_prepare(struct socket *sock, bool tcp)
{
	sock->sk->sk_allocation = GFP_NOIO;
	sspi_no_task_frag(sock->sk);
	if (!tcp)
		return;
	sock_no_linger(sock->sk);
	tcp_sock_set_nodelay(sock->sk);
}

/* 0: the connection is there, or on its way. */
int sspi_conn_open(struct sspi_conn *conn, struct sspi_exchange *x,
		   const union sspi_address *addr, bool tcp)
{
	union sspi_address to = *addr;
	int err;

	sspi_noio_check(SSPI_NOIO_SOCKET);
	*conn = (struct sspi_conn){ .tcp = tcp, .connected = !tcp };
	err = sock_create_kern(x->ns->net, to.sa.sa_family,
			       tcp ? SOCK_STREAM : SOCK_DGRAM,
			       tcp ? IPPROTO_TCP : IPPROTO_UDP, &conn->sock);
	if (err) {
		conn->sock = NULL;
		return err;
	}
	conn_prepare(conn->sock, tcp);
	conn_listen(conn, x);
	err = kernel_connect(conn->sock, (sspi_sockaddr *)&to,
			     to.sa.sa_family == AF_INET ? sizeof(to.in) :
							  sizeof(to.in6),
			     O_NONBLOCK);
	if (!err || err == -EINPROGRESS)
		return 0;
	sspi_conn_close(conn);
	return err;
}

static int conn_connected(struct sspi_conn *conn)
{
	struct sock *sk = conn->sock->sk;
	int err;

	if (conn->connected)
		return 0;
	switch (READ_ONCE(sk->sk_state)) {
	case TCP_SYN_SENT:
	case TCP_SYN_RECV:
		return -EAGAIN;
	case TCP_ESTABLISHED:
	case TCP_CLOSE_WAIT:
		conn->connected = true;
		return 0;
	default:
		err = sock_error(sk);
		return err ? err : -ECONNREFUSED;
	}
}

static int conn_send_tcp(struct sspi_conn *conn, const struct sspi_blob *request)
{
	size_t total = HEAD_LEN + request->len;
	u8 head[HEAD_LEN];
	int n;

	put_unaligned_be32((u32)request->len, head);
	while (conn->sent < total) {
		struct msghdr msg = { .msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL };
		size_t in_head = min(conn->sent, HEAD_LEN);
		size_t in_body = conn->sent - in_head;
		struct kvec parts[2] = {
			{ head + in_head, HEAD_LEN - in_head },
			{ request->data + in_body, request->len - in_body },
		};

		n = kernel_sendmsg(conn->sock, &msg, parts, ARRAY_SIZE(parts),
				   total - conn->sent);
		if (n <= 0)
			return n ? n : -EAGAIN;
		conn->sent += n;
	}
	return 0;
}

static int conn_send_udp(struct sspi_conn *conn, const struct sspi_blob *request)
{
	struct msghdr msg = { .msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL };
	struct kvec part = { request->data, request->len };
	int n;

	if (conn->sent)
		return 0;
	n = kernel_sendmsg(conn->sock, &msg, &part, 1, request->len);
	if (n < 0)
		return n;
	conn->sent = n;
	return 0;
}

static int conn_receive(struct sspi_conn *conn, void *to, size_t len, int flags)
{
	struct msghdr msg = {};
	struct kvec part = { to, len };

	return kernel_recvmsg(conn->sock, &msg, &part, 1, len,
			      MSG_DONTWAIT | flags);
}

static int conn_grow(struct sspi_conn *conn, size_t room)
{
	u8 *reply = sspi_alloc(room);

	if (!reply)
		return -ENOMEM;
	if (conn->len)
		memcpy(reply, conn->reply, conn->len);
	sspi_free(conn->reply);
	conn->reply = reply;
	conn->room = room;
	return 0;
}

static int conn_receive_tcp(struct sspi_conn *conn)
{
	size_t want;
	int n, err;

	while (conn->head_len < HEAD_LEN) {
		n = conn_receive(conn, conn->head + conn->head_len,
				 HEAD_LEN - conn->head_len, 0);
		if (n <= 0)
			return n ? n : -ECONNRESET;
		conn->head_len += n;
	}
	want = get_unaligned_be32(conn->head);
	if (!want || want > SSPI_MAX_REPLY)
		return -EMSGSIZE;
	while (conn->len < want) {
		if (conn->len == conn->room) {
			err = conn_grow(conn, min_t(size_t, want,
						    max_t(size_t, FIRST_ROOM,
							  2 * conn->room)));
			if (err)
				return err;
		}
		n = conn_receive(conn, conn->reply + conn->len,
				 conn->room - conn->len, 0);
		if (n <= 0)
			return n ? n : -ECONNRESET;
		conn->len += n;
	}
	return 0;
}

/* The socket is connected: what another host sends does not get here. */
static int conn_receive_udp(struct sspi_conn *conn)
{
	u8 none;
	int n, err;

	n = conn_receive(conn, &none, 0, MSG_PEEK | MSG_TRUNC);
	if (n < 0)
		return n;
	err = conn_grow(conn, max(n, 1));
	if (err)
		return err;
	n = conn_receive(conn, conn->reply, conn->room, 0);
	if (n < 0)
		return n;
	conn->len = n;
	return 0;
}

/*
 * Goes on with the request and the reply. 0: the reply is in; -EAGAIN: more is
 * to come; else it failed.
 */
int sspi_conn_talk(struct sspi_conn *conn, const struct sspi_blob *request)
{
	int err = conn_connected(conn);

	if (err)
		return err;
	err = conn->tcp ? conn_send_tcp(conn, request) :
			  conn_send_udp(conn, request);
	if (err)
		return err;
	return conn->tcp ? conn_receive_tcp(conn) : conn_receive_udp(conn);
}

/* What came in a datagram was not it: wait for another. */
void sspi_conn_again(struct sspi_conn *conn)
{
	conn->len = 0;
}
