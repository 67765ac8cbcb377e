#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Apache with mod_auth_gssapi on the loopback, everything it knows in one folder:
#   apache.sh install
#   apache.sh start FOLDER KDC  prints its port as HTTP_PORT=..., and writes
#                               FOLDER/peer.env; KDC is a folder of mit.sh
#   apache.sh log FOLDER [N]    what it wrote about errors, from line N+1 on
#   apache.sh stop FOLDER       by its process id
# The service is HTTP/localhost of that KDC, for NTLM the user is SMB_USER,
# SMB_PASSWORD, SMB_DOMAIN of the environment (gss-ntlmssp). By path:
#   /any    Kerberos and NTLM       /krb5   Kerberos       /ntlm   NTLM
#   /deleg  Kerberos; what a client delegates is kept in FOLDER/deleg
#   /other  Kerberos, with the keys of FOLDER/other.keytab, written by the test
# An answer says what the server knows of the client: X-User, X-Mech, X-Ccache.
set -euo pipefail
# shellcheck source=tools/qemu/lib.sh
. "$(dirname "$0")/../qemu/lib.sh"

PATH=$PATH:/usr/sbin:/sbin
user=${SMB_USER:-alice} password=${SMB_PASSWORD:-Secret-1!} domain=${SMB_DOMAIN:-KSSPI}
modules=/usr/lib/apache2/modules

# The account of its workers: root gives up what it is, another user stays itself.
account() {
	if [ "$(id -u)" = 0 ]; then echo daemon; else id -un; fi
}

free_port() {
	local port
	for port in $(shuf -i 20000-32000 -n 50); do
		ss -Hltn "sport = :$port" | grep -q . || { echo "$port"; return 0; }
	done
	die "no free port"
}

location() {
	local path=$1
	shift
	printf '<Location %s>\n AuthType GSSAPI\n AuthName test\n' "$path"
	printf ' GssapiConnectionBound On\n GssapiPublishMech On\n Require valid-user\n'
	printf ' %s\n' "$@"
	printf '</Location>\n'
}

configure() {
	local dir=$1 port=$2 m
	printf 'ServerRoot %s\nServerName localhost\nListen 127.0.0.1:%s\n' "$dir" "$port"
	printf 'PidFile %s/pid\nErrorLog %s/error.log\nLogLevel info\n' "$dir" "$dir"
	for m in mpm_event authn_core authz_core authz_user auth_gssapi alias headers env; do
		printf 'LoadModule %s_module %s/mod_%s.so\n' "$m" "$modules" "$m"
	done
	[ "$(id -u)" != 0 ] || printf 'User %s\nGroup %s\n' "$(account)" "$(id -gn "$(account)")"
	# one process: the contexts of NTLM are its connections'
	printf 'StartServers 1\nServerLimit 1\nThreadsPerChild 25\nMaxRequestWorkers 25\n'
	printf 'DocumentRoot %s/www\nAliasMatch "^/" %s/www/index.txt\n' "$dir" "$dir"
	printf '<Directory %s/www>\n Require all granted\n</Directory>\n' "$dir"
	printf 'Header set X-User "expr=%%{REMOTE_USER}"\n'
	printf 'Header set X-Mech "expr=%%{reqenv:GSS_MECH}"\n'
	printf 'Header set X-Ccache "expr=%%{reqenv:KRB5CCNAME}"\n'
	location /any "GssapiAllowedMech krb5" "GssapiAllowedMech ntlmssp"
	location /krb5 "GssapiAllowedMech krb5"
	location /ntlm "GssapiAllowedMech ntlmssp"
	location /deleg "GssapiAllowedMech krb5" "GssapiDelegCcacheDir $dir/deleg"
	location /other "GssapiAllowedMech krb5" "GssapiCredStore keytab:$dir/other.keytab"
}

start() {
	local dir port i
	mkdir -p "$1/www" "$1/deleg"
	dir=$(realpath "$1")
	[ ! -e "$dir/pid" ] || die "$dir: started already"
	cp "$2/services.keytab" "$dir/keytab"
	cp "$2/krb5.conf" "$dir/krb5.conf"
	printf '%s:%s:%s\n' "$domain" "$user" "$password" >"$dir/users"
	echo hello >"$dir/www/index.txt"
	chmod 711 "$dir"
	chown -R "$(account)" "$dir"/{deleg,keytab,users}
	chmod 600 "$dir"/{keytab,users}
	port=$(free_port)
	configure "$dir" "$port" >"$dir/httpd.conf"
	KRB5_CONFIG=$dir/krb5.conf KRB5_KTNAME=FILE:$dir/keytab KRB5CCNAME=FILE:$dir/none \
		KRB5RCACHEDIR=$dir/deleg NTLM_USER_FILE=$dir/users NETBIOS_DOMAIN_NAME=$domain \
		apache2 -f "$dir/httpd.conf" >"$dir/log.setup" 2>&1 ||
		{ cat "$dir/log.setup" >&2; die "Apache did not start"; }
	for ((i = 0; i < 100; i++)); do
		ss -Hltn "sport = :$port" | grep -q . && [ -s "$dir/pid" ] && break
		sleep 0.05
	done
	[ $i -lt 100 ] || { cat "$dir/error.log" >&2; die "Apache does not listen"; }
	echo "HTTP_PORT=$port" | tee "$dir/peer.env"
}

stop() {
	local pid i
	[ -s "$1/pid" ] || return 0
	pid=$(tr -dc 0-9 <"$1/pid")
	kill "$pid" 2>/dev/null || true
	for ((i = 0; i < 100; i++)); do
		[ -e "$1/pid" ] || break # it removes that when it is done
		sleep 0.1
	done
	rm -f "$1/pid"
}

case ${1:-} in
# Debian's apache2 is a service; what these bring starts nothing
install) need apache2-bin libapache2-mod-auth-gssapi gss-ntlmssp iproute2 ;;
start) start "${2:?a folder}" "${3:?a folder of mit.sh}" ;;
log) tail -n +"$((${3:-0} + 1))" "${2:?a folder}/error.log" ;;
stop) stop "${2:?a folder}" ;;
*) sed -n '3,15s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
