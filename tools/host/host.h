/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A core for the packages in userspace: the synchronous calls of
 * <linux/sspi.h> with the kernel core's rules, one thread, no capture of
 * credentials. What is declared here goes beyond them, for tests.
 */
#ifndef _TOOLS_HOST_HOST_H
#define _TOOLS_HOST_HOST_H

#include <linux/sspi.h>
#include <linux/sspi_package.h>

/* Registers the packages that are built in; 0 or a negative errno. */
int host_init(void);
/* Unregisters them; every handle must be gone. */
void host_exit(void);

/* Clock and randomness of the steps to come; NULL for the real ones. */
void host_set_env(const struct sspi_env *env);
const struct sspi_env *host_real_env(void);
/* The CHALLENGE_MESSAGE of the next accept; the bytes stay the caller's. */
void host_set_challenge(struct sspi_span challenge);
/* Why the last call failed, or NULL. */
const char *host_last_reason(void);
void host_clear_reason(void);
/*
 * Answers the open question of a context; @error is positive, or 0. Outputs are
 * as those of the leg that asked.
 */
sec_status_t host_io_reply(const struct sspi_ctxt_handle *ctx,
			   struct sspi_span reply, int error,
			   struct sec_buffer_desc *output, u64 *attr,
			   s64 *expiry);
/* The open question of a context, or NULL. */
const struct sspi_io *host_io(const struct sspi_ctxt_handle *ctx);
void host_reset_package(const char *name);
sec_status_t host_import(const char *package, const struct sspi_import *import,
			 struct sspi_ctxt_handle *ctx);
sec_status_t host_debug_keys(const struct sspi_ctxt_handle *ctx,
			     struct sspi_debug_keys *keys);

#endif /* _TOOLS_HOST_HOST_H */
