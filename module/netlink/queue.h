/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events that wait for their delivery: so many of each namespace, and the
 * namespaces take turns. One that floods loses events of its own, and delays
 * the next event of another by one of its own, not by all that wait.
 */
#ifndef _SSPI_NETLINK_QUEUE_H
#define _SSPI_NETLINK_QUEUE_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

struct sspi_nl_event;

#define SSPI_NL_MAX_PENDING	256	/* of a namespace; more are dropped */

/**
 * struct sspi_nl_turns - the queues that have something to deliver
 * @lock: protects @queues, and what is in the queues but their drops
 * @queues: the next one first
 * @done: wakes up when an event is done with
 */
struct sspi_nl_turns {
	spinlock_t lock;
	struct list_head queues;
	wait_queue_head_t done;
};

#define SSPI_NL_TURNS_INIT(name) {					\
	.lock = __SPIN_LOCK_UNLOCKED((name).lock),			\
	.queues = LIST_HEAD_INIT((name).queues),			\
	.done = __WAIT_QUEUE_HEAD_INITIALIZER((name).done),		\
}

/**
 * struct sspi_nl_queue - the events of a namespace
 * @node: in the turns while there are any
 * @events: the oldest first
 * @count: number of them
 * @posted: how many were ever put here
 * @delivered: how many of these are done with
 * @dropped: how many were lost: there was no room, or no memory
 */
struct sspi_nl_queue {
	struct list_head node;
	struct list_head events;
	unsigned int count;
	u64 posted;
	u64 delivered;
	atomic64_t dropped;
};

void sspi_nl_queue_init(struct sspi_nl_queue *queue);
bool sspi_nl_queue_post(struct sspi_nl_turns *turns,
			struct sspi_nl_queue *queue, struct sspi_nl_event *e);
struct sspi_nl_event *sspi_nl_queue_take(struct sspi_nl_turns *turns);
void sspi_nl_queue_done(struct sspi_nl_turns *turns,
			struct sspi_nl_queue *queue);
u64 sspi_nl_queue_posted(struct sspi_nl_turns *turns,
			 struct sspi_nl_queue *queue);
bool sspi_nl_queue_reached(struct sspi_nl_turns *turns,
			   struct sspi_nl_queue *queue, u64 posted);

#endif /* _SSPI_NETLINK_QUEUE_H */
