#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A consumer that is unloaded with contexts, credentials and calls in flight; and
# one whose network namespace goes while its calls wait for KDCs there.
# Lane: guests
set -euo pipefail
# shellcheck source=tools/test/stage.sh
. "$(dirname "$0")/stage.sh"

kernel=6.12 out=$build/unload log=$build/logs/unload.console rc=0
"$qemu_dir/kernels.sh" "$kernel"
"$qemu_dir/build-module.sh" "$kernel" "$out" CONFIG_SSPI_KUNIT_TEST=m
"$qemu_dir/initramfs.sh" "$out/initrd" --module "$out/modules/ksspi.ko" \
	--test "$test_dir/guest-leaky.sh" --test "$test_dir/guest-adrift.sh" \
	--test "$test_dir/guest-reborn.sh" \
	--file "$out/modules/ksspi.ko:/modules/ksspi.ko" \
	--file "$out/modules/sspi_leaky.ko:/modules/sspi_leaky.ko" \
	--file "$out/modules/sspi_reborn.ko:/modules/sspi_reborn.ko" \
	--file "$out/modules/sspi_adrift.ko:/modules/sspi_adrift.ko"
"$qemu_dir/boot.sh" --kernel "$("$qemu_dir/kernels.sh" --path "$kernel")/bzImage" \
	--initrd "$out/initrd" --log "$log" --mem 1G --timeout 900 \
	--append slab_debug=F || rc=$?
"$qemu_dir/console.py" "$log" --name unload --json "$result" || {
	console_tail "$log"
	exit 1
}
exit $rc
