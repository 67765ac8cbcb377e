// SPDX-License-Identifier: GPL-2.0-only
/* query, export. */
#include <string.h>

#include "drive.h"

static const struct flag_name exports[] = {
	{ "session_key", DRIVE_EXPORT_SESSION_KEY },
	{ "keys", DRIVE_EXPORT_KEYS },
	{ "subkey", DRIVE_EXPORT_SUBKEY },
	{ NULL, 0 },
};

void encode_query(struct line *line)
{
	const char *name = get_text(line, line->in, "attr", true);
	const struct flag_name *attr = name ? name_find(attr_names, name) :
					      NULL;

	put_number(line, line->in, "ctx", DRIVE_CTX, true, DRIVE_MAX_NUMBER);
	if (attr)
		drive_put_u64(&line->w, DRIVE_ATTR, attr->value);
	else
		refuse(line, "EINVAL", "unknown attr");
}

static void decode_info(struct line *line, struct sspi_span answer)
{
	set_text(line, "name", answer, DRIVE_NAME);
	set_text(line, "comment", answer, DRIVE_COMMENT);
	set_number(line, "capabilities", answer, DRIVE_CAPABILITIES);
	set_number(line, "version", answer, DRIVE_VERSION);
	set_number(line, "rpcid", answer, DRIVE_RPCID);
	set_number(line, "max_token", answer, DRIVE_MAX_TOKEN);
}

static void decode_sizes(struct line *line, struct sspi_span answer)
{
	set_number(line, "max_token", answer, DRIVE_MAX_TOKEN);
	set_number(line, "max_signature", answer, DRIVE_MAX_SIGNATURE);
	set_number(line, "block_size", answer, DRIVE_BLOCK_SIZE);
	set_number(line, "security_trailer", answer, DRIVE_TRAILER);
}

static void decode_negotiation(struct line *line, struct sspi_span answer)
{
	static const char *const states[] = { "COMPLETE", "OPTIMISTIC",
					      "IN_PROGRESS" };
	u64 state;

	set_text(line, "package", answer, DRIVE_NAME);
	if (drive_find_u64(answer, DRIVE_STATE, &state) && state < 3)
		json_object_set_new(line->out, "state",
				    json_string(states[state]));
}

/* Each package of Negotiate: its last error, and why. */
static void decode_mechs(struct line *line, struct sspi_span answer)
{
	json_t *mechs = json_array(), *mech;
	struct drive_reader r;
	struct sspi_span value;
	u64 status;
	u32 tag;

	drive_reader_init(&r, answer);
	while (drive_next(&r, &tag, &value)) {
		if (tag != DRIVE_MECH)
			continue;
		status = 0;
		drive_find_u64(value, DRIVE_STATE, &status);
		mech = json_object();
		json_object_set_new(
			mech, "package",
			json_string(drive_find_text(value, DRIVE_NAME)));
		json_object_set_new(mech, "error",
				    json_string(sec_status_name(
					    (__force sec_status_t)status)));
		json_object_set_new(
			mech, "why",
			json_string(drive_find_text(value, DRIVE_COMMENT)));
		json_array_append_new(mechs, mech);
	}
	json_object_set_new(line->out, "mechs", mechs);
}

/* The flags of a context are of its own side; the back end says which. */
static void decode_flags(struct line *line, struct sspi_span answer)
{
	u64 flags, acceptor = 0;

	if (!drive_find_u64(answer, DRIVE_ATTR_FLAGS, &flags))
		return;
	drive_find_u64(answer, DRIVE_WHAT, &acceptor);
	json_object_set_new(line->out, "flags",
			    names_of_flags(acceptor ? asc_ret_names :
						      isc_ret_names,
					   flags));
}

static void decode_sids(struct line *line, struct sspi_span answer)
{
	json_t *list = json_array(), *sid;
	struct drive_reader r;
	struct sspi_span record, bytes;
	u64 attributes = 0;
	u32 tag;

	drive_reader_init(&r, answer);
	while (drive_next(&r, &tag, &record)) {
		if (tag != DRIVE_SID || !drive_find(record, DRIVE_DATA, &bytes))
			continue;
		drive_find_u64(record, DRIVE_ATTR_FLAGS, &attributes);
		sid = json_object();
		json_object_set_new(sid, "sid", hex_of(bytes));
		json_object_set_new(sid, "attributes",
				    json_integer((json_int_t)attributes));
		json_array_append_new(list, sid);
	}
	json_object_set_new(line->out, "sids", list);
}

void decode_query(struct line *line, struct sspi_span answer)
{
	const char *name = json_string_value(json_object_get(line->in, "attr"));
	u64 status = 1;

	/* What failed has told nothing, not even an empty list. */
	drive_find_u64(answer, DRIVE_STATUS, &status);
	if (status)
		return;
	switch (name_find(attr_names, name)->value) {
	case SECPKG_ATTR_SESSION_KEY:
		set_hex(line, "session_key", answer, DRIVE_SESSION_KEY);
		break;
	case SECPKG_ATTR_SIZES:
		decode_sizes(line, answer);
		break;
	case SECPKG_ATTR_NAMES:
		set_text(line, "user_name", answer, DRIVE_NAME);
		break;
	case SECPKG_ATTR_NATIVE_NAMES:
		set_text(line, "client_name", answer, DRIVE_NAME);
		set_text(line, "server_name", answer, DRIVE_NAME2);
		break;
	case SECPKG_ATTR_LIFESPAN:
		set_number(line, "start", answer, DRIVE_START);
		set_expiry(line, "expiry", answer, DRIVE_EXPIRY);
		break;
	case SECPKG_ATTR_FLAGS:
		decode_flags(line, answer);
		break;
	case SECPKG_ATTR_PACKAGE_INFO:
		decode_info(line, answer);
		break;
	case SECPKG_ATTR_NEGOTIATION_INFO:
		decode_negotiation(line, answer);
		break;
	case SECPKG_ATTR_KEY_INFO:
		set_text(line, "sign_algorithm", answer, DRIVE_NAME);
		set_text(line, "encrypt_algorithm", answer, DRIVE_NAME2);
		set_number(line, "key_size", answer, DRIVE_KEY_SIZE);
		break;
	case SECPKG_ATTR_NEGO_STATUS:
		decode_mechs(line, answer);
		break;
	case SECPKG_ATTR_CLIENT_SPECIFIED_TARGET:
		set_text(line, "target_name", answer, DRIVE_TARGET);
		break;
	case SSPI_ATTR_SIDS:
		decode_sids(line, answer);
		break;
	}
}

void encode_export(struct line *line)
{
	const char *name = get_text(line, line->in, "what", true);
	const struct flag_name *what = name ? name_find(exports, name) : NULL;

	put_number(line, line->in, "ctx", DRIVE_CTX, true, DRIVE_MAX_NUMBER);
	if (what)
		drive_put_u64(&line->w, DRIVE_WHAT, what->value);
	else
		refuse(line, "EINVAL", "unknown what");
}

void decode_export(struct line *line, struct sspi_span answer)
{
	set_hex(line, "session_key", answer, DRIVE_SESSION_KEY);
	set_hex(line, "send_sign_key", answer, DRIVE_SEND_SIGN);
	set_hex(line, "send_seal_key", answer, DRIVE_SEND_SEAL);
	set_hex(line, "recv_sign_key", answer, DRIVE_RECV_SIGN);
	set_hex(line, "recv_seal_key", answer, DRIVE_RECV_SEAL);
	set_number(line, "negotiate_flags", answer, DRIVE_NEG_FLAGS);
	set_number(line, "enctype", answer, DRIVE_TYPE);
	set_hex(line, "initiator_subkey", answer, DRIVE_SUBKEY);
	set_number(line, "initiator_enctype", answer, DRIVE_ENCTYPE);
	set_hex(line, "acceptor_subkey", answer, DRIVE_SUBKEY2);
	set_number(line, "acceptor_enctype", answer, DRIVE_ENCTYPE2);
	set_number(line, "send_seq", answer, DRIVE_SEND_SEQ);
	set_number(line, "recv_seq", answer, DRIVE_RECV_SEQ);
}
