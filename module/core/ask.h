/* SPDX-License-Identifier: GPL-2.0-only */
/* What a package's leg asks of servers: it waits without a worker. */
#ifndef _SSPI_CORE_ASK_H
#define _SSPI_CORE_ASK_H

#include "core/object.h"
#include "transport/kdc.h"

/* Questions of one leg, before something is wrong. */
#define SSPI_MAX_QUESTIONS	64

/**
 * struct sspi_asker - the questions of a leg, one at a time
 * @question: the one that is open, or was last
 * @transport: whom it was given to
 * @flight: what is waited for instead, or NULL
 * @cred: whose questions these are
 * @asked: how many there were; at least 1 once the leg has waited
 * @open: the transport or @flight has one, or an answer that nobody has taken
 *	yet
 */
struct sspi_asker {
	struct sspi_question question;
	const struct sspi_transport *transport;
	struct sspi_flight *flight;
	struct sspi_cred *cred;
	unsigned int asked;
	bool open;
};

void sspi_asker_init(struct sspi_asker *asker, struct sspi_cred *cred,
		     const struct sspi_transport *transport);
int sspi_asker_ask(struct sspi_asker *asker, struct sspi_netns *ns,
		   struct sspi_step *step, sspi_answered_fn answered);
void sspi_asker_resume(struct sspi_asker *asker, struct sspi_step *step);
void sspi_asker_settle(struct sspi_asker *asker, struct sspi_step *step);
bool sspi_asker_cancel(struct sspi_asker *asker);
void sspi_asker_release(struct sspi_asker *asker);

#endif /* _SSPI_CORE_ASK_H */
