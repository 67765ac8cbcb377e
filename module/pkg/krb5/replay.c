// SPDX-License-Identifier: GPL-2.0-only
/*
 * The replay cache of all acceptors of the machine, RFC 4120 3.2.3.
 *
 * An authenticator is known by the MAC of its ciphertext: nobody can make
 * another one with the same MAC without the session key, and whoever has the
 * key needs no replay. It is kept for as long as its time is inside the widest
 * skew that an acceptor allows. Whose keytab opened the ticket does not count: a
 * replay to another service with the same key is one too.
 */
#include <linux/errno.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "pkg/krb5/krb5.h"
#include "test_export.h"

#define BUCKETS		4096
#define TAG_LEN		16
#define DEFAULT_LIFE	(SSPI_KRB5_MAX_SKEW * SSPI_TICKS_PER_SECOND)

struct seen {
	struct seen *next;
	s64 stamp;
	u8 tag[TAG_LEN];
};

/* 32 MiB; then acceptors refuse. */
unsigned int krb5_replay_max = 1048576;
SSPI_EXPORT_FOR_TEST(krb5_replay_max);

static struct seen *buckets[BUCKETS];
static unsigned int seen_count;
static s64 widest = DEFAULT_LIFE;
static DEFINE_SPINLOCK(seen_lock);

/* A MAC is as random as a hash: its first bytes choose the bucket. */
static unsigned int bucket_of(const struct seen *entry)
{
	return (entry->tag[0] | entry->tag[1] << 8) % BUCKETS;
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

/* Takes what is over out of a chain; the rest is looked through. */
static struct seen *prune(struct seen **chain, s64 now,
			  const struct seen *wanted, bool *found)
{
	struct seen *gone = NULL, *entry;

	*found = false;
	while ((entry = *chain)) {
		if (entry->stamp + widest < now) {
			*chain = entry->next;
			entry->next = gone;
			gone = entry;
			seen_count--;
			continue;
		}
		if (memcmp(entry->tag, wanted->tag, TAG_LEN) == 0)
			*found = true;
		chain = &entry->next;
	}
	return gone;
}

static void free_chain(struct seen *chain)
{
	struct seen *next;

	for (; chain; chain = next) {
		next = chain->next;
		sspi_free(chain);
	}
}

/* An acceptor takes authenticators that are as old as @skew. */
void krb5_replay_widen(s64 skew)
{
	spin_lock(&seen_lock);
	if (skew > widest)
		widest = skew;
	spin_unlock(&seen_lock);
}

/*
 * Remembers an authenticator of the time @stamp. SEC_E_LOGON_DENIED if it was
 * there; SEC_E_INSUFFICIENT_MEMORY if it cannot be remembered: then it must
 * not be taken either.
 */
sec_status_t krb5_replay_check(struct sspi_span authenticator,
			       const struct krb5_enctype *type, s64 stamp,
			       s64 now)
{
	struct seen *entry = sspi_alloc(sizeof(*entry)), **chain, *gone;
	sec_status_t status = SEC_E_OK;
	bool found;

	if (!entry)
		return SEC_E_INSUFFICIENT_MEMORY;
	if (!make_tag(entry, authenticator, type)) {
		sspi_free(entry);
		return SEC_E_INVALID_TOKEN;
	}
	entry->stamp = stamp;
	chain = &buckets[bucket_of(entry)];

	spin_lock(&seen_lock);
	gone = prune(chain, now, entry, &found);
	if (found) {
		status = SEC_E_LOGON_DENIED;
	} else if (seen_count >= krb5_replay_max) {
		status = SEC_E_INSUFFICIENT_MEMORY;
	} else {
		entry->next = *chain;
		*chain = entry;
		seen_count++;
		entry = NULL;
	}
	spin_unlock(&seen_lock);
	sspi_free(entry);
	free_chain(gone);
	return status;
}

void krb5_replay_clear(void)
{
	struct seen *gone = NULL, *entry;
	unsigned int i;

	spin_lock(&seen_lock);
	for (i = 0; i < BUCKETS; i++) {
		while ((entry = buckets[i])) {
			buckets[i] = entry->next;
			entry->next = gone;
			gone = entry;
		}
	}
	seen_count = 0;
	widest = DEFAULT_LIFE;
	spin_unlock(&seen_lock);
	free_chain(gone);
}
