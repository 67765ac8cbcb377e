// SPDX-License-Identifier: GPL-2.0-only
/* What gss-server does: accept, take messages, give receipts. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/in.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/net.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "gss_peer.h"

static struct {
	const struct peer_config *config;
	struct sspi_cred_handle cred;
	struct socket *listener;
	struct task_struct *thread;
	struct workqueue_struct *wq;
} server;

/**
 * struct connection - what a worker serves
 * @work: the worker's
 * @peer: the connection and its context
 */
struct connection {
	struct work_struct work;
	struct peer peer;
};

static void print_client(struct peer *peer)
{
	struct sec_pkg_context_names names = {};
	sec_status_t status;

	status = sspi_query_context_attributes(&peer->ctx, SECPKG_ATTR_NAMES,
					       &names, sizeof(names));
	pr_info("accepted %s, flags %#llx\n", status == SEC_E_OK ?
		names.user_name : sec_status_name(status), peer->attr);
	sspi_free_context_buffer(names.user_name);
}

/* A message, in the clear or wrapped, and its receipt if one is wanted. */
static int take_message(struct peer *peer)
{
	u8 *text = peer->data, *receipt;
	u32 len = peer->len, size;
	u8 flags = peer->flags;
	int err = 0;

	if (flags & FRAME_WRAPPED)
		err = peer_unwrap(peer, &text, &len);
	if (err)
		return err;
	pr_info("message of %u bytes: %*pE\n", len, (int)min_t(u32, len, 64),
		text);
	if (!(flags & FRAME_SEND_MIC))
		return peer_send(peer, FRAME_NOOP, NULL, 0);
	err = peer_mic(peer, text, len, &receipt, &size);
	if (err)
		return err;
	err = peer_send(peer, FRAME_MIC, receipt, size);
	kvfree(receipt);
	return err;
}

static int serve(struct peer *peer)
{
	int err = peer_receive(peer);

	if (err)
		return err;
	if (peer->flags != (FRAME_NOOP | FRAME_CONTEXT_NEXT))
		return -EBADMSG;
	err = peer_accept(peer);
	if (err)
		return err;
	print_client(peer);
	for (;;) {
		err = peer_receive(peer);
		if (err || peer->flags & FRAME_NOOP)
			return err;
		if (!(peer->flags & FRAME_DATA))
			return -EBADMSG;
		err = take_message(peer);
		if (err)
			return err;
	}
}

static void connection_work(struct work_struct *work)
{
	struct connection *conn = container_of(work, struct connection, work);
	struct peer *peer = &conn->peer;
	int err = serve(peer);

	if (err == -EPROTO)
		pr_info("SERVED %s\n", sec_status_name(peer->status));
	else if (err)
		pr_info("SERVED %pe\n", ERR_PTR(err));
	else
		pr_info("SERVED SEC_E_OK\n");
	peer_delete(peer);
	peer_disconnect(peer);
	kfree(conn);
}

static void take_connection(struct socket *sock)
{
	struct connection *conn = kzalloc(sizeof(*conn), GFP_KERNEL);

	if (!conn) {
		sock_release(sock);
		return;
	}
	conn->peer.config = server.config;
	conn->peer.cred = &server.cred;
	conn->peer.sock = sock;
	sock->sk->sk_sndtimeo = 10 * HZ;
	INIT_WORK(&conn->work, connection_work);
	queue_work(server.wq, &conn->work);
}

static int listen_thread(void *unused)
{
	struct socket *sock;

	while (!kthread_should_stop())
		if (!kernel_accept(server.listener, &sock, 0))
			take_connection(sock);
	return 0;
}

static int listen_on(u16 port)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_ANY),
	};
	int err;

	err = sock_create_kern(&init_net, AF_INET, SOCK_STREAM, IPPROTO_TCP,
			       &server.listener);
	if (err)
		return err;
	sock_set_reuseaddr(server.listener->sk);
	/* so that the thread sees that it is to stop */
	server.listener->sk->sk_rcvtimeo = HZ / 4;
	err = kernel_bind(server.listener, (struct sockaddr_unsized *)&addr,
			  sizeof(addr));
	return err ?: kernel_listen(server.listener, 64);
}

int server_start(const struct peer_config *config)
{
	sec_status_t status;
	int err;

	server.config = config;
	status = peer_acquire(config, true, &server.cred);
	if (status != SEC_E_OK) {
		pr_err("acquire credential: %s\n", sec_status_name(status));
		return sec_status_to_errno(status) ?: -EIO;
	}
	server.wq = alloc_workqueue("gss_peer", WQ_UNBOUND, 0);
	err = server.wq ? listen_on(config->port) : -ENOMEM;
	if (!err) {
		server.thread = kthread_run(listen_thread, NULL, "gss_peer");
		err = PTR_ERR_OR_ZERO(server.thread);
	}
	if (err) {
		server.thread = NULL;
		server_stop();
		return err;
	}
	pr_info("listening on port %u\n", config->port);
	return 0;
}

void server_stop(void)
{
	if (server.thread)
		kthread_stop(server.thread);
	if (server.listener)
		sock_release(server.listener);
	/* waits for the connections, each of which has a time limit */
	if (server.wq)
		destroy_workqueue(server.wq);
	sspi_free_credentials_handle(&server.cred);
}
