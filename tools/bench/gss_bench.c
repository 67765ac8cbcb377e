// SPDX-License-Identifier: GPL-2.0-only
/*
 * The same NTLM negotiation as sspi_bench, by libgssapi_krb5 with the
 * gss-ntlmssp plug-in: both sides in this process, keys exchanged, signing and
 * sealing, with a MIC. Prints "KSSPI-BENCH name value" in nanoseconds of the
 * monotonic clock, which are instructions under qemu's -icount shift=0.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>

static gss_OID_desc ntlm = { 10, "\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a" };
static gss_OID_set_desc mechs = { 1, &ntlm };

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
	gss_display_status(&min, minor, GSS_C_MECH_CODE, &ntlm, &more, &text);
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
		imaj = gss_init_sec_context(&min, icred, ictx, target, &ntlm,
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
	printf("KSSPI-BENCH gss-seal-%zu %llu\n", len,
	       (unsigned long long)seal);
	printf("KSSPI-BENCH gss-unseal-%zu %llu\n", len,
	       (unsigned long long)unseal);
	free(plain.value);
}

int main(int argc, char **argv)
{
	unsigned int rounds = argc > 1 ? atoi(argv[1]) : 40, i, batch;
	gss_name_t user = name("TESTDOM\\testuser", GSS_C_NT_USER_NAME);
	gss_name_t target = name("cifs@server", GSS_C_NT_HOSTBASED_SERVICE);
	gss_cred_id_t icred, acred;
	gss_ctx_id_t ictx, actx;
	uint64_t start, best = UINT64_MAX;
	OM_uint32 maj, min;

	maj = gss_acquire_cred(&min, user, 0, &mechs, GSS_C_INITIATE, &icred,
			       NULL, NULL);
	check(maj, min, "acquire_cred initiator");
	maj = gss_acquire_cred(&min, GSS_C_NO_NAME, 0, &mechs, GSS_C_ACCEPT,
			       &acred, NULL, NULL);
	check(maj, min, "acquire_cred acceptor");
	for (batch = 0; batch < 6; batch++) {
		start = cpu();
		for (i = 0; i < rounds; i++) {
			establish(icred, acred, target, &ictx, &actx);
			forget(&ictx, &actx);
		}
		best = least(best, (cpu() - start) / rounds);
	}
	printf("KSSPI-BENCH gss-context-pair %llu\n",
	       (unsigned long long)best);
	establish(icred, acred, target, &ictx, &actx);
	messages(ictx, actx, 64);
	messages(ictx, actx, 4096);
	messages(ictx, actx, 65536);
	forget(&ictx, &actx);
	return 0;
}
