// SPDX-License-Identifier: GPL-2.0-only
/* sspictl realm */
#include <stdlib.h>
#include <string.h>

#include "sspictl.h"

static void usage(void)
{
	die(EXIT_USAGE,
	    "realm add REALM [kdc|kpasswd] SERVER... | realm del REALM [[kdc|kpasswd] SERVER...] | realm list [REALM]");
}

struct server {
	uint32_t protocols;
	char host[KSSPI_MAX_HOST + 1];
	uint16_t port;
};

/* "tcp:", "udp:" or "any:" in front; what follows it. */
static const char *parse_protocol(const char *text, uint32_t *protocols)
{
	static const struct {
		const char *prefix;
		uint32_t protocols;
	} prefixes[] = {
		{ "tcp:", KSSPI_PROTOCOL_TCP },
		{ "udp:", KSSPI_PROTOCOL_UDP },
		{ "any:", KSSPI_PROTOCOL_TCP | KSSPI_PROTOCOL_UDP },
	};
	size_t i;

	*protocols = KSSPI_PROTOCOL_TCP;
	for (i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++) {
		if (strncmp(text, prefixes[i].prefix, 4))
			continue;
		*protocols = prefixes[i].protocols;
		return text + 4;
	}
	return text;
}

/* HOST, HOST:PORT, [ADDRESS], [ADDRESS]:PORT, or an IPv6 address alone. */
static void parse_server(const char *text, struct server *server)
{
	const char *host = parse_protocol(text, &server->protocols);
	const char *end, *port = NULL;
	char *rest;
	long number;

	if (*host == '[') {
		host++;
		end = strchr(host, ']');
		if (!end || (end[1] && end[1] != ':'))
			die(EXIT_USAGE, "%s: not [ADDRESS] or [ADDRESS]:PORT",
			    text);
		port = end[1] ? end + 2 : NULL;
	} else {
		end = strchr(host, ':');
		if (end && !strchr(end + 1, ':'))
			port = end + 1;
		else
			end = host + strlen(host);
	}
	if (end == host || (size_t)(end - host) > KSSPI_MAX_HOST)
		die(EXIT_USAGE, "%s: a host has 1 to %d bytes", text,
		    KSSPI_MAX_HOST);
	memcpy(server->host, host, end - host);
	server->host[end - host] = '\0';
	server->port = 0;
	if (!port)
		return;
	number = strtol(port, &rest, 10);
	if (*port < '0' || *port > '9' || *rest || number < 1 || number > 65535)
		die(EXIT_USAGE, "%s: a port is a number from 1 to 65535", text);
	server->port = number;
}

static const char *parse_realm(const char *text)
{
	size_t len = strlen(text);

	if (!len || len > KSSPI_MAX_REALM)
		die(EXIT_USAGE, "the name of a realm has 1 to %d bytes",
		    KSSPI_MAX_REALM);
	return text;
}

/* A word that says the service, if there is one. */
static uint32_t parse_service(int *argc, char ***argv)
{
	uint32_t service = KSSPI_SERVICE_KDC;

	if (!*argc)
		return service;
	if (!strcmp(**argv, "kpasswd"))
		service = KSSPI_SERVICE_KPASSWD;
	else if (strcmp(**argv, "kdc"))
		return service;
	--*argc;
	++*argv;
	return service;
}

static void send_server(uint8_t command, const char *realm, uint32_t service,
			const struct server *server)
{
	struct request req;

	request_begin(&req, command, NLM_F_ACK);
	mnl_attr_put_strz(req.nlh, KSSPI_A_REALM_NAME, realm);
	if (server) {
		mnl_attr_put_u32(req.nlh, KSSPI_A_REALM_SERVICE, service);
		if (command == KSSPI_CMD_REALM_ADD)
			mnl_attr_put_u32(req.nlh, KSSPI_A_REALM_PROTOCOLS,
					 server->protocols);
		mnl_attr_put_strz(req.nlh, KSSPI_A_REALM_HOST, server->host);
		if (server->port)
			mnl_attr_put_u16(req.nlh, KSSPI_A_REALM_PORT,
					 server->port);
	}
	request_send(&req, NULL, NULL);
}

static int change(uint8_t command, int argc, char **argv)
{
	const char *realm;
	struct server server;
	uint32_t service;

	if (!argc)
		usage();
	realm = parse_realm(*argv++);
	argc--;
	if (command == KSSPI_CMD_REALM_DEL && !argc) {
		send_server(command, realm, 0, NULL);
		return EXIT_OK;
	}
	service = parse_service(&argc, &argv);
	if (!argc)
		usage();
	/* All of them have to be sound before one is sent. */
	for (int i = 0; i < argc; i++)
		parse_server(argv[i], &server);
	for (; argc; argc--, argv++) {
		parse_server(*argv, &server);
		send_server(command, realm, service, &server);
	}
	return EXIT_OK;
}

static int list(const char *realm)
{
	static const char *const columns[] = {
		"realm",  "service",   "protocols", "host",
		"port",	  "asked",     "answered",  "failed",
		"rtt_us", "preferred", NULL
	};
	struct request req;
	json_t *rows;

	request_begin(&req, KSSPI_CMD_REALM_GET, NLM_F_DUMP);
	if (realm)
		mnl_attr_put_strz(req.nlh, KSSPI_A_REALM_NAME,
				  parse_realm(realm));
	rows = dump(&req, realm_fields, KSSPI_A_REALM_MAX);
	if (want_json)
		print_json(rows);
	else if (json_array_size(rows))
		print_table(rows, columns);
	else
		puts("no servers of realms are configured in this network namespace");
	json_decref(rows);
	return EXIT_OK;
}

int realm_main(int argc, char **argv)
{
	if (argc && !strcmp(argv[0], "add"))
		return change(KSSPI_CMD_REALM_ADD, argc - 1, argv + 1);
	if (argc && !strcmp(argv[0], "del"))
		return change(KSSPI_CMD_REALM_DEL, argc - 1, argv + 1);
	if (!argc || strcmp(argv[0], "list") || argc > 2)
		usage();
	return list(argc == 2 ? argv[1] : NULL);
}
