// SPDX-License-Identifier: GPL-2.0-only
/* Talking to the family. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sspictl.h"

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

#define BUFFER 65536 /* more than the kernel puts into one message */

static struct mnl_socket *sock;
static uint16_t family_id;
static uint32_t monitor_group;
static bool monitor_found;
static uint32_t sequence;

struct exchange {
	message_fn fn;
	void *priv;
	uint8_t command;
};

static int group_attr(const struct nlattr *attr, void *priv)
{
	const struct nlattr **tb = priv;
	uint16_t type = mnl_attr_get_type(attr);

	if (type <= CTRL_ATTR_MCAST_GRP_MAX)
		tb[type] = attr;
	return MNL_CB_OK;
}

static void take_groups(const struct nlattr *groups)
{
	const struct nlattr *group;

	mnl_attr_for_each_nested(group, groups)
	{
		const struct nlattr *tb[CTRL_ATTR_MCAST_GRP_MAX + 1] = {};

		mnl_attr_parse_nested(group, group_attr, tb);
		if (!tb[CTRL_ATTR_MCAST_GRP_NAME] ||
		    !tb[CTRL_ATTR_MCAST_GRP_ID] ||
		    strcmp(mnl_attr_get_str(tb[CTRL_ATTR_MCAST_GRP_NAME]),
			   KSSPI_MCGRP_MONITOR))
			continue;
		monitor_group = mnl_attr_get_u32(tb[CTRL_ATTR_MCAST_GRP_ID]);
		monitor_found = true;
	}
}

static void take_family(const struct nlmsghdr *nlh, void *priv)
{
	const struct nlattr *attr;

	(void)priv;
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
	{
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			family_id = mnl_attr_get_u16(attr);
		else if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GROUPS)
			take_groups(attr);
	}
}

static struct nlmsghdr *put_header(void *buf, uint16_t type, uint16_t flags,
				   uint8_t command, uint8_t version)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = ++sequence;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = command;
	genl->version = version;
	return nlh;
}

void netlink_open(void)
{
	struct request req;
	int on = 1;

	if (sock)
		return;
	sock = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!sock || mnl_socket_bind(sock, 0, MNL_SOCKET_AUTOPID) < 0)
		die(EXIT_FAILED, "no netlink socket: %s", strerror(errno));
	mnl_socket_setsockopt(sock, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(sock, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	req.nlh = put_header(req.buf, GENL_ID_CTRL, NLM_F_ACK,
			     CTRL_CMD_GETFAMILY, 1);
	mnl_attr_put_strz(req.nlh, CTRL_ATTR_FAMILY_NAME, KSSPI_FAMILY_NAME);
	request_send(&req, take_family, NULL);
}

void netlink_close(void)
{
	if (sock)
		mnl_socket_close(sock);
	sock = NULL;
}

void request_begin(struct request *req, uint8_t command, uint16_t flags)
{
	netlink_open();
	req->nlh = put_header(req->buf, family_id, flags, command,
			      KSSPI_FAMILY_VERSION);
}

/* What the kernel has to say about an error, or NULL. */
static const char *kernel_message(const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;
	size_t head = sizeof(*err);

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return NULL;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		head += mnl_nlmsg_get_payload_len(&err->msg);
	if (mnl_nlmsg_get_payload_len(nlh) < head)
		return NULL;
	mnl_attr_for_each(
		attr, nlh,
		head) if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG &&
			  mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >=
				  0) return mnl_attr_get_str(attr);
	return NULL;
}

static void fail(const struct nlmsghdr *nlh, int error)
{
	const char *message = nlh ? kernel_message(nlh) : NULL;

	if (!family_id && error == ENOENT)
		die(EXIT_NOT_LOADED, "ksspi is not loaded: modprobe ksspi");
	if (error == EPERM)
		die(EXIT_DENIED,
		    "not permitted: this needs CAP_NET_ADMIN over the network namespace");
	die(EXIT_FAILED, "%s%s%s", message ? message : "", message ? ": " : "",
	    strerror(error));
}

static int on_error(const struct nlmsghdr *nlh, void *priv)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);

	(void)priv;
	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*err))
		die(EXIT_FAILED, "the kernel's answer is too short");
	if (err->error)
		fail(nlh, -err->error);
	return MNL_CB_STOP;
}

/* The end of a dump has the error that ended it. */
static int on_done(const struct nlmsghdr *nlh, void *priv)
{
	const int *error = mnl_nlmsg_get_payload(nlh);

	(void)priv;
	if (mnl_nlmsg_get_payload_len(nlh) >= sizeof(*error) && *error < 0)
		fail(NULL, -*error);
	return MNL_CB_STOP;
}

static int on_message(const struct nlmsghdr *nlh, void *priv)
{
	const struct exchange *exchange = priv;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(struct genlmsghdr))
		die(EXIT_FAILED, "the kernel's answer is too short");
	if (exchange->fn)
		exchange->fn(nlh, exchange->priv);
	return MNL_CB_OK;
}

static mnl_cb_t control[] = {
	[NLMSG_ERROR] = on_error,
	[NLMSG_DONE] = on_done,
};

static ssize_t receive(void *buf)
{
	ssize_t len;

	do {
		len = mnl_socket_recvfrom(sock, buf, BUFFER);
	} while (len < 0 && errno == EINTR);
	return len;
}

/* Sends, and calls @fn for each message of the answer. */
void request_send(struct request *req, message_fn fn, void *priv)
{
	struct exchange exchange = { .fn = fn, .priv = priv };
	static char buf[BUFFER];
	ssize_t len;
	int more = MNL_CB_OK;

	if (mnl_socket_sendto(sock, req->nlh, req->nlh->nlmsg_len) < 0)
		die(EXIT_FAILED, "cannot ask the kernel: %s", strerror(errno));
	while (more > MNL_CB_STOP) {
		len = receive(buf);
		if (len < 0)
			die(EXIT_FAILED, "no answer of the kernel: %s",
			    strerror(errno));
		more = mnl_cb_run2(buf, len, req->nlh->nlmsg_seq,
				   mnl_socket_get_portid(sock), on_message,
				   &exchange, control,
				   sizeof(control) / sizeof(*control));
		if (more < 0)
			die(EXIT_FAILED, "the kernel's answer is not one: %s",
			    strerror(errno));
	}
}

/* Joins the group and calls @fn for each event, until a signal comes. */
void netlink_listen(message_fn fn, void *priv)
{
	struct exchange exchange = { .fn = fn, .priv = priv };
	static char buf[BUFFER];
	int size = 1 << 20;
	ssize_t len;

	netlink_open();
	if (!monitor_found)
		die(EXIT_FAILED, "this ksspi has no events");
	if (setsockopt(mnl_socket_get_fd(sock), SOL_NETLINK,
		       NETLINK_ADD_MEMBERSHIP, &monitor_group,
		       sizeof(monitor_group)))
		fail(NULL, errno);
	setsockopt(mnl_socket_get_fd(sock), SOL_SOCKET, SO_RCVBUF, &size,
		   sizeof(size));
	fprintf(stderr, "sspictl: listening\n");
	for (;;) {
		len = receive(buf);
		if (len < 0 && errno == ENOBUFS) {
			fprintf(stderr, "sspictl: events were lost\n");
			continue;
		}
		if (len < 0)
			die(EXIT_FAILED, "no events: %s", strerror(errno));
		mnl_cb_run2(buf, len, 0, 0, on_message, &exchange, control,
			    sizeof(control) / sizeof(*control));
	}
}
