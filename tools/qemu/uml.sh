#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The kernel as a program (User Mode Linux), at the speed of the machine:
#   uml.sh build VARIANT           makes it: 1 or 2 (processors, to measure),
#                                  debug (7.3), debug-6.12
#   uml.sh path VARIANT            its folder, to build modules for (ARCH=um)
#   uml.sh run VARIANT INITRD LOG [PARAMETER]...     one boot
# It is made from the sources of tools/qemu/kernels.sh, once: the folder is
# named by the hash of what went in. About 3 minutes each on two processors.
# With two, each is a thread, and switching interrupts off is a system call of
# the host: what does that cannot be timed there, hence the one for 1.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tools/qemu/lib.sh
. "$here/lib.sh"
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
	case $1 in
	1) cat "$here/config/uml.config" ;;
	2) cat "$here/config/uml.config"; printf 'CONFIG_SMP=y\nCONFIG_NR_CPUS=2\n' ;;
	debug) grep -vE 'NFS|RPCSEC|OPTIMIZE' "$here/config/uml.config"
		cat "$here/config/uml-debug.config" ;;
	debug-6.12) grep -vE 'NFS|RPCSEC|OPTIMIZE|CRYPTO_KRB5' "$here/config/uml.config"
		grep -vE 'AUTORUN|TESTING_MENU|ALL_FOR_KUNIT' "$here/config/uml-debug.config"
		grep -v SSSE3 "$here/config/v6.12.config"
		# what KASAN puts on the stack is too much for four pages there
		echo CONFIG_KERNEL_STACK_ORDER=3 ;;
	*) die "unknown variant '$1' (1 2 debug debug-6.12)" ;;
	esac
}

version() { case $1 in *-6.12) echo 6.12 ;; *) echo 7.3 ;; esac; }

build() {
	local variant=$1 src key out start=$SECONDS
	lock "kernel-uml-$variant"
	src=$("$qemu_dir/kernels.sh" --source "$(version "$variant")")
	key=$( { wanted "$variant"; basename "$src"; gcc -dumpfullversion; } |
		sha256sum | cut -c 1-12)
	out=$cache/kernels/uml-$variant-$key
	if [ ! -e "$out/done" ]; then
		need build-essential flex bison bc libelf-dev xz-utils kmod rsync
		say "building $(basename "$src") as a program, about 3 minutes on two processors"
		rm -rf "$out"
		mkdir -p "$out"
		wanted "$variant" >"$out/wanted"
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
	ln -sfn "uml-$variant-$key" "$cache/kernels/uml-$variant"
}

run() {
	local variant=$1 initrd=$2 log=$3 cpus=()
	shift 3
	[[ $variant == debug* ]] || cpus=(ncpus="$variant")
	timeout -k 5 "${TIMEOUT:-300}" "$cache/kernels/uml-$variant/linux" mem=1G "${cpus[@]}" \
		initrd="$(realpath "$initrd")" root=/dev/ram0 seccomp=auto con=none \
		con0=fd:0,fd:1 printk.devkmsg=on panic=-1 "$@" </dev/null >"$log" 2>&1 || true
	grep -q 'KSSPI-GUEST-END rc=0' "$log" || {
		tail -n 20 "$log" >&2
		die "the kernel did not end well, see $log"
	}
}

case ${1:-} in
build) build "$2" ;;
path) readlink -e "$cache/kernels/uml-$2" || die "not built" ;;
run) shift; run "$@" ;;
*) sed -n '3,11s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
