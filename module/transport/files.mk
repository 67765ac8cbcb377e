# SPDX-License-Identifier: GPL-2.0-only
ksspi-y += module/transport/netns.o module/transport/realm.o \
	   module/transport/exchange.o module/transport/run.o module/transport/health.o module/transport/turn.o \
	   module/transport/conn.o
ksspi-$(if $(filter y m,$(CONFIG_SSPI_KRB5)),y) += module/transport/judge.o
# the resolver may be a module, as the whole may
ksspi-$(if $(CONFIG_DNS_RESOLVER),y) += module/transport/names.o
