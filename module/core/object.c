// SPDX-License-Identifier: GPL-2.0-only
/* What handles name: holding it, letting go of it, and every way to delete it. */
#include "core/internal.h"
#include "noio.h"

/* One more for somebody who has one. */
void sspi_object_hold(struct sspi_object *obj)
{
	sspi_ref_hold(&obj->refs);
}

/* Context: may sleep. */
void sspi_object_put(struct sspi_object *obj)
{
	if (sspi_ref_put(&obj->refs))
		obj->ops->free(obj);
}

/* Takes the handle away at once; false if somebody else has. */
bool sspi_object_delete(struct sspi_object *obj)
{
	if (!sspi_object_unlink(obj))
		return false;
	obj->ops->dying(obj);
	sspi_object_put(obj);
	return true;
}

static sec_status_t drop_run(struct sspi_call *call)
{
	return SEC_E_OK;
}

static void drop_publish(struct sspi_call *call, sec_status_t *status)
{
}

static void drop_discard(struct sspi_call *call, bool ran)
{
}

static void drop_release(struct sspi_call *call)
{
	sspi_object_put(container_of(call, struct sspi_object, drop));
}

static const struct sspi_call_ops drop_ops = {
	.name = "delete",
	.run = drop_run,
	.publish = drop_publish,
	.discard = drop_discard,
	.release = drop_release,
};

sec_status_t sspi_object_delete_async(struct sspi_async_context *t,
				      const struct sspi_handle *handle,
				      enum sspi_object_type type)
{
	struct sspi_object *obj;
	sec_status_t status;

	status = sspi_tracker_reserve(t);
	if (status != SEC_E_OK)
		return status;
	obj = sspi_object_get(handle, type, t->owner->module);
	if (!obj || !sspi_object_unlink(obj)) {
		if (obj)
			sspi_object_put(obj);
		sspi_tracker_unreserve(t);
		return SEC_E_INVALID_HANDLE;
	}
	obj->ops->dying(obj);
	/* The table's reference is the call's now. */
	sspi_call_submit(&obj->drop, &drop_ops, t);
	sspi_object_put(obj);
	return SEC_E_OK;
}

sec_status_t sspi_object_delete_now(struct module *owner,
				    const struct sspi_handle *handle,
				    enum sspi_object_type type)
{
	struct sspi_object *obj = sspi_object_get(handle, type, owner);
	unsigned int noio;
	bool deleted;

	if (!obj)
		return SEC_E_INVALID_HANDLE;
	noio = sspi_noio_enter();
	deleted = sspi_object_delete(obj);
	sspi_object_put(obj);
	sspi_noio_leave(noio);
	return deleted ? SEC_E_OK : SEC_E_INVALID_HANDLE;
}

/**
 * sspi_delete_security_context_async() - delete a context
 * @actx: an idle tracker
 * @ctx: the handle; dead when this returns
 *
 * A leg in flight ends with SEC_E_UNFINISHED_CONTEXT_DELETED. Never allocates.
 * The tracker may be freed at once if it has no callback. Cancel does not bring
 * the context back.
 *
 * Context: process context.
 * Return: SEC_E_OK if queued, else nothing was: SEC_E_INVALID_HANDLE also for a
 * second delete, SEC_E_INVALID_PARAMETER for NULL, SEC_E_OUT_OF_SEQUENCE for a
 * tracker that is not idle.
 */
sec_status_t
sspi_delete_security_context_async(struct sspi_async_context *actx,
				   const struct sspi_ctxt_handle *ctx)
{
	struct sspi_handle handle;

	if (!ctx)
		return sspi_invalid("ctx");
	handle = (struct sspi_handle){ ctx->lower, ctx->upper };
	return sspi_object_delete_async(actx, &handle, SSPI_OBJECT_CONTEXT);
}
EXPORT_SYMBOL_GPL(sspi_delete_security_context_async);

/**
 * __sspi_delete_security_context() - delete a context, at once
 * @owner: the consumer
 * @ctx: the handle
 *
 * Context: process context.
 * Return: SEC_E_OK, SEC_E_INVALID_HANDLE, or SEC_E_INVALID_PARAMETER for NULL.
 */
sec_status_t __sspi_delete_security_context(struct module *owner,
					    const struct sspi_ctxt_handle *ctx)
{
	struct sspi_handle handle;

	if (!ctx)
		return sspi_invalid("ctx");
	handle = (struct sspi_handle){ ctx->lower, ctx->upper };
	return sspi_object_delete_now(owner, &handle, SSPI_OBJECT_CONTEXT);
}
EXPORT_SYMBOL_GPL(__sspi_delete_security_context);

/**
 * sspi_free_credentials_handle_async() - free a credential
 * @actx: an idle tracker
 * @cred: the handle; dead when this returns
 *
 * Contexts made from the credential go on; its secrets are wiped when the last
 * of them is deleted. Never allocates. Cancel does not bring it back.
 *
 * Context: process context.
 * Return: SEC_E_OK if queued, else nothing was: SEC_E_INVALID_HANDLE,
 * SEC_E_INVALID_PARAMETER for NULL, SEC_E_OUT_OF_SEQUENCE for a tracker that is
 * not idle.
 */
sec_status_t
sspi_free_credentials_handle_async(struct sspi_async_context *actx,
				   const struct sspi_cred_handle *cred)
{
	struct sspi_handle handle;

	if (!cred)
		return sspi_invalid("cred");
	handle = (struct sspi_handle){ cred->lower, cred->upper };
	return sspi_object_delete_async(actx, &handle, SSPI_OBJECT_CRED);
}
EXPORT_SYMBOL_GPL(sspi_free_credentials_handle_async);

/**
 * __sspi_free_credentials_handle() - free a credential, at once
 * @owner: the consumer
 * @cred: the handle
 *
 * Context: process context.
 * Return: SEC_E_OK, SEC_E_INVALID_HANDLE, or SEC_E_INVALID_PARAMETER for NULL.
 */
sec_status_t __sspi_free_credentials_handle(struct module *owner,
					    const struct sspi_cred_handle *cred)
{
	struct sspi_handle handle;

	if (!cred)
		return sspi_invalid("cred");
	handle = (struct sspi_handle){ cred->lower, cred->upper };
	return sspi_object_delete_now(owner, &handle, SSPI_OBJECT_CRED);
}
EXPORT_SYMBOL_GPL(__sspi_free_credentials_handle);
