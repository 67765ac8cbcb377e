// SPDX-License-Identifier: GPL-2.0-only
/*
 * The same negotiations as sspi_bench, by libgssapi_krb5, both sides in this
 * process: NTLM with the gss-ntlmssp plug-in (keys exchanged, signing and
 * sealing, with a MIC), or Kerberos with a ticket that is there (mutual, with
 * subkeys). Prints "KSSPI-BENCH name value" in nanoseconds of the monotonic
 * clock, which are instructions under qemu's -icount shift=0.
 *	gss_bench ntlm|krb5 [ROUNDS]
 * Kerberos takes cache and keytab of its surroundings, and keeps both in memory:
 * reading files is not what is compared.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <krb5.h>

/**
 * struct peer - a mechanism and what it is called with
 * @arg: name on the command line
 * @prefix: of the figures
 * @oid: the mechanism
 * @user: initiator, or NULL for that of the cache
 * @target: host based service
 */
struct peer {
	const char *arg;
	const char *prefix;
	gss_OID_desc oid;
	const char *user;
	const char *target;
};

static struct peer peers[] = {
	{ "ntlm", "gss",
	  { 10, "\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a" },
	  "TESTDOM\\testuser", "cifs@server" },
	{ "krb5", "gss-krb5",
	  { 9, "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02" },
	  NULL, "host@srv.test" },
};

static struct peer *peer;

static void check(OM_uint32 major, OM_uint32 minor, const char *what)
{
	OM_uint32 more = 0, min;
	gss_buffer_desc text;

	if (!GSS_ERROR(major))
		return;
	fprintf(stderr, "%s failed\n", what);
	gss_display_status(&min, major, GSS_C_GSS_CODE, GSS_C_NO_OID, &more,
			   &text);
	fprintf(stderr, " %.*s\n", (int)text.length, (char *)text.value);
	more = 0;
	gss_display_status(&min, minor, GSS_C_MECH_CODE, &peer->oid, &more, &text);
	fprintf(stderr, " %.*s\n", (int)text.length, (char *)text.value);
	exit(1);
}

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

static gss_name_t name(const char *text, gss_OID type)
{
	gss_buffer_desc buf = { strlen(text), (void *)text };
	gss_name_t out;
	OM_uint32 min, maj;

	maj = gss_import_name(&min, &buf, type, &out);
	check(maj, min, "import_name");
	return out;
}

static void establish(gss_cred_id_t icred, gss_cred_id_t acred,
		      gss_name_t target, gss_ctx_id_t *ictx, gss_ctx_id_t *actx)
{
	OM_uint32 flags = GSS_C_MUTUAL_FLAG | GSS_C_REPLAY_FLAG |
			  GSS_C_SEQUENCE_FLAG | GSS_C_CONF_FLAG |
			  GSS_C_INTEG_FLAG;
	gss_buffer_desc to = GSS_C_EMPTY_BUFFER, from = GSS_C_EMPTY_BUFFER;
	OM_uint32 imaj = GSS_S_CONTINUE_NEEDED, amaj = GSS_S_CONTINUE_NEEDED;
	OM_uint32 min, got;

	*ictx = GSS_C_NO_CONTEXT;
	*actx = GSS_C_NO_CONTEXT;
	while (imaj == GSS_S_CONTINUE_NEEDED || amaj == GSS_S_CONTINUE_NEEDED) {
		imaj = gss_init_sec_context(&min, icred, ictx, target, &peer->oid,
					    flags, 0, NULL, &from, NULL, &to,
					    &got, NULL);
		check(imaj, min, "init_sec_context");
		gss_release_buffer(&min, &from);
		if (!to.length)
			break;
		amaj = gss_accept_sec_context(&min, actx, acred, &to, NULL,
					      NULL, NULL, &from, &got, NULL,
					      NULL);
		check(amaj, min, "accept_sec_context");
		gss_release_buffer(&min, &to);
	}
	gss_release_buffer(&min, &from);
	if (imaj != GSS_S_COMPLETE || amaj != GSS_S_COMPLETE ||
	    (got & (GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG)) !=
		    (GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG)) {
		fprintf(stderr, "not established: %x\n", got);
		exit(1);
	}
}

static void forget(gss_ctx_id_t *ictx, gss_ctx_id_t *actx)
{
	OM_uint32 min;

	gss_delete_sec_context(&min, ictx, GSS_C_NO_BUFFER);
	gss_delete_sec_context(&min, actx, GSS_C_NO_BUFFER);
}

static void messages(gss_ctx_id_t ictx, gss_ctx_id_t actx, size_t len)
{
	unsigned int count = len > 4096 ? 20 : 200, i;
	gss_buffer_desc plain = { len, calloc(1, len) }, sealed, out;
	uint64_t seal = UINT64_MAX, unseal = UINT64_MAX, start;
	OM_uint32 min, maj;

	for (i = 0; i < count; i++) {
		start = now();
		maj = gss_wrap(&min, ictx, 1, 0, &plain, NULL, &sealed);
		seal = least(seal, now() - start);
		check(maj, min, "wrap");
		start = now();
		maj = gss_unwrap(&min, actx, &sealed, &out, NULL, NULL);
		unseal = least(unseal, now() - start);
		check(maj, min, "unwrap");
		gss_release_buffer(&min, &sealed);
		gss_release_buffer(&min, &out);
	}
	printf("KSSPI-BENCH %s-seal-%zu %llu\n", peer->prefix, len,
	       (unsigned long long)seal);
	printf("KSSPI-BENCH %s-unseal-%zu %llu\n", peer->prefix, len,
	       (unsigned long long)unseal);
	free(plain.value);
}

static void mics(gss_ctx_id_t ictx, gss_ctx_id_t actx, size_t len)
{
	unsigned int count = len > 4096 ? 20 : 200, i;
	gss_buffer_desc plain = { len, calloc(1, len) }, mic;
	uint64_t sign = UINT64_MAX, verify = UINT64_MAX, start;
	OM_uint32 min, maj;

	for (i = 0; i < count; i++) {
		start = now();
		maj = gss_get_mic(&min, ictx, 0, &plain, &mic);
		sign = least(sign, now() - start);
		check(maj, min, "get_mic");
		start = now();
		maj = gss_verify_mic(&min, actx, &plain, &mic, NULL);
		verify = least(verify, now() - start);
		check(maj, min, "verify_mic");
		gss_release_buffer(&min, &mic);
	}
	printf("KSSPI-BENCH %s-sign-%zu %llu\n", peer->prefix, len,
	       (unsigned long long)sign);
	printf("KSSPI-BENCH %s-verify-%zu %llu\n", peer->prefix, len,
	       (unsigned long long)verify);
	free(plain.value);
}

static void must(krb5_error_code err, const char *what)
{
	if (!err)
		return;
	fprintf(stderr, "%s failed: %d\n", what, (int)err);
	exit(1);
}

/* Cache and keytab are copied to memory, and named there for libgssapi. */
static void into_memory(void)
{
	static krb5_keytab kept;	/* in memory as long as it is open */
	krb5_ccache from, to;
	krb5_keytab_entry entry;
	krb5_principal client;
	krb5_kt_cursor cursor;
	krb5_keytab keytab;
	krb5_context ctx;

	must(krb5_init_context(&ctx), "init_context");
	must(krb5_cc_default(ctx, &from), "cc_default");
	must(krb5_cc_get_principal(ctx, from, &client), "cc_get_principal");
	must(krb5_cc_resolve(ctx, "MEMORY:bench", &to), "cc_resolve");
	must(krb5_cc_initialize(ctx, to, client), "cc_initialize");
	must(krb5_cc_copy_creds(ctx, from, to), "cc_copy_creds");
	must(krb5_kt_default(ctx, &keytab), "kt_default");
	must(krb5_kt_resolve(ctx, "MEMORY:bench", &kept), "kt_resolve");
	must(krb5_kt_start_seq_get(ctx, keytab, &cursor), "kt_start_seq_get");
	while (!krb5_kt_next_entry(ctx, keytab, &entry, &cursor))
		must(krb5_kt_add_entry(ctx, kept, &entry), "kt_add_entry");
	krb5_kt_end_seq_get(ctx, keytab, &cursor);
	setenv("KRB5CCNAME", "MEMORY:bench", 1);
	setenv("KRB5_KTNAME", "MEMORY:bench", 1);
	setenv("KRB5RCACHENAME", "none:", 1);
}

static void acquire(gss_cred_id_t *icred, gss_cred_id_t *acred)
{
	gss_OID_set_desc mechs = { 1, &peer->oid };
	gss_name_t user = GSS_C_NO_NAME;
	OM_uint32 maj, min;

	if (peer->user)
		user = name(peer->user, GSS_C_NT_USER_NAME);
	else
		into_memory();
	maj = gss_acquire_cred(&min, user, 0, &mechs, GSS_C_INITIATE, icred,
			       NULL, NULL);
	check(maj, min, "acquire_cred initiator");
	maj = gss_acquire_cred(&min, GSS_C_NO_NAME, 0, &mechs, GSS_C_ACCEPT,
			       acred, NULL, NULL);
	check(maj, min, "acquire_cred acceptor");
}

int main(int argc, char **argv)
{
	static const size_t sizes[] = { 64, 1024, 4096, 16384, 65536 };
	unsigned int rounds = argc > 2 ? atoi(argv[2]) : 40, i, batch;
	gss_cred_id_t icred, acred;
	gss_ctx_id_t ictx, actx;
	uint64_t start, best = UINT64_MAX;
	gss_name_t target;

	for (i = 0; i < sizeof(peers) / sizeof(peers[0]); i++)
		if (argc > 1 && !strcmp(argv[1], peers[i].arg))
			peer = &peers[i];
	if (!peer) {
		fprintf(stderr, "usage: gss_bench ntlm|krb5 [ROUNDS]\n");
		return 2;
	}
	acquire(&icred, &acred);
	target = name(peer->target, GSS_C_NT_HOSTBASED_SERVICE);
	for (batch = 0; batch < 6; batch++) {
		start = cpu();
		for (i = 0; i < rounds; i++) {
			establish(icred, acred, target, &ictx, &actx);
			forget(&ictx, &actx);
		}
		best = least(best, (cpu() - start) / rounds);
	}
	printf("KSSPI-BENCH %s-context-pair %llu\n", peer->prefix,
	       (unsigned long long)best);
	establish(icred, acred, target, &ictx, &actx);
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		messages(ictx, actx, sizes[i]);
		if (!peer->user)
			mics(ictx, actx, sizes[i]);
	}
	forget(&ictx, &actx);
	return 0;
}
