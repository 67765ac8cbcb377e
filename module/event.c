// SPDX-License-Identifier: GPL-2.0-only
/* The one place between those who tell and the one who listens. */
#include <linux/rcupdate.h>

#include "event.h"
#include "test_export.h"

static const struct sspi_event_sink __rcu *event_sink;

void sspi_event_attach(const struct sspi_event_sink *sink)
{
	rcu_assign_pointer(event_sink, sink);
}

/* Nothing is posted to the sink once this has returned. */
void sspi_event_detach(void)
{
	RCU_INIT_POINTER(event_sink, NULL);
	synchronize_rcu();
}

/* Context: any but NMI. */
bool sspi_event_wanted(u64 netns, enum sspi_event_kind kind)
{
	const struct sspi_event_sink *sink;
	bool wanted;

	rcu_read_lock();
	sink = rcu_dereference(event_sink);
	wanted = sink && netns && sink->wanted(netns, kind);
	rcu_read_unlock();
	return wanted;
}

/* Context: any but NMI. */
void sspi_event_post(const struct sspi_event *event)
{
	const struct sspi_event_sink *sink;

	rcu_read_lock();
	sink = rcu_dereference(event_sink);
	if (sink && event->netns && sink->wanted(event->netns, event->kind))
		sink->post(event);
	rcu_read_unlock();
}
SSPI_EXPORT_FOR_TEST(sspi_event_post);
