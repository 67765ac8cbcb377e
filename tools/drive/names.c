// SPDX-License-Identifier: GPL-2.0-only
/* Names of flags, attributes and buffer types, as the page spells them. */
#include <stddef.h>
#include <string.h>

#include "drive.h"

#define F(x)                    \
	{                       \
#x, ISC_REQ_##x \
	}
const struct flag_name isc_req_names[] = {
	F(DELEGATE),
	F(MUTUAL_AUTH),
	F(REPLAY_DETECT),
	F(SEQUENCE_DETECT),
	F(CONFIDENTIALITY),
	F(USE_SESSION_KEY),
	F(PROMPT_FOR_CREDS),
	F(USE_SUPPLIED_CREDS),
	F(ALLOCATE_MEMORY),
	F(USE_DCE_STYLE),
	F(DATAGRAM),
	F(CONNECTION),
	F(CALL_LEVEL),
	F(FRAGMENT_SUPPLIED),
	F(EXTENDED_ERROR),
	F(STREAM),
	F(INTEGRITY),
	F(IDENTIFY),
	F(NULL_SESSION),
	F(MANUAL_CRED_VALIDATION),
	F(RESERVED1),
	F(FRAGMENT_TO_FIT),
	F(FORWARD_CREDENTIALS),
	F(NO_INTEGRITY),
	F(USE_HTTP_STYLE),
	F(UNVERIFIED_TARGET_NAME),
	F(CONFIDENTIALITY_ONLY),
	F(MESSAGES),
	F(DEFERRED_CRED_VALIDATION),
	F(NO_POST_HANDSHAKE_AUTH),
	{ NULL, 0 },
};
#undef F

#define F(x)                    \
	{                       \
#x, ASC_REQ_##x \
	}
const struct flag_name asc_req_names[] = {
	F(DELEGATE),
	F(MUTUAL_AUTH),
	F(REPLAY_DETECT),
	F(SEQUENCE_DETECT),
	F(CONFIDENTIALITY),
	F(USE_SESSION_KEY),
	F(SESSION_TICKET),
	F(ALLOCATE_MEMORY),
	F(USE_DCE_STYLE),
	F(DATAGRAM),
	F(CONNECTION),
	F(CALL_LEVEL),
	F(FRAGMENT_SUPPLIED),
	F(EXTENDED_ERROR),
	F(STREAM),
	F(INTEGRITY),
	F(LICENSING),
	F(IDENTIFY),
	F(ALLOW_NULL_SESSION),
	F(ALLOW_NON_USER_LOGONS),
	F(ALLOW_CONTEXT_REPLAY),
	F(FRAGMENT_TO_FIT),
	F(NO_TOKEN),
	F(PROXY_BINDINGS),
	F(ALLOW_MISSING_BINDINGS),
	F(MESSAGES),
	{ NULL, 0 },
};
#undef F

#define F(x)                    \
	{                       \
#x, ISC_RET_##x \
	}
const struct flag_name isc_ret_names[] = {
	F(DELEGATE),
	F(MUTUAL_AUTH),
	F(REPLAY_DETECT),
	F(SEQUENCE_DETECT),
	F(CONFIDENTIALITY),
	F(USE_SESSION_KEY),
	F(USED_COLLECTED_CREDS),
	F(USED_SUPPLIED_CREDS),
	F(ALLOCATED_MEMORY),
	F(USED_DCE_STYLE),
	F(DATAGRAM),
	F(CONNECTION),
	F(INTERMEDIATE_RETURN),
	F(CALL_LEVEL),
	F(EXTENDED_ERROR),
	F(STREAM),
	F(INTEGRITY),
	F(IDENTIFY),
	F(NULL_SESSION),
	F(MANUAL_CRED_VALIDATION),
	F(RESERVED1),
	F(FRAGMENT_ONLY),
	F(FORWARD_CREDENTIALS),
	F(USED_HTTP_STYLE),
	F(NO_ADDITIONAL_TOKEN),
	F(REAUTHENTICATION),
	F(CONFIDENTIALITY_ONLY),
	F(MESSAGES),
	F(DEFERRED_CRED_VALIDATION),
	F(NO_POST_HANDSHAKE_AUTH),
	{ NULL, 0 },
};
#undef F

#define F(x)                    \
	{                       \
#x, ASC_RET_##x \
	}
const struct flag_name asc_ret_names[] = {
	F(DELEGATE),
	F(MUTUAL_AUTH),
	F(REPLAY_DETECT),
	F(SEQUENCE_DETECT),
	F(CONFIDENTIALITY),
	F(USE_SESSION_KEY),
	F(SESSION_TICKET),
	F(ALLOCATED_MEMORY),
	F(USED_DCE_STYLE),
	F(DATAGRAM),
	F(CONNECTION),
	F(CALL_LEVEL),
	F(THIRD_LEG_FAILED),
	F(EXTENDED_ERROR),
	F(STREAM),
	F(INTEGRITY),
	F(LICENSING),
	F(IDENTIFY),
	F(NULL_SESSION),
	F(ALLOW_NON_USER_LOGONS),
	F(ALLOW_CONTEXT_REPLAY),
	F(FRAGMENT_ONLY),
	F(NO_TOKEN),
	F(NO_ADDITIONAL_TOKEN),
	F(MESSAGES),
	{ NULL, 0 },
};
#undef F

#define F(x)                        \
	{                           \
#x, SECPKG_ATTR_##x \
	}
const struct flag_name attr_names[] = {
	F(SESSION_KEY),
	F(SIZES),
	F(STREAM_SIZES),
	F(NAMES),
	F(NATIVE_NAMES),
	F(LIFESPAN),
	F(FLAGS),
	F(PACKAGE_INFO),
	F(NEGOTIATION_INFO),
	F(KEY_INFO),
	F(CLIENT_SPECIFIED_TARGET),
	{ "SIDS", SSPI_ATTR_SIDS },
	F(NEGO_STATUS),
	{ NULL, 0 },
};
#undef F

#define F(x)                      \
	{                         \
#x, SECBUFFER_##x \
	}
const struct flag_name buffer_names[] = {
	F(TOKEN),	  F(DATA),	     F(PADDING), F(STREAM),   F(EXTRA),
	F(STREAM_HEADER), F(STREAM_TRAILER), F(EMPTY),	 { NULL, 0 },
};
#undef F

const struct flag_name *name_find(const struct flag_name *list,
				  const char *name)
{
	for (; list->name; list++) {
		if (strcmp(list->name, name) == 0)
			return list;
	}
	return NULL;
}

const char *name_of(const struct flag_name *list, unsigned long long value)
{
	for (; list->name; list++) {
		if (list->value == value)
			return list->name;
	}
	return NULL;
}

/* A flag without a name is printed as its number: nothing is left out. */
json_t *names_of_flags(const struct flag_name *list, unsigned long long flags)
{
	json_t *names = json_array();
	unsigned long long bit;
	const char *name;

	for (bit = 1; bit; bit <<= 1) {
		if (!(flags & bit))
			continue;
		name = name_of(list, bit);
		json_array_append_new(names,
				      name ? json_string(name) :
					     json_sprintf("0x%llx", bit));
	}
	return names;
}
