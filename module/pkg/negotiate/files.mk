# SPDX-License-Identifier: GPL-2.0-only
sspi_negotiate-y += module/pkg/negotiate/module.o \
	      module/pkg/negotiate/negotiate.o module/pkg/negotiate/cred.o \
	      module/pkg/negotiate/leg.o module/pkg/negotiate/mic.o \
	      module/pkg/negotiate/init.o module/pkg/negotiate/accept.o
