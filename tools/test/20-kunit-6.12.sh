#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Every KUnit suite on 6.12 with KASAN, UBSAN, lockdep, kmemleak.
# Lane: guests
set -euo pipefail
# shellcheck source=tools/test/stage.sh
. "$(dirname "$0")/stage.sh"

kunit_stage kunit-6.12 6.12
