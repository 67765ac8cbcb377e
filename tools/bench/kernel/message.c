// SPDX-License-Identifier: GPL-2.0-only
/* Message protection against the bare transforms, and contexts made for it. */
#define pr_fmt(fmt) "KSSPI-BENCH " fmt

#include <linux/err.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sspi.h>

#include "bench.h"
#include "common.h"
#include "measure.h"

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

static int one_pair(struct pair *p)
{
	int ret = establish(p);

	if (!ret)
		forget(p);
	return ret;
}

/* The initiator's first token alone. */
static int one_token(struct pair *p)
{
	struct sec_buffer out_buf = {
		.len = TOKEN_ROOM,
		.type = SECBUFFER_TOKEN,
		.data = p->tokens[0],
	};
	struct sec_buffer_desc out = { SECBUFFER_VERSION, 1, &out_buf };
	struct sspi_initialize_args init = {
		.cred = &p->party->outbound,
		.target = p->party->target,
		.req = ISC_FLAGS | p->party->req,
		.new_ctx = &p->client,
		.output = &out,
	};
	int ret = must(sspi_initialize_security_context(&init), "initialize");

	sspi_delete_security_context(&p->client);
	return ret;
}

/* Both sides of a context, made and forgotten; and a first token. */
int bench_pairs(struct party *party)
{
	struct pair p;
	int ret;

	ret = pair_init(&p, party);
	if (!ret)
		MEASURE(party->prefix, "context-pair", 0, rounds / BATCHES + 1,
			ret |= one_pair(&p));
	if (!ret)
		MEASURE(party->prefix, "token", 0, rounds / BATCHES + 1,
			ret |= one_token(&p));
	pair_exit(&p);
	return ret;
}

/* The same and a signature each way, as for a mechListMIC (RFC 4178 5). */
static int one_signed_pair(struct pair *p)
{
	u8 data[16] = {}, token[TRAILER_ROOM];
	int ret = establish(p);

	if (!ret)
		ret = message(p, &p->client, data, sizeof(data), token, false);
	if (!ret)
		ret = opened(p, &p->server, data, sizeof(data), token, false);
	if (!ret)
		ret = message(p, &p->server, data, sizeof(data), token, false);
	if (!ret)
		ret = opened(p, &p->client, data, sizeof(data), token, false);
	if (p->client.lower)
		forget(p);
	return ret;
}

int bench_signed_pairs(struct party *party)
{
	struct pair p;
	int ret = pair_init(&p, party);

	if (!ret)
		MEASURE(party->prefix, "signed-pair", 0, rounds / BATCHES + 1,
			ret |= one_signed_pair(&p));
	pair_exit(&p);
	return ret;
}

/* Both ends of messages of one length, sealed or signed. */
static int bench_length(struct pair *p, u8 *data, unsigned int len, bool seal)
{
	unsigned int count = count_of(len), batch, n;
	struct least out = {}, in = {};
	u8 token[TRAILER_ROOM];
	int ret = 0;
	u64 start;

	for (batch = 0; batch < BATCHES; batch++) {
		for (n = 0; n < count && !ret; n++) {
			start = ktime_get_ns();
			ret = message(p, &p->client, data, len, token, seal);
			out.batch += ktime_get_ns() - start;
			start = ktime_get_ns();
			if (!ret)
				ret = opened(p, &p->server, data, len, token,
					     seal);
			in.batch += ktime_get_ns() - start;
		}
		least_of(&out, batch);
		least_of(&in, batch);
	}
	if (ret)
		return ret;
	result(p->party->prefix, seal ? "seal" : "sign", len,
	       each_of(&out, count));
	result(p->party->prefix, seal ? "unseal" : "verify", len,
	       each_of(&in, count));
	return 0;
}

int bench_lengths(struct party *party, u8 *data)
{
	unsigned int s;
	struct pair p;
	int ret;

	ret = pair_init(&p, party);
	if (!ret)
		ret = establish(&p);
	for (s = 0; !ret && s < ARRAY_SIZE(bench_sizes); s++) {
		ret = bench_length(&p, data, bench_sizes[s], false);
		if (!ret)
			ret = bench_length(&p, data, bench_sizes[s], true);
		cond_resched();
	}
	if (p.client.lower)
		forget(&p);
	pair_exit(&p);
	return ret;
}

int bench_message(struct party *party)
{
	u8 *data = kvzalloc(BENCH_MAX, GFP_KERNEL);
	struct bare *bare = bare_new();
	unsigned int s, len, count;
	int ret = data && bare ? 0 : -ENOMEM;

	for (s = 0; !ret && s < ARRAY_SIZE(bench_sizes); s++) {
		len = bench_sizes[s];
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
