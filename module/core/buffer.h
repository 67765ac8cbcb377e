/* SPDX-License-Identifier: GPL-2.0-only */
/* What comes in and goes out of a call: descriptors and copies. */
#ifndef _SSPI_CORE_BUFFER_H
#define _SSPI_CORE_BUFFER_H

#include <linux/sspi.h>
#include <linux/sspi_package.h>

struct sspi_object;

/* buffer.c */

/**
 * struct sspi_inputs - the input descriptor of a leg, taken apart
 * @token: the peer's token
 * @bindings: channel bindings
 * @flags: of a SECBUFFER_FLAGS buffer
 */
struct sspi_inputs {
	struct sspi_span token;
	struct sspi_span bindings;
	u64 flags;
};

/**
 * struct sspi_outputs - where the results of a call go; each may be NULL
 * @lower: first half of a handle
 * @upper: second half of it
 * @attr: flags
 * @attr_long: flags, for a port of a Windows driver
 * @expiry: unix seconds
 * @filetime: the same in units of 100 ns since 1601, likewise
 * @token_len: bytes of the token
 * @token_data: pointer to it
 * @token_copy: where that pointed at submit
 * @token_room: bytes there
 * @allocate: the token is handed over instead of copied
 */
struct sspi_outputs {
	u64 *lower;
	u64 *upper;
	u64 *attr;
	unsigned long *attr_long;
	s64 *expiry;
	u64 *filetime;
	u32 *token_len;
	void **token_data;
	void *token_copy;
	u32 token_room;
	bool allocate;
};

sec_status_t sspi_desc_check(const struct sec_buffer_desc *desc);
sec_status_t sspi_inputs_parse(const struct sec_buffer_desc *desc,
			       struct sspi_inputs *in);
sec_status_t sspi_outputs_parse(struct sec_buffer_desc *desc,
				struct sspi_outputs *out);
void sspi_outputs_clear(const struct sspi_outputs *out);
bool sspi_outputs_fit(const struct sspi_outputs *out, size_t len);
void sspi_outputs_token(struct sspi_outputs *out, struct sspi_blob *token);
void sspi_outputs_handle(const struct sspi_outputs *out,
			 const struct sspi_object *obj);
void sspi_outputs_expiry(const struct sspi_outputs *out, s64 expiry);
void sspi_outputs_attr(const struct sspi_outputs *out, u64 attr);
u64 sspi_filetime(s64 expiry);

/* copy.c */

/**
 * struct sspi_copier - lays out copies in one allocation
 * @base: where; NULL to measure only
 * @used: bytes laid out so far
 * @room: bytes at @base
 * @bad: an input broke a cap, or grew since it was measured
 */
struct sspi_copier {
	u8 *base;
	size_t used;
	size_t room;
	bool bad;
};

void sspi_copy_acquire(struct sspi_copier *c, struct sspi_acquire_args *to,
		       const struct sspi_acquire_args *from);
const char *sspi_copy_string(struct sspi_copier *c, const char *from);
struct sspi_span sspi_copy_span(struct sspi_copier *c, struct sspi_span from);

#endif /* _SSPI_CORE_BUFFER_H */
