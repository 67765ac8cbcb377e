#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The race suites on 7.3 under KCSAN: calls, cancels and closes against each other,
# RACE_SECONDS (10) for each case, or half of it; then what 7.3 does otherwise than 6.12
# and than a kernel that is a program: counts for each processor, ciphers.
# Lane: guests
set -euo pipefail
# shellcheck source=tools/test/stage.sh
. "$(dirname "$0")/stage.sh"

seconds=${RACE_SECONDS:-10}
export APPEND="kunit.filter_glob=*race*" TIMEOUT=$((seconds * 15 + 500))
export KUNIT_PARAMETERS="race_seconds=$seconds park_race_seconds=$seconds kdc_race_seconds=$seconds"
export KUNIT_MORE="sspi_ref* sspi_*crypto sspi_hmac_sha sspi_*_msg"
kcsan_options
kunit_stage race-kcsan kcsan --suite '*race*' "${kcsan[@]}"
