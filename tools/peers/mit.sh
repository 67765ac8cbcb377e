#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# MIT's KDC with two realms that trust each other, and its sample GSS server:
#   mit.sh install
#   mit.sh start FOLDER             a KDC per realm; writes FOLDER/peer.env
#   mit.sh server FOLDER [NAME]     a gss-server for NAME (host@localhost), appended
#                                   to peer.env as GSS_PORT=...
#   mit.sh client FOLDER PORT TEXT [FLAG...]  gss-client to PORT
#   mit.sh stop FOLDER              everything started in FOLDER, by process id
# KSSPI.TEST has the user alice (password Secret-1!), those named after what the
# KDC has against them (disabled, expired, pwexpired, needchange, norenew, and
# locked after two wrong passwords), user-ETYPE (pw-ETYPE, keys of one type), the
# service host/localhost with keys of every type in FOLDER/keytab, trusted for
# delegation, and host/ETYPE.ksspi.test whose sessions have that type; HTTP/localhost
# and cifs/files.ksspi.test in FOLDER/services.keytab. OTHER.TEST has
# host/srv.other.test in FOLDER/keytab2. All state is in FOLDER, all ports are high
# ones of the loopback.
set -euo pipefail
# shellcheck source=tools/qemu/lib.sh
. "$(dirname "$0")/../qemu/lib.sh"
# shellcheck source=tools/peers/quiet.sh
. "$(dirname "$0")/quiet.sh"
PATH=$PATH:/usr/sbin:/sbin

realm=KSSPI.TEST other=OTHER.TEST
etypes="aes256-cts aes128-cts aes256-sha2 aes128-sha2 camellia256-cts camellia128-cts rc4-hmac des3-cbc-sha1"

surroundings() {
	export KRB5_CONFIG=$1/krb5.conf KRB5_KDC_PROFILE=$1/kdc.conf
	export KRB5CCNAME=FILE:$1/cc KRB5_KTNAME=FILE:$1/keytab KRB5RCACHENAME=none:
}

free_port() {
	local port
	for port in $(shuf -i 20000-32000 -n 50); do
		if ! ss -Hltnu "sport = :$port" | grep -q .; then
			echo "$port"
			return
		fi
	done
	die "no free port"
}

write_config() {
	local dir=$1 p1=$2 p2=$3 n
	cat >"$dir/krb5.conf" <<-CONF
	[libdefaults]
	 default_realm = $realm
	 dns_lookup_kdc = false
	 dns_lookup_realm = false
	 dns_canonicalize_hostname = false
	 rdns = false
	 qualify_shortname = ""
	 allow_rc4 = true
	 allow_des3 = true
	 udp_preference_limit = 1
	 permitted_enctypes = aes256-sha2 aes128-sha2 aes256-cts aes128-cts camellia256-cts camellia128-cts rc4-hmac des3-cbc-sha1
	 forwardable = true
	[realms]
	 $realm = {
	  kdc = 127.0.0.1:$p1
	 }
	 $other = {
	  kdc = 127.0.0.1:$p2
	 }
	[domain_realm]
	 localhost = $realm
	 .ksspi.test = $realm
	 .other.test = $other
	CONF
	for n in 1 2; do
		local r=$realm p=$p1
		[ $n = 1 ] || r=$other p=$p2
		cat >"$dir/kdc$n.conf" <<-CONF
		[kdcdefaults]
		 kdc_listen = 127.0.0.1:$p
		 kdc_tcp_listen = 127.0.0.1:$p
		[realms]
		 $r = {
		  database_name = $dir/principal$n
		  key_stash_file = $dir/stash$n
		  acl_file = $dir/acl
		  max_life = 10h
		  max_renewable_life = 7d
		  supported_enctypes = aes256-sha2:normal aes128-sha2:normal aes256-cts:normal aes128-cts:normal camellia256-cts:normal camellia128-cts:normal rc4-hmac:normal
		 }
		[logging]
		 kdc = FILE:$dir/kdc$n.log
		CONF
	done
	cp "$dir/kdc1.conf" "$dir/kdc.conf"
	: >"$dir/acl"
}

fill() {
	local dir=$1 e
	kdb5_util create -r $realm -s -P master1 >/dev/null 2>&1
	{
		echo "addprinc -pw Secret-1! +requires_preauth alice"
		echo "addprinc -pw Secret-1! -requires_preauth plain"
		echo "addprinc -pw Secret-1! -allow_tix disabled"
		echo "addprinc -pw Secret-1! -expire yesterday expired"
		echo "addprinc -pw Secret-1! -pwexpire yesterday pwexpired"
		echo "addprinc -pw Secret-1! +needchange needchange"
		echo "addprinc -pw Secret-1! -allow_renewable norenew"
		echo "addprinc -pw Secret-1! -maxlife 30seconds brief"
		echo "addpol -maxfailure 2 -failurecountinterval 0 -lockoutduration 0 strict"
		echo "addprinc -pw Secret-1! -policy strict +requires_preauth locked"
		for e in $etypes; do
			echo "addprinc -pw pw-$e -e $e:normal +requires_preauth user-$e"
			echo "addprinc -randkey -e $e:normal host/$e.ksspi.test"
			echo "setstr host/$e.ksspi.test session_enctypes $e"
			echo "ktadd -k $dir/keytab -norandkey host/$e.ksspi.test"
		done
		echo "addprinc -randkey +ok_as_delegate host/localhost"
		echo "ktadd -k $dir/keytab -norandkey host/localhost"
		echo "ktadd -k $dir/alice.keytab -norandkey alice"
		for e in HTTP/localhost cifs/files.ksspi.test; do
			echo "addprinc -randkey +ok_as_delegate $e"
			echo "ktadd -k $dir/services.keytab -norandkey $e"
		done
		echo "addprinc -pw xrealm krbtgt/$other@$realm"
		echo "addprinc -pw xrealm krbtgt/$realm@$other"
	} | kadmin.local -r $realm >"$dir/kadmin.log" 2>&1
	export KRB5_KDC_PROFILE=$dir/kdc2.conf
	kdb5_util create -r $other -s -P master2 >/dev/null 2>&1
	{
		echo "addprinc -pw carolpw carol"
		echo "addprinc -randkey host/srv.other.test"
		echo "ktadd -k $dir/keytab2 -norandkey host/srv.other.test"
		echo "addprinc -pw xrealm krbtgt/$other@$realm"
		echo "addprinc -pw xrealm krbtgt/$realm@$other"
	} | kadmin.local -r $other >>"$dir/kadmin.log" 2>&1
	export KRB5_KDC_PROFILE=$dir/kdc.conf
}

wait_port() {
	local i
	for ((i = 0; i < 100; i++)); do
		if ss -Hltn "sport = :$1" | grep -q .; then return 0; fi
		sleep 0.05
	done
	die "nothing listens on port $1"
}

start() {
	local dir p1 p2
	mkdir -p "$1"
	dir=$(realpath "$1")
	surroundings "$dir"
	p1=$(free_port)
	p2=$(free_port)
	write_config "$dir" "$p1" "$p2"
	fill "$dir"
	krb5kdc -n -r $realm </dev/null >"$dir/kdc1.out" 2>&1 &
	echo $! >>"$dir/pids"
	KRB5_KDC_PROFILE=$dir/kdc2.conf krb5kdc -n -r $other </dev/null >"$dir/kdc2.out" 2>&1 &
	echo $! >>"$dir/pids"
	wait_port "$p1"
	wait_port "$p2"
	printf 'KDC_PORT=%s\nKDC2_PORT=%s\nREALM=%s\nREALM2=%s\n' \
		"$p1" "$p2" $realm $other | tee "$dir/peer.env"
}

server() {
	local dir port
	dir=$(realpath "$1")
	surroundings "$dir"
	port=$(free_port)
	stdbuf -oL gss-server -verbose -port "$port" "${2:-host@localhost}" \
		>>"$dir/gss.log" 2>&1 </dev/null &
	echo $! >>"$dir/pids"
	wait_port "$port"
	echo "GSS_PORT=$port" | tee -a "$dir/peer.env"
}

client() {
	local dir port=$2 text=$3
	dir=$(realpath "$1")
	shift 3
	surroundings "$dir"
	gss-client -port "$port" "$@" localhost host@localhost "$text"
}

stop() {
	local pid
	[ -s "$1/pids" ] || return 0
	while read -r pid; do kill "$pid" 2>/dev/null || true; done <"$1/pids"
	rm -f "$1/pids"
}

case ${1:-} in
install) need_quietly krb5-kdc krb5-admin-server krb5-user krb5-gss-samples iproute2 ;;
start) start "${2:?a folder}" ;;
server) server "${2:?a folder}" "${3:-}" ;;
client) client "${2:?a folder}" "${3:?a port}" "${@:4}" ;;
stop) stop "${2:?a folder}" ;;
*) sed -n '3,20s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
