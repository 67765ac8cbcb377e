// SPDX-License-Identifier: GPL-2.0-only
/* Counters: of the module, and of the realms of a namespace. */
#include <net/sock.h>

#include "core/internal.h"
#include "netlink/netlink.h"
#include "transport/realm.h"

static int put_counter(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd,
		       const char *realm, const char *name, u64 value)
{
	void *head = sspi_nl_begin(skb, cb, cmd);

	if (!head)
		return -EMSGSIZE;
	if (sspi_nl_put_text(skb, KSSPI_A_COUNTER_REALM, realm) ||
	    sspi_nl_put_text(skb, KSSPI_A_COUNTER_NAME, name) ||
	    nla_put_u64_64bit(skb, KSSPI_A_COUNTER_VALUE, value,
			      KSSPI_A_COUNTER_PAD)) {
		genlmsg_cancel(skb, head);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, head);
	return 0;
}

/* args[0]: the next one. */
int ksspi_nl_stats_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	while (cb->args[0] < SSPI_STATS) {
		enum sspi_stat which = cb->args[0];

		if (put_counter(skb, cb, KSSPI_CMD_STATS_GET, NULL,
				sspi_stat_name(which), sspi_stat_read(which)))
			break;
		cb->args[0]++;
	}
	return skb->len;
}

struct realm_counters {
	struct sk_buff *skb;
	struct netlink_callback *cb;
	unsigned long index;
};

/* What a realm is doing now goes with what it has done. */
static int realm_counter(struct realm_counters *dump, const char *realm,
			 const char *name, u64 value)
{
	if (dump->index < dump->cb->args[0]) {
		dump->index++;
		return 0;
	}
	if (put_counter(dump->skb, dump->cb, KSSPI_CMD_REALM_STATS_GET, realm,
			name, value))
		return 1;
	dump->index++;
	return 0;
}

static int dump_realm(const char *realm, const struct sspi_realm_stats *stats,
		      void *priv)
{
	unsigned int i;
	int full = 0;

	for (i = 0; i < SSPI_REALM_STATS && !full; i++)
		full = realm_counter(priv, realm, sspi_realm_stat_names[i],
				     stats->count[i]);
	return full ?: realm_counter(priv, realm, "pending", stats->pending) ?:
	       realm_counter(priv, realm, "active", stats->active) ?:
	       realm_counter(priv, realm, "unreachable", stats->unreachable);
}

/* args[0]: how many counters are done with. */
int ksspi_nl_realm_stats_get_dumpit(struct sk_buff *skb,
				    struct netlink_callback *cb)
{
	struct realm_counters dump = { .skb = skb, .cb = cb };

	sspi_realm_walk_stats(sock_net(skb->sk), dump_realm, &dump);
	cb->args[0] = dump.index;
	return skb->len;
}
