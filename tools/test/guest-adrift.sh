#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# In the guest: network namespaces that go while a consumer's calls wait for KDCs
# there. kunit/support/sspi_adrift.c says for what.
n=0
check() {
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "    ok $n $2"; else echo "    not ok $n $2"; fi
}
stat_is() { grep -q "^$1 0\$" /sys/kernel/debug/ksspi/stats; }

# A namespace of its own, which ends with this: what is sent through lo to
# somebody else is lost, and who listens takes no connection.
adrift() {
	ip link set lo up
	ip addr add 192.0.2.1/32 dev lo
	ip route add 198.51.100.0/24 dev lo src 192.0.2.1
	httpd -f -p 127.0.0.1:88 &
	until netstat -tln | grep -q ':88 '; do usleep 10000; done
	kill -STOP $!
	insmod /modules/sspi_adrift.ko &&
		[ "$(netstat -tn | grep -c ':88 *ESTABLISHED')" -ge 2 ] &&
		netstat -tn | grep -q '198.51.100.1:88 *SYN_SENT'
	waits=$?
	# so that not even the end of the server is heard of; it goes whatever was found
	ip link set lo down
	kill -KILL $!
	return $waits
}

[ "${1:-}" != adrift ] || { adrift; exit; }
parameters=/sys/module/ksspi/parameters
for name in kdc_timeout_ms kdc_reply_ms kdc_total_ms; do echo 600000 >$parameters/$name; done
# half of them have no turn
echo 4 >$parameters/kdc_active
round=0
while [ $round -lt "${ROUNDS:-5}" ]; do
	round=$((round + 1))
	dmesg -c >/dev/null 2>&1
	unshare -n sh "$0" adrift
	check $? "round $round: a namespace with calls that wait"
	ksspi out 2>/dev/null && bad=1 || bad=0
	ksspi in
	check "$bad" "round $round: ksspi stays while it has a consumer"
	rmmod sspi_adrift
	dmesg | grep -q 'sspi_adrift: 24 questions wait: SEC_E_OK'
	check $? "round $round: all had asked"
	dmesg | grep -q 'sspi_adrift: 24 of 24 ended for want of a KDC'
	check $? "round $round: all ended when it went"
	for what in contexts_live credentials_live trackers_live; do
		stat_is $what
		check $? "round $round: $what 0"
	done
done
round=0
while [ $round -lt 10 ]; do
	round=$((round + 1))
	unshare -n true
	ksspi out || break
	ksspi in || break
done
[ $round = 10 ] && grep -q '^ksspi ' /proc/modules
check $? "ksspi goes and comes while namespaces go"
echo "    1..$n"
