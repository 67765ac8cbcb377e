#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# sspictl and the netlink family in a guest with KASAN, lockdep and kmemleak.
# Lane: peers
set -euo pipefail
# shellcheck source=tools/test/stage.sh
. "$(dirname "$0")/stage.sh"

kernel=6.12 out=$build/sspictl log=$build/logs/sspictl.console rc=0
need build-essential libjansson-dev libmnl-dev nettle-dev zlib1g-dev python3
mkdir -p "$out"
make_in "$repo_dir/tools/drive"
make_in "$repo_dir/tools/sspictl" all nlfuzz
python3 "$repo_dir/tools/sspictl/test/prompt.py" "$repo_dir/tools/sspictl/sspictl"
python3 "$repo_dir/tools/sspictl/test/session.py" "$out/session.in"
printf 'root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n' >"$out/passwd"
"$qemu_dir/kernels.sh" "$kernel"
"$qemu_dir/build-module.sh" "$kernel" "$out" CONFIG_SSPI_TEST_DEVICE=y
"$qemu_dir/initramfs.sh" "$out/initrd" --module "$out/modules/ksspi.ko" \
	--program "$repo_dir/tools/drive/sspi-drive" \
	--program "$repo_dir/tools/sspictl/sspictl" \
	--program "$repo_dir/tools/sspictl/nlfuzz" \
	--file "$out/session.in:/session.in" --file "$out/passwd:/etc/passwd" \
	--env "FUZZ_COUNT=${FUZZ_COUNT:-1000}" \
	--test "$repo_dir/tools/sspictl/test/guest.sh"
"$qemu_dir/boot.sh" --kernel "$("$qemu_dir/kernels.sh" --path "$kernel")/bzImage" \
	--initrd "$out/initrd" --log "$log" --mem 1G --timeout 600 \
	--append slab_debug=F || rc=$?
"$qemu_dir/console.py" "$log" --name sspictl --json "$result" \
	--expect 'nlfuzz: 0 of [0-9]+ failed' || {
	console_tail "$log"
	exit 1
}
exit $rc
