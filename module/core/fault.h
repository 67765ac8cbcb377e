/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Allocation failures on purpose, for the test suites: the kernel's own fault
 * injection works by task, and an allocation of ours may happen in a worker.
 */
#ifndef _SSPI_CORE_FAULT_H
#define _SSPI_CORE_FAULT_H

#include <linux/kconfig.h>
#include <linux/types.h>

#if IS_ENABLED(CONFIG_SSPI_KUNIT_TEST)
/* Whether the allocation that is about to be made is to fail. */
bool sspi_fault(void);
/* The @nth allocation from now on fails; 0 for none. */
void sspi_fault_at(unsigned int nth);
/* Whether that failure has happened. */
bool sspi_fault_hit(void);
#else
static inline bool sspi_fault(void)
{
	return false;
}
#endif

#endif /* _SSPI_CORE_FAULT_H */
