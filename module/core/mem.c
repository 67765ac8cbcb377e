// SPDX-License-Identifier: GPL-2.0-only
/* Memory of packages, and of what consumers receive: wiped when it is freed. */
#include <linux/slab.h>

#include "core/internal.h"

/* Documented with its declaration in <linux/sspi_package.h>. */
void *sspi_alloc(size_t len)
{
	return sspi_fault() ? NULL : kzalloc(len, SSPI_GFP);
}
EXPORT_SYMBOL_GPL(sspi_alloc);

/* Documented with its declaration in <linux/sspi_package.h>. */
void sspi_free(const void *p)
{
	kfree_sensitive(p);
}
EXPORT_SYMBOL_GPL(sspi_free);

/**
 * sspi_free_context_buffer() - wipe and free memory that the service allocated
 * @buffer: an output token of ALLOCATE_MEMORY, a string of an attribute, a list
 *	of packages or an exported context; or NULL
 *
 * Context: any.
 */
void sspi_free_context_buffer(void *buffer)
{
	kfree_sensitive(buffer);
}
EXPORT_SYMBOL_GPL(sspi_free_context_buffer);
