// SPDX-License-Identifier: GPL-2.0-only
/*
 * The figures of kernel/sspi_bench.c that make sense in a program, with the
 * userspace build: time of a native processor, against gss_bench on the same.
 *	host_bench FOLDER [ntlm|krb5 ROUNDS]
 * FOLDER is that of krb5_files.py. With ROUNDS it only establishes pairs, ten
 * times that many, for a profiler.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/sspi.h>

#include "crypto/crypto.h"
#include "crypto/krb5_crypto.h"
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

static const size_t sizes[] = { 64, 1024, 4096, 16384, 65536 };

static void bare_ntlm(const struct sspi_hmac_md5_key *key, struct sspi_rc4 *rc4,
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

static int bare_messages(void)
{
	unsigned int s, i;
	struct sspi_hmac_md5_key key;
	struct sspi_rc4 rc4;
	uint64_t raw, start;
	u8 *data = calloc(1, 65536);

	sspi_hmac_md5_prepare(&key, "bench bench key", 16);
	sspi_rc4_init(&rc4, "bench bench key", 16);
	for (s = 0; s < ARRAY_SIZE(sizes); s++) {
		raw = UINT64_MAX;
		for (i = 0; i < (sizes[s] > 4096 ? 300 : 5000); i++) {
			start = now();
			bare_ntlm(&key, &rc4, data, sizes[s]);
			raw = least(raw, now() - start);
		}
		result("host-bare", sizes[s], raw);
	}
	free(data);
	return 0;
}

/* Confounder, data and head through CTS and HMAC, as little as can be. */
static int bare_krb5(size_t len)
{
	static const u8 bytes[32] = "a key for the benchmark of seals";
	struct sspi_part part = { .kind = SSPI_PART_DATA, .len = len + 16 };
	unsigned int count = len > 4096 ? 300 : 5000, i;
	u8 confounder[16] = {}, mac[KRB5_MAX_MAC];
	uint64_t raw = UINT64_MAX, start;
	struct krb5_seal_key seal;
	struct krb5_key key;
	int err;

	part.data = calloc(1, part.len);
	err = krb5_key_set(&key, KRB5_ENCTYPE_AES256_CTS_HMAC_SHA1_96,
			   (struct sspi_span){ bytes, sizeof(bytes) });
	if (!err)
		err = krb5_seal_prepare(&seal, &key, 24);
	for (i = 0; i < count && !err; i++) {
		start = now();
		err = krb5_seal_parts(&seal, confounder, &part, 1, mac);
		raw = least(raw, now() - start);
	}
	result("host-krb5-profile", len, raw);
	free(part.data);
	return err;
}

static int messages(struct pair *p, const char *prefix, size_t len)
{
	unsigned int count = len > 4096 ? 300 : 5000, i, seal;
	u8 *data = calloc(1, len), token[TRAILER_ROOM];
	uint64_t out, in, start;
	char name[40];

	for (seal = 0; seal < 2; seal++) {
		out = UINT64_MAX;
		in = UINT64_MAX;
		for (i = 0; i < count; i++) {
			start = now();
			if (message(p, &p->client, data, len, token, seal))
				return -1;
			out = least(out, now() - start);
			start = now();
			if (opened(p, &p->server, data, len, token, seal))
				return -1;
			in = least(in, now() - start);
		}
		snprintf(name, sizeof(name), "%s-%s", prefix,
			 seal ? "seal" : "sign");
		result(name, len, out);
		snprintf(name, sizeof(name), "%s-%s", prefix,
			 seal ? "unseal" : "verify");
		result(name, len, in);
	}
	free(data);
	return 0;
}

static int contexts(struct pair *p, const char *prefix, unsigned int rounds)
{
	uint64_t start, best = UINT64_MAX;
	unsigned int batch, i;
	char name[40];

	for (batch = 0; batch < 10; batch++) {
		start = cpu();
		for (i = 0; i < rounds; i++) {
			if (establish(p))
				return -1;
			forget(p);
		}
		best = least(best, (cpu() - start) / rounds);
	}
	snprintf(name, sizeof(name), "%s-context-pair", prefix);
	result(name, 0, best);
	return 0;
}

static struct sspi_span read_file(const char *folder, const char *name)
{
	static u8 room[2][65536];
	static unsigned int next;
	u8 *bytes = room[next++ % 2];
	char path[4096];
	size_t len = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "rb");
	if (file) {
		len = fread(bytes, 1, sizeof(room[0]), file);
		fclose(file);
	}
	return (struct sspi_span){ bytes, len };
}

static int measure(const char *folder, bool krb5, unsigned int rounds)
{
	const char *prefix = krb5 ? "host-krb5" : "host";
	struct party party = {};
	struct pair p = {
		.party = &party,
		.tokens = { malloc(TOKEN_ROOM), malloc(TOKEN_ROOM) },
	};
	unsigned int s;
	int ret;

	ret = krb5 ? acquire_krb5(&party, read_file(folder, "krb5.keytab"),
				  read_file(folder, "krb5.cc"), false) :
		     acquire_ntlm(&party, false);
	if (!ret)
		ret = contexts(&p, prefix, rounds ? rounds : 1000);
	if (!ret && !rounds) {
		ret = establish(&p);
		for (s = 0; s < ARRAY_SIZE(sizes) && !ret; s++) {
			ret = messages(&p, prefix, sizes[s]);
			if (!ret && krb5)
				ret = bare_krb5(sizes[s]);
		}
		forget(&p);
	}
	release(&party);
	free(p.tokens[0]);
	free(p.tokens[1]);
	return ret;
}

int main(int argc, char **argv)
{
	const char *which = argc > 2 ? argv[2] : "";
	unsigned int rounds = argc > 3 ? atoi(argv[3]) : 0;
	int ret = 0;

	if (argc < 2 || host_init())
		return 1;
	if (strcmp(which, "krb5"))
		ret = measure(argv[1], false, rounds);
	if (!ret && strcmp(which, "ntlm"))
		ret = measure(argv[1], true, rounds);
	if (!ret && !rounds)
		ret = bare_messages();
	host_exit();
	return ret ? 1 : 0;
}
