// SPDX-License-Identifier: GPL-2.0-only
/*
 * Acquires a credential of the package whose name is written to the parameter
 * "package", and frees it again; the write fails as the acquire does. With it go
 * the list in "packages", and whether to be "async": submit, and look at it later.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
#include <linux/module.h>
#include <linux/sspi.h>
#include <linux/string.h>

static char packages[128];
static bool async;

/* What a consumer does that has other things to do meanwhile. */
static sec_status_t acquire_async(const struct sspi_acquire_args *args,
				  struct sspi_cred_handle *cred)
{
	struct sspi_async_context *actx = sspi_create_async_context();
	sec_status_t status;

	if (!actx)
		return SEC_E_INSUFFICIENT_MEMORY;
	status = sspi_acquire_credentials_handle_async(actx, args, cred, NULL);
	if (status == SEC_E_OK)
		status = sspi_wait_async_call(actx, 0);
	sspi_free_async_context(actx);
	return status;
}

static int ask(const char *text, const struct kernel_param *param)
{
	struct sspi_cred_handle cred = {};
	char name[sizeof_field(struct sec_pkg_info, name)];
	const struct sspi_acquire_args args = {
		.package = name,
		.packages = *packages ? packages : NULL,
		.cred_use = SECPKG_CRED_OUTBOUND,
	};
	sec_status_t status;

	strscpy(name, text, sizeof(name));
	strim(name);
	status = async ? acquire_async(&args, &cred) :
			 sspi_acquire_credentials_handle(&args, &cred, NULL);
	pr_info("%s: %s\n", name, sec_status_name(status));
	/* also one that came after all when the wait had been cut short */
	if (cred.lower)
		sspi_free_credentials_handle(&cred);
	return sec_status_to_errno(status);
}

static const struct kernel_param_ops ask_ops = { .set = ask };

module_param_string(packages, packages, sizeof(packages), 0200);
MODULE_PARM_DESC(packages, "List of packages that goes with it");
module_param(async, bool, 0600);
MODULE_PARM_DESC(async, "Submit the call, then wait for it");
module_param_cb(package, &ask_ops, NULL, 0200);
MODULE_PARM_DESC(package, "Package to acquire a credential of");
MODULE_DESCRIPTION("Asks ksspi for packages by name");
MODULE_LICENSE("GPL");
