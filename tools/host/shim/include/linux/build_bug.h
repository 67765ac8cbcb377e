/* SPDX-License-Identifier: GPL-2.0-only */
/* Userspace stand-in: compile-time checks. */
#ifndef _SHIM_LINUX_BUILD_BUG_H
#define _SHIM_LINUX_BUILD_BUG_H

#include <assert.h>

#define BUILD_BUG_ON_MSG(cond, msg) static_assert(!(cond), msg)
#define BUILD_BUG_ON(cond) BUILD_BUG_ON_MSG(cond, #cond)

#endif /* _SHIM_LINUX_BUILD_BUG_H */
