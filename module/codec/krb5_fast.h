/* SPDX-License-Identifier: GPL-2.0-only */
/* Flexible authentication secure tunneling, RFC 6113 5.4. */
#ifndef _SSPI_CODEC_KRB5_FAST_H
#define _SSPI_CODEC_KRB5_FAST_H

#include "codec/krb5_padata.h"

#define KRB5_FX_FAST_ARMOR_AP_REQUEST	1
#define KRB5_FAST_HIDE_CLIENT_NAMES	0x40000000u
/* Options 1 to 15 are critical: an unknown one is refused. */
#define KRB5_FAST_CRITICAL_OPTIONS	0xffff0000u

/* KrbFastArmor, 5.4.1; absent (armor is the TGS subkey): value.data NULL. */
struct krb5_fast_armor {
	s32 type;
	struct sspi_span value;
};

/* PA-FX-FAST-REQUEST with its one choice, KrbFastArmoredReq, 5.4.2. */
struct krb5_fast_armored_req {
	struct krb5_fast_armor armor;
	struct krb5_checksum cksum;	/* over KDC-REQ-BODY, or the AP-REQ */
	struct krb5_encrypted enc;	/* KrbFastReq */
};

int krb5_parse_fast_request(struct sspi_span in,
			    struct krb5_fast_armored_req *req);
int krb5_build_fast_request(const struct krb5_fast_armored_req *req, u8 *out,
			    size_t room);

/* KrbFastReq, 5.4.2, what is encrypted. */
struct krb5_fast_req {
	u32 options;
	const struct krb5_padata *padata;
	unsigned int padata_count;
	struct sspi_span body;		/* what krb5_build_req_body() made */
};

int krb5_build_fast_req(const struct krb5_fast_req *req, u8 *out, size_t room);

/* PA-FX-FAST-REPLY with its one choice, KrbFastArmoredRep, 5.4.3. */
int krb5_parse_fast_reply(struct sspi_span in, struct krb5_encrypted *enc);

/* KrbFastFinished, 5.4.3. */
struct krb5_fast_finished {
	s64 timestamp;
	u32 usec;
	struct krb5_principal client;
	struct krb5_checksum ticket_cksum;
};

/* KrbFastResponse, 5.4.3, what is encrypted. */
struct krb5_fast_response {
	struct sspi_span padata;	/* list */
	struct krb5_keyview strengthen_key;	/* optional */
	bool has_finished;
	struct krb5_fast_finished finished;
	u32 nonce;
};

int krb5_parse_fast_response(struct sspi_span in,
			     struct krb5_fast_response *rep);

#endif /* _SSPI_CODEC_KRB5_FAST_H */
