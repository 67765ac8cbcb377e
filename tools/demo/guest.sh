#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Runs in the guest: one session for each line "LABEL|PARAMETERS" of
# /guest/cases, with the KDCs that the lines "REALM SERVICE ADDRESS" of
# /guest/realms name. What they say is in the kernel log, between the marks.
rc=0
while read -r realm; do
	# shellcheck disable=SC2086
	sspictl realm add $realm || rc=1
done </guest/realms
if [ -f /root/sspi_echo.ko ]; then
	echo "CASE echo"
	insmod /root/sspi_echo.ko && rmmod sspi_echo || rc=1
	echo "CASE-END echo"
fi
while IFS='|' read -r label parameters; do
	echo "CASE $label"
	# shellcheck disable=SC2086
	insmod /root/smb2_session.ko $parameters && rmmod smb2_session || rc=1
	echo "CASE-END $label"
done </guest/cases
exit $rc
