/* SPDX-License-Identifier: GPL-2.0-only */
/* Userspace stand-in: options are 1 or absent here. */
#ifndef _SHIM_LINUX_KCONFIG_H
#define _SHIM_LINUX_KCONFIG_H

#define __SHIM_ARG_1 0,
#define __shim_second(ignored, val, ...) val
#define ___shim_is(junk) __shim_second(junk 1, 0)
#define __shim_is(val) ___shim_is(__SHIM_ARG_##val)
#define IS_ENABLED(option) __shim_is(option)
#define IS_BUILTIN(option) __shim_is(option)
#define IS_REACHABLE(option) __shim_is(option)

#endif /* _SHIM_LINUX_KCONFIG_H */
