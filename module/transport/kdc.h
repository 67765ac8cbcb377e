/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Questions to the servers of a realm: asked without waiting, answered by a
 * callback, taken back at any moment.
 */
#ifndef _SSPI_TRANSPORT_KDC_H
#define _SSPI_TRANSPORT_KDC_H

#include <linux/list.h>
#include <linux/sspi_package.h>

struct net;
struct sspi_exchange;
struct sspi_netns;
struct sspi_question;

/* What is sent and what is taken. A ticket with a large PAC has 64 KiB. */
#define SSPI_MAX_REQUEST	(128 * 1024)
#define SSPI_MAX_REPLY		(128 * 1024)

/* Bytes of a server as text, "tcp:[ADDRESS]:PORT", with the NUL. */
#define SSPI_MAX_SERVER_TEXT	72

/**
 * typedef sspi_answered_fn - an answer is in, or there will be none
 * @question: with its results
 *
 * Runs with a lock of the transport held and interrupts off: it may queue work,
 * and nothing else. It is the transport's last access to @question.
 */
typedef void (*sspi_answered_fn)(struct sspi_question *question);

/**
 * struct sspi_question - a question that is being asked
 * @answered: what to call
 * @owner: whose it is: owners take turns; only compared with others
 * @reply: the answer, from sspi_alloc(), the asker's to free; @reply.data NULL
 *	if there is none
 * @error: 0, or why there is none, a negative errno
 * @server: the server that was asked last, for the administrator; "" if none
 *	was
 * @link: the transport's
 * @exchange: the transport's
 */
struct sspi_question {
	sspi_answered_fn answered;
	const void *owner;
	struct sspi_blob reply;
	int error;
	char server[SSPI_MAX_SERVER_TEXT];
	struct list_head link;
	struct sspi_exchange *exchange;
};

/**
 * struct sspi_transport - a way to ask
 * @ask: 0: @answered will be called exactly once, perhaps before the return,
 *	unless @cancel wins; else a negative errno and it will not. What it keeps
 *	of @io->request it clears there; the rest of @io is the asker's again when
 *	it returns. Process context, may sleep for memory
 * @cancel: true: @answered will never be called; false: it has been. Of a
 *	question that was asked. Any context, and under any lock that @answered
 *	does not take
 * @may_wait: a step that asks by it may wait for another (struct sspi_step)
 */
struct sspi_transport {
	int (*ask)(struct sspi_question *question, struct sspi_netns *ns,
		   struct sspi_io *io);
	bool (*cancel)(struct sspi_question *question);
	bool may_wait;
};

/* The KDC client: asks the servers that realm.h has configured. */
extern const struct sspi_transport sspi_kdc_transport;

/*
 * A network namespace as its questions see it. Holding one keeps no namespace
 * alive: questions end with -ENETDOWN when it goes. get: the namespace is there,
 * its reference is held by the caller. Context of each: any.
 */
struct sspi_netns *sspi_netns_get(struct net *net);
struct sspi_netns *sspi_netns_hold(struct sspi_netns *ns);
u64 sspi_netns_cookie(const struct sspi_netns *ns);
void sspi_netns_put(struct sspi_netns *ns);

int sspi_transport_init(void);
void sspi_transport_exit(void);

#endif /* _SSPI_TRANSPORT_KDC_H */
