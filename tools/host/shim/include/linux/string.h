/* SPDX-License-Identifier: GPL-2.0-only */
/* Userspace stand-in: memory and strings; wiping goes to the C library. */
#ifndef _SHIM_LINUX_STRING_H
#define _SHIM_LINUX_STRING_H

#include_next <linux/string.h>
#include <linux/errno.h>
#include <linux/types.h>
#include <string.h>

static inline void memzero_explicit(void *p, size_t len)
{
	explicit_bzero(p, len);
}

static inline ssize_t strscpy(char *dst, const char *src, size_t room)
{
	char *end = room ? memccpy(dst, src, '\0', room) : NULL;

	if (end)
		return end - dst - 1;
	if (room)
		dst[room - 1] = '\0';
	return -E2BIG;
}

static inline void *memchr_inv(const void *start, int c, size_t len)
{
	const u8 *p = start;

	for (; len; p++, len--)
		if (*p != (u8)c)
			return (void *)p;
	return NULL;
}

#endif /* _SHIM_LINUX_STRING_H */
