#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Runs the test stages, the files NN-NAME.sh of this folder, in order.  Those that
# say "# Lane: NAME" run beside those of the other lane (KSSPI_LANES=0: one by one);
# the others run alone, before what comes after them:
#   run.sh [NAME]...     all, or those named (run.sh --list)
#   run.sh --self-test   shows that a stage that does nothing is not green
# The last line is "N passed, N failed[, N skipped]".  Logs are in build/logs,
# counts in build/results (KSSPI_BUILD names another folder than build).
set -euo pipefail
# shellcheck source=tools/qemu/lib.sh
. "$(dirname "$0")/../qemu/lib.sh"

here=$(cd "$(dirname "$0")" && pwd)
stages=${KSSPI_STAGES:-$here}
export KSSPI_BUILD=${KSSPI_BUILD:-$repo_dir/build}
mkdir -p "$KSSPI_BUILD"
KSSPI_BUILD=$(realpath "$KSSPI_BUILD")

names() {
	find "$stages" -maxdepth 1 -name '[0-9][0-9]-*.sh' | sort
}

short() { basename "$1" .sh | cut -c 4-; }

lane() { [ "${KSSPI_LANES:-1}" = 0 ] || sed -n 's/^# Lane: //p' "$1"; }

# The stage's own messages pass through; everything is in its log.
run_stage() {
	local script=$1 name=$2 log=$KSSPI_BUILD/logs/$2.log rc=0 counts
	export KSSPI_RESULT=$KSSPI_BUILD/results/$name.json
	rm -f "$KSSPI_RESULT"
	printf '%s: begins\n' "$name"
	local start=$SECONDS
	bash "$script" </dev/null 2>&1 | tee "$log" |
		sed -unE "s/^[a-z-]+\.(sh|py): /$name: &/p" || rc=${PIPESTATUS[0]}
	counts=$(python3 "$here/result.py" "$name" "$rc" "$log" "$KSSPI_RESULT")
	read -r passed failed skipped <<<"$counts"
	if [ "$failed" != 0 ]; then
		printf '%s: stage %s FAILED, the end of %s:\n%s\n' run.sh "$name" "$log" \
			"$(tail -n 40 "$log" | sed 's/^/    /')"
	fi
	echo "$counts $((SECONDS - start))" >"$KSSPI_BUILD/results/$name.row"
	printf '%s: ended after %d s\n' "$name" $((SECONDS - start))
}

# The lanes that have stages, each in order, side by side.
run_lanes() {
	local name script
	for name in "${!lanes[@]}"; do
		while read -r script; do
			run_stage "$script" "$(short "$script")"
		done <<<"${lanes[$name]}" &
	done
	lanes=()
	wait
}

# What a stage has left; one that was never reached has failed.
add_row() {
	local name=$1 passed=0 failed=1 skipped=0 seconds=0
	read -r passed failed skipped seconds 2>/dev/null <"$KSSPI_BUILD/results/$name.row" || true
	printf '%-24s %6d %6d %7d %6d s\n' "$name" "$passed" "$failed" "$skipped" "$seconds"
	all_passed=$((all_passed + passed))
	all_failed=$((all_failed + failed))
	all_skipped=$((all_skipped + skipped))
}

run() {
	local script name wanted=" $* " known=' ' ran=()
	local all_passed=0 all_failed=0 all_skipped=0
	local -A lanes=()
	mkdir -p "$KSSPI_BUILD/logs" "$KSSPI_BUILD/results"
	rm -f "$KSSPI_BUILD"/results/*.{json,row}
	while read -r script; do
		name=$(short "$script")
		known+="$name "
		[ $# = 0 ] || [[ $wanted == *" $name "* ]] || continue
		ran+=("$name")
		if [ -n "$(lane "$script")" ]; then
			lanes[$(lane "$script")]+=${lanes[$(lane "$script")]:+$'\n'}$script
		else
			run_lanes
			run_stage "$script" "$name"
		fi
	done < <(names)
	run_lanes
	printf '\n%-24s %6s %6s %7s\n' stage passed failed skipped
	for name in ${ran[@]+"${ran[@]}"}; do
		add_row "$name"
	done
	for name; do
		[[ $known == *" $name "* ]] && continue
		printf '%-24s no such stage\n' "$name"
		all_failed=$((all_failed + 1))
	done
	if [ $((all_passed + all_failed)) = 0 ]; then
		echo "no stage ran"
		all_failed=1
	fi
	echo
	printf '%d passed, %d failed' "$all_passed" "$all_failed"
	[ "$all_skipped" = 0 ] || printf ', %d skipped' "$all_skipped"
	echo
	[ "$all_failed" = 0 ]
}

# Stages with known faults, each of which has to turn the run red.
self_test() {
	local work bad=0 good=0 name text want got
	work=$(mktemp -d)
	# shellcheck disable=SC2064
	trap "rm -rf '$work'" EXIT
	while IFS='|' read -r name text want; do
		rm -rf "$work/stages"
		mkdir -p "$work/stages"
		[ "$name" = none ] || printf '%b\n' "$text" >"$work/stages/10-$name.sh"
		[ "$name" != lanes ] || printf '# Lane: b\nsleep 1; echo "2 passed, 0 failed"\n' \
			>"$work/stages/20-other.sh"
		got=$(KSSPI_BUILD=$work/build KSSPI_STAGES=$work/stages \
			bash "$here/run.sh" 2>&1 | tail -n 1) || true
		if [ "$got" = "$want" ]; then
			good=$((good + 1))
		else
			echo "self-test: $name gave '$got', not '$want'"
			bad=$((bad + 1))
		fi
	done <<-'END'
		sound|echo "x: 3 passed, 0 failed"|3 passed, 0 failed
		skipping|echo "3 passed, 0 failed, 2 skipped"|3 passed, 0 failed, 2 skipped
		silent|true|0 passed, 1 failed
		zero|echo "0 passed, 0 failed"|0 passed, 1 failed
		only-skipped|echo "0 passed, 0 failed, 9 skipped"|0 passed, 1 failed, 9 skipped
		failing|echo "3 passed, 1 failed"; exit 1|3 passed, 1 failed
		failing-quietly|echo "3 passed, 1 failed"|3 passed, 1 failed
		dying|echo "3 passed, 0 failed"; exit 7|3 passed, 1 failed
		syntax|if|0 passed, 1 failed
		json|echo '{"passed":4,"failed":0,"skipped":0}' >$KSSPI_RESULT|4 passed, 0 failed
		lane|# Lane: a\necho "3 passed, 1 failed"|3 passed, 1 failed
		lanes|# Lane: a\necho "3 passed, 0 failed"; exit 1|5 passed, 1 failed
		none|-|0 passed, 1 failed
	END
	echo "self-test: $good passed, $bad failed"
	[ $bad = 0 ]
}

case ${1:-} in
--list) names | while read -r script; do short "$script"; done ;;
--self-test) self_test ;;
-*) sed -n '3,7s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
*)
	need python3
	# What runs in the background does not hear of an interrupt by itself.
	trap 'kill 0' INT
	run "$@" ;;
esac
