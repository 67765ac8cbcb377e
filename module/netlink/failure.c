// SPDX-License-Identifier: GPL-2.0-only
/* What has failed lately: so many of each namespace, the same ones together. */
#include <linux/slab.h>
#include <linux/string.h>
#include <net/sock.h>

#include "netlink/netlink.h"

static bool same_failure(const struct sspi_event *a, const struct sspi_event *b)
{
	unsigned int i;

	if (a->status != b->status || a->error != b->error)
		return false;
	for (i = 0; i < SSPI_EVENT_TEXTS; i++)
		if (strcmp(a->text[i], b->text[i]))
			return false;
	return true;
}

static void forget(struct sspi_nl_net *nn, struct sspi_nl_event *e)
{
	list_del(&e->node);
	WRITE_ONCE(nn->count, nn->count - 1);
	kfree(e);
}

/*
 * Takes @e over. Somebody who makes the same failure happen again and again
 * does not push the others out.
 */
void sspi_nl_remember(struct sspi_nl_net *nn, struct sspi_nl_event *e)
{
	struct sspi_nl_event *old;

	mutex_lock(&nn->lock);
	list_for_each_entry(old, &nn->failures, node) {
		if (!same_failure(&old->event, &e->event))
			continue;
		e->count += min(old->count, U32_MAX - 1);
		forget(nn, old);
		break;
	}
	if (nn->count == SSPI_NL_MAX_FAILURES)
		forget(nn, list_first_entry(&nn->failures,
					    struct sspi_nl_event, node));
	e->id = ++nn->last_id;
	list_add_tail(&e->node, &nn->failures);
	WRITE_ONCE(nn->count, nn->count + 1);
	mutex_unlock(&nn->lock);
}

void sspi_nl_forget_all(struct sspi_nl_net *nn)
{
	struct sspi_nl_event *e, *next;

	list_for_each_entry_safe(e, next, &nn->failures, node)
		forget(nn, e);
}

int sspi_nl_put_failure(struct sk_buff *skb, const struct sspi_nl_event *e)
{
	int err = sspi_nl_put_texts(skb, &e->event);

	if (!err)
		err = nla_put_u32(skb, KSSPI_A_FAILURE_STATUS,
				  (__force u32)e->event.status);
	if (!err && e->event.error)
		err = nla_put_s32(skb, KSSPI_A_FAILURE_ERROR, e->event.error);
	if (!err)
		err = nla_put_s64(skb, KSSPI_A_FAILURE_TIME, e->time,
				  KSSPI_A_FAILURE_PAD);
	if (!err)
		err = nla_put_u32(skb, KSSPI_A_FAILURE_COUNT, e->count);
	return err;
}

static int failure_dump(struct sk_buff *skb, struct netlink_callback *cb,
			const struct sspi_nl_event *e)
{
	void *head = sspi_nl_begin(skb, cb, KSSPI_CMD_FAILURE_GET);

	if (!head)
		return -EMSGSIZE;
	if (sspi_nl_put_failure(skb, e)) {
		genlmsg_cancel(skb, head);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, head);
	return 0;
}

/* args[0]: the last that was sent. */
int ksspi_nl_failure_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb)
{
	const struct nlattr *attr =
		sspi_genl_dump_attrs(cb)[KSSPI_A_FAILURE_TARGET];
	const char *target = attr ? nla_data(attr) : NULL;
	struct sspi_nl_net *nn = sspi_nl_net(sock_net(skb->sk));
	const struct sspi_nl_event *e;

	sspi_nl_monitor_flush(sock_net(skb->sk));
	mutex_lock(&nn->lock);
	list_for_each_entry(e, &nn->failures, node) {
		if (e->id <= cb->args[0])
			continue;
		if (target &&
		    strcasecmp(target, e->event.text[SSPI_TEXT_TARGET]))
			continue;
		if (failure_dump(skb, cb, e))
			break;
		cb->args[0] = e->id;
	}
	mutex_unlock(&nn->lock);
	return skb->len;
}
