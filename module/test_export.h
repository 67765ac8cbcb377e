/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Internal functions that the test suites call from their own module.
 *
 * Not EXPORT_SYMBOL_IF_KUNIT: that follows the kernel's CONFIG_KUNIT, and a
 * production build against such a kernel would export internals.
 */
#ifndef _SSPI_TEST_EXPORT_H
#define _SSPI_TEST_EXPORT_H

#include <linux/build_bug.h>
#include <linux/export.h>
#include <linux/kconfig.h>

/* One definition, wherever else there may be one. */
#undef SSPI_EXPORT_FOR_TEST

#if IS_ENABLED(CONFIG_SSPI_KUNIT_TEST)
#define SSPI_EXPORT_FOR_TEST(sym) EXPORT_SYMBOL_GPL(sym)
#else
/* Nothing, but with something before the semicolon. */
#define SSPI_EXPORT_FOR_TEST(sym) static_assert(true, #sym)
#endif

#endif /* _SSPI_TEST_EXPORT_H */
