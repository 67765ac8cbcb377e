// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whose turn it is at the servers of a realm: owners take turns, so that one with
 * thousands of requests delays another's by one of them. The first of an owner stands
 * in the realm's list, and has the owner's others in a list of its own.
 */
#include <linux/list.h>

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

/* It waits no more, wherever it stands; or it did not. */
void sspi_turn_leave_locked(struct sspi_exchange *x)
{
	lockdep_assert_held(&sspi_kdc_lock);
	turn_pass(x, false);
	list_del_init(&x->wait_link);
}

/* Who is next, taken out; NULL: nobody waits. */
struct sspi_exchange *sspi_turn_next_locked(struct sspi_realm *realm)
{
	struct sspi_exchange *x;

	lockdep_assert_held(&sspi_kdc_lock);
	x = list_first_entry_or_null(&realm->waiting, struct sspi_exchange,
				     wait_link);
	if (!x)
		return NULL;
	turn_pass(x, true);
	list_del_init(&x->wait_link);
	return x;
}
