/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where keys were looked for, and what came of it: serial numbers, as in
 * /proc/keys, and no name that a user chose.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM ksspi

#if !defined(_SSPI_KEYS_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _SSPI_KEYS_TRACE_H

#include <linux/tracepoint.h>

TRACE_EVENT(sspi_keys,
	TP_PROTO(const char *what, const char *where, s32 serial, int err),
	TP_ARGS(what, where, serial, err),
	TP_STRUCT__entry(
		__string(what, what)
		__string(where, where)
		__field(s32, serial)
		__field(int, err)
	),
	TP_fast_assign(
		sspi_assign_str(what, what);
		sspi_assign_str(where, where);
		__entry->serial = serial;
		__entry->err = err;
	),
	TP_printk("%s in %s: serial=%08x err=%d", __get_str(what),
		  __get_str(where), __entry->serial, __entry->err)
);

#endif /* _SSPI_KEYS_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH keys
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
