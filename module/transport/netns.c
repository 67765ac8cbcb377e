// SPDX-License-Identifier: GPL-2.0-only
/* What the transport has of each network namespace; loading and unloading. */
#include <linux/netdevice.h>
#include <linux/slab.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "transport/internal.h"

DEFINE_SPINLOCK(sspi_kdc_lock);
SSPI_EXPORT_FOR_TEST(sspi_kdc_lock);

static unsigned int netns_id __read_mostly;

/* The namespace is there: its reference keeps ours. */
struct sspi_netns *sspi_netns_of(struct net *net)
{
	struct sspi_netns **slot = net_generic(net, netns_id);

	return *slot;
}

struct sspi_netns *sspi_netns_get(struct net *net)
{
	return sspi_netns_hold(sspi_netns_of(net));
}
SSPI_EXPORT_FOR_TEST(sspi_netns_get);

struct sspi_netns *sspi_netns_hold(struct sspi_netns *ns)
{
	refcount_inc(&ns->refs);
	return ns;
}

/* What the namespace is known by, once it is gone too; 0 for none. */
u64 sspi_netns_cookie(const struct sspi_netns *ns)
{
	return ns ? ns->cookie : 0;
}

void sspi_netns_put(struct sspi_netns *ns)
{
	if (ns && refcount_dec_and_test(&ns->refs))
		kfree(ns);
}
SSPI_EXPORT_FOR_TEST(sspi_netns_put);

static int __net_init netns_init(struct net *net)
{
	struct sspi_netns **slot = net_generic(net, netns_id);
	struct sspi_netns *ns = kzalloc(sizeof(*ns), GFP_KERNEL_ACCOUNT);

	if (!ns)
		return -ENOMEM;
	refcount_set(&ns->refs, 1);
	ns->net = net;
	ns->cookie = net->net_cookie;
	mutex_init(&ns->realm_lock);
	hash_init(ns->realms);
	INIT_LIST_HEAD(&ns->exchanges);
	INIT_LIST_HEAD(&ns->resolving);
	INIT_WORK(&ns->resolver, sspi_names_work);
	init_waitqueue_head(&ns->idle);
	*slot = ns;
	return 0;
}

/* ORDER: no new questions, the old ones end, then who resolves for them. */
static void __net_exit netns_exit(struct net *net)
{
	struct sspi_netns *ns = sspi_netns_of(net);

	spin_lock_irq(&sspi_kdc_lock);
	ns->dead = true;
	spin_unlock_irq(&sspi_kdc_lock);
	sspi_exchange_exit_net(ns);
	flush_work(&ns->resolver);
	sspi_realm_exit_net(ns);
	sspi_netns_put(ns);
}

/*
 * A "device", as these go before the network devices of the namespace do:
 * sockets are closed while there is something to send the last segment on.
 */
static struct pernet_operations netns_ops = {
	.init = netns_init,
	.exit = netns_exit,
	.id = &netns_id,
	.size = sizeof(struct sspi_netns *),
};

int sspi_transport_init(void)
{
	int err;

	err = sspi_names_init();
	if (err)
		return err;
	err = sspi_exchange_init();
	if (err)
		goto names;
	err = register_pernet_device(&netns_ops);
	if (err)
		goto exchange;
	return 0;

exchange:
	sspi_exchange_exit();
names:
	sspi_names_exit();
	return err;
}

/* Nobody asks any more. */
void sspi_transport_exit(void)
{
	unregister_pernet_device(&netns_ops);
	sspi_names_exit();
	sspi_exchange_exit();
	/* A callback of a socket that is gone may be just returning. */
	synchronize_net();
}
