// SPDX-License-Identifier: GPL-2.0-only
/* Loading and unloading: the order of things. */
#include <linux/module.h>

#include "core/internal.h"
#include "crypto/crypto.h"
#include "keys/keys.h"
#include "netlink/init.h"
#include "testdev/testdev.h"
#include "transport/kdc.h"

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
	err = sspi_netlink_init();
	if (err)
		goto keys;
	err = sspi_testdev_init();
	if (err)
		goto netlink;
	return 0;

netlink:
	sspi_netlink_exit();
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
	sspi_keys_exit();
	crypto_exit();
}

/* Built in: before file systems and drivers, which may be consumers. */
fs_initcall(ksspi_init);
module_exit(ksspi_exit);

MODULE_DESCRIPTION("Security support provider interface");
MODULE_ALIAS("sspi");
MODULE_VERSION(SSPI_VERSION);
MODULE_LICENSE("GPL");
