# SPDX-License-Identifier: GPL-2.0-only
ksspi-y += module/crypto/md4.o module/crypto/rc4.o module/crypto/hmac.o \
	   module/crypto/ntlm_kdf.o module/crypto/kernel.o

# MD5 and HMAC-MD5: the library where this kernel has them, else crypto_shash.
# Asked of the header and not of a version, so that a backport is found too.
sspi-md5-lib := $(shell grep -sl 'hmac_md5_preparekey' \
			$(srctree)/include/crypto/md5.h)
ksspi-y += module/crypto/$(if $(sspi-md5-lib),lib,shash).o

# Kerberos: SHA and its HMAC from the library or crypto_shash likewise, ciphers
# from crypto_skcipher everywhere.
ifneq ($(filter y m,$(CONFIG_SSPI_KRB5)),)
sspi-sha-lib := $(shell grep -sl 'hmac_sha384_preparekey' \
			$(srctree)/include/crypto/sha2.h)
ksspi-y += $(if $(sspi-sha-lib),module/crypto/sha_lib.o \
		module/crypto/hmac_sha_lib.o,module/crypto/sha_shash.o \
		module/crypto/hmac_sha.o) \
	   module/crypto/text.o module/crypto/skcipher.o module/crypto/cmac.o \
	   module/crypto/krb5_enctype.o module/crypto/krb5_nfold.o \
	   module/crypto/krb5_mac.o module/crypto/krb5_derive.o \
	   module/crypto/krb5_s2k.o module/crypto/krb5_prf.o \
	   module/crypto/krb5_message.o module/crypto/krb5_checksum.o
endif
# goes with the codec of what it checks
sspi_krb5-y += module/crypto/krb5_pac_sum.o
