/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the messages of Kerberos are made of, RFC 4120 5.2: names, keys,
 * encrypted data, checksums, addresses, authorization data.
 *
 * Conventions of all codec/krb5_*.h:
 *   - parse functions return 0 or -EBADMSG; what they give are views into the
 *     input; an absent optional view has NULL data, an absent time is 0;
 *   - build functions return the length or -ENOSPC; @out NULL measures;
 *   - a list is a view of the contents of its SEQUENCE OF. It is walked by a
 *     krb5_next_*() that takes an element off its front and returns 1, at the
 *     end 0, or -EBADMSG. The lists in a parsed message were walked by the
 *     parser: there it cannot fail;
 *   - times are unix seconds; flags have RFC 4120's bit 0 as 0x80000000.
 */
#ifndef _SSPI_CODEC_KRB5_BASE_H
#define _SSPI_CODEC_KRB5_BASE_H

#include <linux/sspi_span.h>
#include <linux/types.h>

struct der_reader;
struct sspi_writer;

#define KRB5_PVNO		5
#define KRB5_MAX_MESSAGE	(128 * 1024)
#define KRB5_MAX_COMPONENTS	8

enum krb5_msg_type {
	KRB5_AS_REQ = 10,
	KRB5_AS_REP = 11,
	KRB5_TGS_REQ = 12,
	KRB5_TGS_REP = 13,
	KRB5_AP_REQ = 14,
	KRB5_AP_REP = 15,
	KRB5_CRED = 22,
	KRB5_ERROR = 30,
};

enum krb5_name_type {
	KRB5_NT_UNKNOWN = 0,
	KRB5_NT_PRINCIPAL = 1,
	KRB5_NT_SRV_INST = 2,
	KRB5_NT_SRV_HST = 3,
	KRB5_NT_ENTERPRISE = 10,
	KRB5_NT_WELLKNOWN = 11,
};

/* PrincipalName, 5.2.2. No component has a NUL in it. */
struct krb5_name {
	s32 type;
	u32 count;
	struct sspi_span part[KRB5_MAX_COMPONENTS];
};

/* An absent one (optional) has realm.data NULL and name.count 0. */
struct krb5_principal {
	struct sspi_span realm;
	struct krb5_name name;
};

/* EncryptionKey, 5.2.9; absent: key.data NULL. */
struct krb5_keyview {
	s32 enctype;
	struct sspi_span key;
};

/* EncryptedData, 5.2.9; absent: cipher.data NULL. */
struct krb5_encrypted {
	s32 enctype;
	bool has_kvno;
	u32 kvno;
	struct sspi_span cipher;
};

/* Checksum, 5.2.9; absent: sum.data NULL. */
struct krb5_checksum {
	s32 type;
	struct sspi_span sum;
};

/* HostAddress, 5.2.5. */
struct krb5_address {
	s32 type;
	struct sspi_span address;
};

enum krb5_ad_type {
	KRB5_AD_IF_RELEVANT = 1,
	KRB5_AD_KDC_ISSUED = 4,
	KRB5_AD_AND_OR = 5,
	KRB5_AD_MANDATORY_FOR_KDC = 8,
	KRB5_AD_INITIAL_VERIFIED_CAS = 9,
	KRB5_AD_ETYPE_NEGOTIATION = 129,	/* RFC 4537 */
	KRB5_AD_FX_ARMOR = 71,			/* RFC 6113 */
	KRB5_AD_CAMMAC = 96,			/* RFC 7751 */
	KRB5_AD_AUTH_INDICATOR = 97,		/* RFC 8129 */
	KRB5_AD_WIN2K_PAC = 128,		/* MS-PAC */
	KRB5_AD_RESTRICTIONS = 141,		/* MS-KILE 2.2.5 */
	KRB5_AD_AP_OPTIONS = 143,		/* MS-KILE 3.2.5.8 */
	KRB5_AD_TARGET_PRINCIPAL = 144,
};

/* Contents of KRB5_AD_AP_OPTIONS, little endian: MS-KILE 3.2.5.8. */
#define KRB5_AP_OPTIONS_CBT			0x4000u
#define KRB5_AP_OPTIONS_UNVERIFIED_TARGET	0x8000u

#define KRB5_AD_MAX_DEPTH	16

/* One element of AuthorizationData, 5.2.6. */
struct krb5_ad {
	s32 type;
	struct sspi_span data;
	bool if_relevant;	/* inside AD-IF-RELEVANT: may be ignored */
};

/* A walk through authorization data that steps into AD-IF-RELEVANT, 5.2.6.1. */
struct krb5_ad_walk {
	struct sspi_span rest[KRB5_AD_MAX_DEPTH];
	unsigned int depth;
	bool bad;
};

void krb5_ad_walk_init(struct krb5_ad_walk *walk, struct sspi_span list);
int krb5_ad_walk_next(struct krb5_ad_walk *walk, struct krb5_ad *ad);
/* Without stepping in. */
int krb5_next_ad(struct sspi_span *list, struct krb5_ad *ad);
/* The contents of a whole SEQUENCE OF (AD-IF-RELEVANT's data, a decrypted one). */
int krb5_parse_ad_list(struct sspi_span in, struct sspi_span *list);
/* A whole AuthorizationData of @count elements; if_relevant is not looked at. */
int krb5_build_ad_list(const struct krb5_ad *ad, unsigned int count, u8 *out,
		       size_t room);

int krb5_next_address(struct sspi_span *list, struct krb5_address *address);

/* The whole PDUs of some of the above, as they stand alone in padata. */
int krb5_parse_encrypted(struct sspi_span in, struct krb5_encrypted *data);
/* To measure, the length of the cipher text is enough: its data may be NULL. */
int krb5_build_encrypted(const struct krb5_encrypted *data, u8 *out,
			 size_t room);

/* EncryptionKey alone. */
int krb5_parse_keyview(struct sspi_span in, struct krb5_keyview *key);

/* SEQUENCE OF INTEGER (etypes of RFC 4537, and of KDC-REQ-BODY). */
int krb5_next_s32(struct sspi_span *list, s32 *v);
int krb5_parse_s32_list(struct sspi_span in, struct sspi_span *list);
int krb5_build_s32_list(const s32 *v, unsigned int count, u8 *out, size_t room);

/*
 * Pieces for the other codec files. der_enter()/der_leave() rules hold; _field
 * is inside [n]; _opt gives the absent form if [n] is not next.
 */
void krb5_read_name(struct der_reader *r, struct krb5_name *name);
struct sspi_span krb5_read_realm(struct der_reader *r);
void krb5_field_name(struct der_reader *r, unsigned int n,
		     struct krb5_name *name);
/* May have no components: KRB-ERROR only. */
void krb5_field_any_name(struct der_reader *r, unsigned int n,
			 struct krb5_name *name);
void krb5_opt_name(struct der_reader *r, unsigned int n,
		   struct krb5_name *name);
struct sspi_span krb5_field_realm(struct der_reader *r, unsigned int n);
struct sspi_span krb5_opt_realm(struct der_reader *r, unsigned int n);
void krb5_field_encrypted(struct der_reader *r, unsigned int n,
			  struct krb5_encrypted *data);
void krb5_field_key(struct der_reader *r, unsigned int n,
		    struct krb5_keyview *key);
void krb5_opt_key(struct der_reader *r, unsigned int n,
		  struct krb5_keyview *key);
void krb5_field_checksum(struct der_reader *r, unsigned int n,
			 struct krb5_checksum *sum);
void krb5_opt_checksum(struct der_reader *r, unsigned int n,
		       struct krb5_checksum *sum);
struct sspi_span krb5_opt_ad_list(struct der_reader *r, unsigned int n);
struct sspi_span krb5_opt_addresses(struct der_reader *r, unsigned int n);
void krb5_opt_address(struct der_reader *r, unsigned int n,
		      struct krb5_address *address);
/* [n] INTEGER that must be @value: pvno, msg-type. */
void krb5_field_is(struct der_reader *r, unsigned int n, s32 value);

void krb5_put_name(struct sspi_writer *w, unsigned int n,
		   const struct krb5_name *name);
void krb5_put_opt_name(struct sspi_writer *w, unsigned int n,
		       const struct krb5_name *name);
void krb5_put_realm(struct sspi_writer *w, unsigned int n,
		    struct sspi_span realm);
void krb5_put_encrypted(struct sspi_writer *w, unsigned int n,
			const struct krb5_encrypted *data);
void krb5_put_opt_key(struct sspi_writer *w, unsigned int n,
		      const struct krb5_keyview *key);
void krb5_put_key(struct sspi_writer *w, unsigned int n,
		  const struct krb5_keyview *key);
void krb5_put_checksum(struct sspi_writer *w, unsigned int n,
		       const struct krb5_checksum *sum);
void krb5_put_opt_checksum(struct sspi_writer *w, unsigned int n,
			   const struct krb5_checksum *sum);
void krb5_put_opt_address(struct sspi_writer *w, unsigned int n,
			  const struct krb5_address *address);
void krb5_write_s32_list(struct sspi_writer *w, const s32 *v,
			 unsigned int count);
/* A list given as the contents of its SEQUENCE OF; nothing without data. */
void krb5_put_opt_list(struct sspi_writer *w, unsigned int n,
		       struct sspi_span list);

#endif /* _SSPI_CODEC_KRB5_BASE_H */
