#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Makes the Debian packages ksspi-dkms and ksspi-utils: deb.sh FOLDER
# ksspi-dkms, installed, has the modules built for the kernels of the machine whose
# headers are there, now and whenever one is added. Modules that use ksspi find its
# headers in /usr/src/ksspi/include and Module.symvers in /usr/src/ksspi/KERNEL.
# ksspi-utils has the programs, for this machine's processor and its Debian.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
die() { echo "deb.sh: error: $*" >&2; exit 1; }
[ $# = 1 ] || { sed -n '3,7s/^# \{0,1\}//p' "$0" >&2; exit 2; }
mkdir -p "$1"
out=$(cd "$1" && pwd)
# shellcheck source=dkms.conf
version=$(set +u && . "$top/dkms.conf" && echo "$PACKAGE_VERSION")
[ -n "$version" ] || die "no version"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The sources of the modules, as they are kept: no objects.
dkms_files() {
	local src=$1/usr/src/ksspi-$version
	(
		cd "$top"
		find include module -type f \( -name '*.[ch]' -o -name files.mk \) ! -name '*.mod.c'
		printf '%s\n' Kbuild COPYING dkms.conf tools/package/dkms-symvers.sh
	) | sort | while read -r file; do
		mode=644
		[ ! -x "$top/$file" ] || mode=755
		install -D -m $mode "$top/$file" "$src/$file"
	done
	install -d "$1/usr/src/ksspi"
	ln -s "../ksspi-$version/include" "$1/usr/src/ksspi/include"
	cat >"$1/DEBIAN/postinst" <<-EOF
		#!/bin/sh
		set -e
		if [ "\$1" = configure ]; then
			/usr/lib/dkms/common.postinst ksspi $version "" "" "\$2"
		fi
	EOF
	cat >"$1/DEBIAN/prerm" <<-EOF
		#!/bin/sh
		set -e
		case \$1 in
		remove | upgrade | deconfigure)
			if [ -e /var/lib/dkms/ksspi/$version ]; then
				dkms remove -m ksspi -v $version --all
			fi ;;
		esac
	EOF
	chmod 755 "$1"/DEBIAN/{postinst,prerm}
}

# Who answers the keys of cifs is asked for; who was there before does so again.
utils_files() {
	local tool
	for tool in sspictl cifs; do
		make -s -C "$top/tools/$tool" install DESTDIR="$1" PREFIX=/usr
	done
	gzip -9n "$1"/usr/share/man/man8/*.8
	cat >"$1/DEBIAN/prerm" <<-'EOF'
		#!/bin/sh
		set -e
		if [ "$1" = remove ]; then
			ksspi-cifs-setup off
		fi
	EOF
	chmod 755 "$1/DEBIAN/prerm"
}

# The packages of the libraries that the programs are linked with.
libraries() {
	mkdir -p "$work/debian"
	printf 'Source: ksspi\n\nPackage: ksspi-utils\nArchitecture: any\n' >"$work/debian/control"
	(cd "$work" && dpkg-shlibdeps -O "$1/usr/sbin/sspictl") | sed -n 's/^shlibs:Depends=//p'
}

# pack NAME ARCHITECTURE: control fields and the description on standard input.
pack() {
	local root=$work/$1 file=$out/${1}_${version}_$2.deb
	install -D -m 644 "$top/COPYING" "$root/usr/share/doc/$1/copyright"
	{
		printf '%s\n' "Package: $1" "Version: $version" "Architecture: $2" \
			"Section: kernel" "Priority: optional" "Maintainer: ksspi <root@localhost>" \
			"Installed-Size: $(du -sk "$root/usr" | cut -f 1)"
		cat
	} >"$root/DEBIAN/control"
	dpkg-deb --root-owner-group -Zxz --build "$root" "$file" >/dev/null
	echo "$file"
}

mkdir -p "$work"/{ksspi-dkms,ksspi-utils}/DEBIAN
chmod 755 "$work"/ksspi-*
dkms_files "$work/ksspi-dkms"
pack ksspi-dkms all <<'EOF'
Depends: dkms (>= 3.0)
Recommends: linux-headers-amd64 | linux-headers-generic, ksspi-utils
Description: authentication as a service inside the kernel (DKMS)
 ksspi gives kernel modules NTLM, Kerberos and Negotiate in the shape of SSPI.
 This package has ksspi.ko, a module for each of these, and sspi_cifs.ko for
 mounts of cifs, built for each kernel whose headers are installed.
EOF
utils_files "$work/ksspi-utils"
depends=$(libraries "$work/ksspi-utils")
[ -n "$depends" ] || die "no libraries of sspictl"
pack ksspi-utils "$(dpkg --print-architecture)" <<EOF
Depends: $depends
Recommends: keyutils, ksspi-dkms
Suggests: cifs-utils
Description: programs for the authentication service inside the kernel
 sspictl configures ksspi and explains its failures. ksspi-cifs-setup has it make
 the Kerberos tokens of cifs mounts, which is off after installation.
EOF
