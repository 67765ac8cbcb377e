#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# In the guest: what request_key() for a key of cifs costs, the ticket at hand, with
# ksspi-cifs and with cifs.upcall. /keys has the keys of a cache (krb5_files.py).
[ -n "$1" ] || exec keyctl session - sh "$0" in-a-session
set -e
parameters=/sys/module/spnego_asker/parameters
description='ver=0x2;host=srv.test;ip4=192.0.2.1;sec=krb5;uid=0x0;creduid=0x0;pid=0x'
mkdir -p /etc/request-key.d
echo 'root:x:0:0::/:/bin/sh' >/etc/passwd
ring=$(keyctl newring _krb "$(keyctl get_persistent @s 0)")
cache=$(keyctl newring 0 "$ring")
printf '\0\0\0\1\0\0\0\0010' | keyctl padd user krb_ccache:primary "$ring"
keyctl padd user __krb5_princ__ "$cache" </keys/princ
keyctl padd user cifs/srv.test@FORGE.TEST "$cache" </keys/cifs
keyctl padd user krbtgt/FORGE.TEST@FORGE.TEST "$cache" </keys/tgt
insmod /modules/spnego_asker.ko
for with in ksspi-cifs cifs.upcall; do
	echo "create cifs.spnego * * /bin/$with %k" >/etc/request-key.d/bench.conf
	printf 'upcall-%s' $with >$parameters/name
	echo "$description$(printf %x $$)" >$parameters/ask
	cat $parameters/answer
	echo 10 >$parameters/measure
done
rmmod spnego_asker
echo "KSSPI-BENCH done"
