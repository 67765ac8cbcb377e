// SPDX-License-Identifier: GPL-2.0-only
/*
 * Negotiate: the package table, the life of a context, its attributes, and its
 * messages, which are those of the package that was agreed on.
 */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/string.h>

#include "pkg/negotiate/negotiate.h"
#include "test_export.h"

static void nego_fail(void *ctx)
{
	nego_ctx_fail(ctx);
}

static void nego_free_ctx(void *priv)
{
	struct nego_ctx *ctx = priv;

	if (!ctx)
		return;
	nego_ctx_fail(ctx);
	if (ctx->inner)
		nego_ops(ctx)->free_ctx(ctx->inner);
	sspi_free(ctx);
}

/* May run beside a leg: reads numbers, and packages that the credential holds. */
static void nego_negotiation(void *priv,
			     struct sec_pkg_context_negotiation_info *info)
{
	struct nego_ctx *ctx = priv;
	s8 mech = READ_ONCE(ctx->mech);

	if (mech != NEGO_NO_MECH)
		info->info = ctx->cred->mechs[mech].package->info;
	switch (READ_ONCE(ctx->state)) {
	case NEGO_STATE_ESTABLISHED:
		info->state = SECPKG_NEGOTIATION_COMPLETE;
		break;
	case NEGO_STATE_OFFERED:
		info->state = SECPKG_NEGOTIATION_OPTIMISTIC;
		break;
	default:
		info->state = SECPKG_NEGOTIATION_IN_PROGRESS;
	}
}

static void put_status(struct sspi_nego_mech_status *out,
		       const struct nego_mech *mech,
		       const struct nego_tried *tried)
{
	sec_status_t status = tried->status;
	const char *reason = tried->reason;

	if (status == SEC_E_OK && !mech->cred) {
		status = mech->status;
		reason = mech->reason;
	}
	memcpy(out->name, mech->package->info.name, sizeof(out->name));
	out->status = status;
	if (reason)
		memcpy(out->reason, reason,
		       strnlen(reason, sizeof(out->reason) - 1));
}

static sec_status_t query_status(const struct nego_ctx *ctx,
				 struct sec_pkg_context_nego_status *out)
{
	const struct nego_cred *cred = ctx->cred;
	u32 i;

	out->mechs = sspi_alloc(cred->count * sizeof(*out->mechs));
	if (!out->mechs)
		return SEC_E_INSUFFICIENT_MEMORY;
	out->count = cred->count;
	out->last_status = SEC_E_OK;
	for (i = cred->count; i--;) {
		put_status(&out->mechs[i], &cred->mechs[i], &ctx->tried[i]);
		if (ctx->tried[i].status != SEC_E_OK)
			out->last_status = ctx->tried[i].status;
	}
	return SEC_E_OK;
}

static sec_status_t nego_query(void *priv, u32 attr, void *buf, size_t len)
{
	struct nego_ctx *ctx = priv;

	if (ctx->state != NEGO_STATE_ESTABLISHED)
		return SEC_E_INVALID_HANDLE;
	if (attr == SECPKG_ATTR_NEGO_STATUS)
		return query_status(ctx, buf);
	return nego_ops(ctx)->query(ctx->inner, attr, buf, len);
}

static sec_status_t nego_query_cred(void *priv, u32 attr, void *buf, size_t len)
{
	const struct nego_cred *cred = priv;
	const struct nego_mech *mech = cred->mechs;

	/* One of them has a credential, or there would be none of ours. */
	while (!mech->cred)
		mech++;
	return mech->package->ops->query_cred(mech->cred, attr, buf, len);
}

/* The first package whose credential has to be kept good, or NULL. */
static const struct nego_mech *refreshed(const struct nego_cred *cred)
{
	u32 i;

	for (i = 0; i < cred->count; i++)
		if (cred->mechs[i].cred && cred->mechs[i].package->ops->refresh)
			return &cred->mechs[i];
	return NULL;
}

static sec_status_t nego_refresh(void *cred, void **state,
				 struct sspi_step *step)
{
	const struct nego_mech *mech = refreshed(cred);

	if (!mech)
		return SEC_E_UNSUPPORTED_FUNCTION;
	return mech->package->ops->refresh(mech->cred, state, step);
}

static void nego_refresh_end(void *cred, void *state)
{
	const struct nego_mech *mech = refreshed(cred);

	if (mech && mech->package->ops->refresh_end)
		mech->package->ops->refresh_end(mech->cred, state);
}

static sec_status_t nego_sign(void *priv, struct sspi_message *msg)
{
	struct nego_ctx *ctx = priv;

	return nego_ops(ctx)->sign(ctx->inner, msg);
}

static sec_status_t nego_verify(void *priv, struct sspi_message *msg)
{
	struct nego_ctx *ctx = priv;

	return nego_ops(ctx)->verify(ctx->inner, msg);
}

static sec_status_t nego_seal(void *priv, struct sspi_message *msg)
{
	struct nego_ctx *ctx = priv;

	return nego_ops(ctx)->seal(ctx->inner, msg);
}

static sec_status_t nego_unseal(void *priv, struct sspi_message *msg)
{
	struct nego_ctx *ctx = priv;

	return nego_ops(ctx)->unseal(ctx->inner, msg);
}

static sec_status_t nego_unseal_stream(void *priv, u8 *stream, size_t len,
				       struct sspi_span *plain, u32 *qop)
{
	struct nego_ctx *ctx = priv;
	const struct sspi_package_ops *ops = nego_ops(ctx);

	if (!ops->unseal_stream)
		return SEC_E_UNSUPPORTED_FUNCTION;
	return ops->unseal_stream(ctx->inner, stream, len, plain, qop);
}

static sec_status_t nego_debug_keys(void *priv, struct sspi_debug_keys *keys)
{
	struct nego_ctx *ctx = priv;

	if (ctx->state != NEGO_STATE_ESTABLISHED)
		return SEC_E_INVALID_HANDLE;
	if (!nego_ops(ctx)->debug_keys)
		return SEC_E_UNSUPPORTED_FUNCTION;
	return nego_ops(ctx)->debug_keys(ctx->inner, keys);
}

static const struct sspi_package_ops nego_pkg_ops = {
	.acquire = nego_acquire,
	.free_cred = nego_free_cred,
	.initialize = nego_initialize,
	.accept = nego_accept,
	.negotiation = nego_negotiation,
	.fail = nego_fail,
	.free_ctx = nego_free_ctx,
	.query = nego_query,
	.query_cred = nego_query_cred,
	.refresh = nego_refresh,
	.refresh_end = nego_refresh_end,
	.sign = nego_sign,
	.verify = nego_verify,
	.seal = nego_seal,
	.unseal = nego_unseal,
	.unseal_stream = nego_unseal_stream,
	.debug_keys = nego_debug_keys,
};

/*
 * Every flag that one of the packages may know: each is given those of them
 * that it knows, and the flags that come back tell what was got. DATAGRAM is
 * not among them: without an order of messages there is no negotiation.
 */
const struct sspi_package negotiate_package = {
	.info = {
		.capabilities = SECPKG_FLAG_INTEGRITY | SECPKG_FLAG_PRIVACY |
				SECPKG_FLAG_TOKEN_ONLY |
				SECPKG_FLAG_CONNECTION |
				SECPKG_FLAG_MULTI_REQUIRED |
				SECPKG_FLAG_EXTENDED_ERROR |
				SECPKG_FLAG_GSS_COMPATIBLE |
				SECPKG_FLAG_LOGON |
				SECPKG_FLAG_READONLY_WITH_CHECKSUM,
		.version = 1,
		.rpcid = 9,
		.max_token = NEGO_MAX_TOKEN,
		.name = "Negotiate",
		.comment = "Negotiate (SPNEGO, RFC 4178)",
	},
	.isc_req = ISC_REQ_DELEGATE | ISC_REQ_MUTUAL_AUTH |
		   ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT |
		   ISC_REQ_CONFIDENTIALITY | ISC_REQ_USE_SESSION_KEY |
		   ISC_REQ_USE_SUPPLIED_CREDS | ISC_REQ_ALLOCATE_MEMORY |
		   ISC_REQ_USE_DCE_STYLE | ISC_REQ_CONNECTION |
		   ISC_REQ_EXTENDED_ERROR | ISC_REQ_INTEGRITY |
		   ISC_REQ_IDENTIFY | ISC_REQ_NULL_SESSION |
		   ISC_REQ_NO_INTEGRITY | ISC_REQ_UNVERIFIED_TARGET_NAME,
	.asc_req = ASC_REQ_DELEGATE | ASC_REQ_MUTUAL_AUTH |
		   ASC_REQ_REPLAY_DETECT | ASC_REQ_SEQUENCE_DETECT |
		   ASC_REQ_CONFIDENTIALITY | ASC_REQ_USE_SESSION_KEY |
		   ASC_REQ_ALLOCATE_MEMORY | ASC_REQ_USE_DCE_STYLE |
		   ASC_REQ_CONNECTION | ASC_REQ_EXTENDED_ERROR |
		   ASC_REQ_INTEGRITY | ASC_REQ_IDENTIFY |
		   ASC_REQ_ALLOW_NULL_SESSION | ASC_REQ_ALLOW_NON_USER_LOGONS |
		   ASC_REQ_PROXY_BINDINGS | ASC_REQ_ALLOW_MISSING_BINDINGS,
	.defaults = SSPI_DEFAULT_TICKETS | SSPI_DEFAULT_LOGON,
	.packages = NEGO_PACKAGES,
	.ops = &nego_pkg_ops,
	.owner = THIS_MODULE,
};
SSPI_EXPORT_FOR_TEST(negotiate_package);
