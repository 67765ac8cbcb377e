// SPDX-License-Identifier: GPL-2.0-only
/* Kerberos: the tickets of a credential. */
#include <linux/string.h>

#include "pkg/krb5/krb5.h"

/* More are not kept: the oldest go. */
#define MAX_TICKETS	256

struct krb5_tkt *krb5_tkt_new(size_t room)
{
	struct krb5_tkt *tkt = sspi_alloc(sizeof(*tkt) + room);

	if (!tkt)
		return NULL;
	refcount_set(&tkt->refs, 1);
	tkt->room = room;
	return tkt;
}

/* A copy inside @tkt, which was made with room for it. */
struct sspi_span krb5_tkt_keep(struct krb5_tkt *tkt, struct sspi_span bytes)
{
	struct sspi_span kept = { tkt->bytes + tkt->used, bytes.len };

	if (bytes.len > tkt->room - tkt->used)
		return (struct sspi_span){};
	if (bytes.len)
		memcpy(tkt->bytes + tkt->used, bytes.data, bytes.len);
	tkt->used += bytes.len;
	return kept;
}

size_t krb5_principal_room(const struct krb5_principal *princ)
{
	size_t room = princ->realm.len;
	u32 i;

	for (i = 0; i < princ->name.count; i++)
		room += princ->name.part[i].len;
	return room;
}

void krb5_tkt_keep_principal(struct krb5_tkt *tkt, struct krb5_principal *to,
			     const struct krb5_principal *from)
{
	u32 i;

	to->realm = krb5_tkt_keep(tkt, from->realm);
	to->name.type = from->name.type;
	to->name.count = from->name.count;
	for (i = 0; i < from->name.count; i++)
		to->name.part[i] = krb5_tkt_keep(tkt, from->name.part[i]);
}

void krb5_tkt_put(struct krb5_tkt *tkt)
{
	if (tkt && refcount_dec_and_test(&tkt->refs))
		sspi_free(tkt);
}

/* The credential takes over the caller's reference. */
void krb5_tkt_add(struct krb5_cred *cred, struct krb5_tkt *tkt)
{
	struct krb5_tkt **p, *over;
	unsigned int count = 1;

	mutex_lock(&cred->lock);
	tkt->next = cred->tickets;
	cred->tickets = tkt;
	for (p = &tkt->next; *p && count < MAX_TICKETS; p = &(*p)->next)
		count++;
	over = *p;
	*p = NULL;
	mutex_unlock(&cred->lock);
	krb5_tkt_put(over);
}

/* A ticket for @server that is good at @now (unix seconds), with a reference. */
struct krb5_tkt *krb5_tkt_find(struct krb5_cred *cred,
			       const struct krb5_principal *server, s64 now)
{
	struct krb5_tkt *tkt;

	mutex_lock(&cred->lock);
	for (tkt = cred->tickets; tkt; tkt = tkt->next)
		if (tkt->endtime > now &&
		    !(tkt->flags & KRB5_TKT_INVALID) &&
		    krb5_permitted(cred, tkt->key.type->number) &&
		    krb5_principal_equal(&tkt->server, server))
			break;
	if (tkt)
		refcount_inc(&tkt->refs);
	mutex_unlock(&cred->lock);
	return tkt;
}

void krb5_tkt_forget_all(struct krb5_cred *cred)
{
	struct krb5_tkt *tkt, *next;

	for (tkt = cred->tickets; tkt; tkt = next) {
		next = tkt->next;
		krb5_tkt_put(tkt);
	}
	cred->tickets = NULL;
}
