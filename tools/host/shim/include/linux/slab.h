/* SPDX-License-Identifier: GPL-2.0-only */
/* Userspace stand-in: allocation. */
#ifndef _SHIM_LINUX_SLAB_H
#define _SHIM_LINUX_SLAB_H

#include <linux/array_size.h>
#include <linux/overflow.h>
#include <linux/string.h>
#include <linux/types.h>
#include <malloc.h>
#include <stdlib.h>

#define GFP_KERNEL 0u
#define GFP_NOIO 0u
#define GFP_ATOMIC 0u
#define __GFP_ZERO 1u
#define __GFP_NOWARN 0u
#define __GFP_ACCOUNT 0u
#define GFP_KERNEL_ACCOUNT 0u

/*
 * Set to n, the n-th allocation from now on fails, once; 0 for none
 * (tools/host/alloc.c).
 */
extern unsigned long shim_fail_alloc;
extern unsigned long shim_alloc_count;

static inline bool shim_alloc_fails(void)
{
	shim_alloc_count++;
	return shim_fail_alloc && --shim_fail_alloc == 0;
}

static inline void *kmalloc(size_t len, gfp_t gfp)
{
	if (shim_alloc_fails())
		return NULL;
	return gfp & __GFP_ZERO ? calloc(1, len) : malloc(len);
}

static inline void *kzalloc(size_t len, gfp_t gfp)
{
	return kmalloc(len, gfp | __GFP_ZERO);
}

static inline void *kcalloc(size_t count, size_t len, gfp_t gfp)
{
	return kmalloc(size_mul(count, len), gfp | __GFP_ZERO);
}

static inline void *kmalloc_array(size_t count, size_t len, gfp_t gfp)
{
	return kmalloc(size_mul(count, len), gfp);
}

static inline void kfree(const void *p)
{
	free((void *)p);
}

static inline size_t ksize(const void *p)
{
	return malloc_usable_size((void *)p);
}

static inline void kfree_sensitive(const void *p)
{
	if (p)
		explicit_bzero((void *)p, malloc_usable_size((void *)p));
	free((void *)p);
}

static inline void *kmemdup(const void *src, size_t len, gfp_t gfp)
{
	void *p = kmalloc(len, gfp);

	if (p)
		memcpy(p, src, len);
	return p;
}

static inline char *kstrdup(const char *s, gfp_t gfp)
{
	return s ? kmemdup(s, strlen(s) + 1, gfp) : NULL;
}

#define kvmalloc kmalloc
#define kvzalloc kzalloc
#define kvfree kfree
#define kvfree_sensitive(p, len) kfree_sensitive(p)

#endif /* _SHIM_LINUX_SLAB_H */
