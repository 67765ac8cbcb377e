#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Samba's ntlm_auth, which speaks NTLM and SPNEGO token by token over stdio:
#   ntlm_auth.sh install
#   ntlm_auth.sh start FOLDER           a configuration of its own
#   ntlm_auth.sh run FOLDER PROTOCOL    in the foreground, no winbindd needed
#   ntlm_auth.sh stop FOLDER
# PROTOCOL: ntlmssp-client-1, squid-2.5-ntlmssp, gss-spnego-client, gss-spnego.
# A line of input is "YR", or a verb and a token in base64; so is the answer;
# "GK" asks for the session key and "GF" for the flags.
# The user is SMB_USER, SMB_PASSWORD, SMB_DOMAIN of the environment.
set -euo pipefail
# shellcheck source=tools/qemu/lib.sh
. "$(dirname "$0")/../qemu/lib.sh"

start() {
	local dir
	mkdir -p "$1"/{lock,state,cache,private,run}
	dir=$(realpath "$1")
	cat >"$dir/smb.conf" <<-END
	[global]
	workgroup = ${SMB_DOMAIN:-KSSPI}
	netbios name = KSSPIPEER
	lock directory = $dir/lock
	state directory = $dir/state
	cache directory = $dir/cache
	private dir = $dir/private
	pid directory = $dir/run
	client ntlmv2 auth = yes
	END
}

run() {
	# a password as an argument is for all to see; these are for tests only
	exec ntlm_auth --configfile="$1/smb.conf" --helper-protocol="$2" \
		--username="${SMB_USER:-alice}" --password="${SMB_PASSWORD:-Secret-1!}" \
		--domain="${SMB_DOMAIN:-KSSPI}"
}

case ${1:-} in
install) "$(dirname "$0")/samba.sh" install winbind ;;
start) start "${2:?a folder}" ;;
run) run "${2:?a folder}" "${3:?a protocol}" ;;
stop) ;;
*) sed -n '3,12s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
