/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The administrator's side: generic netlink family "ksspi", whose interface is
 * specified in Documentation/netlink/specs/ksspi.yaml. gen.c and gen.h are
 * generated from that.
 */
#ifndef _SSPI_NETLINK_NETLINK_H
#define _SSPI_NETLINK_NETLINK_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <net/genetlink.h>

#include "event.h"
#include "netlink/gen.h"
#include "netlink/queue.h"

#define SSPI_NL_MAX_FAILURES	64	/* that a namespace remembers */
/* Texts are cut at this, but for the names of targets and peers. */
#define SSPI_NL_MAX_TEXT	255

/**
 * struct sspi_nl_event - an event on its way to the administrator
 * @node: in a list
 * @event: the event; its texts are in @bytes
 * @net: whose it is; a reference while it is on its way, then NULL
 * @time: unix seconds
 * @count: how often it has happened
 * @id: in the order of a namespace's memory
 * @bytes: texts
 */
struct sspi_nl_event {
	struct list_head node;
	struct sspi_event event;
	struct net *net;
	s64 time;
	u32 count;
	unsigned long id;
	char bytes[];
};

/**
 * struct sspi_nl_net - what a network namespace has of this
 * @net: the namespace
 * @node: in the table by cookie
 * @queue: its events that are on their way
 * @lock: protects what follows
 * @failures: the latest last
 * @count: number of them
 * @last_id: of the latest
 */
struct sspi_nl_net {
	struct net *net;
	struct hlist_node node;
	struct sspi_nl_queue queue;
	struct mutex lock;
	struct list_head failures;
	u32 count;
	unsigned long last_id;
};

/* family.c */
struct sspi_nl_net *sspi_nl_net(struct net *net);
struct net *sspi_nl_find_net(u64 cookie);
void *sspi_nl_begin(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd);
int sspi_nl_put_text(struct sk_buff *skb, int attr, const char *text);

/* failure.c */
void sspi_nl_remember(struct sspi_nl_net *nn, struct sspi_nl_event *e);
void sspi_nl_forget_all(struct sspi_nl_net *nn);
int sspi_nl_put_failure(struct sk_buff *skb, const struct sspi_nl_event *e);

/* monitor.c */
void sspi_nl_monitor_init(void);
void sspi_nl_monitor_exit(void);
void sspi_nl_monitor_flush(struct net *net);
int sspi_nl_put_texts(struct sk_buff *skb, const struct sspi_event *event);

/* object.c */
int sspi_nl_put_ticket(struct sk_buff *skb, const struct sspi_ticket_info *tkt);

#endif /* _SSPI_NETLINK_NETLINK_H */
