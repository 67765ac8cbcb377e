# SPDX-License-Identifier: GPL-2.0-only
ksspi-y += module/core/status.o module/core/owner.o module/core/handle.o \
	   module/core/tracker.o module/core/call.o module/core/registry.o \
	   module/core/credential.o module/core/context.o module/core/step.o module/core/ask.o module/core/refresh.o \
	   module/core/copy.o module/core/buffer.o module/core/sync.o \
	   module/core/message.o module/core/query.o module/core/transfer.o \
	   module/core/env.o module/core/trace.o module/core/debugfs.o \
	   module/core/win.o module/core/fault.o module/core/tell.o \
	   module/core/ref.o module/core/autoload.o
