#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A domain controller of Active Directory made of Samba, everything it knows in
# one folder, in a network and a mount namespace of its own:
#   samba_ad.sh install         what it needs; no service of the system is started
#   samba_ad.sh start FOLDER    prints what a client needs, as shell variables
#   samba_ad.sh enter FOLDER COMMAND...   runs a command in its namespaces
#   samba_ad.sh log FOLDER [N]  what it wrote about log-ons, from line N+1 on
#   samba_ad.sh stop FOLDER     everything that runs in the namespaces ends
# Realm AD.TEST, domain ADDOM, host dc1.ad.test at 10.53.57.1; a guest in QEMU
# that is started with "enter" reaches it under that address. Users: alice, bob
# (AES keys), disabled, expired; svc with host/svc.ad.test in FOLDER/keytab. The
# share "data" has hello.txt. Needs root, for the namespaces.
set -euo pipefail
# shellcheck source=tools/qemu/lib.sh
. "$(dirname "$0")/../qemu/lib.sh"
# shellcheck source=tools/peers/quiet.sh
. "$(dirname "$0")/quiet.sh"

PATH=$PATH:/usr/sbin:/sbin
address=10.53.57.1 realm=AD.TEST domain=ADDOM host=dc1.ad.test
text=${AD_TEXT:-read as a user of the domain}

install_peer() {
	need_quietly samba samba-ad-dc samba-ad-provision samba-dsdb-modules \
		samba-vfs-modules winbind smbclient ldb-tools iproute2 krb5-user
}

enter() {
	local dir=$1
	shift
	nsenter -t "$(cat "$dir/holder")" -m -n --wd="$PWD" -- env KRB5_CONFIG="$dir/krb5.conf" "$@"
}

# Processes find a system without a samba of its own, and one name in hosts.
namespaces() {
	local dir=$1 i
	mkdir -p "$dir"/{etc-samba,run-samba,var-samba}
	printf '127.0.0.1 localhost\n%s %s dc1\n' $address $host >"$dir/hosts"
	rm -f "$dir/holder"
	# shellcheck disable=SC2016  # the inner shell expands it
	setsid unshare -m -n -- bash -c '
		set -e
		cd "$1"
		mount --bind etc-samba /etc/samba
		mount --bind hosts /etc/hosts
		mkdir -p /run/samba /var/lib/samba
		mount --bind run-samba /run/samba
		mount --bind var-samba /var/lib/samba
		ip link set lo up
		ip addr add "$2/24" dev lo
		echo $BASHPID >holder.new
		mv holder.new holder
		exec sleep 7200' - "$dir" $address >"$dir/log.holder" 2>&1 </dev/null &
	for ((i = 0; i < 100; i++)); do
		[ ! -s "$dir/holder" ] || return 0
		sleep 0.1
	done
	cat "$dir/log.holder" >&2
	die "no namespaces"
}

provision() {
	local dir=$1
	enter "$dir" samba-tool domain provision --realm=$realm --domain=$domain \
		--server-role=dc --adminpass='Passw0rd.x' --dns-backend=NONE \
		--targetdir="$dir/ad" --host-name=dc1 --host-ip=$address \
		--option="interfaces=$address/24" --option='bind interfaces only=yes' \
		--option='vfs objects=' \
		--option='server services=s3fs, rpc, ldap, cldap, kdc, winbindd' \
		--option='dns update command=/bin/true' \
		--option='kdc enable fast=yes' --option='ntlm auth=ntlmv2-only' \
		--option='log level=1 auth_audit:4 auth:3 kerberos:3' \
		--option="log file=$dir/log.%m" --option='max log size=0' \
		--option="pid directory=$dir/run" --option="ncalrpc dir=$dir/ncalrpc" \
		--option="ntp signd socket directory=$dir/signd"
	mkdir -p "$dir"/{run,ncalrpc,share}
	printf '[data]\n\tpath = %s\n\tread only = yes\n' "$dir/share" >>"$dir/ad/etc/smb.conf"
	printf '%s\n' "$text" >"$dir/share/hello.txt"
	chmod 755 "$dir" "$dir/share"
	cat >"$dir/krb5.conf" <<-END
	[libdefaults]
	default_realm = $realm
	dns_lookup_realm = false
	dns_lookup_kdc = false
	rdns = false
	dns_canonicalize_hostname = false
	[realms]
	$realm = {
		kdc = $address
	}
	[domain_realm]
	.ad.test = $realm
	END
}

tool() { enter "$dir" samba-tool "$@" -s "$dir/ad/etc/smb.conf"; }

users() {
	local dir=$1 user name
	tool domain passwordsettings set --complexity=off --min-pwd-length=4
	for user in alice bob disabled expired svc; do
		tool user create "$user" "$user-Pw.1"
	done
	tool user setexpiry --days=0 expired
	tool user disable disabled
	# AES tickets for the service, as an administrator asks for today
	enter "$dir" ldbmodify -H "$dir/ad/private/sam.ldb" <<-END
	dn: CN=svc,CN=Users,DC=ad,DC=test
	changetype: modify
	add: msDS-SupportedEncryptionTypes
	msDS-SupportedEncryptionTypes: 24
	END
	for name in host cifs; do
		tool spn add $name/svc.ad.test svc
		tool domain exportkeytab "$dir/keytab" --principal=$name/svc.ad.test
	done
}

setup() {
	provision "$1"
	users "$1"
}

start() {
	local dir i
	mkdir -p "$1"
	dir=$(realpath "$1")
	[ ! -e "$dir/holder" ] || die "$dir: started already"
	namespaces "$dir"
	# a shell of its own: behind || this one would go on after an error
	bash "$0" setup "$dir" >"$dir/log.setup" 2>&1 ||
		{ tail -n 20 "$dir/log.setup" >&2; die "no domain in $dir"; }
	enter "$dir" samba --configfile="$dir/ad/etc/smb.conf" -D >>"$dir/log.setup" 2>&1 ||
		{ tail "$dir/log.setup" >&2; die "samba did not start"; }
	for ((i = 0; i < 300; i++)); do
		if enter "$dir" ss -Hltn | awk '{print $4}' | sort -u |
			grep -cE "^$address:(88|445)$" | grep -q 2; then break; fi
		sleep 0.1
	done
	[ $i -lt 300 ] || { tail "$dir"/log.samba >&2; die "the controller does not listen"; }
	cat >"$dir/peer.env" <<-END
	AD_ADDRESS=$address AD_REALM=$realm AD_DOMAIN=$domain AD_HOST=$host
	AD_SHARE=data AD_FILE=hello.txt AD_TEXT=$(printf %q "$text")
	AD_KEYTAB=$dir/keytab
	END
	cat "$dir/peer.env"
}

log() { cat "$1"/log.* | grep -aE 'AuthZ?: \[|Kerberos: .*(failed|FAILED)' | tail -n +"$((${2:-0} + 1))" || true; }

# Whatever lives in the network namespace of the holder goes with it.
stop() {
	local holder net pid
	[ -s "$1/holder" ] || return 0
	holder=$(cat "$1/holder")
	net=$(readlink "/proc/$holder/ns/net" 2>/dev/null) || net=
	if [ -n "$net" ] && [ "$net" != "$(readlink /proc/self/ns/net)" ]; then
		for pid in /proc/[0-9]*; do
			[ "$(readlink "$pid/ns/net" 2>/dev/null)" = "$net" ] || continue
			kill -KILL "${pid#/proc/}" 2>/dev/null || true
		done
	fi
	rm -f "$1/holder"
}

case ${1:-} in
install) install_peer ;;
start | setup | enter | log | stop)
	[ $# -ge 2 ] || die "$1 wants a folder"
	"$@" ;;
*) sed -n '3,13s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
