// SPDX-License-Identifier: GPL-2.0-only
/*
 * The family, what each network namespace has of it, and its status.
 *
 * A namespace's administrator is who has CAP_NET_ADMIN in the user namespace
 * that owns it. Such a one rules the routes and the packet filter there, and
 * so decides already which machine answers as a KDC, and sees the names in
 * tickets go by; knowing and setting the same here gives nothing more. What is
 * about all namespaces, the counters, needs the capability in the initial one.
 */
#include <linux/fips.h>
#include <linux/hashtable.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/sspi.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "netlink/init.h"
#include "netlink/netlink.h"
#include "test_export.h"
#include "transport/realm.h"

static unsigned int net_id;

static DEFINE_SPINLOCK(net_lock);	/* protects writes of nets */
static DEFINE_HASHTABLE(nets, 6);

/* The generator has no word for who may join. */
static const struct genl_multicast_group groups[] = {
	[KSSPI_NLGRP_MONITOR] = {
		.name = KSSPI_MCGRP_MONITOR,
		.flags = GENL_MCAST_CAP_NET_ADMIN,
	},
};

struct sspi_nl_net *sspi_nl_net(struct net *net)
{
	return net_generic(net, net_id);
}
SSPI_EXPORT_FOR_TEST(sspi_nl_net);

/* Under rcu_read_lock(), which a namespace that is going waits for. */
struct net *sspi_nl_find_net(u64 cookie)
{
	struct sspi_nl_net *nn;

	hash_for_each_possible_rcu(nets, nn, node, cookie)
		if (nn->net->net_cookie == cookie)
			return nn->net;
	return NULL;
}

/* Begins an entry of a dump; NULL if it does not fit. */
void *sspi_nl_begin(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd)
{
	return genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			   &ksspi_nl_family, NLM_F_MULTI, cmd);
}

/* A text that fits into a message with others; none is no attribute. */
int sspi_nl_put_text(struct sk_buff *skb, int attr, const char *text)
{
	size_t len = text ? strnlen(text, KSSPI_MAX_TARGET) : 0;
	struct nlattr *nla;

	if (!len)
		return 0;
	nla = nla_reserve(skb, attr, len + 1);
	if (!nla)
		return -EMSGSIZE;
	memcpy(nla_data(nla), text, len);
	((char *)nla_data(nla))[len] = '\0';
	return 0;
}

static int put_packages(struct sk_buff *skb)
{
	struct sec_pkg_info *infos;
	struct nlattr *nest;
	int err = 0;
	u32 i, count;

	if (sspi_enumerate_security_packages(&count, &infos) != SEC_E_OK)
		return -ENOMEM;
	for (i = 0; i < count && !err; i++) {
		nest = nla_nest_start(skb, KSSPI_A_STATUS_PACKAGE);
		err = -EMSGSIZE;
		if (!nest ||
		    sspi_nl_put_text(skb, KSSPI_A_PACKAGE_NAME,
				     infos[i].name) ||
		    sspi_nl_put_text(skb, KSSPI_A_PACKAGE_COMMENT,
				     infos[i].comment))
			break;
		nla_nest_end(skb, nest);
		err = 0;
	}
	sspi_free_context_buffer(infos);
	return err;
}

static int count_realm(const char *realm, const struct sspi_realm_stats *stats,
		       void *priv)
{
	++*(u32 *)priv;
	return 0;
}

static int put_status(struct sk_buff *skb, struct net *net)
{
	struct sspi_nl_net *nn = sspi_nl_net(net);
	u32 realms = 0;
	int err;

	sspi_realm_walk_stats(net, count_realm, &realms);
	err = sspi_nl_put_text(skb, KSSPI_A_STATUS_VERSION, SSPI_VERSION);
	if (!err && fips_enabled)
		err = nla_put_flag(skb, KSSPI_A_STATUS_FIPS);
	if (!err)
		err = put_packages(skb);
	if (!err)
		err = nla_put_u32(skb, KSSPI_A_STATUS_REALMS, realms);
	if (!err)
		err = nla_put_u32(skb, KSSPI_A_STATUS_FAILURES,
				  READ_ONCE(nn->count));
	if (!err)
		err = nla_put_u64_64bit(skb, KSSPI_A_STATUS_EVENTS_DROPPED,
					atomic64_read(&nn->queue.dropped),
					KSSPI_A_STATUS_PAD);
	return err;
}

int ksspi_nl_status_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *reply;
	void *head;
	int err = -EMSGSIZE;

	sspi_nl_monitor_flush(genl_info_net(info));
	reply = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!reply)
		return -ENOMEM;
	head = genlmsg_put_reply(reply, info, &ksspi_nl_family, 0,
				 KSSPI_CMD_STATUS_GET);
	if (head)
		err = put_status(reply, genl_info_net(info));
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	genlmsg_end(reply, head);
	return genlmsg_reply(reply, info);
}

static int __net_init net_init(struct net *net)
{
	struct sspi_nl_net *nn = sspi_nl_net(net);

	nn->net = net;
	sspi_nl_queue_init(&nn->queue);
	mutex_init(&nn->lock);
	INIT_LIST_HEAD(&nn->failures);
	spin_lock(&net_lock);
	hash_add_rcu(nets, &nn->node, net->net_cookie);
	spin_unlock(&net_lock);
	return 0;
}

/* A grace period follows, before the exit. */
static void __net_exit net_pre_exit(struct net *net)
{
	spin_lock(&net_lock);
	hash_del_rcu(&sspi_nl_net(net)->node);
	spin_unlock(&net_lock);
}

static void __net_exit net_exit(struct net *net)
{
	sspi_nl_forget_all(sspi_nl_net(net));
}

static struct pernet_operations net_ops = {
	.init = net_init,
	.pre_exit = net_pre_exit,
	.exit = net_exit,
	.id = &net_id,
	.size = sizeof(struct sspi_nl_net),
};

int __init sspi_netlink_init(void)
{
	int err;

	err = register_pernet_subsys(&net_ops);
	if (err)
		return err;
	ksspi_nl_family.mcgrps = groups;
	ksspi_nl_family.n_mcgrps = ARRAY_SIZE(groups);
	err = genl_register_family(&ksspi_nl_family);
	if (err) {
		unregister_pernet_subsys(&net_ops);
		return err;
	}
	sspi_nl_monitor_init();
	return 0;
}

/* ORDER: no more events, then nobody who asks, then what is remembered. */
void sspi_netlink_exit(void)
{
	sspi_nl_monitor_exit();
	genl_unregister_family(&ksspi_nl_family);
	unregister_pernet_subsys(&net_ops);
}
