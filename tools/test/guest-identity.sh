#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# In the guest: uid 1000 in its own user and network namespace, with a realm and a
# KDC of its own, uses what root has lent. kunit/support/sspi_lender.c lends.
n=0
check() {
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "    ok $n $2"; else echo "    not ok $n $2"; fi
}

# The namespaces of the user. The KDC hangs up when somebody has sent something;
# what shows that it would hear is a request of the user's own.
stranger() {
	cd /tmp/stranger || exit
	ip link set lo up
	nc -l -p 8888 </dev/null >heard &
	until netstat -tln | grep -q ':8888 '; do usleep 10000; done
	sspictl realm add LENT.TEST kdc tcp:127.0.0.1:8888 || exit
	touch realm
	echo leg >/dev/sspi_lender && touch leg
	cp heard heard-of-leg
	[ -s heard ] || echo knock | nc -w 5 127.0.0.1 8888
	wait
}

[ "${1:-}" != stranger ] || { stranger; exit; }
# the ramdisk is root's alone as it comes
chmod 755 /
mkdir -m 777 /tmp/stranger
chmod 666 /dev/sspi_lender
echo 1 >/proc/sys/kernel/unprivileged_userns_clone 2>/dev/null
dmesg -c >/dev/null
su user -s /bin/sh -c 'exec unshare -U -r -n sh /identity.sh stranger'
[ "$(stat -c %u /tmp/stranger/realm)" = 1000 ]
check $? "a user without privileges has the realm in a namespace of its own"
[ -e /tmp/stranger/leg ]
check $? "and causes a leg of root's credential"
[ -e /tmp/stranger/heard-of-leg ] && [ ! -s /tmp/stranger/heard-of-leg ]
check $? "its KDC hears nothing of that"
dmesg | grep -q 'sspi_lender: leg: SEC_E_NO_AUTHENTICATING_AUTHORITY'
check $? "the leg found no KDC where root acquired"
[ -s /tmp/stranger/heard ]
check $? "the KDC would have heard"
echo "    1..$n"
