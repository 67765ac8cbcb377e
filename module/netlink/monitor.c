// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events: copied where they happen, which may be anywhere, and sent to the
 * group of their namespace by a worker.
 */
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>

#include "netlink/netlink.h"
#include "netlink/queue.h"
#include "noio.h"
#include "test_export.h"

static struct sspi_nl_turns turns = SSPI_NL_TURNS_INIT(turns);

static void deliver_work(struct work_struct *work);
static DECLARE_WORK(deliver, deliver_work);

/* The attribute that a text becomes; 0 for none. */
static const u8 text_attrs[SSPI_EVENT_KINDS][SSPI_EVENT_TEXTS] = {
	[SSPI_EVENT_FAILURE] = {
		[SSPI_TEXT_PACKAGE] = KSSPI_A_FAILURE_PACKAGE,
		[SSPI_TEXT_OWNER] = KSSPI_A_FAILURE_OWNER,
		[SSPI_TEXT_TARGET] = KSSPI_A_FAILURE_TARGET,
		[SSPI_TEXT_WHAT] = KSSPI_A_FAILURE_WHAT,
		[SSPI_TEXT_REASON] = KSSPI_A_FAILURE_REASON,
		[SSPI_TEXT_DETAIL] = KSSPI_A_FAILURE_DETAIL,
		[SSPI_TEXT_SERVER] = KSSPI_A_FAILURE_KDC,
	},
	[SSPI_EVENT_CONTEXT] = {
		[SSPI_TEXT_PACKAGE] = KSSPI_A_CONTEXT_PACKAGE,
		[SSPI_TEXT_OWNER] = KSSPI_A_CONTEXT_OWNER,
		[SSPI_TEXT_CLIENT] = KSSPI_A_CONTEXT_CLIENT,
		[SSPI_TEXT_PEER] = KSSPI_A_CONTEXT_SERVER,
	},
	[SSPI_EVENT_KDC] = {
		[SSPI_TEXT_REALM] = KSSPI_A_KDC_REALM,
		[SSPI_TEXT_SERVER] = KSSPI_A_KDC_SERVER,
		[SSPI_TEXT_NEXT] = KSSPI_A_KDC_NEXT,
	},
	[SSPI_EVENT_TICKET] = {
		[SSPI_TEXT_PACKAGE] = KSSPI_A_TICKET_PACKAGE,
		[SSPI_TEXT_OWNER] = KSSPI_A_TICKET_OWNER,
		[SSPI_TEXT_CLIENT] = KSSPI_A_TICKET_CLIENT,
		[SSPI_TEXT_PEER] = KSSPI_A_TICKET_SERVER,
	},
};

int sspi_nl_put_texts(struct sk_buff *skb, const struct sspi_event *event)
{
	const u8 *attrs = text_attrs[event->kind];
	unsigned int i;
	int err = 0;

	for (i = 0; i < SSPI_EVENT_TEXTS && !err; i++)
		if (attrs[i])
			err = sspi_nl_put_text(skb, attrs[i], event->text[i]);
	return err;
}

static int put_context(struct sk_buff *skb, const struct sspi_event *event)
{
	u32 state = event->established ? KSSPI_STATE_ESTABLISHED :
					 KSSPI_STATE_FAILED;
	int err;

	err = nla_put_u32(skb, KSSPI_A_CONTEXT_ROLE, event->role);
	if (!err)
		err = nla_put_u32(skb, KSSPI_A_CONTEXT_STATE, state);
	if (!err)
		err = nla_put_u32(skb, KSSPI_A_CONTEXT_STATUS,
				  (__force u32)event->status);
	return err;
}

static int put_ticket(struct sk_buff *skb, const struct sspi_event *event)
{
	int err = sspi_nl_put_ticket(skb, &event->ticket);

	return err ?: nla_put_u32(skb, KSSPI_A_TICKET_CHANGE, event->change);
}

static int put_event(struct sk_buff *skb, const struct sspi_nl_event *e)
{
	const struct sspi_event *event = &e->event;

	switch (event->kind) {
	case SSPI_EVENT_FAILURE:
		return sspi_nl_put_failure(skb, e);
	case SSPI_EVENT_CONTEXT:
		return sspi_nl_put_texts(skb, event) ?:
		       put_context(skb, event);
	case SSPI_EVENT_KDC:
		return sspi_nl_put_texts(skb, event) ?:
		       nla_put_s32(skb, KSSPI_A_KDC_ERROR, event->error);
	case SSPI_EVENT_TICKET:
		return sspi_nl_put_texts(skb, event) ?: put_ticket(skb, event);
	default:
		return -EINVAL;
	}
}

static const u8 commands[SSPI_EVENT_KINDS] = {
	[SSPI_EVENT_FAILURE] = KSSPI_CMD_FAILURE_NTF,
	[SSPI_EVENT_CONTEXT] = KSSPI_CMD_CONTEXT_NTF,
	[SSPI_EVENT_KDC] = KSSPI_CMD_KDC_NTF,
	[SSPI_EVENT_TICKET] = KSSPI_CMD_TICKET_NTF,
};

static bool somebody_listens(struct net *net)
{
	return genl_has_listeners(&ksspi_nl_family, net, KSSPI_NLGRP_MONITOR);
}

/* False if it is lost. A listener that is too slow is told so by its socket. */
static bool multicast(const struct sspi_nl_event *e)
{
	struct sk_buff *skb;
	void *head;

	if (!somebody_listens(e->net))
		return true;
	skb = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!skb)
		return false;
	head = genlmsg_put(skb, 0, 0, &ksspi_nl_family, 0,
			   commands[e->event.kind]);
	if (!head || put_event(skb, e)) {
		nlmsg_free(skb);
		return false;
	}
	genlmsg_end(skb, head);
	genlmsg_multicast_netns(&ksspi_nl_family, e->net, skb, 0,
				KSSPI_NLGRP_MONITOR, GFP_KERNEL);
	return true;
}

static void deliver_event(struct sspi_nl_event *e)
{
	struct net *net = e->net;
	struct sspi_nl_net *nn = sspi_nl_net(net);

	if (!multicast(e))
		atomic64_inc(&nn->queue.dropped);
	e->net = NULL;
	if (e->event.kind == SSPI_EVENT_FAILURE)
		sspi_nl_remember(nn, e);
	else
		kfree(e);
	sspi_nl_queue_done(&turns, &nn->queue);
	put_net(net);
}

static void deliver_work(struct work_struct *work)
{
	unsigned int noio = sspi_noio_enter();
	struct sspi_nl_event *e;

	while ((e = sspi_nl_queue_take(&turns))) {
		sspi_noio_check(SSPI_NOIO_EVENTS);
		deliver_event(e);
		cond_resched();
	}
	sspi_noio_leave(noio);
}

/* Under rcu_read_lock(). */
static bool event_wanted(u64 netns, enum sspi_event_kind kind)
{
	struct net *net = sspi_nl_find_net(netns);

	return net && (kind == SSPI_EVENT_FAILURE || somebody_listens(net));
}

static size_t text_len(const struct sspi_event *event, unsigned int i)
{
	bool name = i == SSPI_TEXT_TARGET || i == SSPI_TEXT_CLIENT ||
		    i == SSPI_TEXT_PEER;

	if (!event->text[i])
		return 0;
	return strnlen(event->text[i],
		       name ? KSSPI_MAX_TARGET : SSPI_NL_MAX_TEXT);
}

static struct sspi_nl_event *event_copy(const struct sspi_event *event)
{
	size_t len[SSPI_EVENT_TEXTS], size = 0;
	struct sspi_nl_event *e;
	unsigned int i;
	char *p;

	for (i = 0; i < SSPI_EVENT_TEXTS; i++) {
		len[i] = text_len(event, i);
		size += len[i] + 1;
	}
	e = kmalloc(struct_size(e, bytes, size), GFP_ATOMIC | __GFP_NOWARN);
	if (!e)
		return NULL;
	e->event = *event;
	e->time = ktime_get_real_seconds();
	e->count = 1;
	p = e->bytes;
	for (i = 0; i < SSPI_EVENT_TEXTS; i++) {
		memcpy(p, event->text[i] ?: "", len[i]);
		p[len[i]] = '\0';
		e->event.text[i] = p;
		p += len[i] + 1;
	}
	return e;
}

/* Under rcu_read_lock(). */
static void event_post(const struct sspi_event *event)
{
	struct net *net = sspi_nl_find_net(event->netns);
	struct sspi_nl_queue *queue;
	struct sspi_nl_event *e;

	net = net ? maybe_get_net(net) : NULL;
	if (!net)
		return;
	queue = &sspi_nl_net(net)->queue;
	e = event_copy(event);
	if (!e) {
		atomic64_inc(&queue->dropped);
		put_net(net);
		return;
	}
	e->net = net;
	if (!sspi_nl_queue_post(&turns, queue, e)) {
		put_net(net);
		kfree(e);
		return;
	}
	schedule_work(&deliver);
}

static const struct sspi_event_sink sink = {
	.wanted = event_wanted,
	.post = event_post,
};

/*
 * Waits for what the namespace of the caller has been posted so far. Not for
 * the worker: it does not end while another namespace floods.
 */
void sspi_nl_monitor_flush(struct net *net)
{
	struct sspi_nl_queue *queue = &sspi_nl_net(net)->queue;
	u64 posted = sspi_nl_queue_posted(&turns, queue);

	wait_event(turns.done, sspi_nl_queue_reached(&turns, queue, posted));
}
SSPI_EXPORT_FOR_TEST(sspi_nl_monitor_flush);

void sspi_nl_monitor_init(void)
{
	sspi_event_attach(&sink);
}

/* Nothing is posted any more, so the worker ends. */
void sspi_nl_monitor_exit(void)
{
	sspi_event_detach();
	flush_work(&deliver);
}
