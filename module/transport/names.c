// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names of hosts, through the kernel's resolver. It asks a program of the
 * administrator's and sleeps meanwhile: on a queue of its own, one look-up at a time
 * for each network namespace, so that the dead names of one are nothing to another.
 * An exchange does not wait for it any longer than for a server.
 */
#include <linux/types.h>
#include <linux/time64.h>	/* the next one does not */
#include <linux/dns_resolver.h>
#include <linux/jiffies.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <net/net_namespace.h>

#include "noio.h"
#include "transport/internal.h"

#define MIN_KNOWN_S	10
#define MAX_KNOWN_S	300

static struct workqueue_struct *names_wq;

/* The namespace, with a reference, if it is not going. */
static struct net *names_net(struct sspi_netns *ns)
{
	struct net *net = NULL;

	spin_lock_irq(&sspi_kdc_lock);
	if (!ns->dead)
		net = maybe_get_net(ns->net);
	spin_unlock_irq(&sspi_kdc_lock);
	return net;
}

/* The addresses of a list with commas; those that are none are left out. */
static unsigned int names_parse(struct net *net, char *list, u16 port,
				union sspi_address *addrs)
{
	unsigned int count = 0;
	char *text;

	while (count < SSPI_MAX_ADDRESSES && (text = strsep(&list, ",")))
		if (!sspi_address_parse(net, strim(text), port, &addrs[count]))
			count++;
	return count;
}

static unsigned int names_ask(const struct sspi_server *server, struct net *net,
			      union sspi_address *addrs, u32 *seconds)
{
	time64_t expiry = 0, left;
	unsigned int count;
	char *list;

	*seconds = MIN_KNOWN_S;
	if (dns_query(net, NULL, server->host, strlen(server->host), "list",
		      &list, &expiry, false) < 0)
		return 0;
	count = names_parse(net, list, server->port, addrs);
	kfree(list);
	left = expiry - ktime_get_real_seconds();
	if (count)
		*seconds = clamp_t(time64_t, left, MIN_KNOWN_S, MAX_KNOWN_S);
	return count;
}

/* What the resolver has said, for who waits for it. */
static void names_known(struct sspi_names *names,
			const union sspi_address *addrs, unsigned int count,
			u32 seconds)
{
	struct sspi_exchange *x, *next;

	spin_lock_irq(&sspi_kdc_lock);
	memcpy(names->addrs, addrs, count * sizeof(addrs[0]));
	names->count = count;
	names->known = true;
	names->until = jiffies + seconds * HZ;
	names->busy = false;
	list_for_each_entry_safe(x, next, &names->waiting, name_link) {
		list_del_init(&x->name_link);
		sspi_exchange_kick(x);
	}
	spin_unlock_irq(&sspi_kdc_lock);
}

static void names_resolve(struct sspi_netns *ns, struct sspi_server *server)
{
	union sspi_address addrs[SSPI_MAX_ADDRESSES];
	struct net *net = names_net(ns);
	u32 seconds = MIN_KNOWN_S;
	unsigned int count = 0;

	sspi_noio_check(SSPI_NOIO_NAMES);
	if (net) {
		count = names_ask(server, net, addrs, &seconds);
		put_net(net);
	}
	names_known(&server->names, addrs, count, seconds);
}

/* The server whose name is next, with the reference that it was listed with. */
static struct sspi_server *names_next(struct sspi_netns *ns)
{
	struct sspi_server *server;

	spin_lock_irq(&sspi_kdc_lock);
	server = list_first_entry_or_null(&ns->resolving, struct sspi_server,
					  names.link);
	if (server)
		list_del_init(&server->names.link);
	spin_unlock_irq(&sspi_kdc_lock);
	return server;
}

/* What goes waits for it, see netns_exit(). */
void sspi_names_work(struct work_struct *work)
{
	struct sspi_netns *ns = container_of(work, struct sspi_netns, resolver);
	unsigned int noio = sspi_noio_enter();
	struct sspi_server *server;

	while ((server = names_next(ns))) {
		names_resolve(ns, server);
		sspi_server_put(server);
	}
	sspi_noio_leave(noio);
}

static void names_start_locked(struct sspi_server *server,
			       struct sspi_netns *ns)
{
	lockdep_assert_held(&sspi_kdc_lock);
	if (server->names.busy)
		return;
	server->names.busy = true;
	refcount_inc(&server->refs);
	list_add_tail(&server->names.link, &ns->resolving);
	queue_work(names_wq, &ns->resolver);
}

/*
 * The addresses of a server that has a name: how many, or -EAGAIN: they are
 * being asked for, and @x is looked at again when they are known.
 */
int sspi_names_get(struct sspi_server *server, struct sspi_exchange *x,
		   union sspi_address *addrs)
{
	struct sspi_names *names = &server->names;
	int count = -EAGAIN;

	spin_lock_irq(&sspi_kdc_lock);
	if (names->known && time_before(jiffies, names->until)) {
		count = names->count;
		memcpy(addrs, names->addrs, count * sizeof(*addrs));
	} else {
		names_start_locked(server, x->ns);
		list_move_tail(&x->name_link, &names->waiting);
	}
	spin_unlock_irq(&sspi_kdc_lock);
	return count;
}

int sspi_names_init(void)
{
	names_wq = alloc_workqueue("ksspi_names", WQ_UNBOUND, 0);
	return names_wq ? 0 : -ENOMEM;
}

void sspi_names_exit(void)
{
	destroy_workqueue(names_wq);
}
