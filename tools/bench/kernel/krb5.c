// SPDX-License-Identifier: GPL-2.0-only
/* Kerberos against the other ways to the same bytes. */
#define pr_fmt(fmt) "KSSPI-BENCH " fmt

#include <linux/err.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sspi.h>

#include "bench.h"
#include "common.h"
#include "measure.h"

/* The bare transforms, and crypto/krb5. */
static int bench_bare(void)
{
	struct krb5_bare *bare = krb5_bare_new();
	unsigned int s, len, count;
	int ret = 0;

	if (IS_ERR(bare))
		return PTR_ERR(bare);
	for (s = 0; !ret && s < ARRAY_SIZE(bench_sizes); s++) {
		len = bench_sizes[s];
		count = count_of(len);
		MEASURE("krb5-", "bare-sign", len, count,
			ret |= krb5_bare_sign(bare, len));
		MEASURE("krb5-", "bare-seal", len, count,
			ret |= krb5_bare_seal(bare, len));
		MEASURE("krb5-", "bare-unseal", len, count,
			ret |= krb5_bare_unseal(bare, len));
		MEASURE("krb5-", "kernel-sign", len, count,
			ret |= krb5_kernel_sign(bare, len));
		MEASURE("krb5-", "kernel-seal", len, count,
			ret |= krb5_kernel_seal(bare, len));
		MEASURE("krb5-", "kernel-both", len, count,
			ret |= krb5_kernel_both(bare, len));
		cond_resched();
	}
	if (!ret)
		MEASURE("krb5-", "kernel-keys", 0, rounds,
			ret |= krb5_kernel_keys());
	krb5_bare_free(bare);
	return ret ? -EIO : 0;
}

typedef int (*sunrpc_fn)(struct sunrpc_peer *s, size_t len);

/* One length of messages of sunrpc: each is made, and opened. */
static int sunrpc_length(struct sunrpc_peer *s, unsigned int len)
{
	static const struct {
		const char *name;
		sunrpc_fn fn;
	} kinds[] = {
		{ "sunrpc-sign", sunrpc_sign },
		{ "sunrpc-verify", sunrpc_verify },
		{ "sunrpc-seal", sunrpc_seal },
		{ "sunrpc-unseal", sunrpc_unseal },
	};
	unsigned int count = count_of(len), batch, n, k;
	struct least times[ARRAY_SIZE(kinds)] = {};
	int ret = 0;
	u64 start;

	for (batch = 0; batch < BATCHES; batch++) {
		for (n = 0; n < count; n++) {
			for (k = 0; k < ARRAY_SIZE(kinds); k++) {
				start = ktime_get_ns();
				ret |= kinds[k].fn(s, len);
				times[k].batch += ktime_get_ns() - start;
			}
		}
		for (k = 0; k < ARRAY_SIZE(kinds); k++)
			least_of(&times[k], batch);
	}
	if (ret) {
		pr_err("failed: sunrpc, %u bytes: %#x\n", len, ret);
		return -EIO;
	}
	for (k = 0; k < ARRAY_SIZE(kinds); k++)
		result("krb5-", kinds[k].name, len,
		       each_of(&times[k], count));
	return 0;
}

static int bench_sunrpc(void)
{
	struct sunrpc_peer *peer = sunrpc_new();
	unsigned int s;
	int ret = 0;

	if (IS_ERR_OR_NULL(peer))
		return PTR_ERR_OR_ZERO(peer);
	for (s = 0; !ret && s < ARRAY_SIZE(bench_sizes); s++) {
		ret = sunrpc_length(peer, bench_sizes[s]);
		cond_resched();
	}
	if (!ret)
		MEASURE("krb5-", "sunrpc-keys", 0, rounds,
			ret |= sunrpc_keys(peer));
	sunrpc_free(peer);
	return ret ? -EIO : 0;
}

/* A message from one side to the other; what the client spends on it. */
static int client_part(struct pair *p, bool sends, bool seal, u64 *spent)
{
	u8 data[64] = {}, token[TRAILER_ROOM];
	u64 start = ktime_get_ns(), middle;
	int ret;

	ret = message(p, sends ? &p->client : &p->server, data, sizeof(data),
		      token, seal);
	middle = ktime_get_ns();
	if (!ret)
		ret = opened(p, sends ? &p->server : &p->client, data,
			     sizeof(data), token, seal);
	*spent += sends ? middle - start : ktime_get_ns() - middle;
	return ret;
}

/*
 * What a context's keys take, to seal and to sign, both directions: its first
 * messages derive them, the second of each kind has them.
 */
static int bench_keys(struct party *party)
{
	unsigned int n, kind;
	u64 first = 0, later = 0;
	struct pair p;
	int ret;

	ret = pair_init(&p, party);
	for (n = 0; n < rounds && !ret; n++) {
		ret = establish(&p);
		for (kind = 0; kind < 8 && !ret; kind++)
			ret = client_part(&p, kind & 1, kind & 2,
					  kind & 4 ? &later : &first);
		forget(&p);
	}
	if (!ret)
		result(party->prefix, "keys", 0,
		       div_u64(first - later, rounds));
	pair_exit(&p);
	return ret;
}

int bench_krb5(struct party *party)
{
	u8 *data = kvzalloc(BENCH_MAX, GFP_KERNEL);
	int ret = data ? bench_pairs(party) : -ENOMEM;

	if (!ret)
		ret = bench_bare();
	if (!ret)
		ret = bench_sunrpc();
	if (!ret)
		ret = bench_lengths(party, data);
	if (!ret)
		ret = bench_keys(party);
	kvfree(data);
	return ret;
}
