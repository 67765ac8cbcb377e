/* SPDX-License-Identifier: GPL-2.0-only */
/* Threads that hammer on the same objects for a while (race_kunit.c). */
#ifndef _SSPI_KUNIT_RACE_H
#define _SSPI_KUNIT_RACE_H

#include <linux/completion.h>
#include <linux/sspi.h>

#include "kunit/support/testlib.h"

#define RACE_THREADS	4
#define RACE_CONTEXTS	3
/* A guest may be slow. */
#define RACE_MORE_SECONDS 30

struct sspi_fixture;

/**
 * struct race - what the threads of a race share
 * @f: the fixture
 * @ctx: contexts that are replaced; for who needs some
 * @actx: a tracker that all use; likewise
 * @priv: anything else
 * @more: time is up: whether something has not been seen yet. Then the race goes
 *	on, for RACE_MORE_SECONDS at most; or NULL
 * @part: the race runs for so many parts of race_seconds; 0 for the whole
 * @rounds: what was done
 * @callbacks: that came; or what went wrong, where none can come
 * @end: jiffies
 * @done: each thread, once
 */
struct race {
	struct sspi_fixture *f;
	struct sspi_ctxt_handle ctx[RACE_CONTEXTS];
	struct sspi_async_context *actx;
	void *priv;
	bool (*more)(struct race *race);
	unsigned int part;
	atomic_t rounds;
	atomic_t callbacks;
	unsigned long end;
	struct completion done;
};

typedef int (*race_fn)(void *data);

/* Whether there is time for another round. */
bool racing(struct race *race);
/* What a thread returns. */
int race_end(struct race *race);
/* Starts the threads, waits for all: rounds must have been made. */
void race_run(struct kunit *test, struct race *race, const race_fn *fns,
	      int count);

#endif /* _SSPI_KUNIT_RACE_H */
