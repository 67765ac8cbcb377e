// SPDX-License-Identifier: GPL-2.0-only
/*
 * Logs on with the tickets of whoever loads it, as a file system does for the
 * user who mounts: after kinit(1) there is nothing to configure. The server's end
 * is here too, with a keytab from a key of the same user.
 *
 *	insmod sspi_tickets.ko target=host/localhost [keytab=DESCRIPTION]
 *		[ccache=KEYRING:...] [principal=NAME]
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
#include <linux/module.h>
#include <linux/sspi.h>

static char *target = "host/localhost", *keytab, *ccache, *principal;
module_param(target, charp, 0);
module_param(keytab, charp, 0);
module_param(ccache, charp, 0);
module_param(principal, charp, 0);

static struct sspi_cred_handle client, server;
static struct sspi_ctxt_handle initiator, acceptor;

/* A leg of either side: takes the token of the other, leaves one for it. */
static sec_status_t leg(bool init, bool first, struct sec_buffer *token)
{
	struct sec_buffer in = *token;
	struct sec_buffer_desc input = { .count = 1, .buffers = &in };
	struct sec_buffer_desc output = { .count = 1, .buffers = token };
	const struct sspi_initialize_args i = {
		.cred = &client, .ctx = first ? NULL : &initiator, .target = target,
		.req = ISC_REQ_MUTUAL_AUTH | ISC_REQ_CONFIDENTIALITY | ISC_REQ_ALLOCATE_MEMORY,
		.input = first ? NULL : &input, .new_ctx = &initiator, .output = &output };
	const struct sspi_accept_args a = {
		.cred = &server, .ctx = first ? NULL : &acceptor, .input = &input,
		.req = ASC_REQ_CONFIDENTIALITY | ASC_REQ_ALLOCATE_MEMORY,
		.new_ctx = &acceptor, .output = &output };
	sec_status_t status;

	*token = (struct sec_buffer){ .type = SECBUFFER_TOKEN };
	status = init ? sspi_initialize_security_context(&i) :
			sspi_accept_security_context(&a);
	sspi_free_context_buffer(in.data);
	return status;
}

static sec_status_t negotiate(void)
{
	struct sec_buffer token = { .type = SECBUFFER_TOKEN };
	sec_status_t status;
	int n = 0;

	do {
		status = leg(n % 2 == 0, n < 2, &token);
		pr_info("leg %d: %s, %u bytes\n", n + 1, sec_status_name(status), token.len);
	} while (sec_status_class(status) != SSPI_CLASS_FATAL && token.len && ++n < 8);
	sspi_free_context_buffer(token.data);
	return status;
}

/* Whom the credential stands for, and whom the server has seen. */
static sec_status_t report(void)
{
	struct sec_pkg_credentials_names who = {};
	struct sec_pkg_context_names seen = {};
	sec_status_t status = sspi_query_credentials_attributes(&client,
					SECPKG_CRED_ATTR_NAMES, &who, sizeof(who));

	if (status == SEC_E_OK)
		status = sspi_query_context_attributes(&acceptor, SECPKG_ATTR_NAMES,
						       &seen, sizeof(seen));
	if (status == SEC_E_OK)
		pr_info("the tickets are of %s, the server sees %s\n",
			who.user_name, seen.user_name);
	sspi_free_context_buffer(who.user_name);
	sspi_free_context_buffer(seen.user_name);
	return status;
}

static int __init tickets_init(void)
{
	const struct sspi_acquire_args user = {
		.package = "Kerberos", .cred_use = SECPKG_CRED_OUTBOUND,
		.ccache_name = ccache, .principal = principal };
	const struct sspi_acquire_args service = {
		.package = "Kerberos", .cred_use = SECPKG_CRED_INBOUND,
		.keytab_key = keytab };
	sec_status_t status = sspi_acquire_credentials_handle(&user, &client, NULL);

	if (status == SEC_E_OK)
		status = sspi_acquire_credentials_handle(&service, &server, NULL);
	if (status == SEC_E_OK)
		status = negotiate();
	if (status == SEC_E_OK)
		status = report();
	sspi_delete_security_context(&initiator);
	sspi_delete_security_context(&acceptor);
	sspi_free_credentials_handle(&client);
	sspi_free_credentials_handle(&server);
	pr_info("%s %s\n", status == SEC_E_OK ? "OK" : "FAILED", sec_status_name(status));
	return sec_status_to_errno(status);
}

static void __exit tickets_exit(void)
{
}

module_init(tickets_init);
module_exit(tickets_exit);
MODULE_DESCRIPTION("Kerberos with the tickets that a user has");
/* what it asks for while it is being initialised */
MODULE_SOFTDEP("pre: sspi_krb5");
MODULE_LICENSE("GPL");
