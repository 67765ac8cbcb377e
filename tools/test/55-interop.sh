#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tokens exchanged with real NTLM peers on this machine: Samba's ntlm_auth,
# gss-ntlmssp with MIT's sample programs, curl, smbclient. sspi-drive runs with
# AddressSanitizer and UBSan.
# Lane: peers
set -euo pipefail
# shellcheck source=tools/test/stage.sh
. "$(dirname "$0")/stage.sh"
cd "$repo_dir"

need build-essential libjansson-dev nettle-dev zlib1g-dev python3 curl \
	libkrb5-dev gss-ntlmssp krb5-gss-samples
tools/peers/ntlm_auth.sh install
make_in tools/drive SAN=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cc -std=gnu11 -O2 -Wall -Wextra -o "$work/gss_peer" tools/interop/gss_peer.c -lgssapi_krb5
SSPI_DRIVE=$PWD/tools/drive/sspi-drive-san \
	python3 tools/interop/matrix.py "$work/gss_peer" "$work" "$@"
