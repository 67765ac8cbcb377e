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

	sspi_test_note_reason(reason);
	if (!reason)
		reason = sec_status_name(status);
	sspi_stat_inc(SSPI_STAT_REFUSED);
	trace_sspi_refusal(name, what, reason, status);
	pr_notice_ratelimited("%s %s refused: %s\n", name, what, reason);
}

/* Something went on, and not as the administrator might expect. */
void sspi_notice(const struct sspi_package *package, const char *what,
		 const char *notice, sec_status_t status)
{
	trace_sspi_notice(package->info.name, what, notice, status);
	pr_notice_ratelimited("%s %s: %s (%s)\n", package->info.name, what,
			      notice, sec_status_name(status));
}

#ifdef CONFIG_SSPI_TEST_DEVICE
static const char *last_reason;

/* What the last refusal said, whoever's it was; constant texts and NULL. */
void sspi_test_note_reason(const char *reason)
{
	WRITE_ONCE(last_reason, reason);
}

const char *sspi_test_last_reason(void)
{
	return READ_ONCE(last_reason);
}
#endif
