/* SPDX-License-Identifier: GPL-2.0-only */
/* UTF-8 <-> UTF-16LE, strict both ways, and Unicode simple uppercase. */
#ifndef _SSPI_CODEC_UTF16_H
#define _SSPI_CODEC_UTF16_H

#include <linux/sspi_span.h>
#include <linux/types.h>

/*
 * All return the number of bytes of the result, or -EBADMSG for text that is
 * not well formed (overlong form, lone surrogate, odd length, an embedded NUL),
 * or -ENOSPC if it does not fit in @room. @out NULL measures.
 */
int sspi_utf8_to_utf16le(struct sspi_span in, u8 *out, size_t room);
int sspi_utf16le_to_utf8(struct sspi_span in, u8 *out, size_t room);

/*
 * Simple uppercase of each BMP code unit in place (MS-UCODEREF; the table is
 * generated from Unicode's data); surrogates are left alone.
 */
void sspi_utf16le_upcase(u8 *data, size_t len);
u16 sspi_upcase(u16 unit);

/* Whether two UTF-16LE texts are equal ignoring case. Not for secrets. */
bool sspi_utf16le_equal_nocase(struct sspi_span a, struct sspi_span b);

#endif /* _SSPI_CODEC_UTF16_H */
