// SPDX-License-Identifier: GPL-2.0-only
/* Channel bindings: check what the caller gave, and lay it out for hashing. */
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/sspi_types.h>
#include <linux/string.h>

#include "codec/bindings.h"
#include "codec/buf.h"
#include "test_export.h"

/*
 * A text of the structure: inside it and behind its head. An absent text may
 * have any offset: callers leave garbage there.
 */
static bool text(struct sspi_span in, u32 off, u32 len, struct sspi_span *out)
{
	if (!len) {
		out->data = in.data;
		out->len = 0;
		return true;
	}
	if (off < sizeof(struct sec_channel_bindings))
		return false;
	return sspi_subspan(in, off, len, out);
}

int sspi_bindings_parse(struct sspi_span in, struct sspi_bindings_view *view)
{
	struct sec_channel_bindings head;

	memset(view, 0, sizeof(*view));
	if (!in.data || in.len < sizeof(head))
		return -EBADMSG;
	/* Native numbers at an address of the caller's choice. */
	memcpy(&head, in.data, sizeof(head));

	view->initiator_addr_type = head.initiator_addr_type;
	view->acceptor_addr_type = head.acceptor_addr_type;
	if (!text(in, head.initiator_offset, head.initiator_len,
		  &view->initiator) ||
	    !text(in, head.acceptor_offset, head.acceptor_len,
		  &view->acceptor) ||
	    !text(in, head.application_data_offset, head.application_data_len,
		  &view->application_data))
		return -EBADMSG;
	return 0;
}
SSPI_EXPORT_FOR_PACKAGES(sspi_bindings_parse);

static void write_text(struct sspi_writer *w, struct sspi_span text)
{
	if (text.len > INT_MAX)
		w->bad = true;
	sspi_write_le32(w, text.len);
	sspi_write_bytes(w, text.data, text.len);
}

int sspi_bindings_flatten(const struct sspi_bindings_view *view, u8 *out,
			  size_t room)
{
	struct sspi_writer w;

	sspi_writer_init(&w, out, room);
	sspi_write_le32(&w, view->initiator_addr_type);
	write_text(&w, view->initiator);
	sspi_write_le32(&w, view->acceptor_addr_type);
	write_text(&w, view->acceptor);
	write_text(&w, view->application_data);
	if (w.bad || w.pos > INT_MAX)
		return -ENOSPC;
	return w.pos;
}
SSPI_EXPORT_FOR_PACKAGES(sspi_bindings_flatten);
