#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The packages in userspace: sspi-drive --host against its page, the vectors, a
# second implementation, hostile tokens and failing allocations. Everything
# runs with AddressSanitizer and UBSan.
# Lane: peers
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tools/qemu/lib.sh
. tools/qemu/lib.sh

need build-essential libjansson-dev nettle-dev zlib1g-dev python3
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for variant in '' SAN=1; do
	# shellcheck disable=SC2086  # no argument at all for the plain one
	if ! make_in tools/drive $variant >"$log" 2>&1; then
		cat "$log" >&2
		die "sspi-drive does not build"
	fi
	if grep -q warning: "$log"; then
		cat "$log" >&2
		die "sspi-drive builds with warnings"
	fi
done
SSPI_DRIVE=$PWD/tools/drive/sspi-drive-san python3 tools/host/tests/run.py
