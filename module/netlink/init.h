/* SPDX-License-Identifier: GPL-2.0-only */
/* What main.c sees of the administrator's side. */
#ifndef _SSPI_NETLINK_INIT_H
#define _SSPI_NETLINK_INIT_H

#define SSPI_VERSION	"0.1"

int sspi_netlink_init(void);
void sspi_netlink_exit(void);

#endif /* _SSPI_NETLINK_INIT_H */
