/* SPDX-License-Identifier: GPL-2.0-only */
/* An operation with its first, second, ... allocation failing. */
#ifndef _SSPI_KUNIT_FAULT_H
#define _SSPI_KUNIT_FAULT_H

#include "kunit/support/testlib.h"

typedef sec_status_t (*fault_fn)(struct kunit *test);

/*
 * Until none fails any more: each time the operation says that there was no
 * memory, and in the end it succeeds, twice.
 */
void fault_each_allocation(struct kunit *test, fault_fn op);

#endif /* _SSPI_KUNIT_FAULT_H */
