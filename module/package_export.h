/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What ksspi.ko has for packages: codecs and the facade over cryptography.
 *
 * A package of a third party can have it too, in the namespace SSPI_PACKAGE. No
 * consumer should: these are no interface, and change with the packages.
 */
#ifndef _SSPI_PACKAGE_EXPORT_H
#define _SSPI_PACKAGE_EXPORT_H

#include <linux/export.h>

#define SSPI_EXPORT_FOR_PACKAGES(sym) \
	EXPORT_SYMBOL_NS_GPL(sym, SSPI_PACKAGE_NAMESPACE)

/* For the file of a module that says its license. */
#define SSPI_USES_EXPORTS_FOR_PACKAGES() \
	MODULE_IMPORT_NS(SSPI_PACKAGE_NAMESPACE)

#endif /* _SSPI_PACKAGE_EXPORT_H */
