# SPDX-License-Identifier: GPL-2.0-only
# What of module/codec and module/crypto a program is built from, and with
# which flags; paths from the top of the tree. Back ends of the kernel
# (lib.c, shash.c, kernel.c, sha_*.c, skcipher.c, cmac.c) are replaced by
# crypto_host.c and crypto_host_krb5.c.
HOST_BASE_SRCS := \
	module/codec/buf.c module/codec/utf16.c module/codec/bindings.c \
	module/codec/ntlmssp.c module/codec/ntlmssp_build.c \
	module/codec/ntlmssp_av.c module/codec/credkey.c \
	module/codec/pkglist.c \
	module/codec/der.c module/codec/der_write.c module/codec/der_time.c \
	module/codec/krb5_base.c module/codec/krb5_base_build.c \
	module/codec/krb5_name.c module/codec/krb5_ticket.c \
	module/codec/krb5_ap.c module/codec/krb5_gss.c \
	module/codec/krb5_gss_msg.c module/codec/krb5_padata.c \
	module/codec/krb5_padata_ms.c module/codec/krb5_kdc_req.c \
	module/codec/krb5_kdc_rep.c module/codec/krb5_error.c \
	module/codec/krb5_fast.c module/codec/krb5_cred.c \
	module/codec/krb5_store.c module/codec/krb5_keyring.c \
	module/codec/krb5_pac.c module/codec/krb5_pac_info.c \
	module/codec/spnego.c module/codec/spnego_build.c \
	module/crypto/md4.c module/crypto/rc4.c module/crypto/hmac.c \
	module/crypto/ntlm_kdf.c \
	tools/host/crypto_host.c
HOST_KRB5_SRCS := \
	module/crypto/hmac_sha.c module/crypto/text.c \
	module/crypto/krb5_enctype.c module/crypto/krb5_nfold.c \
	module/crypto/krb5_mac.c module/crypto/krb5_derive.c \
	module/crypto/krb5_s2k.c module/crypto/krb5_prf.c \
	module/crypto/krb5_message.c module/crypto/krb5_checksum.c \
	module/crypto/krb5_pac_sum.c \
	tools/host/crypto_host_krb5.c
HOST_CPPFLAGS := -Itools/host/shim/include -Iinclude -Imodule
HOST_LIBS := -lnettle -lz
