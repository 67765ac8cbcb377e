// SPDX-License-Identifier: GPL-2.0-only
/* Message protection against the bare transforms, and contexts made for it. */
#define pr_fmt(fmt) "KSSPI-BENCH " fmt

#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sspi.h>

#include "bench.h"
#include "common.h"

#define MESSAGE_MAX	KRB5_BENCH_MAX

static const unsigned int sizes[] = { 64, 1024, 4096, 16384, MESSAGE_MAX };

int pair_init(struct pair *p, struct party *party)
{
	memset(p, 0, sizeof(*p));
	p->party = party;
	p->tokens[0] = kmalloc(TOKEN_ROOM, GFP_KERNEL);
	p->tokens[1] = kmalloc(TOKEN_ROOM, GFP_KERNEL);
	return p->tokens[0] && p->tokens[1] ? 0 : -ENOMEM;
}

void pair_exit(struct pair *p)
{
	kfree(p->tokens[0]);
	kfree(p->tokens[1]);
}

/* Both sides of a context, made and forgotten. */
int bench_pairs(struct party *party)
{
	struct pair p;
	unsigned int i;
	u64 start = 0;
	int ret;

	ret = pair_init(&p, party);
	for (i = 0; !ret && i < 2 * rounds; i++) {
		if (i == rounds)
			start = ktime_get_ns();
		ret = establish(&p);
		if (!ret)
			forget(&p);
	}
	if (!ret)
		result(party->prefix, "context-pair", 0,
		       div_u64(ktime_get_ns() - start, rounds));
	pair_exit(&p);
	return ret;
}

#define MEASURE(prefix, kind, bytes, count, statement)			\
	do {								\
		unsigned int n;						\
		u64 start = 0;						\
									\
		for (n = 0; n < 2 * (count); n++) {			\
			if (n == (count))				\
				start = ktime_get_ns();			\
			statement;					\
		}							\
		result(prefix, kind, bytes,				\
		       div_u64(ktime_get_ns() - start, count));		\
	} while (0)

static unsigned int count_of(unsigned int len)
{
	return len > 4096 ? 20 : 200;
}

/* Both ends of messages of one length, sealed or signed. */
static int bench_length(struct pair *p, u8 *data, unsigned int len, bool seal)
{
	unsigned int count = count_of(len), n;
	u8 token[TRAILER_ROOM];
	u64 out = 0, in = 0, start;
	int ret = 0;

	for (n = 0; n < 2 * count && !ret; n++) {
		if (n == count) {
			out = 0;
			in = 0;
		}
		start = ktime_get_ns();
		ret = message(p, &p->client, data, len, token, seal);
		out += ktime_get_ns() - start;
		start = ktime_get_ns();
		if (!ret)
			ret = opened(p, &p->server, data, len, token, seal);
		in += ktime_get_ns() - start;
	}
	if (ret)
		return ret;
	result(p->party->prefix, seal ? "seal" : "sign", len,
	       div_u64(out, count));
	result(p->party->prefix, seal ? "unseal" : "verify", len,
	       div_u64(in, count));
	return 0;
}

static int bench_lengths(struct party *party, u8 *data)
{
	unsigned int s;
	struct pair p;
	int ret;

	ret = pair_init(&p, party);
	if (!ret)
		ret = establish(&p);
	for (s = 0; !ret && s < ARRAY_SIZE(sizes); s++) {
		ret = bench_length(&p, data, sizes[s], false);
		if (!ret)
			ret = bench_length(&p, data, sizes[s], true);
		cond_resched();
	}
	if (p.client.lower)
		forget(&p);
	pair_exit(&p);
	return ret;
}

int bench_message(struct party *party)
{
	u8 *data = kvzalloc(MESSAGE_MAX, GFP_KERNEL);
	struct bare *bare = bare_new();
	unsigned int s, len, count;
	int ret = data && bare ? 0 : -ENOMEM;

	for (s = 0; !ret && s < ARRAY_SIZE(sizes); s++) {
		len = sizes[s];
		count = count_of(len);
		MEASURE("", "bare-sign", len, count, bare_sign(bare, data, len));
		MEASURE("", "bare-seal", len, count, bare_seal(bare, data, len));
		MEASURE("", "bare-rc4", len, count, bare_rc4(bare, data, len));
		MEASURE("", "libarc4", len, count,
			bare_libarc4(bare, data, len));
		cond_resched();
	}
	if (!ret)
		ret = bench_lengths(party, data);
	bare_free(bare);
	kvfree(data);
	return ret;
}

/* The other two ways to the same bytes. */
static int bench_krb5_bare(void)
{
	struct krb5_bare *bare = krb5_bare_new();
	unsigned int s, len, count;
	int ret = 0;

	if (IS_ERR(bare))
		return PTR_ERR(bare);
	for (s = 0; !ret && s < ARRAY_SIZE(sizes); s++) {
		len = sizes[s];
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
	krb5_bare_free(bare);
	return ret ? -EIO : 0;
}

/* A context's first messages: what its keys for both directions take. */
static int bench_keys(struct party *party)
{
	unsigned int n, i;
	u64 first = 0, later = 0, start;
	u8 data[64] = {}, token[TRAILER_ROOM];
	struct pair p;
	int ret;

	ret = pair_init(&p, party);
	for (n = 0; n < rounds && !ret; n++) {
		ret = establish(&p);
		for (i = 0; i < 2 && !ret; i++) {
			start = ktime_get_ns();
			ret = message(&p, &p.client, data, sizeof(data), token,
				      true);
			if (!ret)
				ret = opened(&p, &p.server, data, sizeof(data),
					     token, true);
			*(i ? &later : &first) += ktime_get_ns() - start;
		}
		forget(&p);
	}
	if (!ret) {
		result(party->prefix, "keys", 0,
		       div_u64(first - later, rounds));
		MEASURE("krb5-", "kernel-keys", 0, rounds,
			ret |= krb5_kernel_keys());
	}
	pair_exit(&p);
	return ret ? -EIO : 0;
}

int bench_krb5(struct party *party)
{
	u8 *data = kvzalloc(MESSAGE_MAX, GFP_KERNEL);
	int ret = data ? bench_pairs(party) : -ENOMEM;

	if (!ret)
		ret = bench_krb5_bare();
	if (!ret)
		ret = bench_lengths(party, data);
	if (!ret)
		ret = bench_keys(party);
	kvfree(data);
	return ret;
}
