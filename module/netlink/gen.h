/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/ksspi.yaml */
/* YNL-GEN kernel header */
/* To regenerate run: tools/gen/gen-netlink.py */

#ifndef _LINUX_KSSPI_GEN_H
#define _LINUX_KSSPI_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/ksspi.h>

int ksspi_nl_realm_add_doit(struct sk_buff *skb, struct genl_info *info);
int ksspi_nl_realm_del_doit(struct sk_buff *skb, struct genl_info *info);
int ksspi_nl_realm_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int ksspi_nl_realm_stats_get_dumpit(struct sk_buff *skb,
				    struct netlink_callback *cb);
int ksspi_nl_ticket_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);
int ksspi_nl_context_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);
int ksspi_nl_status_get_doit(struct sk_buff *skb, struct genl_info *info);
int ksspi_nl_stats_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int ksspi_nl_failure_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);

enum {
	KSSPI_NLGRP_MONITOR,
};

extern struct genl_family ksspi_nl_family;

#endif /* _LINUX_KSSPI_GEN_H */
