// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flights by themselves: no wake-up is lost, whatever comes first, and each that
 * was parked is either resumed or taken away, once.
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/random.h>

#include "core/flight.h"
#include "core/internal.h"
#include "kunit/support/race.h"

/* A step that waits. */
struct waiter {
	struct sspi_question question;
	atomic_t resumed;
};

static void waiter_answered(struct sspi_question *question)
{
	atomic_inc(&container_of(question, struct waiter, question)->resumed);
}

static void waiter_init(struct waiter *w)
{
	*w = (struct waiter){ .question.answered = waiter_answered };
}

static void flight_ends_for_all(struct kunit *test)
{
	struct sspi_flight flight;
	struct waiter w[3], late;
	int i;

	sspi_flight_init(&flight);
	for (i = 0; i < 3; i++) {
		waiter_init(&w[i]);
		KUNIT_EXPECT_TRUE(test, sspi_flight_park(&flight,
							 &w[i].question));
	}
	KUNIT_EXPECT_TRUE(test, sspi_flight_cancel(&flight, &w[1].question));
	KUNIT_EXPECT_FALSE(test, sspi_flight_cancel(&flight, &w[1].question));
	sspi_flight_end(&flight);
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, i != 1, atomic_read(&w[i].resumed));
	KUNIT_EXPECT_FALSE(test, sspi_flight_cancel(&flight, &w[0].question));
	/* Told to wait before the end, and parks only now. */
	waiter_init(&late);
	KUNIT_EXPECT_FALSE(test, sspi_flight_park(&flight, &late.question));
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&late.resumed));
}

static void flight_passes_to_one(struct kunit *test)
{
	struct sspi_flight flight;
	struct waiter w[3];
	int i;

	sspi_flight_init(&flight);
	for (i = 0; i < 2; i++) {
		waiter_init(&w[i]);
		KUNIT_EXPECT_TRUE(test, sspi_flight_park(&flight,
							 &w[i].question));
	}
	sspi_flight_pass(&flight);
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&w[0].resumed));
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&w[1].resumed));
	KUNIT_EXPECT_TRUE(test, sspi_flight_cancel(&flight, &w[1].question));
	/* Nobody is parked: who parks next has it, and only that one. */
	sspi_flight_pass(&flight);
	waiter_init(&w[2]);
	KUNIT_EXPECT_FALSE(test, sspi_flight_park(&flight, &w[2].question));
	KUNIT_EXPECT_TRUE(test, sspi_flight_park(&flight, &w[2].question));
	sspi_flight_end(&flight);
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&w[2].resumed));
}

/* Parks again and again, and takes itself away now and then. */
static int flight_race_park(void *data)
{
	struct race *race = data;
	struct sspi_flight *flight = race->priv;
	struct waiter w;
	bool cancelled;

	while (racing(race)) {
		waiter_init(&w);
		if (!sspi_flight_park(flight, &w.question)) {
			atomic_inc(&race->rounds);
			continue;
		}
		udelay(get_random_u32() % 20);
		cancelled = sspi_flight_cancel(flight, &w.question);
		/* It was one of the two, and the other has not happened. */
		if (cancelled == !!atomic_read(&w.resumed))
			atomic_inc(&race->callbacks);
		atomic_inc(&race->rounds);
		cond_resched();
	}
	return race_end(race);
}

static int flight_race_pass(void *data)
{
	struct race *race = data;

	while (racing(race)) {
		sspi_flight_pass(race->priv);
		udelay(get_random_u32() % 20);
		atomic_inc(&race->rounds);
		cond_resched();
	}
	return race_end(race);
}

static void flight_race_each_once(struct kunit *test)
{
	static const race_fn fns[RACE_THREADS] = {
		flight_race_park, flight_race_park, flight_race_park,
		flight_race_pass,
	};
	struct sspi_flight flight;
	struct race race = { .priv = &flight, .part = 4 };

	sspi_flight_init(&flight);
	race_run(test, &race, fns, RACE_THREADS);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&race.callbacks));
	KUNIT_EXPECT_TRUE(test, list_empty(&flight.waiting));
}

static struct kunit_case flight_cases[] = {
	KUNIT_CASE(flight_ends_for_all),
	KUNIT_CASE(flight_passes_to_one),
	{}
};

static struct kunit_suite flight_suite = {
	.name = "sspi_flight",
	.test_cases = flight_cases,
};

static struct kunit_case flight_race_cases[] = {
	KUNIT_CASE(flight_race_each_once),
	{}
};

static struct kunit_suite flight_race_suite = {
	.name = "sspi_flight_race",
	.test_cases = flight_race_cases,
};

kunit_test_suites(&flight_suite, &flight_race_suite);
