// SPDX-License-Identifier: GPL-2.0-only
/* From messages of the kernel to JSON. */
#include <stdlib.h>
#include <string.h>

#include "sspictl.h"

const struct field realm_fields[KSSPI_A_REALM_MAX + 1] = {
	[KSSPI_A_REALM_NAME] = { "realm", FIELD_STRING },
	[KSSPI_A_REALM_SERVICE] = { "service", FIELD_NAME, service_name },
	[KSSPI_A_REALM_PROTOCOLS] = { "protocols", FIELD_NAME, protocols_name },
	[KSSPI_A_REALM_HOST] = { "host", FIELD_STRING },
	[KSSPI_A_REALM_PORT] = { "port", FIELD_U16 },
	[KSSPI_A_REALM_ASKED] = { "asked", FIELD_U64 },
	[KSSPI_A_REALM_ANSWERED] = { "answered", FIELD_U64 },
	[KSSPI_A_REALM_FAILED] = { "failed", FIELD_U64 },
	[KSSPI_A_REALM_RTT] = { "rtt_us", FIELD_U32 },
	[KSSPI_A_REALM_PREFERRED] = { "preferred", FIELD_FLAG },
};

const struct field ticket_fields[KSSPI_A_TICKET_MAX + 1] = {
	[KSSPI_A_TICKET_PACKAGE] = { "package", FIELD_STRING },
	[KSSPI_A_TICKET_OWNER] = { "owner", FIELD_STRING },
	[KSSPI_A_TICKET_CLIENT] = { "client", FIELD_STRING },
	[KSSPI_A_TICKET_SERVER] = { "server", FIELD_STRING },
	[KSSPI_A_TICKET_ENCTYPE] = { "enctype", FIELD_S32 },
	[KSSPI_A_TICKET_FLAGS] = { "flags", FIELD_U32 },
	[KSSPI_A_TICKET_STARTTIME] = { "starttime", FIELD_S64 },
	[KSSPI_A_TICKET_ENDTIME] = { "endtime", FIELD_S64 },
	[KSSPI_A_TICKET_RENEW_TILL] = { "renew_till", FIELD_S64 },
	[KSSPI_A_TICKET_CHANGE] = { "change", FIELD_NAME, change_name },
};

const struct field context_fields[KSSPI_A_CONTEXT_MAX + 1] = {
	[KSSPI_A_CONTEXT_PACKAGE] = { "package", FIELD_STRING },
	[KSSPI_A_CONTEXT_OWNER] = { "owner", FIELD_STRING },
	[KSSPI_A_CONTEXT_ROLE] = { "role", FIELD_NAME, role_name },
	[KSSPI_A_CONTEXT_STATE] = { "state", FIELD_NAME, state_name },
	[KSSPI_A_CONTEXT_AGE] = { "age", FIELD_U32 },
	[KSSPI_A_CONTEXT_CLIENT] = { "client", FIELD_STRING },
	[KSSPI_A_CONTEXT_SERVER] = { "server", FIELD_STRING },
	[KSSPI_A_CONTEXT_STATUS] = { "status", FIELD_STATUS },
};

static const struct field package_fields[KSSPI_A_PACKAGE_MAX + 1] = {
	[KSSPI_A_PACKAGE_NAME] = { "name", FIELD_STRING },
	[KSSPI_A_PACKAGE_COMMENT] = { "comment", FIELD_STRING },
};

const struct field status_fields[KSSPI_A_STATUS_MAX + 1] = {
	[KSSPI_A_STATUS_VERSION] = { "version", FIELD_STRING },
	[KSSPI_A_STATUS_FIPS] = { "fips", FIELD_FLAG },
	[KSSPI_A_STATUS_PACKAGE] = { "packages", FIELD_NEST, NULL,
				     package_fields, KSSPI_A_PACKAGE_MAX },
	[KSSPI_A_STATUS_REALMS] = { "realms", FIELD_U32 },
	[KSSPI_A_STATUS_FAILURES] = { "failures", FIELD_U32 },
	[KSSPI_A_STATUS_EVENTS_DROPPED] = { "events_dropped", FIELD_U64 },
};

const struct field counter_fields[KSSPI_A_COUNTER_MAX + 1] = {
	[KSSPI_A_COUNTER_REALM] = { "realm", FIELD_STRING },
	[KSSPI_A_COUNTER_NAME] = { "name", FIELD_STRING },
	[KSSPI_A_COUNTER_VALUE] = { "value", FIELD_U64 },
};

const struct field failure_fields[KSSPI_A_FAILURE_MAX + 1] = {
	[KSSPI_A_FAILURE_TARGET] = { "target", FIELD_STRING },
	[KSSPI_A_FAILURE_PACKAGE] = { "package", FIELD_STRING },
	[KSSPI_A_FAILURE_WHAT] = { "what", FIELD_STRING },
	[KSSPI_A_FAILURE_REASON] = { "reason", FIELD_STRING },
	[KSSPI_A_FAILURE_DETAIL] = { "detail", FIELD_STRING },
	[KSSPI_A_FAILURE_STATUS] = { "status", FIELD_STATUS },
	[KSSPI_A_FAILURE_OWNER] = { "owner", FIELD_STRING },
	[KSSPI_A_FAILURE_KDC] = { "kdc", FIELD_STRING },
	[KSSPI_A_FAILURE_ERROR] = { "error", FIELD_ERRNO },
	[KSSPI_A_FAILURE_TIME] = { "time", FIELD_S64 },
	[KSSPI_A_FAILURE_COUNT] = { "count", FIELD_U32 },
};

const struct field kdc_fields[KSSPI_A_KDC_MAX + 1] = {
	[KSSPI_A_KDC_REALM] = { "realm", FIELD_STRING },
	[KSSPI_A_KDC_SERVER] = { "server", FIELD_STRING },
	[KSSPI_A_KDC_ERROR] = { "error", FIELD_ERRNO },
	[KSSPI_A_KDC_NEXT] = { "next", FIELD_STRING },
};

/*
 * A name may come from the network: what a terminal would obey, or JSON cannot
 * hold, is spelled out.
 */
static json_t *clean_string(const char *text)
{
	json_t *value = json_string(text);
	bool plain = value != NULL;
	const unsigned char *p;
	char *copy, *to;

	for (p = (const unsigned char *)text; *p && plain; p++)
		plain = *p >= ' ' && *p != 0x7f &&
			!(*p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0);
	if (plain)
		return value;
	json_decref(value);
	copy = malloc(4 * strlen(text) + 1);
	if (!copy)
		die(EXIT_FAILED, "no memory");
	for (to = copy, p = (const unsigned char *)text; *p; p++) {
		if (*p >= ' ' && *p < 0x7f && *p != '\\')
			*to++ = *p;
		else
			to += sprintf(to, "\\x%02x", *p);
	}
	*to = '\0';
	value = json_string(copy);
	free(copy);
	return value;
}

/* Whether an attribute is what its field says it is. */
static bool fits(const struct nlattr *attr, const struct field *field)
{
	static const enum mnl_attr_data_type types[] = {
		[FIELD_STRING] = MNL_TYPE_NUL_STRING,
		[FIELD_U16] = MNL_TYPE_U16,
		[FIELD_U32] = MNL_TYPE_U32,
		[FIELD_S32] = MNL_TYPE_U32,
		[FIELD_U64] = MNL_TYPE_U64,
		[FIELD_S64] = MNL_TYPE_U64,
		[FIELD_FLAG] = MNL_TYPE_FLAG,
		[FIELD_NAME] = MNL_TYPE_U32,
		[FIELD_ERRNO] = MNL_TYPE_U32,
		[FIELD_STATUS] = MNL_TYPE_U32,
		[FIELD_NEST] = MNL_TYPE_NESTED,
	};

	return mnl_attr_validate(attr, types[field->type]) >= 0;
}

static json_t *decode_attrs(const struct nlattr *first, const char *end,
			    const struct field *fields, uint16_t max);

static json_t *value_of(const struct nlattr *attr, const struct field *field)
{
	switch (field->type) {
	case FIELD_STRING:
		return clean_string(mnl_attr_get_str(attr));
	case FIELD_U16:
		return json_integer(mnl_attr_get_u16(attr));
	case FIELD_U32:
		return json_integer(mnl_attr_get_u32(attr));
	case FIELD_S32:
		return json_integer((int32_t)mnl_attr_get_u32(attr));
	case FIELD_U64:
	case FIELD_S64:
		return json_integer((int64_t)mnl_attr_get_u64(attr));
	case FIELD_FLAG:
		return json_true();
	case FIELD_NAME:
		return json_string(field->text(mnl_attr_get_u32(attr)));
	case FIELD_ERRNO:
		return json_string(strerror(-(int32_t)mnl_attr_get_u32(attr)));
	case FIELD_STATUS:
		return json_string(status_name(mnl_attr_get_u32(attr)));
	case FIELD_NEST:
		return decode_attrs(mnl_attr_get_payload(attr),
				    (char *)mnl_attr_get_payload(attr) +
					    mnl_attr_get_payload_len(attr),
				    field->nest, field->nest_max);
	}
	return NULL;
}

static void add_value(json_t *object, const struct field *field, json_t *value)
{
	json_t *list;

	if (field->type != FIELD_NEST) {
		json_object_set_new(object, field->name, value);
		return;
	}
	list = json_object_get(object, field->name);
	if (!list) {
		list = json_array();
		json_object_set_new(object, field->name, list);
	}
	json_array_append_new(list, value);
}

static json_t *decode_attrs(const struct nlattr *first, const char *end,
			    const struct field *fields, uint16_t max)
{
	const struct nlattr *attr = first;
	json_t *object = json_object();

	for (; mnl_attr_ok(attr, end - (const char *)attr);
	     attr = mnl_attr_next(attr)) {
		uint16_t type = mnl_attr_get_type(attr);

		/* A newer kernel may say more. */
		if (type > max || !fields[type].name)
			continue;
		if (!fits(attr, &fields[type]))
			die(EXIT_FAILED,
			    "attribute %s of the kernel is malformed",
			    fields[type].name);
		add_value(object, &fields[type], value_of(attr, &fields[type]));
	}
	return object;
}

json_t *decode(const struct nlmsghdr *nlh, const struct field *fields,
	       uint16_t max)
{
	return decode_attrs(
		mnl_nlmsg_get_payload_offset(nlh, sizeof(struct genlmsghdr)),
		mnl_nlmsg_get_payload_tail(nlh), fields, max);
}

struct rows {
	json_t *list;
	const struct field *fields;
	uint16_t max;
};

static void add_row(const struct nlmsghdr *nlh, void *priv)
{
	struct rows *rows = priv;

	json_array_append_new(rows->list, decode(nlh, rows->fields, rows->max));
}

/* All messages that a request is answered with. */
json_t *dump(struct request *req, const struct field *fields, uint16_t max)
{
	struct rows rows = { json_array(), fields, max };

	request_send(req, add_row, &rows);
	return rows.list;
}
