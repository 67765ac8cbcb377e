/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an administrator is told: from any layer, to whoever listens. What is
 * below does not know who that is.
 */
#ifndef _SSPI_EVENT_H
#define _SSPI_EVENT_H

#include <linux/sspi_package.h>

enum sspi_event_kind {
	SSPI_EVENT_FAILURE,	/* something was refused */
	SSPI_EVENT_CONTEXT,	/* a context was established, or has failed */
	SSPI_EVENT_KDC,		/* a server of a realm did not answer */
	SSPI_EVENT_TICKET,	/* a ticket came, or is about to end */
	SSPI_EVENT_KINDS,
};

/* Texts of an event, each with its kinds. */
enum sspi_event_text {
	SSPI_TEXT_PACKAGE,	/* all but kdc: name of the package */
	SSPI_TEXT_OWNER,	/* all but kdc: the consumer's module */
	SSPI_TEXT_TARGET,	/* failure: whom to authenticate to */
	SSPI_TEXT_WHAT,		/* failure: the operation */
	SSPI_TEXT_REASON,	/* failure: why */
	SSPI_TEXT_DETAIL,	/* failure: what a server said */
	SSPI_TEXT_SERVER,	/* kdc, failure: the KDC that was asked */
	SSPI_TEXT_NEXT,		/* kdc: the one that is asked now */
	SSPI_TEXT_REALM,	/* kdc */
	SSPI_TEXT_CLIENT,	/* context, ticket */
	SSPI_TEXT_PEER,		/* context, ticket: the server */
	SSPI_EVENT_TEXTS,
};

/**
 * struct sspi_event - something that has happened
 * @kind: what
 * @netns: cookie of the network namespace of whom it has happened to; 0:
 *	nobody's, the event is dropped
 * @text: by enum sspi_event_text; NULL or "" for none. Never a secret
 * @status: failure, context: what the caller is told
 * @error: kdc, failure: why a server did not answer, a negative errno, or 0
 * @role: context: our side, 0 the initiator's, 1 the acceptor's
 * @established: context: whether it is
 * @ticket: ticket: its facts; client and server are not read
 * @change: ticket: what has happened to it
 */
struct sspi_event {
	enum sspi_event_kind kind;
	u64 netns;
	const char *text[SSPI_EVENT_TEXTS];
	sec_status_t status;
	int error;
	u8 role;
	bool established;
	struct sspi_ticket_info ticket;
	enum sspi_ticket_change change;
};

/**
 * struct sspi_event_sink - who listens
 * @wanted: whether somebody would look at such an event; for those that cost
 *	something to describe
 * @post: takes a copy
 *
 * Both are called in any context but NMI, and do not sleep.
 */
struct sspi_event_sink {
	bool (*wanted)(u64 netns, enum sspi_event_kind kind);
	void (*post)(const struct sspi_event *event);
};

void sspi_event_attach(const struct sspi_event_sink *sink);
void sspi_event_detach(void);
bool sspi_event_wanted(u64 netns, enum sspi_event_kind kind);
void sspi_event_post(const struct sspi_event *event);

#endif /* _SSPI_EVENT_H */
