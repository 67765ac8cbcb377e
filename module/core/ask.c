// SPDX-License-Identifier: GPL-2.0-only
/*
 * Questions of legs: from the step that has one to the step that is resumed.
 *
 * Between the two nobody runs. The answer, or who takes the call away, queues
 * the leg again: sspi_asker_cancel() says which of them it was.
 */
#include <linux/errno.h>

#include "core/ask.h"
#include "core/flight.h"
#include "core/internal.h"

/* Open questions of one credential: its contexts may all ask at once. */
#define MAX_OPEN	16384

/* @transport: NULL for the servers of the realm. */
void sspi_asker_init(struct sspi_asker *asker, struct sspi_cred *cred,
		     const struct sspi_transport *transport)
{
	asker->cred = cred;
	asker->transport = transport ? transport : &sspi_kdc_transport;
}

static int ask(struct sspi_asker *asker, struct sspi_netns *ns,
	       struct sspi_io *io)
{
	if (!ns)
		return -ENETDOWN;
	return asker->transport->ask(&asker->question, ns, io);
}

static void asker_close(struct sspi_asker *asker)
{
	if (!asker->open)
		return;
	asker->open = false;
	if (!asker->flight) {
		atomic_dec(&asker->cred->questions);
		sspi_owner_uncharge(asker->cred->obj.owner,
				    SSPI_CHARGE_QUESTION);
	}
	asker->flight = NULL;
}

/*
 * Another step fetches what this one needs. That is no question: nobody is
 * asked, and who waits long may be resumed often.
 */
static int asker_wait(struct sspi_asker *asker, struct sspi_step *step,
		      sspi_answered_fn answered)
{
	if (!asker->asked)
		asker->asked = 1;	/* the leg has begun */
	asker->question = (struct sspi_question){ .answered = answered };
	asker->flight = step->io.wait;
	asker->open = true;
	step->io = (struct sspi_io){};
	/* Once it is parked the step may be running. */
	if (sspi_flight_park(asker->flight, &asker->question))
		return 0;
	asker_close(asker);
	return -EAGAIN;
}

/*
 * Asks what @step wants to know, or waits for another that does. 0: @answered
 * will be called, unless sspi_asker_cancel() wins; else there is no answer, and
 * the step is to be resumed with that.
 */
int sspi_asker_ask(struct sspi_asker *asker, struct sspi_netns *ns,
		   struct sspi_step *step, sspi_answered_fn answered)
{
	int err = -ENOBUFS;

	if (step->io.wait)
		return asker_wait(asker, step, answered);
	sspi_stat_inc(SSPI_STAT_QUESTIONS);
	asker->asked++;
	asker->question = (struct sspi_question){
		.answered = answered,
		.owner = asker->cred->obj.owner,
	};
	asker->open = sspi_owner_charge(asker->cred->obj.owner,
					SSPI_CHARGE_QUESTION);
	/* From a successful ask on the answer may be in. */
	if (asker->open &&
	    atomic_inc_return(&asker->cred->questions) <= MAX_OPEN)
		err = ask(asker, ns, &step->io);
	sspi_free(step->io.request.data);
	step->io = (struct sspi_io){};
	if (!err)
		return 0;
	asker->question.error = err;
	asker_close(asker);
	return err;
}

/* Before a step: if there was a question, it gets the answer. */
void sspi_asker_resume(struct sspi_asker *asker, struct sspi_step *step)
{
	const struct sspi_question *question = &asker->question;

	step->may_wait = asker->transport->may_wait;
	if (!asker->asked)
		return;
	asker_close(asker);
	step->resumed = true;
	step->reply = (struct sspi_span){ .data = question->reply.data,
					  .len = question->reply.len };
	step->reply_error = question->error;
}

/* After a step: it has seen the answer. */
void sspi_asker_settle(struct sspi_asker *asker, struct sspi_step *step)
{
	step->reply = (struct sspi_span){};
	sspi_asker_release(asker);
}

/*
 * Takes a question back. True: nothing will come of it any more. False: the
 * answer has been in already, or there is no question. Context: any.
 */
bool sspi_asker_cancel(struct sspi_asker *asker)
{
	if (asker->flight)
		return sspi_flight_cancel(asker->flight, &asker->question);
	return asker->transport->cancel(&asker->question);
}

/* The leg is over, or has had its answer. */
void sspi_asker_release(struct sspi_asker *asker)
{
	sspi_free(asker->question.reply.data);
	asker->question.reply = (struct sspi_blob){};
	asker_close(asker);
}
