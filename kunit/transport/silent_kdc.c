// SPDX-License-Identifier: GPL-2.0-only
/* A realm whose only KDC takes datagrams and says nothing: a bound port. */
#include <linux/in.h>
#include <linux/net.h>
#include <net/net_namespace.h>

#include "kunit/transport/silent_kdc.h"
#include "transport/realm.h"

#define SILENT_PASSWORD	"Secret-1!"

static struct socket *silent_port;

int silent_kdc_start(void)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct sspi_realm_server server = {
		.realm = SILENT_REALM,
		.protocols = SSPI_REALM_UDP,
		.host = "127.0.0.1",
	};
	int err;

	err = sock_create_kern(&init_net, AF_INET, SOCK_DGRAM, IPPROTO_UDP,
			       &silent_port);
	if (err) {
		silent_port = NULL;
		return err;
	}
	err = kernel_bind(silent_port, (sspi_sockaddr *)&addr, sizeof(addr));
	if (!err)
		err = min(0, kernel_getsockname(silent_port,
						(struct sockaddr *)&addr));
	server.port = ntohs(addr.sin_port);
	return err ? err : sspi_realm_add(&init_net, &server);
}

void silent_kdc_stop(void)
{
	struct sspi_realm_server match = { .realm = SILENT_REALM };

	sspi_realm_del(&init_net, &match);
	if (silent_port)
		sock_release(silent_port);
	silent_port = NULL;
}

static int silent_kdc_look(const char *realm,
			   const struct sspi_realm_stats *stats, void *priv)
{
	if (strcmp(realm, SILENT_REALM))
		return 0;
	*(unsigned int *)priv = stats->pending;
	return 1;
}

unsigned int silent_kdc_pending(void)
{
	unsigned int pending = 0;

	sspi_realm_walk_stats(&init_net, silent_kdc_look, &pending);
	return pending;
}

sec_status_t silent_kdc_acquire(struct sspi_cred_handle *cred)
{
	struct sspi_auth_identity id = {
		.user = "user",
		.domain = SILENT_REALM,
		.secret_kind = SSPI_SECRET_PASSWORD,
		.secret = SILENT_PASSWORD,
		.secret_len = sizeof(SILENT_PASSWORD) - 1,
	};
	struct sspi_acquire_args args = {
		.package = "Kerberos",
		.cred_use = SECPKG_CRED_OUTBOUND,
		.identity = &id,
	};

	return sspi_acquire_credentials_handle(&args, cred, NULL);
}
