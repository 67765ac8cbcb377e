#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Fetches Debian's stock kernels and their headers: stock.sh 6.1|6.12 ...
#
# Nothing is installed: the packages are unpacked into $cache/stock/VERSION and
# the header tree is made to work from there.
#   image    the kernel            modules  lib/modules/RELEASE of the image
#   headers  for make -C ... M=    release  the kernel release, as text
set -euo pipefail
# shellcheck source=tools/qemu/lib.sh
. "$(dirname "$0")/lib.sh"

# The package that linux-NAME-amd64 of a suite stands for.
behind() {
	suite_apt "$1" apt-cache depends --no-recommends --no-suggests "linux-$2-amd64" |
		sed -n "s/^ *Depends: \(linux-$2-[0-9].*\)/\1/p" | head -n 1
}

dependency() {
	dpkg-deb -f "$1" Depends | tr ',' '\n' | sed -n "s/^ *\($2[^ ]*\).*/\1/p" | head -n 1
}

# Debian's header Makefiles and links name /usr; here they live below $1.
relocate() {
	local root=$1 link target
	find "$root/usr/src" -maxdepth 2 -type f \
		\( -name Makefile -o -name .kernelvariables \) -exec \
		sed -i "s#\(^\|[ =]\)/usr/\(src\|lib\)/#\1$root/usr/\2/#g" {} +
	find "$root/usr/src" "$root/usr/lib" -type l -lname '/usr/*' |
		while read -r link; do
			target=$(readlink "$link")
			ln -sfn "$root$target" "$link"
		done
}

stock() {
	local version=$1 suite out image headers pkg file release
	case $version in
	6.1) suite=bookworm ;;
	6.12) suite=bookworm-backports ;;
	*) die "unknown stock kernel '$version' (6.1 6.12)" ;;
	esac
	lock "stock-$version"
	out=$cache/stock/$version
	if [ ! -e "$out/release" ]; then
		need xz-utils kmod
		image=$(behind $suite image)
		headers=$(behind $suite headers)
		if [ -z "$image" ] || [ -z "$headers" ]; then
			die "no stock kernel in $suite"
		fi
		case $image in linux-image-"$version".*) ;; *)
			die "$suite now has $image, not $version" ;;
		esac
		rm -rf "$out"
		mkdir -p "$out"
		file=$(deb $suite "$headers")
		for pkg in "$image" "$headers" "$(dependency "$file" linux-headers-.*-common)" \
			"$(dependency "$file" linux-kbuild-)"; do
			[ -n "$pkg" ] || die "$headers: unexpected dependencies"
			dpkg-deb -x "$(deb $suite "$pkg")" "$out/root"
		done
		relocate "$out/root"
		release=${image#linux-image-}
		ln -s "root/boot/vmlinuz-$release" "$out/image"
		ln -s "root/usr/src/linux-headers-$release" "$out/headers"
		[ -d "$out/root/lib/modules" ] || ln -s usr/lib "$out/root/lib"
		ln -s "root/lib/modules/$release" "$out/modules"
		depmod -b "$out/root" "$release"
		for pkg in image headers/Makefile modules/modules.dep; do
			[ -e "$out/$pkg" ] || die "$version: no $pkg after unpacking"
		done
		echo "$release" >"$out/release"
	fi
	exec {lock_fd}>&-
	say "stock $version: ready ($(cat "$out/release"))"
}

[ $# -gt 0 ] || { sed -n '3,8s/^# \{0,1\}//p' "$0" >&2; exit 2; }
for v; do stock "$v"; done
