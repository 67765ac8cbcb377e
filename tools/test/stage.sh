# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What the stages of this folder share.  Sourced, never run.  run.sh gives each
# stage KSSPI_BUILD (a folder for logs and products) and KSSPI_RESULT (where its
# counts go, as JSON); on its own a stage uses build/.

test_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tools/qemu/lib.sh
. "$test_dir/../qemu/lib.sh"
build=${KSSPI_BUILD:-$repo_dir/build}
result=${KSSPI_RESULT:-$build/results/$(basename "$0" .sh).json}
mkdir -p "$build/logs" "$(dirname "$result")"
rm -f "$result"

# Where a stage records the rows that are part of the whole matrix of
# interoperation; it is printed by another stage (tools/interop/cells.py).
KSSPI_CELLS=$build/cells/$(basename "$0" .sh)
export KSSPI_CELLS
mkdir -p "$build/cells"
rm -f "$KSSPI_CELLS"

# cell ROLE MECHANISM PEER right|wrong COMMAND...: records whether the command is
# content, and is as content as that.
cell() {
	local name outcome=ok rc=0
	name=$(printf '%s\t' "${@:1:4}")
	shift 4
	"$@" || { rc=$?; outcome=FAILED; }
	printf '%s%s\n' "$name" "$outcome" >>"$KSSPI_CELLS"
	return $rc
}

# kunit_stage NAME KERNEL [console.py OPTION...]: builds the module with its
# suites for a kernel of ours, boots it, loads both, and judges the console.
# From the environment: APPEND (kernel command line), TIMEOUT, KUNIT_PARAMETERS, and
# KUNIT_MORE (patterns of suites, one after the other, each of which has to have run).
kunit_stage() {
	local name=$1 kernel=$2 out=$build/$1 log=$build/logs/$1.console rc=0 glob more=()
	shift 2
	[ -z "${KUNIT_MORE:-}" ] || more=(--test "$test_dir/guest-kunit.sh"
		--env "KUNIT_MORE=$KUNIT_MORE" --env "KUNIT_PARAMETERS=${KUNIT_PARAMETERS:-}")
	"$qemu_dir/kernels.sh" "$kernel"
	"$qemu_dir/build-module.sh" "$kernel" "$out" CONFIG_SSPI_KUNIT_TEST=m
	[ -e "$out/modules/ksspi_kunit.ko" ] || die "no ksspi_kunit.ko was built"
	"$qemu_dir/initramfs.sh" "$out/initrd" "${more[@]}" --module "$out/modules/ksspi.ko" \
		--module "$out/modules/ksspi_kunit.ko:${KUNIT_PARAMETERS:-}"
	# Redzones keep slab objects out of the per-processor arrays of 7.3, whose
	# stale pointers would hide a leak.
	"$qemu_dir/boot.sh" --kernel "$("$qemu_dir/kernels.sh" --path "$kernel")/bzImage" \
		--initrd "$out/initrd" --log "$log" --mem 1G --timeout "${TIMEOUT:-1500}" \
		--append "${APPEND:-slab_debug=F}" || rc=$?
	while read -r glob; do set -- "$@" --suite "$glob"; done < <(tr ' ' '\n' <<<"${KUNIT_MORE:-sspi*}")
	"$qemu_dir/console.py" "$log" --name "$name" --json "$result" "$@" || {
		console_tail "$log"
		return 1
	}
	return $rc
}

# kcsan_options: what console.py is told for a console of the kernel with KCSAN, in the
# array kcsan: a race counts if ksspi is on one of the two stacks, unless both accesses are
# in functions of the kernel's own timers, scheduler and workqueues: those read flags and
# the clock without a lock, on purpose, whoever called them.  So does the tick with the
# flags of the task it meets, which memalloc_noio_save() in a call of ours sets.
kcsan_options() {
	local part
	kcsan=(--races-in '\[ksspi|\[sspi' --allow 'data-race in kthread_data /')
	for part in time sched workqueue.c kthread.c; do
		kcsan+=(--races-not-within "$("$qemu_dir/kernels.sh" --source kcsan)/kernel/$part")
	done
}

# stock_stage VERSION: builds for a kernel of Debian as it is, loads the module
# there, runs the echo sample, twice over, and has a package loaded by its name.
stock_stage() {
	local version=$1 out=$build/stock-$1 log=$build/logs/stock-$1.console rc=0 release
	local module ours=()
	"$qemu_dir/stock.sh" "$version"
	"$qemu_dir/build-module.sh" "stock-$version" "$out" --sample echo --sample package
	release=$(cat "$cache/stock/$version/release")
	for module in ksspi sspi_ntlm sspi_krb5 sspi_negotiate; do
		ours+=(--file "$out/modules/$module.ko:/lib/modules/$release/extra/$module.ko")
	done
	"$qemu_dir/initramfs.sh" "$out/initrd" --stock "$version" \
		--module "$out/modules/ksspi.ko" --test "$test_dir/guest-echo.sh" \
		--test "$test_dir/guest-autoload.sh" \
		--file "$out/modules/sspi_echo.ko:/modules/sspi_echo.ko" \
		--file "$out/modules/sspi_ask.ko:/modules/sspi_ask.ko" \
		--file "$out/modules/sspi_toy.ko:/lib/modules/$release/extra/sspi_toy.ko" \
		"${ours[@]}" --program modprobe
	"$qemu_dir/boot.sh" --kernel "$cache/stock/$version/image" \
		--initrd "$out/initrd" --log "$log" --mem 1G || rc=$?
	"$qemu_dir/console.py" "$log" --name "stock-$version" --json "$result" \
		--expect 'sspi_echo: OK' || {
		console_tail "$log"
		return 1
	}
	return $rc
}

# make_for_stock VERSION OUT DEST TARGET: make install, or uninstall, below DEST of
# what build-module.sh has compiled into OUT for a stock kernel.
make_for_stock() {
	local log=$build/logs/$4-for-stock-$1
	need libmnl-dev libjansson-dev
	make -C "$2/ksspi" -f "$repo_dir/Makefile" KDIR="$cache/stock/$1/headers" \
		DESTDIR="$3" PREFIX=/usr "$4" >"$log" 2>&1 || {
		tail -n 20 "$log" >&2
		return 1
	}
}

# For stages that count by themselves.  row TEXT COMMAND...
passed=0 failed=0
row() {
	local text=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
		echo "ok $text"
	else
		failed=$((failed + 1))
		say "not ok: $text"
	fi
}

# The end of a console, from the guest's start on.
console_tail() {
	sed -n '/KSSPI-GUEST-START/,$p' "$1" | grep -aE 'not ok|KSSPI-GUEST|BUG|WARN|rror|EXPECT|ASSERT' |
		tail -n 40 >&2
	say "the whole console: $1"
}
