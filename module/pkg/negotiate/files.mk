# SPDX-License-Identifier: GPL-2.0-only
ksspi-$(CONFIG_SSPI_NEGOTIATE) += module/pkg/negotiate/negotiate.o \
				  module/pkg/negotiate/cred.o \
				  module/pkg/negotiate/leg.o \
				  module/pkg/negotiate/mic.o \
				  module/pkg/negotiate/init.o \
				  module/pkg/negotiate/accept.o
