#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 10,000 Kerberos contexts that wait for a KDC which never answers, on Debian's
# 6.1 kernel as it is: what each takes, that others go on, and their end.
# Lane: guests
set -euo pipefail
# shellcheck source=tools/test/stage.sh
. "$(dirname "$0")/stage.sh"

version=6.1 out=$build/pending log=$build/logs/pending.console rc=0
"$qemu_dir/stock.sh" "$version"
"$qemu_dir/build-module.sh" "stock-$version" "$out" CONFIG_SSPI_KUNIT_TEST=m
# So that none gives up before all are there.
"$qemu_dir/initramfs.sh" "$out/initrd" --stock "$version" \
	--module "$out/modules/ksspi.ko:kdc_timeout_ms=100000 kdc_total_ms=200000" \
	--module "$out/modules/sspi_pending.ko"
"$qemu_dir/boot.sh" --kernel "$cache/stock/$version/image" \
	--initrd "$out/initrd" --log "$log" --mem 1G --timeout 400 || rc=$?
"$qemu_dir/console.py" "$log" --name pending --json "$result" \
	--expect 'sspi_pending: OK' || {
	console_tail "$log"
	exit 1
}
grep -aoE 'sspi_pending: .*' "$log"
exit $rc
