// SPDX-License-Identifier: GPL-2.0-only
/* The trace events of this room. */
#define CREATE_TRACE_POINTS
#include "keys/trace.h"
