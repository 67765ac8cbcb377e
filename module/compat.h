/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between the kernels this builds for. The only place with a
 * kernel version test; included before everything else by Kbuild.
 */
#ifndef _SSPI_COMPAT_H
#define _SSPI_COMPAT_H

#ifdef __KERNEL__

/* Here, as headers that want it are included below. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "ksspi needs Linux 6.1 or newer"
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
#include <crypto/utils.h>
#else
#include <crypto/algapi.h>
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

/*
 * Generic netlink before 6.2 has no split operations: each of ours is either
 * for do or for dump, so the old form says the same.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define genl_split_ops genl_ops
#define split_ops ops
#define n_split_ops n_ops
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
#define sspi_genl_dump_attrs(cb) (genl_info_dump(cb)->attrs)
#else
#define sspi_genl_dump_attrs(cb) (genl_dumpit_info(cb)->attrs)
#endif

/* __assign_str() has lost its second argument in 6.10. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
#define sspi_assign_str(dst, src) __assign_str(dst)
#else
#define sspi_assign_str(dst, src) __assign_str(dst, src)
#endif

/* kernel_connect() takes an address of no size since 6.19. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
#define sspi_sockaddr struct sockaddr_unsized
#else
#define sspi_sockaddr struct sockaddr
#endif

/* Sockets that must not take the page of the task have been told so since 6.2. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define sspi_no_task_frag(sk) ((sk)->sk_use_task_frag = false)
#else
#define sspi_no_task_frag(sk) ((void)(sk))
#endif

/* Timers were deleted under another name before 6.2. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define timer_delete_sync del_timer_sync
#endif

/* Who has asked for a key: a number or, in newer kernels, an object. */
#define sspi_pid_nr(who) \
	__builtin_choose_expr(__same_type(who, struct pid *), \
			      pid_nr((struct pid *)(unsigned long)(who)), \
			      (pid_t)(unsigned long)(who))

/* A namespace of symbols has become a string in 6.13. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
#define SSPI_PACKAGE_NAMESPACE "SSPI_PACKAGE"
#else
#define SSPI_PACKAGE_NAMESPACE SSPI_PACKAGE
#endif

#include "test_export.h"

#else /* the userspace build */
#include <linux/unaligned.h>
#endif /* __KERNEL__ */

#include "package_export.h"

/* What is set before it is read and too large to clear for each message. */
#ifndef __uninitialized
#define __uninitialized
#endif
#endif /* _SSPI_COMPAT_H */
