// SPDX-License-Identifier: GPL-2.0-only
/* Trace events, and the line for the administrator. */
#include <linux/ratelimit.h>

#include "core/internal.h"

#define CREATE_TRACE_POINTS
#include "core/trace.h"

/* SEC_E_INVALID_PARAMETER; which parameter it was is in a trace event. */
sec_status_t sspi_invalid(const char *field)
{
	trace_sspi_invalid_parameter(field);
	return SEC_E_INVALID_PARAMETER;
}

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

/* The same for a leg, with what a server has said about it. */
void sspi_refuse_step(const struct sspi_package *package, const char *what,
		      const struct sspi_step *step, sec_status_t status)
{
	sspi_refuse(package, what, step->reason, status);
	if (!step->detail[0])
		return;
	trace_sspi_server_said(package->info.name, what, step->detail, status);
	if (step->reason)
		sspi_test_note_detail(step->reason, step->detail);
}

#ifdef CONFIG_SSPI_TEST_DEVICE
static const char *last_reason;
static char last_text[2 * SSPI_MAX_DETAIL];
static DEFINE_SPINLOCK(last_lock);	/* of writing last_text */

/* What the last refusal said, whoever's it was, or NULL. */
void sspi_test_note_reason(const char *reason)
{
	WRITE_ONCE(last_reason, reason);
}

/* As the userspace build puts the two together. */
void sspi_test_note_detail(const char *reason, const char *detail)
{
	spin_lock(&last_lock);
	scnprintf(last_text, sizeof(last_text), "%s (%s)", reason, detail);
	spin_unlock(&last_lock);
	WRITE_ONCE(last_reason, last_text);
}

const char *sspi_test_last_reason(void)
{
	return READ_ONCE(last_reason);
}
#endif
