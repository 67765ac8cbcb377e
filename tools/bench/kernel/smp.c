// SPDX-License-Identifier: GPL-2.0-only
/* Two processors: the same work by one thread and by two. */
#define pr_fmt(fmt) "KSSPI-BENCH " fmt

#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sspi.h>

#include "bench.h"
#include "common.h"

#define OBJECTS_EACH	50000
#define TURNS		16	/* between two looks at the clock */

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
 * @party: whose contexts
 * @turn: once
 * @begin: before that; what it makes is there while another thread works alone
 * @end: after it
 * @first_owner: all threads have the owner of the first
 * @first_cred: and its credential
 * @each: how many things one turn is
 */
struct work {
	const char *name;
	struct party *party;
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
	return message(&w->pair, &w->pair.client, w->data, 4096,
		       w->data + 4096, true);
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
	w->objects = objects_new(OBJECTS_EACH,
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
	w->ret = w->data ? pair_init(&w->pair, w->work->party) : -ENOMEM;
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
	unsigned int i, n, turn;
	char name[40];

	if (num_online_cpus() < OBJECT_SETS)
		return -ENODEV;
	for (turn = 0; turn < runs; turn++) {
		for (i = 0; i < count; i++) {
			for (n = 1; n <= OBJECT_SETS; n++) {
				snprintf(name, sizeof(name), "smp-%s",
					 works[i].name);
				result("", name, n, throughput(&works[i], n));
			}
		}
	}
	return 0;
}

int bench_smp(struct party *party)
{
	const struct work works[] = {
		{ "establish", party, work_establish, .each = 1 },
		{ "seal", party, work_seal, begin_pair, end_pair, .each = 1 },
		{ "lookup", party, work_lookup, begin_pair, end_pair,
		  .each = 1 },
	};

	return bench_works(works, ARRAY_SIZE(works));
}

int bench_objects(void)
{
	static const struct work works[] = {
		{ "objects", NULL, work_objects, begin_objects, end_objects,
		  .first_owner = true, .first_cred = true, .each = TURNS },
		{ "objects-own-cred", NULL, work_objects, begin_objects, end_objects,
		  .first_owner = true, .each = TURNS },
		{ "objects-own-owner", NULL, work_objects, begin_objects, end_objects,
		  .first_cred = true, .each = TURNS },
		{ "objects-own", NULL, work_objects, begin_objects, end_objects,
		  .each = TURNS },
	};
	int ret = objects_init();

	if (!ret)
		ret = bench_works(works, ARRAY_SIZE(works));
	objects_exit();
	return ret;
}
