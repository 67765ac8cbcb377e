#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Builds the documentation as HTML: docs.sh [OUT]   (build/docs)
# A warning is an error.  The reference comes from the kernel-doc comments of
# the sources, by the Sphinx extension of the Linux 6.12 sources.
set -euo pipefail
# shellcheck source=tools/qemu/lib.sh
. "$(dirname "$0")/qemu/lib.sh"

case ${1:-} in -*) sed -n '3,5s/^# \{0,1\}//p' "$0" >&2; exit 2 ;; esac
build=${KSSPI_BUILD:-$repo_dir/build}
out=${1:-$build/docs}
need python3-sphinx perl
KSSPI_KERNEL_SOURCE=$("$qemu_dir/kernels.sh" --source 6.12)
export KSSPI_KERNEL_SOURCE PYTHONDONTWRITEBYTECODE=1
mkdir -p "$out"
# Debian's own, whatever other Python is in the path
/usr/bin/python3 -m sphinx -q -W --keep-going -b html -d "$build/doctrees" \
	"$repo_dir/Documentation" "$out"
pages=$(find "$out" -name '*.html' | wc -l)
[ "$pages" -gt 10 ] || die "only $pages pages"
say "$pages pages, start with ${out#"$PWD/"}/index.html"
