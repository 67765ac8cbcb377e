#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Called by DKMS: keeps what a module that uses ksspi is built against, besides
# the headers, which are the same for all kernels:
#   dkms-symvers.sh keep|drop KERNEL
set -eu
folder=/usr/src/ksspi/$2
case $1 in
keep) install -D -m 644 Module.symvers "$folder/Module.symvers" ;;
drop)
	rm -f "$folder/Module.symvers"
	[ ! -d "$folder" ] || rmdir "$folder" ;;
esac
