// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kerberos: keys of AP messages, derived once. A ticket is used for many
 * contexts, and the key of a service for all of its tickets.
 */
#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "pkg/krb5/krb5.h"

/**
 * struct krb5_ready - a key prepared for a usage; constant once made
 * @key: the key
 * @usage: for what
 * @seal: the same, prepared
 */
struct krb5_ready {
	struct krb5_key key;
	u32 usage;
	struct krb5_seal_key seal;
};

static bool is_for(const struct krb5_ready *ready, const struct krb5_key *key,
		   u32 usage)
{
	return ready->usage == usage && ready->key.type == key->type &&
	       sspi_equal_ct(ready->key.bytes, key->bytes, key->type->key_len);
}

/* Fills a free slot, if there is one; others may do so at the same time. */
static int keep(struct krb5_ready **slots, const struct krb5_key *key,
		u32 usage, const struct krb5_seal_key *seal)
{
	struct krb5_ready *ready, *before;
	unsigned int i;

	for (i = 0; i < KRB5_READY_SLOTS; i++)
		/* Pairs with the exchange below, and with who fills it now. */
		if (!smp_load_acquire(&slots[i]))
			break;
	if (i == KRB5_READY_SLOTS)
		return 0;
	ready = sspi_alloc(sizeof(*ready));
	if (!ready)
		return -ENOMEM;
	ready->key = *key;
	ready->usage = usage;
	ready->seal = *seal;
	for (; i < KRB5_READY_SLOTS; i++) {
		before = cmpxchg(&slots[i], NULL, ready);
		if (!before)
			return 0;
		if (is_for(before, key, usage))
			break;
	}
	sspi_free(ready);
	return 0;
}

/*
 * krb5_seal_prepare() with @slots to remember it in: those of a ticket or a
 * credential, which wipes them with its other secrets.
 */
int krb5_ready_get(struct krb5_ready **slots, const struct krb5_key *key,
		   u32 usage, struct krb5_seal_key *seal)
{
	const struct krb5_ready *ready;
	unsigned int i;
	int err;

	for (i = 0; i < KRB5_READY_SLOTS; i++) {
		/* Pairs with the cmpxchg() of keep(): its contents are there. */
		ready = smp_load_acquire(&slots[i]);
		if (!ready)
			break;
		if (is_for(ready, key, usage)) {
			*seal = ready->seal;
			return 0;
		}
	}
	err = krb5_seal_prepare(seal, key, usage);
	return err ?: keep(slots, key, usage, seal);
}

void krb5_ready_free(struct krb5_ready **slots)
{
	unsigned int i;

	for (i = 0; i < KRB5_READY_SLOTS; i++) {
		sspi_free(slots[i]);
		slots[i] = NULL;
	}
}
