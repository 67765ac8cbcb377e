// SPDX-License-Identifier: GPL-2.0-only
/*
 * Contexts and their handles alone: the very code of the core, without the call
 * around it, so that what processors share is not hidden by the rest.
 */
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "core/internal.h"

/* The core's trace points are ksspi.ko's own. */
#define _SSPI_CORE_TRACE_H
#define trace_sspi_handle_refused(...)	do { } while (0)
#define trace_sspi_context_state(...)	do { } while (0)

/*
 * Contexts that are free, of each CPU. The slab allocator and grace periods are
 * not what is measured, and at this rate would be all that there is to see.
 * Nobody reads a context of another thread here.
 */
static DEFINE_PER_CPU(struct rcu_head *, retired);
static struct kmem_cache *object_cache;

static struct sspi_context *object_alloc(void)
{
	struct sspi_context *ctx = NULL;
	struct rcu_head *head;
	unsigned long flags;

	local_irq_save(flags);
	head = __this_cpu_read(retired);
	if (head) {
		__this_cpu_write(retired, head->next);
		ctx = container_of(head, struct sspi_context, obj.rcu);
	}
	local_irq_restore(flags);
	if (!ctx)
		return kmem_cache_zalloc(object_cache, GFP_NOIO);
	memset(ctx, 0, sizeof(*ctx));
	return ctx;
}

static void object_retire(struct rcu_head *head)
{
	unsigned long flags;

	local_irq_save(flags);
	head->next = __this_cpu_read(retired);
	__this_cpu_write(retired, head);
	local_irq_restore(flags);
}

static void objects_release(void)
{
	struct rcu_head *head, *next;
	int cpu;

	for_each_possible_cpu(cpu) {
		for (head = per_cpu(retired, cpu); head; head = next) {
			next = head->next;
			kmem_cache_free(object_cache,
					container_of(head, struct sspi_context,
						     obj.rcu));
		}
		per_cpu(retired, cpu) = NULL;
	}
}

#undef kmem_cache_zalloc
#undef call_rcu
#define kmem_cache_zalloc(cache, gfp)	object_alloc()
#define call_rcu(head, fn)		((void)(fn), object_retire(head))

#include "core/ref.c"
#include "core/table.c"
#include "core/object.c"
#include "core/owner.c"
#include "core/context.c"

#include "bench.h"

DEFINE_PER_CPU(struct sspi_stats, sspi_stats);

static const struct sspi_package package;

/* What these files want of the others, and no context here comes to. */

bool sspi_call_end(struct sspi_call *call, sec_status_t status)
{
	return false;
}

void sspi_job_put(struct sspi_job *job)
{
}

sec_status_t sspi_tracker_reserve(struct sspi_async_context *t)
{
	return SEC_E_UNSUPPORTED_FUNCTION;
}

void sspi_tracker_unreserve(struct sspi_async_context *t)
{
}

unsigned int sspi_tracker_purge(struct sspi_owner *owner)
{
	return 0;
}

void sspi_tracker_drain(struct sspi_owner *owner)
{
}

unsigned int sspi_tracker_release_all(struct sspi_owner *owner)
{
	return 0;
}

unsigned int sspi_transfer_purge(const struct sspi_owner *owner)
{
	return 0;
}

void sspi_call_submit(struct sspi_call *call, const struct sspi_call_ops *ops,
		      struct sspi_async_context *t)
{
}

sec_status_t sspi_invalid(const char *field)
{
	return SEC_E_INVALID_PARAMETER;
}

void sspi_refuse(const struct sspi_package *package, const char *what,
		 const char *reason, sec_status_t status)
{
}

/**
 * struct objects - the contexts of one thread
 * @owner: whose they are
 * @cred: their credential
 * @next: the oldest one
 * @look: the one that was looked up last
 * @count: how many there are
 * @handles: of them
 */
struct objects {
	struct sspi_owner *owner;
	struct sspi_cred *cred;
	unsigned int next;
	unsigned int look;
	unsigned int count;
	struct sspi_handle handles[];
};

/* What no context here comes to the end of. */
static const struct sspi_object_ops never_freed;

static struct sspi_cred *creds[OBJECT_SETS];
static struct sspi_owner *object_owners[OBJECT_SETS];

int objects_init(void)
{
	unsigned int i;

	sspi_handle_init();
	object_cache = kmem_cache_create("sspi_bench_context",
					 sizeof(struct sspi_context), 0, 0,
					 NULL);
	if (!object_cache)
		return -ENOMEM;
	context_cache = object_cache;
	for (i = 0; i < OBJECT_SETS; i++) {
		creds[i] = kzalloc(sizeof(*creds[i]), GFP_KERNEL);
		object_owners[i] = sspi_owner_get(i ? NULL : THIS_MODULE);
		if (!creds[i] || !object_owners[i])
			return -ENOMEM;
		sspi_ref_init(&creds[i]->obj.refs, creds[i]->spares);
		creds[i]->obj.ops = &never_freed;
		creds[i]->package = &package;
		creds[i]->obj.package = 1;
	}
	return 0;
}

void objects_exit(void)
{
	unsigned int i;

	for (i = 0; i < OBJECT_SETS; i++)
		if (object_owners[i])
			sspi_owner_put(object_owners[i]);
	sspi_owner_exit();
	sspi_handle_exit();
	objects_release();
	sspi_context_exit();
	for (i = 0; i < OBJECT_SETS; i++)
		kfree(creds[i]);
}

static int object_make(struct objects *o, unsigned int at)
{
	struct sspi_context *ctx;
	sec_status_t status;

	ctx = sspi_context_create(o->owner, o->cred, SSPI_ROLE_INITIATOR,
				  &status);
	if (!ctx)
		return -ENOMEM;
	o->handles[at] = sspi_object_handle(&ctx->obj);
	return 0;
}

static int object_drop(struct objects *o, unsigned int at)
{
	sec_status_t status;

	status = sspi_object_delete_now(o->owner->module, &o->handles[at],
					SSPI_OBJECT_CONTEXT);
	return status == SEC_E_OK ? 0 : -EIO;
}

/* @owner and @cred say which; the same for two threads is what they share. */
struct objects *objects_new(unsigned int count, unsigned int owner,
			    unsigned int cred)
{
	struct objects *o;

	o = kvzalloc(struct_size(o, handles, count), GFP_KERNEL);
	if (!o)
		return NULL;
	o->owner = object_owners[owner];
	o->cred = creds[cred];
	while (o->count < count) {
		if (object_make(o, o->count))
			break;
		o->count++;
	}
	return o;
}

void objects_free(struct objects *o)
{
	if (!o)
		return;
	while (o->count--)
		object_drop(o, o->count);
	kvfree(o);
}

/* One context deleted, one created in its place, one looked up. */
static int object_turn(struct objects *o)
{
	struct sspi_object *obj;
	int ret;

	ret = object_drop(o, o->next);
	if (!ret)
		ret = object_make(o, o->next);
	if (ret)
		return ret;
	if (++o->next == o->count)
		o->next = 0;
	o->look = (o->look + 7919) % o->count;
	obj = sspi_object_get(&o->handles[o->look], SSPI_OBJECT_CONTEXT,
			      o->owner->module);
	if (!obj)
		return -EIO;
	sspi_object_put(obj);
	return 0;
}

/*
 * Many turns with interrupts off: what the core switches off in between costs
 * nothing then. In User Mode Linux it would be a system call of the host, dear
 * and the same on each processor, and hide what the processors share.
 */
int objects_turns(struct objects *o, unsigned int turns)
{
	unsigned long flags;
	int ret = 0;

	local_irq_save(flags);
	while (turns-- && !ret)
		ret = object_turn(o);
	local_irq_restore(flags);
	return ret;
}
