/* SPDX-License-Identifier: GPL-2.0-only */
/* Trace events: never a secret, never a name that a peer chose. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM ksspi

#if !defined(_SSPI_CORE_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _SSPI_CORE_TRACE_H

#include <linux/tracepoint.h>

#include "core/internal.h"

DECLARE_EVENT_CLASS(sspi_call_class,
	TP_PROTO(const struct sspi_async_context *actx, const char *what,
		 sec_status_t status),
	TP_ARGS(actx, what, status),
	TP_STRUCT__entry(
		__field(const void *, actx)
		__string(what, what)
		__field(u32, status)
	),
	TP_fast_assign(
		__entry->actx = actx;
		sspi_assign_str(what, what);
		__entry->status = (__force u32)status;
	),
	TP_printk("actx=%p %s status=%#x", __entry->actx, __get_str(what),
		  __entry->status)
);

#define DEFINE_SSPI_CALL_EVENT(name) \
DEFINE_EVENT(sspi_call_class, name, \
	TP_PROTO(const struct sspi_async_context *actx, const char *what, \
		 sec_status_t status), \
	TP_ARGS(actx, what, status))

DEFINE_SSPI_CALL_EVENT(sspi_call_submit);
DEFINE_SSPI_CALL_EVENT(sspi_call_run);
DEFINE_SSPI_CALL_EVENT(sspi_call_park);
DEFINE_SSPI_CALL_EVENT(sspi_call_complete);
DEFINE_SSPI_CALL_EVENT(sspi_call_cancel);

TRACE_EVENT(sspi_context_state,
	TP_PROTO(const struct sspi_context *ctx, u8 from, u8 to),
	TP_ARGS(ctx, from, to),
	TP_STRUCT__entry(
		__field(const void *, ctx)
		__string(package, ctx->package->info.name)
		__field(u8, role)
		__field(u8, from)
		__field(u8, to)
	),
	TP_fast_assign(
		__entry->ctx = ctx;
		sspi_assign_str(package, ctx->package->info.name);
		__entry->role = ctx->role;
		__entry->from = from;
		__entry->to = to;
	),
	TP_printk("ctx=%p %s %s state %u -> %u", __entry->ctx,
		  __get_str(package), __entry->role ? "acceptor" : "initiator",
		  __entry->from, __entry->to)
);

TRACE_EVENT(sspi_invalid_parameter,
	TP_PROTO(const char *field),
	TP_ARGS(field),
	TP_STRUCT__entry(
		__string(field, field)
	),
	TP_fast_assign(
		sspi_assign_str(field, field);
	),
	TP_printk("%s", __get_str(field))
);

TRACE_EVENT(sspi_step,
	TP_PROTO(const char *package, const char *what, size_t in, size_t out,
		 sec_status_t status),
	TP_ARGS(package, what, in, out, status),
	TP_STRUCT__entry(
		__string(package, package)
		__string(what, what)
		__field(size_t, in)
		__field(size_t, out)
		__field(u32, status)
	),
	TP_fast_assign(
		sspi_assign_str(package, package);
		sspi_assign_str(what, what);
		__entry->in = in;
		__entry->out = out;
		__entry->status = (__force u32)status;
	),
	TP_printk("%s %s in=%zu out=%zu status=%#x", __get_str(package),
		  __get_str(what), __entry->in, __entry->out, __entry->status)
);

DECLARE_EVENT_CLASS(sspi_reason_class,
	TP_PROTO(const char *package, const char *what, const char *reason,
		 sec_status_t status),
	TP_ARGS(package, what, reason, status),
	TP_STRUCT__entry(
		__string(package, package)
		__string(what, what)
		__string(reason, reason)
		__field(u32, status)
	),
	TP_fast_assign(
		sspi_assign_str(package, package);
		sspi_assign_str(what, what);
		sspi_assign_str(reason, reason);
		__entry->status = (__force u32)status;
	),
	TP_printk("%s %s: %s status=%#x", __get_str(package), __get_str(what),
		  __get_str(reason), __entry->status)
);

#define DEFINE_SSPI_REASON_EVENT(name) \
DEFINE_EVENT(sspi_reason_class, name, \
	TP_PROTO(const char *package, const char *what, const char *reason, \
		 sec_status_t status), \
	TP_ARGS(package, what, reason, status))

DEFINE_SSPI_REASON_EVENT(sspi_refusal);
DEFINE_SSPI_REASON_EVENT(sspi_notice);
DEFINE_SSPI_REASON_EVENT(sspi_server_said);

TRACE_EVENT(sspi_handle_refused,
	TP_PROTO(u64 lower, u64 upper, u8 type),
	TP_ARGS(lower, upper, type),
	TP_STRUCT__entry(
		__field(u64, lower)
		__field(u64, upper)
		__field(u8, type)
	),
	TP_fast_assign(
		__entry->lower = lower;
		__entry->upper = upper;
		__entry->type = type;
	),
	TP_printk("handle=%#llx:%#llx as %s", __entry->upper, __entry->lower,
		  __entry->type ? "context" : "credential")
);

#endif /* _SSPI_CORE_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH core
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
