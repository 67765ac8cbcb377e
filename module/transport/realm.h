/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The servers of Kerberos realms, as each network namespace has them
 * configured. Nothing is shared between namespaces, and nothing is there until
 * somebody adds it.
 */
#ifndef _SSPI_TRANSPORT_REALM_H
#define _SSPI_TRANSPORT_REALM_H

#include <linux/socket.h>
#include <linux/sspi_package.h>

struct net;

#define SSPI_MAX_REALM_NAME	255
#define SSPI_MAX_HOST_NAME	255
#define SSPI_MAX_REALMS		256	/* of a namespace */
#define SSPI_MAX_SERVERS	32	/* of a realm, of both services */

/* How a server is spoken to; bits. */
#define SSPI_REALM_TCP		1u
#define SSPI_REALM_UDP		2u
#define SSPI_REALM_BOTH		(SSPI_REALM_TCP | SSPI_REALM_UDP)

/**
 * struct sspi_realm_server - one server of a realm
 * @realm: name of the realm; compared byte by byte (RFC 4120 6.1)
 * @service: what the server is for
 * @protocols: SSPI_REALM_* bits; with both, TCP is tried first
 * @host: address in text or name of the host; NULL if @addr says it
 * @addr: an AF_INET or AF_INET6 address; its port is not looked at
 * @port: port, in host order; 0: that of the service (88, 464)
 */
struct sspi_realm_server {
	const char *realm;
	enum sspi_io_service service;
	u32 protocols;
	const char *host;
	struct sockaddr_storage addr;
	u16 port;
};

/**
 * struct sspi_server_stats - what one server has done
 * @asked: requests sent to it
 * @answered: replies that were taken from it
 * @failed: requests that it did not answer, or not well
 * @rtt_us: microseconds from the start to the reply, of the last one
 * @preferred: the next request goes to it first
 */
struct sspi_server_stats {
	u64 asked;
	u64 answered;
	u64 failed;
	u32 rtt_us;
	bool preferred;
};

/* What can become of a question to a realm. */
enum sspi_realm_stat {
	SSPI_REALM_QUESTIONS,	/* asked */
	SSPI_REALM_ANSWERED,
	SSPI_REALM_FAILED,	/* no server had an answer */
	SSPI_REALM_CANCELLED,
	SSPI_REALM_REFUSED,	/* too many, or all servers are down */
	SSPI_REALM_FAILOVERS,	/* times another server was tried */
	SSPI_REALM_TIMEOUTS,	/* times a server took too long */
	SSPI_REALM_TOO_BIG,	/* times UDP was too small for the reply */
	SSPI_REALM_STATS,
};

/**
 * struct sspi_realm_stats - what a realm's servers were asked
 * @count: by enum sspi_realm_stat
 * @pending: questions that wait for an answer now
 * @active: requests that are at a server now
 * @unreachable: no server of a service was reached; questions are refused
 */
struct sspi_realm_stats {
	u64 count[SSPI_REALM_STATS];
	u32 pending;
	u32 active;
	bool unreachable;
};

extern const char *const sspi_realm_stat_names[SSPI_REALM_STATS];

/* Context of all: process context, may sleep. */

/**
 * sspi_realm_add() - add a server to a realm, at the end of its list
 * @net: the namespace
 * @server: the server; copied
 *
 * Return: 0; -EINVAL for a name, an address or a protocol that is none;
 * -EEXIST for one that is there; -ENOSPC for one too many; -ENOMEM;
 * -EOPNOTSUPP for the name of a host without CONFIG_DNS_RESOLVER.
 */
int sspi_realm_add(struct net *net, const struct sspi_realm_server *server);

/**
 * sspi_realm_del() - take servers away
 * @net: the namespace
 * @match: the realm. With @match->host or @match->addr the servers of
 *	@match->service at that host, and at @match->port if it is not 0; without
 *	either the whole realm. @match->protocols is not looked at
 *
 * A question that is at a server which goes is still answered.
 *
 * Return: the number of servers that went; -ENOENT if that is none; -EINVAL.
 */
int sspi_realm_del(struct net *net, const struct sspi_realm_server *match);

/* Non-zero ends the walk; must call nothing of this header. */
typedef int (*sspi_realm_server_fn)(const struct sspi_realm_server *server,
				    const struct sspi_server_stats *stats,
				    void *priv);
typedef int (*sspi_realm_stats_fn)(const char *realm,
				   const struct sspi_realm_stats *stats,
				   void *priv);

/**
 * sspi_realm_walk() - look at each server
 * @net: the namespace
 * @fn: called for each, realm by realm, in the order that they were added; the
 *	order of realms changes only when one is added or goes
 * @priv: for @fn
 *
 * Return: 0, or what @fn returned.
 */
int sspi_realm_walk(struct net *net, sspi_realm_server_fn fn, void *priv);

/**
 * sspi_realm_walk_stats() - look at what each realm was asked
 * @net: the namespace
 * @fn: called for each realm
 * @priv: for @fn
 *
 * Return: 0, or what @fn returned.
 */
int sspi_realm_walk_stats(struct net *net, sspi_realm_stats_fn fn, void *priv);

#endif /* _SSPI_TRANSPORT_REALM_H */
