#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What an administrator installs: the package for DKMS in a clean Debian 12, which
# builds ksspi.ko there for the stock kernel, and a module that uses it; then what
# make install puts where, and what make uninstall leaves.
set -euo pipefail
# shellcheck source=tools/test/stage.sh
. "$(dirname "$0")/stage.sh"

root=$build/package/root

in_root() { "$repo_dir/tools/package/root.sh" run "$root" "$@"; }

# The log of DKMS says why, if it is to blame.
install_package() {
	in_root dpkg -i "/root/$(basename "$deb")" && return 0
	cat "$root"/var/lib/dkms/ksspi/*/build/make.log >&2 || true
	return 1
}

status() { in_root dkms status ksspi | grep -q "$kernel.*: installed"; }
version() { [ "$(in_root modinfo -k "$kernel" -F version ksspi)" = "$version" ]; }

# From modules.alias of that kernel, as modprobe does.
known_as() { in_root modprobe -S "$kernel" -n -v "sspi-$1" | grep -q 'insmod.*/ksspi\.ko'; }

build_consumer() {
	as_root rsync -a "$repo_dir"/tools/samples/{echo,sample.mk} "$root/root/"
	in_root make -C /root/echo KVERSION="$kernel" KSSPI=/usr/src/ksspi >"$log.echo" 2>&1 ||
		{ tail -n 20 "$log.echo" >&2; return 1; }
	! grep -E 'warning:|WARNING: modpost' "$log.echo" >&2 &&
		[ "$(in_root modinfo -F depends /root/echo/sspi_echo.ko)" = ksspi ]
}

remove_package() { in_root dpkg -r ksspi-dkms >"$log.remove" 2>&1; }
nothing_of_ours() {
	! find "$root/lib/modules" "$root/usr/src" "$root/var/lib/dkms" -name '*ksspi*' | grep . >&2
}

# As in the folder where the stage of that kernel has compiled it.
make_for_stock() {
	make -C "$made" -f "$repo_dir/Makefile" KDIR="$cache/stock/6.1/headers" \
		DESTDIR="$dest" PREFIX=/usr "$@" >"$log.$1" 2>&1 ||
		{ tail -n 20 "$log.$1" >&2; return 1; }
}

# Each header, the module where depmod looks first, and what else there is.
installed() {
	local file
	for file in "lib/modules/$release/updates/ksspi.ko" usr/sbin/sspictl \
		usr/share/man/man8/sspictl.8 "usr/src/ksspi/$release/Module.symvers" \
		usr/src/ksspi/include/linux/sspi.h usr/src/ksspi/include/linux/sspi_win.h \
		usr/src/ksspi/include/linux/sspi_package.h \
		usr/src/ksspi/include/uapi/linux/ksspi.h; do
		[ -s "$dest/$file" ] || { say "no $file"; return 1; }
	done
	diff -r "$repo_dir/include" "$dest/usr/src/ksspi/include" >&2
}

no_file_left() { ! find "$dest" ! -type d | grep . >&2; }

need rsync
log=$build/logs/package
deb=$("$repo_dir/tools/package/dkms-deb.sh" "$build/package")
version=$(dpkg-deb -f "$deb" Version)
"$repo_dir/tools/package/root.sh" make "$root"
kernel=$(ls "$root/lib/modules")
as_root cp "$deb" "$root/root/"
row "the package installs" install_package
row "DKMS has built and installed it for $kernel" status
row "modinfo finds it there" version
for package in ntlm kerberos negotiate; do
	row "so does modprobe by sspi-$package" known_as $package
done
row "a module that uses it builds" build_consumer
row "the package goes" remove_package
row "and leaves nothing" nothing_of_ours
as_root rm -rf "$root"

"$qemu_dir/stock.sh" 6.1
"$qemu_dir/build-module.sh" stock-6.1 "$build/stock-6.1"
need libmnl-dev libjansson-dev
made=$build/stock-6.1/ksspi
release=$(cat "$cache/stock/6.1/release")
dest=$build/package/dest
rm -rf "$dest"
row "make install" make_for_stock install
row "everything is there" installed
row "make uninstall" make_for_stock uninstall
row "and leaves nothing" no_file_left

echo "package: $passed passed, $failed failed"
[ $failed = 0 ]
