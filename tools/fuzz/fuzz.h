/* SPDX-License-Identifier: GPL-2.0-only */
/* What the fuzz targets share. */
#ifndef _SSPI_FUZZ_H
#define _SSPI_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/sspi_span.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A property that has to hold for every input. */
#define MUST(cond)                                                    \
	do {                                                          \
		if (!(cond)) {                                        \
			fprintf(stderr, "%s:%d: does not hold: %s\n", \
				__FILE__, __LINE__, #cond);           \
			abort();                                      \
		}                                                     \
	} while (0)

/*
 * A heap copy of exactly @len bytes, so that the sanitizer sees the first byte
 * that is read or written too far.
 */
static inline uint8_t *exact_copy(const void *p, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	MUST(copy);
	if (len)
		memcpy(copy, p, len);
	return copy;
}

static inline struct sspi_span span_of(const void *p, size_t len)
{
	return (struct sspi_span){ .data = p, .len = len };
}

/* A view that a parser returned is inside what it was given. */
static inline void must_be_inside(struct sspi_span in, struct sspi_span view)
{
	if (!view.data || !view.len)
		return;
	MUST(view.data >= in.data && view.data <= in.data + in.len);
	MUST(view.len <= (size_t)(in.data + in.len - view.data));
}

static inline int same_bytes(struct sspi_span a, struct sspi_span b)
{
	return a.len == b.len && (!a.len || !memcmp(a.data, b.data, a.len));
}

/* The rest of the fuzz input, read front to back; zeros behind its end. */
struct script {
	const uint8_t *p;
	size_t left;
};

static inline uint8_t take8(struct script *s)
{
	if (!s->left)
		return 0;
	s->left--;
	return *s->p++;
}

static inline uint16_t take16(struct script *s)
{
	uint16_t lo = take8(s);

	return lo | take8(s) << 8;
}

static inline uint32_t take32(struct script *s)
{
	uint32_t lo = take16(s);

	return lo | (uint32_t)take16(s) << 16;
}

static inline struct sspi_span take_bytes(struct script *s, size_t len)
{
	struct sspi_span out;

	if (len > s->left)
		len = s->left;
	out = span_of(s->p, len);
	s->p += len;
	s->left -= len;
	return out;
}

#endif /* _SSPI_FUZZ_H */
