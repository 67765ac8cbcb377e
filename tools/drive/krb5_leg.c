// SPDX-License-Identifier: GPL-2.0-only
/*
 * Legs of a Kerberos credential from a script, without a core: what
 * sspi-drive's page has no word for. One command a line:
 *
 *	now SECONDS | password USER REALM PASSWORD | ccache HEX
 *	keytab HEX PRINCIPAL | init TARGET | refresh | reply HEX | end | failure
 *
 * and one answer a line, of init, refresh and reply: "ask REALM HEX", or
 * "STATUS REFRESH REASON: DETAIL"; of failure the same with its time.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"

extern const struct sspi_package krb5_package;

#define WORDS 4

static s64 clock_seconds;
static void *cred;
static void *ctx;
static void *refreshing;
static bool is_refresh;
static char target[256];

static s64 scripted_now(const struct sspi_env *env)
{
	return clock_seconds * SSPI_TICKS_PER_SECOND;
}

static sec_status_t scripted_random(const struct sspi_env *env, void *buf,
				    size_t len)
{
	return host_real_env()->random(host_real_env(), buf, len);
}

static const struct sspi_env scripted = {
	.now = scripted_now,
	.random = scripted_random,
};

static void die(const char *why)
{
	fprintf(stderr, "krb5-leg: %s\n", why);
	exit(2);
}

static struct sspi_span from_hex(const char *text)
{
	size_t len = strlen(text) / 2, i;
	u8 *out = malloc(len ? len : 1);
	unsigned int byte;

	for (i = 0; out && i < len; i++) {
		if (sscanf(text + 2 * i, "%2x", &byte) != 1)
			die("not hex");
		out[i] = (u8)byte;
	}
	return (struct sspi_span){ out, len };
}

static void acquire(struct sspi_acquire_args *args)
{
	struct sspi_package_acquire acq = { .args = args, .env = &scripted };
	sec_status_t status;

	args->cred_use = SECPKG_CRED_OUTBOUND;
	status = krb5_package.ops->acquire(&acq, &cred);
	if (status != SEC_E_OK)
		die(acq.reason ? acq.reason : sec_status_name(status));
}

static void answer(struct sspi_step *step, sec_status_t status)
{
	size_t i;

	if (sec_status_class(status) == SSPI_CLASS_PENDING) {
		printf("ask %s ", step->io.realm);
		for (i = 0; i < step->io.request.len; i++)
			printf("%02x", step->io.request.data[i]);
		putchar('\n');
	} else {
		printf("%s %lld %s: %s\n", sec_status_name(status),
		       (long long)step->refresh,
		       step->reason ? step->reason : "", step->detail);
	}
	fflush(stdout);
	sspi_free(step->io.request.data);
	sspi_free(step->output.data);
}

static void leg(const struct sspi_span *reply)
{
	const struct sspi_package_ops *ops = krb5_package.ops;
	struct sspi_step step = {
		.env = &scripted,
		.target = target,
		.req = ISC_REQ_MUTUAL_AUTH,
		.resumed = reply,
	};
	sec_status_t status;

	if (reply)
		step.reply = *reply;
	if (!cred)
		die("no credential");
	if (is_refresh)
		status = ops->refresh(cred, &refreshing, &step);
	else
		status = ops->initialize(&ctx, cred, &step);
	answer(&step, status);
	if (sec_status_class(status) == SSPI_CLASS_PENDING)
		return;
	if (is_refresh && refreshing)
		ops->refresh_end(cred, refreshing);
	refreshing = NULL;
	ops->free_ctx(ctx);
	ctx = NULL;
}

static void identity(char **word)
{
	struct sspi_auth_identity id = {
		.user = word[1],
		.domain = word[2],
		.secret_kind = SSPI_SECRET_PASSWORD,
		.secret = word[3],
		.secret_len = strlen(word[3]),
	};

	acquire(&(struct sspi_acquire_args){ .identity = &id });
}

static void bytes(char **word)
{
	struct sspi_acquire_args args = {};
	struct sspi_span data = from_hex(word[1]);

	if (strcmp(word[0], "keytab") == 0) {
		args.keytab = data;
		args.principal = word[2];
	} else {
		args.ccache = data;
	}
	acquire(&args);
	free((void *)data.data);
}

static void failure(void)
{
	struct sspi_cred_failure f = {};

	if (krb5_package.ops->query_cred(cred, SSPI_CRED_ATTR_FAILURE, &f,
					 sizeof(f)) != SEC_E_OK)
		die("no failure to ask for");
	printf("%s %lld %s: %s\n", sec_status_name(f.status), (long long)f.time,
	       f.reason, f.detail);
	fflush(stdout);
}

static void command(char **word)
{
	struct sspi_span reply;

	if (strcmp(word[0], "now") == 0) {
		clock_seconds = atoll(word[1]);
	} else if (strcmp(word[0], "password") == 0) {
		identity(word);
	} else if (strcmp(word[0], "init") == 0) {
		is_refresh = false;
		snprintf(target, sizeof(target), "%s", word[1]);
		leg(NULL);
	} else if (strcmp(word[0], "refresh") == 0) {
		is_refresh = true;
		leg(NULL);
	} else if (strcmp(word[0], "reply") == 0) {
		reply = from_hex(word[1]);
		leg(&reply);
		free((void *)reply.data);
	} else if (strcmp(word[0], "failure") == 0) {
		failure();
	} else if (strcmp(word[0], "end") == 0) {
		is_refresh = false;
		krb5_package.ops->refresh_end(cred, refreshing);
		refreshing = NULL;
	} else {
		bytes(word);
	}
}

int main(void)
{
	char *line = NULL, *word[WORDS + 1], *rest;
	size_t room = 0;
	int i;

	if (host_init())
		die("no packages");
	while (getline(&line, &room, stdin) > 0) {
		rest = line;
		for (i = 0; i < WORDS; i++)
			word[i] = strsep(&rest, " \n");
		for (i = 0; i < WORDS; i++)
			word[i] = word[i] ? word[i] : line + strlen(line);
		command(word);
	}
	free(line);
	if (refreshing)
		krb5_package.ops->refresh_end(cred, refreshing);
	if (ctx)
		krb5_package.ops->free_ctx(ctx);
	if (cred)
		krb5_package.ops->free_cred(cred);
	host_exit();
	return 0;
}
