#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The race suites under KCSAN: calls, cancels and closes against each other,
# RACE_SECONDS (10) for each case, or half of it.  A race counts if ksspi is on one of the two
# stacks, unless both accesses are in functions of the kernel's own timers,
# scheduler and workqueues: those read flags and the clock without a lock, on
# purpose, whoever called them.  So does the tick with the flags of the task it
# meets, which memalloc_nofs_save() in a call of ours sets.
# Lane: guests
set -euo pipefail
# shellcheck source=tools/test/stage.sh
. "$(dirname "$0")/stage.sh"

seconds=${RACE_SECONDS:-10}
export APPEND="kunit.filter_glob=*race*" TIMEOUT=$((seconds * 15 + 300))
export KUNIT_PARAMETERS="race_seconds=$seconds park_race_seconds=$seconds kdc_race_seconds=$seconds"
within=()
for part in time sched workqueue.c kthread.c; do
	within+=(--races-not-within "$("$qemu_dir/kernels.sh" --source kcsan)/kernel/$part")
done
kunit_stage race-kcsan kcsan --suite '*race*' --races-in '\[ksspi|\[sspi' "${within[@]}" \
	--allow 'data-race in kthread_data /'
