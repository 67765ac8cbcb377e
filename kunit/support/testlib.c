// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "kunit/support/testlib.h"

static void free_pages_action(void *pages)
{
	vfree(pages);
}

struct testlib_guard testlib_guard(struct kunit *test, size_t room)
{
	size_t size = PAGE_ALIGN(max_t(size_t, room, 1));
	u8 *pages = vmalloc(size);
	struct testlib_guard guard;

	KUNIT_ASSERT_NOT_NULL(test, pages);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test,
							   free_pages_action,
							   pages));
	guard.end = pages + size;
	guard.room = size;
	return guard;
}

u8 *testlib_guard_room(const struct testlib_guard *guard, size_t len, u8 fill)
{
	if (WARN_ON(len > guard->room))
		return NULL;
	return memset(guard->end - len, fill, len);
}

struct sspi_span testlib_guard_put(const struct testlib_guard *guard,
				   struct sspi_span in)
{
	u8 *room = testlib_guard_room(guard, in.len, 0);
	struct sspi_span copy = { .data = room, .len = in.len };

	if (in.len)
		memcpy(room, in.data, in.len);
	return copy;
}

u32 testlib_lcg_next(struct testlib_lcg *lcg)
{
	lcg->state = lcg->state * 1664525 + 1013904223;
	return lcg->state;
}

/* The high bits: the low ones of such a generator have short periods. */
u32 testlib_lcg_below(struct testlib_lcg *lcg, u32 bound)
{
	return (u64)testlib_lcg_next(lcg) * bound >> 32;
}

void testlib_lcg_fill(struct testlib_lcg *lcg, u8 *out, size_t len)
{
	while (len--)
		*out++ = testlib_lcg_next(lcg) >> 24;
}

void testlib_counted(struct kunit *test, unsigned int count)
{
	kunit_info(test, "%u cases\n", count);
	KUNIT_EXPECT_GT(test, count, 0u);
}

MODULE_LICENSE("GPL");
SSPI_USES_EXPORTS_FOR_PACKAGES();
MODULE_DESCRIPTION("KUnit tests of SSPI");
