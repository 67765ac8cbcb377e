// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bad messages to the family: nlfuzz [COUNT [SEED]]
 *
 * First a list of messages that have to be refused, each with its error; then
 * COUNT random ones, each of which has to be answered, and after each hundred
 * the family has to answer a sound one. Prints KTAP.
 */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/ksspi.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct mnl_socket *sock;
static uint16_t family;
static uint32_t sequence;
static char buf[16384], answer[65536];
static unsigned int tests, failures, entries;

static void report(bool good, const char *what)
{
	printf("    %s %u %s\n", good ? "ok" : "not ok", ++tests, what);
	failures += !good;
}

static struct nlmsghdr *begin(uint16_t type, uint8_t command, uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = ++sequence;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = command;
	genl->version = KSSPI_FAMILY_VERSION;
	return nlh;
}

static int take(const struct nlmsghdr *nlh, void *priv)
{
	const struct nlattr *attr;

	(void)priv;
	entries++;
	if (nlh->nlmsg_type != GENL_ID_CTRL)
		return MNL_CB_OK;
	mnl_attr_for_each(
		attr, nlh,
		sizeof(struct genlmsghdr)) if (mnl_attr_get_type(attr) ==
					       CTRL_ATTR_FAMILY_ID)
		family = mnl_attr_get_u16(attr);
	return MNL_CB_OK;
}

/* The error that a message is answered with, 0 for none; -1: no answer. */
static int ask(const struct nlmsghdr *nlh)
{
	struct pollfd fd = { .fd = mnl_socket_get_fd(sock), .events = POLLIN };
	ssize_t len;
	int more;

	if (mnl_socket_sendto(sock, nlh, nlh->nlmsg_len) < 0)
		return errno;
	for (;;) {
		if (poll(&fd, 1, 20000) != 1)
			return -1;
		len = mnl_socket_recvfrom(sock, answer, sizeof(answer));
		if (len < 0)
			return errno;
		more = mnl_cb_run(answer, len, nlh->nlmsg_seq, 0, take, NULL);
		if (more < 0)
			return errno;
		if (more == MNL_CB_STOP)
			return 0;
	}
}

static bool alive(void)
{
	return ask(begin(family, KSSPI_CMD_STATUS_GET, NLM_F_ACK)) == 0;
}

enum damage {
	SOUND,
	NO_NAME,
	NO_HOST,
	EMPTY_NAME,
	EMPTY_HOST,
	LONG_NAME,
	LONG_HOST,
	NO_NUL,
	CONTROL,
	SERVICE,
	SERVICE_SHORT,
	PROTOCOL,
	PROTOCOL_NONE,
	PORT_ZERO,
	PORT_SHORT,
	PORT_LONG,
	UNKNOWN,
	NESTED,
	TRUNCATED,
	DAMAGES,
};

static const struct {
	const char *what;
	int wanted; /* 0: any error */
} damages[DAMAGES] = {
	[SOUND] = { "a sound one is taken", 0 },
	[NO_NAME] = { "without the realm", EINVAL },
	[NO_HOST] = { "without the host", EINVAL },
	[EMPTY_NAME] = { "an empty realm", EINVAL },
	[EMPTY_HOST] = { "an empty host", EINVAL },
	[LONG_NAME] = { "a realm of 256 bytes", EINVAL },
	[LONG_HOST] = { "a host of 256 bytes", EINVAL },
	[NO_NUL] = { "a realm without its NUL", EINVAL },
	[CONTROL] = { "a realm with an escape in it", EINVAL },
	[SERVICE] = { "a service that there is not", ERANGE },
	[SERVICE_SHORT] = { "a service of two bytes", EINVAL },
	[PROTOCOL] = { "a protocol that there is not", EINVAL },
	[PROTOCOL_NONE] = { "no protocol at all", EINVAL },
	[PORT_ZERO] = { "port 0", ERANGE },
	[PORT_SHORT] = { "a port of one byte", EINVAL },
	[PORT_LONG] = { "a port of four bytes", EINVAL },
	[UNKNOWN] = { "an attribute that there is not", EINVAL },
	[NESTED] = { "a realm that is a nest", EINVAL },
	[TRUNCATED] = { "an attribute that ends after the message", EINVAL },
};

static void put_name(struct nlmsghdr *nlh, enum damage damage)
{
	char name[300];

	memset(name, 'A', sizeof(name));
	if (damage == NO_NAME)
		return;
	if (damage == EMPTY_NAME)
		mnl_attr_put_strz(nlh, KSSPI_A_REALM_NAME, "");
	else if (damage == LONG_NAME)
		mnl_attr_put(nlh, KSSPI_A_REALM_NAME, 256, name);
	else if (damage == NO_NUL)
		mnl_attr_put(nlh, KSSPI_A_REALM_NAME, 12, name);
	else if (damage == CONTROL)
		mnl_attr_put_strz(nlh, KSSPI_A_REALM_NAME, "A\033[2J");
	else if (damage == NESTED)
		mnl_attr_put_strz(nlh, KSSPI_A_REALM_NAME | NLA_F_NESTED,
				  "FUZZ.TEST");
	else
		mnl_attr_put_strz(nlh, KSSPI_A_REALM_NAME, "FUZZ.TEST");
}

static void put_host(struct nlmsghdr *nlh, enum damage damage)
{
	char host[300];

	memset(host, 'a', sizeof(host));
	if (damage == NO_HOST)
		return;
	if (damage == EMPTY_HOST)
		mnl_attr_put_strz(nlh, KSSPI_A_REALM_HOST, "");
	else if (damage == LONG_HOST)
		mnl_attr_put(nlh, KSSPI_A_REALM_HOST, 256, host);
	else
		mnl_attr_put_strz(nlh, KSSPI_A_REALM_HOST, "192.0.2.1");
}

static void put_numbers(struct nlmsghdr *nlh, enum damage damage)
{
	static const uint8_t zeros[4] = { 1, 0, 0, 0 };

	if (damage == SERVICE)
		mnl_attr_put_u32(nlh, KSSPI_A_REALM_SERVICE, 2);
	if (damage == SERVICE_SHORT)
		mnl_attr_put(nlh, KSSPI_A_REALM_SERVICE, 2, zeros);
	if (damage == PROTOCOL)
		mnl_attr_put_u32(nlh, KSSPI_A_REALM_PROTOCOLS, 4);
	if (damage == PROTOCOL_NONE)
		mnl_attr_put_u32(nlh, KSSPI_A_REALM_PROTOCOLS, 0);
	if (damage == PORT_ZERO)
		mnl_attr_put_u16(nlh, KSSPI_A_REALM_PORT, 0);
	if (damage == PORT_SHORT)
		mnl_attr_put(nlh, KSSPI_A_REALM_PORT, 1, zeros);
	if (damage == PORT_LONG)
		mnl_attr_put(nlh, KSSPI_A_REALM_PORT, 4, zeros);
	if (damage == UNKNOWN)
		mnl_attr_put_u32(nlh, KSSPI_A_REALM_MAX + 9, 0);
}

static void damaged(enum damage damage)
{
	struct nlmsghdr *nlh = begin(family, KSSPI_CMD_REALM_ADD, NLM_F_ACK);
	char what[160];
	bool good;
	int error;

	put_name(nlh, damage);
	put_host(nlh, damage);
	put_numbers(nlh, damage);
	if (damage == TRUNCATED)
		((struct nlattr *)mnl_nlmsg_get_payload_offset(
			 nlh, sizeof(struct genlmsghdr)))
			->nla_len = 500;
	error = ask(nlh);
	good = damage == SOUND ? error == 0 : error == damages[damage].wanted;
	snprintf(what, sizeof(what), "realm-add: %s (%s)", damages[damage].what,
		 error < 0 ? "no answer" : strerror(error));
	report(good, what);
}

/* What is for dumps is not done, and the other way round. */
static void wrong_form(void)
{
	report(ask(begin(family, KSSPI_CMD_CONTEXT_GET, NLM_F_ACK)) ==
		       EOPNOTSUPP,
	       "context-get is for dumps only");
	report(ask(begin(family, KSSPI_CMD_REALM_ADD, NLM_F_DUMP)) ==
		       EOPNOTSUPP,
	       "realm-add is no dump");
	report(ask(begin(family, KSSPI_CMD_MAX + 1, NLM_F_ACK)) == EOPNOTSUPP,
	       "a command that there is not");
	report(ask(begin(family, KSSPI_CMD_FAILURE_NTF, NLM_F_ACK)) ==
		       EOPNOTSUPP,
	       "an event is no command");
}

static int change_realm(uint8_t command, unsigned int i)
{
	struct nlmsghdr *nlh = begin(family, command, NLM_F_ACK);
	char name[32];

	snprintf(name, sizeof(name), "REALM%u.TEST", i);
	mnl_attr_put_strz(nlh, KSSPI_A_REALM_NAME, name);
	if (command == KSSPI_CMD_REALM_ADD)
		mnl_attr_put_strz(nlh, KSSPI_A_REALM_HOST, "2001:db8::1");
	return ask(nlh);
}

/* More realms than there may be; the list of them takes several messages. */
static void many(void)
{
	unsigned int i, added = 0, gone = 0;
	char what[80];
	int error = 0;

	for (i = 0; i < 2000 && !error; i++) {
		error = change_realm(KSSPI_CMD_REALM_ADD, i);
		added += !error;
	}
	snprintf(what, sizeof(what), "%u realms, then no more (%s)", added,
		 strerror(error));
	report(added > 100 && error == ENOSPC, what);
	entries = 0;
	ask(begin(family, KSSPI_CMD_REALM_GET, NLM_F_DUMP));
	snprintf(what, sizeof(what), "%u of them are listed", entries);
	/* and the one of before */
	report(entries == added + 1, what);
	for (i = 0; i < added; i++)
		gone += !change_realm(KSSPI_CMD_REALM_DEL, i);
	report(gone == added, "each can be taken away");
}

static uint64_t state;

static uint32_t draw(uint32_t below)
{
	state = state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(state >> 33) % below;
}

/* Attributes, or bytes in place of them. */
static void put_random(struct nlmsghdr *nlh)
{
	static const uint16_t lens[] = { 0, 1,	2,   3,	  4,   5,
					 8, 12, 255, 256, 257, 1024 };
	uint8_t bytes[1024];
	uint32_t i, n = draw(8);

	while (n--) {
		uint16_t len = lens[draw(sizeof(lens) / sizeof(*lens))];
		uint16_t type = draw(KSSPI_A_TICKET_MAX + 3);

		for (i = 0; i < len; i++)
			bytes[i] = draw(4) ? (uint8_t) "AB.1:0\0/"[draw(8)] :
					     draw(256);
		if (draw(8) == 0)
			type |= draw(2) ? NLA_F_NESTED : NLA_F_NET_BYTEORDER;
		mnl_attr_put(nlh, type, len, bytes);
		if (draw(16) == 0)
			((struct nlattr *)((char *)mnl_nlmsg_get_payload_tail(
						   nlh) -
					   MNL_ALIGN(len) - MNL_ATTR_HDRLEN))
				->nla_len = draw(65536);
	}
	if (draw(32) == 0)
		nlh->nlmsg_len -= draw(4) * 4 % (nlh->nlmsg_len - 19);
}

static void random_messages(unsigned int count)
{
	unsigned int i, taken = 0, dead = 0, silent = 0;
	char what[120];

	for (i = 0; i < count; i++) {
		static const uint16_t forms[] = { NLM_F_ACK, NLM_F_DUMP,
						  NLM_F_ACK | NLM_F_DUMP };
		struct nlmsghdr *nlh =
			begin(family, draw(KSSPI_CMD_MAX + 3), forms[draw(3)]);
		int error;

		put_random(nlh);
		error = ask(nlh);
		taken += error == 0;
		silent += error < 0;
		if (i % 100 == 99)
			dead += !alive();
	}
	snprintf(what, sizeof(what),
		 "%u random messages, %u taken, %u not answered", count, taken,
		 silent);
	report(!silent && taken && taken < count, what);
	report(!dead && alive(), "the family goes on answering");
}

int main(int argc, char **argv)
{
	unsigned int count = argc > 1 ? strtoul(argv[1], NULL, 10) : 10000;
	struct nlmsghdr *nlh;
	int i;

	state = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
	sock = mnl_socket_open(NETLINK_GENERIC);
	if (!sock || mnl_socket_bind(sock, 0, MNL_SOCKET_AUTOPID) < 0)
		return 2;
	nlh = begin(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, NLM_F_ACK);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, KSSPI_FAMILY_NAME);
	ask(nlh);
	report(family != 0, "there is a family");
	for (i = 0; i < DAMAGES; i++)
		damaged(i);
	wrong_form();
	many();
	random_messages(count);
	mnl_socket_close(sock);
	printf("nlfuzz: %u of %u failed\n", failures, tests);
	return failures != 0;
}
