#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Kerberos with a domain controller of Active Directory (Samba's, started here):
# passwords, names, accounts that may not log on, keys on both sides.
set -euo pipefail
# shellcheck source=tools/test/stage.sh
. "$(dirname "$0")/stage.sh"

need build-essential libjansson-dev nettle-dev zlib1g-dev python3
peer=$repo_dir/tools/peers/samba_ad.sh
"$peer" install
make -s -j"$jobs" -C "$repo_dir/tools/drive" SAN=1
work=$(mktemp -d)
trap '"$peer" stop "$work"; rm -rf "$work"' EXIT
"$peer" start "$work" >/dev/null
SSPI_DRIVE=$repo_dir/tools/drive/sspi-drive-san \
	"$peer" enter "$work" python3 "$repo_dir/tools/interop/ad.py" "$work"
