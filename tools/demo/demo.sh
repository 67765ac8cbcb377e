#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The demonstration: demo.sh [6.1|6.12]
#
# A stock Debian kernel in QEMU loads ksspi.ko and a small SMB client. The client
# logs on to a Samba server on this machine's loopback, authenticated by ksspi in
# the kernel alone, and reads a file over the signed session; with a wrong
# password it is refused. Then the same in a domain: the kernel gets Kerberos
# tickets from a controller of Active Directory (Samba's) by itself, and where it
# cannot, it falls back to NTLM only if policy lets it. The servers' own logs have
# to say the same. The last line is "DEMO PASSED" or "DEMO FAILED: why".
set -euo pipefail
# shellcheck source=tools/qemu/lib.sh
. "$(dirname "$0")/../qemu/lib.sh"

demo_dir=$(cd "$(dirname "$0")" && pwd)
version=${1:-6.1}
build=${KSSPI_BUILD:-$repo_dir/build}/demo/$version
peer=$repo_dir/tools/peers/samba.sh ad=$repo_dir/tools/peers/samba_ad.sh
work=$(mktemp -d)
chmod 711 "$work"	# smbd reads the file as another user
begin=$SECONDS at=start ended=

cleanup() {
	[ -n "$ended" ] || printf '\nDEMO FAILED: at: %s\n' "$at"
	"$peer" stop "$work/samba" || true
	"$ad" stop "$work/ad" || true
	rm -rf "$work"
}
trap cleanup EXIT

step() {
	at=$*
	printf '\n[%2d s] %s\n' $((SECONDS - begin)) "$at"
}
indent() { sed 's/^ */    /'; }
verdict() {
	ended=1
	printf '\nDEMO FAILED: %s\n' "$*"
	exit 1
}

prepare() {
	step "what is needed: a compiler, QEMU, Samba and Debian's stock kernel $version"
	need build-essential rsync qemu-system-x86 busybox-static cpio kmod xz-utils \
		libmnl-dev libjansson-dev
	"$peer" install
	"$ad" install
	"$repo_dir/tools/qemu/stock.sh" "$version" 2>&1 | indent
	step "building ksspi.ko and the samples against its headers"
	"$qemu_dir/build-module.sh" "stock-$version" "$build" --sample echo \
		--sample smb2_session 2>&1 | indent
	make -s -C "$repo_dir/tools/sspictl"
}

serve() {
	step "starting smbd on the loopback"
	export SMB_USER=alice SMB_PASSWORD=Right-1-password SMB_TEXT
	SMB_TEXT="written $(date -u +%H:%M:%S) for reader $RANDOM"
	"$peer" start "$work/samba" >/dev/null
	# shellcheck source=/dev/null
	. "$work/samba/peer.env"
	echo "smbd listens on 127.0.0.1:$SMB_PORT, process $(tr -dc 0-9 <"$work/samba/run/smbd.pid")" |
		indent
	echo "share $SMB_SHARE has $SMB_FILE: \"$SMB_TEXT\"" | indent
}

boot() {
	local to="server=10.0.2.2 port=$SMB_PORT share=$SMB_SHARE file=$SMB_FILE"
	rm -f "$build/console.log"
	step "booting $(cat "$cache/stock/$version/release") in QEMU (about 10 s)"
	"$demo_dir/session.sh" "stock-$version" "$build" "$build/console.log" 2>&1 <<-END | indent
		right|$to user=$SMB_USER domain=$SMB_DOMAIN password=$SMB_PASSWORD
		wrong|$to user=$SMB_USER domain=$SMB_DOMAIN password=not-the-password
	END
}

# What the guest's kernel said about a case.
kernel_said() {
	step "the kernel, $2:"
	"$demo_dir/session.sh" show "$log" "$1" '^(smb2_session|sspi_echo|ksspi): ' | indent
}

check_guest() {
	local log=$build/console.log result guest=$1
	grep -qs 'KSSPI-GUEST: insmod ksspi.ko' "$log" || verdict "the kernel did not boot, see $log"
	kernel_said echo "two contexts of one module that talk to each other"
	kernel_said right "with the right password"
	kernel_said wrong "with a wrong password"
	result=$("$demo_dir/session.sh" result "$log" echo)
	[ "$result" = SEC_E_OK ] || verdict "the echo sample ended with '$result'"
	result=$("$demo_dir/session.sh" result "$log" right)
	[ "$result" = SEC_E_OK ] || verdict "the right password led to '$result'"
	"$demo_dir/session.sh" show "$log" right | grep -qF "bytes: $SMB_TEXT" ||
		verdict "what was read is not what is in the file"
	result=$("$demo_dir/session.sh" result "$log" wrong)
	[ "$result" = SEC_E_LOGON_DENIED ] || verdict "the wrong password led to '$result'"
	[ "$guest" = 0 ] || verdict "the guest ended with $guest, see $log"
}

check_server() {
	local said=$work/said who="user \[$SMB_DOMAIN\]\\\\\[$SMB_USER\] .* with \[NTLMv2\]"
	step "smbd, in its own log:"
	"$peer" log "$work/samba" >"$said"
	grep -o 'Auth: .*workstation' "$said" | sed 's/ workstation$//' | indent
	grep -q "$who status \[NT_STATUS_OK\]" "$said" ||
		verdict "smbd does not know of the log-on"
	grep -q "$who status \[NT_STATUS_WRONG_PASSWORD\]" "$said" ||
		verdict "smbd does not know of the refusal"
}

# The second act: a realm, whose controller lives in namespaces of its own.
serve_domain() {
	step "starting a domain controller of Active Directory, made of Samba"
	export AD_TEXT
	AD_TEXT="written $(date -u +%H:%M:%S) for member $RANDOM"
	"$ad" start "$work/ad" >/dev/null
	# shellcheck source=/dev/null
	. "$work/ad/peer.env"
	echo "$AD_HOST at $AD_ADDRESS, realm $AD_REALM; \"$AD_TEXT\" in $AD_FILE" | indent
}

boot_domain() {
	local who="user=alice domain=$AD_REALM package=Negotiate" log=$build/domain.log
	local to="server=$AD_ADDRESS share=$AD_SHARE file=$AD_FILE target=cifs/$AD_HOST"
	rm -f "$log"
	step "booting it again; the kernel is told: sspictl realm add $AD_REALM kdc tcp:$AD_ADDRESS:88"
	SESSION_REALMS="$AD_REALM kdc tcp:$AD_ADDRESS:88" "$ad" enter "$work/ad" \
		"$demo_dir/session.sh" "stock-$version" "$build" "$log" 2>&1 <<-END | indent
		kerberos|$to $who password=alice-Pw.1
		wrong|$to $who password=not-the-password
		fallback|$to $who password=alice-Pw.1 target=cifs/$AD_ADDRESS
		refused|$to $who password=alice-Pw.1 target=cifs/$AD_ADDRESS packages=!ntlm
	END
}

# expect CASE OUTCOME
expect() {
	local result
	result=$("$demo_dir/session.sh" result "$log" "$1")
	[ "$result" = "$2" ] || verdict "in the domain, $1 led to '$result', see $log"
}

check_domain() {
	local log=$build/domain.log
	grep -qs 'KSSPI-GUEST: insmod ksspi.ko' "$log" || verdict "the kernel did not boot, see $log"
	kernel_said kerberos "as a user of the domain: SPNEGO, Kerberos in it"
	kernel_said wrong "with a wrong password"
	kernel_said fallback "to a server that is known by its address only: NTLM"
	kernel_said refused "the same, where policy forbids NTLM"
	expect kerberos SEC_E_OK
	expect wrong SEC_E_LOGON_DENIED
	expect fallback SEC_E_OK
	expect refused SEC_E_DOWNGRADE_DETECTED
	"$demo_dir/session.sh" show "$log" kerberos | grep -q 'authenticated by Kerberos' ||
		verdict "it was not Kerberos that authenticated"
	"$demo_dir/session.sh" show "$log" kerberos | grep -qF "bytes: $AD_TEXT" ||
		verdict "what was read is not what is in the file"
	step "the controller, in its own log:"
	"$ad" log "$work/ad" >"$work/said"
	grep -oE 'AuthZ: \[SMB2,[a-zA-Z0-9]*\] user \[[A-Z]*\]\\\[alice\]' "$work/said" |
		sort -u | indent
	grep -q 'Successful AuthZ: \[SMB2,krb5\] user \[ADDOM\]\\\[alice\]' "$work/said" ||
		verdict "the controller does not know of the log-on"
}

prepare
serve
guest=0
boot || guest=$?
check_guest $guest
check_server
serve_domain
boot_domain || verdict "the second guest did not end well, see $build/domain.log"
check_domain
ended=1
printf '\n[%2d s] DEMO PASSED\n' $((SECONDS - begin))
