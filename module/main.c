// SPDX-License-Identifier: GPL-2.0-only
/* Loading and unloading: the order of things, and the list of packages. */
#include <linux/module.h>

#include "core/internal.h"
#include "crypto/crypto.h"
#include "keys/keys.h"
#include "netlink/init.h"
#include "spi.h"
#include "testdev/testdev.h"
#include "transport/kdc.h"

static const struct sspi_package *const builtin_packages[] = {
	IS_ENABLED(CONFIG_SSPI_NTLM) ? &ntlm_package : NULL,
	IS_ENABLED(CONFIG_SSPI_KRB5) ? &krb5_package : NULL,
	IS_ENABLED(CONFIG_SSPI_NEGOTIATE) ? &negotiate_package : NULL,
};

static void packages_exit(unsigned int count)
{
	while (count--)
		sspi_unregister_security_package(builtin_packages[count]);
}

static int packages_init(void)
{
	unsigned int i;
	sec_status_t status;

	for (i = 0; i < ARRAY_SIZE(builtin_packages); i++) {
		if (!builtin_packages[i])
			continue;
		status = sspi_register_security_package(builtin_packages[i]);
		if (status != SEC_E_OK) {
			pr_err("package %s: %s\n",
			       builtin_packages[i]->info.name,
			       sec_status_name(status));
			packages_exit(i);
			return sec_status_to_errno(status);
		}
	}
	return 0;
}

static void crypto_exit(void)
{
	if (IS_ENABLED(CONFIG_SSPI_KRB5)) {
		sspi_cipher_exit();
		sspi_hash_exit();
	}
	sspi_crypto_exit();
}

static int __init ksspi_init(void)
{
	int err;

	err = sspi_crypto_init();
	if (err)
		return err;
	err = sspi_transport_init();
	if (err)
		goto crypto;
	err = sspi_core_init();
	if (err)
		goto transport;
	err = sspi_keys_init();
	if (err)
		goto core;
	err = packages_init();
	if (err)
		goto keys;
	err = sspi_netlink_init();
	if (err)
		goto packages;
	err = sspi_testdev_init();
	if (err)
		goto netlink;
	return 0;

netlink:
	sspi_netlink_exit();
packages:
	packages_exit(ARRAY_SIZE(builtin_packages));
keys:
	sspi_keys_exit();
core:
	sspi_core_exit();
transport:
	sspi_transport_exit();
crypto:
	crypto_exit();
	return err;
}

static void __exit ksspi_exit(void)
{
	sspi_testdev_exit();
	sspi_netlink_exit();
	sspi_core_exit();
	sspi_transport_exit();
	packages_exit(ARRAY_SIZE(builtin_packages));
	sspi_keys_exit();
	crypto_exit();
}

module_init(ksspi_init);
module_exit(ksspi_exit);

MODULE_DESCRIPTION("Security support provider interface");
MODULE_ALIAS("sspi");
MODULE_VERSION(SSPI_VERSION);
MODULE_LICENSE("GPL");
