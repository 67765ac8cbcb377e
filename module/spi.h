/* SPDX-License-Identifier: GPL-2.0-only */
/* The wall between core and packages: the only header both include. */
#ifndef _SSPI_SPI_H
#define _SSPI_SPI_H

#include <linux/sspi_package.h>

/* The packages that are here; each registers itself from its module.c. */
extern const struct sspi_package ntlm_package;
extern const struct sspi_package krb5_package;
extern const struct sspi_package negotiate_package;

#endif /* _SSPI_SPI_H */
