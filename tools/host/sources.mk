# SPDX-License-Identifier: GPL-2.0-only
# What of module/codec and module/crypto a program is built from, and with
# which flags; paths from the top of the tree. Back ends of the kernel
# (lib.c, shash.c, kernel.c) are replaced by crypto_host.c.
HOST_BASE_SRCS := \
	module/codec/buf.c module/codec/utf16.c module/codec/bindings.c \
	module/codec/ntlmssp.c module/codec/ntlmssp_build.c \
	module/codec/ntlmssp_av.c \
	module/crypto/md4.c module/crypto/rc4.c module/crypto/hmac.c \
	module/crypto/ntlm_kdf.c \
	tools/host/crypto_host.c
HOST_CPPFLAGS := -Itools/host/shim/include -Iinclude -Imodule
HOST_LIBS := -lnettle -lz
