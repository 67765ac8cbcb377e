// SPDX-License-Identifier: GPL-2.0-only
/* The table of realms: what it takes, what it refuses, what it finds. */
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/inet.h>
#include <linux/module.h>
#include <linux/string.h>
#include <net/net_namespace.h>

#include "kunit/support/testlib.h"
#include "transport/realm.h"

#define REALM	"REALM.TEST"

static struct sspi_realm_server server(const char *host, u16 port)
{
	return (struct sspi_realm_server){
		.realm = REALM,
		.protocols = SSPI_REALM_TCP,
		.host = host,
		.port = port,
	};
}

static int add(const char *host, u16 port)
{
	struct sspi_realm_server s = server(host, port);

	return sspi_realm_add(&init_net, &s);
}

static int del(const char *realm, const char *host, u16 port)
{
	struct sspi_realm_server s = server(host, port);

	s.realm = realm;
	return sspi_realm_del(&init_net, &s);
}

struct seen {
	unsigned int count;
	struct sspi_realm_server last;
};

static int see(const struct sspi_realm_server *s,
	       const struct sspi_server_stats *stats, void *priv)
{
	struct seen *seen = priv;

	seen->count++;
	seen->last = *s;
	return 0;
}

static struct seen look(void)
{
	struct seen seen = {};

	sspi_realm_walk(&init_net, see, &seen);
	return seen;
}

static void realm_exit(struct kunit *test)
{
	del(REALM, NULL, 0);
	KUNIT_EXPECT_EQ(test, 0U, look().count);
}

static void add_and_find(struct kunit *test)
{
	struct seen seen;

	KUNIT_EXPECT_EQ(test, 0U, look().count);
	KUNIT_EXPECT_EQ(test, 0, add("192.0.2.1", 0));
	seen = look();
	KUNIT_ASSERT_EQ(test, 1U, seen.count);
	KUNIT_EXPECT_EQ(test, (u16)88, seen.last.port);
	KUNIT_EXPECT_EQ(test, (u16)AF_INET, (u16)seen.last.addr.ss_family);
	KUNIT_EXPECT_NULL(test, seen.last.host);
	KUNIT_EXPECT_EQ(test, -EEXIST, add("192.0.2.1", 88));
	KUNIT_EXPECT_EQ(test, 0, add("192.0.2.1", 89));
	KUNIT_EXPECT_EQ(test, 0, add("2001:db8::1", 0));
	KUNIT_EXPECT_EQ(test, -EEXIST, add("2001:db8:0::1", 0));
	KUNIT_EXPECT_EQ(test, (u16)AF_INET6,
			(u16)look().last.addr.ss_family);
	KUNIT_EXPECT_EQ(test, 3U, look().count);
}

static void services_apart(struct kunit *test)
{
	struct sspi_realm_server s = server("192.0.2.1", 0);

	KUNIT_EXPECT_EQ(test, 0, sspi_realm_add(&init_net, &s));
	s.service = SSPI_IO_KPASSWD;
	KUNIT_EXPECT_EQ(test, 0, sspi_realm_add(&init_net, &s));
	KUNIT_EXPECT_EQ(test, (u16)464, look().last.port);
	KUNIT_EXPECT_EQ(test, 1, sspi_realm_del(&init_net, &s));
	KUNIT_EXPECT_EQ(test, (u16)88, look().last.port);
}

static void delete_some(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, -ENOENT, del(REALM, NULL, 0));
	add("192.0.2.1", 0);
	add("192.0.2.1", 89);
	add("192.0.2.2", 0);
	KUNIT_EXPECT_EQ(test, -ENOENT, del("realm.test", NULL, 0));
	KUNIT_EXPECT_EQ(test, -ENOENT, del(REALM, "192.0.2.3", 0));
	KUNIT_EXPECT_EQ(test, 1, del(REALM, "192.0.2.1", 89));
	KUNIT_EXPECT_EQ(test, 1, del(REALM, "192.0.2.1", 0));
	KUNIT_EXPECT_EQ(test, 1, del(REALM, NULL, 0));
}

static void names(struct kunit *test)
{
	static const char *const bad[] = {
		"", "-kdc", ".kdc", "kdc example", "kdc/example", "k\xc3\xa4se",
		"1.2.3.4:88",
	};
	int known = IS_REACHABLE(CONFIG_DNS_RESOLVER) ? 0 : -EOPNOTSUPP;
	unsigned int i;

	KUNIT_EXPECT_EQ(test, known, add("kdc.example.test", 0));
	if (!known) {
		KUNIT_EXPECT_EQ(test, -EEXIST, add("KDC.example.test", 0));
		KUNIT_EXPECT_STREQ(test, "kdc.example.test",
				   look().last.host);
		KUNIT_EXPECT_EQ(test, 1, del(REALM, "kdc.EXAMPLE.test", 0));
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_EQ_MSG(test, -EINVAL, add(bad[i], 0), "%s",
				    bad[i]);
}

static void bad_servers(struct kunit *test)
{
	static const char *const realms[] = { NULL, "", "A B", "A\nB", "A\x7f" };
	struct sspi_realm_server s = server("192.0.2.1", 0);
	char longest[SSPI_MAX_REALM_NAME + 2];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(realms); i++) {
		s.realm = realms[i];
		KUNIT_EXPECT_EQ(test, -EINVAL, sspi_realm_add(&init_net, &s));
		KUNIT_EXPECT_EQ(test, -EINVAL, sspi_realm_del(&init_net, &s));
	}
	memset(longest, 'R', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	s.realm = longest;
	KUNIT_EXPECT_EQ(test, -EINVAL, sspi_realm_add(&init_net, &s));
	longest[SSPI_MAX_REALM_NAME] = '\0';
	KUNIT_EXPECT_EQ(test, 0, sspi_realm_add(&init_net, &s));
	KUNIT_EXPECT_EQ(test, 1, sspi_realm_del(&init_net, &s));
	s = server("192.0.2.1", 0);
	s.protocols = 0;
	KUNIT_EXPECT_EQ(test, -EINVAL, sspi_realm_add(&init_net, &s));
	s.protocols = 4;
	KUNIT_EXPECT_EQ(test, -EINVAL, sspi_realm_add(&init_net, &s));
	s = server(NULL, 0);
	KUNIT_EXPECT_EQ(test, -EINVAL, sspi_realm_add(&init_net, &s));
	s.addr.ss_family = AF_UNIX;
	KUNIT_EXPECT_EQ(test, -EINVAL, sspi_realm_add(&init_net, &s));
}

static void limits(struct kunit *test)
{
	struct sspi_realm_server s = server("192.0.2.1", 0);
	char name[16];
	unsigned int i;

	for (i = 0; i < SSPI_MAX_SERVERS; i++)
		KUNIT_EXPECT_EQ(test, 0, add("192.0.2.1", 1000 + i));
	KUNIT_EXPECT_EQ(test, -ENOSPC, add("192.0.2.1", 999));
	KUNIT_EXPECT_EQ(test, SSPI_MAX_SERVERS, del(REALM, NULL, 0));
	s.realm = name;
	for (i = 0; i < SSPI_MAX_REALMS; i++) {
		snprintf(name, sizeof(name), "R%u", i);
		KUNIT_EXPECT_EQ(test, 0, sspi_realm_add(&init_net, &s));
	}
	KUNIT_EXPECT_EQ(test, -ENOSPC, add("192.0.2.1", 0));
	KUNIT_EXPECT_EQ(test, (unsigned int)SSPI_MAX_REALMS, look().count);
	for (i = 0; i < SSPI_MAX_REALMS; i++) {
		snprintf(name, sizeof(name), "R%u", i);
		KUNIT_EXPECT_EQ(test, 1, sspi_realm_del(&init_net, &s));
	}
}

static struct kunit_case realm_cases[] = {
	KUNIT_CASE(add_and_find),
	KUNIT_CASE(services_apart),
	KUNIT_CASE(delete_some),
	KUNIT_CASE(names),
	KUNIT_CASE(bad_servers),
	KUNIT_CASE(limits),
	{}
};

static struct kunit_suite realm_suite = {
	.name = "sspi_realm",
	.exit = realm_exit,
	.test_cases = realm_cases,
};

kunit_test_suites(&realm_suite);
