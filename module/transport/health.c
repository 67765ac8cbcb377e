// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether a server can be reached: what one exchange finds out and others go by.
 *
 * A server is down if a whole visit has not reached it: no connection was accepted,
 * no datagram came back. What happens after that, or on this side, is the exchange's
 * own. When its time is over one exchange tries it, the others go by it until then.
 */
#include <linux/jiffies.h>

#include "transport/internal.h"

/* Whether @err says that a server was not reached. */
bool sspi_server_unreached(int err)
{
	switch (err) {
	case -ECONNREFUSED:
	case -EHOSTUNREACH:
	case -ENETUNREACH:
	case -EHOSTDOWN:
	case -ETIMEDOUT:
		return true;
	default:
		return false;
	}
}

/* It has accepted a connection, or sent something. */
void sspi_server_reached(struct sspi_server *server)
{
	spin_lock_irq(&sspi_kdc_lock);
	server->reached++;
	server->down = false;
	server->probe = NULL;
	spin_unlock_irq(&sspi_kdc_lock);
}

/* A visit that began when it had been reached @seen times has not reached it. */
void sspi_server_down(struct sspi_server *server, unsigned int seen)
{
	spin_lock_irq(&sspi_kdc_lock);
	if (server->reached == seen) {
		server->down = true;
		server->down_until = jiffies +
			msecs_to_jiffies(READ_ONCE(sspi_kdc_limits.down_ms));
		server->probe = NULL;
	}
	spin_unlock_irq(&sspi_kdc_lock);
}

/* Whether @x may go there; NULL: whether anybody may. */
bool sspi_server_open_locked(const struct sspi_server *server,
			     const struct sspi_exchange *x)
{
	lockdep_assert_held(&sspi_kdc_lock);
	if (!server->down)
		return true;
	if (time_before(jiffies, server->down_until))
		return false;
	return !server->probe || server->probe == x;
}

/* The same; if it was down @x is now the one that tries. */
bool sspi_server_take_locked(struct sspi_server *server,
			     const struct sspi_exchange *x)
{
	if (!sspi_server_open_locked(server, x))
		return false;
	if (server->down)
		server->probe = x;
	return true;
}

/* @x is over: if it was to find out about the server another one may. */
void sspi_server_leave_locked(struct sspi_server *server,
			      const struct sspi_exchange *x)
{
	lockdep_assert_held(&sspi_kdc_lock);
	if (server->probe == x)
		server->probe = NULL;
}
