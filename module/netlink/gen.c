// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/ksspi.yaml */
/* YNL-GEN kernel source */
/* To regenerate run: tools/gen/gen-netlink.py */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "gen.h"

#include <uapi/linux/ksspi.h>

/* KSSPI_CMD_REALM_ADD - do */
static const struct nla_policy ksspi_realm_add_nl_policy[KSSPI_A_REALM_PORT + 1] = {
	[KSSPI_A_REALM_NAME] = { .type = NLA_NUL_STRING, .len = KSSPI_MAX_REALM, },
	[KSSPI_A_REALM_SERVICE] = NLA_POLICY_MAX(NLA_U32, 1),
	[KSSPI_A_REALM_PROTOCOLS] = NLA_POLICY_MASK(NLA_U32, 0x3),
	[KSSPI_A_REALM_HOST] = { .type = NLA_NUL_STRING, .len = KSSPI_MAX_HOST, },
	[KSSPI_A_REALM_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
};

/* KSSPI_CMD_REALM_DEL - do */
static const struct nla_policy ksspi_realm_del_nl_policy[KSSPI_A_REALM_PORT + 1] = {
	[KSSPI_A_REALM_NAME] = { .type = NLA_NUL_STRING, .len = KSSPI_MAX_REALM, },
	[KSSPI_A_REALM_SERVICE] = NLA_POLICY_MAX(NLA_U32, 1),
	[KSSPI_A_REALM_HOST] = { .type = NLA_NUL_STRING, .len = KSSPI_MAX_HOST, },
	[KSSPI_A_REALM_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
};

/* KSSPI_CMD_REALM_GET - dump */
static const struct nla_policy ksspi_realm_get_nl_policy[KSSPI_A_REALM_NAME + 1] = {
	[KSSPI_A_REALM_NAME] = { .type = NLA_NUL_STRING, .len = KSSPI_MAX_REALM, },
};

/* KSSPI_CMD_FAILURE_GET - dump */
static const struct nla_policy ksspi_failure_get_nl_policy[KSSPI_A_FAILURE_TARGET + 1] = {
	[KSSPI_A_FAILURE_TARGET] = { .type = NLA_NUL_STRING, .len = KSSPI_MAX_TARGET, },
};

/* Ops table for ksspi */
static const struct genl_split_ops ksspi_nl_ops[] = {
	{
		.cmd		= KSSPI_CMD_REALM_ADD,
		.doit		= ksspi_nl_realm_add_doit,
		.policy		= ksspi_realm_add_nl_policy,
		.maxattr	= KSSPI_A_REALM_PORT,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KSSPI_CMD_REALM_DEL,
		.doit		= ksspi_nl_realm_del_doit,
		.policy		= ksspi_realm_del_nl_policy,
		.maxattr	= KSSPI_A_REALM_PORT,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KSSPI_CMD_REALM_GET,
		.dumpit		= ksspi_nl_realm_get_dumpit,
		.policy		= ksspi_realm_get_nl_policy,
		.maxattr	= KSSPI_A_REALM_NAME,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd	= KSSPI_CMD_REALM_STATS_GET,
		.dumpit	= ksspi_nl_realm_stats_get_dumpit,
		.flags	= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd	= KSSPI_CMD_TICKET_GET,
		.dumpit	= ksspi_nl_ticket_get_dumpit,
		.flags	= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd	= KSSPI_CMD_CONTEXT_GET,
		.dumpit	= ksspi_nl_context_get_dumpit,
		.flags	= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd	= KSSPI_CMD_STATUS_GET,
		.doit	= ksspi_nl_status_get_doit,
		.flags	= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= KSSPI_CMD_STATS_GET,
		.dumpit	= ksspi_nl_stats_get_dumpit,
		.flags	= GENL_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= KSSPI_CMD_FAILURE_GET,
		.dumpit		= ksspi_nl_failure_get_dumpit,
		.policy		= ksspi_failure_get_nl_policy,
		.maxattr	= KSSPI_A_FAILURE_TARGET,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
};

static const struct genl_multicast_group ksspi_nl_mcgrps[] = {
	[KSSPI_NLGRP_MONITOR] = { "monitor", },
};

struct genl_family ksspi_nl_family __ro_after_init = {
	.name		= KSSPI_FAMILY_NAME,
	.version	= KSSPI_FAMILY_VERSION,
	.netnsok	= true,
	.parallel_ops	= true,
	.module		= THIS_MODULE,
	.split_ops	= ksspi_nl_ops,
	.n_split_ops	= ARRAY_SIZE(ksspi_nl_ops),
	.mcgrps		= ksspi_nl_mcgrps,
	.n_mcgrps	= ARRAY_SIZE(ksspi_nl_mcgrps),
};
