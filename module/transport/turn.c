// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whose turn it is at the servers of a realm: owners take turns, so that one with
 * thousands of requests delays another's by one of them. The first of an owner stands
 * in the realm's list, and has the owner's others in a list of its own.
 *
 * Requests may be stuck at a server for long. So the last turns are for owners
 * that have none: one alone never has them all.
 */
#include <linux/list.h>
#include <linux/minmax.h>

#include "transport/internal.h"

static struct sspi_exchange *first_of(struct sspi_realm *realm,
				      const void *owner)
{
	struct sspi_exchange *x;

	list_for_each_entry(x, &realm->waiting, wait_link)
		if (x->owner == owner)
			return x;
	return NULL;
}

/* It waits behind the others of its owner. */
void sspi_turn_wait_locked(struct sspi_exchange *x)
{
	struct sspi_exchange *first = first_of(x->realm, x->owner);

	lockdep_assert_held(&sspi_kdc_lock);
	list_add_tail(&x->wait_link, first ? &first->peers :
					     &x->realm->waiting);
}

/* The next of its owner stands where @x did, or with @last behind all owners. */
static void turn_pass(struct sspi_exchange *x, bool last)
{
	struct sspi_exchange *next;

	next = list_first_entry_or_null(&x->peers, struct sspi_exchange,
					wait_link);
	if (!next)
		return;
	list_del_init(&next->wait_link);
	list_splice_init(&x->peers, &next->peers);
	list_add_tail(&next->wait_link, last ? &x->realm->waiting :
					       &x->wait_link);
}

static bool owner_has_turn(const struct sspi_realm *realm, const void *owner)
{
	const struct sspi_exchange *x;

	list_for_each_entry(x, &realm->acting, wait_link)
		if (x->owner == owner)
			return true;
	return false;
}

/* Who is next; with @last only an owner that has no turn. NULL: nobody. */
static struct sspi_exchange *turn_find(const struct sspi_realm *realm, bool last)
{
	struct sspi_exchange *x;

	list_for_each_entry(x, &realm->waiting, wait_link)
		if (!last || !owner_has_turn(realm, x->owner))
			return x;
	return NULL;
}

/* Gives one turn of @max, if there is one, and somebody who may have it. */
static bool turn_give(struct sspi_realm *realm, unsigned int max)
{
	unsigned int kept = max > 1 ? DIV_ROUND_UP(max, 4) : 0;
	struct sspi_exchange *x;

	if (realm->active >= max)
		return false;
	x = turn_find(realm, realm->active + kept >= max);
	if (!x)
		return false;
	turn_pass(x, true);
	list_move_tail(&x->wait_link, &realm->acting);
	x->active = true;
	realm->active++;
	sspi_exchange_kick(x);
	return true;
}

/* Who is next gets a turn, while there are any. */
void sspi_turn_locked(struct sspi_realm *realm)
{
	unsigned int max = max(READ_ONCE(sspi_kdc_limits.active), 1u);

	lockdep_assert_held(&sspi_kdc_lock);
	while (turn_give(realm, max))
		;
}

/* It is over, waiting or not: its turn, if it had one, is another's. */
void sspi_turn_leave_locked(struct sspi_exchange *x)
{
	lockdep_assert_held(&sspi_kdc_lock);
	turn_pass(x, false);
	list_del_init(&x->wait_link);
	if (x->active)
		x->realm->active--;
	sspi_turn_locked(x->realm);
}
