// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kerberos contexts by the thousand that wait for a KDC which never answers: on
 * a kernel that checks nothing, so that what they take is what they take.
 */
#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/module.h>

#include "core/internal.h"

/* Compiled into each module of its own: the owner is part of the test. */
#include "kunit/ntlm/exchange.c"
#include "kunit/transport/silent_kdc.c"

static unsigned int count = 10000;
module_param(count, uint, 0444);
MODULE_PARM_DESC(count, "How many contexts");

#define MAX_BYTES	8192
#define PATIENCE_MS	100000

struct one {
	struct sspi_async_context *actx;
	struct sspi_ctxt_handle ctx;
	struct sec_buffer out;
	struct sec_buffer_desc desc;
};

static struct one *all;

/* The servers of the realm, each context asking for itself. */
static struct sspi_transport each_alone;

static unsigned long bytes_free(void)
{
	struct sysinfo info;

	si_meminfo(&info);
	return info.freeram * info.mem_unit;
}

static bool submit(struct one *one, const struct sspi_cred_handle *cred)
{
	struct sspi_initialize_args args = {
		.cred = cred,
		.target = SILENT_TARGET,
		.req = ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_CONFIDENTIALITY |
		       ISC_REQ_MUTUAL_AUTH,
		.target_data_rep = SECURITY_NATIVE_DREP,
		.new_ctx = &one->ctx,
		.output = &one->desc,
	};

	one->out.type = SECBUFFER_TOKEN;
	one->desc.count = 1;
	one->desc.buffers = &one->out;
	one->actx = sspi_create_async_context();
	if (!one->actx)
		return false;
	one->actx->transport = &each_alone;
	return sspi_set_async_timeout(one->actx, 0) == SEC_E_OK &&
	       sspi_initialize_security_context_async(one->actx, &args) ==
	       SEC_E_OK;
}

static bool wait_pending(unsigned int want)
{
	unsigned int tries;

	for (tries = 0; tries < PATIENCE_MS / 20; tries++) {
		if (silent_kdc_pending() == want)
			return true;
		msleep(20);
	}
	return false;
}

/* Somebody else, who needs workers. */
static bool others_go_on(void)
{
	struct exchange x;
	bool good;

	good = exchange_acquire(&x, EXCHANGE_PASSWORD, EXCHANGE_PASSWORD) ==
	       SEC_E_OK && exchange_negotiate(&x) == SEC_E_OK;
	exchange_release(&x);
	return good;
}

static bool cancel_all(void)
{
	ktime_t start = ktime_get();
	unsigned int i, won = 0;
	s64 ms, gone;

	for (i = 0; i < count; i++)
		won += sspi_cancel_async_call(all[i].actx);
	ms = ktime_ms_delta(ktime_get(), start);
	gone = wait_pending(0) ? ktime_ms_delta(ktime_get(), start) : -1;
	pr_info("%u cancelled in %lld ms, no question after %lld ms\n", won,
		ms, gone);
	return won == count && gone >= 0;
}

static bool run(void)
{
	struct sspi_cred_handle cred = {};
	unsigned long before, bytes;
	unsigned int i;
	bool good;

	each_alone = sspi_kdc_transport;
	each_alone.may_wait = false;
	good = silent_kdc_acquire(&cred) == SEC_E_OK;
	before = bytes_free();
	for (i = 0; good && i < count; i++)
		good = submit(&all[i], &cred);
	good = good && wait_pending(count);
	bytes = (before - bytes_free()) / count;
	pr_info("%u of %u pending, %lu bytes each\n", silent_kdc_pending(),
		count, bytes);
	good = good && bytes <= MAX_BYTES;
	if (good && !others_go_on()) {
		pr_err("others do not go on\n");
		good = false;
	}
	good &= cancel_all();
	for (i = 0; i < count; i++)
		sspi_free_async_context(all[i].actx);
	sspi_free_credentials_handle(&cred);
	return good;
}

static int __init sspi_pending_init(void)
{
	bool good = false;

	all = kvcalloc(count, sizeof(*all), GFP_KERNEL);
	if (!all)
		return -ENOMEM;
	if (!silent_kdc_start())
		good = run();
	silent_kdc_stop();
	kvfree(all);
	pr_info("%s\n", good ? "OK" : "FAILED");
	return 0;
}

static void __exit sspi_pending_exit(void)
{
}

module_init(sspi_pending_init);
module_exit(sspi_pending_exit);
MODULE_DESCRIPTION("Contexts that wait for a silent KDC");
MODULE_LICENSE("GPL");
