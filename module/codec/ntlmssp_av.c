// SPDX-License-Identifier: GPL-2.0-only
/* Lists of AV pairs, MS-NLMP 2.2.2.1. */
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "codec/buf.h"
#include "codec/ntlmssp.h"
#include "test_export.h"

/*
 * Single_Host_Data, 2.2.2.2: this much is defined; whoever sends more means
 * something that nobody here reads.
 */
#define SINGLE_HOST_MIN	48

struct av {
	u16 id;
	struct sspi_span value;
	struct sspi_span raw;	/* with its header */
};

/* The next pair; false at the end of the bytes. */
static bool next(struct sspi_reader *r, struct av *av)
{
	size_t start = r->pos;
	u16 len;

	av->id = sspi_read_le16(r);
	len = sspi_read_le16(r);
	av->value = sspi_read_span(r, len);
	if (r->bad)
		return false;
	av->raw.data = r->data + start;
	av->raw.len = r->pos - start;
	return true;
}

static bool set_text(struct sspi_span *field, struct sspi_span value)
{
	*field = value;
	return value.len % 2 == 0;
}

static bool set_sized(struct sspi_span *field, struct sspi_span value,
		      bool right_size)
{
	*field = value;
	return right_size;
}

static bool set_number(u64 *field, struct sspi_span value, size_t len)
{
	struct sspi_reader r;

	sspi_reader_init(&r, value);
	*field = len == 8 ? sspi_read_le64(&r) : sspi_read_le32(&r);
	return value.len == len;
}

/* False if the value has not the form that its id demands. */
static bool set(struct ntlm_av_view *view, const struct av *av)
{
	struct sspi_span v = av->value;
	u64 number;
	bool ok;

	switch (av->id) {
	case NTLM_AV_NB_COMPUTER_NAME:
		return set_text(&view->nb_computer, v);
	case NTLM_AV_NB_DOMAIN_NAME:
		return set_text(&view->nb_domain, v);
	case NTLM_AV_DNS_COMPUTER_NAME:
		return set_text(&view->dns_computer, v);
	case NTLM_AV_DNS_DOMAIN_NAME:
		return set_text(&view->dns_domain, v);
	case NTLM_AV_DNS_TREE_NAME:
		return set_text(&view->dns_tree, v);
	case NTLM_AV_TARGET_NAME:
		return set_text(&view->target_name, v);
	case NTLM_AV_SINGLE_HOST:
		return set_sized(&view->single_host, v,
				 v.len >= SINGLE_HOST_MIN);
	case NTLM_AV_CHANNEL_BINDINGS:
		return set_sized(&view->channel_bindings, v,
				 v.len == NTLM_HASH_LEN);
	case NTLM_AV_FLAGS:
		ok = set_number(&number, v, 4);
		view->flags = number;
		view->has_flags = true;
		return ok;
	case NTLM_AV_TIMESTAMP:
		view->has_timestamp = true;
		return set_number(&view->timestamp, v, 8);
	default:
		return true;
	}
}

int ntlm_parse_av_pairs(struct sspi_span in, struct ntlm_av_view *view)
{
	struct sspi_reader r;
	struct av av;
	u32 seen = 0;

	memset(view, 0, sizeof(*view));
	sspi_reader_init(&r, in);
	while (next(&r, &av)) {
		if (av.id == NTLM_AV_EOL)
			return av.value.len ? -EBADMSG : 0;
		if (av.id <= NTLM_AV_CHANNEL_BINDINGS) {
			if (seen & 1u << av.id)
				return -EBADMSG;
			seen |= 1u << av.id;
		}
		if (!set(view, &av))
			return -EBADMSG;
	}
	return -EBADMSG;
}
SSPI_EXPORT_FOR_TEST(ntlm_parse_av_pairs);

void ntlm_write_av(struct sspi_writer *w, enum ntlm_av_id id,
		   struct sspi_span value)
{
	if (value.len > U16_MAX)
		w->bad = true;
	sspi_write_le16(w, id);
	sspi_write_le16(w, value.len);
	sspi_write_bytes(w, value.data, value.len);
}
SSPI_EXPORT_FOR_TEST(ntlm_write_av);

void ntlm_copy_av_pairs(struct sspi_writer *w, struct sspi_span in, u32 skip)
{
	struct sspi_reader r;
	struct av av;

	sspi_reader_init(&r, in);
	while (next(&r, &av) && av.id != NTLM_AV_EOL)
		if (av.id >= 32 || !(skip & 1u << av.id))
			sspi_write_bytes(w, av.raw.data, av.raw.len);
}
SSPI_EXPORT_FOR_TEST(ntlm_copy_av_pairs);
