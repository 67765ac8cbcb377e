#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The kernel gets tickets by itself: a guest with KASAN and lockdep, MIT's KDC on
# this machine, and bad ones; then the gss_peer sample with MIT's programs. See
# tools/interop/kdc.py.
# Lane: peers
set -euo pipefail
# shellcheck source=tools/test/stage.sh
. "$(dirname "$0")/stage.sh"

out=$build/kdc log=$build/logs/kdc.console kernel=${1:-6.12} rc=0
need build-essential libjansson-dev nettle-dev zlib1g-dev libmnl-dev keyutils python3
"$repo_dir/tools/peers/mit.sh" install
"$repo_dir/tools/peers/gss_ntlmssp.sh" install
make_in "$repo_dir/tools/drive"
make_in "$repo_dir/tools/sspictl"
"$qemu_dir/kernels.sh" "$kernel"
"$qemu_dir/build-module.sh" "$kernel" "$out" --sample gss_peer CONFIG_SSPI_TEST_DEVICE=y
"$qemu_dir/initramfs.sh" "$out/initrd" --env NET=1 --module "$out/modules/ksspi.ko" \
	--program "$repo_dir/tools/drive/sspi-drive" \
	--program "$repo_dir/tools/sspictl/sspictl" --program keyctl \
	--file "$out/modules/gss_peer.ko:/root/gss_peer.ko" --test "$repo_dir/tools/guest/serve.sh"
python3 "$repo_dir/tools/interop/kdc.py" "$("$qemu_dir/kernels.sh" --path "$kernel")/bzImage" \
	"$out/initrd" "$log" | tee "$out/rows" || rc=$?
"$qemu_dir/console.py" "$log" --name kdc-console || {
	console_tail "$log"
	rc=1
}
read -r _ passed _ failed _ < <(tail -n 1 "$out/rows") || true
[ $rc = 0 ] || [ "${failed:-0}" != 0 ] || failed=1
printf '{"name": "kdc", "passed": %d, "failed": %d, "skipped": 0}\n' \
	"${passed:-0}" "${failed:-1}" >"$result"
exit $rc
