// SPDX-License-Identifier: GPL-2.0-only
/* The table of packages. */
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "core/internal.h"

#define MAX_PACKAGES	16

static DEFINE_MUTEX(registry_lock);	/* protects writes of table */
/* The number of a package is its index plus one: 0 is no package. */
static const struct sspi_package __rcu *table[MAX_PACKAGES];

static bool package_complete(const struct sspi_package *package)
{
	const struct sspi_package_ops *ops = package ? package->ops : NULL;

	return ops && package->info.name[0] && package->info.max_token &&
	       strnlen(package->info.name, sizeof(package->info.name)) <
		       sizeof(package->info.name) &&
	       ops->acquire && ops->free_cred && ops->initialize &&
	       ops->accept && ops->fail && ops->free_ctx && ops->query &&
	       ops->query_cred && ops->sign && ops->verify && ops->seal &&
	       ops->unseal;
}

/*
 * The package of that name, and its number. Each place of the table is read once:
 * another package may be there as soon as the one that was is gone.
 */
static const struct sspi_package *package_find(const char *name, u32 *number)
{
	const struct sspi_package *package;
	u32 i;

	for (i = 0; i < MAX_PACKAGES; i++) {
		package = rcu_dereference_check(table[i],
						lockdep_is_held(&registry_lock));
		if (package && !strcasecmp(package->info.name, name)) {
			*number = i + 1;
			return package;
		}
	}
	return NULL;
}

static int free_index(void)
{
	int i;

	for (i = 0; i < MAX_PACKAGES; i++)
		if (!rcu_access_pointer(table[i]))
			return i;
	return -1;
}

/* Documented with its declaration in <linux/sspi_package.h>. */
sec_status_t sspi_register_security_package(const struct sspi_package *package)
{
	sec_status_t status = SEC_E_CANNOT_INSTALL;
	int index;
	u32 taken;

	if (!package_complete(package))
		return SEC_E_INVALID_PARAMETER;
	mutex_lock(&registry_lock);
	index = free_index();
	if (index < 0 || package_find(package->info.name, &taken))
		goto unlock;
	if (package->ops->init && package->ops->init())
		goto unlock;
	rcu_assign_pointer(table[index], package);
	status = SEC_E_OK;
unlock:
	mutex_unlock(&registry_lock);
	return status;
}
EXPORT_SYMBOL_GPL(sspi_register_security_package);

/* Documented with its declaration in <linux/sspi_package.h>. */
void sspi_unregister_security_package(const struct sspi_package *package)
{
	bool found = false;
	int i;

	if (!package)
		return;
	mutex_lock(&registry_lock);
	for (i = 0; i < MAX_PACKAGES; i++) {
		if (rcu_access_pointer(table[i]) == package) {
			RCU_INIT_POINTER(table[i], NULL);
			found = true;
		}
	}
	mutex_unlock(&registry_lock);
	if (!found)
		return;
	synchronize_rcu();
	if (package->ops->exit)
		package->ops->exit();
}
EXPORT_SYMBOL_GPL(sspi_unregister_security_package);

/* Finds a package by name and holds its module. */
bool sspi_package_get(const char *name, struct sspi_entry *entry)
{
	const struct sspi_package *package;
	bool found = false;
	u32 number;

	rcu_read_lock();
	package = package_find(name, &number);
	if (package && try_module_get(package->owner)) {
		entry->package = package;
		entry->number = number;
		found = true;
	}
	rcu_read_unlock();
	return found;
}
SSPI_EXPORT_FOR_TEST(sspi_package_get);

void sspi_package_put(const struct sspi_package *package)
{
	module_put(package->owner);
}
SSPI_EXPORT_FOR_TEST(sspi_package_put);

/* Documented with its declaration in <linux/sspi_package.h>. */
const struct sspi_package *sspi_next_mechanism(unsigned int *pos)
{
	const struct sspi_package *package, *found = NULL;

	rcu_read_lock();
	while (*pos < MAX_PACKAGES && !found) {
		package = rcu_dereference(table[(*pos)++]);
		if (package && package->mechs && try_module_get(package->owner))
			found = package;
	}
	rcu_read_unlock();
	return found;
}
EXPORT_SYMBOL_GPL(sspi_next_mechanism);

/* Documented with its declaration in <linux/sspi_package.h>. */
void sspi_put_mechanism(const struct sspi_package *package)
{
	sspi_package_put(package);
}
EXPORT_SYMBOL_GPL(sspi_put_mechanism);

/**
 * sspi_enumerate_security_packages() - list the packages
 * @count: receives their number
 * @packages: receives an array of @count; free it with
 *	sspi_free_context_buffer()
 *
 * Context: process context, may sleep for memory.
 * Return: SEC_E_OK, SEC_E_INVALID_PARAMETER for NULL, or
 * SEC_E_INSUFFICIENT_MEMORY.
 */
sec_status_t sspi_enumerate_security_packages(u32 *count,
					      struct sec_pkg_info **packages)
{
	const struct sspi_package *package;
	struct sec_pkg_info *infos;
	u32 n = 0;
	int i;

	if (!count || !packages)
		return SEC_E_INVALID_PARAMETER;
	infos = sspi_alloc(MAX_PACKAGES * sizeof(*infos));
	if (!infos)
		return SEC_E_INSUFFICIENT_MEMORY;
	rcu_read_lock();
	for (i = 0; i < MAX_PACKAGES; i++) {
		package = rcu_dereference(table[i]);
		if (package)
			infos[n++] = package->info;
	}
	rcu_read_unlock();
	*count = n;
	*packages = infos;
	return SEC_E_OK;
}
EXPORT_SYMBOL_GPL(sspi_enumerate_security_packages);

/**
 * sspi_query_security_package_info() - ask about one package
 * @name: its name, in any case
 * @info: receives the facts
 *
 * Context: any.
 * Return: SEC_E_OK, SEC_E_INVALID_PARAMETER for NULL, or
 * SEC_E_SECPKG_NOT_FOUND.
 */
sec_status_t sspi_query_security_package_info(const char *name,
					      struct sec_pkg_info *info)
{
	const struct sspi_package *package;
	u32 number;

	if (!name || !info)
		return SEC_E_INVALID_PARAMETER;
	rcu_read_lock();
	package = package_find(name, &number);
	if (package)
		*info = package->info;
	rcu_read_unlock();
	return package ? SEC_E_OK : SEC_E_SECPKG_NOT_FOUND;
}
EXPORT_SYMBOL_GPL(sspi_query_security_package_info);
