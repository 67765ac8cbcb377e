// SPDX-License-Identifier: GPL-2.0-only
/* Consumers: what each has, what it may have, and cleaning up after it. */
#include <linux/hashtable.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "core/internal.h"
#include "core/trace.h"

static unsigned int max_trackers_per_owner = 1048576;
module_param(max_trackers_per_owner, uint, 0644);
MODULE_PARM_DESC(max_trackers_per_owner, "Trackers that one module may have");

static unsigned int max_calls_per_owner = 262144;
module_param(max_calls_per_owner, uint, 0644);
MODULE_PARM_DESC(max_calls_per_owner, "Pending calls that one module may have");

static unsigned int max_credentials_per_owner = 4096;
module_param(max_credentials_per_owner, uint, 0644);
MODULE_PARM_DESC(max_credentials_per_owner,
		 "Credentials that one module may have");

static unsigned int max_contexts_per_owner = 262144;
module_param(max_contexts_per_owner, uint, 0644);
MODULE_PARM_DESC(max_contexts_per_owner, "Contexts that one module may have");

static unsigned int max_questions_per_owner = 32768;
module_param(max_questions_per_owner, uint, 0644);
MODULE_PARM_DESC(max_questions_per_owner,
		 "Questions to servers that one module may have open");

static const struct {
	const unsigned int *max;
	const char *reason;
} charges[SSPI_CHARGES] = {
	[SSPI_CHARGE_TRACKER] = { &max_trackers_per_owner,
				  "too many trackers" },
	[SSPI_CHARGE_CALL] = { &max_calls_per_owner, "too many calls" },
	[SSPI_CHARGE_CRED] = { &max_credentials_per_owner,
			       "too many credentials" },
	[SSPI_CHARGE_CONTEXT] = { &max_contexts_per_owner,
				  "too many contexts" },
	[SSPI_CHARGE_QUESTION] = { &max_questions_per_owner,
				   "too many questions" },
};

static DEFINE_MUTEX(owner_lock);	/* protects writes of owners */
static DEFINE_HASHTABLE(owners, 6);

/* The first count of spares is for references. */
static_assert(SSPI_CHARGES < SSPI_SPARES_COUNTS);

static struct sspi_owner *owner_find(const struct module *module)
{
	struct sspi_owner *owner;

	hash_for_each_possible_rcu(owners, owner, node, (unsigned long)module,
				   lockdep_is_held(&owner_lock))
		if (owner->module == module &&
		    sspi_ref_get(&owner->refs))
			return owner;
	return NULL;
}

static struct sspi_owner *owner_make(struct module *module)
{
	struct sspi_owner *owner = kzalloc(sizeof(*owner), GFP_NOIO);
	unsigned int i;

	if (!owner)
		return NULL;
	owner->module = module;
	sspi_ref_init(&owner->refs, owner->spares);
	sspi_ref_hold(&owner->refs);	/* the caller's */
	for (i = 0; i < SSPI_CHARGES; i++)
		sspi_quota_init(&owner->used[i], owner->spares, i + 1);
	strscpy(owner->name, module ? module->name : "built-in",
		sizeof(owner->name));
	hash_add_rcu(owners, &owner->node, (unsigned long)module);
	return owner;
}

/* The owner of a module, made at the first call; NULL without memory. */
struct sspi_owner *sspi_owner_get(struct module *module)
{
	struct sspi_owner *owner;

	rcu_read_lock();
	owner = owner_find(module);
	rcu_read_unlock();
	if (owner)
		return owner;

	mutex_lock(&owner_lock);
	owner = owner_find(module);
	if (!owner)
		owner = owner_make(module);
	mutex_unlock(&owner_lock);
	return owner;
}

struct sspi_owner *sspi_owner_hold(struct sspi_owner *owner)
{
	sspi_ref_hold(&owner->refs);
	return owner;
}

void sspi_owner_put(struct sspi_owner *owner)
{
	if (sspi_ref_put(&owner->refs))
		kfree_rcu(owner, rcu);
}

/* Whether the owner may have one more; if so it has. */
bool sspi_owner_charge(struct sspi_owner *owner, enum sspi_charge what)
{
	if (likely(sspi_quota_take(&owner->used[what],
				   READ_ONCE(*charges[what].max))))
		return true;
	sspi_refuse(NULL, owner->name, charges[what].reason,
		    SEC_E_INSUFFICIENT_MEMORY);
	return false;
}

void sspi_owner_uncharge(struct sspi_owner *owner, enum sspi_charge what)
{
	sspi_quota_give(&owner->used[what]);
}

struct owner_left {
	const struct sspi_owner *owner;
	unsigned int creds;
	unsigned int contexts;
};

static int left_behind(struct sspi_object *obj, void *priv)
{
	struct owner_left *left = priv;

	if (READ_ONCE(obj->owner) != left->owner || !sspi_object_delete(obj))
		return 0;
	if (obj->ops->type == SSPI_OBJECT_CRED)
		left->creds++;
	else
		left->contexts++;
	return 0;
}

/*
 * ORDER: nothing more is taken; calls are ended; callbacks that were running may have
 * got one in before that, so wait for them and end those; then what handles name,
 * which nobody publishes any more; trackers last.
 */
static void owner_purge(struct sspi_owner *owner)
{
	struct owner_left left = { .owner = owner };
	unsigned int calls, trackers;

	WRITE_ONCE(owner->going, true);
	calls = sspi_tracker_purge(owner);
	sspi_tracker_drain(owner);
	calls += sspi_tracker_purge(owner);
	sspi_tracker_drain(owner);
	sspi_object_walk(left_behind, &left);
	left.contexts += sspi_transfer_purge(owner);
	trackers = sspi_tracker_release_all(owner);
	if (calls || trackers || left.creds || left.contexts)
		pr_err("consumer %s left %u contexts, %u credentials, %u calls behind (%u trackers)\n",
		       owner->name, left.contexts, left.creds, calls, trackers);
}

/* Takes it out of the table; the caller holds a reference too. */
static void owner_unhash(struct sspi_owner *owner)
{
	mutex_lock(&owner_lock);
	hash_del_rcu(&owner->node);
	mutex_unlock(&owner_lock);
	sspi_ref_kill(&owner->refs);
	sspi_owner_put(owner);
}

/*
 * It stays in the table until nothing of it runs any more: what its callbacks ask
 * for meanwhile meets an owner that is going, and not a new one.
 */
static int owner_notify(struct notifier_block *nb, unsigned long state,
			void *data)
{
	struct sspi_owner *owner;

	if (state != MODULE_STATE_GOING)
		return NOTIFY_DONE;
	rcu_read_lock();
	owner = owner_find(data);
	rcu_read_unlock();
	if (!owner)
		return NOTIFY_DONE;
	owner_purge(owner);
	owner_unhash(owner);
	sspi_owner_put(owner);
	return NOTIFY_OK;
}

static struct notifier_block owner_notifier = {
	.notifier_call = owner_notify,
};

int sspi_owner_init(void)
{
	return register_module_notifier(&owner_notifier);
}

/* Modules that use the service cannot be loaded any more: only our own parts. */
void sspi_owner_exit(void)
{
	struct sspi_owner *owner;
	struct hlist_node *next;
	int bucket;

	unregister_module_notifier(&owner_notifier);
	hash_for_each_safe(owners, bucket, next, owner, node) {
		sspi_owner_hold(owner);
		owner_purge(owner);
		owner_unhash(owner);
		sspi_owner_put(owner);
	}
}
