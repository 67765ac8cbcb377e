/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* What ksspi-cifs asks of sspi_cifs.ko: to answer for the key in its hands. */
#ifndef _UAPI_LINUX_SSPI_CIFS_H
#define _UAPI_LINUX_SSPI_CIFS_H

#include <linux/ioctl.h>

#define SSPI_CIFS_DEVICE	"/dev/sspi_cifs"

/*
 * The caller has assumed the authority over a key of type cifs.spnego that is
 * under construction; there is no argument. The key is complete afterwards,
 * with a token or with an error; EPERM and the like if it is no such key.
 */
#define SSPI_CIFS_ANSWER	_IO('k', 0x53)

#endif /* _UAPI_LINUX_SSPI_CIFS_H */
