// SPDX-License-Identifier: GPL-2.0-only
/* sspictl: the administrator's view of ksspi. */
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "sspictl.h"

bool want_json;

void die(int status, const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fputs("sspictl: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(status);
}

static const struct {
	const char *name;
	int (*main)(int argc, char **argv);
} commands[] = {
	{ "realm", realm_main },       { "ticket", ticket_main },
	{ "contexts", contexts_main }, { "status", status_main },
	{ "stats", stats_main },       { "explain", explain_main },
	{ "monitor", monitor_main },   { "cred", cred_main },
};

static const char usage_text[] =
	"usage: sspictl [-j] COMMAND\n"
	"  status                            what is loaded and configured\n"
	"  realm add REALM [kdc|kpasswd] SERVER...\n"
	"  realm del REALM [[kdc|kpasswd] SERVER...]\n"
	"  realm list [REALM]                SERVER: [tcp:|udp:|any:]HOST[:PORT]\n"
	"  ticket list                       tickets of credentials\n"
	"  contexts                          security contexts\n"
	"  explain [TARGET]                  why authentication has failed\n"
	"  monitor                           events as they happen\n"
	"  stats                             counters\n"
	"  cred add DESCRIPTION [-r KEYRING] -u USER [-d DOMAIN] [-n] [-f FD]\n"
	"  cred add DESCRIPTION [-r KEYRING] -k KEYTAB | -a ACCOUNTS\n"
	"  cred list [-r KEYRING]            keys that consumers take credentials from\n"
	"  cred remove DESCRIPTION [-r KEYRING]\n"
	"options:\n"
	"  -j, --json                        JSON instead of text\n"
	"  -h, --help\n"
	"All but the module's counters and keys is about the network namespace it runs in.\n";

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{},
	};
	size_t i;
	int c;

	while ((c = getopt_long(argc, argv, "+jh", options, NULL)) != -1) {
		switch (c) {
		case 'j':
			want_json = true;
			break;
		case 'h':
			fputs(usage_text, stdout);
			return EXIT_OK;
		default:
			fputs(usage_text, stderr);
			return EXIT_USAGE;
		}
	}
	argc -= optind;
	argv += optind;
	for (i = 0; argc && i < sizeof(commands) / sizeof(*commands); i++) {
		if (strcmp(argv[0], commands[i].name))
			continue;
		c = commands[i].main(argc - 1, argv + 1);
		netlink_close();
		if (fflush(stdout) || ferror(stdout))
			die(EXIT_FAILED, "cannot write the output");
		return c;
	}
	fputs(usage_text, stderr);
	return EXIT_USAGE;
}
