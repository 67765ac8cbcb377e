// SPDX-License-Identifier: GPL-2.0-only
/* Packages by name: which module a name stands for, and who may load one. */
#include <kunit/test.h>
#include <linux/module.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/sspi.h>
#include <linux/string.h>

#include "core/internal.h"
#include "testlib.h"

static const struct {
	const char *name;
	const char *alias;	/* NULL: none */
} names[] = {
	{ "NTLM", "sspi-ntlm" },
	{ "Kerberos", "sspi-kerberos" },
	{ "x", "sspi-x" },
	{ "smb3-test", "sspi-smb3-test" },
	{ "9p", "sspi-9p" },
	{ "" },
	{ "-q" },
	{ "-" },
	{ "a b" },
	{ "a\tb" },
	{ "a\n" },
	{ "../evil" },
	{ "a/b" },
	{ "a.b" },
	{ "a_b" },
	{ "a=b" },
	{ "a%s" },
	{ "a*" },
	{ "a[b]" },
	{ "a;b" },
	{ "a$(b)" },
	{ "caf\xc3\xa9" },
	{ "\x7f" },
};

static void alias_of_a_name(struct kunit *test)
{
	char alias[MODULE_NAME_LEN];
	u32 i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		bool has = sspi_package_alias(names[i].name, alias,
					      sizeof(alias));

		KUNIT_EXPECT_EQ_MSG(test, has, !!names[i].alias, "%s",
				    names[i].name);
		if (has && names[i].alias)
			KUNIT_EXPECT_STREQ(test, alias, names[i].alias);
	}
}

/* Every byte that a name can have: the alphabet, and nothing else. */
static void alias_of_a_byte(struct kunit *test)
{
	char name[] = "a?z", alias[MODULE_NAME_LEN];
	unsigned int c, good = 0;

	for (c = 1; c < 256; c++) {
		name[1] = c;
		if (!sspi_package_alias(name, alias, sizeof(alias)))
			continue;
		good++;
		KUNIT_EXPECT_NOT_NULL(test,
				      strchr("abcdefghijklmnopqrstuvwxyz0123456789-",
					     alias[6]));
	}
	KUNIT_EXPECT_EQ(test, good, 2 * 26 + 10 + 1);
}

/* One that fits, one that is a byte longer, and one without an end. */
static void alias_of_a_long_name(struct kunit *test)
{
	char name[2 * MODULE_NAME_LEN], alias[MODULE_NAME_LEN];
	const size_t most = sizeof(alias) - sizeof("sspi-");

	memset(name, 'n', sizeof(name));
	name[most] = '\0';
	KUNIT_ASSERT_TRUE(test, sspi_package_alias(name, alias,
						   sizeof(alias)));
	KUNIT_EXPECT_EQ(test, strlen(alias), sizeof(alias) - 1);
	name[most] = 'n';
	name[most + 1] = '\0';
	KUNIT_EXPECT_FALSE(test, sspi_package_alias(name, alias,
						    sizeof(alias)));
	memset(name, 'n', sizeof(name));
	KUNIT_EXPECT_FALSE(test, sspi_package_alias(name, alias,
						    sizeof(alias)));
}

static void not_while_memory_waits(struct kunit *test)
{
	unsigned int flags;

	KUNIT_ASSERT_TRUE(test, sspi_package_may_load(NULL));
	flags = memalloc_nofs_save();
	KUNIT_EXPECT_FALSE(test, sspi_package_may_load(NULL));
	memalloc_nofs_restore(flags);
	flags = memalloc_noio_save();
	KUNIT_EXPECT_FALSE(test, sspi_package_may_load(NULL));
	memalloc_noio_restore(flags);
	flags = memalloc_noreclaim_save();
	KUNIT_EXPECT_FALSE(test, sspi_package_may_load(NULL));
	memalloc_noreclaim_restore(flags);
	KUNIT_EXPECT_TRUE(test, sspi_package_may_load(NULL));
}

static void not_while_a_module_comes_or_goes(struct kunit *test)
{
	static const enum module_state states[] = {
		MODULE_STATE_UNFORMED, MODULE_STATE_COMING, MODULE_STATE_GOING,
	};
	struct module *asker = kunit_kzalloc(test, sizeof(*asker), GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, asker);
	for (i = 0; i < ARRAY_SIZE(states); i++) {
		asker->state = states[i];
		KUNIT_EXPECT_FALSE(test, sspi_package_may_load(asker));
	}
	asker->state = MODULE_STATE_LIVE;
	KUNIT_EXPECT_TRUE(test, sspi_package_may_load(asker));
}

/* There is no such module: the answer is what it is without loading. */
static void none_there(struct kunit *test)
{
	struct sspi_acquire_args args = {
		.package = "no-such-package-9",
		.cred_use = SECPKG_CRED_OUTBOUND,
	};
	struct sspi_cred_handle cred = {};

	SSPI_EXPECT_STATUS(test,
			   sspi_acquire_credentials_handle(&args, &cred, NULL),
			   SEC_E_SECPKG_NOT_FOUND);
	args.package = "/no such";
	SSPI_EXPECT_STATUS(test,
			   sspi_acquire_credentials_handle(&args, &cred, NULL),
			   SEC_E_SECPKG_NOT_FOUND);
}

static struct kunit_case autoload_cases[] = {
	KUNIT_CASE(alias_of_a_name),
	KUNIT_CASE(alias_of_a_byte),
	KUNIT_CASE(alias_of_a_long_name),
	KUNIT_CASE(not_while_memory_waits),
	KUNIT_CASE(not_while_a_module_comes_or_goes),
	KUNIT_CASE(none_there),
	{}
};

static struct kunit_suite autoload_suite = {
	.name = "sspi_autoload",
	.test_cases = autoload_cases,
};

kunit_test_suite(autoload_suite);
