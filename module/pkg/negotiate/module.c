// SPDX-License-Identifier: GPL-2.0-only
/* Negotiate (SPNEGO, RFC 4178) as a module of its own; nothing but this is the kernel's alone. */
#include <linux/module.h>

#include "spi.h"

module_sspi_package(negotiate_package);

MODULE_DESCRIPTION("Negotiate (SPNEGO, RFC 4178) for ksspi");
MODULE_ALIAS_SSPI_PACKAGE("negotiate");
MODULE_LICENSE("GPL");
SSPI_USES_EXPORTS_FOR_PACKAGES();
