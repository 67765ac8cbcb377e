#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A clean Debian 12 in a folder, with DKMS, the headers of its stock kernel, and the
# libraries and programs that the packages here want:
#   root.sh make FOLDER            a copy of the one that is made once and kept
#   root.sh run FOLDER COMMAND...  runs something in it
# The packages come from the archive that this machine's own apt uses.
set -euo pipefail
# shellcheck source=tools/qemu/lib.sh
. "$(dirname "$0")/../qemu/lib.sh"

suite=bookworm
base=$cache/roots/$suite
members=dkms,linux-headers-amd64,keyutils,libjansson4,libmnl0

make_base() {
	local uri
	lock "root-$suite"
	if [ ! -e "$base/done" ]; then
		need mmdebstrap
		uri=$(archive_uri)
		[ -n "$uri" ] || die "no Debian archive in this machine's apt set-up"
		say "making a root of $suite, about a minute"
		as_root rm -rf "$base"
		mkdir -p "$base"
		as_root mmdebstrap --mode=root --variant=apt --include=$members \
			--aptopt='APT::Install-Recommends "false"' --dpkgopt=force-unsafe-io \
			--dpkgopt='path-exclude=/usr/share/doc/*' \
			--dpkgopt='path-exclude=/usr/share/man/*' \
			--dpkgopt='path-exclude=/usr/share/locale/*' \
			"$suite" "$base/root" "$uri" >"$base/log" 2>&1 || {
			tail -n 20 "$base/log" >&2
			die "no root of $suite, see $base/log"
		}
		touch "$base/done"
	fi
	exec {lock_fd}>&-
}

# With a /proc of its own, which is gone when the command ends.
run() {
	local root=$1
	shift
	# shellcheck disable=SC2016  # the inner shell expands
	as_root unshare --mount --pid --fork sh -c '
		mount -t proc proc "$1/proc" && exec chroot "$@"' sh "$root" \
		env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C \
		DEBIAN_FRONTEND=noninteractive "$@"
}

case ${1:-} in
make)
	make_base
	as_root rm -rf "$2"
	mkdir -p "$(dirname "$2")"
	as_root cp -a --reflink=auto "$base/root" "$2" ;;
run) run "${@:2}" ;;
*) sed -n '3,7s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
