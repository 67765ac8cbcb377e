#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# AP messages and protected messages, bare and in SPNEGO, exchanged with MIT's
# libgssapi and Heimdal's on this machine, with tickets of MIT's KDC: every
# encryption type, one way, mutual and DCE style, channel bindings, delegation,
# wrong keys and tickets; and smbclient with Kerberos. sspi-drive runs with AddressSanitizer and UBSan.
# Lane: peers
set -euo pipefail
# shellcheck source=tools/test/stage.sh
. "$(dirname "$0")/stage.sh"
cd "$repo_dir"

need build-essential libjansson-dev nettle-dev zlib1g-dev python3 libkrb5-dev \
	heimdal-multidev smbclient
tools/peers/mit.sh install
make_in tools/drive SAN=1
work=$(mktemp -d)
trap 'tools/peers/mit.sh stop "$work/mit"; rm -rf "$work"' EXIT
cc -std=gnu11 -O2 -Wall -Wextra -o "$work/mit_peer" tools/interop/gss_peer.c -lgssapi_krb5
# shellcheck disable=SC2046  # options
cc -std=gnu11 -O2 -Wall -Wextra -DHEIMDAL -o "$work/heimdal_peer" tools/interop/gss_peer.c \
	$(krb5-config.heimdal --cflags --libs gssapi)
tools/peers/mit.sh start "$work/mit" >/dev/null
export KRB5_CONFIG=$work/mit/krb5.conf KRB5CCNAME=FILE:$work/mit/cc
kinit alice <<<'Secret-1!' >/dev/null
for etype in aes256-cts aes128-cts aes256-sha2 aes128-sha2 camellia256-cts \
	camellia128-cts rc4-hmac des3-cbc-sha1; do
	kvno -q "host/$etype.ksspi.test"
done
kvno -q host/localhost
export SSPI_DRIVE=$PWD/tools/drive/sspi-drive-san
rc=0
python3 tools/interop/krb5_matrix.py "MIT krb5" "$work/mit_peer" "$work/mit" "$@" || rc=$?
python3 tools/interop/krb5_matrix.py Heimdal "$work/heimdal_peer" "$work/mit" "$@" || rc=$?
python3 tools/interop/krb5_smb.py "$work/mit" "$@" || rc=$?
exit $rc
