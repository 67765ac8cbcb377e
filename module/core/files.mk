# SPDX-License-Identifier: GPL-2.0-only
ksspi-y += $(addprefix module/core/,status.o owner.o ref.o table.o object.o \
	   tracker.o call.o notify.o init.o job.o wait.o identity.o leg.o \
	   acquire.o credential.o context.o ask.o flight.o refresh.o registry.o autoload.o copy.o buffer.o mem.o message.o \
	   query.o transfer.o win.o env.o trace.o tell.o debugfs.o fault.o)
