#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# In the guest: the suites that each pattern of KUNIT_MORE names, after those of the
# kernel's command line. KUnit takes one pattern when a module is loaded.
set -f
# shellcheck source=/dev/null
. /guest/env
for glob in $KUNIT_MORE; do
	rmmod ksspi_kunit
	printf '%s' "$glob" >/sys/module/kunit/parameters/filter_glob || exit 1
	# shellcheck disable=SC2086
	insmod /modules/ksspi_kunit.ko ${KUNIT_PARAMETERS:-} || exit 1
done
