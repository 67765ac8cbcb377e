// SPDX-License-Identifier: GPL-2.0-only
/*
 * Races of Negotiate: whole negotiations side by side, also while a package of a
 * third party comes and goes; established contexts that are asked about, handed
 * on and deleted under those who use them.
 */
#include "kunit/negotiate/nego_race.h"

/* Whole negotiations, each of which has to lead where its way leads. */
static int ways_loop(void *data)
{
	struct race *race = data;
	struct nego_race *n = race->priv;
	struct exchange x;
	unsigned int i;

	while (racing(race)) {
		i = (u32)atomic_inc_return(&n->turn) % NEGO_WAYS;
		if (nego_race_acquire(n, &nego_ways[i], &x) == SEC_E_OK &&
		    exchange_negotiate(&x) == SEC_E_OK &&
		    exchange_agreed(&x, nego_ways[i].package) &&
		    exchange_message(&x) == SEC_E_OK)
			atomic_inc(&n->done[i]);
		else
			atomic_inc(&race->callbacks);
		exchange_release(&x);
		atomic_inc(&race->rounds);
	}
	return race_end(race);
}

static bool side_by_side_more(struct race *race)
{
	struct nego_race *n = race->priv;
	unsigned int i;

	for (i = 0; i < NEGO_WAYS; i++)
		if (!atomic_read(&n->done[i]))
			return true;
	return false;
}

static void negotiate_side_by_side(struct kunit *test)
{
	static const race_fn fns[RACE_THREADS] = {
		ways_loop, ways_loop, ways_loop, ways_loop,
	};
	struct race race = { .part = NEGO_PART, .priv = test->priv,
			     .more = side_by_side_more };

	race_run(test, &race, fns, RACE_THREADS);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&race.callbacks));
	KUNIT_EXPECT_FALSE(test, side_by_side_more(&race));
}

/*
 * The two sides may see the package or not, each at its own moment: they agree
 * all the same, on one that both have.
 */
static int toy_loop(void *data)
{
	struct race *race = data;
	struct nego_race *n = race->priv;
	struct exchange x;

	while (racing(race)) {
		if (nego_race_acquire(n, &nego_toy_way, &x) == SEC_E_OK &&
		    exchange_negotiate(&x) == SEC_E_OK) {
			if (exchange_agreed(&x, TOY_NAME))
				atomic_inc(&n->done[0]);
			else if (exchange_agreed(&x, WATCHED_KRB5))
				atomic_inc(&n->done[1]);
			else
				atomic_inc(&race->callbacks);
		} else {
			atomic_inc(&race->callbacks);
		}
		exchange_release(&x);
		atomic_inc(&race->rounds);
	}
	return race_end(race);
}

static bool come_and_go_more(struct race *race)
{
	struct nego_race *n = race->priv;

	return !atomic_read(&n->done[0]) || !atomic_read(&n->done[1]);
}

static void negotiate_packages_come_and_go(struct kunit *test)
{
	static const race_fn fns[RACE_THREADS] = {
		toy_loop, toy_loop, toy_loop, nego_race_come_and_go,
	};
	struct race race = { .part = NEGO_PART, .priv = test->priv,
			     .more = come_and_go_more };

	race_run(test, &race, fns, RACE_THREADS);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&race.callbacks));
	KUNIT_EXPECT_FALSE(test, come_and_go_more(&race));
}

static int replace_loop(void *data)
{
	struct race *race = data;
	struct nego_race *n = race->priv;
	struct exchange fresh, old = { };
	unsigned int i = 0;

	while (racing(race)) {
		i = (i + 1) % NEGO_WAYS;
		if (nego_race_acquire(n, &nego_ways[i], &fresh) == SEC_E_OK &&
		    exchange_negotiate(&fresh) == SEC_E_OK)
			nego_race_show(n, &fresh);
		else
			atomic_inc(&race->callbacks);
		exchange_release(&old);
		old = fresh;
		atomic_inc(&race->rounds);
	}
	exchange_release(&old);
	return race_end(race);
}

static bool used_more(struct race *race)
{
	struct nego_race *n = race->priv;

	return !atomic_read(&n->answers) || !atomic_read(&n->moved);
}

static void negotiate_deleted_while_used(struct kunit *test)
{
	static const race_fn fns[RACE_THREADS] = {
		nego_race_ask, nego_race_ask, replace_loop, replace_loop,
	};
	struct nego_race *n = test->priv;
	struct race race = { .part = NEGO_PART, .priv = n, .more = used_more };

	race_run(test, &race, fns, RACE_THREADS);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&race.callbacks));
	KUNIT_EXPECT_FALSE(test, used_more(&race));
	kunit_info(test, "%d answers, %d moved\n", atomic_read(&n->answers),
		   atomic_read(&n->moved));
}

static struct kunit_case negotiate_race_cases[] = {
	KUNIT_CASE(negotiate_side_by_side),
	KUNIT_CASE(negotiate_packages_come_and_go),
	KUNIT_CASE(negotiate_deleted_while_used),
	{ }
};

static struct kunit_suite negotiate_race_suite = {
	.name = "sspi_negotiate_race",
	.init = nego_race_init,
	.exit = nego_race_exit,
	.test_cases = negotiate_race_cases,
};

kunit_test_suite(negotiate_race_suite);
