// SPDX-License-Identifier: GPL-2.0-only
/* Packages by name: which module a name stands for, and who may load one. */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/sspi.h>
#include <linux/string.h>

#include "core/autoload.h"
#include "core/internal.h"
#include "kunit/core/fake_package.h"
#include "kunit/support/testlib.h"

#define LATE_NAME	"Late"		/* comes while it is waited for */
#define WAIT_MS		20000

static const struct {
	const char *name;
	const char *alias;	/* NULL: none */
} names[] = {
	{ "NTLM", SSPI_PACKAGE_ALIAS "ntlm" },
	{ "Kerberos", SSPI_PACKAGE_ALIAS "kerberos" },
	{ "x", SSPI_PACKAGE_ALIAS "x" },
	{ "smb3-test", SSPI_PACKAGE_ALIAS "smb3-test" },
	{ "9p", SSPI_PACKAGE_ALIAS "9p" },
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
					     alias[sizeof(SSPI_PACKAGE_ALIAS)]));
	}
	KUNIT_EXPECT_EQ(test, good, 2 * 26 + 10 + 1);
}

/* One that fits, one that is a byte longer, and one without an end. */
static void alias_of_a_long_name(struct kunit *test)
{
	char name[2 * MODULE_NAME_LEN], alias[MODULE_NAME_LEN];
	const size_t most = sizeof(alias) - sizeof(SSPI_PACKAGE_ALIAS);

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

/* What Negotiate, and another package, is given, and the modules that it wants. */
static const struct {
	const char *package;
	const char *packages;
	const char *want;	/* without the prefix, in order */
} lists[] = {
	{ "Negotiate", "toys", "toys" },
	{ "negotiate", "toys,!ntlm", "toys" },
	{ "Negotiate", "!ntlm , TOYS\t,kerberos", "toys" },
	{ "Negotiate", "one,two , three", "one two three" },
	{ "Negotiate", "toys,Toys,TOYS", "toys" },
	{ "Negotiate", "a1,a2,a3,a4,a5,a6,a7,a8,a9", "a1 a2 a3 a4 a5 a6 a7 a8" },
	{ "Negotiate", "ntlm,kerberos,negotiate", "" },
	{ "Negotiate", "!toys", "" },
	{ "Negotiate", "toys,!toys", "" },
	{ "Negotiate", "! Toys,toys", "" },
	{ "Negotiate", "toys,!toy", "toys" },
	{ "Negotiate", "toys,,ntlm", "" },
	{ "Negotiate", "toys,", "toys" },
	{ "Negotiate", "toys,!", "" },
	{ "Negotiate", "../evil,a b,a%s,-x,caf\xc3\xa9,a_b", "" },
	{ "Negotiate", "", "" },
	{ "Negotiate", NULL, "" },
	{ "NTLM", "toys", "" },
	{ "toys", NULL, "toys" },
	{ "toys", "one,two", "toys" },
	{ "a/b", "one", "" },
};

static void wanted_of_a_list(struct kunit *test)
{
	u32 i, j;

	if (!IS_ENABLED(CONFIG_SSPI_NEGOTIATE))
		kunit_skip(test, "no package that takes a list");
	for (i = 0; i < ARRAY_SIZE(lists); i++) {
		const struct sspi_acquire_args args = {
			.package = lists[i].package,
			.packages = lists[i].packages,
		};
		char got[128] = "";
		sec_status_t status;
		struct sspi_load *load = sspi_load_make(NULL, &args, &status);

		SSPI_EXPECT_STATUS(test, status, SEC_E_OK);
		KUNIT_EXPECT_EQ(test, !load, !*lists[i].want);
		for (j = 0; load && j < load->count; j++) {
			strlcat(got, load->alias[j] + strlen(SSPI_PACKAGE_ALIAS),
				sizeof(got));
			if (j + 1 < load->count)
				strlcat(got, " ", sizeof(got));
		}
		KUNIT_EXPECT_STREQ_MSG(test, got, lists[i].want, "%s: %s",
				       lists[i].package, lists[i].packages);
		sspi_load_put(load);
	}
	testlib_counted(test, i);
}

/* A name too long for an alias, in the middle of a list. */
static void long_name_in_a_list(struct kunit *test)
{
	char list[2 * MODULE_NAME_LEN];
	const struct sspi_acquire_args args = {
		.package = "Negotiate", .packages = list,
	};
	struct sspi_load *load;
	sec_status_t status;

	if (!IS_ENABLED(CONFIG_SSPI_NEGOTIATE))
		kunit_skip(test, "no package that takes a list");
	memset(list, 'n', sizeof(list));
	strscpy(list + MODULE_NAME_LEN, ",toys", sizeof("toys,"));
	load = sspi_load_make(NULL, &args, &status);
	KUNIT_ASSERT_NOT_NULL(test, load);
	KUNIT_EXPECT_EQ(test, load->count, 1U);
	KUNIT_EXPECT_STREQ(test, load->alias[0], SSPI_PACKAGE_ALIAS "toys");
	sspi_load_put(load);
}

/* Holds back whoever loads modules, and so a call that waits for one. */
struct holdup {
	struct work_struct work;
	struct completion go;
};

static void hold(struct work_struct *work)
{
	wait_for_completion(&container_of(work, struct holdup, work)->go);
}

static void holdup_begin(struct holdup *holdup)
{
	INIT_WORK_ONSTACK(&holdup->work, hold);
	init_completion(&holdup->go);
	sspi_load_queue(&holdup->work);
}

/* One behind another: when this has run so has what was queued before. */
static void nothing(struct work_struct *work)
{
}

static void holdup_end(struct holdup *holdup)
{
	struct work_struct last;

	complete(&holdup->go);
	flush_work(&holdup->work);
	destroy_work_on_stack(&holdup->work);
	INIT_WORK_ONSTACK(&last, nothing);
	sspi_load_queue(&last);
	flush_work(&last);
	destroy_work_on_stack(&last);
}

/* A package under another name, as if it came from a module. */
static struct sspi_package late_package;
/* 2.999.9, of the arc for examples */
static const u8 late_oid[] = { 0x88, 0x37, 0x09 };
static const struct sspi_span late_mechs[] = {
	{ .data = late_oid, .len = sizeof(late_oid) }, {}
};

static void late_comes(struct kunit *test)
{
	late_package = fake_package;
	strscpy(late_package.info.name, LATE_NAME,
		sizeof(late_package.info.name));
	late_package.mechs = late_mechs;
	SSPI_ASSERT_STATUS(test,
			   sspi_register_security_package(&late_package),
			   SEC_E_OK);
}

static void count(struct sspi_async_context *actx, void *data)
{
	atomic_inc(data);
}

static sec_status_t submit(struct sspi_async_context *actx, const char *package,
			   struct sspi_cred_handle *cred)
{
	const struct sspi_acquire_args args = {
		.package = package,
		.cred_use = SECPKG_CRED_OUTBOUND,
	};

	return sspi_acquire_credentials_handle_async(actx, &args, cred, NULL);
}

/* The call is queued although there is no such package, and ends with that. */
static void looked_for_later(struct kunit *test)
{
	struct sspi_async_context *actx = sspi_create_async_context();
	struct sspi_cred_handle cred = {};

	KUNIT_ASSERT_NOT_NULL(test, actx);
	SSPI_EXPECT_STATUS(test, submit(actx, "no-such-package-9", &cred),
			   SEC_E_OK);
	SSPI_EXPECT_STATUS(test, sspi_wait_async_call(actx, WAIT_MS),
			   SEC_E_SECPKG_NOT_FOUND);
	KUNIT_EXPECT_EQ(test, cred.lower | cred.upper, 0UL);
	sspi_free_async_context(actx);
}

/* Where no program may be waited for nothing is queued. */
static void not_looked_for(struct kunit *test)
{
	struct sspi_async_context *actx = sspi_create_async_context();
	struct sspi_cred_handle cred = {};
	unsigned int flags;

	KUNIT_ASSERT_NOT_NULL(test, actx);
	flags = memalloc_nofs_save();
	SSPI_EXPECT_STATUS(test, submit(actx, "no-such-package-9", &cred),
			   SEC_E_SECPKG_NOT_FOUND);
	memalloc_nofs_restore(flags);
	SSPI_EXPECT_STATUS(test, submit(actx, "no/such", &cred),
			   SEC_E_SECPKG_NOT_FOUND);
	SSPI_EXPECT_STATUS(test, sspi_get_async_call_status(actx),
			   SEC_E_INVALID_HANDLE);
	sspi_free_async_context(actx);
}

/* The package comes while the call waits: it has a credential of it. */
static void late_is_found(struct kunit *test, struct sspi_async_context *actx,
			  struct holdup *holdup, struct sspi_cred_handle *cred)
{
	late_comes(test);
	holdup_end(holdup);
	SSPI_EXPECT_STATUS(test, sspi_wait_async_call(actx, WAIT_MS), SEC_E_OK);
	KUNIT_EXPECT_EQ(test, atomic_read(&fake_ctl.cred_live), 1);
	SSPI_EXPECT_STATUS(test, sspi_free_credentials_handle(cred), SEC_E_OK);
	sspi_free_async_context(actx);
	sspi_unregister_security_package(&late_package);
}

static void comes_while_waited_for(struct kunit *test)
{
	struct sspi_async_context *actx = sspi_create_async_context();
	struct sspi_cred_handle cred = {};
	struct holdup holdup;

	KUNIT_ASSERT_NOT_NULL(test, actx);
	fake_reset();
	holdup_begin(&holdup);
	SSPI_EXPECT_STATUS(test, submit(actx, LATE_NAME, &cred), SEC_E_OK);
	/* No worker has the call meanwhile. */
	sspi_call_flush();
	KUNIT_EXPECT_EQ(test, (u8)SSPI_TRACKER_PARKED, actx->state);
	late_is_found(test, actx, &holdup, &cred);
}

/* A list is read when what it names is there. */
static void listed_while_waited_for(struct kunit *test)
{
	struct sspi_async_context *actx = sspi_create_async_context();
	const struct sspi_acquire_args args = {
		.package = "Negotiate",
		.packages = "late,!ntlm",
		.cred_use = SECPKG_CRED_OUTBOUND,
	};
	struct sspi_cred_handle cred = {};
	struct holdup holdup;

	if (!IS_ENABLED(CONFIG_SSPI_NEGOTIATE))
		kunit_skip(test, "no package that takes a list");
	KUNIT_ASSERT_NOT_NULL(test, actx);
	fake_reset();
	holdup_begin(&holdup);
	SSPI_EXPECT_STATUS(test,
			   sspi_acquire_credentials_handle_async(actx, &args,
								 &cred, NULL),
			   SEC_E_OK);
	late_is_found(test, actx, &holdup, &cred);
}

/* Taken back while it waits: once, at once, and nothing comes after it. */
static void cancelled_while_waiting(struct kunit *test)
{
	struct sspi_async_context *actx = sspi_create_async_context();
	struct sspi_cred_handle cred = {};
	struct holdup holdup;
	atomic_t called = ATOMIC_INIT(0);

	KUNIT_ASSERT_NOT_NULL(test, actx);
	fake_reset();
	sspi_set_async_notify_callback(actx, count, &called);
	holdup_begin(&holdup);
	SSPI_EXPECT_STATUS(test, submit(actx, LATE_NAME, &cred), SEC_E_OK);
	sspi_call_flush();
	KUNIT_EXPECT_TRUE(test, sspi_cancel_async_call(actx));
	SSPI_EXPECT_STATUS(test, sspi_get_async_call_status(actx),
			   SSPI_E_CANCELLED);
	KUNIT_EXPECT_FALSE(test, sspi_cancel_async_call(actx));
	late_comes(test);
	holdup_end(&holdup);
	sspi_call_flush();
	KUNIT_EXPECT_EQ(test, atomic_read(&called), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&fake_ctl.cred_live), 0);
	KUNIT_EXPECT_EQ(test, cred.lower | cred.upper, 0UL);
	sspi_free_async_context(actx);
	sspi_unregister_security_package(&late_package);
}

static void deadline_while_waiting(struct kunit *test)
{
	struct sspi_async_context *actx = sspi_create_async_context();
	struct sspi_cred_handle cred = {};
	struct holdup holdup;
	atomic_t called = ATOMIC_INIT(0);

	KUNIT_ASSERT_NOT_NULL(test, actx);
	sspi_set_async_notify_callback(actx, count, &called);
	sspi_set_async_timeout(actx, 20);
	holdup_begin(&holdup);
	SSPI_EXPECT_STATUS(test, submit(actx, LATE_NAME, &cred), SEC_E_OK);
	SSPI_EXPECT_STATUS(test, sspi_wait_async_call(actx, WAIT_MS),
			   SSPI_E_TIMEOUT);
	holdup_end(&holdup);
	sspi_call_flush();
	KUNIT_EXPECT_EQ(test, atomic_read(&called), 1);
	sspi_free_async_context(actx);
}

/* Who frees the tracker has its memory back, whatever is being loaded. */
static void freed_while_waiting(struct kunit *test)
{
	struct sspi_async_context *actx = sspi_create_async_context();
	struct sspi_cred_handle *cred = kzalloc(sizeof(*cred), GFP_KERNEL);
	struct holdup holdup;

	KUNIT_ASSERT_NOT_NULL(test, actx);
	KUNIT_ASSERT_NOT_NULL(test, cred);
	fake_reset();
	holdup_begin(&holdup);
	SSPI_EXPECT_STATUS(test, submit(actx, LATE_NAME, cred), SEC_E_OK);
	sspi_free_async_context(actx);
	kfree(cred);
	late_comes(test);
	holdup_end(&holdup);
	sspi_call_flush();
	KUNIT_EXPECT_EQ(test, atomic_read(&fake_ctl.cred_live), 0);
	sspi_unregister_security_package(&late_package);
}

#define RACES	40

/*
 * Cancel against the end of the wait, over and over: one of them wins. It comes
 * later when it has won, and sooner when it has lost.
 */
static void cancel_against_the_end(struct kunit *test)
{
	struct sspi_cred_handle cred = {};
	struct testlib_lcg lcg = { .state = 1 };
	unsigned int i, won = 0, lost = 0, usecs = 50;

	for (i = 0; i < RACES; i++) {
		struct sspi_async_context *actx = sspi_create_async_context();
		struct holdup holdup;
		bool cancelled;

		KUNIT_ASSERT_NOT_NULL(test, actx);
		holdup_begin(&holdup);
		SSPI_EXPECT_STATUS(test, submit(actx, LATE_NAME, &cred),
				   SEC_E_OK);
		complete(&holdup.go);
		fsleep(testlib_lcg_below(&lcg, 2 * usecs));
		cancelled = sspi_cancel_async_call(actx);
		usecs = cancelled ? usecs + usecs / 2 : usecs - usecs / 4;
		usecs = clamp(usecs, 50U, 1000000U);
		SSPI_EXPECT_STATUS(test, sspi_wait_async_call(actx, WAIT_MS),
				   cancelled ? SSPI_E_CANCELLED :
					       SEC_E_SECPKG_NOT_FOUND);
		won += cancelled;
		lost += !cancelled;
		holdup_end(&holdup);
		sspi_free_async_context(actx);
	}
	kunit_info(test, "cancel won %u, lost %u\n", won, lost);
	KUNIT_EXPECT_GT(test, won, 0U);
	KUNIT_EXPECT_GT(test, lost, 0U);
	testlib_counted(test, i);
}

static struct kunit_case autoload_cases[] = {
	KUNIT_CASE(alias_of_a_name),
	KUNIT_CASE(alias_of_a_byte),
	KUNIT_CASE(alias_of_a_long_name),
	KUNIT_CASE(not_while_memory_waits),
	KUNIT_CASE(not_while_a_module_comes_or_goes),
	KUNIT_CASE(none_there),
	KUNIT_CASE(wanted_of_a_list),
	KUNIT_CASE(long_name_in_a_list),
	KUNIT_CASE(looked_for_later),
	KUNIT_CASE(not_looked_for),
	KUNIT_CASE(comes_while_waited_for),
	KUNIT_CASE(listed_while_waited_for),
	KUNIT_CASE(cancelled_while_waiting),
	KUNIT_CASE(deadline_while_waiting),
	KUNIT_CASE(freed_while_waiting),
	KUNIT_CASE(cancel_against_the_end),
	{}
};

static struct kunit_suite autoload_suite = {
	.name = "sspi_autoload",
	.test_cases = autoload_cases,
};

kunit_test_suite(autoload_suite);
