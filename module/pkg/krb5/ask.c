// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kerberos: how a ticket is got. What is in the credential needs no question;
 * else a TGT by as.c, then ticket after ticket by tgs.c. What another step is
 * getting already is waited for (flight.c).
 */
#include <linux/errno.h>
#include <linux/string.h>

#include "pkg/krb5/ask.h"

void krb5_ask_free(struct krb5_ask *ask)
{
	unsigned int i;

	if (!ask)
		return;
	krb5_flight_leave(&ask->flight, ask->cred);
	krb5_flight_leave(&ask->tgt_flight, ask->cred);
	for (i = 0; i < ask->referrals; i++)
		krb5_tkt_put(ask->path[i]);
	krb5_tkt_put(ask->tgt);
	krb5_tkt_put(ask->evidence);
	krb5_tkt_put(ask->tkt);
	sspi_free(ask->asked);
	sspi_free(ask->client_realm.data);
	sspi_free(ask->request.data);
	sspi_free(ask->cookie.data);
	sspi_free(ask);
}

sec_status_t krb5_ask_send(struct krb5_ask *ask, struct sspi_span realm,
			   struct sspi_blob *request, struct sspi_step *step)
{
	struct sspi_blob text;

	if (++ask->trips > KRB5_MAX_TRIPS)
		return krb5_refuse(step, SEC_E_MAX_REFERRALS_EXCEEDED,
				   "too many questions to KDCs");
	text.data = sspi_alloc(realm.len + 1);
	if (!text.data)
		return SEC_E_INSUFFICIENT_MEMORY;
	memcpy(text.data, realm.data, realm.len);
	sspi_free(ask->asked);
	ask->asked = (char *)text.data;
	step->io.realm = ask->asked;
	step->io.service = SSPI_IO_KDC;
	step->io.request = *request;
	*request = (struct sspi_blob){};
	return SEC_I_ASYNC_CALL_PENDING;
}

/* The top bit stays clear: some KDCs read a signed number. */
sec_status_t krb5_ask_nonce(struct krb5_ask *ask, struct sspi_step *step)
{
	sec_status_t status;
	u64 nonce = 0;

	status = krb5_draw_seq(step, &nonce);
	ask->nonce = (u32)nonce & 0x7fffffffu;
	return status;
}

/* RFC 4430 3.1.3 in spirit: a lie only makes the next question fail. */
bool krb5_ask_learn(struct krb5_ask *ask, struct krb5_cred *cred,
		    const struct krb5_error *error, struct sspi_step *step)
{
	if (error->code != KRB5_ERR_SKEW || ask->learned)
		return false;
	ask->learned = true;
	krb5_set_offset(cred, krb5_ticks(error->stime, error->susec) -
			step->env->now(step->env));
	return true;
}

static sec_status_t check_times(const struct krb5_ask *ask,
				struct krb5_cred *cred,
				const struct krb5_enc_kdc_rep *part,
				struct sspi_step *step)
{
	s64 now = krb5_now(cred, step), start;

	start = part->starttime ? part->starttime : part->authtime;
	if (krb5_ticks(start, 0) > now + cred->max_skew ||
	    krb5_ticks(part->endtime, 0) <= now - cred->max_skew)
		return krb5_refuse(step, SEC_E_TIME_SKEW,
				   "the KDC's ticket is not valid now");
	if (part->endtime <= start)
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "the KDC's ticket ends before it starts");
	if (part->endtime > ask->till)
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "the KDC's ticket is for longer than asked");
	return SEC_E_OK;
}

sec_status_t krb5_ask_check(const struct krb5_ask *ask,
			    struct krb5_cred *cred,
			    const struct krb5_answer *answer,
			    struct sspi_step *step)
{
	const struct krb5_enc_kdc_rep *part = &answer->part;
	const struct krb5_ticket *ticket = &answer->rep.ticket;

	if (part->nonce != ask->nonce)
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "the KDC answers another question");
	/* Only the encrypted name counts (CVE-2017-11103). */
	if (!krb5_name_equal(&ticket->sname, &part->server.name) ||
	    !krb5_realm_equal(ticket->realm, part->server.realm))
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "the ticket's name is not the KDC's");
	if (!krb5_permitted(cred, part->key.enctype))
		return krb5_refuse(step, SEC_E_KDC_UNKNOWN_ETYPE,
				   "the session key is of a type that is not permitted");
	if (part->flags & KRB5_TKT_INVALID)
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "the KDC's ticket has yet to be validated");
	if (part->addresses.data)
		return krb5_refuse(step, SEC_E_INVALID_TOKEN,
				   "the KDC's ticket is bound to addresses, which nobody asked for");
	return check_times(ask, cred, part, step);
}

sec_status_t krb5_ask_keep(const struct krb5_ask *ask, struct krb5_cred *cred,
			   const struct krb5_answer *answer,
			   const struct krb5_principal *server,
			   enum krb5_kind kind, struct sspi_step *step,
			   struct krb5_tkt **out)
{
	const struct krb5_enc_kdc_rep *part = &answer->part;
	const struct krb5_kdc_rep *rep = &answer->rep;
	struct sspi_span value;
	struct krb5_tkt *tkt;
	sec_status_t status;

	tkt = krb5_tkt_new(krb5_principal_room(&rep->client) +
			   krb5_principal_room(server) +
			   rep->ticket.whole.len);
	if (!tkt)
		return SEC_E_INSUFFICIENT_MEMORY;
	status = krb5_status(krb5_key_set(&tkt->key, part->key.enctype,
					  part->key.key),
			     SEC_E_INVALID_TOKEN);
	if (status != SEC_E_OK) {
		krb5_tkt_put(tkt);
		return krb5_refuse(step, status,
				   "the KDC's session key has a wrong length");
	}
	krb5_tkt_keep_principal(tkt, &tkt->client, &rep->client);
	krb5_tkt_keep_principal(tkt, &tkt->server, server);
	tkt->ticket = krb5_tkt_keep(tkt, rep->ticket.whole);
	tkt->kind = kind;
	/* A renewed one is of the same KDC. */
	tkt->fast = (ask->goal.options & KRB5_KDC_RENEW && ask->tgt->fast) ||
		    (part->enc_padata.data &&
		     krb5_find_padata(part->enc_padata, KRB5_PA_FX_FAST,
				      &value));
	tkt->flags = part->flags;
	tkt->starttime = part->starttime ? part->starttime : part->authtime;
	tkt->endtime = part->endtime;
	tkt->renew_till = part->renew_till;
	*out = krb5_tkt_get(tkt);
	krb5_tell_ticket(step, ask->goal.anew ? SSPI_TICKET_RENEWED :
						SSPI_TICKET_OBTAINED, tkt);
	krb5_tkt_add(cred, tkt, krb5_seconds(krb5_now(cred, step)));
	return SEC_E_OK;
}

static bool good(const struct krb5_cred *cred, const struct krb5_tkt *tkt,
		 s64 now)
{
	return tkt->endtime > now &&
	       krb5_ticks(tkt->starttime - now, 0) <= cred->max_skew &&
	       !(tkt->flags & KRB5_TKT_INVALID) &&
	       krb5_permitted(cred, tkt->key.type->number);
}

/* The TGT to begin with: that of the server's realm, if we have been there. */
static struct krb5_tkt *find_tgt(const struct krb5_ask *ask,
				 struct krb5_cred *cred, s64 now)
{
	struct krb5_tkt *own = krb5_tkt_own_tgt(cred), *there = NULL;
	struct krb5_principal tgs = { };

	if (ask->goal.kind == KRB5_KIND_OWN && !ask->goal.anew) {
		tgs.realm = own ? own->server.realm : cred->client.realm;
		krb5_name_tgs(&tgs.name, ask->realm);
		there = krb5_tkt_find(cred, &tgs, KRB5_KIND_OWN, now);
	}
	if (!there && own && good(cred, own, now))
		return own;
	krb5_tkt_put(own);
	return there;
}

/* A service whose realm nobody named: its own case is that of the KDC. */
void krb5_ask_settle_realm(struct krb5_ask *ask)
{
	if (ask->goal.implicit &&
	    krb5_realm_alike(ask->realm, krb5_tgt_realm(ask->tgt)))
		ask->realm = krb5_tgt_realm(ask->tgt);
}

/* There is a TGT that is new: on to what it was wanted for. */
static sec_status_t have_tgt(struct krb5_ask *ask, struct krb5_cred *cred,
			     struct sspi_step *step)
{
	if (!ask->goal.initial)
		return krb5_tgs_send(ask, cred, step);
	ask->tkt = krb5_tkt_get(ask->tgt);
	return SEC_E_OK;
}

static bool renews(const struct krb5_ask *ask)
{
	return ask->goal.options & KRB5_KDC_RENEW;
}

static sec_status_t send_initial(struct krb5_ask *ask, struct krb5_cred *cred,
				 struct sspi_step *step)
{
	return renews(ask) ? krb5_tgs_send(ask, cred, step) :
			     krb5_as_send(ask, cred, step);
}

/* Another step has got it. */
static sec_status_t take_tgt(struct krb5_ask *ask, struct krb5_cred *cred,
			     struct krb5_tkt *tgt, struct sspi_step *step)
{
	krb5_flight_land(&ask->tgt_flight, cred, step, SEC_E_OK);
	if (ask->goal.anew) {
		ask->tkt = tgt;
		return SEC_E_OK;
	}
	ask->tgt = tgt;
	ask->fresh = true;
	krb5_ask_settle_realm(ask);
	return have_tgt(ask, cred, step);
}

/* With what the flight of the TGT says: to ask, to wait, or that it is there. */
static sec_status_t initial(struct krb5_ask *ask, struct krb5_cred *cred,
			    struct sspi_step *step, sec_status_t status)
{
	s64 now = krb5_seconds(krb5_now(cred, step));
	struct krb5_tkt *tgt = NULL;

	ask->waiting = NULL;
	if (status == SEC_I_ASYNC_CALL_PENDING)
		ask->waiting = &ask->tgt_flight;
	if (status != SEC_E_OK && status != SEC_I_CONTINUE_NEEDED)
		return status;
	/* Also one that came just before the flight was ours. */
	if (status == SEC_E_OK || !ask->goal.anew)
		tgt = find_tgt(ask, cred, now);
	if (tgt)
		return take_tgt(ask, cred, tgt, step);
	if (status == SEC_E_OK)
		return krb5_ask_initial(ask, cred, step);
	status = renews(ask) ? SEC_E_OK : krb5_refusal(cred, step);
	if (status == SEC_E_OK)
		status = send_initial(ask, cred, step);
	return status;
}

sec_status_t krb5_ask_initial(struct krb5_ask *ask, struct krb5_cred *cred,
			      struct sspi_step *step)
{
	if (!step->may_wait)
		return send_initial(ask, cred, step);
	return initial(ask, cred, step,
		       krb5_flight_join(&ask->tgt_flight, cred, NULL, step));
}

/* The first question: to the nearest TGS that there is a ticket for. */
static sec_status_t first(struct krb5_ask *ask, struct krb5_cred *cred,
			  struct sspi_step *step)
{
	s64 now = krb5_seconds(krb5_now(cred, step));

	if (ask->goal.tgt)
		ask->tgt = krb5_tkt_get(ask->goal.tgt);
	else if (!ask->goal.initial)
		ask->tgt = find_tgt(ask, cred, now);
	if (ask->tgt && !renews(ask)) {
		krb5_ask_settle_realm(ask);
		return krb5_tgs_send(ask, cred, step);
	}
	if (ask->tgt || krb5_has_long_term(cred))
		return krb5_ask_initial(ask, cred, step);
	if (cred->ticket_count)
		return krb5_refuse(step, SEC_E_CONTEXT_EXPIRED,
				   "the cache has no ticket that is good for the target now");
	return krb5_refuse(step, SEC_E_NO_CREDENTIALS,
			   "nothing to get a ticket with");
}

static sec_status_t join(struct krb5_ask *ask, struct krb5_cred *cred,
			 struct sspi_step *step);

/* With what the flight of the goal says. */
static sec_status_t fetch(struct krb5_ask *ask, struct krb5_cred *cred,
			  struct sspi_step *step, sec_status_t status)
{
	s64 now = krb5_seconds(krb5_now(cred, step));

	ask->waiting = NULL;
	if (status == SEC_I_ASYNC_CALL_PENDING)
		ask->waiting = &ask->flight;
	if (status != SEC_E_OK && status != SEC_I_CONTINUE_NEEDED)
		return status;
	/* Also one that came just before the flight was ours. */
	ask->tkt = krb5_tkt_find(cred, &ask->goal.server, ask->goal.kind, now);
	if (ask->tkt)
		return SEC_E_OK;
	return status == SEC_E_OK ? join(ask, cred, step) :
				    first(ask, cred, step);
}

static sec_status_t join(struct krb5_ask *ask, struct krb5_cred *cred,
			 struct sspi_step *step)
{
	return fetch(ask, cred, step,
		     krb5_flight_join(&ask->flight, cred, &ask->goal, step));
}

static sec_status_t begin(struct krb5_ask **out, const struct krb5_goal *goal,
			  struct krb5_cred *cred, struct sspi_step *step)
{
	struct krb5_ask *ask = sspi_alloc(sizeof(*ask));

	if (!ask)
		return SEC_E_INSUFFICIENT_MEMORY;
	*out = ask;
	ask->goal = *goal;
	ask->cred = cred;
	ask->realm = goal->server.realm;
	ask->client = cred->client;
	if (step->may_wait && !goal->anew)
		return join(ask, cred, step);
	return first(ask, cred, step);
}

/* Who has waited looks again. */
static sec_status_t waited(struct krb5_ask *ask, struct krb5_cred *cred,
			   struct sspi_step *step)
{
	sec_status_t status = krb5_flight_look(ask->waiting, cred, step);

	if (ask->waiting == &ask->flight)
		return fetch(ask, cred, step, status);
	return initial(ask, cred, step, status);
}

/* The views in ask->answer end with this. */
static void forget_answer(struct krb5_ask *ask)
{
	sspi_free(ask->answer.opened.copy.data);
	memset(&ask->answer, 0, sizeof(ask->answer));	/* not secret: views */
}

/* Those that wait for the TGT go on as soon as it is there. */
static sec_status_t take_initial(struct krb5_ask *ask, struct krb5_cred *cred,
				 struct sspi_step *step)
{
	sec_status_t status = krb5_as_take(ask, cred, step);

	if (status == SEC_I_ASYNC_CALL_PENDING)
		return status;
	krb5_remember_refusal(cred, step, status);
	if (status == SEC_E_OK)
		krb5_flight_land(&ask->tgt_flight, cred, step, status);
	return status;
}

static sec_status_t take(struct krb5_ask *ask, struct krb5_cred *cred,
			 struct sspi_step *step)
{
	sec_status_t status;

	if (!step->resumed)
		return krb5_refuse(step, SEC_E_OUT_OF_SEQUENCE,
				   "the context waits for an answer");
	if (ask->waiting)
		return waited(ask, cred, step);
	if (step->reply_error == -ENOMEM)
		return SEC_E_INSUFFICIENT_MEMORY;
	if (step->reply_error || !step->reply.data)
		return krb5_refuse(step, SEC_E_NO_AUTHENTICATING_AUTHORITY,
				   "no KDC of the realm answers");
	if (ask->stage == KRB5_STAGE_AS)
		status = take_initial(ask, cred, step);
	else
		status = krb5_tgs_take(ask, cred, step);
	forget_answer(ask);
	if (status != SEC_E_OK || ask->tkt)
		return status;
	return have_tgt(ask, cred, step);
}

/* What is about this step alone is no answer to those that wait for it. */
static bool for_all(sec_status_t status)
{
	return status != SSPI_E_CANCELLED &&
	       status != SEC_E_INSUFFICIENT_MEMORY;
}

/*
 * It is over. Who waits for a TGT that could not be renewed gets another; the
 * flights that stay are left, and another step goes on.
 */
static void end(struct krb5_ask *ask, struct krb5_cred *cred,
		const struct sspi_step *step, sec_status_t status)
{
	if (!ask || !for_all(status))
		return;
	krb5_flight_land(&ask->flight, cred, step, status);
	if (status == SEC_E_OK || !renews(ask))
		krb5_flight_land(&ask->tgt_flight, cred, step, status);
}

/* For the administrator's query: why there was no ticket the last time. */
static void note_failure(struct krb5_cred *cred, struct sspi_step *step,
			 sec_status_t status)
{
	mutex_lock(&cred->lock);
	cred->failure.status = status;
	cred->failure.time = krb5_seconds(step->env->now(step->env));
	cred->failure.reason = step->reason;
	memcpy(cred->failure.detail, step->detail, sizeof(step->detail));
	mutex_unlock(&cred->lock);
}

sec_status_t krb5_ask_run(struct krb5_ask **pask, const struct krb5_goal *goal,
			  struct krb5_cred *cred, struct sspi_step *step,
			  struct krb5_tkt **out)
{
	s64 now = krb5_seconds(krb5_now(cred, step));
	sec_status_t status;

	if (!*pask && !goal->anew) {
		*out = krb5_tkt_find(cred, &goal->server, goal->kind, now);
		if (*out)
			return SEC_E_OK;
	}
	if (*pask)
		status = take(*pask, cred, step);
	else
		status = begin(pask, goal, cred, step);
	if (status == SEC_I_ASYNC_CALL_PENDING)
		return status;
	if (status == SEC_E_OK)
		*out = krb5_tkt_get((*pask)->tkt);
	else
		note_failure(cred, step, status);
	end(*pask, cred, step, status);
	krb5_ask_free(*pask);
	*pask = NULL;
	return status;
}

sec_status_t krb5_ask_ticket(struct krb5_nego *nego, struct krb5_cred *cred,
			     struct sspi_step *step)
{
	struct krb5_goal goal = {
		.server = nego->target,
		.implicit = nego->target.realm.data == cred->client.realm.data,
		.kind = cred->user.name.count ? KRB5_KIND_FOR_USER :
						KRB5_KIND_OWN,
	};

	return krb5_ask_run(&nego->ask, &goal, cred, step, &nego->tkt);
}
