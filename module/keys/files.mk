# SPDX-License-Identifier: GPL-2.0-only
ksspi-y += module/keys/type.o module/keys/ring.o module/keys/find.o \
	   module/keys/account.o module/keys/trace.o
ksspi-$(if $(filter y m,$(CONFIG_SSPI_KRB5)),y) += module/keys/ccache.o module/keys/collection.o
