// SPDX-License-Identifier: GPL-2.0-only
/* What Kerberos needs: keys, options, questions to a KDC, import. */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "drive.h"

/* Encryption types are signed, and short. */
static bool get_enctype(struct line *line, json_t *value, s32 *enctype)
{
	if (!json_is_integer(value) || json_integer_value(value) < -65536 ||
	    json_integer_value(value) > 65535) {
		refuse(line, "EINVAL",
		       "enctype is not a number within its bounds");
		return false;
	}
	*enctype = (s32)json_integer_value(value);
	return true;
}

static bool get_key(struct line *line, json_t *item, struct sspi_key *key)
{
	static const char *const fields[] = { "enctype", "key", NULL };
	json_t *enctype, *hex;
	size_t start = line->w.pos;
	struct sspi_span value;

	memset(key, 0, sizeof(*key));
	if (!check_fields(line, item, fields, "keys"))
		return false;
	enctype = need(line, item, "enctype");
	hex = need(line, item, "key");
	if (!enctype || !hex || !get_enctype(line, enctype, &key->enctype))
		return false;
	/* By way of the request: what is written is taken back. */
	put_hex(line, item, "key", DRIVE_KEY, true);
	value.data = line->w.data + start + DRIVE_HEAD;
	value.len = line->w.pos - start - DRIVE_HEAD;
	line->w.pos = start;
	if (line->refused || line->w.bad)
		return false;
	if (value.len > sizeof(key->key)) {
		refuse(line, "EINVAL", "a key is too long");
		return false;
	}
	memcpy(key->key, value.data, value.len);
	key->len = (u32)value.len;
	return true;
}

/* As the array that an identity's secret is. */
void put_long_keys(struct line *line, json_t *identity)
{
	json_t *list = json_object_get(identity, "keys"), *item;
	struct sspi_key keys[SSPI_MAX_KEYS];
	size_t i, count = 0;

	if (!list)
		return;
	if (!json_is_array(list) || json_array_size(list) > SSPI_MAX_KEYS) {
		refuse(line, "EINVAL", "keys is not a list of at most %d",
		       SSPI_MAX_KEYS);
		return;
	}
	json_array_foreach(list, i, item) {
		if (!get_key(line, item, &keys[count++]))
			break;
	}
	drive_put(&line->w, DRIVE_LONG_KEY, keys, count * sizeof(keys[0]));
	explicit_bzero(keys, sizeof(keys));
}

static void put_permitted(struct line *line, json_t *options)
{
	json_t *list = json_object_get(options, "enctypes"), *item;
	s32 enctype;
	size_t i;

	if (list && !json_is_array(list))
		refuse(line, "EINVAL", "enctypes is not a list");
	json_array_foreach(list, i, item) {
		if (get_enctype(line, item, &enctype))
			drive_put_u64(&line->w, DRIVE_PERMITTED,
				      (u64)(s64)enctype);
	}
}

void put_krb5_options(struct line *line, json_t *options)
{
	put_number(line, options, "max_skew", DRIVE_MAX_SKEW, false,
		   DRIVE_MAX_NUMBER);
	put_bool(line, options, "canonicalize", DRIVE_CANONICALIZE);
	put_permitted(line, options);
	put_text(line, options, "for_user", DRIVE_FOR_USER, false);
	put_hex(line, options, "armor", DRIVE_ARMOR, false);
}

/* Beyond the last that Linux has. */
#define MAX_ERRNO 4096

/* Second names of a number; the C library tells the first. */
static const struct flag_name errno_aliases[] = {
	{ "EWOULDBLOCK", EWOULDBLOCK },
	{ "EDEADLOCK", EDEADLOCK },
	{ "ENOTSUP", ENOTSUP },
	{ NULL, 0 },
};

/* The number of an errno's name; 0 for what is none. */
static int find_errno(const char *name)
{
	const struct flag_name *alias = name_find(errno_aliases, name);
	const char *other;
	int number;

	if (alias)
		return (int)alias->value;
	for (number = 1; number < MAX_ERRNO; number++) {
		other = strerrorname_np(number);
		if (other && strcmp(other, name) == 0)
			return number;
	}
	return 0;
}

void encode_io_reply(struct line *line)
{
	const char *name = get_text(line, line->in, "error", false);
	int error = name ? find_errno(name) : 0;
	bool reply = json_object_get(line->in, "reply") != NULL;

	put_number(line, line->in, "ctx", DRIVE_CTX, true, DRIVE_MAX_NUMBER);
	if (reply == (name != NULL))
		refuse(line, "EINVAL", "one of reply and error");
	if (name && !error)
		refuse(line, "EINVAL", "unknown name of an error");
	if (error)
		drive_put_u64(&line->w, DRIVE_ERROR, (u64)error);
	put_hex(line, line->in, "reply", DRIVE_REPLY, false);
}

void decode_io(struct line *line, struct sspi_span answer)
{
	struct sspi_span request;
	u64 service = SSPI_IO_KDC;
	json_t *io;

	if (!drive_find(answer, DRIVE_REQUEST, &request))
		return;
	drive_find_u64(answer, DRIVE_SERVICE, &service);
	io = json_object();
	json_object_set_new(io, "realm",
			    json_string(drive_find_text(answer, DRIVE_REALM)));
	json_object_set_new(io, "request", hex_of(request));
	json_object_set_new(io, "service",
			    json_string(service == SSPI_IO_KPASSWD ? "kpasswd" :
								     "kdc"));
	json_object_set_new(line->out, "io", io);
}

/* "flags as in attr": of the role's own side. */
static void put_flags(struct line *line, bool initiator)
{
	const struct flag_name *names = initiator ? isc_ret_names :
						    asc_ret_names;
	json_t *list = json_object_get(line->in, "flags"), *item;
	const struct flag_name *flag;
	unsigned long long flags = 0;
	size_t i;

	if (!list)
		return;
	if (!json_is_array(list))
		refuse(line, "EINVAL", "flags is not a list");
	json_array_foreach(list, i, item) {
		flag = json_is_string(item) ?
			       name_find(names, json_string_value(item)) :
			       NULL;
		if (flag)
			flags |= flag->value;
		else
			refuse(line, "EINVAL", "unknown name in flags");
	}
	drive_put_u64(&line->w, DRIVE_ATTR_FLAGS, flags);
}

void encode_import(struct line *line)
{
	const char *package = get_text(line, line->in, "package", true);
	const char *role = get_text(line, line->in, "role", true);
	json_t *number = need(line, line->in, "enctype");
	bool initiator;
	s32 enctype = 0;

	if (!package || !role || !number ||
	    !get_enctype(line, number, &enctype))
		return;
	initiator = strcmp(role, "initiator") == 0;
	if (!initiator && strcmp(role, "acceptor") != 0)
		refuse(line, "EINVAL", "role is not initiator or acceptor");
	if (strcasecmp(package, "Kerberos") != 0)
		refuse(line, "ENOSYS", "no import for this package");
	drive_put_text(&line->w, DRIVE_PACKAGE, package);
	drive_put_u64(&line->w, DRIVE_INITIATOR, initiator);
	drive_put_u64(&line->w, DRIVE_ENCTYPE, (u64)(s64)enctype);
	put_hex(line, line->in, "key", DRIVE_KEY, true);
	put_bool(line, line->in, "acceptor_subkey", DRIVE_IS_ACCEPTORS);
	put_number(line, line->in, "send_seq", DRIVE_SEND_SEQ, false,
		   DRIVE_MAX_NUMBER);
	put_number(line, line->in, "recv_seq", DRIVE_RECV_SEQ, false,
		   DRIVE_MAX_NUMBER);
	put_flags(line, initiator);
}

void decode_import(struct line *line, struct sspi_span answer)
{
	u64 lacking = 0;

	set_number(line, "ctx", answer, DRIVE_CTX);
	drive_find_u64(answer, DRIVE_LACKING, &lacking);
	if (!lacking)
		return;
	json_object_del(line->out, "reason");
	refuse(line, "ENOSYS", "no such enctype in this build");
}
