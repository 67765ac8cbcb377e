/* SPDX-License-Identifier: GPL-2.0-only */
/* Userspace stand-in: a warning is fatal here: a test must see it. */
#ifndef _SHIM_LINUX_BUG_H
#define _SHIM_LINUX_BUG_H

#include <linux/compiler.h>
#include <linux/build_bug.h>
#include <stdio.h>
#include <stdlib.h>

#define WARN_ON(cond)                                                     \
	({                                                                \
		int __cond = !!(cond);                                    \
		if (unlikely(__cond)) {                                   \
			fprintf(stderr, "%s:%d: WARN_ON(%s)\n", __FILE__, \
				__LINE__, #cond);                         \
			abort();                                          \
		}                                                         \
		__cond;                                                   \
	})
#define WARN_ON_ONCE(cond) WARN_ON(cond)
#define WARN_ONCE(cond, ...) WARN_ON(cond)

#endif /* _SHIM_LINUX_BUG_H */
