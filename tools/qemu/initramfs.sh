#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Packs the ramdisk of a test guest: initramfs.sh OUT.cpio.gz [OPTION...]
#   --module FILE.ko[:PARAMETERS]  load this one, in the order given; after ksspi.ko
#                                  the packages that lie beside it
#   --test FILE.sh                 run this after loading
#   --file SOURCE:TARGET           put a file (or a folder) somewhere
#   --program FILE                 a program and the libraries it is linked with
#   --env NAME=VALUE               for the guest's init
#   --init FILE                    another first process than tools/qemu/init
#   --stock VERSION [--with MODULE]...   modules of a stock kernel: all of its
#                                  cryptography, the resolver, and the named ones
set -euo pipefail
# shellcheck source=tools/qemu/lib.sh
. "$(dirname "$0")/lib.sh"

[ $# -gt 0 ] || { sed -n '3,12s/^# \{0,1\}//p' "$0" >&2; exit 2; }
out=$(realpath -m "$1")
shift
need busybox-static cpio kmod xz-utils
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root"/{bin,dev,etc,modules,guest/tests,root,lib}
cp "$(command -v busybox)" "$root/bin/busybox"
ln -s busybox "$root/bin/sh"
init=$qemu_dir/init stock='' with=() count=0

program() {
	local file lib
	file=$(command -v "$1") || die "no program $1"
	install -D "$file" "$root/bin/$(basename "$1")"
	{ ldd "$file" 2>/dev/null || true; } | grep -o '/[^ ]*' | while read -r lib; do
		install -D "$lib" "$root$lib"
	done
}

# What the modules in the ramdisk want of the kernel's own.
wanted_modules() {
	local file name
	for file in "$root"/modules/*.ko; do
		[ -e "$file" ] || continue
		modinfo -F depends "$file" | tr ',' '\n'
	done | sort -u | while read -r name; do
		[ -z "$name" ] || [ -e "$root/modules/$name.ko" ] || echo "$name"
	done
}

# Copies modules of the stock kernel, unpacked, with the dependency data.
stock_modules() {
	local base release file list
	mapfile -t -O ${#with[@]} with < <(wanted_modules)
	base=$cache/stock/$stock/root
	release=$(cat "$cache/stock/$stock/release")
	list=$(
		cd "$base/lib/modules/$release"
		find kernel/crypto kernel/arch/x86/crypto kernel/lib/crypto \
			kernel/net/dns_resolver \
			-name '*.ko*' 2>/dev/null || true
		for file in ${with[@]+"${with[@]}"}; do
			# one that is built in has no file; that is fine
			modprobe -d "$base" -S "$release" --show-depends "$file" |
				sed -n "s#^insmod .*/modules/$release/\([^ ]*\).*#\1#p"
		done
	)
	list=$( {
		echo "$list"
		# what those need in turn
		while read -r file; do
			grep "^$file:" "$base/lib/modules/$release/modules.dep" | tr ' ' '\n' | tr -d :
		done <<<"$list"
	} | sort -u)
	while read -r file; do
		[ -n "$file" ] || continue
		install -D -m 644 "$base/lib/modules/$release/$file" \
			"$root/lib/modules/$release/$file"
	done <<<"$list"
	find "$root/lib/modules" -name '*.ko.xz' -exec xz -d {} +
	cp "$base/lib/modules/$release"/modules.{order,builtin,builtin.modinfo} \
		"$root/lib/modules/$release/"
	depmod -b "$root" "$release"
}

# load_module FILE [PARAMETERS]
load_module() {
	cp "$1" "$root/modules/"
	echo "$(basename "$1") ${2:-}" >>"$root/guest/modules"
}

while [ $# -gt 0 ]; do
	[ $# -ge 2 ] || die "$1 wants a value"
	case $1 in
	--module)
		file=${2%%:*}
		load_module "$file" "$(cut -s -d: -f2- <<<"$2")"
		[ "$(basename "$file")" = ksspi.ko ] || { shift 2; continue; }
		for package in ntlm krb5 negotiate; do
			file=$(dirname "$file")/sspi_$package.ko
			[ ! -e "$file" ] || load_module "$file"
		done ;;
	--test)
		count=$((count + 1))
		cp "$2" "$root/guest/tests/$(printf %02d $count)-$(basename "$2")" ;;
	--file)
		mkdir -p "$root$(dirname "${2#*:}")"
		cp -r "${2%%:*}" "$root${2#*:}" ;;
	--program) program "$2" ;;
	--env) printf '%s=%q\n' "${2%%=*}" "${2#*=}" >>"$root/guest/env" ;;
	--init) init=$2 ;;
	--stock) stock=$2 ;;
	--with) with+=("$2") ;;
	*) die "unknown option $1" ;;
	esac
	shift 2
done
[ -z "$stock" ] || stock_modules
install -m 755 "$init" "$root/init"
install -m 755 "$qemu_dir/ksspi" "$root/bin/ksspi"
mkdir -p "$(dirname "$out")"
(cd "$root" && find . -print0 | cpio --quiet -0 -o -H newc -R 0:0 | gzip -1) >"$out"
