// SPDX-License-Identifier: GPL-2.0-only
/* Attributes of contexts and credentials. */
#include <linux/string.h>

#include "core/internal.h"

/**
 * struct attribute_info - one that can be asked for
 * @attr: SECPKG_ATTR_* or SECPKG_CRED_ATTR_*
 * @early: may be asked before the context is established
 * @len: bytes of the answer
 * @fill: the core's own answer; NULL if the package gives it
 */
struct attribute_info {
	u32 attr;
	bool early;
	size_t len;
	void (*fill)(const struct sspi_context *ctx, void *buf);
};

static void fill_flags(const struct sspi_context *ctx, void *buf)
{
	*(struct sec_pkg_context_flags *)buf = (struct sec_pkg_context_flags){
		.flags = ctx->attr,
	};
}

static void fill_lifespan(const struct sspi_context *ctx, void *buf)
{
	struct sec_pkg_context_lifespan *lifespan = buf;

	*lifespan = (struct sec_pkg_context_lifespan){
		.start = ctx->start,
		.expiry = ctx->expiry,
	};
}

/*
 * A package that hands its work to others says which: asked when a leg has
 * ended, or has asked a KDC, so that it has a part of the context.
 */
static void fill_negotiation_info(const struct sspi_context *ctx, void *buf)
{
	const struct sspi_package_ops *ops = ctx->package->ops;
	struct sec_pkg_context_negotiation_info *out = buf;
	u8 phase = sspi_context_phase(ctx);

	out->info = ctx->package->info;
	out->state = phase == SSPI_CONTEXT_ESTABLISHED ?
		     SECPKG_NEGOTIATION_COMPLETE :
		     SECPKG_NEGOTIATION_IN_PROGRESS;
	if (ops->negotiation && phase != SSPI_CONTEXT_NEW && ctx->state)
		ops->negotiation(ctx->state, out);
}

static void fill_package_info(const struct sspi_context *ctx, void *buf)
{
	struct sec_pkg_context_negotiation_info negotiation;
	struct sec_pkg_context_package_info *out = buf;

	fill_negotiation_info(ctx, &negotiation);
	out->info = negotiation.info;
}

static const struct attribute_info context_attributes[] = {
	{ SECPKG_ATTR_SIZES, false, sizeof(struct sec_pkg_context_sizes) },
	{ SECPKG_ATTR_NAMES, false, sizeof(struct sec_pkg_context_names) },
	{ SECPKG_ATTR_LIFESPAN, false, sizeof(struct sec_pkg_context_lifespan),
	  fill_lifespan },
	{ SECPKG_ATTR_KEY_INFO, false, sizeof(struct sec_pkg_context_key_info) },
	{ SECPKG_ATTR_SESSION_KEY, false,
	  sizeof(struct sec_pkg_context_session_key) },
	{ SECPKG_ATTR_PACKAGE_INFO, true,
	  sizeof(struct sec_pkg_context_package_info), fill_package_info },
	{ SECPKG_ATTR_NEGOTIATION_INFO, true,
	  sizeof(struct sec_pkg_context_negotiation_info),
	  fill_negotiation_info },
	{ SECPKG_ATTR_NEGO_STATUS, false,
	  sizeof(struct sec_pkg_context_nego_status) },
	{ SECPKG_ATTR_NATIVE_NAMES, false,
	  sizeof(struct sec_pkg_context_native_names) },
	{ SECPKG_ATTR_FLAGS, false, sizeof(struct sec_pkg_context_flags),
	  fill_flags },
	{ SECPKG_ATTR_CLIENT_SPECIFIED_TARGET, false,
	  sizeof(struct sec_pkg_context_client_specified_target) },
	{ SSPI_ATTR_SIDS, false, sizeof(struct sec_pkg_context_sids) },
};

static const struct attribute_info credential_attributes[] = {
	{ SECPKG_CRED_ATTR_NAMES, true,
	  sizeof(struct sec_pkg_credentials_names) },
	{ SSPI_CRED_ATTR_FAILURE, true, sizeof(struct sspi_cred_failure) },
};

static const struct attribute_info *
attribute_find(const struct attribute_info *table, size_t count, u32 attr)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (table[i].attr == attr)
			return &table[i];
	return NULL;
}

static sec_status_t context_query(struct sspi_context *ctx,
				  const struct attribute_info *info, void *buf)
{
	sec_status_t status = sspi_context_established(ctx);

	if (status == SEC_E_OUT_OF_SEQUENCE && info->early)
		status = SEC_E_OK;
	if (status != SEC_E_OK)
		return status;
	memset(buf, 0, info->len);
	if (!info->fill)
		return ctx->package->ops->query(ctx->state, info->attr, buf,
						info->len);
	info->fill(ctx, buf);
	return SEC_E_OK;
}

/**
 * __sspi_query_context_attributes() - ask about a context
 * @owner: the consumer
 * @ctx: the context
 * @attr: SECPKG_ATTR_*
 * @buf: receives the structure that belongs to @attr
 * @len: its size
 *
 * PACKAGE_INFO and NEGOTIATION_INFO may be asked as soon as there is a context,
 * the others when it is established. Strings are freed with
 * sspi_free_context_buffer(); a session key is the caller's to wipe.
 *
 * Context: process context, may sleep for memory.
 * Return: SEC_E_OK; SEC_E_INVALID_HANDLE; SEC_E_INVALID_PARAMETER for NULL or
 * another size; SEC_E_UNSUPPORTED_FUNCTION for an attribute that is not known
 * or that the package does not have; SEC_E_OUT_OF_SEQUENCE before the context
 * is established; SEC_E_NO_CONTEXT for a dead one; SEC_E_INSUFFICIENT_MEMORY.
 */
sec_status_t
__sspi_query_context_attributes(struct module *owner,
				const struct sspi_ctxt_handle *ctx, u32 attr,
				void *buf, size_t len)
{
	const struct attribute_info *info;
	struct sspi_context *context;
	sec_status_t status;

	if (!ctx || !buf)
		return sspi_invalid("ctx or buf");
	context = sspi_context_get(ctx, owner);
	if (!context)
		return SEC_E_INVALID_HANDLE;
	info = attribute_find(context_attributes,
			      ARRAY_SIZE(context_attributes), attr);
	if (!info)
		status = SEC_E_UNSUPPORTED_FUNCTION;
	else if (len != info->len)
		status = sspi_invalid("len");
	else
		status = context_query(context, info, buf);
	sspi_context_put(context);
	return status;
}
EXPORT_SYMBOL_GPL(__sspi_query_context_attributes);

/**
 * __sspi_query_credentials_attributes() - ask about a credential
 * @owner: the consumer
 * @cred: the credential
 * @attr: SECPKG_CRED_ATTR_* or SSPI_CRED_ATTR_FAILURE
 * @buf: receives the structure that belongs to @attr
 * @len: its size
 *
 * Context: process context, may sleep for memory.
 * Return: SEC_E_OK; SEC_E_INVALID_HANDLE; SEC_E_INVALID_PARAMETER for NULL or
 * another size; SEC_E_UNSUPPORTED_FUNCTION for an attribute that is not known;
 * SEC_E_INSUFFICIENT_MEMORY.
 */
sec_status_t
__sspi_query_credentials_attributes(struct module *owner,
				    const struct sspi_cred_handle *cred,
				    u32 attr, void *buf, size_t len)
{
	const struct attribute_info *info;
	struct sspi_handle handle;
	struct sspi_object *obj;
	struct sspi_cred *c;
	sec_status_t status;

	if (!cred || !buf)
		return sspi_invalid("cred or buf");
	handle = (struct sspi_handle){ cred->lower, cred->upper };
	obj = sspi_object_get(&handle, SSPI_OBJECT_CRED, owner);
	if (!obj)
		return SEC_E_INVALID_HANDLE;
	c = container_of(obj, struct sspi_cred, obj);
	info = attribute_find(credential_attributes,
			      ARRAY_SIZE(credential_attributes), attr);
	if (!info) {
		status = SEC_E_UNSUPPORTED_FUNCTION;
	} else if (len != info->len) {
		status = sspi_invalid("len");
	} else {
		memset(buf, 0, len);
		status = c->package->ops->query_cred(c->state, attr, buf, len);
	}
	sspi_object_put(obj);
	return status;
}
EXPORT_SYMBOL_GPL(__sspi_query_credentials_attributes);
