/* SPDX-License-Identifier: GPL-2.0-only */
/* Userspace stand-in: a program has no modules. */
#ifndef _SHIM_LINUX_MODULE_H
#define _SHIM_LINUX_MODULE_H

#include <linux/export.h>

#define MODULE_LICENSE(x)
#define MODULE_DESCRIPTION(x)
#define MODULE_AUTHOR(x)
#define MODULE_ALIAS(x)

#endif /* _SHIM_LINUX_MODULE_H */
