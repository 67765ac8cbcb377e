#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The test kernels, built once and kept; each has to be there at the end.
set -euo pipefail
# shellcheck source=tools/test/stage.sh
. "$(dirname "$0")/stage.sh"

"$qemu_dir/kernels.sh" 6.12 7.3 kcsan
passed=0
for kernel in 6.12 7.3 kcsan; do
	[ -e "$("$qemu_dir/kernels.sh" --path $kernel)/bzImage" ] || die "no kernel $kernel"
	passed=$((passed + 1))
done
echo "kernels: $passed passed, 0 failed"
