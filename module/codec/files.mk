# SPDX-License-Identifier: GPL-2.0-only
# What more than one module needs is in ksspi.ko, the rest where it is used.
ksspi-y += module/codec/buf.o module/codec/utf16.o module/codec/bindings.o \
	   module/codec/credkey.o module/codec/pkglist.o
ksspi-$(if $(filter y m,$(CONFIG_SSPI_KRB5) $(CONFIG_SSPI_NEGOTIATE)),y) += \
	   module/codec/der.o module/codec/der_write.o module/codec/der_time.o
ksspi-$(if $(filter y m,$(CONFIG_SSPI_KRB5)),y) += \
	   module/codec/krb5_base.o module/codec/krb5_base_build.o \
	   module/codec/krb5_name.o module/codec/krb5_error.o \
	   module/codec/krb5_store.o module/codec/krb5_keyring.o
sspi_ntlm-y += module/codec/ntlmssp.o module/codec/ntlmssp_build.o \
	   module/codec/ntlmssp_av.o
sspi_krb5-y += module/codec/krb5_ticket.o module/codec/krb5_ap.o \
	   module/codec/krb5_gss.o module/codec/krb5_gss_msg.o \
	   module/codec/krb5_padata.o module/codec/krb5_padata_ms.o \
	   module/codec/krb5_kdc_req.o module/codec/krb5_kdc_rep.o \
	   module/codec/krb5_fast.o module/codec/krb5_cred.o \
	   module/codec/krb5_pac.o module/codec/krb5_pac_info.o
sspi_negotiate-y += module/codec/spnego.o module/codec/spnego_build.o
