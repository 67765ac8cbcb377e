// SPDX-License-Identifier: GPL-2.0-only
/* Trace events, and the line for the administrator. */
#include <linux/ratelimit.h>

#include "core/internal.h"

#define CREATE_TRACE_POINTS
#include "core/trace.h"

/*
 * Something was refused. The reason goes to the administrator, never to the
 * peer. @package may be NULL: then @what is the consumer's name.
 */
void sspi_refuse(const struct sspi_package *package, const char *what,
		 const char *reason, sec_status_t status)
{
	const char *name = package ? package->info.name : "consumer";

	if (!reason)
		reason = sec_status_name(status);
	sspi_stat_inc(SSPI_STAT_REFUSED);
	trace_sspi_refusal(name, what, reason, status);
	pr_notice_ratelimited("%s %s refused: %s\n", name, what, reason);
}
