#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# In a guest in FIPS mode: ksspi is there, and gives nobody a credential of NTLM.
# Kerberos works with AES, as everywhere, bit for bit; with RC4, triple DES and
# MD5, which channel bindings need, it does not.
n=0
check() {
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "    ok $n $2"; else echo "    not ok $n $2"; fi
}

[ "$(cat /proc/sys/crypto/fips_enabled)" = 1 ]
check $? "the kernel is in FIPS mode"
grep -q '^ksspi ' /proc/modules
check $? "ksspi is loaded"
for round in 1 2; do
	insmod /modules/sspi_echo.ko && bad=1 || bad=0
	check "$bad" "round $round: echo is refused"
done
dmesg | grep -c 'sspi_echo: leg' | grep -qx 0
check $? "no leg was run"
sspi-drive --kernel <"/fips/fips.in" >/tmp/got 2>/tmp/err
cmp -s /tmp/got /fips/fips.out && [ ! -s /tmp/err ]
check $? "Kerberos: $(wc -l </fips/fips.out) answers as they should be"
diff /fips/fips.out /tmp/got | cut -c 1-300 | head -n 20
head -n 3 /tmp/err
ksspi out && ksspi in
check $? "ksspi goes and comes back"
echo "    1..$n"
