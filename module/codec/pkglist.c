// SPDX-License-Identifier: GPL-2.0-only
/* Names, separated by commas, with blanks around them. */
#include <linux/string.h>
#include <linux/types.h>

#include "codec/pkglist.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

bool sspi_pkglist_next(const char **list, struct sspi_pkglist_item *item)
{
	const char *p = *list;

	while (is_blank(*p))
		p++;
	item->excluded = *p == '!';
	if (item->excluded)
		p++;
	while (is_blank(*p))
		p++;
	item->name = p;
	item->len = 0;
	while (*p && *p != ',') {
		p++;
		if (!is_blank(p[-1]))
			item->len = p - item->name;
	}
	*list = *p ? p + 1 : p;
	return item->len || item->excluded || *p;
}
SSPI_EXPORT_FOR_PACKAGES(sspi_pkglist_next);

bool sspi_pkglist_is(const struct sspi_pkglist_item *item, const char *name)
{
	return strlen(name) == item->len &&
	       !strncasecmp(name, item->name, item->len);
}
SSPI_EXPORT_FOR_PACKAGES(sspi_pkglist_is);

bool sspi_pkglist_excludes(const char *list, const char *name)
{
	struct sspi_pkglist_item item;

	while (sspi_pkglist_next(&list, &item))
		if (item.excluded && sspi_pkglist_is(&item, name))
			return true;
	return false;
}

bool sspi_pkglist_valid(const char *list)
{
	struct sspi_pkglist_item item;

	while (sspi_pkglist_next(&list, &item))
		if (!item.len)
			return false;
	return true;
}
