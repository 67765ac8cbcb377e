// SPDX-License-Identifier: GPL-2.0-only
/* AV pairs: parsed, copied with and without each id, parsed again. */
#include "fuzz.h"

#include <errno.h>

#include "codec/buf.h"
#include "codec/ntlmssp.h"

static struct sspi_span *field(struct ntlm_av_view *view, unsigned int id)
{
	switch (id) {
	case NTLM_AV_NB_COMPUTER_NAME:
		return &view->nb_computer;
	case NTLM_AV_NB_DOMAIN_NAME:
		return &view->nb_domain;
	case NTLM_AV_DNS_COMPUTER_NAME:
		return &view->dns_computer;
	case NTLM_AV_DNS_DOMAIN_NAME:
		return &view->dns_domain;
	case NTLM_AV_DNS_TREE_NAME:
		return &view->dns_tree;
	case NTLM_AV_TARGET_NAME:
		return &view->target_name;
	case NTLM_AV_SINGLE_HOST:
		return &view->single_host;
	case NTLM_AV_CHANNEL_BINDINGS:
		return &view->channel_bindings;
	default:
		return NULL;
	}
}

static void copy_without(struct sspi_span in, struct ntlm_av_view *view,
			 u32 skip)
{
	size_t room = in.len + 4;
	uint8_t *list = malloc(room);
	struct ntlm_av_view again;
	struct sspi_writer w;
	unsigned int id;

	sspi_writer_init(&w, list, room);
	ntlm_copy_av_pairs(&w, in, skip);
	ntlm_write_av(&w, NTLM_AV_EOL, span_of("", 0));
	MUST(!w.bad && w.pos <= in.len);
	MUST(ntlm_parse_av_pairs(span_of(list, w.pos), &again) == 0);
	for (id = NTLM_AV_NB_COMPUTER_NAME; id <= NTLM_AV_CHANNEL_BINDINGS;
	     id++) {
		struct sspi_span *a = field(&again, id), *b = field(view, id);

		if (!a)
			continue;
		if (skip & (1u << id)) {
			MUST(!a->data);
			continue;
		}
		MUST(!a->data == !b->data);
		MUST(same_bytes(*a, *b));
	}
	MUST(again.has_flags ==
	     (view->has_flags && !(skip & (1u << NTLM_AV_FLAGS))));
	MUST(again.has_timestamp ==
	     (view->has_timestamp && !(skip & (1u << NTLM_AV_TIMESTAMP))));
	if (again.has_flags)
		MUST(again.flags == view->flags);
	if (again.has_timestamp)
		MUST(again.timestamp == view->timestamp);
	free(list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = exact_copy(data, size);
	struct sspi_span in = span_of(copy, size);
	struct ntlm_av_view view;
	unsigned int id;
	int ret;

	ret = ntlm_parse_av_pairs(in, &view);
	MUST(ret == 0 || ret == -EBADMSG);
	if (ret)
		goto done;
	for (id = 0; id <= NTLM_AV_CHANNEL_BINDINGS; id++) {
		struct sspi_span *f = field(&view, id);

		if (f)
			must_be_inside(in, *f);
	}
	if (view.channel_bindings.data)
		MUST(view.channel_bindings.len == 16);
	copy_without(in, &view, 0);
	for (id = 1; id <= NTLM_AV_CHANNEL_BINDINGS; id++)
		copy_without(in, &view, 1u << id);
	copy_without(in, &view, ~0u);
done:
	free(copy);
	return 0;
}
