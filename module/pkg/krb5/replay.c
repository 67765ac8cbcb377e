// SPDX-License-Identifier: GPL-2.0-only
/*
 * The replay cache of all acceptors of the machine, RFC 4120 3.2.3.
 *
 * An authenticator is known by the MAC of its ciphertext: nobody can make
 * another one with the same MAC without the session key, and whoever has the
 * key needs no replay. But who has a ticket makes what MACs they like: where an
 * entry stands is told by a hash under a key of this boot, and what one owner or
 * one network namespace can fill is a share of the whole.
 *
 * It is kept for as long as its time is inside the widest skew that an acceptor
 * allows, by the clock of the wall and by one that nobody sets. What is dropped
 * nevertheless can come back when the wall's clock is set back: nothing that is
 * as old as what was dropped is taken. Whose keytab opened the ticket does not
 * count: a replay to another service with the same key is one too.
 */
#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "crypto/crypto.h"
#include "pkg/krb5/replay.h"
#include "test_export.h"

#define SHARDS		16
#define BUCKETS		4096	/* of each shard; 16 entries in one at most */
#define SWEEP		2	/* buckets looked through beside one's own */
#define SWEEP_FULL	256	/* the same when there is no room */
#define TAG_LEN		16
#define DEFAULT_LIFE	(SSPI_KRB5_MAX_SKEW * SSPI_TICKS_PER_SECOND)

/* Of the room that there is, what one owner and one namespace can have. */
#define OWNER_PART	4
#define NETNS_PART	2

/**
 * struct krb5_share - what an owner or a network namespace has in the cache
 * @next: in the list of all, under shares_lock
 * @owner: whose, by address; NULL: of a namespace
 * @netns: cookie of the namespace, if so
 * @refs: credentials that have it, under shares_lock
 * @count: entries
 */
struct krb5_share {
	struct krb5_share *next;
	const void *owner;
	u64 netns;
	unsigned int refs;
	atomic_t count;
};

/**
 * struct seen - an authenticator that was taken
 * @next: in its bucket
 * @stamp: its time, in ticks of the wall's clock
 * @mono: the same moment by the other clock
 * @owner: whose it is
 * @netns: likewise
 * @tag: what it is known by
 */
struct seen {
	struct seen *next;
	s64 stamp;
	s64 mono;
	struct krb5_share *owner;
	struct krb5_share *netns;
	u8 tag[TAG_LEN];
};

/**
 * struct shard - a part of the cache
 * @lock: protects the rest
 * @table: BUCKETS chains; NULL until there is an entry
 * @next_swept: bucket
 * @forgotten: time of the youngest entry that was dropped
 */
struct shard {
	spinlock_t lock;		/* see above */
	struct seen **table;
	unsigned int next_swept;
	s64 forgotten;
};

/* 32 MiB; then acceptors refuse. */
unsigned int krb5_replay_max = 524288;
SSPI_EXPORT_FOR_TEST(krb5_replay_max);

bool krb5_replay_lockout = true;
SSPI_EXPORT_FOR_TEST(krb5_replay_lockout);
module_param_named(replay_lockout, krb5_replay_lockout, bool, 0644);
MODULE_PARM_DESC(replay_lockout,
		 "Kerberos acceptors refuse what was made before the first of them");

static struct shard shards[SHARDS];
static bool shards_ready;
static atomic_t seen_count;
static s64 widest = DEFAULT_LIFE;	/* grows only */
static s64 began;			/* the first acceptor, ticks; 0: none */

static struct krb5_share *shares;
static DEFINE_SPINLOCK(shares_lock);	/* also of widest and began */

static struct krb5_share *share_find(struct krb5_share *fresh)
{
	struct krb5_share **p = &shares, *share, *found = NULL;

	while ((share = *p)) {
		if (share->owner == fresh->owner &&
		    share->netns == fresh->netns) {
			found = share;
		} else if (!share->refs && !atomic_read(&share->count)) {
			/* Nobody adds to it, and its last entry has gone. */
			*p = share->next;
			sspi_free(share);
			continue;
		}
		p = &share->next;
	}
	if (!found) {
		fresh->next = shares;
		shares = fresh;
		found = fresh;
	}
	found->refs++;
	return found;
}

static struct krb5_share *share_get(const void *owner, u64 netns)
{
	struct krb5_share *fresh = sspi_alloc(sizeof(*fresh)), *share;

	if (!fresh)
		return NULL;
	fresh->owner = owner;
	fresh->netns = netns;
	spin_lock(&shares_lock);
	share = share_find(fresh);
	spin_unlock(&shares_lock);
	if (share != fresh)
		sspi_free(fresh);
	return share;
}

static void share_put(struct krb5_share *share)
{
	if (!share)
		return;
	spin_lock(&shares_lock);
	share->refs--;
	spin_unlock(&shares_lock);
}

/*
 * An acceptor comes, which takes authenticators that are as old as its skew. Who
 * has no owner is one.
 */
sec_status_t krb5_replay_attach(struct krb5_cred *cred,
				const struct sspi_package_acquire *acq)
{
	s64 now = acq->env->now(acq->env);

	cred->replay_owner = share_get(acq->owner ? acq->owner : cred, 0);
	cred->replay_netns = share_get(NULL, acq->netns);
	if (!cred->replay_owner || !cred->replay_netns)
		return SEC_E_INSUFFICIENT_MEMORY;
	spin_lock(&shares_lock);
	if (cred->max_skew > widest)
		widest = cred->max_skew;
	/* Some clients send no more than seconds. */
	if (acq->env->mono && !began)
		began = krb5_ticks(krb5_seconds(now), 0);
	spin_unlock(&shares_lock);
	return SEC_E_OK;
}

void krb5_replay_detach(struct krb5_cred *cred)
{
	share_put(cred->replay_owner);
	share_put(cred->replay_netns);
	cred->replay_owner = NULL;
	cred->replay_netns = NULL;
}

static bool make_tag(struct seen *entry, struct sspi_span cipher,
		     const struct krb5_enctype *type)
{
	size_t len = type->mac_len < TAG_LEN ? type->mac_len : TAG_LEN;

	if (cipher.len < type->mac_len)
		return false;
	memcpy(entry->tag, type->mac_first ? cipher.data :
	       cipher.data + cipher.len - type->mac_len, len);
	return true;
}

/* What a check knows of the time. */
struct moment {
	s64 now;
	s64 mono;
	bool has_mono;		/* not where the clock is scripted */
	s64 widest;
	s64 began;
};

static struct moment moment_of(const struct sspi_env *env, s64 now)
{
	struct moment m = { .now = now, .has_mono = env->mono };

	if (env->mono)
		m.mono = env->mono(env);
	spin_lock(&shares_lock);
	m.widest = widest;
	m.began = began;
	spin_unlock(&shares_lock);
	return m;
}

static bool is_over(const struct seen *entry, const struct moment *m)
{
	return entry->stamp + m->widest < m->now &&
	       (!m->has_mono || entry->mono + m->widest < m->mono);
}

/* Takes what is over out of a bucket, into @gone. */
static void prune(struct shard *shard, unsigned int bucket,
		  const struct moment *m, struct seen **gone)
{
	struct seen **p = &shard->table[bucket], *entry;

	while ((entry = *p)) {
		if (!is_over(entry, m)) {
			p = &entry->next;
			continue;
		}
		if (entry->stamp > shard->forgotten)
			shard->forgotten = entry->stamp;
		*p = entry->next;
		entry->next = *gone;
		*gone = entry;
		atomic_dec(&entry->owner->count);
		atomic_dec(&entry->netns->count);
		atomic_dec(&seen_count);
	}
}

static void sweep(struct shard *shard, unsigned int count,
		  const struct moment *m, struct seen **gone)
{
	while (count--) {
		prune(shard, shard->next_swept, m, gone);
		shard->next_swept = (shard->next_swept + 1) % BUCKETS;
	}
}

static bool has_room(const struct seen *entry)
{
	unsigned int most = krb5_replay_max;

	return atomic_read(&seen_count) < most &&
	       atomic_read(&entry->owner->count) < most / OWNER_PART &&
	       atomic_read(&entry->netns->count) < most / NETNS_PART;
}

static bool was_seen(const struct shard *shard, unsigned int bucket,
		     const struct seen *wanted)
{
	const struct seen *entry;

	for (entry = shard->table[bucket]; entry; entry = entry->next)
		if (memcmp(entry->tag, wanted->tag, TAG_LEN) == 0)
			return true;
	return false;
}

/*
 * Too old to be told from a replay: of before the first acceptor, or as old as
 * what has been dropped. A scripted clock goes where it likes.
 */
static bool too_old(const struct shard *shard, const struct seen *entry,
		    const struct moment *m)
{
	if (!m->has_mono)
		return false;
	return entry->stamp <= shard->forgotten ||
	       (READ_ONCE(krb5_replay_lockout) && entry->stamp < m->began);
}

static void add(struct shard *shard, unsigned int bucket, struct seen *entry)
{
	entry->next = shard->table[bucket];
	shard->table[bucket] = entry;
	atomic_inc(&entry->owner->count);
	atomic_inc(&entry->netns->count);
	atomic_inc(&seen_count);
}

/* Under the shard's lock. SEC_E_OK: *@entry is the cache's. */
static sec_status_t check_locked(struct shard *shard, unsigned int bucket,
				 struct seen *entry, const struct moment *m,
				 struct seen **gone)
{
	if (was_seen(shard, bucket, entry))
		return SEC_E_LOGON_DENIED;
	prune(shard, bucket, m, gone);
	sweep(shard, SWEEP, m, gone);
	if (!has_room(entry))
		sweep(shard, SWEEP_FULL, m, gone);
	if (too_old(shard, entry, m))
		return SEC_E_TIME_SKEW;
	if (!has_room(entry))
		return SEC_E_INSUFFICIENT_MEMORY;
	add(shard, bucket, entry);
	return SEC_E_OK;
}

static void free_chain(struct seen *chain)
{
	struct seen *next;

	for (; chain; chain = next) {
		next = chain->next;
		sspi_free(chain);
	}
}

/* The table of a shard comes with its first entry, and stays. */
static bool has_table(struct shard *shard)
{
	struct seen **table;

	/* Pairs with the cmpxchg() of who made it. */
	if (smp_load_acquire(&shard->table))
		return true;
	table = sspi_alloc(BUCKETS * sizeof(*table));
	if (!table)
		return false;
	if (cmpxchg(&shard->table, NULL, table))
		sspi_free(table);
	return true;
}

/*
 * Remembers an authenticator of the time @stamp. SEC_E_LOGON_DENIED if it was
 * there; SEC_E_TIME_SKEW if that cannot be told any more, or not yet;
 * SEC_E_INSUFFICIENT_MEMORY if it cannot be remembered: then it must not be
 * taken either.
 */
sec_status_t krb5_replay_check(struct krb5_cred *cred,
			       const struct sspi_env *env,
			       struct sspi_span authenticator,
			       const struct krb5_enctype *type, s64 stamp,
			       s64 now)
{
	struct seen *entry = sspi_alloc(sizeof(*entry)), *gone = NULL;
	struct moment m = moment_of(env, now);
	struct shard *shard;
	sec_status_t status;
	u64 hash;

	if (!entry)
		return SEC_E_INSUFFICIENT_MEMORY;
	if (!make_tag(entry, authenticator, type)) {
		sspi_free(entry);
		return SEC_E_INVALID_TOKEN;
	}
	entry->stamp = stamp;
	entry->mono = m.mono + (stamp - now);
	entry->owner = cred->replay_owner;
	entry->netns = cred->replay_netns;
	hash = sspi_keyed_hash(entry->tag, TAG_LEN);
	shard = &shards[hash % SHARDS];
	if (!has_table(shard)) {
		sspi_free(entry);
		return SEC_E_INSUFFICIENT_MEMORY;
	}
	spin_lock(&shard->lock);
	status = check_locked(shard, hash / SHARDS % BUCKETS, entry, &m, &gone);
	spin_unlock(&shard->lock);
	if (status != SEC_E_OK)
		sspi_free(entry);
	free_chain(gone);
	return status;
}
SSPI_EXPORT_FOR_TEST(krb5_replay_check);

/* The package comes, or a test begins anew. */
void krb5_replay_clear(void)
{
	struct moment over = { .now = S64_MAX };
	struct seen *gone = NULL;
	unsigned int i;

	for (i = 0; i < SHARDS; i++) {
		struct shard *shard = &shards[i];

		if (!shards_ready)
			spin_lock_init(&shard->lock);
		spin_lock(&shard->lock);
		if (shard->table)
			sweep(shard, BUCKETS, &over, &gone);
		shard->forgotten = -S64_MAX;
		spin_unlock(&shard->lock);
	}
	shards_ready = true;
	spin_lock(&shares_lock);
	widest = DEFAULT_LIFE;
	began = 0;
	spin_unlock(&shares_lock);
	free_chain(gone);
}
SSPI_EXPORT_FOR_TEST(krb5_replay_clear);

/* The package goes: no credential, and so no check, is left. */
void krb5_replay_exit(void)
{
	struct krb5_share *next;
	unsigned int i;

	krb5_replay_clear();
	for (i = 0; i < SHARDS; i++) {
		sspi_free(shards[i].table);
		shards[i].table = NULL;
	}
	for (; shares; shares = next) {
		next = shares->next;
		sspi_free(shares);
	}
}

/* For tests: entries in the fullest bucket. */
unsigned int krb5_replay_longest(void)
{
	unsigned int i, bucket, longest = 0, count;
	const struct seen *entry;

	for (i = 0; i < SHARDS; i++) {
		spin_lock(&shards[i].lock);
		for (bucket = 0; shards[i].table && bucket < BUCKETS; bucket++) {
			count = 0;
			for (entry = shards[i].table[bucket]; entry;
			     entry = entry->next)
				count++;
			longest = count > longest ? count : longest;
		}
		spin_unlock(&shards[i].lock);
	}
	return longest;
}
SSPI_EXPORT_FOR_TEST(krb5_replay_longest);
