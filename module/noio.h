/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory for whoever writes dirty pages back. A file system or a block driver
 * waits for us to free memory by writing: what we allocate meanwhile must start
 * no such writing. Each function that begins to run for a consumer, in a worker
 * or in the consumer's own task, is a scope of that; flags of single allocations
 * do not reach those of the network stack.
 */
#ifndef _SSPI_NOIO_H
#define _SSPI_NOIO_H

#include <linux/kconfig.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>

/* Where the service begins to run for a consumer. */
enum sspi_noio_entry {
	SSPI_NOIO_ASK,		/* a question is given to the transport */
	SSPI_NOIO_EXCHANGE,	/* the worker of an exchange */
	SSPI_NOIO_NAMES,	/* the worker of a look-up of a host's name */
	SSPI_NOIO_SOCKET,	/* a socket is made */
	SSPI_NOIO_EVENTS,	/* the worker that sends events */
	SSPI_NOIO_ENTRIES,
};

/* Begins the scope; what it returns is for sspi_noio_leave(). They nest. */
static inline unsigned int sspi_noio_enter(void)
{
	return memalloc_noio_save();
}

static inline void sspi_noio_leave(unsigned int before)
{
	memalloc_noio_restore(before);
}

#if IS_ENABLED(CONFIG_SSPI_KUNIT_TEST)
/* How often an entry was checked, and how often outside a scope. */
struct sspi_noio_count {
	unsigned int checked;
	unsigned int outside;
};

/* Called by what runs in the scope of @entry: the suites look at the count. */
void sspi_noio_check(enum sspi_noio_entry entry);
struct sspi_noio_count sspi_noio_counted(enum sspi_noio_entry entry);
#else
static inline void sspi_noio_check(enum sspi_noio_entry entry)
{
}
#endif

#endif /* _SSPI_NOIO_H */
