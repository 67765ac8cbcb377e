// SPDX-License-Identifier: GPL-2.0-only
/*
 * parse: what the codec reads in a keytab, a credential cache or a PAC. It needs
 * nothing of a back end, the codec is the same: it is answered here.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "codec/krb5_name.h"
#include "codec/krb5_store.h"
#include "codec/utf16.h"
#include "crypto/krb5_pac_sum.h"
#include "drive.h"

#define FILETIME_TICKS 10000000ULL
#define FILETIME_EPOCH 11644473600LL

static void invalid(struct line *line, const char *reason)
{
	json_object_clear(line->out);
	json_object_set(line->out, "id", json_object_get(line->in, "id"));
	json_object_set_new(line->out, "status",
			    json_string("SEC_E_INVALID_TOKEN"));
	json_object_set_new(line->out, "reason", json_string(reason));
}

static void set(json_t *obj, const char *name, json_int_t value)
{
	json_object_set_new(obj, name, json_integer(value));
}

/* Text that is not UTF-8 is given as hex: JSON has no octets. */
static json_t *text_of(struct sspi_span text)
{
	json_t *value = json_stringn((const char *)text.data, text.len);

	return value ? value : hex_of(text);
}

static json_t *name_of_principal(const struct krb5_principal *princ)
{
	int len = krb5_name_format(princ, NULL, 0);
	struct sspi_span text;
	json_t *value;
	u8 *out;

	if (len < 0)
		return json_string("");
	out = malloc((size_t)len + 1);
	if (!out)
		abort();
	krb5_name_format(princ, out, (size_t)len);
	text.data = out;
	text.len = (size_t)len;
	value = text_of(text);
	free(out);
	return value;
}

static void parse_keytab(struct line *line, struct sspi_span in)
{
	struct krb5_keytab_entry entry;
	struct sspi_span list;
	json_t *entries;

	if (krb5_parse_keytab(in, &list)) {
		invalid(line, "not a keytab of version 0x0502");
		return;
	}
	entries = json_array();
	while (krb5_next_keytab_entry(&list, &entry) > 0) {
		json_t *obj = json_object();

		json_object_set_new(obj, "principal",
				    name_of_principal(&entry.principal));
		set(obj, "name_type", entry.principal.name.type);
		set(obj, "timestamp", entry.timestamp);
		set(obj, "kvno", entry.kvno);
		set(obj, "enctype", entry.key.enctype);
		json_object_set_new(obj, "key", hex_of(entry.key.key));
		json_array_append_new(entries, obj);
	}
	json_object_set_new(line->out, "entries", entries);
}

static void set_cred(json_t *obj, const struct krb5_ccache_cred *cred)
{
	json_object_set_new(obj, "client", name_of_principal(&cred->client));
	json_object_set_new(obj, "server", name_of_principal(&cred->server));
	set(obj, "enctype", cred->key.enctype);
	json_object_set_new(obj, "key", hex_of(cred->key.key));
	set(obj, "authtime", cred->authtime);
	set(obj, "starttime", cred->starttime);
	set(obj, "endtime", cred->endtime);
	set(obj, "renew_till", cred->renew_till);
	json_object_set_new(obj, "is_skey", json_boolean(cred->is_skey));
	set(obj, "flags", cred->flags);
	json_object_set_new(obj, "ticket", hex_of(cred->ticket));
	json_object_set_new(obj, "second_ticket", hex_of(cred->second_ticket));
}

static void parse_ccache(struct line *line, struct sspi_span in)
{
	struct krb5_ccache_cred cred;
	struct krb5_ccache cc;
	json_t *creds;

	if (krb5_parse_ccache(in, &cc)) {
		invalid(line, "not a credential cache of version 0x0504");
		return;
	}
	json_object_set_new(line->out, "principal",
			    name_of_principal(&cc.principal));
	set(line->out, "time_offset", cc.offset_sec);
	creds = json_array();
	while (krb5_next_ccache_cred(&cc.creds, &cred) > 0) {
		json_t *obj;

		if (krb5_ccache_is_config(&cred))
			continue;
		obj = json_object();
		set_cred(obj, &cred);
		json_array_append_new(creds, obj);
	}
	json_object_set_new(line->out, "creds", creds);
}

static void parse_ccache_cred(struct line *line, struct sspi_span in)
{
	struct krb5_ccache_cred cred;

	if (krb5_parse_ccache_cred(in, &cred))
		invalid(line, "not a credential of a cache");
	else
		set_cred(line->out, &cred);
}

static void parse_ccache_princ(struct line *line, struct sspi_span in)
{
	struct krb5_principal princ;

	if (krb5_parse_ccache_princ(in, &princ)) {
		invalid(line, "not a principal of a cache");
		return;
	}
	json_object_set_new(line->out, "principal", name_of_principal(&princ));
	set(line->out, "name_type", princ.name.type);
}

/* A field as bytes of its own: to be freed. */
static struct sspi_span bytes_of(struct line *line, json_t *obj,
				 const char *field)
{
	struct drive_writer outer = line->w;
	struct sspi_span bytes = { 0 };
	size_t room = json_string_length(json_object_get(obj, field)) + 64;
	u8 *copy = calloc(1, room);

	if (!copy)
		abort();
	/* As for a back end, without the head that is put before it. */
	drive_writer_init(&line->w, copy, room);
	put_hex(line, obj, field, DRIVE_DATA, true);
	bytes.data = copy;
	if (!line->refused) {
		bytes.len = line->w.pos - DRIVE_HEAD;
		memmove(copy, copy + DRIVE_HEAD, bytes.len);
	}
	line->w = outer;
	return bytes;
}

/* "unchecked" without a key. */
static const char *
check_sum(struct line *line, const char *field, const struct krb5_pac *pac,
	  int (*verify)(const struct krb5_pac *pac, const struct krb5_key *key))
{
	static const char *const fields[] = { "enctype", "key", NULL };
	json_t *obj = json_object_get(line->in, field);
	struct sspi_span bytes;
	struct krb5_key key;
	int err;

	if (!obj)
		return "unchecked";
	if (!check_fields(line, obj, fields, field))
		return NULL;
	if (!json_is_integer(need(line, obj, "enctype"))) {
		refuse(line, "EINVAL", "enctype is not a number");
		return NULL;
	}
	bytes = bytes_of(line, obj, "key");
	err = krb5_key_set(
		&key, (s32)json_integer_value(json_object_get(obj, "enctype")),
		bytes);
	free((void *)bytes.data);
	if (err) {
		refuse(line, err == -EOPNOTSUPP ? "ENOSYS" : "EINVAL",
		       "%s cannot be used", field);
		return NULL;
	}
	err = verify(pac, &key);
	krb5_key_wipe(&key);
	return err ? "bad" : "ok";
}

static void set_sums(struct line *line, const struct krb5_pac *pac)
{
	const char *server, *kdc;

	server = check_sum(line, "key", pac, krb5_pac_verify_server);
	kdc = check_sum(line, "kdc_key", pac, krb5_pac_verify_kdc);
	if (!server || !kdc)
		return;
	json_object_set_new(line->out, "server_checksum", json_string(server));
	json_object_set_new(line->out, "kdc_checksum", json_string(kdc));
}

static void set_client(struct line *line, const struct krb5_pac *pac)
{
	int len = sspi_utf16le_to_utf8(pac->client_name, NULL, 0);
	struct sspi_span text = { 0 };
	u8 *out;

	if (!pac->has_client)
		return;
	if (len < 0) {
		invalid(line, "the client's name is not UTF-16");
		return;
	}
	out = malloc((size_t)len + 1);
	if (!out)
		abort();
	sspi_utf16le_to_utf8(pac->client_name, out, (size_t)len);
	text.data = out;
	text.len = (size_t)len;
	json_object_set_new(line->out, "client_name", text_of(text));
	set(line->out, "client_time",
	    (json_int_t)(pac->client_time / FILETIME_TICKS) - FILETIME_EPOCH);
	free(out);
}

static void parse_pac(struct line *line, struct sspi_span in)
{
	struct krb5_pac_buffer buffer;
	struct krb5_pac pac;
	json_t *buffers;
	u32 i;

	if (krb5_parse_pac(in, &pac)) {
		invalid(line, "not a PAC");
		return;
	}
	buffers = json_array();
	for (i = 0; krb5_pac_buffer(&pac, i, &buffer); i++) {
		json_t *obj = json_object();

		set(obj, "type", buffer.type);
		set(obj, "size", (json_int_t)buffer.data.len);
		json_array_append_new(buffers, obj);
	}
	json_object_set_new(line->out, "buffers", buffers);
	set_sums(line, &pac);
	set_client(line, &pac);
}

static const struct {
	const char *kind;
	void (*parse)(struct line *line, struct sspi_span in);
} kinds[] = {
	{ "keytab", parse_keytab },
	{ "ccache", parse_ccache },
	{ "ccache_cred", parse_ccache_cred },
	{ "ccache_princ", parse_ccache_princ },
	{ "pac", parse_pac },
};

void answer_parse(struct line *line)
{
	const char *kind = get_text(line, line->in, "kind", true);
	size_t count = sizeof(kinds) / sizeof(kinds[0]), i;
	struct sspi_span in;

	for (i = 0; kind && i < count && strcmp(kinds[i].kind, kind); i++)
		;
	if (kind && i == count)
		refuse(line, "EINVAL", "unknown kind");
	if (line->refused)
		return;
	in = bytes_of(line, line->in, "data");
	if (!line->refused) {
		json_object_set_new(line->out, "status",
				    json_string("SEC_E_OK"));
		kinds[i].parse(line, in);
	}
	/* A refusal says so alone. */
	if (line->refused) {
		json_object_clear(line->out);
		json_object_set(line->out, "id",
				json_object_get(line->in, "id"));
	}
	free((void *)in.data);
}
