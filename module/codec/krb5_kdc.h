/* SPDX-License-Identifier: GPL-2.0-only */
/* The exchanges with a KDC, RFC 4120 5.4. */
#ifndef _SSPI_CODEC_KRB5_KDC_H
#define _SSPI_CODEC_KRB5_KDC_H

#include "codec/krb5_padata.h"
#include "codec/krb5_ticket.h"

#define KRB5_KDC_FORWARDABLE		0x40000000u
#define KRB5_KDC_FORWARDED		0x20000000u
#define KRB5_KDC_PROXIABLE		0x10000000u
#define KRB5_KDC_RENEWABLE		0x00800000u
#define KRB5_KDC_CNAME_IN_ADDL_TKT	0x00020000u	/* MS-SFU 2.2.3 */
#define KRB5_KDC_CANONICALIZE		0x00010000u	/* RFC 6806 3 */
#define KRB5_KDC_REQUEST_ANONYMOUS	0x00008000u
#define KRB5_KDC_RENEWABLE_OK		0x00000010u
#define KRB5_KDC_ENC_TKT_IN_SKEY	0x00000008u
#define KRB5_KDC_RENEW			0x00000002u
#define KRB5_KDC_VALIDATE		0x00000001u

/* KDC-REQ-BODY, 5.4.1. */
struct krb5_req_body {
	u32 options;
	struct krb5_name cname;		/* optional (count 0): AS-REQ only */
	struct sspi_span realm;
	struct krb5_name sname;		/* optional */
	s64 from;			/* optional */
	s64 till;
	s64 rtime;			/* optional */
	u32 nonce;
	const s32 *etypes;
	unsigned int etype_count;
	struct sspi_span addresses;	/* list; optional */
	struct krb5_encrypted authdata;	/* optional */
	const struct sspi_span *tickets; /* additional-tickets, encodings */
	unsigned int ticket_count;
};

/* Checksums are over this encoding, and krb5_build_kdc_req() takes it as is. */
int krb5_build_req_body(const struct krb5_req_body *body, u8 *out, size_t room);

struct krb5_kdc_req {
	enum krb5_msg_type type;	/* KRB5_AS_REQ or KRB5_TGS_REQ */
	const struct krb5_padata *padata;
	unsigned int padata_count;
	struct sspi_span body;		/* what krb5_build_req_body() made */
};

int krb5_build_kdc_req(const struct krb5_kdc_req *req, u8 *out, size_t room);

/* KDC-REP, 5.4.2. */
struct krb5_kdc_rep {
	enum krb5_msg_type type;	/* KRB5_AS_REP or KRB5_TGS_REP */
	struct sspi_span padata;	/* list; optional */
	struct krb5_principal client;
	struct krb5_ticket ticket;
	struct krb5_encrypted enc;
};

int krb5_parse_kdc_rep(struct sspi_span in, struct krb5_kdc_rep *rep);

/* EncKDCRepPart, 5.4.2: application tag 25 or 26, whichever was asked for. */
struct krb5_enc_kdc_rep {
	unsigned int app_tag;		/* 25 or 26 */
	struct krb5_keyview key;
	struct sspi_span last_req;	/* list */
	u32 nonce;
	s64 key_expiration;		/* optional */
	u32 flags;
	s64 authtime;
	s64 starttime;			/* optional: 0 is authtime */
	s64 endtime;
	s64 renew_till;			/* optional */
	struct krb5_principal server;
	struct sspi_span addresses;	/* list; optional */
	struct sspi_span enc_padata;	/* list; RFC 6806 11 */
};

int krb5_parse_enc_kdc_rep(struct sspi_span in, struct krb5_enc_kdc_rep *part);

struct krb5_last_req {
	s32 type;
	s64 time;
};

int krb5_next_last_req(struct sspi_span *list, struct krb5_last_req *last);

#endif /* _SSPI_CODEC_KRB5_KDC_H */
