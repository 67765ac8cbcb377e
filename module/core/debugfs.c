// SPDX-License-Identifier: GPL-2.0-only
/* What an administrator may see: contexts and counters, never a secret. */
#include <linux/debugfs.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>
#include <linux/timekeeping.h>

#include "core/internal.h"

DEFINE_PER_CPU(struct sspi_stats, sspi_stats);

static struct dentry *debugfs_root;

static const char *const stat_names[SSPI_STATS] = {
	[SSPI_STAT_SUBMITTED] = "calls_submitted",
	[SSPI_STAT_COMPLETED] = "calls_completed",
	[SSPI_STAT_CANCELLED] = "calls_cancelled",
	[SSPI_STAT_TIMEOUTS] = "calls_timed_out",
	[SSPI_STAT_REFUSED] = "refusals",
	[SSPI_STAT_QUESTIONS] = "questions",
	[SSPI_STAT_CREDS_MADE] = "credentials_made",
	[SSPI_STAT_CREDS_FREED] = "credentials_freed",
	[SSPI_STAT_CONTEXTS_MADE] = "contexts_made",
	[SSPI_STAT_CONTEXTS_FREED] = "contexts_freed",
	[SSPI_STAT_TRACKERS_MADE] = "trackers_made",
	[SSPI_STAT_TRACKERS_FREED] = "trackers_freed",
};

u64 sspi_stat_read(enum sspi_stat which)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += per_cpu(sspi_stats, cpu).count[which];
	return sum;
}
SSPI_EXPORT_FOR_TEST(sspi_stat_read);

const char *sspi_stat_name(enum sspi_stat which)
{
	return stat_names[which];
}

static int stats_show(struct seq_file *m, void *unused)
{
	unsigned int i;

	for (i = 0; i < SSPI_STATS; i++)
		seq_printf(m, "%s %llu\n", stat_names[i], sspi_stat_read(i));
	seq_printf(m, "credentials_live %llu\n",
		   sspi_stat_read(SSPI_STAT_CREDS_MADE) -
		   sspi_stat_read(SSPI_STAT_CREDS_FREED));
	seq_printf(m, "contexts_live %llu\n",
		   sspi_stat_read(SSPI_STAT_CONTEXTS_MADE) -
		   sspi_stat_read(SSPI_STAT_CONTEXTS_FREED));
	seq_printf(m, "trackers_live %llu\n",
		   sspi_stat_read(SSPI_STAT_TRACKERS_MADE) -
		   sspi_stat_read(SSPI_STAT_TRACKERS_FREED));
	seq_printf(m, "context_bytes %zu\n", sizeof(struct sspi_context));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(stats);

static int context_show(struct sspi_object *obj, void *priv)
{
	struct seq_file *m = priv;
	struct sspi_context *ctx;

	if (obj->ops->type != SSPI_OBJECT_CONTEXT)
		return 0;
	ctx = container_of(obj, struct sspi_context, obj);
	/* An import changes the owner. */
	rcu_read_lock();
	seq_printf(m, "%s %s %s %u %s\n", ctx->package->info.name,
		   sspi_role_names[ctx->role],
		   sspi_context_phases[sspi_context_phase(ctx)],
		   (u32)ktime_get_seconds() - ctx->created,
		   READ_ONCE(obj->owner)->name);
	rcu_read_unlock();
	return seq_has_overflowed(m);
}

static int contexts_show(struct seq_file *m, void *unused)
{
	seq_puts(m, "# package role state age_seconds owner\n");
	sspi_object_walk(context_show, m);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(contexts);

void sspi_debugfs_init(void)
{
	debugfs_root = debugfs_create_dir("ksspi", NULL);
	debugfs_create_file("stats", 0400, debugfs_root, NULL, &stats_fops);
	debugfs_create_file("contexts", 0400, debugfs_root, NULL,
			    &contexts_fops);
}

void sspi_debugfs_exit(void)
{
	debugfs_remove(debugfs_root);
}
