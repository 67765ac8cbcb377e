#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Boots a kernel and runs smb2_session in it, once for each case:
#   session.sh KERNEL BUILD LOG <CASES
# KERNEL and BUILD are those of build-module.sh, a case a line "LABEL|PARAMETERS". The guest
# reaches the host's loopback at 10.0.2.2. SESSION_REALMS has the KDCs for
# Kerberos, a line "REALM kdc tcp:ADDRESS" each. "session.sh show LOG LABEL" prints
# what the kernel said in a case, "session.sh result LOG LABEL" its outcome.
set -euo pipefail
# shellcheck source=tools/qemu/lib.sh
. "$(dirname "$0")/../qemu/lib.sh"

# The lines of one case, without the kernel's time stamps.
show() {
	tr -d '\r' <"$1" | sed 's/^\[ *[0-9.]*\] //' |
		sed -n "/^CASE $2\$/,/^CASE-END $2\$/p" | grep -E "${3:-.}" || true
}

# "echo" has its own module; its verdict is in the same place.
result() {
	show "$1" "$2" | sed -n 's/^smb2_session: RESULT \([^ ]*\).*/\1/p;
		s/^sspi_echo: \(OK\|FAILED\) \([^ ]*\).*/\2/p'
}

boot() {
	local kernel=$1 build=$2 log=$3 work args image
	work=$(mktemp -d)
	# shellcheck disable=SC2064
	trap "rm -rf '$work'" EXIT
	cat >"$work/cases"
	echo "${SESSION_REALMS:-}" | grep . >"$work/realms" || true
	args=(--env NET=1 --module "$build/modules/ksspi.ko" --test "$qemu_dir/../demo/guest.sh"
		--file "$build/modules/smb2_session.ko:/root/smb2_session.ko"
		--file "$build/modules/sspi_echo.ko:/root/sspi_echo.ko"
		--file "$work/cases:/guest/cases" --file "$work/realms:/guest/realms")
	[ ! -s "$work/realms" ] || args+=(--program "$repo_dir/tools/sspictl/sspictl")
	case $kernel in
	stock-*)
		image=$cache/stock/${kernel#stock-}/image
		args+=(--stock "${kernel#stock-}" --with virtio_pci --with virtio_net) ;;
	*)
		image=$("$qemu_dir/kernels.sh" --path "$kernel")/bzImage ;;
	esac
	"$qemu_dir/initramfs.sh" "$work/initrd" "${args[@]}"
	"$qemu_dir/boot.sh" --kernel "$image" --initrd "$work/initrd" \
		--log "$log" --net --timeout "${SESSION_TIMEOUT:-400}" --mem 1G
}

case ${1:-} in
show | result) "$@" ;;
stock-* | 6.* | 7.*) boot "$@" ;;
*) sed -n '3,9s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
