/* SPDX-License-Identifier: GPL-2.0-only */
/* What differs between the kernels this builds for: 6.1 and newer. */
#ifndef GSS_PEER_COMPAT_H
#define GSS_PEER_COMPAT_H

#include <linux/version.h>

/* kernel_connect() takes an address of a type of its own since 6.19. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 19, 0)
#define sockaddr_unsized sockaddr
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#include <asm/unaligned.h>
#else
#include <linux/unaligned.h>
#endif

#endif /* GSS_PEER_COMPAT_H */
