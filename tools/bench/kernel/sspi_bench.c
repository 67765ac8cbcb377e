// SPDX-License-Identifier: GPL-2.0-only
/*
 * Measures the service from a consumer's place. Under qemu's -icount shift=0
 * a nanosecond of the guest's clock is an instruction, so the figures repeat.
 * Each result is a line "KSSPI-BENCH name value" in the log; run.sh makes the
 * table. What runs is chosen with "what", so that memory is counted in a
 * kernel that has just booted.
 */
#define pr_fmt(fmt) "KSSPI-BENCH " fmt

#include <linux/kernel_read_file.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <linux/sspi.h>

#include "bench.h"
#include "common.h"

static char *what = "table ntlm call message";
module_param(what, charp, 0444);
MODULE_PARM_DESC(what, "Of memory, krb5-slab, table, ntlm, call, message, smp, objects, krb5, negotiate");

unsigned int contexts = 10000;
module_param(contexts, uint, 0444);
MODULE_PARM_DESC(contexts, "Contexts that the memory is counted of");

unsigned int rounds = 400;
module_param(rounds, uint, 0444);
MODULE_PARM_DESC(rounds, "How often a small thing is repeated");

unsigned int runs = 4;
module_param(runs, uint, 0444);
MODULE_PARM_DESC(runs, "How often smp and objects are repeated");

static char *keytab = "/etc/krb5.keytab";
module_param(keytab, charp, 0444);
MODULE_PARM_DESC(keytab, "The service's keys, of krb5_files.py");

static char *ccache = "/etc/krb5.cc";
module_param(ccache, charp, 0444);
MODULE_PARM_DESC(ccache, "The client's ticket, likewise");

static struct party ntlm, krb5;

void result(const char *prefix, const char *name, unsigned int size, u64 value)
{
	if (size)
		pr_info("%s%s-%u %llu\n", prefix, name, size, value);
	else
		pr_info("%s%s %llu\n", prefix, name, value);
}

/* Freed by the caller. */
static int read_file(const char *path, struct sspi_span *out)
{
	void *data = NULL;
	ssize_t len;

	len = kernel_read_file_from_path(path, 0, &data, SSPI_MAX_KEYTAB, NULL,
					 READING_UNKNOWN);
	if (len < 0)
		return len;
	*out = (struct sspi_span){ data, len };
	return 0;
}

static int want_krb5(struct party *party, bool negotiate)
{
	struct sspi_span keys = {}, tickets = {};
	int ret;

	ret = read_file(keytab, &keys);
	if (!ret)
		ret = read_file(ccache, &tickets);
	if (!ret)
		ret = acquire_krb5(party, keys, tickets, negotiate);
	vfree(keys.data);
	vfree(tickets.data);
	return ret;
}

static int run_ntlm(int (*part)(struct party *party))
{
	int ret = ntlm.outbound.lower ? 0 : acquire_ntlm(&ntlm, false);

	return ret ?: part(&ntlm);
}

static int run_krb5(int (*part)(struct party *party))
{
	int ret = krb5.outbound.lower ? 0 : want_krb5(&krb5, false);

	return ret ?: part(&krb5);
}

/* Contexts of both mechanisms, negotiated. */
static int bench_negotiate(void)
{
	struct party by_ntlm = {}, by_krb5 = {};
	int ret;

	ret = run_ntlm(bench_signed_pairs);
	if (!ret)
		ret = acquire_ntlm(&by_ntlm, true);
	if (!ret)
		ret = bench_pairs(&by_ntlm);
	if (!ret)
		ret = want_krb5(&by_krb5, true);
	if (!ret)
		ret = bench_pairs(&by_krb5);
	release(&by_ntlm);
	release(&by_krb5);
	return ret;
}

static const struct {
	const char *name;
	int (*alone)(void);
	int (*ntlm)(struct party *party);
	int (*krb5)(struct party *party);
} parts[] = {
	{ "memory", NULL, bench_memory, NULL },
	{ "krb5-slab", NULL, NULL, bench_memory },
	{ "table", bench_table },
	{ "ntlm", NULL, bench_pairs },
	{ "call", bench_call },
	{ "message", NULL, bench_message },
	{ "smp", NULL, bench_smp },
	{ "objects", bench_objects },
	{ "krb5", NULL, NULL, bench_krb5 },
	{ "negotiate", bench_negotiate },
};

/* Whether @what has the word @name. */
static bool wanted(const char *name)
{
	size_t len = strlen(name);
	const char *at;

	for (at = what; *at; at += strcspn(at, ", "), at += strspn(at, ", "))
		if (strcspn(at, ", ") == len && !strncmp(at, name, len))
			return true;
	return false;
}

static int run_parts(void)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < ARRAY_SIZE(parts) && !ret; i++) {
		if (!wanted(parts[i].name))
			continue;
		if (parts[i].alone)
			ret = parts[i].alone();
		if (parts[i].ntlm)
			ret = run_ntlm(parts[i].ntlm);
		if (parts[i].krb5)
			ret = run_krb5(parts[i].krb5);
	}
	return ret;
}

static int __init bench_init(void)
{
	int ret = null_register();

	if (ret)
		return ret;
	ret = acquire_null();
	if (!ret)
		ret = run_parts();
	release(&ntlm);
	release(&krb5);
	release_null();
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
