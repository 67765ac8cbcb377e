/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sspi-drive: JSON lines in, JSON lines out. A line becomes a request in the
 * form of module/testdev/tlv.h, a back end answers it, the answer becomes a
 * line. Both back ends run the same executor, module/testdev/exec.c.
 */
#ifndef _TOOLS_DRIVE_DRIVE_H
#define _TOOLS_DRIVE_DRIVE_H

#include <jansson.h>
#include <stdbool.h>

#include <linux/sspi_const.h>
#include <linux/sspi_package.h>
#include <linux/sspi_status.h>
#include <linux/sspi_types.h>

#include "testdev/tlv.h"

#define DRIVE_MAX_LINE (4u * 1024 * 1024)
#define DRIVE_MAX_NUMBER 0x7fffffffffffffffLL

/* One line being worked on. */
struct line {
	json_t *in;
	json_t *out;
	struct drive_writer w;
	const char *refused; /* "EINVAL" or "ENOSYS", else NULL */
	char error[160];
};

/* An operation of the page. */
struct op_spec {
	const char *name;
	/* enum drive_op; 0: answered by encode itself, or not in this build */
	unsigned int op;
	const char *const *fields;
	void (*encode)(struct line *line);
	void (*decode)(struct line *line, struct sspi_span answer);
};

const struct op_spec *op_find(const char *name);

struct backend {
	bool (*open)(void);
	/* The length of the answer, or 0 if there was no memory. */
	size_t (*call)(struct sspi_span request, unsigned char **answer);
	void (*close)(void);
};

extern const struct backend host_backend, kernel_backend;

/* field.c: reading fields; each refuses the line when it is not as it should. */
void refuse(struct line *line, const char *status, const char *format, ...)
	__attribute__((__format__(printf, 3, 4)));
bool check_fields(struct line *line, json_t *obj, const char *const *fields,
		  const char *where);
json_t *need(struct line *line, json_t *obj, const char *field);
void put_hex(struct line *line, json_t *obj, const char *field,
	     unsigned int tag, bool required);
void put_text(struct line *line, json_t *obj, const char *field,
	      unsigned int tag, bool required);
/* A text without its NUL, which is how secrets travel. */
void put_secret(struct line *line, json_t *obj, const char *field,
		unsigned int tag);
void put_number(struct line *line, json_t *obj, const char *field,
		unsigned int tag, bool required, json_int_t max);
void put_bool(struct line *line, json_t *obj, const char *field,
	      unsigned int tag);
const char *get_text(struct line *line, json_t *obj, const char *field,
		     bool required);
bool is_hex(json_t *value);
/* Checks a field that concerns another package. */
void skip_hex(struct line *line, json_t *obj, const char *field);

/* names.c */
struct flag_name {
	const char *name;
	unsigned long long value;
};

extern const struct flag_name isc_req_names[], asc_req_names[];
extern const struct flag_name isc_ret_names[], asc_ret_names[];
extern const struct flag_name attr_names[], buffer_names[];

const struct flag_name *name_find(const struct flag_name *list,
				  const char *name);
const char *name_of(const struct flag_name *list, unsigned long long value);
json_t *names_of_flags(const struct flag_name *list, unsigned long long flags);

/* acquire.c */
void encode_acquire(struct line *line);

/* krb5.c */
void put_long_keys(struct line *line, json_t *identity);
void put_krb5_options(struct line *line, json_t *options);
void encode_io_reply(struct line *line);
void decode_io(struct line *line, struct sspi_span answer);
void encode_import(struct line *line);
void decode_import(struct line *line, struct sspi_span answer);

/* message.c */
void encode_sign(struct line *line);
void encode_verify(struct line *line);
void encode_crypt(struct line *line);
void encode_decrypt(struct line *line);
void encode_wrap(struct line *line);
void encode_unwrap(struct line *line);
void decode_token(struct line *line, struct sspi_span answer);
void decode_qop(struct line *line, struct sspi_span answer);
void decode_buffers(struct line *line, struct sspi_span answer);
void decode_unwrap(struct line *line, struct sspi_span answer);

/* query.c */
void encode_query(struct line *line);
void decode_query(struct line *line, struct sspi_span answer);
void encode_export(struct line *line);
void decode_export(struct line *line, struct sspi_span answer);

/* crypto.c */
void encode_crypto(struct line *line);
void decode_crypto(struct line *line, struct sspi_span answer);

/* parse.c */
void answer_parse(struct line *line);

/* Members of the answer; a value that is not there adds none. */
void set_hex(struct line *line, const char *name, struct sspi_span answer,
	     unsigned int tag);
void set_text(struct line *line, const char *name, struct sspi_span answer,
	      unsigned int tag);
void set_number(struct line *line, const char *name, struct sspi_span answer,
		unsigned int tag);
void set_expiry(struct line *line, const char *name, struct sspi_span answer,
		unsigned int tag);
json_t *hex_of(struct sspi_span bytes);

#endif /* _TOOLS_DRIVE_DRIVE_H */
