// SPDX-License-Identifier: GPL-2.0-only
/* Packages that come and go: who asks for one by name gets no other. */
#include <kunit/test.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/sspi.h>
#include <linux/string.h>

#include "core/internal.h"
#include "kunit/core/fake_package.h"
#include "kunit/support/race.h"
#include "kunit/support/testlib.h"

/* More than there are processors: as one goes another takes its place. */
#define COMERS	3

static struct sspi_package comers[COMERS];
static const char *const comer_names[COMERS] = { "One", "Two", "Three" };

/* Registers and unregisters the one that is this thread's. */
static int come_and_go(void *data)
{
	struct race *race = data;
	int own = atomic_inc_return((atomic_t *)race->priv) - 1;
	struct sspi_package *package = &comers[own % COMERS];

	while (racing(race)) {
		atomic_inc(&race->rounds);
		if (sspi_register_security_package(package) == SEC_E_OK)
			sspi_unregister_security_package(package);
		else
			atomic_inc(&race->callbacks);
	}
	return race_end(race);
}

/* Each way to ask by name; what is wrong is counted. */
static int ask_by_name(void *data)
{
	struct race *race = data;
	struct sec_pkg_info info;
	struct sspi_entry entry;
	u32 i, n;

	while (racing(race)) {
		for (n = 0; n < 1000 * COMERS; n++) {
			i = n % COMERS;
			if (sspi_query_security_package_info(comer_names[i],
							     &info) == SEC_E_OK &&
			    strcmp(info.name, comer_names[i]))
				atomic_inc(&race->callbacks);
			if (!sspi_package_get(comer_names[i], &entry))
				continue;
			if (entry.package != &comers[i])
				atomic_inc(&race->callbacks);
			sspi_package_put(entry.package);
		}
		cond_resched();
	}
	return race_end(race);
}

static void another_in_its_place(struct kunit *test)
{
	static const race_fn fns[] = {
		come_and_go, come_and_go, come_and_go, ask_by_name,
	};
	atomic_t turn = ATOMIC_INIT(0);
	struct race race = { .priv = &turn };
	u32 i;

	for (i = 0; i < COMERS; i++) {
		comers[i] = fake_package;
		strscpy(comers[i].info.name, comer_names[i],
			sizeof(comers[i].info.name));
	}
	race_run(test, &race, fns, ARRAY_SIZE(fns));
	KUNIT_EXPECT_EQ(test, atomic_read(&race.callbacks), 0);
}

static struct kunit_case registry_race_cases[] = {
	KUNIT_CASE(another_in_its_place),
	{}
};

static struct kunit_suite registry_race_suite = {
	.name = "sspi_registry_race",
	.test_cases = registry_race_cases,
};

kunit_test_suites(&registry_race_suite);
