// SPDX-License-Identifier: GPL-2.0-only
/* sign, verify, encrypt, decrypt, wrap, unwrap. */
#include "drive.h"

#define QOP_MAX 0xffffffffLL

static void put_message(struct line *line, bool message, bool token)
{
	put_number(line, line->in, "ctx", DRIVE_CTX, true, DRIVE_MAX_NUMBER);
	if (message)
		put_hex(line, line->in, "message", DRIVE_MESSAGE, true);
	if (token)
		put_hex(line, line->in, "token", DRIVE_TOKEN, true);
	put_number(line, line->in, "qop", DRIVE_QOP, false, QOP_MAX);
	put_number(line, line->in, "seq", DRIVE_SEQ, false, QOP_MAX);
	put_bool(line, line->in, "conf", DRIVE_CONF);
}

void encode_sign(struct line *line)
{
	skip_hex(line, line->in, "token");
	put_message(line, true, false);
}

void encode_verify(struct line *line)
{
	put_message(line, true, true);
}

void encode_wrap(struct line *line)
{
	put_message(line, true, false);
}

void encode_unwrap(struct line *line)
{
	put_message(line, false, true);
}

static void put_buffer(struct line *line, json_t *buffer, bool decrypt)
{
	static const char *const fields[] = { "type", "data", "readonly",
					      "sign_only", NULL };
	const struct flag_name *type;
	const char *name;
	bool readonly, sign_only;
	unsigned long long value;
	size_t begin;

	if (!check_fields(line, buffer, fields, "buffers"))
		return;
	name = get_text(line, buffer, "type", true);
	type = name ? name_find(buffer_names, name) : NULL;
	if (!type || (type->value == SECBUFFER_STREAM && !decrypt)) {
		refuse(line, "EINVAL", "unknown type of a buffer");
		return;
	}
	readonly = json_is_true(json_object_get(buffer, "readonly"));
	sign_only = json_is_true(json_object_get(buffer, "sign_only"));
	if (readonly && sign_only)
		refuse(line, "EINVAL", "a buffer is readonly or sign_only");
	value = type->value | (readonly ? SECBUFFER_READONLY : 0) |
		(sign_only ? SECBUFFER_READONLY_WITH_CHECKSUM : 0);
	begin = drive_begin(&line->w, DRIVE_BUFFER);
	drive_put_u64(&line->w, DRIVE_TYPE, value);
	put_hex(line, buffer, "data", DRIVE_DATA, true);
	drive_end(&line->w, begin);
}

static void check_bool(struct line *line, json_t *obj, const char *field)
{
	json_t *value = json_object_get(obj, field);

	if (value && !json_is_boolean(value))
		refuse(line, "EINVAL", "%s is not true or false", field);
}

static void put_buffers(struct line *line, bool decrypt)
{
	json_t *list = need(line, line->in, "buffers"), *buffer;
	size_t i;

	if (list && !json_is_array(list))
		refuse(line, "EINVAL", "buffers is not a list");
	json_array_foreach(list, i, buffer) {
		check_bool(line, buffer, "readonly");
		check_bool(line, buffer, "sign_only");
		put_buffer(line, buffer, decrypt);
	}
}

void encode_crypt(struct line *line)
{
	put_message(line, false, false);
	put_buffers(line, false);
}

void encode_decrypt(struct line *line)
{
	put_message(line, false, false);
	put_buffers(line, true);
}

void decode_token(struct line *line, struct sspi_span answer)
{
	set_hex(line, "token", answer, DRIVE_TOKEN);
}

void decode_qop(struct line *line, struct sspi_span answer)
{
	set_number(line, "qop", answer, DRIVE_QOP);
}

static json_t *buffer_of(struct sspi_span record)
{
	json_t *buffer = json_object();
	struct sspi_span data;
	u64 type = 0;

	drive_find_u64(record, DRIVE_TYPE, &type);
	drive_find(record, DRIVE_DATA, &data);
	json_object_set_new(
		buffer, "type",
		json_string(name_of(buffer_names, type & ~SECBUFFER_ATTRMASK)));
	json_object_set_new(buffer, "data", hex_of(data));
	if (type & SECBUFFER_READONLY)
		json_object_set_new(buffer, "readonly", json_true());
	if (type & SECBUFFER_READONLY_WITH_CHECKSUM)
		json_object_set_new(buffer, "sign_only", json_true());
	return buffer;
}

void decode_buffers(struct line *line, struct sspi_span answer)
{
	json_t *list = json_array();
	struct sspi_span record;
	struct drive_reader r;
	u32 tag;

	drive_reader_init(&r, answer);
	while (drive_next(&r, &tag, &record)) {
		if (tag == DRIVE_BUFFER)
			json_array_append_new(list, buffer_of(record));
	}
	if (json_array_size(list))
		json_object_set_new(line->out, "buffers", list);
	else
		json_decref(list);
	decode_qop(line, answer);
}

void decode_unwrap(struct line *line, struct sspi_span answer)
{
	u64 conf;

	set_hex(line, "message", answer, DRIVE_MESSAGE);
	if (drive_find_u64(answer, DRIVE_CONF, &conf))
		json_object_set_new(line->out, "conf", json_boolean(conf));
	decode_qop(line, answer);
}
