#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Kerberos with a domain controller of Active Directory (Samba's, started here):
# token by token from userspace (passwords, names, accounts that may not log on,
# keys on both sides), then whole SMB sessions of a stock kernel, which asks the
# controller for its tickets by itself:  58-ad.sh [stock-6.1|stock-6.12|6.12|7.3]
# Lane: peers
set -euo pipefail
# shellcheck source=tools/test/stage.sh
. "$(dirname "$0")/stage.sh"

peer=$repo_dir/tools/peers/samba_ad.sh session=$repo_dir/tools/demo/session.sh
kernel=${1:-stock-6.1} out=$build/ad log=$build/logs/ad.console
work=$(mktemp -d)
chmod 711 "$work" # smbd reads the file as another user
trap '"$peer" stop "$work"; rm -rf "$work"' EXIT
passed=0 failed=0

# check NAME COMMAND...: counts and prints whether the command is content.
check() {
	local name=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
		echo "ad: ok   session: $name"
	else
		failed=$((failed + 1))
		echo "ad: FAIL session: $name"
	fi
}

prepare() {
	need build-essential libjansson-dev nettle-dev zlib1g-dev libmnl-dev python3 libkrb5-dev
	"$peer" install
	make_in "$repo_dir/tools/drive" SAN=1
	make_in "$repo_dir/tools/sspictl"
	case $kernel in
	stock-*) "$qemu_dir/stock.sh" "${kernel#stock-}" ;;
	*) "$qemu_dir/kernels.sh" "$kernel" ;;
	esac
	"$qemu_dir/build-module.sh" "$kernel" "$out" --sample echo --sample smb2_session
	cc -std=gnu11 -O2 -Wall -Wextra -o "$work/gss_peer" "$repo_dir/tools/interop/gss_peer.c" -lgssapi_krb5
	"$peer" start "$work" >/dev/null
}

tokens() {
	SSPI_DRIVE=$repo_dir/tools/drive/sspi-drive-san \
		"$peer" enter "$work" python3 "$repo_dir/tools/interop/ad.py" "$work" "$work/gss_peer" |
		tee "$out/rows" || true
	read -r _ passed _ failed _ < <(tail -n 1 "$out/rows")
}

# Label, the outcome that the kernel's log has to show, parameters.
cases() {
	cat <<-END
	password       SEC_E_OK           user=alice password=alice-Pw.1
	wrong-password SEC_E_LOGON_DENIED user=alice password=wrong
	unknown-user   SEC_E_LOGON_DENIED user=mallory password=alice-Pw.1
	disabled       SEC_E_LOGON_DENIED user=disabled password=disabled-Pw.1
	expired        SEC_E_LOGON_DENIED user=expired password=expired-Pw.1
	no-service     SEC_E_TARGET_UNKNOWN user=alice password=alice-Pw.1 target=cifs/none.ad.test
	no-kdc         SEC_E_NO_AUTHENTICATING_AUTHORITY user=alice password=x domain=NOWHERE.TEST
	negotiate      SEC_E_OK           user=alice password=alice-Pw.1 package=Negotiate
	by-address     SEC_E_OK           user=alice password=alice-Pw.1 package=Negotiate target=cifs/10.53.57.1
	spnego-wrong   SEC_E_LOGON_DENIED user=alice password=wrong package=Negotiate
	ntlm           SEC_E_OK           user=alice password=alice-Pw.1 package=NTLM domain=ADDOM
	ntlm-wrong     SEC_E_LOGON_DENIED user=alice password=wrong package=NTLM domain=ADDOM
	address-wrong  SEC_E_LOGON_DENIED user=alice password=wrong package=Negotiate target=cifs/10.53.57.1
	no-ntlm        SEC_E_DOWNGRADE_DETECTED user=alice password=alice-Pw.1 package=Negotiate packages=!ntlm target=cifs/10.53.57.1
	END
}

# Mechanism and credentials of the sessions that are part of the whole matrix.
place_of() {
	case $1 in
	password) echo Kerberos right ;;
	wrong-password | unknown-user | disabled | expired) echo Kerberos wrong ;;
	negotiate) echo "SPNEGO(Kerberos) right" ;;
	spnego-wrong) echo "SPNEGO(Kerberos) wrong" ;;
	ntlm) echo NTLM right ;;
	ntlm-wrong) echo NTLM wrong ;;
	by-address) echo "SPNEGO(NTLM) right" ;;
	address-wrong) echo "SPNEGO(NTLM) wrong" ;;
	esac
}

sessions() {
	local usual="server=10.53.57.1 port=445 share=data file=hello.txt package=Kerberos"
	local label outcome parameters got mechanism credentials
	usual+=" domain=AD.TEST target=cifs/dc1.ad.test"
	while read -r label outcome parameters; do
		echo "$label|$usual $parameters"
	done < <(cases) >"$out/cases"
	rm -f "$log"
	SESSION_REALMS="AD.TEST kdc tcp:10.53.57.1:88" \
		"$peer" enter "$work" "$session" "$kernel" "$out" "$log" <"$out/cases" || true
	while read -r label outcome parameters; do
		got=$("$session" result "$log" "$label")
		check "$label: ${got:-nothing}" [ "$got" = "$outcome" ]
		read -r mechanism credentials < <(place_of "$label") || continue
		cell init "$mechanism" "Samba AD" "$credentials" [ "$got" = "$outcome" ] || true
	done < <(cases)
	check "the file's text" grep -q 'bytes: read as a user of the domain' "$log"
	check "Kerberos was negotiated" authenticated_by negotiate Kerberos
	check "NTLM was, for an address" authenticated_by by-address NTLM
	check "the controller's log has it" controller_says alice
	check "no report of the kernel" clean
}

authenticated_by() { "$session" show "$log" "$1" | grep -q "authenticated by $2"; }

controller_says() {
	"$peer" log "$work" | grep -q "Successful AuthZ: \[SMB2,krb5\] user \[ADDOM\]\\\\\[$1\]"
}

clean() {
	"$qemu_dir/console.py" "$log" --name ad-console >"$out/verdict" ||
		{ cat "$out/verdict" >&2; return 1; }
}

prepare
tokens
sessions
say "$passed passed, $failed failed"
printf '{"name": "ad", "passed": %d, "failed": %d, "skipped": 0}\n' "$passed" "$failed" >"$result"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
