# SPDX-License-Identifier: GPL-2.0-only
ksspi-y += module/crypto/md4.o module/crypto/rc4.o module/crypto/hmac.o \
	   module/crypto/ntlm_kdf.o module/crypto/kernel.o

# MD5 and HMAC-MD5: the library where this kernel has them, else crypto_shash.
# Asked of the header and not of a version, so that a backport is found too.
sspi-md5-lib := $(shell grep -sl 'hmac_md5_preparekey' \
			$(srctree)/include/crypto/md5.h)
ksspi-y += module/crypto/$(if $(sspi-md5-lib),lib,shash).o
