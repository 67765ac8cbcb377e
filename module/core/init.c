// SPDX-License-Identifier: GPL-2.0-only
/* Loading and unloading of the core: the order of things. */
#include "core/autoload.h"
#include "core/internal.h"

static int queues_init(void)
{
	int err;

	err = sspi_call_init();
	if (err)
		return err;
	err = sspi_notify_init();
	if (err)
		goto call;
	err = sspi_load_init();
	if (err)
		goto notify;
	return 0;

notify:
	sspi_notify_exit();
call:
	sspi_call_exit();
	return err;
}

static void queues_exit(void)
{
	sspi_load_exit();
	sspi_call_exit();
	sspi_notify_exit();
}

int sspi_core_init(void)
{
	int err;

	sspi_handle_init();
	err = sspi_tracker_init();
	if (err)
		return err;
	err = sspi_context_init();
	if (err)
		goto tracker;
	err = queues_init();
	if (err)
		goto context;
	err = sspi_owner_init();
	if (err)
		goto queues;
	sspi_transfer_init();
	sspi_debugfs_init();
	return 0;

queues:
	queues_exit();
context:
	sspi_context_exit();
tracker:
	sspi_tracker_exit();
	return err;
}

/*
 * ORDER: nobody watches, all owners' things go, the queues run dry (a call may have a
 * callback run, which submits nothing any more), memory.
 */
void sspi_core_exit(void)
{
	sspi_debugfs_exit();
	sspi_owner_exit();
	queues_exit();
	sspi_handle_exit();
	sspi_context_exit();
	sspi_tracker_exit();
	sspi_mem_exit();
}
