// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counts with spares: a limit holds to the last one wherever what it counts is
 * taken and given back, and of an object the last reference is seen, once.
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/smp.h>

#include "core/ref.h"
#include "kunit/support/testlib.h"

#define THREADS		4
#define QUOTA_INDEX	3
#define QUOTA_LIMIT	100
#define REF_OBJECTS	256
#define REF_ROOM	(3 * SSPI_SPARES_BATCH)

struct counted {
	struct sspi_quota quota;
	struct sspi_spares spares[SSPI_SPARES_SLOTS];
};

static struct sspi_quota *new_quota(struct kunit *test)
{
	struct counted *counted = kunit_kzalloc(test, sizeof(*counted),
						GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, counted);
	sspi_quota_init(&counted->quota, counted->spares, QUOTA_INDEX);
	return &counted->quota;
}

struct order {
	struct sspi_quota *quota;
	unsigned int limit;
	unsigned int most;
};

/* How many of at most @most there are to have. */
static int take_here(void *data)
{
	struct order *order = data;
	unsigned int taken = 0;

	while (taken < order->most &&
	       sspi_quota_take(order->quota, order->limit))
		taken++;
	return taken;
}

static int give_here(void *data)
{
	struct order *order = data;
	unsigned int given;

	for (given = 0; given < order->most; given++)
		sspi_quota_give(order->quota);
	return 0;
}

static int on_cpu(unsigned int cpu, int (*fn)(void *), struct order order)
{
	return smp_call_on_cpu(cpu, fn, &order, false);
}

/* Taken on one CPU, given back on the next, and all to be had on the first. */
static void limit_is_exact(struct kunit *test)
{
	static const unsigned int limits[] = {
		0, 1, 2, 3, 31, 32, 33, 63, 64, 65, 127, 128, 129, 1000,
	};
	unsigned int i, cpu, next, count = 0;

	for (i = 0; i < ARRAY_SIZE(limits); i++) {
		struct order order = {
			.quota = new_quota(test),
			.limit = limits[i],
			.most = limits[i] + 1,
		};

		for_each_online_cpu(cpu) {
			next = cpumask_next(cpu, cpu_online_mask);
			if (next >= nr_cpu_ids)
				next = cpumask_first(cpu_online_mask);
			KUNIT_ASSERT_EQ(test, limits[i],
					on_cpu(cpu, take_here, order));
			KUNIT_ASSERT_EQ(test, 0,
					on_cpu(next, take_here, order));
			order.most = limits[i];
			on_cpu(next, give_here, order);
			order.most = limits[i] + 1;
			count++;
		}
	}
	testlib_counted(test, count);
}

/* What was given back stands in the spares, which are no room. */
static void lowered_limit_holds(struct kunit *test)
{
	struct order order = {
		.quota = new_quota(test), .limit = 1000, .most = 40,
	};

	KUNIT_ASSERT_EQ(test, 40, take_here(&order));
	order.most = 30;
	give_here(&order);
	KUNIT_EXPECT_FALSE(test, sspi_quota_take(order.quota, 9));
	KUNIT_EXPECT_FALSE(test, sspi_quota_take(order.quota, 10));
	KUNIT_EXPECT_TRUE(test, sspi_quota_take(order.quota, 11));
	KUNIT_EXPECT_FALSE(test, sspi_quota_take(order.quota, 11));
	KUNIT_EXPECT_TRUE(test, sspi_quota_take(order.quota, UINT_MAX));
}

struct crowd {
	struct sspi_quota *quota;
	struct object *objects;
	unsigned int current_object;
	atomic_t used;
	atomic_t rounds;
	atomic_t refused;
	atomic_t wrong;
	bool stop;
	struct completion done;
};

static void quota_return(struct crowd *crowd, unsigned int *mine)
{
	for (; *mine; (*mine)--) {
		atomic_dec(&crowd->used);
		sspi_quota_give(crowd->quota);
	}
}

static int quota_loop(void *data)
{
	struct crowd *crowd = data;
	unsigned int mine = 0;

	while (!READ_ONCE(crowd->stop)) {
		if (get_random_u32() % 64) {
			if (!sspi_quota_take(crowd->quota, QUOTA_LIMIT)) {
				atomic_inc(&crowd->refused);
			} else {
				mine++;
				if (atomic_inc_return(&crowd->used) > QUOTA_LIMIT)
					atomic_inc(&crowd->wrong);
			}
		} else {
			quota_return(crowd, &mine);
		}
		atomic_inc(&crowd->rounds);
		cond_resched();
	}
	quota_return(crowd, &mine);
	complete(&crowd->done);
	return 0;
}

static unsigned int crowd_start(struct crowd *crowd, int (*fn)(void *))
{
	struct task_struct *task;
	unsigned int i, started = 0;

	init_completion(&crowd->done);
	for (i = 0; i < THREADS; i++) {
		task = kthread_run(fn, crowd, "sspi-ref-%u", i);
		if (!IS_ERR(task))
			started++;
	}
	return started;
}

static void crowd_stop(struct crowd *crowd, unsigned int started)
{
	WRITE_ONCE(crowd->stop, true);
	while (started--)
		wait_for_completion(&crowd->done);
}

static void limit_holds_in_a_race(struct kunit *test)
{
	struct crowd crowd = { .quota = new_quota(test) };
	struct order order = {
		.quota = crowd.quota,
		.limit = QUOTA_LIMIT,
		.most = QUOTA_LIMIT + 1,
	};
	unsigned int started = crowd_start(&crowd, quota_loop);

	msleep(1000);
	crowd_stop(&crowd, started);
	KUNIT_EXPECT_EQ(test, THREADS, started);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&crowd.wrong));
	KUNIT_EXPECT_GT(test, atomic_read(&crowd.refused), 0);
	KUNIT_EXPECT_EQ(test, QUOTA_LIMIT, take_here(&order));
	testlib_counted(test, atomic_read(&crowd.rounds));
}

struct object {
	struct sspi_ref ref;
	struct sspi_spares spares[SSPI_SPARES_SLOTS];
	atomic_t freed;
};

static int get_here(void *data)
{
	struct object *object = data;
	unsigned int i;

	for (i = 0; i < REF_ROOM; i++)
		sspi_ref_hold(&object->ref);
	return 0;
}

static int put_here(void *data)
{
	struct object *object = data;
	unsigned int i;

	for (i = 0; i < REF_ROOM; i++)
		if (sspi_ref_put(&object->ref))
			atomic_inc(&object->freed);
	return 0;
}

/* References taken on each CPU and dropped on the next, before and after. */
static void last_put_is_seen(struct kunit *test)
{
	struct object *object = kunit_kzalloc(test, sizeof(*object),
					      GFP_KERNEL);
	unsigned int cpu, killed, count = 0;

	KUNIT_ASSERT_NOT_NULL(test, object);
	for (killed = 0; killed < 2; killed++) {
		memset(object, 0, sizeof(*object));
		sspi_ref_init(&object->ref, object->spares);
		for_each_online_cpu(cpu)
			smp_call_on_cpu(cpu, get_here, object, false);
		if (killed)
			sspi_ref_kill(&object->ref);
		for_each_online_cpu(cpu) {
			smp_call_on_cpu(cpumask_first(cpu_online_mask),
					put_here, object, false);
			count++;
		}
		KUNIT_EXPECT_EQ(test, 0, atomic_read(&object->freed));
		if (!killed)
			sspi_ref_kill(&object->ref);
		KUNIT_EXPECT_TRUE(test, sspi_ref_get(&object->ref));
		KUNIT_EXPECT_FALSE(test, sspi_ref_put(&object->ref));
		KUNIT_EXPECT_TRUE(test, sspi_ref_put(&object->ref));
		KUNIT_EXPECT_FALSE(test, sspi_ref_get(&object->ref));
	}
	testlib_counted(test, count);
}

static int ref_loop(void *data)
{
	struct crowd *crowd = data;

	while (!READ_ONCE(crowd->stop)) {
		struct object *object =
			&crowd->objects[READ_ONCE(crowd->current_object)];
		unsigned int held = 0;

		while (held < 1 + get_random_u32() % REF_ROOM &&
		       sspi_ref_get(&object->ref))
			held++;
		if (held && atomic_read(&object->freed))
			atomic_inc(&crowd->wrong);
		for (; held; held--)
			if (sspi_ref_put(&object->ref))
				atomic_inc(&object->freed);
		atomic_inc(&crowd->rounds);
		cond_resched();
	}
	complete(&crowd->done);
	return 0;
}

static void last_put_is_seen_in_a_race(struct kunit *test)
{
	struct crowd crowd = {};
	unsigned int i, started, freed = 0;

	crowd.objects = kunit_kcalloc(test, REF_OBJECTS, sizeof(*crowd.objects),
				      GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, crowd.objects);
	for (i = 0; i < REF_OBJECTS; i++)
		sspi_ref_init(&crowd.objects[i].ref, crowd.objects[i].spares);
	started = crowd_start(&crowd, ref_loop);
	for (i = 0; i < REF_OBJECTS; i++) {
		struct object *object = &crowd.objects[i];

		WRITE_ONCE(crowd.current_object, i);
		usleep_range(1000, 5000);
		sspi_ref_kill(&object->ref);
		if (sspi_ref_put(&object->ref))
			atomic_inc(&object->freed);
	}
	crowd_stop(&crowd, started);
	for (i = 0; i < REF_OBJECTS; i++)
		freed += atomic_read(&crowd.objects[i].freed) == 1;
	KUNIT_EXPECT_EQ(test, THREADS, started);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&crowd.wrong));
	KUNIT_EXPECT_EQ(test, REF_OBJECTS, freed);
	testlib_counted(test, atomic_read(&crowd.rounds));
}

static struct kunit_case ref_cases[] = {
	KUNIT_CASE(limit_is_exact),
	KUNIT_CASE(lowered_limit_holds),
	KUNIT_CASE(limit_holds_in_a_race),
	KUNIT_CASE(last_put_is_seen),
	KUNIT_CASE(last_put_is_seen_in_a_race),
	{}
};

static struct kunit_suite ref_suite = {
	.name = "sspi_ref",
	.test_cases = ref_cases,
};

kunit_test_suites(&ref_suite);
