/* SPDX-License-Identifier: GPL-2.0-only */
/* The authentication exchange, RFC 4120 5.5. */
#ifndef _SSPI_CODEC_KRB5_AP_H
#define _SSPI_CODEC_KRB5_AP_H

#include "codec/krb5_ticket.h"

#define KRB5_AP_USE_SESSION_KEY		0x40000000u
#define KRB5_AP_MUTUAL_REQUIRED		0x20000000u

/* What is built around a ticket and what is encrypted, at most. */
#define KRB5_AP_REQ_AROUND	96
#define KRB5_AP_REP_AROUND	96
/* An EncAPRepPart at most, the longest key in it. */
#define KRB5_ENC_AP_REP_MAX	160

/* AP-REQ, 5.5.1. To build: ticket.whole as it came from the KDC. */
struct krb5_ap_req {
	u32 options;
	struct krb5_ticket ticket;
	struct krb5_encrypted authenticator;
};

int krb5_parse_ap_req(struct sspi_span in, struct krb5_ap_req *req);
int krb5_build_ap_req(const struct krb5_ap_req *req, u8 *out, size_t room);

struct krb5_authenticator {
	struct krb5_principal client;
	struct krb5_checksum cksum;	/* optional */
	u32 cusec;
	s64 ctime;
	struct krb5_keyview subkey;	/* optional */
	bool has_seq;
	u32 seq;
	struct sspi_span authdata;	/* list */
};

int krb5_parse_authenticator(struct sspi_span in,
			     struct krb5_authenticator *auth);
int krb5_build_authenticator(const struct krb5_authenticator *auth, u8 *out,
			     size_t room);

/* AP-REP, 5.5.2. */
int krb5_parse_ap_rep(struct sspi_span in, struct krb5_encrypted *enc);
int krb5_build_ap_rep(const struct krb5_encrypted *enc, u8 *out, size_t room);

struct krb5_enc_ap_rep {
	s64 ctime;
	u32 cusec;
	struct krb5_keyview subkey;	/* optional */
	bool has_seq;
	u32 seq;
};

int krb5_parse_enc_ap_rep(struct sspi_span in, struct krb5_enc_ap_rep *part);
int krb5_build_enc_ap_rep(const struct krb5_enc_ap_rep *part, u8 *out,
			  size_t room);

#endif /* _SSPI_CODEC_KRB5_AP_H */
