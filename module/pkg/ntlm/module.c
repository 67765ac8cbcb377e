// SPDX-License-Identifier: GPL-2.0-only
/* NTLM (MS-NLMP) as a module of its own; nothing but this is the kernel's alone. */
#include <linux/module.h>

#include "spi.h"

module_sspi_package(ntlm_package);

MODULE_DESCRIPTION("NTLM (MS-NLMP) for ksspi");
MODULE_ALIAS_SSPI_PACKAGE("ntlm");
MODULE_LICENSE("GPL");
SSPI_USES_EXPORTS_FOR_PACKAGES();
