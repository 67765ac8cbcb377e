// SPDX-License-Identifier: GPL-2.0-only
/*
 * A consumer that goes without cleaning up, with calls in flight, half of them
 * waiting for a KDC that does not answer: the service
 * must find out, say so by name, take back what was left, and never call back
 * into a module that is gone.
 */
#include <linux/delay.h>
#include <linux/in.h>
#include <linux/module.h>
#include <linux/net.h>
#include <net/net_namespace.h>

#include "transport/realm.h"

/* Compiled into each module of its own: the owner is part of the test. */
#include "exchange.c"

#define CALLS_LEFT	16
#define TOKEN_ROOM	512
#define REALM		"LEAKY.TEST"

static struct exchange left_behind;
static struct sspi_async_context *trackers[CALLS_LEFT];
static struct sspi_ctxt_handle contexts[CALLS_LEFT];
static struct sec_buffer outputs[CALLS_LEFT];
static struct sec_buffer_desc descs[CALLS_LEFT];
static u8 rooms[CALLS_LEFT][TOKEN_ROOM];
static atomic_t callbacks;
static struct sspi_cred_handle asking;
static struct socket *silent;

static void notify(struct sspi_async_context *actx, void *data)
{
	atomic_inc(&callbacks);
}

/* A port that takes datagrams and says nothing. */
static int silent_kdc(void)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct sspi_realm_server server = {
		.realm = REALM,
		.protocols = SSPI_REALM_UDP,
		.host = "127.0.0.1",
	};
	int err;

	err = sock_create_kern(&init_net, AF_INET, SOCK_DGRAM, IPPROTO_UDP,
			       &silent);
	if (err)
		return err;
	err = kernel_bind(silent, (sspi_sockaddr *)&addr, sizeof(addr));
	if (!err)
		err = min(0, kernel_getsockname(silent,
						(struct sockaddr *)&addr));
	server.port = ntohs(addr.sin_port);
	return err ? err : sspi_realm_add(&init_net, &server);
}

static sec_status_t acquire_asking(void)
{
	struct sspi_auth_identity id = {
		.user = "user",
		.domain = REALM,
		.secret_kind = SSPI_SECRET_PASSWORD,
		.secret = EXCHANGE_PASSWORD,
		.secret_len = sizeof(EXCHANGE_PASSWORD) - 1,
	};
	struct sspi_acquire_args args = {
		.package = "Kerberos",
		.cred_use = SECPKG_CRED_OUTBOUND,
		.identity = &id,
	};

	return sspi_acquire_credentials_handle(&args, &asking, NULL);
}

static void submit_and_leave(int i)
{
	struct sspi_initialize_args args = {
		.cred = i % 2 ? &asking : &left_behind.out_cred,
		.target = i % 2 ? "host/server.leaky.test" : NULL,
		.req = ISC_REQ_INTEGRITY,
		.target_data_rep = SECURITY_NATIVE_DREP,
		.new_ctx = &contexts[i],
		.output = &descs[i],
	};
	sec_status_t status;

	/* Memory that goes with the module: what it was given is its own to lose. */
	outputs[i] = (struct sec_buffer){
		.len = TOKEN_ROOM, .type = SECBUFFER_TOKEN, .data = rooms[i],
	};
	descs[i].count = 1;
	descs[i].buffers = &outputs[i];
	trackers[i] = sspi_create_async_context();
	if (!trackers[i])
		return;
	sspi_set_async_notify_callback(trackers[i], notify, NULL);
	status = sspi_initialize_security_context_async(trackers[i], &args);
	if (status != SEC_E_OK)
		pr_err("not submitted: %s\n", sec_status_name(status));
}

/* A context on its way to somebody who never fetches it. */
static void export_and_leave(void)
{
	struct sec_buffer packed = {};
	sec_status_t status;

	status = sspi_export_security_context(&left_behind.acc,
					      SECPKG_CONTEXT_EXPORT_DELETE_OLD,
					      &packed);
	if (status != SEC_E_OK)
		pr_err("not exported: %s\n", sec_status_name(status));
	sspi_free_context_buffer(packed.data);
}

static int __init sspi_leaky_init(void)
{
	sec_status_t status = exchange_acquire(&left_behind,
					       EXCHANGE_PASSWORD,
					       EXCHANGE_PASSWORD);

	if (status == SEC_E_OK)
		status = exchange_negotiate(&left_behind);
	if (status == SEC_E_OK && silent_kdc())
		status = SEC_E_INTERNAL_ERROR;
	if (status == SEC_E_OK)
		status = acquire_asking();
	pr_info("established: %s\n", sec_status_name(status));
	return sec_status_to_errno(status);
}

static void __exit sspi_leaky_exit(void)
{
	struct sspi_realm_server match = { .realm = REALM };
	int i;

	for (i = 0; i < CALLS_LEFT; i++)
		submit_and_leave(i);
	export_and_leave();
	/* So that there are some that wait. */
	msleep(100);
	sspi_realm_del(&init_net, &match);
	sock_release(silent);
}

module_init(sspi_leaky_init);
module_exit(sspi_leaky_exit);
MODULE_DESCRIPTION("A consumer of SSPI that leaves everything behind");
MODULE_LICENSE("GPL");
