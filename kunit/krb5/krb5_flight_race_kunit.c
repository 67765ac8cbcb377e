// SPDX-License-Identifier: GPL-2.0-only
/*
 * Contexts that wait for each other's tickets, ended in every way while the
 * answers come: none is left waiting, and nothing is left.
 */
#include <linux/delay.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "core/internal.h"
#include "kunit/core/sspi_fixture.h"
#include "kunit/krb5/krb5_legs.h"
#include "kunit/support/race.h"

#define SOME	8

static void end_some(struct krb5_legs *l)
{
	unsigned int i;

	for (i = 0; i < SOME; i++) {
		if (get_random_u32() % 4 == 0)
			udelay(get_random_u32() % 50);
		if (get_random_u32() % 3 == 0)
			krb5_leg_drop(l, i);
		else if (get_random_u32() % 3 == 0)
			sspi_cancel_async_call(l->leg[i].actx);
	}
}

/* Nobody took it away: it has ended by itself, and in a way that can be. */
static bool ended_well(struct krb5_legs *l, unsigned int i)
{
	sec_status_t status;

	if (!l->leg[i].actx)
		return true;
	status = krb5_leg_wait(l, i);
	return status == SEC_I_CONTINUE_NEEDED || status == SSPI_E_CANCELLED ||
	       status == SSPI_E_TIMEOUT ||
	       status == SEC_E_NO_AUTHENTICATING_AUTHORITY;
}

static int flight_race_legs(void *data)
{
	struct krb5_legs *l = kzalloc(sizeof(*l), GFP_KERNEL);
	struct race *race = data;
	unsigned int i;

	while (l && racing(race)) {
		if (krb5_legs_acquire(l) != SEC_E_OK)
			continue;
		for (i = 0; i < SOME; i++)
			if (krb5_leg_submit(l, i, get_random_u32() % 2,
					    get_random_u32() % 4 ? 60000 :
					    1 + get_random_u32() % 5) !=
			    SEC_E_OK)
				krb5_leg_drop(l, i);
		end_some(l);
		if (get_random_u32() % 4 == 0)
			sspi_free_credentials_handle(&l->cred);
		for (i = 0; i < SOME; i++)
			if (!ended_well(l, i))
				atomic_inc(&race->callbacks);
		krb5_legs_release(l);
		atomic_inc(&race->rounds);
		cond_resched();
	}
	kfree(l);
	return race_end(race);
}

static void krb5_flight_race_ends(struct kunit *test)
{
	static const race_fn fns[RACE_THREADS] = {
		flight_race_legs, flight_race_legs, flight_race_legs,
		flight_race_legs,
	};
	struct race race = { .f = test->priv };

	KUNIT_ASSERT_EQ(test, 0, krb5_legs_kdc_init(FAKE_MIXED));
	race_run(test, &race, fns, RACE_THREADS);
	sspi_call_flush();
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&race.callbacks));
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&fake_transport_ctl.open));
	krb5_legs_kdc_exit();
}

static struct kunit_case krb5_flight_race_cases[] = {
	KUNIT_CASE(krb5_flight_race_ends),
	{ }
};

static struct kunit_suite krb5_flight_race_suite = {
	.name = "sspi_krb5_flight_race",
	.init = sspi_fixture_init,
	.exit = sspi_fixture_exit,
	.test_cases = krb5_flight_race_cases,
};

kunit_test_suites(&krb5_flight_race_suite);
