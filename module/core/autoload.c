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
#include <linux/jiffies.h>
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
 * A default that could not be loaded is not looked for again at once: each look
 * is a program that is started. One that comes registers itself.
 */
#define MISSED_FOR	(30 * HZ)

static unsigned long missed_until;	/* jiffies, with @missed */
static bool missed;

static bool defaults_missed(void)
{
	return READ_ONCE(missed) &&
	       time_before(jiffies, READ_ONCE(missed_until));
}

static bool load_one(const char *alias)
{
	struct sspi_entry entry;

	if (sspi_package_get(alias + strlen(PREFIX), &entry)) {
		sspi_package_put(entry.package);
		return true;
	}
	request_module("%s", alias);
	if (!sspi_package_get(alias + strlen(PREFIX), &entry))
		return false;
	sspi_package_put(entry.package);
	return true;
}

static void want_chosen(struct sspi_load *load, const char *package,
			const char *list);

/*
 * A package may have come since it was missed. What is wrong with a module shows
 * when the call goes on: the package is there, or it is not.
 */
static void load_work(struct work_struct *work)
{
	struct sspi_load *load = container_of(work, struct sspi_load, work);
	struct sspi_call *call;
	u32 i;

	for (i = 0; i < load->count && READ_ONCE(load->call); i++) {
		if (!load_one(load->alias[i]) && load->defaults) {
			pr_notice("no module for %s: not installed, or forbidden; it is not offered\n",
				  load->alias[i] + strlen(PREFIX));
			WRITE_ONCE(missed_until, jiffies + MISSED_FOR);
			WRITE_ONCE(missed, true);
		}
		if (!i && load->chain)
			want_chosen(load, load->alias[0] + strlen(PREFIX),
				    load->list);
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

/* Whether a list names a package that it does not exclude. */
static bool names_any(const char *list)
{
	struct sspi_pkglist_item item;

	while (list && sspi_pkglist_next(&list, &item))
		if (!item.excluded)
			return true;
	return false;
}

static bool has_alias(const struct sspi_load *load, const char *alias)
{
	u32 i;

	for (i = 0; i < load->count; i++)
		if (!strcmp(load->alias[i], alias))
			return true;
	return false;
}

/*
 * What a list names and neither it nor @without excludes; nothing of one that is
 * not well formed.
 */
static void want_list(struct sspi_load *load, const char *list,
		      const char *without)
{
	const char *rest = list;
	struct sspi_pkglist_item item;

	if (!sspi_pkglist_valid(list) || !sspi_pkglist_valid(without))
		return;
	while (load->count < SSPI_MAX_LOADS && sspi_pkglist_next(&rest, &item)) {
		char *alias = load->alias[load->count];
		const char *name = alias + strlen(PREFIX);

		if (item.excluded || !missing(item.name, item.len, alias) ||
		    sspi_pkglist_excludes(list, name) ||
		    sspi_pkglist_excludes(without, name) ||
		    has_alias(load, alias))
			continue;
		load->count++;
	}
}

/* Of a package that chooses among others: what is listed, or else its defaults. */
static void want_chosen(struct sspi_load *load, const char *package,
			const char *list)
{
	struct sspi_entry entry;

	if (!sspi_package_get(package, &entry))
		return;
	if (entry.package->ops->negotiation && names_any(list)) {
		want_list(load, list, "");
	} else if (entry.package->packages && !defaults_missed()) {
		load->defaults = true;
		want_list(load, entry.package->packages, list ? list : "");
	}
	sspi_package_put(entry.package);
}

static sec_status_t want(struct sspi_load *load,
			 const struct sspi_acquire_args *args)
{
	const char *package = args->package;

	if (!missing(package, strnlen(package, MODULE_NAME_LEN),
		     load->alias[0])) {
		want_chosen(load, package, args->packages);
		return SEC_E_OK;
	}
	load->count = 1;
	load->chain = true;
	if (!args->packages)
		return SEC_E_OK;
	load->list = sspi_fault() ? NULL : kstrdup(args->packages, GFP_NOFS);
	return load->list ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

static bool list_missing(const char *list)
{
	char alias[MODULE_NAME_LEN];
	struct sspi_pkglist_item item;

	while (list && sspi_pkglist_next(&list, &item))
		if (!item.excluded && missing(item.name, item.len, alias))
			return true;
	return false;
}

static bool default_missing(const char *package)
{
	struct sspi_entry entry;
	bool yes;

	if (!sspi_package_get(package, &entry))
		return false;
	yes = list_missing(entry.package->packages);
	sspi_package_put(entry.package);
	return yes;
}

/* Whether a call that has @args may want a module: few have to allocate. */
static bool may_want(const struct sspi_acquire_args *args)
{
	char alias[MODULE_NAME_LEN];

	if (missing(args->package, strnlen(args->package, sizeof(alias)), alias))
		return true;
	if (names_any(args->packages))
		return list_missing(args->packages);
	return !defaults_missed() && default_missing(args->package);
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
	*status = want(load, args);
	if (*status == SEC_E_OK && load->count)
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
	if (!load || !refcount_dec_and_test(&load->refs))
		return;
	kfree(load->list);
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
