#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A Samba file server on the loopback, everything it knows in one folder:
#   samba.sh install [PACKAGE...]  what it needs, and these; no service of the
#                               system is started
#   samba.sh start FOLDER       prints what a client needs, as shell variables
#   samba.sh stop FOLDER        by its process id
#   samba.sh log FOLDER [N]     what it wrote about log-ons, from line N+1 on
#   samba.sh check FOLDER       reads the file with Samba's own client
# For start, from the environment:
#   SMB_USER, SMB_PASSWORD, SMB_TEXT   who may come, and what the file says
#   SMB_OPTIONS                        more lines for the [global] section
# No account is made: the name is mapped to one that the system has anyway.
set -euo pipefail
# shellcheck source=tools/qemu/lib.sh
. "$(dirname "$0")/../qemu/lib.sh"
# shellcheck source=tools/peers/quiet.sh
. "$(dirname "$0")/quiet.sh"

PATH=$PATH:/usr/sbin:/sbin
user=${SMB_USER:-alice} password=${SMB_PASSWORD:-Secret-1!}
text=${SMB_TEXT:-read over a signed session}
domain=KSSPI share=data file=hello.txt

install_peer() { need_quietly samba samba-common-bin smbclient "$@"; }

# The account of the system that SMB_USER stands for: root can become anybody,
# another user only itself.
unix_account() {
	if [ "$(id -u)" = 0 ]; then echo daemon; else id -un; fi
}

configure() {
	local dir=$1 port=$2
	cat >"$dir/smb.conf" <<-END
	[global]
	workgroup = $domain
	netbios name = KSSPISRV
	server role = standalone server
	interfaces = lo
	bind interfaces only = yes
	smb ports = $port
	disable netbios = yes
	lock directory = $dir/lock
	state directory = $dir/state
	cache directory = $dir/cache
	private dir = $dir/private
	pid directory = $dir/run
	ncalrpc dir = $dir/ncalrpc
	passdb backend = tdbsam:$dir/private/passdb.tdb
	username map = $dir/users
	guest account = nobody
	map to guest = never
	log file = $dir/log.smbd
	max log size = 0
	log level = 1 auth:3 auth_audit:3 smb2:1
	debug timestamp = yes
	server min protocol = SMB3_11
	server signing = mandatory
	ntlm auth = ntlmv2-only
	load printers = no
	disable spoolss = yes
	unix password sync = no
	${SMB_OPTIONS:-}
	[$share]
	path = $dir/share
	read only = yes
	END
	sed -i 's/^\([a-z]\)/\t\1/' "$dir/smb.conf"
	echo "$(unix_account) = $user" >"$dir/users"
}

free_port() {
	local port
	for port in $(shuf -i 20000-32000 -n 50); do
		(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return 0; }
	done
	die "no free port"
}

start() {
	local dir port i
	mkdir -p "$1"
	dir=$(realpath "$1")
	[ ! -e "$dir/run/smbd.pid" ] || die "$dir: started already"
	mkdir -p "$dir"/{lock,state,cache,private,run,ncalrpc,share}
	chmod 755 "$dir" "$dir/share"
	printf '%s\n' "$text" >"$dir/share/$file"
	port=$(free_port)
	configure "$dir" "$port"
	printf '%s\n%s\n' "$password" "$password" |
		pdbedit --configfile="$dir/smb.conf" -a -t -u "$(unix_account)" >"$dir/log.setup" 2>&1 ||
		{ cat "$dir/log.setup" >&2; die "no account in $dir"; }
	smbd --configfile="$dir/smb.conf" --log-basename="$dir" --daemon >>"$dir/log.setup" 2>&1 ||
		{ cat "$dir/log.setup" >&2; die "smbd did not start"; }
	for ((i = 0; i < 100; i++)); do
		(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
		sleep 0.1
	done
	[ $i -lt 100 ] || { tail "$dir/log.smbd" >&2; die "smbd does not listen"; }
	cat >"$dir/peer.env" <<-END
	SMB_PORT=$port SMB_SHARE=$share SMB_FILE=$file SMB_DOMAIN=$domain
	SMB_USER=$(printf %q "$user") SMB_PASSWORD=$(printf %q "$password")
	SMB_TEXT=$(printf %q "$text")
	END
	cat "$dir/peer.env"
}

stop() {
	local pid i
	[ -s "$1/run/smbd.pid" ] || return 0
	pid=$(tr -dc 0-9 <"$1/run/smbd.pid")
	kill "$pid" 2>/dev/null || true
	for ((i = 0; i < 50; i++)); do
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.1
	done
	rm -f "$1/run/smbd.pid"
}

log() {
	tail -n +"$((${2:-0} + 1))" "$1/log.smbd" |
		grep -E 'Auth: \[SMB2|authentication for user|Encryption required' || true
}

check() {
	local dir=$1
	# shellcheck source=/dev/null
	. "$dir/peer.env"
	smbclient "//127.0.0.1/$SMB_SHARE" --configfile="$dir/smb.conf" -p "$SMB_PORT" \
		-U "$SMB_DOMAIN\\$SMB_USER%$SMB_PASSWORD" -c "get $SMB_FILE -" 2>/dev/null |
		grep -Fx "$SMB_TEXT"
}

case ${1:-} in
install) shift; install_peer "$@" ;;
start | stop | log | check)
	[ $# -ge 2 ] || die "$1 wants a folder"
	"$@" ;;
*) sed -n '3,13s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
