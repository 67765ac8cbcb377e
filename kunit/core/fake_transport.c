// SPDX-License-Identifier: GPL-2.0-only
/* A transport whose answers are a test's. */
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timer.h>

#include "kunit/core/fake_package.h"
#include "kunit/core/fake_transport.h"

struct fake_transport_ctl fake_transport_ctl;

static DEFINE_SPINLOCK(fake_lock);	/* protects open, and each link in it */
static LIST_HEAD(open);

static void later(struct timer_list *unused)
{
	fake_transport_answer(0);
}

static DEFINE_TIMER(later_timer, later);

void fake_transport_reset(enum fake_answers answers)
{
	WRITE_ONCE(fake_transport_ctl.answers, answers);
	WRITE_ONCE(fake_transport_ctl.delay, 1);
	atomic_set(&fake_transport_ctl.asked, 0);
	atomic_set(&fake_transport_ctl.answered, 0);
	atomic_set(&fake_transport_ctl.cancelled, 0);
	atomic_set(&fake_transport_ctl.late, 0);
}

static void take_locked(struct sspi_question *question)
{
	list_del_init(&question->link);
	atomic_dec(&fake_transport_ctl.open);
}

bool fake_transport_answer(int error)
{
	struct sspi_question *question;
	unsigned long flags;

	spin_lock_irqsave(&fake_lock, flags);
	question = list_first_entry_or_null(&open, struct sspi_question, link);
	if (question) {
		take_locked(question);
		question->error = error;
		if (error) {
			sspi_free(question->reply.data);
			question->reply = (struct sspi_blob){};
		}
		atomic_inc(&fake_transport_ctl.answered);
		question->answered(question);
	}
	if (!list_empty(&open) &&
	    READ_ONCE(fake_transport_ctl.answers) != FAKE_HOLD)
		mod_timer(&later_timer,
			  jiffies + READ_ONCE(fake_transport_ctl.delay));
	spin_unlock_irqrestore(&fake_lock, flags);
	return question;
}

static enum fake_answers choose(void)
{
	enum fake_answers answers = READ_ONCE(fake_transport_ctl.answers);

	if (answers == FAKE_MIXED)
		answers = FAKE_AT_ONCE + get_random_u32() % 3;
	return answers;
}

static int make_reply(const struct sspi_io *io, struct sspi_blob *reply)
{
	if (fake_transport_ctl.reply)
		return fake_transport_ctl.reply(io, reply);
	reply->data = sspi_alloc(sizeof(FAKE_REPLY) - 1);
	if (!reply->data)
		return -ENOMEM;
	reply->len = sizeof(FAKE_REPLY) - 1;
	memcpy(reply->data, FAKE_REPLY, reply->len);
	return 0;
}

static int fake_ask(struct sspi_question *question, struct sspi_netns *ns,
		    struct sspi_io *io)
{
	enum fake_answers answers = choose();
	int err;

	fake_enter(FAKE_IN_ASK);
	atomic_inc(&fake_transport_ctl.asked);
	WRITE_ONCE(fake_transport_ctl.ns, ns);
	if (answers == FAKE_REFUSE)
		return -ENETUNREACH;
	err = make_reply(io, &question->reply);
	if (err)
		return err;
	spin_lock_irq(&fake_lock);
	list_add_tail(&question->link, &open);
	atomic_inc(&fake_transport_ctl.open);
	spin_unlock_irq(&fake_lock);
	if (answers == FAKE_AT_ONCE)
		fake_transport_answer(0);
	else if (answers == FAKE_LATER)
		mod_timer(&later_timer,
			  jiffies + READ_ONCE(fake_transport_ctl.delay));
	return 0;
}

static bool fake_cancel(struct sspi_question *question)
{
	unsigned long flags;
	bool won;

	spin_lock_irqsave(&fake_lock, flags);
	won = !list_empty(&question->link);
	if (won)
		take_locked(question);
	spin_unlock_irqrestore(&fake_lock, flags);
	atomic_inc(won ? &fake_transport_ctl.cancelled :
			 &fake_transport_ctl.late);
	return won;
}

const struct sspi_transport fake_transport = {
	.ask = fake_ask,
	.cancel = fake_cancel,
};

/* The same, by which steps may wait for each other. */
const struct sspi_transport fake_flight_transport = {
	.ask = fake_ask,
	.cancel = fake_cancel,
	.may_wait = true,
};

bool fake_transport_wait_open(int count)
{
	int tries;

	for (tries = 0; tries < 10000; tries++) {
		if (atomic_read(&fake_transport_ctl.open) == count)
			return true;
		fsleep(1000);
	}
	return false;
}
