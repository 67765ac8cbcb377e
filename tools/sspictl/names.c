// SPDX-License-Identifier: GPL-2.0-only
/* Names of numbers. */
#include <linux/types.h>
#include <string.h>

#include "sspictl.h"

typedef __u32 u32;
#include <linux/sspi_status.h>

static const char *name_of(const char *const *names, size_t count,
			   uint32_t value)
{
	return value < count && names[value] ? names[value] : "unknown";
}
#define NAME_OF(names, value) \
	name_of(names, sizeof(names) / sizeof(*(names)), value)

const char *service_name(uint32_t value)
{
	static const char *const names[] = {
		[KSSPI_SERVICE_KDC] = "kdc",
		[KSSPI_SERVICE_KPASSWD] = "kpasswd",
	};

	return NAME_OF(names, value);
}

const char *protocols_name(uint32_t value)
{
	static const char *const names[] = {
		[KSSPI_PROTOCOL_TCP] = "tcp",
		[KSSPI_PROTOCOL_UDP] = "udp",
		[KSSPI_PROTOCOL_TCP | KSSPI_PROTOCOL_UDP] = "any",
	};

	return NAME_OF(names, value);
}

const char *role_name(uint32_t value)
{
	static const char *const names[] = {
		[KSSPI_ROLE_INITIATOR] = "initiator",
		[KSSPI_ROLE_ACCEPTOR] = "acceptor",
	};

	return NAME_OF(names, value);
}

const char *state_name(uint32_t value)
{
	static const char *const names[] = {
		[KSSPI_STATE_NEW] = "new",
		[KSSPI_STATE_NEGOTIATING] = "negotiating",
		[KSSPI_STATE_ESTABLISHED] = "established",
		[KSSPI_STATE_FAILED] = "failed",
	};

	return NAME_OF(names, value);
}

const char *change_name(uint32_t value)
{
	static const char *const names[] = {
		[KSSPI_CHANGE_OBTAINED] = "obtained",
		[KSSPI_CHANGE_RENEWED] = "renewed",
		[KSSPI_CHANGE_EXPIRING] = "expiring",
	};

	return NAME_OF(names, value);
}

#define ROW(name, value, err, class) { #name, value },
static const struct {
	const char *name;
	uint32_t value;
} statuses[] = { SSPI_STATUS_LIST(ROW) };
#undef ROW

const char *status_name(uint32_t value)
{
	static char buf[16];
	size_t i;

	for (i = 0; i < sizeof(statuses) / sizeof(*statuses); i++)
		if (statuses[i].value == value)
			return statuses[i].name;
	snprintf(buf, sizeof(buf), "%#010x", value);
	return buf;
}

/* RFC 3961, 3962, 6803, 8009, 4757. */
const char *enctype_name(uint32_t value)
{
	static const char *const names[] = {
		[16] = "des3-cbc-sha1-kd",
		[17] = "aes128-cts-hmac-sha1-96",
		[18] = "aes256-cts-hmac-sha1-96",
		[19] = "aes128-cts-hmac-sha256-128",
		[20] = "aes256-cts-hmac-sha384-192",
		[23] = "rc4-hmac",
		[25] = "camellia128-cts-cmac",
		[26] = "camellia256-cts-cmac",
	};

	return NAME_OF(names, value);
}

/* RFC 4120 5.3 and RFC 6806, with the letters of MIT's klist. */
void ticket_flags(uint32_t flags, char *buf, size_t room)
{
	static const struct {
		unsigned int bit;
		char letter;
	} letters[] = {
		{ 1, 'F' },  { 2, 'f' },  { 3, 'P' },  { 4, 'p' },  { 5, 'D' },
		{ 6, 'd' },  { 7, 'i' },  { 8, 'R' },  { 9, 'I' },  { 10, 'A' },
		{ 11, 'H' }, { 12, 'T' }, { 13, 'O' }, { 14, 'a' },
	};
	size_t i, n = 0;

	for (i = 0; i < sizeof(letters) / sizeof(*letters) && n + 1 < room; i++)
		if (flags & 1u << (31 - letters[i].bit))
			buf[n++] = letters[i].letter;
	buf[n] = '\0';
}
