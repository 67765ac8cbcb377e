// SPDX-License-Identifier: GPL-2.0-only
/*
 * Races of the KDC client: questions asked and taken back from several threads,
 * of servers good and bad, in a realm that changes meanwhile.
 */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/random.h>
#include <net/net_namespace.h>

#include "kunit/transport/kdc_asked.h"
#include "transport/internal.h"

static unsigned int kdc_race_seconds = 2;
module_param(kdc_race_seconds, uint, 0444);
MODULE_PARM_DESC(kdc_race_seconds, "How long the race of questions runs");

#define ASKERS	3

struct kdc_race {
	unsigned long end;
	u16 extra;
	atomic_t asked;
	atomic_t answered;
	atomic_t cancelled;
	atomic_t refused;
	struct completion done;
};

static void race_one(struct kdc_race *race)
{
	struct kdc_asked asked;
	u32 chance = get_random_u32();

	/* Few numbers, so that some are equal. */
	if (kdc_ask(&asked, chance % 8, 1 + chance % 3000)) {
		atomic_inc(&race->refused);
		return;
	}
	atomic_inc(&race->asked);
	if (chance & BIT(20))
		usleep_range(1, 2000);
	if (chance & BIT(21) && sspi_kdc_transport.cancel(&asked.question)) {
		atomic_inc(&race->cancelled);
		return;
	}
	if (kdc_wait(&asked) != -EBUSY)
		atomic_inc(&race->answered);
	sspi_free(asked.question.reply.data);
}

static int ask_loop(void *data)
{
	struct kdc_race *race = data;

	while (time_before(jiffies, race->end)) {
		race_one(race);
		cond_resched();
	}
	complete(&race->done);
	return 0;
}

/* A server that comes and goes. */
static int realm_loop(void *data)
{
	struct kdc_race *race = data;
	struct sspi_realm_server extra = {
		.realm = KDC_REALM, .host = "127.0.0.1", .port = race->extra,
	};

	while (time_before(jiffies, race->end)) {
		kdc_add(SSPI_REALM_BOTH, race->extra);
		usleep_range(1, 3000);
		kdc_stats();
		sspi_realm_del(&init_net, &extra);
		usleep_range(1, 3000);
	}
	complete(&race->done);
	return 0;
}

static void ask_cancel_change(struct kunit *test)
{
	struct kdc_race race = { .extra = kdc_server_dead_port(test, &init_net) };
	struct task_struct *task;
	int started = 0;
	int i;

	sspi_kdc_limits.down_ms = 10;
	sspi_kdc_limits.active = 3;
	sspi_kdc_limits.reply_ms = 200;
	kdc_add_server(test, KDC_STALL, true);
	kdc_add_server(test, KDC_GOOD, false);
	kdc_add_server(test, KDC_DRIP, true);
	kdc_add_server(test, KDC_GOOD, true);
	init_completion(&race.done);
	race.end = jiffies + kdc_race_seconds * HZ;
	for (i = 0; i <= ASKERS; i++) {
		task = kthread_run(i < ASKERS ? ask_loop : realm_loop, &race,
				   "sspi-kdc-%d", i);
		started += !IS_ERR(task);
	}
	KUNIT_EXPECT_EQ(test, ASKERS + 1, started);
	for (i = 0; i < started; i++)
		wait_for_completion(&race.done);
	KUNIT_EXPECT_GT(test, atomic_read(&race.answered), 0);
	KUNIT_EXPECT_GT(test, atomic_read(&race.cancelled), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&race.asked),
			atomic_read(&race.answered) +
			atomic_read(&race.cancelled));
	kunit_info(test, "%d asked, %d answered, %d cancelled, %d refused\n",
		   atomic_read(&race.asked), atomic_read(&race.answered),
		   atomic_read(&race.cancelled), atomic_read(&race.refused));
}

static struct kunit_case kdc_race_cases[] = {
	KUNIT_CASE(ask_cancel_change),
	{}
};

static struct kunit_suite kdc_race_suite = {
	.name = "sspi_kdc_race",
	.init = kdc_test_init,
	.exit = kdc_test_exit,
	.test_cases = kdc_race_cases,
};

kunit_test_suites(&kdc_race_suite);
