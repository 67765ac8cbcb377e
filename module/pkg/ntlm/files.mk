# SPDX-License-Identifier: GPL-2.0-only
sspi_ntlm-y += module/pkg/ntlm/module.o module/pkg/ntlm/ntlm.o \
	      module/pkg/ntlm/cred.o module/pkg/ntlm/init.o module/pkg/ntlm/respond.o \
	      module/pkg/ntlm/accept.o module/pkg/ntlm/logon.o module/pkg/ntlm/msg.o \
	      module/pkg/ntlm/reflect.o
