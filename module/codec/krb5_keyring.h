/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The KEYRING cache of MIT Kerberos: how it is named, what its keys hold, and
 * the same cache as the bytes of a file (0x0504, see krb5_store.h).
 *
 *	KEYRING:ANCHOR:COLLECTION[:CACHE]	session, user, process
 *	KEYRING:persistent:[UID[:CACHE]]
 *	KEYRING:COLLECTION			as MIT wrote them first: session
 *
 * An anchor is a keyring of the user. In it is the collection's keyring, in that
 * a keyring a cache and a key that names the primary one.
 */
#ifndef _SSPI_CODEC_KRB5_KEYRING_H
#define _SSPI_CODEC_KRB5_KEYRING_H

#include <linux/sspi_span.h>
#include <linux/types.h>

#define KRB5_KEYRING_PREFIX	"_krb_"		/* and the collection */
#define KRB5_KEYRING_PERSISTENT	"_krb"		/* the collection there */
#define KRB5_KEYRING_PRIMARY	"krb_ccache:primary"
#define KRB5_KEYRING_PRINCIPAL	"__krb5_princ__"
#define KRB5_KEYRING_OFFSETS	"__krb5_time_offsets__"
#define KRB5_KEYRING_NO_NAME	"tkt"		/* the cache of "" */
#define KRB5_MAX_KEYRING_NAME	255

enum krb5_anchor {
	KRB5_ANCHOR_SESSION,
	KRB5_ANCHOR_USER,
	KRB5_ANCHOR_PROCESS,
	KRB5_ANCHOR_PERSISTENT,
	KRB5_ANCHOR_LEGACY,
};

struct krb5_keyring_name {
	enum krb5_anchor anchor;
	struct sspi_span collection;
	struct sspi_span cache;		/* NULL data: the primary one */
	bool has_uid;			/* persistent, with a number */
	u32 uid;
};

struct krb5_offset {
	s32 sec;			/* the KDC's clock minus ours */
	s32 usec;
};

/* 0, or -EINVAL for any other form. */
int krb5_parse_keyring_name(struct sspi_span text,
			    struct krb5_keyring_name *name);
/* The payloads of keys: 0 or -EBADMSG, nothing may be left over. */
int krb5_parse_keyring_primary(struct sspi_span in, struct sspi_span *cache);
int krb5_parse_keyring_offsets(struct sspi_span in, struct krb5_offset *offset);
/*
 * The head of the file for what KRB5_KEYRING_PRINCIPAL holds; @offset may be
 * NULL. The length, or -ENOSPC; @out NULL measures.
 */
int krb5_build_ccache_head(struct sspi_span principal,
			   const struct krb5_offset *offset, u8 *out,
			   size_t room);

#endif /* _SSPI_CODEC_KRB5_KEYRING_H */
