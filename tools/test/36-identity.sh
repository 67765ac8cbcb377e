#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A user without privileges, in namespaces of its own, causes a leg of root's
# credential, on Debian's 6.1 kernel as it is: the KDC that it has put there hears
# nothing.
# Lane: guests
set -euo pipefail
# shellcheck source=tools/test/stage.sh
. "$(dirname "$0")/stage.sh"

version=6.1 out=$build/identity log=$build/logs/identity.console rc=0
need build-essential libmnl-dev libjansson-dev
make_in "$repo_dir/tools/sspictl"
"$qemu_dir/stock.sh" "$version"
"$qemu_dir/build-module.sh" "stock-$version" "$out" CONFIG_SSPI_KUNIT_TEST=m
printf 'root:x:0:0::/root:/bin/sh\nuser:x:1000:1000::/:/bin/sh\n' >"$out/passwd"
"$qemu_dir/initramfs.sh" "$out/initrd" --stock "$version" \
	--module "$out/modules/ksspi.ko" --module "$out/modules/sspi_lender.ko" \
	--program "$repo_dir/tools/sspictl/sspictl" \
	--file "$out/passwd:/etc/passwd" \
	--file "$test_dir/guest-identity.sh:/identity.sh" \
	--test "$test_dir/guest-identity.sh"
"$qemu_dir/boot.sh" --kernel "$cache/stock/$version/image" \
	--initrd "$out/initrd" --log "$log" --mem 1G --timeout 300 || rc=$?
"$qemu_dir/console.py" "$log" --name identity --json "$result" || {
	console_tail "$log"
	exit 1
}
exit $rc
