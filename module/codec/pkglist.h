/* SPDX-License-Identifier: GPL-2.0-only */
/* Lists of package names, as a credential of Negotiate is given: "kerberos,!ntlm". */
#ifndef _SSPI_CODEC_PKGLIST_H
#define _SSPI_CODEC_PKGLIST_H

#include <linux/types.h>

/**
 * struct sspi_pkglist_item - one name of a list
 * @name: in the list; no NUL follows it
 * @len: bytes of it; 0 for an empty name
 * @excluded: '!' is in front of it
 */
struct sspi_pkglist_item {
	const char *name;
	size_t len;
	bool excluded;
};

/* The next item of *@list, which moves on behind it; false at the end. */
bool sspi_pkglist_next(const char **list, struct sspi_pkglist_item *item);

/* Whether an item is a name, in any case. */
bool sspi_pkglist_is(const struct sspi_pkglist_item *item, const char *name);

/* Whether a list excludes a name, wherever that stands. */
bool sspi_pkglist_excludes(const char *list, const char *name);

/* Whether a list is one: no name of it is empty. */
bool sspi_pkglist_valid(const char *list);

#endif /* _SSPI_CODEC_PKGLIST_H */
