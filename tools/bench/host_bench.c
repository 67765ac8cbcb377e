// SPDX-License-Identifier: GPL-2.0-only
/*
 * The figures of kernel/sspi_bench.c that make sense in a program, with the
 * userspace build: time of a native processor, against gss_bench on the same.
 * With an argument it only establishes pairs, ten times that many, for a profiler.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <linux/errno.h>
#include <linux/printk.h>
#include <linux/sspi.h>

#include "crypto/crypto.h"
#include "host.h"
#include "kernel/common.h"

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

static uint64_t now(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

/* What other programs take does not count; too slow for a single message. */
static uint64_t cpu(void)
{
	return clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

/* Of several runs the least disturbed one counts. */
static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static void result(const char *name, size_t bytes, uint64_t value)
{
	if (bytes)
		printf("KSSPI-BENCH %s-%zu %llu\n", name, bytes,
		       (unsigned long long)value);
	else
		printf("KSSPI-BENCH %s %llu\n", name,
		       (unsigned long long)value);
}

static void bare(const struct sspi_hmac_md5_key *key, struct sspi_rc4 *rc4,
		 u8 *data, size_t len)
{
	struct sspi_hmac_md5_ctx ctx;
	u8 mac[16];
	u32 seq = 0;

	sspi_hmac_md5_init(&ctx, key);
	sspi_hmac_md5_update(&ctx, &seq, sizeof(seq));
	sspi_hmac_md5_update(&ctx, data, len);
	sspi_hmac_md5_final(&ctx, mac);
	sspi_rc4_crypt(rc4, data, data, len);
	sspi_rc4_crypt(rc4, mac, mac, 8);
}

static int messages(struct pair *p, size_t len)
{
	unsigned int count = len > 4096 ? 300 : 5000, i;
	uint64_t seal = UINT64_MAX, open = UINT64_MAX, raw = UINT64_MAX, start;
	struct sspi_hmac_md5_key key;
	u8 *data = calloc(1, len), token[SIGNATURE_LEN];
	struct sspi_rc4 rc4;

	sspi_hmac_md5_prepare(&key, "bench bench key", 16);
	sspi_rc4_init(&rc4, "bench bench key", 16);
	for (i = 0; i < count; i++) {
		start = now();
		if (message(&p->client, data, len, token, true))
			return -1;
		seal = least(seal, now() - start);
		start = now();
		if (opened(&p->server, data, len, token))
			return -1;
		open = least(open, now() - start);
		start = now();
		bare(&key, &rc4, data, len);
		raw = least(raw, now() - start);
	}
	free(data);
	result("host-bare", len, raw);
	result("host-seal", len, seal);
	result("host-unseal", len, open);
	return 0;
}

int main(int argc, char **argv)
{
	unsigned int rounds = argc > 1 ? atoi(argv[1]) : 1000, i, batch;
	struct pair p = { .tokens = { malloc(TOKEN_ROOM), malloc(TOKEN_ROOM) } };
	uint64_t start, best = UINT64_MAX;

	if (host_init() || acquire_ntlm())
		return 1;
	for (batch = 0; batch < 10; batch++) {
		start = cpu();
		for (i = 0; i < rounds; i++) {
			if (establish(&p))
				return 1;
			forget(&p);
		}
		best = least(best, (cpu() - start) / rounds);
	}
	result("host-context-pair", 0, best);
	if (argc == 1) {
		if (establish(&p) || messages(&p, 64) || messages(&p, 4096) ||
		    messages(&p, 65536))
			return 1;
		forget(&p);
	}
	release_ntlm();
	host_exit();
	free(p.tokens[0]);
	free(p.tokens[1]);
	return 0;
}
