#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# MIT's sample GSS server and client with the gss-ntlmssp mechanism:
#   gss_ntlmssp.sh install
#   gss_ntlmssp.sh start FOLDER         a server; prints its port as GSS_PORT=...
#   gss_ntlmssp.sh client FOLDER TEXT [PORT [FLAG...]]
#                                       a client, of that server or of PORT: seals
#                                       TEXT, checks the MIC; NTLM, unless a flag
#                                       names another mechanism
#   gss_ntlmssp.sh stop FOLDER          by its process id
# The user is SMB_USER, SMB_PASSWORD, SMB_DOMAIN of the environment. Frames are a
# flag byte, a 32 bit big endian length and the bytes. The server listens on
# every address: run it where that is fine.
set -euo pipefail
# shellcheck source=tools/qemu/lib.sh
. "$(dirname "$0")/../qemu/lib.sh"

user=${SMB_USER:-alice} password=${SMB_PASSWORD:-Secret-1!} domain=${SMB_DOMAIN:-KSSPI}
mech='{ 1 3 6 1 4 1 311 2 2 10 }'

# What both ends see: no Kerberos, the users of the folder.
surroundings() {
	export NTLM_USER_FILE=$1/users LM_COMPAT_LEVEL=5
	export KRB5_CONFIG=$1/krb5.conf KRB5CCNAME=FILE:$1/none KRB5_KTNAME=FILE:$1/none
}

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

start() {
	local dir port i
	mkdir -p "$1"
	dir=$(realpath "$1")
	printf '[libdefaults]\n' >"$dir/krb5.conf"
	printf '%s:%s:%s\n' "$domain" "$user" "$password" >"$dir/users"
	surroundings "$dir"
	for port in $(shuf -i 20000-32000 -n 50); do listens "$port" || break; done
	gss-server -verbose -port "$port" host@localhost >"$dir/log" 2>&1 </dev/null &
	echo $! >"$dir/pid"
	for ((i = 0; i < 50; i++)); do
		ss -Hltn "sport = :$port" | grep -q . && break
		sleep 0.1
	done
	[ $i -lt 50 ] || { cat "$dir/log" >&2; die "gss-server does not listen"; }
	echo "GSS_PORT=$port" | tee "$dir/peer.env"
}

client() {
	local dir port text=$2
	dir=$(realpath "$1")
	port=${3:-$(sed -n 's/GSS_PORT=//p' "$dir/peer.env")}
	shift $(($# > 3 ? 3 : $#))
	[ $# -gt 0 ] || set -- -mech "$mech"
	surroundings "$dir"
	gss-client -port "$port" -q "$@" -user "$domain\\$user" -pass "$password" \
		localhost host@localhost "$text"
}

stop() {
	[ ! -s "$1/pid" ] || kill "$(cat "$1/pid")" 2>/dev/null || true
	rm -f "$1/pid"
}

case ${1:-} in
install) need krb5-gss-samples gss-ntlmssp iproute2 ;;
start) start "${2:?a folder}" ;;
client) client "${2:?a folder}" "${3:-hello}" "${@:4}" ;;
stop) stop "${2:?a folder}" ;;
*) sed -n '3,13s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
