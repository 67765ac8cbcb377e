// SPDX-License-Identifier: GPL-2.0-only
/*
 * Acquires a credential of the package whose name is written to the parameter
 * "package", and frees it again; the write fails as the acquire does.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
#include <linux/module.h>
#include <linux/sspi.h>
#include <linux/string.h>

static int ask(const char *text, const struct kernel_param *param)
{
	struct sspi_cred_handle cred;
	char name[sizeof_field(struct sec_pkg_info, name)];
	const struct sspi_acquire_args args = {
		.package = name,
		.cred_use = SECPKG_CRED_OUTBOUND,
	};
	sec_status_t status;

	strscpy(name, text, sizeof(name));
	strim(name);
	status = sspi_acquire_credentials_handle(&args, &cred, NULL);
	pr_info("%s: %s\n", name, sec_status_name(status));
	if (status == SEC_E_OK)
		status = sspi_free_credentials_handle(&cred);
	return sec_status_to_errno(status);
}

static const struct kernel_param_ops ask_ops = { .set = ask };

module_param_cb(package, &ask_ops, NULL, 0200);
MODULE_PARM_DESC(package, "Package to acquire a credential of");
MODULE_DESCRIPTION("Asks ksspi for packages by name");
MODULE_LICENSE("GPL");
