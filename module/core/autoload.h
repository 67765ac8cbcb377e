/* SPDX-License-Identifier: GPL-2.0-only */
/* Packages in modules of their own, loaded when somebody asks for them by name. */
#ifndef _SSPI_CORE_AUTOLOAD_H
#define _SSPI_CORE_AUTOLOAD_H

#include <linux/module.h>
#include <linux/refcount.h>
#include <linux/sspi.h>
#include <linux/workqueue.h>

struct sspi_call;

/* Modules that one call has looked for; a list may have more names. */
#define SSPI_MAX_LOADS	8

/**
 * struct sspi_load - modules that a call waits for
 * @work: looks for them
 * @refs: one of the call, one of @work while it is queued
 * @call: who waits: taken out by who resumes it, or gives it up
 * @begun: @work was queued
 * @chain: the first alias is of the package itself, which may choose among others
 * @list: the list that goes with it then; or NULL
 * @defaults: the package's own list is being loaded
 * @count: aliases
 * @alias: of the modules, in the order of the names
 */
struct sspi_load {
	struct work_struct work;
	refcount_t refs;
	struct sspi_call *call;
	bool begun;
	bool chain;
	char *list;
	bool defaults;
	u32 count;
	char alias[SSPI_MAX_LOADS][MODULE_NAME_LEN];
};

bool sspi_package_alias(const char *name, char *alias, size_t room);
bool sspi_package_may_load(const struct module *asker);

struct sspi_load *sspi_load_make(const struct module *asker,
				 const struct sspi_acquire_args *args,
				 sec_status_t *status);
bool sspi_load_begin(struct sspi_load *load, struct sspi_call *call);
bool sspi_load_cancel(struct sspi_load *load);
void sspi_load_put(struct sspi_load *load);
void sspi_load_queue(struct work_struct *work);
int sspi_load_init(void);
void sspi_load_exit(void);

#endif /* _SSPI_CORE_AUTOLOAD_H */
