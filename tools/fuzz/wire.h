/* SPDX-License-Identifier: GPL-2.0-only */
/* Messages on their way, for the targets of message protection. */
#ifndef _SSPI_FUZZ_WIRE_H
#define _SSPI_FUZZ_WIRE_H

#include "party.h"

#define WIRE_NO_ENCRYPT 0x80000001u /* SECQOP_WRAP_NO_ENCRYPT */
#define WIRE_PARTS 4 /* of a script; a target may add one */
#define WIRE_TOKEN 192

struct wire {
	struct sspi_part parts[WIRE_PARTS + 1];
	unsigned int count;
	uint8_t token[WIRE_TOKEN];
	uint32_t token_len;
	uint32_t seq;
	uint32_t qop;
	bool sealed;
};

/* A package as a target knows it: the most that a token has, how it refuses. */
struct wire_rules {
	const struct sspi_package_ops *ops;
	uint32_t token_room;
	bool (*allowed)(sec_status_t status);
};

void wire_copy(struct wire *to, const struct wire *from);
void wire_free(struct wire *w);
bool wire_same(const struct wire *a, const struct wire *b);
/* Parts of all kinds and sizes. */
void wire_compose(struct wire *w, struct script *s);

sec_status_t wire_protect(const struct wire_rules *rules, void *ctx,
			  struct wire *w);
/* A refusal has changed nothing. */
sec_status_t wire_deliver(const struct wire_rules *rules, void *ctx,
			  struct wire *w);
/* The message is refused; it stays as it is. */
void wire_refused(const struct wire_rules *rules, void *ctx,
		  const struct wire *w);
/* It is sent, and arrives before its turn; false if it cannot be sent. */
bool wire_hurry(const struct wire_rules *rules, void *from, void *to,
		struct wire *next);
/*
 * As one run of bytes, the way a GSS peer wraps: cut, and then whole. Its first
 * part is data, the second, if there is one, padding.
 */
void wire_stream(const struct wire_rules *rules, void *ctx,
		 const struct wire *w, const struct wire *plain,
		 struct script *s);

#endif /* _SSPI_FUZZ_WIRE_H */
