// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kerberos: the tickets of a credential, found by a hash of the server's name.
 * There is a bound: what has expired goes first, then what was not used for
 * longest. The client's own TGT stays, whatever else comes.
 */
#include <linux/limits.h>
#include <linux/string.h>

#include "pkg/krb5/krb5.h"

#define MAX_TICKETS	256

struct krb5_tkt *krb5_tkt_new(size_t room)
{
	struct krb5_tkt *tkt = sspi_alloc(sizeof(*tkt) + room);

	if (!tkt)
		return NULL;
	refcount_set(&tkt->refs, 1);
	tkt->stamp = -S64_MAX / 2; /* long before any */
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
	if (!tkt || !refcount_dec_and_test(&tkt->refs))
		return;
	krb5_ready_free(tkt->ready);
	sspi_free(tkt);
}

struct krb5_tkt *krb5_tkt_get(struct krb5_tkt *tkt)
{
	if (tkt)
		refcount_inc(&tkt->refs);
	return tkt;
}

static u32 mix(u32 hash, struct sspi_span bytes)
{
	size_t i;

	/* FNV-1a; with the length, so that parts do not run together. */
	for (i = 0; i < bytes.len; i++)
		hash = (hash ^ bytes.data[i]) * 16777619u;
	return (hash ^ (u32)bytes.len) * 16777619u;
}

static u32 hash_of(const struct krb5_principal *server)
{
	u32 hash = mix(2166136261u, server->realm), i;

	for (i = 0; i < server->name.count; i++)
		hash = mix(hash, server->name.part[i]);
	return hash ^ hash >> 16;
}

static struct krb5_tkt **bucket_of(struct krb5_cred *cred, u32 hash)
{
	return &cred->tickets[hash % KRB5_TICKET_BUCKETS];
}

static bool same_place(const struct krb5_tkt *tkt, u32 hash,
		       const struct krb5_principal *server,
		       enum krb5_kind kind)
{
	return tkt->hash == hash && tkt->kind == kind &&
	       krb5_principal_equal(&tkt->server, server);
}

/* krbtgt/REALM@REALM of the client's own: what gives all the others. */
static bool is_own_tgt(const struct krb5_tkt *tkt)
{
	return tkt->kind == KRB5_KIND_OWN &&
	       krb5_name_is_tgs(&tkt->server.name) &&
	       krb5_realm_equal(tkt->server.name.part[1], tkt->server.realm);
}

static void unchain(struct krb5_cred *cred, struct krb5_tkt **p)
{
	struct krb5_tkt *tkt = *p;

	*p = tkt->next;
	cred->ticket_count--;
	krb5_tkt_put(tkt);
}

/* One place for a new ticket; the whole table is looked at when it is full. */
static void make_room(struct krb5_cred *cred, s64 now)
{
	struct krb5_tkt **p, **oldest = NULL;
	unsigned int i;

	for (i = 0; i < KRB5_TICKET_BUCKETS; i++) {
		for (p = &cred->tickets[i]; *p; ) {
			if ((*p)->endtime <= now) {
				unchain(cred, p);
				continue;
			}
			if (*p != cred->tgt &&
			    (!oldest || (*p)->turn < (*oldest)->turn))
				oldest = p;
			p = &(*p)->next;
		}
	}
	if (cred->ticket_count >= MAX_TICKETS && oldest)
		unchain(cred, oldest);
}

/*
 * The credential takes over the caller's reference. A ticket for the same
 * server with the same type of key is replaced.
 */
void krb5_tkt_add(struct krb5_cred *cred, struct krb5_tkt *tkt, s64 now)
{
	struct krb5_tkt **p;

	tkt->hash = hash_of(&tkt->server);
	mutex_lock(&cred->lock);
	for (p = bucket_of(cred, tkt->hash); *p; p = &(*p)->next) {
		if (same_place(*p, tkt->hash, &tkt->server, tkt->kind) &&
		    (*p)->key.type == tkt->key.type) {
			unchain(cred, p);
			break;
		}
	}
	if (cred->ticket_count >= MAX_TICKETS)
		make_room(cred, now);
	p = bucket_of(cred, tkt->hash);
	tkt->turn = ++cred->turn;
	tkt->next = *p;
	*p = tkt;
	cred->ticket_count++;
	if (is_own_tgt(tkt)) {
		krb5_tkt_put(cred->tgt);
		cred->tgt = krb5_tkt_get(tkt);
		cred->tgt_count++;
	}
	mutex_unlock(&cred->lock);
}

/* With a reference; also one that has expired. NULL if there is none. */
struct krb5_tkt *krb5_tkt_own_tgt(struct krb5_cred *cred)
{
	struct krb5_tkt *tgt;

	mutex_lock(&cred->lock);
	tgt = krb5_tkt_get(cred->tgt);
	mutex_unlock(&cred->lock);
	return tgt;
}

/* A ticket for @server that is good at @now (unix seconds), with a reference. */
struct krb5_tkt *krb5_tkt_find(struct krb5_cred *cred,
			       const struct krb5_principal *server,
			       enum krb5_kind kind, s64 now)
{
	s64 skew = krb5_seconds(cred->max_skew);
	u32 hash = hash_of(server);
	struct krb5_tkt *tkt;

	mutex_lock(&cred->lock);
	for (tkt = *bucket_of(cred, hash); tkt; tkt = tkt->next)
		if (same_place(tkt, hash, server, kind) &&
		    tkt->endtime > now && tkt->starttime <= now + skew &&
		    !(tkt->flags & KRB5_TKT_INVALID) &&
		    krb5_permitted(cred, tkt->key.type->number))
			break;
	if (tkt) {
		tkt->turn = ++cred->turn;
		refcount_inc(&tkt->refs);
	}
	mutex_unlock(&cred->lock);
	return tkt;
}

/* A ticket that a KDC does not take any more. */
void krb5_tkt_forget(struct krb5_cred *cred, const struct krb5_tkt *tkt)
{
	struct krb5_tkt **p;

	mutex_lock(&cred->lock);
	if (cred->tgt == tkt) {
		krb5_tkt_put(cred->tgt);
		cred->tgt = NULL;
	}
	for (p = bucket_of(cred, tkt->hash); *p; p = &(*p)->next) {
		if (*p == tkt) {
			unchain(cred, p);
			break;
		}
	}
	mutex_unlock(&cred->lock);
}

void krb5_tkt_forget_all(struct krb5_cred *cred)
{
	unsigned int i;

	for (i = 0; i < KRB5_TICKET_BUCKETS; i++)
		while (cred->tickets[i])
			unchain(cred, &cred->tickets[i]);
	krb5_tkt_put(cred->tgt);
	cred->tgt = NULL;
}
