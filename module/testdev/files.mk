# SPDX-License-Identifier: GPL-2.0-only
ifeq ($(CONFIG_SSPI_TEST_DEVICE),y)
ksspi-y += module/testdev/device.o module/testdev/call.o \
	   module/testdev/exec.o module/testdev/exec_auth.o \
	   module/testdev/exec_msg.o module/testdev/exec_query.o module/testdev/exec_import.o \
	   module/testdev/script_env.o module/testdev/script_io.o
ksspi-$(if $(filter y m,$(CONFIG_SSPI_KRB5)),y) += module/testdev/exec_krb5.o
endif
