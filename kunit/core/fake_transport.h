/* SPDX-License-Identifier: GPL-2.0-only */
/* A transport whose answers are a test's: held, at once, later or refused. */
#ifndef _SSPI_KUNIT_FAKE_TRANSPORT_H
#define _SSPI_KUNIT_FAKE_TRANSPORT_H

#include <linux/atomic.h>

#include "transport/kdc.h"

#define FAKE_REPLY	"forty-two"

enum fake_answers {
	FAKE_HOLD,	/* when the test says so */
	FAKE_AT_ONCE,	/* before the question has returned */
	FAKE_LATER,	/* by a timer, after @delay */
	FAKE_REFUSE,	/* never: -ENETUNREACH */
	FAKE_MIXED,	/* one of these, by chance */
};

/**
 * struct fake_transport_ctl - the strings the test pulls, and what happened
 * @answers: what becomes of the questions to come
 * @delay: jiffies until a later answer
 * @reply: makes an answer, from sspi_alloc(); 0 or a negative errno. NULL: it is
 *	FAKE_REPLY
 * @asked: questions; likewise the next ones
 * @answered: that were
 * @cancelled: that were taken back
 * @late: takings back that came too late
 * @open: that wait
 * @ns: network namespace of the latest; not held
 */
struct fake_transport_ctl {
	enum fake_answers answers;
	unsigned long delay;
	int (*reply)(const struct sspi_io *io, struct sspi_blob *reply);
	atomic_t asked;
	atomic_t answered;
	atomic_t cancelled;
	atomic_t late;
	atomic_t open;
	struct sspi_netns *ns;
};

extern struct fake_transport_ctl fake_transport_ctl;
extern const struct sspi_transport fake_transport;
extern const struct sspi_transport fake_flight_transport;

void fake_transport_reset(enum fake_answers answers);
/* Answers the oldest question that waits; false if there is none. */
bool fake_transport_answer(int error);
/* Waits until so many questions wait; false if that takes seconds. */
bool fake_transport_wait_open(int count);

#endif /* _SSPI_KUNIT_FAKE_TRANSPORT_H */
