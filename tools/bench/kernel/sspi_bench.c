// SPDX-License-Identifier: GPL-2.0-only
/*
 * Measures the service from a consumer's place. Under qemu's -icount shift=0
 * a nanosecond of the guest's clock is an instruction, so the figures repeat.
 * Each result is a line "KSSPI-BENCH name value" in the log; run.sh makes the
 * table. What runs is chosen with "what", so that memory is counted in a
 * kernel that has just booted.
 */
#define pr_fmt(fmt) "KSSPI-BENCH " fmt

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/sspi.h>
#include <linux/vmstat.h>

#include "bench.h"
#include "common.h"

static char *what = "table ntlm call message";
module_param(what, charp, 0444);
MODULE_PARM_DESC(what, "Of memory, table, ntlm, call, message, smp, objects");

static unsigned int contexts = 10000;
module_param(contexts, uint, 0444);
MODULE_PARM_DESC(contexts, "Contexts that the memory is counted of");

static unsigned int rounds = 400;
module_param(rounds, uint, 0444);
MODULE_PARM_DESC(rounds, "How often a small thing is repeated");

static unsigned int runs = 4;
module_param(runs, uint, 0444);
MODULE_PARM_DESC(runs, "How often smp and objects are repeated");

#define MESSAGE_MAX	65536
#define TABLE_MAX	100000
#define TURNS		16	/* between two looks at the clock */

static struct sspi_cred_handle null_cred;

static void result(const char *name, u64 value)
{
	pr_info("%s %llu\n", name, value);
}

/* Credentials. */

static int acquire_null(void)
{
	struct sspi_acquire_args none = {
		.package = "Null",
		.cred_use = SECPKG_CRED_OUTBOUND,
	};

	return must(sspi_acquire_credentials_handle(&none, &null_cred, NULL),
		    "acquire null");
}

/* Negotiations. */

static int pair_init(struct pair *p)
{
	memset(p, 0, sizeof(*p));
	p->tokens[0] = kmalloc(TOKEN_ROOM, GFP_KERNEL);
	p->tokens[1] = kmalloc(TOKEN_ROOM, GFP_KERNEL);
	return p->tokens[0] && p->tokens[1] ? 0 : -ENOMEM;
}

static void pair_exit(struct pair *p)
{
	kfree(p->tokens[0]);
	kfree(p->tokens[1]);
}

static int bench_ntlm(void)
{
	struct pair p;
	unsigned int i;
	u64 start = 0;
	int ret;

	ret = pair_init(&p);
	for (i = 0; !ret && i < 2 * rounds; i++) {
		if (i == rounds)
			start = ktime_get_ns();
		ret = establish(&p);
		if (!ret)
			forget(&p);
	}
	if (!ret)
		result("context-pair",
		       div_u64(ktime_get_ns() - start, rounds));
	pair_exit(&p);
	return ret;
}

/* Calls: the core around a step that does nothing. */

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
			latency = submit = 0;
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
	result("call-submit", div_u64(submit, rounds));
	result("call-to-callback", div_u64(latency, rounds));
	result("call-async", div_u64(begin, rounds));
	begin = ktime_get_ns();
	for (i = 0; i < rounds; i++)
		start = ktime_get_ns();
	result("clock", div_u64(start - begin, rounds));
	sspi_free_async_context(actx);
	return 0;
}

static int bench_call(void)
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
	result("call-sync", div_u64(ktime_get_ns() - begin, rounds));

	err = bench_call_async(&init, &out_buf, sizeof(token));
	sspi_delete_security_context(&ctx);
	return err;
}

/* The table: null contexts made, looked up and deleted. */

static void table_result(const char *what, u64 start, unsigned int n)
{
	char name[40];

	snprintf(name, sizeof(name), "table-%s-%u", what, n);
	result(name, div_u64(ktime_get_ns() - start, n));
}

static int table_of(struct sspi_ctxt_handle *handles, unsigned int n,
		    struct sec_pkg_context_package_info *info)
{
	struct sec_buffer out_buf = { .type = SECBUFFER_TOKEN };
	struct sec_buffer_desc out = { SECBUFFER_VERSION, 1, &out_buf };
	unsigned int i, k, made;
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
		ret = must(sspi_query_context_attributes(&handles[k],
				SECPKG_ATTR_PACKAGE_INFO, info,
				sizeof(*info)), "look up");
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

static int bench_table(void)
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

/* Message protection against the bare transforms. */

#define MEASURE(kind, bytes, count, statement)				\
	do {								\
		char name[40];						\
		unsigned int n;						\
		u64 start = 0;						\
									\
		for (n = 0; n < 2 * (count); n++) {			\
			if (n == (count))				\
				start = ktime_get_ns();			\
			statement;					\
		}							\
		snprintf(name, sizeof(name), "%s-%u", kind, bytes);	\
		result(name, div_u64(ktime_get_ns() - start, count));	\
	} while (0)

static int bench_message(void)
{
	static const unsigned int sizes[] = { 64, 4096, MESSAGE_MAX };
	u8 *data = kvzalloc(MESSAGE_MAX, GFP_KERNEL);
	struct bare *bare = bare_new();
	u8 token[SIGNATURE_LEN];
	unsigned int s, count;
	struct pair p;
	int ret;

	ret = pair_init(&p);
	if (!ret && (!data || !bare))
		ret = -ENOMEM;
	if (!ret)
		ret = establish(&p);
	for (s = 0; !ret && s < ARRAY_SIZE(sizes); s++) {
		unsigned int len = sizes[s];
		u64 seal = 0, open = 0, start;
		char name[40];

		count = len > 4096 ? 20 : 200;
		MEASURE("bare-sign", len, count, bare_sign(bare, data, len));
		MEASURE("bare-seal", len, count, bare_seal(bare, data, len));
		MEASURE("bare-rc4", len, count, bare_rc4(bare, data, len));
		MEASURE("libarc4", len, count, bare_libarc4(bare, data, len));
		for (unsigned int n = 0; n < 2 * count && !ret; n++) {
			if (n == count)
				seal = open = 0;
			start = ktime_get_ns();
			ret = message(&p.client, data, len, token, true);
			seal += ktime_get_ns() - start;
			start = ktime_get_ns();
			if (!ret)
				ret = opened(&p.server, data, len, token);
			open += ktime_get_ns() - start;
		}
		if (ret)
			break;
		snprintf(name, sizeof(name), "seal-%u", len);
		result(name, div_u64(seal, count));
		snprintf(name, sizeof(name), "unseal-%u", len);
		result(name, div_u64(open, count));
		MEASURE("sign", len, count,
			ret |= message(&p.server, data, len, token, false));
	}
	if (p.client.lower)
		forget(&p);
	pair_exit(&p);
	bare_free(bare);
	kvfree(data);
	return ret;
}

/* Memory: what the slabs have more, once everything has settled. */

static u64 slab_bytes(void)
{
	rcu_barrier();
	msleep(3000);	/* the counters of each CPU are folded every second */
	return (u64)(global_node_page_state_pages(NR_SLAB_UNRECLAIMABLE_B) +
		     global_node_page_state_pages(NR_SLAB_RECLAIMABLE_B))
	       << PAGE_SHIFT;
}

/* Keeps one side of each pair; the memory of the other is free again. */
static int idle_side(bool client, struct sspi_ctxt_handle *kept)
{
	struct pair p;
	unsigned int i;
	u64 before;
	int ret;

	ret = pair_init(&p);
	if (!ret)
		ret = establish(&p);
	if (ret)
		goto out;
	forget(&p);
	before = slab_bytes();
	for (i = 0; i < contexts; i++) {
		ret = establish(&p);
		if (ret)
			goto out;
		kept[i] = client ? p.client : p.server;
		sspi_delete_security_context(client ? &p.server : &p.client);
		cond_resched();
	}
	result(client ? "idle-initiator-bytes" : "idle-acceptor-bytes",
	       div_u64(slab_bytes() - before, contexts));
out:
	pair_exit(&p);
	return ret;
}

static int idle_creds(void)
{
	struct sspi_auth_identity identity = {
		.user = "testuser",
		.domain = "TESTDOM",
		.secret_kind = SSPI_SECRET_PASSWORD,
		.secret = "password",
		.secret_len = 8,
	};
	struct sspi_acquire_args args = {
		.package = "NTLM",
		.cred_use = SECPKG_CRED_OUTBOUND,
		.identity = &identity,
	};
	unsigned int count = 4000, i;
	struct sspi_cred_handle *kept;
	u64 before, start;
	int ret = 0;

	kept = kvcalloc(count, sizeof(*kept), GFP_KERNEL);
	if (!kept)
		return -ENOMEM;
	before = slab_bytes();
	start = ktime_get_ns();
	for (i = 0; i < count && !ret; i++)
		ret = must(sspi_acquire_credentials_handle(&args, &kept[i],
							   NULL), "acquire");
	if (!ret) {
		result("acquire", div_u64(ktime_get_ns() - start, count));
		result("idle-credential-bytes",
		       div_u64(slab_bytes() - before, count));
	}
	while (i--)
		sspi_free_credentials_handle(&kept[i]);
	kvfree(kept);
	return ret;
}

static int bench_memory(void)
{
	struct sspi_ctxt_handle *kept;
	unsigned int i;
	int ret;

	kept = kvcalloc(2 * contexts, sizeof(*kept), GFP_KERNEL);
	if (!kept)
		return -ENOMEM;
	ret = idle_side(true, kept);
	if (!ret)
		ret = idle_side(false, kept + contexts);
	if (!ret)
		ret = idle_creds();
	for (i = 0; i < 2 * contexts && kept[i].lower; i++)
		sspi_delete_security_context(&kept[i]);
	kvfree(kept);
	return ret;
}

/* Two processors: the same work by one thread and by two. */

struct worker {
	struct task_struct *task;
	struct completion ready, go, done, leave, gone;
	const struct work *work;
	struct pair pair;
	struct objects *objects;
	u8 *data;
	unsigned int number;
	bool idle;
	u64 until;
	u64 count;
	int ret;
};

/**
 * struct work - what a thread does
 * @name: of the figure
 * @turn: once
 * @begin: before that; what it makes is there while another thread works alone
 * @end: after it
 * @first_owner: all threads have the owner of the first
 * @first_cred: and its credential
 * @each: how many things one turn is
 */
struct work {
	const char *name;
	int (*turn)(struct worker *w);
	int (*begin)(struct worker *w);
	void (*end)(struct worker *w);
	bool first_owner;
	bool first_cred;
	unsigned int each;
};

static int begin_pair(struct worker *w)
{
	return establish(&w->pair);
}

static void end_pair(struct worker *w)
{
	forget(&w->pair);
}

static int work_establish(struct worker *w)
{
	int ret = establish(&w->pair);

	forget(&w->pair);
	return ret;
}

static int work_seal(struct worker *w)
{
	return message(&w->pair.client, w->data, 4096, w->data + 4096, true);
}

static int work_lookup(struct worker *w)
{
	return must(sspi_query_context_attributes(&w->pair.client,
			SECPKG_ATTR_PACKAGE_INFO, w->data,
			sizeof(struct sec_pkg_context_package_info)),
		    "look up");
}

static int begin_objects(struct worker *w)
{
	w->objects = objects_new(TABLE_MAX / OBJECT_SETS,
				 w->work->first_owner ? 0 : w->number,
				 w->work->first_cred ? 0 : w->number);
	return w->objects ? 0 : -ENOMEM;
}

static void end_objects(struct worker *w)
{
	objects_free(w->objects);
}

static int work_objects(struct worker *w)
{
	return objects_turns(w->objects, TURNS);
}

static int worker(void *arg)
{
	struct worker *w = arg;
	unsigned int turn;

	w->data = kzalloc(8192, GFP_KERNEL);
	w->ret = w->data ? pair_init(&w->pair) : -ENOMEM;
	if (!w->ret && w->work->begin)
		w->ret = w->work->begin(w);
	complete(&w->ready);
	wait_for_completion(&w->go);
	while (!w->ret && !w->idle && ktime_get_ns() < w->until) {
		/* the clock is dear in a guest: not at every turn */
		for (turn = 0; turn < TURNS && !w->ret; turn++, w->count++)
			w->ret = w->work->turn(w);
		cond_resched();
	}
	complete(&w->done);
	wait_for_completion(&w->leave);
	if (w->work->end)
		w->work->end(w);
	pair_exit(&w->pair);
	kfree(w->data);
	complete(&w->gone);
	return 0;
}

static int start_worker(struct worker *w, unsigned int number)
{
	w->number = number;
	init_completion(&w->ready);
	init_completion(&w->go);
	init_completion(&w->done);
	init_completion(&w->leave);
	init_completion(&w->gone);
	w->task = kthread_create(worker, w, "sspi-bench/%u", number);
	if (IS_ERR(w->task))
		return PTR_ERR(w->task);
	kthread_bind(w->task, number);
	wake_up_process(w->task);
	wait_for_completion(&w->ready);
	return 0;
}

/* Things per second of @n threads, each on its processor; 0 for a failure. */
static u64 throughput(const struct work *work, unsigned int n)
{
	static struct worker workers[OBJECT_SETS];
	u64 start, count = 0, took;
	unsigned int i, made = 0;
	bool bad = false;

	memset(workers, 0, sizeof(workers));
	for (i = 0; i < OBJECT_SETS && !bad; i++) {
		workers[i].work = work;
		workers[i].idle = i >= n;
		bad = start_worker(&workers[i], i);
		made += !bad;
	}
	start = ktime_get_ns();
	for (i = 0; i < made; i++) {
		workers[i].until = start + NSEC_PER_SEC / 2;
		complete(&workers[i].go);
	}
	for (i = 0; i < made; i++) {
		wait_for_completion(&workers[i].done);
		count += workers[i].count * work->each;
		bad |= workers[i].ret;
	}
	took = ktime_get_ns() - start;
	for (i = 0; i < made; i++) {
		complete(&workers[i].leave);
		wait_for_completion(&workers[i].gone);
	}
	return bad ? 0 : div64_u64(count * NSEC_PER_SEC, took);
}

/* All runs, in turns: the machine may be busy with other things, too. */
static int bench_works(const struct work *works, unsigned int count)
{
	char name[40];
	unsigned int i, n, turn;

	if (num_online_cpus() < OBJECT_SETS)
		return -ENODEV;
	for (turn = 0; turn < runs; turn++) {
		for (i = 0; i < count; i++) {
			for (n = 1; n <= OBJECT_SETS; n++) {
				snprintf(name, sizeof(name), "smp-%s-%u",
					 works[i].name, n);
				result(name, throughput(&works[i], n));
			}
		}
	}
	return 0;
}

static int bench_smp(void)
{
	static const struct work works[] = {
		{ "establish", work_establish, .each = 1 },
		{ "seal", work_seal, begin_pair, end_pair, .each = 1 },
		{ "lookup", work_lookup, begin_pair, end_pair, .each = 1 },
	};

	return bench_works(works, ARRAY_SIZE(works));
}

static int bench_objects(void)
{
	static const struct work works[] = {
		{ "objects", work_objects, begin_objects, end_objects,
		  .first_owner = true, .first_cred = true, .each = TURNS },
		{ "objects-own-cred", work_objects, begin_objects, end_objects,
		  .first_owner = true, .each = TURNS },
		{ "objects-own-owner", work_objects, begin_objects, end_objects,
		  .first_cred = true, .each = TURNS },
		{ "objects-own", work_objects, begin_objects, end_objects,
		  .each = TURNS },
	};
	int ret = objects_init();

	if (!ret)
		ret = bench_works(works, ARRAY_SIZE(works));
	objects_exit();
	return ret;
}

static int __init bench_init(void)
{
	static const struct {
		const char *name;
		int (*run)(void);
		bool ntlm;
	} parts[] = {
		{ "memory", bench_memory, true },
		{ "table", bench_table, false },
		{ "ntlm", bench_ntlm, true },
		{ "call", bench_call, false },
		{ "message", bench_message, true },
		{ "smp", bench_smp, true },
		{ "objects", bench_objects, false },
	};
	unsigned int i;
	int ret;

	ret = null_register();
	if (ret)
		return ret;
	ret = acquire_null();
	for (i = 0; i < ARRAY_SIZE(parts) && !ret; i++) {
		if (!strstr(what, parts[i].name))
			continue;
		if (parts[i].ntlm && !outbound.lower)
			ret = acquire_ntlm();
		if (!ret)
			ret = parts[i].run();
	}
	if (outbound.lower)
		release_ntlm();
	sspi_free_credentials_handle(&null_cred);
	if (ret)
		null_unregister();
	else
		pr_info("done 1\n");
	return ret;
}
module_init(bench_init);

static void __exit bench_exit(void)
{
	null_unregister();
}
module_exit(bench_exit);

MODULE_DESCRIPTION("Measures the security support provider interface");
MODULE_LICENSE("GPL");
