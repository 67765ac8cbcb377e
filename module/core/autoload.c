// SPDX-License-Identifier: GPL-2.0-only
/* Packages in modules of their own, loaded when somebody asks for them by name. */
#include <linux/async.h>
#include <linux/kmod.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "core/internal.h"

#define PREFIX	"sspi-"

/*
 * The alias of the module that has package @name: a name that an alias cannot
 * have, or that might mean more than itself to a program, has none.
 */
bool sspi_package_alias(const char *name, char *alias, size_t room)
{
	size_t len = strnlen(name, room), i;

	if (!len || len + sizeof(PREFIX) > room)
		return false;
	strscpy(alias, PREFIX, room);
	alias += strlen(PREFIX);
	for (i = 0; i < len; i++) {
		char c = name[i];

		if (c >= 'A' && c <= 'Z')
			c += 'a' - 'A';
		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
		    !(c == '-' && i))
			return false;
		alias[i] = c;
	}
	alias[len] = '\0';
	return true;
}
SSPI_EXPORT_FOR_TEST(sspi_package_alias);

/*
 * Whether this task may wait for a program. Not if memory waits for the task: the
 * program wants some too. Not while the module that asks is being initialised:
 * what it is waiting for may in turn be waiting for it.
 */
bool sspi_package_may_load(const struct module *asker)
{
	if (current->flags & (PF_MEMALLOC | PF_MEMALLOC_NOFS |
			      PF_MEMALLOC_NOIO))
		return false;
	if (current_is_async() || (asker && asker->state != MODULE_STATE_LIVE))
		return false;
	return true;
}
SSPI_EXPORT_FOR_TEST(sspi_package_may_load);

/* Loads the module of a package that is not there; true if it may be now. */
bool sspi_package_load(const struct module *asker, const char *name)
{
	char alias[MODULE_NAME_LEN];

	return sspi_package_may_load(asker) &&
	       sspi_package_alias(name, alias, sizeof(alias)) &&
	       !request_module("%s", alias);
}
