#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# An unmodified cifs.ko whose tokens ksspi makes, on a stock kernel, against a
# domain controller of Active Directory (Samba's): who gets a token and who does
# not, forged descriptions, a mount of several users; then the same mount with
# cifs.upcall:  59-cifs.sh [6.1|6.12]...
# Lane: peers
set -euo pipefail
# shellcheck source=tools/test/stage.sh
. "$(dirname "$0")/stage.sh"

peer=$repo_dir/tools/peers/samba_ad.sh tests=$repo_dir/tools/cifs/test
work=$(mktemp -d)
chmod 711 "$work" # smbd reads the file as another user
trap '"$peer" stop "$work"; rm -rf "$work"' EXIT
passed=0 failed=0
PATH=$PATH:/usr/sbin:/sbin

check() {
	local name=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
		echo "cifs: ok   $name"
	else
		failed=$((failed + 1))
		echo "cifs: FAIL $name"
	fi
}

prepare() {
	need build-essential libjansson-dev libmnl-dev python3 cifs-utils keyutils krb5-user util-linux
	"$peer" install
	mkdir -p "$build/cifs"
	gcc -O2 -Wall -Wextra -Werror -o "$build/cifs/poke" -I"$repo_dir/include/uapi" \
		"$tests/poke.c"
	"$peer" start "$work" >/dev/null
	{
		echo '[libdefaults]'
		echo ' default_ccache_name = KEYRING:persistent:%{uid}'
		sed '1d' "$work/krb5.conf"
	} >"$work/guest.conf"
	printf '127.0.0.1 localhost\n10.53.57.1 dc1.ad.test dc1\n' >"$work/guest.hosts"
}

# What make install puts down, at its place, and what it is compared with.
build_guest() {
	local version=$1 out=$build/cifs/$1 dest=$build/cifs/$1/dest program updates
	local files=(--env NET=1 --test "$tests/guest.sh" --stock "$version"
		--with virtio_pci --with virtio_net --with cifs --with nls_utf8
		--program "$build/cifs/poke" --file /sbin/request-key:/sbin/request-key
		--file /etc/request-key.d/cifs.spnego.conf:/guest/cifs.spnego.conf
		--file "$work/guest.conf:/etc/krb5.conf" --file "$work/guest.hosts:/etc/hosts")
	for program in kinit kdestroy kvno keyctl setpriv unshare cifs.upcall; do
		files+=(--program "$program")
	done
	"$qemu_dir/stock.sh" "$version"
	"$qemu_dir/build-module.sh" "stock-$version" "$out" --sample cifs/test
	rm -rf "$dest"
	make_for_stock "$version" "$out" "$dest" install
	updates=lib/modules/$(cat "$cache/stock/$version/release")/updates
	find "$dest/$updates" -name '*.xz' -exec xz -d {} + # modprobe of the guest cannot
	files+=(--module "$dest/$updates/ksspi.ko" --file "$dest/$updates:/$updates"
		--program "$dest/usr/sbin/sspictl" --file "$dest/usr/sbin:/usr/sbin"
		--file "$out/modules/spnego_asker.ko:/modules/spnego_asker.ko")
	"$qemu_dir/initramfs.sh" "$out/initrd" "${files[@]}"
}

boot() {
	"$peer" enter "$work" "$qemu_dir/boot.sh" --kernel "$cache/stock/$1/image" \
		--initrd "$build/cifs/$1/initrd" --log "$build/logs/cifs-$1.console" \
		--net --timeout 400 --mem 1G || true
}

# The counts of a guest.
judge() {
	local version=$1 out=$build/cifs/$1 log=$build/logs/cifs-$1.console n
	if ! "$qemu_dir/console.py" "$log" --name "cifs-$version" --json "$out/result.json" \
		--expect 'ok [0-9]+ ksspi-cifs: bob reads'; then
		console_tail "$log"
	fi
	read -r n < <(json passed "$out/result.json")
	passed=$((passed + n))
	read -r n < <(json failed "$out/result.json")
	failed=$((failed + n))
	compare "$version" "$log"
}

# seen USER TIMES: the server has, in so many sessions.
seen() { [ "$(grep -cF "[ADDOM]\\[$1]" "$build/cifs/seen")" = "$2" ]; }

# A guest mounts twice; alice mounts, and reads in a session of her own, as bob does.
server_says() {
	local guests=$1
	"$peer" log "$work" | grep -a 'AuthZ: \[SMB2,krb5\]' >"$build/cifs/seen" || true
	check "the server has seen alice in $((4 * guests)) sessions" seen alice $((4 * guests))
	check "the server has seen bob in $((2 * guests))" seen bob $((2 * guests))
	check "and nobody else" [ "$(wc -l <"$build/cifs/seen")" = $((6 * guests)) ]
}

json() { python3 -c 'import json, sys; print(json.load(open(sys.argv[2]))[sys.argv[1]])' "$@"; }

# What runs as root for one request: a program and all that it is linked with.
bytes_of() {
	{
		echo "$1"
		{ ldd "$1" 2>/dev/null || true; } | { grep -o '/[^ ]*' || true; }
	} | xargs -n 1 realpath | sort -u | xargs stat -c %s | awk '{n += $1} END {print n, NR}'
}

# Side by side: one request with the ticket at hand.
compare() {
	local version=$1 log=$2 with file time programs bytes files
	for with in ksspi-cifs cifs.upcall; do
		file=$build/cifs/$version/dest/usr/sbin/ksspi-cifs
		[ $with = ksspi-cifs ] || file=$(command -v cifs.upcall)
		read -r bytes files < <(bytes_of "$file")
		time=$(tr -d '\r' <"$log" | sed -n "s/.*KSSPI-BENCH $with \([0-9]*\)$/\1/p")
		programs=$(tr -d '\r' <"$log" | sed -n "s/.*COMPARED $with \([0-9]*\)$/\1/p")
		check "$version: $with: a key in $((${time:-0} / 1000)) us (emulated), ${programs:-no} programs started, $bytes bytes in $files files after request-key" \
			[ "${time:-0}" -gt 0 ]
	done
}

[ $# -gt 0 ] || set -- 6.1 6.12
prepare
for version; do
	build_guest "$version"
done
for version; do
	boot "$version" &
done
wait
for version; do
	judge "$version"
done
server_says $#
say "$passed passed, $failed failed"
printf '{"name": "cifs", "passed": %d, "failed": %d, "skipped": 0}\n' "$passed" "$failed" >"$result"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
