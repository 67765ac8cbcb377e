// SPDX-License-Identifier: GPL-2.0-only
/*
 * Identities of credentials.
 *
 * A leg that took the namespace of whoever submitted it let any user of a shared
 * credential choose the KDC that gets a timestamp under its key. So the identity
 * is captured once, by acquire.
 */
#include <linux/cred.h>
#include <linux/memcontrol.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "core/fault.h"
#include "core/identity.h"
#include "transport/kdc.h"

/*
 * The identity of this task, or with @ns the one of its credentials there. NULL
 * without memory.
 */
struct sspi_identity *sspi_identity_capture(struct sspi_netns *ns)
{
	struct sspi_identity *who;

	who = sspi_fault() ? NULL : kmalloc(sizeof(*who), GFP_NOIO);
	if (!who)
		return NULL;
	refcount_set(&who->refs, 1);
	who->cred = get_current_cred();
	who->memcg = get_mem_cgroup_from_mm(current->mm);
	if (ns)
		who->ns = sspi_netns_hold(ns);
	else
		who->ns = current->nsproxy ?
			  sspi_netns_get(current->nsproxy->net_ns) : NULL;
	return who;
}

struct sspi_identity *sspi_identity_hold(struct sspi_identity *who)
{
	refcount_inc(&who->refs);
	return who;
}

/* Context: any. */
void sspi_identity_put(struct sspi_identity *who)
{
	if (!who || !refcount_dec_and_test(&who->refs))
		return;
	put_cred(who->cred);
	mem_cgroup_put(who->memcg);
	sspi_netns_put(who->ns);
	kfree(who);
}

/* From here on this task is @who, who pays for what it allocates. */
void sspi_identity_enter(const struct sspi_identity *who,
			 struct sspi_scope *scope)
{
	scope->memcg = set_active_memcg(who->memcg);
	scope->cred = override_creds(who->cred);
}

void sspi_identity_leave(const struct sspi_scope *scope)
{
	revert_creds(scope->cred);
	set_active_memcg(scope->memcg);
}
