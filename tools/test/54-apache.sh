#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# HTTP with Apache's mod_auth_gssapi: Kerberos and NTLM, bare and in SPNEGO, with
# tickets of MIT's KDC and gss-ntlmssp; curl asks Apache and us. sspi-drive runs
# with AddressSanitizer and UBSan.
# Lane: peers
set -euo pipefail
# shellcheck source=tools/test/stage.sh
. "$(dirname "$0")/stage.sh"
cd "$repo_dir"

need build-essential libjansson-dev nettle-dev zlib1g-dev python3 curl gss-ntlmssp
tools/peers/mit.sh install
tools/peers/apache.sh install
make_in tools/drive SAN=1
work=$(mktemp -d)
chmod 711 "$work" # the workers of Apache are another user
trap 'tools/peers/apache.sh stop "$work/apache"; rm -rf "$work"' EXIT
SSPI_DRIVE=$PWD/tools/drive/sspi-drive-san python3 tools/interop/apache.py "$work" "$@"
