/* SPDX-License-Identifier: GPL-2.0-only */
/* Userspace stand-in: a program has no modules. */
#ifndef _SHIM_LINUX_MODULE_H
#define _SHIM_LINUX_MODULE_H

#include <linux/export.h>

#define MODULE_LICENSE(x)
#define MODULE_DESCRIPTION(x)
#define MODULE_AUTHOR(x)
#define MODULE_ALIAS(x)
#define MODULE_PARM_DESC(name, text)
#define module_param_named(name, value, type, perm) \
	_Static_assert(sizeof(value) > 0, #name)

#endif /* _SHIM_LINUX_MODULE_H */
