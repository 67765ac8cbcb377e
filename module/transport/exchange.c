// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exchanges: how questions get one, wait for their turn, and get their answer.
 *
 * No thread waits for the network. Whatever happens to an exchange - its turn,
 * an event of its socket, its time, a question that is taken back - has its work
 * run, by one worker at a time, who looks what there is to do.
 */
#include <linux/hashtable.h>
#include <linux/jiffies.h>
#include <linux/moduleparam.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/string.h>

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
		 "How long a realm is not asked after all its KDCs have failed");
module_param_named(kdc_active, sspi_kdc_limits.active, uint, 0644);
MODULE_PARM_DESC(kdc_active, "Requests that a realm's KDCs have at once");

#define MAX_PENDING_NETNS	32768
#define MAX_PENDING		65536

static struct workqueue_struct *kdc_wq;
static DEFINE_HASHTABLE(exchanges, 10);	/* under sspi_kdc_lock */
static unsigned int pending;		/* likewise */
static siphash_key_t exchange_key __read_mostly;

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

static void question_leaves_locked(struct sspi_exchange *x,
				   struct sspi_question *question)
{
	lockdep_assert_held(&sspi_kdc_lock);
	list_del(&question->link);
	question->exchange = NULL;
	x->realm->pending--;
	x->ns->pending--;
	pending--;
}

/*
 * Gives the answer to one question: a copy of the reply, or the reply itself to
 * the last. False if there is none, or no copy for it.
 */
static bool exchange_answer_one(struct sspi_exchange *x, int err,
				struct sspi_blob *reply, struct sspi_blob *copy)
{
	struct sspi_question *question;

	lockdep_assert_held(&sspi_kdc_lock);
	question = list_first_entry_or_null(&x->questions,
					    struct sspi_question, link);
	if (!question)
		return false;
	if (!err && list_is_singular(&x->questions))
		swap(*copy, *reply);
	else if (!err && !copy->data)
		return false;
	question_leaves_locked(x, question);
	question->reply = *copy;
	question->error = err;
	if (x->run)
		strscpy(question->server, x->run->text,
			sizeof(question->server));
	*copy = (struct sspi_blob){};
	sspi_realm_inc(x->realm, err ? SSPI_REALM_FAILED :
				       SSPI_REALM_ANSWERED);
	question->answered(question);
	return true;
}

/* Gives the answer to each question. */
static void exchange_answer(struct sspi_exchange *x, int err,
			    struct sspi_blob *reply)
{
	struct sspi_blob copy = {};
	bool more;

	for (;;) {
		spin_lock_irq(&sspi_kdc_lock);
		while (exchange_answer_one(x, err, reply, &copy))
			;
		more = !list_empty(&x->questions);
		spin_unlock_irq(&sspi_kdc_lock);
		if (!more)
			break;
		copy.data = sspi_alloc(reply->len);
		if (copy.data) {
			memcpy(copy.data, reply->data, reply->len);
			copy.len = reply->len;
		} else {
			err = -ENOMEM;
		}
	}
	sspi_free(copy.data);
}

/* Whoever has waited longest for a turn gets one. */
static void realm_turn_locked(struct sspi_realm *realm)
{
	struct sspi_exchange *x;

	lockdep_assert_held(&sspi_kdc_lock);
	while (realm->active < max(READ_ONCE(sspi_kdc_limits.active), 1u)) {
		x = list_first_entry_or_null(&realm->waiting,
					     struct sspi_exchange, wait_link);
		if (!x)
			return;
		list_del_init(&x->wait_link);
		x->active = true;
		realm->active++;
		sspi_exchange_kick(x);
	}
}

/* All servers have failed, and none has answered anybody meanwhile. */
static void realm_down_locked(struct sspi_exchange *x, int err)
{
	struct sspi_realm *realm = x->realm;

	if ((err != -EHOSTUNREACH && err != -ETIMEDOUT) || !x->active ||
	    x->answers != realm->answers[x->service])
		return;
	realm->down[x->service] = true;
	realm->down_until[x->service] = jiffies +
		msecs_to_jiffies(READ_ONCE(sspi_kdc_limits.down_ms));
}

static bool realm_is_down_locked(struct sspi_realm *realm,
				 enum sspi_io_service service)
{
	if (realm->down[service] &&
	    !time_before(jiffies, realm->down_until[service]))
		realm->down[service] = false;
	return realm->down[service];
}

/* It is over: nobody joins, its socket goes, its questions have their answer. */
static void exchange_end(struct sspi_exchange *x, int err,
			 struct sspi_blob *reply)
{
	if (x->run)
		sspi_conn_close(&x->run->conn);
	spin_lock_irq(&sspi_kdc_lock);
	x->over = true;
	hash_del(&x->node);
	list_del_init(&x->name_link);
	list_del_init(&x->wait_link);
	if (err)
		realm_down_locked(x, err);
	spin_unlock_irq(&sspi_kdc_lock);

	exchange_answer(x, err, reply);

	spin_lock_irq(&sspi_kdc_lock);
	if (x->active)
		x->realm->active--;
	realm_turn_locked(x->realm);
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
	else if (list_empty(&x->questions))
		err = -ECANCELED;
	else if (!time_before(jiffies, x->deadline))
		err = -ETIMEDOUT;
	else if (x->active && !x->run &&
		 realm_is_down_locked(x->realm, x->service))
		err = -EHOSTDOWN;
	spin_unlock_irq(&sspi_kdc_lock);
	return err;
}

static void exchange_work(struct work_struct *work)
{
	struct sspi_exchange *x = container_of(to_delayed_work(work),
					       struct sspi_exchange, work);
	struct sspi_blob reply = {};
	bool turn;
	int err;

	/* Only this worker sets it. */
	if (x->over)
		goto put;
	err = exchange_gone(x, &turn);
	if (!err && !turn) {
		exchange_arm(x, x->deadline);
		goto put;
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
put:
	exchange_put(x);
}

static u64 exchange_hash(const struct sspi_realm *realm,
			 enum sspi_io_service service,
			 const struct sspi_blob *request)
{
	return siphash_3u64(siphash(request->data, request->len,
				    &exchange_key),
			    (uintptr_t)realm, service, &exchange_key);
}

static struct sspi_exchange *exchange_make(struct sspi_netns *ns,
					   struct sspi_realm *realm,
					   const struct sspi_io *io)
{
	struct sspi_exchange *x = sspi_alloc(sizeof(*x));

	if (!x)
		return NULL;
	refcount_set(&x->refs, 1);
	INIT_DELAYED_WORK(&x->work, exchange_work);
	x->ns = sspi_netns_hold(ns);
	x->realm = realm;
	x->service = io->service;
	x->hash = exchange_hash(realm, io->service, &io->request);
	x->request = io->request;
	x->deadline = jiffies +
		msecs_to_jiffies(READ_ONCE(sspi_kdc_limits.total_ms));
	INIT_LIST_HEAD(&x->link);
	INIT_LIST_HEAD(&x->wait_link);
	INIT_LIST_HEAD(&x->name_link);
	INIT_LIST_HEAD(&x->questions);
	return x;
}

/* One that asks the same, or NULL. */
static struct sspi_exchange *exchange_find_locked(const struct sspi_exchange *x)
{
	struct sspi_exchange *other;

	lockdep_assert_held(&sspi_kdc_lock);
	hash_for_each_possible(exchanges, other, node, x->hash)
		if (other->hash == x->hash && other->realm == x->realm &&
		    other->service == x->service &&
		    other->request.len == x->request.len &&
		    !memcmp(other->request.data, x->request.data,
			    x->request.len))
			return other;
	return NULL;
}

static void exchange_start_locked(struct sspi_exchange *x)
{
	lockdep_assert_held(&sspi_kdc_lock);
	hash_add(exchanges, &x->node, x->hash);
	list_add_tail(&x->link, &x->ns->exchanges);
	x->ns->exchange_count++;
	x->answers = x->realm->answers[x->service];
	list_add_tail(&x->wait_link, &x->realm->waiting);
	realm_turn_locked(x->realm);
	if (!x->active)
		exchange_arm(x, x->deadline);
}

/* The question joins another one's exchange, or starts @x and takes it. */
static int exchange_join(struct sspi_question *question,
			 struct sspi_exchange **x)
{
	struct sspi_exchange *to = *x;
	struct sspi_netns *ns = to->ns;
	struct sspi_realm *realm = to->realm;
	bool shared = false;
	int err = 0;

	spin_lock_irq(&sspi_kdc_lock);
	if (ns->dead)
		err = -ENETDOWN;
	else if (realm_is_down_locked(realm, to->service))
		err = -EHOSTDOWN;
	else if (ns->pending >= MAX_PENDING_NETNS || pending >= MAX_PENDING)
		err = -ENOBUFS;
	if (!err) {
		to = exchange_find_locked(*x);
		shared = to;
		if (!to)
			to = *x;
		question->exchange = to;
		list_add_tail(&question->link, &to->questions);
		realm->pending++;
		ns->pending++;
		pending++;
		if (!shared) {
			exchange_start_locked(to);
			*x = NULL;
		}
	}
	sspi_realm_inc(realm, SSPI_REALM_QUESTIONS);
	if (err)
		sspi_realm_inc(realm, SSPI_REALM_REFUSED);
	else if (shared)
		sspi_realm_inc(realm, SSPI_REALM_SHARED);
	spin_unlock_irq(&sspi_kdc_lock);
	return err;
}

static int kdc_ask(struct sspi_question *question, struct sspi_netns *ns,
		   struct sspi_io *io)
{
	struct sspi_exchange *x;
	struct sspi_realm *realm;
	int err;

	if (!io->realm || !io->request.len ||
	    io->request.len > SSPI_MAX_REQUEST || io->service > SSPI_IO_KPASSWD)
		return -EINVAL;
	realm = sspi_realm_get(ns, io->realm);
	if (!realm)
		return -EHOSTUNREACH;
	x = exchange_make(ns, realm, io);
	if (!x) {
		sspi_realm_put(realm);
		return -ENOMEM;
	}
	io->request = (struct sspi_blob){};
	err = exchange_join(question, &x);
	if (x)
		exchange_put(x);
	return err;
}

static bool kdc_cancel(struct sspi_question *question)
{
	struct sspi_exchange *x;
	unsigned long flags;

	spin_lock_irqsave(&sspi_kdc_lock, flags);
	x = question->exchange;
	if (x) {
		question_leaves_locked(x, question);
		sspi_realm_inc(x->realm, SSPI_REALM_CANCELLED);
		if (list_empty(&x->questions) && !x->over)
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
	get_random_bytes(&exchange_key, sizeof(exchange_key));
	kdc_wq = alloc_workqueue("ksspi_kdc", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	return kdc_wq ? 0 : -ENOMEM;
}

void sspi_exchange_exit(void)
{
	destroy_workqueue(kdc_wq);
}
