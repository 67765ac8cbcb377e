/* SPDX-License-Identifier: GPL-2.0-only */
/* A view of bytes that somebody else owns. */
#ifndef _LINUX_SSPI_SPAN_H
#define _LINUX_SSPI_SPAN_H

#include <linux/types.h>

/**
 * struct sspi_span - a read-only view of bytes owned by somebody else
 * @data: first byte; may be NULL only when there is no buffer at all
 * @len: number of bytes
 *
 * An absent buffer (@data NULL) and an empty one (@data set, @len 0) are
 * different things to SSPI: the second is a token of length zero.
 */
struct sspi_span {
	const u8 *data;
	size_t len;
};

#endif /* _LINUX_SSPI_SPAN_H */
