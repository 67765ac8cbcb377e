// SPDX-License-Identifier: GPL-2.0-only
/* sspictl ticket, contexts, status, stats */
#include <string.h>

#include "sspictl.h"

static void no_arguments(int argc, const char *command)
{
	if (argc)
		die(EXIT_USAGE, "%s takes no arguments", command);
}

static void print_ticket(const json_t *ticket)
{
	char flags[32], start[32], end[32], renew[32];
	long long renew_till = get_number(ticket, "renew_till");

	ticket_flags(get_number(ticket, "flags"), flags, sizeof(flags));
	printf("%s\n", get_text(ticket, "server"));
	printf("  client   %s (%s, credential of %s)\n",
	       get_text(ticket, "client"), get_text(ticket, "package"),
	       get_text(ticket, "owner"));
	printf("  valid    %s to %s\n",
	       format_time(get_number(ticket, "starttime"), start,
			   sizeof(start)),
	       format_time(get_number(ticket, "endtime"), end, sizeof(end)));
	if (renew_till)
		printf("  renew    until %s\n",
		       format_time(renew_till, renew, sizeof(renew)));
	printf("  key      %s, flags %s\n",
	       enctype_name(get_number(ticket, "enctype")),
	       *flags ? flags : "-");
}

int ticket_main(int argc, char **argv)
{
	struct request req;
	json_t *rows, *row;
	size_t i;

	if (argc != 1 || strcmp(argv[0], "list"))
		die(EXIT_USAGE, "ticket list");
	request_begin(&req, KSSPI_CMD_TICKET_GET, NLM_F_DUMP);
	rows = dump(&req, ticket_fields, KSSPI_A_TICKET_MAX);
	if (want_json)
		print_json(rows);
	else if (!json_array_size(rows))
		puts("no credential of this network namespace has a ticket");
	else
		json_array_foreach(rows, i, row)
			print_ticket(row);
	json_decref(rows);
	return EXIT_OK;
}

int contexts_main(int argc, char **argv)
{
	static const char *const columns[] = { "package", "role",  "state",
					       "age",	  "owner", "client",
					       "server",  NULL };
	struct request req;
	json_t *rows;

	(void)argv;
	no_arguments(argc, "contexts");
	request_begin(&req, KSSPI_CMD_CONTEXT_GET, NLM_F_DUMP);
	rows = dump(&req, context_fields, KSSPI_A_CONTEXT_MAX);
	if (want_json)
		print_json(rows);
	else if (json_array_size(rows))
		print_table(rows, columns);
	else
		puts("there are no contexts in this network namespace");
	json_decref(rows);
	return EXIT_OK;
}

static void print_status(const json_t *status)
{
	json_t *packages = json_object_get(status, "packages"), *package;
	size_t i;

	printf("version   %s\n", get_text(status, "version"));
	printf("fips      %s\n",
	       json_is_true(json_object_get(status, "fips")) ? "on" : "off");
	json_array_foreach(packages, i, package)
		printf("package   %s: %s\n", get_text(package, "name"),
		       get_text(package, "comment"));
	printf("realms    %lld configured in this network namespace\n",
	       get_number(status, "realms"));
	printf("failures  %lld remembered%s\n", get_number(status, "failures"),
	       get_number(status, "failures") ? ": sspictl explain" : "");
	printf("events    %lld dropped\n",
	       get_number(status, "events_dropped"));
}

int status_main(int argc, char **argv)
{
	struct request req;
	json_t *rows, *status;

	(void)argv;
	no_arguments(argc, "status");
	request_begin(&req, KSSPI_CMD_STATUS_GET, NLM_F_ACK);
	rows = dump(&req, status_fields, KSSPI_A_STATUS_MAX);
	status = json_array_get(rows, 0);
	if (!json_object_get(status, "fips"))
		json_object_set_new(status, "fips", json_false());
	if (want_json)
		print_json(status);
	else
		print_status(status);
	json_decref(rows);
	return EXIT_OK;
}

/* Those of realms need less privilege, and so come first. */
int stats_main(int argc, char **argv)
{
	static const char *const columns[] = { "realm", "name", "value", NULL };
	struct request req;
	json_t *rows, *module;

	(void)argv;
	no_arguments(argc, "stats");
	request_begin(&req, KSSPI_CMD_REALM_STATS_GET, NLM_F_DUMP);
	rows = dump(&req, counter_fields, KSSPI_A_COUNTER_MAX);
	if (!want_json && json_array_size(rows)) {
		print_table(rows, columns);
		fflush(stdout);
	}
	request_begin(&req, KSSPI_CMD_STATS_GET, NLM_F_DUMP);
	module = dump(&req, counter_fields, KSSPI_A_COUNTER_MAX);
	if (want_json) {
		json_array_extend(module, rows);
		print_json(module);
	} else {
		print_table(module, columns + 1);
	}
	json_decref(module);
	json_decref(rows);
	return EXIT_OK;
}
