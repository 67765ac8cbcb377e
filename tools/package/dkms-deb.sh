#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Makes the Debian package ksspi-dkms: dkms-deb.sh FOLDER
# Installed, it has ksspi.ko built for the kernels of the machine whose headers
# are there, now and whenever one is added. Modules that use ksspi find its headers
# in /usr/src/ksspi/include and Module.symvers in /usr/src/ksspi/KERNEL.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
[ $# = 1 ] || { sed -n '3,6s/^# \{0,1\}//p' "$0" >&2; exit 2; }
mkdir -p "$1"
out=$(cd "$1" && pwd)
# shellcheck source=dkms.conf
version=$(set +u && . "$top/dkms.conf" && echo "$PACKAGE_VERSION")
[ -n "$version" ] || { echo "dkms-deb.sh: error: no version" >&2; exit 1; }
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"
src=$root/usr/src/ksspi-$version

# The sources of the module, as they are kept: no objects.
(
	cd "$top"
	find include module -type f \( -name '*.[ch]' -o -name files.mk \) ! -name '*.mod.c'
	printf '%s\n' Kbuild COPYING dkms.conf tools/package/dkms-symvers.sh
) | sort | while read -r file; do
	mode=644
	[ ! -x "$top/$file" ] || mode=755
	install -D -m $mode "$top/$file" "$src/$file"
done
install -d "$root/usr/src/ksspi" "$root/DEBIAN"
ln -s "../ksspi-$version/include" "$root/usr/src/ksspi/include"
install -D -m 644 "$top/COPYING" "$root/usr/share/doc/ksspi-dkms/copyright"

cat >"$root/DEBIAN/control" <<EOF
Package: ksspi-dkms
Version: $version
Section: kernel
Priority: optional
Architecture: all
Maintainer: ksspi <root@localhost>
Installed-Size: $(du -sk "$root/usr" | cut -f 1)
Depends: dkms (>= 3.0)
Recommends: linux-headers-amd64 | linux-headers-generic
Description: authentication as a service inside the kernel (DKMS)
 ksspi gives kernel modules NTLM, Kerberos and Negotiate in the shape of SSPI.
 This package has ksspi.ko built for each kernel whose headers are installed.
EOF
cat >"$root/DEBIAN/postinst" <<EOF
#!/bin/sh
set -e
if [ "\$1" = configure ]; then
	/usr/lib/dkms/common.postinst ksspi $version "" "" "\$2"
fi
EOF
cat >"$root/DEBIAN/prerm" <<EOF
#!/bin/sh
set -e
case \$1 in
remove | upgrade | deconfigure)
	if [ -e /var/lib/dkms/ksspi/$version ]; then
		dkms remove -m ksspi -v $version --all
	fi ;;
esac
EOF
chmod 755 "$root"/DEBIAN/{postinst,prerm}
dpkg-deb --root-owner-group -Zxz --build "$root" "$out/ksspi-dkms_${version}_all.deb" >/dev/null
echo "$out/ksspi-dkms_${version}_all.deb"
