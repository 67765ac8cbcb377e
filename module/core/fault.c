// SPDX-License-Identifier: GPL-2.0-only
/* Allocation failures on purpose; empty but for the test suites. */
#include <linux/atomic.h>

#include "core/fault.h"
#include "test_export.h"

#if IS_ENABLED(CONFIG_SSPI_KUNIT_TEST)

/* Allocations until one fails; 0 and below for never. */
static atomic_t fault_left;
static atomic_t fault_hits;

bool sspi_fault(void)
{
	if (atomic_read(&fault_left) <= 0 || !atomic_dec_and_test(&fault_left))
		return false;
	atomic_inc(&fault_hits);
	return true;
}

void sspi_fault_at(unsigned int nth)
{
	atomic_set(&fault_hits, 0);
	atomic_set(&fault_left, nth);
}
SSPI_EXPORT_FOR_TEST(sspi_fault_at);

bool sspi_fault_hit(void)
{
	return atomic_read(&fault_hits);
}
SSPI_EXPORT_FOR_TEST(sspi_fault_hit);

#endif
