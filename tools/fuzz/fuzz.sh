#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Runs the fuzz targets that the Makefile beside it has built:
#   fuzz.sh run BUILD SECONDS TARGET...
#   fuzz.sh replay BUILD TARGET...
#   fuzz.sh coverage BUILD TARGET...
# New inputs stay in BUILD/found/TARGET, reproducers in BUILD/crash.
set -euo pipefail
cd "$(dirname "$0")"
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:allocator_may_return_null=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}

what=$1 build=$2
shift 2
mkdir -p "$build/crash" "$build/log"

options() {
	echo -max_len=4096 -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
		-artifact_prefix="$build/crash/$1-"
	[ ! -f "dict/$1.dict" ] || echo "-dict=dict/$1.dict"
}

failed() {
	grep -E 'ERROR|SUMMARY|runtime error|does not hold|Test unit written' "$1" |
		head -n 10
	sed -n 's/^ *\(#[0-9]\)/\1/p' "$1" | head -n 12
}

# Whole seconds for a target: a package has most to be found in.
share() {
	case $1 in
	ntlm) echo $((seconds * 20 / 100)) ;;
	krb5_ap | krb5_kdc) echo $((seconds * 15 / 100)) ;;
	message | krb5_message) echo $((seconds * 10 / 100)) ;;
	*) echo $((seconds * 30 / 100 / 10)) ;;
	esac
}

rc=0 passed=0 bad=0
case $what in
run)
	seconds=$1
	shift
	for t; do
		log=$build/log/$t
		s=$(share "$t")
		[ "$s" -gt 0 ] || s=1
		mkdir -p "$build/found/$t"
		# shellcheck disable=SC2046
		if "$build/$t" $(options "$t") -max_total_time="$s" \
			"$build/found/$t" "corpus/$t" >"$log" 2>&1; then
			awk -v t="$t" '/number_of_executed_units/ { n = $2 }
				/new_units_added/ { a = $2 }
				END { printf "ok %s: %d runs, %d new inputs\n", t, n, a }' "$log"
			passed=$((passed + 1))
		else
			echo "not ok $t, see $log"
			failed "$log"
			bad=$((bad + 1)) rc=1
		fi
	done
	echo "new inputs: $passed passed, $bad failed" ;;
replay)
	for t; do
		log=$build/log/$t.replay
		# shellcheck disable=SC2046
		if find "corpus/$t" -type f -print0 |
			xargs -0 "$build/$t" $(options "$t") >"$log" 2>&1; then
			n=$(find "corpus/$t" -type f | wc -l)
			[ "$n" -gt 0 ] || {
				echo "not ok $t: empty corpus"
				bad=$((bad + 1)) rc=1
				continue
			}
			echo "ok $t: $n inputs"
			passed=$((passed + n))
		else
			echo "not ok $t, see $log"
			failed "$log"
			bad=$((bad + 1)) rc=1
		fi
	done
	echo "corpus: $passed passed, $bad failed" ;;
coverage)
	rm -f "$build"/cov/*.profraw
	objects=()
	for t; do
		mkdir -p "$build/found/$t"
		LLVM_PROFILE_FILE=$build/cov/$t.profraw "$build/cov/$t" -runs=0 \
			-max_len=65536 "$build/found/$t" "corpus/$t" \
			>"$build/log/$t.coverage" 2>&1 ||
			{ echo "not ok $t, see $build/log/$t.coverage"; rc=1; }
		objects+=(-object "$build/cov/$t")
	done
	llvm-profdata-14 merge -o "$build/cov/all.profdata" "$build"/cov/*.profraw
	llvm-cov-14 report "${objects[@]:1}" \
		-instr-profile="$build/cov/all.profdata" \
		-ignore-filename-regex='tools/|include/' |
		awk '/^Filename/ { print "file", "functions", "lines", "branches"; next }
		     NF >= 13 && $10 != "-" { print $1, $7, $10, $13 }' | column -t |
		tee "$build/coverage.txt"
	llvm-cov-14 show "${objects[@]:1}" \
		-instr-profile="$build/cov/all.profdata" \
		-ignore-filename-regex='tools/|include/' >"$build/coverage-lines.txt" ;;
*)
	sed -n '3,7s/^# \{0,1\}//p' "$0" >&2
	exit 2 ;;
esac
exit $rc
