#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# In the guest: consumers that go without cleaning up, with calls in flight.
n=0
check() {
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "    ok $n $2"; else echo "    not ok $n $2"; fi
}

round=0
while [ $round -lt "${ROUNDS:-10}" ]; do
	round=$((round + 1))
	dmesg -c >/dev/null 2>&1
	insmod /modules/sspi_leaky.ko
	check $? "round $round: established"
	ksspi out 2>/dev/null && bad=1 || bad=0
	ksspi in
	check "$bad" "round $round: ksspi stays while it has a consumer"
	rmmod sspi_leaky
	check $? "round $round: unloaded"
	dmesg | grep -q 'sspi_leaky: not ' && bad=1 || bad=0
	check "$bad" "round $round: calls submitted and a context exported"
	dmesg | grep -q 'consumer sspi_leaky left'
	check $? "round $round: reported by name"
	dmesg | grep -Eq 'sspi_leaky left .* ([1-9]|1[0-6]) calls behind'
	check $? "round $round: with the calls that wait for a KDC"
	grep -q '^contexts_live 0$' /sys/kernel/debug/ksspi/stats
	check $? "round $round: no context left"
	grep -q '^credentials_live 0$' /sys/kernel/debug/ksspi/stats
	check $? "round $round: no credential left"
	grep -q '^trackers_live 0$' /sys/kernel/debug/ksspi/stats
	check $? "round $round: no tracker left"
done
echo "    1..$n"
