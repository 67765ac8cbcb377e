#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Known secrets go through whole exchanges; then the guest's memory is searched.
# Its RAM is a file on the host, which stays as it was when the guest ended.
# Lane: guests
set -euo pipefail
# shellcheck source=tools/test/stage.sh
. "$(dirname "$0")/stage.sh"

need yara
kernel=6.12 out=$build/secrets log=$build/logs/secrets.console rc=0
ram=$out/ram
"$qemu_dir/kernels.sh" "$kernel"
"$qemu_dir/build-module.sh" "$kernel" "$out" CONFIG_SSPI_KUNIT_TEST=m
"$qemu_dir/initramfs.sh" "$out/initrd" --module "$out/modules/ksspi.ko" \
	--module "$out/modules/sspi_secrets.ko" --env LEAKS=0
rm -f "$ram"
"$qemu_dir/boot.sh" --kernel "$("$qemu_dir/kernels.sh" --path "$kernel")/bzImage" \
	--initrd "$out/initrd" --log "$log" --mem 768M --timeout 300 -- \
	-object "memory-backend-file,id=ram,size=768M,mem-path=$ram,share=on" \
	-machine memory-backend=ram || rc=$?
"$qemu_dir/console.py" "$log" --name secrets \
	--expect 'sspi_secrets: 40 exchanges done' || {
	console_tail "$log"
	exit 1
}
"$test_dir/../secrets/search.py" "$ram" "$log" || rc=$?
rm -f "$ram"
exit $rc
