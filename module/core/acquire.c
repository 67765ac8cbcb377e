// SPDX-License-Identifier: GPL-2.0-only
/* Acquiring a credential, from the checks at submit to the handle. */
#include "core/autoload.h"
#include "core/identity.h"
#include "core/internal.h"
#include "core/refresh.h"
#include "core/trace.h"
#include "keys/keys.h"

/*
 * An acquire call: the copy of the arguments follows in the same allocation. With
 * modules to load the credential may have to be made after them.
 */
struct acquire_job {
	struct sspi_job job;
	struct sspi_identity *who;
	struct sspi_load *load;
	struct sspi_cred *cred;
	struct sspi_context *delegated;
	struct sspi_acquire_args args;
	struct sspi_outputs out;
};

static struct acquire_job *acquire_of(struct sspi_call *call)
{
	return container_of(sspi_job_of(call), struct acquire_job, job);
}

/*
 * The package's part, as the submitter: what the keyrings have to say lives just
 * as long as the package reads it.
 */
static sec_status_t acquire_package(struct acquire_job *acquire,
				    struct sspi_package_acquire *acq)
{
	const struct sspi_package *package = acquire->cred->package;
	struct sspi_acquire_args args = acquire->args;
	struct sspi_keys keys = {};
	struct sspi_scope scope;
	u32 defaults = package->defaults;
	sec_status_t status;

	acq->args = &args;
	if (acquire->delegated) {
		acq->delegated = acquire->delegated->state;
		defaults = 0;
	}
	sspi_identity_enter(acquire->who, &scope);
	status = sspi_keys_find(&args, defaults, sspi_env_seconds(acq->env),
				&keys, &acq->reason);
	if (status == SEC_E_OK)
		status = package->ops->acquire(acq, &acquire->cred->state);
	sspi_identity_leave(&scope);
	sspi_keys_release(&keys);
	return status;
}

/* The credential of the call, which has a reference besides the table's. */
static sec_status_t acquire_cred(struct acquire_job *acquire,
				 struct sspi_owner *owner)
{
	sec_status_t status;

	acquire->cred = sspi_cred_create(owner, acquire->args.package,
					 acquire->who, acquire->args.cred_use,
					 &status);
	if (!acquire->cred)
		return status;
	sspi_object_hold(&acquire->cred->obj);
	sspi_cred_made_by(acquire->cred, &acquire->job);
	return SEC_E_OK;
}

static sec_status_t acquire_state(struct acquire_job *acquire)
{
	struct sspi_cred *cred = acquire->cred;
	struct sspi_package_acquire acq = {
		.env = acquire->job.env,
		.owner = cred->obj.owner,
		.netns = cred->obj.netns,
		.expiry = SSPI_EXPIRY_NEVER,
	};
	struct sspi_whose whose = sspi_whose(&acquire->job, cred->package);
	sec_status_t status = acquire_package(acquire, &acq);

	cred->expiry = acq.expiry;
	trace_sspi_step(cred->package->info.name, "acquire", 0, 0, status);
	if (status == SEC_E_OK && !cred->state)
		status = SEC_E_INTERNAL_ERROR;
	if (status == SEC_E_OK && !sspi_refresh_make(cred))
		status = SEC_E_INSUFFICIENT_MEMORY;
	if (sec_status_class(status) != SSPI_CLASS_DONE) {
		sspi_refuse(cred->package, "acquire", acq.reason, status);
		sspi_tell_refusal(&whose, "acquire", NULL, NULL, acq.reason,
				  status);
	}
	return status;
}

static sec_status_t acquire_run(struct sspi_call *call)
{
	struct acquire_job *acquire = acquire_of(call);
	sec_status_t status = SEC_E_OK;

	if (acquire->load && sspi_load_begin(acquire->load, call))
		return SEC_I_ASYNC_CALL_PENDING;
	if (!acquire->cred)
		status = acquire_cred(acquire, call->tracker->owner);
	if (status == SEC_E_OK)
		status = acquire_state(acquire);
	/* A package cannot have this call wait: it has nobody to ask. */
	return sec_status_class(status) == SSPI_CLASS_PENDING ?
	       SEC_E_INTERNAL_ERROR : status;
}

static bool acquire_unpark(struct sspi_call *call)
{
	return sspi_load_cancel(acquire_of(call)->load);
}

static void acquire_delete(struct acquire_job *acquire)
{
	if (acquire->cred)
		sspi_object_delete(&acquire->cred->obj);
}

static void acquire_publish(struct sspi_call *call, sec_status_t *status)
{
	struct acquire_job *acquire = acquire_of(call);

	if (sec_status_class(*status) != SSPI_CLASS_DONE) {
		acquire_delete(acquire);
		return;
	}
	/* Pairs with sspi_cred_ready(): what was acquired is there. */
	smp_store_release(&acquire->cred->ready, true);
	sspi_outputs_handle(&acquire->out, &acquire->cred->obj);
	sspi_outputs_expiry(&acquire->out, acquire->cred->expiry);
}

static void acquire_discard(struct sspi_call *call, bool ran)
{
	acquire_delete(acquire_of(call));
}

static void acquire_free(struct acquire_job *acquire)
{
	sspi_load_put(acquire->load);
	if (acquire->delegated)
		sspi_context_put(acquire->delegated);
	if (acquire->cred) {
		sspi_cred_made_by(acquire->cred, NULL);
		sspi_object_put(&acquire->cred->obj);
	}
	sspi_identity_put(acquire->who);
}

static void acquire_release(struct sspi_call *call)
{
	acquire_free(acquire_of(call));
	sspi_job_release(sspi_job_of(call));
}

static const struct sspi_call_ops acquire_ops = {
	.name = "acquire",
	.outputs = true,
	.run = acquire_run,
	.publish = acquire_publish,
	.discard = acquire_discard,
	.unpark = acquire_unpark,
	.release = acquire_release,
};

/* Copies the arguments into a new job. */
static struct acquire_job *acquire_alloc(struct sspi_async_context *t,
					 const struct sspi_acquire_args *args,
					 sec_status_t *status)
{
	struct sspi_copier copier = {};
	struct sspi_acquire_args measured;
	struct acquire_job *acquire;

	sspi_copy_acquire(&copier, &measured, args);
	*status = SEC_E_OK;
	if (copier.bad)
		*status = sspi_invalid("args: over a cap, or inconsistent");
	else if (sspi_keys_check(args) != SEC_E_OK)
		*status = sspi_invalid("args: names of keys");
	if (*status != SEC_E_OK)
		return NULL;
	*status = SEC_E_INSUFFICIENT_MEMORY;
	acquire = sspi_job_alloc(t, sizeof(*acquire), copier.used, &acquire_ops);
	if (!acquire)
		return NULL;
	copier = (struct sspi_copier){
		.base = (u8 *)(acquire + 1),
		.room = copier.used,
	};
	sspi_copy_acquire(&copier, &acquire->args, args);
	if (!copier.bad)
		return acquire;
	*status = sspi_invalid("args: have changed meanwhile");
	sspi_job_put(&acquire->job);
	return NULL;
}

/* The context whose client has delegated a credential, with a reference. */
static sec_status_t acquire_find(struct acquire_job *acquire,
				 const struct sspi_owner *owner,
				 const struct sspi_ctxt_handle *handle)
{
	struct sspi_context *ctx = sspi_context_get(handle, owner->module);
	sec_status_t status;

	if (!ctx)
		return SEC_E_INVALID_HANDLE;
	status = sspi_context_established(ctx);
	if (status == SEC_E_OK && (ctx->role != SSPI_ROLE_ACCEPTOR ||
				   ctx->package != acquire->cred->package)) {
		status = sspi_invalid("delegated");
		sspi_refuse(acquire->cred->package, "acquire",
			    "not an acceptor's context of the package", status);
	}
	if (status == SEC_E_OK)
		acquire->delegated = ctx;
	else
		sspi_context_put(ctx);
	return status;
}

/*
 * What the call works on. A package that is not there is no reason to refuse the
 * call if its module may be found.
 */
static sec_status_t acquire_bind(struct acquire_job *acquire,
				 struct sspi_owner *owner,
				 const struct sspi_ctxt_handle *delegated)
{
	sec_status_t status = acquire_cred(acquire, owner);
	sec_status_t load = SEC_E_OK;

	if (delegated)
		return status == SEC_E_OK ?
		       acquire_find(acquire, owner, delegated) : status;
	if (status == SEC_E_SECPKG_NOT_FOUND ||
	    (status == SEC_E_OK && acquire->args.packages))
		acquire->load = sspi_load_make(owner->module, &acquire->args,
					       &load);
	if (load != SEC_E_OK)
		return load;
	return status == SEC_E_SECPKG_NOT_FOUND && acquire->load ? SEC_E_OK :
								   status;
}

static sec_status_t acquire_submit(struct sspi_async_context *t,
				   const struct sspi_acquire_args *args,
				   const struct sspi_outputs *out)
{
	struct acquire_job *acquire;
	sec_status_t status;

	if (!args || !args->package || !out->lower)
		return sspi_invalid("args, package or cred");
	if (!args->cred_use || (args->cred_use & ~SECPKG_CRED_BOTH))
		return sspi_invalid("cred_use");
	acquire = acquire_alloc(t, args, &status);
	if (!acquire)
		return status;
	acquire->out = *out;
	acquire->who = sspi_identity_capture(acquire->job.ns);
	acquire->job.who = acquire->who;
	status = SEC_E_INSUFFICIENT_MEMORY;
	if (acquire->who)
		status = acquire_bind(acquire, t->owner, args->delegated);
	if (status == SEC_E_OK) {
		sspi_job_submit(&acquire->job);
		return SEC_E_OK;
	}
	acquire_delete(acquire);
	acquire_free(acquire);
	sspi_job_put(&acquire->job);
	return status;
}

/* What all forms of acquire come down to. */
sec_status_t sspi_acquire_submit(struct sspi_async_context *t,
				 const struct sspi_acquire_args *args,
				 const struct sspi_outputs *out)
{
	sec_status_t status = sspi_tracker_reserve(t);

	if (status != SEC_E_OK)
		return status;
	status = acquire_submit(t, args, out);
	if (status != SEC_E_OK)
		sspi_tracker_unreserve(t);
	return status;
}

/**
 * sspi_acquire_credentials_handle_async() - make a credential
 * @actx: an idle tracker
 * @args: what to make it from; copied
 * @cred: receives the handle, on success only; free it with
 *	sspi_free_credentials_handle_async()
 * @expiry: receives unix seconds until which the credential is good, on
 *	success only; or NULL
 *
 * The credential belongs to the module that made the tracker.
 *
 * A package that is not there, and is not excluded if it is named by a list for a
 * package that chooses among others, has the module loaded first that has the
 * alias SSPI_PACKAGE_ALIAS and its name: eight modules at most, by a worker of its
 * own, during which the call is pending and can be cancelled. Not for a module
 * that is being initialised, nor where an allocation of the submitter must not
 * start I/O, as in a callback: then the call does without.
 *
 * Context: process context, may sleep for memory.
 * Return: SEC_E_OK if queued, else nothing was: SEC_E_INVALID_PARAMETER for
 * arguments out of range or over a cap, SEC_E_SECPKG_NOT_FOUND if there is no
 * such package and no module may be looked for (else the call ends with it),
 * SEC_E_OUT_OF_SEQUENCE for a tracker that is not idle, SEC_E_INVALID_HANDLE or
 * SEC_E_NO_CONTEXT for args->delegated, SEC_E_INSUFFICIENT_MEMORY also for too
 * many credentials. The call ends with
 * the status of the package.
 */
sec_status_t
sspi_acquire_credentials_handle_async(struct sspi_async_context *actx,
				      const struct sspi_acquire_args *args,
				      struct sspi_cred_handle *cred,
				      s64 *expiry)
{
	struct sspi_outputs out = { .expiry = expiry };

	if (cred) {
		out.lower = &cred->lower;
		out.upper = &cred->upper;
	}
	return sspi_acquire_submit(actx, args, &out);
}
EXPORT_SYMBOL_GPL(sspi_acquire_credentials_handle_async);
