// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory of packages, and of what consumers receive: wiped when it is freed.
 *
 * Tokens have up to hundreds of kilobytes, for which there may be no pages side by
 * side. Such memory may not be given back in every context that frees: a work does.
 */
#include <linux/llist.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

#include "core/internal.h"

/**
 * struct apart - stands before memory whose pages are not side by side
 * @node: in the list of those that are free
 * @len: bytes after this
 */
struct apart {
	struct llist_node node;
	size_t len;
} __aligned(ARCH_SLAB_MINALIGN);

static LLIST_HEAD(apart_free);

static void apart_work(struct work_struct *work)
{
	struct apart *apart, *next;

	llist_for_each_entry_safe(apart, next, llist_del_all(&apart_free), node)
		vfree(apart);
}

static DECLARE_WORK(apart_reaper, apart_work);

static void *apart_alloc(size_t len)
{
	struct apart *apart;
	size_t size;

	if (check_add_overflow(len, sizeof(*apart), &size))
		return NULL;
	apart = __vmalloc(size, SSPI_GFP | __GFP_ACCOUNT | __GFP_ZERO);
	if (!apart)
		return NULL;
	apart->len = len;
	return apart + 1;
}

/* Documented with its declaration in <linux/sspi_package.h>. */
void *sspi_alloc(size_t len)
{
	gfp_t gfp = SSPI_GFP | __GFP_ACCOUNT;
	void *p;

	if (sspi_fault())
		return NULL;
	if (len <= PAGE_SIZE)
		return kzalloc(len, gfp);
	p = kzalloc(len, gfp | __GFP_NORETRY | __GFP_NOWARN);
	return p ? p : apart_alloc(len);
}
EXPORT_SYMBOL_GPL(sspi_alloc);

/* Documented with its declaration in <linux/sspi_package.h>. */
void sspi_free(const void *p)
{
	struct apart *apart;

	if (likely(!is_vmalloc_addr(p))) {
		kfree_sensitive(p);
		return;
	}
	apart = (struct apart *)p - 1;
	memzero_explicit(apart + 1, apart->len);
	if (llist_add(&apart->node, &apart_free))
		schedule_work(&apart_reaper);
}
EXPORT_SYMBOL_GPL(sspi_free);

/**
 * sspi_free_context_buffer() - wipe and free memory that the service allocated
 * @buffer: an output token of ALLOCATE_MEMORY, a string of an attribute, a list
 *	of packages or an exported context; or NULL
 *
 * Context: any but NMI.
 */
void sspi_free_context_buffer(void *buffer)
{
	sspi_free(buffer);
}
EXPORT_SYMBOL_GPL(sspi_free_context_buffer);

/* Nobody frees any more. */
void sspi_mem_exit(void)
{
	flush_work(&apart_reaper);
}
