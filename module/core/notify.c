// SPDX-License-Identifier: GPL-2.0-only
/*
 * Callbacks: on a queue of their own, so that one that is slow delays no step and
 * no deadline, and nobody else's callback. Those of one tracker run one after the
 * other; the work that runs them is the tracker's, which stays until they return.
 */
#include <linux/lockdep.h>
#include <linux/sched.h>

#include "core/internal.h"
#include "noio.h"

static struct workqueue_struct *notify_wq;

/* Held while a callback runs: who waits for a call in one is told by lockdep. */
static struct lockdep_map callback_map __maybe_unused;

int sspi_notify_init(void)
{
	static struct lock_class_key key;

	lockdep_init_map(&callback_map, "sspi_callback", &key, 0);
	notify_wq = alloc_workqueue("ksspi_notify", WQ_UNBOUND | WQ_MEM_RECLAIM,
				    WQ_MAX_ACTIVE);
	return notify_wq ? 0 : -ENOMEM;
}

void sspi_notify_flush(void)
{
	flush_workqueue(notify_wq);
}

void sspi_notify_exit(void)
{
	destroy_workqueue(notify_wq);
}

/* A callback is due, with a reference to the tracker. Context: any. */
void sspi_notify(struct sspi_async_context *t)
{
	/* If it is queued already it looks how many are due. */
	queue_work(notify_wq, &t->notice);
}

/* Whoever waits for a call must not be a callback. */
void sspi_notify_waits(void)
{
	lock_map_acquire(&callback_map);
	lock_map_release(&callback_map);
}

static void notify_one(struct sspi_async_context *t, sspi_async_notify_fn notify,
		       void *data)
{
	unsigned int noio = sspi_noio_enter();

	lock_map_acquire(&callback_map);
	notify(t, data);
	lock_map_release(&callback_map);
	sspi_noio_leave(noio);
}

void sspi_notify_work(struct work_struct *work)
{
	struct sspi_async_context *t = container_of(work,
						    struct sspi_async_context,
						    notice);
	sspi_async_notify_fn notify;
	unsigned int done = 0;
	void *data;

	spin_lock_irq(&t->lock);
	for (; t->due; done++) {
		t->due--;
		notify = t->notify;
		data = t->data;
		t->notifier = current;
		spin_unlock_irq(&t->lock);
		/* None: the consumer's module is going. */
		if (notify)
			notify_one(t, notify, data);
		spin_lock_irq(&t->lock);
		t->notifier = NULL;
		wake_up_all(&t->wait);
	}
	spin_unlock_irq(&t->lock);
	while (done--)
		sspi_tracker_put(t);
}
