/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who somebody is, in a PAC: KERB_VALIDATION_INFO (MS-PAC 2.5) and UPN_DNS_INFO
 * (2.10). Nothing here is to be believed before the PAC's signature is verified.
 */
#ifndef _SSPI_CODEC_KRB5_PAC_INFO_H
#define _SSPI_CODEC_KRB5_PAC_INFO_H

#include <linux/sspi_span.h>
#include <linux/types.h>

#define KRB5_MAX_SUBAUTHORITIES	15	/* MS-DTYP 2.4.2.2 */
#define KRB5_MAX_SID		(8 + 4 * KRB5_MAX_SUBAUTHORITIES)

/* A RID and its attributes, or a pointer and attributes: 8 octets each. */
struct krb5_pac_list {
	u32 count;
	struct sspi_span entries;
};

struct krb5_pac_logon {
	struct sspi_span user_name;	/* UTF-16LE, the account's */
	struct sspi_span domain_name;	/* UTF-16LE, NetBIOS */
	struct sspi_span domain;	/* SID */
	u32 user_id;			/* 0: the user is the first extra SID */
	u32 primary_group;
	struct krb5_pac_list groups;	/* of @domain */
	struct krb5_pac_list extra;
	struct sspi_span extra_sids;	/* NDR, one for each of @extra */
	struct sspi_span resource_domain;	/* SID; absent: NULL data */
	struct krb5_pac_list resources;	/* of @resource_domain */
};

int krb5_parse_pac_logon(struct sspi_span in, struct krb5_pac_logon *logon);

/* A SID of its own, MS-DTYP 2.4.2.2. */
struct krb5_sid {
	u32 attributes;			/* SE_GROUP_*, 0 for the user */
	u8 len;
	u8 bytes[KRB5_MAX_SID];
};

/* A walk through the user, the primary group, the groups, in this order. */
struct krb5_sid_walk {
	const struct krb5_pac_logon *logon;
	u32 stage;
	u32 index;
	size_t extra_pos;
};

void krb5_sid_walk_init(struct krb5_sid_walk *walk,
			const struct krb5_pac_logon *logon);
/* 1, 0 at the end, or -EBADMSG for a SID that cannot be. */
int krb5_sid_walk_next(struct krb5_sid_walk *walk, struct krb5_sid *sid);

struct krb5_pac_upn {
	struct sspi_span upn;		/* UTF-16LE */
	struct sspi_span dns_domain;	/* UTF-16LE */
	struct sspi_span sam_name;	/* UTF-16LE; absent: NULL data */
	struct sspi_span sid;		/* of the user; absent: NULL data */
};

int krb5_parse_pac_upn(struct sspi_span in, struct krb5_pac_upn *upn);
/* Whether @sid is one SID, no more and no less. */
bool krb5_sid_valid(struct sspi_span sid);

#endif /* _SSPI_CODEC_KRB5_PAC_INFO_H */
