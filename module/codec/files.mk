# SPDX-License-Identifier: GPL-2.0-only
ksspi-y += module/codec/buf.o module/codec/utf16.o module/codec/bindings.o \
	   module/codec/ntlmssp.o module/codec/ntlmssp_build.o \
	   module/codec/ntlmssp_av.o
