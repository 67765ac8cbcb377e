/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A user with keyrings of their own, made in a struct cred of the test's: what
 * is put into them, and credentials that are acquired as that user.
 */
#ifndef _SSPI_KUNIT_KEYS_USER_H
#define _SSPI_KUNIT_KEYS_USER_H

#include <linux/key.h>
#include <linux/sspi.h>

#include "kunit/support/testlib.h"

#define KEYS_REALM	"KEYS.TEST"
#define KEYS_UID	4242
#define KEYS_OTHER_UID	4343
#define KEYS_PERM	(KEY_POS_ALL | KEY_USR_VIEW)
#define KEYS_MOST_PAYLOAD	2048

/**
 * struct keys_user - a user
 * @cred: who they are; has @session and @process
 * @session: keyring
 * @process: keyring
 * @user: keyring of all of the user's processes, or NULL until asked for
 * @persistent: keyring that outlives them, likewise
 */
struct keys_user {
	struct cred *cred;
	struct key *session;
	struct key *process;
	struct key *user;
	struct key *persistent;
};

void keys_user_init(struct kunit *test, struct keys_user *u, uid_t uid);
void keys_user_exit(struct keys_user *u);
/* Makes @user and @persistent; the second is false on a kernel without. */
void keys_user_own_ring(struct kunit *test, struct keys_user *u);
bool keys_user_persistent_ring(struct kunit *test, struct keys_user *u);

/* An empty keyring in another; the reference is the other's. */
struct key *keys_ring(struct kunit *test, struct keys_user *u,
		      struct key *parent, const char *desc);
/* A key; the reference is the keyring's; NULL if it was refused. */
struct key *keys_add(struct keys_user *u, struct key *ring, const char *type,
		     const char *desc, const void *data, size_t len);
void keys_expire(struct key *key);

/**
 * struct keys_ticket - a credential in a cache
 * @client: first component of the client's name
 * @realm: of the server; NULL for KEYS_REALM
 * @server: first component of the server's name
 * @endtime: unix seconds
 * @is_skey: it is no ticket of the client
 */
struct keys_ticket {
	const char *client;
	const char *realm;
	const char *server;
	u32 endtime;
	bool is_skey;
};

size_t keys_put_principal(u8 *out, const char *name);
size_t keys_put_ticket(u8 *out, const struct keys_ticket *ticket);
u32 keys_later(void);
/* A keyring that is a cache of @name with one good ticket. */
struct key *keys_cache(struct kunit *test, struct keys_user *u,
		       struct key *collection, const char *desc,
		       const char *name);
void keys_primary(struct keys_user *u, struct key *collection,
		  const char *cache);

/*
 * Acquires as the user. With SEC_E_OK @name, of @room bytes, is whom the
 * credential stands for; it is freed again.
 */
sec_status_t keys_acquire(struct keys_user *u,
			  const struct sspi_acquire_args *args, char *name,
			  size_t room);
/* Tickets of the user: by name of the cache, and of the principal, or NULL. */
sec_status_t keys_acquire_tickets(struct keys_user *u, const char *ccache_name,
				  const char *principal, char *name,
				  size_t room);
/* The same, compared: @want is the name before the realm, or NULL for none. */
void keys_expect(struct kunit *test, struct keys_user *u,
		 const char *ccache_name, const char *want);
void keys_expect_of(struct kunit *test, struct keys_user *u,
		    const char *ccache_name, const char *principal,
		    const char *want);

#endif /* _SSPI_KUNIT_KEYS_USER_H */
