/* SPDX-License-Identifier: GPL-2.0-only */
/* Pre-authentication data, RFC 4120 5.2.7 and those that came after. */
#ifndef _SSPI_CODEC_KRB5_PADATA_H
#define _SSPI_CODEC_KRB5_PADATA_H

#include "codec/krb5_base.h"

enum krb5_pa_type {
	KRB5_PA_TGS_REQ = 1,
	KRB5_PA_ENC_TIMESTAMP = 2,
	KRB5_PA_PW_SALT = 3,
	KRB5_PA_ETYPE_INFO = 11,
	KRB5_PA_ETYPE_INFO2 = 19,
	KRB5_PA_SVR_REFERRAL_INFO = 20,		/* RFC 6806 */
	KRB5_PA_PAC_REQUEST = 128,		/* MS-KILE 2.2.3 */
	KRB5_PA_FOR_USER = 129,			/* MS-SFU 2.2.1 */
	KRB5_PA_S4U_X509_USER = 130,
	KRB5_PA_AS_CHECKSUM = 132,
	KRB5_PA_FX_COOKIE = 133,		/* RFC 6113 */
	KRB5_PA_FX_FAST = 136,
	KRB5_PA_FX_ERROR = 137,
	KRB5_PA_ENCRYPTED_CHALLENGE = 138,
	KRB5_PA_REQ_ENC_PA_REP = 149,		/* RFC 6806 11 */
	KRB5_PA_SPAKE = 151,
	KRB5_PA_SUPPORTED_ETYPES = 165,		/* MS-KILE 2.2.8 */
	KRB5_PA_PAC_OPTIONS = 167,		/* MS-KILE 2.2.10 */
};

struct krb5_padata {
	s32 type;
	struct sspi_span value;
};

int krb5_next_padata(struct sspi_span *list, struct krb5_padata *pa);
/* True and the value of the first of this type. */
bool krb5_find_padata(struct sspi_span list, s32 type,
		      struct sspi_span *value);
/* METHOD-DATA, the e-data of KRB-ERROR 25: a whole SEQUENCE OF PA-DATA. */
int krb5_parse_method_data(struct sspi_span in, struct sspi_span *list);
int krb5_build_method_data(const struct krb5_padata *pa, unsigned int count,
			   u8 *out, size_t room);

/* PA-ENC-TS-ENC, 5.2.7.2; also the encrypted challenge of RFC 6113 5.4.6. */
struct krb5_pa_enc_ts {
	s64 time;
	bool has_usec;
	u32 usec;
};

int krb5_parse_pa_enc_ts(struct sspi_span in, struct krb5_pa_enc_ts *ts);
int krb5_build_pa_enc_ts(const struct krb5_pa_enc_ts *ts, u8 *out, size_t room);

/* An entry of ETYPE-INFO (5.2.7.4) and ETYPE-INFO2 (5.2.7.5). */
struct krb5_etype_info {
	s32 enctype;
	struct sspi_span salt;		/* NULL data: the default salt */
	struct sspi_span params;	/* ETYPE-INFO2 only */
};

int krb5_parse_etype_info(struct sspi_span in, struct sspi_span *list);
int krb5_parse_etype_info2(struct sspi_span in, struct sspi_span *list);
int krb5_next_etype_info(struct sspi_span *list, struct krb5_etype_info *info);
int krb5_next_etype_info2(struct sspi_span *list, struct krb5_etype_info *info);

/* KERB-PA-PAC-REQUEST, MS-KILE 2.2.3. */
int krb5_build_pac_request(bool include, u8 *out, size_t room);

#define KRB5_PAC_OPT_CLAIMS		0x80000000u
#define KRB5_PAC_OPT_BRANCH_AWARE	0x40000000u
#define KRB5_PAC_OPT_FORWARD_TO_FULL_DC	0x20000000u
#define KRB5_PAC_OPT_RBCD		0x10000000u

/* PA-PAC-OPTIONS, MS-KILE 2.2.10. */
int krb5_parse_pac_options(struct sspi_span in, u32 *flags);
int krb5_build_pac_options(u32 flags, u8 *out, size_t room);

/* PA-FOR-USER-ENC, MS-SFU 2.2.1. */
struct krb5_pa_for_user {
	struct krb5_principal user;
	struct krb5_checksum cksum;
	struct sspi_span package;	/* "Kerberos" */
};

int krb5_parse_pa_for_user(struct sspi_span in, struct krb5_pa_for_user *pa);
int krb5_build_pa_for_user(const struct krb5_pa_for_user *pa, u8 *out,
			   size_t room);
/*
 * What its checksum covers, MS-SFU 2.2.1: the name type, little endian, the
 * components, the realm and the package, without lengths.
 */
int krb5_build_pa_for_user_sum(const struct krb5_pa_for_user *pa, u8 *out,
			       size_t room);

/* S4UUserID, MS-SFU 2.2.2: what the checksum of PA-S4U-X509-USER covers. */
struct krb5_s4u_user {
	u32 nonce;
	struct krb5_principal user;	/* the name is optional */
	struct sspi_span certificate;	/* optional */
	bool has_options;
	u32 options;
};

#define KRB5_S4U_USE_REPLY_KEY_USAGE	0x20000000u

struct krb5_pa_s4u {
	struct sspi_span user_id;	/* the encoding of S4UUserID */
	struct krb5_checksum cksum;
};

int krb5_parse_s4u_user(struct sspi_span in, struct krb5_s4u_user *user);
int krb5_build_s4u_user(const struct krb5_s4u_user *user, u8 *out, size_t room);
int krb5_parse_pa_s4u(struct sspi_span in, struct krb5_pa_s4u *pa);
int krb5_build_pa_s4u(const struct krb5_pa_s4u *pa, u8 *out, size_t room);

/* For the other codec files. */
struct sspi_span krb5_opt_padata_list(struct der_reader *r, unsigned int n);
void krb5_put_padata_list(struct sspi_writer *w, unsigned int n,
			  const struct krb5_padata *pa, unsigned int count);

#endif /* _SSPI_CODEC_KRB5_PADATA_H */
