// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tickets from the keyrings of a user, as kinit(1) leaves them: each form of
 * name, the order of search, what is passed over and what is refused.
 */
#include <linux/cred.h>
#include <linux/module.h>

#include "codec/buf.h"
#include "codec/krb5_keyring.h"
#include "core/fault.h"
#include "keys/internal.h"
#include "kunit/keys/keys_user.h"

#define MOST_ALLOCATIONS 200

static struct keys_user *me(struct kunit *test)
{
	return test->priv;
}

static int keys_init(struct kunit *test)
{
	test->priv = kunit_kzalloc(test, sizeof(struct keys_user), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, test->priv);
	keys_user_init(test, me(test), KEYS_UID);
	return 0;
}

static void keys_exit(struct kunit *test)
{
	if (test->priv)
		keys_user_exit(me(test));
}

/* Every form of name, a principal each. */
static void ccache_forms(struct kunit *test)
{
	struct keys_user *u = me(test);
	struct key *ring;

	keys_cache(test, u, keys_ring(test, u, u->session, "_krb_c"), "c",
		   "in-session");
	keys_cache(test, u, keys_ring(test, u, u->process, "_krb_c"), "c",
		   "in-process");
	keys_cache(test, u, u->session, "old", "old-style");
	keys_user_own_ring(test, u);
	keys_cache(test, u, keys_ring(test, u, u->user, "_krb_c"), "c",
		   "in-user");
	keys_expect(test, u, "KEYRING:session:c", "in-session");
	keys_expect(test, u, "KEYRING:session:c:c", "in-session");
	keys_expect(test, u, "KEYRING:process:c", "in-process");
	keys_expect(test, u, "KEYRING:user:c", "in-user");
	keys_expect(test, u, "KEYRING:c", "in-session");
	keys_expect(test, u, "KEYRING:old", "old-style");
	keys_expect(test, u, "KEYRING:session:d", NULL);
	keys_expect(test, u, "KEYRING:session:c:d", NULL);
	keys_expect(test, u, "KEYRING:user:d", NULL);
	keys_expect(test, u, "KEYRING:d", NULL);

	if (!keys_user_persistent_ring(test, u)) {
		kunit_info(test, "this kernel has no persistent keyrings\n");
		return;
	}
	keys_expect(test, u, "KEYRING:persistent:4242", NULL);
	ring = keys_ring(test, u, u->persistent, "_krb");
	keys_cache(test, u, ring, "4242", "persistent");
	keys_cache(test, u, ring, "krb_ccache_x", "second");
	keys_expect(test, u, "KEYRING:persistent:4242", "persistent");
	keys_expect(test, u, "KEYRING:persistent:4242:krb_ccache_x", "second");
	keys_primary(u, ring, "krb_ccache_x");
	keys_expect(test, u, "KEYRING:persistent:", "second");
	keys_expect(test, u, "KEYRING:persistent:4242:4242", "persistent");
}

/* A name that is none is told apart from a cache that is not there. */
static void ccache_bad_names(struct kunit *test)
{
	static const char *const names[] = {
		"KEYRING", "KEYRING:", "FILE:/tmp/krb5cc_0", "KCM:", "c",
		"keyring:session:c", "KEYRING:thread:c", "KEYRING::c",
		"KEYRING:session:c:", "KEYRING:persistent:x",
		"KEYRING:persistent:-1", "KEYRING:persistent:01",
		"KEYRING:persistent:4294967295", "KEYRING:persistent:4294967296",
	};
	struct keys_user *u = me(test);
	char name[64];
	size_t i;

	keys_cache(test, u, keys_ring(test, u, u->session, "_krb_c"), "c", "c");
	for (i = 0; i < ARRAY_SIZE(names); i++)
		SSPI_EXPECT_STATUS(test,
				   keys_acquire_tickets(u, names[i], NULL, name,
							sizeof(name)),
				   SEC_E_INVALID_PARAMETER);
	SSPI_EXPECT_STATUS(test,
			   keys_acquire_tickets(u, NULL, "a\\", name,
						sizeof(name)),
			   SEC_E_INVALID_PARAMETER);
	testlib_counted(test, i + 1);
}

/* Session, user, process, persistent; within one, by name of the collection. */
static void ccache_default_order(struct kunit *test)
{
	struct keys_user *u = me(test);
	struct key *a, *b;

	keys_expect(test, u, NULL, NULL);
	if (keys_user_persistent_ring(test, u)) {
		keys_cache(test, u,
			   keys_ring(test, u, u->persistent, "_krb"), "4242",
			   "fourth");
		keys_expect(test, u, NULL, "fourth");
	}
	keys_cache(test, u, keys_ring(test, u, u->process, "_krb_c"), "c",
		   "third");
	keys_expect(test, u, NULL, "third");
	keys_user_own_ring(test, u);
	keys_cache(test, u, keys_ring(test, u, u->user, "_krb_c"), "c",
		   "second");
	keys_expect(test, u, NULL, "second");
	b = keys_ring(test, u, u->session, "_krb_b");
	keys_cache(test, u, b, "b", "first-b");
	keys_expect(test, u, NULL, "first-b");
	a = keys_ring(test, u, u->session, "_krb_a");
	keys_cache(test, u, a, "a", "first-a");
	keys_expect(test, u, NULL, "first-a");
	key_revoke(a);
	keys_expect(test, u, NULL, "first-b");
	keys_expire(b);
	keys_expect(test, u, NULL, "second");
	keys_expect(test, u, "KEYRING:session:b", NULL);
}

/* The primary cache, or the one of the principal that is asked for. */
static void ccache_principal(struct kunit *test)
{
	struct keys_user *u = me(test);
	struct key *c = keys_ring(test, u, u->session, "_krb_c");

	keys_cache(test, u, c, "c", "alice");
	keys_cache(test, u, c, "x", "bob");
	keys_expect(test, u, NULL, "alice");
	keys_primary(u, c, "x");
	keys_expect(test, u, NULL, "bob");
	keys_expect(test, u, "KEYRING:session:c", "bob");
	keys_expect_of(test, u, NULL, "alice", "alice");
	keys_expect_of(test, u, NULL, "alice@" KEYS_REALM, "alice");
	keys_expect_of(test, u, "KEYRING:session:c", "alice", "alice");
	keys_expect_of(test, u, "KEYRING:session:c:x", "alice", NULL);
	keys_expect_of(test, u, NULL, "alice@OTHER.TEST", NULL);
	keys_expect_of(test, u, NULL, "carol", NULL);
	/* The primary one is lost: nobody becomes somebody else for that. */
	keys_primary(u, c, "gone");
	keys_expect(test, u, NULL, NULL);
	keys_expect_of(test, u, NULL, "bob", "bob");
}

static void put_ticket(struct kunit *test, struct key *cache,
		       const char *desc, const struct keys_ticket *ticket)
{
	u8 *bytes = kunit_kzalloc(test, KEYS_MOST_PAYLOAD, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, bytes);
	KUNIT_ASSERT_NOT_NULL(test, keys_add(me(test), cache, "user", desc,
					     bytes,
					     keys_put_ticket(bytes, ticket)));
}

/* What is no ticket to be used now is passed over. */
static void ccache_passed_over(struct kunit *test)
{
	u32 later = keys_later(), before = later - 7200;
	const struct keys_ticket useless[] = {
		{ .client = "alice", .server = "host", .endtime = before },
		{ .client = "alice", .server = "host", .endtime = later,
		  .realm = "X-CACHECONF:" },
		{ .client = "alice", .server = "host", .endtime = later,
		  .is_skey = true },
		{ .client = "mallory", .server = "host", .endtime = later },
	};
	struct keys_user *u = me(test);
	struct key *c = keys_ring(test, u, u->session, "_krb_c");
	struct key *cache = keys_cache(test, u, c, "c", "alice");
	size_t i;

	for (i = 0; i < ARRAY_SIZE(useless); i++) {
		put_ticket(test, cache, "host@" KEYS_REALM, &useless[i]);
		keys_expect(test, u, NULL, NULL);
		keys_expect(test, u, "KEYRING:session:c", NULL);
		put_ticket(test, cache, "other@" KEYS_REALM,
			   &(struct keys_ticket){ .client = "alice",
						  .server = "other",
						  .endtime = later });
		keys_expect(test, u, NULL, "alice");
		/* As if it was not there. */
		put_ticket(test, cache, "other@" KEYS_REALM, &useless[i]);
	}
	testlib_counted(test, i);
}

/* A ticket is good by the clock of the KDC, if the cache knows it. */
static void ccache_time_offset(struct kunit *test)
{
	const struct keys_ticket ends = {
		.client = "alice", .server = "host",
		.endtime = keys_later() - 3600 - 60,
	};
	struct keys_user *u = me(test);
	struct key *c = keys_ring(test, u, u->session, "_krb_c");
	struct key *cache = keys_cache(test, u, c, "c", "alice");
	struct sspi_writer w;
	u8 bytes[8];

	put_ticket(test, cache, "host@" KEYS_REALM, &ends);
	keys_expect(test, u, NULL, NULL);
	sspi_writer_init(&w, bytes, sizeof(bytes));
	sspi_write_be32(&w, -600);
	sspi_write_be32(&w, 0);
	KUNIT_ASSERT_NOT_NULL(test, keys_add(u, cache, "user",
					     KRB5_KEYRING_OFFSETS, bytes,
					     sizeof(bytes)));
	keys_expect(test, u, NULL, "alice");
	KUNIT_ASSERT_NOT_NULL(test, keys_add(u, cache, "user",
					     KRB5_KEYRING_OFFSETS, bytes,
					     sizeof(bytes) - 1));
	keys_expect(test, u, NULL, NULL);
}

/* Keys that have expired or were revoked, at each place in turn. */
static void ccache_expired_and_revoked(struct kunit *test)
{
	struct keys_user *u = me(test);
	unsigned int i;

	for (i = 0; i < 6; i++) {
		struct key *c = keys_ring(test, u, u->session, "_krb_c");
		struct key *cache = keys_cache(test, u, c, "c", "alice");
		struct key *ticket;
		struct key *victims[3] = { c, cache };
		u8 *bytes = kunit_kzalloc(test, KEYS_MOST_PAYLOAD, GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, bytes);
		ticket = keys_add(u, cache, "user", "host@" KEYS_REALM, bytes,
				  keys_put_ticket(bytes, &(struct keys_ticket){
						  .client = "alice",
						  .server = "host",
						  .endtime = keys_later() }));
		KUNIT_ASSERT_NOT_NULL(test, ticket);
		victims[2] = ticket;
		keys_expect(test, u, NULL, "alice");
		if (i < 3)
			keys_expire(victims[i]);
		else
			key_revoke(victims[i - 3]);
		keys_expect(test, u, NULL, NULL);
		keys_expect(test, u, "KEYRING:session:c", NULL);
		key_unlink(u->session, c);
	}
	testlib_counted(test, i);
}

/*
 * What belongs to another user is not used, though it can be reached: a session
 * that was handed on, a link, a permission for all.
 */
static void ccache_of_others(struct kunit *test)
{
	struct keys_user *u = me(test), other;
	struct key *c, *mine;

	keys_user_init(test, &other, KEYS_OTHER_UID);
	c = keys_ring(test, &other, other.session, "_krb_c");
	keys_cache(test, &other, c, "c", "bob");
	keys_expect(test, &other, NULL, "bob");
	keys_expect(test, u, NULL, NULL);

	/* A collection, a cache in a collection of ours. */
	KUNIT_ASSERT_EQ(test, 0, key_link(u->session, c));
	keys_expect(test, u, NULL, NULL);
	keys_expect(test, u, "KEYRING:session:c", NULL);
	key_unlink(u->session, c);
	mine = keys_ring(test, u, u->session, "_krb_c");
	keys_cache(test, &other, mine, "c", "bob");
	keys_expect(test, u, NULL, NULL);
	keys_expect_of(test, u, NULL, "bob", NULL);

	/* The whole session, as after su. */
	u->cred->session_keyring = key_get(other.session);
	keys_expect(test, u, NULL, NULL);
	key_put(other.session);
	u->cred->session_keyring = u->session;

	/* Another user's persistent keyring, asked for by number. */
	if (keys_user_persistent_ring(test, &other)) {
		keys_cache(test, &other,
			   keys_ring(test, &other, other.persistent, "_krb"),
			   "4343", "bob");
		keys_expect(test, &other, "KEYRING:persistent:4343", "bob");
		keys_expect(test, u, "KEYRING:persistent:4343", NULL);
		keys_expect(test, u, "KEYRING:persistent:0", NULL);
	}
	keys_user_exit(&other);
}

/* Garbage at each place: the cache is refused, or does without the key. */
static void ccache_garbage(struct kunit *test)
{
	static const struct {
		const char *desc;
		bool fatal;
	} places[] = {
		{ KRB5_KEYRING_PRINCIPAL, true },
		{ KRB5_KEYRING_OFFSETS, true },
		{ "junk@" KEYS_REALM, false },
	};
	struct testlib_lcg lcg = { 7 };
	struct keys_user *u = me(test);
	struct key *c = keys_ring(test, u, u->session, "_krb_c"), *cache;
	unsigned int i, round, count = 0;
	u8 bytes[200];

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		for (round = 0; round < 40; round++) {
			size_t len = 1 + testlib_lcg_below(&lcg, sizeof(bytes));

			if (len == 8)
				len = 9;	/* any offset is one */
			testlib_lcg_fill(&lcg, bytes, len);
			cache = keys_cache(test, u, c, "c", "alice");
			keys_add(u, cache, "user", places[i].desc, bytes, len);
			keys_expect(test, u, NULL,
				    places[i].fatal ? NULL : "alice");
			key_unlink(c, cache);
			count++;
		}
	}
	keys_cache(test, u, c, "c", "alice");
	for (round = 0; round < 40; round++, count++) {
		testlib_lcg_fill(&lcg, bytes, sizeof(bytes));
		keys_add(u, c, "user", KRB5_KEYRING_PRIMARY, bytes,
			 1 + round * 4);
		keys_expect(test, u, NULL, NULL);
	}
	testlib_counted(test, count);
}

/* Keys of no use, each once in all of the keyrings. */
static void add_many(struct kunit *test, struct key *const rings[],
		     unsigned int ring_count, unsigned int count)
{
	struct key *key;
	char desc[32];
	unsigned int i, j;

	for (i = 0; i < count; i++) {
		snprintf(desc, sizeof(desc), "%u", i);
		key = keys_add(me(test), rings[0], "user", desc, "x", 1);
		KUNIT_ASSERT_NOT_NULL(test, key);
		for (j = 1; j < ring_count; j++)
			KUNIT_ASSERT_EQ(test, 0, key_link(rings[j], key));
	}
}

/* Too many keys are refused; what is below works. */
static void ccache_huge(struct kunit *test)
{
	struct keys_user *u = me(test);
	struct key *c = keys_ring(test, u, u->session, "_krb_c");
	struct key *cache = keys_cache(test, u, c, "c", "alice");
	struct key *const rings[] = { cache, c, u->session };

	/* With the principal and the ticket the cache has as many as it may. */
	add_many(test, rings, ARRAY_SIZE(rings), KEYS_MAX_MEMBERS - 2);
	keys_expect_of(test, u, "KEYRING:session:c", "bob", NULL);
	keys_ring(test, u, u->session, "one");
	keys_expect(test, u, NULL, "alice");
	keys_ring(test, u, u->session, "two");
	keys_expect(test, u, NULL, NULL);
	keys_expect(test, u, "KEYRING:session:c", "alice");
	keys_ring(test, u, cache, "one");
	keys_expect(test, u, "KEYRING:session:c", NULL);
	testlib_counted(test, KEYS_MAX_MEMBERS);
}

/* Bytes of good tickets, more than a cache may have. */
static void ccache_many_bytes(struct kunit *test)
{
	const struct keys_ticket ticket = {
		.client = "alice", .server = "host", .endtime = keys_later(),
	};
	const unsigned int few = SSPI_MAX_CCACHE / 32000 - 1;
	struct keys_user *u = me(test);
	struct key *c = keys_ring(test, u, u->session, "_krb_c");
	struct key *cache = keys_cache(test, u, c, "c", "alice");
	size_t len, room = 32000;
	u8 *bytes = kunit_kzalloc(test, room, GFP_KERNEL);
	char desc[32];
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, bytes);
	len = keys_put_ticket(bytes, &ticket);
	/* The length of the second ticket is the last of it. */
	bytes[len - 2] = (room - len) >> 8;
	bytes[len - 1] = (room - len) & 0xff;
	for (i = 0; i < few + 2; i++) {
		snprintf(desc, sizeof(desc), "%u", i);
		KUNIT_ASSERT_NOT_NULL(test, keys_add(u, cache, "user", desc,
						     bytes, room));
		if (i + 1 == few)
			keys_expect(test, u, NULL, "alice");
	}
	keys_expect(test, u, NULL, NULL);
	testlib_counted(test, i);
}

/* A ticket in a key of the type that keeps large ones. */
static void ccache_big_key(struct kunit *test)
{
	const struct keys_ticket ticket = {
		.client = "alice", .server = "host", .endtime = keys_later(),
	};
	struct keys_user *u = me(test);
	struct key *c = keys_ring(test, u, u->session, "_krb_c");
	struct key *cache = keys_cache(test, u, c, "c", "alice");
	u8 *bytes = kunit_kzalloc(test, KEYS_MOST_PAYLOAD, GFP_KERNEL);
	struct key *key;
	size_t len;

	KUNIT_ASSERT_NOT_NULL(test, bytes);
	len = keys_put_ticket(bytes, &ticket);
	keys_add(u, cache, "user", "host@" KEYS_REALM, "gone", 4);
	keys_expect(test, u, NULL, NULL);
	key = keys_add(u, cache, "big_key", "host@" KEYS_REALM, bytes, len);
	if (!key) {
		kunit_info(test, "this kernel has no type big_key\n");
		return;
	}
	keys_expect(test, u, NULL, "alice");
}

/* Each allocation fails in turn: the caller is told, nothing is lost. */
static void ccache_faults(struct kunit *test)
{
	struct keys_user *u = me(test);
	struct key *c = keys_ring(test, u, u->session, "_krb_c");
	sec_status_t status = SEC_E_OK;
	unsigned int nth;
	char name[64];

	keys_cache(test, u, c, "c", "alice");
	keys_cache(test, u, c, "x", "bob");
	for (nth = 1; nth < MOST_ALLOCATIONS; nth++) {
		sspi_fault_at(nth);
		status = keys_acquire_tickets(u, NULL, "bob", name,
					      sizeof(name));
		if (!sspi_fault_hit())
			break;
		if (status == SEC_E_OK)		/* it was the query's */
			KUNIT_EXPECT_STREQ(test, name, "?");
		else
			SSPI_EXPECT_STATUS(test, status,
					   SEC_E_INSUFFICIENT_MEMORY);
	}
	sspi_fault_at(0);
	SSPI_EXPECT_STATUS(test, status, SEC_E_OK);
	KUNIT_EXPECT_LT(test, nth, (unsigned int)MOST_ALLOCATIONS);
	KUNIT_EXPECT_GT(test, nth, 10U);
	kunit_info(test, "%u allocations failed\n", nth - 1);
}

/* Bytes and a name of the same thing are refused before anything is queued. */
static void given_twice(struct kunit *test)
{
	static const u8 bytes[4];
	static const struct sspi_auth_identity id = { .user = "u" };
	const struct sspi_acquire_args twice[] = {
		{ .ccache = TESTLIB_SPAN(bytes), .ccache_name = "KEYRING:c" },
		{ .keytab = TESTLIB_SPAN(bytes), .keytab_key = "k" },
		{ .identity = &id, .identity_key = "k" },
		{ .accounts = &id, .account_count = 1, .accounts_key = "k" },
	};
	char name[8];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(twice); i++) {
		struct sspi_acquire_args args = twice[i];

		args.package = "Kerberos";
		args.cred_use = SECPKG_CRED_OUTBOUND;
		SSPI_EXPECT_STATUS(test,
				   keys_acquire(me(test), &args, name,
						sizeof(name)),
				   SEC_E_INVALID_PARAMETER);
	}
	testlib_counted(test, i);
}

static struct kunit_case keys_cases[] = {
	KUNIT_CASE(ccache_forms),
	KUNIT_CASE(ccache_bad_names),
	KUNIT_CASE(ccache_default_order),
	KUNIT_CASE(ccache_principal),
	KUNIT_CASE(ccache_passed_over),
	KUNIT_CASE(ccache_time_offset),
	KUNIT_CASE(ccache_expired_and_revoked),
	KUNIT_CASE(ccache_of_others),
	KUNIT_CASE(ccache_garbage),
	KUNIT_CASE(ccache_huge),
	KUNIT_CASE(ccache_many_bytes),
	KUNIT_CASE(ccache_big_key),
	KUNIT_CASE(ccache_faults),
	KUNIT_CASE(given_twice),
	{}
};

static struct kunit_suite keys_suite = {
	.name = "sspi_keys",
	.init = keys_init,
	.exit = keys_exit,
	.test_cases = keys_cases,
};

kunit_test_suites(&keys_suite);
