#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The kernel as a program (User Mode Linux), for figures in native time:
#   uml.sh build CPUS              makes it for 1 processor, or for 2
#   uml.sh path CPUS               its folder, to build modules for (ARCH=um)
#   uml.sh run CPUS INITRD LOG     one boot
# It is made from the sources of tools/qemu/kernels.sh, once: the folder is
# named by the hash of what went in. About 3 minutes each on two processors.
# With two, each is a thread, and switching interrupts off is a system call of
# the host: what does that cannot be timed there, hence the one for 1.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tools/qemu/lib.sh
. "$here/../qemu/lib.sh"
export ARCH=um

# Every option asked for has to be in the final configuration.
configure() {
	local src=$1 out=$2 missing
	{
		make -s -C "$src" O="$out" KCONFIG_ALLCONFIG="$out/wanted" allnoconfig
		make -s -C "$src" O="$out" olddefconfig
	} >"$out/configure.log" 2>&1 || { cat "$out/configure.log" >&2; return 1; }
	missing=$(grep '^CONFIG_' "$out/wanted" | grep -vxFf "$out/.config" || true)
	[ -z "$missing" ] || { say "options that did not take:"; echo "$missing" >&2; return 1; }
}

wanted() {
	cat "$here/uml.config"
	[ "$1" = 1 ] || printf 'CONFIG_SMP=y\nCONFIG_NR_CPUS=%d\n' "$1"
}

build() {
	local cpus=$1 src key out start=$SECONDS
	lock "kernel-uml-$cpus"
	src=$("$qemu_dir/kernels.sh" --source 7.3)
	key=$( { wanted "$cpus"; basename "$src"; gcc -dumpfullversion; } |
		sha256sum | cut -c 1-12)
	out=$cache/kernels/uml-$cpus-$key
	if [ ! -e "$out/done" ]; then
		need build-essential flex bison bc libelf-dev xz-utils kmod rsync
		say "building $(basename "$src") as a program, about 3 minutes on two processors"
		rm -rf "$out"
		mkdir -p "$out"
		wanted "$cpus" >"$out/wanted"
		configure "$src" "$out" || die "no configuration, see $out/configure.log"
		make -C "$out" -j"$jobs" KBUILD_BUILD_USER=ksspi KBUILD_BUILD_HOST=test \
			linux modules >"$out/build.log" 2>&1 </dev/null || {
			grep -E 'error|Error' -A5 "$out/build.log" | tail -n 40 >&2
			die "build failed, see $out/build.log"
		}
		# as tools/qemu/kernels.sh does: module builds do not read the objects
		find "$out" \( -path "$out/scripts" -o -path "$out/tools" \) -prune -o \
			-type f \( -name '*.o' -o -name '*.a' -o -name '*.ko' -o \
			-name '*.mod*' -o -name '.*.cmd' -o -name 'vmlinux*' \) \
			! -name 'Module.symvers' ! -name module.lds ! -name modules.order \
			! -name 'modules.builtin*' -exec rm -f {} +
		touch "$out/done"
		say "built in $((SECONDS - start)) s"
	fi
	ln -sfn "uml-$cpus-$key" "$cache/kernels/uml-$cpus"
}

run() {
	local cpus=$1 initrd=$2 log=$3
	timeout -k 5 300 "$cache/kernels/uml-$cpus/linux" mem=1G ncpus="$cpus" \
		initrd="$(realpath "$initrd")" root=/dev/ram0 seccomp=auto con=none \
		con0=fd:0,fd:1 printk.devkmsg=on panic=-1 </dev/null >"$log" 2>&1 || true
	grep -q 'KSSPI-GUEST-END rc=0' "$log" || {
		tail -n 20 "$log" >&2
		die "the kernel did not end well, see $log"
	}
}

case ${1:-} in
build) build "$2" ;;
path) readlink -e "$cache/kernels/uml-$2" || die "not built" ;;
run) shift; run "$@" ;;
*) sed -n '3,10s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
