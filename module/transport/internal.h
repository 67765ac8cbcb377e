/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Types of the transport, and how they hang together.
 *
 *	netns		a network namespace: its realms, its exchanges
 *	realm		a name and the servers that answer for it
 *	server		one of them
 *	exchange	a request on its way, and the questions that wait for it
 *
 * References: the table of realms holds each realm, a realm its servers; an
 * exchange holds its namespace, its realm and the servers it will try.
 *
 * Lock order, outermost first: sspi_netns.realm_lock, sspi_kdc_lock. The second
 * is taken with interrupts off: cancel comes from any context.
 */
#ifndef _SSPI_TRANSPORT_INTERNAL_H
#define _SSPI_TRANSPORT_INTERNAL_H

#include <linux/atomic.h>
#include <linux/hashtable.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include "transport/kdc.h"
#include "transport/realm.h"

#define SSPI_REALM_HASH_BITS	5

/* Protects what is said to be protected by it, in all namespaces. */
extern spinlock_t sspi_kdc_lock;

/**
 * struct sspi_netns - a network namespace
 * @refs: one of the namespace, one of each exchange and asker
 * @net: the namespace; not to be touched once @dead
 * @cookie: what it is known by, also then
 * @realm_lock: protects @realms, @realm_count and the lists of servers
 * @realms: by name
 * @realm_count: how many
 * @dead: the namespace is going; under sspi_kdc_lock
 * @exchanges: that are not over; likewise
 * @exchange_count: how many; likewise
 * @pending: questions that wait; likewise
 * @idle: who waits for @exchange_count to be 0 sleeps here
 */
struct sspi_netns {
	refcount_t refs;
	struct net *net;
	u64 cookie;
	struct mutex realm_lock; /* see above */
	DECLARE_HASHTABLE(realms, SSPI_REALM_HASH_BITS);
	unsigned int realm_count;
	bool dead;
	struct list_head exchanges;
	unsigned int exchange_count;
	unsigned int pending;
	wait_queue_head_t idle;
};

/* An address with its port. */
union sspi_address {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

/**
 * struct sspi_server - a server of a realm
 * @refs: one of the realm, one of each exchange that may go to it
 * @link: in the realm's list
 * @service: what it is for
 * @protocols: SSPI_REALM_* bits
 * @port: in host order
 * @host: name of the host, or NULL
 * @addr: its address, without @host
 * @asked: requests sent to it
 * @answered: replies that were taken from it
 * @failed: requests that it did not answer, or not well
 * @rtt_us: microseconds that the last reply took
 */
struct sspi_server {
	refcount_t refs;
	struct list_head link;
	enum sspi_io_service service;
	u32 protocols;
	u16 port;
	char *host;
	union sspi_address addr;
	atomic64_t asked;
	atomic64_t answered;
	atomic64_t failed;
	u32 rtt_us;
};

/**
 * struct sspi_realm - a realm
 * @refs: one of the table, one of each exchange
 * @node: in the table
 * @servers: in the order that they are tried
 * @server_count: how many
 * @count: by enum sspi_realm_stat
 * @preferred: by service, the server that answered last; only to be compared
 *	with. Under sspi_kdc_lock, like all below
 * @down_until: by service, jiffies until which questions are refused
 * @down: whether @down_until counts
 * @pending: questions that wait
 * @active: exchanges that are at a server
 * @waiting: exchanges that wait to be
 * @name: its name
 */
struct sspi_realm {
	refcount_t refs;
	struct hlist_node node;
	struct list_head servers;
	unsigned int server_count;
	atomic64_t count[SSPI_REALM_STATS];
	const struct sspi_server *preferred[2];
	unsigned long down_until[2];
	bool down[2];
	unsigned int pending;
	unsigned int active;
	struct list_head waiting;
	char name[];
};

/* realm.c */

struct sspi_realm *sspi_realm_get(struct sspi_netns *ns, const char *name);
void sspi_realm_put(struct sspi_realm *realm);
unsigned int sspi_realm_servers(struct sspi_netns *ns, struct sspi_realm *realm,
				enum sspi_io_service service,
				struct sspi_server **list, unsigned int max);
void sspi_server_put(struct sspi_server *server);
void sspi_realm_exit_net(struct sspi_netns *ns);

static inline void sspi_realm_inc(struct sspi_realm *realm,
				  enum sspi_realm_stat which)
{
	atomic64_inc(&realm->count[which]);
}

/* netns.c */

struct sspi_netns *sspi_netns_of(struct net *net);

#endif /* _SSPI_TRANSPORT_INTERNAL_H */
