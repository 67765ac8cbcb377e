/* SPDX-License-Identifier: GPL-2.0-only */
/* The core's side of struct sspi_flight. Context of each: any. */
#ifndef _SSPI_CORE_FLIGHT_H
#define _SSPI_CORE_FLIGHT_H

#include "transport/kdc.h"

bool sspi_flight_park(struct sspi_flight *flight,
		      struct sspi_question *question);
bool sspi_flight_cancel(struct sspi_flight *flight,
			struct sspi_question *question);

#endif /* _SSPI_CORE_FLIGHT_H */
