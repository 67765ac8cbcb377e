// SPDX-License-Identifier: GPL-2.0-only
/* Kerberos (RFC 4120, RFC 4121) as a module of its own; nothing but this is the kernel's alone. */
#include <linux/module.h>

#include "spi.h"

module_sspi_package(krb5_package);

MODULE_DESCRIPTION("Kerberos (RFC 4120, RFC 4121) for ksspi");
MODULE_ALIAS_SSPI_PACKAGE("kerberos");
MODULE_LICENSE("GPL");
SSPI_USES_EXPORTS_FOR_PACKAGES();
