// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kernel code that talks to gss-server and gss-client of MIT Kerberos.
 *
 *   insmod gss_peer.ko address=10.0.2.2 port=4444 package=Kerberos \
 *	    target=host/server.example.test user=alice domain=EXAMPLE.TEST \
 *	    password=... message=hello
 *   insmod gss_peer.ko port=4444 package=Kerberos keytab_key=gss_peer:keytab
 *
 * With an address it is a client, whose outcome is a line "gss_peer: RESULT";
 * without it a server, until it is unloaded, with a line "gss_peer: SERVED" for
 * each connection. A password does not belong on a command line: without a user,
 * the credential comes from the keyrings of who loads the module.
 */
#include <linux/module.h>
#include <linux/string.h>

#include "gss_peer.h"

static char password[128];
module_param_string(password, password, sizeof(password), 0);
MODULE_PARM_DESC(password, "password of the user");

static struct peer_config config = {
	.address = "",
	.package = "Kerberos",
	.target = "",
	.user = "",
	.domain = "",
	.password = password,
	.keytab_key = "",
	.message = "hello from the kernel",
	.messages = 1,
	.confidential = true,
};

module_param_named(address, config.address, charp, 0444);
MODULE_PARM_DESC(address, "IPv4 address of the server; none to be a server");
module_param_named(port, config.port, ushort, 0444);
MODULE_PARM_DESC(port, "TCP port");
module_param_named(package, config.package, charp, 0444);
MODULE_PARM_DESC(package, "package of ksspi: Kerberos, NTLM, Negotiate");
module_param_named(target, config.target, charp, 0444);
MODULE_PARM_DESC(target, "name of the service, for a client");
module_param_named(user, config.user, charp, 0444);
MODULE_PARM_DESC(user, "who comes, or may come");
module_param_named(domain, config.domain, charp, 0444);
MODULE_PARM_DESC(domain, "domain or realm of the user");
module_param_named(keytab_key, config.keytab_key, charp, 0444);
MODULE_PARM_DESC(keytab_key, "description of the key with a server's keytab");
module_param_named(message, config.message, charp, 0444);
MODULE_PARM_DESC(message, "what a client says");
module_param_named(size, config.size, uint, 0444);
MODULE_PARM_DESC(size, "bytes of the message; 0 for as it is");
module_param_named(messages, config.messages, uint, 0444);
MODULE_PARM_DESC(messages, "how often it says so");
module_param_named(delegate, config.delegate, bool, 0444);
MODULE_PARM_DESC(delegate, "let the server act for the user");
module_param_named(dce, config.dce, bool, 0444);
MODULE_PARM_DESC(dce, "three legs, as DCE has them");
module_param_named(confidential, config.confidential, bool, 0444);
MODULE_PARM_DESC(confidential, "seal messages, not only sign them");
module_param_named(mic_optional, config.mic_optional, bool, 0444);
MODULE_PARM_DESC(mic_optional, "take NTLM clients that send no integrity code");

static bool is_client(void)
{
	return *config.address;
}

static int __init gss_peer_init(void)
{
	int err = is_client() ? client_run(&config) : server_start(&config);

	memzero_explicit(password, sizeof(password));
	return err;
}

static void __exit gss_peer_exit(void)
{
	if (!is_client())
		server_stop();
}

module_init(gss_peer_init);
module_exit(gss_peer_exit);

MODULE_DESCRIPTION("Client and server of GSS-API's sample protocol, on ksspi");
/* what it asks for while it is being initialised */
MODULE_SOFTDEP("pre: sspi_ntlm sspi_krb5 sspi_negotiate");
MODULE_LICENSE("GPL");
