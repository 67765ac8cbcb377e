/* SPDX-License-Identifier: GPL-2.0-only */
/* Userspace stand-in: logging goes to stderr. */
#ifndef _SHIM_LINUX_PRINTK_H
#define _SHIM_LINUX_PRINTK_H

#include <stdio.h>

#ifndef pr_fmt
#define pr_fmt(fmt) fmt
#endif

#define pr_err(fmt, ...) fprintf(stderr, pr_fmt(fmt), ##__VA_ARGS__)
#define pr_warn pr_err
#define pr_notice pr_err
#define pr_info pr_err
#define pr_debug(fmt, ...) \
	do {               \
	} while (0)
#define pr_warn_ratelimited pr_warn
#define pr_err_ratelimited pr_err

#endif /* _SHIM_LINUX_PRINTK_H */
