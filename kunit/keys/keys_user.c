// SPDX-License-Identifier: GPL-2.0-only
/* A user with keyrings of their own. */
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/keyctl.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/timekeeping.h>
#include <linux/user_namespace.h>

#include "codec/buf.h"
#include "codec/krb5_keyring.h"
#include "codec/krb5_ticket.h"
#include "kunit/keys/keys_user.h"

static struct key *alloc_ring(struct keys_user *u, const char *desc,
			      struct key *parent)
{
	return keyring_alloc(desc, u->cred->uid, u->cred->gid, u->cred,
			     KEYS_PERM, KEY_ALLOC_NOT_IN_QUOTA, NULL, parent);
}

void keys_user_init(struct kunit *test, struct keys_user *u, uid_t uid)
{
	struct cred *cred = prepare_kernel_cred(&init_task);

	*u = (struct keys_user){};
	KUNIT_ASSERT_NOT_NULL(test, cred);
	cred->uid = KUIDT_INIT(uid);
	cred->euid = cred->uid;
	cred->suid = cred->uid;
	cred->fsuid = cred->uid;
	u->cred = cred;
	u->session = alloc_ring(u, "_ses", NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(u->session));
	cred->session_keyring = u->session;
	u->process = alloc_ring(u, "_pid", NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(u->process));
	cred->process_keyring = u->process;
}

static void unregister(struct key *reg, struct key *ring)
{
	if (!ring)
		return;
	key_unlink(reg, ring);
	key_put(ring);
}

#ifdef CONFIG_PERSISTENT_KEYRINGS
static struct key **persistent_register(void)
{
	return &init_user_ns.persistent_keyring_register;
}
#else
static struct key **persistent_register(void)
{
	static struct key *none;

	return &none;
}
#endif

void keys_user_exit(struct keys_user *u)
{
	unregister(init_user_ns.user_keyring_register, u->user);
	unregister(*persistent_register(), u->persistent);
	if (u->cred)
		put_cred(u->cred);
	*u = (struct keys_user){};
}

void keys_user_own_ring(struct kunit *test, struct keys_user *u)
{
	/* Makes the register, if nobody has done so. */
	key_ref_t root = lookup_user_key(KEY_SPEC_USER_KEYRING, 0,
					 KEY_NEED_SEARCH);
	char desc[32];

	KUNIT_ASSERT_FALSE(test, IS_ERR(root));
	key_ref_put(root);
	snprintf(desc, sizeof(desc), "_uid.%u", __kuid_val(u->cred->uid));
	u->user = alloc_ring(u, desc, init_user_ns.user_keyring_register);
	KUNIT_ASSERT_FALSE(test, IS_ERR(u->user));
}

/* As keyctl_get_persistent() makes it, for which there is no call here. */
bool keys_user_persistent_ring(struct kunit *test, struct keys_user *u)
{
	struct key **reg = persistent_register();
	char desc[32];

	if (!IS_ENABLED(CONFIG_PERSISTENT_KEYRINGS))
		return false;
	down_write(&init_user_ns.keyring_sem);
	if (!*reg)
		*reg = keyring_alloc(".persistent_register", GLOBAL_ROOT_UID,
				     GLOBAL_ROOT_GID, u->cred,
				     (KEY_POS_ALL & ~KEY_POS_SETATTR) |
				     KEY_USR_VIEW | KEY_USR_READ,
				     KEY_ALLOC_NOT_IN_QUOTA, NULL, NULL);
	up_write(&init_user_ns.keyring_sem);
	KUNIT_ASSERT_FALSE(test, IS_ERR(*reg));
	snprintf(desc, sizeof(desc), "_persistent.%u",
		 __kuid_val(u->cred->uid));
	u->persistent = alloc_ring(u, desc, *reg);
	KUNIT_ASSERT_FALSE(test, IS_ERR(u->persistent));
	return true;
}

struct key *keys_ring(struct kunit *test, struct keys_user *u,
		      struct key *parent, const char *desc)
{
	struct key *ring = alloc_ring(u, desc, parent);

	KUNIT_ASSERT_FALSE(test, IS_ERR(ring));
	key_put(ring);
	return ring;
}

struct key *keys_add(struct keys_user *u, struct key *ring, const char *type,
		     const char *desc, const void *data, size_t len)
{
	const struct cred *old = override_creds(u->cred);
	key_ref_t ref = key_create_or_update(make_key_ref(ring, true), type,
					     desc, data, len, KEYS_PERM,
					     KEY_ALLOC_NOT_IN_QUOTA);

	revert_creds(old);
	if (IS_ERR(ref))
		return NULL;
	key_ref_put(ref);
	return key_ref_to_ptr(ref);
}

void keys_expire(struct key *key)
{
	WRITE_ONCE(key->expiry, ktime_get_real_seconds() - 1);
}

u32 keys_later(void)
{
	return (u32)ktime_get_real_seconds() + 3600;
}

static void put_text(struct sspi_writer *w, const char *text)
{
	sspi_write_be32(w, strlen(text));
	sspi_write_bytes(w, text, strlen(text));
}

static void put_name(struct sspi_writer *w, const char *realm,
		     const char *name)
{
	sspi_write_be32(w, KRB5_NT_PRINCIPAL);
	sspi_write_be32(w, 1);
	put_text(w, realm);
	put_text(w, name);
}

size_t keys_put_principal(u8 *out, const char *name)
{
	struct sspi_writer w;

	sspi_writer_init(&w, out, KEYS_MOST_PAYLOAD);
	put_name(&w, KEYS_REALM, name);
	return w.pos;
}

/* A ticket that nobody can open, and nobody here has to. */
static void put_sealed(struct sspi_writer *w)
{
	static const u8 cipher[64];
	struct krb5_ticket ticket = {
		.realm = TESTLIB_SPAN(KEYS_REALM),
		.sname = { .type = KRB5_NT_PRINCIPAL, .count = 1 },
		.enc = { .enctype = 18, .cipher = TESTLIB_SPAN(cipher) },
	};
	u8 room[256];
	int len;

	ticket.realm.len--;
	ticket.sname.part[0] = (struct sspi_span){ (const u8 *)"s", 1 };
	len = krb5_build_ticket(&ticket, room, sizeof(room));
	sspi_write_be32(w, len);
	sspi_write_bytes(w, room, len);
}

size_t keys_put_ticket(u8 *out, const struct keys_ticket *ticket)
{
	static const u8 key[32] = { 1, 2, 3 };
	struct sspi_writer w;

	sspi_writer_init(&w, out, KEYS_MOST_PAYLOAD);
	put_name(&w, KEYS_REALM, ticket->client);
	put_name(&w, ticket->realm ? ticket->realm : KEYS_REALM,
		 ticket->server);
	sspi_write_be16(&w, 18);
	sspi_write_be32(&w, sizeof(key));
	sspi_write_bytes(&w, key, sizeof(key));
	sspi_write_be32(&w, 1000000000);	/* authtime */
	sspi_write_be32(&w, 1000000000);	/* starttime */
	sspi_write_be32(&w, ticket->endtime);
	sspi_write_be32(&w, 0);			/* renew_till */
	sspi_write_u8(&w, ticket->is_skey);
	sspi_write_be32(&w, 0x40800000);	/* flags */
	sspi_write_be32(&w, 0);			/* addresses */
	sspi_write_be32(&w, 0);			/* authorization data */
	put_sealed(&w);
	sspi_write_be32(&w, 0);			/* second ticket */
	return w.bad ? 0 : w.pos;
}

struct key *keys_cache(struct kunit *test, struct keys_user *u,
		       struct key *collection, const char *desc,
		       const char *name)
{
	const struct keys_ticket ticket = {
		.client = name, .server = "host", .endtime = keys_later(),
	};
	u8 *bytes = kunit_kzalloc(test, KEYS_MOST_PAYLOAD, GFP_KERNEL);
	struct key *ring = keys_ring(test, u, collection, desc);

	KUNIT_ASSERT_NOT_NULL(test, bytes);
	KUNIT_ASSERT_NOT_NULL(test, keys_add(u, ring, "user",
					     KRB5_KEYRING_PRINCIPAL, bytes,
					     keys_put_principal(bytes, name)));
	KUNIT_ASSERT_NOT_NULL(test, keys_add(u, ring, "user",
					     "host@" KEYS_REALM, bytes,
					     keys_put_ticket(bytes, &ticket)));
	return ring;
}

void keys_primary(struct keys_user *u, struct key *collection,
		  const char *cache)
{
	struct sspi_writer w;
	u8 bytes[64];

	sspi_writer_init(&w, bytes, sizeof(bytes));
	sspi_write_be32(&w, 1);
	put_text(&w, cache);
	keys_add(u, collection, "user", KRB5_KEYRING_PRIMARY, bytes, w.pos);
}

static void copy_name(const struct sspi_cred_handle *cred, char *name,
		      size_t room)
{
	struct sec_pkg_credentials_names names = {};
	sec_status_t status;

	status = sspi_query_credentials_attributes(cred,
						   SECPKG_CRED_ATTR_NAMES,
						   &names, sizeof(names));
	strscpy(name, status == SEC_E_OK ? names.user_name : "?", room);
	sspi_free_context_buffer(names.user_name);
}

sec_status_t keys_acquire(struct keys_user *u,
			  const struct sspi_acquire_args *args, char *name,
			  size_t room)
{
	const struct cred *old = override_creds(u->cred);
	struct sspi_cred_handle cred = {};
	sec_status_t status;

	status = sspi_acquire_credentials_handle(args, &cred, NULL);
	revert_creds(old);
	name[0] = '\0';
	if (status != SEC_E_OK)
		return status;
	copy_name(&cred, name, room);
	sspi_free_credentials_handle(&cred);
	return SEC_E_OK;
}

sec_status_t keys_acquire_tickets(struct keys_user *u, const char *ccache_name,
				  const char *principal, char *name,
				  size_t room)
{
	const struct sspi_acquire_args args = {
		.package = "Kerberos",
		.cred_use = SECPKG_CRED_OUTBOUND,
		.principal = principal,
		.ccache_name = ccache_name,
	};

	return keys_acquire(u, &args, name, room);
}

void keys_expect_of(struct kunit *test, struct keys_user *u,
		    const char *ccache_name, const char *principal,
		    const char *want)
{
	char name[64], full[64] = "";
	sec_status_t status = keys_acquire_tickets(u, ccache_name, principal,
						   name, sizeof(name));

	if (want)
		snprintf(full, sizeof(full), "%s@" KEYS_REALM, want);
	SSPI_EXPECT_STATUS(test, status, want ? SEC_E_OK :
						SEC_E_NO_CREDENTIALS);
	KUNIT_EXPECT_STREQ(test, name, full);
}

void keys_expect(struct kunit *test, struct keys_user *u,
		 const char *ccache_name, const char *want)
{
	keys_expect_of(test, u, ccache_name, NULL, want);
}
