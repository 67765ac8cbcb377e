// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kerberos: each ticket of a credential is fetched once. Who comes while another
 * step fetches it waits for that one, and then finds the ticket, or fails for
 * the same reason. If whoever fetched it has given up, one of those that wait
 * goes on in its place.
 *
 * A log-on that the KDC has refused is refused here for REFUSED_SECONDS without
 * asking again: each try counts against the account.
 */
#include <linux/errno.h>
#include <linux/string.h>

#include "pkg/krb5/flight.h"

/*
 * Short, as the account may be put right meanwhile. Long enough that who tries
 * again at once, for every file that is opened, comes to two tries a minute: a
 * usual policy locks an account at five or ten in the time of its counter, from
 * ten minutes on, and resets the counter.
 */
#define REFUSED_SECONDS	30

/**
 * struct krb5_flight - a ticket that is being fetched
 * @next: in the list of the credential, whose @flights_lock protects all
 * @wait: who waits
 * @wanted: name and kind of the ticket; NULL: the TGT of the AS exchange
 * @implicit: as in struct krb5_goal
 * @leader: the holder of who fetches it; NULL: has given up
 * @users: who fetches it and who waits
 * @landed: it is over, and not in the list any more
 * @outcome: then: with what status and why
 */
struct krb5_flight {
	struct krb5_flight *next;
	struct sspi_flight wait;
	struct krb5_tkt *wanted;
	bool implicit;
	struct krb5_flight **leader;
	unsigned int users;
	bool landed;
	struct krb5_failure outcome;
};

static void flight_free(struct krb5_flight *flight)
{
	if (!flight)
		return;
	krb5_tkt_put(flight->wanted);
	sspi_free(flight);
}

/* @goal: NULL for the TGT. */
static struct krb5_flight *flight_new(const struct krb5_goal *goal)
{
	struct krb5_flight *flight = sspi_alloc(sizeof(*flight));
	struct krb5_tkt *wanted;

	if (!flight)
		return NULL;
	sspi_flight_init(&flight->wait);
	if (!goal)
		return flight;
	wanted = krb5_tkt_new(krb5_principal_room(&goal->server));
	if (!wanted) {
		sspi_free(flight);
		return NULL;
	}
	krb5_tkt_keep_principal(wanted, &wanted->server, &goal->server);
	wanted->kind = goal->kind;
	flight->wanted = wanted;
	flight->implicit = goal->implicit;
	return flight;
}

static bool is_for(const struct krb5_flight *flight,
		   const struct krb5_goal *goal)
{
	if (!goal || !flight->wanted)
		return !goal && !flight->wanted;
	return flight->wanted->kind == goal->kind &&
	       flight->implicit == goal->implicit &&
	       krb5_principal_equal(&flight->wanted->server, &goal->server);
}

static struct krb5_flight *find_locked(struct krb5_cred *cred,
				       const struct krb5_goal *goal)
{
	struct krb5_flight *flight;

	for (flight = cred->flights; flight; flight = flight->next)
		if (is_for(flight, goal))
			break;
	return flight;
}

static void unlink_locked(struct krb5_cred *cred, struct krb5_flight *flight)
{
	struct krb5_flight **p = &cred->flights;

	while (*p != flight)
		p = &(*p)->next;
	*p = flight->next;
}

/* SEC_I_CONTINUE_NEEDED for who is to fetch it now. */
static sec_status_t lead_or_wait_locked(struct krb5_flight **own,
					struct sspi_step *step)
{
	struct krb5_flight *flight = *own;

	if (!flight->leader) {
		flight->leader = own;
		return SEC_I_CONTINUE_NEEDED;
	}
	step->io.wait = &flight->wait;
	return SEC_I_ASYNC_CALL_PENDING;
}

/*
 * Takes part in fetching what @goal says, or a TGT: SEC_I_CONTINUE_NEEDED if the
 * caller is to fetch it, SEC_I_ASYNC_CALL_PENDING if it waits for who does so
 * already. From then on until it has landed or left *@own stays in its place.
 */
sec_status_t krb5_flight_join(struct krb5_flight **own, struct krb5_cred *cred,
			      const struct krb5_goal *goal,
			      struct sspi_step *step)
{
	struct krb5_flight *fresh = flight_new(goal);
	sec_status_t status;

	if (!fresh)
		return SEC_E_INSUFFICIENT_MEMORY;
	spin_lock(&cred->flights_lock);
	*own = find_locked(cred, goal);
	if (!*own) {
		*own = fresh;
		fresh->next = cred->flights;
		cred->flights = fresh;
		fresh = NULL;
	}
	(*own)->users++;
	status = lead_or_wait_locked(own, step);
	spin_unlock(&cred->flights_lock);
	flight_free(fresh);
	return status;
}

/* Not a user any more; true if @flight is to be freed. */
static bool drop_locked(struct krb5_cred *cred, struct krb5_flight *flight)
{
	if (--flight->users)
		return false;
	if (!flight->landed)
		unlink_locked(cred, flight);
	return true;
}

/*
 * Who has waited goes on: SEC_E_OK if what it waited for is there,
 * SEC_I_CONTINUE_NEEDED if it is to be fetched by the caller now,
 * SEC_I_ASYNC_CALL_PENDING if by another; else why there is none.
 */
sec_status_t krb5_flight_look(struct krb5_flight **own, struct krb5_cred *cred,
			      struct sspi_step *step)
{
	struct krb5_flight *flight = *own;
	sec_status_t status;
	bool gone = false;

	spin_lock(&cred->flights_lock);
	if (flight->landed) {
		status = flight->outcome.status;
		if (status != SEC_E_OK) {
			step->reason = flight->outcome.reason;
			memcpy(step->detail, flight->outcome.detail,
			       sizeof(step->detail));
		}
		*own = NULL;
		gone = drop_locked(cred, flight);
	} else {
		status = lead_or_wait_locked(own, step);
	}
	spin_unlock(&cred->flights_lock);
	if (gone)
		flight_free(flight);
	return status;
}

/* It is over, as @status says, for all; of who fetches it. */
void krb5_flight_land(struct krb5_flight **own, struct krb5_cred *cred,
		      const struct sspi_step *step, sec_status_t status)
{
	struct krb5_flight *flight = *own;
	bool gone;

	if (!flight)
		return;
	spin_lock(&cred->flights_lock);
	flight->outcome.status = status;
	flight->outcome.reason = step->reason;
	memcpy(flight->outcome.detail, step->detail, sizeof(step->detail));
	flight->landed = true;
	unlink_locked(cred, flight);
	sspi_flight_end(&flight->wait);
	*own = NULL;
	gone = drop_locked(cred, flight);
	spin_unlock(&cred->flights_lock);
	if (gone)
		flight_free(flight);
}

/* Who fetches it, or waits for it, has given up. */
void krb5_flight_leave(struct krb5_flight **own, struct krb5_cred *cred)
{
	struct krb5_flight *flight = *own;
	bool gone;

	if (!flight)
		return;
	spin_lock(&cred->flights_lock);
	if (flight->leader == own)
		flight->leader = NULL;
	*own = NULL;
	gone = drop_locked(cred, flight);
	/* The one that was told to go on may have been this one. */
	if (!gone && !flight->landed && !flight->leader)
		sspi_flight_pass(&flight->wait);
	spin_unlock(&cred->flights_lock);
	if (gone)
		flight_free(flight);
}

/*
 * The KDC has answered @status to an AS exchange with the client's own key. What
 * is not about the log-on is not remembered.
 */
void krb5_remember_refusal(struct krb5_cred *cred, const struct sspi_step *step,
			   sec_status_t status)
{
	struct krb5_failure refused = { .status = SEC_E_OK };

	if (!step->may_wait)
		return;
	if (status == SEC_E_LOGON_DENIED) {
		refused.status = status;
		refused.time = krb5_seconds(step->env->now(step->env));
		refused.reason = step->reason;
		memcpy(refused.detail, step->detail, sizeof(step->detail));
	}
	mutex_lock(&cred->lock);
	cred->refused = refused;
	mutex_unlock(&cred->lock);
}

/* The refusal that holds, or SEC_E_OK. */
sec_status_t krb5_refusal(struct krb5_cred *cred, struct sspi_step *step)
{
	s64 now = krb5_seconds(step->env->now(step->env));
	sec_status_t status;

	mutex_lock(&cred->lock);
	status = cred->refused.status;
	/* A clock that was set back lengthens nothing. */
	if (now < cred->refused.time ||
	    now >= cred->refused.time + REFUSED_SECONDS)
		status = SEC_E_OK;
	if (status != SEC_E_OK) {
		step->reason = cred->refused.reason;
		memcpy(step->detail, cred->refused.detail,
		       sizeof(step->detail));
	}
	mutex_unlock(&cred->lock);
	return status;
}
