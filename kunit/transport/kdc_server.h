/* SPDX-License-Identifier: GPL-2.0-only */
/* KDCs on the loopback device, as good or as bad as a test wants them. */
#ifndef _SSPI_KUNIT_KDC_SERVER_H
#define _SSPI_KUNIT_KDC_SERVER_H

#include <kunit/test.h>
#include <linux/atomic.h>
#include <linux/sspi_span.h>

struct net;
struct socket;
struct task_struct;

enum kdc_manner {
	KDC_GOOD,	/* an AS-REP with the request behind its tag */
	KDC_SILENT,	/* accepts, and never says anything */
	KDC_STALL,	/* half of the reply, and nothing more */
	KDC_LIE,	/* a length of 2^31 - 1 */
	KDC_DRIP,	/* byte by byte */
	KDC_HANG_UP,	/* closes without a reply */
	KDC_JUNK,	/* something else; over UDP the reply follows */
	KDC_BUSY,	/* KRB_ERR_GENERIC */
	KDC_TOO_BIG,	/* KRB_ERR_RESPONSE_TOO_BIG */
};

#define KDC_SERVER_HELD	256	/* connections held open */

/**
 * struct kdc_server - a KDC with a thread of its own
 * @sock: what it listens on
 * @task: the thread
 * @held: connections that nothing happens to any more
 * @held_count: how many
 * @manner: how it is
 * @port: where it is, in host order
 * @tcp: TCP, else UDP
 * @requests: requests, or connections if it reads none
 */
struct kdc_server {
	struct socket *sock;
	struct task_struct *task;
	struct socket *held[KDC_SERVER_HELD];
	unsigned int held_count;
	enum kdc_manner manner;
	u16 port;
	bool tcp;
	atomic_t requests;
};

/* @port 0: a free one. Ends with the test, if not before. */
struct kdc_server *kdc_server_start(struct kunit *test, struct net *net,
				    enum kdc_manner manner, bool tcp, u16 port);
void kdc_server_stop(struct kdc_server *server);
/* A port that nobody listens on. */
u16 kdc_server_dead_port(struct kunit *test, struct net *net);

#endif /* _SSPI_KUNIT_KDC_SERVER_H */
