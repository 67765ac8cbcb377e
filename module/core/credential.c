// SPDX-License-Identifier: GPL-2.0-only
/* Credentials: making and freeing them. */
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "core/internal.h"
#include "core/refresh.h"

/* The last reference is gone. Context: may sleep. */
void sspi_cred_free(struct sspi_cred *cred)
{
	sspi_refresh_free(cred);
	if (cred->state)
		cred->package->ops->free_cred(cred->state);
	sspi_package_put(cred->package);
	sspi_owner_uncharge(cred->obj.owner, SSPI_CHARGE_CRED);
	sspi_owner_put(cred->obj.owner);
	sspi_stat_inc(SSPI_STAT_CREDS_FREED);
	kfree_rcu(cred, obj.rcu);
}

/* A credential without the package's part; its reference is the table's. */
struct sspi_cred *sspi_cred_create(struct sspi_owner *owner, const char *name,
				   u32 use, sec_status_t *status)
{
	struct sspi_entry entry;
	struct sspi_cred *cred;

	*status = SEC_E_SECPKG_NOT_FOUND;
	if (!sspi_package_get(name, &entry))
		return NULL;
	*status = SEC_E_INSUFFICIENT_MEMORY;
	if (!sspi_owner_charge(owner, SSPI_CHARGE_CRED))
		goto put_package;
	cred = sspi_fault() ? NULL : kzalloc(sizeof(*cred), GFP_NOFS);
	if (!cred)
		goto uncharge;
	cred->package = entry.package;
	cred->use = use;
	cred->expiry = SSPI_EXPIRY_NEVER;
	cred->obj.type = SSPI_OBJECT_CRED;
	cred->obj.package = entry.number;
	cred->obj.owner = owner;
	sspi_ref_init(&cred->obj.refs, cred->spares);
	*status = sspi_object_insert(&cred->obj);
	if (*status != SEC_E_OK)
		goto free;
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
	struct sspi_owner *importer = sspi_owner_get(owner);
	sec_status_t status = SEC_E_INSUFFICIENT_MEMORY;
	struct sspi_cred *cred;

	if (!importer)
		return status;
	cred = sspi_cred_create(importer, package, SECPKG_CRED_BOTH, &status);
	if (cred) {
		status = import_context(importer, cred, import, handle);
		sspi_object_delete(&cred->obj);
	}
	sspi_owner_put(importer);
	return status;
}
#endif
