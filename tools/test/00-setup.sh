#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The tools of the tests themselves: packages, and proof that the judge of guest
# consoles sees every kind of fault.
set -euo pipefail
# shellcheck source=tools/test/stage.sh
. "$(dirname "$0")/stage.sh"

need build-essential rsync cpio kmod flex bison bc libelf-dev xz-utils \
	busybox-static qemu-system-x86 python3
"$qemu_dir/console.py" --self-test
"$test_dir/run.sh" --self-test
