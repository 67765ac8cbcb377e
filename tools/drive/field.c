// SPDX-License-Identifier: GPL-2.0-only
/* Fields of a request, members of an answer. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drive.h"

/* The first complaint counts. */
void refuse(struct line *line, const char *status, const char *format, ...)
{
	va_list args;

	if (line->refused)
		return;
	line->refused = status;
	va_start(args, format);
	vsnprintf(line->error, sizeof(line->error), format, args);
	va_end(args);
}

bool check_fields(struct line *line, json_t *obj, const char *const *fields,
		  const char *where)
{
	const char *key;
	json_t *value;
	size_t i;

	if (!json_is_object(obj)) {
		refuse(line, "EINVAL", "%s is not an object", where);
		return false;
	}
	json_object_foreach(obj, key, value) {
		for (i = 0; fields[i] && strcmp(fields[i], key) != 0; i++)
			;
		if (fields[i])
			continue;
		/* The key may be anything: it is not printed. */
		refuse(line, "EINVAL", "unknown field in %s", where);
		return false;
	}
	return true;
}

json_t *need(struct line *line, json_t *obj, const char *field)
{
	json_t *value = json_object_get(obj, field);

	if (!value)
		refuse(line, "EINVAL", "missing field %s", field);
	return value;
}

static int nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

bool is_hex(json_t *value)
{
	const char *s = json_string_value(value);
	size_t i, len = json_string_length(value);

	if (!s || len % 2)
		return false;
	for (i = 0; i < len; i++) {
		if (nibble(s[i]) < 0)
			return false;
	}
	return true;
}

void put_hex(struct line *line, json_t *obj, const char *field,
	     unsigned int tag, bool required)
{
	json_t *value = required ? need(line, obj, field) :
				   json_object_get(obj, field);
	const char *s = json_string_value(value);
	size_t i, len = json_string_length(value) / 2;
	unsigned char *bytes;

	if (!value)
		return;
	if (!is_hex(value)) {
		refuse(line, "EINVAL", "%s is not lower-case hex", field);
		return;
	}
	bytes = malloc(len + 1);
	if (!bytes)
		abort();
	for (i = 0; i < len; i++)
		bytes[i] = (unsigned char)(nibble(s[2 * i]) << 4 |
					   nibble(s[2 * i + 1]));
	drive_put(&line->w, tag, bytes, len);
	free(bytes);
}

void skip_hex(struct line *line, json_t *obj, const char *field)
{
	json_t *value = json_object_get(obj, field);

	if (value && !is_hex(value))
		refuse(line, "EINVAL", "%s is not lower-case hex", field);
}

const char *get_text(struct line *line, json_t *obj, const char *field,
		     bool required)
{
	json_t *value = required ? need(line, obj, field) :
				   json_object_get(obj, field);
	const char *s = json_string_value(value);

	if (!value)
		return NULL;
	if (!s || strlen(s) != json_string_length(value)) {
		refuse(line, "EINVAL", "%s is not a text", field);
		return NULL;
	}
	return s;
}

void put_text(struct line *line, json_t *obj, const char *field,
	      unsigned int tag, bool required)
{
	const char *s = get_text(line, obj, field, required);

	if (s)
		drive_put_text(&line->w, tag, s);
}

void put_secret(struct line *line, json_t *obj, const char *field,
		unsigned int tag)
{
	const char *s = get_text(line, obj, field, false);

	if (s)
		drive_put(&line->w, tag, s, strlen(s));
}

void put_number(struct line *line, json_t *obj, const char *field,
		unsigned int tag, bool required, json_int_t max)
{
	json_t *value = required ? need(line, obj, field) :
				   json_object_get(obj, field);

	if (!value)
		return;
	if (!json_is_integer(value) || json_integer_value(value) < 0 ||
	    json_integer_value(value) > max) {
		refuse(line, "EINVAL", "%s is not a number within its bounds",
		       field);
		return;
	}
	drive_put_u64(&line->w, tag, (u64)json_integer_value(value));
}

void put_bool(struct line *line, json_t *obj, const char *field,
	      unsigned int tag)
{
	json_t *value = json_object_get(obj, field);

	if (!value)
		return;
	if (!json_is_boolean(value)) {
		refuse(line, "EINVAL", "%s is not true or false", field);
		return;
	}
	drive_put_u64(&line->w, tag, json_is_true(value));
}

json_t *hex_of(struct sspi_span bytes)
{
	static const char digits[] = "0123456789abcdef";
	char *s = malloc(2 * bytes.len + 1);
	json_t *value;
	size_t i;

	if (!s)
		abort();
	for (i = 0; i < bytes.len; i++) {
		s[2 * i] = digits[bytes.data[i] >> 4];
		s[2 * i + 1] = digits[bytes.data[i] & 15];
	}
	value = json_stringn_nocheck(s, 2 * bytes.len);
	explicit_bzero(s, 2 * bytes.len);
	free(s);
	return value;
}

void set_hex(struct line *line, const char *name, struct sspi_span answer,
	     unsigned int tag)
{
	struct sspi_span value;

	if (drive_find(answer, tag, &value))
		json_object_set_new(line->out, name, hex_of(value));
}

void set_text(struct line *line, const char *name, struct sspi_span answer,
	      unsigned int tag)
{
	const char *s = drive_find_text(answer, tag);

	if (s)
		json_object_set_new(line->out, name, json_string(s));
}

void set_number(struct line *line, const char *name, struct sspi_span answer,
		unsigned int tag)
{
	u64 value;

	if (drive_find_u64(answer, tag, &value))
		json_object_set_new(line->out, name,
				    json_integer((json_int_t)value));
}

void set_expiry(struct line *line, const char *name, struct sspi_span answer,
		unsigned int tag)
{
	u64 value;

	if (!drive_find_u64(answer, tag, &value))
		return;
	json_object_set_new(line->out, name,
			    (s64)value == SSPI_EXPIRY_NEVER ?
				    json_null() :
				    json_integer((json_int_t)value));
}
