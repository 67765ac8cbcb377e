/* SPDX-License-Identifier: GPL-2.0-only */
/* A package whose steps do what a test tells them, and count what happened. */
#ifndef _SSPI_KUNIT_FAKE_PACKAGE_H
#define _SSPI_KUNIT_FAKE_PACKAGE_H

#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/sspi_package.h>
#include <linux/uidgid.h>

#define FAKE_NAME		"Fake"
#define FAKE_OUTPUT		"fake output token"
#define FAKE_MAX_SEEN		64
#define FAKE_SIGNATURE_LEN	4
#define FAKE_REALM		"FAKE.TEST"
#define FAKE_QUESTION		"what now"
#define FAKE_REASON		"told to fail by the test"

/* Where the service enters the package, and the transport of the tests. */
enum fake_entry {
	FAKE_IN_ACQUIRE,
	FAKE_IN_STEP,
	FAKE_IN_REFRESH,
	FAKE_IN_REFRESH_END,
	FAKE_IN_FAIL,
	FAKE_IN_FREE_CTX,
	FAKE_IN_FREE_CRED,
	FAKE_IN_ASK,
	FAKE_ENTRIES,
};

/**
 * struct fake_seen - what the last step was given
 * @req: flags
 * @input_len: bytes of the token; -1 for none
 * @input: the first of them
 * @bindings_len: bytes of the bindings; -1 for none
 * @target: the target, cut
 * @reply_len: bytes of the answer that it was resumed with; -1 for none
 * @reply_error: why there was none
 * @uid: the identity it ran under
 * @noio: whether allocations started no I/O
 * @workqueue: whether it ran on a workqueue
 */
struct fake_seen {
	u64 req;
	long input_len;
	u8 input[FAKE_MAX_SEEN];
	long bindings_len;
	char target[FAKE_MAX_SEEN];
	long reply_len;
	int reply_error;
	kuid_t uid;
	bool noio;
	bool workqueue;
};

/**
 * struct fake_ctl - the strings the test pulls
 * @status: what the next steps return
 * @no_output: they return no token
 * @questions: they ask that many questions first
 * @refresh: legs want the credential refreshed, at once
 * @refresh_again: so do refreshes
 * @refresh_status: what refreshes return
 * @gate: with @gated, a step waits here until the test opens it
 * @entered: completed by each step that has begun
 * @gated: steps wait
 * @heeds: and look whether they are given up meanwhile, as long derivations do
 * @blind: steps note nothing in @seen (they run in parallel)
 * @seen: what the last step got
 * @steps: steps run; likewise the next ones
 * @refreshes: refreshes that had their answer
 * @refresh_live: refreshes that have begun and not ended
 * @fails: times keys were wiped
 * @ctx_live: contexts that exist
 * @cred_live: credentials that exist
 * @enter: called at each entry, in its context; or NULL
 * @delegated: the context that the last acquire was to take a credential from
 */
struct fake_ctl {
	sec_status_t status;
	bool no_output;
	unsigned int questions;
	bool refresh;
	bool refresh_again;
	sec_status_t refresh_status;
	bool gated;
	bool heeds;
	bool blind;
	struct completion gate;
	struct completion entered;
	struct fake_seen seen;
	atomic_t steps;
	atomic_t refreshes;
	atomic_t refresh_live;
	atomic_t fails;
	atomic_t ctx_live;
	atomic_t cred_live;
	void (*enter)(enum fake_entry entry);
	void *delegated;
};

extern struct fake_ctl fake_ctl;
extern const struct sspi_package fake_package;

/* Tells the test that the service is here. */
void fake_enter(enum fake_entry entry);

/* Everything back to: steps succeed at once with a token. */
void fake_reset(void);

#endif /* _SSPI_KUNIT_FAKE_PACKAGE_H */
