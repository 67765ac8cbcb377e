// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waiting, and the synchronous forms: submit and wait. What is submitted to be
 * waited for is run at once by the caller, if its stack has room; up to the
 * first question to a server.
 */
#include <linux/sched/signal.h>

#include "core/internal.h"

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
		return SEC_E_INVALID_PARAMETER;
	refcount_inc(&actx->refs);
	left = wait_event_killable_timeout(actx->wait,
					   sspi_get_async_call_status(actx) !=
					   SEC_I_ASYNC_CALL_PENDING, left);
	status = sspi_get_async_call_status(actx);
	if (status == SEC_I_ASYNC_CALL_PENDING && !left)
		status = SSPI_E_TIMEOUT;
	sspi_tracker_put(actx);
	return status;
}
EXPORT_SYMBOL_GPL(sspi_wait_async_call);

static struct sspi_async_context *waiting_tracker(struct module *owner)
{
	struct sspi_async_context *t = __sspi_create_async_context(owner);

	if (t)
		t->waits = true;
	return t;
}

/* The outcome of a submit, and of the call if there is one. */
static sec_status_t settle(struct sspi_async_context *t, sec_status_t status)
{
	if (status == SEC_E_OK)
		status = sspi_call_settle(t);
	sspi_free_async_context(t);
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

static sec_status_t token_complete(struct sspi_context *ctx,
				   const struct sspi_inputs *in)
{
	struct sspi_step step = {
		.env = sspi_env_current(),
		.input = in->token,
	};
	sec_status_t status;

	status = sspi_context_claim(ctx, NULL);
	if (status != SEC_E_OK)
		return status;
	if (ctx->state) {
		status = ctx->package->ops->complete(ctx->state, &step);
		sspi_free(step.output.data);
		sspi_context_advance(ctx, status);
	} else {
		status = SEC_E_OUT_OF_SEQUENCE;
	}
	sspi_context_unclaim(ctx, NULL);
	return status;
}

/**
 * __sspi_complete_auth_token() - finish a token after the transport's headers
 * @owner: the consumer
 * @ctx: a context whose last leg ended with SEC_I_COMPLETE_NEEDED or
 *	SEC_I_COMPLETE_AND_CONTINUE
 * @token: one SECBUFFER_TOKEN
 *
 * Runs in the caller. A failure leaves the context dead.
 *
 * Context: process context, may sleep for memory.
 * Return: the status of the package; SEC_E_UNSUPPORTED_FUNCTION for a package
 * that never asks for it; SEC_E_INVALID_HANDLE; SEC_E_INVALID_PARAMETER;
 * SEC_E_NO_CONTEXT for a dead context; SEC_E_OUT_OF_SEQUENCE for one that is
 * established or has a leg in flight.
 */
sec_status_t __sspi_complete_auth_token(struct module *owner,
					const struct sspi_ctxt_handle *ctx,
					struct sec_buffer_desc *token)
{
	struct sspi_context *context;
	struct sspi_inputs in;
	sec_status_t status;

	if (!ctx || !token)
		return SEC_E_INVALID_PARAMETER;
	status = sspi_inputs_parse(token, &in);
	if (status != SEC_E_OK)
		return status;
	context = sspi_context_get(ctx, owner);
	if (!context)
		return SEC_E_INVALID_HANDLE;
	if (!context->package->ops->complete)
		status = SEC_E_UNSUPPORTED_FUNCTION;
	else
		status = token_complete(context, &in);
	sspi_context_put(context);
	return status;
}
EXPORT_SYMBOL_GPL(__sspi_complete_auth_token);
