/* SPDX-License-Identifier: GPL-2.0-only */
/* What several suites need: guarded buffers and repeatable random numbers. */
#ifndef _SSPI_KUNIT_TESTLIB_H
#define _SSPI_KUNIT_TESTLIB_H

#include <kunit/test.h>
#include <linux/sspi_span.h>
#include <linux/sspi_status.h>
#include <linux/types.h>

/* A view of a whole array. */
#define TESTLIB_SPAN(array) \
	((struct sspi_span){ .data = (const u8 *)(array), \
			     .len = sizeof(array) })

/*
 * Pages that end at an unmapped one: what is put there stands against it, so
 * that one byte too far is a fault and not a silent read.
 */
struct testlib_guard {
	u8 *end;
	size_t room;
};

/* Freed with the test. The room is rounded up to whole pages. */
struct testlib_guard testlib_guard(struct kunit *test, size_t room);
/* The last @len bytes before the guard, filled with @fill. */
u8 *testlib_guard_room(const struct testlib_guard *guard, size_t len, u8 fill);
/* A copy of @in against the guard. */
struct sspi_span testlib_guard_put(const struct testlib_guard *guard,
				   struct sspi_span in);

/* Numerical Recipes' generator: the same numbers on every machine. */
struct testlib_lcg {
	u32 state;
};

u32 testlib_lcg_next(struct testlib_lcg *lcg);
/* A number below @bound. */
u32 testlib_lcg_below(struct testlib_lcg *lcg, u32 bound);
void testlib_lcg_fill(struct testlib_lcg *lcg, u8 *out, size_t len);

/* Prints how many cases a test has counted; none is a failure. */
void testlib_counted(struct kunit *test, unsigned int count);

/* A status as a number: KUnit's macros mix its type with plain ones. */
#define STATUS_NR(status) ((__force u32)(status))

#define SSPI_STATUS_CHECK(check, test, got, want) do {			\
	sec_status_t _got = (got);					\
	sec_status_t _want = (want);					\
									\
	check(test, STATUS_NR(_got), STATUS_NR(_want), "%s, not %s",	\
	      sec_status_name(_got), sec_status_name(_want));		\
} while (0)
#define SSPI_EXPECT_STATUS(test, got, want) \
	SSPI_STATUS_CHECK(KUNIT_EXPECT_EQ_MSG, test, got, want)
#define SSPI_ASSERT_STATUS(test, got, want) \
	SSPI_STATUS_CHECK(KUNIT_ASSERT_EQ_MSG, test, got, want)

#endif /* _SSPI_KUNIT_TESTLIB_H */
