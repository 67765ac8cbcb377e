// SPDX-License-Identifier: GPL-2.0-only
/* The queues of events, and whose turn it is. */
#include "netlink/netlink.h"
#include "netlink/queue.h"
#include "test_export.h"

void sspi_nl_queue_init(struct sspi_nl_queue *queue)
{
	INIT_LIST_HEAD(&queue->node);
	INIT_LIST_HEAD(&queue->events);
	queue->count = 0;
	queue->posted = 0;
	queue->delivered = 0;
	atomic64_set(&queue->dropped, 0);
}
SSPI_EXPORT_FOR_TEST(sspi_nl_queue_init);

/* Takes @e over, or counts a drop and leaves it. Context: any but NMI. */
bool sspi_nl_queue_post(struct sspi_nl_turns *turns,
			struct sspi_nl_queue *queue, struct sspi_nl_event *e)
{
	unsigned long flags;
	bool room;

	spin_lock_irqsave(&turns->lock, flags);
	room = queue->count < SSPI_NL_MAX_PENDING;
	if (room) {
		list_add_tail(&e->node, &queue->events);
		queue->posted++;
		if (!queue->count++)
			list_add_tail(&queue->node, &turns->queues);
	}
	spin_unlock_irqrestore(&turns->lock, flags);
	if (!room)
		atomic64_inc(&queue->dropped);
	return room;
}
SSPI_EXPORT_FOR_TEST(sspi_nl_queue_post);

/* The oldest of the queue whose turn it is, which is then last; or NULL. */
struct sspi_nl_event *sspi_nl_queue_take(struct sspi_nl_turns *turns)
{
	struct sspi_nl_event *e = NULL;
	struct sspi_nl_queue *queue;
	unsigned long flags;

	spin_lock_irqsave(&turns->lock, flags);
	queue = list_first_entry_or_null(&turns->queues, struct sspi_nl_queue,
					 node);
	if (queue) {
		e = list_first_entry(&queue->events, struct sspi_nl_event,
				     node);
		list_del(&e->node);
		if (--queue->count)
			list_move_tail(&queue->node, &turns->queues);
		else
			list_del_init(&queue->node);
	}
	spin_unlock_irqrestore(&turns->lock, flags);
	return e;
}
SSPI_EXPORT_FOR_TEST(sspi_nl_queue_take);

/* An event that was taken from @queue has been delivered. */
void sspi_nl_queue_done(struct sspi_nl_turns *turns,
			struct sspi_nl_queue *queue)
{
	unsigned long flags;

	spin_lock_irqsave(&turns->lock, flags);
	queue->delivered++;
	spin_unlock_irqrestore(&turns->lock, flags);
	wake_up_all(&turns->done);
}
SSPI_EXPORT_FOR_TEST(sspi_nl_queue_done);

/* How far the queue is; for sspi_nl_queue_reached(). */
u64 sspi_nl_queue_posted(struct sspi_nl_turns *turns,
			 struct sspi_nl_queue *queue)
{
	unsigned long flags;
	u64 posted;

	spin_lock_irqsave(&turns->lock, flags);
	posted = queue->posted;
	spin_unlock_irqrestore(&turns->lock, flags);
	return posted;
}
SSPI_EXPORT_FOR_TEST(sspi_nl_queue_posted);

/* Whether the first @posted events have been delivered. */
bool sspi_nl_queue_reached(struct sspi_nl_turns *turns,
			   struct sspi_nl_queue *queue, u64 posted)
{
	unsigned long flags;
	bool reached;

	spin_lock_irqsave(&turns->lock, flags);
	reached = queue->delivered >= posted;
	spin_unlock_irqrestore(&turns->lock, flags);
	return reached;
}
SSPI_EXPORT_FOR_TEST(sspi_nl_queue_reached);
