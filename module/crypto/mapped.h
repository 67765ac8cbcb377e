/* SPDX-License-Identifier: GPL-2.0-only */
/* Which addresses have their pages in the page tables alone. */
#ifndef _SSPI_CRYPTO_MAPPED_H
#define _SSPI_CRYPTO_MAPPED_H

#include <linux/mm.h>
#include <linux/pgtable.h>

/*
 * Of vmalloc(), which a stack also is, and the variables of modules, where those
 * have a range of their own: 6.1 does not export is_vmalloc_or_module_addr().
 */
static inline bool sspi_mapped(const void *p)
{
#if defined(CONFIG_MODULES) && defined(MODULES_VADDR)
	unsigned long at = (unsigned long)p;

	if (at >= MODULES_VADDR && at < MODULES_END)
		return true;
#endif
	return is_vmalloc_addr(p);
}

#endif /* _SSPI_CRYPTO_MAPPED_H */
