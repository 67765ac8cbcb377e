// SPDX-License-Identifier: GPL-2.0-only
/* Credentials: making and freeing them. */
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "core/identity.h"
#include "core/internal.h"
#include "core/refresh.h"

/* Protects sspi_cred.acquire of all credentials: taken twice in the life of one. */
static DEFINE_SPINLOCK(acquire_lock);

/* The call that makes the credential; NULL: it is over. */
void sspi_cred_made_by(struct sspi_cred *cred, struct sspi_job *acquire)
{
	spin_lock(&acquire_lock);
	cred->acquire = acquire;
	spin_unlock(&acquire_lock);
}

/* That call, with a reference, or NULL. */
static struct sspi_job *cred_acquire(struct sspi_cred *cred)
{
	struct sspi_job *acquire;

	spin_lock(&acquire_lock);
	acquire = cred->acquire;
	if (acquire)
		refcount_inc(&acquire->refs);
	spin_unlock(&acquire_lock);
	return acquire;
}

/* No handle to it is published any more, and nothing renews it. */
static void cred_dying(struct sspi_object *obj)
{
	struct sspi_cred *cred = container_of(obj, struct sspi_cred, obj);
	struct sspi_job *acquire = cred_acquire(cred);

	if (acquire) {
		sspi_call_end(&acquire->call, SEC_E_UNFINISHED_CONTEXT_DELETED);
		sspi_job_put(acquire);
	}
	sspi_refresh_stop(cred);
}

static void cred_free(struct sspi_object *obj)
{
	struct sspi_cred *cred = container_of(obj, struct sspi_cred, obj);

	sspi_refresh_free(cred);
	if (cred->state)
		cred->package->ops->free_cred(cred->state);
	sspi_identity_put(cred->who);
	sspi_package_put(cred->package);
	sspi_owner_uncharge(cred->obj.owner, SSPI_CHARGE_CRED);
	sspi_owner_put(cred->obj.owner);
	sspi_stat_inc(SSPI_STAT_CREDS_FREED);
	kfree_rcu(cred, obj.rcu);
}

static const struct sspi_object_ops cred_ops = {
	.type = SSPI_OBJECT_CRED,
	.dying = cred_dying,
	.free = cred_free,
};

/* A credential without the package's part; its reference is the table's. */
struct sspi_cred *sspi_cred_create(struct sspi_owner *owner, const char *name,
				   struct sspi_identity *who, u32 use,
				   sec_status_t *status)
{
	struct sspi_entry entry;
	struct sspi_cred *cred;

	*status = SEC_E_SECPKG_NOT_FOUND;
	if (!sspi_package_get(name, &entry))
		return NULL;
	*status = SEC_E_INSUFFICIENT_MEMORY;
	if (!sspi_owner_charge(owner, SSPI_CHARGE_CRED))
		goto put_package;
	cred = sspi_fault() ? NULL : kzalloc(sizeof(*cred), GFP_NOIO);
	if (!cred)
		goto uncharge;
	cred->package = entry.package;
	cred->use = use;
	cred->expiry = SSPI_EXPIRY_NEVER;
	cred->obj.ops = &cred_ops;
	cred->obj.netns = sspi_netns_cookie(who->ns);
	cred->obj.package = entry.number;
	cred->obj.owner = owner;
	sspi_ref_init(&cred->obj.refs, cred->spares);
	*status = sspi_object_insert(&cred->obj);
	if (*status != SEC_E_OK)
		goto free;
	cred->who = sspi_identity_hold(who);
	sspi_owner_hold(owner);
	sspi_stat_inc(SSPI_STAT_CREDS_MADE);
	return cred;

free:
	kfree(cred);
uncharge:
	sspi_owner_uncharge(owner, SSPI_CHARGE_CRED);
put_package:
	sspi_package_put(entry.package);
	return NULL;
}

#ifdef CONFIG_SSPI_TEST_DEVICE
static sec_status_t import_context(struct sspi_owner *owner,
				   struct sspi_cred *cred,
				   const struct sspi_import *import,
				   struct sspi_ctxt_handle *handle)
{
	struct sspi_handle h;
	struct sspi_context *ctx;
	sec_status_t status;

	if (!cred->package->ops->import)
		return SEC_E_UNSUPPORTED_FUNCTION;
	ctx = sspi_context_create(owner, cred,
				  import->initiator ? SSPI_ROLE_INITIATOR :
						      SSPI_ROLE_ACCEPTOR,
				  &status);
	if (!ctx)
		return status;
	status = cred->package->ops->import(&ctx->state, import);
	if (status != SEC_E_OK) {
		sspi_object_delete(&ctx->obj);
		return status;
	}
	ctx->attr = import->flags;
	sspi_context_advance(ctx, status);
	h = sspi_object_handle(&ctx->obj);
	handle->lower = h.lower;
	handle->upper = h.upper;
	return SEC_E_OK;
}

/* An established context out of its keys; nobody else has its credential. */
sec_status_t sspi_test_import(struct module *owner, const char *package,
			      const struct sspi_import *import,
			      struct sspi_ctxt_handle *handle)
{
	struct sspi_identity *who = sspi_identity_capture(NULL);
	struct sspi_owner *importer = sspi_owner_get(owner);
	sec_status_t status = SEC_E_INSUFFICIENT_MEMORY;
	struct sspi_cred *cred = NULL;

	if (importer && who)
		cred = sspi_cred_create(importer, package, who,
					SECPKG_CRED_BOTH, &status);
	if (cred) {
		status = import_context(importer, cred, import, handle);
		sspi_object_delete(&cred->obj);
	}
	if (importer)
		sspi_owner_put(importer);
	sspi_identity_put(who);
	return status;
}
#endif
