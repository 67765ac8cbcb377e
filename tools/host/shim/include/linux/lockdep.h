/* SPDX-License-Identifier: GPL-2.0-only */
/* Userspace stand-in: nothing to prove in one thread. */
#ifndef _SHIM_LINUX_LOCKDEP_H
#define _SHIM_LINUX_LOCKDEP_H

#include <linux/mutex.h>

#endif /* _SHIM_LINUX_LOCKDEP_H */
