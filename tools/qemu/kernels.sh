#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Builds the test kernels: kernels.sh VARIANT...   (6.12 7.3 kcsan bench)
#
# Sources come as linux-source packages of newer Debian suites, checked by apt.
# The result is $cache/kernels/VARIANT: bzImage, and what a module build needs.
# It is named by the hash of what went in, so a second run has nothing to do.
# "kernels.sh --path VARIANT" prints the folder, "--source VARIANT" the sources.
set -euo pipefail
# shellcheck source=tools/qemu/lib.sh
. "$(dirname "$0")/lib.sh"

recipe() {
	case $1 in
	6.12)	suite=bookworm-backports version=6.12
		parts="base debug kasan v6.12" ;;
	7.3)	suite=trixie-backports version=7.3
		parts="base debug kasan v7.3 v7.3-debug" ;;
	kcsan)	suite=trixie-backports version=7.3
		parts="base debug kcsan v7.3 v7.3-debug" ;;
	bench)	suite=trixie-backports version=7.3
		parts="base bench v7.3" ;;
	*)	die "unknown kernel '$1' (6.12 7.3 kcsan bench)" ;;
	esac
}

# Unpacks the sources of $version; prints where they are.
unpack_source() {
	local file dir
	file=$(deb "$suite" "linux-source-$version")
	dir=$cache/src/$(dpkg-deb -f "$file" Version | tr '~+:' ___)
	if [ ! -e "$dir/Makefile" ]; then
		say "unpacking $(basename "$file")"
		rm -rf "$dir.tmp"
		mkdir -p "$dir.tmp"
		dpkg-deb --fsys-tarfile "$file" |
			tar -xO --wildcards '*/linux-source-*.tar.xz' |
			tar -xJ -C "$dir.tmp" --strip-components=1
		mv "$dir.tmp" "$dir"
	fi
	echo "$dir"
}

# Every option asked for has to be in the final configuration.
configure() {
	local src=$1 out=$2 p missing
	for p in $parts; do cat "$qemu_dir/config/$p.config"; done >"$out/wanted"
	{
		make -s -C "$src" O="$out" KCONFIG_ALLCONFIG="$out/wanted" allnoconfig
		make -s -C "$src" O="$out" olddefconfig
	} >"$out/configure.log" 2>&1 || { cat "$out/configure.log" >&2; return 1; }
	missing=$(grep '^CONFIG_' "$out/wanted" | grep -vxFf "$out/.config" || true)
	[ -z "$missing" ] || { say "options that did not take:"; echo "$missing" >&2; return 1; }
}

# Runs make, with a line on progress every 20 seconds.
compile() {
	local out=$1 log=$1/build.log pid n start=$SECONDS
	make -C "$out" -j"$jobs" KBUILD_BUILD_USER=ksspi KBUILD_BUILD_HOST=test \
		bzImage modules >"$log" 2>&1 </dev/null &
	pid=$!
	# shellcheck disable=SC2064
	trap "kill $pid 2>/dev/null" EXIT
	for ((n = 1; ; n++)); do
		kill -0 $pid 2>/dev/null || break
		((n % 20)) || say "$variant: $(grep -cE '^  (CC|AS)' "$log") objects," \
			"$((SECONDS - start)) s"
		sleep 1
	done
	trap - EXIT
	wait $pid || { grep -E 'error|Error' -B2 -A5 "$log" | tail -n 40 >&2; return 1; }
	say "$variant: $(grep -cE '^  (CC|AS)' "$log") objects in $((SECONDS - start)) s"
}

# Drops the objects of the kernel itself; module builds do not read them.
prune() {
	local out=$1
	if grep -q '=m$' "$out/.config"; then
		make -s -C "$out" INSTALL_MOD_PATH="$out/modules" \
			modules_install >>"$out/build.log" 2>&1
	fi
	cp "$out/arch/x86/boot/bzImage" "$out/bzImage"
	find "$out" \( -path "$out/scripts" -o -path "$out/tools" -o \
		-path "$out/modules" \) -prune -o \
		-type f \( -name '*.o' -o -name '*.a' -o -name '*.ko' -o -name '*.mod*' -o \
		-name '.*.cmd' -o -name 'vmlinux*' \) ! -name 'Module.symvers' \
		! -name module.lds ! -name modules.order ! -name 'modules.builtin*' -exec rm -f {} +
}

build() {
	variant=$1
	recipe "$variant"
	lock "kernel-$variant"
	local src key out
	src=$(unpack_source)
	key=$( { cd "$qemu_dir/config" && for p in $parts; do cat "$p.config"; done
		 basename "$src"; gcc -dumpfullversion; } | sha256sum | cut -c 1-12)
	out=$cache/kernels/$variant-$key
	if [ ! -e "$out/done" ]; then
		need build-essential flex bison bc libelf-dev xz-utils cpio kmod rsync
		say "$variant: building $(basename "$src"), about 7 minutes on two processors"
		rm -rf "$out"
		mkdir -p "$out"
		configure "$src" "$out" || die "$variant: no configuration"
		compile "$out" || die "$variant: build failed, see $out/build.log"
		prune "$out"
		make -s -C "$out" kernelrelease >"$out/done" 2>/dev/null
	fi
	ln -sfn "$variant-$key" "$cache/kernels/$variant"
	exec {lock_fd}>&-
	say "$variant: ready ($(tail -n 1 "$out/done"))"
}

[ $# -gt 0 ] || { sed -n '3,8s/^# \{0,1\}//p' "$0" >&2; exit 2; }
case $1 in
--path)
	recipe "$2"
	readlink -f "$cache/kernels/$2" || die "$2 is not built" ;;
--source)
	recipe "$2"
	unpack_source ;;
*)
	for v; do build "$v"; done ;;
esac
