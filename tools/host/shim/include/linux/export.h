/* SPDX-License-Identifier: GPL-2.0-only */
/* Userspace stand-in: exports mean nothing in a program. */
#ifndef _SHIM_LINUX_EXPORT_H
#define _SHIM_LINUX_EXPORT_H

#include <stddef.h>

#define THIS_MODULE NULL
#define EXPORT_SYMBOL(sym)
#define EXPORT_SYMBOL_GPL(sym)
#define EXPORT_SYMBOL_NS_GPL(sym, ns)

#endif /* _SHIM_LINUX_EXPORT_H */
