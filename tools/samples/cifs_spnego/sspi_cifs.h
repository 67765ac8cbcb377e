/* SPDX-License-Identifier: GPL-2.0-only */
/* What the helper asks of the module: to answer for the key in its hands. */
#ifndef SSPI_CIFS_H
#define SSPI_CIFS_H

#include <linux/ioctl.h>

#define SSPI_CIFS_DEVICE	"/dev/sspi_cifs"

/*
 * The caller has assumed the authority over a key of type cifs.spnego that is
 * under construction; there is no argument. The key is complete afterwards,
 * with a token or with an error; EPERM and the like if it is no such key.
 */
#define SSPI_CIFS_ANSWER	_IO('k', 0x53)

#endif /* SSPI_CIFS_H */
