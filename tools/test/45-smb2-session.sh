#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The SMB client of tools/samples against Samba, on stock kernels, and on 6.12 with
# what watches memory and locks:
#   45-smb2-session.sh [stock-6.1|stock-6.12|6.12]...
# Each case has an outcome that the kernel's log has to show, and smbd's own log
# has to agree. "middle" cases have somebody in between who changes one bit.
# Lane: peers
set -euo pipefail
# shellcheck source=tools/test/stage.sh
. "$(dirname "$0")/stage.sh"

demo=$repo_dir/tools/demo
peers=$repo_dir/tools/peers
work=$(mktemp -d)
chmod 711 "$work" # smbd reads the file as another user
passed=0 failed=0
reasons=()
user=alice password='R1ght-password' domain=KSSPI

cleanup() {
	stop_middle
	"$peers/samba.sh" stop "$work/plain" || true
	"$peers/samba.sh" stop "$work/sealed" || true
	rm -rf "$work"
}
trap cleanup EXIT

# check NAME COMMAND...: counts whether the command is content.
check() {
	local name=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		reasons+=("$name")
		say "FAILED $name"
	fi
}

servers() {
	"$peers/samba.sh" install
	export SMB_USER=$user SMB_PASSWORD=$password SMB_TEXT="plain text in a file"
	"$peers/samba.sh" start "$work/plain" >/dev/null
	SMB_OPTIONS='server smb encrypt = required' \
		"$peers/samba.sh" start "$work/sealed" >/dev/null
	plain=$(port_of "$work/plain")
	sealed=$(port_of "$work/sealed")
}

port_of() { sed -n 's/.*SMB_PORT=\([0-9]*\).*/\1/p' "$1/peer.env"; }

# middle NAME COMMAND WHERE [STATUS]: somebody before the plain server; says where.
middle() {
	local name=$1 i
	shift
	rm -f "$work/$name" # of another kernel
	"$peers/tamper.py" "$plain" "$@" >"$work/$name" &
	echo $! >"$work/$name.pid"
	for ((i = 0; i < 50; i++)); do
		[ ! -s "$work/$name" ] || break
		sleep 0.1
	done
	head -n 1 "$work/$name"
}

stop_middle() {
	local file
	for file in "$work"/*.pid; do
		[ ! -e "$file" ] || kill "$(cat "$file")" 2>/dev/null || true
		rm -f "$file"
	done
}

# Reads LABEL OUTCOME PORT PARAMETERS, a session each; these win over the usual.
cases() {
	local usual="server=10.0.2.2 share=data file=hello.txt user=$user domain=$domain password=$password"
	while read -r label outcome port parameters; do
		echo "$label|$usual port=$port $parameters"
		echo "$label $outcome" >>"$work/outcomes"
	done
}

# Numbers are those of errno: connection refused, bad message, wrong protocol.
list() {
	cat <<-END
	right          SEC_E_OK $plain
	other-case     SEC_E_OK $plain user=ALICE
	no-domain      SEC_E_OK $plain domain=
	wrong-password SEC_E_LOGON_DENIED $plain password=other
	no-password    SEC_E_LOGON_DENIED $plain password=
	unknown-user   SEC_E_LOGON_DENIED $plain user=mallory
	wrong-share    STATUS_BAD_NETWORK_NAME $plain share=none
	wrong-file     STATUS_OBJECT_NAME_NOT_FOUND $plain file=none.txt
	spnego-right   SEC_E_OK $plain package=Negotiate packages=ntlm
	spnego-wrong   SEC_E_LOGON_DENIED $plain package=Negotiate packages=ntlm password=other
	sealed         STATUS_ACCESS_DENIED $sealed
	no-server      -111 1
	no-package     SEC_E_SECPKG_NOT_FOUND $plain package=None
	negotiate      -74 $(middle negotiate 0 72)
	spnego         -93 $(middle spnego 1 76 c0000016)
	challenge      STATUS_INVALID_PARAMETER $(middle challenge 1 124 c0000016)
	established    -74 $(middle established 1 50 0)
	read           -74 $(middle read 8 -1 0)
	END
}

# What smbd wrote about a user: FOLDER FROM USER STATUS.
smbd_says() {
	"$peers/samba.sh" log "$1" "$2" |
		grep -q "user \[[^]]*\]\\\\\[$3\] .* with \[NTLMv2\] status \[NT_STATUS_$4\]"
}

# Mechanism and credentials of the sessions that are part of the whole matrix.
place_of() {
	case $1 in
	right | other-case | no-domain) echo NTLM right ;;
	wrong-password | no-password | unknown-user) echo NTLM wrong ;;
	spnego-*) echo "SPNEGO(NTLM) ${1#spnego-}" ;;
	esac
}

judge() {
	local log=$1 from=$2 label outcome got mechanism credentials
	while read -r label outcome; do
		got=$("$demo/session.sh" result "$log" "$label")
		check "$kernel: $label: '$got' instead of $outcome" [ "$got" = "$outcome" ]
		read -r mechanism credentials < <(place_of "$label") || continue
		cell init "$mechanism" "Samba SMB" "$credentials" [ "$got" = "$outcome" ] || true
	done <"$work/outcomes"
	check "$kernel: the file's text" grep -q 'bytes: plain text in a file' "$log"
	check "$kernel: the echo sample" grep -q 'sspi_echo: OK' "$log"
	check "$kernel: smbd agrees on alice" smbd_says "$work/plain" "$from" alice OK
	check "$kernel: smbd agrees on the wrong password" \
		smbd_says "$work/plain" "$from" alice WRONG_PASSWORD
	check "$kernel: smbd agrees on mallory" \
		smbd_says "$work/plain" "$from" mallory NO_SUCH_USER
	for label in negotiate spnego challenge established read; do
		check "$kernel: $label was not changed" grep -q changed "$work/$label"
	done
	check "$kernel: a report of the kernel" clean "$log"
}

clean() {
	"$qemu_dir/console.py" "$1" --name "smb2-session-$kernel" >"$1.verdict" ||
		{ cat "$1.verdict" >&2; return 1; }
}

run() {
	local log=$build/logs/smb2-session-$kernel.console out=$build/smb2-session-$kernel from
	case $kernel in
	stock-*) "$qemu_dir/stock.sh" "${kernel#stock-}" ;;
	*) "$qemu_dir/kernels.sh" "$kernel" ;;
	esac
	"$qemu_dir/build-module.sh" "$kernel" "$out" --sample echo --sample smb2_session
	rm -f "$log" "$work/outcomes"
	from=$(wc -l <"$work/plain/log.smbd")
	list | cases >"$work/cases"
	say "$kernel: $(wc -l <"$work/cases") sessions"
	"$demo/session.sh" "$kernel" "$out" "$log" <"$work/cases" || true
	stop_middle
	judge "$log" "$from"
}

report() {
	local list='' reason
	say "$passed passed, $failed failed"
	for reason in "${reasons[@]}"; do list+="${list:+, }\"${reason//[\"\\]/_}\""; done
	printf '{"name": "smb2-session", "passed": %d, "failed": %d, "skipped": 0, "reasons": [%s]}\n' \
		$passed $failed "$list" >"$result"
	[ $failed = 0 ] && [ $passed -gt 0 ]
}

servers
[ $# -gt 0 ] || set -- stock-6.1 stock-6.12 6.12
for kernel; do run; done
report
