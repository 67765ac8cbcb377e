#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The same sessions of sspi-drive through --host and through --kernel in a guest
# with KASAN and lockdep: every answer alike, bit for bit, reasons included.
# Lane: guests
set -euo pipefail
# shellcheck source=tools/test/stage.sh
. "$(dirname "$0")/stage.sh"

out=$build/drive-parity log=$build/logs/drive-parity.console kernel=${1:-6.12}
need build-essential libjansson-dev nettle-dev zlib1g-dev python3
mkdir -p "$out"
rm -rf "$out/parity"
make_in "$repo_dir/tools/drive"
recorded=$(python3 "$repo_dir/tools/drive/parity.py" "$out/parity" 2>"$out/record.log") || {
	cat "$out/record.log" >&2
	die "the sessions could not be recorded"
}
say "recorded $recorded"
"$qemu_dir/kernels.sh" "$kernel"
"$qemu_dir/build-module.sh" "$kernel" "$out" CONFIG_SSPI_TEST_DEVICE=y
"$qemu_dir/initramfs.sh" "$out/initrd" --module "$out/modules/ksspi.ko" \
	--program "$repo_dir/tools/drive/sspi-drive" \
	--file "$out/parity:/parity" --test "$test_dir/guest-parity.sh"
rc=0
"$qemu_dir/boot.sh" --kernel "$("$qemu_dir/kernels.sh" --path "$kernel")/bzImage" \
	--initrd "$out/initrd" --log "$log" --mem 1G --timeout 900 || rc=$?
"$qemu_dir/console.py" "$log" --name drive-parity --expect 'sessions alike, 0 not' || {
	console_tail "$log"
	rc=1
}
counts=$(grep -aoE 'parity: [0-9]+ sessions alike, [0-9]+ not' "$log" | tail -n 1) || true
read -r _ passed _ _ failed _ <<<"${counts:-parity: 0 sessions alike, 1 not}"
[ $rc = 0 ] || [ "$failed" != 0 ] || failed=1
printf '{"name": "drive-parity", "passed": %d, "failed": %d, "skipped": 0}\n' \
	"$passed" "$failed" >"$result"
say "$passed passed, $failed failed"
exit $rc
