#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The fuzz targets: their corpus, then FUZZ_SECONDS (20) of new inputs.
# Lane: guests
set -euo pipefail
# shellcheck source=tools/test/stage.sh
. "$(dirname "$0")/stage.sh"

need build-essential clang-14 libclang-rt-14-dev nettle-dev zlib1g-dev
log=$build/logs/fuzz-build
fuzz() { make -s -C "$repo_dir/tools/fuzz" build="$build/fuzz" "$@"; }
if ! fuzz -j"$jobs" all >"$log" 2>&1; then
	grep -E 'error|undefined' "$log" | head -n 20
	die "the fuzz targets do not build, see $log"
fi
rc=0
fuzz replay || rc=1
fuzz run FUZZ_SECONDS="${FUZZ_SECONDS:-20}" || rc=1
exit $rc
