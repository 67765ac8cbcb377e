// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exchanges: how a question gets one, waits for its turn, and gets its answer.
 *
 * No thread waits for the network. Whatever happens to an exchange - its turn,
 * an event of its socket, its time, a question that is taken back - has its work
 * run, by one worker at a time, who looks what there is to do.
 */
#include <linux/jiffies.h>
#include <linux/moduleparam.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "noio.h"
#include "transport/internal.h"

struct sspi_kdc_limits sspi_kdc_limits = {
	.timeout_ms = 1000,
	.reply_ms = 5000,
	.total_ms = 20000,
	.down_ms = 3000,
	.active = 64,
};
SSPI_EXPORT_FOR_TEST(sspi_kdc_limits);

module_param_named(kdc_timeout_ms, sspi_kdc_limits.timeout_ms, uint, 0644);
MODULE_PARM_DESC(kdc_timeout_ms,
		 "What a KDC has to accept a connection or answer a datagram");
module_param_named(kdc_reply_ms, sspi_kdc_limits.reply_ms, uint, 0644);
MODULE_PARM_DESC(kdc_reply_ms, "What a KDC has to answer on a connection");
module_param_named(kdc_total_ms, sspi_kdc_limits.total_ms, uint, 0644);
MODULE_PARM_DESC(kdc_total_ms, "What all KDCs of a realm have together");
module_param_named(kdc_down_ms, sspi_kdc_limits.down_ms, uint, 0644);
MODULE_PARM_DESC(kdc_down_ms,
		 "How long a KDC is not asked that was not reached");
module_param_named(kdc_active, sspi_kdc_limits.active, uint, 0644);
MODULE_PARM_DESC(kdc_active, "Requests that a realm's KDCs have at once");

#define MAX_PENDING_NETNS	32768
#define MAX_PENDING		65536

static struct workqueue_struct *kdc_wq;
static unsigned int pending;		/* under sspi_kdc_lock */

static void exchange_put(struct sspi_exchange *x)
{
	if (!refcount_dec_and_test(&x->refs))
		return;
	sspi_run_free(x->run);
	sspi_free(x->request.data);
	sspi_realm_put(x->realm);
	sspi_netns_put(x->ns);
	kfree(x);
}

/* Has a worker look at it. Context: any; the caller knows that it is there. */
void sspi_exchange_kick(struct sspi_exchange *x)
{
	refcount_inc(&x->refs);
	/* If it was pending it had its reference. */
	if (mod_delayed_work(kdc_wq, &x->work, 0))
		exchange_put(x);
}

/* Has a worker look at it at @when, if nothing happens before. */
static void exchange_arm(struct sspi_exchange *x, unsigned long when)
{
	unsigned long now = jiffies;

	if (time_after(when, x->deadline))
		when = x->deadline;
	refcount_inc(&x->refs);
	if (!queue_delayed_work(kdc_wq, &x->work,
				time_after(when, now) ? when - now : 0))
		exchange_put(x);
}

/* Its question is no longer its own: the one it had, or NULL. */
static struct sspi_question *question_leaves_locked(struct sspi_exchange *x)
{
	struct sspi_question *question = x->question;

	lockdep_assert_held(&sspi_kdc_lock);
	if (!question)
		return NULL;
	x->question = NULL;
	question->exchange = NULL;
	x->realm->pending--;
	x->ns->pending--;
	pending--;
	return question;
}

/* The question, if it was not taken back, gets the reply, or why there is none. */
static void exchange_answer_locked(struct sspi_exchange *x, int err,
				   struct sspi_blob *reply)
{
	struct sspi_question *question = question_leaves_locked(x);

	if (!question)
		return;
	swap(question->reply, *reply);
	question->error = err;
	if (x->run)
		strscpy(question->server, x->run->text,
			sizeof(question->server));
	sspi_realm_inc(x->realm, err ? SSPI_REALM_FAILED :
				       SSPI_REALM_ANSWERED);
	question->answered(question);
}

/* It is over: its socket goes, its question has its answer. */
static void exchange_end(struct sspi_exchange *x, int err,
			 struct sspi_blob *reply)
{
	if (x->run)
		sspi_run_end(x->run, err);
	spin_lock_irq(&sspi_kdc_lock);
	x->over = true;
	list_del_init(&x->name_link);
	sspi_run_leave_locked(x);
	exchange_answer_locked(x, err, reply);
	sspi_turn_leave_locked(x);
	list_del(&x->link);
	if (!--x->ns->exchange_count)
		wake_up_all(&x->ns->idle);
	spin_unlock_irq(&sspi_kdc_lock);
	exchange_put(x);
}

/* Why there is nothing to be done for it any more, or 0. */
static int exchange_gone(struct sspi_exchange *x, bool *turn)
{
	int err = 0;

	spin_lock_irq(&sspi_kdc_lock);
	*turn = x->active;
	if (x->ns->dead)
		err = -ENETDOWN;
	else if (!x->question)
		err = -ECANCELED;
	else if (!time_before(jiffies, x->deadline))
		err = -ETIMEDOUT;
	spin_unlock_irq(&sspi_kdc_lock);
	return err;
}

/* Only this worker ends it. */
static void exchange_look(struct sspi_exchange *x)
{
	struct sspi_blob reply = {};
	bool turn;
	int err;

	if (x->over)
		return;
	err = exchange_gone(x, &turn);
	if (!err && !turn) {
		exchange_arm(x, x->deadline);
		return;
	}
	if (!err && !x->run)
		err = sspi_run_begin(x);
	if (!err)
		err = sspi_run_advance(x, &reply);
	if (err == -EAGAIN)
		exchange_arm(x, x->run->until);
	else
		exchange_end(x, err, &reply);
	sspi_free(reply.data);
}

static void exchange_work(struct work_struct *work)
{
	struct sspi_exchange *x = container_of(to_delayed_work(work),
					       struct sspi_exchange, work);
	unsigned int noio = sspi_noio_enter();

	sspi_noio_check(SSPI_NOIO_EXCHANGE);
	exchange_look(x);
	exchange_put(x);
	sspi_noio_leave(noio);
}

static struct sspi_exchange *exchange_make(struct sspi_netns *ns,
					   struct sspi_realm *realm,
					   const struct sspi_io *io,
					   const void *owner)
{
	struct sspi_exchange *x = sspi_alloc(sizeof(*x));

	if (!x)
		return NULL;
	refcount_set(&x->refs, 1);
	INIT_DELAYED_WORK(&x->work, exchange_work);
	x->ns = sspi_netns_hold(ns);
	x->realm = realm;
	x->service = io->service;
	x->request = io->request;
	x->owner = owner;
	x->deadline = jiffies +
		msecs_to_jiffies(READ_ONCE(sspi_kdc_limits.total_ms));
	INIT_LIST_HEAD(&x->link);
	INIT_LIST_HEAD(&x->wait_link);
	INIT_LIST_HEAD(&x->peers);
	INIT_LIST_HEAD(&x->name_link);
	return x;
}

static void exchange_start_locked(struct sspi_exchange *x,
				  struct sspi_question *question)
{
	lockdep_assert_held(&sspi_kdc_lock);
	question->exchange = x;
	x->question = question;
	x->realm->pending++;
	x->ns->pending++;
	pending++;
	list_add_tail(&x->link, &x->ns->exchanges);
	x->ns->exchange_count++;
	sspi_turn_wait_locked(x);
	sspi_turn_locked(x->realm);
	if (!x->active)
		exchange_arm(x, x->deadline);
}

/* The question has an exchange from here on, or there is none for it. */
static int exchange_start(struct sspi_exchange *x,
			  struct sspi_question *question, bool open)
{
	struct sspi_netns *ns = x->ns;
	int err = 0;

	spin_lock_irq(&sspi_kdc_lock);
	if (ns->dead)
		err = -ENETDOWN;
	else if (!open)
		err = -EHOSTDOWN;
	else if (ns->pending >= MAX_PENDING_NETNS || pending >= MAX_PENDING)
		err = -ENOBUFS;
	sspi_realm_inc(x->realm, SSPI_REALM_QUESTIONS);
	if (err)
		sspi_realm_inc(x->realm, SSPI_REALM_REFUSED);
	else
		exchange_start_locked(x, question);
	spin_unlock_irq(&sspi_kdc_lock);
	return err;
}

static int exchange_ask(struct sspi_question *question, struct sspi_netns *ns,
			struct sspi_io *io)
{
	struct sspi_exchange *x;
	struct sspi_realm *realm;
	int err;

	realm = sspi_realm_get(ns, io->realm);
	if (!realm)
		return -EHOSTUNREACH;
	x = exchange_make(ns, realm, io, question->owner);
	if (!x) {
		sspi_realm_put(realm);
		return -ENOMEM;
	}
	io->request = (struct sspi_blob){};
	err = exchange_start(x, question,
			     sspi_realm_open(ns, realm, io->service));
	if (err)
		exchange_put(x);
	return err;
}

static int kdc_ask(struct sspi_question *question, struct sspi_netns *ns,
		   struct sspi_io *io)
{
	unsigned int noio;
	int err;

	if (!io->realm || !io->request.len ||
	    io->request.len > SSPI_MAX_REQUEST || io->service > SSPI_IO_KPASSWD)
		return -EINVAL;
	noio = sspi_noio_enter();
	sspi_noio_check(SSPI_NOIO_ASK);
	err = exchange_ask(question, ns, io);
	sspi_noio_leave(noio);
	return err;
}

static bool kdc_cancel(struct sspi_question *question)
{
	struct sspi_exchange *x;
	unsigned long flags;

	spin_lock_irqsave(&sspi_kdc_lock, flags);
	x = question->exchange;
	if (x) {
		question_leaves_locked(x);
		sspi_realm_inc(x->realm, SSPI_REALM_CANCELLED);
		if (!x->over)
			sspi_exchange_kick(x);
	}
	spin_unlock_irqrestore(&sspi_kdc_lock, flags);
	return x;
}

const struct sspi_transport sspi_kdc_transport = {
	.ask = kdc_ask,
	.cancel = kdc_cancel,
	.may_wait = true,
};
SSPI_EXPORT_FOR_TEST(sspi_kdc_transport);

/* The namespace is dead: no exchange begins any more; wait for the last. */
void sspi_exchange_exit_net(struct sspi_netns *ns)
{
	struct sspi_exchange *x;

	spin_lock_irq(&sspi_kdc_lock);
	list_for_each_entry(x, &ns->exchanges, link)
		sspi_exchange_kick(x);
	spin_unlock_irq(&sspi_kdc_lock);
	wait_event(ns->idle, !READ_ONCE(ns->exchange_count));
	/* Who has woken us is done with the lock then. */
	spin_lock_irq(&sspi_kdc_lock);
	spin_unlock_irq(&sspi_kdc_lock);
}

int sspi_exchange_init(void)
{
	kdc_wq = alloc_workqueue("ksspi_kdc", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	return kdc_wq ? 0 : -ENOMEM;
}

void sspi_exchange_exit(void)
{
	destroy_workqueue(kdc_wq);
}
