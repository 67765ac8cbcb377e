/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the races of Negotiate share: the ways that a negotiation may go, with
 * packages that are watched, and threads that get in the way.
 */
#ifndef _SSPI_KUNIT_NEGO_RACE_H
#define _SSPI_KUNIT_NEGO_RACE_H

#include <linux/mutex.h>
#include <linux/spinlock.h>

#include "kunit/ntlm/exchange.h"
#include "kunit/krb5/krb5_forge.h"
#include "kunit/negotiate/nego_toy.h"
#include "kunit/support/race.h"
#include "kunit/negotiate/watched.h"

/* Each race has a part of the time that those of the core have. */
#define NEGO_PART	2
#define NEGO_WAYS	5
#define NEGO_SEEN	8
#define NEGO_DEAD	32

/**
 * struct nego_way - how a negotiation may go
 * @mine: the initiator's list; likewise @theirs, the acceptor's
 * @tgt: the initiator has no ticket for the server: it asks a KDC
 * @package: what is agreed on where no KDC answers
 */
struct nego_way {
	const char *mine;
	const char *theirs;
	bool tgt;
	const char *package;
};

extern const struct nego_way nego_ways[NEGO_WAYS];
/* The toy first, if it is there. */
extern const struct nego_way nego_toy_way;

/**
 * struct nego_race - what the threads share beside struct race
 * @kdc: protects @forge, which is the KDC
 * @forge: the realm
 * @ticket: a credential cache with the service ticket, @ticket_len bytes;
 *	likewise the next two
 * @tgt: one with the TGT
 * @keytab: the acceptor's
 * @lock: protects the members from here to @dead_count
 * @seen: contexts of somebody, two of an exchange side by side, to ask about
 * @cred: their credentials
 * @dead: contexts that were given up, kept to look at them in the end
 * @dead_count: how many
 * @turn: counts rounds, to take all ways in turn
 * @done: by way, how often it was gone to its end
 * @cancelled: calls that we took back
 * @silent: the rest of those that nobody was to be told of
 * @called_back: and of the others
 * @twice: calls that ended more or less than once
 * @answers: questions about contexts that had an answer
 * @moved: contexts that were handed on
 */
struct nego_race {
	struct mutex kdc;	/* see above */
	struct forge forge;
	u8 ticket[FORGE_ROOM];
	u8 tgt[FORGE_ROOM];
	u8 keytab[FORGE_ROOM];
	int ticket_len;
	int tgt_len;
	int keytab_len;
	spinlock_t lock;	/* see above */
	struct sspi_ctxt_handle seen[NEGO_SEEN];
	struct sspi_cred_handle cred[NEGO_SEEN];
	struct sspi_ctxt_handle dead[NEGO_DEAD];
	unsigned int dead_count;
	atomic_t turn;
	atomic_t done[NEGO_WAYS];
	atomic_t cancelled;
	atomic_t silent;
	atomic_t called_back;
	atomic_t twice;
	atomic_t answers;
	atomic_t moved;
};

/* kunit_suite init and exit: the realm, the packages; nothing may be left. */
int nego_race_init(struct kunit *test);
void nego_race_exit(struct kunit *test);

sec_status_t nego_race_acquire(const struct nego_race *n,
			       const struct nego_way *way, struct exchange *x);
/* Lets the others ask about these. */
void nego_race_show(struct nego_race *n, const struct exchange *x);

/* Threads: who asks about what is shown, hands it on, deletes it. */
int nego_race_ask(void *data);
/* The toy is registered, and unregistered, and so on. */
int nego_race_come_and_go(void *data);

#endif /* _SSPI_KUNIT_NEGO_RACE_H */
