/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a key in a keyring says of somebody: the payload of the key type "sspi",
 * and that of the "logon" keys that cifscreds(1) writes.
 *
 * A payload of "sspi" is a keytab or a list of accounts, in text:
 *
 *	keytab LF, and the bytes of a keytab
 *
 *	user NAME LF, [domain NAME LF], password TEXT LF or nt-hash HEX LF
 *
 * and so on, an account after the other; the last LF may be left out. Between
 * word and value is one space; a value is UTF-8 without control characters, and
 * only a password may be empty. There is nothing else: no comment, no blank
 * line, no other order.
 */
#ifndef _SSPI_CODEC_CREDKEY_H
#define _SSPI_CODEC_CREDKEY_H

#include <linux/sspi_types.h>

struct sspi_credkey {
	struct sspi_span keytab;	/* NULL data: accounts */
	struct sspi_span accounts;	/* for sspi_next_credkey_account() */
	u32 count;			/* of accounts, at least one */
};

struct sspi_credkey_account {
	struct sspi_span user;
	struct sspi_span domain;	/* NULL data: none */
	struct sspi_span password;	/* NULL data: @nt_hash instead */
	struct sspi_span nt_hash;	/* 32 hexadecimal digits */
};

/* 0 or -EBADMSG. Walks every account; the bytes of a keytab are not looked at. */
int sspi_parse_credkey(struct sspi_span in, struct sspi_credkey *out);
/*
 * Takes an account off the front of the list: 1, at the end 0, or -EBADMSG,
 * which cannot be once the list was walked.
 */
int sspi_next_credkey_account(struct sspi_span *list,
			      struct sspi_credkey_account *account);
/* The bytes of @nt_hash. */
void sspi_credkey_nt_hash(const struct sspi_credkey_account *account,
			  u8 out[SSPI_NT_HASH_LEN]);

/*
 * "user:password", and a NUL behind it as cifscreds(1) writes one; 0 or
 * -EBADMSG.
 */
int sspi_parse_logon(struct sspi_span in, struct sspi_credkey_account *account);

#endif /* _SSPI_CODEC_CREDKEY_H */
