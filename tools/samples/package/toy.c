// SPDX-License-Identifier: GPL-2.0-only
/*
 * A package in a module of its own, the smallest that works: "hello" and "hello
 * back". It proves nothing and protects nothing, and its flags say so. Whoever
 * acquires a credential of package "Toy" has this module loaded, by the alias.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
#include <linux/module.h>
#include <linux/sspi_package.h>
#include <linux/string.h>

struct toy {
	bool greeted;
};

static sec_status_t toy_acquire(struct sspi_package_acquire *acq, void **cred)
{
	*cred = sspi_alloc(1);
	return *cred ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

static void toy_free(void *p)
{
	sspi_free(p);
}

/* The state is there from the first leg on, also if that fails. */
static struct toy *toy_context(void **ctx)
{
	if (!*ctx)
		*ctx = sspi_alloc(sizeof(struct toy));
	return *ctx;
}

static sec_status_t say(struct sspi_step *step, const char *text)
{
	size_t len = strlen(text);

	step->output.data = sspi_alloc(len);
	if (!step->output.data)
		return SEC_E_INSUFFICIENT_MEMORY;
	memcpy(step->output.data, text, len);
	step->output.len = len;
	return SEC_E_OK;
}

static sec_status_t hear(struct sspi_step *step, const char *text)
{
	if (step->input.len == strlen(text) &&
	    !memcmp(step->input.data, text, step->input.len))
		return SEC_E_OK;
	step->reason = "not what a toy says";
	return SEC_E_INVALID_TOKEN;
}

static sec_status_t toy_initialize(void **ctx, void *cred, struct sspi_step *step)
{
	struct toy *toy = toy_context(ctx);
	sec_status_t status;

	if (!toy)
		return SEC_E_INSUFFICIENT_MEMORY;
	if (toy->greeted)
		return hear(step, "hello back");
	status = say(step, "hello");
	if (status != SEC_E_OK)
		return status;
	toy->greeted = true;
	return SEC_I_CONTINUE_NEEDED;
}

static sec_status_t toy_accept(void **ctx, void *cred, struct sspi_step *step)
{
	sec_status_t status;

	if (!toy_context(ctx))
		return SEC_E_INSUFFICIENT_MEMORY;
	status = hear(step, "hello");
	return status == SEC_E_OK ? say(step, "hello back") : status;
}

/* No keys, so nothing to wipe. */
static void toy_fail(void *ctx)
{
}

static sec_status_t toy_query(void *ctx, u32 attr, void *buf, size_t len)
{
	return SEC_E_UNSUPPORTED_FUNCTION;
}

static sec_status_t toy_message(void *ctx, struct sspi_message *msg)
{
	return SEC_E_UNSUPPORTED_FUNCTION;
}

static const struct sspi_package_ops toy_ops = {
	.acquire = toy_acquire,
	.free_cred = toy_free,
	.initialize = toy_initialize,
	.accept = toy_accept,
	.fail = toy_fail,
	.free_ctx = toy_free,
	.query = toy_query,
	.query_cred = toy_query,
	.sign = toy_message,
	.verify = toy_message,
	.seal = toy_message,
	.unseal = toy_message,
};

static const struct sspi_package toy_package = {
	.info = {
		.version = 1,
		.max_token = 16,
		.name = "Toy",
		.comment = "A greeting",
	},
	.isc_req = ISC_REQ_ALLOCATE_MEMORY,
	.asc_req = ASC_REQ_ALLOCATE_MEMORY,
	.ops = &toy_ops,
	.owner = THIS_MODULE,
};

module_sspi_package(toy_package);

MODULE_ALIAS_SSPI_PACKAGE("toy");
MODULE_DESCRIPTION("A package of ksspi in a module of its own");
MODULE_LICENSE("GPL");
