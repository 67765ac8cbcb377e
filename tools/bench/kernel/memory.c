// SPDX-License-Identifier: GPL-2.0-only
/* Memory: what the slabs have more, once everything has settled. */
#define pr_fmt(fmt) "KSSPI-BENCH " fmt

#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sspi.h>
#include <linux/vmstat.h>

#include "bench.h"
#include "common.h"

static u64 slab_bytes(void)
{
	rcu_barrier();
	msleep(3000);	/* the counters of each CPU are folded every second */
	return (u64)(global_node_page_state_pages(NR_SLAB_UNRECLAIMABLE_B) +
		     global_node_page_state_pages(NR_SLAB_RECLAIMABLE_B))
	       << PAGE_SHIFT;
}

/* Keeps one side of each pair; the memory of the other is free again. */
static int idle_side(struct party *party, bool client,
		     struct sspi_ctxt_handle *kept)
{
	struct pair p;
	unsigned int i;
	u64 before;
	int ret;

	ret = pair_init(&p, party);
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
	result(party->prefix,
	       client ? "idle-initiator-bytes" : "idle-acceptor-bytes", 0,
	       div_u64(slab_bytes() - before, contexts));
out:
	pair_exit(&p);
	return ret;
}

/* NTLM credentials. */
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
		result("", "acquire", 0,
		       div_u64(ktime_get_ns() - start, count));
		result("", "idle-credential-bytes", 0,
		       div_u64(slab_bytes() - before, count));
	}
	while (i--)
		sspi_free_credentials_handle(&kept[i]);
	kvfree(kept);
	return ret;
}

int bench_memory(struct party *party)
{
	struct sspi_ctxt_handle *kept;
	unsigned int i;
	int ret;

	kept = kvcalloc(2 * contexts, sizeof(*kept), GFP_KERNEL);
	if (!kept)
		return -ENOMEM;
	ret = idle_side(party, true, kept);
	if (!ret)
		ret = idle_side(party, false, kept + contexts);
	if (!ret && !*party->prefix)
		ret = idle_creds();
	for (i = 0; i < 2 * contexts && kept[i].lower; i++)
		sspi_delete_security_context(&kept[i]);
	kvfree(kept);
	return ret;
}
