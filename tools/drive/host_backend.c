// SPDX-License-Identifier: GPL-2.0-only
/* The back end of --host: the executor on the core in userspace. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/slab.h>

#include "drive.h"
#include "host.h"
#include "testdev/exec.h"

static struct testdev_session session;

sec_status_t testdev_acquire(const struct sspi_acquire_args *args,
			     struct sspi_cred_handle *cred, s64 *expiry)
{
	return sspi_acquire_credentials_handle(args, cred, expiry);
}

sec_status_t testdev_initialize(const struct sspi_initialize_args *args)
{
	return sspi_initialize_security_context(args);
}

sec_status_t testdev_accept(const struct sspi_accept_args *args)
{
	return sspi_accept_security_context(args);
}

sec_status_t testdev_io_reply(const struct sspi_ctxt_handle *ctx,
			      struct sspi_span reply, int error,
			      struct sec_buffer_desc *output, u64 *attr,
			      s64 *expiry)
{
	return host_io_reply(ctx, reply, error, output, attr, expiry);
}

const struct sspi_io *testdev_io(const struct sspi_ctxt_handle *ctx)
{
	return host_io(ctx);
}

sec_status_t testdev_import(const char *package,
			    const struct sspi_import *import,
			    struct sspi_ctxt_handle *ctx)
{
	return host_import(package, import, ctx);
}

sec_status_t testdev_delete(const struct sspi_ctxt_handle *ctx)
{
	return sspi_delete_security_context(ctx);
}

sec_status_t testdev_free_cred(const struct sspi_cred_handle *cred)
{
	return sspi_free_credentials_handle(cred);
}

void testdev_reset_package(const char *name)
{
	host_reset_package(name);
}

const struct sspi_env *testdev_real_env(void)
{
	return host_real_env();
}

void testdev_set_env(const struct sspi_env *env)
{
	host_set_env(env);
}

void testdev_set_challenge(struct sspi_span challenge)
{
	host_set_challenge(challenge);
}

/* Here it is always the script that answers. */
void testdev_set_script(bool script)
{
	(void)script;
}

sec_status_t testdev_debug_keys(const struct sspi_ctxt_handle *ctx,
				struct sspi_debug_keys *keys)
{
	return host_debug_keys(ctx, keys);
}

const char *testdev_last_reason(void)
{
	return host_last_reason();
}

void testdev_clear_reason(void)
{
	host_clear_reason();
}

/* Not kvmalloc: failures are ordered for the packages. */
void *testdev_alloc(size_t len)
{
	return malloc(len);
}

void testdev_free(const void *p, size_t len)
{
	if (p)
		explicit_bzero((void *)p, len);
	free((void *)p);
}

static bool host_open(void)
{
	/* For the test of allocation failures: which one fails. */
	const char *fail = getenv("KSSPI_HOST_FAIL_ALLOC");
	int err = host_init();

	if (err) {
		fprintf(stderr, "sspi-drive: %s\n", strerror(-err));
		return false;
	}
	testdev_session_init(&session);
	if (fail)
		shim_fail_alloc = strtoul(fail, NULL, 10);
	return true;
}

static size_t host_call(struct sspi_span request, unsigned char **answer)
{
	size_t room = testdev_answer_room(request.len);

	*answer = malloc(room);
	if (!*answer)
		return 0;
	return testdev_execute(&session, request, *answer, room);
}

static void host_close(void)
{
	testdev_session_free(&session);
	if (getenv("KSSPI_HOST_FAIL_ALLOC"))
		fprintf(stderr, "sspi-drive: %lu allocations%s\n",
			shim_alloc_count,
			shim_fail_alloc ? "" : ", one failed");
	host_exit();
}

const struct backend host_backend = { host_open, host_call, host_close };
