/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Legs in the kernel whose questions are the script's to answer: they wait from
 * one request of the script to another.
 */
#ifndef _SSPI_TESTDEV_SCRIPT_IO_H
#define _SSPI_TESTDEV_SCRIPT_IO_H

#include <linux/sspi.h>
#include <linux/sspi_package.h>

/* A context goes by the place where the session has its handle. */
sec_status_t script_io_initialize(const struct sspi_initialize_args *args);
sec_status_t script_io_accept(const struct sspi_accept_args *args,
			      struct sspi_span challenge);
sec_status_t script_io_reply(const struct sspi_ctxt_handle *ctx,
			     struct sspi_span reply, int error,
			     struct sec_buffer_desc *output, u64 *attr,
			     s64 *expiry);
/* The question that is open, or NULL. */
const struct sspi_io *script_io_open(const struct sspi_ctxt_handle *ctx);
/* Deletes the context, whose leg may wait. */
sec_status_t script_io_delete(const struct sspi_ctxt_handle *ctx);

#endif /* _SSPI_TESTDEV_SCRIPT_IO_H */
