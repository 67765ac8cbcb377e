#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Builds ksspi for one kernel, in a copy of the sources, so that the checkout
# stays clean and several builds can stand side by side:
#   build-module.sh KERNEL OUT [--sample NAME]... [VARIABLE=VALUE]...
# KERNEL: 6.12 7.3 kcsan bench (kernels.sh), stock-6.1 stock-6.12 (stock.sh), or
# a kernel build folder.  OUT gets modules/*.ko, ksspi (a link to where it was
# compiled) and, for consumers, installed/ with include/ and Module.symvers.  A
# sample is a folder of tools/samples, or another folder below tools with a Kbuild
# file.
set -euo pipefail
# shellcheck source=tools/qemu/lib.sh
. "$(dirname "$0")/lib.sh"

[ $# -ge 2 ] || { sed -n '3,11s/^# \{0,1\}//p' "$0" >&2; exit 2; }
kernel=$1
mkdir -p "$2"
out=$(realpath "$2")
shift 2
samples=() variables=()
while [ $# -gt 0 ]; do
	case $1 in
	--sample) samples+=("$2"); shift ;;
	*=*) variables+=("$1") ;;
	*) die "unknown argument $1" ;;
	esac
	shift
done
case $kernel in
stock-*) headers=$cache/stock/${kernel#stock-}/headers ;;
/*) headers=$kernel ;;
*) headers=$("$qemu_dir/kernels.sh" --path "$kernel") ;;
esac
[ -e "$headers/Makefile" ] || die "no kernel to build for in $headers"
# pahole: for the type information that a stock kernel wants of a module
need build-essential rsync libelf-dev pahole

copy() {
	rsync -a --delete --exclude='*.o' --exclude='*.ko' --exclude='*.cmd' \
		--exclude='*.mod' --exclude='*.mod.c' --exclude=modules.order \
		--exclude=Module.symvers "$@"
}

# kbuild FOLDER VARIABLE...: a warning of the compiler or of modpost fails it.
kbuild() {
	local folder=$1 log=$1.log
	shift
	if ! make -C "$headers" -j"$jobs" M="$folder" "$@" modules >"$log" 2>&1 </dev/null ||
		grep -E 'warning:|WARNING: modpost' "$log" | grep -v "$other_tool" >&2; then
		grep -E 'error|undefined|\*\*\*' -A3 "$log" | head -n 60 >&2
		# what is not compiled again does not warn again
		find "$folder" -name '*.o' -delete
		die "$(basename "$folder") does not build for $kernel, see $log"
	fi
}

# Where it is compiled: one folder for each kernel and set of variables, so that
# the next one who asks gets what is already built.
start=$SECONDS
key=$(printf '%s\n' "$headers" ${variables[@]+"${variables[@]}"} | sha256sum | cut -c 1-8)
made=${KSSPI_BUILD:-$repo_dir/build}/modules/$(basename "$kernel")-$key
mkdir -p "$made/ksspi" "$made/installed" "$out/installed" "$out/modules"
exec {made_fd}>"$made/.lock"
flock "$made_fd"
copy "$repo_dir"/{include,module,kunit,Kbuild,Kconfig} "$made/ksspi/"
kbuild "$made/ksspi" ${variables[@]+"${variables[@]}"}
[ -e "$made/ksspi/ksspi.ko" ] || die "no ksspi.ko, see $made/ksspi.log"
rsync -a --delete "$made/ksspi/include" "$made/ksspi/Module.symvers" "$made/installed/"
rsync -a --delete "$made/installed/" "$out/installed/"
ln -sfn "$made/ksspi" "$out/ksspi"
rm -f "$out"/modules/*.ko
find "$made/ksspi" -name '*.ko' -exec cp {} "$out/modules/" \;
for sample in ${samples[@]+"${samples[@]}"}; do
	from=$repo_dir/tools/samples/$sample
	[ -d "$from" ] || from=$repo_dir/tools/$sample
	[ -e "$from/Kbuild" ] || die "no Kbuild file in $from"
	folder=$made/$(tr / - <<<"$sample")
	mkdir -p "$folder"
	copy "$from/" "$folder/"
	kbuild "$folder" KSSPI="$made/installed" \
		KBUILD_EXTRA_SYMBOLS="$made/installed/Module.symvers"
	cp "$folder"/*.ko "$out/modules/"
done
say "$kernel: built $(find "$out/modules" -name '*.ko' -printf '%f\n' | sort |
	tr '\n' ' ')in $((SECONDS - start)) s"
