#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Puts ksspi into a kernel source tree as net/ksspi, or takes it out again:
#   intree.sh [--link] KERNEL
#   intree.sh --remove KERNEL
# The sources are copied (--link: linked, file by file, so that objects stay in
# the kernel tree), the public headers go to include/linux and
# include/uapi/linux, and net/Kconfig and net/Makefile get a line each. A second
# time only what has changed is written; what is gone here goes there too.
set -euo pipefail

repo_dir=$(cd "$(dirname "$0")/../.." && pwd)
config_line='source "net/ksspi/Kconfig"'
# a test module beside what is built in is found through it too
# shellcheck disable=SC2016  # make expands it
make_line='obj-$(CONFIG_SSPI)		+= ksspi/'

die() { printf 'intree.sh: error: %s\n' "$*" >&2; exit 1; }

# What goes there, as paths here: below net/ksspi, and where headers are.
sources() {
	cd "$repo_dir" && find module kunit Kbuild Kconfig .kunitconfig -type f \
		\( -name '*.[ch]' -o -name '*.mk' -o -name 'K*' -o -name .kunitconfig \) \
		! -name '*.mod.c'
}
headers() { cd "$repo_dir" && find include -type f -name '*.h'; }

# Ours in the tree now, objects apart.
present() {
	(
		cd "$kernel"
		find include/linux include/uapi/linux -maxdepth 1 \
			\( -name 'sspi.h' -o -name 'sspi_*.h' -o -name ksspi.h \)
		[ ! -d net/ksspi ] || find net/ksspi \( -type f -o -type l \) \
			\( -name '*.[ch]' -o -name '*.mk' -o -name 'K*' -o -name .kunitconfig \) \
			! -name '*.mod.c'
	) | sort
}

# Replaces a file by standard input, unless it says the same already. A new file
# and a rename: what is a hard link stays as it is elsewhere.
replace() {
	local file=$1 new
	new=$(mktemp -p "$(dirname "$file")")
	cat >"$new"
	chmod --reference="$file" "$new"
	if cmp -s "$new" "$file"; then rm "$new"; else mv "$new" "$file"; fi
}

without_line() { grep -vxF -e "$1" "$2" || true; }

# put_files TO: those listed on standard input.
put_files() {
	local to=$1 list folder
	mkdir -p "$to"
	if [ $link = 0 ]; then
		rsync -rc --chmod=F644 --files-from=- "$repo_dir" "$to"
		return
	fi
	list=$(cat)
	while read -r folder; do
		mkdir -p "$to/$folder"
		grep -x "${folder}[^/]*" <<<"$list" | sed "s#^#$repo_dir/#" |
			xargs ln -sf -t "$to/$folder"
	done < <(echo "$list" | sed 's#[^/]*$##' | sort -u)
}

put() {
	local end
	(sources) | put_files "$kernel/net/ksspi"
	(headers) | put_files "$kernel"
	comm -13 <({ (sources) | sed 's#^#net/ksspi/#'; (headers); } | sort) <(present) |
		(cd "$kernel" && xargs -r rm -f)
	# the last "endif" is that of "if NET"
	end=$(without_line "$config_line" "$kernel/net/Kconfig" | grep -n '^endif' |
		tail -n 1 | cut -d : -f 1)
	[ -n "$end" ] || die "no endif in net/Kconfig"
	without_line "$config_line" "$kernel/net/Kconfig" |
		sed "${end}i $config_line" | replace "$kernel/net/Kconfig"
	{ without_line "$make_line" "$kernel/net/Makefile"; echo "$make_line"; } |
		replace "$kernel/net/Makefile"
	echo "net/ksspi: $(present | wc -l) files; its option is CONFIG_SSPI"
}

take() {
	present | (cd "$kernel" && xargs -r rm -f)
	rm -rf "$kernel/net/ksspi"
	without_line "$config_line" "$kernel/net/Kconfig" | replace "$kernel/net/Kconfig"
	without_line "$make_line" "$kernel/net/Makefile" | replace "$kernel/net/Makefile"
	echo "net/ksspi: removed"
}

action=put link=0 kernel=''
for argument; do
	case $argument in
	--link) link=1 ;;
	--remove) action=take ;;
	-*) die "unknown option $argument" ;;
	*) kernel=$argument ;;
	esac
done
[ -n "$kernel" ] || { sed -n '3,9s/^# \{0,1\}//p' "$0" >&2; exit 2; }
for file in Kbuild net/Kconfig net/Makefile include/linux; do
	[ -e "$kernel/$file" ] || die "no kernel source tree: $kernel (no $file)"
done
kernel=$(cd "$kernel" && pwd)
$action
