/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Credentials from the keyrings of an identity: what the core asks for.
 *
 * The identity is that of current_cred(): the core asks while it acts as the
 * submitter of the call. Keys are looked for in its keyrings alone, and one that
 * belongs to another user is refused wherever it is found.
 */
#ifndef _SSPI_KEYS_KEYS_H
#define _SSPI_KEYS_KEYS_H

#include <linux/sspi_package.h>

/* Bytes of a key, wiped when they are freed. */
struct keys_bytes {
	u8 *data;
	size_t len;
};

/**
 * struct sspi_keys - what was found, for as long as a package reads it
 * @ccache: a credential cache, as a file
 * @keytab: a keytab
 * @identity: an identity; its texts are behind it
 * @accounts: the same for accounts
 */
struct sspi_keys {
	struct keys_bytes ccache;
	struct keys_bytes keytab;
	struct keys_bytes identity;
	struct keys_bytes accounts;
};

int sspi_keys_init(void);
void sspi_keys_exit(void);
sec_status_t sspi_keys_check(const struct sspi_acquire_args *args);
sec_status_t sspi_keys_find(struct sspi_acquire_args *args, u32 defaults,
			    s64 now, struct sspi_keys *keys,
			    const char **reason);
void sspi_keys_release(struct sspi_keys *keys);

#endif /* _SSPI_KEYS_KEYS_H */
