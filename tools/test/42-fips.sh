#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Debian's stock 6.1 kernel in FIPS mode: ksspi loads, NTLM is refused, and so is
# what Kerberos has of RC4, triple DES and MD5; with AES it goes on.
# Lane: peers
set -euo pipefail
# shellcheck source=tools/test/stage.sh
. "$(dirname "$0")/stage.sh"

version=6.1 out=$build/fips log=$build/logs/fips.console rc=0
need build-essential libjansson-dev nettle-dev zlib1g-dev
make_in "$repo_dir/tools/drive"
mkdir -p "$out/answers"
cp "$test_dir"/fips.{in,out} "$out/answers/"
"$qemu_dir/stock.sh" "$version"
"$qemu_dir/build-module.sh" "stock-$version" "$out" CONFIG_SSPI_TEST_DEVICE=y --sample echo
"$qemu_dir/initramfs.sh" "$out/initrd" --stock "$version" \
	--module "$out/modules/ksspi.ko" --test "$test_dir/guest-fips.sh" \
	--program "$repo_dir/tools/drive/sspi-drive" --file "$out/answers:/fips" \
	--file "$out/modules/sspi_echo.ko:/modules/sspi_echo.ko"
"$qemu_dir/boot.sh" --kernel "$cache/stock/$version/image" --append fips=1 \
	--initrd "$out/initrd" --log "$log" --mem 1G || rc=$?
"$qemu_dir/console.py" "$log" --name fips --json "$result" \
	--expect 'NTLM acquire refused: NTLM is off in FIPS mode' \
	--expect 'sspi_echo: FAILED SEC_E_UNSUPPORTED_FUNCTION' || {
	console_tail "$log"
	exit 1
}
exit $rc
