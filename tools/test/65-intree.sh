#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Inside a kernel tree, as net/ksspi: put there, put again, linked and taken out;
# built in, with its suites run by the kernel's own kunit.py as a program (User
# Mode Linux); and as a module with W=1, without a warning.
# Lane: guests
set -euo pipefail
# shellcheck source=tools/test/stage.sh
. "$(dirname "$0")/stage.sh"

intree=$repo_dir/tools/package/intree.sh
extra=$repo_dir/tools/package/kunit.config
log=$build/logs/intree

sums() { (cd "$1" && find . -type f -exec md5sum {} + | sort); }

# What intree.sh looks at of a tree, and no more.
small_tree() {
	rm -rf "$small"
	mkdir -p "$small/include/uapi/linux"
	(cd "$src" && cp -r --parents Kbuild net/Kconfig net/Makefile include/linux/kernel.h "$small")
}

put_twice() {
	"$intree" "$small" >/dev/null
	sums "$small" >"$small.once"
	"$intree" "$small" >/dev/null
	sums "$small" | cmp -s - "$small.once" &&
		[ "$(grep -c ksspi "$small/net/Kconfig" "$small/net/Makefile" | cut -d : -f 2 | xargs)" = "1 1" ]
}

put_linked() {
	"$intree" --link "$small" >/dev/null
	[ -L "$small/net/ksspi/module/main.c" ] && sums_of_links
}

# The same files, whether they are there or linked.
sums_of_links() {
	(cd "$small" && find . -xtype f -exec md5sum {} + | sort) | cmp -s - "$small.once"
}

take_out() {
	"$intree" --remove "$small" >/dev/null
	sums "$small" | cmp -s - "$small.before"
}

no_tree() { ! "$intree" "$repo_dir" 2>/dev/null; }

# kunit.py keeps the objects. It works on a copy of the tree that is made of links,
# so the sources that other kernels are built from stay as they are.
kunit() {
	local what=$1
	shift
	(cd "$work/tree" && python3 -B tools/testing/kunit/kunit.py "$what" \
		--build_dir="$work/um" "$@" </dev/null) >"$log.$what" 2>&1 && return 0
	grep -aE 'FAILED|CRASHED|rror' "$log.$what" | head -n 40 >&2
	return 1
}

# net/ksspi alone, with the configuration of the run but for what is a module. There
# is no kernel beside it whose symbols could be looked up: where they are missing
# the run finds out, and the builds of a module outside of a tree.
build_module() {
	local out=$work/module want=$log.module.config
	local modules=(net/ksspi/{ksspi,sspi_{ntlm,krb5,negotiate,cifs}}.ko)
	mkdir -p "$out"
	sed 's/^CONFIG_SSPI\(_NTLM\|_KRB5\|_NEGOTIATE\)\?=y/CONFIG_SSPI\1=m/
		/^CONFIG_SSPI_KUNIT_TEST=/d
		s/^# CONFIG_SSPI_CIFS is not set/CONFIG_SSPI_CIFS=m/' "$work/um/.config" >"$want"
	cmp -s "$want" "$out/wanted" || { cp "$want" "$out/.config"; cp "$want" "$out/wanted"; }
	{
		make -C "$work/tree" ARCH=um O="$out" olddefconfig &&
			[ "$(grep -cE '^CONFIG_SSPI(_NTLM|_KRB5|_NEGOTIATE|_CIFS)?=m' "$out/.config")" = 5 ] &&
			make -C "$work/tree" ARCH=um O="$out" -j"$jobs" W=1 \
				KBUILD_MODPOST_WARN=1 "${modules[@]}"
	} >"$log.module" 2>&1 && (cd "$out" && ls "${modules[@]}") >/dev/null
}

# What is not compiled again does not warn again.
no_warning() {
	grep -E '(net/ksspi|linux/k?sspi).*warning:' "$log.module" >&2 || return 0
	find "$work/module/net/ksspi" -name '*.o' -delete
	return 1
}

need rsync
src=$("$qemu_dir/kernels.sh" --source 7.3)
small=$build/intree/small
small_tree
sums "$small" >"$small.before"
row "put, and put again" put_twice
row "linked" put_linked
row "taken out again" take_out
row "no kernel tree" no_tree

need build-essential flex bison bc libelf-dev xz-utils python3
lock intree
key=$( { basename "$src"; grep -h CONFIG_ "$extra" "$repo_dir/.kunitconfig"; gcc -dumpfullversion; } |
	sha256sum | cut -c 1-12)
work=$cache/intree/$key
if [ ! -e "$work/tree" ]; then
	say "the kernel as a program, about 3 minutes on two processors"
	rm -rf "$cache/intree"
	mkdir -p "$work"
	cp -al "$src" "$work/tree.new"
	mv "$work/tree.new" "$work/tree"
fi
"$intree" "$work/tree"
row "kunit.py builds the kernel" kunit build --jobs="$jobs" --kunitconfig=net/ksspi \
	--kunitconfig="$extra"
kunit exec --timeout=300 'sspi*' &
row "the modules build with =m" build_module
row "without a warning at W=1" no_warning
row "kunit.py runs the suites" wait $!
cp "$work/um/test.log" "$log.console"
grep -a 'Testing complete' "$log.exec" || true
"$qemu_dir/console.py" "$log.console" --name suites --no-guest --suite 'sspi*' || failed=1
echo "intree: $passed passed, $failed failed"
[ $failed = 0 ]
