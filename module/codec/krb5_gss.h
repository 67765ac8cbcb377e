/* SPDX-License-Identifier: GPL-2.0-only */
/* GSS-API over Kerberos: token framing (RFC 2743 3.1) and RFC 4121's forms. */
#ifndef _SSPI_CODEC_KRB5_GSS_H
#define _SSPI_CODEC_KRB5_GSS_H

#include <linux/sspi_span.h>
#include <linux/types.h>

/* The two octets behind the mechanism's OID, RFC 4121 4.1. */
enum krb5_gss_tok_id {
	KRB5_GSS_AP_REQ = 0x0100,
	KRB5_GSS_AP_REP = 0x0200,
	KRB5_GSS_ERROR = 0x0300,
	KRB5_GSS_TGT_REQ = 0x0400,	/* user-to-user */
	KRB5_GSS_TGT_REP = 0x0401,
	/* Per message, RFC 1964 1.2 (framed) and RFC 4121 4.2.6 (not framed). */
	KRB5_GSS_MIC_V1 = 0x0101,
	KRB5_GSS_WRAP_V1 = 0x0201,
	KRB5_GSS_MIC = 0x0404,
	KRB5_GSS_WRAP = 0x0504,
};

enum krb5_gss_mech {
	KRB5_MECH_NONE,			/* the token is not framed */
	KRB5_MECH_KRB5,			/* 1.2.840.113554.1.2.2 */
	KRB5_MECH_MS_KRB5,		/* 1.2.840.48018.1.2.2 */
	KRB5_MECH_U2U,			/* 1.2.840.113554.1.2.2.3 */
};

/* No token is longer; a per-message one may be 16 MiB and what is around it. */
#define KRB5_GSS_MAX_TOKEN	(32 * 1024 * 1024)

struct krb5_gss_token {
	enum krb5_gss_mech mech;
	u16 id;				/* enum krb5_gss_tok_id */
	struct sspi_span body;
};

/*
 * A framed token, or a bare AP-REQ, AP-REP or KRB-ERROR (DCE style; then
 * mech is KRB5_MECH_NONE and the whole of @in is the body).
 */
int krb5_parse_gss_token(struct sspi_span in, struct krb5_gss_token *token);
/* The frame for a body of @body.len bytes, and the body; mech NONE: body only. */
int krb5_build_gss_token(const struct krb5_gss_token *token, u8 *out,
			 size_t room);
/*
 * RFC 1964's frame for per-message tokens of @len bytes behind the token id:
 * as krb5_build_gss_token() but without the body, which the caller appends.
 */
int krb5_build_gss_head(enum krb5_gss_mech mech, u16 id, size_t len, u8 *out,
			size_t room);

#define KRB5_CKSUM_GSS		0x8003
#define KRB5_GSS_BND_LEN	16

#define KRB5_GSS_C_DELEG		0x0001u
#define KRB5_GSS_C_MUTUAL		0x0002u
#define KRB5_GSS_C_REPLAY		0x0004u
#define KRB5_GSS_C_SEQUENCE		0x0008u
#define KRB5_GSS_C_CONF			0x0010u
#define KRB5_GSS_C_INTEG		0x0020u
#define KRB5_GSS_C_ANON			0x0040u
#define KRB5_GSS_C_DCE_STYLE		0x1000u
#define KRB5_GSS_C_IDENTIFY		0x2000u
#define KRB5_GSS_C_EXTENDED_ERROR	0x4000u

/* The authenticator's checksum of type 0x8003, RFC 4121 4.1.1. */
struct krb5_gss_cksum {
	u8 bindings[KRB5_GSS_BND_LEN];	/* MD5, zero for none */
	u32 flags;
	struct sspi_span delegation;	/* KRB-CRED, with KRB5_GSS_C_DELEG only */
	struct sspi_span extensions;	/* what follows: walked below */
};

struct krb5_gss_ext {
	u32 type;
	struct sspi_span data;
};

int krb5_parse_gss_cksum(struct sspi_span in, struct krb5_gss_cksum *sum);
int krb5_build_gss_cksum(const struct krb5_gss_cksum *sum, u8 *out,
			 size_t room);
int krb5_next_gss_ext(struct sspi_span *list, struct krb5_gss_ext *ext);

/* RFC 4121 4.2.2. */
#define KRB5_GSS_SENT_BY_ACCEPTOR	0x01
#define KRB5_GSS_SEALED			0x02
#define KRB5_GSS_ACCEPTOR_SUBKEY	0x04
#define KRB5_GSS_TOKEN_HEAD		16

/* MIC token, 4.2.6.1: @head is part of what is signed. */
struct krb5_gss_mic {
	u8 flags;
	u64 seq;
	struct sspi_span head;		/* KRB5_GSS_TOKEN_HEAD bytes */
	struct sspi_span sum;
};

/* Wrap token, 4.2.6.2. No check of EC and RRC against the body: form only. */
struct krb5_gss_wrap {
	u8 flags;
	u16 ec;
	u16 rrc;
	u64 seq;
	struct sspi_span head;
	struct sspi_span body;
};

/* What a frame puts around a body at most: tags, lengths, OID, token id. */
#define KRB5_GSS_FRAME_MAX	32

int krb5_parse_gss_mic(struct sspi_span in, struct krb5_gss_mic *mic);
int krb5_parse_gss_wrap(struct sspi_span in, struct krb5_gss_wrap *wrap);
void krb5_build_gss_mic_head(u8 flags, u64 seq, u8 head[KRB5_GSS_TOKEN_HEAD]);
void krb5_build_gss_wrap_head(const struct krb5_gss_wrap *wrap,
			      u8 head[KRB5_GSS_TOKEN_HEAD]);
/* RRC is the one field that is not signed: it is set in a head that is built. */
void krb5_set_gss_rrc(u8 head[KRB5_GSS_TOKEN_HEAD], u16 rrc);

#endif /* _SSPI_CODEC_KRB5_GSS_H */
