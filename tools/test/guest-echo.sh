#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# In the guest: the echo sample comes and goes, twice over the same ksspi.
for round in 1 2; do
	if insmod /modules/sspi_echo.ko && rmmod sspi_echo; then
		echo "    ok $round echo"
	else
		echo "    not ok $round echo"
		exit 1
	fi
done
