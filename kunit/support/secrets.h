/* SPDX-License-Identifier: GPL-2.0-only */
/* What goes through sspi_secrets, and how the host learns of it: masked. */
#ifndef _SSPI_KUNIT_SECRETS_H
#define _SSPI_KUNIT_SECRETS_H

#include <linux/sspi_package.h>

#include "kunit/krb5/krb5_forge.h"

#define SECRETS_MASK		0xa5
#define SECRETS_PASSWORD_LEN	21

/* The real clock, and real randomness. */
extern const struct sspi_env secrets_env;

void secrets_unmask(u8 *out, const u8 *in, size_t len);
/* Into room of SECRETS_PASSWORD_LEN, which is the caller's to wipe. */
void secrets_password(u8 *out);
/* A line of the console, with a number for the host to sort by. */
void secrets_print(const char *kind, const char *name, int number,
		   const u8 *key, u32 len);
/* A realm whose user has the password, and whose other keys are random. */
int secrets_forge(struct forge *f, const u8 *password, size_t len, s32 enctype);
/* All keys that a context derives: both ways, wrapped unsealed only if @wraps. */
sec_status_t secrets_messages(const struct sspi_package_ops *ops, void *init,
			      void *acc, bool wraps);
/* Negotiations of all kinds, to their end and given up: how many were right. */
int secrets_nego(u8 *password);
/* How many there are. */
int secrets_nego_count(void);

#endif /* _SSPI_KUNIT_SECRETS_H */
