// SPDX-License-Identifier: GPL-2.0-only
/*
 * The key type "sspi" and the logon keys of cifscreds(1): which payloads are
 * taken, what credentials come of them, and that a description gives nobody
 * anything.
 */
#include <linux/cred.h>
#include <linux/key-type.h>
#include <linux/module.h>
#include <linux/string.h>

#include "codec/buf.h"
#include "core/fault.h"
#include "kunit/ntlm/exchange.h"
#include "keys/internal.h"
#include "kunit/keys/keys_user.h"

#define ALICE	"user alice\ndomain CORP\npassword Secret-1!\n"
#define HASH	"user alice\nnt-hash 0123456789abcdef0123456789ABCDEF\n"
#define MOST_ALLOCATIONS 200

static struct keys_user *me(struct kunit *test)
{
	return test->priv;
}

static int keytype_init(struct kunit *test)
{
	test->priv = kunit_kzalloc(test, sizeof(struct keys_user), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, test->priv);
	keys_user_init(test, me(test), KEYS_UID);
	return 0;
}

static void keytype_exit(struct kunit *test)
{
	if (test->priv)
		keys_user_exit(me(test));
}

static struct key *add(struct kunit *test, const char *desc, const char *text)
{
	return keys_add(me(test), me(test)->session, "sspi", desc, text,
			strlen(text));
}

static sec_status_t acquire_ntlm(struct keys_user *u,
				 const struct sspi_acquire_args *from,
				 char *name, size_t room)
{
	struct sspi_acquire_args args = *from;

	args.package = "NTLM";
	if (!args.cred_use)
		args.cred_use = SECPKG_CRED_OUTBOUND;
	return keys_acquire(u, &args, name, room);
}

static void expect_ntlm(struct kunit *test, struct keys_user *u,
			const struct sspi_acquire_args *args, const char *want)
{
	char name[64];
	sec_status_t status = acquire_ntlm(u, args, name, sizeof(name));

	SSPI_EXPECT_STATUS(test, status, want ? SEC_E_OK :
						SEC_E_NO_CREDENTIALS);
	KUNIT_EXPECT_STREQ(test, name, want ? want : "");
}

static void expect_identity(struct kunit *test, const char *desc,
			    const char *want)
{
	const struct sspi_acquire_args args = { .identity_key = desc };

	expect_ntlm(test, me(test), &args, want);
}

static void expect_peer(struct kunit *test, const char *peer, const char *want)
{
	const struct sspi_acquire_args args = { .peer = peer };

	expect_ntlm(test, me(test), &args, want);
}

static void payloads_taken(struct kunit *test)
{
	static const struct {
		const char *text;
		const char *name;	/* NULL: no single account */
	} good[] = {
		{ ALICE, "CORP\\alice" },
		{ HASH, "alice" },
		{ "user a\npassword ", "a" },
		{ "user a b\npassword  two spaces\x20\n", "a b" },
		{ "user gr\xc3\xbc\xc3\x9f\npassword \xe2\x82\xac",
		  "gr\xc3\xbc\xc3\x9f" },
		{ "user a\npassword user b", "a" },
		{ "user a\npassword 1\nuser b\npassword 2\n", NULL },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		KUNIT_EXPECT_NOT_NULL(test, add(test, "k", good[i].text));
		expect_identity(test, "k", good[i].name);
	}
	testlib_counted(test, i);
}

static void payloads_refused(struct kunit *test)
{
	static const char *const bad[] = {
		"user", "user ", "user a", "user a\n", "user a\ndomain D",
		"user\x20\npassword p", "user a\ndomain\x20\npassword p",
		"password p", "password p\nuser a\n", "domain D\nuser a\npassword p",
		"user a\npassword p\n\n", "\nuser a\npassword p",
		"user a\n\npassword p", "user a\r\npassword p",
		"user a\npassword p\r\n", "user a\npassword\tp",
		"user a\npassword p\tq", "User a\npassword p",
		"user a\npassword p\npassword q",
		"user a\npassword p\nnt-hash 0123456789abcdef0123456789abcdef",
		"user a\ndomain D\ndomain E\npassword p",
		"user a\nnt-hash 0123456789abcdef0123456789abcde",
		"user a\nnt-hash 0123456789abcdef0123456789abcdeg",
		"user a\nnt-hash 0123456789abcdef0123456789abcdef0",
		"user \xff\npassword p", "user a\npassword \xc3", "x",
		"keytab\n", "keytab\nnone", "keytab", "keytab\x20\n", " ",
		"user a\npassword p\n# comment\n", "user\x7f a\npassword p",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_NULL_MSG(test, add(test, "k", bad[i]), "%zu", i);
	/* A NUL in it, and nothing at all. */
	KUNIT_EXPECT_NULL(test, keys_add(me(test), me(test)->session, "sspi",
					 "k", ALICE, sizeof(ALICE)));
	KUNIT_EXPECT_NULL(test, keys_add(me(test), me(test)->session, "sspi",
					 "k", NULL, 0));
	KUNIT_EXPECT_NULL(test, add(test, "a\nb", ALICE));
	expect_identity(test, "k", NULL);
	testlib_counted(test, i + 3);
}

/* Each change of a byte is refused or read; each shorter piece too. */
static void payloads_mutated(struct kunit *test)
{
	struct testlib_lcg lcg = { 11 };
	char text[] = ALICE HASH;
	const size_t len = sizeof(text) - 1;
	unsigned int taken = 0, refused = 0, i;

	for (i = 0; i < 600; i++) {
		u32 at = testlib_lcg_below(&lcg, len);
		char old = text[at];
		struct key *key;

		text[at] = testlib_lcg_next(&lcg) >> 24;
		key = keys_add(me(test), me(test)->session, "sspi", "k", text,
			       i < len ? i + 1 : len);
		*(key ? &taken : &refused) += 1;
		text[at] = old;
	}
	KUNIT_EXPECT_GT(test, taken, 10U);
	KUNIT_EXPECT_GT(test, refused, 10U);
	testlib_counted(test, taken + refused);
}

/* Nobody reads a payload back; a new one takes the old one's place. */
static void not_readable(struct kunit *test)
{
	struct key *key = add(test, "k", ALICE);

	KUNIT_ASSERT_NOT_NULL(test, key);
	KUNIT_EXPECT_TRUE(test, key->type == &sspi_key_type);
	KUNIT_EXPECT_NULL(test, key->type->read);
	KUNIT_EXPECT_NULL(test, key->type->update);
	expect_identity(test, "k", "CORP\\alice");
	KUNIT_ASSERT_NOT_NULL(test, add(test, "k", HASH));
	expect_identity(test, "k", "alice");
}

static void revoked_and_expired(struct kunit *test)
{
	struct key *key = add(test, "k", ALICE);

	KUNIT_ASSERT_NOT_NULL(test, key);
	key_revoke(key);
	KUNIT_EXPECT_NULL(test, key->payload.data[0]);
	expect_identity(test, "k", NULL);
	key = add(test, "k", ALICE);
	KUNIT_ASSERT_NOT_NULL(test, key);
	expect_identity(test, "k", "CORP\\alice");
	keys_expire(key);
	expect_identity(test, "k", NULL);
}

/* A client and the accounts of a server, both from keys; both ways wrong once. */
static void whole_exchange(struct kunit *test)
{
	static const struct {
		const char *accounts;
		sec_status_t want;
	} cases[] = {
		{ "user bob\npassword x\n" ALICE, SEC_E_OK },
		{ "user alice\ndomain CORP\npassword wrong", SEC_E_LOGON_DENIED },
		{ "user bob\ndomain CORP\npassword Secret-1!",
		  SEC_E_LOGON_DENIED },
	};
	const struct sspi_acquire_args out = {
		.package = "NTLM", .cred_use = SECPKG_CRED_OUTBOUND,
		.identity_key = "client",
	};
	const struct sspi_acquire_args in = {
		.package = "NTLM", .cred_use = SECPKG_CRED_INBOUND,
		.accounts_key = "server",
	};
	size_t i;

	KUNIT_ASSERT_NOT_NULL(test, add(test, "client", ALICE));
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct cred *old;
		struct exchange x = {};
		sec_status_t status;

		KUNIT_ASSERT_NOT_NULL(test, add(test, "server",
						cases[i].accounts));
		old = override_creds(me(test)->cred);
		SSPI_EXPECT_STATUS(test,
				   sspi_acquire_credentials_handle(&out,
								   &x.out_cred,
								   NULL),
				   SEC_E_OK);
		SSPI_EXPECT_STATUS(test,
				   sspi_acquire_credentials_handle(&in,
								   &x.in_cred,
								   NULL),
				   SEC_E_OK);
		revert_creds(old);
		status = exchange_negotiate(&x);
		SSPI_EXPECT_STATUS(test, status, cases[i].want);
		exchange_release(&x);
	}
	testlib_counted(test, i);
}

/* A keytab with one key of type 18 for "s", KEYS_REALM. */
static size_t put_keytab(u8 *out, size_t room)
{
	static const u8 key[32] = { 9, 8, 7 };
	const char *realm = KEYS_REALM;
	struct sspi_writer w;

	sspi_writer_init(&w, out, room);
	sspi_write_be16(&w, 0x0502);
	sspi_write_be32(&w, 2 + 2 + strlen(realm) + 2 + 1 + 4 + 4 + 1 + 2 + 2 +
			    sizeof(key));
	sspi_write_be16(&w, 1);
	sspi_write_be16(&w, strlen(realm));
	sspi_write_bytes(&w, realm, strlen(realm));
	sspi_write_be16(&w, 1);
	sspi_write_u8(&w, 's');
	sspi_write_be32(&w, 1);
	sspi_write_be32(&w, 0);
	sspi_write_u8(&w, 1);
	sspi_write_be16(&w, 18);
	sspi_write_be16(&w, sizeof(key));
	sspi_write_bytes(&w, key, sizeof(key));
	return w.bad ? 0 : w.pos;
}

static void expect_keytab(struct kunit *test, const char *desc,
			  sec_status_t want)
{
	const struct sspi_acquire_args args = {
		.package = "Kerberos", .cred_use = SECPKG_CRED_INBOUND,
		.keytab_key = desc,
	};
	char name[8];

	SSPI_EXPECT_STATUS(test, keys_acquire(me(test), &args, name,
					      sizeof(name)), want);
}

static void keytabs(struct kunit *test)
{
	struct keys_user *u = me(test);
	const size_t head = strlen("keytab\n");
	u8 bytes[128] = "keytab\n";
	size_t len = put_keytab(bytes + head, sizeof(bytes) - head);

	expect_keytab(test, "sspi", SEC_E_NO_CREDENTIALS);
	KUNIT_ASSERT_NOT_NULL(test, keys_add(u, u->session, "sspi", "sspi",
					     bytes, head + len));
	KUNIT_ASSERT_NOT_NULL(test, keys_add(u, u->process, "user", "user",
					     bytes + head, len));
	KUNIT_ASSERT_NOT_NULL(test, add(test, "alice", ALICE));
	expect_keytab(test, "sspi", SEC_E_OK);
	expect_keytab(test, "user", SEC_E_OK);
	expect_keytab(test, "alice", SEC_E_NO_CREDENTIALS);
	expect_keytab(test, "none", SEC_E_NO_CREDENTIALS);
	expect_identity(test, "sspi", NULL);
	if (keys_add(u, u->session, "big_key", "big", bytes + head, len))
		expect_keytab(test, "big", SEC_E_OK);
	else
		kunit_info(test, "this kernel has no type big_key\n");
	/* What is no keytab is not one because a key says so. */
	keys_add(u, u->session, "user", "user2", bytes + head, len - 1);
	expect_keytab(test, "user2", SEC_E_NO_CREDENTIALS);
	KUNIT_EXPECT_NULL(test, keys_add(u, u->session, "sspi", "sspi2", bytes,
					 head + len - 1));
}

/* What is kept for a peer: a key of our own, then what cifscreds has written. */
static void logon_keys(struct kunit *test)
{
	struct keys_user *u = me(test);
	static const char first[] = "carol:pass:word";	/* and its NUL */

	expect_peer(test, "10.0.0.1", NULL);
	KUNIT_ASSERT_NOT_NULL(test, keys_add(u, u->session, "logon",
					     "cifs:a:10.0.0.1", first,
					     sizeof(first)));
	KUNIT_ASSERT_NOT_NULL(test, keys_add(u, u->session, "logon",
					     "cifs:d:CORP", "dave:", 5));
	expect_peer(test, "10.0.0.1", "carol");
	expect_peer(test, "CORP", "CORP\\dave");
	expect_peer(test, "10.0.0.2", NULL);
	expect_peer(test, NULL, NULL);
	KUNIT_ASSERT_NOT_NULL(test, add(test, "CORP", ALICE));
	expect_peer(test, "CORP", "CORP\\alice");
	KUNIT_ASSERT_NOT_NULL(test, keys_add(u, u->session, "logon",
					     "cifs:a:bad", ":x", 2));
	expect_peer(test, "bad", NULL);
	keys_add(u, u->session, "logon", "cifs:a:bad", "nocolon", 7);
	expect_peer(test, "bad", NULL);
	keys_add(u, u->session, "logon", "cifs:a:bad", "u:a\0b", 5);
	expect_peer(test, "bad", NULL);
}

/*
 * Forgery: a key says nothing about who its user is but by its payload, and is
 * nothing to anybody else.
 */
static void forged_descriptions(struct kunit *test)
{
	static const char *const forged[] = {
		"uid=0;user=root", "ver=2;host=h;uid=0x0;creduid=0x0;pid=0x1",
		"4242", "_uid.0", "KEYRING:persistent:0", "../alice", "%s%n",
	};
	static const char mallory[] = "user mallory\npassword x";
	struct keys_user *u = me(test), other;
	struct key *key;
	size_t i;

	keys_user_init(test, &other, KEYS_OTHER_UID);
	for (i = 0; i < ARRAY_SIZE(forged); i++) {
		keys_add(&other, other.session, "sspi", forged[i], mallory,
			 strlen(mallory));
		/* Not to be found from here, whatever it is called. */
		expect_identity(test, forged[i], NULL);
		expect_ntlm(test, &other, &(struct sspi_acquire_args){
				    .identity_key = forged[i] }, "mallory");
	}
	/* Linked into our keyring by who may write there: still not ours. */
	key = keys_add(&other, other.session, "sspi", "k", mallory,
		       strlen(mallory));
	KUNIT_ASSERT_NOT_NULL(test, key);
	KUNIT_ASSERT_EQ(test, 0, key_link(u->session, key));
	expect_identity(test, "k", NULL);
	key = keys_add(&other, other.session, "logon", "cifs:a:h", "m:x", 3);
	KUNIT_ASSERT_NOT_NULL(test, key);
	KUNIT_ASSERT_EQ(test, 0, key_link(u->session, key));
	expect_peer(test, "h", NULL);
	keys_user_exit(&other);
	testlib_counted(test, i);
}

/* A key that is not there starts no helper. */
static void no_upcall(struct kunit *test)
{
	const struct cred *old = override_creds(me(test)->cred);
	struct key *key = request_key(&sspi_key_type, "absent", "info");

	revert_creds(old);
	KUNIT_EXPECT_TRUE(test, IS_ERR(key));
	if (!IS_ERR(key))
		key_put(key);
	else
		KUNIT_EXPECT_EQ(test, PTR_ERR(key), (long)-ENOKEY);
}

static void identity_faults(struct kunit *test)
{
	const struct sspi_acquire_args args = { .identity_key = "k" };
	sec_status_t status = SEC_E_OK;
	unsigned int nth;
	char name[64];

	KUNIT_ASSERT_NOT_NULL(test, add(test, "k", ALICE));
	for (nth = 1; nth < MOST_ALLOCATIONS; nth++) {
		sspi_fault_at(nth);
		status = acquire_ntlm(me(test), &args, name, sizeof(name));
		if (!sspi_fault_hit())
			break;
		if (status != SEC_E_OK)
			SSPI_EXPECT_STATUS(test, status,
					   SEC_E_INSUFFICIENT_MEMORY);
	}
	sspi_fault_at(0);
	SSPI_EXPECT_STATUS(test, status, SEC_E_OK);
	KUNIT_EXPECT_STREQ(test, name, "CORP\\alice");
	KUNIT_EXPECT_GT(test, nth, 5U);
	kunit_info(test, "%u allocations failed\n", nth - 1);
}

/*
 * A program that runs as another than its real user, set-uid or for a while, and
 * the real user has put keys in all places that come along with it.
 */
static void keys_of_the_real_user(struct kunit *test)
{
	struct keys_user *u = me(test), other;
	const size_t head = strlen("keytab\n");
	u8 bytes[128] = "keytab\n";
	size_t len = put_keytab(bytes + head, sizeof(bytes) - head);
	const struct sspi_acquire_args accounts = {
		.package = "NTLM", .cred_use = SECPKG_CRED_INBOUND,
		.accounts_key = "alice",
	};
	char name[8];

	keys_user_own_ring(test, u);
	KUNIT_ASSERT_NOT_NULL(test, add(test, "alice", ALICE));
	KUNIT_ASSERT_NOT_NULL(test, keys_add(u, u->user, "sspi", "mine", ALICE,
					     strlen(ALICE)));
	KUNIT_ASSERT_NOT_NULL(test, keys_add(u, u->user, "sspi", "tab", bytes,
					     head + len));
	keys_cache(test, u, keys_ring(test, u, u->session, "_krb_c"), "c",
		   "mallory");
	expect_identity(test, "mine", "CORP\\alice");
	expect_keytab(test, "tab", SEC_E_OK);
	keys_expect(test, u, NULL, "mallory");

	keys_user_init(test, &other, KEYS_OTHER_UID);
	keys_user_own_ring(test, &other);
	KUNIT_ASSERT_NOT_NULL(test, keys_add(&other, other.user, "sspi", "his",
					     ALICE, strlen(ALICE)));
	/* A key of the effective user's in a session that is not: planted. */
	KUNIT_ASSERT_NOT_NULL(test, keys_add(&other, u->session, "sspi",
					     "planted", ALICE, strlen(ALICE)));
	u->cred->euid = KUIDT_INIT(KEYS_OTHER_UID);
	expect_identity(test, "alice", NULL);
	expect_identity(test, "mine", NULL);
	expect_identity(test, "planted", NULL);
	expect_keytab(test, "tab", SEC_E_NO_CREDENTIALS);
	SSPI_EXPECT_STATUS(test, keys_acquire(u, &accounts, name, sizeof(name)),
			   SEC_E_NO_CREDENTIALS);
	keys_expect(test, u, NULL, NULL);
	keys_expect(test, u, "KEYRING:session:c", NULL);
	/* What the effective user has is found. */
	expect_identity(test, "his", "CORP\\alice");
	u->cred->euid = u->cred->uid;
	expect_identity(test, "mine", "CORP\\alice");
	keys_user_exit(&other);
}

static struct kunit_case keytype_cases[] = {
	KUNIT_CASE(payloads_taken),
	KUNIT_CASE(payloads_refused),
	KUNIT_CASE(payloads_mutated),
	KUNIT_CASE(not_readable),
	KUNIT_CASE(revoked_and_expired),
	KUNIT_CASE(whole_exchange),
	KUNIT_CASE(keytabs),
	KUNIT_CASE(keys_of_the_real_user),
	KUNIT_CASE(logon_keys),
	KUNIT_CASE(forged_descriptions),
	KUNIT_CASE(no_upcall),
	KUNIT_CASE(identity_faults),
	{}
};

static struct kunit_suite keytype_suite = {
	.name = "sspi_keytype",
	.init = keytype_init,
	.exit = keytype_exit,
	.test_cases = keytype_cases,
};

kunit_test_suites(&keytype_suite);
