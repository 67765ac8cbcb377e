#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Every KUnit suite on 7.3 with KASAN, UBSAN, lockdep, kmemleak.
# Lane: guests
set -euo pipefail
# shellcheck source=tools/test/stage.sh
. "$(dirname "$0")/stage.sh"

kunit_stage kunit-7.3 7.3
