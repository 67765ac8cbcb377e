# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The gates.  Each looks at $tree, prints a line for each finding, prints
# "# checked N THINGS" at the end, and returns 0 only without a finding.
# Sourced by run.sh, which sets here, tree and work, and runs each with -e.
# shellcheck disable=SC2034,SC2154,SC2164

all_gates=(layers secrecy constants exports spdx places docs manual python shell
	format generated checkpatch kernel-doc build-6.12 build-7.3 build-32 sparse)

print_gates() {
	cat <<-END
	layers      includes go down only; sizes; version tests; conditional code
	secrecy     secrets: compared in constant time, wiped, never printed
	constants   values of the public headers against independent tables
	exports     each exported symbol has kernel-doc with Context: and Return:
	spdx        each source file says its licence
	places      no path of one machine, no host of a package registry
	docs        what the documentation names is there
	manual      the documentation builds without a warning
	python      compiles, and pyflakes finds nothing
	shell       shellcheck
	format      clang-format of the userspace programs
	generated   generated files are what their generators print
	checkpatch  scripts/checkpatch.pl --strict of Linux 6.12
	kernel-doc  scripts/kernel-doc -Wall of Linux 6.12
	build-6.12  W=1 build without a warning, module, tests and samples
	build-7.3   the same on Linux 7.3
	build-32    the module for 32 bits; nothing that only a compiler's library has
	sparse      sparse with endianness checks on Linux 6.12
	END
}

gate_layers() { python3 "$here/layers.py" "$tree"; }
gate_secrecy() { python3 "$here/secrecy.py" "$tree"; }
gate_constants() { python3 "$here/constants.py" "$tree"; }
gate_exports() { python3 "$here/exports.py" "$tree"; }
gate_spdx() { python3 "$here/tree.py" spdx "$tree"; }
gate_places() { python3 "$here/tree.py" places "$tree"; }
gate_docs() { python3 "$here/docs.py" "$tree"; }

gate_manual() {
	local out=$work/manual rc=0
	rm -rf "$out"
	KSSPI_BUILD=$out "$tree/tools/docs.sh" "$out/html" 2>&1 | sed "s#$tree/##g" || rc=1
	echo "# checked $(find "$out/html" -name '*.html' 2>/dev/null | wc -l) pages"
	return $rc
}

# sources PATTERN: the files of the tree whose path matches.
sources() {
	(cd "$here" && python3 -c 'import re, source, sys
for f in source.files(sys.argv[1]):
    if re.search(sys.argv[2], f): print(f)' "$tree" "$1")
}

# The scripts for sh and bash, whatever they are called.
shell_scripts() {
	(cd "$here" && python3 -c 'import source, sys
for f in source.files(sys.argv[1]):
    text = source.read(sys.argv[1], f)
    if text is not None and (f.endswith(".sh") or source.is_script(text)): print(f)' "$tree")
}

gate_python() {
	local list rc=0
	need pyflakes3
	mapfile -t list < <(sources '\.py$')
	cd "$tree"
	PYTHONPYCACHEPREFIX=$work/pyc python3 -m py_compile "${list[@]}" || rc=1
	pyflakes3 "${list[@]}" || rc=1
	echo "# checked ${#list[@]} programs"
	return $rc
}

gate_shell() {
	local list rc=0
	need shellcheck
	mapfile -t list < <(shell_scripts)
	cd "$tree"
	shellcheck -x -P SCRIPTDIR -f gcc "${list[@]}" || rc=1
	echo "# checked ${#list[@]} scripts"
	return $rc
}

gate_format() {
	local list rc=0
	need clang-format
	cd "$tree"
	[ -e .clang-format ] || { echo ".clang-format:0: missing"; return 1; }
	mapfile -t list < <(sources '^tools/(drive|host|fuzz|sspictl)/.*\.[ch]$')
	clang-format --dry-run -Werror --style=file "${list[@]}" || rc=1
	echo "# checked ${#list[@]} files"
	return $rc
}

gate_generated() {
	local program count=0 rc=0
	need unicode-data python3-yaml python3-jsonschema
	cd "$tree"
	while read -r program; do
		grep -q -e '--check' "$program" || { echo "$program:1: has no --check"; rc=1; continue; }
		count=$((count + 1))
		python3 "$program" --check || { echo "$program:0: its output is not up to date"; rc=1; }
	done < <(sources '(^|/)gen[-_][^/]*\.py$')
	echo "# checked $count generators"
	return $rc
}

kernel_source() { "$repo_dir/tools/qemu/kernels.sh" --source "$1"; }

# checkpatch asks for what a patch to the kernel needs; not asked for here:
#   COMPLEX_MACRO, MULTISTATEMENT_MACRO_USE_DO_WHILE, MACRO_ARG_UNUSED,
#   MACRO_ARG_REUSE  an X-macro is a list: neither expression nor statement, its
#                    columns are used as needed, and X itself once a row
#   NEW_TYPEDEFS     sec_status_t is meant to be a type of its own for sparse
#   FILE_PATH_CHANGES, CONFIG_DESCRIPTION  about MAINTAINERS and Kconfig texts
#   EMBEDDED_FUNCTION_NAME  "create" and "connected" are also words
# and these where they are meant:
#   LINUX_VERSION_CODE, CONSTANT_COMPARISON  in a compat.h, which is for that
#   CAMELCASE        in sspi_win.h and what implements and tests it: the names of
#                    the platform
#   LINE_SPACING     SSPI_EXPORT_FOR_TEST() or _PACKAGES() stands under the function it is
#                    about, as EXPORT_SYMBOL() does
#   UNCOMMENTED_DEFINITION  in a header: the kernel-doc of the structure says
#                    what its lock protects
#   OPEN_ENDED_LINE, PARENTHESIS_ALIGNMENT  in trace.h: the form of trace events
#   STRING_FRAGMENTS, SPLIT_STRING, MISSING_SPACE  in kunit/: messages written
#                    as strings of bytes
#   MACRO_WITH_FLOW_CONTROL  in sspi_package.h: a macro that is two functions
#   SPACING, TRAILING_SEMICOLON, MACRO_WITH_FLOW_CONTROL  in status.c: a macro
#                    that is a case label and what it returns
checkpatch_ignore=COMPLEX_MACRO,MULTISTATEMENT_MACRO_USE_DO_WHILE,MACRO_ARG_UNUSED,MACRO_ARG_REUSE,NEW_TYPEDEFS,FILE_PATH_CHANGES,CONFIG_DESCRIPTION,EMBEDDED_FUNCTION_NAME

# checkpatch SCRIPT FILE...: its findings, of files that it has not seen as they are.
# What it finds in a file depends on that file alone; kept by a hash of what goes in.
checkpatch() {
	local script=$1 kept=$cache/checks/checkpatch file key new=() options
	shift
	options=(--strict --no-tree --no-summary --terse --show-types --max-line-length=100
		--ignore "$checkpatch_ignore")
	mkdir -p "$kept"
	declare -A keys
	while read -r key file; do
		keys[$file]=$(sha256sum <<<"$key $file $script ${options[*]}" | cut -c 1-40)
		[ -e "$kept/${keys[$file]}" ] || new+=("$file")
	done < <(sha256sum "$@")
	if [ ${#new[@]} -gt 0 ]; then
		rm -rf "$work/checkpatch.new"
		mkdir "$work/checkpatch.new"
		# a file for what each of them says, so that no row is torn
		# shellcheck disable=SC2016
		printf '%s\0' "${new[@]}" | xargs -0 -n 8 -P "$jobs" sh -c \
			'out=$1; shift; perl "$@" >"$out/$$" || true' sh "$work/checkpatch.new" \
			"$script" "${options[@]}" -f
		# each row starts with a file; another is a script that did not run
		grep -hvE "^[^: ]+\.[ch]:[0-9]+: " -r "$work/checkpatch.new" | grep . && return 1
		for file in "${new[@]}"; do
			cat "$work"/checkpatch.new/* | awk -F: -v f="$file" '$1 == f' >"$kept/.$$"
			mv "$kept/.$$" "$kept/${keys[$file]}"
		done
	fi
	for file; do cat "$kept/${keys[$file]}"; done
}

gate_checkpatch() {
	local src list row file line rc=0
	src=$(kernel_source 6.12)
	cd "$tree"
	mapfile -t list < <(sources '^(module|include|kunit|tools/samples|tools/demo)/.*\.[ch]$')
	checkpatch "$src/scripts/checkpatch.pl" "${list[@]}" >"$work/checkpatch.out" || {
		cat "$work/checkpatch.out"
		return 1
	}
	while IFS= read -r row; do
		IFS=: read -r file line _ <<<"$row"
		case $row in
		*compat.h:*LINUX_VERSION_CODE:* | *compat.h:*CONSTANT_COMPARISON:*) continue ;;
		*/sspi_win.h:*:CAMELCASE:* | */win*.c:*:CAMELCASE:*) continue ;;
		*.h:*:UNCOMMENTED_DEFINITION:*) continue ;;
		*/sspi_package.h:*:MACRO_WITH_FLOW_CONTROL:*) continue ;;
		*/trace.h:*:OPEN_ENDED_LINE:* | */trace.h:*:PARENTHESIS_ALIGNMENT:*) continue ;;
		kunit/*:STRING_FRAGMENTS:* | kunit/*:SPLIT_STRING:* | kunit/*:MISSING_SPACE:*) continue ;;
		module/core/status.c:*:SPACING:* | module/core/status.c:*:TRAILING_SEMICOLON:* | \
			module/core/status.c:*:MACRO_WITH_FLOW_CONTROL:*) continue ;;
		*:LINE_SPACING:*)
			sed -n "${line}p" "$file" | grep -qE '^SSPI_EXPORT_FOR_(TEST|PACKAGES)\(' && continue ;;
		esac
		echo "$row"
		rc=1
	done <"$work/checkpatch.out"
	echo "# checked ${#list[@]} files"
	return $rc
}

gate_kernel_doc() {
	local src list count
	src=$(kernel_source 6.12)
	cd "$tree"
	mapfile -t list < <(sources '^(module|include)/.*\.[ch]$')
	# one that has no comment of this kind is no news
	perl "$src/scripts/kernel-doc" -none -Wall "${list[@]}" >"$work/kernel-doc.out" 2>&1 || true
	count=$(grep -h -c '^/\*\*' "${list[@]}" | awk '{ n += $1 } END { print n }')
	if grep -E '(warning|error):' "$work/kernel-doc.out"; then
		echo "# checked $count comments"
		return 1
	fi
	# what is neither silence nor a warning is a script that did not run
	if grep -vE 'no structured comments found|^$' "$work/kernel-doc.out"; then return 1; fi
	echo "# checked $count comments"
}

# make_modules VERSION FOLDER ARGUMENT...: builds what FOLDER has on that kernel.
make_modules() {
	local version=$1 folder=$2 variant=$1 kernel
	shift 2
	# the 7.3 that the tests build is the one with KCSAN
	[ "$version" != 7.3 ] || variant=kcsan
	"$repo_dir/tools/qemu/kernels.sh" "$variant" 2>&1 || return 1
	kernel=$("$repo_dir/tools/qemu/kernels.sh" --path "$variant") || return 1
	mkdir -p "$folder"
	sync_tree "$tree" "$folder"
	# consumers want an installed ksspi, and a benchmark its sources beside that
	ln -sfn "$(basename "$folder")" "$folder/../installed"
	make -C "$kernel" M="$folder" -j"$jobs" -k CONFIG_SSPI_TEST_DEVICE=y \
		CONFIG_SSPI_KUNIT_TEST=m "$@" modules || return 1
	local sample samples=("$folder"/tools/samples/*/)
	# the benchmark compares with what only 7.3 has
	[ "$version" != 7.3 ] || samples+=("$folder/tools/bench/kernel/")
	for sample in "${samples[@]}"; do
		[ -e "$sample/Kbuild" ] || continue
		make -C "$kernel" M="${sample%/}" -j"$jobs" -k KSSPI="$folder/../installed" \
			KBUILD_EXTRA_SYMBOLS="$folder/Module.symvers" "$@" modules || return 1
	done
}

# on_6_12 COMMAND...: build-6.12 and sparse have one folder, which one of them compiles.
on_6_12() { (flock 9; "$@") 9>"$work/.lock-on-6.12"; }

build_gate() {
	local folder=$work/on-$1/ksspi log=$work/make-$1.log rc=0 count
	make_modules "$1" "$folder" W=1 KCFLAGS=-Werror >"$log" 2>&1 || rc=1
	sed -i "/$other_tool/d" "$log"
	# the paths of the copy become those of the tree
	sed "s#$folder/##g" "$log" | grep -E '(warning|error|WARNING|ERROR|undefined)[: ]|\*\*\*' || [ $rc = 0 ] ||
		tail -n 20 "$log"
	if grep -qE '(warning|WARNING):' "$log"; then rc=1; fi
	count=$(find "$folder" -name '*.o' ! -name '*.mod.o' ! -name '.*' | wc -l)
	for module in ksspi.ko kunit; do
		[ -e "$folder/$module" ] || { echo "$module was not built"; rc=1; }
	done
	[ -n "$(find "$folder/kunit" -name '*.ko')" ] || { echo "no test module was built"; rc=1; }
	echo "# checked $count objects"
	# what is not linked again does not warn again
	[ $rc = 0 ] || find "$folder" \( -name '*.ko' -o -name Module.symvers -o \
		-name modules.order \) -delete
	return $rc
}

gate_build_6_12() { on_6_12 build_gate 6.12; }
gate_build_7_3() { build_gate 7.3; }

# kernel_32: a folder that modules for i386 are compiled against.  Nothing is linked
# with it, so that it takes no kernel: what make modules_prepare makes.
kernel_32() {
	local src out key
	src=$(kernel_source 6.12)
	key=$(cat "$qemu_dir"/config/{base,v6.12}.config | cat - <(echo "$src") | sha256sum | cut -c 1-12)
	out=$cache/kernels/i386-$key
	[ ! -e "$out/ready" ] || { echo "$out"; return 0; }
	rm -rf "$out"
	mkdir -p "$out"
	cat "$qemu_dir"/config/{base,v6.12}.config | grep -v '^CONFIG_64BIT=' >"$out/wanted"
	{
		make -s -C "$src" O="$out" ARCH=i386 KCONFIG_ALLCONFIG="$out/wanted" allnoconfig &&
			make -C "$out" ARCH=i386 -j"$jobs" modules_prepare
	} >"$out/build.log" 2>&1 </dev/null || { tail -n 20 "$out/build.log"; return 1; }
	touch "$out/ready"
	echo "$out"
}

# On 32 bits a 64-bit division is a call into libgcc, which a kernel has not:
# div_s64(), div_u64() and the like are meant.
gate_build_32() {
	local folder=$work/on-32/ksspi log=$work/make-32.log kernel rc=0 object name count=0
	kernel=$(kernel_32) || { echo "$kernel"; return 1; }
	mkdir -p "$folder"
	sync_tree "$tree" "$folder"
	# there are no symbols of a kernel to look up: modpost is not asked
	make -C "$kernel" ARCH=i386 M="$folder" -j"$jobs" -k CONFIG_SSPI=m CONFIG_SSPI_NTLM=y \
		CONFIG_SSPI_TEST_DEVICE=y KBUILD_MODPOST_WARN=1 \
		modules >"$log" 2>&1 || rc=1
	[ $rc = 0 ] || { sed "s#$folder/##g" "$log" | grep -E '(error|\*\*\*)[: ]' || tail -n 20 "$log"; }
	while read -r object; do
		count=$((count + 1))
		for name in $(nm -u "$object" | awk '{ print $2 }' |
			grep -E '^__(u?div|u?mod|u?divmod|mul|ashl|ashr|lshr|cmp|ucmp)[dt]i[234]$'); do
			echo "${object#"$folder"/}: $name"
			rc=1
		done
	done < <(find "$folder/module" -name '*.o' ! -name '.*')
	[ "$count" -gt 100 ] || { echo "only $count objects were compiled"; rc=1; }
	echo "# checked $count objects"
	return $rc
}

# 7.3 refuses the sparse of Debian 12 and builds on without it, so 6.12.
gate_sparse() {
	need sparse
	on_6_12 sparse_gate
}

sparse_gate() {
	local folder=$work/on-6.12/ksspi log=$work/make-sparse.log rc=0 count
	make_modules 6.12 "$folder" W=1 KCFLAGS=-Werror C="$sparse_which" \
		CF=-D__CHECK_ENDIAN__ >"$log" 2>&1 || rc=1
	# what is not linked again does not warn again, in build-6.12
	find "$folder" \( -name '*.ko' -o -name Module.symvers -o -name modules.order \) -delete
	if grep -E 'C=[12] specified, but' "$log"; then rc=1; fi
	if sed "s#$folder/##g" "$log" | grep -E '^(module|include|kunit|tools)/.*: (warning|error):' |
		sort -u -t: -k1,1 -k2,2n -k3,3n; then rc=1; fi
	[ $rc = 0 ] || sed "s#$folder/##g" "$log" | grep -E '\*\*\*' || true
	count=$(grep -c '^ *CHECK ' "$log" || true)
	echo "# checked $count files"
	return $rc
}
