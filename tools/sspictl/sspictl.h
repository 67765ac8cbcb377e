/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sspictl: what its files share.
 *
 * A message of the kernel becomes a JSON object, by a table of its attributes;
 * text output is made from that.
 */
#ifndef SSPICTL_H
#define SSPICTL_H

#include <jansson.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/ksspi.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Exit statuses; also in the manual page. */
enum {
	EXIT_OK,
	EXIT_FAILED,
	EXIT_USAGE,
	EXIT_NOT_LOADED,
	EXIT_DENIED,
};

extern bool want_json;

void die(int status, const char *format, ...)
	__attribute__((noreturn, format(printf, 2, 3)));

/* netlink.c */

struct request {
	struct nlmsghdr *nlh;
	char buf[4096];
};

typedef void (*message_fn)(const struct nlmsghdr *nlh, void *priv);

void netlink_open(void);
void request_begin(struct request *req, uint8_t command, uint16_t flags);
void request_send(struct request *req, message_fn fn, void *priv);
void netlink_listen(message_fn fn, void *priv) __attribute__((noreturn));
void netlink_close(void);

/* decode.c */

enum field_type {
	FIELD_STRING,
	FIELD_U16,
	FIELD_U32,
	FIELD_S32,
	FIELD_U64,
	FIELD_S64,
	FIELD_FLAG,
	FIELD_NAME, /* a number that has a name */
	FIELD_ERRNO, /* a negative error number */
	FIELD_STATUS,
	FIELD_NEST, /* objects in a list */
};

struct field {
	const char *name;
	enum field_type type;
	const char *(*text)(uint32_t value);
	const struct field *nest;
	uint16_t nest_max;
};

/* Tables by attribute. */
extern const struct field realm_fields[KSSPI_A_REALM_MAX + 1];
extern const struct field ticket_fields[KSSPI_A_TICKET_MAX + 1];
extern const struct field context_fields[KSSPI_A_CONTEXT_MAX + 1];
extern const struct field status_fields[KSSPI_A_STATUS_MAX + 1];
extern const struct field counter_fields[KSSPI_A_COUNTER_MAX + 1];
extern const struct field failure_fields[KSSPI_A_FAILURE_MAX + 1];
extern const struct field kdc_fields[KSSPI_A_KDC_MAX + 1];

json_t *decode(const struct nlmsghdr *nlh, const struct field *fields,
	       uint16_t max);
json_t *dump(struct request *req, const struct field *fields, uint16_t max);

/* output.c */
void print_json(const json_t *value);
void print_table(const json_t *rows, const char *const *columns);
const char *get_text(const json_t *row, const char *name);
long long get_number(const json_t *row, const char *name);
const char *format_time(long long seconds, char *buf, size_t room);

/* names.c */
const char *service_name(uint32_t value);
const char *protocols_name(uint32_t value);
const char *role_name(uint32_t value);
const char *state_name(uint32_t value);
const char *change_name(uint32_t value);
const char *status_name(uint32_t value);
const char *enctype_name(uint32_t value);
void ticket_flags(uint32_t flags, char *buf, size_t room);

/* advice.c */
const char *advice(const json_t *failure);

/* commands: argv[0] is the first word after the command's own */
int realm_main(int argc, char **argv);
int ticket_main(int argc, char **argv);
int contexts_main(int argc, char **argv);
int status_main(int argc, char **argv);
int stats_main(int argc, char **argv);
int explain_main(int argc, char **argv);
int monitor_main(int argc, char **argv);
int cred_main(int argc, char **argv);

void print_failure(const json_t *failure);

#endif /* SSPICTL_H */
