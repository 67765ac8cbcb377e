// SPDX-License-Identifier: GPL-2.0-only
/* Whether the scopes of noio.h are where they should be; for the test suites. */
#include <linux/atomic.h>

#include "noio.h"
#include "test_export.h"

static atomic_t checked[SSPI_NOIO_ENTRIES];
static atomic_t outside[SSPI_NOIO_ENTRIES];

void sspi_noio_check(enum sspi_noio_entry entry)
{
	atomic_inc(&checked[entry]);
	if (!(current->flags & PF_MEMALLOC_NOIO))
		atomic_inc(&outside[entry]);
}

struct sspi_noio_count sspi_noio_counted(enum sspi_noio_entry entry)
{
	return (struct sspi_noio_count){
		.checked = atomic_read(&checked[entry]),
		.outside = atomic_read(&outside[entry]),
	};
}
SSPI_EXPORT_FOR_TEST(sspi_noio_counted);
