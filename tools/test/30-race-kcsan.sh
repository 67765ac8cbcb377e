#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The race suites under KCSAN: calls, cancels and closes against each other,
# RACE_SECONDS (15) for each case.  A race counts if ksspi is on one of the two
# stacks.  Three kinds of the kernel's own are let through: its clock is read
# under a sequence count, the tick looks at the flags of the task it meets, and a
# workqueue handles an item while another CPU tries to cancel it: both accesses
# are then in functions of kernel/workqueue.c.
set -euo pipefail
# shellcheck source=tools/test/stage.sh
. "$(dirname "$0")/stage.sh"

seconds=${RACE_SECONDS:-15}
export APPEND="kunit.filter_glob=*race*" TIMEOUT=$((seconds * 15 + 300))
export KUNIT_PARAMETERS="race_seconds=$seconds park_race_seconds=$seconds kdc_race_seconds=$seconds"
kunit_stage race-kcsan kcsan --suite '*race*' --races-in '\[ksspi|\[sspi' \
	--allow 'data-race in .*\btimekeeping_update' --allow 'data-race in kthread_data /' \
	--races-not-within "$("$qemu_dir/kernels.sh" --source kcsan)/kernel/workqueue.c"
