#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The test kernels, built once and kept; each has to be there at the end: two that are
# emulated, and two that are programs.
set -euo pipefail
# shellcheck source=tools/test/stage.sh
. "$(dirname "$0")/stage.sh"

"$qemu_dir/kernels.sh" 6.12 kcsan
passed=0
for kernel in 6.12 kcsan; do
	[ -e "$("$qemu_dir/kernels.sh" --path $kernel)/bzImage" ] || die "no kernel $kernel"
	passed=$((passed + 1))
done
for kernel in debug debug-6.12; do
	"$qemu_dir/uml.sh" build $kernel
	[ -x "$("$qemu_dir/uml.sh" path $kernel)/linux" ] || die "no program $kernel"
	passed=$((passed + 1))
done
echo "kernels: $passed passed, 0 failed"
