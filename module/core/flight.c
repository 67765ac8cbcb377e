// SPDX-License-Identifier: GPL-2.0-only
/*
 * Steps that wait for what another step fetches. They are parked as those are
 * that have a question, on the flight instead of a transport, and whoever takes
 * one away is told in the same way whether it was resumed already.
 *
 * A wake-up is never lost: what happens to a flight while nobody is parked on it
 * is remembered there, and whoever parks then goes on at once.
 */
#include <linux/export.h>

#include "core/flight.h"
#include "test_export.h"

void sspi_flight_init(struct sspi_flight *flight)
{
	*flight = (struct sspi_flight){ };
	spin_lock_init(&flight->lock);
	INIT_LIST_HEAD(&flight->waiting);
}
EXPORT_SYMBOL_GPL(sspi_flight_init);

/* True if there was one. Its step may run before this returns. */
static bool resume_locked(struct sspi_flight *flight)
{
	struct sspi_question *question;

	question = list_first_entry_or_null(&flight->waiting,
					    struct sspi_question, link);
	if (!question)
		return false;
	list_del_init(&question->link);
	question->answered(question);
	return true;
}

void sspi_flight_pass(struct sspi_flight *flight)
{
	unsigned long flags;

	spin_lock_irqsave(&flight->lock, flags);
	if (!resume_locked(flight))
		flight->owed = true;
	spin_unlock_irqrestore(&flight->lock, flags);
}
EXPORT_SYMBOL_GPL(sspi_flight_pass);

void sspi_flight_end(struct sspi_flight *flight)
{
	unsigned long flags;

	spin_lock_irqsave(&flight->lock, flags);
	flight->over = true;
	while (resume_locked(flight))
		;
	spin_unlock_irqrestore(&flight->lock, flags);
}
EXPORT_SYMBOL_GPL(sspi_flight_end);

/*
 * Parks @question. True: @answered will be called, unless sspi_flight_cancel()
 * wins; false: it will not, the step is to go on.
 */
bool sspi_flight_park(struct sspi_flight *flight,
		      struct sspi_question *question)
{
	unsigned long flags;
	bool parked;

	INIT_LIST_HEAD(&question->link);
	spin_lock_irqsave(&flight->lock, flags);
	parked = !flight->over && !flight->owed;
	if (parked)
		list_add_tail(&question->link, &flight->waiting);
	flight->owed = false;
	spin_unlock_irqrestore(&flight->lock, flags);
	return parked;
}
SSPI_EXPORT_FOR_TEST(sspi_flight_park);

/* Of a question that was parked: true if nothing will come of it any more. */
bool sspi_flight_cancel(struct sspi_flight *flight,
			struct sspi_question *question)
{
	unsigned long flags;
	bool won;

	spin_lock_irqsave(&flight->lock, flags);
	won = !list_empty(&question->link);
	list_del_init(&question->link);
	spin_unlock_irqrestore(&flight->lock, flags);
	return won;
}
SSPI_EXPORT_FOR_TEST(sspi_flight_cancel);
