# SPDX-License-Identifier: GPL-2.0-only
sspi_krb5-y += module/pkg/krb5/module.o module/pkg/krb5/krb5.o \
	      module/pkg/krb5/util.o module/pkg/krb5/error.o module/pkg/krb5/cred.o \
	      module/pkg/krb5/tickets.o module/pkg/krb5/init.o \
	      module/pkg/krb5/request.o module/pkg/krb5/deleg.o module/pkg/krb5/pac.o \
	      module/pkg/krb5/ask.o module/pkg/krb5/flight.o module/pkg/krb5/as.o module/pkg/krb5/tgs.o \
	      module/pkg/krb5/preauth.o module/pkg/krb5/keys.o module/pkg/krb5/fast.o \
	      module/pkg/krb5/kdcap.o module/pkg/krb5/renew.o module/pkg/krb5/s4u.o \
	      module/pkg/krb5/accept.o module/pkg/krb5/verify.o \
	      module/pkg/krb5/ready.o module/pkg/krb5/replay.o module/pkg/krb5/msg.o \
	      module/pkg/krb5/msg_v1.o module/pkg/krb5/v1.o module/pkg/krb5/window.o \
	      module/pkg/krb5/show.o
