// SPDX-License-Identifier: GPL-2.0-only
/*
 * A consumer whose network namespace goes while its calls wait for KDCs: for an
 * answer to a datagram, for a connection, for a reply on one that stands, for
 * their turn. It is loaded in the namespace and stays when that goes; until it
 * is unloaded each call must have ended, once.
 *
 * Nothing answers at 198.51.100.1 and 127.0.0.1, tools/test/guest-adrift.sh sees
 * to it, nor does any time run out.
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <linux/sspi.h>
#include <linux/wait.h>

#include "transport/realm.h"

#define CALLS		8	/* of each realm */
#define PATIENCE_MS	30000

static const struct sspi_realm_server servers[] = {
	{ .realm = "DATAGRAM.TEST", .protocols = SSPI_REALM_UDP,
	  .host = "198.51.100.1", .port = 88 },
	{ .realm = "CONNECT.TEST", .protocols = SSPI_REALM_TCP,
	  .host = "198.51.100.1", .port = 88 },
	{ .realm = "REPLY.TEST", .protocols = SSPI_REALM_TCP,
	  .host = "127.0.0.1", .port = 88 },
};

/* A credential each: what one needs is fetched once for all legs of it. */
struct adrift {
	struct sspi_cred_handle cred;
	struct sspi_async_context *actx;
	struct sspi_ctxt_handle ctx;
	struct sec_buffer out;
	struct sec_buffer_desc desc;
	unsigned int notifications;
};

static struct adrift all[ARRAY_SIZE(servers)][CALLS];
static atomic_t ended;
static DECLARE_WAIT_QUEUE_HEAD(end_wait);

static void notify(struct sspi_async_context *actx, void *data)
{
	struct adrift *a = data;

	a->notifications++;
	atomic_inc(&ended);
	wake_up_all(&end_wait);
}

static sec_status_t acquire(const char *realm, struct sspi_cred_handle *cred)
{
	struct sspi_auth_identity id = {
		.user = "user",
		.domain = realm,
		.secret_kind = SSPI_SECRET_PASSWORD,
		.secret = "Secret-1!",
		.secret_len = strlen("Secret-1!"),
	};
	struct sspi_acquire_args args = {
		.package = "Kerberos",
		.cred_use = SECPKG_CRED_OUTBOUND,
		.identity = &id,
	};

	return sspi_acquire_credentials_handle(&args, cred, NULL);
}

static sec_status_t submit(struct adrift *a)
{
	struct sspi_initialize_args args = {
		.cred = &a->cred,
		.target = "host/server.example.test",
		.req = ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_MUTUAL_AUTH,
		.target_data_rep = SECURITY_NATIVE_DREP,
		.new_ctx = &a->ctx,
		.output = &a->desc,
	};

	a->out.type = SECBUFFER_TOKEN;
	a->desc.count = 1;
	a->desc.buffers = &a->out;
	a->actx = sspi_create_async_context();
	if (!a->actx)
		return SEC_E_INSUFFICIENT_MEMORY;
	sspi_set_async_notify_callback(a->actx, notify, a);
	sspi_set_async_timeout(a->actx, 0);
	return sspi_initialize_security_context_async(a->actx, &args);
}

static int add_pending(const char *realm, const struct sspi_realm_stats *stats,
		       void *priv)
{
	*(unsigned int *)priv += stats->pending;
	return 0;
}

static unsigned int pending(struct net *net)
{
	unsigned int sum = 0;

	sspi_realm_walk_stats(net, add_pending, &sum);
	return sum;
}

static sec_status_t set_out(struct net *net)
{
	sec_status_t status = SEC_E_OK;
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(servers) && status == SEC_E_OK; i++) {
		if (sspi_realm_add(net, &servers[i]))
			return SEC_E_INTERNAL_ERROR;
		for (j = 0; j < CALLS && status == SEC_E_OK; j++) {
			status = acquire(servers[i].realm, &all[i][j].cred);
			if (status == SEC_E_OK)
				status = submit(&all[i][j]);
		}
	}
	return status;
}

static void release(void)
{
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(servers); i++) {
		for (j = 0; j < CALLS; j++) {
			sspi_cancel_async_call(all[i][j].actx);
			sspi_free_async_context(all[i][j].actx);
			sspi_delete_security_context(&all[i][j].ctx);
			sspi_free_context_buffer(all[i][j].out.data);
			sspi_free_credentials_handle(&all[i][j].cred);
		}
	}
}

static int __init sspi_adrift_init(void)
{
	struct net *net = current->nsproxy->net_ns;
	sec_status_t status = set_out(net);
	int tries;

	for (tries = 0; status == SEC_E_OK && tries < PATIENCE_MS / 20; tries++) {
		if (pending(net) == ARRAY_SIZE(servers) * CALLS)
			break;
		msleep(20);
	}
	pr_info("%u questions wait: %s\n", pending(net),
		sec_status_name(status));
	if (status != SEC_E_OK)
		release();
	return sec_status_to_errno(status);
}

/* How many have ended as they should. */
static unsigned int count_good(void)
{
	unsigned int i, j, good = 0;

	for (i = 0; i < ARRAY_SIZE(servers); i++)
		for (j = 0; j < CALLS; j++)
			good += all[i][j].notifications == 1 &&
				sspi_get_async_call_status(all[i][j].actx) ==
				SEC_E_NO_AUTHENTICATING_AUTHORITY;
	return good;
}

static void __exit sspi_adrift_exit(void)
{
	unsigned int want = ARRAY_SIZE(servers) * CALLS;

	wait_event_timeout(end_wait, atomic_read(&ended) == want,
			   msecs_to_jiffies(PATIENCE_MS));
	pr_info("%u of %u ended for want of a KDC\n", count_good(), want);
	release();
}

module_init(sspi_adrift_init);
module_exit(sspi_adrift_exit);
MODULE_DESCRIPTION("A consumer of SSPI whose network namespace goes");
MODULE_LICENSE("GPL");
