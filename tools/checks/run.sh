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
export CHECK_CHECKOUT=$repo_dir PYTHONDONTWRITEBYTECODE=1
mkdir -p "$work"

# run_gate NAME LOG: the status says whether the gate is content.
run_gate() {
	local rc=0
	( set -eo pipefail; "gate_${1//[-.]/_}" ) >"$2" 2>&1 || rc=$?
	checked=$(sed -n 's/^# checked \([0-9]*\) .*/\1/p' "$2" | tail -n 1)
	[ "${checked:-0}" -gt 0 ] || rc=1
	return "$rc"
}

row() { printf '%-4s  %-12s %-46s %6s s\n' "$@"; }

gates() {
	local gate start log failed=() total=0
	for gate; do
		start=$SECONDS log=$work/$gate.log checked=0
		if run_gate "$gate" "$log"; then
			row ok "$gate" "$(sed -n 's/^# checked //p' "$log" | tail -n 1)" $((SECONDS - start))
		else
			failed+=("$gate")
			row FAIL "$gate" "$(sed -n 's/^# checked //p' "$log" | tail -n 1)" $((SECONDS - start))
			grep -v '^# checked' "$log" | head -n "$shown" | sed 's/^/      /'
			total=$(grep -vc '^# checked' "$log")
			[ "$total" -le "$shown" ] || echo "      ... $total lines in ${log#"$repo_dir/"}"
			[ "${checked:-0}" -gt 0 ] || echo "      it had nothing to look at"
		fi
	done
	echo "$# gates, ${#failed[@]} failed${failed[*]:+: ${failed[*]}}"
	[ ${#failed[@]} = 0 ]
}

sync_tree() {
	rsync -rlpc --delete --exclude=/build --exclude=/.git --exclude='*.o' \
		--exclude='*.ko' --exclude='*.mod' --exclude='*.mod.c' --exclude='.*.cmd' \
		--exclude='.*.d' --exclude=Module.symvers --exclude=modules.order \
		--exclude=__pycache__ "$1/" "$2/"
}

# self_test GATE...: every planted fault of these gates has to be found.
self_test() {
	local i gate log tried=0 missed=0 start=$SECONDS
	need rsync
	mkdir -p "$work/clean" "$work/planted"
	sync_tree "$repo_dir" "$work/clean"
	for gate; do
		printf '%s\n' "${fault_gate[@]}" | grep -qx -- "$gate" ||
			{ row FAIL "$gate" "has no planted fault" 0; missed=$((missed + 1)); }
	done
	for i in "${!fault_gate[@]}"; do
		gate=${fault_gate[$i]}
		case " $* " in *" $gate "*) ;; *) continue ;; esac
		tried=$((tried + 1))
		tree=$work/planted log=$work/planted-$i.log start=$SECONDS
		sync_tree "$work/clean" "$tree"
		if ! (cd "$tree" && bash -e <<<"${fault_text[$i]}") >"$log" 2>&1; then
			row FAIL "$gate" "cannot plant: ${fault_want[$i]}" 0
			sed 's/^/      /' "$log"
			missed=$((missed + 1))
		elif run_gate "$gate" "$log"; then
			row FAIL "$gate" "did not see: ${fault_want[$i]}" $((SECONDS - start))
			missed=$((missed + 1))
		elif ! grep -qE -- "${fault_want[$i]}" "$log"; then
			row FAIL "$gate" "failed without: ${fault_want[$i]}" $((SECONDS - start))
			head -n 5 "$log" | sed 's/^/      /'
			missed=$((missed + 1))
		else
			row found "$gate" "${fault_want[$i]}" $((SECONDS - start))
		fi
	done
	tree=$repo_dir
	echo "$tried faults planted, $missed missed"
	[ "$tried" -gt 0 ] && [ "$missed" = 0 ]
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
