// SPDX-License-Identifier: GPL-2.0-only
/* Contexts, and the tickets of credentials: those made in the namespace. */
#include <linux/timekeeping.h>
#include <net/sock.h>

#include "core/internal.h"
#include "netlink/netlink.h"

/**
 * struct object_dump - a dump that is under way
 * @skb: where it goes
 * @cb: what was asked
 * @netns: cookie of the namespace
 * @package: tickets: of the credential that is looked at
 * @owner: likewise
 * @index: likewise, of the ticket
 */
struct object_dump {
	struct sk_buff *skb;
	struct netlink_callback *cb;
	u64 netns;
	const char *package;
	const char *owner;
	unsigned long index;
};

static struct object_dump dump_of(struct sk_buff *skb,
				  struct netlink_callback *cb)
{
	return (struct object_dump){
		.skb = skb,
		.cb = cb,
		.netns = sock_net(skb->sk)->net_cookie,
	};
}

/* An import changes the owner. */
static void owner_name(const struct sspi_object *obj, char *name, size_t room)
{
	rcu_read_lock();
	strscpy(name, READ_ONCE(obj->owner)->name, room);
	rcu_read_unlock();
}

static const u32 roles[] = {
	[SSPI_ROLE_INITIATOR] = KSSPI_ROLE_INITIATOR,
	[SSPI_ROLE_ACCEPTOR] = KSSPI_ROLE_ACCEPTOR,
};

static const u32 states[] = {
	[SSPI_CONTEXT_NEW] = KSSPI_STATE_NEW,
	[SSPI_CONTEXT_NEGOTIATING] = KSSPI_STATE_NEGOTIATING,
	[SSPI_CONTEXT_ESTABLISHED] = KSSPI_STATE_ESTABLISHED,
	[SSPI_CONTEXT_FAILED] = KSSPI_STATE_FAILED,
};

/* Whom an established context is between. */
static int put_peers(struct sk_buff *skb, struct sspi_context *ctx)
{
	struct sec_pkg_context_native_names names = {};
	int err = 0;

	if (sspi_context_established(ctx) != SEC_E_OK ||
	    ctx->package->ops->query(ctx->state, SECPKG_ATTR_NATIVE_NAMES,
				     &names, sizeof(names)) != SEC_E_OK)
		return 0;
	if (sspi_nl_put_text(skb, KSSPI_A_CONTEXT_CLIENT, names.client_name) ||
	    sspi_nl_put_text(skb, KSSPI_A_CONTEXT_SERVER, names.server_name))
		err = -EMSGSIZE;
	sspi_free(names.client_name);
	sspi_free(names.server_name);
	return err;
}

static int put_context(struct sk_buff *skb, struct sspi_context *ctx)
{
	char owner[MODULE_NAME_LEN];
	u32 age = (u32)ktime_get_seconds() - ctx->created;

	owner_name(&ctx->obj, owner, sizeof(owner));
	if (sspi_nl_put_text(skb, KSSPI_A_CONTEXT_PACKAGE,
			     ctx->package->info.name) ||
	    sspi_nl_put_text(skb, KSSPI_A_CONTEXT_OWNER, owner) ||
	    nla_put_u32(skb, KSSPI_A_CONTEXT_ROLE, roles[ctx->role]) ||
	    nla_put_u32(skb, KSSPI_A_CONTEXT_STATE,
			states[sspi_context_phase(ctx)]) ||
	    nla_put_u32(skb, KSSPI_A_CONTEXT_AGE, age))
		return -EMSGSIZE;
	return put_peers(skb, ctx);
}

static int dump_context(struct sspi_object *obj, void *priv)
{
	struct object_dump *dump = priv;
	void *head;

	if (obj->ops->type != SSPI_OBJECT_CONTEXT ||
	    READ_ONCE(obj->netns) != dump->netns)
		return 0;
	head = sspi_nl_begin(dump->skb, dump->cb, KSSPI_CMD_CONTEXT_GET);
	if (!head)
		return 1;
	if (put_context(dump->skb,
			container_of(obj, struct sspi_context, obj))) {
		genlmsg_cancel(dump->skb, head);
		return 1;
	}
	genlmsg_end(dump->skb, head);
	return 0;
}

/* args[0]: place in the table of handles. */
int ksspi_nl_context_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb)
{
	struct object_dump dump = dump_of(skb, cb);
	unsigned long pos = cb->args[0];

	sspi_object_walk_from(&pos, dump_context, &dump);
	cb->args[0] = pos;
	return skb->len;
}

int sspi_nl_put_ticket(struct sk_buff *skb, const struct sspi_ticket_info *tkt)
{
	if (nla_put_s32(skb, KSSPI_A_TICKET_ENCTYPE, tkt->enctype) ||
	    nla_put_u32(skb, KSSPI_A_TICKET_FLAGS, tkt->flags) ||
	    nla_put_s64(skb, KSSPI_A_TICKET_STARTTIME, tkt->starttime,
			KSSPI_A_TICKET_PAD) ||
	    nla_put_s64(skb, KSSPI_A_TICKET_ENDTIME, tkt->endtime,
			KSSPI_A_TICKET_PAD) ||
	    nla_put_s64(skb, KSSPI_A_TICKET_RENEW_TILL, tkt->renew_till,
			KSSPI_A_TICKET_PAD))
		return -EMSGSIZE;
	return 0;
}

static int dump_ticket(const struct sspi_ticket_info *tkt, void *priv)
{
	struct object_dump *dump = priv;
	void *head;

	if (dump->index++ < dump->cb->args[1])
		return 0;
	head = sspi_nl_begin(dump->skb, dump->cb, KSSPI_CMD_TICKET_GET);
	if (!head)
		goto full;
	if (sspi_nl_put_text(dump->skb, KSSPI_A_TICKET_PACKAGE,
			     dump->package) ||
	    sspi_nl_put_text(dump->skb, KSSPI_A_TICKET_OWNER, dump->owner) ||
	    sspi_nl_put_text(dump->skb, KSSPI_A_TICKET_CLIENT, tkt->client) ||
	    sspi_nl_put_text(dump->skb, KSSPI_A_TICKET_SERVER, tkt->server) ||
	    sspi_nl_put_ticket(dump->skb, tkt)) {
		genlmsg_cancel(dump->skb, head);
		goto full;
	}
	genlmsg_end(dump->skb, head);
	return 0;
full:
	dump->index--;
	return 1;
}

static int dump_tickets(struct sspi_object *obj, void *priv)
{
	struct object_dump *dump = priv;
	char owner[MODULE_NAME_LEN];
	struct sspi_cred *cred;
	int full;

	if (obj->ops->type != SSPI_OBJECT_CRED ||
	    READ_ONCE(obj->netns) != dump->netns)
		return 0;
	cred = container_of(obj, struct sspi_cred, obj);
	if (!cred->package->ops->tickets || !sspi_cred_ready(cred))
		return 0;
	owner_name(obj, owner, sizeof(owner));
	dump->package = cred->package->info.name;
	dump->owner = owner;
	dump->index = 0;
	/* Another one than the last call stopped at: from the start. */
	if (dump->cb->args[2] != (long)obj->generation)
		dump->cb->args[1] = 0;
	full = cred->package->ops->tickets(cred->state, dump_ticket, dump);
	dump->cb->args[1] = full ? dump->index : 0;
	dump->cb->args[2] = full ? (long)obj->generation : 0;
	return full;
}

/*
 * args[0]: place in the table of handles; args[1]: how many tickets of what was
 * there are done with; args[2]: its generation.
 */
int ksspi_nl_ticket_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb)
{
	struct object_dump dump = dump_of(skb, cb);
	unsigned long pos = cb->args[0];

	sspi_object_walk_from(&pos, dump_tickets, &dump);
	cb->args[0] = pos;
	return skb->len;
}
