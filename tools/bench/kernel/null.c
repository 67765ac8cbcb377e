// SPDX-License-Identifier: GPL-2.0-only
/* A package whose steps do nothing. */
#include <linux/module.h>
#include <linux/sspi_package.h>

#include "bench.h"

static char nothing;

static sec_status_t null_acquire(struct sspi_package_acquire *acq, void **cred)
{
	acq->expiry = SSPI_EXPIRY_NEVER;
	*cred = &nothing;
	return SEC_E_OK;
}

static void null_free(void *p)
{
}

/* Never done, so that one context can be stepped for ever. */
static sec_status_t null_step(void **ctx, void *cred, struct sspi_step *step)
{
	*ctx = &nothing;
	step->expiry = SSPI_EXPIRY_NEVER;
	return SEC_I_CONTINUE_NEEDED;
}

static sec_status_t null_query(void *ctx, u32 attr, void *buf, size_t len)
{
	return SEC_E_UNSUPPORTED_FUNCTION;
}

static sec_status_t null_message(void *ctx, struct sspi_message *msg)
{
	return SEC_E_UNSUPPORTED_FUNCTION;
}

static const struct sspi_package_ops null_ops = {
	.acquire = null_acquire,
	.free_cred = null_free,
	.initialize = null_step,
	.accept = null_step,
	.fail = null_free,
	.free_ctx = null_free,
	.query = null_query,
	.query_cred = null_query,
	.sign = null_message,
	.verify = null_message,
	.seal = null_message,
	.unseal = null_message,
};

static const struct sspi_package null_package = {
	.info = {
		.capabilities = SECPKG_FLAG_CONNECTION,
		.version = 1,
		.rpcid = SECPKG_ID_NONE,
		.max_token = 64,
		.name = "Null",
		.comment = "Does nothing, for measuring",
	},
	.isc_req = ISC_REQ_CONNECTION | ISC_REQ_ALLOCATE_MEMORY,
	.asc_req = ASC_REQ_CONNECTION | ASC_REQ_ALLOCATE_MEMORY,
	.ops = &null_ops,
	.owner = THIS_MODULE,
};

int null_register(void)
{
	sec_status_t status = sspi_register_security_package(&null_package);

	return sec_status_to_errno(status);
}

void null_unregister(void)
{
	sspi_unregister_security_package(&null_package);
}
