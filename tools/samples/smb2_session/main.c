// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loads, logs on to an SMB server through ksspi, reads a file, says so.
 *
 *   insmod smb2_session.ko server=10.0.2.2 port=445 share=data file=hello.txt \
 *	    user=alice domain=KSSPI password=...
 *
 * A password does not belong on a command line; a real client gets it from a
 * keyring. The last line in the kernel log starts "smb2_session: RESULT".
 */
#include <linux/module.h>
#include <linux/sspi_const.h>
#include <linux/string.h>

#include "smb2_session.h"

static char *server = "127.0.0.1";
module_param(server, charp, 0444);
MODULE_PARM_DESC(server, "IPv4 address of the server");

static ushort port = 445;
module_param(port, ushort, 0444);
MODULE_PARM_DESC(port, "TCP port of the server");

static char *share = "data";
module_param(share, charp, 0444);
MODULE_PARM_DESC(share, "name of the share");

static char *file = "hello.txt";
module_param(file, charp, 0444);
MODULE_PARM_DESC(file, "file to read");

static char *user = "";
module_param(user, charp, 0444);
MODULE_PARM_DESC(user, "name of the user");

static char *domain = "";
module_param(domain, charp, 0444);
MODULE_PARM_DESC(domain, "domain or realm of the user");

static char *package = "NTLM";
module_param(package, charp, 0444);
MODULE_PARM_DESC(package, "package of ksspi: NTLM, Kerberos, Negotiate");

static char *packages = "";
module_param(packages, charp, 0444);
MODULE_PARM_DESC(packages, "what Negotiate may use, as in \"kerberos,!ntlm\"");

static char *target = "";
module_param(target, charp, 0444);
MODULE_PARM_DESC(target, "name of the service, if not cifs/SERVER");

static char password[128];
module_param_string(password, password, sizeof(password), 0);
MODULE_PARM_DESC(password, "password of the user");

static int __init smb2_session_init(void)
{
	const struct smb2_config config = {
		.server = server,
		.port = port,
		.share = share,
		.file = file,
		.user = user,
		.domain = domain,
		.package = package,
		.packages = packages,
		.target = target,
		.password = password,
		.password_size = sizeof(password),
	};
	int err = smb2_session_run(&config);

	/* it may have ended before the credential was asked for */
	memzero_explicit(password, sizeof(password));
	return err;
}

static void __exit smb2_session_exit(void)
{
}

module_init(smb2_session_init);
module_exit(smb2_session_exit);

MODULE_DESCRIPTION("SMB 3.1.1 client in miniature, authenticating by ksspi");
/* what it asks for while it is being initialised */
MODULE_SOFTDEP("pre: sspi_ntlm sspi_krb5 sspi_negotiate");
MODULE_LICENSE("GPL");
MODULE_SOFTDEP("pre: sha512 hmac sha256 cmac aes");
