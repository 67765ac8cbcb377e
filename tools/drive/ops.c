// SPDX-License-Identifier: GPL-2.0-only
/* The operations of the page, and the plain ones: env, legs, handles. */
#include <math.h>
#include <string.h>

#include "drive.h"

static void put_now(struct line *line)
{
	json_t *value = json_object_get(line->in, "now");
	double seconds, whole;
	s64 now;

	if (!value)
		return;
	if (!json_is_number(value)) {
		refuse(line, "EINVAL", "now is not a number");
		return;
	}
	seconds = json_number_value(value);
	/* The clock of the packages counts 100 ns in 63 bits. */
	if (!(fabs(seconds) < 9.2e11)) {
		refuse(line, "EINVAL", "now is out of the clock's range");
		return;
	}
	whole = floor(seconds);
	now = (s64)whole * SSPI_TICKS_PER_SECOND +
	      (s64)llround((seconds - whole) * 1e6) * 10;
	drive_put_u64(&line->w, DRIVE_NOW, (u64)now);
}

/* A number as it is; hex is folded with FNV-1a. */
static void put_seed(struct line *line)
{
	json_t *value = json_object_get(line->in, "seed");
	const char *s = json_string_value(value);
	u64 seed = 0xcbf29ce484222325ULL;

	if (!value)
		return;
	if (json_is_integer(value) && json_integer_value(value) >= 0) {
		drive_put_u64(&line->w, DRIVE_SEED,
			      (u64)json_integer_value(value));
		return;
	}
	if (!is_hex(value)) {
		refuse(line, "EINVAL", "seed is neither a number nor hex");
		return;
	}
	for (; *s; s++)
		seed = (seed ^ (unsigned char)*s) * 0x100000001b3ULL;
	drive_put_u64(&line->w, DRIVE_SEED, seed);
}

static void encode_env(struct line *line)
{
	static const char *const fields[] = { "now", "random", "seed",
					      "reset" };
	bool alone = true;
	size_t i;

	for (i = 0; i < 4; i++) {
		if (json_object_get(line->in, fields[i]))
			alone = false;
	}
	if (alone)
		drive_put_u64(&line->w, DRIVE_REAL, 1);
	put_bool(line, line->in, "reset", DRIVE_RESET);
	put_now(line);
	put_hex(line, line->in, "random", DRIVE_RANDOM, false);
	put_seed(line);
}

static void decode_env(struct line *line, struct sspi_span answer)
{
	set_number(line, "random_left", answer, DRIVE_RANDOM_LEFT);
}

static void decode_acquire(struct line *line, struct sspi_span answer)
{
	set_number(line, "cred", answer, DRIVE_CRED);
}

static void put_req(struct line *line, const struct flag_name *names)
{
	json_t *list = json_object_get(line->in, "req"), *item;
	const struct flag_name *flag;
	unsigned long long req = 0;
	size_t i;

	if (!list)
		return;
	if (!json_is_array(list))
		refuse(line, "EINVAL", "req is not a list");
	json_array_foreach(list, i, item) {
		flag = json_is_string(item) ?
			       name_find(names, json_string_value(item)) :
			       NULL;
		if (flag)
			req |= flag->value;
		else
			refuse(line, "EINVAL", "unknown name in req");
	}
	drive_put_u64(&line->w, DRIVE_REQ, req);
}

/* Application data alone: the eight numbers of the structure before it. */
static void put_bindings(struct line *line)
{
	static const char field[] = "bindings";
	struct sec_channel_bindings head = { 0 };
	json_t *value = json_object_get(line->in, field);
	size_t begin, data;

	if (value && json_object_get(line->in, "bindings_struct"))
		refuse(line, "EINVAL", "bindings given twice");
	put_hex(line, line->in, "bindings_struct", DRIVE_BINDINGS, false);
	if (!value)
		return;
	if (!is_hex(value)) {
		refuse(line, "EINVAL", "%s is not lower-case hex", field);
		return;
	}
	head.application_data_len = (u32)(json_string_length(value) / 2);
	head.application_data_offset = sizeof(head);
	head.initiator_offset = sizeof(head);
	head.acceptor_offset = sizeof(head);
	begin = drive_begin(&line->w, DRIVE_BINDINGS);
	if (line->w.bad || line->w.room - line->w.pos < DRIVE_MAX_LINE) {
		line->w.bad = true;
		return;
	}
	/* The head takes the place of the nested value's own. */
	data = line->w.pos;
	put_hex(line, line->in, field, DRIVE_DATA, true);
	memmove(line->w.data + data + sizeof(head),
		line->w.data + data + DRIVE_HEAD, head.application_data_len);
	memcpy(line->w.data + data, &head, sizeof(head));
	line->w.pos = data + sizeof(head) + head.application_data_len;
	drive_end(&line->w, begin);
}

static void put_leg(struct line *line, const struct flag_name *names)
{
	put_number(line, line->in, "cred", DRIVE_CRED, true, DRIVE_MAX_NUMBER);
	put_number(line, line->in, "ctx", DRIVE_CTX, false, DRIVE_MAX_NUMBER);
	put_req(line, names);
	put_hex(line, line->in, "input", DRIVE_INPUT, false);
	put_bindings(line);
}

static void encode_initialize(struct line *line)
{
	put_leg(line, isc_req_names);
	put_text(line, line->in, "target", DRIVE_TARGET, false);
}

static void encode_accept(struct line *line)
{
	put_leg(line, asc_req_names);
	put_hex(line, line->in, "ntlm_challenge", DRIVE_CHALLENGE, false);
}

static void decode_leg(struct line *line, struct sspi_span answer,
		       const struct flag_name *names)
{
	u64 flags = 0;

	drive_find_u64(answer, DRIVE_ATTR_FLAGS, &flags);
	set_number(line, "ctx", answer, DRIVE_CTX);
	set_hex(line, "output", answer, DRIVE_OUTPUT);
	json_object_set_new(line->out, "attr", names_of_flags(names, flags));
	set_expiry(line, "expiry", answer, DRIVE_EXPIRY);
	decode_io(line, answer);
	if (!json_object_get(line->out, "output"))
		json_object_set_new(line->out, "output", json_string(""));
}

static void decode_initialize(struct line *line, struct sspi_span answer)
{
	decode_leg(line, answer, isc_ret_names);
}

static void decode_accept(struct line *line, struct sspi_span answer)
{
	decode_leg(line, answer, asc_ret_names);
}

/* "as the call that waited" */
static void decode_io_reply(struct line *line, struct sspi_span answer)
{
	u64 acceptor = 0;

	drive_find_u64(answer, DRIVE_WHAT, &acceptor);
	decode_leg(line, answer, acceptor ? asc_ret_names : isc_ret_names);
}

static void encode_complete(struct line *line)
{
	put_number(line, line->in, "ctx", DRIVE_CTX, true, DRIVE_MAX_NUMBER);
	put_hex(line, line->in, "token", DRIVE_TOKEN, true);
}

static void decode_complete(struct line *line, struct sspi_span answer)
{
	set_number(line, "ctx", answer, DRIVE_CTX);
	set_hex(line, "output", answer, DRIVE_OUTPUT);
	if (!json_object_get(line->out, "output"))
		json_object_set_new(line->out, "output", json_string(""));
}

static void encode_delete(struct line *line)
{
	put_number(line, line->in, "ctx", DRIVE_CTX, true, DRIVE_MAX_NUMBER);
}

static void encode_free(struct line *line)
{
	put_number(line, line->in, "cred", DRIVE_CRED, true, DRIVE_MAX_NUMBER);
}

static void decode_nothing(struct line *line, struct sspi_span answer)
{
	(void)line;
	(void)answer;
}

#define FIELDS(...)                           \
	(const char *const[])                 \
	{                                     \
		"op", "id", __VA_ARGS__, NULL \
	}

static const struct op_spec ops[] = {
	{ "env", DRIVE_OP_ENV, FIELDS("now", "random", "seed", "reset"),
	  encode_env, decode_env },
	{ "acquire", DRIVE_OP_ACQUIRE,
	  FIELDS("package", "use", "principal", "identity", "keytab", "ccache",
		 "accounts", "packages", "options", "delegated"),
	  encode_acquire, decode_acquire },
	{ "initialize", DRIVE_OP_INITIALIZE,
	  FIELDS("cred", "ctx", "target", "req", "input", "bindings",
		 "bindings_struct"),
	  encode_initialize, decode_initialize },
	{ "accept", DRIVE_OP_ACCEPT,
	  FIELDS("cred", "ctx", "req", "input", "bindings", "bindings_struct",
		 "ntlm_challenge"),
	  encode_accept, decode_accept },
	{ "io_reply", DRIVE_OP_IO_REPLY, FIELDS("ctx", "reply", "error"),
	  encode_io_reply, decode_io_reply },
	{ "complete", DRIVE_OP_COMPLETE, FIELDS("ctx", "token"),
	  encode_complete, decode_complete },
	{ "query", DRIVE_OP_QUERY, FIELDS("ctx", "attr"), encode_query,
	  decode_query },
	{ "sign", DRIVE_OP_SIGN,
	  FIELDS("ctx", "message", "token", "qop", "seq"), encode_sign,
	  decode_token },
	{ "verify", DRIVE_OP_VERIFY,
	  FIELDS("ctx", "message", "token", "qop", "seq"), encode_verify,
	  decode_qop },
	{ "encrypt", DRIVE_OP_ENCRYPT, FIELDS("ctx", "buffers", "qop", "seq"),
	  encode_crypt, decode_buffers },
	{ "decrypt", DRIVE_OP_DECRYPT, FIELDS("ctx", "buffers", "qop", "seq"),
	  encode_decrypt, decode_buffers },
	{ "wrap", DRIVE_OP_WRAP, FIELDS("ctx", "message", "conf"), encode_wrap,
	  decode_token },
	{ "unwrap", DRIVE_OP_UNWRAP, FIELDS("ctx", "token", "conf"),
	  encode_unwrap, decode_unwrap },
	{ "import", DRIVE_OP_IMPORT,
	  FIELDS("package", "role", "enctype", "key", "acceptor_subkey",
		 "send_seq", "recv_seq", "flags"),
	  encode_import, decode_import },
	{ "export", DRIVE_OP_EXPORT, FIELDS("ctx", "what"), encode_export,
	  decode_export },
	{ "parse", 0, FIELDS("kind", "data", "key", "kdc_key"), answer_parse,
	  NULL },
	{ "crypto", DRIVE_OP_CRYPTO, FIELDS("name", "params"), encode_crypto,
	  decode_crypto },
	{ "delete", DRIVE_OP_DELETE, FIELDS("ctx"), encode_delete,
	  decode_nothing },
	{ "free", DRIVE_OP_FREE, FIELDS("cred"), encode_free, decode_nothing },
};

const struct op_spec *op_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		if (strcmp(ops[i].name, name) == 0)
			return &ops[i];
	}
	return NULL;
}
