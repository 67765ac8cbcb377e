// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kerberos: a TGT is followed by the next one before it ends. A renewable one
 * is renewed (RFC 4120 3.3.3.1 and 2.3); with a key of the client's there is a
 * new one whenever needed. Contexts go on meanwhile with what there is.
 */
#include <linux/minmax.h>
#include <linux/string.h>

#include "pkg/krb5/ask.h"

/* A ticket is followed after this much of its life. */
#define LIFE_NUM	3
#define LIFE_DEN	4

/* How long to wait after a failure, in seconds. */
#define RETRY_MIN	30
#define RETRY_MAX	3600

static bool renewable(const struct krb5_tkt *tgt, s64 now)
{
	return tgt->flags & KRB5_TKT_RENEWABLE && tgt->endtime > now &&
	       tgt->renew_till > tgt->endtime;
}

/* On our clock, from a time of the KDC's. */
static s64 our_time(struct krb5_cred *cred, s64 seconds)
{
	s64 offset;

	mutex_lock(&cred->lock);
	offset = cred->offset;
	mutex_unlock(&cred->lock);
	return krb5_seconds(krb5_ticks(seconds, 0) - offset);
}

/* When the TGT in use wants a follower; 0 if there is no way to one. */
static s64 due(struct krb5_cred *cred, struct sspi_step *step)
{
	s64 now = krb5_seconds(krb5_now(cred, step)), when = 0;
	struct krb5_tkt *tgt = krb5_tkt_own_tgt(cred);

	if (tgt && (krb5_has_long_term(cred) || renewable(tgt, now))) {
		s64 life = tgt->endtime - tgt->starttime;

		/* Counted from the end: a cache's ticket may start at 0. */
		if (life > KRB5_TILL_SECONDS || life < 0)
			life = KRB5_TILL_SECONDS;
		when = tgt->endtime - life / LIFE_DEN * (LIFE_DEN - LIFE_NUM);
		when = our_time(cred, when > now ? when : now + 1);
	}
	krb5_tkt_put(tgt);
	return when;
}

/* A leg that may have changed the TGT says when it wants a follower. */
void krb5_tell_refresh(struct krb5_cred *cred, struct sspi_step *step)
{
	bool changed;

	mutex_lock(&cred->lock);
	changed = cred->tgt_count != cred->told_count;
	cred->told_count = cred->tgt_count;
	mutex_unlock(&cred->lock);
	if (changed)
		step->refresh = due(cred, step);
}

static sec_status_t begin(struct krb5_cred *cred, struct krb5_ask **ask,
			  struct sspi_step *step, struct krb5_tkt **out)
{
	struct krb5_goal goal = {
		.server.realm = cred->client.realm,
		.kind = KRB5_KIND_OWN,
		.anew = true,
	};
	struct krb5_tkt *tgt = krb5_tkt_own_tgt(cred);
	sec_status_t status;

	krb5_name_tgs(&goal.server.name, cred->client.realm);
	if (tgt && renewable(tgt, krb5_seconds(krb5_now(cred, step)))) {
		goal.server = tgt->server;
		goal.options = KRB5_KDC_RENEW;
		goal.tgt = tgt;
	}
	if (!goal.tgt && !krb5_has_long_term(cred)) {
		krb5_tkt_put(tgt);
		return krb5_refuse(step, SEC_E_NO_CREDENTIALS,
				   "the ticket cannot be renewed any more");
	}
	goal.initial = !goal.tgt;
	status = krb5_ask_run(ask, &goal, cred, step, out);
	krb5_tkt_put(tgt);
	return status;
}

/* Renewal has failed: a key gets a new ticket nevertheless. */
static sec_status_t anew(struct krb5_cred *cred, struct krb5_ask **ask,
			 struct sspi_step *step, struct krb5_tkt **out)
{
	struct krb5_goal goal = {
		.server.realm = cred->client.realm,
		.kind = KRB5_KIND_OWN,
		.anew = true,
		.initial = true,
	};

	krb5_name_tgs(&goal.server.name, cred->client.realm);
	step->reason = NULL;
	step->detail[0] = '\0';
	return krb5_ask_run(ask, &goal, cred, step, out);
}

/*
 * After a failure: again when a quarter of what is left has gone by. A password
 * that is wrong is not tried again, lest that locks the account.
 */
static s64 retry(struct krb5_cred *cred, struct sspi_step *step,
		 sec_status_t status)
{
	s64 now = krb5_seconds(krb5_now(cred, step));
	struct krb5_tkt *tgt = krb5_tkt_own_tgt(cred);
	s64 left = tgt ? tgt->endtime - now : 0;

	if (tgt)
		krb5_tell_ticket(step, SSPI_TICKET_EXPIRING, tgt);
	krb5_tkt_put(tgt);
	if (status == SEC_E_LOGON_DENIED || status == SEC_E_NO_CREDENTIALS ||
	    (left <= 0 && !krb5_has_long_term(cred)))
		return 0;
	left = clamp_t(s64, left / 4, RETRY_MIN, RETRY_MAX);
	return our_time(cred, now + left);
}

sec_status_t krb5_refresh(void *priv, void **state, struct sspi_step *step)
{
	struct krb5_cred *cred = priv;
	struct krb5_ask *ask = *state;
	bool renewing = ask && ask->goal.options & KRB5_KDC_RENEW;
	struct krb5_tkt *tkt = NULL;
	sec_status_t status;

	if (ask)
		status = krb5_ask_run(&ask, &ask->goal, cred, step, &tkt);
	else
		status = begin(cred, &ask, step, &tkt);
	if (sec_status_class(status) == SSPI_CLASS_FATAL && renewing &&
	    krb5_has_long_term(cred))
		status = anew(cred, &ask, step, &tkt);
	*state = ask;
	krb5_tkt_put(tkt);
	if (status == SEC_E_OK)
		krb5_tell_refresh(cred, step);
	else if (status != SEC_I_ASYNC_CALL_PENDING)
		step->refresh = retry(cred, step, status);
	return status;
}

void krb5_refresh_end(void *cred, void *state)
{
	krb5_ask_free(state);
}
