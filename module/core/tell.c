// SPDX-License-Identifier: GPL-2.0-only
/* What the core tells the administrator of a namespace. */
#include "core/internal.h"
#include "event.h"

static struct sspi_event event_of(enum sspi_event_kind kind,
				  const struct sspi_whose *whose)
{
	return (struct sspi_event){
		.kind = kind,
		.netns = whose->netns,
		.text = {
			[SSPI_TEXT_PACKAGE] = whose->package->info.name,
			[SSPI_TEXT_OWNER] = whose->owner->name,
		},
	};
}

/*
 * Something was refused; @step says more, if it came that far, and @server who
 * was asked about it.
 */
void sspi_tell_refusal(const struct sspi_whose *whose, const char *what,
		       const struct sspi_step *step, const char *server,
		       const char *reason, sec_status_t status)
{
	struct sspi_event event = event_of(SSPI_EVENT_FAILURE, whose);

	event.status = status;
	event.text[SSPI_TEXT_WHAT] = what;
	event.text[SSPI_TEXT_REASON] = reason ?: sec_status_name(status);
	if (step) {
		event.text[SSPI_TEXT_TARGET] = step->target;
		event.text[SSPI_TEXT_DETAIL] = step->detail;
		event.text[SSPI_TEXT_SERVER] = server;
		event.error = step->reply_error;
	}
	sspi_event_post(&event);
}

/* A leg has made the context established, or dead. */
void sspi_tell_context(const struct sspi_whose *whose,
		       struct sspi_context *ctx, sec_status_t status)
{
	struct sec_pkg_context_native_names names = {};
	u8 phase = sspi_context_phase(ctx);
	struct sspi_event event;

	if (phase != SSPI_CONTEXT_ESTABLISHED && phase != SSPI_CONTEXT_FAILED)
		return;
	if (!sspi_event_wanted(whose->netns, SSPI_EVENT_CONTEXT))
		return;
	event = event_of(SSPI_EVENT_CONTEXT, whose);
	event.status = status;
	event.role = ctx->role;
	event.established = phase == SSPI_CONTEXT_ESTABLISHED;
	if (event.established &&
	    ctx->package->ops->query(ctx->state, SECPKG_ATTR_NATIVE_NAMES,
				     &names, sizeof(names)) == SEC_E_OK) {
		event.text[SSPI_TEXT_CLIENT] = names.client_name;
		event.text[SSPI_TEXT_PEER] = names.server_name;
	}
	sspi_event_post(&event);
	sspi_free(names.client_name);
	sspi_free(names.server_name);
}

static void tell_ticket(enum sspi_ticket_change change,
			const struct sspi_ticket_info *info, void *priv)
{
	struct sspi_event event = event_of(SSPI_EVENT_TICKET, priv);

	event.text[SSPI_TEXT_CLIENT] = info->client;
	event.text[SSPI_TEXT_PEER] = info->server;
	event.ticket = *info;
	event.change = change;
	sspi_event_post(&event);
}

/* Lets @step tell of tickets, if somebody wants to know; @whose stays. */
void sspi_tell_tickets(const struct sspi_whose *whose, struct sspi_step *step)
{
	bool wanted = sspi_event_wanted(whose->netns, SSPI_EVENT_TICKET);

	step->ticket = wanted ? tell_ticket : NULL;
	step->ticket_priv = (void *)whose;
}
