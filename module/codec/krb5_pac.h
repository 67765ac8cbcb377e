/* SPDX-License-Identifier: GPL-2.0-only */
/* The privilege attribute certificate, MS-PAC 2.3 to 2.8: form only. */
#ifndef _SSPI_CODEC_KRB5_PAC_H
#define _SSPI_CODEC_KRB5_PAC_H

#include <linux/sspi_span.h>
#include <linux/types.h>

enum krb5_pac_type {
	KRB5_PAC_LOGON_INFO = 1,
	KRB5_PAC_CREDENTIALS = 2,
	KRB5_PAC_SERVER_CHECKSUM = 6,
	KRB5_PAC_KDC_CHECKSUM = 7,
	KRB5_PAC_CLIENT_INFO = 10,
	KRB5_PAC_DELEGATION_INFO = 11,
	KRB5_PAC_UPN_DNS_INFO = 12,
	KRB5_PAC_TICKET_CHECKSUM = 16,
	KRB5_PAC_ATTRIBUTES = 17,
	KRB5_PAC_REQUESTOR = 18,
	KRB5_PAC_FULL_CHECKSUM = 19,
};

#define KRB5_PAC_MAX_BUFFERS	64

struct krb5_pac_buffer {
	u32 type;
	struct sspi_span data;
};

/* PAC_SIGNATURE_DATA, 2.8; absent: sum.data NULL. */
struct krb5_pac_sum {
	s32 type;
	struct sspi_span sum;		/* to be zeroed for the server's own */
};

struct krb5_pac {
	struct sspi_span whole;
	u32 count;
	struct sspi_span logon_info;	/* NDR, not looked into */
	struct sspi_span upn_dns_info;
	struct sspi_span requestor;	/* a SID */
	bool has_client;
	u64 client_time;		/* FILETIME */
	struct sspi_span client_name;	/* UTF-16LE */
	struct krb5_pac_sum server;
	struct krb5_pac_sum kdc;
	struct krb5_pac_sum ticket;
	struct krb5_pac_sum full;
};

/* Every buffer lies inside, behind the table, on 8 bytes, and no two overlap. */
int krb5_parse_pac(struct sspi_span in, struct krb5_pac *pac);
/* The buffer at @index of a parsed PAC; false past the end. */
bool krb5_pac_buffer(const struct krb5_pac *pac, u32 index,
		     struct krb5_pac_buffer *buffer);

#define KRB5_PAC_PIECES		5

/*
 * What the server's signature covers, 2.8.2: all of the PAC, with zeros for
 * the signatures of the server and of the KDC. -EBADMSG without the first, or
 * if one is of a type with no known length.
 */
int krb5_pac_signed(const struct krb5_pac *pac,
		    struct sspi_span piece[KRB5_PAC_PIECES]);

#endif /* _SSPI_CODEC_KRB5_PAC_H */
