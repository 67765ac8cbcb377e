#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Runs the gates: run.sh [GATE...]       all of them without an argument
#   run.sh --list                        names and what they look at
#   run.sh --self-test [GATE...]         plants faults; each has to be found
# A gate fails on a finding, and also when it had nothing to look at.  The full
# text of each is left in build/checks/GATE.log.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tools/qemu/lib.sh
. "$here/../qemu/lib.sh"
. "$here/gates.sh"
. "$here/faults.sh"

work=${KSSPI_BUILD:-$repo_dir/build}/checks
tree=$repo_dir
shown=${KSSPI_SHOWN:-25}
sparse_which=2
export CHECK_CHECKOUT=$repo_dir PYTHONDONTWRITEBYTECODE=1
mkdir -p "$work"

# run_gate NAME LOG: the status says whether the gate is content.  One at a time
# for each gate: what it leaves in $work is named after it.
run_gate() {
	local rc=0 fd
	exec {fd}>"$work/.lock-$1"
	flock "$fd"
	( exec {fd}>&-; set -eo pipefail; "gate_${1//[-.]/_}" ) >"$2" 2>&1 || rc=$?
	exec {fd}>&-
	checked=$(sed -n 's/^# checked \([0-9]*\) .*/\1/p' "$2" | tail -n 1)
	[ "${checked:-0}" -gt 0 ] || rc=1
	return "$rc"
}

row() { printf '%-4s  %-12s %-46s %6s s\n' "$@"; }

# in_turns COUNT COMMAND: COMMAND N for each N below COUNT, the last one (the longest)
# first, as many at once as there are processors, each with a $slot of its own.  Prints
# what they print, in order; counts in $bad those that were not content, or never ran.
in_turns() {
	local count=$1 command=$2 out=$work/turns i slot
	rm -rf "$out"
	mkdir -p "$out"
	for ((slot = 0; slot < jobs; slot++)); do
		for ((i = count - 1; i >= 0; i--)); do
			mkdir "$out/$i" 2>/dev/null || continue
			if "$command" $i >"$out/$i/text"; then touch "$out/$i/good"; fi
			touch "$out/$i/done"
		done &
	done
	bad=0
	for ((i = 0; i < count; i++)); do
		while [ ! -e "$out/$i/done" ] && [ -n "$(builtin jobs -r)" ]; do sleep 0.1; done
		cat "$out/$i/text" 2>/dev/null
		[ -e "$out/$i/good" ] || bad=$((bad + 1))
	done
	wait
}

# The row of one gate, with its findings.
gate_row() {
	local gate=${asked[$1]} start=$SECONDS checked=0 total log
	log=$work/$gate.log
	if run_gate "$gate" "$log"; then
		row ok "$gate" "$(sed -n 's/^# checked //p' "$log" | tail -n 1)" $((SECONDS - start))
		return 0
	fi
	row FAIL "$gate" "$(sed -n 's/^# checked //p' "$log" | tail -n 1)" $((SECONDS - start))
	grep -v '^# checked' "$log" | head -n "$shown" | sed 's/^/      /'
	total=$(grep -vc '^# checked' "$log")
	[ "$total" -le "$shown" ] || echo "      ... $total lines in ${log#"$repo_dir/"}"
	[ "${checked:-0}" -gt 0 ] || echo "      it had nothing to look at"
	return 1
}

gates() {
	local asked=("$@") bad start=$SECONDS
	in_turns $# gate_row
	echo "$# gates, $bad failed ($((SECONDS - start)) s)"
	[ "$bad" = 0 ]
}

sync_tree() {
	rsync -rlpc --delete --exclude=/build --exclude=/.git --exclude='*.o' \
		--exclude='*.ko' --exclude='*.mod' --exclude='*.mod.c' --exclude='.*.cmd' \
		--exclude='.*.d' --exclude=Module.symvers --exclude=modules.order \
		--exclude=__pycache__ "$1/" "$2/"
}

# The row of one planted fault: whether its gate has found it.
fault_row() {
	local i=${planted[$1]} gate want log start=$SECONDS
	gate=${fault_gate[$i]} want=${fault_want[$i]}
	tree=$work/planted-$slot log=$work/planted-$i.log
	mkdir -p "$tree"
	sync_tree "$work/clean" "$tree"
	if ! (cd "$tree" && bash -e <<<"${fault_text[$i]}") >"$log" 2>&1; then
		row FAIL "$gate" "cannot plant: $want" 0
		sed 's/^/      /' "$log"
		return 1
	elif run_gate "$gate" "$log"; then
		row FAIL "$gate" "did not see: $want" $((SECONDS - start))
		return 1
	elif ! grep -qE -- "$want" "$log"; then
		row FAIL "$gate" "failed without: $want" $((SECONDS - start))
		head -n 5 "$log" | sed 's/^/      /'
		return 1
	fi
	row found "$gate" "$want" $((SECONDS - start))
}

# self_test GATE...: every planted fault of these gates has to be found.
self_test() {
	local i gate planted=() without=0 bad start=$SECONDS
	need rsync
	mkdir -p "$work/clean"
	rm -rf "$work/planted"
	sync_tree "$repo_dir" "$work/clean"
	for gate; do
		printf '%s\n' "${fault_gate[@]}" | grep -qx -- "$gate" ||
			{ row FAIL "$gate" "has no planted fault" 0; without=$((without + 1)); }
	done
	for i in "${!fault_gate[@]}"; do
		case " $* " in *" ${fault_gate[$i]} "*) planted+=("$i") ;; esac
	done
	# a fault is in a file that is compiled again, so the others need no second look
	sparse_which=1
	in_turns ${#planted[@]} fault_row
	bad=$((bad + without))
	echo "${#planted[@]} faults planted, $bad missed ($((SECONDS - start)) s)"
	[ ${#planted[@]} -gt 0 ] && [ $bad = 0 ]
}

mode=run
case ${1:-} in
--list) print_gates; exit 0 ;;
--self-test) mode=self_test; shift ;;
-*) sed -n '3,7s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
[ $# -gt 0 ] || set -- "${all_gates[@]}"
for gate; do
	declare -F "gate_${gate//[-.]/_}" >/dev/null || die "unknown gate '$gate' (run.sh --list)"
done
need python3 universal-ctags gcc rsync
# the copies in build are for one at a time
exec {check_fd}>"$work/.lock"
flock -n "$check_fd" || { say "waiting for another run"; flock "$check_fd"; }
if [ $mode = run ]; then gates "$@"; else self_test "$@"; fi
