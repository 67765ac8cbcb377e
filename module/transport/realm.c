// SPDX-License-Identifier: GPL-2.0-only
/* The table of realms and their servers. */
#include <linux/ctype.h>
#include <linux/inet.h>
#include <linux/jhash.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/net_namespace.h>

#include "transport/internal.h"

const char *const sspi_realm_stat_names[SSPI_REALM_STATS] = {
	[SSPI_REALM_QUESTIONS] = "questions",
	[SSPI_REALM_ANSWERED] = "answered",
	[SSPI_REALM_FAILED] = "failed",
	[SSPI_REALM_CANCELLED] = "cancelled",
	[SSPI_REALM_REFUSED] = "refused",
	[SSPI_REALM_FAILOVERS] = "failovers",
	[SSPI_REALM_TIMEOUTS] = "timeouts",
	[SSPI_REALM_TOO_BIG] = "too-big",
};

static const u16 service_ports[] = {
	[SSPI_IO_KDC] = 88,
	[SSPI_IO_KPASSWD] = 464,
};

static u32 realm_hash(const char *name)
{
	return jhash(name, strlen(name), 0);
}

static struct sspi_realm *realm_find(struct sspi_netns *ns, const char *name)
{
	struct sspi_realm *realm;

	lockdep_assert_held(&ns->realm_lock);
	hash_for_each_possible(ns->realms, realm, node, realm_hash(name))
		if (!strcmp(realm->name, name))
			return realm;
	return NULL;
}

/* The realm of that name, with a reference, or NULL. */
struct sspi_realm *sspi_realm_get(struct sspi_netns *ns, const char *name)
{
	struct sspi_realm *realm;

	mutex_lock(&ns->realm_lock);
	realm = realm_find(ns, name);
	if (realm)
		refcount_inc(&realm->refs);
	mutex_unlock(&ns->realm_lock);
	return realm;
}

void sspi_realm_put(struct sspi_realm *realm)
{
	if (realm && refcount_dec_and_test(&realm->refs))
		kfree(realm);
}

void sspi_server_put(struct sspi_server *server)
{
	if (!refcount_dec_and_test(&server->refs))
		return;
	kfree(server->host);
	kfree(server);
}

/*
 * Whether a question to a realm has somewhere to go: to a server that is not down, or
 * that somebody has to try again.
 */
bool sspi_realm_open(struct sspi_netns *ns, struct sspi_realm *realm,
		     enum sspi_io_service service)
{
	struct sspi_server *server;
	bool any = false, open = false;

	mutex_lock(&ns->realm_lock);
	spin_lock_irq(&sspi_kdc_lock);
	list_for_each_entry(server, &realm->servers, link) {
		if (server->service != service)
			continue;
		any = true;
		open |= sspi_server_open_locked(server, NULL);
	}
	spin_unlock_irq(&sspi_kdc_lock);
	mutex_unlock(&ns->realm_lock);
	return open || !any;
}

/*
 * The servers to try for a service that @x may go to, each with a reference, the
 * preferred one first; how many.
 */
unsigned int sspi_realm_servers(const struct sspi_exchange *x, bool *down,
				struct sspi_server **list, unsigned int max)
{
	struct sspi_realm *realm = x->realm;
	const struct sspi_server *first;
	struct sspi_server *server;
	unsigned int n = 0;

	*down = false;
	mutex_lock(&x->ns->realm_lock);
	spin_lock_irq(&sspi_kdc_lock);
	first = realm->preferred[x->service];
	list_for_each_entry(server, &realm->servers, link) {
		if (server->service != x->service || n == max)
			continue;
		if (!sspi_server_take_locked(server, x)) {
			*down = true;
			continue;
		}
		refcount_inc(&server->refs);
		list[n++] = server;
		if (server != first)
			continue;
		memmove(list + 1, list, (n - 1) * sizeof(*list));
		list[0] = server;
	}
	spin_unlock_irq(&sspi_kdc_lock);
	mutex_unlock(&x->ns->realm_lock);
	return n;
}

/* A host name as RFC 1123 2.1 has it, and the underscore that is in use. */
static bool host_valid(const char *host)
{
	size_t len = strnlen(host, SSPI_MAX_HOST_NAME + 1);
	size_t i;

	if (!len || len > SSPI_MAX_HOST_NAME || host[0] == '-' || host[0] == '.')
		return false;
	for (i = 0; i < len; i++)
		if (!isascii(host[i]) ||
		    (!isalnum(host[i]) && !strchr("-._", host[i])))
			return false;
	return true;
}

/* What the codec takes as a realm; printable, as it is shown. */
static bool realm_valid(const char *name)
{
	size_t len = name ? strnlen(name, SSPI_MAX_REALM_NAME + 1) : 0;
	size_t i;

	if (!len || len > SSPI_MAX_REALM_NAME)
		return false;
	for (i = 0; i < len; i++)
		if ((u8)name[i] <= ' ' || name[i] == 0x7f)
			return false;
	return true;
}

/* 0, or -EINVAL for what is neither of IPv4 nor of IPv6. */
static int address_take(const struct sockaddr_storage *from, u16 port,
			union sspi_address *addr)
{
	memset(addr, 0, sizeof(*addr));
	switch (from->ss_family) {
	case AF_INET:
		addr->in = *(const struct sockaddr_in *)from;
		addr->in.sin_port = htons(port);
		memset(addr->in.sin_zero, 0, sizeof(addr->in.sin_zero));
		return 0;
	case AF_INET6:
		addr->in6 = *(const struct sockaddr_in6 *)from;
		addr->in6.sin6_port = htons(port);
		return 0;
	default:
		return -EINVAL;
	}
}

/* The address that @text is, with the port. */
int sspi_address_parse(struct net *net, const char *text, u16 port,
		       union sspi_address *addr)
{
	struct sockaddr_storage storage = {};

	if (inet_pton_with_scope(net, AF_UNSPEC, text, NULL, &storage))
		return -EINVAL;
	/* Which takes a colon for the end of an IPv4 address. */
	if (storage.ss_family == AF_INET && strchr(text, ':'))
		return -EINVAL;
	return address_take(&storage, port, addr);
}

/* The address, with the port, or in @host a name that is to be resolved. */
static int server_address(struct net *net, const struct sspi_realm_server *from,
			  u16 port, union sspi_address *addr, const char **host)
{
	*host = NULL;
	if (!from->host)
		return address_take(&from->addr, port, addr);
	if (!sspi_address_parse(net, from->host, port, addr))
		return 0;
	memset(addr, 0, sizeof(*addr));
	*host = from->host;
	return host_valid(from->host) ? 0 : -EINVAL;
}

static bool same_host(const struct sspi_server *server,
		      const union sspi_address *addr, const char *host)
{
	const struct sockaddr_in6 *a = &server->addr.in6, *b = &addr->in6;

	if (server->host || host)
		return server->host && host && !strcasecmp(server->host, host);
	if (server->addr.sa.sa_family != addr->sa.sa_family)
		return false;
	if (addr->sa.sa_family == AF_INET)
		return server->addr.in.sin_addr.s_addr ==
		       addr->in.sin_addr.s_addr;
	return !memcmp(&a->sin6_addr, &b->sin6_addr, sizeof(a->sin6_addr)) &&
	       a->sin6_scope_id == b->sin6_scope_id;
}

static struct sspi_server *server_find(const struct sspi_realm *realm,
				       enum sspi_io_service service, u16 port,
				       const union sspi_address *addr,
				       const char *host)
{
	struct sspi_server *server;

	list_for_each_entry(server, &realm->servers, link)
		if (server->service == service && server->port == port &&
		    same_host(server, addr, host))
			return server;
	return NULL;
}

static struct sspi_server *server_make(const struct sspi_realm_server *from,
				       u16 port,
				       const union sspi_address *addr,
				       const char *host)
{
	struct sspi_server *server = kzalloc(sizeof(*server),
					     GFP_KERNEL_ACCOUNT);

	if (!server)
		return NULL;
	refcount_set(&server->refs, 1);
	INIT_LIST_HEAD(&server->names.link);
	INIT_LIST_HEAD(&server->names.waiting);
	server->service = from->service;
	server->protocols = from->protocols;
	server->port = port;
	server->addr = *addr;
	if (!host)
		return server;
	server->host = kstrdup(host, GFP_KERNEL_ACCOUNT);
	if (server->host)
		return server;
	kfree(server);
	return NULL;
}

/* Memory is had before the lock is: questions take that too. */
static struct sspi_realm *realm_make(const char *name)
{
	struct sspi_realm *realm;

	realm = kzalloc(sizeof(*realm) + strlen(name) + 1, GFP_KERNEL_ACCOUNT);
	if (!realm)
		return NULL;
	strscpy(realm->name, name, strlen(name) + 1);
	refcount_set(&realm->refs, 1);
	INIT_LIST_HEAD(&realm->servers);
	INIT_LIST_HEAD(&realm->waiting);
	INIT_LIST_HEAD(&realm->acting);
	return realm;
}

/* The realm of that name; *@fresh becomes it if it is not there. */
static struct sspi_realm *realm_find_or_add(struct sspi_netns *ns,
					    struct sspi_realm **fresh)
{
	struct sspi_realm *realm = realm_find(ns, (*fresh)->name);

	if (realm)
		return realm;
	if (ns->realm_count >= SSPI_MAX_REALMS)
		return ERR_PTR(-ENOSPC);
	realm = *fresh;
	*fresh = NULL;
	hash_add(ns->realms, &realm->node, realm_hash(realm->name));
	ns->realm_count++;
	return realm;
}

/* A realm without servers is no realm. */
static void realm_drop_empty(struct sspi_netns *ns, struct sspi_realm *realm)
{
	if (realm->server_count)
		return;
	hash_del(&realm->node);
	ns->realm_count--;
	sspi_realm_put(realm);
}

/* What was learned about the servers is void. */
static void realm_changed(struct sspi_realm *realm)
{
	struct sspi_server *server;

	spin_lock_irq(&sspi_kdc_lock);
	list_for_each_entry(server, &realm->servers, link)
		server->down = false;
	memset(realm->preferred, 0, sizeof(realm->preferred));
	spin_unlock_irq(&sspi_kdc_lock);
}

static int realm_add(struct sspi_netns *ns, struct sspi_realm **fresh,
		     struct sspi_server *server)
{
	struct sspi_realm *realm = realm_find_or_add(ns, fresh);
	int err = 0;

	if (IS_ERR(realm))
		return PTR_ERR(realm);
	if (server_find(realm, server->service, server->port, &server->addr,
			server->host))
		err = -EEXIST;
	else if (realm->server_count >= SSPI_MAX_SERVERS)
		err = -ENOSPC;
	if (!err) {
		list_add_tail(&server->link, &realm->servers);
		realm->server_count++;
		realm_changed(realm);
	}
	realm_drop_empty(ns, realm);
	return err;
}

static u16 server_port(const struct sspi_realm_server *server)
{
	return server->port ? server->port : service_ports[server->service];
}

int sspi_realm_add(struct net *net, const struct sspi_realm_server *from)
{
	struct sspi_netns *ns = sspi_netns_of(net);
	struct sspi_server *server;
	struct sspi_realm *fresh;
	union sspi_address addr;
	const char *host;
	int err;

	if (!realm_valid(from->realm) ||
	    from->service >= ARRAY_SIZE(service_ports) || !from->protocols ||
	    (from->protocols & ~SSPI_REALM_BOTH))
		return -EINVAL;
	err = server_address(net, from, server_port(from), &addr, &host);
	if (err)
		return err;
	if (host && !IS_REACHABLE(CONFIG_DNS_RESOLVER))
		return -EOPNOTSUPP;
	server = server_make(from, server_port(from), &addr, host);
	if (!server)
		return -ENOMEM;
	fresh = realm_make(from->realm);
	if (!fresh) {
		sspi_server_put(server);
		return -ENOMEM;
	}
	mutex_lock(&ns->realm_lock);
	err = realm_add(ns, &fresh, server);
	mutex_unlock(&ns->realm_lock);
	sspi_realm_put(fresh);
	if (err)
		sspi_server_put(server);
	return err;
}
SSPI_EXPORT_FOR_TEST(sspi_realm_add);

static int realm_del(struct sspi_netns *ns,
		     const struct sspi_realm_server *match, bool all,
		     const union sspi_address *addr, const char *host)
{
	struct sspi_realm *realm = realm_find(ns, match->realm);
	struct sspi_server *server, *next;
	int count = 0;

	if (!realm)
		return -ENOENT;
	list_for_each_entry_safe(server, next, &realm->servers, link) {
		if (!all && (server->service != match->service ||
			     (match->port && server->port != match->port) ||
			     !same_host(server, addr, host)))
			continue;
		list_del(&server->link);
		realm->server_count--;
		sspi_server_put(server);
		count++;
	}
	if (count)
		realm_changed(realm);
	realm_drop_empty(ns, realm);
	return count ? count : -ENOENT;
}

int sspi_realm_del(struct net *net, const struct sspi_realm_server *match)
{
	bool all = !match->host && match->addr.ss_family == AF_UNSPEC;
	struct sspi_netns *ns = sspi_netns_of(net);
	union sspi_address addr = {};
	const char *host = NULL;
	int err = 0;

	if (!realm_valid(match->realm) ||
	    match->service >= ARRAY_SIZE(service_ports))
		return -EINVAL;
	if (!all)
		err = server_address(net, match, match->port, &addr, &host);
	if (err)
		return err;
	mutex_lock(&ns->realm_lock);
	err = realm_del(ns, match, all, &addr, host);
	mutex_unlock(&ns->realm_lock);
	return err;
}
SSPI_EXPORT_FOR_TEST(sspi_realm_del);

static int server_show(const struct sspi_realm *realm,
		       const struct sspi_server *server,
		       sspi_realm_server_fn fn, void *priv)
{
	struct sspi_realm_server shown = {
		.realm = realm->name,
		.service = server->service,
		.protocols = server->protocols,
		.host = server->host,
		.port = server->port,
	};
	struct sspi_server_stats stats = {
		.asked = atomic64_read(&server->asked),
		.answered = atomic64_read(&server->answered),
		.failed = atomic64_read(&server->failed),
		.rtt_us = READ_ONCE(server->rtt_us),
	};

	memcpy(&shown.addr, &server->addr, sizeof(server->addr));
	spin_lock_irq(&sspi_kdc_lock);
	stats.preferred = realm->preferred[server->service] == server;
	spin_unlock_irq(&sspi_kdc_lock);
	return fn(&shown, &stats, priv);
}

int sspi_realm_walk(struct net *net, sspi_realm_server_fn fn, void *priv)
{
	struct sspi_netns *ns = sspi_netns_of(net);
	struct sspi_server *server;
	struct sspi_realm *realm;
	int bucket, ret = 0;

	mutex_lock(&ns->realm_lock);
	hash_for_each(ns->realms, bucket, realm, node) {
		list_for_each_entry(server, &realm->servers, link) {
			ret = server_show(realm, server, fn, priv);
			if (ret)
				goto unlock;
		}
	}
unlock:
	mutex_unlock(&ns->realm_lock);
	return ret;
}
SSPI_EXPORT_FOR_TEST(sspi_realm_walk);

/* Whether all servers for a service are down, and it is nobody's time to try. */
static bool service_down_locked(const struct sspi_realm *realm,
				enum sspi_io_service service)
{
	const struct sspi_server *server;
	bool down = false;

	list_for_each_entry(server, &realm->servers, link) {
		if (server->service != service)
			continue;
		if (!server->down || !time_before(jiffies, server->down_until))
			return false;
		down = true;
	}
	return down;
}

static void stats_read(const struct sspi_realm *realm,
		       struct sspi_realm_stats *stats)
{
	unsigned int i;

	memset(stats, 0, sizeof(*stats));
	for (i = 0; i < SSPI_REALM_STATS; i++)
		stats->count[i] = atomic64_read(&realm->count[i]);
	spin_lock_irq(&sspi_kdc_lock);
	stats->pending = realm->pending;
	stats->active = realm->active;
	for (i = 0; i < ARRAY_SIZE(service_ports); i++)
		stats->unreachable |= service_down_locked(realm, i);
	spin_unlock_irq(&sspi_kdc_lock);
}

int sspi_realm_walk_stats(struct net *net, sspi_realm_stats_fn fn, void *priv)
{
	struct sspi_netns *ns = sspi_netns_of(net);
	struct sspi_realm_stats stats;
	struct sspi_realm *realm;
	int bucket, ret = 0;

	mutex_lock(&ns->realm_lock);
	hash_for_each(ns->realms, bucket, realm, node) {
		stats_read(realm, &stats);
		ret = fn(realm->name, &stats, priv);
		if (ret)
			break;
	}
	mutex_unlock(&ns->realm_lock);
	return ret;
}
SSPI_EXPORT_FOR_TEST(sspi_realm_walk_stats);

/* The namespace goes. */
void sspi_realm_exit_net(struct sspi_netns *ns)
{
	struct sspi_server *server, *next;
	struct sspi_realm *realm;
	struct hlist_node *tmp;
	int bucket;

	mutex_lock(&ns->realm_lock);
	hash_for_each_safe(ns->realms, bucket, tmp, realm, node) {
		list_for_each_entry_safe(server, next, &realm->servers, link) {
			list_del(&server->link);
			sspi_server_put(server);
		}
		realm->server_count = 0;
		realm_drop_empty(ns, realm);
	}
	mutex_unlock(&ns->realm_lock);
}
