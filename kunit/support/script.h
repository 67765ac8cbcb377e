/* SPDX-License-Identifier: GPL-2.0-only */
/* The environment of steps as a test says it: clock and randomness. */
#ifndef _SSPI_KUNIT_SCRIPT_H
#define _SSPI_KUNIT_SCRIPT_H

#include <linux/sspi_package.h>

#include "kunit/support/testlib.h"

/**
 * struct script - a scripted environment
 * @env: for the steps
 * @now: the clock, unix time in ticks
 * @random: bytes to hand out first; a generator goes on
 * @drawn: bytes handed out
 * @broken: randomness fails
 * @lcg: the generator
 */
struct script {
	struct sspi_env env;
	s64 now;
	struct sspi_span random;
	unsigned int drawn;
	bool broken;
	struct testlib_lcg lcg;
};

/* In memory of zeros. */
void script_init(struct script *s, s64 now);

#endif /* _SSPI_KUNIT_SCRIPT_H */
