/* SPDX-License-Identifier: GPL-2.0-only */
/* KRB-CRED, RFC 4120 5.8: credentials on their way. */
#ifndef _SSPI_CODEC_KRB5_CRED_H
#define _SSPI_CODEC_KRB5_CRED_H

#include "codec/krb5_ticket.h"

struct krb5_cred_msg {
	struct sspi_span tickets;	/* list: krb5_next_ticket() */
	unsigned int count;
	struct krb5_encrypted enc;
};

int krb5_parse_cred(struct sspi_span in, struct krb5_cred_msg *msg);
/* @tickets: the contents of the SEQUENCE OF, so one encoding is a list of one. */
int krb5_build_cred(const struct krb5_cred_msg *msg, u8 *out, size_t room);

/* KrbCredInfo: everything but the key is optional. */
struct krb5_cred_info {
	struct krb5_keyview key;
	struct krb5_principal client;
	bool has_flags;
	u32 flags;
	s64 authtime;
	s64 starttime;
	s64 endtime;
	s64 renew_till;
	struct krb5_principal server;
	struct sspi_span addresses;	/* list */
};

/* EncKrbCredPart. */
struct krb5_enc_cred {
	struct sspi_span infos;		/* list: krb5_next_cred_info() */
	unsigned int count;
	bool has_nonce;
	u32 nonce;
	s64 timestamp;			/* optional */
	bool has_usec;
	u32 usec;
	struct krb5_address s_address;	/* optional */
	struct krb5_address r_address;	/* optional */
};

int krb5_parse_enc_cred(struct sspi_span in, struct krb5_enc_cred *part);
int krb5_next_cred_info(struct sspi_span *list, struct krb5_cred_info *info);
/* One KrbCredInfo: the list of one. */
int krb5_build_cred_info(const struct krb5_cred_info *info, u8 *out,
			 size_t room);
int krb5_build_enc_cred(const struct krb5_enc_cred *part, u8 *out, size_t room);

#endif /* _SSPI_CODEC_KRB5_CRED_H */
