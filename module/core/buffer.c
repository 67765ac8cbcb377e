// SPDX-License-Identifier: GPL-2.0-only
/* Descriptors of a leg: checking what comes in, writing what goes out. */
#include <linux/align.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sspi_types.h>

#include "core/internal.h"

#define UNIX_TO_FILETIME	11644473600LL	/* seconds from 1601 to 1970 */
#define FILETIME_PER_SECOND	10000000LL

/* Whether a descriptor may be walked. */
sec_status_t sspi_desc_check(const struct sec_buffer_desc *desc)
{
	if (!desc || !IS_ALIGNED((unsigned long)desc, __alignof__(*desc)) ||
	    desc->version != SECBUFFER_VERSION ||
	    desc->count > SSPI_MAX_BUFFERS ||
	    (desc->count && !desc->buffers) ||
	    !IS_ALIGNED((unsigned long)desc->buffers,
			__alignof__(*desc->buffers)))
		return sspi_invalid("descriptor");
	return SEC_E_OK;
}

/* One buffer into a view that must still be free. */
static sec_status_t take_span(const struct sec_buffer *buf,
			      struct sspi_span *span)
{
	static const u8 empty[1];

	if (span->data)
		return sspi_invalid("input: a type twice");
	span->data = buf->len ? buf->data : empty;
	span->len = buf->len;
	return SEC_E_OK;
}

static sec_status_t take_buffer(const struct sec_buffer *buf,
				struct sspi_inputs *in)
{
	u64 flags;

	if (buf->sg || buf->dst || (buf->len && !buf->data))
		return sspi_invalid("input: no linear bytes");
	switch (buf->type & ~SECBUFFER_ATTRMASK) {
	case SECBUFFER_EMPTY:
		return SEC_E_OK;
	case SECBUFFER_TOKEN:
		if (buf->len > SSPI_MAX_TOKEN)
			return SEC_E_INVALID_TOKEN;
		return take_span(buf, &in->token);
	case SECBUFFER_CHANNEL_BINDINGS:
		if (buf->len > SSPI_MAX_BINDINGS ||
		    buf->len < sizeof(struct sec_channel_bindings))
			return sspi_invalid("input: length of CHANNEL_BINDINGS");
		return take_span(buf, &in->bindings);
	case SECBUFFER_FLAGS:
		if (buf->len != sizeof(flags))
			return sspi_invalid("input: length of FLAGS");
		memcpy(&flags, buf->data, sizeof(flags));
		in->flags |= flags;
		return SEC_E_OK;
	default:
		return sspi_invalid("input: type of a buffer");
	}
}

/* Takes the input descriptor of a leg apart; NULL is none. */
sec_status_t sspi_inputs_parse(const struct sec_buffer_desc *desc,
			       struct sspi_inputs *in)
{
	sec_status_t status;
	u32 i;

	*in = (struct sspi_inputs){};
	if (!desc)
		return SEC_E_OK;
	status = sspi_desc_check(desc);
	for (i = 0; status == SEC_E_OK && i < desc->count; i++)
		status = take_buffer(&desc->buffers[i], in);
	return status;
}
SSPI_EXPORT_FOR_TEST(sspi_inputs_parse);

/* Finds the one TOKEN of the output descriptor of a leg; NULL is none. */
sec_status_t sspi_outputs_parse(struct sec_buffer_desc *desc,
				struct sspi_outputs *out)
{
	sec_status_t status;
	u32 i;

	if (!desc)
		return SEC_E_OK;
	status = sspi_desc_check(desc);
	if (status != SEC_E_OK)
		return status;
	for (i = 0; i < desc->count; i++) {
		struct sec_buffer *buf = &desc->buffers[i];

		if (buf->type == SECBUFFER_EMPTY)
			continue;
		if (buf->type != SECBUFFER_TOKEN || out->token_len ||
		    buf->sg || buf->dst)
			return sspi_invalid("output: more than one TOKEN");
		out->token_len = &buf->len;
		out->token_data = &buf->data;
		out->token_copy = buf->data;
		out->token_room = buf->len;
	}
	return SEC_E_OK;
}

/*
 * There is no token yet. With ALLOCATE_MEMORY what the caller's pointer still holds
 * may have been freed: a leg that publishes nothing must not leave that there.
 */
void sspi_outputs_clear(const struct sspi_outputs *out)
{
	if (!out->token_len || !out->allocate)
		return;
	*out->token_len = 0;
	*out->token_data = NULL;
}

/* Whether a token of @len bytes has somewhere to go. */
bool sspi_outputs_fit(const struct sspi_outputs *out, size_t len)
{
	if (!len || (out->token_len && out->allocate))
		return true;
	return out->token_len && out->token_copy && len <= out->token_room;
}

/* Hands the token over; one that does not fit becomes an empty one. */
void sspi_outputs_token(struct sspi_outputs *out, struct sspi_blob *token)
{
	bool fits = token->data && sspi_outputs_fit(out, token->len);

	if (!out->token_len)
		return;
	*out->token_len = fits ? token->len : 0;
	if (out->allocate) {
		*out->token_data = token->data;
		*token = (struct sspi_blob){};
	} else if (fits && token->len) {
		memcpy(out->token_copy, token->data, token->len);
	}
}

void sspi_outputs_handle(const struct sspi_outputs *out,
			 const struct sspi_object *obj)
{
	struct sspi_handle handle = sspi_object_handle(obj);

	if (!out->lower)
		return;
	*out->lower = handle.lower;
	*out->upper = handle.upper;
}

/* Unix seconds as 100 ns since 1601, saturated. */
u64 sspi_filetime(s64 expiry)
{
	if (expiry <= -UNIX_TO_FILETIME)
		return 0;
	if (expiry >= S64_MAX / FILETIME_PER_SECOND - UNIX_TO_FILETIME)
		return S64_MAX;
	return (expiry + UNIX_TO_FILETIME) * FILETIME_PER_SECOND;
}
SSPI_EXPORT_FOR_TEST(sspi_filetime);

void sspi_outputs_expiry(const struct sspi_outputs *out, s64 expiry)
{
	if (out->expiry)
		*out->expiry = expiry;
	if (out->filetime)
		*out->filetime = sspi_filetime(expiry);
}

void sspi_outputs_attr(const struct sspi_outputs *out, u64 attr)
{
	if (out->attr)
		*out->attr = attr;
	if (out->attr_long)
		*out->attr_long = attr;
}
