#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What an administrator installs: the packages in a clean Debian 12, where DKMS builds
# the modules for the stock kernel, and a module that uses them is built; who answers
# the keys of cifs; then what make install puts where, and what make uninstall leaves.
# Lane: peers
set -euo pipefail
# shellcheck source=tools/test/stage.sh
. "$(dirname "$0")/stage.sh"

root=$build/package/root

in_root() { "$repo_dir/tools/package/root.sh" run "$root" "$@"; }

# The log of DKMS says why, if it is to blame.
install_packages() {
	in_root sh -c 'dpkg -i /root/debs/*.deb' && return 0
	cat "$root"/var/lib/dkms/ksspi/*/build/make.log >&2 || true
	return 1
}

status() { in_root dkms status ksspi | grep -q "$kernel.*: installed"; }
version() { [ "$(in_root modinfo -k "$kernel" -F version ksspi)" = "$version" ]; }

# From modules.alias and modules.dep of that kernel; nothing is loaded.
would_load() { in_root modprobe -S "$kernel" -n -v "$1" | grep -q "insmod.*/updates/dkms/$2\.ko"; }
cifs_depends() { would_load sspi_cifs ksspi && would_load sspi_cifs sspi_cifs; }

# A program of root's, and one that is linked with nothing.
program() { [ "$(in_root stat -c '%a %U:%G' "/usr/sbin/$1")" = '755 root:root' ]; }
starts() { { in_root "$1" || true; } 2>&1 | grep -q "$2"; }
alone() { { in_root ldd /usr/sbin/ksspi-cifs || true; } 2>&1 | grep -q 'not a dynamic executable'; }

# answers PROGRAM: it is what request-key starts for cifs, and the file of cifs-utils
# is as it was.
answers() {
	{ in_root ksspi-cifs-setup status || true; } | grep -q "^$1 answers keys of cifs" &&
		cmp "$root/etc/request-key.d/cifs.spnego.conf" /etc/request-key.d/cifs.spnego.conf
}
switch() { in_root ksspi-cifs-setup "$@"; }
on_in_vain() {
	! switch on --image 2>"$log.setup" && grep -q "$1" "$log.setup" &&
		[ ! -e "$root/etc/request-key.d/ksspi-cifs.conf" ]
}
somebody_else() {
	echo 'create cifs.spnego ver=0x2;host=host;* * /usr/sbin/special %k' |
		as_root tee "$root/etc/request-key.d/special.conf" >/dev/null
	on_in_vain 'special is preferred' && answers /usr/sbin/special
}
nobody() {
	as_root mv "$root/usr/sbin/request-key" "$root/usr/sbin/request-key.away"
	on_in_vain 'is keyutils installed'
}
as_before() {
	as_root mv "$root/usr/sbin/request-key.away" "$root/usr/sbin/request-key"
	as_root rm "$root/etc/request-key.d/special.conf"
	switch on --image && answers /usr/sbin/ksspi-cifs
}

# Of sources that were only unpacked: what DKMS calls makes the link that a package has.
# shellcheck disable=SC2016  # the inner shell expands
link_of_dkms() {
	in_root sh -ec 'cp "/usr/src/ksspi/$1/Module.symvers" /root && rm /usr/src/ksspi/include
		cd /root && "/usr/src/ksspi-$2/tools/package/dkms-symvers.sh" keep "$1" "$2"
		[ -e /usr/src/ksspi/include/linux/sspi.h ]' sh "$kernel" "$version"
}

build_consumer() {
	as_root rsync -a "$repo_dir"/tools/samples/{echo,sample.mk} "$root/root/"
	in_root make -C /root/echo KVERSION="$kernel" KSSPI=/usr/src/ksspi >"$log.echo" 2>&1 ||
		{ tail -n 20 "$log.echo" >&2; return 1; }
	! grep -E 'warning:|WARNING: modpost' "$log.echo" >&2 &&
		[ "$(in_root modinfo -F depends /root/echo/sspi_echo.ko)" = ksspi ]
}

remove_packages() { in_root dpkg -r ksspi-dkms ksspi-utils >"$log.remove" 2>&1; }
nothing_of_ours() {
	! find "$root"/{etc,lib/modules,usr,var/lib} \( -name '*ksspi*' -o -name 'sspi*' \) |
		grep . >&2
}

# Each header, the modules where depmod looks first, and what else there is.
installed() {
	local file
	for file in "lib/modules/$release/updates/"{ksspi,sspi_{ntlm,krb5,negotiate,cifs}}.ko \
		usr/sbin/{sspictl,ksspi-cifs,ksspi-cifs-setup} \
		usr/share/man/man8/{sspictl,ksspi-cifs-setup}.8 \
		"usr/src/ksspi/$release/Module.symvers" \
		usr/src/ksspi/include/linux/sspi.h usr/src/ksspi/include/linux/sspi_win.h \
		usr/src/ksspi/include/linux/sspi_package.h \
		usr/src/ksspi/include/uapi/linux/{ksspi,sspi_cifs}.h; do
		[ -s "$dest/$file" ] || { say "no $file"; return 1; }
	done
	diff -r "$repo_dir/include" "$dest/usr/src/ksspi/include" >&2
}

# It is for the administrator to switch something on.
nothing_on() { [ ! -e "$dest/etc" ]; }

no_file_left() { ! find "$dest" ! -type d | grep . >&2; }

need build-essential cifs-utils libmnl-dev libjansson-dev rsync
log=$build/logs/package
rm -rf "$build/package/debs"
"$repo_dir/tools/package/deb.sh" "$build/package/debs"
version=$(dpkg-deb -f "$build"/package/debs/ksspi-dkms_*.deb Version)
"$repo_dir/tools/package/root.sh" make "$root"
kernel=$(ls "$root/lib/modules")
as_root cp -r "$build/package/debs" "$root/root/"
as_root cp /etc/request-key.d/cifs.spnego.conf "$root/etc/request-key.d/"
row "the packages install" install_packages
row "DKMS has built and installed it for $kernel" status
row "modinfo finds it there" version
for package in ntlm kerberos negotiate; do
	row "so does modprobe by sspi-package-$package" \
		would_load "sspi-package-$package" "sspi_${package/kerberos/krb5}"
done
row "sspi_cifs is found, and depends on it" cifs_depends
row "the headers are found without a package too" link_of_dkms
row "a module that uses it builds" build_consumer
for program in sspictl ksspi-cifs ksspi-cifs-setup; do
	row "$program is there, for root to change" program $program
done
row "sspictl finds its libraries" starts sspictl '^usage: sspictl'
row "ksspi-cifs needs none" alone
row "as installed, cifs.upcall answers keys of cifs" answers /usr/sbin/cifs.upcall
row "switched on, ksspi-cifs does" switch on --image
row "and says so" answers /usr/sbin/ksspi-cifs
row "switched off" switch off
row "cifs.upcall does again" answers /usr/sbin/cifs.upcall
row "where another line is preferred it is not switched on" somebody_else
row "nor without keyutils" nobody
row "it is where neither is so" as_before
row "the packages go" remove_packages
row "and leave nothing, though it was on" nothing_of_ours
as_root rm -rf "$root"

"$qemu_dir/stock.sh" 6.1
"$qemu_dir/build-module.sh" stock-6.1 "$build/stock-6.1"
release=$(cat "$cache/stock/6.1/release")
dest=$build/package/dest
rm -rf "$dest"
row "make install" make_for_stock 6.1 "$build/stock-6.1" "$dest" install
row "everything is there" installed
row "and nothing in /etc" nothing_on
row "make uninstall" make_for_stock 6.1 "$build/stock-6.1" "$dest" uninstall
row "and leaves nothing" no_file_left

echo "package: $passed passed, $failed failed"
[ $failed = 0 ]
