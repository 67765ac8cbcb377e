#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Runs in the guest: one session for each line "LABEL|PARAMETERS" of
# /guest/cases. What they say is in the kernel log, between the marks.
rc=0
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
