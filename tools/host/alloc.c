// SPDX-License-Identifier: GPL-2.0-only
/* Allocation of the userspace build, with a failure to order. */
#include <linux/slab.h>
#include <linux/sspi_package.h>

unsigned long shim_fail_alloc;
unsigned long shim_alloc_count;

void *sspi_alloc(size_t len)
{
	return kzalloc(len, SSPI_GFP);
}

void sspi_free(const void *p)
{
	kfree_sensitive(p);
}
