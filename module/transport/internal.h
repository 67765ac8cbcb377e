/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Types of the transport, and how they hang together.
 *
 *	netns		a network namespace: its realms, its exchanges
 *	realm		a name and the servers that answer for it
 *	server		one of them
 *	names		the addresses that the name of a server's host stands for
 *	exchange	a request on its way, and the question that waits for it
 *	run		what an exchange has once it is its turn: servers, a socket
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
#include <linux/workqueue.h>

#include "transport/kdc.h"
#include "transport/realm.h"

#define SSPI_REALM_HASH_BITS	5
#define SSPI_MAX_ADDRESSES	4	/* of one host */

struct socket;
struct sock;

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
 * @resolver: asks for the addresses of hosts, one after the other
 * @resolving: the names that it has to ask for; under sspi_kdc_lock
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
	struct work_struct resolver;
	struct list_head resolving;
	wait_queue_head_t idle;
};

/* An address with its port. */
union sspi_address {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

/**
 * struct sspi_names - the addresses of a host
 * @link: in the list of those that the namespace has to ask for; under
 *	sspi_kdc_lock, like all below
 * @waiting: exchanges that want to know
 * @busy: they are being asked for, or will be
 * @until: jiffies until which the result is good
 * @known: there is a result
 * @count: number of addresses; 0 is a result too
 * @addrs: the addresses, with the server's port
 */
struct sspi_names {
	struct list_head link;
	struct list_head waiting;
	bool busy;
	bool known;
	unsigned long until;
	unsigned int count;
	union sspi_address addrs[SSPI_MAX_ADDRESSES];
};

/**
 * struct sspi_server - a server of a realm
 * @refs: one of the realm, one of each exchange that may go to it
 * @link: in the realm's list
 * @service: what it is for
 * @protocols: SSPI_REALM_* bits
 * @port: in host order
 * @host: name of the host, or NULL
 * @names: the addresses of @host
 * @addr: its address, without @host
 * @asked: requests sent to it
 * @answered: replies that were taken from it
 * @failed: requests that it did not answer, or not well
 * @rtt_us: microseconds that the last reply took
 * @down: it was not reached, and nobody has reached it since; under
 *	sspi_kdc_lock, like all below
 * @down_until: jiffies until which nobody goes there then
 * @probe: the exchange that finds out after that, or NULL; only compared with
 * @reached: how often it was
 */
struct sspi_server {
	refcount_t refs;
	struct list_head link;
	enum sspi_io_service service;
	u32 protocols;
	u16 port;
	char *host;
	struct sspi_names names;
	union sspi_address addr;
	atomic64_t asked;
	atomic64_t answered;
	atomic64_t failed;
	u32 rtt_us;
	bool down;
	unsigned long down_until;
	const struct sspi_exchange *probe;
	unsigned int reached;
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
 * @pending: questions that wait
 * @active: exchanges that are at a server
 * @waiting: exchanges that wait to be: the first of each owner, whose others
 *	are in its list; a turn goes to the owner that has waited longest
 * @acting: exchanges that are at a server
 * @name: its name
 */
struct sspi_realm {
	refcount_t refs;
	struct hlist_node node;
	struct list_head servers;
	unsigned int server_count;
	atomic64_t count[SSPI_REALM_STATS];
	const struct sspi_server *preferred[2];
	unsigned int pending;
	unsigned int active;
	struct list_head waiting;
	struct list_head acting;
	char name[];
};

/* realm.c */

struct sspi_realm *sspi_realm_get(struct sspi_netns *ns, const char *name);
void sspi_realm_put(struct sspi_realm *realm);
unsigned int sspi_realm_servers(const struct sspi_exchange *x, bool *down,
				struct sspi_server **list, unsigned int max);
void sspi_server_put(struct sspi_server *server);
void sspi_realm_exit_net(struct sspi_netns *ns);

static inline void sspi_realm_inc(struct sspi_realm *realm,
				  enum sspi_realm_stat which)
{
	atomic64_inc(&realm->count[which]);
}

bool sspi_realm_open(struct sspi_netns *ns, struct sspi_realm *realm,
		     enum sspi_io_service service);
int sspi_address_parse(struct net *net, const char *text, u16 port,
		       union sspi_address *addr);

/* health.c */

bool sspi_server_unreached(int err);
void sspi_server_reached(struct sspi_server *server);
void sspi_server_down(struct sspi_server *server, unsigned int seen);
bool sspi_server_open_locked(const struct sspi_server *server,
			     const struct sspi_exchange *x);
bool sspi_server_take_locked(struct sspi_server *server,
			     const struct sspi_exchange *x);
void sspi_server_leave_locked(struct sspi_server *server,
			      const struct sspi_exchange *x);

/* turn.c */

void sspi_turn_wait_locked(struct sspi_exchange *x);
void sspi_turn_leave_locked(struct sspi_exchange *x);
void sspi_turn_locked(struct sspi_realm *realm);

/* conn.c: one request on one socket */

/**
 * struct sspi_conn - a connection, or an association of UDP
 * @sock: the socket; NULL: there is none
 * @tcp: which of the two
 * @connected: of TCP: the other side has accepted
 * @sent: bytes sent, with the length that TCP has
 * @head: of TCP: the length of the reply, as it comes in
 * @head_len: bytes of it that are in
 * @reply: where the reply goes, or NULL
 * @room: bytes there
 * @len: bytes of the reply that are in
 * @data_ready: what the socket had before; likewise the next three
 * @state_change: likewise
 * @error_report: likewise
 * @write_space: likewise
 */
struct sspi_conn {
	struct socket *sock;
	bool tcp;
	bool connected;
	size_t sent;
	u8 head[4];
	u32 head_len;
	u8 *reply;
	size_t room;
	size_t len;
	void (*data_ready)(struct sock *sk);
	void (*state_change)(struct sock *sk);
	void (*error_report)(struct sock *sk);
	void (*write_space)(struct sock *sk);
};

int sspi_conn_open(struct sspi_conn *conn, struct sspi_exchange *x,
		   const union sspi_address *addr, bool tcp);
int sspi_conn_talk(struct sspi_conn *conn, const struct sspi_blob *request);
void sspi_conn_again(struct sspi_conn *conn);
void sspi_conn_close(struct sspi_conn *conn);

/* judge.c: what a reply is, as far as the transport has to know */

enum sspi_reply_kind {
	SSPI_REPLY_GOOD,	/* it is for the asker, who will see */
	SSPI_REPLY_JUNK,	/* no message of the protocol */
	SSPI_REPLY_TOO_BIG,	/* the real one does not fit into a datagram */
	SSPI_REPLY_BUSY,	/* this server cannot, another one may */
};

#if IS_ENABLED(CONFIG_SSPI_KRB5)
enum sspi_reply_kind sspi_reply_judge(enum sspi_io_service service,
				      struct sspi_span reply);
#else
static inline enum sspi_reply_kind
sspi_reply_judge(enum sspi_io_service service, struct sspi_span reply)
{
	return SSPI_REPLY_GOOD;
}
#endif

/* names.c */

#if IS_ENABLED(CONFIG_DNS_RESOLVER)
int sspi_names_init(void);
void sspi_names_exit(void);
int sspi_names_get(struct sspi_server *server, struct sspi_exchange *x,
		   union sspi_address *addrs);
void sspi_names_work(struct work_struct *work);
#else
static inline int sspi_names_init(void)
{
	return 0;
}

static inline void sspi_names_exit(void)
{
}

static inline void sspi_names_work(struct work_struct *work)
{
}

static inline int sspi_names_get(struct sspi_server *server,
				 struct sspi_exchange *x,
				 union sspi_address *addrs)
{
	return -EOPNOTSUPP;
}
#endif

/* exchange.c and run.c */

/**
 * struct sspi_run - an exchange whose turn it is
 * @servers: whom to try, in order; each with a reference
 * @server_count: how many
 * @at: which one it is at
 * @addrs: its addresses
 * @addr_count: how many; 0 if they are not known yet
 * @endpoint: which pair of protocol and address it is at
 * @round: how often all of them were tried
 * @tcp_only: a server has said that UDP is too small
 * @slow: a server of this round took too long, and may be there in the next
 * @unreached: the server that it is at was not reached by any way so far
 * @seen: how often each had been reached by anybody before
 * @silent: bits of those that took too long, and were not reached
 * @until: jiffies until which the other side has time
 * @started: when it was asked
 * @text: the server that it is at, as text
 * @busy: the last reply that another server should have better
 * @conn: the connection
 */
struct sspi_run {
	struct sspi_server *servers[SSPI_MAX_SERVERS];
	unsigned int server_count;
	unsigned int at;
	union sspi_address addrs[SSPI_MAX_ADDRESSES];
	unsigned int addr_count;
	unsigned int endpoint;
	unsigned int round;
	bool tcp_only;
	bool slow;
	bool unreached;
	unsigned int seen[SSPI_MAX_SERVERS];
	unsigned long silent;
	unsigned long until;
	ktime_t started;
	char text[SSPI_MAX_SERVER_TEXT];
	struct sspi_blob busy;
	struct sspi_conn conn;
};

/**
 * struct sspi_exchange - a request, until it is answered
 * @refs: one of the list, one of pending @work, passing ones
 * @work: looks what there is to do: one worker at a time
 * @ns: the namespace
 * @realm: whose servers are asked
 * @service: which of them
 * @request: the request
 * @deadline: jiffies at which there is no answer
 * @run: NULL until it is its turn; the worker's
 * @owner: whose it is; only to be compared with
 * @link: in the list of the namespace; under sspi_kdc_lock, like all below
 * @wait_link: in one of the realm's lists, or in @peers of the owner's first, or
 *	empty
 * @peers: of an owner's first that waits: the others of that owner
 * @name_link: in the list of who waits for a name, or empty
 * @question: who waits for the answer, or NULL
 * @active: it has its turn
 * @over: it has ended
 */
struct sspi_exchange {
	refcount_t refs;
	struct delayed_work work;
	struct sspi_netns *ns;
	struct sspi_realm *realm;
	enum sspi_io_service service;
	struct sspi_blob request;
	unsigned long deadline;
	const void *owner;
	struct sspi_run *run;
	struct list_head link;
	struct list_head wait_link;
	struct list_head peers;
	struct list_head name_link;
	struct sspi_question *question;
	bool active;
	bool over;
};

/**
 * struct sspi_kdc_limits - how long and how many
 * @timeout_ms: what a server has to accept a connection or to answer a
 *	datagram, in the first round; twice that in the next
 * @reply_ms: what it has to answer on a connection
 * @total_ms: what a question has
 * @down_ms: how long nobody goes to a server that was not reached
 * @active: exchanges of a realm that are at a server at once
 */
struct sspi_kdc_limits {
	unsigned int timeout_ms;
	unsigned int reply_ms;
	unsigned int total_ms;
	unsigned int down_ms;
	unsigned int active;
};

extern struct sspi_kdc_limits sspi_kdc_limits;

void sspi_exchange_kick(struct sspi_exchange *x);
int sspi_exchange_init(void);
void sspi_exchange_exit(void);
int sspi_run_begin(struct sspi_exchange *x);
int sspi_run_advance(struct sspi_exchange *x, struct sspi_blob *reply);
void sspi_run_leave_locked(struct sspi_exchange *x);
void sspi_run_end(struct sspi_run *run, int err);
void sspi_run_free(struct sspi_run *run);

/* netns.c */

struct sspi_netns *sspi_netns_of(struct net *net);
void sspi_exchange_exit_net(struct sspi_netns *ns);

#endif /* _SSPI_TRANSPORT_INTERNAL_H */
