// SPDX-License-Identifier: GPL-2.0-only
/*
 * A consumer that goes without cleaning up, with calls in flight, half of them
 * waiting for a KDC that does not answer: the service
 * must find out, say so by name, take back what was left, and never call back
 * into a module that is gone.
 */
#include <linux/delay.h>
#include <linux/module.h>

/* Compiled into each module of its own: the owner is part of the test. */
#include "kunit/ntlm/exchange.c"
#include "kunit/transport/silent_kdc.c"

#define CALLS_LEFT	16
#define TOKEN_ROOM	512
#define PATIENCE_MS	30000

static struct exchange left_behind;
static struct sspi_async_context *trackers[CALLS_LEFT];
static struct sspi_ctxt_handle contexts[CALLS_LEFT];
static struct sec_buffer outputs[CALLS_LEFT];
static struct sec_buffer_desc descs[CALLS_LEFT];
static u8 rooms[CALLS_LEFT][TOKEN_ROOM];
static atomic_t callbacks;
static struct sspi_cred_handle asking;

static void notify(struct sspi_async_context *actx, void *data)
{
	atomic_inc(&callbacks);
}

static void submit_and_leave(int i)
{
	struct sspi_initialize_args args = {
		.cred = i % 2 ? &asking : &left_behind.out_cred,
		.target = i % 2 ? SILENT_TARGET : NULL,
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
	if (status == SEC_E_OK && silent_kdc_start())
		status = SEC_E_INTERNAL_ERROR;
	if (status == SEC_E_OK)
		status = silent_kdc_acquire(&asking);
	pr_info("established: %s\n", sec_status_name(status));
	return sec_status_to_errno(status);
}

static void __exit sspi_leaky_exit(void)
{
	int i;

	for (i = 0; i < CALLS_LEFT; i++)
		submit_and_leave(i);
	export_and_leave();
	/* So that there are some that wait, in as many questions as it takes. */
	for (i = 0; !silent_kdc_pending() && i < PATIENCE_MS; i++)
		fsleep(1000);
	silent_kdc_stop();
}

module_init(sspi_leaky_init);
module_exit(sspi_leaky_exit);
MODULE_DESCRIPTION("A consumer of SSPI that leaves everything behind");
MODULE_LICENSE("GPL");
