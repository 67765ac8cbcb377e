// SPDX-License-Identifier: GPL-2.0-only
/* Calls and the table of handles: the core around a step that does nothing. */
#define pr_fmt(fmt) "KSSPI-BENCH " fmt

#include <linux/completion.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sspi.h>

#include "bench.h"
#include "common.h"

#define TABLE_MAX	100000

static struct sspi_cred_handle null_cred;

int acquire_null(void)
{
	struct sspi_acquire_args none = {
		.package = "Null",
		.cred_use = SECPKG_CRED_OUTBOUND,
	};

	return must(sspi_acquire_credentials_handle(&none, &null_cred, NULL),
		    "null credential");
}

void release_null(void)
{
	sspi_free_credentials_handle(&null_cred);
}

struct call {
	struct completion done;
	u64 at;
};

static void called_back(struct sspi_async_context *actx, void *data)
{
	struct call *call = data;

	call->at = ktime_get_ns();
	complete(&call->done);
}

/* The same leg through a tracker with a callback. */
static int bench_call_async(struct sspi_initialize_args *init,
			    struct sec_buffer *out_buf, u32 room)
{
	struct sspi_async_context *actx;
	u64 start, latency = 0, submit = 0, begin = 0;
	struct call call;
	unsigned int i;

	init_completion(&call.done);
	actx = sspi_create_async_context();
	if (!actx)
		return -ENOMEM;
	sspi_set_async_notify_callback(actx, called_back, &call);
	for (i = 0; i < 2 * rounds; i++) {
		if (i == rounds) {
			latency = 0;
			submit = 0;
			begin = ktime_get_ns();
		}
		out_buf->len = room;
		start = ktime_get_ns();
		if (must(sspi_initialize_security_context_async(actx, init),
			 "submit"))
			break;
		submit += ktime_get_ns() - start;
		wait_for_completion(&call.done);
		latency += call.at - start;
		if (must(sspi_reinit_async_context(actx), "reinit"))
			break;
	}
	begin = ktime_get_ns() - begin;
	result("", "call-submit", 0, div_u64(submit, rounds));
	result("", "call-to-callback", 0, div_u64(latency, rounds));
	result("", "call-async", 0, div_u64(begin, rounds));
	begin = ktime_get_ns();
	for (i = 0; i < rounds; i++)
		start = ktime_get_ns();
	result("", "clock", 0, div_u64(start - begin, rounds));
	sspi_free_async_context(actx);
	return 0;
}

int bench_call(void)
{
	struct sec_buffer out_buf = { .type = SECBUFFER_TOKEN };
	struct sec_buffer_desc out = { SECBUFFER_VERSION, 1, &out_buf };
	struct sspi_ctxt_handle ctx = { };
	struct sspi_initialize_args init = {
		.cred = &null_cred,
		.new_ctx = &ctx,
		.output = &out,
	};
	unsigned int i;
	u64 begin = 0;
	u8 token[64];
	int err;

	out_buf.data = token;
	out_buf.len = sizeof(token);
	if (must(sspi_initialize_security_context(&init), "null initialize"))
		return -EIO;
	init.ctx = &ctx;
	for (i = 0; i < 2 * rounds; i++) {
		if (i == rounds)
			begin = ktime_get_ns();
		out_buf.len = sizeof(token);
		if (must(sspi_initialize_security_context(&init), "null leg"))
			return -EIO;
	}
	result("", "call-sync", 0, div_u64(ktime_get_ns() - begin, rounds));

	err = bench_call_async(&init, &out_buf, sizeof(token));
	sspi_delete_security_context(&ctx);
	return err;
}

/* The table: null contexts made, looked up and deleted. */

static void table_result(const char *what, u64 start, unsigned int n)
{
	char name[40];

	snprintf(name, sizeof(name), "table-%s", what);
	result("", name, n, div_u64(ktime_get_ns() - start, n));
}

static int table_of(struct sspi_ctxt_handle *handles, unsigned int n,
		    struct sec_pkg_context_package_info *info)
{
	struct sec_buffer out_buf = { .type = SECBUFFER_TOKEN };
	struct sec_buffer_desc out = { SECBUFFER_VERSION, 1, &out_buf };
	unsigned int i, k, made;
	sec_status_t status;
	u8 token[64];
	int ret = 0;
	u64 start;

	start = ktime_get_ns();
	for (made = 0; made < n && !ret; made++) {
		struct sspi_initialize_args init = {
			.cred = &null_cred,
			.new_ctx = &handles[made],
			.output = &out,
		};

		out_buf.data = token;
		out_buf.len = sizeof(token);
		ret = must(sspi_initialize_security_context(&init), "create");
		cond_resched();
	}
	if (!ret)
		table_result("create", start, n);

	start = ktime_get_ns();
	for (i = 0, k = 0; !ret && i < n; i++) {
		k = (k + 7919) % n;
		status = sspi_query_context_attributes(&handles[k],
						       SECPKG_ATTR_PACKAGE_INFO,
						       info, sizeof(*info));
		ret = must(status, "look up");
	}
	if (!ret)
		table_result("lookup", start, n);

	start = ktime_get_ns();
	for (i = 0; i < made; i++) {
		sspi_delete_security_context(&handles[i]);
		cond_resched();
	}
	if (!ret)
		table_result("delete", start, n);
	return ret;
}

int bench_table(void)
{
	static const unsigned int sizes[] = { 100, 1000, 10000, TABLE_MAX };
	struct sspi_ctxt_handle *handles;
	struct sec_pkg_context_package_info *info;
	unsigned int s;
	int ret = 0;

	handles = kvcalloc(TABLE_MAX, sizeof(*handles), GFP_KERNEL);
	info = kmalloc(sizeof(*info), GFP_KERNEL);
	if (!handles || !info)
		ret = -ENOMEM;
	for (s = 0; !ret && s < ARRAY_SIZE(sizes); s++)
		ret = table_of(handles, sizes[s], info);
	kfree(info);
	kvfree(handles);
	return ret;
}
