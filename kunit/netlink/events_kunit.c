// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events on their way to administrators: what one network namespace posts takes
 * no room of another, and delays it by an event at most. Two queues stand for
 * two namespaces; the last cases post to the one that the suites run in.
 */
#include <kunit/test.h>
#include <linux/preempt.h>
#include <net/net_namespace.h>

#include "event.h"
#include "netlink/netlink.h"
#include "netlink/queue.h"
#include "noio.h"

#define FLOOD	(SSPI_NL_MAX_PENDING + 100)

enum { LOUD, QUIET };

static struct sspi_nl_turns turns = SSPI_NL_TURNS_INIT(turns);
static struct sspi_nl_queue queues[2];

static int events_init(struct kunit *test)
{
	sspi_nl_queue_init(&queues[LOUD]);
	sspi_nl_queue_init(&queues[QUIET]);
	return 0;
}

/* Posts @count events; how many were taken. */
static unsigned int post(struct kunit *test, int which, unsigned int count)
{
	unsigned int taken = 0;

	while (count--) {
		struct sspi_nl_event *e =
			kunit_kzalloc(test, sizeof(*e), GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, e);
		e->id = which;
		taken += sspi_nl_queue_post(&turns, &queues[which], e);
	}
	return taken;
}

/* Whose the next event is; -1 if there is none. */
static int take(void)
{
	struct sspi_nl_event *e = sspi_nl_queue_take(&turns);

	if (!e)
		return -1;
	sspi_nl_queue_done(&turns, &queues[e->id]);
	return e->id;
}

static void events_exit(struct kunit *test)
{
	while (take() >= 0)
		;
}

static u64 dropped(int which)
{
	return atomic64_read(&queues[which].dropped);
}

static void flood_keeps_to_its_namespace(struct kunit *test)
{
	unsigned int left[2] = {};
	int which;

	KUNIT_EXPECT_EQ(test, post(test, LOUD, FLOOD),
			(unsigned int)SSPI_NL_MAX_PENDING);
	KUNIT_EXPECT_EQ(test, post(test, QUIET, 3), 3U);
	KUNIT_EXPECT_EQ(test, dropped(LOUD), (u64)FLOOD - SSPI_NL_MAX_PENDING);
	KUNIT_EXPECT_EQ(test, dropped(QUIET), 0ULL);
	while ((which = take()) >= 0)
		left[which]++;
	KUNIT_EXPECT_EQ(test, left[LOUD], (unsigned int)SSPI_NL_MAX_PENDING);
	KUNIT_EXPECT_EQ(test, left[QUIET], 3U);
	/* there is room again */
	KUNIT_EXPECT_EQ(test, post(test, LOUD, 1), 1U);
}

static void namespaces_take_turns(struct kunit *test)
{
	int i;

	post(test, LOUD, FLOOD);
	KUNIT_EXPECT_EQ(test, take(), (int)LOUD);
	post(test, QUIET, 2);
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, take(), (int)LOUD);
		KUNIT_EXPECT_EQ(test, take(), (int)QUIET);
	}
	KUNIT_EXPECT_EQ(test, take(), (int)LOUD);
	KUNIT_EXPECT_EQ(test, take(), (int)LOUD);
}

/* Events of a namespace stay in their order. */
static void order_within_namespace(struct kunit *test)
{
	struct sspi_nl_event *e[3];
	int i;

	for (i = 0; i < 3; i++) {
		e[i] = kunit_kzalloc(test, sizeof(*e[i]), GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, e[i]);
		sspi_nl_queue_post(&turns, &queues[LOUD], e[i]);
	}
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_PTR_EQ(test, sspi_nl_queue_take(&turns), e[i]);
	KUNIT_EXPECT_NULL(test, sspi_nl_queue_take(&turns));
}

/* Who asks waits neither for another namespace nor for what comes later. */
static void waits_for_its_own(struct kunit *test)
{
	u64 posted;
	int i;

	post(test, LOUD, FLOOD);
	post(test, QUIET, 2);
	posted = sspi_nl_queue_posted(&turns, &queues[QUIET]);
	KUNIT_EXPECT_EQ(test, posted, 2ULL);
	post(test, QUIET, 5);
	for (i = 0; i < 4; i++) {
		KUNIT_EXPECT_FALSE(test,
				   sspi_nl_queue_reached(&turns, &queues[QUIET],
							 posted));
		take();
	}
	KUNIT_EXPECT_TRUE(test, sspi_nl_queue_reached(&turns, &queues[QUIET],
						      posted));
	KUNIT_EXPECT_GT(test, queues[LOUD].count, 200U);
}

/* Taken is not yet delivered. */
static void taken_is_not_delivered(struct kunit *test)
{
	post(test, QUIET, 1);
	KUNIT_EXPECT_NOT_NULL(test, sspi_nl_queue_take(&turns));
	KUNIT_EXPECT_FALSE(test,
			   sspi_nl_queue_reached(&turns, &queues[QUIET], 1));
	sspi_nl_queue_done(&turns, &queues[QUIET]);
	KUNIT_EXPECT_TRUE(test,
			  sspi_nl_queue_reached(&turns, &queues[QUIET], 1));
}

static void post_failures(unsigned int count)
{
	const struct sspi_event event = {
		.kind = SSPI_EVENT_FAILURE,
		.netns = init_net.net_cookie,
		.text[SSPI_TEXT_WHAT] = "test of events",
		.status = SEC_E_INTERNAL_ERROR,
	};

	while (count--)
		sspi_event_post(&event);
}

/*
 * An idle worker is woken on the processor that posts, and cannot run there
 * before the end of the flood. One that has not quite ended may still be
 * elsewhere, hence the tries.
 */
static void flood_is_counted(struct kunit *test)
{
	atomic64_t *lost = &sspi_nl_net(&init_net)->queue.dropped;
	u64 before = atomic64_read(lost);
	int tries;

	for (tries = 0; tries < 100; tries++) {
		sspi_nl_monitor_flush(&init_net);
		preempt_disable();
		post_failures(FLOOD);
		preempt_enable();
		if (atomic64_read(lost) != before)
			break;
	}
	KUNIT_EXPECT_GT(test, (u64)atomic64_read(lost), before);
	sspi_nl_monitor_flush(&init_net);
	before = atomic64_read(lost);
	post_failures(1);
	sspi_nl_monitor_flush(&init_net);
	KUNIT_EXPECT_EQ(test, (u64)atomic64_read(lost), before);
}

/* 9: a consumer that writes dirty pages back does not wait for this. */
static void worker_is_noio(struct kunit *test)
{
	unsigned int before = sspi_noio_counted(SSPI_NOIO_EVENTS).checked;
	struct sspi_noio_count after;

	post_failures(1);
	sspi_nl_monitor_flush(&init_net);
	after = sspi_noio_counted(SSPI_NOIO_EVENTS);
	KUNIT_EXPECT_GT(test, after.checked, before);
	KUNIT_EXPECT_EQ(test, after.outside, 0U);
}

static struct kunit_case events_cases[] = {
	KUNIT_CASE(flood_keeps_to_its_namespace),
	KUNIT_CASE(namespaces_take_turns),
	KUNIT_CASE(order_within_namespace),
	KUNIT_CASE(waits_for_its_own),
	KUNIT_CASE(taken_is_not_delivered),
	KUNIT_CASE(flood_is_counted),
	KUNIT_CASE(worker_is_noio),
	{}
};

static struct kunit_suite events_suite = {
	.name = "sspi_events",
	.init = events_init,
	.exit = events_exit,
	.test_cases = events_cases,
};

kunit_test_suites(&events_suite);
