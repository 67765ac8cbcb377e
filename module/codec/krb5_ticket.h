/* SPDX-License-Identifier: GPL-2.0-only */
/* Tickets, RFC 4120 5.3. */
#ifndef _SSPI_CODEC_KRB5_TICKET_H
#define _SSPI_CODEC_KRB5_TICKET_H

#include "codec/krb5_base.h"

#define KRB5_TKT_FORWARDABLE		0x40000000u
#define KRB5_TKT_FORWARDED		0x20000000u
#define KRB5_TKT_PROXIABLE		0x10000000u
#define KRB5_TKT_PROXY			0x08000000u
#define KRB5_TKT_MAY_POSTDATE		0x04000000u
#define KRB5_TKT_POSTDATED		0x02000000u
#define KRB5_TKT_INVALID		0x01000000u
#define KRB5_TKT_RENEWABLE		0x00800000u
#define KRB5_TKT_INITIAL		0x00400000u
#define KRB5_TKT_PRE_AUTHENT		0x00200000u
#define KRB5_TKT_HW_AUTHENT		0x00100000u
#define KRB5_TKT_TRANSITED_CHECKED	0x00080000u
#define KRB5_TKT_OK_AS_DELEGATE		0x00040000u
#define KRB5_TKT_ENC_PA_REP		0x00010000u	/* RFC 6806 11 */
#define KRB5_TKT_ANONYMOUS		0x00008000u	/* RFC 8062 */

struct krb5_ticket {
	struct sspi_span whole;	/* the encoding: passed on unchanged */
	struct sspi_span realm;
	struct krb5_name sname;
	struct krb5_encrypted enc;
};

int krb5_parse_ticket(struct sspi_span in, struct krb5_ticket *ticket);
/* @whole is not looked at. */
int krb5_build_ticket(const struct krb5_ticket *ticket, u8 *out, size_t room);
/* From a list of tickets (KRB-CRED, additional-tickets). */
int krb5_next_ticket(struct sspi_span *list, struct krb5_ticket *ticket);

struct krb5_enc_ticket {
	u32 flags;
	struct krb5_keyview key;
	struct krb5_principal client;
	s32 transited_type;
	struct sspi_span transited;
	s64 authtime;
	s64 starttime;		/* 0: as authtime */
	s64 endtime;
	s64 renew_till;
	struct sspi_span addresses;	/* list */
	struct sspi_span authdata;	/* list */
};

/* @in may have bytes behind it: see krb5-codec.rst, "Padding". */
int krb5_parse_enc_ticket(struct sspi_span in, struct krb5_enc_ticket *part);
int krb5_build_enc_ticket(const struct krb5_enc_ticket *part, u8 *out,
			  size_t room);

/* For the other codec files. */
void krb5_read_ticket(struct der_reader *r, struct krb5_ticket *ticket);

#endif /* _SSPI_CODEC_KRB5_TICKET_H */
