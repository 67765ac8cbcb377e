// SPDX-License-Identifier: GPL-2.0-only
/*
 * Our own outstanding challenges, machine-wide (MS08-068, CVE-2025-33073).
 *
 * Whoever makes this machine log on to him can hand it a challenge that he just
 * got from this very machine, and log on here with the answer. So an initiator
 * does not answer a challenge that an acceptor of ours has issued and not yet
 * seen answered, unless that acceptor issued it for the very NEGOTIATE that
 * this initiator sent: that is a plain loopback connection.
 *
 * The table is bounded: a set-associative cache, the oldest entry of a set
 * gives way.
 */
#include <linux/mutex.h>
#include <linux/string.h>

#include "pkg/ntlm/ntlm.h"

#define SETS	64	/* a power of two */
#define WAYS	8

struct outstanding {
	u8 challenge[NTLM_CHALLENGE_LEN];
	u8 negotiate[SSPI_MD5_LEN];	/* MD5 of the NEGOTIATE */
	s64 issued;
	bool used;
};

static DEFINE_MUTEX(table_lock);	/* protects table */
static struct outstanding table[SETS][WAYS];

/* Challenges are random: any byte is a good hash. */
static struct outstanding *set_of(const u8 *challenge)
{
	return table[challenge[0] % SETS];
}

static struct outstanding *find_locked(const u8 *challenge)
{
	struct outstanding *set = set_of(challenge);
	unsigned int i;

	for (i = 0; i < WAYS; i++)
		if (set[i].used &&
		    !memcmp(set[i].challenge, challenge, NTLM_CHALLENGE_LEN))
			return &set[i];
	return NULL;
}

static struct outstanding *victim_locked(const u8 *challenge)
{
	struct outstanding *set = set_of(challenge);
	struct outstanding *oldest = &set[0];
	unsigned int i;

	for (i = 0; i < WAYS; i++) {
		if (!set[i].used)
			return &set[i];
		if (set[i].issued < oldest->issued)
			oldest = &set[i];
	}
	return oldest;
}

static void hash(struct sspi_span negotiate, u8 out[SSPI_MD5_LEN])
{
	struct sspi_md5_ctx md5;

	sspi_md5_init(&md5);
	sspi_md5_update(&md5, negotiate.data, negotiate.len);
	sspi_md5_final(&md5, out);
}

void ntlm_reflect_add(const u8 challenge[NTLM_CHALLENGE_LEN],
		      struct sspi_span negotiate, s64 now)
{
	struct outstanding *entry;
	u8 digest[SSPI_MD5_LEN];

	hash(negotiate, digest);
	mutex_lock(&table_lock);
	entry = find_locked(challenge);
	if (!entry)
		entry = victim_locked(challenge);
	memcpy(entry->challenge, challenge, sizeof(entry->challenge));
	memcpy(entry->negotiate, digest, sizeof(entry->negotiate));
	entry->issued = now;
	entry->used = true;
	mutex_unlock(&table_lock);
}

void ntlm_reflect_del(const u8 challenge[NTLM_CHALLENGE_LEN])
{
	struct outstanding *entry;

	mutex_lock(&table_lock);
	entry = find_locked(challenge);
	if (entry)
		memset(entry, 0, sizeof(*entry));
	mutex_unlock(&table_lock);
}

bool ntlm_reflect_ours(const u8 challenge[NTLM_CHALLENGE_LEN],
		       struct sspi_span negotiate, s64 now)
{
	const struct outstanding *entry;
	u8 digest[SSPI_MD5_LEN];
	bool ours = false;

	hash(negotiate, digest);
	mutex_lock(&table_lock);
	entry = find_locked(challenge);
	/* A clock that was set back does not age an entry. */
	if (entry && now - entry->issued <= NTLM_CHALLENGE_LIFE)
		ours = memcmp(entry->negotiate, digest, sizeof(digest)) != 0;
	mutex_unlock(&table_lock);
	return ours;
}

void ntlm_reflect_clear(void)
{
	mutex_lock(&table_lock);
	memset(table, 0, sizeof(table));
	mutex_unlock(&table_lock);
}
