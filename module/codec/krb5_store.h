/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keys and credentials as MIT stores them: keytab 0x0502 and credential cache
 * 0x0504, big endian, lengths in 32 bits; and the payloads of the keys of a
 * KEYRING cache, which are the same principal and credential without a head.
 */
#ifndef _SSPI_CODEC_KRB5_STORE_H
#define _SSPI_CODEC_KRB5_STORE_H

#include "codec/krb5_base.h"

struct krb5_keytab_entry {
	struct krb5_principal principal;
	u32 timestamp;
	u32 kvno;
	bool low_kvno;		/* only the lowest eight bits of it are there */
	struct krb5_keyview key;
};

/* Walks every entry; @list is for krb5_next_keytab_entry(). */
int krb5_parse_keytab(struct sspi_span in, struct sspi_span *list);
int krb5_next_keytab_entry(struct sspi_span *list,
			   struct krb5_keytab_entry *entry);

struct krb5_ccache_cred {
	struct krb5_principal client;
	struct krb5_principal server;
	struct krb5_keyview key;
	u32 authtime;
	u32 starttime;
	u32 endtime;
	u32 renew_till;
	bool is_skey;
	u32 flags;
	struct sspi_span addresses;	/* in the file's form: not walked further */
	struct sspi_span authdata;	/* the same */
	struct sspi_span ticket;
	struct sspi_span second_ticket;
};

struct krb5_ccache {
	bool has_offset;
	s32 offset_sec;			/* the KDC's clock minus ours */
	s32 offset_usec;
	struct krb5_principal principal;
	struct sspi_span creds;		/* list */
};

/* Walks every credential. */
int krb5_parse_ccache(struct sspi_span in, struct krb5_ccache *cc);
int krb5_next_ccache_cred(struct sspi_span *list,
			  struct krb5_ccache_cred *cred);
/* An entry that holds a setting: its server's realm is "X-CACHECONF:". */
bool krb5_ccache_is_config(const struct krb5_ccache_cred *cred);

/* The payloads of keys: nothing may be left over. */
int krb5_parse_ccache_cred(struct sspi_span in, struct krb5_ccache_cred *cred);
int krb5_parse_ccache_princ(struct sspi_span in, struct krb5_principal *princ);

#endif /* _SSPI_CODEC_KRB5_STORE_H */
