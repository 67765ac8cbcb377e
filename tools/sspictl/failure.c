// SPDX-License-Identifier: GPL-2.0-only
/* sspictl explain, monitor */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sspictl.h"

void print_failure(const json_t *failure)
{
	const char *target = get_text(failure, "target");
	const char *package = get_text(failure, "package");
	const char *detail = get_text(failure, "detail");
	const char *kdc = get_text(failure, "kdc");
	const char *error = get_text(failure, "error");
	long long count = get_number(failure, "count");
	char when[32];

	printf("%s  %s%s%s: %s",
	       format_time(get_number(failure, "time"), when, sizeof(when)),
	       package, *package ? " " : "", get_text(failure, "what"),
	       get_text(failure, "status"));
	if (count > 1)
		printf(" (%lld times)", count);
	putchar('\n');
	if (*target)
		printf("  target   %s\n", target);
	printf("  why      %s\n", get_text(failure, "reason"));
	if (*detail)
		printf("  said     %s\n", detail);
	if (*kdc || *error)
		printf("  kdc      %s%s%s\n", *kdc ? kdc : "none answered",
		       *error ? ": " : "", error);
	printf("  for      %s\n", get_text(failure, "owner"));
	printf("  do       %s\n", advice(failure));
}

static void reverse(json_t *list)
{
	size_t i, n = json_array_size(list);

	for (i = 1; i < n; i++) {
		json_t *last = json_array_get(list, i);

		json_incref(last);
		json_array_remove(list, i);
		json_array_insert_new(list, 0, last);
	}
}

/* The latest first: it is the one that is asked about. */
int explain_main(int argc, char **argv)
{
	struct request req;
	json_t *rows, *row;
	size_t i;

	if (argc > 1)
		die(EXIT_USAGE, "explain [TARGET]");
	if (argc && strlen(argv[0]) > KSSPI_MAX_TARGET)
		die(EXIT_USAGE, "a target has at most %d bytes",
		    KSSPI_MAX_TARGET);
	request_begin(&req, KSSPI_CMD_FAILURE_GET, NLM_F_DUMP);
	if (argc)
		mnl_attr_put_strz(req.nlh, KSSPI_A_FAILURE_TARGET, argv[0]);
	rows = dump(&req, failure_fields, KSSPI_A_FAILURE_MAX);
	reverse(rows);
	json_array_foreach(rows, i, row)
		json_object_set_new(row, "advice", json_string(advice(row)));
	if (want_json)
		print_json(rows);
	else if (!json_array_size(rows))
		printf("no failure%s%s is remembered in this network namespace\n",
		       argc ? " for " : "", argc ? argv[0] : "");
	else
		json_array_foreach(rows, i, row)
			print_failure(row);
	json_decref(rows);
	return EXIT_OK;
}

static void print_context(const json_t *context)
{
	const char *server = get_text(context, "server");

	printf("%s %s %s: %s%s%s, %s\n", get_text(context, "package"),
	       get_text(context, "role"), get_text(context, "state"),
	       get_text(context, "client"), *server ? " to " : "", server,
	       get_text(context, "status"));
}

static void print_kdc(const json_t *kdc)
{
	const char *next = get_text(kdc, "next");

	printf("realm %s: %s did not answer (%s), %s%s\n",
	       get_text(kdc, "realm"), get_text(kdc, "server"),
	       get_text(kdc, "error"), *next ? "asking " : "there is no other",
	       next);
}

static void print_ticket(const json_t *ticket)
{
	char end[32];

	printf("ticket %s: %s for %s until %s\n", get_text(ticket, "change"),
	       get_text(ticket, "server"), get_text(ticket, "client"),
	       format_time(get_number(ticket, "endtime"), end, sizeof(end)));
}

static const struct {
	uint8_t command;
	const char *event;
	const struct field *fields;
	uint16_t max;
	void (*print)(const json_t *event);
} events[] = {
	{ KSSPI_CMD_FAILURE_NTF, "failure", failure_fields, KSSPI_A_FAILURE_MAX,
	  print_failure },
	{ KSSPI_CMD_CONTEXT_NTF, "context", context_fields, KSSPI_A_CONTEXT_MAX,
	  print_context },
	{ KSSPI_CMD_KDC_NTF, "kdc", kdc_fields, KSSPI_A_KDC_MAX, print_kdc },
	{ KSSPI_CMD_TICKET_NTF, "ticket", ticket_fields, KSSPI_A_TICKET_MAX,
	  print_ticket },
};

static void on_event(const struct nlmsghdr *nlh, void *priv)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	json_t *event;
	char now[32];
	size_t i;

	(void)priv;
	for (i = 0; i < sizeof(events) / sizeof(*events); i++) {
		if (genl->cmd != events[i].command)
			continue;
		event = decode(nlh, events[i].fields, events[i].max);
		if (want_json) {
			json_object_set_new(event, "event",
					    json_string(events[i].event));
			json_dumpf(event, stdout, JSON_COMPACT);
			putchar('\n');
		} else {
			/* a failure has its own time */
			if (genl->cmd != KSSPI_CMD_FAILURE_NTF)
				printf("%s  ", format_time(time(NULL), now,
							   sizeof(now)));
			events[i].print(event);
		}
		json_decref(event);
	}
	if (fflush(stdout))
		exit(EXIT_FAILED);
}

int monitor_main(int argc, char **argv)
{
	(void)argv;
	if (argc)
		die(EXIT_USAGE, "monitor takes no arguments");
	netlink_listen(on_event, NULL);
}
