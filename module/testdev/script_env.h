/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A scripted environment: a clock that stands where it was put, and randomness
 * that comes from a row of given bytes, then from a fixed generator.
 */
#ifndef _SSPI_TESTDEV_SCRIPT_ENV_H
#define _SSPI_TESTDEV_SCRIPT_ENV_H

#include <linux/sspi_package.h>

struct script_env {
	struct sspi_env env; /* .priv is this structure */
	const struct sspi_env *real; /* for what is not scripted */
	s64 now; /* unix time in ticks of 100 ns */
	u64 seed; /* state of the generator */
	u8 *random; /* given bytes, from sspi_alloc() */
	size_t random_len;
	size_t random_pos;
	bool has_now;
	bool has_random;
	bool has_seed;
};

void script_env_init(struct script_env *script, const struct sspi_env *real);
void script_env_clear(struct script_env *script);
bool script_env_set_random(struct script_env *script, struct sspi_span bytes);
size_t script_env_random_left(const struct script_env *script);
bool script_env_active(const struct script_env *script);

#endif /* _SSPI_TESTDEV_SCRIPT_ENV_H */
