# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What the scripts of this folder share: where things are kept, how they talk,
# and how they ask for what is missing.  Sourced, never run.

qemu_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck disable=SC2034  # for the scripts that source this
repo_dir=$(cd "$qemu_dir/../.." && pwd)
cache=${KSSPI_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ksspi}
# shellcheck disable=SC2034
jobs=${KSSPI_JOBS:-$(nproc)}
export LC_ALL=C.UTF-8
# What kbuild says of a compiler or a pahole that is not the one the kernel was
# built with: no fault of the module.
# shellcheck disable=SC2034
other_tool='differs from the one used to build the kernel'

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() { say "error: $*"; exit 1; }

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@" || die "needs root: $*"; fi
}

# need PACKAGE...: installs those that are not there yet.
need() {
	local p missing=()
	for p; do
		dpkg-query -W -f '${Status}' "$p" 2>/dev/null |
			grep -q 'ok installed' || missing+=("$p")
	done
	[ ${#missing[@]} = 0 ] && return 0
	say "installing packages: ${missing[*]}"
	mkdir -p "$cache"
	local opt=(-o DPkg::Lock::Timeout=600)
	(
		export DEBIAN_FRONTEND=noninteractive
		# of the lists apt says at once that somebody has them
		exec 9>"$cache/.lock-packages"
		flock 9
		as_root apt-get "${opt[@]}" -qq update </dev/null 9>&-
		as_root apt-get "${opt[@]}" -qq install -y \
			--no-install-recommends "${missing[@]}" </dev/null 9>&-
	) >"$cache/packages.log" 2>&1 || {
		tail -n 20 "$cache/packages.log" >&2
		die "installing packages failed"
	}
}

# One holder at a time for NAME (two test stages may want the same kernel).
lock() {
	mkdir -p "$cache"
	exec {lock_fd}>"$cache/.lock-$1"
	flock -n "$lock_fd" && return 0
	say "waiting for another process that prepares $1"
	flock "$lock_fd"
}

# make_in FOLDER ARGUMENT...: make in a folder of the sources, one at a time (two
# stages may want the same program).
make_in() { flock "$1" make -s -j"$jobs" -C "$@"; }

# The archive this machine's own apt uses for its Debian release.
archive_uri() {
	local code
	# shellcheck source=/dev/null
	code=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
	# shellcheck disable=SC2016  # apt expands these
	apt-get indextargets --format '$(REPO_URI) $(RELEASE)' \
		'Created-By: Packages' |
		awk -v c="$code" '
			$2 == c || $2 == "stable" { print $1; found = 1; exit }
			$2 !~ /security|updates|backports/ && !any { any = $1 }
			END { if (!found && any) print any }'
}

# suite_apt SUITE COMMAND...: apt-get/apt-cache on another suite of the same
# archive, with its own state, so that the machine's apt set-up stays as it is.
suite_apt() {
	local suite=$1 tool=$2 state="$cache/apt/$1" uri
	shift 2
	if [ ! -e "$state/ready" ] || [ -n "$(find "$state/ready" -mmin +720)" ]; then
		uri=$(archive_uri)
		[ -n "$uri" ] || die "no Debian archive in this machine's apt set-up"
		mkdir -p "$state"/lists/partial "$state"/cache/archives/partial
		echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $uri $suite main" \
			>"$state/sources.list"
		: >"$state/status"
		say "reading the package lists of $suite"
		suite_apt_run apt-get "$state" -qq update >"$state/log" 2>&1 || {
			cat "$state/log" >&2
			die "no package lists of $suite"
		}
		touch "$state/ready"
	fi
	suite_apt_run "$tool" "$state" "$@"
}

suite_apt_run() {
	local tool=$1 state=$2
	shift 2
	"$tool" -o Dir::Etc::sourcelist="$state/sources.list" \
		-o Dir::Etc::sourceparts=- -o Dir::State::Lists="$state/lists" \
		-o Dir::State::status="$state/status" \
		-o Dir::Cache="$state/cache" -o APT::Sandbox::User="$(id -un)" "$@" </dev/null
}

# deb SUITE PACKAGE: the package file, fetched unless the cache has it.
deb() {
	local suite=$1 pkg=$2 file
	file=$(find "$cache/debs" -name "${pkg}_*.deb" 2>/dev/null | sort -V | tail -n 1)
	if [ -z "$file" ]; then
		mkdir -p "$cache/debs"
		say "fetching $pkg from $suite"
		(cd "$cache/debs" && suite_apt "$suite" apt-get -qq download "$pkg") >&2 ||
			die "cannot fetch $pkg from $suite"
		file=$(find "$cache/debs" -name "${pkg}_*.deb" | sort -V | tail -n 1)
		[ -n "$file" ] || die "$pkg was not fetched"
	fi
	echo "$file"
}
