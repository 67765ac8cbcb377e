// SPDX-License-Identifier: GPL-2.0-only
/*
 * Legs whose questions are the script's to answer.
 *
 * The leg is submitted as any other, on a tracker whose transport is this file:
 * it hands the question over, and the leg is parked until the script replies.
 * The caller's outputs are gone by then, so the leg has outputs of its own.
 */
#include <linux/completion.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "core/internal.h"
#include "testdev/exec.h"
#include "testdev/script_io.h"
#include "transport/kdc.h"

/**
 * struct script_leg - a leg, until it has ended
 * @link: in the list of those
 * @key: where the session has the handle of the context
 * @acceptor: whose leg it is
 * @tracker: of the call
 * @event: it has asked, or has ended
 * @ended: it has ended, with @status
 * @status: likewise
 * @question: what it has asked; under script_lock
 * @io: likewise, for the script
 * @out: its token
 * @desc: of @out
 * @room: where the token goes, or NULL: allocated
 * @attr: its flags
 * @expiry: its expiry
 */
struct script_leg {
	struct list_head link;
	struct sspi_ctxt_handle *key;
	bool acceptor;
	struct sspi_async_context *tracker;
	struct completion event;
	bool ended;
	sec_status_t status;
	struct sspi_question *question;
	struct sspi_io io;
	struct sec_buffer out;
	struct sec_buffer_desc desc;
	u8 *room;
	u64 attr;
	s64 expiry;
};

static DEFINE_SPINLOCK(script_lock);	/* protects each question */
static LIST_HEAD(legs);			/* under the lock of device.c, too */
/* The leg that runs: device.c has one request at a time. */
static struct script_leg *running;

static int script_ask(struct sspi_question *question, struct sspi_netns *ns,
		      struct sspi_io *io)
{
	struct script_leg *leg = running;
	char *realm = sspi_alloc(strlen(io->realm) + 1);

	if (!realm)
		return -ENOMEM;
	memcpy(realm, io->realm, strlen(io->realm));
	leg->io = *io;
	leg->io.realm = realm;
	io->request = (struct sspi_blob){};
	spin_lock_irq(&script_lock);
	leg->question = question;
	spin_unlock_irq(&script_lock);
	complete(&leg->event);
	return 0;
}

static bool script_cancel(struct sspi_question *question)
{
	struct script_leg *leg;
	unsigned long flags;
	bool won = false;

	spin_lock_irqsave(&script_lock, flags);
	list_for_each_entry(leg, &legs, link) {
		if (leg->question != question)
			continue;
		leg->question = NULL;
		won = true;
	}
	spin_unlock_irqrestore(&script_lock, flags);
	return won;
}

static const struct sspi_transport script_transport = {
	.ask = script_ask,
	.cancel = script_cancel,
};

static void leg_notify(struct sspi_async_context *tracker, void *data)
{
	struct script_leg *leg = data;

	leg->status = sspi_get_async_call_status(tracker);
	leg->ended = true;
	complete(&leg->event);
}

static void leg_drop_question(struct script_leg *leg)
{
	sspi_free(leg->io.realm);
	sspi_free(leg->io.request.data);
	leg->io = (struct sspi_io){};
}

static void leg_free(struct script_leg *leg)
{
	sspi_free_async_context(leg->tracker);
	spin_lock_irq(&script_lock);
	list_del(&leg->link);
	spin_unlock_irq(&script_lock);
	leg_drop_question(leg);
	if (leg->room)
		testdev_free(leg->room, SSPI_MAX_TOKEN);
	else
		sspi_free_context_buffer(leg->out.data);
	sspi_free(leg);
}

static struct script_leg *leg_find(const struct sspi_ctxt_handle *key)
{
	struct script_leg *leg;

	list_for_each_entry(leg, &legs, link)
		if (leg->key == key)
			return leg;
	return NULL;
}

static struct script_leg *leg_make(struct sspi_ctxt_handle *key, bool acceptor,
				   bool allocate)
{
	struct script_leg *leg = sspi_alloc(sizeof(*leg));

	if (!leg)
		return NULL;
	leg->key = key;
	leg->acceptor = acceptor;
	init_completion(&leg->event);
	spin_lock_irq(&script_lock);
	list_add(&leg->link, &legs);
	spin_unlock_irq(&script_lock);
	leg->out.type = SECBUFFER_TOKEN;
	leg->desc = (struct sec_buffer_desc){
		.version = SECBUFFER_VERSION,
		.count = 1,
		.buffers = &leg->out,
	};
	leg->tracker = sspi_create_async_context();
	if (!allocate) {
		leg->room = testdev_alloc(SSPI_MAX_TOKEN);
		leg->out.data = leg->room;
		leg->out.len = SSPI_MAX_TOKEN;
	}
	if (leg->tracker && (allocate || leg->room) &&
	    sspi_set_async_notify_callback(leg->tracker, leg_notify, leg) ==
	    SEC_E_OK) {
		leg->tracker->transport = &script_transport;
		/* A script may take its time. */
		if (sspi_set_async_timeout(leg->tracker, 0) == SEC_E_OK)
			return leg;
	}
	leg_free(leg);
	return NULL;
}

/* The handle of a context that a first leg has not handed out yet. */
static int leg_name(struct sspi_object *obj, void *priv)
{
	struct script_leg *leg = priv;
	struct sspi_handle handle;
	struct sspi_job *step;
	bool found;

	if (obj->ops->type != SSPI_OBJECT_CONTEXT)
		return 0;
	step = sspi_context_step(container_of(obj, struct sspi_context, obj));
	if (!step)
		return 0;
	found = step->call.tracker == leg->tracker;
	sspi_job_put(step);
	if (!found)
		return 0;
	handle = sspi_object_handle(obj);
	leg->key->lower = handle.lower;
	leg->key->upper = handle.upper;
	return 1;
}

static void leg_output(struct script_leg *leg, struct sec_buffer *out)
{
	if (!out->data) {
		out->data = leg->out.data;
		leg->out.data = NULL;
	} else if (leg->out.data && leg->out.len <= out->len) {
		memcpy(out->data, leg->out.data, leg->out.len);
	} else {
		leg->out.len = 0;
	}
	out->len = leg->out.len;
}

/* Until the leg has asked or ended, which frees it. */
static sec_status_t leg_wait(struct script_leg *leg,
			     struct sec_buffer_desc *output, u64 *attr,
			     s64 *expiry)
{
	sec_status_t status;

	wait_for_completion(&leg->event);
	running = NULL;
	if (!leg->ended) {
		sspi_object_walk(leg_name, leg);
		*attr = leg->room ? 0 : ISC_RET_ALLOCATED_MEMORY;
		return SEC_I_ASYNC_CALL_PENDING;
	}
	status = leg->status;
	*attr = leg->attr;
	*expiry = leg->expiry;
	leg_output(leg, &output->buffers[0]);
	leg_free(leg);
	return status;
}

/* After the submit. */
static sec_status_t leg_start(struct script_leg *leg, sec_status_t status,
			      struct sec_buffer_desc *output, u64 *attr,
			      s64 *expiry)
{
	if (status == SEC_E_OK)
		return leg_wait(leg, output, attr, expiry);
	running = NULL;
	leg_free(leg);
	return status;
}

/* A leg of the other role is refused as that. */
static bool leg_waits(const struct sspi_ctxt_handle *key, bool acceptor)
{
	struct script_leg *leg = key ? leg_find(key) : NULL;

	if (!leg || leg->acceptor != acceptor)
		return false;
	sspi_test_note_reason("the context waits for an answer");
	return true;
}

sec_status_t script_io_initialize(const struct sspi_initialize_args *args)
{
	struct sspi_initialize_args mine = *args;
	struct script_leg *leg;

	if (leg_waits(args->ctx, false))
		return SEC_E_OUT_OF_SEQUENCE;
	leg = leg_make((struct sspi_ctxt_handle *)(args->ctx ? args->ctx :
							       args->new_ctx),
		       false, args->req & ISC_REQ_ALLOCATE_MEMORY);
	if (!leg)
		return SEC_E_INSUFFICIENT_MEMORY;
	leg->expiry = *args->expiry;
	mine.output = &leg->desc;
	mine.attr = &leg->attr;
	mine.expiry = &leg->expiry;
	running = leg;
	return leg_start(leg,
			 sspi_initialize_security_context_async(leg->tracker,
								&mine),
			 args->output, args->attr, args->expiry);
}

sec_status_t script_io_accept(const struct sspi_accept_args *args,
			      struct sspi_span challenge)
{
	struct sspi_accept_args mine = *args;
	struct script_leg *leg;

	if (leg_waits(args->ctx, true))
		return SEC_E_OUT_OF_SEQUENCE;
	leg = leg_make((struct sspi_ctxt_handle *)(args->ctx ? args->ctx :
							       args->new_ctx),
		       true, args->req & ASC_REQ_ALLOCATE_MEMORY);
	if (!leg)
		return SEC_E_INSUFFICIENT_MEMORY;
	if (challenge.data)
		sspi_test_set_challenge(leg->tracker, challenge.data,
					challenge.len);
	leg->expiry = *args->expiry;
	mine.output = &leg->desc;
	mine.attr = &leg->attr;
	mine.expiry = &leg->expiry;
	running = leg;
	return leg_start(leg,
			 sspi_accept_security_context_async(leg->tracker,
							    &mine),
			 args->output, args->attr, args->expiry);
}

/* Why there is no question: for the administrator of the script. */
static sec_status_t no_question(const struct sspi_ctxt_handle *ctx)
{
	struct sspi_context *context = sspi_context_get(ctx, THIS_MODULE);
	sec_status_t status = SEC_E_OUT_OF_SEQUENCE;

	if (!context)
		return SEC_E_INVALID_HANDLE;
	if (sspi_context_phase(context) == SSPI_CONTEXT_FAILED)
		status = SEC_E_NO_CONTEXT;
	sspi_context_put(context);
	sspi_test_note_reason(status == SEC_E_NO_CONTEXT ?
			      "the context has failed" :
			      "no question is open");
	return status;
}

sec_status_t script_io_reply(const struct sspi_ctxt_handle *ctx,
			     struct sspi_span reply, int error,
			     struct sec_buffer_desc *output, u64 *attr,
			     s64 *expiry)
{
	struct script_leg *leg = leg_find(ctx);
	struct sspi_question *question;
	struct sspi_blob copy = {};
	sec_status_t status;

	if (!leg)
		return no_question(ctx);
	if (reply.data) {
		copy.data = sspi_alloc(reply.len ? reply.len : 1);
		if (!copy.data)
			return SEC_E_INSUFFICIENT_MEMORY;
		memcpy(copy.data, reply.data, reply.len);
		copy.len = reply.len;
	}
	leg_drop_question(leg);
	running = leg;
	spin_lock_irq(&script_lock);
	question = leg->question;
	leg->question = NULL;
	if (question) {
		question->reply = copy;
		question->error = -error;
		question->answered(question);
	}
	spin_unlock_irq(&script_lock);
	if (!question)
		sspi_free(copy.data);
	status = leg_wait(leg, output, attr, expiry);
	/* The token is in the buffer of this call. */
	*attr &= ~(u64)ISC_RET_ALLOCATED_MEMORY;
	return status;
}

const struct sspi_io *script_io_open(const struct sspi_ctxt_handle *ctx)
{
	struct script_leg *leg = leg_find(ctx);

	return leg && leg->question ? &leg->io : NULL;
}

sec_status_t script_io_delete(const struct sspi_ctxt_handle *ctx)
{
	struct script_leg *leg = leg_find(ctx);
	sec_status_t status = sspi_delete_security_context(ctx);

	if (!leg)
		return status;
	/* The delete has ended it. */
	while (!leg->ended)
		wait_for_completion(&leg->event);
	leg_free(leg);
	return status;
}
