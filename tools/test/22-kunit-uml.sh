#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Every KUnit suite on 7.3 as a program (User Mode Linux), with KASAN, UBSAN, lockdep
# and kmemleak: at the speed of the machine, on one processor.
#   22-kunit-uml.sh [NAME VARIANT]     the same on another (tools/qemu/uml.sh)
# Lane: peers
set -euo pipefail
# shellcheck source=tools/test/stage.sh
. "$(dirname "$0")/stage.sh"

name=${1:-kunit-uml} variant=${2:-debug} rc=0
out=$build/$name log=$build/logs/$name.console
"$qemu_dir/uml.sh" build "$variant"
ARCH=um "$qemu_dir/build-module.sh" "$("$qemu_dir/uml.sh" path "$variant")" "$out" \
	CONFIG_SSPI_KUNIT_TEST=m
[ -e "$out/modules/ksspi_kunit.ko" ] || die "no ksspi_kunit.ko was built"
"$qemu_dir/initramfs.sh" "$out/initrd" --module "$out/modules/ksspi.ko" \
	--module "$out/modules/ksspi_kunit.ko:${KUNIT_PARAMETERS:-}"
# shellcheck disable=SC2086
"$qemu_dir/uml.sh" run "$variant" "$out/initrd" "$log" kunit.enable=1 kasan_multi_shot \
	${APPEND:-} || rc=$?
"$qemu_dir/console.py" "$log" --name "$name" --json "$result" --suite 'sspi*' || {
	console_tail "$log"
	exit 1
}
exit $rc
