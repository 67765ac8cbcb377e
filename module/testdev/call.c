// SPDX-License-Identifier: GPL-2.0-only
/*
 * The executor's calls in the kernel: each of the asynchronous calls is
 * submitted, and its callback waited for, as a consumer would.
 */
#include <linux/completion.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "core/internal.h"
#include "testdev/exec.h"
#include "testdev/script_io.h"

/* One call: the tracker, and what its callback wakes. */
struct testdev_wait {
	struct sspi_async_context *tracker;
	struct completion done;
	sec_status_t status;
};

/* The CHALLENGE of the next accept; under the lock of device.c. */
static struct sspi_span testdev_preset;
static bool testdev_scripted;

static void testdev_notify(struct sspi_async_context *tracker, void *data)
{
	struct testdev_wait *wait = data;

	wait->status = sspi_get_async_call_status(tracker);
	complete(&wait->done);
}

static bool testdev_begin(struct testdev_wait *wait)
{
	init_completion(&wait->done);
	wait->tracker = sspi_create_async_context();
	if (!wait->tracker)
		return false;
	if (sspi_set_async_notify_callback(wait->tracker, testdev_notify,
					   wait) == SEC_E_OK)
		return true;
	sspi_free_async_context(wait->tracker);
	return false;
}

/* What the submit came to, or, if it queued the call, the call. */
static sec_status_t testdev_end(struct testdev_wait *wait, sec_status_t status)
{
	if (status == SEC_E_OK) {
		wait_for_completion(&wait->done);
		status = wait->status;
	}
	sspi_free_async_context(wait->tracker);
	return status;
}

sec_status_t testdev_acquire(const struct sspi_acquire_args *args,
			     struct sspi_cred_handle *cred, s64 *expiry)
{
	struct testdev_wait wait;
	sec_status_t status;

	if (!testdev_begin(&wait))
		return SEC_E_INSUFFICIENT_MEMORY;
	status = sspi_acquire_credentials_handle_async(wait.tracker, args, cred,
						       expiry);
	return testdev_end(&wait, status);
}

sec_status_t testdev_initialize(const struct sspi_initialize_args *args)
{
	struct testdev_wait wait;
	sec_status_t status;

	if (testdev_scripted)
		return script_io_initialize(args);
	if (!testdev_begin(&wait))
		return SEC_E_INSUFFICIENT_MEMORY;
	status = sspi_initialize_security_context_async(wait.tracker, args);
	return testdev_end(&wait, status);
}

sec_status_t testdev_accept(const struct sspi_accept_args *args)
{
	struct testdev_wait wait;
	sec_status_t status;

	if (testdev_scripted)
		return script_io_accept(args, testdev_preset);
	if (!testdev_begin(&wait))
		return SEC_E_INSUFFICIENT_MEMORY;
	if (testdev_preset.data)
		sspi_test_set_challenge(wait.tracker, testdev_preset.data,
					testdev_preset.len);
	status = sspi_accept_security_context_async(wait.tracker, args);
	return testdev_end(&wait, status);
}

sec_status_t testdev_io_reply(const struct sspi_ctxt_handle *ctx,
			      struct sspi_span reply, int error,
			      struct sec_buffer_desc *output, u64 *attr,
			      s64 *expiry)
{
	return script_io_reply(ctx, reply, error, output, attr, expiry);
}

const struct sspi_io *testdev_io(const struct sspi_ctxt_handle *ctx)
{
	return script_io_open(ctx);
}

sec_status_t testdev_import(const char *package,
			    const struct sspi_import *import,
			    struct sspi_ctxt_handle *ctx)
{
	return sspi_test_import(THIS_MODULE, package, import, ctx);
}

sec_status_t testdev_delete(const struct sspi_ctxt_handle *ctx)
{
	struct testdev_wait wait;
	sec_status_t status;

	if (script_io_open(ctx) || !testdev_begin(&wait))
		return script_io_delete(ctx);
	status = sspi_delete_security_context_async(wait.tracker, ctx);
	return testdev_end(&wait, status);
}

sec_status_t testdev_free_cred(const struct sspi_cred_handle *cred)
{
	struct testdev_wait wait;
	sec_status_t status;

	if (!testdev_begin(&wait))
		return sspi_free_credentials_handle(cred);
	status = sspi_free_credentials_handle_async(wait.tracker, cred);
	return testdev_end(&wait, status);
}

/* The core's own environment while none is scripted. */
void testdev_reset_package(const char *name)
{
	struct sspi_entry entry;

	if (!sspi_package_get(name, &entry))
		return;
	if (entry.package->ops->init)
		entry.package->ops->init();
	sspi_package_put(entry.package);
}

const struct sspi_env *testdev_real_env(void)
{
	return sspi_env_current();
}

void testdev_set_env(const struct sspi_env *env)
{
	sspi_test_set_env(env);
}

void testdev_set_challenge(struct sspi_span challenge)
{
	testdev_preset = challenge;
}

void testdev_set_script(bool script)
{
	testdev_scripted = script;
}

sec_status_t testdev_debug_keys(const struct sspi_ctxt_handle *ctx,
				struct sspi_debug_keys *keys)
{
	return sspi_test_debug_keys(THIS_MODULE, ctx, keys);
}

const char *testdev_last_reason(void)
{
	return sspi_test_last_reason();
}

void testdev_clear_reason(void)
{
	sspi_test_note_reason(NULL);
}

void *testdev_alloc(size_t len)
{
	return kvmalloc(len, GFP_KERNEL);
}

void testdev_free(const void *p, size_t len)
{
	kvfree_sensitive(p, len);
}
