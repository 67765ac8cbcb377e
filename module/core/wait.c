// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waiting, and the synchronous forms: submit and wait. What is submitted to be
 * waited for is run at once by the caller, if its stack has room; up to the
 * first question to a server.
 */
#include <linux/freezer.h>
#include <linux/sched/signal.h>
#include <linux/sched/task_stack.h>

#include "core/internal.h"

static bool tracker_pending(const struct sspi_async_context *t)
{
	return sspi_get_async_call_status(t) == SEC_I_ASYNC_CALL_PENDING;
}

/*
 * Until the call is complete, a fatal signal, or @left jiffies are over; those that
 * are left. A dead server stops no suspend: the task may be frozen meanwhile.
 */
static long wait_freezable(struct sspi_async_context *t, long left)
{
	return ___wait_event(t->wait, ___wait_cond_timeout(!tracker_pending(t)),
			     (TASK_KILLABLE | TASK_FREEZABLE), 0, left,
			     __ret = schedule_timeout(__ret));
}

/**
 * sspi_wait_async_call() - wait for completion
 * @actx: the tracker
 * @timeout_ms: how long to wait at most, milliseconds; 0 for as long as it
 *	takes
 *
 * Does not end the call. Must not be called from a callback.
 *
 * Context: process context, sleeps.
 * Return: the status of the call; SSPI_E_TIMEOUT if it was not complete in
 * time (also the status of a call that missed its own deadline: ask
 * sspi_get_async_call_status()); SEC_I_ASYNC_CALL_PENDING if a fatal signal cut
 * the wait short; SEC_E_INVALID_HANDLE at once if nothing was submitted;
 * SEC_E_INVALID_PARAMETER for NULL.
 */
sec_status_t sspi_wait_async_call(struct sspi_async_context *actx,
				  unsigned int timeout_ms)
{
	long left = timeout_ms ? msecs_to_jiffies(timeout_ms) :
				 MAX_SCHEDULE_TIMEOUT;
	sec_status_t status;

	if (!actx)
		return sspi_invalid("actx");
	sspi_notify_waits();
	refcount_inc(&actx->refs);
	left = wait_freezable(actx, left);
	status = sspi_get_async_call_status(actx);
	if (status == SEC_I_ASYNC_CALL_PENDING && !left)
		status = SSPI_E_TIMEOUT;
	sspi_tracker_put(actx);
	return status;
}
EXPORT_SYMBOL_GPL(sspi_wait_async_call);

/*
 * Who waits for a call need not wait for a worker: two switches of threads would
 * cost more than most steps. A question, and what follows it, is for workers.
 */
void sspi_call_run_here(struct sspi_call *call)
{
	atomic_set(&call->here, SSPI_CALL_HERE);
	if (!sspi_call_run(call) && atomic_xchg(&call->here, SSPI_CALL_QUEUED) ==
			       SSPI_CALL_HERE_RESUMED)
		sspi_call_enqueue(call);
}

/* Whether half of the stack is left: a file system may have used up much. */
bool sspi_call_has_room(void)
{
	unsigned long left = (unsigned long)__builtin_frame_address(0) -
			     (unsigned long)end_of_stack(current);

	return left >= THREAD_SIZE / 2;
}

/* Waits for a call of ours, whose outputs are on somebody's stack. */
sec_status_t sspi_call_settle(struct sspi_async_context *t)
{
	sec_status_t status = sspi_wait_async_call(t, 0);

	if (status != SEC_I_ASYNC_CALL_PENDING)
		return status;
	/* A fatal signal. If cancel loses, the outputs are being written. */
	sspi_cancel_async_call(t);
	wait_event(t->wait, !tracker_pending(t));
	return sspi_get_async_call_status(t);
}

/* Nobody else has it, and its calls end before this task leaves: no need to list it. */
static struct sspi_async_context *waiting_tracker(struct module *module)
{
	struct sspi_owner *owner = sspi_owner_get(module);
	struct sspi_async_context *t;

	if (!owner)
		return NULL;
	t = sspi_tracker_make(owner);
	sspi_owner_put(owner);
	if (t)
		t->waits = true;
	return t;
}

/* The outcome of a submit, and of the call if there is one. */
static sec_status_t settle(struct sspi_async_context *t, sec_status_t status)
{
	if (status == SEC_E_OK)
		status = sspi_call_settle(t);
	sspi_tracker_put(t);
	return status;
}

/**
 * __sspi_acquire_credentials_handle() - make a credential, and wait
 * @owner: the consumer
 * @args: what to make it from
 * @cred: receives the handle
 * @expiry: receives unix seconds until which it is good, or NULL
 *
 * Modules of packages are loaded as sspi_acquire_credentials_handle_async() says.
 *
 * Context: process context, sleeps; not from a callback.
 * Return: the status of the call; what a submit returns; SSPI_E_CANCELLED if a
 * fatal signal ended the wait.
 */
sec_status_t
__sspi_acquire_credentials_handle(struct module *owner,
				  const struct sspi_acquire_args *args,
				  struct sspi_cred_handle *cred, s64 *expiry)
{
	struct sspi_async_context *t = waiting_tracker(owner);
	sec_status_t status;

	if (!t)
		return SEC_E_INSUFFICIENT_MEMORY;
	status = sspi_acquire_credentials_handle_async(t, args, cred, expiry);
	return settle(t, status);
}
EXPORT_SYMBOL_GPL(__sspi_acquire_credentials_handle);

/**
 * __sspi_initialize_security_context() - one leg of an initiator, and wait
 * @owner: the consumer
 * @args: the leg
 *
 * Context: process context, sleeps; not from a callback.
 * Return: the status of the leg; what a submit returns; SSPI_E_CANCELLED if a
 * fatal signal ended the wait.
 */
sec_status_t
__sspi_initialize_security_context(struct module *owner,
				   const struct sspi_initialize_args *args)
{
	struct sspi_async_context *t = waiting_tracker(owner);

	if (!t)
		return SEC_E_INSUFFICIENT_MEMORY;
	return settle(t, sspi_initialize_security_context_async(t, args));
}
EXPORT_SYMBOL_GPL(__sspi_initialize_security_context);

/**
 * __sspi_accept_security_context() - one leg of an acceptor, and wait
 * @owner: the consumer
 * @args: the leg
 *
 * Context: process context, sleeps; not from a callback.
 * Return: the status of the leg; what a submit returns; SSPI_E_CANCELLED if a
 * fatal signal ended the wait.
 */
sec_status_t
__sspi_accept_security_context(struct module *owner,
			       const struct sspi_accept_args *args)
{
	struct sspi_async_context *t = waiting_tracker(owner);

	if (!t)
		return SEC_E_INSUFFICIENT_MEMORY;
	return settle(t, sspi_accept_security_context_async(t, args));
}
EXPORT_SYMBOL_GPL(__sspi_accept_security_context);
