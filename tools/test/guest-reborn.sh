#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# In the guest: a consumer whose callback submits while its module goes.
# kunit/support/sspi_reborn.c says how.
n=0
check() {
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "    ok $n $2"; else echo "    not ok $n $2"; fi
}

round=0
while [ $round -lt "${ROUNDS:-5}" ]; do
	round=$((round + 1))
	dmesg -c >/dev/null 2>&1
	insmod /modules/sspi_reborn.ko
	check $? "round $round: a callback that goes on"
	rmmod sspi_reborn
	check $? "round $round: unloaded"
	# what was written to its memory after that is found now
	sleep 1
	dmesg | grep -q 'sspi_reborn: no tracker any more'
	check $? "round $round: no tracker for who goes"
	dmesg | grep -q 'sspi_reborn: submitted in the end: SEC_E_SHUTDOWN_IN_PROGRESS'
	check $? "round $round: no call for who goes"
	dmesg | grep -q 'sspi_reborn: another status' && bad=1 || bad=0
	check "$bad" "round $round: refused for that reason alone"
	for what in contexts_live credentials_live trackers_live; do
		grep -q "^$what 0\$" /sys/kernel/debug/ksspi/stats
		check $? "round $round: $what 0"
	done
done
echo "    1..$n"
