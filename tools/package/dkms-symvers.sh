#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Called by DKMS: keeps what a module that uses ksspi is built against, and a link to
# the headers, which are the same for all kernels:
#   dkms-symvers.sh keep|drop KERNEL VERSION
set -eu
top=/usr/src/ksspi folder=/usr/src/ksspi/$2
case $1 in
keep)
	install -D -m 644 Module.symvers "$folder/Module.symvers"
	[ -e "$top/include" ] || ln -sfn "../ksspi-$3/include" "$top/include" ;;
drop)
	rm -f "$folder/Module.symvers"
	[ ! -d "$folder" ] || rmdir "$folder"
	[ -z "$(find "$top" -name Module.symvers 2>/dev/null)" ] || exit 0
	[ ! -L "$top/include" ] || rm "$top/include"
	[ ! -d "$top" ] || rmdir "$top" ;;
esac
