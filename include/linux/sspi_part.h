/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts that a message is made of, for packages and what they are built on. */
#ifndef _LINUX_SSPI_PART_H
#define _LINUX_SSPI_PART_H

#include <linux/types.h>

struct scatterlist;

/**
 * enum sspi_part_kind - how a part of a message is protected
 * @SSPI_PART_DATA: signed, and sealed when the message is sealed
 * @SSPI_PART_SIGN_ONLY: SECBUFFER_READONLY_WITH_CHECKSUM: signed, never sealed
 * @SSPI_PART_READONLY: SECBUFFER_READONLY: the package's own rule (NTLM signs
 *	it, Kerberos leaves it out)
 * @SSPI_PART_PADDING: SECBUFFER_PADDING
 */
enum sspi_part_kind {
	SSPI_PART_DATA,
	SSPI_PART_SIGN_ONLY,
	SSPI_PART_READONLY,
	SSPI_PART_PADDING,
};

/**
 * struct sspi_part - one part of a message, transformed in place
 * @kind: how it is protected
 * @len: bytes; a package may lower it for SSPI_PART_PADDING
 * @data: the bytes if linear, else NULL
 * @sg: the bytes as a scatterlist, else NULL
 */
struct sspi_part {
	enum sspi_part_kind kind;
	u32 len;
	u8 *data;
	struct scatterlist *sg;
};

typedef void (*sspi_part_fn)(void *priv, u8 *data, size_t len);

/* That of a scatterlist. */
void __sspi_part_walk(const struct sspi_part *part, sspi_part_fn fn,
		      void *priv);

/**
 * sspi_part_walk() - hand every run of contiguous bytes of a part to @fn
 * @part: the part
 * @fn: called in order, may change the bytes; must not sleep
 * @priv: for @fn
 *
 * Context: any.
 */
static inline void sspi_part_walk(const struct sspi_part *part, sspi_part_fn fn,
				  void *priv)
{
	if (part->sg)
		__sspi_part_walk(part, fn, priv);
	else if (part->len)
		fn(priv, part->data, part->len);
}

#endif /* _LINUX_SSPI_PART_H */
