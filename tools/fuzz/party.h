/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The two parties of a negotiation, driven as the core drives a package, with
 * a scripted environment and a heap that knows whose memory is whose.
 */
#ifndef _SSPI_FUZZ_PARTY_H
#define _SSPI_FUZZ_PARTY_H

#include <stdbool.h>

#include "fuzz.h"

#include <linux/sspi.h>

#include "spi.h"

#define FUZZ_USER "User"
#define FUZZ_DOMAIN "Domain"
#define FUZZ_PASSWORD "Password"
#define FUZZ_TARGET "cifs/server.example.com"

struct party {
	bool initiator;
	void *cred;
	void *ctx;
	bool dead;
	struct sspi_span bindings;
	struct sspi_span preset;
	const char *target;
	u64 req;
	struct sspi_blob output;
	u64 attr;
	sec_status_t status; /* of the last leg */
	const char *reason; /* likewise */
	/*
	 * Answers a question, of the memory of who is asked: false for none.
	 * NULL: nobody ever has one.
	 */
	bool (*answer)(void *priv, struct sspi_span request,
		       struct sspi_span *reply);
	void *priv;
};

/*
 * Starts a run with this package: time, randomness and the failures to come
 * (0: none).
 */
void fuzz_begin(const struct sspi_package *package, unsigned int fail_alloc,
		unsigned int fail_random);
/* The same with NTLM, and the keys of its user are secrets (ntlm_party.c). */
void fuzz_begin_ntlm(unsigned int fail_alloc, unsigned int fail_random);
/* Ends it: nothing of it is left in the heap. */
void fuzz_end(void);
/* Whether a failure that was asked for has happened. */
bool fuzz_failure_hit(void);
/* Lets time pass. */
void fuzz_later(s64 seconds);
/* Adds bytes that a dead context must not hold. */
void fuzz_secret(const void *p, size_t len);
/* The environment of the run. */
const struct sspi_env *fuzz_env(void);

sec_status_t party_acquire(struct party *p, struct sspi_acquire_args *args);
/* One leg; the output stays in p->output until the next one. */
sec_status_t party_leg(struct party *p, struct sspi_span input);
/* The context dies with all its keys. */
void party_fail(struct party *p);
void party_free(struct party *p);

enum token_kind {
	TOKEN_ANY,
	TOKEN_NEGOTIATE,
	TOKEN_CHALLENGE,
	TOKEN_AUTHENTICATE
};

/* Plays the rest of the fuzz input as edits of a token; its new length. */
size_t mutate(uint8_t *token, size_t len, size_t room, enum token_kind kind,
	      struct script *s);

#endif /* _SSPI_FUZZ_PARTY_H */
