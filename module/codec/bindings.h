/* SPDX-License-Identifier: GPL-2.0-only */
/* Channel bindings: SEC_CHANNEL_BINDINGS in, gss_channel_bindings layout out. */
#ifndef _SSPI_CODEC_BINDINGS_H
#define _SSPI_CODEC_BINDINGS_H

#include <linux/sspi_span.h>
#include <linux/types.h>

/*
 * Checked views into a SEC_CHANNEL_BINDINGS: every offset and length is inside.
 */
struct sspi_bindings_view {
	u32 initiator_addr_type;
	struct sspi_span initiator;
	u32 acceptor_addr_type;
	struct sspi_span acceptor;
	struct sspi_span application_data;
};

/* 0, or -EBADMSG for offsets or lengths that lie. */
int sspi_bindings_parse(struct sspi_span in, struct sspi_bindings_view *view);

/*
 * The bytes that are hashed (RFC 4121 4.1.1.2, MS-NLMP 2.2.2.1 and 3.1.5.1.2):
 * five little-endian type and length words and the three texts. Returns the
 * length, -ENOSPC if it does not fit in @room; @out NULL measures.
 */
int sspi_bindings_flatten(const struct sspi_bindings_view *view, u8 *out,
			  size_t room);

#endif /* _SSPI_CODEC_BINDINGS_H */
