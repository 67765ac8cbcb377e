// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packages in modules of their own, loaded when somebody asks for them by name.
 *
 * Who asks does not wait for the program that loads them: the call is parked,
 * as for the answer of a server, and goes on when the program has ended. Only
 * kernel code asks, with names of its own; with the prefix they mean modules
 * that say of themselves that they are packages.
 */
#include <linux/async.h>
#include <linux/kmod.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "codec/pkglist.h"
#include "core/autoload.h"
#include "core/internal.h"

#define PREFIX	SSPI_PACKAGE_ALIAS

static struct workqueue_struct *load_wq;

/*
 * A package may have come since it was missed. What is wrong with a module shows
 * when the call goes on: the package is there, or it is not.
 */
static void load_work(struct work_struct *work)
{
	struct sspi_load *load = container_of(work, struct sspi_load, work);
	struct sspi_call *call;
	struct sspi_entry entry;
	u32 i;

	for (i = 0; i < load->count && READ_ONCE(load->call); i++) {
		if (sspi_package_get(load->alias[i] + strlen(PREFIX), &entry))
			sspi_package_put(entry.package);
		else
			request_module("%s", load->alias[i]);
	}
	call = xchg(&load->call, NULL);
	if (call)
		sspi_call_resume(call);
	sspi_load_put(load);
}

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
 * Whether what this task submits may wait for a program; the task may in turn wait
 * for that. Not if memory waits for the task: the program wants some too. Not while
 * the module that asks is being initialised: what it is waiting for may in turn be
 * waiting for it.
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

/* The alias of a package that is not there; false if it is, or can have none. */
static bool missing(const char *name, size_t len, char *alias)
{
	char copy[MODULE_NAME_LEN];
	struct sspi_entry entry;

	if (len >= sizeof(copy))
		return false;
	memcpy(copy, name, len);
	copy[len] = '\0';
	if (!sspi_package_alias(copy, alias, MODULE_NAME_LEN))
		return false;
	if (!sspi_package_get(copy, &entry))
		return true;
	sspi_package_put(entry.package);
	return false;
}

/* Whether a package chooses among others, and so has a use for a list of them. */
static bool chooses(const char *name)
{
	struct sspi_entry entry;
	bool yes;

	if (!sspi_package_get(name, &entry))
		return false;
	yes = entry.package->ops->negotiation;
	sspi_package_put(entry.package);
	return yes;
}

static bool has_alias(const struct sspi_load *load, const char *alias)
{
	u32 i;

	for (i = 0; i < load->count; i++)
		if (!strcmp(load->alias[i], alias))
			return true;
	return false;
}

/* What a list names and does not exclude; nothing of one that is not well formed. */
static void want_list(struct sspi_load *load, const char *list)
{
	const char *rest = list;
	struct sspi_pkglist_item item;

	if (!sspi_pkglist_valid(list))
		return;
	while (load->count < SSPI_MAX_LOADS && sspi_pkglist_next(&rest, &item)) {
		char *alias = load->alias[load->count];

		if (item.excluded || !missing(item.name, item.len, alias) ||
		    sspi_pkglist_excludes(list, alias + strlen(PREFIX)) ||
		    has_alias(load, alias))
			continue;
		load->count++;
	}
}

static void want(struct sspi_load *load, const struct sspi_acquire_args *args)
{
	const char *package = args->package;

	if (missing(package, strnlen(package, MODULE_NAME_LEN), load->alias[0]))
		load->count = 1;
	else if (args->packages && chooses(package))
		want_list(load, args->packages);
}

/* Whether a call that has @args may want a module: few have to allocate. */
static bool may_want(const struct sspi_acquire_args *args)
{
	const char *list = args->packages;
	char alias[MODULE_NAME_LEN];
	struct sspi_pkglist_item item;

	if (missing(args->package, strnlen(args->package, sizeof(alias)), alias))
		return true;
	while (list && sspi_pkglist_next(&list, &item))
		if (!item.excluded && missing(item.name, item.len, alias))
			return true;
	return false;
}

/*
 * What is to be loaded before @args can be made a credential from, on behalf of
 * this task and of module @asker. NULL with SEC_E_OK: nothing is, or may be.
 */
struct sspi_load *sspi_load_make(const struct module *asker,
				 const struct sspi_acquire_args *args,
				 sec_status_t *status)
{
	struct sspi_load *load;

	*status = SEC_E_OK;
	if (!may_want(args) || !sspi_package_may_load(asker))
		return NULL;
	load = sspi_fault() ? NULL : kzalloc(sizeof(*load), GFP_NOIO);
	if (!load) {
		*status = SEC_E_INSUFFICIENT_MEMORY;
		return NULL;
	}
	refcount_set(&load->refs, 1);
	INIT_WORK(&load->work, load_work);
	want(load, args);
	if (load->count)
		return load;
	sspi_load_put(load);
	return NULL;
}
SSPI_EXPORT_FOR_TEST(sspi_load_make);

/* True: @call will be resumed, unless sspi_load_cancel() wins. Once only. */
bool sspi_load_begin(struct sspi_load *load, struct sspi_call *call)
{
	if (load->begun)
		return false;
	load->begun = true;
	load->call = call;
	refcount_inc(&load->refs);
	sspi_load_queue(&load->work);
	return true;
}

/*
 * Takes the wait back. True: the call will not be resumed. False: it has been,
 * or there was no wait. Context: any.
 */
bool sspi_load_cancel(struct sspi_load *load)
{
	return xchg(&load->call, NULL);
}

void sspi_load_put(struct sspi_load *load)
{
	if (load && refcount_dec_and_test(&load->refs))
		kfree(load);
}
SSPI_EXPORT_FOR_TEST(sspi_load_put);

void sspi_load_queue(struct work_struct *work)
{
	queue_work(load_wq, work);
}
SSPI_EXPORT_FOR_TEST(sspi_load_queue);

/* Not for reclaim: it waits for programs. One after the other, so one at a time. */
int sspi_load_init(void)
{
	load_wq = alloc_ordered_workqueue("ksspi_load", 0);
	return load_wq ? 0 : -ENOMEM;
}

void sspi_load_exit(void)
{
	destroy_workqueue(load_wq);
}
