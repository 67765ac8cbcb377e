// SPDX-License-Identifier: GPL-2.0-only
/*
 * An exchange whose turn it is: from server to server until one answers.
 *
 * A server is tried at each of its addresses, by TCP and then by UDP if it has
 * both. Who does not accept or answer in time is asked again in the next round,
 * and has twice the time; when all fail at once there is no next round. Who has
 * accepted a connection gets the time for an answer.
 */
#include <linux/bitops.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>

#include "event.h"
#include "transport/internal.h"

#define MAX_ROUNDS	3
#define MAX_JUNK	32	/* datagrams looked at in a row */

/*
 * Larger requests go over TCP. What fits into a datagram on any path, as MIT
 * krb5 has it by default (udp_preference_limit is 1465).
 */
#define MAX_UDP		1400

static struct sspi_server *run_server(const struct sspi_run *run)
{
	return run->servers[run->at];
}

/* How many protocols a server is tried by; whether the nth of them is TCP. */
static unsigned int run_protocols(const struct sspi_exchange *x, bool tcp[2])
{
	const struct sspi_run *run = x->run;
	u32 protocols = run_server(run)->protocols;
	unsigned int n = 0;

	/* A server that has UDP alone gets what does not fit there as well. */
	if (run->tcp_only ||
	    (x->request.len > MAX_UDP && (protocols & SSPI_REALM_TCP)))
		protocols = SSPI_REALM_TCP;
	if (protocols & SSPI_REALM_TCP)
		tcp[n++] = true;
	if (protocols & SSPI_REALM_UDP)
		tcp[n++] = false;
	return n;
}

/* It comes to a server: nothing is known of that yet. */
static void run_visit(struct sspi_run *run)
{
	run->unreached = true;
	if (run->round)
		return;
	spin_lock_irq(&sspi_kdc_lock);
	run->seen[run->at] = run_server(run)->reached;
	spin_unlock_irq(&sspi_kdc_lock);
}

int sspi_run_begin(struct sspi_exchange *x)
{
	struct sspi_run *run = sspi_alloc(sizeof(*run));
	bool down;

	if (!run)
		return -ENOMEM;
	run->server_count = sspi_realm_servers(x, &down, run->servers,
					       SSPI_MAX_SERVERS);
	x->run = run;
	if (!run->server_count)
		return down ? -EHOSTDOWN : -EHOSTUNREACH;
	run_visit(run);
	return 0;
}

/* It is over: others may find out what it was to. */
void sspi_run_leave_locked(struct sspi_exchange *x)
{
	unsigned int i;

	for (i = 0; x->run && i < x->run->server_count; i++)
		sspi_server_leave_locked(x->run->servers[i], x);
}

/* It ends with @err: if that is not the asker's doing there is no other round. */
void sspi_run_end(struct sspi_run *run, int err)
{
	unsigned long silent = run->silent;
	unsigned int i;

	sspi_conn_close(&run->conn);
	if (!err || err == -ECANCELED || err == -ENETDOWN)
		return;
	for_each_set_bit(i, &silent, SSPI_MAX_SERVERS)
		sspi_server_down(run->servers[i], run->seen[i]);
}

void sspi_run_free(struct sspi_run *run)
{
	unsigned int i;

	if (!run)
		return;
	for (i = 0; i < run->server_count; i++)
		sspi_server_put(run->servers[i]);
	sspi_free(run->busy.data);
	sspi_free(run);
}

/* The addresses of the server it is at; -EAGAIN if they are being asked for. */
static int run_addresses(struct sspi_exchange *x)
{
	struct sspi_run *run = x->run;
	struct sspi_server *server = run_server(run);
	int count;

	if (run->addr_count)
		return 0;
	if (server->host) {
		count = sspi_names_get(server, x, run->addrs);
		if (count <= 0)
			return count ? count : -EHOSTUNREACH;
		run->addr_count = count;
		return 0;
	}
	run->addrs[0] = server->addr;
	run->addr_count = 1;
	return 0;
}

static unsigned long run_patience(const struct sspi_run *run)
{
	return msecs_to_jiffies(READ_ONCE(sspi_kdc_limits.timeout_ms)
				<< run->round);
}

/* What it is at, for the administrator. */
static void run_describe(const struct sspi_exchange *x, char *text, size_t room)
{
	const struct sspi_run *run = x->run;
	const struct sspi_server *server = run_server(run);
	bool tcp[2] = { true, true };
	const char *protocol;

	run_protocols(x, tcp);
	protocol = run->addr_count && !tcp[run->endpoint / run->addr_count] ?
			   "udp" : "tcp";
	if (run->addr_count)
		snprintf(text, room, "%s:%pISpc", protocol,
			 &run->addrs[run->endpoint % run->addr_count]);
	else if (server->host)
		snprintf(text, room, "%s", server->host);
	else
		snprintf(text, room, "%pISpc", &server->addr);
}

/* The server did not answer; @text: what it was. It is at the next by now. */
static void run_tell(const struct sspi_exchange *x, const char *text, int err,
		     bool more)
{
	char next[SSPI_MAX_SERVER_TEXT] = "";
	struct sspi_event event = {
		.kind = SSPI_EVENT_KDC,
		.netns = x->ns->cookie,
		.text = {
			[SSPI_TEXT_REALM] = x->realm->name,
			[SSPI_TEXT_SERVER] = text,
			[SSPI_TEXT_NEXT] = next,
		},
		.error = err,
	};

	if (!sspi_event_wanted(event.netns, SSPI_EVENT_KDC))
		return;
	if (more)
		run_describe(x, next, sizeof(next));
	sspi_event_post(&event);
}

/*
 * No way to the server is left in this round. One that took too long may only be far
 * away, or have lost a packet: that it is down shows when there is no other round.
 */
static void run_leave_server(struct sspi_run *run, int err)
{
	run->silent &= ~BIT(run->at);
	if (!run->unreached)
		return;
	if (err == -ETIMEDOUT)
		run->silent |= BIT(run->at);
	else
		sspi_server_down(run_server(run), run->seen[run->at]);
}

/* On to the server after this one; false if there is none any more. */
static bool run_next_server(struct sspi_run *run, int err)
{
	run_leave_server(run, err);
	run->endpoint = 0;
	run->addr_count = 0;
	run->tcp_only = false;
	if (++run->at == run->server_count) {
		run->at = 0;
		if (!run->slow || ++run->round == MAX_ROUNDS)
			return false;
		run->slow = false;
	}
	run_visit(run);
	return true;
}

/* On to the next way to this server, or to the next; false if there is none. */
static bool run_step(struct sspi_exchange *x, int err)
{
	struct sspi_run *run = x->run;
	bool tcp[2];

	if (run->addr_count &&
	    ++run->endpoint < run->addr_count * run_protocols(x, tcp))
		return true;
	if (!run_next_server(run, err))
		return false;
	sspi_realm_inc(x->realm, SSPI_REALM_FAILOVERS);
	return true;
}

/* This server, or this way to it, has failed; false if there is no other. */
static bool run_next(struct sspi_exchange *x, int err)
{
	struct sspi_run *run = x->run;
	bool more;

	/* Not one whose name nobody knows yet. */
	run->unreached &= run->addr_count && sspi_server_unreached(err) &&
			  !(run->conn.tcp && run->conn.connected);
	sspi_conn_close(&run->conn);
	run->until = 0;
	atomic64_inc(&run_server(run)->failed);
	if (err == -ETIMEDOUT) {
		run->slow = true;
		sspi_realm_inc(x->realm, SSPI_REALM_TIMEOUTS);
	}
	more = run_step(x, err);
	run_tell(x, run->text, err, more);
	return more;
}

/* Opens what is next. 0; -EAGAIN while an address is missing; else it failed. */
static int run_open(struct sspi_exchange *x)
{
	struct sspi_run *run = x->run;
	bool tcp[2] = {};
	int err;

	if (!run->until)
		run->until = jiffies + run_patience(run);
	run_describe(x, run->text, sizeof(run->text));
	err = run_addresses(x);
	if (err)
		return err;
	run_protocols(x, tcp);
	run_describe(x, run->text, sizeof(run->text));
	run->until = jiffies + run_patience(run);
	run->started = ktime_get();
	atomic64_inc(&run_server(run)->asked);
	return sspi_conn_open(&run->conn, x,
			      &run->addrs[run->endpoint % run->addr_count],
			      tcp[run->endpoint / run->addr_count]);
}

/* The reply is for the asker. */
static int run_take(struct sspi_exchange *x, struct sspi_blob *reply)
{
	struct sspi_run *run = x->run;
	struct sspi_server *server = run_server(run);

	*reply = (struct sspi_blob){ run->conn.reply, run->conn.len };
	run->conn.reply = NULL;
	atomic64_inc(&server->answered);
	WRITE_ONCE(server->rtt_us,
		   (u32)ktime_us_delta(ktime_get(), run->started));
	spin_lock_irq(&sspi_kdc_lock);
	x->realm->preferred[x->service] = server;
	spin_unlock_irq(&sspi_kdc_lock);
	return 0;
}

/* A whole reply is in. 0: it is the answer; -EAGAIN: wait for another one. */
static int run_judge(struct sspi_exchange *x, struct sspi_blob *reply)
{
	struct sspi_run *run = x->run;
	struct sspi_conn *conn = &run->conn;

	if (!conn->tcp)
		sspi_server_reached(run_server(run));
	switch (sspi_reply_judge(x->service,
				 (struct sspi_span){ conn->reply, conn->len })) {
	case SSPI_REPLY_GOOD:
		return run_take(x, reply);
	case SSPI_REPLY_TOO_BIG:
		if (conn->tcp)
			return -EPROTO;
		sspi_realm_inc(x->realm, SSPI_REALM_TOO_BIG);
		return -EMSGSIZE;
	case SSPI_REPLY_BUSY:
		sspi_free(run->busy.data);
		run->busy = (struct sspi_blob){ conn->reply, conn->len };
		conn->reply = NULL;
		return -EBUSY;
	default:
		if (conn->tcp)
			return -EPROTO;
		/* Anybody may have sent that. */
		sspi_conn_again(conn);
		return -EAGAIN;
	}
}

/* UDP was too small: the same server again, by TCP. */
static bool run_larger(struct sspi_exchange *x, int err)
{
	struct sspi_run *run = x->run;

	if (err != -EMSGSIZE || run->conn.tcp)
		return false;
	sspi_conn_close(&run->conn);
	run->tcp_only = true;
	run->endpoint %= run->addr_count;
	run->until = 0;
	return true;
}

/* Until a reply is the answer, there is none yet, or it failed. */
static int run_read(struct sspi_exchange *x, struct sspi_blob *reply)
{
	struct sspi_conn *conn = &x->run->conn;
	unsigned int junk;
	int err;

	for (junk = 0; junk < MAX_JUNK; junk++) {
		err = sspi_conn_talk(conn, &x->request);
		if (err)
			return err;
		err = run_judge(x, reply);
		if (err != -EAGAIN)
			return err;
	}
	/* There may be more; others have their turn first. */
	sspi_exchange_kick(x);
	return -EAGAIN;
}

/* As far as this server goes. */
static int run_talk(struct sspi_exchange *x, struct sspi_blob *reply)
{
	struct sspi_run *run = x->run;
	bool was_connected;
	int err;

	if (!run->conn.sock) {
		err = run_open(x);
		if (err)
			return err;
	}
	was_connected = run->conn.connected;
	err = run_read(x, reply);
	if (run->conn.connected && !was_connected) {
		sspi_server_reached(run_server(run));
		run->until = jiffies +
			msecs_to_jiffies(READ_ONCE(sspi_kdc_limits.reply_ms));
	}
	return err;
}

/*
 * Goes on as far as it goes. 0: @reply is the answer; -EAGAIN: to be looked at
 * again when something happens, or at run->until; else there is no answer.
 */
int sspi_run_advance(struct sspi_exchange *x, struct sspi_blob *reply)
{
	struct sspi_run *run = x->run;
	int err;

	for (;;) {
		err = run_talk(x, reply);
		if (!err || err == -ENOMEM)
			return err;
		if (err == -EAGAIN) {
			if (time_before(jiffies, run->until))
				return err;
			err = -ETIMEDOUT;
		}
		if (run_larger(x, err))
			continue;
		if (!run_next(x, err))
			break;
	}
	if (run->busy.data) {
		*reply = run->busy;
		run->busy = (struct sspi_blob){};
		return 0;
	}
	return err;
}
