// SPDX-License-Identifier: GPL-2.0-only
/* Realms and their servers: adding, taking away, listing. */
#include <linux/inet.h>
#include <net/sock.h>

#include "netlink/netlink.h"
#include "transport/realm.h"

/* What is in a name goes to logs and terminals. */
static bool plain_text(const char *text)
{
	for (; *text; text++)
		if ((u8)*text <= ' ' || (u8)*text == 0x7f)
			return false;
	return true;
}

/* The server that the attributes speak of. */
static int parse_server(struct genl_info *info,
			struct sspi_realm_server *server)
{
	struct nlattr **attrs = info->attrs;

	if (!attrs[KSSPI_A_REALM_NAME]) {
		NL_SET_ERR_MSG(info->extack, "the name of the realm is missing");
		return -EINVAL;
	}
	server->realm = nla_data(attrs[KSSPI_A_REALM_NAME]);
	if (attrs[KSSPI_A_REALM_HOST])
		server->host = nla_data(attrs[KSSPI_A_REALM_HOST]);
	if (!*server->realm || !plain_text(server->realm)) {
		NL_SET_ERR_MSG_ATTR(info->extack, attrs[KSSPI_A_REALM_NAME],
				    "not the name of a realm");
		return -EINVAL;
	}
	if (server->host && (!*server->host || !plain_text(server->host))) {
		NL_SET_ERR_MSG_ATTR(info->extack, attrs[KSSPI_A_REALM_HOST],
				    "not an address or the name of a host");
		return -EINVAL;
	}
	server->service = SSPI_IO_KDC;
	if (attrs[KSSPI_A_REALM_SERVICE] &&
	    nla_get_u32(attrs[KSSPI_A_REALM_SERVICE]) == KSSPI_SERVICE_KPASSWD)
		server->service = SSPI_IO_KPASSWD;
	if (attrs[KSSPI_A_REALM_PORT])
		server->port = nla_get_u16(attrs[KSSPI_A_REALM_PORT]);
	return 0;
}

static int add_failed(struct genl_info *info, int err)
{
	switch (err) {
	case -EEXIST:
		NL_SET_ERR_MSG(info->extack, "the realm has this server already");
		break;
	case -ENOSPC:
		NL_SET_ERR_MSG(info->extack, "too many realms, or servers of one");
		break;
	case -EOPNOTSUPP:
		NL_SET_ERR_MSG(info->extack, "this kernel resolves no names: give an address");
		break;
	case -EINVAL:
		NL_SET_ERR_MSG(info->extack, "not a server: the name, the address or the protocol");
		break;
	}
	return err;
}

int ksspi_nl_realm_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *protocols = info->attrs[KSSPI_A_REALM_PROTOCOLS];
	struct sspi_realm_server server = { .protocols = SSPI_REALM_TCP };
	int err;

	err = parse_server(info, &server);
	if (err)
		return err;
	if (!server.host) {
		NL_SET_ERR_MSG(info->extack, "the host of the server is missing");
		return -EINVAL;
	}
	if (protocols) {
		u32 bits = nla_get_u32(protocols);

		server.protocols =
			(bits & KSSPI_PROTOCOL_TCP ? SSPI_REALM_TCP : 0) |
			(bits & KSSPI_PROTOCOL_UDP ? SSPI_REALM_UDP : 0);
	}
	err = sspi_realm_add(genl_info_net(info), &server);
	return err ? add_failed(info, err) : 0;
}

int ksspi_nl_realm_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sspi_realm_server match = {};
	int err;

	err = parse_server(info, &match);
	if (err)
		return err;
	err = sspi_realm_del(genl_info_net(info), &match);
	if (err == -ENOENT)
		NL_SET_ERR_MSG(info->extack, "no such realm or server");
	return min(err, 0);
}

/**
 * struct realm_dump - a dump that is under way
 * @skb: where it goes
 * @cb: what was asked
 * @realm: the only one wanted, or NULL
 * @index: of the server that is looked at
 */
struct realm_dump {
	struct sk_buff *skb;
	struct netlink_callback *cb;
	const char *realm;
	unsigned long index;
};

/* The name, or the address as text. */
static int put_host(struct sk_buff *skb, const struct sspi_realm_server *server)
{
	char text[INET6_ADDRSTRLEN + 16];

	if (server->host)
		return sspi_nl_put_text(skb, KSSPI_A_REALM_HOST, server->host);
	snprintf(text, sizeof(text), "%pISc", &server->addr);
	return sspi_nl_put_text(skb, KSSPI_A_REALM_HOST, text);
}

static int put_server(struct sk_buff *skb,
		      const struct sspi_realm_server *server,
		      const struct sspi_server_stats *stats)
{
	u32 service = server->service == SSPI_IO_KPASSWD ?
			      KSSPI_SERVICE_KPASSWD : KSSPI_SERVICE_KDC;
	u32 protocols =
		(server->protocols & SSPI_REALM_TCP ? KSSPI_PROTOCOL_TCP : 0) |
		(server->protocols & SSPI_REALM_UDP ? KSSPI_PROTOCOL_UDP : 0);

	if (sspi_nl_put_text(skb, KSSPI_A_REALM_NAME, server->realm) ||
	    nla_put_u32(skb, KSSPI_A_REALM_SERVICE, service) ||
	    nla_put_u32(skb, KSSPI_A_REALM_PROTOCOLS, protocols) ||
	    put_host(skb, server) ||
	    nla_put_u16(skb, KSSPI_A_REALM_PORT, server->port) ||
	    nla_put_u64_64bit(skb, KSSPI_A_REALM_ASKED, stats->asked,
			      KSSPI_A_REALM_PAD) ||
	    nla_put_u64_64bit(skb, KSSPI_A_REALM_ANSWERED, stats->answered,
			      KSSPI_A_REALM_PAD) ||
	    nla_put_u64_64bit(skb, KSSPI_A_REALM_FAILED, stats->failed,
			      KSSPI_A_REALM_PAD) ||
	    nla_put_u32(skb, KSSPI_A_REALM_RTT, stats->rtt_us) ||
	    (stats->preferred && nla_put_flag(skb, KSSPI_A_REALM_PREFERRED)))
		return -EMSGSIZE;
	return 0;
}

static int dump_server(const struct sspi_realm_server *server,
		       const struct sspi_server_stats *stats, void *priv)
{
	struct realm_dump *dump = priv;
	void *head;

	if (dump->index++ < dump->cb->args[0] ||
	    (dump->realm && strcmp(dump->realm, server->realm)))
		return 0;
	head = sspi_nl_begin(dump->skb, dump->cb, KSSPI_CMD_REALM_GET);
	if (!head)
		goto full;
	if (put_server(dump->skb, server, stats)) {
		genlmsg_cancel(dump->skb, head);
		goto full;
	}
	genlmsg_end(dump->skb, head);
	return 0;
full:
	dump->index--;
	return 1;
}

/* args[0]: how many servers are done with. */
int ksspi_nl_realm_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct nlattr *realm =
		sspi_genl_dump_attrs(cb)[KSSPI_A_REALM_NAME];
	struct realm_dump dump = {
		.skb = skb,
		.cb = cb,
		.realm = realm ? nla_data(realm) : NULL,
	};

	sspi_realm_walk(sock_net(skb->sk), dump_server, &dump);
	cb->args[0] = dump.index;
	return skb->len;
}
