# SPDX-License-Identifier: GPL-2.0-only
sspi_cifs-y += module/cifs/main.o module/cifs/authority.o module/cifs/describe.o \
	       module/cifs/identity.o module/cifs/token.o
